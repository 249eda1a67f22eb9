"""Proof of the rules: thousands of damaged documents, and what the rules make of them.

    python bench/rules.py            samples, generated documents and, where it is there, the corpus
    python bench/rules.py --number 40 --each 20
    python bench/rules.py --kind digit_lost --show missed

Every damaged document is a copy of a whole one in which one thing is wrong. Copies stand side by side in one
database, so that the rules judge a thousand of them at once. A damage is *caught* where a rule fails that did
not fail before; a blanked figure also where a rule that held can no longer be evaluated. Damage that no
equation can feel is left out, figures that stand in no equation are counted apart.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import duckdb  # noqa: E402

from bench import reprinted  # noqa: E402
from bench.damage import KINDS, OF_ONE_CELL, Change, Damage, Patient, changes  # noqa: E402
from bench.findings import meets  # noqa: E402
from bench.gold import gold_rows  # noqa: E402
from dagster_project.parse import parse  # noqa: E402
from dagster_project.readers import limits  # noqa: E402
from dagster_project.reconciliation import reconcile  # noqa: E402
from dagster_project.records import ParsedDocument  # noqa: E402
from dagster_project.samples import FAMILIES, LAYOUTS, Wish, write  # noqa: E402
from dagster_project.samples.collection import SAMPLES  # noqa: E402
from dagster_project.staging import insert_parsed  # noqa: E402
from dagster_project.vocabulary import compact  # noqa: E402
from expectations.model import (  # noqa: E402
    Check,
    Direction,
    Equation,
    Misdated,
    RowsCheck,
    Rule,
    StatementTie,
    Twins,
    Wording,
)  # fmt: skip
from expectations.rules import load_rules  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus"
GOLD = ROOT.parent / "shared" / "gold"
FOLDER = ROOT / "raw" / "samples"
BATCH: Final = 500
"""Damaged documents judged at once."""

_HOLDING: Final = ("pass_exact", "pass_rounding", "pass_plug")
_COPIED: Final = (
    "document",
    "form",
    "cell",
    "statement",
    "passage",
    "indicator",
    "project_detail",
    "project_funding",
    "problem",
)

_ROUNDED: Final = Decimal("0.01")
"""Percentages are compared as printed, with two decimals at least."""

_EXPECTED: Final = {
    "digit_lost": "DIAG-DIGIT",
    "digits_swapped": "DIAG-DIGIT",
    "parent_copied": "DIAG-COPY",
    "times_ten_thousand": "DIAG-UNIT",
    "labels_shifted": "DIAG-SHIFT",
}
"""What a damage should be put down to, where one can tell."""

Key = tuple[str, str | None, str | None, str | None, frozenset[str]]
"""Rule, form, key, column and figures of a result: what a copy's result has in common with its original's."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a rule, its figures named as in the undamaged document."""

    rule_id: str
    state: str
    key: Key
    left: frozenset[str]
    right: frozenset[str]
    result_id: str
    unit: str | None
    room: Decimal
    per_cent: Decimal
    equates: bool
    is_equation: bool

    @property
    def cells(self) -> frozenset[str]:
        """The figures of both sides."""
        return self.left | self.right

    def feels(self, changes: Mapping[str, Change]) -> bool:
        """Whether these changes move its two sides apart by more than its tolerance.

        A percentage feels an amount that it is made of by what this moves the percentage.
        """
        touched = self.cells & changes.keys()
        if any(changes[each].always for each in touched):
            return True
        if self.unit == "pct":
            moved = max((changes[each].points(self.per_cent) for each in touched), default=Decimal(0))
            return moved > self.room + _ROUNDED
        moved = sum((changes[each].yuan * (1 if each in self.left else -1) for each in touched), Decimal(0))
        return abs(moved) > self.room + sum((changes[each].coarser for each in touched), Decimal(0))


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
    def caught(self) -> bool:
        """Whether the damage shows."""
        return bool(self.caught_by) or (self.damage.kind == "figure_blanked" and bool(self.held_back))


