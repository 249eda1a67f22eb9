"""Forms printed upright: items one below the other that are columns; and the one row without a label."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms import headers
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.header_band import Band
from dagster_project.forms.table import FormTable, TableProblem, TableRow, Value

LABEL: Final = "“三公”经费"
"""The label of the one row, whatever the print says."""

TOTAL: Final = "合计"
"""The label of the row that an upright form of income is turned into."""

_INCOME: Final = frozenset({"budget_income", "final_income"})
_YEAR: Final = re.compile(r"(20\d\d)年?(?:度|预算数?|部门预算)*$")
_FEWEST_STAGES: Final = 2
_FUNDS: Final = frozenset({"general_public_budget", "government_fund", "state_capital"})
_OF_WHICH: Final = ("其中:", "其中")
_COUNTED: Final = re.compile(r"\((?:单位:?)?(?:个|人|辆|次|批|批次|人次|台)(?:\(套\)|,套|套)?\)$")


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
        elif len(filled) > 1 and all(headers.is_stage(table.form, row.label) for row in filled):
            table.rows = [_merged(filled)]
        elif any(_year(row) for row in filled):
            table.rows = list(_years_beside(table, filled, fiscal_year))
        else:
            table.rows = list(_bodies(filled))
        _settle_budget(table)
    elif table.form in _INCOME and upright > 1 and not any(row.code for row in filled):
        table.rows = [_turned(table, TOTAL, fiscal_year)]


def stages_over(form: str, found: Sequence[Band]) -> Iterator[Band]:
    """Bands; where stages are rows (预算数 above 决算数), each such row under a header of its own
    that has the stage over its figures.
    """
    for band in found:
        staged = [row for row in band.data if _stage(form, row)]
        if vocabulary.forms()[form].keyed_by != "single_row" or len(staged) < _FEWEST_STAGES:
            yield band
            continue
        for row in staged:
            first = row.filled()[0]
            cells = ["" if column <= first else row.cells[first] for column in range(len(row.cells))]
            stage = replace(row, cells=cells, over=tuple(cells) if row.exact else ())
            yield Band((stage, *band.header), (row,))


def _stage(form: str, row: GridRow) -> bool:
    """Whether a row is labelled by a stage (预算数, 决算数) and has figures."""
    filled = row.filled()
    return bool(filled) and headers.is_stage(form, row.cells[filled[0]]) and any(map(is_figure, row.cells))


def _merged(filled: Sequence[TableRow]) -> TableRow:
    whole = filled[0]
    for row in filled[1:]:
        whole.values |= {column: value for column, value in row.values.items() if column not in whole.values}
    whole.label, whole.code = LABEL, None
    return whole


def _year(row: TableRow) -> int | None:
    found = _YEAR.match(vocabulary.key(row.label))
    return int(found.group(1)) if found else None


def _years_beside(
    table: FormTable, filled: Sequence[TableRow], fiscal_year: int | None
) -> Iterator[TableRow]:
    """Rows of one year each as one row: the year before stands beside the document's own."""
    own = next((row for row in filled if _year(row) in (None, fiscal_year)), None)
    if own is None:
        return
    own.label, own.code = LABEL, None
    for row in filled:
        if row is own:
            continue
        if fiscal_year is None or _year(row) != fiscal_year - 1:
            table.problems.append(_unknown_item(table.form, row))
            continue
        own.values |= {f"prior_year_{column}": value for column, value in row.values.items()}
    yield own


def _bodies(filled: Sequence[TableRow]) -> Iterator[TableRow]:
    """One row for the whole print; rows of bodies beside a total, or beside each other, bear their names as
    sections. A body that prints the figures of the total again is that total.
    """
    totals = [row for row in filled if vocabulary.row_label(row.label).kind == "total" or not row.label]
    whole = totals[0] if totals else filled[0] if len(filled) == 1 else None
    for row in filled:
        if row is not whole and whole is not None and _texts(row) == _texts(whole):
            whole.attributes.setdefault("单位", row.label)
            continue
        named = bool(row.label) and row not in totals
        if named and row is whole:
            row.attributes["单位"] = row.label
        elif named:
            row.section = row.label
        row.label, row.code = LABEL, None
        yield row


def _texts(row: TableRow) -> dict[str, str]:
    return {column: value.text for column, value in row.values.items()}


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
        if word.column not in ("", "total") and vocabulary.row_label(header).kind != "total"
    )


def _item(label: str) -> str:
    word = _COUNTED.sub("", vocabulary.without_number(vocabulary.key(label)).rstrip(":"))
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
        known = vocabulary.header_words(table.form).get(("", word))
        if known and known.role == "ignored":
            continue
        whole = row.values.get("total")
        for key, value in row.values.items():
            column = _column(table.form, value.header_printed or "", parent, word, fiscal_year)
            new = column is not None and column not in values
            if not new and key in _FUNDS and whole and _equal(value, whole):
                continue  # the item's total printed again under the fund that pays for it
            if column is None or column in values:
                table.problems.append(_unknown_item(table.form, row))
                break
            values[column] = value
        if known:
            parent = word
    return TableRow(label, values, line=first.line, page=first.page)


def _equal(one: Value, other: Value) -> bool:
    return money.parse_amount(one.text) == money.parse_amount(other.text)


def _column(form: str, header: str, parent: str, word: str, fiscal_year: int | None) -> str | None:
    path = [part for part in header.split("/") if part and vocabulary.row_label(part).kind != "total"]
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
