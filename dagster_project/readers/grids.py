"""Printed rules → grids: boundaries of rows and columns, and which cells are merged.

Shared by every reader that sees rules: those drawn in a PDF and those found in a picture. Lengths are points,
the origin is the top left of the page, y grows downwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.page import GridCell, Line
from dagster_project.records import BBox

SAME_PLACE: Final = 3.0
"""Rules no further apart than this are one: the strokes of a double rule, a rule drawn cell by cell."""

JOINT: Final = 3.0
"""How far a rule may end before the rule it is meant to meet."""

MIN_RULE: Final = 6.0
"""What is shorter, after its pieces were put together, is a mark and no rule."""

MOST_RULES: Final = 2000
"""A page with more rules in one direction, their pieces put together, shows a drawing and no table."""

_COVERED: Final = 0.6
"""Share of the way between two boundaries that a rule must cover to part the cells there."""

Array = NDArray[np.float64]


class Region(NamedTuple):
    """One cell of a grid by its first row and column (from 0), how many of each it takes, and its place."""

    row: int
    column: int
    rows: int
    columns: int
    bbox: BBox


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed grid: boundaries of columns (``xs``) and rows (``ys``), ascending, and its cells in reading
    order. ``owner[row, column]`` is the index of the cell that takes that place.

    ``below[i, column]`` says whether a rule is drawn at ``ys[i]``, ``beside[row, j]`` whether one is at
    ``xs[j]``.
    """

    xs: Array
    ys: Array
    cells: tuple[Region, ...]
    owner: NDArray[np.int64]
    below: NDArray[np.bool_]
    beside: NDArray[np.bool_]

    @property
    def bbox(self) -> BBox:
        """Outer border."""
        return float(self.xs[0]), float(self.ys[0]), float(self.xs[-1]), float(self.ys[-1])


def build(horizontal: Array, vertical: Array) -> list[Grid]:
    """Grids of a page, top to bottom.

    ``horizontal`` has a row (y, left, right) for each rule, ``vertical`` (x, top, bottom); pieces of one rule
    may be given singly, overlap, or repeat. A frame without an inner column is no grid.
    """
    across = merge(horizontal)
    down = merge(vertical)
    if not len(across) or not len(down) or max(len(across), len(down)) > MOST_RULES:
        return []
    grids = [
        grid
        for rows, columns in _components(across, down)
        if (grid := _lattice(across[rows], down[columns])) is not None
    ]
    return sorted(grids, key=lambda grid: (grid.bbox[1], grid.bbox[0]))


def merge(rules: Array) -> Array:
    """Put pieces of one rule together: (position, start, end), sorted by position, then start."""
    if not len(rules):
        return rules.reshape(0, 3)
    place = clusters(rules[:, 0], SAME_PLACE / 2)
    order = np.lexsort((rules[:, 1], place))
    place, pieces = place[order], rules[order]
    # Far apart from one another, the places cannot run into each other below.
    offset = place * (2 * np.abs(pieces[:, 1:]).max() + 10 * JOINT)
    start, end = pieces[:, 1] + offset, np.maximum.accumulate(pieces[:, 2] + offset)
    first = np.flatnonzero(np.concatenate(([True], start[1:] > end[:-1] + JOINT)))
    last = np.concatenate((first[1:], [len(pieces)])) - 1
    merged = np.column_stack(
        (
            np.add.reduceat(pieces[:, 0], first) / np.diff(np.append(first, len(pieces))),
            pieces[first, 1],
            end[last] - offset[last],
        )
    )
    return merged[merged[:, 2] - merged[:, 1] >= MIN_RULE]


def clusters(values: Array, tolerance: float) -> NDArray[np.int64]:
    """Number of the group of each value; a gap above ``tolerance`` parts two groups."""
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    groups = np.zeros(len(values), dtype=np.int64)
    groups[order[1:]] = np.cumsum(ascending[1:] - ascending[:-1] > tolerance)
    return groups


