-- Which column contains which: 人员经费 is in 基本支出 is in 合计. ``distance`` counts the steps.
with recursive

measure_column as (
    select * from {{ ref('measure_column') }}
),

ancestor as (
    select
        column_key,
        parent_column as ancestor_key,
        1 as distance
    from measure_column
    where parent_column is not null

    union all

    select
        ancestor.column_key,
        measure_column.parent_column as ancestor_key,
        ancestor.distance + 1 as distance
    from ancestor
    inner join measure_column on ancestor.ancestor_key = measure_column.column_key
    where measure_column.parent_column is not null
),

final as (
    select * from ancestor
)

select * from final
