-- The documents that take part in the star: read, of a known kind and year; one row each.
with

document as (
    select * from {{ ref('stg_document') }}
),

cell as (
    select
        document_id,
        count(*) as cells
    from {{ ref('stg_cell') }}
    group by document_id
),

organisation_name as (
    select * from {{ ref('int_organisation_name') }}
),

final as (
    select
        document.document_id,
        document.document,
        organisation_name.organisation_id,
        organisation_name.organisation_name,
        coalesce(document.region, '') as region_path,
        document.fiscal_year,
        document.kind,
        coalesce(document.edition, 'unknown') as edition,
        document.published_on,
        document.loaded_at,
        coalesce(cell.cells, 0) as cells,
        row_number() over (
            order by
                document.published_on nulls first,
                document.loaded_at nulls first,
                document.document_id
        ) as appearance
    from document
    inner join organisation_name
        on
            coalesce(document.region, '') = organisation_name.region_path
            and coalesce(
                {{ plain_name('document.organisation') }},
                '（未识别机构）' || document.document_id
            ) = organisation_name.printed_name
    left join cell on document.document_id = cell.document_id
    where
        document.status in ('loaded', 'partial')
        and document.fiscal_year is not null
        and document.kind is not null
)

select * from final
