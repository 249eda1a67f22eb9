"""What a finding says, in Chinese and English, to a reader who has the document and no rule at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.reconciliation import phrases
from dagster_project.reconciliation.evidence import Evidence, Failure
from expectations.model import (
    Direction,
    Equation,
    Ratio,
    RowsCheck,
    Same,
    StatementSum,
    StatementTie,
    Term,
)

_UNITS: Final = {
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
ROLES: Final[dict[str, tuple[str, str]]] = {
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
_STAGES: Final = {
    "prior_year_": ("上年", "Year before: "),
    "budget_initial_": ("年初预算数：", "Initial budget: "),
    "budget_adjusted_": ("全年预算数：", "Adjusted budget: "),
    "change_amount_": ("增减额：", "Change: "),
    "change_percent_": ("增减率：", "Change in per cent: "),
}
"""Beginnings of column keys that a stage and a column are put together to."""
_CLAUSE: Final = "，。；：,;:"
_LONGEST: Final = 80
"""Characters of a piece of text that a message quotes."""
_ROWS: Final = {
    "orphan": ("没有上级科目行", "has no row of its parent code"),
    "childless": ("没有下级科目行", "has no row of a section"),
    "duplicate": ("印了不止一行", "is printed in more than one row"),
    "blank_parent": ("为空，而下级有数", "is blank though its parts are not"),
}


@cache
def _columns() -> dict[str, tuple[str, str]]:
    return {
        row["column_key"]: (row["name_zh"], row["name_en"]) for row in vocabulary.seed_rows("measure_column")
    }


def figure(amount: Decimal | None, unit: str | None = None) -> str:
    """A figure with thousands separators; amounts in 万元 with two decimals at least."""
    if amount is None:
        return "?"
    text = f"{amount.normalize():,f}"
    decimals = len(text.partition(".")[2])
    return f"{amount:,.2f}" if unit == "wan" and decimals < 2 else text


def _form(form: str | None, language: int) -> str:
    known = vocabulary.forms().get(form or "")
    if known is None:
        return form or ""
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


def unit_words(unit: str | None) -> tuple[str, str]:
    """What follows a figure in Chinese and in English."""
    return _UNITS.get(unit or "", (unit or "", unit or ""))


def place(at: Evidence) -> tuple[str, str]:
    """Where a figure stands, in Chinese and in English."""
    if not at.form:
        return f"正文“{at.label or ''}”", f"the text “{at.label or ''}”"
    return (
        f"{_form(at.form, 0)}“{at.name}”的{_column(at.column, 0)}",
        f"{_form(at.form, 1)}, “{at.name}”, {_column(at.column, 1)}",
    )


def message(failure: Failure, evidence: Mapping[str, Evidence]) -> tuple[str, str]:
    """The message in Chinese and in English."""
    match failure.check:
        case RowsCheck():
            return _of_rows(failure)
        case Equation() if failure.check.single_form:
            return _of_form(failure, evidence)
        case Equation():
            return _between_forms(failure, evidence)
        case Direction():
            return _of_direction(failure, evidence)
    said = phrases.phrase(failure.check)
    return _of_phrase(said, failure, evidence) if said else _of_prose(failure, evidence)


def shift_message(form: str, first: str, rows: int) -> tuple[str, str]:
    """The labels of a form stand ``rows`` rows below their figures (above: negative) from ``first`` on."""
    zh, en = ("下", "below") if rows > 0 else ("上", "above")
    return (
        f"{_form(form, 0)}自“{first}”行起，行名称印在其金额的{zh}一行，名称与金额错位。",
        f"{_form(form, 1)}: from “{first}” on, labels are printed one row {en} their figures.",
    )


def _amounts(failure: Failure) -> tuple[str, str, str, tuple[str, str]]:
    unit = unit_words(failure.unit)
    difference = abs(failure.difference) if failure.difference is not None else None
    return (
        figure(failure.left, failure.unit),
        figure(failure.right, failure.unit),
        figure(difference, failure.unit),
        unit,
    )


def _row_name(failure: Failure, evidence: Mapping[str, Evidence]) -> str:
    label = next((evidence[i].label for i in failure.left_cells if i in evidence and evidence[i].label), None)
    return f"{failure.code} {label}" if failure.code and label else str(label or failure.key or "")


def _of_rows(failure: Failure) -> tuple[str, str]:
    assert isinstance(failure.check, RowsCheck)
    zh, en = _ROWS[failure.check.check]
    key = failure.key or "合计"
    return f"{_form(failure.form, 0)}中“{key}”{zh}。", f"{_form(failure.form, 1)}: “{key}” {en}."


def _others(number: int) -> str:
    """The subject and verb of what the rest of an equation says."""
    return (
        "the other figure of the form makes"
        if number == 1
        else f"the {number} other figures of the form make"
    )


def _of_form(failure: Failure, evidence: Mapping[str, Evidence]) -> tuple[str, str]:
    stated, expected, difference, unit = _amounts(failure)
    name, parts = _row_name(failure, evidence), len(failure.right_cells)
    return (
        f"{_form(failure.form, 0)}“{name}”的{_column(failure.column, 0)}印为 {stated} {unit[0]}，"
        f"按同表其他 {parts} 个数计算应为 {expected} {unit[0]}，相差 {difference} {unit[0]}。",
        f"{_form(failure.form, 1)}, “{name}”, {_column(failure.column, 1)}: {stated}{unit[1]} is printed, "
        f"{_others(parts)} {expected}{unit[1]}, {difference}{unit[1]} apart.",
    )


def _between_forms(failure: Failure, evidence: Mapping[str, Evidence]) -> tuple[str, str]:
    stated, expected, difference, unit = _amounts(failure)
    name = _row_name(failure, evidence)
    assert isinstance(failure.check, Equation)
    others = [form for form in failure.check.forms if form != failure.form]
    zh, en = ("、".join(_form(form, 0) for form in others), ", ".join(_form(form, 1) for form in others))
    if not others:
        at = next((evidence[i] for i in failure.right_cells if i in evidence), None)
        zh, en = (_of_role(failure.check.right, at or failure, language) for language in (0, 1))
    relation = (
        ("不一致", "disagree") if failure.check.compare == "equal" else ("前者偏大", "exceed the latter")
    )
    return (
        f"{_form(failure.form, 0)}“{name}”为 {stated} {unit[0]}，{zh}为 {expected} {unit[0]}，"
        f"{relation[0]}，相差 {difference} {unit[0]}。",
        f"{_form(failure.form, 1)}, “{name}”: {stated}{unit[1]}, and {en}: {expected}{unit[1]} "
        f"{relation[1]} by {difference}{unit[1]}.",
    )


def _of_role(terms: Sequence[Term], at: Evidence | Failure, language: int) -> str:
    """A figure of another document: whose it is, its form and row."""
    whose = next((ROLES[term.document][language] for term in terms if term.document), "")
    row = f"“{at.name}”" if isinstance(at, Evidence) and at.name else ""
    form = _form(at.form, language)
    return f"{whose}{form}{row}" if language == 0 else ", ".join(filter(None, (whose + form, row)))


def _context(failure: Failure, evidence: Mapping[str, Evidence], cells: list[str]) -> str:
    return next(
        (_clause(evidence[i]) for i in cells if i in evidence and evidence[i].label), failure.key or ""
    )


def _clause(at: Evidence) -> str:
    """The clause in which a figure of the text stands; the words around it where that is not found."""
    words, sentence = at.label or "", at.sentence or ""
    near = sentence.find(words)
    if near < 0 and sentence.count(at.text) != 1:
        sentence = words
    figure_at = sentence.find(at.text, max(near, 0)) if at.text else -1
    if figure_at < 0:
        return words
    start = max(sentence.rfind(mark, 0, figure_at) for mark in _CLAUSE) + 1
    ends = [sentence.find(mark, figure_at + len(at.text)) for mark in _CLAUSE]
    return sentence[start : min((end for end in ends if end >= 0), default=len(sentence))]


def _of_prose(failure: Failure, evidence: Mapping[str, Evidence]) -> tuple[str, str]:
    stated, expected, difference, unit = _amounts(failure)
    words = _context(failure, evidence, failure.left_cells)
    match failure.check:
        case StatementTie(change=change, right=terms):
            zh, en = (_of_role(terms, failure, language) for language in (0, 1))
            zh, en = f"{zh}为", f"{en} has"
            if change:
                return (
                    f"正文“{words}”减去所写增减为 {stated}{unit[0]}，{zh} {expected}{unit[0]}，"
                    f"相差 {difference}{unit[0]}。",
                    f"The text “{words}” less the change that it states makes {stated}{unit[1]}; "
                    f"{en} {expected}{unit[1]}, {difference}{unit[1]} apart.",
                )
        case StatementSum():
            zh, en = "所列分项之和为", "the parts that are listed add up to"
        case Ratio():
            zh, en = "按文中金额计算应为", "the stated amounts make"
        case Same():
            other = _context(failure, evidence, failure.right_cells)
            zh, en = f"另一处“{other}”为", f"another place (“{other}”) states"
        case _:
            zh, en = "应为", "expected is"
    return (
        f"正文“{words}”写 {stated}{unit[0]}，{zh} {expected}{unit[0]}，相差 {difference}{unit[0]}。",
        f"The text “{words}” states {stated}{unit[1]}; {en} {expected}{unit[1]}, "
        f"{difference}{unit[1]} apart.",
    )


def _of_phrase(said: phrases.Phrase, failure: Failure, evidence: Mapping[str, Evidence]) -> tuple[str, str]:
    """The phrase of a kind of check, filled with what was found."""
    at = next((evidence[i] for i in failure.left_cells if i in evidence), None)
    name = at.name if at and at.form else failure.key or ""
    words = (at.sentence or at.label or "") if at else ""
    texts = []
    for language, text in enumerate(said):
        unit = unit_words(failure.unit)[language]
        told = text.format(
            form=_form(failure.form, language),
            row=name,
            column=_column(failure.column, language),
            key=failure.key or name,
            stated=figure(failure.left, failure.unit) + unit,
            expected=figure(failure.right, failure.unit) + unit,
            words=_shortened(words),
        )
        texts.append(told)
    return texts[0], texts[1]


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"


def _of_direction(failure: Failure, evidence: Mapping[str, Evidence]) -> tuple[str, str]:
    words = _context(failure, evidence, failure.left_cells)
    assert isinstance(failure.check, Direction)
    if failure.check.check == "signs":
        return (
            f"正文“{words}”增减金额与增减百分比方向相反。",
            f"The text “{words}”: amount and percentage of the change point in opposite directions.",
        )
    stated, expected, _, unit = _amounts(failure)
    return (
        f"正文称决算与预算的大小关系与数字不符：决算 {stated}{unit[0]}，预算 {expected}{unit[0]}。",
        f"The text compares final and budget against its own figures: final {stated}{unit[1]}, "
        f"budget {expected}{unit[1]}.",
    )
