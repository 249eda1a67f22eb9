with

document as (
    select * from {{ ref('stg_document') }}
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
        region as region_path,
        media_type,
        pages,
        reader,
        reader_version,
        status,
        source_url,
        published_on,
        retrieved_at,
        load_id,
        loaded_at
    from document
)

select * from final
