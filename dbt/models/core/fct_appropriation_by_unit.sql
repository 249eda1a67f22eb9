{{ cell_fact('fct_appropriation_by_unit', {
    'fund': "cell.form_fund",
    'nature': "cell.nature",
}) }}

select * from final
