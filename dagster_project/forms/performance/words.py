"""The wording of performance forms (绩效目标表、自评表): labels, column headers, levels, usual values.

Everything here is looked up in the ``performance_*`` seeds; wordings are compared by ``vocabulary.key``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from dagster_project import vocabulary

_POINTS: Final = re.compile(
    r"\((?:(?:\d+(?:\.\d+)?)?分|[^()]{0,6}万?元|必填|[A-Z%]|\d{4}年?度?|总分\d+分?)\)"
)
_SCORE_FORMULA: Final = re.compile(r"\([^()]*(?:\*|×|/|÷)[^()]*\)")
_IN_BRACKETS: Final = re.compile(rf"(?:{_POINTS.pattern}|{_SCORE_FORMULA.pattern})+$")
_YEAR_PREFIX: Final = re.compile(r"^20\d\d年度?")
_LABEL_END: Final = re.compile(r"[:：.、]+$")
_GOAL_HEAD: Final = re.compile(
    r"((?:长期|中期|年度|实施期)(?:绩效)?目标\d{0,2})(?:\(\d+(?:\.\d+)?分?\)?)?[:：]?"
)
_GOAL_LINE: Final = re.compile(r"((?:长期|中期|年度|实施期)(?:绩效)?目标\d{1,2})(?:\(\d+分\))?[:：]")
_POINTS_VALUE: Final = re.compile(r"\((\d+(?:\.\d+)?)分")
_LEVEL_POINTS: Final = re.compile(r"\(\d+(?:\.\d+)?(?:分|%)?\)$|\d+(?:\.\d+)?分$")

_OPERATOR: Final = (
    r"(?:[≥≤=＝><＞＜≧≦≈±~]|>=|<=|约|近|超过?|不低于|不少于|不高于|不超过|不大于|不小于|大于等于|小于等于|大于|小于"
    r"|高于|低于|等于|至少|达到?|控制在|定性|约为)?"
)
_NUMBER: Final = r"[-+]?\d[\d,]*(?:\.\d+)?"
_UNIT: Final = r"[%％‰℃°㎡㎥m²³/\w]{0,6}?(?:以上|以下|以内|左右|及以上|及以下)?"
_VALUE: Final = re.compile(
    rf"{_OPERATOR}{_OPERATOR}(?:{_NUMBER})(?:[%％])?(?:(?:-|~|—|－|至|/|、|:|：){_NUMBER})?{_UNIT}"
)
_THING: Final = re.compile(r"\d[㐀-鿿]{3,}$")
_COMPARISON: Final = re.compile(r"[≥≤=＝＞＜≧≦≈><]")
_COMPARED_END: Final = re.compile(r"[≥≤=＝≧≦≈]\d[^，。；、]{0,8}$")
_CITATION: Final = re.compile(r"[\[〔【(（]20\d\d[\]〕】)）]第?\d*号?")
_SHORTEST_GLUED: Final = 8
_FIGURE_FIRST: Final = re.compile(r"[≥≤=＝≧≦约]?\d(?!\d{3}年)")
_PLACEHOLDER: Final = re.compile(r"指标(?:\d+[:：]?|[:：])|[….·]+")
_PLAIN: Final = re.compile(r"-?\d{1,3}(?:\.\d+)?(?:分)?")
_AMOUNT: Final = re.compile(r"-?\d[\d,]*(?:\.\d+)?(?:万?元)?")
_PERCENT: Final = re.compile(r"-?\d+(?:\.\d+)?[%％]")


@dataclass(frozen=True, slots=True)
class ProjectItem:
    """A line of the money part of a form: the item key it stands for and the item it is a part of."""

    item: str
    parent: str


@cache
def labels() -> dict[str, str]:
    """Label of a section or field → its role (seed ``performance_label``)."""
    return {vocabulary.key(row["wording"]): row["role"] for row in vocabulary.seed_rows("performance_label")}


@cache
def headers(table: str) -> dict[str, str]:
    """Column header → column of one table of a form (seed ``performance_header``).

    ``table``: ``indicators``, ``funding``, ``project_list``, ``execution``, ``goals``, ``details``,
    ``sources``.
    ``ignored`` columns hold nothing the tables keep, ``group`` stands above other headers.
    """
    return {
        vocabulary.key(row["wording"]): row["column"]
        for row in vocabulary.seed_rows("performance_header")
        if row["section"] == table
    }


@cache
def levels(level: int) -> dict[str, str]:
    """Level names (1: 产出指标 …, 2: 数量指标 …) → the level above (seed ``performance_level``)."""
    return {
        vocabulary.key(row["wording"]): row["parent"]
        for row in vocabulary.seed_rows("performance_level")
        if row["level"] == str(level)
    }


@cache
def usual(kind: str) -> frozenset[str]:
    """Usual wordings of a cell (seed ``performance_value``).

    ``value`` (完成, 达标), ``basis`` (计划标准), ``project_type`` (延续性项目), ``unit`` (人次), ``sum``
    (合计).
    """
    return frozenset(
        vocabulary.key(row["wording"])
        for row in vocabulary.seed_rows("performance_value")
        if row["kind"] == kind
    )


@cache
def project_items() -> dict[str, ProjectItem]:
    """Lines of 资金来源 → item (seed ``performance_project_item``); parent ``*`` stands for the line
    before.
    """
    return {
        vocabulary.key(row["wording"]): ProjectItem(row["item"], row["parent"])
        for row in vocabulary.seed_rows("performance_project_item")
    }


@lru_cache(maxsize=16384)
def label_key(text: str) -> str:
    """A label as the seeds word it: no year, no points, no list number, no colon."""
    plain = _POINTS.sub("", _SCORE_FORMULA.sub("", vocabulary.key(text)))
    return _LABEL_END.sub("", _YEAR_PREFIX.sub("", vocabulary.without_number(plain)))


@lru_cache(maxsize=16384)
def role(text: str) -> str | None:
    """The role of a section or field label, or ``None``."""
    return labels().get(label_key(text))


def is_label(text: str) -> bool:
    """Whether a cell names something: no figure, and more than a unit or points in brackets."""
    return not is_figure(text) and bool(_POINTS.sub("", vocabulary.key(text)))


@lru_cache(maxsize=16384)
def begins_stop(text: str) -> bool:
    """Whether the text is the beginning of a label that ends a table, broken by the text beside it."""
    plain = vocabulary.key(text)
    return len(plain) > 3 and any(
        label.startswith(plain) for label, known in labels().items() if known == "stop"
    )


@lru_cache(maxsize=16384)
def header(text: str, table: str) -> str | None:
    """The column of ``table`` that a header cell names, or ``None``."""
    plain = vocabulary.key(text)
    known = headers(table)
    return known.get(plain) or known.get(_YEAR_PREFIX.sub("", _IN_BRACKETS.sub("", plain)))


@lru_cache(maxsize=16384)
def level_name(text: str, level: int) -> bool:
    """Whether the text is a known name of the level; points behind it (产出指标(50分)) do not matter."""
    return _LEVEL_POINTS.sub("", vocabulary.key(text)) in levels(level)


@lru_cache(maxsize=16384)
def goal_name(text: str) -> str | None:
    """The name of a goal (年度目标1, 长期绩效目标) that a cell consists of, without points and colon."""
    match = _GOAL_HEAD.fullmatch(vocabulary.key(text))
    return match.group(1) if match else None


@lru_cache(maxsize=16384)
def goal_begun(text: str) -> str | None:
    """The numbered goal (年度目标1：…) that a text begins with, or consists of."""
    match = _GOAL_LINE.match(vocabulary.key(text))
    if match:
        return match.group(1)
    name = goal_name(text)
    return name if name and name[-1].isdigit() else None


def points(text: str) -> str | None:
    """The points a label carries: ``20`` in 预算执行情况（20分）."""
    match = _POINTS_VALUE.search(vocabulary.key(text))
    return match.group(1) if match else None


@lru_cache(maxsize=16384)
def is_value(text: str) -> bool:
    """Whether the text reads as a target or result: a figure with its operator and unit, or a usual word."""
    return vocabulary.key(text) in usual("value") or is_figure(text)


@lru_cache(maxsize=16384)
def is_figure(text: str) -> bool:
    """Whether the text is a figure with its operator and unit (no usual word)."""
    plain = vocabulary.key(text)
    return _VALUE.fullmatch(plain) is not None and not any(plain.endswith(w) for w in usual("basis"))


@lru_cache(maxsize=16384)
def is_named_figure(text: str) -> bool:
    """Whether a figure names a thing (2台电梯) and could be an indicator's name as well."""
    return _THING.search(text) is not None


