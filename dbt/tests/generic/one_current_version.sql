{#- Every organisation, year, kind and edition has exactly one current version. Fails with those that do not. -#}
{% test one_current_version(model) %}

select
    organisation_id,
    fiscal_year,
    kind,
    edition
from {{ model }}
group by all
having count(*) filter (where is_current) <> 1

{% endtest %}
