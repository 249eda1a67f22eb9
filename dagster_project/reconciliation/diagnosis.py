"""One change that explains what a group of failing equations says (catalogue of rules, section 5).

Our own reading is suspected first. Then each test asks whether the figure that is accused is what a slip of a
publisher makes of the figure that the equations need: another row's figure, a digit too many or too few, 元
among 万元, the figure of another scope, base or year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dagster_project.reconciliation.blame import Suspect
from dagster_project.reconciliation.evidence import FACTOR, Evidence, Failure
from dagster_project.reconciliation.messages import figure, place, unit_words
from expectations.model import Ratio, StatementTie

EXTRACT: Final = "DIAG-EXTRACT"
SHIFT: Final = "DIAG-SHIFT"
COPY: Final = "DIAG-COPY"
DIGIT: Final = "DIAG-DIGIT"
UNIT: Final = "DIAG-UNIT"
SCOPE: Final = "DIAG-SCOPE"
BASE: Final = "DIAG-BASE"
STALE: Final = "DIAG-STALE"

_TELLING_DIGITS: Final = 3
"""A figure with fewer digits than these resembles too many others."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The change that explains a finding, in words. ``reading``: it is we who would have misread.

    ``cell``: the figure that the change mends, where it is another one than the finding speaks of.
    """

    id: str
    zh: str
    en: str
    reading: bool = False
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed in one document, as far as a diagnosis looks at it.

    ``figures``: id → every figure of its forms and its text; ``stale``: id of a stated figure → the year
    whose document states the same amount for the same item; ``unread``: page → printed amounts that became
    no record.
    """

    figures: Mapping[str, Evidence]
    stale: Mapping[str, int]
    unread: Mapping[int, int]

    def cells(self) -> Iterator[Evidence]:
        """The figures of its forms."""
        return (at for at in self.figures.values() if at.form)


def diagnose(
    accused: Sequence[Suspect], everyone: Sequence[Suspect], told: Failure, document: Document
) -> Diagnosis | None:
    """The first change that turns the accused figure into the one that its equations need.

    ``accused``: one figure, or, where one equation fails by itself, every figure of it; then a change counts
    only if it fits one of them and no other. ``everyone``: all figures of the failing equations.
    """
    if len(accused) == 1 and (swapped := _changed_places(accused[0], everyone, document)):
        return swapped
    tests = _TELLING if len(accused) > 1 else (*_TELLING, *_WEAK)
    for test in tests:
        found = [
            (suspect, diagnosis)
            for suspect in accused
            if suspect.cell in document.figures
            and (diagnosis := test(suspect, document.figures[suspect.cell], document))
        ]
        if len(found) == 1:
            suspect, diagnosis = found[0]
            return diagnosis if len(accused) == 1 else _possible(diagnosis, suspect, document)
    for of_failure in _TESTS_OF_THE_TEXT:
        if diagnosis := of_failure(told, document):
            return diagnosis
    return None


def _changed_places(suspect: Suspect, everyone: Sequence[Suspect], document: Document) -> Diagnosis | None:
    """Another figure of the row needs this one's amount, and this one needs the other's."""
    at = document.figures.get(suspect.cell)
    if at is None or not at.form:
        return None
    for other in everyone:
        there = document.figures.get(other.cell)
        if there is None or there.id == at.id or there.yuan == at.yuan:
            continue
        same_row = (there.form, there.side, there.section, there.row_number) == (
            at.form, at.side, at.section, at.row_number
        )  # fmt: skip
        apart = other.has_own(at.id) and suspect.has_own(there.id)
        if same_row and apart and suspect.fits(there.yuan) and other.fits(at.yuan):
            where = place(there)
            return Diagnosis(
                SHIFT,
                f"与{where[0]}互换后各等式成立，像是错了列",
                f"changed places with {where[1]} the equations hold, as if one column off",
            )
    return None


def _possible(diagnosis: Diagnosis, suspect: Suspect, document: Document) -> Diagnosis:
    """One equation alone cannot say which of its figures is wrong; a slip that fits one of them points."""
    at = document.figures[suspect.cell]
    where = place(at)
    return Diagnosis(
        diagnosis.id,
        f"可能是{where[0]}：{diagnosis.zh}",
        f"possibly {where[1]}: {diagnosis.en}",
        diagnosis.reading,
        suspect.cell,
    )


