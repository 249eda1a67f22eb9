with

organisation_version as (
    select * from {{ ref('int_organisation_version') }}
),

organisation as (
    select * from {{ ref('organisation') }}
),

named as (
    select
        organisation_id,
        max_by(name, first_year) as name
    from organisation_version
    group by organisation_id
),

coded as (
    select
        {{ plain_name('organisation_name') }} as name,
        min(organisation_code) as organisation_code
    from organisation
    where organisation_code is not null
    group by all
),

final as (
    select
        organisation_version.organisation_key,
        organisation_version.organisation_id,
        organisation_version.name as organisation_name,
        coded.organisation_code,
        organisation_version.region_path,
        organisation_version.parent_id as parent_organisation_id,
        parent.name as parent_name,
        organisation_version.parent_basis,
        make_date(organisation_version.first_year, 1, 1) as valid_from,
        make_date(organisation_version.last_year, 12, 31) as valid_to,
        organisation_version.last_year is null as is_current
    from organisation_version
    left join named as parent on organisation_version.parent_id = parent.organisation_id
    left join coded on organisation_version.name = coded.name
)

select * from final
