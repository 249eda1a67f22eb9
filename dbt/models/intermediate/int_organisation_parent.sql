-- The superior of each organisation in each of its years, with what says so: the seed, the by-unit form of a
-- department, or the statutory wording 本级 after the department's own name.
with

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

organisation_name as (
    select * from {{ ref('int_organisation_name') }}
),

organisation as (
    select * from {{ ref('organisation') }}
),

region as (
    select * from {{ ref('int_region') }}
),

level_word as (
    select * from {{ ref('organisation_level_word') }}
),

member as (
    select distinct
        organisation_id,
        organisation_name,
        region_path,
        fiscal_year
    from publication_document
),

seeded as (
    select
        member.organisation_id,
        member.fiscal_year,
        superior.organisation_id as parent_id,
        'seed' as basis,
        1 as preference
    from member
    inner join organisation
        on
            {{ plain_name('organisation.organisation_name') }} = member.organisation_name
            and member.fiscal_year >= coalesce(organisation.valid_from, 0)
            and member.fiscal_year <= coalesce(organisation.valid_to, 9999)
    left join region on organisation.region_code = region.region_code
    inner join organisation_name as superior
        on
            {{ plain_name('organisation.parent_name') }} = superior.organisation_name
            and member.region_path = superior.region_path
    where organisation.region_code is null or region.region_path = member.region_path
),

listed_unit as (
    select distinct
        publication_document.organisation_id as parent_id,
        publication_document.region_path,
        publication_document.fiscal_year,
        {{ plain_name('cell.label') }} as unit_name
    from {{ ref('stg_cell') }} as cell
    inner join publication_document on cell.document_id = publication_document.document_id
    where
        cell.form in ('budget_general_by_unit', 'budget_income')
        and cell.row_kind <> 'total'
        and publication_document.edition <> 'unit'
),

-- A department names its units in full. Where one region could not be read, the name alone decides.
-- A year whose own documents list no units takes the nearest year that does, the earlier one first.
listed as (
    select
        member.organisation_id,
        member.fiscal_year,
        listed_unit.parent_id,
        'unit_form' as basis,
        2 as preference
    from member
    inner join listed_unit
        on
            member.organisation_name = listed_unit.unit_name
            and member.organisation_id <> listed_unit.parent_id
            and (
                member.region_path = listed_unit.region_path
                or '' in (member.region_path, listed_unit.region_path)
            )
    qualify row_number() over (
        partition by member.organisation_id, member.fiscal_year
        order by
            member.region_path <> listed_unit.region_path,
            abs(member.fiscal_year - listed_unit.fiscal_year),
            listed_unit.fiscal_year,
            listed_unit.parent_id
    ) = 1
),

worded as (
    select
        member.organisation_id,
        member.fiscal_year,
        superior.organisation_id as parent_id,
        'wording' as basis,
        3 as preference
    from member
    inner join level_word
        on level_word.meaning = 'unit' and suffix(member.organisation_name, level_word.word)
    inner join organisation_name as superior
        on
            member.region_path = superior.region_path
            and left(member.organisation_name, -length(level_word.word))
            = superior.organisation_name
),

every as (
    select * from seeded
    union all
    select * from listed
    union all
    select * from worded
),

final as (
    select
        organisation_id,
        fiscal_year,
        parent_id,
        basis
    from every
    where organisation_id <> parent_id
    qualify row_number() over (
        partition by organisation_id, fiscal_year
        order by preference, parent_id
    ) = 1
)

select * from final
