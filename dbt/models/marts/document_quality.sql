with

document as (
    select * from {{ ref('dim_document') }}
),

publication_document as (
    select * from {{ ref('bridge_publication_document') }}
),

cell as (
    select
        document_id,
        count(*) as cells,
        count(*) filter (where verification = 'proved') as cells_proved,
        count(*) filter (where verification = 'contradicted') as cells_contradicted,
        count(*) filter (where verification = 'unchecked') as cells_unchecked,
        count(*) filter (where verification = 'human') as cells_corrected,
        count(*) filter (where placement = 'arithmetic') as cells_placed_by_arithmetic
    from {{ ref('stg_cell') }}
    group by document_id
),

page as (
    select
        document_id,
        count(*) filter (where reason is null) as pages_read_from_text,
        count(*) filter (where reason is not null and lines > 0) as pages_recognised,
        count(*) filter (where reason is not null and lines = 0) as pages_unread,
        sum(figures_unread) as figures_unread
    from {{ ref('stg_page') }}
    group by document_id
),

form as (
    select
        document_id,
        count(*) filter (where state = 'read') as forms_read,
        count(*) filter (where state = 'unreadable') as forms_unreadable,
        count(*) filter (where state = 'missing') as forms_missing
    from {{ ref('stg_form') }}
    group by document_id
),

statement as (
    select
        document_id,
        count(*) as statements
    from {{ ref('stg_statement') }}
    group by document_id
),

indicator as (
    select
        document_id,
        count(*) as indicators
    from {{ ref('stg_indicator') }}
    group by document_id
),

problem as (
    select
        document_id,
        count(*) filter (where severity = 'error') as problem_errors,
        count(*) filter (where severity = 'warning') as problem_warnings,
        count(*) filter (where severity = 'info') as problem_infos
    from {{ ref('stg_problem') }}
    group by document_id
),

finding as (
    select
        document_id,
        count(*) filter (where severity = 'error') as finding_errors,
        count(*) filter (where severity = 'warning') as finding_warnings,
        count(*) filter (where severity = 'info') as finding_infos
    from {{ ref('fct_finding') }}
    where not waived
    group by document_id
),

result as (
    select
        document_id,
        count(*) filter (where starts_with(state, 'pass') or state = 'explained') as results_passed,
        count(*) filter (where state = 'fail') as results_failed,
        count(*) filter (where state = 'not_evaluable') as results_not_evaluable
    from {{ ref('fct_reconciliation_result') }}
    group by document_id
),

final as (
    select
        document.document_id,
        document.document,
        publication_document.publication_id,
        document.organisation,
        document.fiscal_year,
        document.kind,
        document.status,
        {%- for name in [
            'page.pages_read_from_text', 'page.pages_recognised', 'page.pages_unread', 'page.figures_unread',
            'cell.cells', 'cell.cells_proved', 'cell.cells_contradicted', 'cell.cells_unchecked',
            'cell.cells_corrected', 'cell.cells_placed_by_arithmetic', 'form.forms_read', 'form.forms_unreadable',
            'form.forms_missing', 'statement.statements', 'indicator.indicators',
            'problem.problem_errors', 'problem.problem_warnings', 'problem.problem_infos',
            'result.results_passed', 'result.results_failed', 'result.results_not_evaluable',
            'finding.finding_errors', 'finding.finding_warnings', 'finding.finding_infos'
        ] %}
        cast(coalesce({{ name }}, 0) as integer) as {{ name.split('.')[1] }},
        {%- endfor %}
        cast(cell.cells_proved / nullif(cell.cells, 0) as decimal(9, 6)) as share_proved,
        case
            when cell.cells_contradicted > 0 then 'contradicted'
            when cell.cells_proved + cell.cells_corrected = cell.cells then 'proved'
            else 'unchecked'
        end as verification
    from document
    left join publication_document on document.document_id = publication_document.document_id
    left join page on document.document_id = page.document_id
    left join cell on document.document_id = cell.document_id
    left join form on document.document_id = form.document_id
    left join statement on document.document_id = statement.document_id
    left join indicator on document.document_id = indicator.document_id
    left join problem on document.document_id = problem.document_id
    left join finding on document.document_id = finding.document_id
    left join result on document.document_id = result.document_id
)

select * from final
