"""The header of a loose table: cells broken over lines, merged cells gone, in the reading order of the grid.

First the broken cells are joined: the run of characters is cut into the known header words of the form, so
that every character is used. Then the words, which follow each other row by row of the header (or column by
column), are hung below their merged cells again, which gives the columns in the order of the page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from heapq import nsmallest
from itertools import chain, islice
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.loose_tokens import Piece
from dagster_project.forms.loose_words import CODE, LABEL, UNKNOWN, Path, Words

_WORD: Final = 1.0
_INSIDE_PIECE: Final = 0.7
_ACROSS_LINES: Final = 0.9
_ACROSS_SPACE: Final = 0.35
_UNKNOWN_PIECE: Final = 8.0
_ANOTHER_CELL: Final = 0.5
_CUTS: Final = 12
_FORESTS: Final = 60
_CUT_CELL: Final = 2.5
_PANEL: Final = 2.0


@dataclass(frozen=True, slots=True)
class Word:
    """A header cell: its joined wording, and whether the form's vocabulary knows it."""

    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column of the page: its key or role, and its header as printed from the outermost cell inwards.

    ``is_special``: the cell means something else below its merged cell than by itself.
    """

    column: str
    printed: str
    is_special: bool = False

    @property
    def is_figure(self) -> bool:
        """Whether figures stand in it (of a known or an unknown column)."""
        return not self.column.startswith("@")


@dataclass(slots=True)
class _Node:
    word: Word
    path: Path
    children: list[_Node] = field(default_factory=list)


def read_columns(
    pieces: Sequence[Piece], words: Words, at_least: int, fiscal_year: int | None = None
) -> list[list[Leaf]] | None:
    """The panels of the table, each its columns from left to right; ``None`` where the pieces are no header.

    ``at_least``: the most figures that a row prints; a reading of the header with fewer columns is none.
    """
    best: tuple[float, list[list[Leaf]]] | None = None
    fewest = _PANEL * (2 if vocabulary.forms()[words.form].has_sides else 1)
    for cost, cells in cuts(pieces, words):
        if best and cost + fewest >= best[0]:
            break
        for forest in chain(_by_rows(cells, words), _by_columns(cells, words)):
            parts = panels([leaf for node in forest for leaf in _leaves(node, words, fiscal_year)])
            if not _is_table(parts, words.form, at_least):
                continue
            total = cost + _oddness(forest, parts, words.form)
            if best is None or total < best[0]:
                best = (total, parts)
            if total <= cost + fewest:
                break
    return best[1] if best else None


def cuts(pieces: Sequence[Piece], words: Words) -> list[tuple[float, list[Word]]]:
    """The likeliest ways to cut the pieces into header words, with their cost, cheapest first."""
    keys = [piece.key for piece in pieces]
    text = "".join(keys)
    starts = [0]
    for key in keys:
        starts.append(starts[-1] + len(key))
    seams = {
        start: _ACROSS_LINES if pieces[number].first else _ACROSS_SPACE
        for number, start in enumerate(starts[:-1])
    }
    seams[len(text)] = 0.0
    reach: list[list[tuple[float, tuple[tuple[str, bool], ...]]]] = [[] for _ in range(len(text) + 1)]
    reach[0] = [(0.0, ())]
    for start in range(len(text)):
        options = reach[start] = nsmallest(_CUTS, reach[start], key=lambda option: option[0])
        if not options:
            continue
        begin = _WORD + (0 if start in seams else _INSIDE_PIECE)
        crossed = 0.0
        inner: list[int] = []
        for end in range(start + 1, min(start + words.longest, len(text)) + 1):
            if words.is_word(text[start:end]):
                step = begin + crossed + (0 if end in seams else _INSIDE_PIECE)
                step += _ANOTHER_CELL * any(words.is_first_cell(text[seam:end]) for seam in inner)
                reach[end] += [(cost + step, (*cells, (text[start:end], True))) for cost, cells in options]
            if end in seams:
                crossed += seams[end]
                inner.append(end)
        if start in seams:
            end = next(edge for edge in starts if edge > start)
            if words.is_cut(text[start:end]):
                reach[end] += [
                    (cost + _CUT_CELL, (*cells, (text[start:end], True))) for cost, cells in options
                ]
            reach[end] += [
                (cost + _UNKNOWN_PIECE, _with_unknown(cells, text[start:end])) for cost, cells in options
            ]
    found = nsmallest(_CUTS, reach[len(text)], key=lambda option: option[0])
    return [(cost, [Word(cell, known) for cell, known in cells]) for cost, cells in found]


def _with_unknown(cells: tuple[tuple[str, bool], ...], text: str) -> tuple[tuple[str, bool], ...]:
    """Neighbouring unknown pieces are one unknown cell."""
    if cells and not cells[-1][1]:
        return (*cells[:-1], (cells[-1][0] + text, False))
    return (*cells, (text, False))


def panels(found: Sequence[Leaf]) -> list[list[Leaf]]:
    """The columns of tables that stand side by side: each begins with its code or label column."""
    parts: list[list[Leaf]] = [[]]
    for leaf in found:
        if leaf.column in (CODE, LABEL) and any(one.is_figure for one in parts[-1]):
            parts.append([])
        parts[-1].append(leaf)
    return parts


def _is_table(parts: Sequence[Sequence[Leaf]], form: str, at_least: int) -> bool:
    """Whether the panels can be this form's: as many as it has, no column twice, room for every figure."""
    most = 2 if vocabulary.forms()[form].has_sides else 4 if "economic" in form else 1
    if len(parts) > most or (len(parts) < 2 and most == 2):
        return False
    for panel in parts:
        columns = _figures(panel)
        if not columns or len(columns) != len(set(columns)) or {"amount", "total"} <= set(columns):
            return False
        named = [leaf.column for leaf in panel if leaf.column in (CODE, LABEL)]
        if (len(parts) > 1 and not named) or named.count(LABEL) > 1:
            return False
    return max(sum(leaf.is_figure for leaf in panel) for panel in parts) >= at_least


