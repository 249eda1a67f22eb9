{{ cell_fact('fct_summary_line', {
    'fund': "coalesce(cell.column_fund, cell.form_fund)",
    'nature': "cell.nature",
}) }}

select * from final