# -- a figure and what it has to be ----------------------------------------------------------------------


def _misrecognised(suspect: Suspect, at: Evidence, document: Document) -> Diagnosis | None:
    """The figure was recognised from a picture, and one digit makes it what the equations need."""
    if not at.recognised:
        return None
    slip = _slipped_digit(suspect, at, document) or _another_digit(suspect, at, document)
    if slip is None:
        return None
    return Diagnosis(
        EXTRACT,
        f"该数从图像识别而来，可能识别有误（{slip.zh}）",
        f"the figure was recognised from a picture and may be misread ({slip.en})",
        reading=True,
    )


def _copied(suspect: Suspect, at: Evidence, document: Document) -> Diagnosis | None:
    """The figure is that of a row above it in the tree of accounts, or of the row printed next to it."""
    if not at.form or len(_digits(at)) < _TELLING_DIGITS:
        return None
    same = [
        other
        for other in document.cells()
        if other.id != at.id
        and (other.form, other.side, other.section, other.column) == (at.form, at.side, at.section, at.column)
        and other.yuan == at.yuan
    ]
    parents = [other for other in same if at.code and other.code and at.code.startswith(other.code)]
    totals = [other for other in same if other.row_kind == "total"]
    beside = [other for other in same if abs(other.row_number - at.row_number) == 1]
    for other in (*parents, *totals, *beside):
        name = other.name
        return Diagnosis(
            COPY,
            f"与“{name}”行的数相同，像是误抄了该行",
            f"it is the figure of the row “{name}”, as if copied from there",
        )
    return None


def _slipped_digit(suspect: Suspect, at: Evidence, document: Document) -> Diagnosis | None:
    """Two neighbouring digits swapped, one lost or one added gives what the equations need."""
    return _edited(
        suspect,
        at,
        (
            (_swaps, "两位相邻数字颠倒", "two neighbouring digits changed places"),
            (_insertions, "少印一位数字", "a digit is missing"),
            (_deletions, "多印一位数字", "there is a digit too many"),
        ),
    )


def _another_digit(suspect: Suspect, at: Evidence, document: Document) -> Diagnosis | None:
    """Another digit in one place, or another sign, gives what the equations need."""
    return _edited(
        suspect,
        at,
        (
            (_substitutions, "一位数字不同", "one digit differs"),
            (lambda text: iter((f"-{text}",)), "正负号不同", "the sign differs"),
        ),
    )


def _edited(
    suspect: Suspect, at: Evidence, edits: Sequence[tuple[Callable[[str], Iterator[str]], str, str]]
) -> Diagnosis | None:
    if len(_digits(at)) < _TELLING_DIGITS:
        return None
    text = f"{abs(at.amount):.{at.decimals}f}"
    sign = -1 if at.amount < 0 else 1
    factor = FACTOR.get(at.unit or "", Decimal(1))
    for edit, zh, en in edits:
        for edited in edit(text):
            if edited[0] == "0" and edited[1:2].isdigit():
                continue
            meant = Decimal(edited) * sign
            if suspect.fits(meant * factor):
                said = figure(meant, at.unit)
                return Diagnosis(DIGIT, f"{zh}：应为 {said}", f"{en}: {said} is what the equations need")
    return None


def _other_unit(suspect: Suspect, at: Evidence, document: Document) -> Diagnosis | None:
    """The figure is ten thousand times what it has to be, or a ten thousandth of it."""
    if not suspect.needed or not at.yuan:
        return None
    ratio = abs(at.yuan / suspect.needed)
    for factor, zh, en in (
        (Decimal(10_000), "以元填入万元栏", "printed in 元 among figures in 万元"),
        (Decimal(1) / 10_000, "以万元填入元栏", "printed in 万元 among figures in 元"),
    ):
        if abs(ratio / factor - 1) <= Decimal("0.01"):
            return Diagnosis(UNIT, f"单位不符：{zh}", f"another unit: {en}")
    return None


