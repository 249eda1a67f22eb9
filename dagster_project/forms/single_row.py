"""Forms printed upright: items one below the other that are columns; and the one row without a label."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.table import FormTable, TableProblem, TableRow, Value

LABEL: Final = "“三公”经费"
"""The label of the one row, whatever the print says."""

TOTAL: Final = "合计"
"""The label of the row that an upright form of income is turned into."""

_INCOME: Final = frozenset({"budget_income", "final_income"})
_OF_WHICH: Final = ("其中:", "其中")


def turn(table: FormTable, fiscal_year: int | None) -> None:
    """Bring items that are printed one below the other into one row of columns, in place.

    The form of the “三公”经费 has one row in any case; a form of income has it where its rows are the sources
    of income and nothing has a code.
    """
    keyed_by = vocabulary.forms()[table.form].keyed_by
    filled = [row for row in table.rows if row.values or row.open_values]
    upright = sum(_item(row.label) in _items(table.form) for row in filled)
    if keyed_by == "single_row":
        if len(filled) > 1 and upright:
            table.rows = [_turned(table, LABEL, fiscal_year)]
        elif len(filled) == 1:
            filled[0].attributes.update({"单位": filled[0].label} if filled[0].label else {})
            filled[0].label, filled[0].code = LABEL, None
        _settle_budget(table)
    elif table.form in _INCOME and upright > 1 and not any(row.code for row in filled):
        table.rows = [_turned(table, TOTAL, fiscal_year)]


def _settle_budget(table: FormTable) -> None:
    """全年预算数 beside no other budget is the form's budget; beside 年初预算数 it is a column of its own."""
    for row in table.rows:
        if not any(column.startswith("budget_") for column in row.values):
            row.values = {
                f"budget_{column.removeprefix('adjusted_')}"
                if column.startswith("adjusted_")
                else column: value
                for column, value in row.values.items()
            }


@lru_cache(maxsize=64)
def _items(form: str) -> frozenset[str]:
    """Wordings of the items below the total."""
    return frozenset(
        header
        for (_, header), word in vocabulary.header_words(form).items()
        if word.column not in ("", "total")
    )


def _item(label: str) -> str:
    word = vocabulary.without_number(vocabulary.key(label)).rstrip(":")
    for mark in _OF_WHICH:
        if word.startswith(mark):
            word = vocabulary.without_number(word.removeprefix(mark))
    return word


def _turned(table: FormTable, label: str, fiscal_year: int | None) -> TableRow:
    values: dict[str, Value] = {}
    parent = ""
    first = table.rows[0]
    for row in table.rows:
        word = _item(row.label)
        for value in row.values.values():
            column = _column(table.form, value.header_printed or "", parent, word, fiscal_year)
            if column is None or column in values:
                table.problems.append(_unknown_item(table.form, row))
                break
            values[column] = value
        if vocabulary.header_words(table.form).get(("", word)):
            parent = word
    return TableRow(label, values, line=first.line, page=first.page)


def _column(form: str, header: str, parent: str, word: str, fiscal_year: int | None) -> str | None:
    path = [part for part in header.split("/") if part]
    for above in ([], [parent]):
        read = headers.resolve(form, [*path, *above, word], fiscal_year)
        if read.role == "value":
            return read.column
    return None


def _unknown_item(form: str, row: TableRow) -> TableProblem:
    return TableProblem(
        kind="unknown_row",
        message=f"“{row.label}”不是认得的“三公”经费项目 / {row.label} is no known item of {form}",
        action=f"add a row to dbt/seeds/column_header.csv: {form},,{row.label},value,<column_key>",
        cause_key=f"unknown_row:{form}:{vocabulary.key(row.label)}",
        line=row.line,
        page=row.page,
    )
