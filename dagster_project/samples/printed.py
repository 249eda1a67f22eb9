"""A document before it has a format: paragraphs and ruled tables, in print order.

Every writer of a format (PDF, workbook, Word, web page) starts from the same blocks, so that the same truth
is printed in all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dagster_project.samples.layouts import UNIT_NAMES, numbers_row
from dagster_project.samples.performance import Grid
from dagster_project.samples.tables import TEXT_COLUMNS, Column, Table

UNIT_COLUMNS: Final = ("unit_code", "unit_name")
ITEM_COLUMNS: Final = ("code", "code1", "code2", "code3", "label", *UNIT_COLUMNS)
"""Columns that say which row this is."""
BLANK_ROWS: Final = 3
"""Rows that a form without figures prints."""


@dataclass(frozen=True, slots=True)
class Box:
    """One printed cell: its text, its first row and column from 0, and how many of each it takes."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    figure: bool = False


@dataclass(slots=True)
class Ruled:
    """A grid of boxes that fill ``height`` × ``width``; the first ``header`` rows repeat on a new page.

    ``labels`` are the columns that say which row it is, ``figures`` those that hold amounts only.
    """

    boxes: list[Box]
    height: int
    width: int
    header: int = 0
    labels: tuple[int, ...] = ()
    figures: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. ``role``: ``cover``, ``contents``, ``part`` (starts a page), ``heading``, ``body``."""

    text: str
    role: str = "body"


@dataclass(frozen=True, slots=True)
class Form:
    """A table with what stands over and below it: ``over`` ends with its unit, where it has one.

    ``hidden`` forms lie in the file where nobody sees them; formats that cannot hide leave them out.
    """

    title: str
    over: tuple[str, ...]
    ruled: Ruled
    notes: tuple[str, ...] = ()
    hidden: bool = False


Block = Text | Form


def form(table: Table, *, unit_mark: str = "单位：{}", joined_total: bool = False) -> Form:
    """A statutory form. ``joined_total``: the word of a total row takes its code cells as well."""
    over = [table.number] if table.number else []
    over += [f"编制单位：{table.owner}"] if table.owner else []
    over.append(unit_mark.format(UNIT_NAMES[table.unit]))
    return Form(table.title, tuple(over), ruled(table, joined_total=joined_total), tuple(table.notes))


def led(form: Form) -> Ruled:
    """The same grid with title, number and unit as its first rows, each over the whole width."""
    lines = [form.title, *form.over]
    ruled = form.ruled
    boxes = [Box(line, n, 0, columns=ruled.width) for n, line in enumerate(lines)]
    boxes += [replace(box, row=box.row + len(lines)) for box in ruled.boxes]
    return replace(ruled, boxes=boxes, height=ruled.height + len(lines), header=ruled.header + len(lines))


def ruled(table: Table, *, joined_total: bool = False) -> Ruled:
    """A form's header with its merged cells, the row of column numbers, and the rows."""
    columns = table.columns
    boxes = _header_boxes(columns)
    header = max(len(column.header) for column in columns)
    if table.column_numbers:
        boxes += _row_boxes(numbers_row(table), header, columns)
        header += 1
    rows = table.rows or [[""] * len(columns)] * BLANK_ROWS
    for number, row in enumerate(rows, start=header):
        boxes += _row_boxes(row, number, columns, joined_total=joined_total)
    return Ruled(
        boxes,
        header + len(rows),
        len(columns),
        header,
        tuple(n for n, column in enumerate(columns) if column.key in ITEM_COLUMNS),
        tuple(n for n, column in enumerate(columns) if column.key not in TEXT_COLUMNS),
    )


def _header_boxes(columns: Sequence[Column]) -> list[Box]:
    """Group heads over the columns they share; a head without parts reaches down to the rows."""
    depth = max(len(column.header) for column in columns)
    boxes: list[Box] = []
    for level in range(depth):
        position = 0
        while position < len(columns):
            path = columns[position].header
            if level >= len(path):
                position += 1
                continue
            last = position + 1
            while last < len(columns) and _shared(columns[last].header, path, level):
                last += 1
            rows = depth - level if level == len(path) - 1 else 1
            boxes.append(Box(path[level], level, position, rows, last - position))
            position = last
    return boxes


def _shared(path: tuple[str, ...], other: tuple[str, ...], level: int) -> bool:
    """Do two neighbouring columns stand under one head of this level?"""
    deeper = len(path) > level + 1 and len(other) > level + 1
    return deeper and path[: level + 1] == other[: level + 1]


def _row_boxes(
    row: Sequence[str], number: int, columns: Sequence[Column], *, joined_total: bool = False
) -> list[Box]:
    """One box a cell. With ``joined_total`` a row that prints a name and no code has one box for both."""
    boxes: list[Box] = []
    position = 0
    while position < len(columns):
        wide = _item_columns(columns, position) if joined_total else 1
        texts = [text for text in row[position : position + wide] if text]
        if wide > 1 and len(texts) == 1 and not texts[0].isdigit():
            boxes.append(Box(texts[0], number, position, columns=wide))
            position += wide
            continue
        figure = columns[position].key not in TEXT_COLUMNS
        boxes.append(Box(row[position], number, position, figure=figure))
        position += 1
    return boxes


def _item_columns(columns: Sequence[Column], start: int) -> int:
    """How many columns from here say which row it is: its code cells and its label."""
    before = [column.key.startswith("code") or column.key in UNIT_COLUMNS for column in columns]
    end = start
    if start and before[start - 1]:
        return 1
    while end < len(columns) and before[end]:
        end += 1
    return end + 1 - start if end > start and end < len(columns) and columns[end].key == "label" else 1


def performance_form(grid: Grid) -> Form:
    """A performance form: blanks in its text rows are parts of merged cells."""
    return Form(grid.title, (grid.subtitle,), _merged(grid.rows))


def _merged(rows: Sequence[Sequence[str]]) -> Ruled:
    """Blanks at the start of a row belong to the cell above, other blanks to the cell on their left."""
    width = len(rows[0])
    leads = [next((n for n, text in enumerate(row) if text), width) for row in rows]
    owner: dict[tuple[int, int], tuple[int, int]] = {}
    for number, row in enumerate(rows):
        below = leads[number + 1] if number + 1 < len(rows) else 0
        for position, text in enumerate(row):
            leading = position < leads[number]
            before = (number - 1, position) if leading else (number, position - 1)
            # A cell that reaches down into the next row does not reach to the right as well.
            alone = not leading and 0 < below >= position
            joined = not text and before in owner and not alone
            owner[number, position] = owner[before] if joined else (number, position)
    covered: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for place, origin in owner.items():
        covered.setdefault(origin, []).append(place)
    boxes = [
        Box(rows[top][left], top, left, len({r for r, _ in places}), len({c for _, c in places}))
        for (top, left), places in sorted(covered.items())
    ]
    return Ruled(boxes, len(rows), width)
