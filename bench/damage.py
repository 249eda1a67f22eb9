"""Damage as print and copying do it: each kind changes one figure, one row label, one form, one year.

A kind takes the records of a document and returns the records that are different in the damaged one. Nothing
here knows what the rules will make of it.
"""

from __future__ import annotations

import itertools
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, TypeVar

from dagster_project.money import parse_amount
from dagster_project.records import CellRecord, ParsedDocument, StatementRecord

STEPS: Final = (1, 2, 5, 10, 37, 100, 1234)
"""How many last printed units beyond the tolerance a figure is off."""

_FACTORS: Final = {"quantity", "unit_price"}
"""Columns whose product a row prints, so that changing places changes nothing."""
_IN_YUAN: Final = {"wan": Decimal(10_000), "yuan": Decimal(1)}
_OPPOSITES: Final = (("增加", "减少"), ("增长", "下降"), ("提高", "降低"), ("大于", "小于"), ("高于", "低于"))


@dataclass(frozen=True, slots=True)
class Damage:
    """What is different in a damaged document.

    ``target``: id of the one cell or statement that is wrong, ``None`` where a whole form or row is.
    ``cells``: id → the cell as damaged, ``None`` where it is gone; ``statements`` the same. ``form``: the
    form that is missing.
    """

    kind: str
    document_id: str
    target: str | None = None
    cells: Mapping[str, CellRecord | None] = field(default_factory=dict)
    statements: Mapping[str, StatementRecord] = field(default_factory=dict)
    form: str | None = None

    @property
    def touched(self) -> frozenset[str]:
        """Ids of every figure that is different."""
        return frozenset((*self.cells, *self.statements))


@dataclass(frozen=True, slots=True)
class Patient:
    """A document to damage. ``slack``: id of a figure → what the least tolerant equation that it stands in
    does not feel, in yuan; figures that stand in none are not in it."""

    parsed: ParsedDocument
    slack: Mapping[str, Decimal]

    @property
    def document_id(self) -> str:
        """The document's id."""
        return self.parsed.document.document_id


_Any = TypeVar("_Any")

Kind = Callable[[Patient, random.Random], Iterator[Damage]]


