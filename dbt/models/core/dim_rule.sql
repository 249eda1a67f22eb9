with

rule as (
    select * from {{ ref('stg_rule') }}
),

final as (
    select
        rule_id,
        rule_version,
        tier,
        family,
        scope,
        severity,
        title_zh,
        title_en,
        formula,
        formula_en,
        basis,
        tolerance_kind,
        file
    from rule
)

select * from final
