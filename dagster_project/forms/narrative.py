"""Figures stated in prose: sentences of the explanatory chapters → ``staging.statement``.

One way for every publisher: paragraphs under their headings, figures with their units, the words before a
figure for what it measures, the nearest named subject (else the chapter's) for whom it is about. All wording
is data (seeds ``narrative_*``). A figure that only sets a limit, counts something else or stands in a
definition is no statement.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from dagster_project.forms import narrative_words as words
from dagster_project.forms.identity import DocumentIdentity
from dagster_project.forms.narrative_lists import Listed, lists_of
from dagster_project.forms.narrative_text import Paragraph, marker_of, paragraphs, plain
from dagster_project.forms.outline import Block
from dagster_project.records import ProblemRecord, StatementRecord

_FIGURE: Final = re.compile(
    r"(?<![\d.,])(?P<sign>-)?(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?P<unit>万元|亿元|千元|元|%|万(?=[(，。；])|人次|人|名|辆|台\(套\)|台套|台|套|个|家|批次|批|分(?![类别项之局公钟布配析级行数散成]))"
)
_MONEY: Final[dict[str, tuple[str, int]]] = {
    "万元": ("wan", 0),
    "万": ("wan", 0),
    "亿元": ("wan", 4),
    "千元": ("yuan", 3),
    "元": ("yuan", 0),
}
"""Printed unit → unit of the record and the power of ten between them."""

_LIMIT: Final = re.compile(r"(?:\((?:不?含)\)|含)?(?:及|或)?以[上下内]|[多余]|/|-\d")
_LIMIT_BEFORE: Final = re.compile(
    r"(?:单价|单位价值|限额|标准为?|每[人年月次台件]|人均)[^，。；]{0,6}$|\d+[-至~—]$"
    r"|[≤≥<>≦≧]$|\\[lg]eq?$"
)
_UNIT_LOST: Final = re.compile(r"(?<![\d.,])(?P<number>\d+(?:\.\d+)?)$")
_ASIDE: Final = re.compile(
    r"(?:主要)?(?:变[动化]|增[加长减]|减少|下降|持平|差异|支出)?(?:的)?(?:主要)?原因(?:是|为|：|有|在于)?[^。；]*[。；]"
    r"|(?:主要|(?<=[，。；：])|^)(?:用于|包括|反映|开支内容(?:包括)?|支出(?:内容|范围)(?:包括)?)(?!以下|如下|下列)[^。；\d]*[。；]"
)
_COMPARE: Final = re.compile(
    r"(?:比|较|与|同)(?P<base>(?:本部门|本单位|我[^，。]{0,6})?(?:上年|上一?年度?|去年|20\d\d年度?|年初|全年|调整后?|当年)[^,，。；：]{0,14}?)"
    r"(?=相比|比较|相较|对比|增|减|下|上升|上涨|提|降|持平|基本|有所|各|多|少|略|压|总|节|，|$)(?:相比|比较|相较|对比)?"
)
_YEAR_OF_FIGURE: Final = re.compile(
    r"(?<![\d比较与同])(20\d\d)年度?(?:当年|全年|末)?[^，。；：]{0,16}(?:预算|决算|执行|支出|收入|安排|实际)[^，。；：]{0,8}$"
)
_LAST_YEAR: Final = re.compile(
    r"(?<![比较与同])(?:上年|上一?年度|去年)度?[^，。；：]{0,8}(?:预算|决算|执行|支出|收入)[^，。；：结]{0,6}$"
)
_DATE: Final = re.compile(r"(20\d\d)年(?:度)?(?:\d{1,2}月|年?末|年?底)")
_PROJECT_LIST: Final = re.compile(
    r"项目(?:支出|经费)?[^。；\d]{0,14}(?:用于|包括|安排|如下|有|为)[：:]?|(?:具体|主要)(?:使用|支出|项目|安排)(?:情况)?(?:如下|包括)"
)
_REVIEW: Final = re.compile(
    r"(?P<name>[^。；：，]{2,50}?)(?:项目)?(?:支出)?(?:绩效)?自评(?:情况)?(?:的)?(?:综述|结果)?[：:。]?(?=(?:根据|项目)?[^。；]{0,24}全年预算数)"
)
_REVIEWS_AHEAD: Final = re.compile(r"共涉及\d+个(?:一级|二级)?项目")
_CLAUSE: Final = re.compile(r"[。；，：！？]")
_CLAUSE_HEAD: Final = re.compile(r"(?:20\d\d年度?)?(?:本部门|本单位|我[^，]{1,6}|其中)?[^的]{0,2}")
_CLAUSE_TAIL: Final = re.compile(r"(?:安排|资金|金额|总额|总计|合计|共计|共|为|是|预算|决算|支出|数|：)*")
_NAME_HEAD: Final = re.compile(
    r"^(?:(?:其中|一是|二是|三是|四是|五是|及|和|以及|用于|主要用于|安排|20\d\d年度?)+[：:]?|项目支出|项目(?=.{4})|\"+)"
)
_NAME_TAIL: Final = re.compile(r"(?:(?:项目)+|\"+|(?:预算|金额|资金)?(?:为|共|共计|合计|安排|预算)|[：:])+$")
_GOAL: Final = re.compile(r"年度目标(\d{1,2})[：:]")
_INDICATOR: Final = re.compile(
    r"(?P<kind>数量|质量|时效|成本|经济效益|社会效益|生态效益|可持续影响|(?:服务对象)?满意度)指标(?:共)?设置"
)
_INDICATOR_KEYS: Final = {
    "数量": "quantity", "质量": "quality", "时效": "timeliness", "成本": "cost", "经济效益": "economic",
    "社会效益": "social", "生态效益": "ecological", "可持续影响": "sustainable", "满意度": "satisfaction",
    "服务对象满意度": "satisfaction",
}  # fmt: skip
_STAFF_GROUP: Final = re.compile(r"staff\.(establishment|active|retired)\.total")
_CONTEXT_BEFORE: Final = 10
_CONTEXT: Final = 20
_SENTENCE: Final = re.compile(r"[。！？]")


@dataclass(slots=True)
class Fact:
    """One figure as understood. ``item`` is subject and measure; ``lead`` the words before it."""

    paragraph: Paragraph
    start: int
    end: int
    item: str
    subject: str
    measure: words.Measure
    amount: Decimal
    unit: str
    decimals: int
    year: int
    scope: str | None
    lead: str
    base: str | None
    listed: Listed = field(default_factory=Listed)

    @property
    def is_level(self) -> bool:
        """An amount of money itself, not a change of one or a share."""
        return self.unit in ("wan", "yuan") and not self.measure.name.startswith("change")


@dataclass(slots=True)
class _State:
    """What earlier words of the section leave behind for the next figure."""

    chapter: words.Chapter = words.NO_CHAPTER
    headings: tuple[tuple[str, str], ...] = ()
    heading_subject: str | None = None
    subject: str | None = None
    base: str | None = None
    date_year: int | None = None
    staff_group: str | None = None
    count_group: str | None = None
    level_measure: str = "amount"
    listing_projects: bool = False
    project: str | None = None
    reviewed: str | None = None
    goal: str | None = None
    indicator: str | None = None
    unresolved: list[str] = field(default_factory=list)


def statements(
    document_id: str,
    document: str,
    identity: DocumentIdentity,
    blocks: Sequence[Block],
    accounts: Mapping[str, str] | None = None,
) -> tuple[list[StatementRecord], list[ProblemRecord]]:
    """Every figure that the document's prose states about the body's money, staff, vehicles and performance.

    ``accounts`` are the codes and names that the document's own forms print: they turn a path 类款项 into a
    code before the account lists do. Amounts are as printed (亿元 exactly in 万元), a decrease is negative.
    """
    reader = _Reader(identity, words.Accounts(accounts))
    facts: list[Fact] = []
    for block in blocks:
        if block.kind == "prose":
            facts.extend(reader.facts(paragraphs(block.lines, block.headings)))
        elif block.kind == "performance":
            facts.extend(reader.facts(_reviews(paragraphs(block.lines, block.headings))))
    _settle_lists(facts)
    records = _records(document_id, document, facts)
    return records, _problems(document_id, document, reader.unresolved)


def _reviews(found: Iterable[Paragraph]) -> Iterable[Paragraph]:
    """The running text between performance forms (自评综述): all else in such a block is the form's own."""
    return (
        paragraph
        for paragraph in found
        if _review(paragraph.text) or _REVIEWS_AHEAD.search(paragraph.text)
    )


