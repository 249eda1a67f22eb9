"""What the rules make of undamaged documents and of damaged copies of them."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import duckdb

from bench import copies
from bench.damage import FIGURES, KINDS, OF_ONE_CELL, Change, Damage, Patient, changes
from dagster_project.reconciliation import reconcile
from dagster_project.records import ParsedDocument
from dagster_project.staging import insert_parsed
from expectations.model import (
    Check,
    Count,
    Declared,
    Equation,
    Ordered,
    Product,
    Ratio,
    Restated,
    Rule,
    Same,
    Shares,
    StatementSum,
    StatementTie,
    Twins,
)
from expectations.rules import load_rules

BATCH: Final = 500
"""Documents judged at once."""

HOLDING: Final = ("pass_exact", "pass_rounding", "pass_plug")
_EQUATIONS: Final = (
    Equation, StatementTie, StatementSum, Ratio, Same, Product, Declared, Shares, Restated, Ordered, Count,
)  # fmt: skip
"""Kinds of check that compare figures; the others look at words, codes, rows and signs."""
_ALONE: Final = "figures_of_another_body"
"""The kind of damage that is compared with all documents, whatever their region."""
_ROUNDED: Final = Decimal("0.01")
"""Percentages are compared as printed, with two decimals at least."""

Key = tuple[str, str, str | None, str | None, str | None, frozenset[str]]
"""Document, rule, form, key, column and figures of a result: what a copy and its original have in common."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a rule, its figures named as in the undamaged document.

    ``compares``: ``equal``, ``at_most``, ``at_least`` of its sides; ``None`` where it compares no figures,
    or one of which nothing but arithmetic says where it stands.
    ``gap`` is left − right, ``room`` the tolerance, both in yuan. ``is_linear``: a sum of cells.
    """

    rule_id: str
    state: str
    reason: str | None
    key: Key
    left: frozenset[str]
    right: frozenset[str]
    result_id: str
    unit: str | None
    gap: Decimal
    room: Decimal
    per_cent: Decimal
    compares: str | None
    is_linear: bool

    @property
    def cells(self) -> frozenset[str]:
        """The figures of both sides."""
        return self.left | self.right

    @property
    def slack(self) -> Decimal:
        """How far a figure can move without breaking it."""
        return Decimal(0) if self.unit == "pct" else self.room + abs(self.gap)

    def feels(self, changes: Mapping[str, Change]) -> bool:
        """Whether these changes move its two sides apart by more than its tolerance.

        A percentage feels an amount that it is made of by what this moves the percentage.
        """
        touched = self.cells & changes.keys()
        if self.compares is None or not touched:
            return False
        if any(changes[each].always for each in touched):
            return True
        if self.unit == "pct":
            moved = max((changes[each].points(self.per_cent) for each in touched), default=Decimal(0))
            return moved > self.room + abs(self.gap) + _ROUNDED
        moved = sum((changes[each].yuan * (1 if each in self.left else -1) for each in touched), Decimal(0))
        coarser = sum((changes[each].coarser for each in touched), Decimal(0))
        match self.compares:
            case "at_most":
                return self.gap + moved > self.room + coarser
            case "at_least":
                return self.gap + moved < -self.room - coarser
        return abs(moved) > self.slack + coarser


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one damaged document.

    ``felt``: some equation that held can feel it. ``caught_by``: rules that newly fail, ``held_back``: rules
    that newly cannot be evaluated. ``sole_suspect``: the damaged cell is the only one that two or more
    failing equations share; ``named``: the first finding about these names it. ``findings``: new root causes;
    ``diagnosis``: what the first of them is put down to.
    """

    damage: Damage
    felt: bool
    standing: frozenset[str]
    caught_by: frozenset[str]
    held_back: frozenset[str]
    sole_suspect: bool = False
    named: bool = False
    findings: int = 0
    diagnosis: str | None = None

    @property
    def counts(self) -> bool:
        """Whether it has to be caught: a figure where an equation feels it, any other mistake always."""
        return self.felt or self.damage.kind not in FIGURES

    @property
    def caught(self) -> bool:
        """Whether the damage shows."""
        return bool(self.caught_by) or (self.damage.kind == "figure_blanked" and bool(self.held_back))


@dataclass(slots=True)
class Proof:
    """What a run of the bench found."""

    patients: Mapping[str, Patient]
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def felt(self) -> list[Verdict]:
        """Damage to figures that an equation can feel."""
        return [verdict for verdict in self.verdicts if verdict.felt and verdict.damage.kind in FIGURES]

    @property
    def share_caught(self) -> float:
        """Share of these that is caught."""
        return share(sum(v.caught for v in self.felt), len(self.felt))

    @property
    def share_named(self) -> float:
        """How often the first finding names the damaged cell, where it is the sole suspect."""
        suspected = [v for v in self.verdicts if v.sole_suspect]
        return share(sum(v.named for v in suspected), len(suspected))


