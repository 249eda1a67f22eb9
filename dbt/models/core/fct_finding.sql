with

finding as (
    select * from {{ ref('stg_finding') }}
),

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

publication as (
    select * from {{ ref('dim_publication') }}
),

final as (
    select
        finding.finding_id,
        finding.rule_id,
        finding.rule_version,
        finding.severity,
        publication.publication_id,
        publication.organisation_key,
        finding.document_id,
        finding.document,
        finding.fiscal_year,
        finding.organisation,
        finding.form,
        finding.key,
        finding."column",
        finding.cell_id,
        finding.stated,
        finding.expected,
        finding.difference,
        finding.unit,
        finding.page,
        finding.line,
        finding.bbox,
        finding.text_printed,
        finding.sentence,
        finding.diagnosis,
        finding.cause,
        finding.cause_reason,
        finding.cause_reason_zh,
        finding.message_zh,
        finding.message_en,
        finding.related,
        finding.related_results,
        finding.waived,
        finding.waiver_reason,
        finding.waived_by,
        finding.waived_on,
        finding.version_status,
        finding.earlier_finding_id,
        finding.load_id,
        coalesce(publication.is_current, false) as is_current
    from finding
    left join publication_document on finding.document_id = publication_document.document_id
    left join publication on publication_document.publication_id = publication.publication_id
)

select * from final
