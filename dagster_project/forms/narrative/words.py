"""The wording of prose statements, compiled from the ``narrative_*`` seeds and the account lists.

Every pattern is written for plain text (``text.plain``): half-width brackets and digits, full-width
``：；``, one kind of quotation mark. Where several wordings fit, the one that ends nearest to the figure
wins, and of those the longest.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from dagster_project.vocabulary import compact, seed_rows

OUTERMOST: Final = frozenset({"performance", "glossary", "work"})
"""Chapters whose inner headings say nothing: they stand for everything below them."""

_INNER: Final = frozenset({"structure", "items"})
_OF_ANY_MONEY: Final = frozenset({"total", "income", "expenditure", "balance"})
_OF_NAMED_MONEY: Final = frozenset(
    {
        "general",
        "basic",
        "appropriation",
        "government_fund",
        "state_capital",
        "fiscal_account",
        "three_public",
    }
)
_PART: Final = re.compile(r"第[^部]{1,3}部分")
_PATH: Final = re.compile(
    r"(?P<class>[\u4e00-\u9fa5][^。；：,，\d]{1,28}?)\((?P<class_code>\d{3})?类\)(?:支出)?[、\-]?"
    r"(?P<group>[\u4e00-\u9fa5][^。；：,，\d]{1,40}?)\((?P<group_code>\d{2})?款\)[、\-]?"
    r"(?:(?P<item>[\u4e00-\u9fa5][^。；：,，\d]{1,60}?)\((?P<item_code>\d{2})?项\))?"
)
_PATH_BELOW_CLASS: Final = re.compile(
    r"(?P<group>[\u4e00-\u9fa5][^。；：，\d]{1,40}?)\((?P<group_code>\d{2})?款\)[、\-]?"
    r"(?:(?P<item>[\u4e00-\u9fa5][^。；：，\d]{1,60}?)\((?P<item_code>\d{2})?项\))?"
)
_CLASS_ALONE: Final = re.compile(r"(?P<name>[\u4e00-\u9fa5][^。；：，\d()]{1,28}?)\((?P<code>\d{3})?类\)")
_ITEM: Final = 7
"""Digits of an item's code (类款项)."""

_ITEM_FIRST: Final = re.compile(
    r"(?:[^。]*[。；])?(?:[(\d)、.一二三四五六七八九十]{0,5})(?P<name>[\u4e00-\u9fa5][\u4e00-\u9fa5()、]{3,40}?)"
    r"(?:支出)?(?:20\d\d年)?(?:年初)?(?:支出)?(?:预算|决算)?(?:数|安排)?(?:为|是|共计|合计|：)*"
)
_NAME_STARTS: Final = re.compile(
    r"(?:^|[^\u4e00-\u9fa5]|用于|包括|其中|分别|[是为的和及与或年按有对将把在用由共含至一二三四五六七八九十]|安排"
    r"|部门|单位|局|委|办|校|院|中心|馆|所|拨款|预算|支出|下列|以下|方面)$"
)
"""What stands before the name of a class; other words make it the end of a longer name (初中教育)."""

_CODE_FIRST: Final = re.compile(
    r"(?<![\d.])(?P<code>2\d{2}(?:\d{2}){1,2})[\-—、]?[\u4e00-\u9fa5][\u4e00-\u9fa5、()]*"
)
_CODED_PATH: Final = re.compile(
    r"(?<!\d)(?P<class>2\d{2})\(类\)(?P<group>\d{2})\(款\)(?:(?P<item>\d{2})\(项\))?"
)
_CODE_IN_BRACKETS: Final = re.compile(r"\((?P<code>2\d{2}(?:\d{2}){1,2})\)")


@dataclass(frozen=True, slots=True)
class Chapter:
    """What a heading announces: how its figures are read, whom they are about, whose money they are."""

    name: str
    treatment: str
    subject: str | None
    scope: str | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What a figure measures, by the words directly before it."""

    name: str
    base: str | None = None
    verb: str | None = None
    sign: int = 1


_NO_HEADING: Final = "none"
"""Stands in the seeds for prose under no heading that opens a chapter."""

_GENERAL_PROJECTS: Final = Chapter("general_project", "read", "general.project", "general")
NO_CHAPTER: Final = Chapter("", "strict", None, None)


def last_match(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last place where a pattern is found."""
    found = deque(pattern.finditer(text), maxlen=1)
    return found[0] if found else None