def _review(text: str) -> re.Match[str] | None:
    """The project whose self-evaluation a paragraph sums up."""
    return _REVIEW.search(text) if "全年预算数" in text else None


class _Reader:
    """Reads paragraph after paragraph, keeping what a section leaves behind."""

    def __init__(self, identity: DocumentIdentity, accounts: words.Accounts) -> None:
        self._kind = identity.kind
        self._year = identity.fiscal_year or 0
        self._accounts = accounts
        self._state = _State()
        self.unresolved: list[tuple[str, int]] = []

    def facts(self, found: Iterable[Paragraph]) -> Iterable[Fact]:
        """The statements of the paragraphs, in printed order."""
        for paragraph in found:
            self._enter(paragraph)
            if self._state.chapter.treatment != "skip":
                yield from self._paragraph(paragraph)

    def _enter(self, paragraph: Paragraph) -> None:
        state = self._state
        if paragraph.headings != state.headings:
            chapter = words.chapter_of_path(text for _, text in paragraph.headings)
            kept = state if chapter.name == "performance" == state.chapter.name else _State()
            state = self._state = replace(kept, chapter=chapter, headings=paragraph.headings)
            state.heading_subject = self._subject_of_headings(paragraph.headings, chapter)
            state.subject = None
            state.listing_projects = chapter.name == "project"
        elif paragraph.marker:
            state.subject = None
            state.base = None

    def _subject_of_headings(self, headings: Sequence[tuple[str, str]], chapter: words.Chapter) -> str | None:
        if headings and chapter.name not in words.OUTERMOST:
            found = words.subject_in(headings[-1][1], chapter.name)
            if found and found[0].startswith(("three_public.", "service_purchase.", "procurement.")):
                return found[0]
        return chapter.subject

    def _paragraph(self, paragraph: Paragraph) -> Iterable[Fact]:
        text = paragraph.text
        marker = marker_of(text)
        before = marker[1] if marker else 0
        self._performance_context(text)
        for found in _FIGURE.finditer(text):
            fact = self._figure(paragraph, found, text[before : found.start()])
            if fact is not None:
                yield fact
            if not _is_limit(text, found):
                before = found.end()
        lost = _UNIT_LOST.search(text)
        if lost and before and text[:before].endswith("万元"):
            fact = self._money(paragraph, lost, text[before : lost.start()], "万元")
            if fact is not None and fact.item.startswith("procurement."):
                yield fact

    def _figure(self, paragraph: Paragraph, found: re.Match[str], lead: str) -> Fact | None:
        text = paragraph.text
        if _is_limit(text, found):
            return None
        unit = found["unit"]
        if unit in _MONEY:
            return self._money(paragraph, found, lead, unit)
        if unit == "%":
            return self._percent(paragraph, found, lead)
        return self._counted(paragraph, found, lead, text[found.end() : found.end() + 24])

    def _money(self, paragraph: Paragraph, found: re.Match[str], lead: str, unit: str) -> Fact | None:
        lead = _ASIDE.sub("。", lead)
        measure = words.measure_of(_spoken(lead), "money", self._kind)
        assert measure is not None
        plain_lead = self._without_comparison(lead, measure)
        subject = self._subject(paragraph, plain_lead, measure)
        if subject is None:
            return None
        if (
            self._state.chapter.name == "general_structure"
            and subject == "general.expenditure"
            and measure.name == "amount"
        ):
            subject = "general.structure.total"
        item = self._money_item(subject, measure)
        name, power = _MONEY[unit]
        return self._fact(paragraph, found, lead, item, subject, measure, name, power)

    def _percent(self, paragraph: Paragraph, found: re.Match[str], lead: str) -> Fact | None:
        lead = _ASIDE.sub("。", lead)
        measure = words.measure_of(lead, "pct", self._kind)
        state = self._state
        if measure is None:
            return None
        performance = state.chapter.name == "performance"
        if performance and measure.name == "completion_pct" and "预算" not in (measure.base or ""):
            return None
        if state.chapter.treatment == "strict" and not performance:
            return None
        cut = (
            lead[: len(lead) - len(measure.base or "")]
            if measure.name in ("share_pct", "completion_pct")
            else lead
        )
        cut = (
            re.sub(r"(?:占|完成)[^占完]*$", "", cut)
            if measure.name in ("share_pct", "completion_pct")
            else cut
        )
        subject = self._subject(paragraph, self._without_comparison(cut, measure), measure)
        if subject is None:
            return None
        item = self._percent_item(subject, measure)
        return self._fact(paragraph, found, lead, item, subject, measure, "pct", 0)

    def _counted(self, paragraph: Paragraph, found: re.Match[str], lead: str, after: str) -> Fact | None:
        state = self._state
        base = state.chapter.name.split("_structure")[0]
        whole = paragraph.text[: found.start()][-80:]
        counted = words.count_of(whole, found["unit"], after, base)
        dated = _DATE.findall(lead)
        if dated:
            state.date_year = int(dated[-1])
        if counted is None:
            return None
        item, unit = counted
        item = self._counted_item(item, lead)
        measure = words.Measure("count" if unit != "points" else "score")
        year = (
            state.date_year
            if state.date_year and item.startswith(("staff.", "assets.vehicles.", "assets."))
            else None
        )
        fact = self._fact(paragraph, found, lead, item, item.rpartition(".")[0], measure, unit, 0)
        return replace(fact, year=year or self._year)

    def _counted_item(self, item: str, lead: str) -> str:
        state = self._state
        group = _STAFF_GROUP.match(item)
        if group:
            state.staff_group = group.group(1)
        if "{group}" in item:
            group_name = state.staff_group if state.staff_group in ("active", "establishment") else None
            return item.replace("{group}", group_name or ("establishment" if "编制" in lead else "active"))
        if item.startswith("performance.") and item.endswith(".count"):
            state.count_group = item.removesuffix(".count")
        if item in ("performance.indicator_count", "performance.indicator.score"):
            scope = f"performance.project.{state.reviewed}" if state.reviewed else "performance.department"
            goal = f".{state.goal}" if state.goal and not state.reviewed else ""
            return f"{scope}{goal}.{state.indicator or 'indicator'}.{item.rpartition('.')[2].replace('indicator_count', 'indicator_count')}"
        return item

    def _performance_context(self, text: str) -> None:
        state = self._state
        if state.chapter.name != "performance":
            return
        goal = _GOAL.search(text)
        if goal:
            state.goal, state.reviewed = f"goal{goal.group(1)}", None
        review = _review(text)
        if review:
            state.reviewed = _project_name(_NAME_HEAD.sub("", _after_marker(review["name"])))
        indicator = _INDICATOR.search(text)
        if indicator:
            state.indicator = _INDICATOR_KEYS[indicator["kind"]]

    def _without_comparison(self, lead: str, measure: words.Measure) -> str:
        """The lead without what it compares with; remembers that base."""
        found = None
        for found in _COMPARE.finditer(lead):
            pass
        if found:
            self._state.base = found["base"]
        return _COMPARE.sub("，", lead)

    def _subject(self, paragraph: Paragraph, lead: str, measure: words.Measure) -> str | None:
        """Whom a figure is about: the nearest name in the lead, else what the section speaks of."""
        state = self._state
        if state.chapter.name == "performance":
            return self._performance_subject(lead, measure)
        if _PROJECT_LIST.search(lead) and _takes_projects(state.chapter.name):
            state.listing_projects = True
        named = self._named(lead)
        if named is None:
            if state.listing_projects and measure.name == "amount":
                project = self._project(lead)
                if project:
                    return project
            if state.subject or state.heading_subject:
                return state.subject or state.heading_subject
            return f"{state.chapter.name}.other" if state.chapter.treatment == "read" else None
        subject, start, end = named
        if state.listing_projects and measure.name == "amount" and not subject.startswith("function."):
            project = self._project(lead) if not _is_whole_clause(lead, start, end) else None
            if project:
                return project
        state.subject = subject
        return subject

    def _named(self, lead: str) -> tuple[str, int, int] | None:
        """The subject that ends nearest to the figure, accounts included, and the span of its wording."""
        chapter = self._state.chapter.name
        candidates: list[tuple[int, int, str]] = []
        if chapter == "basic" or chapter == "general_project":
            economic = words.economic_in(lead)
            if economic:
                candidates.append((economic[2], economic[2] - economic[1], f"basic.economic.{economic[0]}"))
        path = self._accounts.path_in(lead)
        if path:
            candidates.append((path[2], path[2] - path[1], self._account_key(path[0])))
        elif _takes_classes(chapter):
            of_class = self._accounts.class_in(lead)
            if of_class:
                candidates.append((of_class[2], of_class[2] - of_class[1], self._account_key(of_class[0])))
        wording = words.subject_in(lead, chapter)
        if wording:
            candidates.append((wording[2], wording[2] - wording[1], wording[0]))
        if not candidates:
            return None
        end, length, subject = max(candidates)
        return subject, end - length, end

    def _account_key(self, code: str) -> str:
        chapter = self._state.chapter.name
        if not code.isdigit() and code not in self._state.unresolved:
            self._state.unresolved.append(code)
        if chapter == "general_structure":
            return f"function.{code}.structure"
        if chapter in ("appropriation", "government_fund", "state_capital"):
            return f"{chapter}.function.{code}"
        return f"function.{code}"

    def _project(self, lead: str) -> str | None:
        state = self._state
        clause = _CLAUSE.split(lead.rstrip("：:"))[-1]
        name = _project_name(clause)
        if state.project and re.fullmatch(r"(?:申请|安排)?工作经费", name):
            return f"project.{state.project}.working_funds"
        if len(name) < 4:
            return f"project.{state.project}.support_funds" if state.project else None
        state.project = name
        state.subject = f"project.{name}"
        return f"project.{name}"

    def _performance_subject(self, lead: str, measure: words.Measure) -> str:
        state = self._state
        if state.reviewed:
            return f"performance.project.{state.reviewed}"
        if re.search(r"(?:部门|单位)?整体.{0,12}(?:绩效)?自评", lead):
            state.count_group = "performance.department"
        part = re.search(r"(?P<part>基本|项目)支出$", lead)
        if part and measure.name == "amount":
            return f"performance.department.{state.level_measure}." + (
                "basic" if part["part"] == "基本" else "project"
            )
        if (
            re.search(r"预算(?:支出|资金)$|项目(?:预算)?资金$", lead)
            and "自评" not in lead
            and not state.count_group
        ):
            return "performance.managed"
        if measure.name != "amount" or re.search(
            r"预算(?:金额|数|总额)?(?:为)?$|执行(?:金额|数)(?:为)?$", lead
        ):
            if measure.name == "share_pct":
                return state.count_group or "performance.self_evaluation.project"
            return "performance.department"
        if re.search(r"涉及.{0,4}(?:预算|资金)|资金|金额", lead):
            return state.count_group or "performance.managed"
        return "performance.managed" if "预算支出" in lead else "performance.other"

    def _money_item(self, subject: str, measure: words.Measure) -> str:
        if subject in ("performance.department",) or subject.startswith("performance.project."):
            return self._performance_item(subject, measure)
        if re.fullmatch(r"performance\.department\..+\.(?:basic|project)", subject):
            return subject
        if measure.name == "change_amount":
            return f"{subject}.{self._change_key('amount')}"
        return f"{subject}.{words.key_measure(subject, measure.name, self._kind)}"

    def _performance_item(self, subject: str, measure: words.Measure) -> str:
        name = words.key_measure(subject, measure.name, self._kind)
        self._state.level_measure = name
        return f"{subject}.{name}"

    def _percent_item(self, subject: str, measure: words.Measure) -> str:
        if measure.name == "change_pct":
            return f"{subject}.{self._change_key('pct')}"
        if measure.name == "share_pct" and subject.endswith((".sme", ".micro")):
            return self._reserved_share(subject, measure)
        return f"{subject}.{measure.name}"

    def _reserved_share(self, subject: str, measure: words.Measure) -> str:
        if subject.count(".") == 2:
            return f"{subject}_share_pct".replace(".sme_share", ".sme_share")
        if subject.endswith(".micro") and "中小企业" in (measure.base or ""):
            return f"{subject}.share_of_sme_pct"
        return f"{subject}.share_pct"

    def _change_key(self, of: str) -> str:
        base = self._state.base or ""
        earlier = re.search(r"20\d\d|上年|上一?年|去年", base)
        against_budget = self._kind == "final" and "预算" in base and not earlier
        if against_budget and "决算" not in base:
            return f"vs_budget_{of}"
        return f"change_{of}"

    def _fact(
        self,
        paragraph: Paragraph,
        found: re.Match[str],
        lead: str,
        item: str,
        subject: str,
        measure: words.Measure,
        unit: str,
        power: int,
    ) -> Fact:
        number = found["number"]
        amount = Decimal(number.replace(",", "")).scaleb(power)
        if "sign" in found.groupdict() and found["sign"]:
            amount = -amount
        decimals = len(number.partition(".")[2]) - power
        base = measure.base or (self._state.base if measure.name.startswith("change") else None)
        return Fact(
            paragraph=paragraph,
            start=found.start(),
            end=found.end(),
            item=item,
            subject=subject,
            measure=measure,
            amount=-abs(amount) if measure.sign < 0 else amount,
            unit=unit,
            decimals=decimals,
            year=self._year_of(lead, measure),
            scope=self._state.chapter.scope,
            lead=lead,
            base=base,
        )

    def _year_of(self, lead: str, measure: words.Measure) -> int:
        if measure.name.startswith("change") or self._state.listing_projects:
            return self._year
        spoken = _COMPARE.sub("，", lead)
        found = _YEAR_OF_FIGURE.search(spoken)
        if found:
            return int(found.group(1))
        return self._year - 1 if _LAST_YEAR.search(spoken) else self._year


