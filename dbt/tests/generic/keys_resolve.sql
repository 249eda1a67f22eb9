{#-
Every key that is set stands in its dimension. ``dimensions`` maps a column to the dimension and the field it
points to. Fails with the column and the value that leads nowhere.
-#}
{% test keys_resolve(model, dimensions) %}

{%- for column, target in dimensions.items() %}
select
    '{{ column }}' as key_column,
    fact.{{ column }} as key_value
from {{ model }} as fact
anti join {{ ref(target[0]) }} as dimension on fact.{{ column }} = dimension.{{ target[1] }}
where fact.{{ column }} is not null
{%- if not loop.last %}
union all
{%- endif %}
{%- endfor %}

{% endtest %}
