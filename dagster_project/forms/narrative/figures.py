"""Figures in running text: the number, its unit, and what the words around it make of it.

Everything here looks at plain text only (``text.plain``) and knows nothing of chapters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from dagster_project.forms.narrative.words import Measure, last_match, same_words

MONEY: Final[dict[str, tuple[str, int]]] = {
    "万元": ("wan", 0),
    "万": ("wan", 0),
    "亿元": ("wan", 4),
    "千元": ("yuan", 3),
    "元": ("yuan", 0),
}
"""Printed unit → unit of the record and the power of ten between them: 亿元 are 万元, exactly."""

_FIGURE: Final = re.compile(
    r"(?<![\d.,])(?P<sign>-)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit>万元|亿元|千元|元|%|万(?=[(，。；])|人次|人|名|辆|台\(套\)|台套|台|套|个|家|批次|批|次|项(?![)目])"
    r"|分(?![类别项之局公钟布配析级行数散成]))"
)
_UNIT_LOST: Final = re.compile(r"(?<=[\u4e00-\u9fa5])(?P<number>\d+(?:\.\d+)?)$")
_LIMIT_AFTER: Final = re.compile(r"(?:\(不?含\)|含)?(?:及|或)?以[上下内]|[多余]|/|-\d")
_LIMIT_BEFORE: Final = re.compile(
    r"(?:单价|单位价值|限额|标准为?|每[人年月次台件])[^，。；]{0,6}$|[人户车]均[^，。；]{0,14}$|\d+[-至~—]$|[≤≥<>≦≧]$|\\[lg]eq?$"
)
_BRACKETS: Final = re.compile(r"[()]")
_LOOK_BACK: Final = 20
_OF_THAT: Final = re.compile(r"的(?:比例|比重|百分比)?(?:为|是|约|达|达到)?$")
_SHARE_OF: Final = re.compile(r"(?:完成|占|达到?|相当于|[为是])[^，。；：]*$")

_REASON: Final = re.compile(r"原因(?:[^。；]|；(?=[一二三四五六]是|\(?\d[)、.]|[①-⑨]))*$")
_SHARED_UNIT: Final = re.compile(r"(?<=[\u4e00-\u9fa5])\d+(?:\.\d+)?[，、]$")
_ASIDE: Final = re.compile(
    r"(?:主要)?(?:变[动化]|增[加长减]|减少|下降|持平|差异|支出)?(?:的)?(?:主要)?原因(?:是|为|：|有|在于)?[^。；]*[。；]"
    r"|(?:主要|(?<=[，。；：])|^)(?:用于|包括|反映|开支内容(?:包括)?|支出(?:内容|范围)(?:包括)?)"
    r"(?!以下|如下|下列)[^。；\d]*?(?:[。；]|，(?=完成|占|比上|较|与上|与\d|支出决算|年初预算|决算))"
    r"|^，?(?:是|为|系|即|指)[^。；\d]{6,}[。；]"
)
_BLANK_SHARE: Final = re.compile(r"占[^，。；：\d]*%")
"""A share whose figure was left blank (占基本支出预算%): what it is a share of is no subject."""

_BRACKET: Final = re.compile(r"\((?:不含|含|以|口径|详)[^()]*\)")
_COMPARISON: Final = re.compile(
    r"(?:比|较|与|同)(?P<base>(?:本部门|本单位|我[^，。]{0,6})?"
    r"(?:上年|上一?年度?|上一度|去年|20\d\d年度?|年初|全年|调整后?|当年|(?:支出)?预算数?)[^，。；：]{0,14}?)"
    r"(?=相比|比较|相较|对比|增|减|下|上升|上涨|提|降|持平|基本|有所|各|多|少|略|压|总|节|，|$)(?:相比|比较|相较|对比)?"
)
_EARLIER: Final = re.compile(r"20\d\d|上年|上一|去年")
_YEAR_OF_FIGURE: Final = re.compile(
    r"(?<![\d比较与同])(20\d\d)年度?(?:当年|全年|末)?[^，。；：]{0,16}(?:预算|决算|执行|支出|收入|安排|实际)[^，。；：]{0,8}$"
)
_LAST_YEAR: Final = re.compile(
    r"(?<![比较与同])(?:上年|上一?年度|去年)度?[^，。；：结]{0,8}(?:预算|决算|执行|支出|收入)[^，。；：结]{0,6}$"
)
_COMPARED_AMOUNT: Final = re.compile(
    r"(?:比|较|与)(?:(?P<year>20\d\d)年度?|上年|上一?年度?|去年)(?:年初)?(?:预算|决算|执行|支出)?数?(?:为|的)?$"
)
_THAN: Final = re.compile(r"[比较][^，。；：]{0,32}$")
_LESS_OR_MORE: Final = re.compile(r"(?:，)?(?:增|减|下降|上升|超|多|少|节约|压缩)")
_OF_WHICH: Final = re.compile(r"的\d")
_WITH: Final = re.compile(r"[与同][^，。；：]{0,32}$")
_COMPARED_WITH: Final = re.compile(r"(?:相比|比较|相较|对比)")
_YEAR_OF_HEADING: Final = re.compile(r"(?<!\d)(20\d\d)年(?!\d{1,2}月)[^，。；]*(?:预算|决算|支出|收入|经费)")
_DATE: Final = re.compile(r"(20\d\d)年(?:度)?(?:\d{1,2}月|[年期]?末|年?底)")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a paragraph. ``lead``: the words since the amount or percentage before it.

    A percentage of an amount printed with it (占本年支出2,022.44万元的81.86%) has the words around both.
    ``near`` are the words since any figure before it, ``before`` and ``after`` what stands around.
    """

    start: int
    end: int
    amount: Decimal
    decimals: int
    printed_unit: str
    lead: str
    near: str
    before: str
    after: str
    sure: bool = True

    @property
    def in_reason(self) -> bool:
        """Is the figure part of an explanation (主要原因是…) and no statement of its own?"""
        return bool(_REASON.search(self.before))


