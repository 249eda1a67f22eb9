"""What a wrong figure looks like is said with the finding: it tells a person where to look first."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

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


def test_an_equation_alone_points_at_the_one_figure_that_a_slip_explains() -> None:
    columns = ["total", "abroad", "vehicle", "reception"]
    rows = [["", "“三公”经费", "30.04", "", "12.54", "8.50"]]
    (found,) = findings(judged(document({"budget_three_public": (columns, rows)}), by=("X-ROW-12",)))
    assert found["diagnosis"] == "DIAG-DIGIT"
    assert "可能是" in found["cause_reason_zh"]
