-- The history of each organisation as its documents tell it: a new row where name, region or superior change.
with

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

parent as (
    select * from {{ ref('int_organisation_parent') }}
),

yearly as (
    select
        publication_document.organisation_id,
        publication_document.fiscal_year,
        max_by(publication_document.organisation_name, publication_document.appearance) as name,
        max_by(publication_document.region_path, publication_document.appearance) as region_path,
        any_value(parent.parent_id) as parent_id,
        any_value(parent.basis) as parent_basis
    from publication_document
    left join parent
        on
            publication_document.organisation_id = parent.organisation_id
            and publication_document.fiscal_year = parent.fiscal_year
    group by all
),

compared as (
    select
        *,
        concat_ws('|', name, region_path, coalesce(parent_id, '')) as identity,
        coalesce(
            identity <> lag(identity) over (partition by organisation_id order by fiscal_year), true
        ) as is_change
    from yearly
),

numbered as (
    select
        *,
        sum(cast(is_change as integer)) over (
            partition by organisation_id
            order by fiscal_year
        ) as version
    from compared
),

island as (
    select
        organisation_id,
        version,
        any_value(name) as name,
        any_value(region_path) as region_path,
        any_value(parent_id) as parent_id,
        min(parent_basis) as parent_basis,
        min(fiscal_year) as first_year
    from numbered
    group by organisation_id, version
),

dated as (
    select
        *,
        row_number() over (
            partition by organisation_id, name, region_path, parent_id
            order by first_year
        ) as occurrence,
        lead(first_year) over (partition by organisation_id order by first_year) as next_year
    from island
),

final as (
    select
        {{ surrogate('ver', ['organisation_id', 'name', 'region_path', 'parent_id', 'occurrence']) }}
            as organisation_key,
        organisation_id,
        name,
        nullif(region_path, '') as region_path,
        parent_id,
        parent_basis,
        first_year,
        next_year - 1 as last_year
    from dated
)

select * from final
