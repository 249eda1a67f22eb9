"""Performance forms whose columns stand under each other, set apart by runs of spaces (``pdftotext
-layout``).

The text becomes rows of a grid: a header gives its columns their places on the line, every other piece
belongs
to the column it stands under, and the lines of a broken cell join the line that holds the row's figures.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dagster_project import money
from dagster_project.forms import performance_words as words
from dagster_project.forms.performance_grid import Cell, GridRow
from dagster_project.readers.page import Line

_PIECE: Final = re.compile(r"\S+(?:[ \u3000]\S+)*")
_APART: Final = re.compile(r"\S(?: {2,}|\u3000{2,})\S")
_TABLES: Final = ("indicators", "execution", "goals", "funding", "project_list")
_LEVELS: Final = frozenset({"level1", "level2", "level3"})
_VALUES: Final = ("score", "weight", "expected", "target", "actual", "prior_year_1", "prior_year_2")
_ENDS_TABLE: Final = frozenset({"stop", "total", "project_name", "goals", "execution", "long_term", "annual"})
_ALIGNED_SHARE: Final = 0.35
_NEAR: Final = 8
_SAME_START: Final = 1
_ABOVE: Final = 2


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of a line and the columns it covers on it, counted in half-width characters."""

    start: int
    end: int
    text: str

    def distance(self, other: _Piece) -> int:
        """0 where both cover a common column, else the columns between them."""
        return max(0, other.start - self.end, self.start - other.end)


def is_aligned(lines: Sequence[Line]) -> bool:
    """Whether enough lines set their cells apart by runs of spaces."""
    printed = [line.text.strip() for line in lines if line.text.strip()]
    return sum(_APART.search(text) is not None for text in printed) > _ALIGNED_SHARE * len(printed)


def aligned_rows(lines: Sequence[Line]) -> Iterator[GridRow]:
    """The lines of a form as rows of a grid."""
    printed = _with_broken_fields([(line, _pieces(line.text)) for line in lines if line.text.strip()])
    stops: list[_Piece] = []
    index = 0
    while index < len(printed):
        line, pieces = printed[index]
        header = _header(pieces)
        if header == "indicators":
            names, index = _header_lines(printed, index)
            yield GridRow(tuple(Cell(i, piece.text) for i, piece in enumerate(names)), line)
            end = _table_end(printed, index)
            yield from _table(printed[index:end], names)
            stops, index = [], end
            continue
        if header:
            stops = pieces
            yield GridRow(tuple(Cell(i, piece.text) for i, piece in enumerate(pieces)), line)
        else:
            yield _snapped(line, pieces, stops)
        index += 1


def _with_broken_fields(
    printed: Sequence[tuple[Line, list[_Piece]]],
) -> list[tuple[Line, list[_Piece]]]:
    """Lines that only go on with what a field above them prints, such as the end of a project's name, join
    it.
    """
    kept: list[tuple[Line, list[_Piece]]] = []
    for line, pieces in printed:
        above = kept[-1][1] if kept else []
        field = len(above) > 1 and words.role(above[0].text) is not None and _header(above) is None
        places = [_begins_under(piece, above[1:]) for piece in pieces] if field else [None]
        if all(place is not None for place in places):
            for piece, place in zip(pieces, places, strict=True):
                old = above[(place or 0) + 1]
                above[(place or 0) + 1] = _Piece(old.start, old.end, old.text + piece.text)
        else:
            kept.append((line, list(pieces)))
    return kept


def _begins_under(piece: _Piece, above: Sequence[_Piece]) -> int | None:
    return next((i for i, other in enumerate(above) if abs(other.start - piece.start) <= _SAME_START), None)


def _pieces(text: str) -> list[_Piece]:
    places = [0]
    for char in text:
        places.append(places[-1] + (2 if unicodedata.east_asian_width(char) in "WFA" else 1))
    return [_Piece(places[m.start()], places[m.end()], m.group()) for m in _PIECE.finditer(text)]


def _header(pieces: Sequence[_Piece]) -> str | None:
    """The table whose header a line is, by at least two of its column names (three where nothing else is
    sure).
    """
    for table in _TABLES:
        names = [name for piece in pieces if (name := words.header(piece.text, table))]
        if table == "indicators":
            if len(_LEVELS.intersection(names)) >= 2:
                return table
        elif len(names) >= 2 and len(names) >= len(pieces) - 2:
            return table
    return None


