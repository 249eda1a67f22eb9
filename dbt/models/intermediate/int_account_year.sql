-- The account that a printed code means in a year: the one valid then, else the nearest one, earlier first.
with

printed as (
    select distinct
        account_scheme as scheme,
        code,
        fiscal_year
    from {{ ref('int_cell') }}
    where account_scheme is not null
),

account as (
    select * from {{ ref('int_account') }}
),

class_nature as (
    select
        scheme,
        code,
        min(nature) as nature
    from account
    where level = 'class'
    group by all
),

final as (
    select
        printed.scheme,
        printed.code,
        printed.fiscal_year,
        account.account_key,
        class_nature.nature
    from printed
    inner join account on printed.scheme = account.scheme and printed.code = account.code
    left join class_nature
        on
            printed.scheme = class_nature.scheme
            and left(printed.code, 3) = class_nature.code
    qualify row_number() over (
        partition by printed.scheme, printed.code, printed.fiscal_year
        order by
            printed.fiscal_year between coalesce(account.valid_from, 0)
            and coalesce(account.valid_to, 9999) desc,
            coalesce(account.valid_from, 0) <= printed.fiscal_year desc,
            abs(printed.fiscal_year - coalesce(account.valid_from, 0))
    ) = 1
)

select * from final
