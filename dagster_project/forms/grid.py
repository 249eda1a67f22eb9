"""A table as printed: rows of cells in physical columns, before anyone asks what the columns mean."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.readers.page import Line
from dagster_project.records import BBox

_BROKEN_FIGURE: Final = re.compile(r"^-?\d[\d,]*[.,]$")
_LONGEST_BREAK: Final = 12
_LONGEST_WORDING: Final = 4
_WIDTH_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True)
class Above:
    """The text of a merged cell and the line on which the cell begins."""

    text: str
    line: int | None


@dataclass(slots=True)
class GridRow:
    """One row of cells, white space at their ends removed. ``line``, ``page``: where its print begins.

    ``cells`` has the text of a merged cell in its first row and column only. Where the merges are known,
    ``over`` repeats it in every column and row that it covers, and ``above`` in its first column of its
    further rows (by physical column). ``boxes`` and ``addresses`` tell where a cell is printed, by its
    first column.
    """

    cells: list[str]
    line: int | None
    page: int | None
    over: tuple[str, ...] = ()
    above: Mapping[int, Above] = field(default_factory=dict)
    boxes: Mapping[int, BBox] = field(default_factory=dict)
    addresses: Mapping[int, str] = field(default_factory=dict)
    table: int | None = None

    @property
    def exact(self) -> bool:
        """Whether the merges of the grid are known: nothing about its columns is to be guessed."""
        return bool(self.over)

    def cell(self, column: int) -> str:
        """The cell's text, empty beyond the end of the row."""
        return self.cells[column] if column < len(self.cells) else ""

    def filled(self) -> list[int]:
        """Physical columns that hold a text."""
        return [column for column, text in enumerate(self.cells) if text]


@lru_cache(maxsize=65536)
def is_figure(text: str) -> bool:
    """Whether a cell prints an amount (a lone dash is zero; ``/`` and ``——`` are blanks)."""
    return money.parse_amount(text) is not None


def is_blank(text: str) -> bool:
    """Whether a cell is empty or holds one of the marks for "no figure"."""
    return vocabulary.compact(text) in money.BLANK_MARKS


def from_tabs(lines: Sequence[Line], whole: Callable[[str], bool] = bool) -> list[GridRow]:
    """Rows of tab-separated lines; rows that line breaks inside cells tore apart are joined again.

    ``whole`` tells a text that no line break cut: a row never goes on after such a text with another.
    """
    rows = [
        GridRow([cell.strip() for cell in line.text.split("\t")], line.number, line.page)
        for line in lines
        if line.text.strip()
    ]
    width = _width(rows)
    joined: list[GridRow] = []
    index = 0
    while index < len(rows):
        taken = _torn(rows, index, width, whole) if width > 1 else 1
        joined.append(_join(rows[index : index + taken]) if taken > 1 else rows[index])
        index += taken
    return joined


def _width(rows: Sequence[GridRow]) -> int:
    """The table's width: the most cells that a good share of lines with figures have; torn rows have less."""
    counts = Counter(len(row.cells) for row in rows if len(row.cells) > 1 and any(map(is_figure, row.cells)))
    enough = max(_WIDTH_SHARE * counts.total(), 1)
    return max((width for width, count in counts.items() if count >= enough), default=0)


def _torn(rows: Sequence[GridRow], first: int, width: int, whole: Callable[[str], bool]) -> int:
    """How many printed lines from ``first`` on are one row.

    They are if their cells add up to the table's width, or as far as cells go on in a wording that is known
    and that neither of its lines is alone. 1 where the line is a row by itself.
    """
    cells, taken, sure = len(rows[first].cells), 1, 1
    last = rows[first].cells[-1]
    if not last or _ends_sentence(last):
        return 1
    while first + taken < len(rows) and taken < _LONGEST_BREAK:
        following = rows[first + taken : first + _LONGEST_BREAK]
        known = _known_run(last, following, whole)
        lines = known or 1
        added = sum(len(piece.cells) - 1 for piece in following[:lines])
        both_whole = lines == 1 and whole(last) and whole(following[0].cells[0])
        if both_whole and _are_whole(rows[first], whole) and _are_whole(following[0], whole):
            break
        fits = cells + added == width if both_whole else cells + added <= width
        # A line that could stand alone goes on only in a wording that is known.
        alone = both_whole or cells == 1 or width in (cells, len(following[0].cells))
        if not _continues(last, following[0].cells[0]) or (not known and alone):
            break
        if not fits and (not known or both_whole):
            break
        tail = following[lines - 1].cells
        last = tail[-1] if len(tail) > 1 else last + "".join(piece.cells[0] for piece in following[:lines])
        cells += added
        taken += lines
        sure = taken if known and not both_whole else sure
    return taken if cells == width else sure


def _are_whole(row: GridRow, whole: Callable[[str], bool]) -> bool:
    """Whether a line is several known wordings side by side: a row of a header by itself."""
    return len(row.cells) > 1 and all(map(whole, row.cells))


def _known_run(last: str, following: Sequence[GridRow], whole: Callable[[str], bool]) -> int:
    """How many of the next lines complete a cell to a wording that is known; 0 if none does."""
    text = last
    for count, piece in enumerate(following[:_LONGEST_WORDING], start=1):
        if not _continues(text, piece.cells[0]):
            return 0
        text += piece.cells[0]
        if whole(text):
            return count
        if len(piece.cells) > 1:
            return 0
    return 0


def _continues(before: str, after: str) -> bool:
    """Whether ``after`` can be the next line of the cell ``before``."""
    if not before or not after:
        return False
    if _BROKEN_FIGURE.match(before):
        return after.isdigit()
    numbered = vocabulary.key(after)
    return not is_figure(before) and not is_figure(after) and vocabulary.without_number(numbered) == numbered


def _ends_sentence(text: str) -> bool:
    return text.endswith(("。", "；", "：", ":"))


def _join(pieces: Sequence[GridRow]) -> GridRow:
    cells = list(pieces[0].cells)
    for piece in pieces[1:]:
        cells[-1] += piece.cells[0]
        cells.extend(piece.cells[1:])
    return GridRow(cells, pieces[0].line, pieces[0].page)