def _header_lines(printed: Sequence[tuple[Line, list[_Piece]]], index: int) -> tuple[list[_Piece], int]:
    """The header's names, each joined with what stands under it before the first level's name; where rows
    begin.
    """
    names = [piece for piece in printed[index][1] if words.role(piece.text) is None or _names_column(piece)]
    below = index + 1
    while below < len(printed) and below <= index + _ABOVE + 1:
        pieces = printed[below][1]
        if any(_is_level(piece.text) or words.is_value(piece.text) for piece in pieces):
            break
        for piece in pieces:
            place = min(range(len(names)), key=lambda i: names[i].distance(piece))
            old = names[place]
            joined = old.text + piece.text
            if words.header(joined, "indicators"):
                names[place] = _Piece(min(old.start, piece.start), max(old.end, piece.end), joined)
            elif words.header(piece.text, "indicators"):
                names = sorted([*names, piece], key=lambda name: name.start)
        below += 1
    return _without_group(names), below


def _names_column(piece: _Piece) -> bool:
    return words.header(piece.text, "indicators") is not None


def _without_group(names: list[_Piece]) -> list[_Piece]:
    """Where this year and the years before stand under a common 指标值, the names under it are the
    columns.
    """
    columns = [words.header(name.text, "indicators") for name in names]
    if not {"prior_year_1", "expected"} & set(columns):
        return names
    return [name for name, column in zip(names, columns, strict=True) if column not in ("target", "group")]


def _is_level(text: str) -> bool:
    return words.level_name(text, 1) or words.level_name(text, 2)


def _table_end(printed: Sequence[tuple[Line, list[_Piece]]], start: int) -> int:
    for index in range(start, len(printed)):
        first = printed[index][1][0].text
        if words.role(first) in _ENDS_TABLE or _header(printed[index][1]) or words.goal_name(first):
            return index
    return len(printed)


def _table(printed: Sequence[tuple[Line, list[_Piece]]], names: Sequence[_Piece]) -> Iterator[GridRow]:
    """The rows of a table of indicators: every line joins the nearest line with figures, the one above
    first.
    """
    columns = [words.header(name.text, "indicators") or "" for name in names]
    lines = [(line, _under(pieces, names)) for line, pieces in printed]
    anchors = [i for i, (_, cells) in enumerate(lines) if _holds_values(cells, columns)]
    grouped: dict[int, dict[int, str]] = {anchor: {} for anchor in anchors}
    for index, (line, cells) in enumerate(lines):
        if not anchors:
            break
        anchor = min(anchors, key=lambda a: (abs(lines[a][0].number - line.number), a > index))
        for place, text in cells.items():
            grouped[anchor][place] = grouped[anchor].get(place, "") + text
    for anchor, cells in grouped.items():
        filled = {place: text for place, text in cells.items() if text not in money.BLANK_MARKS}
        yield GridRow(tuple(Cell(place, filled[place]) for place in sorted(filled)), lines[anchor][0])


def _under(pieces: Sequence[_Piece], names: Sequence[_Piece]) -> dict[int, str]:
    """Column number → text of the pieces that stand under it; side labels left of all columns are left
    out.
    """
    cells: dict[int, str] = {}
    for piece in pieces:
        if piece.end < names[0].start - 1 and not _is_level(piece.text):
            continue
        place = min(range(len(names)), key=lambda i: (names[i].distance(piece), _offset(names[i], piece)))
        cells[place] = cells.get(place, "") + piece.text.replace(" ", "")
    return cells


def _offset(name: _Piece, piece: _Piece) -> int:
    return min(abs(name.start - piece.start), abs(name.start + name.end - piece.start - piece.end) // 2)


def _holds_values(cells: dict[int, str], columns: Sequence[str]) -> bool:
    """Whether a line holds the row's figures: its score or weight, else a value."""
    by_name = {columns[place]: text for place, text in cells.items()}
    for name in ("score", "weight"):
        if name in columns:
            return name in by_name and words.is_points(by_name[name])
    return any(name in by_name and words.is_value(by_name[name]) for name in _VALUES)


def _snapped(line: Line, pieces: Sequence[_Piece], stops: Sequence[_Piece]) -> GridRow:
    """A line under a header: its pieces take the places of the names they stand under."""
    nearest: dict[int, tuple[int, int, int]] = {}
    for number, piece in enumerate(pieces):
        for place, stop in enumerate(stops):
            fit = (stop.distance(piece), _offset(stop, piece), number)
            if fit[0] < _NEAR and (place not in nearest or fit < nearest[place]):
                nearest[place] = fit
    places = {
        number: place for place, (_, _, number) in sorted(nearest.items(), key=lambda x: x[1], reverse=True)
    }
    free = len(pieces)
    cells = []
    for number, piece in enumerate(pieces):
        text = piece.text.replace(" ", "")
        place = places.get(number, number - free) if stops else number
        if text not in money.BLANK_MARKS:
            cells.append(Cell(place, text))
    return GridRow(tuple(cells), line)
