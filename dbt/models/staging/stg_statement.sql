with

source as (
    select * from {{ source('staging', 'statement') }}
),

final as (
    select
        statement_id,
        document_id,
        document,
        item,
        year,
        amount,
        unit,
        decimals,
        page,
        line,
        context,
        text_printed,
        sentence,
        scope,
        verb,
        base,
        position,
        part_of,
        whole_of,
        exhaustive,
        bbox
    from source
)

select * from final
