with

succession as (
    select * from {{ ref('organisation_succession') }}
),

region as (
    select * from {{ ref('int_region') }}
),

organisation_name as (
    select * from {{ ref('int_organisation_name') }}
),

placed as (
    select
        region.region_path,
        {{ plain_name('succession.predecessor_name') }} as predecessor_name,
        {{ plain_name('succession.successor_name') }} as successor_name,
        succession.kind,
        succession.effective_year,
        succession.basis
    from succession
    left join region on succession.region_code = region.region_code
),

final as (
    select
        {{ surrogate('suc', [
            'placed.region_path', 'placed.predecessor_name', 'placed.successor_name', 'placed.effective_year'
        ]) }} as succession_id,
        placed.predecessor_name,
        min(predecessor.organisation_id) as predecessor_organisation_id,
        placed.successor_name,
        min(successor.organisation_id) as successor_organisation_id,
        placed.kind,
        placed.effective_year,
        placed.kind <> 'rename' as is_series_break,
        placed.basis
    from placed
    left join organisation_name as predecessor
        on
            placed.predecessor_name = predecessor.organisation_name
            and coalesce(placed.region_path, predecessor.region_path) = predecessor.region_path
    left join organisation_name as successor
        on
            placed.successor_name = successor.organisation_name
            and coalesce(placed.region_path, successor.region_path) = successor.region_path
    group by all
)

select * from final
