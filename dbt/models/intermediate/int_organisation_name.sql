-- Every printed organisation name, and the durable organisation it stands for. A name stands for another one
-- only where a seed says so (alias, rename); likeness decides nothing.
with recursive

document as (
    select * from {{ ref('stg_document') }}
),

alias as (
    select * from {{ ref('organisation_alias') }}
),

succession as (
    select * from {{ ref('organisation_succession') }}
),

level_word as (
    select * from {{ ref('organisation_level_word') }}
),

region as (
    select * from {{ ref('int_region') }}
),

printed as (
    select distinct
        coalesce(region, '') as region_path,
        coalesce(
            {{ plain_name('organisation') }}, '（未识别机构）' || document_id
        ) as printed_name
    from document
    where status in ('loaded', 'partial') and fiscal_year is not null and kind is not null
),

whole_department as (
    select
        printed.region_path,
        printed.printed_name,
        left(printed.printed_name, -length(level_word.word)) as plain_name
    from printed
    inner join level_word
        on
            level_word.meaning = 'department'
            and suffix(printed.printed_name, level_word.word)
            and length(printed.printed_name) > length(level_word.word)
    qualify row_number() over (
        partition by printed.region_path, printed.printed_name
        order by length(level_word.word) desc
    ) = 1
),

named as (
    select
        printed.region_path,
        printed.printed_name,
        coalesce(
            {{ plain_name('alias.organisation_name') }},
            whole_department.plain_name,
            printed.printed_name
        ) as organisation_name
    from printed
    left join whole_department using (region_path, printed_name)
    left join region on printed.region_path = region.region_path
    left join alias
        on
            printed.printed_name = {{ plain_name('alias.printed_name') }}
            and (alias.region_code is null or region.region_code = alias.region_code)
),

rename as (
    select
        region.region_path,
        {{ plain_name('succession.predecessor_name') }} as predecessor_name,
        {{ plain_name('succession.successor_name') }} as successor_name
    from succession
    left join region on succession.region_code = region.region_code
    where succession.kind = 'rename'
),

-- The first name in a chain of renames anchors the key, so that a later rename does not change it.
chain as (
    select distinct
        region_path,
        organisation_name,
        organisation_name as anchor_name,
        0 as step
    from named

    union all

    select
        chain.region_path,
        chain.organisation_name,
        rename.predecessor_name as anchor_name,
        chain.step + 1 as step
    from chain
    inner join rename
        on
            chain.anchor_name = rename.successor_name
            and (rename.region_path is null or chain.region_path = rename.region_path)
    where chain.step < 10
),

anchored as (
    select
        region_path,
        organisation_name,
        anchor_name
    from chain
    qualify row_number() over (
        partition by region_path, organisation_name
        order by step desc
    ) = 1
),

final as (
    select
        named.region_path,
        named.printed_name,
        named.organisation_name,
        {{ surrogate('org', ['anchored.region_path', 'anchored.anchor_name']) }} as organisation_id
    from named
    inner join anchored using (region_path, organisation_name)
)

select * from final
