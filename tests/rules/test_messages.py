"""Every check of every rule says what it found, in Chinese and in English, to a reader without the rule."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from dagster_project.reconciliation.evidence import Evidence, Failure
from dagster_project.reconciliation.findings import told_apart
from dagster_project.reconciliation.messages import message
from expectations.model import AccountCheck, Check, Equation, FormCheck, Outline, Rule
from expectations.rules import load_rules


def told(rule: Rule, check: Check) -> tuple[str, str]:
    form = (*check.forms, "budget_expenditure")[0]
    failure = Failure(
        "r", rule, check, "d", form, "2012604", "total", Decimal("1234.50"), Decimal("1200"),
        Decimal("34.50"), Decimal("0.01"), "wan", [], [],
    )  # fmt: skip
    return message(failure, {})


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
def test_a_check_has_words_for_what_it_finds(rule: Rule) -> None:
    for check in rule.checks:
        for text, end in zip(told(rule, check), "。.", strict=True):
            assert text.endswith(end), (check.name, text)
            assert not {"{", "?", "None"} & {*text, *text.split()}, (check.name, text)


def test_checks_that_compare_no_figures_speak_of_none() -> None:
    for rule in load_rules():
        for check in rule.checks:
            if isinstance(check, FormCheck | AccountCheck | Outline):
                assert "1,234.50" not in "".join(told(rule, check)), rule.id


def test_a_figure_of_another_document_is_said_to_be_of_that_document() -> None:
    rule = next(rule for rule in load_rules() if rule.id == "Y-YOY-01")
    chinese, english = told(rule, rule.checks[0])

    assert "，上年同类文件《收入支出决算总表》为 1,200.00 万元" in chinese
    assert "the document of the year before, Summary of revenue and expenditure" in english


def figure_at(cell: str, label: str, column: str, amount: str, **place: str) -> Evidence:
    """A figure of 收支预算总表, or of the form and the document that ``place`` names."""
    return Evidence(
        cell, place.get("document", "d"), place.get("form", "budget_summary"), place.get("side"), None, 1,
        None, place.get("code"), label, column, place.get("code", label), Decimal(amount), 2, "wan", None, 4,
        None, amount, "layout", False,
    )  # fmt: skip


def failing(rule_id: str, left: Evidence, *right: Evidence) -> Failure:
    """The first check of a rule, failing with these figures."""
    rule = next(rule for rule in load_rules() if rule.id == rule_id)
    expected = sum((at.amount for at in right), Decimal(0))
    return Failure(
        "r", rule, rule.checks[0], "d", left.form, left.key, left.column, left.amount, expected,
        left.amount - expected, Decimal("0.01"), "wan", [left.id], [at.id for at in right],
    )  # fmt: skip


def said_of(rule_id: str, left: Evidence, *right: Evidence) -> str:
    return message(failing(rule_id, left, *right), {at.id: at for at in (left, *right)})[0]


def test_both_sides_of_a_summary_are_named():
    income = figure_at("a", "收入总计", "amount", "9.00", side="income")
    expenditure = figure_at("b", "支出总计", "amount", "8.00", side="expenditure")
    assert said_of("X-SIDE-01", income, expenditure) == (
        "《收支预算总表》收入方“收入总计”的金额印为 9.00 万元，同表支出方“支出总计”为 8.00 万元，"
        "两者应当一致，相差 1.00 万元。"
    )


def test_the_figure_of_another_form_is_named_with_its_row_and_column():
    total = figure_at("a", "本年支出合计", "amount", "9.00", side="expenditure")
    other = figure_at("b", "合计", "total", "8.00", form="budget_expenditure")
    assert "，《支出预算总表》“合计”为 8.00 万元，两者应当一致" in said_of("X-FORM-03", total, other)


def test_a_row_that_another_form_lacks_is_said_to_be_lacking():
    printed = figure_at("a", "住房保障支出", "amount", "3.00", side="expenditure", code="221")
    assert "《支出预算总表》没有列“221 住房保障支出”（按零计）" in said_of("X-FORM-04", printed)


def test_what_is_compared_as_a_screening_names_both_accounts_and_their_ratio():
    pension = figure_at("a", "机关事业单位基本养老保险缴费", "total", "8.00", code="30108")
    annuity = figure_at("b", "职业年金缴费", "total", "16.00", code="30109")
    text = said_of("X-PLA-10", pension, annuity)
    assert "“30108 机关事业单位基本养老保险缴费”" in text
    assert "“30109 职业年金缴费”的合计为 16.00 万元，前者为后者的 0.5 倍（通常在 1.5 至 3 倍之间）" in text


def test_quotation_marks_within_a_quoted_name_are_single_ones():
    whole = figure_at("a", "“三公”经费", "total", "9.00", form="budget_three_public")
    part = figure_at("b", "“三公”经费", "vehicle", "8.00", form="budget_three_public")
    assert said_of("X-ROW-12", whole, part).startswith("《一般公共预算“三公”经费支出表》“‘三公’经费”的合计")


def test_findings_of_one_name_in_two_sentences_have_ids_of_their_own() -> None:
    found = told_apart([{"finding_id": "a"}, {"finding_id": "b"}, {"finding_id": "a"}])

    assert [row["finding_id"] for row in found][:2] == ["a", "b"]
    assert len({row["finding_id"] for row in found}) == 3


def test_a_message_quotes_the_clause_of_its_figure() -> None:
    rule = next(rule for rule in load_rules() if rule.id == "X-NAR-13")
    sentence = "基本支出30.00万元，其中人员经费20.00万元；公用经费10.00万元。"
    at = Evidence(
        "s", "d", None, None, None, 0, None, None, "万元，其中人员经费20.00万元；公", None,
        "basic.personnel.amount", Decimal("20.00"), 2, "wan", None, 4, None, "20.00万元", "layout", False,
        sentence,
    )  # fmt: skip
    failure = Failure(
        "r", rule, rule.checks[0], "d", "final_general_basic_by_economic", "basic.personnel.amount", "amount",
        Decimal("20.00"), Decimal("19.00"), Decimal("1.00"), Decimal("0.01"), "wan", ["s"], [],
    )  # fmt: skip

    assert message(failure, {"s": at})[0].startswith("正文“其中人员经费20.00万元”写 20.00 万元")


def test_what_rests_on_practice_alone_is_not_said_to_be_due():
    procured = figure_at("a", "合计", "total", "6.00", form="budget_procurement")
    spent = figure_at("b", "合计", "total", "5.00", form="budget_expenditure")
    rule = next(rule for rule in load_rules() if rule.basis.startswith("practice") and is_a_limit(rule))
    failure = replace(failing("B-FORM-21", procured, spent), rule=rule, check=rule.checks[0])
    text = message(failure, {"a": procured, "b": spent})[0]
    assert "通常不大于" in text or "通常不小于" in text
    assert "不应" not in text


def is_a_limit(rule: Rule) -> bool:
    check = rule.checks[0]
    return isinstance(check, Equation) and check.compare != "equal" and not check.single_form
