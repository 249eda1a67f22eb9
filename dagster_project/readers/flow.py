"""Documents that flow: paragraphs and tables in order, without places on a page (sheets, Word, HTML).

A reader of such a format says which cells stand where; this module makes the lines of the page model of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dagster_project.readers.page import GridCell, Line

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff]")
_SPACE: Final = re.compile(r"[\xa0\u2002-\u200a]")
_SPACES: Final = re.compile(r"[ \t]+")
_ENDS: Final = " \u3000"
_BREAK: Final = re.compile(r"[\r\n\v\x85\u2028\u2029]+")
_LATIN_END: Final = re.compile(r"[A-Za-z0-9]$")
_LATIN_START: Final = re.compile(r"^[A-Za-z0-9]")
_OPEN_FIGURE: Final = re.compile(r"\d[.,]$")


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell at its place: ``row`` and ``column`` count from 0; a merged cell takes ``rows`` × ``columns``.

    ``text`` may hold line breaks. ``address`` is its name in a spreadsheet.
    """

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1
    address: str | None = None


@dataclass(slots=True)
class Cell:
    """A cell of a Word or HTML table: paragraphs and tables inside it, in order."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1
    content: list[str | Table] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """A table of a Word or HTML file."""

    cells: list[Cell] = field(default_factory=list)


@dataclass(slots=True)
class Flow:
    """The lines of a document, in the order in which they are given.

    ``page`` is the page they stand on; ``before`` and ``tables`` count the lines and grids before them.
    """

    lines: list[Line] = field(default_factory=list)
    page: int | None = None
    before: int = 0
    tables: int = 0

    def paragraph(self, text: str) -> None:
        """A paragraph of running text; each line break in it begins a line."""
        for piece in text.split("\n"):
            self._add(clean(piece))

    def table(self, table: Table) -> None:
        """A table. Rows that hold a table of their own, and tables of one column, lay text out: their cells
        are read one after the other.
        """
        rows: dict[int, list[Cell]] = {}
        for cell in table.cells:
            rows.setdefault(cell.row, []).append(cell)
        run: list[Placed] = []
        for _, cells in sorted(rows.items()):
            if not any(isinstance(block, Table) for cell in cells for block in cell.content):
                run.extend(map(_placed, cells))
                continue
            self.grid(run)
            run = []
            for cell in sorted(cells, key=lambda cell: cell.column):
                self._content(cell.content)
        self.grid(run)

    def grid(self, cells: Iterable[Placed]) -> None:
        """The rows of a grid; a grid of one column is running text."""
        rows = grid_rows(cells)
        width = max((cell.column + cell.columns for row in rows for cell in row), default=0)
        if width <= 1:
            for row in rows:
                self._add(row[0].text)
            return
        self.tables += bool(rows)
        for row in rows:
            self._add(row_text(row, width), tuple(row))

    def _content(self, blocks: Sequence[str | Table]) -> None:
        for block in blocks:
            if isinstance(block, Table):
                self.table(block)
            else:
                self.paragraph(block)

    def _add(self, text: str, cells: tuple[GridCell, ...] = ()) -> None:
        table = self.tables if cells else None
        self.lines.append(Line(text, self.before + len(self.lines) + 1, self.page, cells=cells, table=table))


def clean(text: str) -> str:
    """One line of text without control characters, with plain spaces, and none at its end."""
    return _SPACE.sub(" ", _CONTROL.sub("", text)).rstrip(_ENDS)


def joined(text: str) -> str:
    """The lines of a cell as one text: Chinese goes on without a space, as does a figure that was cut."""
    whole = ""
    for line in _BREAK.split(text):
        piece = _SPACES.sub(" ", clean(line)).strip(_ENDS)
        if not piece:
            continue
        latin = _LATIN_END.search(whole) and _LATIN_START.search(piece)
        whole += f" {piece}" if latin and not _OPEN_FIGURE.search(whole) else piece
    return whole


def row_text(cells: Iterable[GridCell], width: int) -> str:
    """The tab-separated text of a row of ``width`` columns, each cell in its first column."""
    texts = [""] * width
    for cell in cells:
        texts[cell.column] = cell.text
    return "\t".join(texts)


def grid_rows(cells: Iterable[Placed]) -> list[list[GridCell]]:
    """The rows of a grid with every cell of it, blank ones included.

    Blank rows and columns around the grid are left out, as are rows and columns in which no cell begins and
    rows of blank cells that no text reaches into; merged cells then take as many rows and columns less. Where
    two cells claim a place, the one that begins first (above, then left) has it.
    """
    texts = [(cell, joined(cell.text)) for cell in sorted(cells, key=lambda cell: (cell.row, cell.column))]
    filled = [cell for cell, text in texts if text]
    if not filled:
        return []
    top, left = min(cell.row for cell in filled), min(cell.column for cell in filled)
    bottom = max(cell.row + cell.rows for cell in filled)
    right = max(cell.column + cell.columns for cell in filled)
    begun: list[tuple[Placed, str]] = []
    taken: set[tuple[int, int]] = set()
    for cell, text in texts:
        place = (cell.row, cell.column)
        inside = top <= cell.row < bottom and left <= cell.column < right
        if not inside or place in taken:
            continue
        begun.append((cell, text))
        if cell.rows == 1 and cell.columns == 1:
            taken.add(place)
        else:
            taken.update(_places(cell, bottom, right))
    begun += _blanks(begun, taken, (top, bottom), (left, right))
    row_at = _kept({cell.row for cell in filled} | _reached(filled, begun), bottom)
    column_at = _kept({cell.column for cell, _ in begun}, right)
    rows: dict[int, list[GridCell]] = {}
    for cell, text in sorted(begun, key=lambda item: (item[0].row, item[0].column)):
        row, last_row = row_at[cell.row], row_at[min(cell.row + cell.rows, bottom)]
        column, last_column = column_at[cell.column], column_at[min(cell.column + cell.columns, right)]
        if last_row > row:
            rows.setdefault(row, []).append(
                GridCell(text, column, last_column - column, last_row - row, address=cell.address)
            )
    return [rows[row] for row in sorted(rows)]


def _places(cell: Placed, bottom: int, right: int) -> Iterable[tuple[int, int]]:
    return (
        (row, column)
        for row in range(cell.row, min(cell.row + cell.rows, bottom))
        for column in range(cell.column, min(cell.column + cell.columns, right))
    )


def _blanks(
    begun: Sequence[tuple[Placed, str]],
    taken: set[tuple[int, int]],
    rows: tuple[int, int],
    columns: tuple[int, int],
) -> list[tuple[Placed, str]]:
    """Blank cells for the places of rows with cells that no cell takes, in columns where any cell begins."""
    begin = sorted({cell.column for cell, _ in begun})
    return [
        (Placed(row, column, ""), "")
        for row in sorted({cell.row for cell, _ in begun})
        if rows[0] <= row < rows[1]
        for column in begin
        if columns[0] <= column < columns[1] and (row, column) not in taken
    ]


def _reached(filled: Sequence[Placed], begun: Sequence[tuple[Placed, str]]) -> set[int]:
    """Rows with cells of their own, into which a text of a row above reaches."""
    begin = {cell.row for cell, _ in begun}
    return {row for cell in filled for row in range(cell.row + 1, cell.row + cell.rows) if row in begin}


def _kept(positions: set[int], end: int) -> Mapping[int, int]:
    """Old position (up to ``end``, inclusive) → position among those that are kept."""
    found: dict[int, int] = {}
    count = 0
    for position in range(min(positions), end + 1):
        found[position] = count
        count += position in positions
    return found


def _placed(cell: Cell) -> Placed:
    text = "\n".join(block for block in cell.content if isinstance(block, str))
    return Placed(cell.row, cell.column, text, cell.rows, cell.columns)
