-- Which publication, and which version of it, each document belongs to. Documents of one organisation, year,
-- kind and edition are one publication; a figure that both print differently makes them two versions of it.
-- The same figures in two formats are one version; a document that contradicts none (prose beside tables)
-- belongs to the latest one.
with

document as (
    select * from {{ ref('int_document') }}
),

family as (
    select
        *,
        {{ surrogate('fam', ['organisation_id', 'fiscal_year', 'kind', 'edition']) }} as family_id
    from document
),

several as (
    select * from family
    qualify count(*) over (partition by family_id) > 1
),

figure as (
    select
        cell.document_id,
        'cell' as source,
        concat_ws(
            '|', cell.form, cell.side, cell.section, cell.code, cell.label, cell.column_key
        ) as figure_key,
        any_value(cell.amount || cell.unit) as figure
    from {{ ref('stg_cell') }} as cell
    semi join several on cell.document_id = several.document_id
    group by all
    having count(*) = 1

    union all

    select
        statement.document_id,
        'statement' as source,
        concat_ws('|', statement.item, statement.year, statement.unit, statement.scope) as figure_key,
        any_value(statement.amount || statement.unit) as figure
    from {{ ref('stg_statement') }} as statement
    semi join several on statement.document_id = several.document_id
    group by all
    having count(*) = 1
),

-- Prose is compared only between documents of one shape: what a tables-only file says in passing
-- is no correction of the prose file beside it.
pair as (
    select
        later.family_id,
        later.document_id,
        earlier.document_id as other_id,
        later.appearance,
        earlier.appearance as other_appearance,
        bool_or(mine.figure <> theirs.figure) as is_conflict
    from several as later
    inner join several as earlier
        on later.family_id = earlier.family_id and later.document_id <> earlier.document_id
    inner join figure as mine on later.document_id = mine.document_id
    inner join figure as theirs
        on
            earlier.document_id = theirs.document_id
            and mine.source = theirs.source
            and mine.figure_key = theirs.figure_key
    where mine.source = 'cell' or (later.cells > 0) = (earlier.cells > 0)
    group by all
),

contested as (
    select distinct
        family_id,
        document_id,
        appearance
    from pair
    where is_conflict
),

contested_twin as (
    select pair.*
    from pair
    inner join contested as mine on pair.document_id = mine.document_id
    inner join contested as theirs on pair.other_id = theirs.document_id
    where not pair.is_conflict
),

starter as (
    select
        contested.family_id,
        contested.document_id,
        row_number() over (
            partition by contested.family_id
            order by contested.appearance
        ) as version
    from contested
    anti join contested_twin
        on
            contested.document_id = contested_twin.document_id
            and contested.appearance > contested_twin.other_appearance
),

contested_version as (
    select
        contested.family_id,
        contested.document_id,
        contested.appearance,
        coalesce(any_value(own.version), max(twin.version), 1) as version
    from contested
    left join starter as own on contested.document_id = own.document_id
    left join contested_twin on contested.document_id = contested_twin.document_id
    left join starter as twin on contested_twin.other_id = twin.document_id
    group by all
),

latest as (
    select
        family_id,
        max_by(version, appearance) as current_version
    from contested_version
    group by family_id
),

companion as (
    select
        pair.document_id,
        max(contested_version.version) as version
    from pair
    inner join contested_version on pair.other_id = contested_version.document_id
    where not pair.is_conflict
    group by pair.document_id
),

versioned as (
    select
        family.*,
        coalesce(
            contested_version.version, companion.version, latest.current_version, 1
        ) as version,
        coalesce(latest.current_version, 1) as current_version
    from family
    left join contested_version on family.document_id = contested_version.document_id
    left join companion on family.document_id = companion.document_id
    left join latest on family.family_id = latest.family_id
),

final as (
    select
        {{ surrogate('pub', ['organisation_id', 'fiscal_year', 'kind', 'edition', 'version']) }}
            as publication_id,
        family_id,
        document_id,
        document,
        organisation_id,
        organisation_name,
        region_path,
        fiscal_year,
        kind,
        edition,
        version,
        version = current_version as is_current,
        published_on,
        loaded_at,
        appearance,
        cells,
        row_number() over (
            partition by family_id, version
            order by cells desc, appearance desc
        ) as document_rank
    from versioned
)

select * from final