_Test = Callable[[Suspect, Evidence, Document], Diagnosis | None]
_TELLING: Final[tuple[_Test, ...]] = (_misrecognised, _copied, _other_unit, _slipped_digit)
_WEAK: Final[tuple[_Test, ...]] = (_another_digit,)
"""What fits too many figures to tell which of several is wrong."""


def _digits(at: Evidence) -> str:
    return "".join(sign for sign in f"{abs(at.amount):.{at.decimals}f}" if sign.isdigit()).lstrip("0")


def _swaps(text: str) -> Iterator[str]:
    for at in range(len(text) - 1):
        if text[at] != text[at + 1] and text[at : at + 2].isdigit():
            yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _insertions(text: str) -> Iterator[str]:
    for at in range(len(text) + 1):
        for digit in "0123456789":
            yield text[:at] + digit + text[at:]


def _deletions(text: str) -> Iterator[str]:
    for at, sign in enumerate(text):
        if sign.isdigit():
            yield text[:at] + text[at + 1 :]


def _substitutions(text: str) -> Iterator[str]:
    for at, sign in enumerate(text):
        for digit in "0123456789":
            if sign.isdigit() and digit != sign:
                yield text[:at] + digit + text[at + 1 :]


# -- a sentence and what it may speak of -------------------------------------------------------------------


def _stale(told: Failure, document: Document) -> Diagnosis | None:
    """The text states what the document of another year states."""
    for each in told.left_cells:
        if each in document.stale:
            year = document.stale[each]
            return Diagnosis(
                STALE,
                f"与 {year} 年文件中同一事项的数相同，像是沿用了旧文",
                f"the document of {year} states the same figure, as if its text had been kept",
            )
    return None


def _other_scope(told: Failure, document: Document) -> Diagnosis | None:
    """The text states the figure of another form, row or column than the one that it speaks of."""
    if not isinstance(told.check, StatementTie) or not told.left_cells:
        return None
    at = document.figures.get(told.left_cells[0])
    if at is None or len(_digits(at)) < _TELLING_DIGITS:
        return None
    about = [document.figures[cell] for cell in told.right_cells if cell in document.figures]
    keys = {other.key for other in about}
    same = [
        other
        for other in document.cells()
        if abs(other.yuan - at.yuan) <= min(told.room, FACTOR.get(at.unit or "", Decimal(1)) / 100)
        and (other.row_kind == "total" or other.key in keys)
    ]
    if not same:
        return None
    where = place(same[0])
    return Diagnosis(
        SCOPE, f"文中写的是{where[0]}的数，口径不同", f"the text states {where[1]}: another scope"
    )


def _other_base(told: Failure, document: Document) -> Diagnosis | None:
    """The percentage is right of another base that the document prints for the same subject."""
    if not isinstance(told.check, Ratio) or told.left is None or len(told.right_cells) < 2:
        return None
    part, base = (document.figures.get(cell) for cell in told.right_cells[:2])
    if part is None or base is None or not part.yuan:
        return None
    half = Decimal(5).scaleb(-document.figures[told.left_cells[0]].decimals - 1)
    for other in _of_the_subject(base, document):
        whole = other.yuan - part.yuan if told.check.formula == "change" else other.yuan
        if other.id != base.id and whole and abs(abs(100 * part.yuan / whole) - abs(told.left)) <= half:
            where = place(other)
            said = figure(other.amount, other.unit) + unit_words(other.unit)[0]
            return Diagnosis(
                BASE,
                f"该百分比若以{where[0]}（{said}）为基数则相符",
                f"the percentage fits another base: {where[1]} ({said})",
            )
    return None


def _of_the_subject(base: Evidence, document: Document) -> Iterable[Evidence]:
    """The amounts that are stated of the same subject, or in the same sentence."""
    subject = (base.key or "").rpartition(".")[0]
    for other in document.figures.values():
        if other.form or other.unit not in FACTOR:
            continue
        if other.sentence == base.sentence or (other.key or "").rpartition(".")[0] == subject:
            yield other


_TESTS_OF_THE_TEXT: Final[tuple[Callable[[Failure, Document], Diagnosis | None], ...]] = (
    _stale,
    _other_scope,
    _other_base,
)
