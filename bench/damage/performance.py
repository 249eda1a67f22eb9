"""Damage to performance forms, to what projects declare of themselves, and to purchases."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from bench.damage.model import Damage, Patient, in_turn, rows_of, shuffled
from dagster_project.records import IndicatorRecord

_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")
_FUNDING: Final = ("expected", "prior_year_1", "prior_year_2")
_EVALUATED: Final = re.compile(r"performance\.(self_evaluation|target)\.project\.count")
_FUNCTION: Final = re.compile(r"(?<!\d)2\d{6}(?!\d)")


def weight_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An indicator bears another weight."""
    yield from _numbers("weight_changed", patient, rng, "weight", ("annual",))


def score_above_weight(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An indicator scores more than its weight."""
    for row in _indicators(patient, rng, "annual"):
        if (weight := _number(row.weight)) and _number(row.score) is not None:
            yield _changed("score_above_weight", patient, row, score=f"{weight + rng.randint(1, 5):f}")


def execution_rate_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The printed execution rate has a wrong digit."""
    yield from _numbers("execution_rate_changed", patient, rng, "share", ("execution",))


def execution_amount_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The amount spent of a project has a wrong digit in its evaluation."""
    yield from _numbers("execution_amount_changed", patient, rng, "actual", ("execution",))


def execution_score_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The score of the execution rate has a wrong digit."""
    yield from _numbers("execution_score_changed", patient, rng, "score", ("execution",))


def total_score_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The total score has a wrong digit."""
    yield from _numbers("total_score_changed", patient, rng, "score", ("total",))


def target_missed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An indicator that misses its target keeps its full marks."""
    for row in _indicators(patient, rng, "annual"):
        target, actual = _NUMBER.search(row.target or ""), _NUMBER.search(row.actual or "")
        full = row.score and row.score == row.weight
        if target and actual and full and (row.target or "").startswith("≥") and Decimal(target.group()) > 1:
            less = f"{Decimal(target.group()) - 1:f}"
            yield _changed("target_missed", patient, row, actual=_NUMBER.sub(less, row.actual or "", count=1))


def actual_differs(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An indicator that several forms print has another value in one of them."""
    printed: dict[tuple[str | None, str | None], set[str]] = defaultdict(set)
    for row in patient.parsed.indicators:
        if row.horizon == "annual" and row.level3:
            printed[row.level3, row.target].add(row.form)
    for row in _indicators(patient, rng, "annual"):
        if len(printed[row.level3, row.target]) > 1:
            yield from _digit("actual_differs", patient, rng, row, "actual")


def growth_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A growth rate among the indicators has a wrong digit."""
    names = {row.level3 for row in patient.parsed.indicators}
    for row in _indicators(patient, rng, "annual"):
        basis = re.match("(.+)(?:增长率|增长幅度|增幅)$", row.level3 or "")
        if basis and basis.group(1) in names:
            yield from _digit("growth_changed", patient, rng, row, "expected" if row.expected else "target")


def funding_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An amount of the department's funding has a wrong digit in its performance form."""
    for row in _indicators(patient, rng, "funding"):
        for column in shuffled([name for name in _FUNDING if getattr(row, name)], rng)[:1]:
            yield from _digit("funding_changed", patient, rng, row, column)


def project_amount_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The amount of a project has a wrong digit where the department lists its projects."""
    for row in _indicators(patient, rng, "project_list"):
        yield from _digit("project_amount_changed", patient, rng, row, "target" if row.target else "expected")


def project_form_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The performance form of one project is not there, where the text says how many there are."""
    rows = patient.parsed.indicators
    if not any(_EVALUATED.fullmatch(said.item) for said in patient.parsed.statements):
        return
    for name in shuffled({row.project for row in rows if row.project}, rng):
        kept = [row for row in rows if row.project != name]
        yield Damage("project_form_lost", patient.document_id, lists={"indicators": kept})


def estimate_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A line of a project's estimate has a wrong digit."""
    yield from _declared("estimate_changed", patient, rng, "project_details")


def declared_funding_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An amount of this year's funding has a wrong digit in a project's declaration."""
    yield from _declared("declared_funding_changed", patient, rng, "project_funding", ("current", "funding"))


def purchase_account_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A purchase names a functional account on which nothing is spent."""
    for row in shuffled(_purchases(patient, "procurement"), rng):
        codes = {name: _FUNCTION.search(text) for name, text in row[0].attributes.items()}
        for name, found in codes.items():
            if found:
                text = row[0].attributes[name].replace(found.group(), f"{found.group()[:-2]}98")
                changed = {
                    cell.cell_id: replace(cell, attributes={**cell.attributes, name: text}) for cell in row
                }
                yield Damage("purchase_account_changed", patient.document_id, cells=changed)


def purchases_left_out(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """What a project procures is not in the procurement form."""
    projects: dict[str, list[str]] = defaultdict(list)
    for row in _purchases(patient, "procurement"):
        name = next((text for key, text in row[0].attributes.items() if "项目" in key), "")
        projects[name] += [cell.cell_id for cell in row]
    for cells in shuffled(projects.values(), rng):
        yield Damage("purchases_left_out", patient.document_id, cells=dict.fromkeys(cells))


def _purchases(patient: Patient, form: str) -> list[Any]:
    cells = (cell for cell in patient.parsed.cells if cell.form == f"budget_{form}")
    return [row for row in rows_of(cells) if row[0].row_kind == "leaf"]


def _indicators(patient: Patient, rng: random.Random, *horizons: str) -> list[IndicatorRecord]:
    rows = [row for row in patient.parsed.indicators if row.horizon in horizons]
    return in_turn(rows, lambda row: (row.form, row.project), rng)


def _number(text: str | None) -> Decimal | None:
    found = _NUMBER.fullmatch(text or "")
    return Decimal(found.group()) if found else None


def _numbers(
    kind: str, patient: Patient, rng: random.Random, column: str, horizons: tuple[str, ...]
) -> Iterator[Damage]:
    for row in _indicators(patient, rng, *horizons):
        yield from _digit(kind, patient, rng, row, column)


def _digit(
    kind: str, patient: Patient, rng: random.Random, row: IndicatorRecord, column: str
) -> Iterator[Damage]:
    """The row with its first digit another one."""
    text = getattr(row, column) or ""
    found = re.search(r"\d", text)
    if found:
        other = rng.choice([digit for digit in "123456789" if digit != found.group()])
        yield _changed(kind, patient, row, **{column: f"{text[: found.start()]}{other}{text[found.end() :]}"})


def _changed(kind: str, patient: Patient, row: IndicatorRecord, **values: str) -> Damage:
    now = [replace(each, **values) if each is row else each for each in patient.parsed.indicators]  # type: ignore[arg-type]
    return Damage(kind, patient.document_id, lists={"indicators": now})


def _declared(
    kind: str, patient: Patient, rng: random.Random, table: str, items: tuple[str, ...] = ("",)
) -> Iterator[Damage]:
    """An amount of a declaration has its first digit another one."""
    records = getattr(patient.parsed, table)
    for record in shuffled(records, rng):
        if not record.amount or record.unit not in ("wan", "yuan") or not record.item.startswith(items):
            continue
        text = f"{record.amount:f}"
        at = next(n for n, sign in enumerate(text) if sign in "123456789")
        other = rng.choice([digit for digit in "123456789" if digit != text[at]])
        amount = Decimal(f"{text[:at]}{other}{text[at + 1 :]}")
        now = [replace(each, amount=amount) if each is record else each for each in records]
        yield Damage(kind, patient.document_id, lists={table: now})
