with

source as (
    select * from {{ source('staging', 'document') }}
),

final as (
    select
        document_id,
        document,
        sha256,
        kind,
        fiscal_year,
        organisation,
        edition,
        region,
        media_type,
        pages,
        reader,
        reader_version,
        status,
        source_url,
        try_cast(published_on as date) as published_on,
        try_cast(retrieved_at as timestamp) as retrieved_at,
        load_id,
        loaded_at
    from source
)

select * from final
