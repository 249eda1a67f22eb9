"""Damage to rows of forms: lost, doubled, exchanged, and the codes and names that they bear."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from bench.damage.figures import printing
from bench.damage.model import Damage, Patient, Row, in_turn, rows_of, shuffled
from dagster_project import vocabulary
from dagster_project.records import CellRecord

FUND_FORMS: Final = ("government_fund", "state_capital")
_BY_FUNCTION: Final = ("expenditure", "general_by_function", "income", *FUND_FORMS)
_ONE_ROW: Final = ("budget_three_public", "final_three_public")
_TELLING: Final = 10
"""Amounts from here on are not the same by chance."""


def row_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row is not printed, such as the last one of a page."""
    for row in _rows(patient, rng):
        if any(cell.amount and cell.cell_id in patient.slack for cell in row):
            yield _cells("row_lost", patient, {cell.cell_id: None for cell in row})


def parent_row_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The row of an account is not printed, those below it are."""
    for row in _rows(patient, rng):
        if row[0].row_kind == "parent" and row[0].code:
            yield _cells("parent_row_lost", patient, {cell.cell_id: None for cell in row})


def row_doubled(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row is printed once more below the form, as at the head of a new page."""
    for row in _rows(patient, rng):
        if row[0].row_kind == "leaf" and row[0].code:
            last = max(cell.row_number for cell in patient.parsed.cells if cell.form == row[0].form)
            yield _cells("row_doubled", patient, _added(row, row[0].form, last + 1))


