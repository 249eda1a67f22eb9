with

source as (
    select * from {{ source('reconciliation', 'finding') }}
),

final as (
    select
        finding_id,
        rule_id,
        rule_version,
        severity,
        document_id,
        document,
        fiscal_year,
        organisation,
        form,
        key,
        "column",
        cell_id,
        stated,
        expected,
        difference,
        unit,
        page,
        line,
        bbox,
        text_printed,
        sentence,
        diagnosis,
        cause,
        cause_reason,
        cause_reason_zh,
        message_zh,
        message_en,
        related,
        related_results,
        waived,
        waiver_reason,
        waived_by,
        waived_on,
        version_status,
        earlier_finding_id,
        load_id
    from source
)

select * from final
