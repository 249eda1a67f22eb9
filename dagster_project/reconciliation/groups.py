"""Failing results of one document that one wrong figure explains belong together.

They differ by the same amount, they state the same pair of figures, the differences of the parts add up to
that of the whole, they follow from a figure that another of them finds wrong, or they complain about the same
words of one passage.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from dagster_project.reconciliation.evidence import Evidence, Failure
from dagster_project.vocabulary import key
from expectations.model import (
    AccountCheck,
    CellCheck,
    Direction,
    FormCheck,
    Mentions,
    Outline,
    Ratio,
    Reasons,
    RowsCheck,
    Shares,
    Slip,
    StatementSum,
    StatementTie,
    Wording,
)

_FAMILY_ORDER: Final = ("ROW", "COL", "SIDE", "FORM", "NAR")
"""Nearest to the wrong figure first; families that are not named come last."""
_SAME_GAP: Final = Decimal(500)
"""Differences (yuan) further apart than this are not the same one, however coarse the print."""
_TELLING_DIGITS: Final = 3
"""Differences with fewer digits than these meet by chance."""
_UNITS_APART: Final = Decimal(10_000)
"""Times that an amount said to be in yuan is too small when 万元 are printed, and the other way round."""
_SCALE_ROOM: Final = Decimal("0.005")
_SEVERITY_ORDER: Final = {"error": 0, "warning": 1, "info": 2}


def groups(failures: list[Failure], evidence: Mapping[str, Evidence]) -> list[list[Failure]]:
    """Connected failures of one document, the most telling first in each group."""
    parent = list(range(len(failures)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for group in _related(failures, evidence):
        first, *others = group
        for other in others:
            parent[root(other)] = root(first)
    found: dict[int, list[Failure]] = defaultdict(list)
    for index, failure in enumerate(failures):
        found[root(index)].append(failure)
    return [sorted(group, key=_telling) for group in found.values()]


def _related(failures: list[Failure], evidence: Mapping[str, Evidence]) -> Iterable[list[int]]:
    yield from _same_matter(failures)
    yield from _same_words(failures, evidence)
    yield from _same_difference(failures)
    yield from _same_figures(failures)
    yield from _parts_of_a_whole(failures)
    yield from _forms_in_another_unit(failures, evidence)
    yield from _consequences_of_a_figure(failures, evidence)


def _consequences_of_a_figure(
    failures: list[Failure], evidence: Mapping[str, Evidence]
) -> Iterable[list[int]]:
    """A figure that breaks a sum also exceeds its limit, or spoils a percentage, by quite another amount; a
    wrong share spoils the sum of all shares."""
    holders: dict[str, list[int]] = defaultdict(list)
    stated: dict[str, list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        for cell in failure.cells:
            holders[cell].append(index)
        for cell in failure.left_cells:
            stated[cell].append(index)
    for index, failure in enumerate(failures):
        if isinstance(failure.check, Direction | Shares):
            yield [index, *(other for cell in failure.left_cells for other in stated[cell] if other != index)]
        elif isinstance(failure.check, Slip):
            yield [index, *sorted({other for cell in failure.cells for other in holders[cell]} - {index})]
        elif isinstance(failure.check, Ratio):
            wrong = {other for cell in failure.right_cells for other in holders[cell]} - {index}
            yield [index, *(other for other in sorted(wrong) if _mends(failures[other], failure, evidence))]
        elif getattr(failure.check, "compare", "equal") == "at_most":
            yield [index, *sorted({other for cell in failure.cells for other in holders[cell]} - {index})]


def _mends(wrong: Failure, ratio: Failure, evidence: Mapping[str, Evidence]) -> bool:
    """Whether the percentage is right once the wrong figure is replaced by what is expected of it."""
    assert isinstance(ratio.check, Ratio)
    if wrong.right is None or ratio.left is None or not all(i in evidence for i in ratio.right_cells):
        return False
    printed = [evidence[cell].amount for cell in ratio.right_cells]
    for at, cell in enumerate(ratio.right_cells):
        part, base = (_corrected(cell, wrong, evidence) if at == n else printed[n] for n in (0, 1))
        if ratio.check.formula == "change":
            base -= part
        if base and abs(100 * part / base - ratio.left) <= (ratio.tolerance or 0):
            return True
    return False


def _corrected(cell: str, wrong: Failure, evidence: Mapping[str, Evidence]) -> Decimal:
    """A stated figure as it would have to be for the other equation to hold."""
    amount = evidence[cell].amount
    if cell in wrong.left_cells:
        return wrong.right if wrong.right is not None else amount
    if cell in wrong.right_cells and isinstance(wrong.check, StatementSum):
        return amount + (wrong.difference or 0)
    return amount


def _same_matter(failures: list[Failure]) -> Iterable[list[int]]:
    """Missing, doubled or blank rows of one form, template words left in the text, one account under one
    wrong name in several forms: what one check finds again and again is one matter."""
    found: dict[tuple[str | None, ...], list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        match failure.check:
            case RowsCheck():
                found[failure.rule.id, failure.form].append(index)
            case Reasons() | Mentions(expects="organisation" | "subject"):
                found[failure.rule.id, failure.check.name, failure.key].append(index)
            case Wording() | Mentions() | Outline():
                found[failure.rule.id, failure.check.name].append(index)
            case FormCheck(check="declared_zero" | "broken_down"):
                found["a fund without its form", failure.form].append(index)
            case AccountCheck():
                found[failure.rule.id, failure.check.check, failure.key].append(index)
            case CellCheck():
                found[failure.rule.id, failure.form, failure.column].append(index)
    yield from found.values()


def _same_words(failures: list[Failure], evidence: Mapping[str, Evidence]) -> Iterable[list[int]]:
    """The same words of one passage that several checks complain about."""
    worded = [
        (index, key(failure.key), _passage(failure, evidence))
        for index, failure in enumerate(failures)
        if isinstance(failure.check, Wording | Mentions) and failure.key
    ]
    for (one, words, text), (other, other_words, other_text) in itertools.combinations(worded, 2):
        if _one_in_other(words, other_words) and _one_in_other(text, other_text):
            yield [one, other]


def _passage(failure: Failure, evidence: Mapping[str, Evidence]) -> str:
    """The text that the words stand in: a sentence that states a figure, or the piece that holds it."""
    sentences = (evidence[cell].sentence for cell in failure.left_cells if cell in evidence)
    return key(next(filter(None, sentences), ""))


def _one_in_other(one: str, other: str) -> bool:
    return bool(one and other) and (one in other or other in one)


def _same_difference(failures: list[Failure]) -> Iterable[list[int]]:
    """Sums of money off by one amount: a wrong figure shows in its row, its column, its ties.

    A round difference (10.00) may be that of two errors that have nothing to do with each other: it joins
    only what also speaks of one figure or one account, and sentences about one form.
    """
    money = sorted(
        (index for index, failure in enumerate(failures) if failure.gap),
        key=lambda index: failures[index].gap or Decimal(0),
    )
    alike: list[int] = []
    for index in money:
        if alike and not _one_gap(failures[alike[-1]], failures[index]):
            yield from _joined(failures, alike)
            alike = []
        alike.append(index)
    yield from _joined(failures, alike)


def _one_gap(one: Failure, other: Failure) -> bool:
    assert one.gap is not None
    assert other.gap is not None
    return other.gap - one.gap <= min(one.room + other.room, _SAME_GAP)


def _joined(failures: list[Failure], alike: list[int]) -> Iterable[list[int]]:
    if any(not _is_round(failures[index].gap or Decimal(0)) for index in alike):
        yield alike
        return
    for first, second in itertools.combinations(alike, 2):
        if _one_subject(failures[first], failures[second]):
            yield [first, second]


def _is_round(gap: Decimal) -> bool:
    return len(gap.normalize().as_tuple().digits) < _TELLING_DIGITS


def _one_subject(one: Failure, other: Failure) -> bool:
    if not set(one.cells).isdisjoint(other.cells):
        return True
    told = all(isinstance(failure.check, StatementTie | StatementSum) for failure in (one, other))
    names = (one.form, other.form) if told else (one.key, other.key)
    return names[0] is not None and names[0] == names[1]


def _same_figures(failures: list[Failure]) -> Iterable[list[int]]:
    """The same stated and expected figures, printed in several places."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        if failure.left is not None and failure.right is not None:
            found[failure.unit, abs(failure.left), abs(failure.right)].append(index)
    yield from found.values()


