"""The header of a loose table: cells broken over lines, merged cells gone, in the reading order of the grid.

First the broken cells are joined: the run of characters is cut into the known header words of the form, so
that every character is used. Then the words, which follow each other row by row of the header (or column by
column), are hung below their merged cells again, which gives the columns in the order of the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from heapq import heappop, heappush
from itertools import chain, count, pairwise
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.loose.cells import Printed, Word, cuts
from dagster_project.forms.loose.divided import divisions
from dagster_project.forms.loose.tokens import Piece
from dagster_project.forms.loose.words import CODE, LABEL, OWNER, OWNER_CODE, TEXT, UNKNOWN, Path, Words

# What speaks against a reading of the header. The costs only rank readings against each other.
_PANEL: Final = 2.0
_SINGLE: Final = 3.0
_WAITING: Final = 0.6
_OPTIONAL: Final = 0.1
_UNEVEN: Final = 0.4
_UNDECLARED: Final = 0.5
_UNRELATED: Final = 0.15
_NAMELESS: Final = 4.0
_SURPLUS: Final = 1.1
_DISPLACED: Final = 2.4
_ROW: Final = 0.2
_COLUMNS: Final = 0.8

_DEEPEST: Final = 4
_DEAREST: Final = 12.0
_MOST_STEPS: Final = 1_000
_CUTS_ANYWHERE: Final = 2
_CUTS_IN_VAIN: Final = 4
_TEXT_COLUMNS: Final = 2
"""With more columns of free text nothing says where one cell ends and the next begins."""

_OWNERS: Final = {CODE: OWNER_CODE, LABEL: OWNER}
_UNIT: Final = re.compile(r"\((?:单位:)?(?:人民币)?(?:万元|千元|元|%)\)")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column of the page: its key or role, and its header as printed from the outermost cell inwards.

    ``is_special``: the cell means something else below its merged cell than by itself. ``is_nameless``: its
    words are known, but together they name no column.
    """

    column: str
    printed: str
    is_special: bool = False
    is_nameless: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether figures stand in it (of a known or an unknown column)."""
        return not self.column.startswith("@")


@dataclass(frozen=True, slots=True)
class _State:
    """A header hung up so far: cells in column order (their paths), and the words that are still to hang.

    ``done`` are the lowest cells that the present row of the header has passed, ``open`` those it has not.
    """

    done: tuple[Path, ...]
    open: tuple[Path, ...]
    used: int
    row_began: int
    depth: int


def read_columns(
    pieces: Sequence[Piece], words: Words, at_least: int, fiscal_year: int | None = None
) -> list[list[Leaf]] | None:
    """The panels of the table, each its columns from left to right; ``None`` where the pieces are no header.

    ``at_least``: the most figures that a row prints (0: not known). A reading of the header with fewer
    columns is none; of a summary, one with more needs better reasons.
    """
    printed = tuple((_UNIT.sub("", piece.key), piece.first) for piece in pieces)
    return _read_columns(printed, words, at_least, fiscal_year)


@lru_cache(maxsize=4096)
def _read_columns(
    printed: Printed, words: Words, at_least: int, fiscal_year: int | None
) -> list[list[Leaf]] | None:
    likely = cuts(printed, words)
    if sum(words.is_attribute(cell.text) for cell in likely[0][1]) > _TEXT_COLUMNS:
        return None
    return _read_cuts(likely, words, at_least, fiscal_year, anywhere=False) or _read_cuts(
        likely[:_CUTS_ANYWHERE], words, at_least, fiscal_year, anywhere=True
    )


def _read_cuts(
    likely: Sequence[tuple[float, tuple[Word, ...]]],
    words: Words,
    at_least: int,
    fiscal_year: int | None,
    *,
    anywhere: bool,
) -> list[list[Leaf]] | None:
    """The best columns of any cut; ``anywhere``: the header's first row may end at any cell."""
    best: tuple[float, list[list[Leaf]]] | None = None
    for number, (cost, cells) in enumerate(likely):
        if (best and cost + _least(cells, words) >= best[0]) or (best is None and number == _CUTS_IN_VAIN):
            break
        found = _best_columns(cells, words, at_least, fiscal_year, anywhere)
        if found and (best is None or cost + found[0] < best[0]):
            best = (cost + found[0], found[1])
    return best[1] if best else None


