"""One change that explains what a group of failing equations says (catalogue of rules, section 5).

Our own reading is suspected first: an amount that is missing may stand on the page, in no cell. Then each
test asks whether the figure that is accused is what a slip of a publisher makes of the figure that is needed:
another row's figure, a digit too many or too few, 元 among 万元, a row left out, the figure of another scope,
base or year. Where several fit, the most probable comes first and another one is named with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from dagster_project.reconciliation.blame import Accusation, Suspect
from dagster_project.reconciliation.evidence import FACTOR, Evidence, Failure
from dagster_project.reconciliation.messages import column_words, measured, place
from expectations.model import Equation, Ratio, StatementTie

EXTRACT: Final = "DIAG-EXTRACT"
SHIFT: Final = "DIAG-SHIFT"
COPY: Final = "DIAG-COPY"
DIGIT: Final = "DIAG-DIGIT"
UNIT: Final = "DIAG-UNIT"
SCOPE: Final = "DIAG-SCOPE"
BASE: Final = "DIAG-BASE"
STALE: Final = "DIAG-STALE"
ROW: Final = "DIAG-ROW"

_TELLING_DIGITS: Final = 3
"""A figure with fewer digits than these resembles too many others."""
_DECIMALS: Final = 2
"""Decimals that a figure may have lost one of."""
_MOST_FIGURES: Final = 2
"""Where a slip fits more figures of an equation than these, it tells of none."""
_LEAST_COLUMNS: Final = 2
"""A sum that falls short in one column only may have one wrong figure."""
_NEAR: Final = 3
"""Lines around the failing figures in which an unread amount may be one of theirs."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The change that explains a finding, in words. ``reading``: it is we who would have misread.

    ``cell``: the figure that the change mends, where it is another one than the finding speaks of. ``told``:
    the message says so too. ``severity``: in place of the rule's, where the figure is another one's.
    """

    id: str
    zh: str
    en: str
    reading: bool = False
    cell: str | None = None
    told: bool = False
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Unread:
    """A printed amount that became no record: where it stands, and as printed."""

    page: int | None
    line: int
    text: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """What is printed in one document, as far as a diagnosis looks at it.

    ``figures``: id → every figure of its forms and its text; ``stale``: id of a stated figure → the year
    whose document states the same amount for the same item; ``unread``: printed amounts that became no
    record.
    """

    figures: Mapping[str, Evidence]
    stale: Mapping[str, int]
    unread: Sequence[Unread] = ()

    def cells(self) -> Iterator[Evidence]:
        """The figures of its forms."""
        return (at for at in self.figures.values() if at.form)


def diagnose(blamed: Accusation, group: Sequence[Failure], document: Document) -> Diagnosis | None:
    """The most probable change that makes what fails true; others that fit are named with it.

    Where one figure is accused, a change of it; where one equation fails by itself, of any figure of it, and
    then only if it fits no more than two of them. ``group``: all failures of the finding.
    """
    if found := _left_unread(blamed, group, document):
        return found
    if len(blamed.accused) == 1 and (
        swapped := _changed_places(blamed.accused[0], blamed.everyone, document)
    ):
        return swapped
    fitting = [*_of_rows(group, document), *_of_figures(blamed.accused, document)]
    if fitting:
        return _with_others(fitting)
    for of_failure in _TESTS_OF_THE_TEXT:
        if diagnosis := of_failure(blamed.told, document):
            return diagnosis
    return None


def _of_figures(accused: Sequence[Suspect], document: Document) -> Iterator[Diagnosis]:
    """The slips that turn an accused figure into the one that is needed, the most telling first."""
    alone = len(accused) == 1
    for test in (*_TELLING, *_WEAK) if alone else _TELLING:
        found = [
            (suspect, diagnosis)
            for suspect in accused
            if suspect.cell in document.figures
            and (diagnosis := test(suspect, document.figures[suspect.cell], document))
        ]
        if alone or len(found) <= _MOST_FIGURES:
            for suspect, diagnosis in sorted(found, key=lambda each: each[0].holding):
                yield diagnosis if alone else _possible(diagnosis, suspect, document)


def _with_others(fitting: Sequence[Diagnosis]) -> Diagnosis:
    """The first explanation, with the next of another kind or of another figure."""
    first = fitting[0]
    other = next((each for each in fitting[1:] if (each.id, each.cell) != (first.id, first.cell)), None)
    if other is None or first.reading:
        return first
    zh, en = (words.removeprefix("可能是").removeprefix("possibly ") for words in (other.zh, other.en))
    return replace(first, zh=f"{first.zh}；也可能是{zh}", en=f"{first.en}; or else {en}")


# -- what our own reading may have left out ----------------------------------------------------------------


def _left_unread(blamed: Accusation, group: Sequence[Failure], document: Document) -> Diagnosis | None:
    """Every amount that is missing stands on the page and became no record."""
    lacking = sorted({failure.gap for failure in group if failure.equates and failure.gap})
    needed = [abs(suspect.needed) for suspect in blamed.accused] if len(blamed.accused) == 1 else []
    for amounts in (lacking, needed):
        found = [_unread_as(amount, group, document) for amount in amounts]
        if found and all(found):
            return _found_unread([each for each in found if each])
    return None


def _unread_as(yuan: Decimal, group: Sequence[Failure], document: Document) -> Unread | None:
    """The unread amount near the failing figures that is as large."""
    room = max((failure.room for failure in group), default=Decimal(0))
    used = [document.figures[cell] for failure in group for cell in failure.cells if cell in document.figures]
    pages = {at.page for at in used}
    lines = [at.line for at in used if at.form and at.line is not None]
    for each in document.unread:
        telling = len(str(abs(each.amount)).replace(".", "").strip("0")) >= _TELLING_DIGITS
        near = each.page in pages if each.page is not None else _within(each.line, lines)
        as_large = any(abs(abs(each.amount) * factor - yuan) <= room for factor in FACTOR.values())
        if telling and near and as_large:
            return each
    return None


def _within(line: int, lines: Sequence[int]) -> bool:
    """Whether a line of a document without pages lies among those of the failing figures."""
    return bool(lines) and min(lines) - _NEAR <= line <= max(lines) + _NEAR


def _found_unread(found: Sequence[Unread]) -> Diagnosis:
    texts = [each.text for each in dict.fromkeys(found)]
    page, line = found[0].page, found[0].line
    where = (f"第 {page} 页", f"page {page}") if page is not None else (f"第 {line} 行", f"line {line}")
    return Diagnosis(
        EXTRACT,
        f"{where[0]}印有 {'、'.join(texts)}，未读入任何一栏，正是所缺的数",
        f"{where[1]} prints {', '.join(texts)}, which was read into no cell and is what is missing",
        reading=True,
        told=True,
    )


# -- rows ----------------------------------------------------------------------------------------------------


def _of_rows(group: Sequence[Failure], document: Document) -> Iterator[Diagnosis]:
    """A parent is more than its children in several columns, and no row fails: a child is not printed."""
    if any(failure.rule.family == "ROW" for failure in group):
        return
    lacking: dict[tuple[str, str], dict[str, Failure]] = {}
    for failure in group:
        if (whole := _short_of(failure, document)) and whole.column:
            lacking.setdefault((whole.form or "", whole.key or ""), {})[whole.column] = failure
    for (form, key), columns in lacking.items():
        if len(columns) >= _LEAST_COLUMNS:
            yield _missing_row(form, key, columns, document)


def _short_of(failure: Failure, document: Document) -> Evidence | None:
    """The parent of a sum down a column that its children fall short of."""
    if not failure.equates or not isinstance(failure.check, Equation) or not failure.check.single_form:
        return None
    cells = [document.figures[cell] for cell in failure.cells if cell in document.figures]
    coded = [at for at in cells if at.code or at.row_kind == "total"]
    if len(coded) < len(failure.cells) or len({at.column for at in cells}) > 1:
        return None
    whole = min(cells, key=lambda at: len(at.code or "") if at.row_kind != "total" else 0)
    parts = [at for at in cells if at is not whole]
    below = all((at.code or "").startswith(whole.code or "") for at in parts)
    return whole if parts and below and whole.yuan > sum(at.yuan for at in parts) else None


def _missing_row(form: str, key: str, columns: Mapping[str, Failure], document: Document) -> Diagnosis:
    """Which row it seems to be: one that another form prints with the amount, else an unknown one."""
    amounts = {column: failure.gap or Decimal(0) for column, failure in columns.items()}
    own = {at.code for at in document.cells() if at.form == form}
    elsewhere = next(
        (
            at
            for at in document.cells()
            if at.form != form
            and at.code
            and at.code not in own
            and at.code.startswith(key if key.isdigit() else "")
            and any(abs(at.yuan - gap) <= columns[column].room for column, gap in amounts.items())
        ),
        None,
    )
    first = next(iter(columns.values()))
    factor = FACTOR.get(first.unit or "", Decimal(1))
    said = [
        (f"{name[0]} {size[0]}", f"{name[1]} {size[1]}")
        for column, gap in amounts.items()
        for name, size in ((column_words(column), measured(gap / factor, first.unit)),)
    ]
    zh, en = "、".join(zh for zh, _ in said), ", ".join(en for _, en in said)
    if elsewhere:
        where = place(elsewhere)
        return Diagnosis(
            ROW,
            f"该表像是少列了一行（{zh}），{where[0]}列有此数，该表没有这一行",
            f"a row seems to be left out of the form ({en}): {where[1]} has it, this form does not",
            told=True,
        )
    return Diagnosis(
        ROW,
        f"各栏所缺的数合成一行，该表像是少列了一行（{zh}）",
        f"what the columns lack makes up one row, which seems to be left out of the form ({en})",
        told=True,
    )


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
    column = [
        other
        for other in document.cells()
        if other.id != at.id
        and (other.form, other.side, other.section, other.column) == (at.form, at.side, at.section, at.column)
    ]
    same = [other for other in column if other.yuan == at.yuan and not _equal_by_nature(at, other, column)]
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


def _equal_by_nature(at: Evidence, other: Evidence, column: Sequence[Evidence]) -> bool:
    """Whether one row is all that the other consists of: an account with one account below it, and so on."""
    upper, lower = sorted((at, other), key=lambda each: len(each.code or ""))
    if not lower.code or not (upper.code or upper.row_kind == "total"):
        return False
    above, below = upper.code or "", lower.code
    if not below.startswith(above):
        return False
    return not any(
        each.code
        and each.yuan
        and each.id not in (upper.id, lower.id)
        and each.code.startswith(above)
        and not each.code.startswith(below)
        and not below.startswith(each.code)
        for each in column
    )


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
            if edited[0] == "." or (edited[0] == "0" and edited[1:2].isdigit()):
                continue
            meant = Decimal(edited) * sign
            if len(edited.partition(".")[2]) > max(at.decimals, _DECIMALS):
                continue
            if meant and suspect.fits(meant * factor):
                said = measured(meant, at.unit)
                return Diagnosis(
                    DIGIT, f"{zh}：应为 {said[0]}", f"{en}: {said[1]} is what the equations need"
                )
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
    if at is None or len(_digits(at)) < _TELLING_DIGITS or not _compared_itself(at, told):
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
    alike = next((other for other in same if _same_item(at, other, about)), None)
    where = place(alike or same[0])
    return Diagnosis(
        SCOPE,
        f"文中的数与{where[0]}相同，口径不同",
        f"the figure of the text is that of {where[1]}: another scope",
        told=True,
        severity="warning" if alike else None,
    )


def _compared_itself(at: Evidence, told: Failure) -> bool:
    """Whether the rule compares the stated figure, and not what is left of it less its change."""
    return told.left is not None and told.left * FACTOR.get(told.unit or "", Decimal(1)) == at.yuan


def _same_item(at: Evidence, other: Evidence, about: Sequence[Evidence]) -> bool:
    """Whether the other figure is the same item (its total, its basic part …) of another scope."""
    item = (at.key or "").split(".")
    for part in _PARTS:
        if part in item:
            return other.column == part or part in (other.form or "")
    columns = {_WHOLE.get(each.column or "", each.column) for each in about}
    return not columns or _WHOLE.get(other.column or "", other.column) in columns


_PARTS: Final = ("basic", "project", "personnel", "operating")
_WHOLE: Final = {"amount": "total"}


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
            said = measured(other.amount, other.unit)
            return Diagnosis(
                BASE,
                f"该百分比若以{where[0]}（{said[0]}）为基数则相符",
                f"the percentage fits another base: {where[1]} ({said[1]})",
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
