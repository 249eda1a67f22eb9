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
from dagster_project.forms.aligned.tokens import scale_of
from dagster_project.forms.performance import words
from dagster_project.forms.performance.grid import Cell, GridRow
from dagster_project.readers.page import Line

_PIECE: Final = re.compile(r"\S+(?:[ \u3000]\S+)*")
_APART: Final = re.compile(r"\S(?: {2,}|\u3000{2,})\S")
_TABLES: Final = ("indicators", "execution", "goals", "funding", "project_list")
_LEVELS: Final = frozenset({"level1", "level2", "level3"})
_VALUES: Final = ("score", "weight", "expected", "target", "actual", "prior_year_1", "prior_year_2")
_FIELDS: Final = frozenset({"other", "project_name", "history", "evaluation", "goals", "stop"})
_ENDS_TABLE: Final = frozenset({"stop", "total", "project_name", "goals", "execution", "long_term", "annual"})
_FAR_IN: Final = " " * 8
_LEAST_APART: Final = 3
_ALIGNED_SHARE: Final = 0.35
_NEAR: Final = 8
_SAME_START: Final = 1
_LONG_LINE: Final = 20
_ROOM: Final = 4
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
    """Whether words have places, or enough lines set their cells apart by runs of spaces, or go on far in
    under a cell above.
    """
    if sum(len(line.words or line.cells) > 1 for line in lines) > _LEAST_APART:
        return True
    printed = [line.text.rstrip() for line in lines if line.text.strip()]
    apart = sum(_APART.search(text) is not None for text in printed)
    below = sum(text.startswith(_FAR_IN) and not _APART.search(text.strip()) for text in printed)
    return apart > _LEAST_APART and apart + below > _ALIGNED_SHARE * len(printed)


def aligned_rows(lines: Sequence[Line]) -> Iterator[GridRow]:
    """The lines of a form as rows of a grid."""
    points = scale_of(lines).points
    printed = [(line, _pieces(line, points)) for line in lines if line.text.strip()]
    stops: list[_Piece] = []
    index = 0
    while index < len(printed):
        line, pieces = printed[index]
        if _header(pieces) == "indicators":
            names, index = _header_lines(printed, index)
            yield GridRow(tuple(Cell(i, piece.text) for i, piece in enumerate(names)), line)
            goal_inside = any(words.header(piece.text, "indicators") == "goal" for piece in names)
            end = _table_end(printed, index, goal_inside=goal_inside)
            yield from _table(printed[index:end], names)
            stops, index = [], end
            continue
        pieces, index = _whole_row(printed, index, stops)
        if _header(pieces):
            stops = pieces
            yield GridRow(tuple(Cell(i, piece.text) for i, piece in enumerate(pieces)), line)
        else:
            yield _snapped(line, pieces, stops)


def _whole_row(
    printed: Sequence[tuple[Line, list[_Piece]]], index: int, stops: Sequence[_Piece]
) -> tuple[list[_Piece], int]:
    """A row with the lines below it that only go on with its cells, and where the next row begins."""
    row = list(printed[index][1])
    ends = [piece.end for piece in row]
    index += 1
    while index < len(printed) and _header(printed[index][1]) != "indicators":
        below = printed[index][1]
        places = _continued(row, ends, below, stops)
        if places is None:
            break
        for piece, place in zip(below, places, strict=True):
            old = row[place]
            row[place] = _Piece(old.start, max(old.end, piece.end), old.text + piece.text)
            ends[place] = piece.end
        index += 1
    return row, index


def _continued(
    row: Sequence[_Piece], ends: Sequence[int], below: Sequence[_Piece], stops: Sequence[_Piece]
) -> list[int] | None:
    """The cells of a row that a line goes on with; ``None`` where it is a row of its own.

    A field goes on under its value; any cell goes on under a line that had no room left.
    """
    if words.role(below[0].text) or words.goal_begun(below[0].text) or _is_level(below[0].text):
        return None
    if any(words.is_amount(piece.text) or words.is_percent(piece.text) for piece in below):
        return None
    places = [_begins_under(piece, row) for piece in below]
    if any(place is None for place in places):
        return None
    found = [place for place in places if place is not None]
    is_field = len(row) > 1 and words.role(row[0].text) in _FIELDS and _header(row) is None
    if is_field and 0 not in found:
        return found
    if found[0] == 0 and words.role(row[0].text + below[0].text) and not words.role(row[0].text):
        return found
    return found if all(_is_full(row, ends, place, stops) for place in found) else None


def _is_full(row: Sequence[_Piece], ends: Sequence[int], place: int, stops: Sequence[_Piece]) -> bool:
    """Whether the last line of a cell leaves no room for one more character before the next column."""
    start = row[place].start
    nexts = [piece.start for piece in (*row, *stops) if piece.start > start + _SAME_START]
    if not nexts:
        return ends[place] - start >= _LONG_LINE
    return min(nexts) - ends[place] < _ROOM


def _begins_under(piece: _Piece, above: Sequence[_Piece]) -> int | None:
    return next((i for i, other in enumerate(above) if abs(other.start - piece.start) <= _SAME_START), None)


def _pieces(line: Line, points: float) -> list[_Piece]:
    """The cells of a line: words with places, or what runs of spaces set apart."""
    printed = line.words or [cell for cell in line.cells if cell.text.strip()]
    if points and printed and all(piece.bbox for piece in printed):
        return [
            _Piece(round(piece.bbox[0] / points), round(piece.bbox[2] / points), piece.text)
            for piece in printed
            if piece.bbox
        ]
    text = line.text
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


def _table_end(printed: Sequence[tuple[Line, list[_Piece]]], start: int, *, goal_inside: bool) -> int:
    for index in range(start, len(printed)):
        first = printed[index][1][0].text
        goal = words.goal_begun(first) or words.goal_name(first)
        if goal and goal_inside:
            continue
        if goal or words.role(first) in _ENDS_TABLE or words.begins_stop(first) or _header(printed[index][1]):
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
    """Whether a line holds the row's figures: its score or weight, else a value; three cells are no broken
    cell.
    """
    if len(cells) > 2 and any(words.is_value(text) for text in cells.values()):
        return True
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