@dataclass(slots=True)
class Proof:
    """What a run of the bench found."""

    patients: Mapping[str, Patient]
    verdicts: list[Verdict] = field(default_factory=list)
    alarms: list[dict[str, Any]] = field(default_factory=list)
    whole: int = 0

    @property
    def felt(self) -> list[Verdict]:
        """Damage that an equation can feel."""
        return [verdict for verdict in self.verdicts if verdict.felt]

    @property
    def share_caught(self) -> float:
        """Share of these that is caught."""
        return _share(sum(v.caught for v in self.felt), len(self.felt))

    @property
    def share_named(self) -> float:
        """How often the first finding names the damaged cell, where it is the sole suspect."""
        suspected = [v for v in self.verdicts if v.sole_suspect]
        return _share(sum(v.named for v in suspected), len(suspected))

    @property
    def alarms_a_document(self) -> float:
        """Findings on undamaged documents that gold does not know, a document."""
        return _share(len(self.alarms), self.whole)


def _with_checks(rules: Iterable[Rule], wanted: Callable[[Check], bool]) -> frozenset[tuple[str, str]]:
    """Rule and name of every such check."""
    return frozenset((rule.id, check.name) for rule in rules for check in rule.checks if wanted(check))


def _equates(check: Check) -> bool:
    return isinstance(check, Equation | StatementTie) and check.compare == "equal"


def _compares(check: Check) -> bool:
    """Whether the check says of figures that they are equal; a limit or a word is no equation."""
    limits = getattr(check, "compare", "equal") != "equal"
    return not limits and not isinstance(check, RowsCheck | Direction | Misdated | Wording)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


# -- documents ------------------------------------------------------------------------------------------


def generated(number: int, seed: int = 1000) -> Iterator[ParsedDocument]:
    """``number`` documents of invented bodies, written and read back: every family, layout and kind."""
    places = itertools.cycle(itertools.product(LAYOUTS, FAMILIES, ("budget", "final")))
    with tempfile.TemporaryDirectory() as folder:
        for at, (layout, family, kind) in zip(range(number), places, strict=False):
            grain = Decimal(1) if at % 3 == 0 else Decimal(100)
            wish = Wish(
                seed + at, 2021 + at % 5, kind, family, layout,
                zeros=at % 4 == 0, varied=at % 2 == 1, grain=grain,
            )  # fmt: skip
            written = write(wish)
            path = Path(folder, f"{family}-{layout}-{kind}-{seed + at}{written.suffix}")
            path.write_text(written.text, encoding="utf-8")
            yield parse(path)


def published(folders: Iterable[Path]) -> Iterator[ParsedDocument]:
    """The documents of these folders that have forms to read; scans are left to their own bench."""
    from dagster_project.readers import READERS  # noqa: PLC0415

    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() not in READERS or path.name.startswith("README"):
                continue
            with limits.within(limits.Limits(ocr=False)):
                parsed = parse(path, document=path.relative_to(folder).as_posix())
            if parsed.cells:
                yield parsed


# -- judging --------------------------------------------------------------------------------------------


