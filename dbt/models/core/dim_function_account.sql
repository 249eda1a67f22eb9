with

account as (
    select * from {{ ref('int_account') }}
    where scheme = 'function'
),

-- A class or group that changed its name lends its children the name valid when they began.
class as (
    select * from account
    where level = 'class'
),

account_group as (
    select * from account
    where level = 'group'
),

final as (
    select
        account.account_key as function_account_key,
        account.scheme,
        account.code,
        account.name,
        account.level,
        account.parent_code,
        left(account.code, 3) as class_code,
        class.name as class_name,
        if(length(account.code) >= 5, left(account.code, 5), null) as group_code,
        account_group.name as group_name,
        account.valid_from,
        account.valid_to,
        account.valid_to is null as is_current,
        account.list_complete,
        account.source
    from account
    left join account_group on left(account.code, 5) = account_group.code
    left join class
        on
            account.scheme = class.scheme
            and left(account.code, 3) = class.code
    qualify row_number() over (
        partition by account.account_key
        order by
            coalesce(account.valid_to, 9999) between coalesce(class.valid_from, 0)
            and coalesce(class.valid_to, 9999) desc,
            class.valid_from desc,
            coalesce(account.valid_to, 9999) between coalesce(account_group.valid_from, 0)
            and coalesce(account_group.valid_to, 9999) desc,
            account_group.valid_from desc
    ) = 1
)

select * from final
