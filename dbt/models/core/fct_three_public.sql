{{ cell_fact('fct_three_public', {
    'three_public_item': "coalesce(cell.three_public_item, 'total')",
}) }}

select * from final
