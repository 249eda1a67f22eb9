-- Every statement of the star with its publication, the stage it speaks of and whether a rule confirms it.
-- Where two files of a publication state the same item, the better one speaks.
with

statement as (
    select * from {{ ref('stg_statement') }}
),

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

publication as (
    select * from {{ ref('int_publication') }}
),

unit as (
    select * from {{ ref('unit') }}
),

stage_wording as (
    select * from {{ ref('budget_stage_wording') }}
),

told as (
    select
        statement.*,
        publication_document.publication_id
    from statement
    inner join publication_document on statement.document_id = publication_document.document_id
    qualify publication_document.document_rank = min(publication_document.document_rank) over (
        partition by
            publication_document.publication_id, statement.item, statement.year, statement.unit
    )
),

worded_stage as (
    select
        told.statement_id,
        min(stage_wording.budget_stage) as budget_stage
    from told
    inner join stage_wording
        on contains(coalesce(told.base, told.sentence), stage_wording.wording)
    where suffix(told.item, '.budget') or suffix(told.item, '_budget')
    group by told.statement_id
    having count(distinct stage_wording.budget_stage) = 1
),

judgement as (
    select
        state,
        unnest(list_concat(left_cells, right_cells)) as statement_id
    from {{ ref('stg_reconciliation_result') }}
    where
        contains(rule_id, '-NAR-')
        and state in ('pass_exact', 'pass_rounding', 'pass_plug', 'fail')
        and independent
),

verified as (
    select
        statement_id,
        if(bool_or(state = 'fail'), 'contradicted', 'proved') as verification,
        count(*) as independent_equations
    from judgement
    group by statement_id
),

final as (
    select
        told.statement_id,
        told.publication_id,
        told.document_id,
        publication.organisation_id,
        publication.fiscal_year as publication_year,
        publication.kind,
        told.year as fiscal_year,
        told.item,
        nullif(regexp_extract(told.item, '^function\.(\d+)\.', 1), '') as function_code,
        told.scope,
        told.base,
        told.verb,
        case
            when suffix(told.item, '.final') or suffix(told.item, '.actual') then 'final'
            when suffix(told.item, '.budget') or suffix(told.item, '_budget')
                then coalesce(
                    worded_stage.budget_stage,
                    if(publication.kind = 'budget', 'initial', 'budget_unspecified')
                )
            when suffix(told.item, '.amount') and told.year = publication.fiscal_year
                then if(publication.kind = 'budget', 'initial', 'final')
        end as budget_stage,
        {{ to_yuan('told.amount', 'unit.yuan_per_unit') }} as stated_yuan,
        told.amount as amount_printed,
        told.unit as unit_printed,
        told.decimals,
        told.page,
        told.line,
        told.sentence,
        told.text_printed,
        coalesce(verified.verification, 'unchecked') as verification,
        coalesce(verified.independent_equations, 0) as independent_equations,
        publication.is_current,
        publication.is_counted
    from told
    inner join publication on told.publication_id = publication.publication_id
    left join unit on told.unit = unit.unit
    left join worded_stage on told.statement_id = worded_stage.statement_id
    left join verified on told.statement_id = verified.statement_id
)

select * from final