def rows_exchanged(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Two items of one section bear each other's code and name."""
    items: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in _rows(patient, rng):
        if (code := row[0].code) and len(code) in (5, 7) and row[0].row_kind == "leaf":
            items[row[0].form, row[0].section, code[:-2]].append(row)
    pairs = [rng.sample(rows, 2) for rows in items.values() if len(rows) > 1]
    for one, other in in_turn(pairs, lambda pair: pair[0][0].form, rng):
        if _figures(one) != _figures(other):
            yield _cells("rows_exchanged", patient, {**_bearing(one, other[0]), **_bearing(other, one[0])})


def amount_repeated(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The amount of an item is printed in two other items of its column as well."""
    columns: dict[tuple[object, ...], list[CellRecord]] = defaultdict(list)
    for cell in patient.parsed.cells:
        if cell.row_kind == "leaf" and cell.code and cell.unit != "pct" and abs(cell.amount) >= _TELLING:
            columns[cell.form, cell.section, cell.column].append(cell)
    for cells in shuffled(columns.values(), rng):
        if len({cell.code for cell in cells}) > 2:
            first, *others = rng.sample(cells, 3)
            if len({cell.code for cell in (first, *others)}) == 3:
                copies = {cell.cell_id: printing(cell, first) for cell in others}
                yield _cells("amount_repeated", patient, copies)


def classes_out_of_order(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Two classes of a form change places with all that is below them."""
    forms: dict[str, list[Row]] = defaultdict(list)
    for row in rows_of(_coded(patient)):
        forms[row[0].form].append(row)
    for rows in shuffled(forms.values(), rng):
        ordered = sorted(rows, key=lambda row: row[0].row_number)
        classes = [row[0].code for row in ordered if len(row[0].code or "") == 3]
        if len(classes) < 2 or classes != sorted(set(classes)):
            continue
        at = rng.randrange(len(classes) - 1)
        swapped = [*classes[:at], classes[at + 1], classes[at], *classes[at + 2 :]]
        moved = [row for code in swapped for row in ordered if (row[0].code or "")[:3] == code]
        numbers = [row[0].row_number for row in ordered if (row[0].code or "")[:3] in classes]
        changed = {
            cell.cell_id: replace(cell, row_number=number)
            for number, row in zip(numbers, moved, strict=True)
            for cell in row
        }
        yield _cells("classes_out_of_order", patient, changed)


def code_mistyped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A digit of a code is another, so that it is nobody's code."""
    for row in _accounts_in_turn(patient, rng):
        code = row[0].code or ""
        at = rng.randrange(len(code))
        wrong = (
            f"{code[:at]}{rng.choice([digit for digit in '0123456789' if digit != code[at]])}{code[at + 1 :]}"
        )
        if wrong not in _names():
            yield _cells("code_mistyped", patient, _coded_as(row, wrong))


def code_cut(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A code has lost its last digit."""
    for row in _accounts_in_turn(patient, rng):
        if row[0].code:
            yield _cells("code_cut", patient, _coded_as(row, row[0].code[:-1]))


def account_renamed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row bears the name of another account of its level."""
    for row in _accounts_in_turn(patient, rng):
        own, scheme = row[0], "economic" if row[0].form.endswith("economic") else "function"
        names = [
            name
            for code, name in _names().items()
            if len(code) == len(own.code or "") and _scheme(code) == scheme and name != own.label
        ]
        if names:
            name = rng.choice(names)
            changed = {cell.cell_id: replace(cell, label=name, label_printed=name) for cell in row}
            yield _cells("account_renamed", patient, changed)


def former_name_printed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row bears a name that its account had given up before the year."""
    year = patient.parsed.document.fiscal_year or 0
    for row in _accounts_in_turn(patient, rng):
        former = [
            name
            for name, until in former_names().get(row[0].code or "", ())
            if until < year and not row[0].label.startswith(name)
        ]
        if former:
            changed = {cell.cell_id: replace(cell, label=former[0], label_printed=former[0]) for cell in row}
            yield _cells("former_name_printed", patient, changed)


def fund_in_general_form(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Rows of a fund are printed in the form of the general public budget as well."""
    cells = patient.parsed.cells
    general = [cell for cell in cells if cell.form.endswith("_general_by_function")]
    columns = {cell.column for cell in general}
    for name in FUND_FORMS:
        rows = [
            row
            for row in rows_of(cell for cell in cells if cell.form.endswith(name))
            if row[0].code and any(cell.amount and cell.column in columns for cell in row)
        ]
        if general and rows:
            last = max(cell.row_number for cell in general)
            added: dict[str, CellRecord | None] = {}
            for at, row in enumerate(sorted(rows, key=lambda row: row[0].row_number), start=1):
                kept = [cell for cell in row if cell.column in columns]
                added |= _added(kept, general[0].form, last + at)
            yield _cells("fund_in_general_form", patient, added)


def general_in_fund_form(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row of the general public budget is printed in the form of a fund as well."""
    cells = patient.parsed.cells
    for name in FUND_FORMS:
        fund = [cell for cell in cells if cell.form.endswith(name)]
        for row in _accounts_in_turn(patient, rng):
            kept = [cell for cell in row if cell.column in {each.column for each in fund} and cell.amount]
            if fund and kept and row[0].form.endswith("_general_by_function"):
                last = max(cell.row_number for cell in fund)
                yield _cells("general_in_fund_form", patient, _added(kept, fund[0].form, last + 1))


@cache
def former_names() -> Mapping[str, tuple[tuple[str, int], ...]]:
    """Code → names that the list has given up, each with the last year that it held for."""
    found: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for row in vocabulary.seed_rows("account_function"):
        if row["scheme"] == "function" and row["valid_to"]:
            found[row["code"]].append((row["name"], int(row["valid_to"])))
    return {code: tuple(names) for code, names in found.items()}


@cache
def _names() -> Mapping[str, str]:
    """Code → name of every account of functions and of the departments' economic accounts."""
    rows = (*vocabulary.seed_rows("account_function"), *vocabulary.seed_rows("account_economic"))
    return {row["code"]: row["name"] for row in rows if row["scheme"] in ("function", "economic_department")}


def _scheme(code: str) -> str:
    return "economic" if code.startswith("3") else "function"


def _coded(patient: Patient) -> Iterator[CellRecord]:
    """Cells of forms whose rows are accounts by function."""
    return (cell for cell in patient.parsed.cells if cell.code and cell.form.endswith(_BY_FUNCTION))


def _accounts_in_turn(patient: Patient, rng: random.Random) -> list[Row]:
    """Rows that bear the code of an account, whose forms are taken in turn."""
    rows = rows_of(cell for cell in patient.parsed.cells if cell.code in _names())
    return in_turn(rows, lambda row: (row[0].form, len(row[0].code or "")), rng)


def _rows(patient: Patient, rng: random.Random) -> list[Row]:
    """All rows of forms with one side, whose forms are taken in turn; rows of totals are left out."""
    cells = (
        c for c in patient.parsed.cells if not c.side and c.row_kind != "total" and c.form not in _ONE_ROW
    )
    return in_turn(rows_of(cells), lambda row: (row[0].form, row[0].row_kind), rng)


def _figures(row: Row) -> set[tuple[str, object]]:
    return {(cell.column, cell.amount) for cell in row}


def _bearing(row: Row, other: CellRecord) -> dict[str, CellRecord]:
    """The row with the code and name of another."""
    return {cell.cell_id: replace(cell, code=other.code, label=other.label) for cell in row}


def _coded_as(row: Row, code: str) -> dict[str, CellRecord]:
    return {cell.cell_id: replace(cell, code=code, code_printed=code) for cell in row}


def _added(row: Iterable[CellRecord], form: str, number: int) -> dict[str, CellRecord | None]:
    """The row once more, in this form and place."""
    return {
        f"{cell.cell_id}-{number}": replace(
            cell, cell_id=f"{cell.cell_id}-{number}", form=form, row_number=number
        )
        for cell in row
    }


def _cells(kind: str, patient: Patient, cells: Mapping[str, CellRecord | None]) -> Damage:
    return Damage(kind, patient.document_id, cells=cells)
