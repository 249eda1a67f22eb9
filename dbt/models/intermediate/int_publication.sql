-- One row a publication version. A department contains its units: of one tree, year and kind only the top
-- layer counts in sums over organisations.
with recursive

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

parent as (
    select * from {{ ref('int_organisation_parent') }}
),

edition_rank as (
    select
        list.edition,
        list.preference
    from (
        values
        ('department', 1),
        ('both', 2),
        ('unknown', 3),
        ('unit', 4)
    ) as list (edition, preference)
),

publication as (
    select
        publication_document.publication_id,
        publication_document.family_id,
        publication_document.organisation_id,
        publication_document.fiscal_year,
        publication_document.kind,
        publication_document.edition,
        edition_rank.preference,
        publication_document.version,
        publication_document.is_current,
        min_by(
            publication_document.document_id, publication_document.document_rank
        ) as document_id,
        count(*) as documents,
        max(publication_document.published_on) as published_on,
        min(publication_document.loaded_at) as first_loaded_at,
        count(publication_document.published_on) as dated_documents
    from publication_document
    inner join edition_rank on publication_document.edition = edition_rank.edition
    group by all
),

ancestor as (
    select
        organisation_id,
        fiscal_year,
        parent_id as ancestor_id,
        1 as distance
    from parent

    union all

    select
        ancestor.organisation_id,
        ancestor.fiscal_year,
        parent.parent_id as ancestor_id,
        ancestor.distance + 1 as distance
    from ancestor
    inner join parent
        on
            ancestor.ancestor_id = parent.organisation_id
            and ancestor.fiscal_year = parent.fiscal_year
    where ancestor.distance < 6
),

root as (
    select
        organisation_id,
        fiscal_year,
        max_by(ancestor_id, distance) as root_id
    from ancestor
    group by all
),

covered as (
    select distinct publication.publication_id
    from publication
    inner join ancestor
        on
            publication.organisation_id = ancestor.organisation_id
            and publication.fiscal_year = ancestor.fiscal_year
            and publication.organisation_id <> ancestor.ancestor_id
    inner join publication as superior
        on
            ancestor.ancestor_id = superior.organisation_id
            and publication.fiscal_year = superior.fiscal_year
            and publication.kind = superior.kind
            and superior.is_current
            and superior.edition <> 'unit'
),

preferred as (
    select publication_id
    from publication
    where is_current
    qualify row_number() over (
        partition by organisation_id, fiscal_year, kind
        order by preference
    ) = 1
),

described as (
    select
        publication.*,
        coalesce(root.root_id, publication.organisation_id) as root_organisation_id,
        preferred.publication_id is not null and covered.publication_id is null as is_counted,
        max(publication.version) over family as versions,
        sum(publication.dated_documents) over family = sum(publication.documents) over family
            as is_dated,
        count(distinct publication.first_loaded_at) over family as load_times
    from publication
    left join root
        on
            publication.organisation_id = root.organisation_id
            and publication.fiscal_year = root.fiscal_year
    left join covered on publication.publication_id = covered.publication_id
    left join preferred on publication.publication_id = preferred.publication_id
    window family as (partition by publication.family_id)
),

final as (
    select
        publication_id,
        organisation_id,
        root_organisation_id,
        fiscal_year,
        kind,
        edition,
        version,
        is_current,
        is_counted,
        case
            when versions = 1 then 'single'
            when is_dated then 'published_on'
            when load_times > 1 then 'loaded_at'
            else 'undetermined'
        end as version_basis,
        document_id,
        documents,
        published_on
    from described
)

select * from final
