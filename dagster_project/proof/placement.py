"""Settle by arithmetic what the print leaves open: the columns of figures whose blank neighbours vanished.

A column is decided only where every reading that the sums of the form allow agrees on it. What the sums
cannot tell apart, or what fits no reading, is a problem on record and no cell. The rules that decided are
named on the figure (``settled_by``): they prove nothing about it, and a figure that breaks them is never
moved until it fits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.table import FormTable, TableProblem, TableRow, Value
from dagster_project.proof.assignments import (
    Assignment,
    Figure,
    RowSum,
    assignments,
    consistent,
    figure,
    holds,
    is_telling,
)
from dagster_project.proof.propagation import narrow
from dagster_project.proof.sums import Place, groups, places, row_sums

_FEWEST_JUDGED: Final = 3
_MANY: Final = 4
"""One row in so many that does not add up makes an aligned reading doubtful, and a loose one no better."""
UNKNOWN: Final = "?"
"""Columns of unknown header are named with this first character: figures of theirs become no cells."""


def settle(tables: Sequence[FormTable]) -> None:
    """Move every ``open_values`` figure of a document's tables into ``values``, or record why not.

    All tables of one document at once: the forms restate each other. After it no row has open values.
    """
    for table in tables:
        _choose_reading(table)
        _doubt_columns(table)
    if not any(row.open_values for table in tables for row in table.rows):
        return
    every = places(tables)
    owners = [table for table in tables for _ in table.rows]
    finest = {id(table): _finest(table) for table in tables}
    domains: list[list[Assignment]] = []
    by_row: list[tuple[str, ...]] = []
    for place, table in zip(every, owners, strict=True):
        readings, rules = _readings(place, table.unit, finest[id(table)])
        domains.append(readings)
        by_row.append(rules)
    result = narrow(domains, groups(every))
    for place, table in zip(every, owners, strict=True):
        if not place.row.open_values:
            continue
        readings = result.domains[place.index]
        sums = row_sums(place.form, place.row.open_columns)
        disputed = place.index in result.disputed and not _telling(readings, sums)
        rules = tuple(sorted({*by_row[place.index], *result.decided[place.index]}))
        _write(table, place.row, domains[place.index] if disputed else readings, rules, disputed=disputed)


def _choose_reading(table: FormTable) -> None:
    """Of an aligned table of which many rows do not add up, take the loose reading if that one does.

    Where the loose reading puts no figure elsewhere, what does not add up is the publisher's. Where both
    differ and neither adds up, nothing of the table is certain.
    """
    judged, broken = _verdict(table, blank_is_zero=True)
    if table.otherwise is None or judged < _FEWEST_JUDGED or broken * _MANY <= judged:
        return
    other = table.otherwise()
    other.unit = table.unit
    printed = _figures(other)
    settle([other])
    if not (printed | _figures(other)) - _figures(table):
        return
    rows, unfit = _verdict(other, blank_is_zero=True)
    unfit += sum(problem.kind == "contradictory_placement" for problem in other.problems)
    if rows >= _FEWEST_JUDGED and unfit * _MANY <= rows:
        again = table.otherwise()
        table.rows, table.problems, table.layout = again.rows, again.problems, again.layout
    elif _is_broken(judged, broken):
        _take_back(table)


def _doubt_columns(table: FormTable) -> None:
    """Take back a table of loose lines whose columns are misread: hardly a row of it adds up.

    One row that does not add up is the publisher's; most of the rows are ours. Where the print keeps its
    columns, what does not add up is the publisher's however often.
    """
    if table.layout == "loose" and _is_broken(*_verdict(table)):
        _take_back(table)


def _is_broken(judged: int, broken: int) -> bool:
    return judged >= _FEWEST_JUDGED and broken * 2 > judged


def _verdict(table: FormTable, *, blank_is_zero: bool = False) -> tuple[int, int]:
    """How many rows have a sum to obey, and how many of them do not obey it.

    Rows that lack columns are judged only where a cell without a figure is known to be blank, and a table
    with a column that no header names is not judged at all.
    """
    if blank_is_zero and any(problem.kind == "unknown_header" for problem in table.problems):
        return 0, 0
    finest = _finest(table)
    judged = broken = 0
    for row in table.rows:
        columns = _columns(table, row.side) if blank_is_zero else tuple(row.values)
        sums = row_sums(table.form, columns)
        if row.open_values or not sums or any(column.startswith(UNKNOWN) for column in columns):
            continue
        figures = {name: _figure(one, table.unit, finest) for name, one in row.values.items()}
        if any(one.value for one in figures.values()):
            judged += 1
            broken += not all(holds(row_sum, Assignment((), figures)) for row_sum in sums)
    return judged, broken


def _columns(table: FormTable, side: str | None) -> tuple[str, ...]:
    """The columns that the table has on a side."""
    own = (row for row in table.rows if row.side == side)
    return tuple(dict.fromkeys(column for row in own for column in (*row.values, *row.open_columns)))


def _figures(table: FormTable) -> Counter[tuple[str, str | None, str, str]]:
    """The figures of a table with what they are figures of."""
    return Counter(
        (row.code or vocabulary.key(row.label), row.side, column, value.text)
        for row in table.rows
        for column, value in row.values.items()
    )


def _take_back(table: FormTable) -> None:
    """No figure of the table becomes a cell; a problem says so."""
    table.problems.append(_misread(table, *_verdict(table, blank_is_zero=table.layout != "loose")))
    for row in table.rows:
        row.values, row.open_values = {}, []


def _misread(table: FormTable, judged: int, broken: int) -> TableProblem:
    return TableProblem(
        kind="misread_columns",
        message=f"{judged}行中{broken}行横向不平，列未能辨认 / most rows do not add up",
        action="对照原件，改用保留版面的文本 / compare with the document; take the text out with its layout",
        cause_key=f"misread_columns:{table.form}",
        severity="error",
        line=table.rows[0].line,
        page=table.rows[0].page,
    )


def _finest(table: FormTable) -> int:
    """The most decimals that the table's figures print: a bare zero is as fine as that."""
    printed = (
        money.parse_amount(value.text)
        for row in table.rows
        for value in (*row.values.values(), *row.open_values)
    )
    return max((one.decimals for one in printed if one), default=0)


