"""Which cell of a group of failing equations is the wrong one.

A wrong figure breaks every equation it stands in, and all of them ask for the same other figure; a right one
stands in equations that hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import duckdb

from dagster_project.reconciliation.evidence import FACTOR, Evidence, Failure
from expectations.model import Check, Equation, Rule, StatementTie


@dataclass(frozen=True, slots=True)
class Suspect:
    """A cell, the amount (yuan, give or take ``room``) that most of its failing equations need, the cells of
    these equations, and the most telling of them. ``holding``: equations that hold with it as it is."""

    cell: str
    needed: Decimal
    room: Decimal
    equations: frozenset[frozenset[str]]
    holding: int
    first: Failure

    @property
    def witnesses(self) -> int:
        """How many different equations ask for the amount."""
        return len(self.equations)

    def has_own(self, other: str) -> bool:
        """Whether one of its equations is without the other cell."""
        return any(other not in cells for cells in self.equations)

    def fits(self, yuan: Decimal) -> bool:
        """Whether the equations would hold with this amount."""
        return abs(yuan - self.needed) <= self.room


@dataclass(frozen=True, slots=True)
class Accusation:
    """``told``: the failure that the finding speaks of, from the side of the wrong cell where it is known.

    ``accused``: this cell, or all of the failure's that it may be; ``everyone``: the cells of all failures.
    """

    told: Failure
    accused: tuple[Suspect, ...]
    everyone: tuple[Suspect, ...]


def held(connection: duckdb.DuckDBPyConnection, rules: Iterable[Rule]) -> dict[str, int]:
    """Cell → number of equations between amounts that hold with it, for the cells of failing results.

    Two rules that say the same of the same cells (a parent equals its children, and its only child) are one.
    """
    witnesses = {(rule.id, check.name) for rule in rules for check in rule.checks if _equates(check)}
    rows = connection.execute(
        """WITH suspect AS (SELECT DISTINCT unnest(left_cells || right_cells) AS id FROM rc_result
            WHERE state = 'fail'),
        held AS (SELECT rule_id, split_part(instance, '|', 1) AS name,
            list_sort(left_cells || right_cells) AS cells, unnest(cells) AS id
            FROM rc_result WHERE state IN ('pass_exact', 'pass_rounding', 'pass_plug')
            AND document_id IN (SELECT document_id FROM rc_result WHERE state = 'fail'))
        SELECT id, cells, list(DISTINCT {'rule': rule_id, 'name': name})
        FROM held SEMI JOIN suspect USING (id) GROUP BY ALL"""
    ).fetchall()
    return Counter(
        cell for cell, _, by in rows if any((each["rule"], each["name"]) in witnesses for each in by)
    )


def _equates(check: Check) -> bool:
    return isinstance(check, Equation | StatementTie) and check.compare == "equal"


def accused(
    group: Sequence[Failure], evidence: Mapping[str, Evidence], holding: Mapping[str, int]
) -> Accusation:
    """Which failure of the group the finding speaks of, and which cell.

    ``group``: the most telling first. Where no cell stands in more failing equations than one, or the matter
    is one of the text alone, that is its first as it is, and any cell of it may be the wrong one.
    """
    told = group[0]
    if not told.equates:
        return Accusation(told, (), ())
    suspects = tuple(_suspects(group, evidence, holding))
    own = tuple(suspect for suspect in suspects if suspect.cell in told.cells)
    if not isinstance(told.check, Equation):
        most = max((suspect.witnesses for suspect in own), default=0)
        worst = tuple(suspect for suspect in own if suspect.witnesses == most > 1)
        return Accusation(told, worst if len(worst) == 1 else own, suspects)
    shared = [s for s in suspects if s.witnesses > 1 and isinstance(s.first.check, Equation)]
    if not shared:
        return Accusation(told, own, suspects)
    one = min(shared, key=lambda s: (-s.witnesses, s.holding, s.cell not in told.left_cells))
    return Accusation(_told_of(one, evidence[one.cell]), (one,), suspects)


def _suspects(
    group: Sequence[Failure], evidence: Mapping[str, Evidence], holding: Mapping[str, int]
) -> Iterable[Suspect]:
    """The cells of the group's equations, in the order in which these tell of them."""
    needs: dict[str, list[tuple[Failure, Decimal]]] = {}
    for failure in group:
        for cell in failure.cells if failure.equates else ():
            if cell in evidence and evidence[cell].unit in FACTOR:
                needs.setdefault(cell, []).append((failure, _needed(evidence[cell], failure)))
    for cell, asked in needs.items():
        agreeing = [_agreeing(asked, amount, failure) for failure, amount in asked]
        most = max(agreeing, key=len)
        first, amount = asked[agreeing.index(most)]
        yield Suspect(cell, amount, first.room, most, holding.get(cell, 0), first)


def _agreeing(
    asked: Sequence[tuple[Failure, Decimal]], amount: Decimal, failure: Failure
) -> frozenset[frozenset[str]]:
    """The different equations that ask for this amount."""
    return frozenset(
        frozenset(each.cells) for each, other in asked if abs(other - amount) <= each.room + failure.room
    )


def _needed(at: Evidence, failure: Failure) -> Decimal:
    """What the cell would have to be, in yuan, for the failing equation to hold."""
    gap = (failure.difference or Decimal(0)) * FACTOR.get(failure.unit or "", Decimal(1))
    amount = at.amount * FACTOR.get(at.unit or "", Decimal(1))
    return amount - gap if at.id in failure.left_cells else amount + gap * _weight(at, failure)


def _weight(at: Evidence, failure: Failure) -> int:
    """The sign that a cell of the right side is added with."""
    assert isinstance(failure.check, Equation | StatementTie)
    terms = [term for term in failure.check.right if term.form == at.form]
    named = [term for term in terms if at.column in term.columns]
    return next((term.weight for term in named or terms), 1)


def _told_of(suspect: Suspect, at: Evidence) -> Failure:
    """The most telling failure of the suspect, the cell as what is stated, all others as what follows."""
    first, factor = suspect.first, FACTOR.get(at.unit or "", Decimal(1))
    expected = suspect.needed / factor
    return replace(
        first,
        form=at.form,
        key=at.key,
        column=at.column,
        left=at.amount,
        right=expected,
        difference=at.amount - expected,
        unit=at.unit,
        left_cells=[at.id],
        right_cells=[cell for cell in first.cells if cell != at.id],
        line=at.line,
    )
