"""Printed amounts: exact decimals, what a print can hide, and units. Nothing here ever becomes a float.

A printed figure stands for a true value within half of its last printed unit (``half_width``); every
tolerance of the reconciliation rules is made of those half widths, never typed by hand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

UNIT_IN_YUAN: Final[dict[str, Decimal]] = {"yuan": Decimal(1), "wan": Decimal(10_000)}
"""Yuan (元) in one unit: ``yuan`` 元, ``wan`` 万元."""

BLANK_MARKS: Final = frozenset({"", "/", "—", "——", "－－", "--", "---", "———"})
"""What publishers print for "no figure here": these cells are blank and make no row."""

ZERO_MARKS: Final = frozenset({"-", "－", "–"})
"""A lone dash is a printed zero (vocabulary: ``-`` and ``－`` are rows with amount 0)."""

_FULL_WIDTH: Final = str.maketrans("０１２３４５６７８９，．－（）％", "0123456789,.-()%", "¥￥")
_NUMBER: Final = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-−]?\.\d+")


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed figure: its exact value and the number of decimals it shows."""

    amount: Decimal
    decimals: int

    @property
    def half_width(self) -> Decimal:
        """Half of the last printed unit: 0.005 for two decimals, 0.5 for none."""
        return half_width(self.decimals)


def half_width(decimals: int) -> Decimal:
    """Half of the last printed unit of a figure with ``decimals`` decimals."""
    return Decimal(5).scaleb(-decimals - 1)


def parse_amount(text: str) -> Printed | None:
    """Read one printed figure.

    Thousands separators, full-width digits, a leading minus, accounting brackets ``(1.20)`` and a currency
    sign are understood. ``None`` means that the text is blank or is no figure; a lone dash is zero.
    """
    plain = re.sub(r"\s+", "", text.translate(_FULL_WIDTH))
    if plain in BLANK_MARKS:
        return None
    if plain in ZERO_MARKS:
        return Printed(Decimal(0), 0)
    sign = 1
    if plain.startswith("(") and plain.endswith(")"):
        plain, sign = plain[1:-1], -1
    if not _NUMBER.fullmatch(plain):
        return None
    digits = plain.replace(",", "").replace("−", "-")
    value = Decimal(digits) * sign
    _, _, fraction = digits.partition(".")
    return Printed(value, len(fraction))


def to_yuan(amount: Decimal, unit: str) -> Decimal:
    """The amount in yuan. Raises ``KeyError`` for a unit that is no currency unit."""
    return amount * UNIT_IN_YUAN[unit]
