{#- The type of every amount in yuan: sums and differences widen a decimal, the contract does not. -#}
{% macro yuan(expression) -%}
    cast({{ expression }} as decimal(20, 2))
{%- endmacro %}
