{{ cell_fact('fct_expenditure_by_function', {
    'function_account_key': "account_year.account_key",
    'fund': "cell.form_fund",
    'nature': "cell.nature",
}) }}

select * from final
