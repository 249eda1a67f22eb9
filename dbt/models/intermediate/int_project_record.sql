-- What is said about projects, by name: budget forms, declarations of funding and cost, performance forms.
with

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

named as (
    select
        document_id,
        label as project,
        code,
        'budget' as source
    from {{ ref('stg_cell') }}
    where form = 'budget_project' and row_kind = 'leaf'

    union

    select
        document_id,
        project,
        null as code,
        'declaration' as source
    from {{ ref('stg_project_detail') }}

    union

    select
        document_id,
        project,
        null as code,
        'declaration' as source
    from {{ ref('stg_project_funding') }}

    union

    select
        document_id,
        project,
        null as code,
        if(suffix(form, '_target'), 'target', 'self_evaluation') as source
    from {{ ref('stg_indicator') }}
    where project is not null
),

final as (
    select
        {{ surrogate('prj', ['publication_document.organisation_id', plain_name('named.project')]) }}
            as project_id,
        publication_document.organisation_id,
        publication_document.document_id,
        publication_document.fiscal_year,
        named.project,
        {{ plain_name('named.project') }} as project_name,
        named.code as project_code,
        named.source
    from named
    inner join publication_document on named.document_id = publication_document.document_id
    where named.project is not null
)

select * from final
