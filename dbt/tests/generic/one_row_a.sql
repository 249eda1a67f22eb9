{#- The grain: one row for each combination of these columns. Fails with combinations that stand twice. -#}
{% test one_row_a(model, columns) %}

select {{ columns | join(', ') }}
from {{ model }}
group by all
having count(*) > 1

{% endtest %}