class Bench:
    """Undamaged documents in a database, and what the rules say of them and of damaged copies."""

    def __init__(self, documents: Sequence[ParsedDocument], rules: Sequence[Rule] | None = None) -> None:
        self.rules = tuple(rules) if rules is not None else within_a_document(load_rules())
        self.equating = _with_checks(self.rules, _equates)
        self.comparing = _with_checks(self.rules, _compares)
        self.documents = {parsed.document.document_id: parsed for parsed in documents}
        self.connection = duckdb.connect()
        self.connection.execute("SET memory_limit = '3GB'")
        insert_parsed(self.connection, documents, load_id="bench", loaded_at=datetime(2026, 1, 1))
        self.connection.execute("UPDATE staging.document SET status = 'loaded' WHERE status = 'superseded'")
        reconcile(self.connection, rules=self.rules)
        self.base = self._results(every=True)
        self.found = self._rows("SELECT * FROM reconciliation.finding")
        self._keep_originals()

    def patients(self) -> list[Patient]:
        """Every document with what its equations can feel; figures already wrong are left out."""
        return [Patient(parsed, self._slack(document_id)) for document_id, parsed in self.documents.items()]

    def verdicts(self, damages: Sequence[Damage], patients: Mapping[str, Patient]) -> Iterator[Verdict]:
        """Judge damaged copies, a batch at a time."""
        for start in range(0, len(damages), BATCH):
            batch = damages[start : start + BATCH]
            self._lay(batch)
            reconcile(self.connection, rules=self.rules)
            results = self._results(every=False)
            findings = defaultdict(list)
            for row in self._rows("SELECT * FROM reconciliation.finding ORDER BY severity, rule_id"):
                findings[row["document_id"]].append(row)
            for number, damage in enumerate(batch):
                copy = f"{number}#{damage.document_id}"
                yield self._verdict(damage, patients[damage.document_id], results[copy], findings[copy])

    def _verdict(
        self, damage: Damage, patient: Patient, results: Sequence[Result], findings: Sequence[dict[str, Any]]
    ) -> Verdict:
        base = self.base[damage.document_id]
        failed_before = {result.key for result in base if result.state == "fail"}
        mute_before = {result.key for result in base if result.state == "not_evaluable"}
        failing = [r for r in results if r.state == "fail" and r.key not in failed_before]
        mute = [r for r in results if r.state == "not_evaluable" and r.key not in mute_before]
        moved = changes(damage, patient)
        standing = frozenset(r.rule_id for r in base if r.state in _HOLDING and r.equates and r.feels(moved))
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
        equations = {r.cells for r in failing if r.is_equation and damage.target in r.cells}
        if len(equations) < 2:
            return False
        return frozenset.intersection(*equations) == {damage.target}

    def _slack(self, document_id: str) -> dict[str, Decimal]:
        """Figures of equations that hold → what the least tolerant of these does not feel, in yuan.

        Figures that stand in an equation that fails are left out.
        """
        wrong: set[str] = set()
        slack: dict[str, Decimal] = {}
        for result in self.base[document_id]:
            if result.state == "fail":
                wrong |= result.cells
            elif result.state in _HOLDING and result.equates:
                room = Decimal(0) if result.unit == "pct" else result.room
                for each in result.cells:
                    slack[each] = min(room, slack.get(each, room))
        return {each: room for each, room in slack.items() if each not in wrong}

    def _keep_originals(self) -> None:
        self.connection.execute("CREATE SCHEMA bench")
        for table in _COPIED:
            self.connection.execute(f"CREATE TABLE bench.{table} AS SELECT * FROM staging.{table}")

    def _lay(self, batch: Sequence[Damage]) -> None:
        """Replace what staging holds by one copy of the whole document a damage, with the damage in it."""
        copies = [
            (f"{number}#{damage.document_id}", damage.document_id) for number, damage in enumerate(batch)
        ]
        self._table("copy", ("copy VARCHAR", "document_id VARCHAR"), copies)
        self._table(
            "cell_edit",
            ("copy VARCHAR", "cell_id VARCHAR", "gone BOOLEAN", "amount DECIMAL(20,6)", "decimals INTEGER",
             "text_printed VARCHAR", "code VARCHAR", "label VARCHAR", "row_kind VARCHAR"),
            [
                (copy, identifier, cell is None, *(
                    (cell.amount, cell.decimals, cell.text_printed, cell.code, cell.label, cell.row_kind)
                    if cell else (None,) * 6))
                for (copy, _), damage in zip(copies, batch, strict=True)
                for identifier, cell in damage.cells.items()
            ],
        )  # fmt: skip
        self._table(
            "statement_edit",
            ("copy VARCHAR", "statement_id VARCHAR", "year INTEGER", "amount DECIMAL(20,6)",
             "text_printed VARCHAR", "verb VARCHAR", "sentence VARCHAR"),
            [
                (copy, identifier, said.year, said.amount, said.text_printed, said.verb, said.sentence)
                for (copy, _), damage in zip(copies, batch, strict=True)
                for identifier, said in damage.statements.items()
            ],
        )  # fmt: skip
        self._table(
            "form_edit",
            ("copy VARCHAR", "form VARCHAR"),
            [(copy, damage.form) for (copy, _), damage in zip(copies, batch, strict=True) if damage.form],
        )
        self._table(
            "passage_edit",
            ("copy VARCHAR", "passage_id VARCHAR", "text VARCHAR"),
            [
                (copy, *edited)
                for (copy, _), damage in zip(copies, batch, strict=True)
                for edited in self._retold(damage)
            ],
        )
        for table in _COPIED:
            self.connection.execute(f"DELETE FROM staging.{table}")
            self.connection.execute(
                f"INSERT INTO staging.{table} {_COPY_SQL.get(table, _PLAIN_COPY.format(table))}"
            )

    def _retold(self, damage: Damage) -> Iterator[tuple[str, str]]:
        """The pieces of running text that a changed sentence stands in, as they read now."""
        parsed = self.documents[damage.document_id]
        before = {said.statement_id: said.sentence for said in parsed.statements}
        for identifier, said in damage.statements.items():
            old, new = compact(before[identifier]), compact(said.sentence)
            for piece in parsed.passages if old and old != new else ():
                if old in piece.text:
                    yield piece.passage_id, piece.text.replace(old, new)

    def _table(self, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(columns)})")
        if rows:
            kinds = [column.split(" ", 1)[1] for column in columns]
            unnested = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
            self.connection.execute(
                f"INSERT INTO {name} SELECT {unnested}", [list(column) for column in zip(*rows, strict=True)]
            )

    def _results(self, *, every: bool) -> dict[str, list[Result]]:
        """Results by document; of the ids of figures what copies and originals have in common."""
        states = "TRUE" if every else "state IN ('fail', 'not_evaluable')"
        strip = "list_transform({}, x -> regexp_extract(x, '[^:]*$'))"
        rows = self.connection.execute(
            f"""SELECT document_id, result_id, rule_id, state, form, key, "column",
                {strip.format("left_cells")}, {strip.format("right_cells")}, unit,
                (coalesce(tolerance, 0) + abs(coalesce(difference, 0)))
                    * CASE unit WHEN 'wan' THEN 10000 ELSE 1 END,
                CASE unit WHEN 'pct' THEN abs(coalesce(left_value, 0)) ELSE 0 END,
                split_part(instance, '|', 1)
            FROM rc_result WHERE {states}"""
        ).fetchall()
        found: dict[str, list[Result]] = defaultdict(list)
        for document_id, result_id, rule_id, state, *place, left, right, unit, room, per_cent, check in rows:
            sides = frozenset(left or ()), frozenset(right or ())
            form, key, column = place
            at: Key = (rule_id, form, key, column, sides[0] | sides[1])
            compares, is_equation = ((rule_id, check) in kinds for kinds in (self.comparing, self.equating))
            found[document_id].append(
                Result(rule_id, state, at, *sides, result_id, unit, room, per_cent, compares, is_equation)
            )
        return found

    def _rows(self, query: str) -> list[dict[str, Any]]:
        cursor = self.connection.execute(query)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


