"""Grids whose cells are known (ruled tables, sheets, tables of Word and HTML) → rows of one table.

What a reader gives is exact but printed in pieces: a table goes on over pages, with or without its header; a
wide one puts further columns on further pages; rulers of one page are not those of the next. Here the pieces
become one grid, without any look at what its columns mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from typing import Final

from dagster_project.forms.grid import Above, GridRow
from dagster_project.readers.page import GridCell, Line

_TOLERANCE: Final = 3.0
"""Points by which the same column may stand elsewhere on the next page."""


def rows_of(
    lines: Sequence[Line], begins_header: Callable[[GridRow], bool]
) -> tuple[list[GridRow], list[list[GridRow]]]:
    """Rows of the lines that have cells, and the grids among them that have neither a header nor the columns
    of one before them. Lines between the grids (titles, notes, page numbers) are no rows.

    ``begins_header`` tells a header's first row. A grid without a header follows the last one that has one
    and whose columns it fits.
    """
    pieces: list[list[GridRow]] = []
    strange: list[list[GridRow]] = []
    headed = False
    for _, piece in groupby((line for line in lines if line.cells), key=lambda line: line.table):
        rows = _rows(list(piece))
        home = next((known for known in reversed(pieces) if _fits(known, rows)), None)
        if any(begins_header(row) for row in rows) or not headed:
            pieces.append(rows)
            headed = headed or any(begins_header(row) for row in rows)
        elif home is None:
            strange.append(rows)
        else:
            home.extend(_under(home, rows))
    return [row for piece in pieces for row in piece], strange


def _rows(lines: Sequence[Line]) -> list[GridRow]:
    """The rows of one table, columns in which no cell ever begins left out."""
    begun = sorted({cell.column for line in lines for cell in line.cells})
    place = {column: index for index, column in enumerate(begun)}
    width = len(begun)
    rows: list[GridRow] = []
    reaching: list[tuple[GridCell, int, int]] = []
    for line in lines:
        over: list[str] = [""] * width
        above: dict[int, Above] = {}
        for cell, _, number in reaching:
            above[place[cell.column]] = Above(cell.text.strip(), number)
            _cover(over, cell, begun)
        reaching = [(cell, left - 1, number) for cell, left, number in reaching if left > 1]
        texts = [""] * width
        boxes, addresses = {}, {}
        for cell in line.cells:
            column = place[cell.column]
            texts[column] = cell.text.strip()
            _cover(over, cell, begun)
            if cell.bbox:
                boxes[column] = cell.bbox
            if cell.address:
                addresses[column] = cell.address
            if cell.rows > 1 and cell.text.strip():
                reaching.append((cell, cell.rows - 1, line.number))
        rows.append(GridRow(texts, line.number, line.page, tuple(over), above, boxes, addresses, line.table))
    return rows


def _cover(over: list[str], cell: GridCell, begun: Sequence[int]) -> None:
    for index, column in enumerate(begun):
        if cell.column <= column < cell.column + cell.columns:
            over[index] = cell.text.strip()


def _fits(known: Sequence[GridRow], rows: Sequence[GridRow]) -> bool:
    """Whether a piece has the columns of another: as many, or columns that stand in the same places."""
    return len(known[0].cells) == len(rows[0].cells) or bool(_places(known, rows))


def _places(known: Sequence[GridRow], rows: Sequence[GridRow]) -> dict[int, int]:
    """Column of a piece → column of the piece before it with the same left edge, counted from the table's.

    Empty where a column that holds a text has none.
    """
    edges, own = _edges(known), _edges(rows)
    if not edges or not own:
        return {}
    shift = min(own.values()) - min(edges.values())
    found: dict[int, int] = {}
    for column, left in own.items():
        near = [place for place, edge in edges.items() if abs(edge + shift - left) <= _TOLERANCE]
        if near:
            found[column] = near[0]
    filled = {column for row in rows for column in row.filled()}
    return found if filled <= found.keys() and len(found) == len(set(found.values())) else {}


def _edges(rows: Sequence[GridRow]) -> dict[int, float]:
    """Physical column → its left edge in points, as far as boxes are known."""
    return {column: box[0] for row in reversed(rows) for column, box in row.boxes.items()}


def _under(known: Sequence[GridRow], rows: Sequence[GridRow]) -> Iterator[GridRow]:
    """The rows of a further piece in the columns of the piece before it."""
    width = len(known[0].cells)
    if width == len(rows[0].cells):
        yield from rows
        return
    to = _places(known, rows)
    ends = dict(pairwise([*sorted(to.values()), width]))
    for row in rows:
        texts, over = [""] * width, [""] * width
        for column, place in to.items():
            texts[place] = row.cells[column]
            over[place : ends[place]] = [row.over[column]] * (ends[place] - place)
        yield replace(
            row,
            cells=texts,
            over=tuple(over),
            above={to[column]: text for column, text in row.above.items() if column in to},
            boxes={to[column]: box for column, box in row.boxes.items() if column in to},
            addresses={to[column]: address for column, address in row.addresses.items() if column in to},
        )
