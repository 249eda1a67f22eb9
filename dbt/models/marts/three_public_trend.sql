-- The lowest items that an organisation prints in a year, each once: their sum is its “三公” total. Expenses
-- beside the three (机关运行经费, 会议费, 培训费) are no part of it and not listed.
with

compared as (
    select * from {{ ref('budget_against_final') }}
    where subject = 'three_public' and subject_key not in ('agency_operating', 'meeting', 'training')
),

three_public_item as (
    select * from {{ ref('three_public_item') }}
),

-- An item whose parts are printed in the same year stands for nothing more.
split_item as (
    select distinct
        compared.organisation_id,
        compared.fiscal_year,
        three_public_item.parent_item as item
    from compared
    inner join three_public_item on compared.subject_key = three_public_item.item
    where three_public_item.parent_item is not null
),

lowest as (
    select
        compared.*,
        three_public_item.name_en as item_name_en
    from compared
    inner join three_public_item on compared.subject_key = three_public_item.item
    anti join split_item
        on
            compared.organisation_id = split_item.organisation_id
            and compared.fiscal_year = split_item.fiscal_year
            and compared.subject_key = split_item.item
),

year_met as (
    select distinct
        organisation_id,
        fiscal_year
    from compared
),

final as (
    select
        lowest.organisation_key,
        lowest.organisation_id,
        lowest.organisation_name,
        lowest.region_path,
        lowest.fiscal_year,
        lowest.subject_key as item,
        lowest.subject_name as item_name_zh,
        lowest.item_name_en,
        lowest.initial_yuan,
        lowest.initial_source,
        lowest.adjusted_yuan,
        lowest.budget_unspecified_yuan,
        lowest.final_yuan,
        lowest.completion_of_initial,
        lowest.execution_rate,
        earlier.initial_yuan as prior_year_initial_yuan,
        earlier.final_yuan as prior_year_final_yuan,
        {{ yuan('if(lowest.series_break, null, lowest.initial_yuan - earlier.initial_yuan)') }}
            as initial_change_yuan,
        {{ yuan('if(lowest.series_break, null, lowest.final_yuan - earlier.final_yuan)') }}
            as final_change_yuan,
        case
            when year_met.organisation_id is null then 'no_prior_year'
            when lowest.series_break then 'not_comparable'
            when earlier.organisation_id is null then 'not_comparable'
            else 'comparable'
        end as comparability,
        lowest.series_break,
        lowest.document_id,
        lowest.page,
        lowest.verification
    from lowest
    left join lowest as earlier
        on
            lowest.organisation_id = earlier.organisation_id
            and lowest.subject_key = earlier.subject_key
            and lowest.fiscal_year = earlier.fiscal_year + 1
    left join year_met
        on
            lowest.organisation_id = year_met.organisation_id
            and lowest.fiscal_year = year_met.fiscal_year + 1
)

select * from final
