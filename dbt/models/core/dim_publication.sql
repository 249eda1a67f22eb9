with

publication as (
    select * from {{ ref('int_publication') }}
),

organisation_version as (
    select * from {{ ref('int_organisation_version') }}
),

final as (
    select
        publication.publication_id,
        organisation_version.organisation_key,
        publication.organisation_id,
        organisation_version.name as organisation_name,
        publication.root_organisation_id,
        organisation_version.region_path,
        publication.fiscal_year,
        publication.kind,
        publication.edition,
        publication.version,
        publication.version_basis,
        publication.is_current,
        publication.is_counted,
        publication.document_id,
        publication.documents,
        publication.published_on
    from publication
    inner join organisation_version
        on
            publication.organisation_id = organisation_version.organisation_id
            and publication.fiscal_year >= organisation_version.first_year
            and publication.fiscal_year <= coalesce(organisation_version.last_year, 9999)
)

select * from final
