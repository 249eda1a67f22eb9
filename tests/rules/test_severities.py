"""How grave a difference is: where the catalogue doubts a rule it says so, and regions may differ."""

from __future__ import annotations

import pytest

from expectations.rules import RuleError, build_rule, load_rules
from tests.rules.documents import document, findings, judged
from tests.rules.test_loader import rule_file

BASIC = (["total", "basic"], [["2210201", "住房公积金", "12.00", "12.00"]])
ECONOMIC = (["total", "basic_personnel"], [["30113", "住房公积金", "15.00", "15.00"]])
DOUBTED = {
    *("B-ROW-05", "X-FORM-16", "B-FORM-18", "F-FORM-19", "X-CLS-09", "X-PLA-04", "X-PLA-10", "X-PLA-11"),
    *("X-PERF-04", "X-PERF-06", "X-PERF-07", "X-PERF-08", "X-PERF-10", "Y-YOY-09", "Y-YOY-01", "Y-YOY-02"),
    *("X-D2U-01", *(f"X-B2F-{number:02}" for number in range(1, 11))),
}


def severity_in(region: str | None) -> str:
    """The severity of a housing fund that two forms print differently, in a document of that region."""
    printed = document(
        {"budget_general_by_function": BASIC, "budget_general_basic_by_economic": ECONOMIC},
    )
    printed.document.region = region
    (found,) = findings(judged(printed, by=("X-FORM-20",)))
    return found["severity"]


@pytest.mark.parametrize(
    ("region", "severity"),
    [("上海市/普陀区", "error"), ("湖北省/武汉市/蔡甸区", "warning"), (None, "warning")],
)
def test_a_rule_that_one_region_keeps_strictly_is_an_error_there_only(region, severity):
    assert severity_in(region) == severity


def test_rules_that_the_catalogue_doubts_inform():
    assert {rule.id: rule.severity for rule in load_rules() if rule.id in DOUBTED} == dict.fromkeys(
        DOUBTED, "info"
    )


def test_rules_that_only_screen_inform():
    assert {rule.severity for rule in load_rules() if rule.tier == 3} == {"info"}


def test_a_region_that_nobody_declared_is_refused():
    node = {**rule_file("X-FORM-20"), "severity_in": {"示例省": "error"}}
    with pytest.raises(RuleError, match=r"region '示例省' is not declared in dbt/seeds/region\.csv"):
        build_rule(node, "X-FORM-20.yaml")


def test_practice_alone_is_no_error_in_any_region():
    node = {**rule_file("X-FORM-20"), "basis": "practice: 通行列法"}
    with pytest.raises(RuleError, match="practice alone is no ground for severity error"):
        build_rule(node, "X-FORM-20.yaml")