def figures(text: str, start: int) -> Iterator[Figure]:
    """The figures of a plain text from ``start`` on; limits, rough numbers and weights are none.

    A figure that ends the text after others in 万元 has lost its unit in print: it alone is not ``sure``.
    """
    amount_end = figure_end = start
    unit = lead = ""
    for found in _FIGURE.finditer(text):
        if _is_limit(text, found):
            continue
        figure = _figure(text, (amount_end, figure_end), found, found["unit"])
        if found["unit"] == "%" and _OF_THAT.fullmatch(figure.lead) and (share := _SHARE_OF.search(lead)):
            figure = replace(figure, lead=share.group() + figure.lead)
        yield figure
        figure_end = found.end()
        if found["unit"] in MONEY or found["unit"] == "%":
            amount_end, unit, lead = figure_end, found["unit"], figure.lead
    lost = _UNIT_LOST.search(text)
    if lost and unit == "万元" and lost.start() >= figure_end:
        yield _figure(text, (amount_end, figure_end), lost, unit, sure=False)


def _figure(
    text: str, starts: tuple[int, int], found: re.Match[str], unit: str, *, sure: bool = True
) -> Figure:
    """The figure found, with its leads: ``starts`` says where the last amount and the last figure ended."""
    number = found["number"]
    power = MONEY.get(unit, ("", 0))[1]
    amount = Decimal(number.replace(",", "")).scaleb(power)
    return Figure(
        start=found.start(),
        end=found.end(),
        amount=-amount if found.groupdict().get("sign") else amount,
        decimals=len(number.partition(".")[2]) - power,
        printed_unit=unit,
        lead=text[starts[0] : found.start()],
        near=text[starts[1] : found.start()],
        before=text[max(0, found.start() - 160) : found.start()],
        after=text[found.end() : found.end() + 24],
        sure=sure,
    )


def _is_limit(text: str, found: re.Match[str]) -> bool:
    """Does the figure only set a limit (单价50万元以上), a rough number (70多人) or a weight (（3分）)?"""
    before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
    if _LIMIT_AFTER.match(text, found.end()) or _LIMIT_BEFORE.search(before):
        return True
    return found["unit"] == "分" and before.endswith("(")


def open_brackets(text: str, end: int) -> list[int]:
    """Where the brackets stand that are open at ``end``, outermost first."""
    opened: list[int] = []
    for place in _BRACKETS.finditer(text, 0, end):
        if place.group() == "(":
            opened.append(place.start())
        elif opened:
            opened.pop()
    return opened


def spoken(lead: str) -> str:
    """The lead without reasons and purposes that are over, brackets that only define, and a first number.

    各减少1267.86，2570.97万元 gives two numbers one unit: both are measured by the same word.
    """
    lead = _BLANK_SHARE.sub("", _SHARED_UNIT.sub("", lead))
    return same_words(_BRACKET.sub("", _ASIDE.sub("。", lead)))


def is_compared(figure: Figure) -> bool:
    """Is this the amount that another is compared with: 比年初预算10万元减少…, 与年初预算10万元相比…?"""
    if _LESS_OR_MORE.match(figure.after):
        return bool(_THAN.search(figure.near))
    if _OF_WHICH.match(figure.after):
        return bool(_SHARE_OF.search(figure.near))
    return bool(_COMPARED_WITH.match(figure.after) and _WITH.search(figure.near))


def without_comparison(lead: str) -> tuple[str, str | None]:
    """The lead without 比上年预算, 与2023年度相比 …, and the last base of comparison it names."""
    found = last_match(_COMPARISON, lead)
    return _COMPARISON.sub("，", lead), found["base"] if found else None


def without_share(lead: str, measure: Measure) -> str:
    """The lead of a share or completion up to the word that measures: what it is a share of is no subject."""
    if measure.name not in ("share_pct", "completion_pct"):
        return lead
    place = max(lead.rfind("占"), lead.rfind("完成"))
    if place < 0 and measure.base:
        place = lead.rfind(measure.base)
    return lead[:place] if place >= 0 else lead


def against_budget(base: str, year: int) -> bool:
    """Is a change measured against the budget of ``year`` itself, not against an earlier year?"""
    rest = base.replace(f"{year}年", "")
    return "预算" in rest and "决算" not in rest and not _EARLIER.search(rest)


def year_of(lead: str, year: int) -> int:
    """The year an amount speaks of: the one named with it (2023年执行数), else the document's ``year``."""
    compared = _COMPARED_AMOUNT.search(lead)
    if compared:
        return int(compared["year"]) if compared["year"] else year - 1
    rest, _ = without_comparison(lead)
    found = _YEAR_OF_FIGURE.search(rest)
    if found:
        return int(found.group(1))
    return year - 1 if _LAST_YEAR.search(rest) else year


def year_of_heading(heading: str) -> int | None:
    """The year whose figures a heading announces (二、2021年“三公”经费决算情况)."""
    found = _YEAR_OF_HEADING.search(heading)
    return int(found.group(1)) if found else None


def date_in(lead: str) -> int | None:
    """The year of the last date in a lead (截至2023年12月31日)."""
    dates = _DATE.findall(lead)
    return int(dates[-1]) if dates else None
