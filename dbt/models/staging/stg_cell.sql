with

source as (
    select * from {{ source('staging', 'cell') }}
),

final as (
    select
        cell_id,
        document_id,
        document,
        form,
        side,
        section,
        row_kind,
        code,
        code_printed,
        label,
        label_printed,
        "column" as column_key,
        header_printed,
        amount,
        unit,
        page,
        bbox,
        line,
        row_number,
        text_printed,
        decimals,
        attributes,
        placement,
        verification,
        independent_equations
    from source
)

select * from final
