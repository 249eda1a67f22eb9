"""Documents that flow: paragraphs and tables in order, without places on a page (sheets, Word, HTML).

A reader of such a format says which cells stand where; this module makes the lines of the page model of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dagster_project.readers.page import GridCell, Line

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200d\u2060\ufeff]")
_SPACE: Final = re.compile(r"[\xa0\u2002-\u200a]")
_SPACES: Final = re.compile(r"[ \t]+")
_ENDS: Final = " \u3000"
_RAISED: Final = "\ufdd0"
_LOWERED: Final = "\ufdd1"
"""Around superscripts; characters that Unicode keeps for such use inside a program."""

_NOTE_MARK: Final = re.compile(rf"(?<=\d){_RAISED}\s*[\[(（]?(?:\d{{1,2}}|[*＊①-⑳注]+)[\])）]?\s*{_LOWERED}")
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
        if len({(cell.column, cell.columns) for cell in table.cells}) == 1:
            for cell in table.cells:
                self._content(cell.content)
            return
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


def raised(text: str) -> str:
    """Text that is set as superscript, to be told from the figure before it by :func:`clean`."""
    return f"{_RAISED}{text}{_LOWERED}"


def clean(text: str) -> str:
    """One line of text without control characters, with plain spaces, and none at its end.

    The mark of a note that is set behind a figure (12.00¹) is no digit of it: it is left out.
    """
    if _RAISED in text:
        text = _NOTE_MARK.sub("", text).replace(_RAISED, "").replace(_LOWERED, "")
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
    two cells claim a place, the one that begins first (above, then left) has it, but a text before a blank.
    """
    texts = [(cell, joined(cell.text)) for cell in sorted(cells, key=lambda cell: (cell.row, cell.column))]
    filled = [cell for cell, text in texts if text]
    if not filled:
        return []
    top, left = min(cell.row for cell in filled), min(cell.column for cell in filled)
    bottom = max(cell.row + cell.rows for cell in filled)
    right = max(cell.column + cell.columns for cell in filled)
    inside = [
        (cell, text) for cell, text in texts if top <= cell.row < bottom and left <= cell.column < right
    ]
    # Blank cells give way to texts.
    begun, taken = _fitted(sorted(inside, key=lambda item: not item[1]), bottom, right)
    begun += _blanks(begun, taken)
    row_at = _kept({cell.row for cell, text in begun if text} | _reached(begun), bottom)
    # A blank cell may go with its row, and its column with it.
    left_in = [(cell, text) for cell, text in begun if row_at[cell.row + cell.rows] > row_at[cell.row]]
    column_at = _kept({cell.column for cell, _ in left_in}, right)
    rows: dict[int, list[GridCell]] = {}
    for cell, text in left_in:
        row, last_row = row_at[cell.row], row_at[cell.row + cell.rows]
        column, last_column = column_at[cell.column], column_at[cell.column + cell.columns]
        rows.setdefault(row, []).append(
            GridCell(text, column, last_column - column, last_row - row, address=cell.address)
        )
    return [sorted(rows[row], key=lambda cell: cell.column) for row in sorted(rows)]


def _fitted(
    cells: Iterable[tuple[Placed, str]], bottom: int, right: int
) -> tuple[list[tuple[Placed, str]], set[tuple[int, int]]]:
    """The cells that begin at a free place, cut off where they meet another or the grid's end, and all places
    that they take.
    """
    fitted: list[tuple[Placed, str]] = []
    taken: set[tuple[int, int]] = set()
    for cell, text in cells:
        if (cell.row, cell.column) in taken:
            continue
        if cell.rows == 1 and cell.columns == 1:
            taken.add((cell.row, cell.column))
            fitted.append((cell, text))
            continue
        across, end = cell.column + 1, min(cell.column + cell.columns, right)
        while across < end and (cell.row, across) not in taken:
            across += 1
        columns = range(cell.column, across)
        down, end = cell.row + 1, min(cell.row + cell.rows, bottom)
        while down < end and _is_free(down, columns, taken):
            down += 1
        taken.update((row, column) for row in range(cell.row, down) for column in columns)
        fitted.append((replace(cell, rows=down - cell.row, columns=len(columns)), text))
    return fitted, taken


def _is_free(row: int, columns: Iterable[int], taken: set[tuple[int, int]]) -> bool:
    return not any((row, column) in taken for column in columns)


def _blanks(begun: Sequence[tuple[Placed, str]], taken: set[tuple[int, int]]) -> list[tuple[Placed, str]]:
    """Blank cells for the places of rows with cells that no cell takes, in columns where any cell begins."""
    columns = sorted({cell.column for cell, _ in begun})
    return [
        (Placed(row, column, ""), "")
        for row in sorted({cell.row for cell, _ in begun})
        for column in columns
        if (row, column) not in taken
    ]


def _reached(begun: Sequence[tuple[Placed, str]]) -> set[int]:
    """Rows with cells of their own, into which a text of a row above reaches."""
    begin = {cell.row for cell, _ in begun}
    return {
        row
        for cell, text in begun
        if text
        for row in range(cell.row + 1, cell.row + cell.rows)
        if row in begin
    }


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
