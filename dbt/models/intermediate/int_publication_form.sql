-- Which document a publication's form is taken from: of two files that print the same form, one.
with

publication_document as (
    select * from {{ ref('int_publication_document') }}
),

form as (
    select * from {{ ref('stg_form') }}
),

cell as (
    select
        document_id,
        form,
        count(*) as cells,
        min(page) as first_page
    from {{ ref('stg_cell') }}
    group by all
),

met as (
    select
        coalesce(form.document_id, cell.document_id) as document_id,
        coalesce(form.form, cell.form) as form,
        coalesce(form.state, 'read') as state,
        form.title_printed,
        form.unit,
        coalesce(form.first_page, cell.first_page) as first_page,
        form.last_page,
        coalesce(cell.cells, 0) as cells
    from form
    full join cell on form.document_id = cell.document_id and form.form = cell.form
),

state_rank as (
    select
        list.state,
        list.preference
    from (
        values
        ('read', 1),
        ('printed_blank', 2),
        ('declared_empty', 3),
        ('unreadable', 4),
        ('missing', 5)
    ) as list (state, preference)
),

final as (
    select
        publication_document.publication_id,
        met.form,
        met.document_id,
        met.state,
        met.title_printed,
        met.unit,
        met.first_page,
        met.last_page,
        met.cells
    from met
    inner join publication_document on met.document_id = publication_document.document_id
    left join state_rank on met.state = state_rank.state
    qualify row_number() over (
        partition by publication_document.publication_id, met.form
        order by met.cells desc, state_rank.preference asc, publication_document.document_rank asc
    ) = 1
)

select * from final
