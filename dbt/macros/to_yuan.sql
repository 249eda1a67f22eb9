{#-
Yuan of a printed amount: exact decimals, never a float. ``factor`` is yuan_per_unit of the seed ``unit``;
NULL (a unit that is no money) gives NULL. 万元 with six decimals is yuan with two.
-#}
{% macro to_yuan(amount, factor) -%}
    cast({{ amount }} * cast({{ factor }} as decimal(9, 0)) as decimal(20, 2))
{%- endmacro %}
