-- Every cell of the star with its publication, its meaning and its amount in yuan. Of a publication's files
-- that print the same form only one gives its cells.
with

cell as (
    select * from {{ ref('stg_cell') }}
),

publication_form as (
    select * from {{ ref('int_publication_form') }}
),

publication as (
    select * from {{ ref('int_publication') }}
),

unit as (
    select * from {{ ref('unit') }}
),

form_fact as (
    select * from {{ ref('form_fact') }}
),

measure_column as (
    select * from {{ ref('measure_column') }}
),

stage_wording as (
    select * from {{ ref('budget_stage_wording') }}
),

-- 上年 columns keep the meaning of the column whose name they prefix.
meant as (
    select
        column_key,
        case
            when column_key in ('prior_year_budget', 'prior_year_actual') then column_key
            when prefix(column_key, 'prior_year_') then substr(column_key, 12)
            else column_key
        end as measure_key,
        prefix(column_key, 'prior_year_') as is_prior_year
    from (select distinct column_key from cell) as met
),

-- The heading says whether a 预算数 beside the final account is the initial or the adjusted one.
header as (
    select distinct header_printed
    from cell
    where header_printed is not null
),

worded_stage as (
    select
        header.header_printed,
        min(stage_wording.budget_stage) as budget_stage
    from header
    inner join stage_wording on contains(header.header_printed, stage_wording.wording)
    group by header.header_printed
    having count(distinct stage_wording.budget_stage) = 1
),

-- The prose beside the form says it where the heading does not.
prose_stage as (
    select
        statement.document_id,
        min(stage_wording.budget_stage) as budget_stage
    from {{ ref('stg_statement') }} as statement
    inner join stage_wording
        on contains(coalesce(statement.base, statement.sentence), stage_wording.wording)
    where prefix(statement.item, 'three_public.') and suffix(statement.item, '.budget')
    group by statement.document_id
    having count(distinct stage_wording.budget_stage) = 1
),

-- An income form keyed by budget units prints unit codes, not accounts.
unit_keyed as (
    select distinct
        document_id,
        form
    from cell
    where form = 'budget_income' and length(code) = 6
),

final as (
    select
        cell.cell_id,
        publication.publication_id,
        cell.document_id,
        publication.organisation_id,
        publication.kind,
        publication.fiscal_year - if(meant.is_prior_year, 1, 0) as fiscal_year,
        cell.form,
        form_fact.fact,
        form_fact.fund as form_fund,
        form_fact.row_tree,
        cell.side,
        cell.section,
        cell.row_number,
        cell.row_kind,
        cell.code,
        cell.label,
        cell.column_key,
        cell.header_printed,
        cell.attributes,
        case
            when meant.is_prior_year then 'prior_year' else coalesce(measure_column.role, 'unknown')
        end as role,
        case
            when measure_column.role in ('change', 'ratio') then null
            when measure_column.budget_stage = 'budget_unspecified'
                then coalesce(worded_stage.budget_stage, prose_stage.budget_stage, 'budget_unspecified')
            when measure_column.role in ('stage', 'beside') and measure_column.budget_stage is not null
                then coalesce(worded_stage.budget_stage, measure_column.budget_stage)
            when measure_column.budget_stage is not null then measure_column.budget_stage
            when publication.kind = 'budget' then 'initial'
            else 'final'
        end as budget_stage,
        measure_column.partition_by,
        measure_column.fund as column_fund,
        measure_column.nature,
        measure_column.three_public_item,
        case
            when unit_keyed.form is not null then null
            when
                form_fact.fact in (
                    'fct_revenue', 'fct_expenditure_by_function', 'fct_appropriation_by_function'
                )
                and regexp_full_match(cell.code, '2\d{2}(\d{2}){0,2}')
                then 'function'
            when form_fact.row_tree = 'economic' and regexp_full_match(cell.code, '3\d{2}(\d{2})?')
                then 'economic_department'
            when form_fact.row_tree = 'economic' and regexp_full_match(cell.code, '5\d{2}(\d{2})?')
                then 'economic_government'
        end as account_scheme,
        {{ to_yuan('cell.amount', 'unit.yuan_per_unit') }} as printed_yuan,
        cell.amount as amount_printed,
        cell.unit as unit_printed,
        cell.decimals,
        cell.page,
        cell.line,
        cell.text_printed,
        cell.placement,
        cell.verification,
        cell.independent_equations,
        publication.is_current,
        publication.is_counted,
        concat_ws('|', cell.document_id, cell.form, coalesce(cell.side, ''), '') as outer_block,
        outer_block || if(form_fact.sections_apart, coalesce(cell.section, ''), '') as block,
        concat_ws('|', outer_block, coalesce(cell.section, ''), cell.row_number) as row_id
    from cell
    inner join publication_form
        on cell.document_id = publication_form.document_id and cell.form = publication_form.form
    inner join publication on publication_form.publication_id = publication.publication_id
    inner join form_fact on cell.form = form_fact.form
    inner join meant on cell.column_key = meant.column_key
    left join measure_column on meant.measure_key = measure_column.column_key
    left join prose_stage on cell.document_id = prose_stage.document_id
    left join unit_keyed on cell.document_id = unit_keyed.document_id and cell.form = unit_keyed.form
    left join worded_stage on cell.header_printed = worded_stage.header_printed
    left join unit on cell.unit = unit.unit
)

select * from final
