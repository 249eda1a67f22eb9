{{ cell_fact('fct_project', {
    'project_id': "if(cell.row_kind = 'leaf', "
        ~ surrogate('prj', ['cell.organisation_id', plain_name('cell.label')]) ~ ", null)",
    'fund': "coalesce(cell.column_fund, cell.form_fund)",
    'attributes': "cell.attributes",
}) }}

select * from final