def begins_with_figure(text: str) -> bool:
    """Whether a figure that is no year begins the text."""
    return _FIGURE_FIRST.match(text) is not None


@lru_cache(maxsize=16384)
def begins_value(text: str) -> bool:
    """Whether the text begins with a comparison (≤预算资金)."""
    return _COMPARISON.match(text) is not None


@lru_cache(maxsize=16384)
def ends_in_value(text: str) -> bool:
    """Whether a comparison with a figure ends the text (服务及时率=100%): two cells in one, most likely."""
    return _COMPARED_END.search(text) is not None


def is_points(text: str) -> bool:
    """Whether the text can be a score or weight: a plain number below 1,000."""
    return _PLAIN.fullmatch(vocabulary.key(text)) is not None


def is_amount(text: str) -> bool:
    """Whether the text is a sum of money, with or without its unit."""
    return _AMOUNT.fullmatch(vocabulary.key(text)) is not None


def is_percent(text: str) -> bool:
    """Whether the text is a percentage."""
    return _PERCENT.fullmatch(vocabulary.key(text)) is not None


@lru_cache(maxsize=16384)
def cites(text: str) -> bool:
    """Whether the text cites a document by its number (〔2021〕40号): what a value rests on, no value and
    no name.
    """
    return _CITATION.search(text) is not None


