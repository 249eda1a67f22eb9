"""What a damage is, what it does to figures, and how places for it are chosen."""

from __future__ import annotations

import itertools
import random
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeVar

from dagster_project.records import CellRecord, ParsedDocument, PassageRecord, StatementRecord

IN_YUAN: Final = {"wan": Decimal(10_000), "yuan": Decimal(1)}
_NAMES: Final = re.compile(r"\d+|[^\x00-\x7f]+")


@dataclass(frozen=True, slots=True)
class Damage:
    """What is different in a damaged document.

    ``target``: id of the one cell or statement that is wrong, ``None`` where several are or none is.
    ``cells``, ``statements``, ``passages``: id → the record as damaged, ``None`` where it is gone; an id that
    the document does not have is a record too many. ``lists``: attribute of ``ParsedDocument`` (``forms``,
    ``indicators``, ``project_details``, ``project_funding``) → all its records as they are now.
    """

    kind: str
    document_id: str
    target: str | None = None
    cells: Mapping[str, CellRecord | None] = field(default_factory=dict)
    statements: Mapping[str, StatementRecord | None] = field(default_factory=dict)
    passages: Mapping[str, PassageRecord | None] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patient:
    """A document to damage. ``slack``: id of a figure → what the least tolerant equation that it stands in
    does not feel, in yuan; figures that stand in none are not in it. ``others``: the documents that it
    belongs together with."""

    parsed: ParsedDocument
    slack: Mapping[str, Decimal]
    others: Sequence[ParsedDocument] = ()

    @property
    def document_id(self) -> str:
        """The document's id."""
        return self.parsed.document.document_id


Kind = Callable[[Patient, random.Random], Iterator[Damage]]
_Any = TypeVar("_Any")


# -- what a damage does to figures ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """What a damage does to one figure.

    ``yuan``: by how much it is larger; ``coarser``: half its last printed unit, where it lost decimals;
    ``in_per_cent``: the same of what it was, of a percentage in points (``is_rate``). ``always``: no amount
    says what changed.
    """

    yuan: Decimal
    in_per_cent: Decimal
    is_rate: bool = False
    coarser: Decimal = Decimal(0)
    always: bool = False

    def points(self, percent: Decimal) -> Decimal:
        """How far this percentage moves that is made of the figure, or is the figure itself."""
        return self.in_per_cent if self.is_rate else self.in_per_cent * percent / 100


def changes(damage: Damage, patient: Patient) -> dict[str, Change]:
    """Every figure that is not what it was; a blank one, or one in another account's row, is like a zero."""
    before = {cell.cell_id: cell for cell in patient.parsed.cells}
    said = {statement.statement_id: statement for statement in patient.parsed.statements}
    found: dict[str, Change] = {}
    for identifier, cell in damage.cells.items():
        if (old := before.get(identifier)) is None:
            continue
        gone = cell is None or (cell.code, cell.label) != (old.code, old.label)
        now = Decimal(0) if cell is None or gone else cell.amount
        coarser = Decimal(0) if cell is None or cell.decimals >= old.decimals else _half(cell)
        found[identifier] = _change(old, now, coarser)
    for identifier, statement in damage.statements.items():
        if statement is not None:
            other_year = statement.year != said[identifier].year
            found[identifier] = _change(said[identifier], statement.amount, always=other_year)
    return found


def _change(
    old: CellRecord | StatementRecord, now: Decimal, coarser: Decimal = Decimal(0), *, always: bool = False
) -> Change:
    factor = IN_YUAN.get(old.unit, Decimal(1))
    moved = now - old.amount
    is_rate = old.unit == "pct"
    points = moved if is_rate else 100 * moved / old.amount if old.amount else Decimal(0)
    return Change(moved * factor, abs(points), is_rate, coarser * factor, always)


def _half(cell: CellRecord) -> Decimal:
    """Half the last printed unit of a figure."""
    return Decimal(5).scaleb(-cell.decimals - 1)


# -- places ---------------------------------------------------------------------------------------------


def checked(patient: Patient, rng: random.Random) -> list[CellRecord]:
    """The cells that stand in an equation; forms and columns take turns, so that small forms have theirs."""
    cells = [cell for cell in patient.parsed.cells if cell.cell_id in patient.slack]
    return in_turn(cells, lambda cell: (cell.form, cell.side, cell.column), rng)


def stated(patient: Patient, rng: random.Random, *units: str) -> list[StatementRecord]:
    """The stated figures that stand in an equation, of these units (all without any); subjects take turns."""
    said = [
        each
        for each in patient.parsed.statements
        if each.statement_id in patient.slack and (not units or each.unit in units)
    ]
    return in_turn(said, lambda each: _NAMES.sub("", each.item), rng)


def in_turn(values: Iterable[_Any], of: Callable[[_Any], Hashable], rng: random.Random) -> list[_Any]:
    """The values in random order, one of every group before a second of any."""
    groups: dict[Hashable, list[_Any]] = defaultdict(list)
    for value in shuffled(values, rng):
        groups[of(value)].append(value)
    turns = itertools.zip_longest(*shuffled(groups.values(), rng))
    return [value for turn in turns for value in turn if value is not None]


def shuffled(values: Iterable[_Any], rng: random.Random) -> list[_Any]:
    """The values in random order."""
    listed = list(values)
    rng.shuffle(listed)
    return listed


Row = Sequence[CellRecord]
"""The cells of one printed row."""


def rows_of(cells: Iterable[CellRecord]) -> list[Row]:
    """Printed rows, each with its cells."""
    rows: dict[tuple[object, ...], list[CellRecord]] = defaultdict(list)
    for cell in cells:
        rows[cell.form, cell.side, cell.section, cell.row_number, cell.code, cell.label].append(cell)
    return list(rows.values())
