"""What a finding says, in Chinese and English, to a reader who has the document and no rule at hand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from dagster_project import vocabulary
from dagster_project.reconciliation import phrases
from dagster_project.reconciliation.evidence import FACTOR, Evidence, Failure
from expectations.model import (
    Bounds,
    Direction,
    Equation,
    Mentions,
    Ordered,
    Ratio,
    Restated,
    RowsCheck,
    Same,
    StatementSum,
    StatementTie,
    Term,
)

Words = tuple[str, str]
"""Chinese and English."""

_UNITS: Final[dict[str, Words]] = {
    "wan": ("万元", " wan yuan"),
    "yuan": ("元", " yuan"),
    "pct": ("%", "%"),
    "points": ("分", " points"),
    "persons": ("人", " persons"),
    "vehicles": ("辆", " vehicles"),
    "projects": ("个", " projects"),
    "units": ("家", " units"),
    "indicators": ("个", " indicators"),
    "sets": ("台（套）", " sets"),
    "groups": ("批", " groups"),
    "count": ("", ""),
}
ROLES: Final[dict[str, Words]] = {
    "budget": ("同年预算", "the budget of the year, "),
    "previous": ("上年同类文件", "the document of the year before, "),
    "previous_final": ("上年决算", "the final account of the year before, "),
    "department": ("部门文件", "the department’s document, "),
    "units": ("所属单位文件合计", "the documents of its units together, "),
    "known_units": ("已载入的所属单位文件合计", "the documents of the units that are loaded, together, "),
    "only_unit": ("唯一所属单位文件", "the document of its only unit, "),
    "earlier": ("前一版本", "the version before, "),
}
"""Another document, as a message calls it, by its role."""
_SIDES: Final[dict[str, Words]] = {
    "income": ("收入方", "revenue side, "),
    "expenditure": ("支出方", "expenditure side, "),
}
_STAGES: Final[dict[str, Words]] = {
    "prior_year_": ("上年", "Year before: "),
    "budget_initial_": ("年初预算数：", "Initial budget: "),
    "budget_adjusted_": ("全年预算数：", "Adjusted budget: "),
    "change_amount_": ("增减额：", "Change: "),
    "change_percent_": ("增减率：", "Change in per cent: "),
}
"""Beginnings of column keys that a stage and a column are put together to."""
_RELATIONS: Final[dict[str, Words]] = {
    "equal": ("两者应当一致，相差 {0}", "they should agree, and are {0} apart"),
    "at_most": ("前者不应大于后者，多出 {0}", "the former should not exceed the latter, and does by {0}"),
    "at_least": ("前者不应小于后者，少 {0}", "the former should not be less than the latter, and is by {0}"),
    "earlier": ("两个版本不同，相差 {0}", "the versions differ by {0}"),
}
_USUAL: Final[dict[str, Words]] = {
    "equal": ("两者通常一致，相差 {0}", "they usually agree, and are {0} apart"),
    "at_most": (
        "前者通常不大于后者，多出 {0}",
        "the former is usually not more than the latter, and is by {0}",
    ),
    "at_least": (
        "前者通常不小于后者，少 {0}",
        "the former is usually not less than the latter, and is by {0}",
    ),
}
"""What rests on practice alone, or is a hint, is not said to be due."""
_TURNED: Final = {"at_most": "at_least", "at_least": "at_most"}
_CLAUSE: Final = "，。；：,;:"
_LONGEST: Final = 80
"""Characters of a piece of text that a message quotes."""
_MOST_NAMED: Final = 4
"""Parts of a sum that a message names; more are counted."""
_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]*>")
_NESTED: Final = str.maketrans("“”", "‘’")
_ROWS: Final[dict[str, Words]] = {
    "orphan": ("没有上级科目行", "has no row of its parent code"),
    "childless": ("没有下级科目行", "has no row of a section"),
    "duplicate": ("印了不止一行", "is printed in more than one row"),
    "blank_parent": ("为空，而下级合计", "is blank, though its parts make"),
}


@cache
def _columns() -> dict[str, Words]:
    return {
        row["column_key"]: (row["name_zh"], row["name_en"]) for row in vocabulary.seed_rows("measure_column")
    }


# -- words of a message -----------------------------------------------------------------------------------


def figure(amount: Decimal | None, unit: str | None = None) -> str:
    """A figure with thousands separators; amounts in 万元 with two decimals at least; ``?`` for none."""
    if amount is None:
        return "?"
    text = f"{amount.normalize():,f}"
    decimals = len(text.partition(".")[2])
    return f"{amount:,.2f}" if unit == "wan" and decimals < 2 else text


def unit_words(unit: str | None) -> Words:
    """What follows a figure in Chinese and in English."""
    return _UNITS.get(unit or "", (unit or "", unit or ""))


def measured(amount: Decimal | None, unit: str | None) -> Words:
    """A figure with its unit; what is blank is said to be."""
    if amount is None:
        return "空白", "blank"
    zh, en = unit_words(unit)
    gap = "" if zh in ("", "%") else " "
    if abs(amount) == 1:
        en = en.removesuffix("s")
    return f"{figure(amount, unit)}{gap}{zh}", f"{figure(amount, unit)}{en}"


def _apart(amount: Decimal | None, unit: str | None) -> Words:
    """By how much two figures differ; percentages differ by points."""
    size = abs(amount) if amount is not None else None
    if unit == "pct" and size is not None:
        return f"{figure(size)} 个百分点", f"{figure(size)} percentage points"
    return measured(size, unit)


def quoted(text: str) -> str:
    """Words as printed, in quotation marks; those within become single ones."""
    return f"“{text.translate(_NESTED)}”"


def _shortened(words: str) -> str:
    """A piece of text as far as a message quotes it, without the marks of a web page."""
    plain = _MARKUP.sub("", words)
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"


def _form(form: str | None, language: int) -> str:
    known = vocabulary.forms().get(form or "")
    if known is None:
        return ""
    return f"《{known.name_zh}》" if language == 0 else known.name_en


def _column(column: str | None, language: int) -> str:
    """The name of a column; a key that is put together of a stage and a column has both names."""
    key = column or ""
    if key in _columns():
        return _columns()[key][language]
    for prefix, names in _STAGES.items():
        if key.startswith(prefix) and (rest := key.removeprefix(prefix)) in _columns():
            return names[language] + _columns()[rest][language]
    return key


def column_words(column: str | None) -> Words:
    """What a column is called in Chinese and in English."""
    return _column(column, 0), _column(column, 1)


def place(at: Evidence) -> Words:
    """Where a figure stands, in Chinese and in English."""
    if not at.form:
        words = quoted(_shortened(_clause(at)))
        return f"正文{words}", f"the text {words}"
    zh, en = _SIDES.get(at.side or "", ("", ""))
    column = _column(at.column, 0)
    named = quoted(at.name) if at.name == column else f"{quoted(at.name)}的{column}"
    return (
        f"{_form(at.form, 0)}{zh}{named}",
        f"{_form(at.form, 1)}, {en}{quoted(at.name)}, {_column(at.column, 1)}",
    )


def _known(cells: Sequence[str], evidence: Mapping[str, Evidence]) -> list[Evidence]:
    return [evidence[cell] for cell in cells if cell in evidence]


def _row_name(failure: Failure, evidence: Mapping[str, Evidence]) -> str:
    """What the row is called; of a row that is not printed, as the other side calls it; empty for a text."""
    if own := _known(failure.left_cells, evidence):
        return own[0].name if own[0].form else ""
    other = next((at for at in _known(failure.right_cells, evidence) if at.code == failure.key), None)
    return other.name if other and other.code else failure.key or "合计"


# -- the message of a finding -----------------------------------------------------------------------------


def message(failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    """The message in Chinese and in English."""
    match failure.check:
        case RowsCheck():
            return _of_rows(failure, evidence)
        case Equation() if failure.check.single_form and failure.left_cells:
            return _of_form(failure, evidence)
        case Equation():
            return _between_forms(failure, evidence)
        case Direction():
            return _of_direction(failure, evidence)
        case Bounds():
            return _of_bounds(failure, evidence)
    said = phrases.phrase(failure.check)
    return _of_phrase(said, failure, evidence) if said else _of_prose(failure, evidence)


def shift_message(form: str, first: str, rows: int) -> Words:
    """The labels of a form stand ``rows`` rows below their figures (above: negative) from ``first`` on."""
    zh, en = ("下", "below") if rows > 0 else ("上", "above")
    return (
        f"{_form(form, 0)}自{quoted(first)}行起，行名称印在其金额的{zh}一行，名称与金额错位。",
        f"{_form(form, 1)}: from {quoted(first)} on, labels are printed one row {en} their figures.",
    )


def _of_rows(failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    assert isinstance(failure.check, RowsCheck)
    zh, en = _ROWS[failure.check.check]
    at = next((at for at in _known(failure.cells, evidence) if at.key == failure.key), None)
    name = quoted(at.name if at else failure.key or "合计")
    blank = failure.check.check == "blank_parent" and failure.column
    column = (f"的{_column(failure.column, 0)}", f", {_column(failure.column, 1)},") if blank else ("", "")
    parts = measured(failure.right or failure.left, failure.unit) if blank else ("", "")
    told = [f" {words}" if words else "" for words in parts]
    return (
        f"{_form(failure.form, 0)}中{name}{column[0]}{zh}{told[0]}。",
        f"{_form(failure.form, 1)}: {name}{column[1]} {en}{told[1]}.",
    )


def _of_form(failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    """An equation within one form: the figure, and what the others of the form make of it."""
    assert isinstance(failure.check, Equation)
    stated, expected = measured(failure.left, failure.unit), measured(failure.right, failure.unit)
    difference = _apart(failure.difference, failure.unit)
    own, others = _known(failure.left_cells, evidence), _known(failure.right_cells, evidence)
    at = own[0] if own else None
    zh, en = place(at) if at and len(own) == 1 else _together(failure, own)
    if len(others) == 1 and len(own) == 1 and _is(others[0], failure.right, failure.unit):
        other = _beside(own[0], others[0])
        relation = [words.format(apart) for words, apart in zip(_relation(failure), difference, strict=True)]
        return (
            f"{zh}印为 {stated[0]}，{other[0]}为 {expected[0]}，{relation[0]}。",
            f"{en}: {stated[1]} is printed, {other[1]}: {expected[1]}; {relation[1]}.",
        )
    made = _made_of(at, others)
    if failure.check.compare != "equal":
        relation = [words.format(apart) for words, apart in zip(_relation(failure), difference, strict=True)]
        return (
            f"{zh}印为 {stated[0]}，{made[0]}为 {expected[0]}，{relation[0]}。",
            f"{en}: {stated[1]} is printed, {made[1]} {expected[1]}; {relation[1]}.",
        )
    return (
        f"{zh}印为 {stated[0]}，{made[0]}应为 {expected[0]}，相差 {difference[0]}。",
        f"{en}: {stated[1]} is printed, {made[1]} {expected[1]}, {difference[1]} apart.",
    )


def _relation(failure: Failure, *, turned: bool = False) -> Words:
    """What should hold between the two sides; ``turned``: the right side of the check is told first."""
    assert isinstance(failure.check, Equation | StatementTie)
    if "earlier" in failure.check.roles:
        return _RELATIONS["earlier"]
    compare = failure.check.compare
    hint = failure.rule.severity == "info" or failure.rule.basis.startswith("practice")
    return (_USUAL if hint else _RELATIONS)[_TURNED.get(compare, compare) if turned else compare]


def _is(at: Evidence, amount: Decimal | None, unit: str | None) -> bool:
    """Whether this amount is what the figure prints."""
    return amount is not None and at.yuan == amount * FACTOR.get(unit or "", Decimal(1))


def _together(failure: Failure, cells: Sequence[Evidence]) -> Words:
    """Several figures of one form that count as one side."""
    name = quoted(cells[0].name if cells else failure.key or "合计")
    columns = list(dict.fromkeys(at.column for at in cells)) or [failure.column]
    zh, en = (" + ".join(_column(column, language) for column in columns) for language in (0, 1))
    return f"{_form(failure.form, 0)}{name}的{zh}", f"{_form(failure.form, 1)}, {name}, {en}"


def _beside(at: Evidence, other: Evidence) -> Words:
    """Another figure of the same form, by what is different: its column, its row or its side."""
    zh, en = _column(other.column, 0), _column(other.column, 1)
    if _row(at) == _row(other):
        return f"同行的{zh}", f"{en} of the row"
    side = _SIDES.get(other.side or "", ("", "")) if other.side != at.side else ("", "")
    name = quoted(other.name)
    if at.column == other.column:
        return f"同表{side[0]}{name}", f"{side[1]}{name}"
    return f"同表{side[0]}{name}的{zh}", f"{side[1]}{name}, {en}"


def _row(at: Evidence) -> tuple[str | None, str | None, str | None, int]:
    return at.form, at.side, at.section, at.row_number


def _made_of(at: Evidence | None, others: Sequence[Evidence]) -> Words:
    """The figures of a form that another one of it follows from: a row, a column, or some of both."""
    number = len(others)
    if not number:
        return "而构成它的各项均未印出，合计", "nothing that it is made of is printed, which makes"
    if at and all(_row(other) == _row(at) for other in others):
        columns = list(dict.fromkeys(other.column for other in others))
        named = "、".join(_column(column, 0) for column in columns)
        english = ", ".join(_column(column, 1) for column in columns)
        if len(columns) <= _MOST_NAMED:
            return f"按同行其他 {number} 栏（{named}）计算", _others(number, "of the row", english)
        return f"按同行其他 {number} 栏计算", _others(number, "of the row")
    if at and all(other.column == at.column for other in others) and number <= _MOST_NAMED:
        names = [quoted(other.name) for other in others]
        return f"按同栏{'、'.join(names)}计算", _others(number, "of the column", ", ".join(names))
    return f"按同表其他 {number} 个数计算", _others(number, "of the form")


def _others(number: int, whose: str, named: str = "") -> str:
    """The subject and verb of what the rest of an equation says."""
    names = f" ({named})" if named else ""
    if number == 1:
        return f"the other figure {whose}{names} makes"
    return f"the {number} other figures {whose}{names} make"


# -- between forms and documents --------------------------------------------------------------------------


def _between_forms(failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    assert isinstance(failure.check, Equation)
    check = failure.check
    difference = _apart(failure.difference, failure.unit)
    turned = bool(failure.left_cells) and not _is_side(failure.left_cells, check.left, evidence)
    left = _said(_left(failure, check.left), failure, evidence)
    right = _said(_right(failure, check.right), failure, evidence, made_otherwise=turned)
    relation = _relation(failure, turned=turned)
    zh, en = (words.format(apart) for words, apart in zip(relation, difference, strict=True))
    return f"{left[0]}，{right[0]}，{zh}。", f"{left[1]}; {right[1]}; {en}."


def _is_side(cells: Sequence[str], terms: Sequence[Term], evidence: Mapping[str, Evidence]) -> bool:
    """Whether these figures are of the forms that the terms speak of."""
    return {at.form for at in _known(cells, evidence)} <= {term.form for term in terms}


class _Side(NamedTuple):
    """One side of a comparison: its figures, the terms that chose them, and their amount."""

    cells: Sequence[str]
    terms: Sequence[Term]
    amount: Decimal | None


def _left(failure: Failure, terms: Sequence[Term]) -> _Side:
    return _Side(failure.left_cells, terms, failure.left)


def _right(failure: Failure, terms: Sequence[Term]) -> _Side:
    return _Side(failure.right_cells, terms, failure.right)


def _said(
    side: _Side, failure: Failure, evidence: Mapping[str, Evidence], *, made_otherwise: bool = False
) -> Words:
    """One side and its amount: the figure, several together, or that there is none.

    ``made_otherwise``: the figures make the amount in some other way than by their sum.
    """
    zh, en = measured(side.amount, failure.unit)
    found = _known(side.cells, evidence)
    whose = _whose(found[0] if found else None, side.terms, failure.document_id)
    if not found:
        return _of_none(side, whose, _row_name(failure, evidence), (zh, en))
    if len(found) == 1 and _is(found[0], side.amount, failure.unit):
        at = place(found[0])
        return f"{whose[0]}{at[0]}为 {zh}", f"{whose[1]}{at[1]}: {en}"
    listed, together = _listed(found), "" if whose[0].endswith("合计") else "合计"
    if made_otherwise or len(found) == 1:
        return f"按{whose[0]}{listed[0]}计算应为 {zh}", f"{whose[1]}{listed[1]} make {en}"
    return f"{whose[0]}{listed[0]}{together}为 {zh}", f"{whose[1]}{listed[1]} together: {en}"


def _of_none(side: _Side, whose: Words, name: str, amount: Words) -> Words:
    """A side of which no figure is printed, so that it counts as zero."""
    forms = [dict.fromkeys(_form(term.form, language) for term in side.terms) for language in (0, 1)]
    zh, en = f"{whose[0]}{'、'.join(forms[0])}", f"{whose[1]}{', '.join(forms[1])}"
    if side.amount:
        return f"{zh}为 {amount[0]}", f"{en}: {amount[1]}"
    if not name:
        return f"{zh}没有列该项（按零计）", f"{en} does not print it (taken as zero)"
    return f"{zh}没有列{quoted(name)}（按零计）", f"{en} does not print {quoted(name)} (taken as zero)"


def _listed(found: Sequence[Evidence]) -> Words:
    """Several figures by form, row and column as far as these are few."""
    places = list(dict.fromkeys(place(at) for at in found))
    if len(places) <= _MOST_NAMED:
        return "、".join(zh for zh, _ in places), "; ".join(en for _, en in places)
    forms = list(dict.fromkeys(at.form for at in found))
    zh, en = ([_form(form, language) for form in forms] for language in (0, 1))
    return f"{'、'.join(zh)}的 {len(found)} 个数", f"{', '.join(en)}, {len(found)} figures"


def _whose(at: Evidence | None, terms: Sequence[Term], document_id: str) -> Words:
    """Whose document a side is of, where it is another one."""
    if at is not None and at.document_id == document_id:
        return "", ""
    return next((ROLES[term.document] for term in terms if term.document), ("", ""))


def _of_bounds(failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    """Two figures of which one is far too large for the other."""
    assert isinstance(failure.check, Bounds)
    check = failure.check
    left = _said(_left(failure, check.left), failure, evidence)
    right = _said(_right(failure, check.right), failure, evidence)
    if not failure.left or not failure.right:
        return f"{left[0]}，{right[0]}，相差悬殊，请核对。", f"{left[1]}; {right[1]}; worth a look."
    ratio = (abs(failure.left / failure.right)).quantize(Decimal("0.01"))
    return (
        f"{left[0]}，{right[0]}，前者为后者的 {figure(ratio)} 倍（通常在 {figure(check.low)} 至 "
        f"{figure(check.high)} 倍之间），请核对。",
        f"{left[1]}; {right[1]}; the former is {figure(ratio)} times the latter (usually {figure(check.low)} "
        f"to {figure(check.high)}); worth a look.",
    )


# -- the text ---------------------------------------------------------------------------------------------


def _context(failure: Failure, evidence: Mapping[str, Evidence], cells: list[str]) -> str:
    """The clause that the message quotes; of an item that has no words, its figure as printed."""
    at = next(iter(_known(cells, evidence)), None)
    return _shortened(_clause(at)) if at else ""


def _clause(at: Evidence) -> str:
    """The clause in which a figure of the text stands; the words around it where that is not found."""
    words, sentence = at.label or at.text or "", at.sentence or ""
    near = sentence.find(words)
    if near < 0 and sentence.count(at.text) != 1:
        sentence = words
    figure_at = sentence.find(at.text, max(near, 0)) if at.text else -1
    if figure_at < 0:
        return words
    start = max(sentence.rfind(mark, 0, figure_at) for mark in _CLAUSE) + 1
    ends = [sentence.find(mark, figure_at + len(at.text)) for mark in _CLAUSE]
    return sentence[start : min((end for end in ends if end >= 0), default=len(sentence))]


def _of_prose(failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    stated, expected = measured(failure.left, failure.unit), measured(failure.right, failure.unit)
    difference = _apart(failure.difference, failure.unit)
    words = quoted(_context(failure, evidence, failure.left_cells))
    match failure.check:
        case StatementTie(change=change, right=terms):
            told = _said(_right(failure, terms), failure, evidence)
            return _tied(failure, words, told, less_change=bool(change))
        case StatementSum():
            number = len(failure.right_cells)
            zh, en = (
                f"所列 {number} 项之和为" if number > 1 else "所列分项之和为",
                f"the {number} parts that are listed add up to"
                if number > 1
                else "the parts that are listed add up to",
            )
        case Ratio():
            zh, en = _stated_amounts(_known(failure.right_cells, evidence))
        case Same():
            other = quoted(_context(failure, evidence, failure.right_cells))
            zh, en = f"另一处{other}为", f"another place ({other}) states"
        case _:
            zh, en = "应为", "expected is"
    return (
        f"正文{words}写 {stated[0]}，{zh} {expected[0]}，相差 {difference[0]}。",
        f"The text {words} states {stated[1]}; {en} {expected[1]}, {difference[1]} apart.",
    )


def _tied(failure: Failure, words: str, told: Words, *, less_change: bool) -> Words:
    """A figure of the text against what a form says (``told``)."""
    stated, (zh, en) = measured(failure.left, failure.unit), told
    gap = _apart(failure.difference, failure.unit)
    relation = [each.format(apart) for each, apart in zip(_relation(failure), gap, strict=True)]
    if less_change:
        return (
            f"正文{words}减去所写增减为 {stated[0]}，{zh}，{relation[0]}。",
            f"The text {words} less the change that it states makes {stated[1]}; {en}; {relation[1]}.",
        )
    return (
        f"正文{words}写 {stated[0]}，{zh}，{relation[0]}。",
        f"The text {words} states {stated[1]}; {en}; {relation[1]}.",
    )


def _stated_amounts(amounts: Sequence[Evidence]) -> Words:
    """What a percentage is made of: the amounts that the text states for it."""
    if not amounts:
        return "按文中金额计算应为", "the stated amounts make"
    told = [measured(at.amount, at.unit) for at in amounts]
    zh, en = "、".join(zh for zh, _ in told), ", ".join(en for _, en in told)
    return f"按文中金额（{zh}）计算应为", f"the stated amounts ({en}) make"


def _of_phrase(said: phrases.Phrase, failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    """The phrase of a kind of check, filled with what was found."""
    at = next(iter(_known(failure.left_cells, evidence)), None)
    other = next(iter(_known(failure.right_cells, evidence)), None)
    name = at.name if at and at.form else failure.key or ""
    words = (at.sentence or at.label or at.text or "") if at else ""
    stated, expected = measured(failure.left, failure.unit), measured(failure.right, failure.unit)
    if other and not other.form and other.unit != failure.unit and isinstance(failure.check, Ordered):
        expected = measured(other.amount, other.unit)
    difference, elsewhere = _apart(failure.difference, failure.unit), place(other) if other else ("", "")
    whose = ROLES[failure.check.document] if isinstance(failure.check, Restated) else ("", "")
    texts = []
    for language, text in enumerate(said):
        told = text.format(
            form=_form(failure.form, language),
            row=name.translate(_NESTED),
            column=_column(failure.column, language),
            key=_shortened(failure.key or name).translate(_NESTED),
            named=quoted(failure.key) if failure.key else "",
            stated=stated[language],
            expected=expected[language],
            difference=difference[language],
            year=_year(failure.left),
            due_year=_year(failure.right),
            words=_shortened(words).translate(_NESTED),
            clause=(_shortened(_clause(at)) if at else "").translate(_NESTED),
            other=elsewhere[language],
            whose=whose[language].rstrip(", "),
            due=_due(failure, language),
            listed=_listed_name(failure.key)[language] if failure.key else "",
        )
        texts.append(told)
    return texts[0], texts[1]


@cache
def _listed_names() -> dict[str, str]:
    """Account code → its name in the newest list that has it."""
    rows = [row for seed in ("account_function", "account_economic") for row in vocabulary.seed_rows(seed)]
    return {row["code"]: row["name"] for row in sorted(rows, key=lambda row: int(row["valid_from"] or 0))}


def _listed_name(code: str) -> Words:
    """What the classification calls a code, where it has it."""
    name = _listed_names().get(code)
    return (
        (f"，该编码在分类科目中是“{name}”", f"; the classification calls it “{name}”") if name else ("", "")
    )


def _year(amount: Decimal | None) -> str:
    return "" if amount is None else str(int(amount))


_OF_THE_DOCUMENT: Final = ("no_later", "span")
"""What a mentioned year is held against is the document's own year, not one year that it has to be."""