@lru_cache(maxsize=4096)
def _best_columns(
    cells: tuple[Word, ...], words: Words, at_least: int, fiscal_year: int | None, anywhere: bool
) -> tuple[float, list[list[Leaf]]] | None:
    """The likeliest columns of header words in printed order, with what speaks against them."""
    best: tuple[float, list[list[Leaf]]] | None = None
    least = _least(cells, words)
    for division in divisions(cells, words):
        search = _Search(division.cells, words, anywhere=anywhere, divided=division.divided)
        search.dearest = best[0] - least if best else search.dearest
        for odd, hung in chain(search.by_rows(), _by_columns(division.cells, words)):
            paths = division.widen(hung)
            parts = panels(list(_leaves(paths, cells, words, fiscal_year)))
            if not _is_table(parts, words, at_least) or _heads_names_alone(paths, words):
                continue
            total = odd + _oddness(parts, words.form)
            if words.panels == 2 and at_least and _width(parts) > at_least:
                total += _SURPLUS
            if best is None or total < best[0]:
                best = (total, [_with_base(part) for part in parts] if words.panels == 2 else parts)
                search.dearest = total - least
    return best


def _least(cells: Sequence[Word], words: Words) -> float:
    """The least that can speak against any columns of these words: they need so many panels."""
    if words.panels == 2:
        return 2 * _PANEL
    texts = [cell.text for cell in cells if words.repeats and words.is_naming(cell.text)]
    return _PANEL * max(map(texts.count, texts), default=1)


def panels(found: Sequence[Leaf]) -> list[list[Leaf]]:
    """The columns of tables that stand side by side: each begins with its code or label column."""
    parts: list[list[Leaf]] = [[]]
    for leaf in found:
        if leaf.column in (CODE, LABEL) and any(one.is_figure for one in parts[-1]):
            parts.append([])
        parts[-1].append(leaf)
    return [_owners_apart(part) for part in parts]


def _owners_apart(panel: list[Leaf]) -> list[Leaf]:
    """The columns, with those that name the spending unit told from those of the accounts beside them."""
    keys = [leaf for leaf in panel if leaf.column in _OWNERS]
    owners = [leaf for leaf in keys if headers.names_owner(leaf.printed.split("/")[-1])]
    subjects = [leaf for leaf in keys if leaf not in owners]
    if not any(leaf.column == CODE for leaf in subjects):
        return panel
    uncoded = keys[0] not in owners and not any(leaf.column == CODE for leaf in owners)
    return [_as_owner(leaf, uncoded=uncoded) if leaf in owners else leaf for leaf in panel]


def _as_owner(leaf: Leaf, *, uncoded: bool) -> Leaf:
    """The column of a spending unit; a name behind the label that no code parts from it is free text."""
    column = TEXT + leaf.printed.split("/")[-1] if uncoded else _OWNERS[leaf.column]
    return replace(leaf, column=column)


def _with_base(panel: list[Leaf]) -> list[Leaf]:
    """The columns of a summary's side: its one column is its amount, whatever the word over it."""
    own = [leaf for leaf in panel if leaf.is_figure]
    if len(own) == 1 and own[0].column == "total":
        return [replace(leaf, column="amount") if leaf is own[0] else leaf for leaf in panel]
    return panel


def _is_table(parts: Sequence[Sequence[Leaf]], words: Words, at_least: int) -> bool:
    """Whether the panels can be this form's: as many as it has, no column twice, room for every figure."""
    most = words.panels
    if len(parts) > most or (len(parts) < 2 and most == 2):
        return False
    for panel in parts:
        columns = _figures(panel)
        if not columns or len(columns) != len(set(columns)) or {"amount", "total"} <= set(columns):
            return False
        named = [leaf.column for leaf in panel if leaf.column in (CODE, LABEL)]
        if (len(parts) > 1 and not named) or named.count(LABEL) > 1:
            return False
    return _width(parts) >= at_least


def _heads_names_alone(paths: Sequence[Path], words: Words) -> bool:
    """Whether a cell that names money stands over codes and labels alone: then it is itself a column."""
    below: dict[Path, bool] = {}
    for path in paths:
        for depth in range(1, len(path)):
            below[path[:depth]] = below.get(path[:depth], True) and words.is_naming(path[-1])
    return any(named and words.is_money(head[-1]) for head, named in below.items())


def _width(parts: Sequence[Sequence[Leaf]]) -> int:
    """The number of figure columns of the widest panel."""
    return max(sum(leaf.is_figure for leaf in panel) for panel in parts)


def _figures(panel: Sequence[Leaf]) -> tuple[str, ...]:
    return tuple(leaf.column for leaf in panel if leaf.is_figure)


def _oddness(parts: Sequence[Sequence[Leaf]], form: str) -> float:
    """How unlikely columns are: many or unequal panels, columns that the form has not or has elsewhere."""
    inversions = strange = 0
    for number, panel in enumerate(parts):
        usual = _usual_order(form, number)
        strange += sum(leaf.is_figure and leaf.column not in usual for leaf in panel)
        order = [usual[leaf.column] for leaf in panel if leaf.column in usual]
        inversions += sum(one > other for n, one in enumerate(order) for other in order[n + 1 :])
    nameless = sum(leaf.is_nameless for panel in parts for leaf in panel)
    unequal = 0 if vocabulary.forms()[form].has_sides else len({_figures(panel) for panel in parts}) - 1
    special = sum(leaf.is_special for panel in parts for leaf in panel)
    return (
        _PANEL * len(parts)
        + strange
        + unequal
        + _NAMELESS * nameless
        + min(0.2 * inversions, _DISPLACED)
        + 0.3 * special
    )