def _readings(place: Place, unit: str | None, finest: int) -> tuple[list[Assignment], tuple[str, ...]]:
    """The readings of a row that its own sums allow, and the rules that ruled others out."""
    row = place.row
    if not row.open_values:
        return [Assignment((), {name: _figure(one, unit, finest) for name, one in row.values.items()})], ()
    known = not any(column.startswith(UNKNOWN) for column in row.open_columns)
    figures = [_figure(value, unit, finest) for value in row.open_values]
    return consistent(
        assignments(figures, row.open_columns), row_sums(place.form, row.open_columns) if known else ()
    )


def _figure(value: Value, unit: str | None, finest: int) -> Figure:
    printed = money.parse_amount(value.text)
    factor = int(money.UNIT_IN_YUAN.get(unit or "", 1))
    return figure(printed.amount, printed.decimals, finest, factor) if printed else Figure(0, 0)


def _telling(readings: Sequence[Assignment], sums: Sequence[RowSum]) -> bool:
    return all(any(is_telling(row_sum, reading) for row_sum in sums) for reading in readings)


def _write(
    table: FormTable, row: TableRow, readings: Sequence[Assignment], rules: tuple[str, ...], *, disputed: bool
) -> None:
    """Place the figures on which all readings agree; the others become one problem of the row.

    Of a disputed row, whose readings all break a sum of the form, only the leading total is certain.
    """
    left: list[Value] = []
    for number, value in enumerate(row.open_values):
        slots = {reading.slots[number] for reading in readings}
        if len(slots) != 1 or (disputed and (number or slots != {0})):
            left.append(value)
            continue
        column = row.open_columns[slots.pop()]
        if not column.startswith(UNKNOWN):
            value.placement, value.settled_by = "arithmetic", rules
            row.values[column] = value
    if left:
        table.problems.append(_problem(table.form, row, left, contradiction=disputed or not readings))
    row.open_values = []


def _problem(form: str, row: TableRow, left: Sequence[Value], *, contradiction: bool) -> TableProblem:
    figures = "、".join(value.text for value in left)
    name = row.code or row.label or "（无行名）"
    if contradiction:
        kind = "contradictory_placement"
        message = f"{name}：{figures} 放入任何列都与勾稽关系不符 / no reading of the columns adds up"
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
