with

budget_stage as (
    select * from {{ ref('budget_stage') }}
),

final as (
    select
        budget_stage,
        name_zh,
        name_en,
        sort_order
    from budget_stage
)

select * from final
