"""Damage on the printed text itself: a figure of a text document is changed where it stands, the file is read
again, and the rules judge what was read. Slower and fewer than copies of records, and nothing is taken for
granted: reading may absorb the damage, or refuse the row.
"""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

import duckdb

from bench.damage import KINDS, Damage, Patient
from dagster_project.parse import parse
from dagster_project.reconciliation import reconcile
from dagster_project.records import ParsedDocument
from dagster_project.staging import insert_parsed
from expectations.model import Rule

ON_PAPER: Final = (
    "figure_off",
    "figure_blanked",
    "digit_lost",
    "digits_swapped",
    "times_ten_thousand",
    "parent_copied",
    "sentence_changed",
    "percentage_changed",
    "verb_flipped",
)
"""Kinds of damage that change one printed text."""
_UNIT: Final = re.compile(r"(?:金额)?单位[:：]\s*(?:人民币)?(?:万元|元)")


def reprinted(lines: Sequence[str], damage: Damage, patient: Patient) -> list[str] | None:
    """The lines with the damage in them; ``None`` where the figure cannot be told apart in its line."""
    edit = _of_cell(damage, patient) or _of_statement(damage, patient)
    if edit is None:
        return None
    number, old, new = edit
    line = lines[number - 1]
    if not old or line.count(old) != 1:
        return None
    # In aligned text, what follows keeps its position.
    changed = line.replace(old, new.rjust(len(old)) if "  " in line else new)
    return [*lines[: number - 1], changed, *lines[number:]]


def judge(
    documents: Sequence[tuple[ParsedDocument, Patient]], each: int, rules: Sequence[Rule], folder: Path
) -> Iterator[tuple[str, bool, bool, frozenset[str]]]:
    """Kind, whether a rule newly fails, whether the damage shows in any way (a rule that cannot be evaluated
    any more, a problem on record), and the rules that newly fail, for damages of documents in ``folder``."""
    parsed: list[ParsedDocument] = []
    origin: dict[str, str] = {}
    kinds: dict[str, str] = {}
    for document, patient in documents:
        path = folder / document.document.document
        lines = path.read_text(encoding="utf-8").split("\n")
        for kind, text in _texts(lines, patient, each):
            target = folder / f"{len(parsed)}-{path.name}"
            target.write_text("\n".join(text), encoding="utf-8")
            again = parse(target)
            if again.document.document_id in kinds:
                continue
            parsed.append(again)
            kinds[again.document.document_id] = kind
            origin[again.document.document_id] = document.document.document_id
    states = _states([*parsed, *(document for document, _ in documents)], rules)
    for document_id, kind in kinds.items():
        before, after = states[origin[document_id]], states[document_id]
        fails = Counter(key for key in after if key[0] == "fail")
        new = fails - Counter(key for key in before if key[0] == "fail")
        shows = bool(Counter(after) - Counter(before))
        yield kind, bool(new), shows, frozenset(key[1] for key in new)


def _texts(lines: Sequence[str], patient: Patient, each: int) -> Iterator[tuple[str, list[str]]]:
    """Kinds of damage and the lines with one in them."""
    rng = random.Random(1)
    for kind in ON_PAPER:
        found = (reprinted(lines, damage, patient) for damage in KINDS[kind](patient, rng))
        damaged = (text for text in found if text is not None)
        yield from ((kind, text) for text in itertools.islice(damaged, each))
    without = [_UNIT.sub("", line) for line in lines]
    if without != list(lines):
        yield "units_lost", without


Key = tuple[str, str, str | None, str | None, str | None]


def _states(documents: Sequence[ParsedDocument], rules: Sequence[Rule]) -> dict[str, list[Key]]:
    """What does not pass, and the problems on record, by document."""
    for number, document in enumerate(documents):
        # Documents of one body in regions of their own are not compared with each other.
        document.document = replace(document.document, region=f"copy {number:06d}")
    found: dict[str, list[Key]] = defaultdict(list)
    with duckdb.connect() as connection:
        insert_parsed(connection, documents, load_id="bench", loaded_at=datetime(2026, 1, 1))
        reconcile(connection, rules=rules)
        rows = connection.execute(
            """SELECT document_id, state, rule_id, form, key, "column" FROM reconciliation.result
            WHERE state IN ('fail', 'not_evaluable')
            UNION ALL SELECT document_id, 'problem', kind, form, NULL, NULL FROM staging.problem"""
        ).fetchall()
    for document_id, *key in rows:
        found[document_id].append(tuple(key))
    return found


def _of_cell(damage: Damage, patient: Patient) -> tuple[int, str, str] | None:
    if damage.target is None or damage.target not in damage.cells:
        return None
    old = next(cell for cell in patient.parsed.cells if cell.cell_id == damage.target)
    new = damage.cells[damage.target]
    text = "" if new is None else f"{new.amount:,.{new.decimals}f}" if "," in old.text_printed else (
        new.text_printed)  # fmt: skip
    return (old.line, old.text_printed, text) if old.line else None


def _of_statement(damage: Damage, patient: Patient) -> tuple[int, str, str] | None:
    if damage.target is None or damage.target not in damage.statements:
        return None
    old = next(said for said in patient.parsed.statements if said.statement_id == damage.target)
    new = damage.statements[damage.target]
    if old.line is None:
        return None
    if old.verb and new.verb != old.verb:
        return old.line, old.verb, new.verb or ""
    return old.line, old.text_printed, new.text_printed
