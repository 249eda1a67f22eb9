"""A form whose title is printed again on its further pages: one form, not two."""

from __future__ import annotations

from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.table import FormTable, TableRow

_PLACED: Final = frozenset({"cells"})
"""Layouts in which a table is read alike whether its pages come at once or one by one."""

Figures = dict[str, str]


def goes_on(table: FormTable, following: FormTable) -> bool:
    """Whether the next table under the same title is the rest of this one.

    It is where only one of them has a total, where both print the same total, or where it has other columns.
    Two tables with totals of their own are forms of two bodies; so are two forms of one row.
    """
    if table.form != following.form or not {table.layout, following.layout} <= _PLACED:
        return False
    if (table.unit and following.unit and table.unit != following.unit) or not following.rows:
        return False
    if not _columns(table) & _columns(following):
        return True
    if vocabulary.forms()[table.form].keyed_by == "single_row":
        return False
    totals, others = _totals(table), _totals(following)
    return not totals or not others or totals == others


def drop_repeated_totals(table: FormTable) -> None:
    """Drop, in place, totals that a later page prints again with the same figures."""
    kept: list[TableRow] = []
    printed: list[tuple[str, str | None, Figures, int | None]] = []
    for row in table.rows:
        total = (vocabulary.key(row.label), row.side, _texts(row), row.page)
        if _is_total(row):
            if any(total[:3] == known[:3] and total[3] != known[3] for known in printed):
                continue
            printed.append(total)
        kept.append(row)
    table.rows = kept


def _columns(table: FormTable) -> set[tuple[str | None, str]]:
    return {(row.side, column) for row in table.rows for column in row.values}


def _totals(table: FormTable) -> list[Figures]:
    """The figures of the rows that are totals."""
    return [_texts(row) for row in table.rows if _is_total(row)]


def _texts(row: TableRow) -> Figures:
    return {column: value.text for column, value in row.values.items()}


def _is_total(row: TableRow) -> bool:
    return bool(row.values) and vocabulary.row_label(row.label).kind == "total"