def share(part: int, whole: int) -> float:
    """One by the other; not a number where there is nothing."""
    return part / whole if whole else float("nan")


def needs_others(rule: Rule) -> bool:
    """Whether a rule compares documents with each other."""
    return any(getattr(check, "roles", ()) or isinstance(check, Twins) for check in rule.checks)


def _compares(check: Check) -> str | None:
    """How a check compares the figures of its two sides."""
    if isinstance(check, Ordered):
        return {"zero_together": None}.get(check.relation, check.relation)
    return getattr(check, "compare", "equal") if isinstance(check, _EQUATIONS) else None


class Bench:
    """Undamaged documents in a database, and what the rules say of them and of damaged copies.

    ``groups``: documents that belong together; a copy of one is a copy of its whole group. ``across``: the
    rules are those that compare documents, else those that one document alone can break.
    """

    def __init__(
        self,
        groups: Sequence[Sequence[ParsedDocument]],
        *,
        across: bool = False,
        rules: Sequence[Rule] | None = None,
    ) -> None:
        known = rules if rules is not None else load_rules()
        self.rules = tuple(rule for rule in known if needs_others(rule) == across)
        self._compared = {(r.id, c.name): _compares(c) for r in self.rules for c in r.checks}
        self._linear = {
            (r.id, c.name) for r in self.rules for c in r.checks if isinstance(c, Equation | StatementTie)
        }
        self._guessed = {
            cell.cell_id
            for group in groups
            for parsed in group
            for cell in parsed.cells
            if cell.placement == "arithmetic" and cell.verification == "unchecked"
        }
        self.documents = {parsed.document.document_id: parsed for group in groups for parsed in group}
        self.groups = {parsed.document.document_id: group for group in groups for parsed in group}
        self.connection = duckdb.connect()
        self.connection.execute("SET memory_limit = '3GB'")
        insert_parsed(self.connection, self.documents.values(), load_id="bench", loaded_at=copies.LOADED_AT)
        numbers = {p.document.document_id: number for number, group in enumerate(groups) for p in group}
        copies.keep_originals(self.connection, numbers)
        reconcile(self.connection, rules=self.rules)
        self.base = self._results(every=True)
        self.found = self._rows("SELECT * FROM reconciliation.finding")

    def patients(self) -> list[Patient]:
        """Every document with what its equations can feel; figures already wrong are left out."""
        return [
            Patient(parsed, self._slack(identifier), [p for p in self.groups[identifier] if p is not parsed])
            for identifier, parsed in self.documents.items()
        ]

    def verdicts(self, damages: Sequence[Damage], patients: Mapping[str, Patient]) -> Iterator[Verdict]:
        """Judge damaged copies, a batch at a time."""
        for batch in self._batches(damages):
            copies.lay(self.connection, batch, self.groups)
            reconcile(self.connection, rules=self.rules)
            results = self._results(every=False)
            findings = defaultdict(list)
            for row in self._rows("SELECT * FROM reconciliation.finding ORDER BY severity, rule_id"):
                findings[row["document_id"].partition("#")[0]].append(row)
            by_copy: dict[str, list[Result]] = defaultdict(list)
            for document_id, found in results.items():
                by_copy[document_id.partition("#")[0]] += found
            for number, damage in enumerate(batch):
                copy = str(number)
                yield self._verdict(damage, patients[damage.document_id], by_copy[copy], findings[copy])

    def _batches(self, damages: Sequence[Damage]) -> Iterator[list[Damage]]:
        """Batches of about as many documents; copies of one body's figures would be each other's twins."""
        batch: list[Damage] = []
        size = 0
        for damage in sorted(damages, key=lambda each: each.kind == _ALONE):
            alone = damage.kind == _ALONE
            if batch and (size >= BATCH or alone):
                yield batch
                batch, size = [], 0
            batch.append(damage)
            size += len(self.groups[damage.document_id])
        if batch:
            yield batch

    def _base_of(self, damage: Damage) -> list[Result]:
        """The results of all documents that the copy was made of, undamaged."""
        members = self.groups[damage.document_id]
        return [result for parsed in members for result in self.base[parsed.document.document_id]]

    def _verdict(
        self, damage: Damage, patient: Patient, results: Sequence[Result], findings: Sequence[dict[str, Any]]
    ) -> Verdict:
        base = self._base_of(damage)
        failed_before = {result.key for result in base if result.state == "fail"}
        mute_before = {result.key for result in base if result.state == "not_evaluable"}
        failing = [r for r in results if r.state == "fail" and r.key not in failed_before]
        mute = [r for r in results if r.state == "not_evaluable" and r.key not in mute_before]
        moved = changes(damage, patient)
        standing = frozenset(r.rule_id for r in base if r.state in HOLDING and r.feels(moved))
        sole = self._is_sole_suspect(damage, failing)
        new = {r.result_id for r in failing}
        about = [f for f in findings if new & set(f["related_results"])]
        ours = [f for f in about if f["cell_id"] and f["cell_id"].partition(":")[2] == damage.target]
        return Verdict(
            damage,
            felt=bool(standing),
            standing=standing,
            caught_by=frozenset(r.rule_id for r in failing),
            held_back=frozenset(r.rule_id for r in mute),
            sole_suspect=sole,
            named=sole and bool(about) and about[0] in ours,
            findings=len(about),
            diagnosis=about[0]["diagnosis"] if about else None,
        )

    def _is_sole_suspect(self, damage: Damage, failing: Sequence[Result]) -> bool:
        if damage.target is None or damage.kind not in OF_ONE_CELL:
            return False
        equations = {r.cells for r in failing if r.is_linear and damage.target in r.cells}
        if len(equations) < 2:
            return False
        return frozenset.intersection(*equations) == {damage.target}

    def _slack(self, document_id: str) -> dict[str, Decimal]:
        """Figures of equations that hold → what the least tolerant of these does not feel, in yuan.

        Figures that stand in an equation that fails are left out.
        """
        wrong: set[str] = set()
        slack: dict[str, Decimal] = {}
        for parsed in self.groups[document_id]:
            for result in self.base[parsed.document.document_id]:
                if result.state == "fail":
                    wrong |= result.cells
                elif result.state in HOLDING and result.compares:
                    for each in result.cells:
                        slack[each] = min(result.slack, slack.get(each, result.slack))
        return {each: room for each, room in slack.items() if each not in wrong}

    def _results(self, *, every: bool) -> dict[str, list[Result]]:
        """Results by document; of the ids of figures what copies and originals have in common."""
        states = "TRUE" if every else "state IN ('fail', 'not_evaluable')"
        strip = "list_transform({}, x -> regexp_extract(x, '[^:]*$'))"
        in_yuan = "CASE unit WHEN 'wan' THEN 10000 ELSE 1 END"
        rows = self.connection.execute(
            f"""SELECT document_id, result_id, rule_id, state, reason, form, key, "column",
                {strip.format("left_cells")}, {strip.format("right_cells")}, unit,
                coalesce(difference, 0) * {in_yuan}, coalesce(tolerance, 0) * {in_yuan},
                CASE unit WHEN 'pct' THEN abs(coalesce(left_value, 0)) ELSE 0 END,
                split_part(instance, '|', 1)
            FROM rc_result WHERE {states}"""
        ).fetchall()
        found: dict[str, list[Result]] = defaultdict(list)
        for (
            document_id,
            result_id,
            rule_id,
            state,
            reason,
            *place,
            left,
            right,
            unit,
            gap,
            room,
            rate,
            name,
        ) in rows:
            sides = frozenset(left or ()), frozenset(right or ())
            form, key, column = place
            at: Key = (document_id.rpartition("#")[2], rule_id, form, key, column, sides[0] | sides[1])
            check = (rule_id, name)
            sure = not self._guessed & (sides[0] | sides[1])
            found[document_id].append(
                Result(
                    rule_id, state, reason, at, *sides, result_id, unit, gap, room, rate,
                    self._compared.get(check) if sure else None, check in self._linear,
                )
            )  # fmt: skip
        return found

    def _rows(self, query: str) -> list[dict[str, Any]]:
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def damaged(
    patients: Sequence[Patient], each: int, rng: random.Random, kinds: Iterable[str] = tuple(FIGURES)
) -> list[Damage]:
    """At most ``each`` damages of every kind a document, at places drawn by ``rng``."""
    return [
        damage
        for patient in patients
        for kind in kinds
        for damage in itertools.islice(KINDS[kind](patient, rng), each)
    ]


def prove(bench: Bench, each: int, seed: int = 1, kinds: Iterable[str] = tuple(FIGURES)) -> Proof:
    """Damage the documents of the bench and let the rules judge them."""
    patients = {patient.document_id: patient for patient in bench.patients()}
    damages = damaged(tuple(patients.values()), each, random.Random(seed), kinds)
    return Proof(patients, list(bench.verdicts(damages, patients)))