def _is_limit(text: str, found: re.Match[str]) -> bool:
    """Does the figure only set a limit (单价50万元以上), a rough number (70多人) or an indicator's weight (（3分）)?"""
    if _LIMIT.match(text, found.end()) or _LIMIT_BEFORE.search(
        text[max(0, found.start() - 12) : found.start()]
    ):
        return True
    return found["unit"] == "分" and text[max(0, found.start() - 1) : found.start()] == "("


def _spoken(lead: str) -> str:
    """The lead as far as it is spoken: a bracket directly before the figure is an aside."""
    return re.sub(r"\((?:不含|含|以|口径)[^()]*\)$", "", lead)


def _takes_projects(chapter: str) -> bool:
    return chapter.startswith(("project", "general", "expenditure", "overview"))


def _takes_classes(chapter: str) -> bool:
    return chapter.startswith(
        (
            "general",
            "appropriation",
            "expenditure",
            "total",
            "overview",
            "government_fund",
            "state_capital",
            "items",
            "structure",
        )
    )


def _is_whole_clause(lead: str, start: int, end: int) -> bool:
    """Does the clause before the figure say nothing but the subject (its year and body aside)?"""
    clause_start = max((found.end() for found in _CLAUSE.finditer(lead.rstrip("："))), default=0)
    head = lead[clause_start:start]
    return (
        bool(_CLAUSE_HEAD.fullmatch(head)) and bool(_CLAUSE_TAIL.fullmatch(lead[end:])) and end > clause_start
    )


