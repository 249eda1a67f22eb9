"""Which columns can the figures of a row stand in, when its blank cells left no trace?

The figures keep their printed order, so ``k`` figures in ``n`` columns have ``n choose k`` readings. A
reading is an ``Assignment``; the sums that every row of a form obeys (``RowSum``) throw most of them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from math import comb
from typing import Final

SCALE: Final = Decimal(10_000_000)
"""Figures are compared as whole numbers of this part of their unit: half of six printed decimals is 5."""

MOST_ASSIGNMENTS: Final = 13_000
"""A row with more readings than this is left open: no sum of a public form tells so many apart."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A printed figure in whole ``1 / SCALE`` parts, with half of its last printed unit."""

    value: int
    half: int


BLANK: Final = Figure(0, 0)


@dataclass(frozen=True, slots=True)
class RowSum:
    """``left`` is the sum of ``right`` in every row. Columns that a form does not print add nothing.

    ``signs`` are +1 or -1, one for each column of ``right``.
    """

    rule: str
    left: str
    right: tuple[str, ...]
    signs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """One reading of a row: ``slots`` are the column positions of its figures, ``cells`` the figure a
    column.
    """

    slots: tuple[int, ...]
    cells: dict[str, Figure]

    def at(self, column: str) -> Figure:
        """The figure in ``column``; a blank or unprinted cell is zero without any width."""
        return self.cells.get(column, BLANK)


def figure(amount: Decimal, decimals: int, finest: int, factor: int = 1) -> Figure:
    """A printed amount as a ``Figure``, ``factor`` yuan a unit. A bare zero is as fine as ``finest``."""
    shown = finest if amount == 0 else decimals
    return Figure(int(amount * SCALE) * factor, 5 * 10 ** (6 - min(shown, 6)) * factor)


def assignments(figures: Sequence[Figure], columns: Sequence[str]) -> Iterator[Assignment]:
    """All order-preserving readings; none where there are more figures than columns or too many readings."""
    if comb(len(columns), len(figures)) > MOST_ASSIGNMENTS:
        return
    for slots in combinations(range(len(columns)), len(figures)):
        yield Assignment(slots, {columns[slot]: one for slot, one in zip(slots, figures, strict=True)})


def holds(row_sum: RowSum, assignment: Assignment) -> bool:
    """Whether the row adds up exactly or within what its own printed digits can hide."""
    left = assignment.at(row_sum.left)
    difference, width = left.value, left.half
    for column, sign in zip(row_sum.right, row_sum.signs, strict=True):
        term = assignment.at(column)
        difference -= sign * term.value
        width += term.half
    return abs(difference) <= width


def is_telling(row_sum: RowSum, assignment: Assignment) -> bool:
    """Whether the sum has two parts that are not zero: one figure equal to another says little."""
    return sum(1 for column in row_sum.right if assignment.at(column).value) > 1


def consistent(
    readings: Iterable[Assignment], row_sums: Sequence[RowSum]
) -> tuple[list[Assignment], tuple[str, ...]]:
    """The readings that obey every sum, and the names of the rules that ruled others out."""
    kept: list[Assignment] = []
    decided: set[str] = set()
    for reading in readings:
        broken = [row_sum.rule for row_sum in row_sums if not holds(row_sum, reading)]
        if broken:
            decided.update(broken)
        else:
            kept.append(reading)
    return kept, tuple(sorted(decided))
