-- Every account of the lists, and those that documents print and no list knows, once a validity.
with

listed as (
    select * from {{ ref('int_account_list') }}
),

printed as (
    select
        account_scheme as scheme,
        code,
        mode(label) as name,
        cast(null as varchar) as nature
    from {{ ref('int_cell') }}
    where account_scheme is not null
    group by all
),

unlisted as (
    select
        printed.scheme,
        printed.code,
        printed.name,
        case length(printed.code) when 3 then 'class' when 5 then 'group' else 'item' end as level,
        case length(printed.code) when 5 then left(printed.code, 3) when 7 then left(printed.code, 5) end
            as parent_code,
        printed.nature,
        cast(null as integer) as valid_from,
        cast(null as integer) as valid_to,
        false as list_complete,
        'printed' as source
    from printed
    anti join listed on printed.scheme = listed.scheme and printed.code = listed.code
),

every_account as (
    select * from listed
    union all
    select * from unlisted
),

final as (
    select
        *,
        concat_ws('-', scheme, code, coalesce(cast(valid_from as varchar), 'printed')) as account_key
    from every_account
)

select * from final
