-- Codes whose content changed from one year to the next: what a code was called the year before, or that its
-- series breaks there. Renames of an unchanged code change nothing.
with

crosswalk as (
    select * from {{ ref('bridge_account_crosswalk') }}
    where relation <> 'rename'
),

final as (
    select
        scheme,
        code as earlier_code,
        successor_code as code,
        first_year,
        relation,
        not is_comparable as is_break
    from crosswalk
)

select * from final
