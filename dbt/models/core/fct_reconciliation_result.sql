with

result as (
    select * from {{ ref('stg_reconciliation_result') }}
),

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

publication as (
    select * from {{ ref('dim_publication') }}
),

final as (
    select
        result.result_id,
        result.rule_id,
        result.rule_version,
        publication.publication_id,
        publication.organisation_key,
        result.document_id,
        result.document,
        result.fiscal_year,
        result.form,
        result.key,
        result."column",
        result.left_value,
        result.right_value,
        result.difference,
        result.tolerance,
        result.unit,
        result.terms,
        result.state,
        result.reason,
        result.independent,
        result.left_cells,
        result.right_cells,
        coalesce(publication.is_current, false) as is_current
    from result
    left join publication_document on result.document_id = publication_document.document_id
    left join publication on publication_document.publication_id = publication.publication_id
)

select * from final
