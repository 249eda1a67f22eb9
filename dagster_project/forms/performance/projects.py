"""The money of a project's declaration form: its budget, where it comes from, what it is spent on.

``project_funding`` items: ``total_budget`` (项目总预算), ``current_budget`` (项目当年预算),
``funding.<source>``
(资金来源), ``prior_year_1.budget``, ``prior_year_2.actual`` … (what the form's text says of the years
before),
``current_year.budget_in_text``, ``current_year.change_amount``. ``project_detail`` items are the lines of
项目支出明细 as printed. Amounts as printed, in the printed unit or that of the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.performance import words

_MONEY: Final = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)(万元|元)?")
_STATED: Final = re.compile(r"(-?\d[\d,]*(?:\.\d+)?)(万元|元)")
_TAGS: Final = re.compile(r"<[^>]*>")
_ITEM_START: Final = re.compile(r"(?<![\d.])\d{1,2}[.、](?!\d+(?:\.\d+)?(?:万?元|%))")
_YEAR: Final = re.compile(r"(20\d\d)年?度?")
_COMPARED: Final = re.compile(r"(?:较|比|与|同)(?:上年|20\d\d年?度?)[^,;。]{0,16}$")
_CHANGE: Final = re.compile(r"(减少|较少|下降|压减|降低|核减|调减|增加|增长|上升|新增|调增)(?:了)?$")
_MONTHS: Final = re.compile(r"1[-至—~](\d{1,2})月")
_ACTUAL: Final = re.compile(r"执行|支出数|实际支出|已用|使用|完成")
_BUDGET: Final = re.compile(r"预算(?!执行)|安排|申请|提$")
_SCORE: Final = re.compile(r"自评(?:得分|分数|分)?(?:为|:)?(\d+(?:\.\d+)?)分")
_DECREASES: Final = frozenset(["减少", "较少", "下降", "压减", "降低", "核减", "调减"])
_MONTH_NAMES: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum of money as printed, with its unit (``wan`` or ``yuan``)."""

    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that the running text of a form states: item key, amount, unit (``wan``, ``yuan``,
    ``points``).
    """

    item: str
    amount: Decimal
    unit: str


def read_money(text: str, unit: str) -> Amount | None:
    """A cell that is a sum of money; its own unit wins over the form's. ``None`` for anything else."""
    printed = money.parse_amount(text)
    if printed is not None and text not in money.ZERO_MARKS:
        return Amount(printed.amount, unit)
    match = _MONEY.fullmatch(vocabulary.compact(text))
    if match is None:
        return None
    return Amount(Decimal(match.group(1).replace(",", "")), _unit(match.group(2), unit))


def _unit(printed: str | None, default: str) -> str:
    return default if printed is None else "wan" if printed == "万元" else "yuan"


def source_item(label: str, current: str | None) -> str | None:
    """The funding item of a line of 资金来源; ``current`` is the item of the line above that stands on its
    own.

    ``None`` where the wording is not declared (seed ``performance_project_item``).
    """
    plain = vocabulary.without_number(vocabulary.key(label))
    known = words.project_items().get(plain.removeprefix("其中:").removesuffix(":"))
    if known is None or known.parent == "row":
        return None
    if known.parent == "*":
        return f"{current}.{known.item}" if current else None
    return ".".join(part for part in ("funding", known.parent, known.item) if part)


def plain_text(text: str) -> str:
    """A form's running text without tags and white space."""
    return vocabulary.compact(_TAGS.sub("", text))


def stated_history(text: str, fiscal_year: int) -> Iterator[Stated]:
    """What 项目前两年预算及当年预算变动情况 says: budgets and execution of the two years before, this
    year's change.

    The year of a figure is the last one named before it, the measure the last word for budget or execution.
    """
    year: int | None = None
    for clause in _clauses(plain_text(text)):
        for match in _STATED.finditer(clause):
            before = clause[: match.start()]
            year = _year_before(before) or year
            item = _history_item(before, year, fiscal_year)
            if item:
                amount = Decimal(match.group(1).replace(",", ""))
                sign = -1 if item.endswith("change_amount") and _is_decrease(before) else 1
                yield Stated(item, sign * amount, _unit(match.group(2), "wan"))
        year = _year_before(clause) or year


def stated_scores(text: str, fiscal_year: int) -> Iterator[Stated]:
    """The self-evaluation score of an earlier year that 上年绩效评价结果 states, in points (分)."""
    plain = plain_text(text)
    for match in _SCORE.finditer(plain):
        year = _year_before(plain[: match.start()])
        if year is not None and fiscal_year - year in (1, 2):
            yield Stated(f"prior_year_{fiscal_year - year}.self_score", Decimal(match.group(1)), "points")


def _clauses(text: str) -> Iterator[str]:
    """The numbered items and sentences of a text; a sentence without a year of its own keeps the one
    before.
    """
    start = 0
    for match in _ITEM_START.finditer(text):
        yield from filter(None, text[start : match.start()].split("。"))
        start = match.start()
    yield from filter(None, text[start:].split("。"))


def _year_before(text: str) -> int | None:
    found = None
    for match in _YEAR.finditer(text):
        if text[max(0, match.start() - 1) : match.start()] not in ("较", "比", "与", "同", "照"):
            found = int(match.group(1))
    return found


def _is_decrease(before: str) -> bool:
    change = _CHANGE.search(before)
    return bool(change) and change.group(1) in _DECREASES if change else False


def _history_item(before: str, year: int | None, fiscal_year: int) -> str | None:
    if year is None:
        return None
    back = fiscal_year - year
    phrase = re.split("[,;]", before)[-1]
    if _CHANGE.search(before):
        return "current_year.change_amount" if back == 0 and _COMPARED.search(before) else None
    if back == 0:
        return "current_year.budget_in_text"
    if back not in (1, 2):
        return None
    months = _MONTHS.search(before)
    if months and 1 < int(months.group(1)) <= len(_MONTH_NAMES):
        return f"prior_year_{back}.actual_jan_{_MONTH_NAMES[int(months.group(1)) - 1]}"
    return f"prior_year_{back}.{_measure(phrase)}"


def _measure(phrase: str) -> str:
    """``actual`` or ``budget``: whichever word stands last before the figure; 安排 is what a budget does."""
    actual = max((match.start() for match in _ACTUAL.finditer(phrase)), default=-1)
    budget = max((match.start() for match in _BUDGET.finditer(phrase)), default=-1)
    return "actual" if actual > budget else "budget"