@cache
def _chapters() -> tuple[tuple[re.Pattern[str], Chapter], ...]:
    return tuple(
        (
            re.compile(row["pattern"]),
            Chapter(row["chapter"], row["treatment"], row["subject"] or None, row["scope"] or None),
        )
        for row in seed_rows("narrative_chapter")
    )


@lru_cache(maxsize=4096)
def chapter_of(heading: str) -> Chapter | None:
    """The chapter that a heading (plain text) opens, ``None`` where no wording fits."""
    for pattern, chapter in _chapters():
        if pattern.search(heading):
            return chapter
    return None


def chapter_of_path(headings: Iterable[str]) -> Chapter:
    """The chapter that the headings above a paragraph (outermost first) put it into.

    ``structure`` and ``items`` headings refine the chapter above them: ``general_structure``.
    """
    opened = [(heading, chapter) for heading in headings if (chapter := chapter_of(heading))]
    for _, chapter in opened:
        if chapter.name in OUTERMOST:
            return chapter
    # The title of a part names all its chapters (预算及“三公”经费说明): it counts only where no other does.
    below = [chapter for heading, chapter in opened if not _PART.match(heading)]
    found = below or [chapter for _, chapter in opened]
    inner = [chapter.name for chapter in found if chapter.name in _INNER]
    outer = [chapter for chapter in found if chapter.name not in _INNER]
    if not outer:
        return found[-1] if found else NO_CHAPTER
    chapter = _innermost(outer)
    if inner and chapter.name == "general":
        return Chapter(f"general_{inner[-1]}", chapter.treatment, chapter.subject, chapter.scope)
    return chapter


def _innermost(chapters: Sequence[Chapter]) -> Chapter:
    """The innermost chapter; one that any money can have (收入情况) yields to one that names the money."""
    if chapters[-1].name == "project" and any(chapter.name == "general" for chapter in chapters):
        return _GENERAL_PROJECTS
    if chapters[-1].name in _OF_ANY_MONEY:
        for chapter in reversed(chapters[:-1]):
            if chapter.name in _OF_NAMED_MONEY:
                return chapter
    return chapters[-1]


@cache
def _variants() -> tuple[tuple[str, str], ...]:
    return tuple((row["printed"], row["meant"]) for row in seed_rows("narrative_variant"))


def same_words(text: str) -> str:
    """``text`` with other words for the same thing (公共财政预算) put as the patterns have them."""
    for printed, meant in _variants():
        if printed in text and meant not in text:
            text = text.replace(printed, meant)
    return text


@cache
def _verbs() -> dict[str, int]:
    return {row["verb"]: int(row["sign"]) for row in seed_rows("narrative_verb")}


@cache
def _verbs_of(use: str) -> str:
    return "|".join(row["verb"] for row in seed_rows("narrative_verb") if row["use"] == use)


@cache
def _change() -> re.Pattern[str]:
    verbs = _verbs_of("change")
    return re.compile(
        rf"(?P<verb>{verbs})(?:了|约|近|额度?|率|幅度?|比例|数额?|金额|资金|支出|预算|收入|经费|安排)*(?:\((?:{verbs}|或|/|、)+\))?"
        rf"(?:分别|各)?(?:为|是|达到?|约|近|共计|合计|：)*(?:\((?:{verbs}|或|/|、)+\))?$"
    )


@cache
def _short_change() -> re.Pattern[str]:
    return re.compile(rf"(?<![新拟递净增核缩删裁])(?P<verb>{_verbs_of('short')})(?:幅|了|约)?$")


