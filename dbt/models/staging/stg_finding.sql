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
        stated,
        expected,
        difference,
        unit,
        page,
        line,
        bbox,
        text_printed,
        cause,
        cause_reason,
        message_zh,
        message_en,
        related,
        related_results,
        waived,
        version_status,
        load_id
    from source
)

select * from final
