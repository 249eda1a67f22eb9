{#-
Every cell of a chosen form stands in exactly one of the facts, which its form names. Fails with cells that are
lost or stand twice.
-#}
{% test stands_in_one_fact(model, facts) %}

with

fact as (
    {%- for name in facts %}
    select
        cell_id,
        '{{ name }}' as fact
    from {{ ref(name) }}
    {%- if name == 'fct_revenue' %}
    where source = 'income_form'
    {%- endif %}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
)

select cell.cell_id
from {{ model }} as cell
left join fact on cell.cell_id = fact.cell_id and cell.fact = fact.fact
group by cell.cell_id
having count(fact.cell_id) <> 1

{% endtest %}
