"""The one page model that every reader produces and every form parser reads.

A line of running text has ``words`` where the format knows places. A row of a printed grid (ruled table,
sheet, table of a Word or HTML file) is a line as well: its ``text`` has a tab between columns, and ``cells``
say what the tabs cannot: which cells are merged and where each is printed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from dagster_project.records import BBox

# Words and cells are made by the thousand: a named tuple takes half the time of a frozen data class.


class Word(NamedTuple):
    """A piece of a line without white space in it, and its place on the page.

    ``confidence`` (0 to 1) is what an OCR engine says of its own reading; ``None`` where nothing was guessed.
    ``alternatives`` are what a recognised figure may be as well, likeliest first.
    """

    text: str
    bbox: BBox
    confidence: float | None = None
    alternatives: tuple[str, ...] = ()


class GridCell(NamedTuple):
    """One cell of a printed grid, blank ones included.

    ``column`` counts physical columns from 0; a merged cell takes ``columns`` × ``rows`` and belongs to the
    line of its first row. Lines broken inside the cell are joined in ``text``. ``address`` is the cell's name
    in a spreadsheet (``C12``).
    """

    text: str
    column: int
    columns: int = 1
    rows: int = 1
    bbox: BBox | None = None
    address: str | None = None
    confidence: float | None = None
    alternatives: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. ``number`` counts from 1 through the document and is its evidence in text files.

    ``text`` is the line as printed, without its line break: tabs and spaces kept in text files; in other
    formats words stand as many spaces apart as the print leaves room for. A row of a grid has ``cells``, all
    of them, left to right; its ``text`` is their texts in their first columns, a tab between columns, nothing
    in columns that a merged cell takes beyond its first or that a cell of a row above reaches into.
    ``table`` counts the grids of the document from 1: rows of one grid share it.
    """

    text: str
    number: int
    page: int | None = None
    bbox: BBox | None = None
    words: tuple[Word, ...] = ()
    cells: tuple[GridCell, ...] = ()
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page (sheet of a workbook): its lines in reading order.

    ``number`` counts from 1 and is ``None`` where the format has no pages. ``width`` and ``height`` are in
    points, as a reader of the page sees it (rotation applied); boxes have their origin at the top left of
    that view. ``read_by`` is ``text`` where characters were given, ``ocr`` where they were recognised from a
    picture; ``reason`` says why a page was not read from its characters. ``turned`` are the degrees,
    counter-clockwise, by which the picture of a page was turned to be upright: places refer to it so turned.
    """

    number: int | None
    lines: tuple[Line, ...]
    width: float | None = None
    height: float | None = None
    read_by: str = "text"
    reason: str | None = None
    turned: float = 0.0


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """Something of a file that a reader could not read or doubts; the rest of the file was read."""

    kind: str
    message: str
    action: str
    page: int | None = None
    severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Source:
    """A file as a reader understood it."""

    pages: tuple[Page, ...]
    media_type: str
    reader: str
    encoding: str | None = None
    problems: tuple[ReadProblem, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of the document in reading order."""
        return tuple(line for page in self.pages for line in page.lines)