_PLAIN_COPY: Final = (
    """SELECT o.* REPLACE (c.copy AS document_id) FROM bench.{} o JOIN copy c USING (document_id)"""
)
_COPY_SQL: Final = {
    "form": """SELECT o.* REPLACE (c.copy AS document_id,
            CASE WHEN e.form IS NULL THEN o.state ELSE 'missing' END AS state)
        FROM bench.form o JOIN copy c USING (document_id)
        LEFT JOIN form_edit e ON e.copy = c.copy AND e.form = o.form""",
    "cell": """SELECT o.* REPLACE (c.copy AS document_id, c.copy || ':' || o.cell_id AS cell_id,
            coalesce(e.amount, o.amount) AS amount, coalesce(e.decimals, o.decimals) AS decimals,
            coalesce(e.text_printed, o.text_printed) AS text_printed,
            CASE WHEN e.copy IS NULL THEN o.code ELSE e.code END AS code, coalesce(e.label, o.label) AS label,
            coalesce(e.row_kind, o.row_kind) AS row_kind)
        FROM bench.cell o JOIN copy c USING (document_id)
        LEFT JOIN cell_edit e ON e.copy = c.copy AND e.cell_id = o.cell_id
        WHERE NOT coalesce(e.gone, FALSE)""",
    "passage": """SELECT o.* REPLACE (c.copy AS document_id,
            c.copy || ':' || o.passage_id AS passage_id, coalesce(e.text, o.text) AS text)
        FROM bench.passage o JOIN copy c USING (document_id)
        LEFT JOIN (SELECT copy, passage_id, any_value(text) AS text FROM passage_edit GROUP BY ALL) e
            ON e.copy = c.copy AND e.passage_id = o.passage_id""",
    "statement": """SELECT o.* REPLACE (c.copy AS document_id,
            c.copy || ':' || o.statement_id AS statement_id,
            coalesce(e.year, o.year) AS year, coalesce(e.amount, o.amount) AS amount,
            coalesce(e.text_printed, o.text_printed) AS text_printed, coalesce(e.verb, o.verb) AS verb,
            coalesce(e.sentence, o.sentence) AS sentence)
        FROM bench.statement o JOIN copy c USING (document_id)
        LEFT JOIN statement_edit e ON e.copy = c.copy AND e.statement_id = o.statement_id""",
}
"""How each table of staging is copied, with its damage; all others are copied as they are."""


