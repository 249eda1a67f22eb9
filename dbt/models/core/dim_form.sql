with

form as (
    select * from {{ ref('form') }}
),

form_fact as (
    select * from {{ ref('form_fact') }}
),

final as (
    select
        form.form,
        form.kind,
        form.family,
        form.statutory_order,
        form.name_zh,
        form.name_en,
        form.has_sides,
        form.required as is_required,
        form.keyed_by,
        form_fact.fact,
        form_fact.fund
    from form
    left join form_fact on form.form = form_fact.form
)

select * from final
