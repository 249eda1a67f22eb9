"""Narrow the readings of open rows by the sums that tie rows together, without ever absorbing an error.

Every row has a domain of readings (one for a row that the print settles). An ``Equation`` ties cells of
several rows; equations that belong together (one parent with its children, all columns) form a ``Group``. A
group removes the readings that no reading of its other rows can complete. A group that nothing can satisfy
is broken: it, and every group that had narrowed its rows, are taken out and the narrowing starts again
without them, because a printed error must not choose a column.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from dagster_project.proof.assignments import Assignment

MOST_STEPS: Final = 1_500
"""The joint search of one group gives up after so many steps and keeps what the bounds left."""


@dataclass(frozen=True, slots=True)
class Term:
    """``sign`` times the cell of ``row`` (its place in the list of domains) in ``column``."""

    row: int
    column: str
    sign: int


@dataclass(frozen=True, slots=True)
class Equation:
    """The terms add up to zero: within the width of their digits, or exactly where both print one figure.

    ``at_most``: they add up to zero or less.
    """

    terms: tuple[Term, ...]
    exact: bool = False
    at_most: bool = False


@dataclass(frozen=True)
class Group:
    """Equations that are one relation of the form; ``rules`` are the names under which it is judged."""

    rules: tuple[str, ...]
    equations: tuple[Equation, ...]

    @cached_property
    def rows(self) -> tuple[int, ...]:
        """The rows it ties together, each once, in order of their terms."""
        return tuple(dict.fromkeys(term.row for equation in self.equations for term in equation.terms))


@dataclass(slots=True)
class Narrowed:
    """What is left: a domain a row, the rules that narrowed it, and the rows that a broken group holds."""

    domains: list[list[Assignment]]
    decided: list[set[str]]
    disputed: set[int] = field(default_factory=set)


Interval = tuple[int, int]

_NO_LIMIT: Final = 10**24
"""More than any sum of figures: the upper end of a share of an inequality."""


def narrow(domains: Sequence[Sequence[Assignment]], groups: Sequence[Group]) -> Narrowed:
    """Narrow ``domains`` by ``groups``; broken groups narrow nothing and their rows are ``disputed``.

    Groups that touch a row without any reading are not evaluable and left out.
    """
    able = [group for group in groups if all(domains[row] for row in group.rows)]
    broken: set[int] = set()
    while True:
        attempt = _Attempt([list(domain) for domain in domains], able, broken)
        failed = attempt.run()
        if failed is None:
            break
        broken.add(failed)
    held = {row for number in broken for row in able[number].rows if len(domains[row]) > 1}
    disputed = held | {
        row
        for row, touched in enumerate(attempt.touched)
        if any(other in held for number in touched for other in able[number].rows)
    }
    decided = [{rule for number in touched for rule in able[number].rules} for touched in attempt.touched]
    return Narrowed(attempt.domains, decided, disputed)


class _Attempt:
    """One run of narrowing with a given set of groups left out."""

    def __init__(self, domains: list[list[Assignment]], groups: Sequence[Group], left_out: set[int]) -> None:
        self.domains = domains
        self.groups = groups
        self.left_out = left_out
        self.touched: list[set[int]] = [set() for _ in domains]
        self.by_row: dict[int, list[int]] = {}
        for number, group in enumerate(groups):
            for row in group.rows:
                self.by_row.setdefault(row, []).append(number)

    def run(self) -> int | None:
        """Narrow until nothing changes. Returns a group that nothing satisfies; ``None`` when all went well.

        The bounds of all groups come first; only what they leave open is enumerated.
        """
        bounding = {number: None for number in range(len(self.groups)) if number not in self.left_out}
        searching = dict(bounding)
        while bounding or searching:
            waiting = bounding or searching
            number = next(iter(waiting))
            del waiting[number]
            changed = self._apply(number, self._bound_all if waiting is bounding else self._search)
            if changed is None:
                return number
            for other in (other for row in changed for other in self.by_row[row]):
                if other not in self.left_out:
                    bounding[other] = searching[other] = None
        return None

    def _apply(self, number: int, narrow_by: Callable[[Group], bool]) -> list[int] | None:
        """Narrow by one group; the rows that changed, or ``None`` where no readings satisfy it."""
        group = self.groups[number]
        before = {row: len(self.domains[row]) for row in group.rows}
        if not narrow_by(group):
            return None
        changed = [row for row in group.rows if len(self.domains[row]) < before[row]]
        for row in changed:
            self.touched[row].add(number)
        return changed

    def _bound_all(self, group: Group) -> bool:
        return all(self._bound(equation) for equation in group.equations)

    def _bound(self, equation: Equation) -> bool:
        """Remove readings whose share cannot be balanced by the extremes of the others."""
        shares = _shares(equation, self.domains)
        low = sum(min(lower for lower, _ in share) for share in shares.values())
        high = sum(max(upper for _, upper in share) for share in shares.values())
        for row, share in shares.items():
            rest_low = low - min(lower for lower, _ in share)
            rest_high = high - max(upper for _, upper in share)
            kept = [
                reading
                for reading, (lower, upper) in zip(self.domains[row], share, strict=True)
                if lower + rest_low <= 0 <= upper + rest_high
            ]
            if not kept:
                return False
            if len(kept) < len(share):
                self.domains[row] = kept
                return self._bound(equation)
        return True

    def _search(self, group: Group) -> bool:
        """Keep the readings that take part in a reading of the whole group, where that can be enumerated.

        With one open row the bounds have done so already.
        """
        if sum(len(self.domains[row]) > 1 for row in group.rows) < 2:
            return True
        search = _JointSearch(group, self.domains)
        supported = search.supported()
        if supported is None:
            return True
        for row, numbers in supported.items():
            if not numbers:
                return False
            self.domains[row] = [self.domains[row][number] for number in sorted(numbers)]
        return True


def _shares(equation: Equation, domains: Sequence[Sequence[Assignment]]) -> dict[int, list[Interval]]:
    """What every reading of every row contributes to the equation, as an interval."""
    terms: dict[int, list[Term]] = {}
    for term in equation.terms:
        terms.setdefault(term.row, []).append(term)
    return {row: [_share(reading, own, equation) for reading in domains[row]] for row, own in terms.items()}


def _share(reading: Assignment, terms: Sequence[Term], equation: Equation) -> Interval:
    value = width = 0
    for term in terms:
        cell = reading.at(term.column)
        value += term.sign * cell.value
        width += 0 if equation.exact else cell.half
    return value - width, _NO_LIMIT if equation.at_most else value + width


class _JointSearch:
    """Enumerates the readings of a group's open rows together, cutting off what the bounds exclude."""

    def __init__(self, group: Group, domains: Sequence[Sequence[Assignment]]) -> None:
        self.rows = sorted(
            (row for row in group.rows if len(domains[row]) > 1), key=lambda row: len(domains[row])
        )
        self.found: dict[int, set[int]] = {row: set() for row in self.rows}
        self.sizes = [len(domains[row]) for row in self.rows]
        self.steps = 0
        self.sums: list[Interval] = []
        self.shares: list[list[list[Interval]]] = []
        for equation in group.equations:
            self._lay_out(_shares(equation, domains))
        self.rest = [self._rest(shares) for shares in self.shares]

    def _lay_out(self, shares: dict[int, list[Interval]]) -> None:
        """Add up what is settled; keep what the open rows may add, where their readings differ in it."""
        nothing = [(0, 0)]
        own = [shares.get(row, nothing * size) for row, size in zip(self.rows, self.sizes, strict=True)]
        if all(len(set(share)) == 1 for share in own):
            return
        fixed = [share[0] for row, share in shares.items() if row not in self.found]
        self.sums.append((sum(low for low, _ in fixed), sum(high for _, high in fixed)))
        self.shares.append(own)

    def _rest(self, shares: list[list[Interval]]) -> list[Interval]:
        """The extremes that the rows from a depth on can still contribute."""
        rest: list[Interval] = [(0, 0)]
        for share in reversed(shares):
            low, high = rest[-1]
            rest.append((low + min(lower for lower, _ in share), high + max(upper for _, upper in share)))
        return rest[::-1]

    def supported(self) -> dict[int, set[int]] | None:
        """The readings that occur in some solution, a row; ``None`` when the search was given up."""
        if not self._descend(0, self.sums, ()):
            return None
        return self.found

    def _descend(self, depth: int, sums: list[Interval], chosen: tuple[int, ...]) -> bool:
        self.steps += 1
        if self.steps > MOST_STEPS:
            return False
        for (low, high), rest in zip(sums, self.rest, strict=True):
            if low + rest[depth][0] > 0 or high + rest[depth][1] < 0:
                return True
        if depth == len(self.rows):
            for row, number in zip(self.rows, chosen, strict=True):
                self.found[row].add(number)
            return True
        for number in range(self.sizes[depth]):
            added = [
                (low + shares[depth][number][0], high + shares[depth][number][1])
                for (low, high), shares in zip(sums, self.shares, strict=True)
            ]
            if not self._descend(depth + 1, added, (*chosen, number)):
                return False
        return True