@cache
def _change_of_named() -> re.Pattern[str]:
    return re.compile(
        r"(?:^|[，。；：是因])(?P<verb>增加|减少|压减|追加|调减|调增|节约|核减)了?(?!到|至|为)[\u4e00-\u9fa5\"、]{1,14}(?<!为|至|到|达)$"
    )


@cache
def _beyond() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<verb>{_verbs_of('beyond')})(?P<base>[^，。；：\d]{{2,14}}|20\d\d年[^，。；：\d]{{0,12}})$"
    )


@cache
def _measures() -> tuple[tuple[re.Pattern[str], str, str, str], ...]:
    return tuple(
        (re.compile(row["pattern"]), row["unit"], row["kind"], row["measure"])
        for row in seed_rows("narrative_measure")
    )


@lru_cache(maxsize=16384)
def measure_of(lead: str, unit: str, kind: str | None) -> Measure | None:
    """What the words before a figure say it measures; ``None`` for a percentage of nothing known.

    ``unit`` is ``money`` or ``pct``; an amount without any measuring word is plainly an ``amount``.
    """
    change = _change().search(lead) or _short_change().search(lead)
    change = change or (_change_of_named().search(lead) if unit == "money" else None)
    beyond = _beyond().search(lead) if unit == "money" else None
    if change or beyond:
        found = change or beyond
        assert found is not None
        verb = found["verb"]
        base = beyond["base"] if beyond and not change else None
        name = "change_amount" if unit == "money" else "change_pct"
        return Measure(name, base=base, verb=verb, sign=_verbs().get(verb, 1))
    for pattern, of_unit, of_kind, name in _measures():
        if of_unit != unit or of_kind not in ("any", kind):
            continue
        fits = pattern.search(lead)
        if fits:
            base = fits.groupdict().get("base")
            return Measure(name, base=base or None)
    return Measure("amount") if unit == "money" else None


@cache
def _defaults() -> tuple[tuple[re.Pattern[str], str, str, str], ...]:
    return tuple(
        (re.compile(row["item_pattern"]), row["kind"], row["measure"], row["printed_as"])
        for row in seed_rows("narrative_default")
    )


@lru_cache(maxsize=8192)
def key_measure(subject: str, measure: str, kind: str | None) -> str:
    """The measure by which a subject's key ends: an amount of a function account is its budget or final."""
    for pattern, of_kind, of_measure, printed_as in _defaults():
        if of_measure == measure and of_kind in ("any", kind) and pattern.fullmatch(subject):
            return printed_as
    return measure


@cache
def is_subject(key: str) -> bool:
    """Does a wording name this subject?"""
    return any(row["subject"] == key for row in seed_rows("narrative_subject"))


@cache
def _besides() -> tuple[re.Pattern[str], ...]:
    printed = dict.fromkeys(row["beside"] for row in seed_rows("narrative_subject") if row["beside"])
    return tuple(re.compile(pattern) for pattern in printed)


@lru_cache(maxsize=256)
def said_beside(paragraph: str) -> frozenset[str]:
    """The patterns for other words of the same paragraph that a subject's wording depends on."""
    return frozenset(pattern.pattern for pattern in _besides() if pattern.search(paragraph))


@cache
def _subjects(
    chapter: str, kind: str | None, beside: frozenset[str]
) -> tuple[tuple[re.Pattern[str], str, bool], ...]:
    base = chapter.removesuffix("_structure").removesuffix("_items")
    rows = []
    for row in seed_rows("narrative_subject"):
        chapters = row["chapters"].split("|") if row["chapters"] else []
        if row["beside"] and row["beside"] not in beside:
            continue
        if (not chapters or (base or _NO_HEADING) in chapters) and row["kind"] in ("", kind):
            rows.append((re.compile(row["pattern"]), row["subject"], bool(chapters)))
    return tuple(rows)