def figure_off(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One figure is off by more than its equations tolerate."""
    for cell in _checked(patient, rng):
        unit = Decimal(1).scaleb(-cell.decimals)
        room = patient.slack[cell.cell_id] / _IN_YUAN.get(cell.unit, Decimal(1))
        beyond = room + rng.choice(STEPS) * unit
        amount = (cell.amount + rng.choice((1, -1)) * beyond).quantize(unit)
        yield _cell("figure_off", cell, f"{amount:f}")


def figure_blanked(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One figure is not printed."""
    for cell in _checked(patient, rng):
        if cell.amount:
            yield Damage("figure_blanked", cell.document_id, cell.cell_id, {cell.cell_id: None})


def digit_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One digit is not printed."""
    for cell in _checked(patient, rng):
        text = _digits(cell.text_printed)
        at = [n for n, sign in enumerate(text) if sign.isdigit()]
        if len(at) > 1:
            gone = rng.choice(at)
            yield _cell("digit_lost", cell, text[:gone] + text[gone + 1 :])


def digits_swapped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Two neighbouring digits change places."""
    for cell in _checked(patient, rng):
        text = _digits(cell.text_printed)
        at = [n for n in range(len(text) - 1) if text[n : n + 2].isdigit() and text[n] != text[n + 1]]
        if at:
            first = rng.choice(at)
            yield _cell(
                "digits_swapped", cell, text[:first] + text[first + 1] + text[first] + text[first + 2 :]
            )


def times_ten_thousand(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One figure in 元 stands among figures in 万元."""
    for cell in _checked(patient, rng):
        if cell.amount:
            yield _cell("times_ten_thousand", cell, f"{cell.amount * 10_000:f}")


def neighbour_swapped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Two figures of one row change places."""
    rows: dict[tuple[object, ...], list[CellRecord]] = defaultdict(list)
    for cell in patient.parsed.cells:
        rows[cell.form, cell.side, cell.section, cell.row_number, cell.code, cell.label].append(cell)
    for row in _shuffled(rows.values(), rng):
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
                {one.cell_id: _printing(one, other), other.cell_id: _printing(other, one)},
            )


def parent_copied(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row prints the figure of the account that it is a part of."""
    parents = {(c.form, c.side, c.section, c.code, c.column): c for c in patient.parsed.cells if c.code}
    for cell in _checked(patient, rng):
        above = (
            parents.get((cell.form, cell.side, cell.section, cell.code[:-2], cell.column))
            if cell.code
            else None
        )
        if above and above.amount != cell.amount:
            yield Damage(
                "parent_copied", cell.document_id, cell.cell_id, {cell.cell_id: _printing(cell, above)}
            )


def labels_shifted(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A row of figures is lost, and from there on figures stand one row above their labels."""
    forms: dict[str, dict[int, list[CellRecord]]] = defaultdict(lambda: defaultdict(list))
    for cell in patient.parsed.cells:
        if not cell.side and not cell.section:
            forms[cell.form][cell.row_number].append(cell)
    for rows in _shuffled(forms.values(), rng):
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
    by_form: dict[str, list[CellRecord]] = defaultdict(list)
    for cell in patient.parsed.cells:
        by_form[cell.form].append(cell)
    for form, cells in _shuffled(by_form.items(), rng):
        yield Damage(
            "form_removed", patient.document_id, None, {cell.cell_id: None for cell in cells}, form=form
        )


def sentence_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An amount in a sentence has one wrong digit."""
    for statement in _stated(patient, rng):
        if statement.unit in ("wan", "yuan"):
            yield _misstated("sentence_changed", patient, statement, rng)


def percentage_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A percentage in a sentence has one wrong digit."""
    for statement in _stated(patient, rng):
        if statement.unit == "pct":
            yield _misstated("percentage_changed", patient, statement, rng)


def verb_flipped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An increase is called a decrease, or the other way round."""
    for statement in _stated(patient, rng):
        if not statement.verb or not statement.amount or "change" not in statement.item:
            continue
        verb = flipped(statement.verb)
        if verb != statement.verb:
            sentence = statement.sentence.replace(statement.verb, verb)
            said = replace(statement, amount=-statement.amount, verb=verb, sentence=sentence)
            yield _retold("verb_flipped", patient, said)


def year_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A sentence that names the year names the one before or after it."""
    for statement in _stated(patient, rng):
        if str(statement.year) not in statement.sentence:
            continue
        year = statement.year + rng.choice((1, -1))
        sentence = statement.sentence.replace(str(statement.year), str(year))
        said = replace(statement, year=year, sentence=sentence)
        yield _retold("year_changed", patient, said)


KINDS: Final[Mapping[str, Kind]] = {
    kind.__name__: kind
    for kind in (
        figure_off,
        figure_blanked,
        digit_lost,
        digits_swapped,
        neighbour_swapped,
        labels_shifted,
        times_ten_thousand,
        parent_copied,
        sentence_changed,
        percentage_changed,
        verb_flipped,
        form_removed,
        year_changed,
    )
}
"""Every kind of damage by its name."""

OF_ONE_CELL: Final = (
    "figure_off",
    "figure_blanked",
    "digit_lost",
    "digits_swapped",
    "times_ten_thousand",
    "parent_copied",
)
"""Kinds in which one cell of a form is wrong."""


def flipped(words: str) -> str:
    """The words of the opposite change."""
    for one, other in _OPPOSITES:
        if one in words:
            return words.replace(one, other)
        if other in words:
            return words.replace(other, one)
    return words


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
        old = before[identifier]
        gone = cell is None or (cell.code, cell.label) != (old.code, old.label)
        now = Decimal(0) if cell is None or gone else cell.amount
        coarser = Decimal(0) if cell is None or cell.decimals >= old.decimals else _half(cell)
        found[identifier] = _change(old, now, coarser)
    for identifier, statement in damage.statements.items():
        other_year = statement.year != said[identifier].year
        found[identifier] = _change(said[identifier], statement.amount, always=other_year)
    return found


def _change(
    old: CellRecord | StatementRecord, now: Decimal, coarser: Decimal = Decimal(0), *, always: bool = False
) -> Change:
    factor = _IN_YUAN.get(old.unit, Decimal(1))
    moved = now - old.amount
    is_rate = old.unit == "pct"
    points = moved if is_rate else 100 * moved / old.amount if old.amount else Decimal(0)
    return Change(moved * factor, abs(points), is_rate, coarser * factor, always)


def _half(cell: CellRecord) -> Decimal:
    """Half the last printed unit of a figure."""
    return Decimal(5).scaleb(-cell.decimals - 1)


def _checked(patient: Patient, rng: random.Random) -> Iterator[CellRecord]:
    yield from _shuffled((c for c in patient.parsed.cells if c.cell_id in patient.slack), rng)


def _stated(patient: Patient, rng: random.Random) -> Iterator[StatementRecord]:
    yield from _shuffled((s for s in patient.parsed.statements if s.statement_id in patient.slack), rng)


def _shuffled(values: Iterable[_Any], rng: random.Random) -> list[_Any]:
    listed = list(values)
    rng.shuffle(listed)
    return listed


def _digits(text: str) -> str:
    """The figure without thousands separators."""
    return text.replace(",", "").replace("，", "").strip()


def _cell(kind: str, cell: CellRecord, text: str) -> Damage:
    printed = parse_amount(text)
    amount, decimals = (printed.amount, printed.decimals) if printed else (Decimal(0), 0)
    wrong = replace(cell, amount=amount, decimals=decimals, text_printed=text)
    return Damage(kind, cell.document_id, cell.cell_id, {cell.cell_id: wrong})


def _printing(cell: CellRecord, other: CellRecord) -> CellRecord:
    """The cell with the figure of another one."""
    return replace(cell, amount=other.amount, decimals=other.decimals, text_printed=other.text_printed)


def _misstated(kind: str, patient: Patient, statement: StatementRecord, rng: random.Random) -> Damage:
    text = f"{abs(statement.amount):.{statement.decimals}f}"
    at = rng.choice([n for n, sign in enumerate(text) if sign.isdigit()])
    wrong = text[:at] + rng.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]
    amount = Decimal(wrong) * (-1 if statement.amount < 0 else 1)
    printed = statement.text_printed.replace(text, wrong)
    sentence = statement.sentence.replace(statement.text_printed, printed, 1)
    said = replace(statement, amount=amount, text_printed=printed, sentence=sentence)
    return _retold(kind, patient, said)


def _retold(kind: str, patient: Patient, said: StatementRecord) -> Damage:
    """The statement as damaged, and the others of its sentence with its words and year as they read now."""
    before = next(each for each in patient.parsed.statements if each.statement_id == said.statement_id)
    told = {said.statement_id: said}
    for each in patient.parsed.statements:
        if each.sentence == before.sentence and each.statement_id not in told:
            year = said.year if each.year == before.year else each.year
            told[each.statement_id] = replace(each, sentence=said.sentence, year=year)
    return Damage(kind, said.document_id, said.statement_id, statements=told)
