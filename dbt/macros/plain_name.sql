{#- An organisation's name without white space, with full-width brackets: two settings of one print are one name. -#}
{% macro plain_name(name) -%}
    translate(regexp_replace({{ name }}, '\s+', '', 'g'), '()', '（）')
{%- endmacro %}
