"""Titles as provinces and years print them, and the forms they name."""

from __future__ import annotations

import pytest

from dagster_project.forms.titles import match_title, reads_as_table_title

BUDGET = {
    "表1-1部门收入总表": "budget_income",
    "2024年部门综合预算收支总表": "budget_summary",
    "部门预算支出总表": "budget_expenditure",
    "部门收支总表（公开表1）": "budget_summary",
    "示例市档案馆2024年单位预算收支总表": "budget_summary",
    "一般公共预算支出情况表（按功能分类科目）": "budget_general_by_function",
    "一般公共预算基本支出情况表（按支出经济分类科目）": "budget_general_basic_by_economic",
    "财政拨款安排的行政经费及“三公”经费预算表": "budget_three_public",
    "预算01表 收支预算总表": "budget_summary",
    "部门预算项目支出预算表": "budget_project",
    "附表1 收支预算总表": "budget_summary",
    "部门公开表4 财政拨款收支总表": "budget_appropriation_summary",
    "预算公开05表 一般公共预算支出情况表": "budget_general_by_function",
    "表9 国有资本经营预算收支预算表（不含上年结转）": "budget_state_capital",
}
FINAL = {
    "收入支出决算总表（公开01表）": "final_summary",
    "附表1：收入支出决算总表": "final_summary",
    "Z01 收入支出决算总表": "final_summary",
    "附表五 一般公共预算财政拨款支出决算表": "final_general_by_function",
    "支出决算公开表": "final_expenditure",
    "（五）支出决算表（分科目）": "final_expenditure",
    "一般公共预算“三公”经费、会议费和培训费支出决算表": "final_three_public",
}
OTHERS = (
    "表3-2 一般公共预算项目支出预算表",
    "表4-1 政府性基金预算“三公”经费支出预算表",
    "一般公共预算支出明细表（按支出经济分类科目）",
    "部门预算支出总表（分单位）",
    "一般公共预算项目收支总表",
    "一般公共预算基本支出表--人员经费（工资福利支出）（按政府预算经济分类）",
    "表10 上年结转结余支出预算表",
    "支出经济分类预算表（政府预算）",
)
PART_HEADINGS = ("第五部分 附表", "二、2024年度单位决算公开表", "第二部分 2024年度部门决算表")


@pytest.mark.parametrize(("printed", "form"), BUDGET.items())
def test_titles_of_budgets(printed: str, form: str) -> None:
    found = match_title(printed, "budget")
    assert found is not None
    assert found.form == form


@pytest.mark.parametrize(("printed", "form"), FINAL.items())
def test_titles_of_final_accounts(printed: str, form: str) -> None:
    found = match_title(printed, "final")
    assert found is not None
    assert found.form == form


@pytest.mark.parametrize("printed", OTHERS)
def test_titles_of_other_tables_name_no_form(printed: str) -> None:
    found = match_title(printed, "budget")
    assert found is None or found.form is None


@pytest.mark.parametrize("printed", PART_HEADINGS)
def test_the_heading_of_the_part_with_the_tables_is_no_title_of_a_table(printed: str) -> None:
    assert match_title(printed, "final") is None
    assert not reads_as_table_title(printed)


def test_procurement_of_a_year_that_is_over_is_no_form_of_the_budget() -> None:
    of_budget, of_final = (match_title("附表十一 政府采购情况表", kind) for kind in ("budget", "final"))
    assert of_budget is not None and of_budget.form == "budget_procurement"
    assert of_final is not None and of_final.form is None
