"""Tables with rules across only: drawn cell by cell, the pieces of the rules end where columns do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers import grids
from dagster_project.readers.grids import JOINT, SAME_PLACE, Array, Grid

RUNGS: Final = 3
"""Fewest rules of equal length one below the other that make a table."""

FAR: Final = 3.0
"""Rules further apart than so many times the usual distance belong to two tables."""

TALL: Final = 1.5
"""Rules must be so many times the usual distance apart before two tables are tried in place of one."""

NARROWEST: Final = 8.0
"""What would be a narrower column is a dash of a dashed rule."""


def build(pieces: Array, printed: Sequence[Grid]) -> list[Grid]:
    """Grids out of rules across, (y, left, right) as drawn; those within a printed grid are left alone."""
    rules = grids.merge(_outside(pieces, printed))
    if len(rules) < RUNGS:
        return []
    return [grid for ladder in _ladders(rules) for grid in _grids(ladder, pieces)]


def _outside(pieces: Array, printed: Sequence[Grid]) -> Array:
    for grid in printed:
        left, top, right, bottom = grid.bbox
        within = (pieces[:, 0] >= top - JOINT) & (pieces[:, 0] <= bottom + JOINT)
        pieces = pieces[~(within & (pieces[:, 1] < right) & (pieces[:, 2] > left))]
    return pieces


def _ladders(rules: Array) -> Iterator[Array]:
    """Rules of equal length one below the other, and the shorter ones between them."""
    left, right = grids.clusters(rules[:, 1], JOINT), grids.clusters(rules[:, 2], JOINT)
    sizes = left * len(rules) + right
    for size in np.unique(sizes):
        equal = rules[sizes == size]
        if len(equal) < RUNGS:
            continue
        start, end = equal[:, 1].min() - JOINT, equal[:, 2].max() + JOINT
        inside = rules[(rules[:, 1] >= start) & (rules[:, 2] <= end)]
        far = FAR * np.median(np.diff(equal[:, 0]))
        for ladder in np.split(inside, np.flatnonzero(np.diff(inside[:, 0]) > far) + 1):
            rungs = ladder[:, 2] - ladder[:, 1] >= end - start - 4 * JOINT
            if np.count_nonzero(rungs) >= RUNGS:
                first, last = np.flatnonzero(rungs)[[0, -1]]
                yield ladder[first : last + 1]


def _grids(ladder: Array, pieces: Array) -> Iterator[Grid]:
    """The grid of a ladder; where its columns do not fit together, it is two tables one below the other."""
    grid = _grid(ladder, pieces)
    if grid is not None:
        yield grid
        return
    steps = np.diff(ladder[:, 0])
    if len(ladder) < 2 * RUNGS or steps.max() <= TALL * np.median(steps):
        return
    cut = int(steps.argmax()) + 1
    for part in (ladder[:cut], ladder[cut:]):
        if len(part) >= RUNGS:
            yield from _grids(part, pieces)


def _grid(ladder: Array, pieces: Array) -> Grid | None:
    """The grid of a ladder; ``None`` where no column shows."""
    left, right = ladder[:, 1].min(), ladder[:, 2].max()
    drawn = pieces[
        (pieces[:, 0] >= ladder[0, 0] - SAME_PLACE)
        & (pieces[:, 0] <= ladder[-1, 0] + SAME_PLACE)
        & (pieces[:, 1] >= left - JOINT)
        & (pieces[:, 2] <= right + JOINT)
    ]
    ys = _middles(ladder[:, 0])
    ends = np.concatenate((drawn[:, [0, 1]], drawn[:, [0, 2]]))
    ends = ends[(ends[:, 1] > left + 2 * JOINT) & (ends[:, 1] < right - 2 * JOINT)]
    rows = np.abs(ends[:, :1] - ys).argmin(axis=1)
    xs = _shared(ends[:, 1], rows)
    if not len(xs) or np.diff(np.concatenate(([left], xs, [right]))).min() < NARROWEST:
        return None
    breaks = np.zeros((len(ys), len(xs)), dtype=bool)
    near = np.abs(ends[:, 1:] - xs) <= SAME_PLACE
    for row, columns in zip(rows.tolist(), near, strict=True):
        breaks[row] |= columns
    xs = np.concatenate(([left], xs, [right]))
    below = grids.edges(ladder, ys, xs)
    return grids.assembled(xs, ys, below, _beside(breaks, below))


def _middles(values: Array) -> Array:
    groups = grids.clusters(values, SAME_PLACE)
    return np.sort(np.bincount(groups, weights=values) / np.bincount(groups))


def _shared(ends: Array, rows: NDArray[np.int64]) -> Array:
    """Places where pieces of at least two rules end, left to right."""
    if not len(ends):
        return ends
    groups = grids.clusters(ends, SAME_PLACE)
    pairs = np.unique(np.column_stack((groups, rows)), axis=0)
    often = np.flatnonzero(np.bincount(pairs[:, 0]) >= 2)
    places = np.bincount(groups, weights=ends) / np.bincount(groups)
    return np.sort(places[often])


def _beside(breaks: NDArray[np.bool_], below: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Columns of each row: those that the rule above it is drawn in; where none is above it, those of the row
    before.
    """
    rows, columns = len(below) - 1, below.shape[1]
    beside = np.ones((rows, columns + 1), dtype=bool)
    for row in range(rows):
        ruled = below[row, :-1] | below[row, 1:]
        before = beside[row - 1, 1:-1] if row else breaks[0]
        beside[row, 1:-1] = np.where(ruled, breaks[row], before)
    return beside
