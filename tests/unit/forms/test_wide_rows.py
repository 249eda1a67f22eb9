"""Rows of a wide table that go on below themselves, beside further columns."""

from __future__ import annotations

from dagster_project.forms.rows import cells
from dagster_project.forms.table import FormTable, TableRow, Value


def numbered(*rows: tuple[str, str, str]) -> list[tuple[int, str]]:
    """(code, name, columns) of the rows as printed → row number and column of every cell."""
    printed = [
        TableRow(name, {column: Value("1.00", None) for column in columns.split()}, code)
        for code, name, columns in rows
    ]
    found = cells("d", "d.pdf", [FormTable("budget_project", printed, "wan")], {})
    return [(cell.row_number, cell.column) for cell in found]


def test_a_row_that_bears_its_names_again_beside_other_columns_is_one_row():
    assert numbered(
        ("101", "示例市档案馆", "total general_public_budget"),
        ("101", "示例市档案馆", "fiscal_account"),
        ("101001", "示例市档案馆本级", "total"),
    ) == [(1, "total"), (1, "general_public_budget"), (1, "fiscal_account"), (2, "total")]


def test_a_table_whose_other_half_stands_below_it_as_a_whole_has_each_row_once():
    assert numbered(
        ("101", "示例市档案馆", "total"),
        ("101001", "示例市档案馆本级", "total"),
        ("101", "示例市档案馆", "fiscal_account"),
        ("101001", "示例市档案馆本级", "fiscal_account"),
    ) == [(1, "total"), (2, "total"), (1, "fiscal_account"), (2, "fiscal_account")]


def test_one_name_printed_twice_with_the_same_columns_is_two_rows():
    assert numbered(
        ("31", "本级支出项目", "total"),
        ("101001", "示例市档案馆本级", "total"),
        ("31", "本级支出项目", "total"),
        ("31", "本级支出项目", "fiscal_account"),
    ) == [(1, "total"), (2, "total"), (3, "total"), (3, "fiscal_account")]
