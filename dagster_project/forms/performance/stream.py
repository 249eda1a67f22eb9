"""Cells out of fragments: the cheapest way to read a run of fragments as rows of a table with known columns.

A dynamic programme over (fragment, column). What a cell costs is how badly its text fits the column
(``align.misfit``), how much the print speaks against its pieces being one cell, and how much
against a new cell where it begins. A row runs from left to right; merged cells and blank cells are skipped
at a price. After a page break a row may go on in an earlier column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Final

from dagster_project.forms.performance import words
from dagster_project.forms.performance.align import VALUE_COLUMNS, misfit
from dagster_project.forms.performance.fragments import Fragment
from dagster_project.readers.page import Line

_ROW: Final = 0.6
_ROW_INSIDE_LINE: Final = 3.0
_ROW_ON_SAME_HEIGHT: Final = 2.0
_FRESH_LEVEL: Final = 1.5
_LEVEL_ALONE: Final = 3.0
_RESUME: Final = 0.2
_SECOND_VALUE: Final = 4.0
_LEVEL_WORDS: Final = 1.0
_LEVEL_IN_TEXT: Final = 3.0
_MOST_JOINED: Final = {"level1": 7, "level2": 8, "level3": 16, "basis": 14, "weight": 2, "score": 2}
_NOT_SPREAD: Final = 1.5
_SPREAD: Final = 1.0
_LIKE_A_NAME: Final = -0.2
_LIKE_NAMES: Final = 0.6
_LONG_TEXT: Final = 0.7
_OTHER_SPREAD: Final = 0.8
_REPEATED: Final = 3
_SHORTEST_REPEATED: Final = 6
_LONGEST_LEVEL: Final = 10
_MOST_VALUE: Final = 12
_MOST_JOIN_COST: Final = 7.0
_TOO_WIDE: Final = 2.5
_TOO_NARROW: Final = 1.2
_RAGGED: Final = 4
_PLAIN: Final = 1.0
_LEVELS: Final = frozenset({"level1", "level2"})
_BEAM: Final = 6.0
_INFINITE: Final = float("inf")


@dataclass(slots=True)
class StreamRow:
    """One row read from fragments: column → text; ``cost`` of its names and values, the higher the less
    certain.
    """

    line: Line
    cells: dict[str, str] = field(default_factory=dict)
    cost: float = 0.0


@dataclass(slots=True)
class _Cell:
    first: int
    end: int
    column: int
    resumed: bool
    cost: float


def read_rows(fragments: Sequence[Fragment], columns: Sequence[str]) -> list[StreamRow]:
    """The rows of a table of indicators.

    Read twice: how the first reading's columns are set guides the second. Where the header has the years
    before
    beside this year but no line prints two values side by side, this year's values alone are printed.
    """
    if not fragments:
        return []
    if "prior_year_1" in columns and not _values_side_by_side(fragments):
        columns = [name for name in columns if not name.startswith("prior_year")]
    levels = [_level_ends(fragments, start) for start in range(len(fragments))]
    cells = _Programme(fragments, columns, levels, {}).solve()
    if any(cell.cost > _PLAIN for cell in cells):
        settings = _settings(fragments, columns, cells)
        cells = _Programme(fragments, columns, levels, settings).solve()
    return _rows(fragments, columns, cells)


def _values_side_by_side(fragments: Sequence[Fragment]) -> bool:
    """Whether two values stand in one line, or the same value in two lines one after the other."""
    return any(
        words.is_value(before.text)
        and words.is_value(after.text)
        and (not after.first or (before.first and after.last and before.text == after.text))
        for before, after in pairwise(fragments)
    )


@dataclass(frozen=True, slots=True)
class _Setting:
    """How a column is set: the width of its full lines, whether they are spread to fill it, and how wide
    such a
    line is before it is spread."""

    width: int
    spread: bool | None
    unspread: int | None


def _settings(
    fragments: Sequence[Fragment], columns: Sequence[str], cells: Sequence[_Cell]
) -> dict[str, _Setting]:
    """What the lines after which a cell goes on tell about each column; values count where they are sure to
    be such.
    """
    seen: dict[str, list[Fragment]] = {}
    alone: dict[str, list[int]] = {}
    bases = _repeated(fragments)
    for cell in cells:
        name = columns[cell.column]
        text = words_between(fragments, cell.first, cell.end)
        sure = words.is_value(text) if name in VALUE_COLUMNS else name != "basis" or text in bases
        for fragment in fragments[cell.first : cell.end - 1]:
            if sure and fragment.last and fragment.first:
                seen.setdefault(name, []).append(fragment)
        if sure and cell.end - cell.first == 1:
            alone.setdefault(name, []).append(fragments[cell.first].width)
    found: dict[str, _Setting] = {}
    for name, lines in seen.items():
        if len(lines) < 2:
            continue
        widths = sorted(line.width + line.spaced for line in lines)
        plain = [line for line in lines if line.pure]
        share = sum(line.spaced for line in plain) / len(plain) if len(plain) > 2 else None
        spread = None if share is None else True if share > 0.5 else False if share < 0.25 else None
        wide = [line.width for line in plain if line.spaced]
        usual = max(set(wide), key=wide.count) if len(wide) > 2 else None
        single = sorted(alone.get(name, [0]))
        full = max(widths[len(widths) * 2 // 3], single[len(single) * 3 // 4])
        found[name] = _Setting(full, spread, usual)
    return found


@dataclass(frozen=True, slots=True)
class _PrintCosts:
    """For one column and each fragment: the cost of the piece in it, and of a cell going on with it."""

    piece: list[float]
    onward: list[float]
    open_width: bool


class _Programme:
    """The dynamic programme for one table."""

    def __init__(
        self,
        fragments: Sequence[Fragment],
        columns: Sequence[str],
        levels: Sequence[Sequence[tuple[int, str, float]]],
        settings: dict[str, _Setting],
    ) -> None:
        self._fragments = fragments
        self._columns = columns
        self._levels = levels
        self._settings = settings
        self._bases = _repeated(fragments) if "basis" in columns else frozenset()
        skips = [_skip(name) for name in columns]
        self._skipped = [sum(skips[:column]) for column in range(len(columns) + 1)]
        self._width = len(columns)
        self._printed = {name: self._print_costs(name) for name in columns}
        self._states = (2 if any(fragment.page_break for fragment in fragments) else 1) * self._width

    def solve(self) -> list[_Cell]:
        """The cells of the cheapest reading, in printed order."""
        count = len(self._fragments)
        best = [[_INFINITE] * self._states for _ in range(count + 1)]
        came: dict[tuple[int, int], tuple[int, int, bool, float]] = {}
        for start in range(count):
            entries = self._entries(best[start], start)
            bound = min(entry for entry, _, _ in entries) + _BEAM
            for column in range(self._width):
                states = [
                    state
                    for state in range(column, self._states, self._width)
                    if entries[state][0] <= bound and entries[state][0] < _INFINITE
                ]
                if not states:
                    continue
                for end, cost in self._cells_from(start, column):
                    for state in states:
                        entry, before, resumed = entries[state]
                        if state >= self._width:
                            entry += self._second(start, end, column)
                        if entry + cost < best[end][state]:
                            best[end][state] = entry + cost
                            came[end, state] = (start, before, resumed, cost)
        return self._trace(best, came)

    def _second(self, start: int, end: int, column: int) -> float:
        """A row that goes on after a page break has had its figures before it."""
        if self._columns[column] == "level3":
            return _SECOND_VALUE if words.is_figure(self._fragments[end - 1].text) else 0.0
        text = words_between(self._fragments, start, end)
        return _SECOND_VALUE if words.is_value(text) or words.is_basis(text) else 0.0

    def _entries(self, reached: Sequence[float], start: int) -> list[tuple[float, int, bool]]:
        """For each state: the cheapest way to begin a cell there, the state before, whether a row goes on.

        The first half of the states are columns of rows read in one go, the second half the same columns of
        rows
        that go on after a page break.
        """
        width, skipped = self._width, self._skipped
        found: list[tuple[float, int, bool]] = [(_INFINITE, -1, False)] * self._states
        if start == 0:
            return [(skipped[column], -1, False) for column in range(width)] + found[width:]
        fragment = self._fragments[start]
        row = fragment.part + _ROW + (0.0 if fragment.first else _ROW_INSIDE_LINE)
        row += _ROW_ON_SAME_HEIGHT if fragment.close else 0.0
        for before, cost in enumerate(reached):
            if cost == _INFINITE:
                continue
            again = before >= width
            left = before - width if again else before
            rest = 0.0 if again else skipped[width] - skipped[left + 1]
            if self._columns[left] in _LEVELS:
                rest = min(rest, _LEVEL_ALONE)
            for column in range(left + 1):
                total = cost + row + rest + skipped[column]
                if total < found[column][0]:
                    found[column] = (total, before, False)
                if fragment.page_break and self._columns[column] not in _LEVELS:
                    total = cost + _RESUME + rest
                    if total < found[column + width][0]:
                        found[column + width] = (total, before, True)
            for column in range(left + 1, width):
                fresh = _FRESH_LEVEL if left == 0 and column > 1 else 0.0
                total = cost + fragment.part + fresh + skipped[column] - skipped[left + 1]
                state = column + width if again else column
                if total < found[state][0]:
                    found[state] = (total, before, False)
        return found

    def _cells_from(self, start: int, column: int) -> list[tuple[int, float]]:
        """(end, cost) of every cell of the column that may begin at ``start``."""
        name = self._columns[column]
        if name in _LEVELS:
            known = [(end, cost) for end, level, cost in self._levels[start] if level == name[-1]]
            return known or (self._free_level(start) if name == "level2" else [])
        return self._texts(start, name)

    def _free_level(self, start: int) -> list[tuple[int, float]]:
        """A second level in words of its own, such as the name of who is asked whether he is satisfied."""
        found = []
        for end, cost in self._texts(start, "level2"):
            text = words_between(self._fragments, start, end)
            if len(text) <= _LONGEST_LEVEL:
                found.append((end, cost + (-0.5 if "满意" in text else 1.0)))
        return found

    def _texts(self, start: int, name: str) -> list[tuple[int, float]]:
        most = _MOST_VALUE if name in VALUE_COLUMNS else _MOST_JOINED.get(name, 6)
        cost_of = self._printed[name]
        known = max((end for end, _, cost in self._levels[start] if cost < 0), default=0)
        found: list[tuple[int, float]] = []
        first = self._fragments[start]
        text, widest, joined, set_cost = first.text, first.width, 0.0, cost_of.piece[start]
        for end in range(start + 1, min(start + most, len(self._fragments)) + 1):
            if end - 1 > start:
                fragment = self._fragments[end - 1]
                joined += cost_of.onward[end - 1]
                if cost_of.open_width and self._ends_early(end - 2, widest):
                    joined += _TOO_NARROW
                if joined > _MOST_JOIN_COST:
                    break
                text += fragment.text
                widest = max(widest, fragment.width)
                set_cost += cost_of.piece[end - 1]
            cost = joined + set_cost + _cell_cost(name, text)
            cost += _LEVEL_IN_TEXT if known and end > known else 0.0
            if text in self._bases:
                cost = 0.0 if name == "basis" else cost + 1.0
            elif name == "level3" and end - start > 1:
                cost += _figure_at_end(text, self._fragments[end - 1].text)
            found.append((end, cost))
        return found

    def _ends_early(self, index: int, widest: int) -> bool:
        """Whether a line is shorter than the cell's lines before it, where nothing else is known of its
        column.
        """
        fragment = self._fragments[index]
        return fragment.first and fragment.last and fragment.width < widest - _RAGGED

    def _print_costs(self, name: str) -> _PrintCosts:
        """What the print says against each fragment in a column, and against a cell of it going on there."""
        known = self._settings.get(name)
        piece = [self._piece_cost(fragment, name, known) for fragment in self._fragments]
        onward = [0.0]
        for index in range(1, len(self._fragments)):
            fragment = self._fragments[index]
            cost = fragment.join * (_LONG_TEXT if name == "basis" and fragment.join < 0.5 else 1.0)
            cost += max((_LEVEL_IN_TEXT for _, _, sure in self._levels[index] if sure < 0), default=0.0)
            onward.append(cost + (self._short_line(index - 1, known) if known else 0.0))
        return _PrintCosts(piece, onward, open_width=known is None)

    def _short_line(self, index: int, known: _Setting) -> float:
        """A line that leaves its column half empty, or is not spread where its column's lines are, ends a
        cell.
        """
        fragment = self._fragments[index]
        if not (fragment.first and fragment.last):
            return 0.0
        if known.spread and fragment.pure and not fragment.spaced and fragment.width <= (known.unspread or 0):
            return _NOT_SPREAD
        least = known.width - (2 if fragment.spaced else 1)
        breakable = not self._fragments[index + 1].text[:1].isascii()
        return _TOO_NARROW if fragment.width < least and breakable else 0.0

    def _piece_cost(self, fragment: Fragment, name: str, known: _Setting | None) -> float:
        """A line too wide for its column, or spread in another way than the column's lines are."""
        cost = _TOO_WIDE if known and fragment.width > known.width + 2 else 0.0
        if not (fragment.spaced and fragment.pure and fragment.first and fragment.last):
            return cost
        if known and known.spread is False:
            return cost + _SPREAD
        if known and known.unspread is not None:
            return cost + (_OTHER_SPREAD if fragment.width != known.unspread else 0.0)
        names = self._settings.get("level3")
        like_names = name != "level3" and names is not None and fragment.width == names.unspread
        return cost + (_LIKE_NAMES if like_names else 0.0)

    def _trace(
        self, best: Sequence[Sequence[float]], came: dict[tuple[int, int], tuple[int, int, bool, float]]
    ) -> list[_Cell]:
        count, width = len(self._fragments), self._width
        ends = [
            (cost + (0.0 if state >= width else self._skipped[width] - self._skipped[state + 1]), state)
            for state, cost in enumerate(best[count])
            if cost < _INFINITE
        ]
        if not ends:
            return []
        state, end = min(ends)[1], count
        cells: list[_Cell] = []
        while end > 0:
            start, before, resumed, cost = came[end, state]
            cells.append(_Cell(start, end, state % width, resumed, cost))
            end, state = start, before
        cells.reverse()
        return cells