def _after_marker(text: str) -> str:
    marker = marker_of(text)
    return text[marker[1] :] if marker else text


def _project_name(clause: str) -> str:
    name = _after_marker(clause)
    previous = None
    while name != previous:
        previous = name
        name = _NAME_TAIL.sub("", _NAME_HEAD.sub("", name))
    return name


def _settle_lists(facts: list[Fact]) -> None:
    """Marks which figures are lists of parts of which sum, and names a class list after its only chapter."""
    for fact, listed in zip(facts, lists_of(facts), strict=True):
        fact.listed = listed
    stated = {fact.item for fact in facts}
    for fact in facts:
        if (
            fact.item.startswith("appropriation.function.")
            and fact.item.removeprefix("appropriation.") not in stated
        ):
            fact.item = fact.item.removeprefix("appropriation.")


def _records(document_id: str, document: str, facts: Sequence[Fact]) -> list[StatementRecord]:
    seen: Counter[str] = Counter()
    records = []
    for position, fact in enumerate(facts, start=1):
        seen[fact.item] += 1
        identifier = hashlib.sha256(f"{document_id}|{fact.item}|{seen[fact.item]}".encode()).hexdigest()[:16]
        line = fact.paragraph.line_at(fact.start)
        records.append(
            StatementRecord(
                statement_id=identifier,
                document_id=document_id,
                document=document,
                item=fact.item,
                year=fact.year,
                amount=fact.amount,
                unit=fact.unit,
                decimals=fact.decimals,
                page=line.page,
                line=line.number,
                context=_context(fact),
                text_printed=fact.paragraph.printed[fact.start : fact.end],
                sentence=_sentence(fact),
                scope=fact.scope,
                verb=fact.measure.verb,
                base=fact.base,
                position=position,
                part_of=fact.listed.part_of,
                whole_of=fact.listed.whole_of,
                exhaustive=fact.listed.exhaustive,
            )
        )
    return records


def _context(fact: Fact) -> str:
    start = max(0, fact.start - _CONTEXT_BEFORE)
    return fact.paragraph.printed[start : start + _CONTEXT]


def _sentence(fact: Fact) -> str:
    text = fact.paragraph.text
    start = max((found.end() for found in _SENTENCE.finditer(text, 0, fact.start)), default=0)
    following = _SENTENCE.search(text, fact.end)
    return fact.paragraph.printed[start : following.end() if following else len(text)]


def _problems(document_id: str, document: str, unresolved: Sequence[tuple[str, int]]) -> list[ProblemRecord]:
    return [
        ProblemRecord(
            document_id=document_id,
            document=document,
            page=None,
            line=line,
            form=None,
            kind="unknown_account_path",
            severity="info",
            message=f"正文科目名称无对应编码 / no code is known for the account named in the text: {name}",
            action="add the account to dbt/seeds/account_function.csv",
            cause_key=f"unknown_account_path:{name}",
        )
        for name, line in unresolved
    ]


__all__ = ["Fact", "plain", "statements"]
