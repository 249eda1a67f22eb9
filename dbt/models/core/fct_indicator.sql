with

indicator as (
    select * from {{ ref('stg_indicator') }}
),

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

publication as (
    select * from {{ ref('dim_publication') }}
),

told as (
    select
        indicator.*,
        publication_document.publication_id,
        row_number() over (
            partition by indicator.document_id, indicator.form, indicator.project, indicator.row_number
            order by indicator.line, indicator.level3, indicator.target
        ) as occurrence
    from indicator
    inner join publication_document on indicator.document_id = publication_document.document_id
    qualify publication_document.document_rank = min(publication_document.document_rank) over (
        partition by publication_document.publication_id, indicator.form, indicator.project
    )
),

final as (
    select
        {{ surrogate('ind', [
            'told.document_id', 'told.form', 'told.project', 'told.row_number', 'told.occurrence'
        ]) }} as indicator_id,
        publication.publication_id,
        told.document_id,
        publication.organisation_key,
        publication.organisation_id,
        publication.fiscal_year,
        told.form,
        case
            when told.project is not null
                then {{ surrogate('prj', ['publication.organisation_id', plain_name('told.project')]) }}
        end as project_id,
        told.project,
        told.row_number,
        told.horizon,
        told.goal,
        told.level1,
        told.level2,
        told.level3,
        told.target,
        told.actual,
        told.weight,
        told.score,
        told.share,
        told.prior_year_2,
        told.prior_year_1,
        told.expected,
        told.basis,
        try_cast(told.weight as decimal(12, 4)) as weight_points,
        try_cast(told.score as decimal(12, 4)) as score_points,
        told.page,
        told.line,
        'unchecked' as verification,
        publication.is_current,
        publication.is_counted
    from told
    inner join publication on told.publication_id = publication.publication_id
)

select * from final