def _figures(panel: Sequence[Leaf]) -> tuple[str, ...]:
    return tuple(leaf.column for leaf in panel if leaf.is_figure)


def _oddness(forest: Sequence[_Node], parts: Sequence[Sequence[Leaf]], form: str) -> float:
    """How unlikely a reading is: merged cells over one column, many panels, columns far from their usual
    place.
    """
    inversions = strange = 0
    for number, panel in enumerate(parts):
        usual = _usual_order(form, number)
        strange += sum(leaf.is_figure and leaf.column not in usual for leaf in panel)
        order = [usual[leaf.column] for leaf in panel if leaf.column in usual]
        inversions += sum(one > other for n, one in enumerate(order) for other in order[n + 1 :])
    return (
        3.0 * sum(map(_single, forest))
        + _PANEL * len(parts)
        + 1.0 * strange
        + 1.0 * (0 if vocabulary.forms()[form].has_sides else len({_figures(panel) for panel in parts}) - 1)
        + 0.2 * inversions
        + 0.3 * sum(leaf.is_special for panel in parts for leaf in panel)
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


def _single(node: _Node) -> int:
    return (len(node.children) == 1) + sum(map(_single, node.children))


def _step(path: Path, word: Word, words: Words) -> Path | None:
    """The path below ``path`` for a word, or ``None`` where the form has no such cell."""
    if word.known and not words.may_stand(path, word.text):
        return None
    return (*path, word.text)


def _may_hold(node: _Node, words: Words) -> bool:
    return node.word.known and words.may_hold(node.path)


def _must_hold(node: _Node, words: Words) -> bool:
    return node.word.known and words.must_hold(node.path)


def _by_rows(cells: Sequence[Word], words: Words) -> Iterator[list[_Node]]:
    """Hang the words up level by level; longest first levels first."""
    for length in range(len(cells), 0, -1):
        roots = _level((), cells[:length], words)
        if roots is None:
            continue
        for _ in islice(_fill(roots, cells[length:], words), _FORESTS):
            yield roots


def _level(path: Path, cells: Sequence[Word], words: Words) -> list[_Node] | None:
    nodes = []
    for cell in cells:
        below = _step(path, cell, words)
        if below is None:
            return None
        nodes.append(_Node(cell, below))
    return nodes


def _fill(level: Sequence[_Node], cells: Sequence[Word], words: Words) -> Iterator[None]:
    """Give the merged cells of a level their cells, in order, then the next level; once for each way."""
    if not cells:
        if not any(_must_hold(node, words) for node in level):
            yield
        return
    holders = [node for node in level if _may_hold(node, words)]
    for shares in _shares(holders, cells, words):
        used = sum(map(len, shares))
        if not used:
            continue
        for node, own in zip(holders, shares, strict=True):
            node.children = own
        yield from _fill([child for own in shares for child in own], cells[used:], words)
    for node in holders:
        node.children = []


def _shares(holders: Sequence[_Node], cells: Sequence[Word], words: Words) -> Iterator[list[list[_Node]]]:
    """The ways to give the first words to the holders in order, longest runs first, no cell twice.

    A run ends where another can begin: at 小计, at a code or label column, at a word that was there before,
    or where a word cannot stand below the holder.
    """
    if not holders:
        yield []
        return
    run: list[_Node] = []
    for cell in cells:
        below = _step(holders[0].path, cell, words)
        if below is None or (not words.repeats and any(node.path == below for node in run)):
            break
        run.append(_Node(cell, below))
    ends = [end for end in range(len(run), -1, -1) if end in (0, len(run)) or _may_begin(cells, end, words)]
    if _must_hold(holders[0], words):
        ends = [end for end in ends if end]
    for end in ends:
        for rest in _shares(holders[1:], cells[end:], words):
            yield [[_Node(node.word, node.path) for node in run[:end]], *rest]


def _may_begin(cells: Sequence[Word], place: int, words: Words) -> bool:
    """Whether the cells of another merged cell can begin at ``place``."""
    cell, before = cells[place].text, cells[place - 1].text
    if words.is_first_cell(cell) and not (words.is_naming(cell) and words.is_naming(before)):
        return True
    return any(other.text == cell for other in cells[:place])


def _by_columns(cells: Sequence[Word], words: Words) -> Iterator[list[_Node]]:
    """Hang the words up depth first: a merged cell is followed by its own cells."""
    roots: list[_Node] = []
    above: list[_Node] = []
    for cell in cells:
        while above and not _fits_below(above[-1], cell, words):
            above.pop()
        below = _step(above[-1].path if above else (), cell, words)
        if below is None:
            return
        node = _Node(cell, below)
        (above[-1].children if above else roots).append(node)
        if _may_hold(node, words):
            above.append(node)
    if not any(_is_bare(node, words) for node in roots):
        yield roots


def _fits_below(node: _Node, cell: Word, words: Words) -> bool:
    below = _step(node.path, cell, words)
    return below is not None and all(child.path != below for child in node.children)


def _is_bare(node: _Node, words: Words) -> bool:
    if not node.children:
        return _must_hold(node, words)
    return any(_is_bare(child, words) for child in node.children)


def _leaves(
    node: _Node, words: Words, fiscal_year: int | None, above: str = "", over: Path = ()
) -> Iterator[Leaf]:
    """The columns below a node. A merged cell over a code or label column is a panel's title, no meaning."""
    printed = f"{above}/{node.word.text}" if above else node.word.text
    meaning = (*over, node.word.text)
    if node.children:
        is_title = any(child.word.known and words.is_naming(child.word.text) for child in node.children)
        for child in node.children:
            yield from _leaves(child, words, fiscal_year, printed, over if is_title else meaning)
    elif node.word.known:
        column = words.column(meaning, fiscal_year)
        yield Leaf(column, printed, is_special=words.is_special(meaning, column))
    else:
        yield Leaf(UNKNOWN + node.word.text, printed)
