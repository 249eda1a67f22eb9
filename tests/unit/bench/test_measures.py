"""The measures themselves: multisets of rows, figures by their value, findings by rule and figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bench.compare import as_printed, number, score
from bench.findings import meets


def test_a_row_printed_twice_has_to_be_read_twice() -> None:
    result = score([("合计", "1"), ("合计", "1")], [("合计", "1")])

    assert (result.hits, result.missing, result.extra) == (1, (("合计", "1"),), ())
    assert result.recall == Decimal("0.5")
    assert result.precision == 1


def test_nothing_expected_has_no_recall() -> None:
    assert score([], []).recall is None


@pytest.mark.parametrize(
    ("printed", "value"), [("1,234.50", "1234.5"), ("12.00", "12"), ("0.00", "0"), ("", "")]
)
def test_figures_are_compared_by_value(printed: str, value: str) -> None:
    assert number(printed) == value


def test_printed_values_lose_white_space_and_thousands_separators_only() -> None:
    assert as_printed(" ≥ 1,200 份") == "≥1200份"


def test_a_report_with_the_rule_and_both_figures_meets_the_row() -> None:
    assert meets(gold("1477.88", "1137.88", "X-NAR-13"), report("X-NAR-13", "1137.88", "1477.88"))


def test_the_unit_of_money_is_free() -> None:
    assert meets(gold("12.50", "13.00", "X-COL-03"), report("X-COL-03", "125000", "130000"))


def test_other_figures_meet_nothing() -> None:
    assert not meets(gold("1477.88", "1137.88", "X-NAR-13"), report("X-NAR-13", "9.00", "8.00"))


def test_the_same_figures_under_another_rule_meet_the_row_unless_they_are_small_counts() -> None:
    assert meets(gold("1477.88", "1137.88", "X-NAR-13"), report("X-NAR-03", "1477.88", "1137.88"))
    assert not meets(gold("5", "4", "X-PERF-07"), report("X-NAR-22", "5", "4"))


def test_a_report_of_one_cell_meets_the_row_of_its_equation_by_rule_and_difference() -> None:
    row = {**gold("14.00", "79.00", "X-ROW-01"), "difference": "65.50"}
    assert meets(row, {**report("X-ROW-01", "65.50", "0"), "difference": Decimal("-65.50")})
    assert not meets(row, {**report("X-COL-04", "65.50", "0"), "difference": Decimal("-65.50")})


def test_a_row_in_words_is_met_by_rule_and_place() -> None:
    row = gold("缺", "应填", "X-COMP-08", where="表三 2210203购房补贴")
    assert meets(row, {**report("X-COMP-08", None, None), "key": "2210203"})
    assert not meets(row, {**report("X-COMP-08", None, None), "key": "2080505"})


def gold(stated: str, expected: str, rules: str, *, where: str = "") -> dict[str, str]:
    printed = {"stated": stated, "expected": expected, "difference": ""}
    return {**printed, "rule_ids": rules, "where": where, "comment": ""}


def report(rule: str, stated: str | None, expected: str | None) -> dict[str, Any]:
    figures = {"stated": stated, "expected": expected}
    return {"rule_id": rule, "key": None, "difference": None} | {
        name: Decimal(value) if value else None for name, value in figures.items()
    }
