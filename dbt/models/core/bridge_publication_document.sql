with

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

form_source as (
    select
        publication_id,
        document_id,
        count(*) as forms
    from {{ ref('int_publication_form') }}
    group by all
),

final as (
    select
        publication_document.publication_id,
        publication_document.document_id,
        publication_document.document_rank,
        publication_document.document_rank = 1 as is_lead,
        cast(coalesce(form_source.forms, 0) as integer) as forms
    from publication_document
    left join form_source
        on
            publication_document.publication_id = form_source.publication_id
            and publication_document.document_id = form_source.document_id
)

select * from final
