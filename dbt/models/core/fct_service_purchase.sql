{{ cell_fact('fct_service_purchase', {
    'attributes': "cell.attributes",
}) }}

select * from final