@cache
def _usual_order(form: str, panel: int) -> dict[str, int]:
    """Column key to its usual place from left to right, of the side that the panel is (seed
    ``form_column``).
    """
    sides = ("", "income") if panel == 0 else ("", "expenditure")
    has_sides = vocabulary.forms()[form].has_sides
    return {
        row["column_key"]: int(row["position"])
        for row in vocabulary.seed_rows("form_column")
        if row["form"] == form and (row["side"] in sides or not has_sides)
    }


class _Search:
    """Hangs cells up row by row below merged cells, the likeliest ways first.

    Each row of the header hangs its cells, in order, below the lowest cells so far; a cell with nothing below
    it reaches down to the last row, so a later row can still stand below it. Ways that cost ``dearest`` or
    more are not followed.
    """

    def __init__(self, cells: Sequence[Word], words: Words, *, anywhere: bool, divided: bool) -> None:
        self.cells = cells
        self.words = words
        self.anywhere = anywhere
        self.divided = divided
        self.dearest = _DEAREST
        self._queue: list[tuple[float, int, _State]] = []
        self._counter = count()

    def by_rows(self) -> Iterator[tuple[float, tuple[Path, ...]]]:
        """The cost and the lowest cells, in column order, of each way."""
        self._put(0.0, _State((), ((),), 0, 0, 1))
        for _ in range(_MOST_STEPS):
            if not self._queue or self._queue[0][0] >= self.dearest:
                return
            cost, _, state = heappop(self._queue)
            if state.open:
                for more, following in _hang(state, self.cells, self.words, anywhere=self.anywhere):
                    self._put(cost + more + self._nameless(state, following), following)
            elif state.used == len(self.cells):
                if not _has_bare(state.done, self.words):
                    yield cost, state.done
            elif state.used > state.row_began and state.depth < _DEEPEST:
                again = _State((), state.done, state.used, state.used, state.depth + 1)
                self._put(cost + _ROW, again)

    def _nameless(self, state: _State, following: _State) -> float:
        """What cells just hung up cost that will never name a column, as no stage is left to stand below."""
        if self.divided or any(self.words.is_stage(cell.text) for cell in self.cells[following.used :]):
            return 0.0
        hung = following.done[len(state.done) :] if following.used > state.used else ()
        return _NAMELESS * sum(map(self.words.is_nameless, hung))

    def _put(self, cost: float, state: _State) -> None:
        """Queue a way, past cells below which the next one cannot stand; none that leaves a group bare."""
        passed = 0
        for path in state.open:
            if state.used < len(self.cells) and _can_take(path, self.cells[state.used], self.words):
                break
            if path and self.words.must_hold(path[-1]):
                if state.used == len(self.cells):
                    return
                cost += _WAITING
            passed += 1
        if passed:
            done, left = (*state.done, *state.open[:passed]), state.open[passed:]
            state = _State(done, left, state.used, state.row_began, state.depth)
        heappush(self._queue, (cost, next(self._counter), state))


def _can_take(path: Path, cell: Word, words: Words) -> bool:
    return not cell.known or words.may_stand(path[-1] if path else "", cell.text)


def _hang(
    state: _State, cells: Sequence[Word], words: Words, *, anywhere: bool
) -> Iterator[tuple[float, _State]]:
    """The ways to hang the next cells below the first open one: none, or a run that can end where it ends."""
    path, *rest = state.open
    yield (
        _WAITING if path and words.must_hold(path[-1]) else 0.0,
        _State((*state.done, path), tuple(rest), state.used, state.row_began, state.depth),
    )
    run = _run(path, cells[state.used :], words)
    if not run:
        return
    base = 0.0 if not path or words.must_hold(path[-1]) else _OPTIONAL
    if path and not words.may_open(path[-1], run[0][-1]):
        base += _UNDECLARED
    for end in range(1, len(run) + 1):
        place = state.used + end
        over_all = not path and words.must_hold(run[0][-1])
        cost = base + (_SINGLE if end == 1 and place < len(cells) and not over_all else 0.0)
        if end < len(run) and not _may_begin(cells, state.used, place, words):
            if path or not anywhere:
                continue
            cost += _UNEVEN
        if path:
            cost += sum(_distance(path[-1], below[-1], words) for below in run[:end])
        yield (
            cost,
            _State((*state.done, *run[:end]), tuple(rest), place, state.row_began, state.depth),
        )


