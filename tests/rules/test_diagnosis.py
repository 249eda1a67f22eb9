"""What a wrong figure looks like is said with the finding: it tells a person where to look first."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from dagster_project.records import PageRecord, ParsedDocument
from tests.rules.documents import document, findings, judged
from tests.rules.test_states import COLUMNS

ROWS = [
    ["", "合计", "3,064.72", "2,051.60", "1,013.12"],
    ["201", "一般公共服务支出", "2,013.12", "1,000.00", "1,013.12"],
    ["20126", "档案事务", "2,013.12", "1,000.00", "1,013.12"],
    ["2012601", "行政运行", "1,000.00", "1,000.00", ""],
    ["2012604", "档案馆", "1,013.12", "", "1,013.12"],
    ["221", "住房保障支出", "1,051.60", "1,051.60", ""],
    ["22102", "住房改革支出", "1,051.60", "1,051.60", ""],
    ["2210201", "住房公积金", "624.25", "624.25", ""],
    ["2210202", "提租补贴", "427.35", "427.35", ""],
]


def printed(code: str, column: str, text: str) -> list[dict[str, Any]]:
    """The findings where the row of ``code`` prints this figure."""
    at = 2 + COLUMNS.index(column)
    rows = [[*row[:at], text, *row[at + 1 :]] if row[0] == code else row for row in ROWS]
    return findings(judged(document({"budget_expenditure": (COLUMNS, rows)})))


@pytest.mark.parametrize(
    ("text", "diagnosis", "words"),
    [
        ("1,103.12", "DIAG-DIGIT", "两位相邻数字颠倒：应为 1,013.12"),
        ("113.12", "DIAG-DIGIT", "少印一位数字：应为 1,013.12"),
        ("10,013.12", "DIAG-DIGIT", "多印一位数字：应为 1,013.12"),
        ("1,018.12", "DIAG-DIGIT", "一位数字不同：应为 1,013.12"),
        ("10,131,200", "DIAG-UNIT", "单位不符：以元填入万元栏"),
        ("777.00", None, ""),
    ],
)
def test_a_slip_of_the_digits_is_named(text: str, diagnosis: str | None, words: str) -> None:
    (found,) = printed("2012604", "project", text)
    assert (found["key"], found["column"], found["diagnosis"]) == ("2012604", "project", diagnosis)
    assert words in found["cause_reason_zh"]


def test_a_parent_copied_into_its_child_is_named() -> None:
    (found,) = printed("2210201", "basic", "1,051.60")
    assert (found["key"], found["diagnosis"]) == ("2210201", "DIAG-COPY")
    assert found["cause"] == "publisher"
    assert "误抄" in found["cause_reason_zh"]
    assert "copied" in found["cause_reason"]


def test_figures_one_row_above_their_labels_are_one_finding() -> None:
    whole = [
        ["", "合计", "105.00", "65.00", "40.00"],
        *(
            [code, f"科目{code}", *map(str, figures)]
            for at, parent in enumerate(("201", "205", "208", "210", "221"), start=1)
            for code, figures in (
                (parent, (at * 7, at * 4 + 1, at * 3 - 1)),
                (f"{parent}01", (at * 7, at * 4 + 1, at * 3 - 1)),
                (f"{parent}0101", (at * 5, at * 3, at * 2)),
                (f"{parent}0102", (at * 2, at + 1, at - 1)),
            )
        ),
    ]
    moved = [[*above[:2], *row[2:]] for above, row in itertools.pairwise(whole[6:])]
    found = findings(judged(document({"budget_expenditure": (COLUMNS, whole[:6] + moved)})))
    assert [(row["diagnosis"], row["form"]) for row in found] == [("DIAG-SHIFT", "budget_expenditure")]
    assert "名称与金额错位" in found[0]["message_zh"]


def test_the_last_figures_one_row_above_their_labels_are_told_by_another_form() -> None:
    moved = [*ROWS[:6], ROWS[6][:2] + ROWS[7][2:], ROWS[7][:2] + ROWS[8][2:]]
    forms = {"budget_expenditure": (COLUMNS, moved), "budget_general_by_function": (COLUMNS, ROWS)}
    found = findings(judged(document(forms)))
    assert [(row["diagnosis"], row["form"]) for row in found] == [("DIAG-SHIFT", "budget_expenditure")]
    assert "自“22102 住房改革支出”行起，行名称印在其金额的下一行" in found[0]["message_zh"]


def test_a_form_that_only_disagrees_with_a_shifted_one_is_not_shifted() -> None:
    moved = [*ROWS[:6], ROWS[6][:2] + ROWS[7][2:], ROWS[7][:2] + ROWS[8][2:]]
    totals = [row[:3] for row in ROWS]
    forms = {"budget_expenditure": (COLUMNS, moved), "budget_income": (["total"], totals)}
    found = findings(judged(document(forms)))
    assert {row["form"] for row in found if row["diagnosis"] == "DIAG-SHIFT"} == {"budget_expenditure"}


def test_a_row_that_fails_by_itself_does_not_hide_labels_that_are_shifted() -> None:
    moved = [*ROWS[:6], ROWS[6][:2] + ROWS[7][2:], ROWS[7][:2] + ROWS[8][2:]]
    moved[3] = [*moved[3][:2], "1,000.00", "1,000.01", "0.30"]
    forms = {"budget_expenditure": (COLUMNS, moved), "budget_general_by_function": (COLUMNS, ROWS)}
    assert "DIAG-SHIFT" in {row["diagnosis"] for row in findings(judged(document(forms)))}


def test_two_figures_in_each_others_column_are_named() -> None:
    rows = [[*row[:3], row[4], row[3]] if row[0] == "201" else row for row in ROWS]
    (found,) = findings(judged(document({"budget_expenditure": (COLUMNS, rows)})))
    assert (found["key"], found["diagnosis"]) == ("201", "DIAG-SHIFT")
    assert "错了列" in found["cause_reason_zh"]


def test_a_sentence_that_quotes_another_form_is_named() -> None:
    whole = (["amount"], [["", "收入总计", "3,500.25"]])
    (found,) = findings(
        judged(
            document(
                {"budget_expenditure": (COLUMNS, ROWS), "budget_summary.income": whole},
                [["expenditure.total.amount", "3500.25", "wan"]],
            ),
            by=("X-NAR-02",),
        )
    )
    assert found["diagnosis"] == "DIAG-SCOPE"
    assert "口径不同" in found["cause_reason_zh"]


def test_a_figure_of_the_same_item_in_another_scope_is_a_warning_that_names_the_line() -> None:
    whole = (["amount"], [["", "收入总计", "3,500.25"]])
    (found,) = findings(
        judged(
            document(
                {"budget_expenditure": (COLUMNS, ROWS), "budget_summary.income": whole},
                [["expenditure.total.amount", "3500.25", "wan"]],
            ),
            by=("X-NAR-02",),
        )
    )
    assert (found["severity"], found["cause"]) == ("warning", "publisher")
    assert found["message_zh"].endswith("文中的数与《收支预算总表》收入方“收入总计”的金额相同，口径不同。")


def test_a_figure_less_its_change_is_not_put_down_to_a_form_that_prints_the_figure() -> None:
    before = document({"budget_general_by_function": (COLUMNS, ROWS)}, name="2023.txt")
    before.document = replace(before.document, fiscal_year=2023)
    text = [
        ["general.expenditure.amount", "3,500.25", "wan"],
        ["general.expenditure.change_amount", "12.50", "wan"],
    ]
    income = (["amount"], [["", "收入总计", "3,500.25"]])
    this = document({"budget_fiscal_summary.income": income}, text)
    (found,) = findings(judged(before, this, by=("Y-YOY-03",)))
    assert (found["rule_id"], found["diagnosis"]) == ("Y-YOY-03", None)
    assert "口径" not in found["message_zh"]


def test_the_figure_of_another_item_stays_an_error_and_is_named() -> None:
    (found,) = findings(
        judged(
            document(
                {"budget_expenditure": (COLUMNS, ROWS)}, [["expenditure.basic.amount", "3064.72", "wan"]]
            ),
            by=("X-NAR-02",),
        )
    )
    assert (found["severity"], found["diagnosis"]) == ("error", "DIAG-SCOPE")
    assert "文中的数与《支出预算总表》“合计”相同" in found["message_zh"]


def test_an_equation_alone_points_at_the_one_figure_that_a_slip_explains() -> None:
    columns = ["total", "abroad", "vehicle", "reception"]
    rows = [["", "“三公”经费", "30.04", "", "12.54", "8.50"]]
    (found,) = findings(judged(document({"budget_three_public": (columns, rows)}), by=("X-ROW-12",)))
    assert found["diagnosis"] == "DIAG-DIGIT"
    assert "可能是" in found["cause_reason_zh"]


def without(code: str) -> ParsedDocument:
    """A document that does not print the row of this code."""
    return document({"budget_expenditure": (COLUMNS, [row for row in ROWS if row[0] != code])})


def test_a_row_that_is_left_out_is_said_to_be_missing_not_a_figure_to_be_copied() -> None:
    (found,) = findings(judged(without("2210202")))
    assert (found["diagnosis"], found["cause"]) == ("DIAG-ROW", "publisher")
    assert "像是少列了一行" in found["message_zh"]
    assert "427.35 万元" in found["message_zh"]
    assert "误抄" not in found["cause_reason_zh"]


def test_a_row_that_is_left_out_is_named_where_another_form_prints_it() -> None:
    columns, rows = ["total", "basic", "project"], [row for row in ROWS if row[0] != "2210202"]
    forms = {"budget_expenditure": (columns, rows), "budget_general_by_function": (columns, ROWS)}
    found = findings(judged(document(forms), by=("X-COL-03", "X-COL-04")))
    assert [row["diagnosis"] for row in found] == ["DIAG-ROW"]
    assert "《一般公共预算支出表（分功能科目）》“2210202 提租补贴”的" in found[0]["message_zh"]


def with_unread(text: str, *, page: int | None, line: int, cells_on: int | None) -> ParsedDocument:
    """A document without the row 2210202 on whose page (line) a figure stands that was read into no cell."""
    parsed = without("2210202")
    for cell in parsed.cells:
        cell.page = cells_on
    parsed.pages.append(
        PageRecord("示例.txt", "示例.txt", page, None, None, "text", None, 0.0, 9, 1, 0, 1, {str(line): text})
    )
    return parsed


@pytest.mark.parametrize(
    ("page", "line", "where"), [(3, 40, "第 3 页印有 427.35"), (None, 9, "第 9 行印有 427.35")]
)
def test_a_missing_amount_that_stands_on_the_page_is_our_reading(
    page: int | None, line: int, where: str
) -> None:
    (found,) = findings(judged(with_unread("427.35", page=page, line=line, cells_on=page)))
    assert (found["diagnosis"], found["cause"]) == ("DIAG-EXTRACT", "reading")
    assert where in found["message_zh"]


@pytest.mark.parametrize(
    ("text", "page", "line", "cells_on"),
    [("427.45", 3, 40, 3), ("427.35", 4, 40, 3), ("427.35", None, 400, None), ("400.00", 3, 40, 3)],
    ids=["another amount", "another page", "far away in a text", "another amount, round"],
)
def test_an_amount_that_explains_nothing_or_stands_elsewhere_does_not_excuse_the_publisher(
    text: str, page: int | None, line: int, cells_on: int | None
) -> None:
    (found,) = findings(judged(with_unread(text, page=page, line=line, cells_on=cells_on)))
    assert found["diagnosis"] == "DIAG-ROW"
    assert found["cause"] != "reading"


def test_an_account_is_not_copied_from_the_only_account_above_it() -> None:
    columns = ["total"]
    rows = [
        ["", "合计", "139.77"],
        ["221", "住房保障支出", "139.77"],
        ["22102", "住房改革支出", "139.77"],
        ["2210201", "住房公积金", "88.34"],
    ]
    found = findings(judged(document({"budget_expenditure": (columns, rows)})))
    assert all("误抄" not in row["cause_reason_zh"] for row in found)


def test_nothing_is_no_figure_with_a_digit_too_few() -> None:
    columns, rows = ["total"], [["", "合计", "10.00"], ["201", "一般公共服务支出", "7.00"]]
    (found,) = findings(judged(document({"budget_expenditure": (columns, rows)}), by=("X-COL-01",)))
    assert "应为 0.00" not in found["cause_reason_zh"]


def test_where_a_slip_fits_two_figures_both_are_named() -> None:
    rows = [["", "合计", "12.34"], ["201", "一般公共服务支出", "12.43"]]
    (found,) = findings(judged(document({"budget_expenditure": (["total"], rows)}), by=("X-COL-01",)))
    reason = found["cause_reason_zh"]
    assert found["diagnosis"] == "DIAG-DIGIT"
    assert "可能是《支出预算总表》“合计”：两位相邻数字颠倒：应为 12.43 万元" in reason
    assert "也可能是《支出预算总表》“201 一般公共服务支出”的合计：两位相邻数字颠倒：应为 12.34 万元" in reason


def test_one_wrong_row_is_no_shift_of_the_labels() -> None:
    rows = [[*row[:2], "9.00", "9.00", ""] if row[0] == "22102" else row for row in ROWS]
    found = findings(judged(document({"budget_expenditure": (COLUMNS, rows)})))
    assert "DIAG-SHIFT" not in {row["diagnosis"] for row in found}
