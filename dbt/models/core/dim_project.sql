with

project_record as (
    select * from {{ ref('int_project_record') }}
),

final as (
    select
        project_id,
        any_value(organisation_id) as organisation_id,
        min(project_name) as project_name,
        max_by(project_code, fiscal_year) filter (where project_code is not null) as project_code,
        min(fiscal_year) as first_year,
        max(fiscal_year) as last_year,
        bool_or(source = 'budget') as is_in_budget_form,
        bool_or(source = 'target') as has_target,
        bool_or(source = 'self_evaluation') as has_self_evaluation
    from project_record
    group by project_id
)

select * from final
