with

fund as (
    select * from {{ ref('fund') }}
),

final as (
    select
        fund,
        name_zh,
        name_en,
        parent_fund,
        is_fiscal_appropriation,
        sort_order
    from fund
)

select * from final