def _due(failure: Failure, language: int) -> str:
    """The year that words which name a wrong one should name, or the year of the document."""
    if not isinstance(failure.check, Mentions) or failure.right is None:
        return ""
    own = failure.check.expects in _OF_THE_DOCUMENT
    if language == 0:
        return f"，文件为 {_year(failure.right)} 年度" if own else f"，应为 {_year(failure.right)} 年"
    year = _year(failure.right)
    return f"; the document is of {year}" if own else f"; {year} is expected"


def _of_direction(failure: Failure, evidence: Mapping[str, Evidence]) -> Words:
    words = quoted(_context(failure, evidence, failure.left_cells))
    assert isinstance(failure.check, Direction)
    if failure.check.check == "signs":
        told = [measured(at.amount, at.unit) for at in _known(failure.cells, evidence)]
        zh, en = (
            f"（{'、'.join(zh for zh, _ in told)}）" if told else "",
            f" ({', '.join(en for _, en in told)})" if told else "",
        )
        return (
            f"正文{words}增减金额与增减百分比方向相反{zh}。",
            f"The text {words}: amount and percentage of the change point in opposite directions{en}.",
        )
    stated, expected = measured(failure.left, failure.unit), measured(failure.right, failure.unit)
    return (
        f"正文{words}所称决算与预算的大小关系与数字不符：决算 {stated[0]}，预算 {expected[0]}。",
        f"The text {words} compares final and budget against its own figures: final {stated[1]}, "
        f"budget {expected[1]}.",
    )
