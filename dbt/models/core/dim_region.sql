with

region as (
    select * from {{ ref('int_region') }}
),

final as (
    select
        region_path,
        any_value(region_code) as region_code,
        any_value(name) as region_name,
        any_value(level) as level,
        any_value(parent_path) as parent_path,
        split_part(region_path, '/', 1) as province_name
    from region
    group by region_path
)

select * from final
