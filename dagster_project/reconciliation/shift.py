"""Labels that stand some rows above or below their figures (catalogue of rules, DIAG-SHIFT).

A form of which several equations fail is read again with its labels moved by one row from some row on. If
nearly all of them hold then, the many failures are one matter. The account whose figures or whose label fell
out at the edge cannot add up, and is left out of the count. Where only the last rows are concerned, so that
few equations can tell, another form that prints the same accounts shows it: each figure is there that of the
account next to it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dagster_project.proof.equations import PROVING, equations
from dagster_project.reconciliation.evidence import Evidence, Failure
from dagster_project.records import CellRecord
from expectations.model import Equation

_LEAST_BROKEN: Final = 3
"""Fewer equations than this fail for smaller reasons."""
_LEAST_ACCOUNTS: Final = 2
"""So do those of one account alone."""
_LEFT: Final = 8
"""A move is believed that leaves at most one in so many of the failing equations."""
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
    own: dict[str, set[str | None]] = defaultdict(set)
    wrong: dict[str, set[int]] = defaultdict(set)
    for failure in failures:
        if failure.equates and failure.form:
            broken[failure.form].add(failure.key)
            if isinstance(failure.check, Equation) and failure.check.single_form:
                own[failure.form].add(failure.key)
            if failure.rule.family == "ROW":
                wrong[failure.form] |= {figures[cell].row_number for cell in failure.cells if cell in figures}
    found = []
    for form in own:
        cells = [at for at in figures.values() if at.form == form and not at.side]
        shift = _shift(form, cells, wrong[form]) if len(broken[form]) >= _LEAST_ACCOUNTS else None
        if shift := shift or _as_elsewhere(cells, figures.values(), own):
            found.append(shift)
    return found


def _as_elsewhere(
    cells: Sequence[Evidence], everything: Iterable[Evidence], broken: Mapping[str, Collection[str | None]]
) -> Shift | None:
    """The shift of a form whose figures another form, of which fewer equations fail, prints one row off."""
    others: dict[str, dict[str, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for at in everything:
        if at.form and not at.side and at.code and at.column and at.yuan:
            others[at.form][at.code][at.column] = at.yuan
    form = next((at.form for at in cells if at.form), "")
    rows = others.pop(form, {})
    for other, printed in others.items():
        fewer = len(broken.get(other, ())) < len(broken.get(form, ()))
        for by in (1, -1) if fewer else ():
            moved = _moved_against(rows, printed, by)
            if len(moved) >= _LEAST_ACCOUNTS:
                first = next(at for at in cells if at.code == moved[0])
                return Shift(form, by, first.name, first.id, frozenset(at.id for at in cells))
    return None


def _moved_against(
    rows: Mapping[str, Mapping[str, Decimal]], printed: Mapping[str, Mapping[str, Decimal]], by: int
) -> list[str]:
    """Codes whose figures are those that the other form prints for the code next to them; none where from the
    first of them on any row says otherwise."""
    order = list(printed)
    neighbours = (
        dict(zip(order, order[by:], strict=False)) if by > 0 else dict(itertools.pairwise(order[::-1]))
    )
    moved: list[str] = []
    for code, figures in rows.items():
        there = printed.get(code, {})
        beside = printed.get(neighbours.get(code, ""), {})
        if not _agree(figures, there) and _agree(figures, beside):
            moved.append(code)
        elif moved and code in neighbours:
            return []
    return moved


def _agree(figures: Mapping[str, Decimal], others: Mapping[str, Decimal]) -> bool:
    """Whether two rows print the same in the columns that both print, of which there is one at least."""
    shared = figures.keys() & others.keys()
    return bool(shared) and all(figures[column] == others[column] for column in shared)


@dataclass(frozen=True, slots=True)
class _Judged:
    """The equations across rows under some labels: of each that fails its whole (a code, empty for the total
    of a form) and its rows, and how many hold."""

    broken: list[tuple[str, frozenset[int]]]
    held: int


def _shift(form: str, cells: Sequence[Evidence], wrong: Collection[int]) -> Shift | None:
    """The shift of one form, if there is one. ``wrong``: numbers of rows that fail by themselves; labels that
    move leave every row as it is, so that these have a wrong figure of their own."""
    rows: dict[int, list[Evidence]] = defaultdict(list)
    for at in cells:
        rows[at.row_number].append(at)
    numbered = [rows[number] for number in sorted(rows)]
    if not _LEAST_BROKEN < len(numbered) <= _MOST_ROWS:
        return None
    labels: list[Label | None] = [
        (row[0].code, row[0].label or "", row[0].row_kind or "leaf") for row in numbered
    ]
    aside = frozenset(position for position, row in enumerate(numbered) if row[0].row_number in wrong)
    before = _judged(numbered, labels, aside)
    if len(before.broken) < _LEAST_BROKEN:
        return None
    tried = []
    for start, by in _moves(len(labels), [where for _, where in before.broken]):
        after = _judged(numbered, _moved(labels, start, by), aside)
        edge = _at_the_edge(labels, start)
        if sum(whole not in edge for whole, _ in before.broken) >= _LEAST_ACCOUNTS:
            left = sum(whole not in edge for whole, _ in after.broken)
            tried.append((left, len(after.broken), -after.held, (start, by)))
    if not tried:
        return None
    left_over, broken, held, (start, by) = min(tried)
    mended = len(before.broken) - broken >= _LEAST_BROKEN and -held * 4 >= before.held * 3
    if left_over * _LEFT > len(before.broken) or not mended:
        return None
    first = numbered[start][0]
    return Shift(form, by, first.name, first.id, frozenset(at.id for at in cells))


def _at_the_edge(labels: Sequence[Label | None], start: int) -> frozenset[str]:
    """Codes of the accounts that a row without figures, or figures without a label, is lost from."""
    lost = (labels[start], labels[-1])
    codes = [label[0] or "" for label in lost if label]
    return frozenset(code[:end] for code in codes for end in range(len(code))) | {""}


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


def _judged(
    rows: Sequence[Sequence[Evidence]], labels: Sequence[Label | None], aside: frozenset[int]
) -> _Judged:
    """The equations within the form under these labels. Rows without a label are left out, and equations with
    a row of ``aside``."""
    records, at_row = [], []
    for position, (row, label) in enumerate(zip(rows, labels, strict=True)):
        for at in row if label else ():
            assert label is not None
            records.append(_record(at, position, label))
            at_row.append(position)
    broken, held, met = [], 0, set()
    for each in equations(records):
        if (figures := frozenset(each.cells)) in met:
            continue
        met.add(figures)
        where = frozenset(at_row[index] for index in each.cells)
        if (
            len(where) <= 1
            or where & aside
            or not each.equation.single_form
            or each.equation.compare != "equal"
        ):
            continue
        if each.state == "fail":
            codes = [records[index].code or "" for index in each.cells]
            broken.append((min(codes, key=len), where))
        held += each.state in PROVING
    return _Judged(broken, held)


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
