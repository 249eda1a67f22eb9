with

source as (
    select * from {{ source('reconciliation', 'result') }}
),

final as (
    select
        result_id,
        rule_id,
        rule_version,
        document_id,
        document,
        fiscal_year,
        form,
        key,
        "column",
        left_value,
        right_value,
        difference,
        tolerance,
        unit,
        terms,
        state,
        reason,
        independent,
        left_cells,
        right_cells
    from source
)

select * from final
