{#-
A department contains its units: no publication counts beside a counted one of its own organisation or of its
superior, for the same year and kind. Fails with the publications that would be counted twice.
-#}
{% test one_layer_counts(model, parents) %}

with

counted as (
    select * from {{ model }}
    where is_counted
)

select lower_one.publication_id
from counted as lower_one
inner join counted as upper_one
    on
        lower_one.fiscal_year = upper_one.fiscal_year
        and lower_one.kind = upper_one.kind
        and lower_one.publication_id <> upper_one.publication_id
left join {{ parents }} as parent
    on
        lower_one.organisation_id = parent.organisation_id
        and lower_one.fiscal_year = parent.fiscal_year
where
    lower_one.organisation_id = upper_one.organisation_id
    or (parent.parent_id = upper_one.organisation_id and upper_one.edition <> 'unit')

{% endtest %}
