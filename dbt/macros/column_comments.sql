{#-
  The comments of a table's columns. dbt-duckdb asks the catalog before each table which columns there are; here
  every column that is described is there, which contracts and tests see to.
-#}
{% macro duckdb__alter_column_comment(relation, column_dict) %}
  {% for name, column in column_dict.items() %}
    comment on column {{ relation }}.{{ adapter.quote(name) }} is {{ duckdb_escape_comment(column['description']) }};
  {% endfor %}
{% endmacro %}
