with

source as (
    select * from {{ source('staging', 'page') }}
),

final as (
    select
        document_id,
        document,
        page,
        width,
        height,
        read_by,
        reason,
        turned,
        lines,
        tables,
        cells,
        figures_unread
    from source
)

select * from final
