with

statement as (
    select * from {{ ref('int_statement') }}
),

publication as (
    select * from {{ ref('dim_publication') }}
),

final as (
    select
        statement.statement_id,
        statement.publication_id,
        statement.document_id,
        publication.organisation_key,
        statement.organisation_id,
        statement.fiscal_year,
        statement.budget_stage,
        statement.item,
        statement.function_code,
        statement.scope,
        statement.base,
        statement.verb,
        statement.stated_yuan,
        statement.amount_printed,
        statement.unit_printed,
        statement.decimals,
        statement.page,
        statement.line,
        statement.sentence,
        statement.text_printed,
        statement.verification,
        statement.independent_equations,
        statement.is_current,
        statement.is_counted
    from statement
    inner join publication on statement.publication_id = publication.publication_id
)

select * from final
