with

crosswalk as (
    select * from {{ ref('account_crosswalk') }}
),

final as (
    select
        {{ surrogate('cro', ['scheme', 'code', 'last_year', 'successor_scheme', 'successor_code']) }}
            as crosswalk_id,
        scheme,
        code,
        last_year,
        successor_scheme,
        successor_code,
        first_year,
        relation,
        relation = 'rename' or (
            relation <> 'split'
            and count(*) over (partition by scheme, code, first_year) = 1
        ) as is_comparable,
        basis
    from crosswalk
)

select * from final
