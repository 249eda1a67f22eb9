"""Damage to figures of forms: one is misprinted, two change places, labels slip, a form is lost."""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bench.damage.model import IN_YUAN, Damage, Patient, checked, in_turn, rows_of, shuffled
from dagster_project.money import parse_amount
from dagster_project.records import CellRecord

STEPS: Final = (1, 2, 5, 10, 37, 100, 1234)
"""How many last printed units beyond the tolerance a figure is off."""

_FACTORS: Final = {"quantity", "unit_price"}
"""Columns whose product a row prints, so that changing places changes nothing."""


def figure_off(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One figure is off by more than its equations tolerate."""
    for cell in checked(patient, rng):
        unit = Decimal(1).scaleb(-cell.decimals)
        room = patient.slack[cell.cell_id] / IN_YUAN.get(cell.unit, Decimal(1))
        beyond = room + rng.choice(STEPS) * unit
        # A figure that is misprinted keeps its sign.
        down = rng.choice((1, -1)) < 0 and not 0 <= cell.amount <= beyond
        amount = (cell.amount + (-beyond if down else beyond)).quantize(unit)
        yield _cell("figure_off", cell, f"{amount:f}")


def figure_blanked(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One figure is not printed."""
    for cell in checked(patient, rng):
        if cell.amount:
            yield Damage("figure_blanked", cell.document_id, cell.cell_id, {cell.cell_id: None})


def digit_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One digit is not printed."""
    for cell in checked(patient, rng):
        text = _digits(cell.text_printed)
        at = [n for n, sign in enumerate(text) if sign.isdigit()]
        if len(at) > 1:
            gone = rng.choice(at)
            yield _cell("digit_lost", cell, text[:gone] + text[gone + 1 :])


def digits_swapped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Two neighbouring digits change places."""
    for cell in checked(patient, rng):
        text = _digits(cell.text_printed)
        at = [n for n in range(len(text) - 1) if text[n : n + 2].isdigit() and text[n] != text[n + 1]]
        if at:
            first = rng.choice(at)
            yield _cell(
                "digits_swapped", cell, text[:first] + text[first + 1] + text[first] + text[first + 2 :]
            )


def times_ten_thousand(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One figure in 元 stands among figures in 万元."""
    for cell in checked(patient, rng):
        if cell.amount:
            yield _cell("times_ten_thousand", cell, f"{cell.amount * 10_000:f}")


def sign_turned(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One figure is printed with a minus that it does not have."""
    for cell in checked(patient, rng):
        if cell.amount > 0:
            yield _cell("sign_turned", cell, f"-{_digits(cell.text_printed)}")


def total_rounded(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A total is printed without the decimals that its rows carry."""
    for cell in checked(patient, rng):
        whole = cell.amount.quantize(Decimal(1))
        if cell.row_kind == "total" and whole != cell.amount:
            yield _cell("total_rounded", cell, f"{whole:f}")


def neighbour_swapped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Two figures of one row change places."""
    for row in in_turn(rows_of(patient.parsed.cells), lambda row: (row[0].form, row[0].side), rng):
        pairs = [
            (a, b)
            for a, b in itertools.pairwise(row)
            if a.amount != b.amount
            and a.cell_id in patient.slack
            and b.cell_id in patient.slack
            and {a.column, b.column} != _FACTORS
        ]
        if pairs:
            one, other = rng.choice(pairs)
            yield Damage(
                "neighbour_swapped",
                one.document_id,
                None,
                {one.cell_id: printing(one, other), other.cell_id: printing(other, one)},
            )


def parent_copied(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row prints the figure of the account that it is a part of."""
    parents = {(c.form, c.side, c.section, c.code, c.column): c for c in patient.parsed.cells if c.code}
    for cell in checked(patient, rng):
        above = (
            parents.get((cell.form, cell.side, cell.section, cell.code[:-2], cell.column))
            if cell.code
            else None
        )
        if above and above.amount != cell.amount:
            yield Damage(
                "parent_copied", cell.document_id, cell.cell_id, {cell.cell_id: printing(cell, above)}
            )


def labels_shifted(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row of figures is lost, and from there on figures stand one row above their labels."""
    forms: dict[str, dict[int, list[CellRecord]]] = defaultdict(lambda: defaultdict(list))
    for cell in patient.parsed.cells:
        if not cell.side and not cell.section:
            forms[cell.form][cell.row_number].append(cell)
    for rows in shuffled(forms.values(), rng):
        numbers = sorted(rows)
        if sum(bool(rows[number][0].code) for number in numbers) < 4:
            continue
        start = rng.randrange(len(numbers) - 2)
        moved: dict[str, CellRecord | None] = {cell.cell_id: None for cell in rows[numbers[start]]}
        for above, number in itertools.pairwise(numbers[start:]):
            label = rows[above][0]
            for cell in rows[number]:
                moved[cell.cell_id] = replace(
                    cell, code=label.code, label=label.label, row_kind=label.row_kind
                )
        yield Damage("labels_shifted", patient.document_id, None, moved)


def form_removed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A form that was there is not."""
    parsed = patient.parsed
    for name in shuffled({cell.form for cell in parsed.cells}, rng):
        forms = [replace(form, state="missing") if form.form == name else form for form in parsed.forms]
        yield Damage(
            "form_removed",
            patient.document_id,
            None,
            {cell.cell_id: None for cell in parsed.cells if cell.form == name},
            lists={"forms": forms},
        )


def printing(cell: CellRecord, other: CellRecord) -> CellRecord:
    """The cell with the figure of another one."""
    return replace(cell, amount=other.amount, decimals=other.decimals, text_printed=other.text_printed)


def _digits(text: str) -> str:
    """The figure without thousands separators."""
    return text.replace(",", "").replace("，", "").strip()


def _cell(kind: str, cell: CellRecord, text: str) -> Damage:
    printed = parse_amount(text)
    amount, decimals = (printed.amount, printed.decimals) if printed else (Decimal(0), 0)
    wrong = replace(cell, amount=amount, decimals=decimals, text_printed=text)
    return Damage(kind, cell.document_id, cell.cell_id, {cell.cell_id: wrong})