def _components(across: Array, down: Array) -> list[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Sets of rules that meet, directly or through others."""
    y, left, right = (column[:, None] for column in across.T)
    x, top, bottom = (column[None, :] for column in down.T)
    meet = (left - JOINT <= x) & (x <= right + JOINT) & (top - JOINT <= y) & (y <= bottom + JOINT)
    none = len(across) + len(down)
    of_across = np.arange(len(across))
    of_down = np.full(len(down), none)
    while True:
        of_down_next = np.minimum(of_down, np.where(meet, of_across[:, None], none).min(axis=0))
        of_across_next = np.minimum(of_across, np.where(meet, of_down_next[None, :], none).min(axis=1))
        if (of_down_next == of_down).all() and (of_across_next == of_across).all():
            break
        of_down, of_across = of_down_next, of_across_next
    return [(of_across == label, of_down == label) for label in np.unique(of_down) if label != none]


def _lattice(across: Array, down: Array) -> Grid | None:
    """The grid that rules of one component draw, or ``None`` where they part no two columns."""
    xs = _boundaries(down[:, 0], across[:, 1], across[:, 2])
    ys = _boundaries(across[:, 0], down[:, 1], down[:, 2])
    if len(xs) < 3 or len(ys) < 2:
        return None
    return assembled(xs, ys, edges(across, ys, xs), edges(down, xs, ys).T)


def assembled(xs: Array, ys: Array, below: NDArray[np.bool_], beside: NDArray[np.bool_]) -> Grid:
    """The grid with these boundaries and rules (see ``Grid``); its border is taken for drawn."""
    below[[0, -1]] = True
    beside[:, [0, -1]] = True
    cells, owner = _cells(xs, ys, below, beside)
    return Grid(xs, ys, cells, owner, below, beside)


def parted(grid: Grid, rows: Mapping[int, Sequence[float]], places: Iterable[tuple[int, int]]) -> Grid:
    """A grid with rules that were not drawn: across each of ``rows`` at the given heights, through those of
    its cells that take no other row; and on the left of ``places`` (row, column).
    """
    beside = grid.beside.copy()
    for row, column in places:
        beside[row, column] = True
    tall = np.array([cell.rows > 1 for cell in grid.cells])[grid.owner]
    ys, below, sides = [grid.ys[:1]], [grid.below[:1]], []
    for row in range(len(grid.ys) - 1):
        extra = np.array(sorted(rows.get(row, ())))
        ys += [extra, grid.ys[row + 1 : row + 2]]
        below += [np.tile(~tall[row], (len(extra), 1)), grid.below[row + 1 : row + 2]]
        sides.append(np.tile(beside[row], (len(extra) + 1, 1)))
    return assembled(grid.xs, np.concatenate(ys), np.concatenate(below), np.concatenate(sides))


def _boundaries(rules: Array, starts: Array, ends: Array) -> Array:
    """Positions of the rules; where rules of the other direction run on beyond the outermost of them, the
    border there is not printed and is put where most of those rules end.
    """
    places = clusters(rules, SAME_PLACE)
    found = np.bincount(places, weights=rules) / np.bincount(places)
    found.sort()
    before = np.sort(starts[starts < found[0] - 2 * JOINT])
    after = np.sort(ends[ends > found[-1] + 2 * JOINT])
    open_before = [before[len(before) // 2]] if len(before) > 1 else []
    open_after = [after[len(after) // 2]] if len(after) > 1 else []
    return np.concatenate((open_before, found, open_after))


def edges(rules: Array, places: Array, stops: Array) -> NDArray[np.bool_]:
    """At ``[i, j]``: if a rule at ``places[i]`` parts the cells between ``stops[j]`` and the next stop."""
    found = np.zeros((len(places), len(stops) - 1), dtype=bool)
    slack = (1 - _COVERED) * np.diff(stops) / 2
    nearest = np.abs(rules[:, :1] - places[None, :]).argmin(axis=1)
    first = np.searchsorted(stops[:-1] + slack, rules[:, 1])
    last = np.searchsorted(stops[1:] - slack, rules[:, 2], side="right")
    for place, start, stop in zip(nearest.tolist(), first.tolist(), last.tolist(), strict=True):
        found[place, start:stop] = True
    return found


def _cells(
    xs: Array, ys: Array, below: NDArray[np.bool_], beside: NDArray[np.bool_]
) -> tuple[tuple[Region, ...], NDArray[np.int64]]:
    """Cells as rectangles: each grows right, then down, until a printed edge."""
    count_rows, count_columns = len(ys) - 1, len(xs) - 1
    owner = np.full((count_rows, count_columns), -1, dtype=np.int64)
    lefts, tops = xs.tolist(), ys.tolist()
    under, right_of = below.tolist(), beside.tolist()
    taken = owner.tolist()
    cells: list[Region] = []
    for row, (here, parts) in enumerate(zip(taken, right_of, strict=True)):
        for column in range(count_columns):
            if here[column] >= 0:
                continue
            stop = column + 1
            while stop < count_columns and not parts[stop] and here[stop] < 0:
                stop += 1
            end = row + 1
            while (
                end < count_rows and not under[end][column] and _goes_on(end, column, stop, under, right_of)
            ):
                end += 1
            for y in range(row, end):
                taken[y][column:stop] = [len(cells)] * (stop - column)
            bbox = (lefts[column], tops[row], lefts[stop], tops[end])
            cells.append(Region(row, column, end - row, stop - column, bbox))
    owner[:] = taken
    return tuple(cells), owner


def _goes_on(
    row: int, column: int, stop: int, under: Sequence[Sequence[bool]], right_of: Sequence[Sequence[bool]]
) -> bool:
    """Whether a cell that takes the columns to ``stop`` reaches into ``row``: no edge above it, the same
    edges beside it, none inside.
    """
    above, edges = under[row], right_of[row]
    if any(above[column:stop]) or any(edges[column + 1 : stop]):
        return False
    here = right_of[row - 1]
    return edges[column] == here[column] and edges[stop] == here[stop]


def lines(
    grid: Grid,
    texts: Sequence[str],
    *,
    page: int | None,
    table: int,
    number: int,
    confidences: Sequence[float | None] | None = None,
) -> list[Line]:
    """The rows of a grid as lines, numbered from ``number``; ``texts`` has the text of every cell of
    ``grid.cells``, lines broken inside the cell joined.
    """
    count_rows, count_columns = len(grid.ys) - 1, len(grid.xs) - 1
    columns = [[""] * count_columns for _ in range(count_rows)]
    rows: list[list[GridCell]] = [[] for _ in range(count_rows)]
    sure = confidences or [None] * len(texts)
    for region, text, confidence in zip(grid.cells, texts, sure, strict=True):
        columns[region.row][region.column] = text
        rows[region.row].append(
            GridCell(text, region.column, region.columns, region.rows, region.bbox, confidence=confidence)
        )
    left, right = grid.bbox[0], grid.bbox[2]
    return [
        Line(
            text="\t".join(columns[index]),
            number=number + index,
            page=page,
            bbox=(left, top, right, bottom),
            cells=tuple(cells),
            table=table,
        )
        for index, ((top, bottom), cells) in enumerate(zip(pairwise(grid.ys.tolist()), rows, strict=True))
    ]
