"""With which signs the figures of an equation make its value."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations
from typing import Final

from dagster_project.reconciliation.evidence import FACTOR
from dagster_project.rows import Row

_MOST: Final = 2
"""Figures that are taken off: no rule subtracts more from a sum."""
PLUS: Final = "+"
MINUS: Final = "−"


def signs(figures: Sequence[Row], value: Decimal | None, unit: str | None) -> list[str] | None:
    """The sign of every figure so that they add up to ``value`` (in ``unit``): all plus if they do, else the
    fewest minuses. A plus before the first figure is blank. ``None`` where no signs make the value, as in a
    rule that divides.
    """
    amounts = [_amount(figure, unit) for figure in figures]
    if value is None or not amounts or None in amounts:
        return None
    known = [amount for amount in amounts if amount is not None]
    for count in range(min(_MOST, len(known) - 1) + 1):
        for negative in combinations(range(len(known)), count):
            if sum(known) - 2 * sum(known[place] for place in negative) == value:
                return [
                    _shown(figure, place in negative, first=place == 0)
                    for place, figure in enumerate(figures)
                ]
    return None


def _shown(figure: Row, negative: bool, *, first: bool) -> str:
    """The sign before a figure as printed: a decrease is negative, and printed without a minus."""
    unsigned = figure["amount"] < 0 and not any(mark in (figure["text_printed"] or "") for mark in "-－−")
    if negative != unsigned:
        return MINUS
    return "" if first else PLUS


def _amount(figure: Row, unit: str | None) -> Decimal | None:
    """A figure in the unit of the equation, ``None`` where it has another kind of unit."""
    amount: Decimal | None = figure["amount"]
    if amount is None or figure["unit"] == unit:
        return amount
    if figure["unit"] in FACTOR and unit in FACTOR:
        return amount * FACTOR[figure["unit"]] / FACTOR[unit]
    return None