def _parts_of_a_whole(failures: list[Failure]) -> Iterable[list[int]]:
    """Differences of several codes that add up to the difference of the code they belong to."""
    coded = [(index, failure) for index, failure in enumerate(failures) if failure.code and failure.gap]
    for index, whole in coded:
        buckets: dict[tuple[str, str | None], list[tuple[int, Failure]]] = defaultdict(list)
        for other_index, part in coded:
            if part.code != whole.code and str(part.code).startswith(str(whole.code)):
                buckets[part.rule.id, part.column].append((other_index, part))
        for parts in buckets.values():
            gaps = [part.gap or Decimal(0) for _, part in parts]
            room = whole.room + sum((part.room for _, part in parts), Decimal(0))
            if len(parts) > 1 and abs(sum(gaps) - (whole.gap or Decimal(0))) <= room:
                yield [index, *(other_index for other_index, _ in parts)]


def _forms_in_another_unit(failures: list[Failure], evidence: Mapping[str, Evidence]) -> Iterable[list[int]]:
    """A form that says 元 and prints 万元 is ten thousand times off whatever it is compared with."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        if _is_in_another_unit(failure):
            forms = {evidence[cell].form for cell in failure.cells if cell in evidence}
            for form in sorted(filter(None, forms)):
                found[form].append(index)
    yield from found.values()


def _is_in_another_unit(failure: Failure) -> bool:
    if not failure.gap or not failure.left or not failure.right:
        return False
    small, large = sorted((abs(failure.left), abs(failure.right)))
    if getattr(failure.check, "compare", "equal") == "at_most":
        return large / small > _UNITS_APART / 10
    return abs(large / small / _UNITS_APART - 1) <= _SCALE_ROOM


def _telling(failure: Failure) -> tuple[Any, ...]:
    """The failure nearest to the wrong figure first: within a row, then down a column, then between forms,
    then the text against a form. A slip only says what another failure is."""
    return (
        isinstance(failure.check, Slip),
        _SEVERITY_ORDER[failure.rule.severity],
        _rank(failure.rule.family),
        not isinstance(failure.check, StatementTie),
        -len(failure.code or ""),
        failure.rule.id,
        failure.line if failure.line is not None else 0,
        failure.result_id,
    )


def _rank(family: str) -> int:
    return _FAMILY_ORDER.index(family) if family in _FAMILY_ORDER else len(_FAMILY_ORDER)
