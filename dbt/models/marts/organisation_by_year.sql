with

stage_amount as (
    select * from {{ ref('int_stage_amount') }}
    where subject in ('revenue', 'expenditure', 'general_public_budget_expenditure', 'three_public')
),

publication as (
    select * from {{ ref('dim_publication') }}
    where is_counted
),

series_break as (
    select * from {{ ref('int_series_break') }}
),

finding as (
    select
        publication_id,
        count(*) as findings
    from {{ ref('fct_finding') }}
    where not waived and severity in ('error', 'warning')
    group by publication_id
),

amounts as (
    select
        organisation_id,
        fiscal_year,
        {%- for subject, key, name in [
            ('revenue', 'total', 'revenue'),
            ('expenditure', 'total', 'expenditure'),
            ('expenditure', 'basic', 'basic_expenditure'),
            ('expenditure', 'project', 'project_expenditure'),
            ('general_public_budget_expenditure', 'total', 'general_public_budget_expenditure'),
            ('three_public', 'total', 'three_public'),
        ] %}
        {%- for stage in ['initial', 'final'] %}
        max(yuan) filter (
            where subject = '{{ subject }}' and subject_key = '{{ key }}' and budget_stage = '{{ stage }}'
        ) as {{ name }}_{{ stage }}_yuan,
        {%- endfor %}
        {%- endfor %}
        min(page) as page,
        case
            when bool_or(verification = 'contradicted') then 'contradicted'
            when bool_and(verification in ('proved', 'human')) then 'proved'
            else 'unchecked'
        end as verification
    from stage_amount
    group by all
),

published as (
    select
        publication.organisation_key,
        publication.organisation_id,
        publication.organisation_name,
        publication.region_path,
        publication.fiscal_year,
        max(publication.document_id) filter (where publication.kind = 'budget') as budget_document_id,
        max(publication.document_id) filter (where publication.kind = 'final') as final_document_id,
        coalesce(sum(finding.findings), 0) as findings
    from publication
    left join finding on publication.publication_id = finding.publication_id
    group by all
),

final as (
    select
        published.organisation_key,
        published.organisation_id,
        published.organisation_name,
        published.region_path,
        published.fiscal_year,
        amounts.revenue_initial_yuan,
        amounts.revenue_final_yuan,
        amounts.expenditure_initial_yuan,
        amounts.expenditure_final_yuan,
        amounts.basic_expenditure_initial_yuan,
        amounts.basic_expenditure_final_yuan,
        amounts.project_expenditure_initial_yuan,
        amounts.project_expenditure_final_yuan,
        amounts.general_public_budget_expenditure_initial_yuan,
        amounts.general_public_budget_expenditure_final_yuan,
        amounts.three_public_initial_yuan,
        amounts.three_public_final_yuan,
        cast(published.findings as integer) as findings,
        series_break.fiscal_year is not null as series_break,
        published.budget_document_id,
        published.final_document_id,
        coalesce(published.final_document_id, published.budget_document_id) as document_id,
        amounts.page,
        coalesce(amounts.verification, 'unchecked') as verification
    from published
    left join amounts
        on
            published.organisation_id = amounts.organisation_id
            and published.fiscal_year = amounts.fiscal_year
    left join series_break
        on
            published.organisation_id = series_break.organisation_id
            and published.fiscal_year = series_break.fiscal_year
)

select * from final
