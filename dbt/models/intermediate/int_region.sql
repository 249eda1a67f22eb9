-- Every region with its path from the province down; paths met in documents that no seed knows stay as met.
with recursive

region as (
    select * from {{ ref('region') }}
),

document as (
    select * from {{ ref('stg_document') }}
),

known as (
    select
        region_code,
        name,
        level,
        cast(null as varchar) as parent_path,
        name as region_path
    from region
    where parent_code is null

    union all

    select
        region.region_code,
        region.name,
        region.level,
        known.region_path as parent_path,
        known.region_path || '/' || region.name as region_path
    from region
    inner join known on region.parent_code = known.region_code
),

met as (
    select distinct region as region_path
    from document
    where region is not null
),

unknown as (
    select
        cast(null as varchar) as region_code,
        list_last(string_split(met.region_path, '/')) as name,
        'printed' as level,
        nullif(
            array_to_string(list_slice(string_split(met.region_path, '/'), 1, -2), '/'), ''
        ) as parent_path,
        met.region_path
    from met
    anti join known on met.region_path = known.region_path
),

final as (
    select * from known
    union all
    select * from unknown
)

select * from final