def words_between(fragments: Sequence[Fragment], first: int, end: int) -> str:
    """The joined text of the half-open range of fragments."""
    return "".join(fragment.text for fragment in fragments[first:end])


def _name_bonus(text: str) -> float:
    return _LIKE_A_NAME if words.ends_as_name(text) else 0.0


def _repeated(fragments: Sequence[Fragment]) -> frozenset[str]:
    """Wordings that a table prints again and again: no names of indicators, but what their values rest on."""
    seen: dict[str, int] = {}
    for start, piece in enumerate(fragments):
        if not piece.first and fragments[start - 1].text[-1:] not in "%％":
            continue
        text = ""
        for end in range(start + 1, min(start + 8, len(fragments)) + 1):
            text += fragments[end - 1].text
            if fragments[end - 1].last and len(text) >= _SHORTEST_REPEATED:
                seen[text] = seen.get(text, 0) + 1
    known = (text for text, count in seen.items() if count >= _REPEATED)
    return frozenset(t for t in known if not words.is_value(t) and not _holds_level(t))


def _holds_level(text: str) -> bool:
    return any(name in text for level in (1, 2) for name in words.levels(level) if name.endswith("指标"))


def _figure_at_end(text: str, last: str) -> float:
    if words.ends_in_value(text):
        return 2.5
    return 0.6 if words.is_figure(last) and not last.endswith(("%", "％")) else 0.0


