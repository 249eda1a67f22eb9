with

source as (
    select * from {{ source('staging', 'form') }}
),

final as (
    select
        document_id,
        document,
        form,
        title_printed,
        unit,
        first_page,
        last_page,
        state,
        first_line,
        declaration
    from source
)

select * from final
