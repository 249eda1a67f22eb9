"""Labels that stand some rows above or below their figures (catalogue of rules, DIAG-SHIFT).

A form of which many equations fail is read again with its labels moved by one row from some row on. If that
makes nearly all of them hold, the many failures are one matter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from dagster_project.proof.equations import equations
from dagster_project.reconciliation.evidence import Evidence, Failure
from dagster_project.records import CellRecord

_LEAST_BROKEN: Final = 3
"""Fewer equations than this fail for smaller reasons."""
_LEFT: Final = 4
"""A move is believed that leaves at most one in so many of the failing equations: the label at the edge is
lost, and the equations of its account with it."""
_MOST_ROWS: Final = 120

Label = tuple[str | None, str, str]
"""Code, label and kind of a row."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The labels of ``form`` stand ``rows`` rows below their figures from ``first`` on (above: negative).

    ``figures``: every figure of the form; ``at`` the first that is affected.
    """

    form: str
    rows: int
    first: str
    at: str
    figures: frozenset[str]


def shifts(failures: Iterable[Failure], figures: Mapping[str, Evidence]) -> list[Shift]:
    """The forms of one document whose labels are shifted."""
    broken: dict[str, set[str | None]] = defaultdict(set)
    for failure in failures:
        if failure.equates and failure.form:
            broken[failure.form].add(failure.key)
    found = []
    for form in (form for form, keys in broken.items() if len(keys) >= _LEAST_BROKEN):
        cells = [at for at in figures.values() if at.form == form and not at.side]
        if shift := _shift(form, cells):
            found.append(shift)
    return found


def _shift(form: str, cells: Sequence[Evidence]) -> Shift | None:
    rows: dict[int, list[Evidence]] = defaultdict(list)
    for at in cells:
        rows[at.row_number].append(at)
    numbered = [rows[number] for number in sorted(rows)]
    if not _LEAST_BROKEN < len(numbered) <= _MOST_ROWS:
        return None
    labels: list[Label | None] = [
        (row[0].code, row[0].label or "", row[0].row_kind or "leaf") for row in numbered
    ]
    before = _broken(numbered, labels)
    if len(before) < _LEAST_BROKEN:
        return None
    tried = [(len(_broken(numbered, _moved(labels, *move))), move) for move in _moves(len(labels), before)]
    left, (start, by) = min(tried)
    if left * _LEFT > len(before):
        return None
    first = numbered[start][0]
    return Shift(form, by, first.name, first.id, frozenset(at.id for at in cells))


def _label(at: Evidence) -> Label | None:
    return at.code, at.label or "", at.row_kind or "leaf"


def _moves(rows: int, broken: Sequence[frozenset[int]]) -> Iterator[tuple[int, int]]:
    """Starting rows and directions worth a try: a shift begins at or before the first row that fails."""
    first = min(broken, key=max)
    for start in range(max(min(first) - 1, 0), min(max(first) + 2, rows - 1)):
        yield start, 1
        yield start, -1


def _moved(labels: Sequence[Label | None], start: int, by: int) -> list[Label | None]:
    """The labels as they would have to stand: from ``start`` on, that of the row below (or above)."""
    if by > 0:
        return [*labels[:start], *labels[start + 1 :], None]
    return [*labels[:start], None, *labels[start:-1]]


def _broken(rows: Sequence[Sequence[Evidence]], labels: Sequence[Label | None]) -> list[frozenset[int]]:
    """The equations within the form that fail under these labels: the rows of each. Rows without a label are
    left out."""
    records, at_row = [], []
    for position, (row, label) in enumerate(zip(rows, labels, strict=True)):
        for at in row if label else ():
            assert label is not None
            records.append(_record(at, position, label))
            at_row.append(position)
    return [
        frozenset(at_row[index] for index in each.cells)
        for each in equations(records)
        if each.state == "fail" and each.equation.single_form and each.equation.compare == "equal"
    ]


def _record(at: Evidence, position: int, label: Label) -> CellRecord:
    """The cell under another label, as far as equations look at it."""
    code, name, kind = label
    return CellRecord(
        cell_id=at.id,
        document_id=at.document_id,
        document="",
        form=at.form or "",
        side=at.side,
        section=at.section,
        row_kind=kind,
        code=code,
        code_printed=None,
        label=name,
        label_printed=name,
        column=at.column or "",
        header_printed=None,
        amount=at.amount,
        unit=at.unit or "",
        page=at.page,
        bbox=None,
        line=at.line,
        row_number=position,
        text_printed=at.text,
        decimals=at.decimals,
    )
