"""What a finding is made of: the figures it rests on, and the results that failed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from expectations.model import Check, Equation, RowsCheck, Rule, StatementTie

FACTOR: Final = {"wan": Decimal(10_000), "yuan": Decimal(1)}
"""Yuan in one printed unit of money."""


@dataclass(slots=True)
class Evidence:
    """Where a figure stands, and what is printed there.

    ``key`` is the code or label of its row, or the item of a stated figure. ``recognised``: read from a
    picture, where one digit may stand for another.
    """

    id: str
    document_id: str
    form: str | None
    side: str | None
    section: str | None
    row_number: int
    row_kind: str | None
    code: str | None
    label: str | None
    column: str | None
    key: str | None
    amount: Decimal
    decimals: int
    unit: str | None
    page: int | None
    line: int | None
    bbox: Any
    text: str
    placement: str
    recognised: bool
    sentence: str | None = None

    @property
    def yuan(self) -> Decimal:
        """The amount in yuan; counts and percentages as they are."""
        return self.amount * FACTOR.get(self.unit or "", Decimal(1))

    @property
    def name(self) -> str:
        """What its row is called: code and label as far as they are printed."""
        return " ".join(filter(None, (self.code, self.label))) or (self.key or "")


@dataclass(slots=True)
class Failure:
    """One failing instance. Amounts in ``unit``; ``left`` is what is stated, ``right`` what follows."""

    result_id: str
    rule: Rule
    check: Check
    document_id: str
    form: str | None
    key: str | None
    column: str | None
    left: Decimal | None
    right: Decimal | None
    difference: Decimal | None
    tolerance: Decimal | None
    unit: str | None
    left_cells: list[str]
    right_cells: list[str]
    line: int | None = None

    @property
    def cells(self) -> list[str]:
        """All figures of the instance."""
        return [*self.left_cells, *self.right_cells]

    @property
    def gap(self) -> Decimal | None:
        """The absolute difference in yuan; ``None`` where no money differs."""
        if self.unit not in ("wan", "yuan") or not self.difference or isinstance(self.check, RowsCheck):
            return None
        return abs(self.difference) * FACTOR[self.unit]

    @property
    def room(self) -> Decimal:
        """The tolerance in yuan."""
        return (self.tolerance or Decimal(0)) * FACTOR.get(self.unit or "", Decimal(1))

    @property
    def equates(self) -> bool:
        """Whether it says of amounts that they are equal."""
        return isinstance(self.check, Equation | StatementTie) and self.check.compare == "equal"

    @property
    def code(self) -> str | None:
        """The account code the instance is about."""
        return self.key if self.key and self.key.isdigit() else None
