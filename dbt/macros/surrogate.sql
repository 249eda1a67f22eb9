{#- A short stable key of several values: equal values, equal key, in every load and on every machine. -#}
{% macro surrogate(prefix, columns) -%}
    '{{ prefix }}_' || left(md5(
        {%- for column in columns %}
        coalesce(cast({{ column }} as varchar), ''){% if not loop.last %} || '|' ||{% endif %}
        {%- endfor %}
    ), 16)
{%- endmacro %}
