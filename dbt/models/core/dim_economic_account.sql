with

account as (
    select * from {{ ref('int_account') }}
    where scheme in ('economic_department', 'economic_government')
),

-- A class or group that changed its name lends its children the name valid when they began.
class as (
    select * from account
    where level = 'class'
),

final as (
    select
        account.account_key as economic_account_key,
        account.scheme,
        account.code,
        account.name,
        account.level,
        account.parent_code,
        left(account.code, 3) as class_code,
        class.name as class_name,
        coalesce(account.nature, class.nature) as nature,
        account.valid_from,
        account.valid_to,
        account.valid_to is null as is_current,
        account.list_complete,
        account.source
    from account
    left join class
        on
            account.scheme = class.scheme
            and left(account.code, 3) = class.code
    qualify row_number() over (
        partition by account.account_key
        order by
            coalesce(account.valid_to, 9999) between coalesce(class.valid_from, 0)
            and coalesce(class.valid_to, 9999) desc,
            class.valid_from desc
    ) = 1
)

select * from final
