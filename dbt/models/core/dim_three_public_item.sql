with

three_public_item as (
    select * from {{ ref('three_public_item') }}
),

final as (
    select
        item,
        parent_item,
        name_zh,
        name_en,
        sort_order
    from three_public_item
)

select * from final
