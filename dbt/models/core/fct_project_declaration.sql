-- Detail items add up to a project's estimate; funding items overlap (total, of which, earlier years), so
-- only the former carry the additive measure.
with

detail as (
    select
        'detail' as record_kind,
        *
    from {{ ref('stg_project_detail') }}
),

funding as (
    select
        'funding' as record_kind,
        *
    from {{ ref('stg_project_funding') }}
),

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

publication as (
    select * from {{ ref('dim_publication') }}
),

unit as (
    select * from {{ ref('unit') }}
),

every as (
    select * from detail
    union all
    select * from funding
),

told as (
    select
        every.*,
        publication_document.publication_id,
        row_number() over (
            partition by every.document_id, every.record_kind, every.project, every.item
            order by every.page, every.line, every.amount
        ) as occurrence
    from every
    inner join publication_document on every.document_id = publication_document.document_id
    qualify publication_document.document_rank = min(publication_document.document_rank) over (
        partition by publication_document.publication_id, every.record_kind, every.project
    )
),

final as (
    select
        {{ surrogate('dec', [
            'told.document_id', 'told.record_kind', 'told.project', 'told.item', 'told.occurrence'
        ]) }} as declaration_id,
        publication.publication_id,
        told.document_id,
        publication.organisation_key,
        publication.organisation_id,
        publication.fiscal_year,
        {{ surrogate('prj', ['publication.organisation_id', plain_name('told.project')]) }} as project_id,
        told.record_kind,
        told.project,
        told.item,
        case
            when told.record_kind = 'detail' then {{ to_yuan('told.amount', 'unit.yuan_per_unit') }}
        end as amount_yuan,
        {{ to_yuan('told.amount', 'unit.yuan_per_unit') }} as printed_yuan,
        told.amount as amount_printed,
        told.unit as unit_printed,
        told.page,
        told.line,
        'unchecked' as verification,
        publication.is_current,
        publication.is_counted
    from told
    inner join publication on told.publication_id = publication.publication_id
    left join unit on told.unit = unit.unit
)

select * from final
