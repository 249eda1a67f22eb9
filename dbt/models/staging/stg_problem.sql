with

source as (
    select * from {{ source('staging', 'problem') }}
),

final as (
    select
        document_id,
        document,
        page,
        line,
        form,
        kind,
        severity,
        message,
        action,
        cause_key
    from source
)

select * from final
