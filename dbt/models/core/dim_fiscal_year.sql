with

calendar as (
    select * from {{ ref('fiscal_calendar') }}
),

met as (
    select fiscal_year from {{ ref('int_cell') }}
    union
    select fiscal_year from {{ ref('int_statement') }}
    union
    select fiscal_year from {{ ref('stg_document') }}
    where fiscal_year is not null
),

every as (
    select fiscal_year from calendar
    union
    select fiscal_year from met
),

final as (
    select
        every.fiscal_year,
        make_date(every.fiscal_year, 1, 1) as starts_on,
        make_date(every.fiscal_year, 12, 31) as ends_on,
        calendar.plan_name_zh,
        calendar.plan_name_en
    from every
    left join calendar on every.fiscal_year = calendar.fiscal_year
)

select * from final
