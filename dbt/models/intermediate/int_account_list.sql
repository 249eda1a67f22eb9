-- The account lists. Where the ministry's own list of a year is loaded it counts from that year on, until the
-- next one; the project's list, which is general knowledge, serves the years before.
with

project_list as (
    select
        scheme,
        code,
        name,
        cast(null as varchar) as nature,
        valid_from,
        valid_to,
        list_complete,
        source
    from {{ ref('account_function') }}

    union all

    select
        scheme,
        code,
        name,
        nature,
        valid_from,
        valid_to,
        list_complete,
        source
    from {{ ref('account_economic') }}
),

official_list as (
    select * from {{ ref('account_official_list') }}
),

listed_year as (
    select distinct
        scheme,
        list_year
    from official_list
),

official_year as (
    select
        scheme,
        list_year,
        lead(list_year) over (
            partition by scheme
            order by list_year
        ) as next_year,
        row_number() over (
            partition by scheme
            order by list_year
        ) as position
    from listed_year
),

-- A name that stays through several lists is one validity.
run as (
    select
        official_list.scheme,
        official_list.code,
        official_list.name,
        official_list.list_year,
        official_year.next_year,
        official_year.position - row_number() over (
            partition by official_list.scheme, official_list.code, official_list.name
            order by official_list.list_year
        ) as run_id
    from official_list
    inner join official_year
        on
            official_list.scheme = official_year.scheme
            and official_list.list_year = official_year.list_year
),

official as (
    select
        run.scheme,
        run.code,
        run.name,
        cast(null as varchar) as nature,
        min(run.list_year) as valid_from,
        max_by(run.next_year, run.list_year) - 1 as valid_to,
        true as list_complete,
        'official list of ' || min(run.list_year) as source
    from run
    group by run.scheme, run.code, run.name, run.run_id
),

first_official as (
    select
        scheme,
        min(list_year) as first_year
    from official_list
    group by scheme
),

before_official as (
    select
        project_list.scheme,
        project_list.code,
        project_list.name,
        project_list.nature,
        project_list.valid_from,
        least(project_list.valid_to, first_official.first_year - 1) as valid_to,
        project_list.list_complete,
        project_list.source
    from project_list
    left join first_official on project_list.scheme = first_official.scheme
    where project_list.valid_from < coalesce(first_official.first_year, 9999)
),

every_list as (
    select * from official
    union all
    select * from before_official
),

class_nature as (
    select
        scheme,
        code as class_code,
        min(nature) as nature
    from project_list
    where length(code) = 3
    group by all
),

final as (
    select
        every_list.scheme,
        every_list.code,
        every_list.name,
        case length(every_list.code) when 3 then 'class' when 5 then 'group' else 'item' end as level,
        case length(every_list.code)
            when 5 then left(every_list.code, 3)
            when 7 then left(every_list.code, 5)
        end as parent_code,
        coalesce(every_list.nature, class_nature.nature) as nature,
        every_list.valid_from,
        every_list.valid_to,
        every_list.list_complete,
        every_list.source
    from every_list
    left join class_nature
        on
            every_list.scheme = class_nature.scheme
            and left(every_list.code, 3) = class_nature.class_code
)

select * from final
