-- Codes whose content changed from one year to the next: what a code was called the year before, or that its
-- series breaks there. Renames of an unchanged code change nothing.
with

crosswalk as (
    select * from {{ ref('account_crosswalk') }}
    where relation <> 'rename'
),

final as (
    select
        scheme,
        code as earlier_code,
        successor_code as code,
        first_year,
        relation,
        relation = 'split' or count(*) over (
            partition by scheme, code, first_year
        ) > 1 as is_break
    from crosswalk
)

select * from final
