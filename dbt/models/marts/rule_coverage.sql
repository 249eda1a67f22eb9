-- Every document × every rule: one state, and why. What was not read is never a pass.
with

document as (
    select * from {{ ref('dim_document') }}
),

rule as (
    select * from {{ ref('dim_rule') }}
),

result as (
    select * from {{ ref('fct_reconciliation_result') }}
),

judged as (
    select
        document_id,
        rule_id,
        count(*) filter (where starts_with(state, 'pass')) as passed,
        count(*) filter (where state = 'fail') as failed,
        count(*) filter (where state = 'explained') as explained,
        count(*) filter (where state = 'not_evaluable') as not_evaluable,
        case
            when bool_or(state = 'fail') then 'fail'
            when bool_or(state = 'not_evaluable') then 'not_evaluable'
            when bool_or(state = 'explained') then 'explained'
            when bool_or(starts_with(state, 'pass')) then 'pass'
            else 'not_applicable'
        end as state,
        min(reason) filter (where state = 'not_evaluable') as why_not_evaluable,
        min(reason) filter (where state = 'not_applicable') as why_not_applicable
    from result
    group by document_id, rule_id
),

grid as (
    select
        document.document_id,
        document.document,
        document.organisation,
        document.fiscal_year,
        document.kind,
        document.status,
        rule.rule_id,
        rule.severity,
        case
            when document.status = 'unsupported_kind'
                then 'not a document of a department or unit|不是部门或单位的文件'
            when document.status = 'quarantined'
                then 'the document could not be read|该文件未能读取'
            when document.kind is null
                then 'neither a budget nor a final account, as far as it says|未能判断是预算还是决算'
        end as unread
    from document
    cross join rule
),

final as (
    select
        grid.document_id,
        grid.document,
        grid.organisation,
        grid.fiscal_year,
        grid.kind,
        grid.status,
        grid.rule_id,
        grid.severity,
        case
            when grid.status = 'unsupported_kind' then 'not_applicable'
            when grid.unread is not null then 'not_evaluable'
            else judged.state
        end as state,
        coalesce(
            grid.unread, judged.why_not_evaluable,
            case when judged.state = 'not_applicable' then judged.why_not_applicable end
        ) as reason,
        cast(coalesce(judged.passed, 0) as integer) as passed,
        cast(coalesce(judged.failed, 0) as integer) as failed,
        cast(coalesce(judged.explained, 0) as integer) as explained,
        cast(coalesce(judged.not_evaluable, 0) as integer) as not_evaluable
    from grid
    left join judged on grid.document_id = judged.document_id and grid.rule_id = judged.rule_id
)

select * from final
