with

source as (
    select * from {{ source('staging', 'project_detail') }}
),

final as (
    select
        document_id,
        document,
        project,
        item,
        amount,
        unit,
        page,
        line
    from source
)

select * from final