def within_a_document(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """The rules that one document alone can break; copies of one document are no documents of each other."""
    return tuple(
        rule
        for rule in rules
        if rule.scope in ("both", "budget", "final")
        and not any(getattr(check, "roles", ()) or isinstance(check, Twins) for check in rule.checks)
    )


def damaged(
    patients: Sequence[Patient], each: int, rng: random.Random, kinds: Iterable[str] = tuple(KINDS)
) -> list[Damage]:
    """At most ``each`` damages of every kind a document, at places drawn by ``rng``."""
    return [
        damage
        for patient in patients
        for kind in kinds
        for damage in itertools.islice(KINDS[kind](patient, rng), each)
    ]


def prove(bench: Bench, each: int, seed: int = 1, kinds: Iterable[str] = tuple(KINDS)) -> Proof:
    """Damage the documents of the bench and let the rules judge them."""
    patients = {patient.document_id: patient for patient in bench.patients()}
    damages = damaged(tuple(patients.values()), each, random.Random(seed), kinds)
    proof = Proof(patients, list(bench.verdicts(damages, patients)))
    return proof


# -- report ---------------------------------------------------------------------------------------------


def on_paper(bench: Bench, number: int, each: int) -> dict[str, list[tuple[bool, bool]]]:
    """Kind → for each damage on the printed text: a rule newly fails; it shows in any way."""
    found: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        places = itertools.cycle(itertools.product(("tabs", "aligned", "markdown"), FAMILIES))
        documents = []
        for at, (layout, family) in zip(range(number), places, strict=False):
            written = write(Wish(9000 + at, 2024, ("budget", "final")[at % 2], family, layout))
            path = Path(folder, f"{family}-{layout}-{at}{written.suffix}")
            path.write_text(written.text, encoding="utf-8")
            documents.append(parse(path))
        patients = Bench(documents, bench.rules).patients()
        pairs = list(zip(documents, patients, strict=True))
        for kind, fails, shows in reprinted.judge(pairs, each, bench.rules, Path(folder)):
            found[kind].append((fails, shows))
    return found


def wrong_alarms(bench: Bench, gold: Path) -> tuple[list[dict[str, Any]], int]:
    """Findings on undamaged documents that meet no gold row, and the number of these documents.

    Samples that are printed with errors on purpose are not undamaged.
    """
    planted = {sample.path for sample in SAMPLES if sample.wish.changes or sample.wish.misstated}
    whole = {p.document.document for p in bench.documents.values()} - planted
    rows = {name: gold_rows(gold, Path(name).stem, "findings") for name in whole}
    alarms = [
        finding
        for finding in bench.found
        if finding["document"] in whole and not any(meets(row, finding) for row in rows[finding["document"]])
    ]
    return alarms, len(whole)


def report(proof: Proof, show: str | None) -> None:
    """Print shares by kind, diagnosis, and each rule's caught and missed."""
    print(f"{'damage':<22}{'made':>7}{'felt':>7}{'caught':>8}{'held':>6}{'missed':>8}{'share':>8}"
          f"{'suspect':>9}{'named':>7}{'causes':>8}{'put down':>10}")  # fmt: skip
    kinds = list(dict.fromkeys(v.damage.kind for v in proof.verdicts))
    for kind in kinds:
        _line(kind, [v for v in proof.verdicts if v.damage.kind == kind])
    _line("all", proof.verdicts)
    _by_rule(proof)
    print(f"\nwrong alarms: {len(proof.alarms)} on {proof.whole} undamaged documents, "
          f"{proof.alarms_a_document:.3f} a document")  # fmt: skip
    for alarm in proof.alarms:
        print(f"  + {alarm['document']} {alarm['rule_id']}: {alarm['message_zh']}")
    if show == "missed":
        for verdict in proof.felt:
            if not verdict.caught:
                print(f"  - {_words(verdict, proof.patients)}")
    if show == "unnamed":
        for verdict in proof.verdicts:
            if verdict.sole_suspect and not verdict.named:
                print(f"  - {_words(verdict, proof.patients)}")


def _line(name: str, verdicts: Sequence[Verdict]) -> None:
    felt = [v for v in verdicts if v.felt]
    caught, suspected = sum(v.caught for v in felt), [v for v in verdicts if v.sole_suspect]
    held = sum(not v.caught and bool(v.held_back) for v in felt)
    causes = sum(v.findings for v in felt if v.caught_by) / max(sum(bool(v.caught_by) for v in felt), 1)
    print(f"{name:<22}{len(verdicts):>7}{len(felt):>7}{caught:>8}{held:>6}{len(felt) - caught:>8}"
          f"{_share(caught, len(felt)):>8.4f}{len(suspected):>9}"
          f"{_share(sum(v.named for v in suspected), len(suspected)):>7.3f}{causes:>8.2f}"
          f"{_told(felt):>10.3f}")  # fmt: skip


def _told(verdicts: Sequence[Verdict]) -> float:
    """Share of the damages caught that are put down to what they are."""
    told = [v for v in verdicts if v.caught_by and v.damage.kind in _EXPECTED]
    return _share(sum(v.diagnosis == _EXPECTED[v.damage.kind] for v in told), len(told))


def _by_rule(proof: Proof) -> None:
    caught = Counter(rule for v in proof.felt for rule in v.caught_by)
    missed = Counter(rule for v in proof.felt for rule in v.standing - v.caught_by - v.held_back)
    false = Counter(finding["rule_id"] for finding in proof.alarms)
    print(f"\n{'rule':<14}{'caught':>8}{'silent':>8}{'false':>7}")
    for rule in sorted({*caught, *missed, *false, *(rule.id for rule in within_a_document(load_rules()))}):
        print(f"{rule:<14}{caught[rule]:>8}{missed[rule]:>8}{false[rule]:>7}")


def _words(verdict: Verdict, patients: Mapping[str, Patient]) -> str:
    """One damage for a person who looks after a rule: what was there, what is there now, what rules say."""
    damage = verdict.damage
    parsed = patients[damage.document_id].parsed
    cells = {cell.cell_id: cell for cell in parsed.cells}
    changed = [
        f"{c.form} {c.side or ''} {c.section or ''} {c.code or c.label} {c.column}: {c.text_printed} → "
        f"{now.text_printed if now else 'blank'}"
        for c, now in ((cells[i], now) for i, now in itertools.islice(damage.cells.items(), 2))
    ]
    changed += [f"{s.item} {s.year}: {s.text_printed} “{s.sentence}”" for s in damage.statements.values()]
    return (
        f"{damage.kind} {parsed.document.document} {'; '.join(changed)} | stands in"
        f" {' '.join(sorted(verdict.standing))} | fail {' '.join(sorted(verdict.caught_by))}"
        f" | held back {' '.join(sorted(verdict.held_back))} | {verdict.findings} findings"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench; exit code 1 when a share asked for by ``--require`` is not reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--number", type=int, default=60, help="generated documents that are damaged")
    parser.add_argument("--clean", type=int, default=240, help="generated documents only judged as they are")
    parser.add_argument("--printed", type=int, default=12, help="documents damaged on the printed text")
    parser.add_argument("--each", type=int, default=8, help="damages of each kind a document")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=tuple(KINDS), action="append")
    parser.add_argument("--show", choices=("missed", "unnamed"))
    parser.add_argument("--corpus", type=Path, default=CORPUS)
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--require", type=float, help="smallest share caught")
    given = parser.parse_args(arguments)
    started = time.perf_counter()
    folders = [FOLDER, *([given.corpus] if given.corpus.is_dir() else [])]
    bench = Bench([*published(folders), *generated(given.number)])
    proof = prove(bench, given.each, given.seed, tuple(given.kind or KINDS))
    clean = Bench(list(generated(given.clean, seed=5000)))
    for judged in (bench, clean):
        alarms, whole = wrong_alarms(judged, given.gold)
        proof.alarms += alarms
        proof.whole += whole
    report(proof, given.show)
    for kind, printed in on_paper(bench, given.printed, 2).items():
        fails, shows = sum(f for f, _ in printed), sum(s for _, s in printed)
        print(f"on paper: {kind:<22}{len(printed):>6} read again, {fails} fail a rule, {shows} show")
    print(f"{len(proof.verdicts)} damaged documents, {time.perf_counter() - started:.0f} s")
    return 1 if given.require and proof.share_caught < given.require else 0


if __name__ == "__main__":
    raise SystemExit(main())
