-- Spending of counted publications by the lowest account printed. What a printed sum holds beyond its
-- accounts stands in unallocated_yuan, so that amount and unallocated together are the printed totals.
with

all_funds as (
    select
        *,
        'all_funds' as perimeter
    from {{ ref('fct_expenditure_by_function') }}
    where is_counted and (amount_yuan is not null or unallocated_yuan <> 0)
),

by_fund as (
    select
        *,
        fund as perimeter
    from {{ ref('fct_appropriation_by_function') }}
    where is_counted and (amount_yuan is not null or unallocated_yuan <> 0)
),

spending as (
    select * from all_funds
    union all
    select * from by_fund
),

summed as (
    select
        organisation_key,
        organisation_id,
        fiscal_year,
        budget_stage,
        function_account_key,
        any_value(code) as code,
        {{ yuan("sum(amount_yuan) filter (where perimeter = 'all_funds')") }} as all_funds_yuan,
        {{ yuan("sum(amount_yuan) filter (where perimeter = 'all_funds' and starts_with(nature, 'basic'))") }}
            as basic_yuan,
        {{ yuan("sum(amount_yuan) filter (where perimeter = 'all_funds' and nature = 'project')") }}
            as project_yuan,
        {{ yuan("sum(unallocated_yuan) filter (where perimeter = 'all_funds')") }} as unallocated_yuan,
        {%- for fund in ['general_public_budget', 'government_fund', 'state_capital'] %}
        {{ yuan("sum(amount_yuan) filter (where perimeter = '" ~ fund ~ "')") }} as {{ fund }}_yuan,
        {{ yuan("sum(unallocated_yuan) filter (where perimeter = '" ~ fund ~ "')") }}
            as {{ fund }}_unallocated_yuan,
        {%- endfor %}
        min(document_id) as document_id,
        min(page) as page,
        case
            when bool_or(verification = 'contradicted') then 'contradicted'
            when bool_and(verification in ('proved', 'human')) then 'proved'
            else 'unchecked'
        end as verification
    from spending
    group by
        organisation_key, organisation_id, fiscal_year, budget_stage, function_account_key
),

account_change as (
    select * from {{ ref('int_account_change') }}
    where scheme = 'function'
),

-- Last year's amounts under this year's codes.
earlier as (
    select
        summed.organisation_id,
        summed.fiscal_year + 1 as fiscal_year,
        summed.budget_stage,
        coalesce(account_change.code, summed.code) as code,
        {{ yuan('sum(summed.all_funds_yuan)') }} as all_funds_yuan,
        {{ yuan('sum(summed.general_public_budget_yuan)') }} as general_public_budget_yuan
    from summed
    left join account_change
        on
            summed.code = account_change.earlier_code
            and summed.fiscal_year + 1 = account_change.first_year
            and not account_change.is_break
    where summed.code is not null
    group by all
),

year_met as (
    select distinct
        organisation_id,
        fiscal_year + 1 as fiscal_year,
        budget_stage
    from summed
),

broken as (
    select distinct
        code,
        first_year
    from account_change
    where is_break
    union
    select distinct
        earlier_code as code,
        first_year
    from account_change
    where is_break
),

publication as (
    select
        organisation_key,
        any_value(organisation_name) as organisation_name,
        any_value(region_path) as region_path
    from {{ ref('dim_publication') }}
    group by organisation_key
),

function_account as (
    select * from {{ ref('dim_function_account') }}
),

series_break as (
    select * from {{ ref('int_series_break') }}
),

judged as (
    select
        summed.*,
        earlier.all_funds_yuan as prior_year_all_funds_yuan,
        earlier.general_public_budget_yuan as prior_year_general_public_budget_yuan,
        series_break.fiscal_year is not null as series_break,
        case
            when year_met.organisation_id is null then 'no_prior_year'
            when series_break.fiscal_year is not null or broken.code is not null or summed.code is null
                then 'not_comparable'
            else 'comparable'
        end as comparability
    from summed
    left join earlier
        on
            summed.organisation_id = earlier.organisation_id
            and summed.fiscal_year = earlier.fiscal_year
            and summed.budget_stage = earlier.budget_stage
            and summed.code = earlier.code
    left join year_met
        on
            summed.organisation_id = year_met.organisation_id
            and summed.fiscal_year = year_met.fiscal_year
            and summed.budget_stage = year_met.budget_stage
    left join broken
        on
            summed.fiscal_year = broken.first_year
            and prefix(summed.code, broken.code)
    left join series_break
        on
            summed.organisation_id = series_break.organisation_id
            and summed.fiscal_year = series_break.fiscal_year
),

final as (
    select
        judged.organisation_key,
        judged.organisation_id,
        publication.organisation_name,
        publication.region_path,
        judged.fiscal_year,
        judged.budget_stage,
        judged.function_account_key,
        function_account.class_code,
        function_account.class_name,
        function_account.group_code,
        function_account.group_name,
        judged.code,
        function_account.name,
        judged.all_funds_yuan,
        judged.basic_yuan,
        judged.project_yuan,
        judged.unallocated_yuan,
        judged.general_public_budget_yuan,
        judged.general_public_budget_unallocated_yuan,
        judged.government_fund_yuan,
        judged.government_fund_unallocated_yuan,
        judged.state_capital_yuan,
        judged.state_capital_unallocated_yuan,
        judged.prior_year_all_funds_yuan,
        judged.prior_year_general_public_budget_yuan,
        case
            when judged.comparability = 'comparable'
                then {{ yuan('judged.all_funds_yuan - judged.prior_year_all_funds_yuan') }}
        end as all_funds_change_yuan,
        case
            when judged.comparability = 'comparable'
                then {{ yuan(
                    'judged.general_public_budget_yuan - judged.prior_year_general_public_budget_yuan'
                ) }}
        end as general_public_budget_change_yuan,
        judged.comparability,
        judged.series_break,
        judged.document_id,
        judged.page,
        judged.verification
    from judged
    inner join publication on judged.organisation_key = publication.organisation_key
    left join function_account
        on judged.function_account_key = function_account.function_account_key
    qualify row_number() over (
        partition by
            judged.organisation_key,
            judged.fiscal_year,
            judged.budget_stage,
            judged.function_account_key
        order by judged.comparability desc
    ) = 1
)

select * from final
