-- Two questions, two measures: how much of the initial budget was used, and how much of the adjusted one.
with

stage_amount as (
    select * from {{ ref('int_stage_amount') }}
),

organisation_version as (
    select * from {{ ref('int_organisation_version') }}
),

series_break as (
    select * from {{ ref('int_series_break') }}
),

account as (
    select
        scheme,
        code,
        arg_max(name, coalesce(valid_from, 0)) as name
    from {{ ref('int_account') }}
    group by all
),

three_public_item as (
    select * from {{ ref('three_public_item') }}
),

paired as (
    select
        organisation_id,
        fiscal_year,
        subject,
        subject_key,
        max(yuan) filter (where budget_stage = 'initial') as initial_yuan,
        max(source) filter (where budget_stage = 'initial') as initial_source,
        max(document_id) filter (where budget_stage = 'initial') as initial_document_id,
        max(page) filter (where budget_stage = 'initial') as initial_page,
        max(yuan) filter (where budget_stage = 'adjusted') as adjusted_yuan,
        max(source) filter (where budget_stage = 'adjusted') as adjusted_source,
        max(document_id) filter (where budget_stage = 'adjusted') as adjusted_document_id,
        max(page) filter (where budget_stage = 'adjusted') as adjusted_page,
        max(yuan) filter (where budget_stage = 'budget_unspecified') as budget_unspecified_yuan,
        max(document_id) filter (where budget_stage = 'budget_unspecified') as unspecified_document_id,
        max(page) filter (where budget_stage = 'budget_unspecified') as unspecified_page,
        max(yuan) filter (where budget_stage = 'final') as final_yuan,
        max(source) filter (where budget_stage = 'final') as final_source,
        max(document_id) filter (where budget_stage = 'final') as document_id,
        max(page) filter (where budget_stage = 'final') as page,
        case
            when bool_or(verification = 'contradicted') then 'contradicted'
            when bool_and(verification in ('proved', 'human')) then 'proved'
            else 'unchecked'
        end as verification,
        coalesce(bool_or(is_additive), false) as is_additive
    from stage_amount
    group by all
),

final as (
    select
        organisation_version.organisation_key,
        paired.organisation_id,
        organisation_version.name as organisation_name,
        organisation_version.region_path,
        paired.fiscal_year,
        paired.subject,
        paired.subject_key,
        coalesce(
            account.name,
            three_public_item.name_zh,
            case paired.subject_key
                when 'total' then '合计' when 'basic' then '基本支出' when 'project' then '项目支出'
            end
        ) as subject_name,
        paired.is_additive,
        paired.initial_yuan,
        paired.initial_source,
        paired.adjusted_yuan,
        paired.adjusted_source,
        paired.budget_unspecified_yuan,
        paired.final_yuan,
        paired.final_source,
        {{ yuan('paired.final_yuan - paired.initial_yuan') }} as over_initial_yuan,
        cast(paired.final_yuan / nullif(paired.initial_yuan, 0) as decimal(18, 6))
            as completion_of_initial,
        cast(paired.final_yuan / nullif(paired.adjusted_yuan, 0) as decimal(18, 6)) as execution_rate,
        series_break.fiscal_year is not null as series_break,
        paired.initial_document_id,
        paired.initial_page,
        -- A budget column may be read where the column of the final account beside it is not.
        coalesce(
            paired.document_id,
            paired.initial_document_id,
            paired.adjusted_document_id,
            paired.unspecified_document_id
        ) as document_id,
        case
            when paired.document_id is not null then paired.page
            when paired.initial_document_id is not null then paired.initial_page
            when paired.adjusted_document_id is not null then paired.adjusted_page
            else paired.unspecified_page
        end as page,
        paired.verification
    from paired
    inner join organisation_version
        on
            paired.organisation_id = organisation_version.organisation_id
            and paired.fiscal_year >= organisation_version.first_year
            and paired.fiscal_year <= coalesce(organisation_version.last_year, 9999)
    left join series_break
        on
            paired.organisation_id = series_break.organisation_id
            and paired.fiscal_year = series_break.fiscal_year
    left join account
        on
            paired.subject_key = account.code
            and account.scheme = case paired.subject
                when 'function' then 'function' when 'basic_economic' then 'economic_department'
            end
    left join three_public_item
        on paired.subject = 'three_public' and paired.subject_key = three_public_item.item
)

select * from final
