-- Every organisation that published anything × every year the warehouse knows × budget and final account.
with

publication as (
    select * from {{ ref('dim_publication') }}
    where is_current
),

publication_form as (
    select * from {{ ref('int_publication_form') }}
),

document as (
    select * from {{ ref('dim_document') }}
),

organisation_version as (
    select * from {{ ref('int_organisation_version') }}
),

named as (
    select
        organisation_id,
        arg_max(organisation_key, first_year) as organisation_key,
        arg_max(name, first_year) as organisation_name,
        arg_max(region_path, first_year) as region_path
    from organisation_version
    group by organisation_id
),

year_met as (
    select distinct fiscal_year from publication
),

kind_met as (
    select list.kind
    from (
        values
        ('budget'),
        ('final')
    ) as list (kind)
),

grid as (
    select
        named.*,
        year_met.fiscal_year,
        kind_met.kind
    from named
    cross join year_met
    cross join kind_met
),

form_state as (
    select
        publication.organisation_id,
        publication.fiscal_year,
        publication.kind,
        count(distinct publication.publication_id) as publications,
        string_agg(distinct publication.edition, ', ' order by publication.edition) as editions,
        bool_or(publication.is_counted) as is_counted,
        count(publication_form.form) as forms,
        {%- for state in ['read', 'printed_blank', 'declared_empty', 'unreadable', 'missing'] %}
        count(*) filter (where publication_form.state = '{{ state }}') as forms_{{ state }},
        {%- endfor %}
        {%- for state in ['missing', 'unreadable'] %}
        string_agg(publication_form.form, ', ' order by publication_form.form) filter (
            where publication_form.state = '{{ state }}'
        ) as {{ state }}_forms,
        {%- endfor %}
        min_by(publication.document_id, not publication.is_counted) as document_id
    from publication
    left join publication_form on publication.publication_id = publication_form.publication_id
    group by all
),

final as (
    select
        grid.organisation_key,
        grid.organisation_id,
        grid.organisation_name,
        grid.region_path,
        grid.fiscal_year,
        grid.kind,
        form_state.organisation_id is not null as is_published,
        case
            when form_state.organisation_id is null then 'not_found'
            when form_state.forms_read = 0 then 'published_unread'
            when form_state.forms_unreadable + form_state.forms_missing > 0 then 'published_partly_read'
            else 'published_read'
        end as state,
        form_state.editions,
        coalesce(form_state.is_counted, false) as is_counted,
        cast(coalesce(form_state.publications, 0) as integer) as publications,
        cast(coalesce(form_state.forms, 0) as integer) as forms,
        cast(coalesce(form_state.forms_read, 0) as integer) as forms_read,
        cast(coalesce(form_state.forms_printed_blank, 0) as integer) as forms_printed_blank,
        cast(coalesce(form_state.forms_declared_empty, 0) as integer) as forms_declared_empty,
        cast(coalesce(form_state.forms_unreadable, 0) as integer) as forms_unreadable,
        cast(coalesce(form_state.forms_missing, 0) as integer) as forms_missing,
        form_state.unreadable_forms,
        form_state.missing_forms,
        form_state.document_id,
        document.document,
        document.published_on
    from grid
    left join form_state
        on
            grid.organisation_id = form_state.organisation_id
            and grid.fiscal_year = form_state.fiscal_year
            and grid.kind = form_state.kind
    left join document on form_state.document_id = document.document_id
)

select * from final
