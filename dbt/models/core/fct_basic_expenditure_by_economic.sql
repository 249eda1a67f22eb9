{{ cell_fact('fct_basic_expenditure_by_economic', {
    'economic_account_key': "account_year.account_key",
    'fund': "cell.form_fund",
    'nature': "coalesce(cell.nature, account_year.nature)",
}) }}

select * from final
