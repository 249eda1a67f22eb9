-- The years in which an organisation's series breaks: it merged, was split or took over tasks.
with

succession as (
    select * from {{ ref('bridge_organisation_succession') }}
    where is_series_break
),

final as (
    select
        predecessor_organisation_id as organisation_id,
        effective_year as fiscal_year
    from succession
    where predecessor_organisation_id is not null
    union
    select
        successor_organisation_id as organisation_id,
        effective_year as fiscal_year
    from succession
    where successor_organisation_id is not null
)

select * from final
