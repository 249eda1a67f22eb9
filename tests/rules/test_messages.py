"""Every check of every rule says what it found, in Chinese and in English, to a reader without the rule."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dagster_project.reconciliation.evidence import Evidence, Failure
from dagster_project.reconciliation.findings import told_apart
from dagster_project.reconciliation.messages import message
from expectations.model import AccountCheck, Check, FormCheck, Outline, Rule
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

    assert message(failure, {"s": at})[0].startswith("正文“其中人员经费20.00万元”写 20.00万元")