@lru_cache(maxsize=16384)
def subject_in(
    lead: str, chapter: str, kind: str | None, beside: frozenset[str] = frozenset()
) -> tuple[str, int, int] | None:
    """The subject named nearest before a figure, with the span of its wording in ``lead``.

    ``beside`` are the other words of its paragraph (``said_beside``).

    Of wordings that end at the same place the longest wins, and then the one of the chapter itself.
    """
    best: tuple[int, int, bool] | None = None
    named = None
    for pattern, subject, of_chapter in _subjects(chapter, kind, beside):
        for found in pattern.finditer(lead):
            rank = (found.end(), found.end() - found.start(), of_chapter)
            if found.end() > found.start() and (best is None or rank > best):
                best, named = rank, (subject, found.start(), found.end())
    return named


@cache
def _counts() -> tuple[
    tuple[frozenset[str], re.Pattern[str], re.Pattern[str], re.Pattern[str], str, str], ...
]:
    return tuple(
        (
            frozenset(row["chapters"].split("|")) if row["chapters"] else frozenset(),
            re.compile(rf"(?:{row['before']})(?:[\"：，,共有约计达]|\(含\))*$"),
            re.compile(row["figure_unit"]),
            re.compile(row["after"]),
            row["item"],
            row["unit"],
        )
        for row in seed_rows("narrative_count")
    )


def count_of(lead: str, unit: str, after: str, chapter: str) -> tuple[str, str] | None:
    """Item and unit of a counted figure, by the words before and behind it."""
    for chapters, before, figure_unit, behind, item, counted in _counts():
        if chapters and chapter not in chapters:
            continue
        if figure_unit.fullmatch(unit) and behind.match(after) and before.search(lead):
            return item, counted
    return None


class Accounts:
    """Names of accounts, of the document itself first and then of the account lists, to their codes."""

    def __init__(self, printed: Mapping[str, str] | None = None) -> None:
        self._printed = _index((code, label) for code, label in (printed or {}).items() if code[:1] == "2")
        self._printed_items = _items(self._printed)

    def path_in(self, lead: str, above: str | None = None) -> tuple[str, int, int] | None:
        """The last account that ``lead`` names as a path 类款项, or by its code, with its span.

        ``above`` is the class that the paragraphs before have named: a path 款项 goes on below it.
        """
        found = last_match(_PATH, lead)
        if found:
            return self._code_of_path(found), found.start(), found.end()
        found = last_match(_PATH_BELOW_CLASS, lead) if above else None
        if found and above:
            return self._below(above, found), found.start(), found.end()
        found = last_match(_CODED_PATH, lead)
        if found:
            return "".join(part for part in found.groups() if part), found.start(), found.end()
        found = last_match(_CODE_IN_BRACKETS, lead) or last_match(_CODE_FIRST, lead)
        return (found["code"], found.start(), found.end()) if found else None

    def class_named(self, text: str) -> str | None:
        """The code of the last class that a text names with (类), for the paths below it."""
        found = last_match(_CLASS_ALONE, text)
        if found is None:
            return None
        return found["code"] or self._child("", found["name"], 3)

    def class_in(self, lead: str) -> tuple[str, int, int] | None:
        """The last class (类) that ``lead`` names as an expenditure, with its span."""
        last = None
        for found in _class_pattern().finditer(lead):
            if _NAME_STARTS.search(lead, 0, found.start()):
                last = found
        if last is None:
            return None
        return _classes()[_bare(last["name"])], last.start(), last.end()

    def item_in(self, lead: str, *, among_items: bool) -> tuple[str, int, int] | None:
        """The item (项) that ``lead`` begins with by its bare name, where only one account bears it.

        A name that an economic account bears too is an item's ``among_items`` only.
        """
        found = _ITEM_FIRST.fullmatch(lead)
        if found is None:
            return None
        name = _bare(found["name"])
        if not among_items and name in _economic_names():
            return None
        for index in (self._printed_items, _listed_items()):
            if name in index:
                code = index[name]
                return (code, found.start("name"), found.end("name")) if code else None
        return None

    def _code_of_path(self, found: re.Match[str]) -> str:
        above = found["class_code"] or self._child("", found["class"], 3)
        if above is None:
            return _joined(found["class"], found["group"], found["item"])
        return self._below(above, found)

    def _below(self, above: str, found: re.Match[str]) -> str:
        """The code of a path 款项 below a class; where a name is unknown, the code so far and the names."""
        group = above + found["group_code"] if found["group_code"] else self._child(above, found["group"], 5)
        if group is None and found["item"]:
            alone = self._only_item(above, found["item"])
            if alone:
                return alone
        if group is None:
            return _joined(above, found["group"], found["item"])
        if not found["item"]:
            return group
        item = group + found["item_code"] if found["item_code"] else self._child(group, found["item"], 7)
        return item or _joined(group, found["item"])

    def _only_item(self, above: str, name: str) -> str | None:
        """The item of a class that alone bears a name: a wrong 款 before it leaves no doubt."""
        bare = _bare(name)
        for index in (self._printed, _listed()):
            codes = {
                names[bare]
                for (parent, length), names in index.items()
                if length == 7 and parent.startswith(above) and bare in names
            }
            if len(codes) == 1:
                return codes.pop()
        return None

    def _child(self, parent: str, name: str, length: int) -> str | None:
        for index in (self._printed, _listed()):
            code = _matching(index, parent, name, length)
            if code:
                return code
        return None


