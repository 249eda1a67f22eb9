"""Which column a printed header means, whatever stands above it."""

from __future__ import annotations

import pytest

from dagster_project.forms.headers import resolve


@pytest.mark.parametrize(
    ("form", "path", "column"),
    [
        ("budget_general_by_function", ["基本支出", "小计"], "basic"),
        ("budget_general_by_function", ["一般公共预算支出", "合计"], "total"),
        ("budget_income", ["本年收入", "小计"], "current_year"),
        ("budget_income", ["上年结转", "结余"], "carried_over"),
        ("budget_project", ["本年拨款", "一般公共预算"], "general_public_budget"),
        ("budget_project", ["财政拨款结转结余", "一般公共预算"], "carried_general_public_budget"),
        ("budget_summary", ["支出", "预算数", "基本支出", "人员经费"], "basic_personnel"),
        ("budget_general_basic_by_economic", ["基本支出", "合计"], "total"),
        ("budget_three_public", ["“三公”经费预算数", "公务用车购置及运行费", "购置费"], "vehicle_purchase"),
        ("final_three_public", ["预算数", "合计"], "budget_total"),
        ("final_three_public", ["公务接待费", "决算数"], "final_reception"),
        ("final_government_fund", ["本年支出", "小计"], "total"),
        ("final_government_fund", ["本年收入"], "income"),
        ("final_summary", ["年初预算数"], "budget_initial"),
        ("budget_procurement", ["采购金额", "其中面向小微企业（万元）"], "of_which_micro"),
    ],
)
def test_wording_under_its_parents_is_a_column(form: str, path: list[str], column: str) -> None:
    assert resolve(form, path, 2024).column == column


@pytest.mark.parametrize(
    ("path", "column"),
    [
        (["2023年执行数"], "prior_year_actual"),
        (["2023年预算数"], "prior_year_budget"),
        (["2023年预算数", "基本支出"], "prior_year_basic"),
        (["2024年预算数", "小计"], "total"),
        (["2024年预算数比2023年执行数", "增减额"], "change_amount"),
        (["2024年预算数比2023年执行数", "增减%"], "change_percent"),
    ],
)
def test_other_years_and_changes_have_their_own_keys(path: list[str], column: str) -> None:
    assert resolve("budget_general_by_function", path, 2024).column == column


@pytest.mark.parametrize("path", [["陌生栏目"], ["陌生分组", "小计"], ["陌生分组", "项目支出"]])
def test_an_unknown_word_is_never_guessed(path: list[str]) -> None:
    assert resolve("budget_expenditure", path, 2024).role == "unknown"


def test_a_wording_that_the_print_cuts_off_has_candidates_in_statutory_order() -> None:
    read = resolve("final_three_public", ["决算数", "公务用"], 2024)
    assert read.role == "cut"
    assert read.candidates == ("final_vehicle", "final_vehicle_purchase", "final_vehicle_operation")


@pytest.mark.parametrize(
    ("form", "path", "column"),
    [
        ("budget_income", ["事业收入", "金额"], "undertaking"),
        ("final_income", ["财政拨款收入", "金额"], "fiscal_appropriation"),
        ("budget_expenditure", ["项目支出", "金额"], "project"),
        ("budget_general_by_function", ["一般公共预算支出", "金额"], "total"),
        ("budget_summary", ["收入", "金额"], "amount"),
    ],
)
def test_an_amount_below_the_name_of_a_column_is_that_columns(
    form: str, path: list[str], column: str
) -> None:
    assert resolve(form, path, 2024).column == column


@pytest.mark.parametrize(("year", "column"), [("2023年", "prior_year_reception"), ("2024年", "reception")])
def test_a_year_over_the_name_of_the_whole_form_is_not_lost(year: str, column: str) -> None:
    path = [year, "一般公共预算拨款安排的“三公”经费预算", "公务接待费"]
    assert resolve("budget_three_public", path, 2024).column == column
