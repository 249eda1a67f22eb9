-- What a counted publication says about a subject and a stage of its own year, whatever the source: its form,
-- the summary where that form is not read, a budget column of the final account, a sentence where no table
-- says it. Sentences that contradict each other say nothing.
with

additive as (
    select * from {{ ref('int_cell_additive') }}
),

counted_cell as (
    select * from {{ ref('int_cell') }}
    where is_counted
),

repeated_row as (
    select distinct counted_cell.row_id
    from counted_cell
    inner join additive on counted_cell.cell_id = additive.cell_id
    where additive.is_repeated
),

cell as (
    select counted_cell.*
    from counted_cell
    anti join repeated_row on counted_cell.row_id = repeated_row.row_id
),

statement as (
    select * from {{ ref('int_statement') }}
    where is_counted and stated_yuan is not null and fiscal_year = publication_year
),

whole_form as (
    select
        cell.*,
        case
            when cell.fact = 'fct_expenditure_by_function' then 'expenditure'
            when cell.form in ('budget_general_by_function', 'final_general_by_function')
                then 'general_public_budget_expenditure'
            when cell.form in ('budget_income', 'final_income') then 'revenue'
        end as subject
    from cell
    where
        cell.row_kind = 'total'
        and cell.code is null
        and cell.section is null
        and cell.label in ('合计', '总计', '本年收入合计', '本年支出合计')
),

carried as (
    select distinct
        document_id,
        form
    from whole_form
    where subject = 'revenue' and column_key in ('carried_over', 'current_year')
),

from_total as (
    select
        whole_form.*,
        case
            when whole_form.column_key in ('amount', 'current_year') then 'total'
            when whole_form.column_key in ('budget_initial', 'budget_adjusted') then 'total'
            else whole_form.column_key
        end as subject_key
    from whole_form
    left join carried
        on
            whole_form.document_id = carried.document_id
            and whole_form.form = carried.form
    where
        whole_form.subject is not null
        and (
            (
                whole_form.subject = 'revenue'
                and whole_form.column_key = if(carried.form is null, 'total', 'current_year')
            )
            or (
                whole_form.subject <> 'revenue'
                and whole_form.column_key in (
                    'total', 'basic', 'project', 'budget_initial', 'budget_adjusted'
                )
            )
        )
),

from_account as (
    select
        *,
        if(row_tree = 'economic', 'basic_economic', 'function') as subject,
        code as subject_key
    from cell
    where
        account_scheme is not null
        and (
            form in ('budget_general_by_function', 'final_general_by_function')
            or row_tree = 'economic'
        )
        and column_key in ('total', 'amount', 'budget_initial', 'budget_adjusted')
),

from_summary as (
    select
        *,
        if(side = 'income', 'revenue', 'expenditure') as subject,
        'total' as subject_key
    from cell
    where
        form in ('budget_summary', 'final_summary')
        and row_kind = 'total'
        and column_key in ('amount', 'total')
        and label in ('本年收入合计', '本年支出合计')
),

from_three_public as (
    select
        *,
        'three_public' as subject,
        three_public_item as subject_key
    from cell
    where
        fact = 'fct_three_public'
        and three_public_item is not null
        and role in ('amount', 'stage', 'beside')
),

from_table as (
    select * from from_total
    union all by name
    select * from from_account
    union all by name
    select * from from_three_public
    union all by name
    select * from from_summary
),

-- A form with several blocks (units) prints a subject more than once: then the blocks add up.
table_amount as (
    select
        from_table.organisation_id,
        from_table.publication_id,
        from_table.fiscal_year,
        from_table.subject,
        from_table.subject_key,
        from_table.budget_stage,
        case
            when from_table.kind = 'budget' then 'budget_document'
            when from_table.role = 'stage' then 'final_document_column'
            else 'final_document'
        end as source,
        from_table.fact = 'fct_summary_line' as is_summary,
        from_table.column_key,
        min(from_table.row_kind) as row_kind,
        {{ yuan('sum(from_table.printed_yuan)') }} as yuan,
        min(from_table.document_id) as document_id,
        min(from_table.page) as page,
        case
            when bool_or(from_table.verification = 'contradicted') then 'contradicted'
            when bool_and(from_table.verification in ('proved', 'human')) then 'proved'
            else 'unchecked'
        end as verification,
        bool_or(coalesce(additive.is_additive, false)) as is_additive
    from from_table
    left join additive on from_table.cell_id = additive.cell_id
    where
        from_table.printed_yuan is not null
        and from_table.budget_stage is not null
        and from_table.role in ('amount', 'stage', 'beside')
    group by all
),

sentence as (
    select
        *,
        case
            when function_code is not null then 'function'
            when prefix(item, 'general.expenditure.') then 'general_public_budget_expenditure'
            when prefix(item, 'three_public.') then 'three_public'
            when prefix(item, 'expenditure.') then 'expenditure'
            else 'revenue'
        end as subject,
        case
            when function_code is not null then function_code
            when prefix(item, 'general.expenditure.') then 'total'
            when prefix(item, 'income.total.') then 'total'
            else split_part(item, '.', 2)
        end as subject_key
    from statement
    where
        budget_stage is not null
        and (
            regexp_full_match(item, 'function\.\d+\.(budget|final)')
            or regexp_full_match(item, 'general\.expenditure\.(budget|final|amount)')
            or regexp_full_match(item, 'expenditure\.(total|basic|project)\.amount')
            or regexp_full_match(
                item,
                'three_public\.(total|abroad|vehicle(_purchase|_operation)?|reception)\.(budget|final|amount)'
            )
            or item = 'income.total.amount'
        )
    qualify rank() over (
        partition by publication_id, subject, subject_key, budget_stage
        order by suffix(item, '.amount')
    ) = 1
),

prose_amount as (
    select
        organisation_id,
        publication_id,
        fiscal_year,
        subject,
        subject_key,
        budget_stage,
        kind || '_document_prose' as source,
        false as is_summary,
        cast(null as varchar) as row_kind,
        any_value(stated_yuan) as yuan,
        any_value(document_id) as document_id,
        min(page) as page,
        min(verification) as verification,
        false as is_additive
    from sentence
    group by all
    having count(distinct stated_yuan) = 1
),

every as (
    select * from table_amount
    union all by name
    select * from prose_amount
),

source_rank as (
    select
        list.source,
        list.preference
    from (
        values
        ('budget_document', 1),
        ('final_document', 1),
        ('final_document_column', 2),
        ('budget_document_prose', 3),
        ('final_document_prose', 4)
    ) as list (source, preference)
),

final as (
    select every.*
    from every
    inner join source_rank on every.source = source_rank.source
    qualify row_number() over (
        partition by
            every.organisation_id,
            every.fiscal_year,
            every.subject,
            every.subject_key,
            every.budget_stage
        order by source_rank.preference, every.is_summary, every.column_key
    ) = 1
)

select * from final
