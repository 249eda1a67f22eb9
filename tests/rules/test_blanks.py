"""A figure that is missing makes its equation impossible to evaluate, and is named."""

from __future__ import annotations

from tests.rules.documents import document, findings, judged, rows
from tests.rules.test_states import COLUMNS, TREE, with_cell

UNEVALUATED = "SELECT form, key, \"column\", reason FROM reconciliation.result WHERE state = 'not_evaluable'"


def test_a_row_without_its_total_is_named() -> None:
    printed = document({"budget_expenditure": (COLUMNS, with_cell("221", "total", ""))})
    (found,) = rows(judged(printed, by=("X-ROW-01",)), UNEVALUATED)
    assert (found["form"], found["key"], found["column"]) == ("budget_expenditure", "221", "total")
    assert "未印出：《支出预算总表》" in found["reason"]
    assert "221" in found["reason"]


def test_a_summary_without_the_total_of_one_side_is_named() -> None:
    forms = {
        "budget_summary.income": (["amount"], [["", "一般公共预算拨款收入", "10.00"]]),
        "budget_summary.expenditure": (["amount"], [["", "支出总计", "10.00"]]),
    }
    (found,) = rows(judged(document(forms), by=("X-SIDE-01",)), UNEVALUATED)
    assert "收入总计" in found["reason"]


def test_a_form_that_does_not_print_the_column_at_all_lacks_nothing() -> None:
    columns = ["basic", "project"]
    printed = document({"budget_expenditure": (columns, [[*row[:2], *row[3:]] for row in TREE])})
    assert rows(judged(printed, by=("X-ROW-01",)), UNEVALUATED) == []


def test_what_is_not_printed_is_no_finding() -> None:
    printed = document({"budget_expenditure": (COLUMNS, with_cell("2012604", "total", ""))})
    assert findings(judged(printed, by=("X-ROW-01",))) == []


def test_a_whole_without_any_part_is_named_where_its_form_has_one_row() -> None:
    columns = ["total", "abroad", "vehicle", "reception"]
    printed = document(
        {"budget_three_public": (columns, [["", "“三公”经费", "12.50", "2.00", "10.00", "0.50"]])}
    )
    (found,) = rows(judged(printed, by=("X-ROW-13",)), UNEVALUATED)
    assert (found["form"], found["column"]) == ("budget_three_public", "vehicle")
    assert "各组成部分均未印出：《一般公共预算“三公”经费支出表》" in found["reason"]


def test_a_form_of_several_rows_without_the_columns_of_the_parts_lacks_nothing() -> None:
    printed = document({"budget_expenditure": (["total"], [row[:3] for row in TREE])})
    assert rows(judged(printed, by=("X-ROW-01",)), UNEVALUATED) == []


def test_a_summary_whose_whole_stands_over_no_line_is_named() -> None:
    printed = document({"final_summary.income": (["amount"], [["", "本年收入合计", "10.00"]])}, kind="final")
    (found,) = rows(judged(printed, by=("X-COL-10",)), UNEVALUATED)
    assert found["key"] == "本年收入合计"
    assert "各组成部分均未印出" in found["reason"]
