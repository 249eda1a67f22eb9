{#-
The additive measure and what is unallocated together are the printed grand total of every form, side and
section tree: nothing counted twice, nothing lost. Returns the forms that do not reach it. A warning, not an
error: one form that was misread must not keep the other documents from being published.
-#}
{% test reaches_printed_total(model) %}

{{ config(severity='warn') }}

with

summed as (
    select
        publication_id,
        document_id,
        form,
        side,
        sum(amount_yuan) as amount_yuan,
        sum(unallocated_yuan) as unallocated_yuan
    from {{ model }}
    group by all
),

printed as (
    select
        document_id,
        form,
        side,
        max(printed_yuan) as printed_yuan
    from {{ model }}
    where row_kind = 'total' and label in ('合计', '总计', '收入总计', '支出总计') and section is null
        and column_key in ('total', 'amount', 'final_total')
    group by document_id, form, side
    having count(distinct printed_yuan) = 1
)

select
    summed.*,
    printed.printed_yuan
from summed
inner join printed
    on
        summed.document_id = printed.document_id
        and summed.form = printed.form
        and summed.side is not distinct from printed.side
where
    coalesce(summed.amount_yuan, 0) + coalesce(summed.unallocated_yuan, 0) <> printed.printed_yuan
    and summed.unallocated_yuan is not null

{% endtest %}
