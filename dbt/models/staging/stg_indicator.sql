with

source as (
    select * from {{ source('staging', 'indicator') }}
),

final as (
    select
        document_id,
        document,
        form,
        row_number,
        project,
        horizon,
        goal,
        level1,
        level2,
        level3,
        target,
        actual,
        weight,
        score,
        share,
        prior_year_2,
        prior_year_1,
        expected,
        basis,
        page,
        line
    from source
)

select * from final
