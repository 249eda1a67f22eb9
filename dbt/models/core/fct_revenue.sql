{{ cell_fact('fct_revenue', {
    'function_account_key': "account_year.account_key",
    'fund': "coalesce(cell.column_fund, cell.form_fund)",
    'source': "'income_form'",
}) }},

-- A publication that prints no revenue form says its sources on the income side of its summary.
summary_line as (
    select * from {{ ref('fct_summary_line') }}
    where form in ('budget_summary', 'final_summary') and side = 'income' and is_additive
),

known_line as (
    select distinct
        summary_line.label,
        revenue_line.fund,
        revenue_line.is_current_year
    from {{ ref('summary_line') }} as summary_line
    inner join {{ ref('revenue_line') }} as revenue_line on summary_line.line = revenue_line.line
    where summary_line.side = 'income' and summary_line.section is null
),

from_summary as (
    select
        summary_line.cell_id,
        summary_line.publication_id,
        summary_line.document_id,
        summary_line.organisation_key,
        summary_line.organisation_id,
        summary_line.fiscal_year,
        summary_line.budget_stage,
        summary_line.form,
        summary_line.side,
        summary_line.section,
        summary_line.row_number,
        summary_line.row_kind,
        summary_line.code,
        summary_line.label,
        summary_line.column_key,
        cast(null as varchar) as function_account_key,
        coalesce(known_line.fund, 'all_funds') as fund,
        'summary_form' as source,
        summary_line.is_additive,
        summary_line.amount_yuan,
        summary_line.unallocated_yuan,
        summary_line.printed_yuan,
        summary_line.amount_printed,
        summary_line.unit_printed,
        summary_line.decimals,
        summary_line.page,
        summary_line.line,
        summary_line.text_printed,
        summary_line.placement,
        summary_line.verification,
        summary_line.independent_equations,
        summary_line.is_current,
        summary_line.is_counted
    from summary_line
    anti join final on summary_line.publication_id = final.publication_id
    left join known_line on summary_line.label = known_line.label
    where summary_line.form = 'budget_summary' or coalesce(known_line.is_current_year, true)
),

every_source as (
    select * from final
    union all
    select * from from_summary
)

select * from every_source