def _distance(parent: str, word: str, words: Words) -> float:
    """How odd it is to find ``word`` below ``parent``; an unknown word rather is a column of its own."""
    if not words.role(word):
        return _UNDECLARED * 4
    if words.is_of_another(parent, word):
        return _UNDECLARED
    return 0.0 if words.is_part(parent, word) else _UNRELATED


def _run(path: Path, cells: Sequence[Word], words: Words) -> list[Path]:
    """The longest run of cells that can stand below a cell, no cell twice."""
    run: list[Path] = []
    for cell in cells:
        below = (*path, cell.text)
        if cell.known and not words.may_stand(path[-1] if path else "", cell.text):
            break
        if words.panels == 1 or path:
            if below in run and not words.repeats:
                break
            if words.is_total(cell.text) and any(words.is_total(other[-1]) for other in run):
                break
        run.append(below)
    return run


def _may_begin(cells: Sequence[Word], start: int, place: int, words: Words) -> bool:
    """Whether the cells below another merged cell can begin at ``place`` of a run from ``start`` on."""
    cell, before = cells[place].text, cells[place - 1].text
    if words.is_first_cell(cell) and not (words.is_naming(cell) and words.is_naming(before)):
        return True
    if words.is_stage(cell) and not words.is_stage(before) and not words.is_naming(before):
        return True
    texts = [other.text for other in cells]
    if any(words.is_component(above, cell) for above in texts[start:place]):
        return True
    return cell in texts[start:place] or (texts.count(cell) > 1 and texts.count(before) == 1)


def _has_bare(paths: Sequence[Path], words: Words) -> bool:
    """Whether a merged cell has nothing below it: a group's name, or both sides of a summary in a row."""
    if any(words.is_word(path[-1]) and words.must_hold(path[-1]) for path in paths):
        return True
    return any(words.is_side(one[-1]) and words.is_side(other[-1]) for one, other in pairwise(paths))


def _by_columns(cells: Sequence[Word], words: Words) -> Iterator[tuple[float, tuple[Path, ...]]]:
    """Hang the cells up column by column: a merged cell is followed by its own cells. One way or none."""
    done: list[Path] = []
    above: list[tuple[Path, set[str]]] = [((), set())]
    for cell in cells:
        while len(above) > 1 and not _fits(above[-1], cell, words):
            above.pop()
        path, inside = above[-1]
        if path and not inside and done and done[-1] == path:
            done.pop()
        inside.add(cell.text)
        below = (*path, cell.text)
        done.append(below)
        if cell.known and words.may_hold(cell.text) and len(above) < _DEEPEST:
            above.append((below, set()))
    if len(cells) > 1 and not _has_bare(done, words):
        yield _COLUMNS + _nesting(done, words), tuple(done)


def _nesting(paths: Sequence[Path], words: Words) -> float:
    """What speaks against merged cells: a single cell below one, cells that are no parts of it."""
    below: dict[Path, dict[str, None]] = {}
    for path in paths:
        for depth in range(1, len(path)):
            below.setdefault(path[:depth], {})[path[depth]] = None
    cost = 0.0
    for parent, children in below.items():
        first = next(iter(children))
        cost += 0.0 if words.must_hold(parent[-1]) else _OPTIONAL
        cost += 0.0 if words.may_open(parent[-1], first) else _UNDECLARED
        cost += _SINGLE if len(children) == 1 else 0.0
        cost += sum(_distance(parent[-1], child, words) for child in children)
    return cost


def _fits(above: tuple[Path, set[str]], cell: Word, words: Words) -> bool:
    path, inside = above
    if not cell.known or cell.text in inside or not words.may_stand(path[-1], cell.text):
        return False
    return bool(inside) or words.surely_opens(path[-1], cell.text)


def _leaves(
    paths: Sequence[Path], cells: Sequence[Word], words: Words, fiscal_year: int | None
) -> Iterator[Leaf]:
    """The columns of hung-up cells. A merged cell over a code or label column is a panel's title, no
    meaning.
    """
    unknown = {cell.text for cell in cells if not cell.known}
    titles = {
        path[:depth]
        for path in paths
        for depth in range(1, len(path))
        if path[depth] not in unknown and words.is_naming(path[depth])
    }
    for path in paths:
        printed = "/".join(path)
        if path[-1] in unknown:
            yield Leaf(UNKNOWN + path[-1], printed)
            continue
        above = (word for depth, word in enumerate(path[:-1], start=1) if path[:depth] not in titles)
        meaning = (*above, path[-1])
        column = words.column(meaning, fiscal_year)
        nameless = column.startswith(UNKNOWN)
        yield Leaf(column, printed, words.is_special(meaning, column), nameless)