_Index = dict[tuple[str, int], dict[str, str]]


def _index(accounts: Iterable[tuple[str, str]]) -> _Index:
    """(parent code, length of code) → bare name → code."""
    index: _Index = {}
    for code, name in accounts:
        parent = "" if len(code) == 3 else code[:-2]
        index.setdefault((parent, len(code)), {}).setdefault(_bare(name), code)
    return index


def _items(index: _Index) -> dict[str, str | None]:
    """Bare name → code of every item (项); ``None`` where two accounts bear the name."""
    items: dict[str, str | None] = {}
    for (_, length), names in index.items():
        for name, code in names.items() if length == _ITEM else ():
            items[name] = None if name in items else code
    return items


@cache
def _economic_names() -> frozenset[str]:
    return frozenset(_bare(name) for name in _economic()[1])


@cache
def _listed_items() -> dict[str, str | None]:
    return _items(_listed())


def _matching(index: _Index, parent: str, name: str, length: int) -> str | None:
    """The account of that name below ``parent``; a name cut off in print fits by its beginning."""
    names = index.get((parent, length), {})
    bare = _bare(name)
    if bare in names:
        return names[bare]
    close = {
        code
        for other, code in names.items()
        if len(other) > 5 and (bare.startswith(other) or other.startswith(bare))
    }
    return close.pop() if len(close) == 1 and len(bare) > 5 else None


def _joined(*names: str | None) -> str:
    """A path of names and codes, as far as it goes, without quotation marks."""
    return ".".join(name.strip('"') for name in names if name)


def _bare(name: str) -> str:
    text = compact(name).strip('")、.')
    return text[:-2] if text.endswith("支出") and len(text) > 3 else text


@cache
def _listed() -> _Index:
    return _index((row["code"], row["name"]) for row in seed_rows("account_function"))


@cache
def _classes() -> dict[str, str]:
    return dict(_listed()[("", 3)])


@cache
def _class_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _classes()), key=len, reverse=True))
    return re.compile(
        rf"(?P<name>{names})(?:(?:支出)?\((?:\d{{3}})?类\)(?:支出)?|支出(?:类支出|类)?)(?!\d*[款]|[^。；，]{{0,40}}\(\d*款\))"
    )


@cache
def _economic() -> tuple[re.Pattern[str], dict[str, str]]:
    codes: dict[str, str] = {}
    for row in seed_rows("account_economic"):
        if row["scheme"] == "economic_department":
            codes.setdefault(compact(row["name"]), row["code"])
    names = "|".join(sorted(map(re.escape, codes), key=len, reverse=True))
    return re.compile(rf"(?P<name>{names})(?:支出)?(?:预算|决算)?(?:为|：)?$"), codes


def economic_in(lead: str) -> tuple[str, int, int] | None:
    """The economic account of the departmental scheme that ``lead`` ends with, with its span."""
    pattern, codes = _economic()
    found = pattern.search(lead)
    return (codes[found["name"]], found.start(), found.end()) if found else None