@cache
def _name_endings() -> tuple[str, ...]:
    return tuple(usual("name_ending"))


@cache
def _long_values() -> tuple[str, ...]:
    return tuple(sorted((word for word in usual("value") if len(word) > 1), key=len, reverse=True))


def ends_as_name(text: str) -> bool:
    """Whether the text ends as names of indicators do (…率, …度)."""
    return text.endswith(_name_endings())


@lru_cache(maxsize=16384)
def glued_value(text: str) -> str | None:
    """The usual value that is printed right behind an indicator's name (影响程度明显), or ``None``."""
    if len(text) < _SHORTEST_GLUED or not text.endswith(_long_values()):
        return None
    return next(
        (word for word in _long_values() if text.endswith(word) and ends_as_name(text.removesuffix(word))),
        None,
    )


def is_sum(text: str) -> bool:
    """Whether the text names the sum of the rows beside it."""
    return vocabulary.key(text) in usual("sum")


def is_placeholder(text: str) -> bool:
    """Whether the text is what a template leaves where no indicator is set (指标2：, ……)."""
    return _PLACEHOLDER.fullmatch(text) is not None


def is_unit(text: str) -> bool:
    """Whether the text is a unit that a figure before it may count in."""
    return vocabulary.key(text) in usual("unit")


@lru_cache(maxsize=16384)
def is_usual(text: str) -> bool:
    """Whether the text is a usual word of a value or of its basis."""
    plain = vocabulary.key(text)
    return plain in usual("value") or plain in usual("basis")


def is_basis(text: str) -> bool:
    """Whether the text is a usual wording of 指标值确定依据."""
    return vocabulary.key(text) in usual("basis")
