{{ cell_fact('fct_procurement', {
    'attributes': "cell.attributes",
}) }}

select * from final
