{#-
A fact over the cells of the statutory forms: every printed figure of the fact's forms, one row a cell.
``dimensions`` are the fact's own columns, SQL expressions over ``cell``, by name.
-#}
{% macro cell_fact(fact, dimensions) %}
with

cell as (
    select * from {{ ref('int_cell') }}
    where fact = '{{ fact }}'
),

additive as (
    select * from {{ ref('int_cell_additive') }}
),

publication as (
    select * from {{ ref('dim_publication') }}
),

account_year as (
    select * from {{ ref('int_account_year') }}
),

final as (
    select
        cell.cell_id,
        cell.publication_id,
        cell.document_id,
        publication.organisation_key,
        cell.organisation_id,
        cell.fiscal_year,
        cell.budget_stage,
        cell.form,
        cell.side,
        cell.section,
        cell.row_number,
        cell.row_kind,
        cell.code,
        cell.label,
        cell.column_key,
        {%- for name, expression in dimensions.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        coalesce(additive.is_additive, false) as is_additive,
        additive.amount_yuan,
        additive.unallocated_yuan,
        cell.printed_yuan,
        cell.amount_printed,
        cell.unit_printed,
        cell.decimals,
        cell.page,
        cell.line,
        cell.text_printed,
        cell.placement,
        cell.verification,
        cell.independent_equations,
        cell.is_current,
        cell.is_counted
    from cell
    inner join publication on cell.publication_id = publication.publication_id
    left join additive on cell.cell_id = additive.cell_id
    left join account_year
        on
            cell.account_scheme = account_year.scheme
            and cell.code = account_year.code
            and cell.fiscal_year = account_year.fiscal_year
)
{% endmacro %}
