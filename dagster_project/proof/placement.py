"""Settle by arithmetic what the print leaves open: the columns of figures whose blank neighbours vanished.

A column is decided only where every reading that the sums of the form allow agrees on it. What the sums
cannot tell apart, or what fits no reading, is a problem on record and no cell. The rules that decided are
named on the figure (``settled_by``): they prove nothing about it, and a figure that breaks them is never
moved until it fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dagster_project import money
from dagster_project.forms.table import FormTable, TableProblem, TableRow, Value
from dagster_project.proof.assignments import (
    Assignment,
    Figure,
    RowSum,
    assignments,
    consistent,
    figure,
    is_telling,
)
from dagster_project.proof.propagation import narrow
from dagster_project.proof.sums import Place, groups, places, row_sums

UNKNOWN: Final = "?"
"""Columns of unknown header are named with this first character: figures of theirs become no cells."""


def settle(tables: Sequence[FormTable]) -> None:
    """Move every ``open_values`` figure of a document's tables into ``values``, or record why not.

    All tables of one document at once: the forms restate each other. After it no row has open values.
    """
    if not any(row.open_values for table in tables for row in table.rows):
        return
    every = places(tables)
    finest = _finest(every)
    domains, by_row = _domains(every, finest)
    result = narrow(domains, groups(every))
    owner = [table for table in tables for _ in table.rows]
    for place in every:
        if not place.row.open_values:
            continue
        readings = result.domains[place.index]
        sums = row_sums(place.form, place.columns)
        if readings and place.index in result.disputed and not _telling(readings, sums):
            readings = []
        rules = tuple(sorted({*by_row[place.index], *result.decided[place.index]}))
        _write(owner[place.index], place.row, readings, rules)


def _finest(every: Sequence[Place]) -> int:
    """The most decimals that the document's figures print: a bare zero is as fine as that."""
    printed = (
        money.parse_amount(value.text)
        for place in every
        for value in (*place.row.values.values(), *place.row.open_values)
    )
    return max((one.decimals for one in printed if one), default=0)


def _domains(every: Sequence[Place], finest: int) -> tuple[list[list[Assignment]], list[tuple[str, ...]]]:
    """The readings of each row that its own sums allow; none where they all break one or are too many."""
    domains: list[list[Assignment]] = []
    decided: list[tuple[str, ...]] = []
    for place in every:
        row = place.row
        fixed = {column: _figure(value, finest) for column, value in row.values.items()}
        if not row.open_values:
            domains.append([Assignment((), fixed)])
            decided.append(())
            continue
        known = not any(column.startswith(UNKNOWN) for column in row.open_columns)
        sums = row_sums(place.form, row.open_columns) if known else []
        figures = [_figure(value, finest) for value in row.open_values]
        kept, rules = consistent(assignments(figures, row.open_columns), sums)
        domains.append(kept)
        decided.append(rules)
    return domains, decided


def _figure(value: Value, finest: int) -> Figure:
    printed = money.parse_amount(value.text)
    return figure(printed.amount, printed.decimals, finest) if printed else Figure(0, 0)


def _telling(readings: Sequence[Assignment], sums: Sequence[RowSum]) -> bool:
    return all(any(is_telling(row_sum, reading) for row_sum in sums) for reading in readings)


def _write(table: FormTable, row: TableRow, readings: Sequence[Assignment], rules: tuple[str, ...]) -> None:
    """Place the figures on which all readings agree; the others become one problem of the row."""
    left: list[Value] = []
    for number, value in enumerate(row.open_values):
        slots = {reading.slots[number] for reading in readings}
        if len(slots) != 1:
            left.append(value)
            continue
        column = row.open_columns[slots.pop()]
        if not column.startswith(UNKNOWN):
            value.placement, value.settled_by = "arithmetic", rules
            row.values[column] = value
    if left:
        table.problems.append(_problem(table.form, row, left, contradiction=not readings))
    row.open_values = []


def _problem(form: str, row: TableRow, left: Sequence[Value], *, contradiction: bool) -> TableProblem:
    figures = "、".join(value.text for value in left)
    name = row.code or row.label or "（无行名）"
    if contradiction:
        kind = "contradictory_placement"
        message = f"{name}：{figures} 放入任何列都与本表勾稽关系不符 / no reading of the columns agrees with the sums"
    else:
        kind = "ambiguous_placement"
        message = (
            f"{name}：空白单元格丢失，{figures} 可属多列 / blank cells vanished and the sums allow more than "
            "one column"
        )
    return TableProblem(
        kind=kind,
        message=message,
        action="对照原件确定各列 / look the columns up in the published document",
        cause_key=f"{kind}:{form}",
        line=row.line,
        page=row.page,
    )
