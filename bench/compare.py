"""Compare what was read with what is known to be printed: recall and precision over multisets of rows.

A row is a tuple of plain values; two rows agree when all their values do. Rows are compared as multisets,
so that a figure printed twice has to be read twice.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement of read rows with expected rows. ``missing`` were not read, ``extra`` are not printed."""

    expected: int
    read: int
    hits: int
    missing: tuple[Row, ...] = field(default=(), repr=False)
    extra: tuple[Row, ...] = field(default=(), repr=False)

    @property
    def recall(self) -> Decimal | None:
        """Hits over expected rows; ``None`` where nothing was expected."""
        return Decimal(self.hits) / self.expected if self.expected else None

    @property
    def precision(self) -> Decimal | None:
        """Hits over rows read; ``None`` where nothing was read."""
        return Decimal(self.hits) / self.read if self.read else None


def score(expected: Iterable[Row], read: Iterable[Row]) -> Score:
    """The agreement of two multisets of rows; missing and extra rows keep the order of their source."""
    wanted, got = list(expected), list(read)
    common = Counter(wanted) & Counter(got)
    return Score(len(wanted), len(got), common.total(), _without(wanted, common), _without(got, common))


def _without(rows: list[Row], matched: Counter[Row]) -> tuple[Row, ...]:
    left = Counter(matched)
    rest: list[Row] = []
    for row in rows:
        if left[row] > 0:
            left[row] -= 1
        else:
            rest.append(row)
    return tuple(rest)


def number(value: object) -> str:
    """A figure by its value: ``12.50``, ``12.5`` and ``1.25E+1`` are one. Blank stays blank."""
    text = plain(value)
    if not text:
        return ""
    exact = Decimal(text.replace(",", ""))
    return format(exact.normalize() + 0, "f") if exact else "0"


def plain(value: object) -> str:
    """A text without any white space; ``None`` and blank are the same."""
    return "" if value is None else re.sub(r"\s+", "", str(value))


def as_printed(value: object) -> str:
    """A printed value of a performance form: white space and thousands separators left out."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", plain(value))