@cache
def _cell_cost(name: str, text: str) -> float:
    """``misfit`` plus what a long text costs where a short one is meant."""
    cost = misfit(name, text)
    if name == "level3":
        return cost + (3.0 if len(text) < 2 else 1.0 if len(text) < 3 else _name_bonus(text))
    if name in VALUE_COLUMNS and len(text) > 40:
        return cost + 2.0
    if name == "basis" and len(text) > 20:
        return cost + 0.03 * (len(text) - 20)
    return cost


def _skip(name: str) -> float:
    """The price of a blank cell. Tables often print this year's value alone."""
    if name in ("prior_year_2", "prior_year_1"):
        return 2.0
    if name == "level3":
        return 8.0
    if name in ("weight", "score"):
        return 3.0
    if name in VALUE_COLUMNS:
        return 4.0 if name != "actual" else 3.0
    return 0.3 if name == "basis" else 0.0


def _level_ends(fragments: Sequence[Fragment], start: int) -> list[tuple[int, str, float]]:
    """Known level names that begin at a fragment: (end, level, cost). Names in 指标 are sure, bare ones are
    not.
    """
    found: list[tuple[int, str, float]] = []
    text = ""
    for end in range(start + 1, min(start + 8, len(fragments)) + 1):
        text += fragments[end - 1].text
        if len(text) > 20:
            break
        for level in ("1", "2"):
            if words.level_name(text, int(level)):
                sure = text.endswith(("指标", ")", "）", "分")) or len(text) > 5
                found.append((end, level, -_LEVEL_WORDS if sure else 0.5))
    return found


def _rows(fragments: Sequence[Fragment], columns: Sequence[str], cells: Sequence[_Cell]) -> list[StreamRow]:
    rows: list[StreamRow] = []
    last = len(columns)
    for cell in cells:
        text = words_between(fragments, cell.first, cell.end)
        if not rows or (cell.column <= last and not cell.resumed):
            rows.append(StreamRow(fragments[cell.first].line))
        row = rows[-1]
        name = columns[cell.column]
        row.cells[name] = row.cells.get(name, "") + text
        row.cost += max(0.0, cell.cost) if name != "basis" else 0.0
        last = cell.column
    return rows
