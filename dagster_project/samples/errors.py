"""Errors as publishers make them: a figure mistyped in one cell, a row lost between two pages.

Each is a function that alters the printed tables; the truth follows what is printed, because a reader has to
read the error as it stands, and the rules have to find it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from dagster_project.samples.tables import Half, Table

Change = Callable[[list[Table]], None]
"""Alters printed tables before they are laid out."""


def misprint(form: str, code: str, *columns: str, add: Decimal) -> Change:
    """The row of ``code`` (blank: the one of a form of one row) prints ``add`` (in the printed unit) too much
    in each of the columns.

    The returned change raises ``ValueError`` where the document has no such figure.
    """

    def change(tables: list[Table]) -> None:
        table = _table(tables, form)
        half = table.halves[0]
        row = _row(half, code)
        for column in columns:
            position = [c.key for c in half.columns].index(column)
            old = row[position]
            if not old:
                raise ValueError(f"{form} prints no {column} for {code}")
            value = Decimal(old.replace(",", "")) + add
            row[position] = f"{value:,f}"
            table.cells[:] = [
                replace(cell, amount=value) if (cell.code, cell.column) == (code, column) else cell
                for cell in table.cells
            ]

    return change


def dropped_row(form: str, code: str) -> Change:
    """The row of ``code`` is missing. The returned change raises ``ValueError`` where there is none."""

    def change(tables: list[Table]) -> None:
        table = _table(tables, form)
        table.halves[0].rows.remove(_row(table.halves[0], code))
        table.cells[:] = [cell for cell in table.cells if cell.code != code]

    return change


def _table(tables: list[Table], form: str) -> Table:
    for table in tables:
        if table.form == form:
            return table
    raise ValueError(f"the document has no form {form}")


def _row(half: Half, code: str) -> list[str]:
    """The row whose code cells make up ``code``."""
    places = [position for position, column in enumerate(half.columns) if column.key.startswith("code")]
    for row in half.rows:
        if "".join(row[place] for place in places) == code:
            return row
    raise ValueError(f"the form has no row {code}")
