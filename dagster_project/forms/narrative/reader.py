"""Paragraphs → facts: what each figure of the prose measures and whom it is about.

The nearest named subject before a figure wins; where none is named, what the section spoke of last, then
what its heading announces. Figures of explanations keep apart (``….reason.…``): they repeat nobody's key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from dagster_project.forms.narrative import figures, words
from dagster_project.forms.narrative.figures import Figure
from dagster_project.forms.narrative.lists import Listed
from dagster_project.forms.narrative.names import last_clause, names_another, project_name
from dagster_project.forms.narrative.performance import Performance
from dagster_project.forms.narrative.text import Paragraph, marker_of

_PROJECT_LIST: Final = re.compile(
    r"项目(?:支出|经费)?[^。；\d]{0,14}(?:用于|包括|安排|如下|有|为)：?|(?:具体|主要)(?:使用|支出|项目|安排)(?:情况)?(?:如下|包括)"
)
_CLAUSE_HEAD: Final = re.compile(r"(?:20\d\d年度?)?(?:本部门|本单位|我[^，]{1,6}|其中)?[^的]{0,2}")
_CLAUSE_TAIL: Final = re.compile(r"(?:安排|资金|金额|总额|总计|合计|共计|共|为|是|预算|决算|支出|数|：)*")
_MONEY_WORDS: Final = re.compile(
    r"20\d\d年度?|[当本全上]年|年[初末]|预算|决算|执行|安排|支出|收入|经费|资金|金额|总额|数|[为是共达计]|合计|其中|[本我](?:单位|部门|局|馆)"
)
_SHORTEST_THING: Final = 2
_WORKING_FUNDS: Final = re.compile(r"(?:申请|安排)?工作经费")
_BY_ECONOMIC_CLASS: Final = {
    "basic": "basic.economic",
    "general": "general.economic",
    "general_structure": "general.economic",
    "general_items": "general.economic",
    "general_project": "general.project.economic",
    "agency_operating": "agency_operating.economic",
}
"""Chapters that go into economic classes, and how the keys of those begin."""

_FUND: Final = "of_"
_ACCOUNT: Final = re.compile(r"(?:[a-z_]+\.)?function\.\d+")
_PART_OF_ACCOUNT: Final = re.compile(r"(?:general|expenditure)\.(?P<part>basic|project)")
_STAFF_GROUP: Final = re.compile(r"staff\.(establishment|active|retired)\.total")
_STAGES: Final = {"budget": "initial", "adjusted_budget": "adjusted", "final": "final"}
_PARTS_FOLLOW: Final = re.compile(r"其中|包括|分别(?:为|是)")
_NAMED_BY_HEADING: Final = ("three_public.", "service_purchase.", "procurement.")
_WHOLE: Final = re.compile(r"占[^，。；：]*$")
"""The whole that an amount just stated is a part of, whatever the chapter calls by that name."""
_FEWEST_PARTS: Final = 2
_SHORTEST_NAME: Final = 4
_CLASS: Final = 3
"""Digits of an economic class; names of its groups (住房公积金) are names of function accounts too."""


@dataclass(slots=True)
class Fact:
    """One figure as understood. ``item`` is subject and measure, ``year`` the year it speaks of."""

    paragraph: Paragraph
    figure: Figure
    item: str
    subject: str
    measure: words.Measure
    amount: Decimal
    unit: str
    year: int
    scope: str | None
    base: str | None
    listed: Listed = field(default_factory=Listed)

    @property
    def is_level(self) -> bool:
        """An amount of money itself: no change of one, no share, no part of an explanation."""
        return (
            self.unit in ("wan", "yuan")
            and not self.measure.name.startswith("change")
            and ".reason." not in self.item
            and not figures.is_compared(self.figure)
        )

    @property
    def stage(self) -> str | None:
        """initial, adjusted or final where the words before the figure say it; a plain amount says none."""
        return _STAGES.get(self.measure.name)


@dataclass(slots=True)
class _Section:
    """What the words of a section leave behind for its next figure."""

    chapter: words.Chapter = words.NO_CHAPTER
    path: tuple[str, ...] = ()
    heading_subject: str | None = None
    subject: str | None = None
    base: str | None = None
    date_year: int | None = None
    staff_group: str | None = None
    year: int | None = None
    account_class: str | None = None
    to_buy: bool = False
    owning: bool = False
    among_items: bool = False
    listing_projects: bool = False
    project: str | None = None
    stage: str | None = None
    lists_budget: bool = False
    whole: str | None = None
    parts: int = 0
    outside: list[str | None] = field(default_factory=list)
    stated: set[str] = field(default_factory=set)
    amounts: set[str] = field(default_factory=set)
    performance: Performance = field(default_factory=Performance)


class Reader:
    """Reads paragraph after paragraph of one document.

    ``unresolved`` collects the names of accounts that no list knows, with the line they are printed on.
    """

    def __init__(self, kind: str | None, year: int, accounts: words.Accounts) -> None:
        self._kind = kind
        self._year = year
        self._accounts = accounts
        self._section = _Section()
        self.unresolved: dict[str, int] = {}

    def facts(self, paragraphs: Iterable[Paragraph]) -> Iterator[Fact]:
        """The statements of the paragraphs, in printed order."""
        for paragraph in paragraphs:
            self._enter(paragraph)
            if self._section.chapter.treatment != "skip":
                yield from self._paragraph(paragraph)

    def _enter(self, paragraph: Paragraph) -> None:
        section = self._section
        path = _path(paragraph)
        if path != section.path:
            section = self._section = self._section_of(path)
        elif paragraph.marker:
            section.subject = None
            section.base = None
            section.stage, section.lists_budget = None, False
            section.whole, section.parts = None, 0
            section.stated.clear()
            section.amounts.clear()
        if section.chapter.name == "performance":
            section.performance.enter(paragraph.text)
        elif "类)" in paragraph.text:
            section.account_class = self._accounts.class_named(paragraph.text) or section.account_class

    def _section_of(self, path: tuple[str, ...]) -> _Section:
        """What is known at the start of a section; a performance chapter goes on through its sections."""
        chapter = words.chapter_of_path(path)
        same = chapter.name == self._section.chapter.name == "performance"
        return _Section(
            chapter=chapter,
            path=path,
            heading_subject=_heading_subject(path, chapter, self._kind),
            year=figures.year_of_heading(path[-1]) if path else None,
            listing_projects=chapter.name == "project",
            performance=self._section.performance if same else Performance(),
        )

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Fact]:
        marker = marker_of(paragraph.text)
        start = marker[1] if marker else 0
        found = list(figures.figures(paragraph.text, start))
        self._section.outside.clear()
        self._section.owning = False
        for figure in found:
            self._enter_bracket(paragraph, figure)
            if figure.printed_unit in figures.MONEY:
                fact = self._money(paragraph, figure)
            elif figure.printed_unit == "%":
                fact = self._percentage(paragraph, figure)
            else:
                fact = self._count(paragraph, figure)
            if fact is not None and (figure.sure or fact.item.startswith("procurement.")):
                yield fact
        if marker and not found:
            self._announce(paragraph, paragraph.text[start:])

    def _enter_bracket(self, paragraph: Paragraph, figure: Figure) -> None:
        """Behind a bracket goes on what was spoken of before it: 运行费5万元（其中：燃料费2万元），下降3%."""
        section = self._section
        opened = figures.open_brackets(paragraph.text, figure.start)
        while len(section.outside) > len(opened):
            section.subject, section.lists_budget = section.outside.pop(), False
        for place in opened[len(section.outside) :]:
            before = figure.lead[: max(place - (figure.start - len(figure.lead)), 0)]
            named = self._named(paragraph, None, figures.spoken(before))
            section.subject = named[0] if named else section.subject
            section.outside.append(section.subject)

    def _announce(self, paragraph: Paragraph, text: str) -> None:
        """A numbered paragraph without a figure names what the next ones are about."""
        named = self._named(paragraph, None, figures.spoken(text))
        if named:
            self._section.subject = named[0]

    def _money(self, paragraph: Paragraph, figure: Figure) -> Fact | None:
        self._section.date_year = figures.date_in(figure.lead) or self._section.date_year
        lead = figures.spoken(figure.lead)
        measure = words.measure_of(lead, "money", self._kind)
        assert measure is not None, "an amount always has a measure"
        measure = self._staged(measure, figure.lead)
        subject = self._subject(paragraph, figure, self._compared(lead, figure), measure)
        if subject is None:
            return None
        if not measure.name.startswith("change"):
            self._section.amounts.add(subject)
        item = self._money_item(subject, measure)
        unit = figures.MONEY[figure.printed_unit][0]
        return self._fact(
            paragraph, figure, item=item, subject=subject, measure=measure, unit=unit, lead=lead
        )

    def _staged(self, measure: words.Measure, lead: str) -> words.Measure:
        """The parts that are listed of a budget (年初预算10万元，其中：接待费3万元) are budgets like it."""
        section = self._section
        if measure.name in _STAGES:
            section.stage, section.lists_budget = measure.name, False
        elif _PARTS_FOLLOW.search(lead):
            spent = "。" in lead and lead.endswith("支出")
            section.lists_budget = section.stage == "budget" and not spent
        elif "。" in lead:
            section.stage, section.lists_budget = None, False
        takes = section.lists_budget and measure.name == "amount" and section.chapter.name != "performance"
        return replace(measure, name="budget") if takes else measure

    def _percentage(self, paragraph: Paragraph, figure: Figure) -> Fact | None:
        lead = figures.spoken(figure.lead)
        measure = words.measure_of(lead, "pct", self._kind)
        if measure is None or not self._takes_percentage(measure):
            return None
        rest = figures.without_share(lead, measure)
        subject = self._subject(paragraph, figure, self._compared(rest, figure), measure)
        if subject is None:
            return None
        item = self._percentage_item(subject, measure)
        return self._fact(
            paragraph, figure, item=item, subject=subject, measure=measure, unit="pct", lead=lead
        )

    def _takes_percentage(self, measure: words.Measure) -> bool:
        section = self._section
        if section.chapter.name == "performance":
            return measure.name != "completion_pct" or "预算" in (measure.base or "")
        return section.chapter.treatment == "read" or section.subject is not None

    def _count(self, paragraph: Paragraph, figure: Figure) -> Fact | None:
        section = self._section
        section.date_year = figures.date_in(figure.lead) or section.date_year
        chapter = "assets" if section.owning else section.chapter.name
        counted = words.count_of(figure.before, figure.printed_unit, figure.after, chapter)
        if counted is None:
            return None
        section.owning = section.owning or counted[0] == "assets.vehicles.total.count"
        item = self._counted_item(counted[0], figure)
        measure = words.Measure("score" if counted[1] == "points" else "count")
        subject = item.rpartition(".")[0]
        unit, lead = counted[1], figure.lead
        fact = self._fact(
            paragraph, figure, item=item, subject=subject, measure=measure, unit=unit, lead=lead
        )
        dated = item.startswith(("staff.", "assets.")) and not section.to_buy
        return replace(fact, year=section.date_year if dated and section.date_year else self._year)

    def _counted_item(self, item: str, figure: Figure) -> str:
        section = self._section
        group = _STAFF_GROUP.match(item)
        if group and group.group(1) != "retired":
            section.staff_group = group.group(1)
        if "{group}" in item:
            return item.replace("{group}", self._staff_group(figure.lead))
        if item.startswith("assets."):
            return self._asset_item(item, figure.near)
        return section.performance.counted(item) if item.startswith("performance.") else item

    def _staff_group(self, lead: str) -> str:
        """Are these people in post or posts of the establishment? The last word on it holds."""
        if "在职" in lead:
            self._section.staff_group = "active"
        return self._section.staff_group or ("establishment" if "编制" in lead else "active")

    def _asset_item(self, item: str, near: str) -> str:
        """Kinds of vehicles named after vehicles to be bought are kinds of those, not of what there is."""
        if item in ("assets.vehicles.total.count", "assets.vehicles_to_buy.total.count"):
            self._section.to_buy = "to_buy" in item
        if self._section.to_buy and "equipment" in item and "。" not in near and "to_buy" not in item:
            return item.replace(".count", "_to_buy.count")
        if self._section.to_buy:
            return item.replace("assets.vehicles.", "assets.vehicles_to_buy.")
        if item == "assets.vehicles.total.count" and item in self._section.stated:
            return "assets.vehicles.general.count"
        self._section.stated.add(item)
        return item

    def _compared(self, lead: str, figure: Figure) -> str:
        """The lead without what it compares with; the base is kept for what follows."""
        rest, base = figures.without_comparison(lead)
        if base:
            self._section.base = base
        return rest

    def _subject(self, paragraph: Paragraph, figure: Figure, lead: str, measure: words.Measure) -> str | None:
        """Whom a figure is about: the nearest name in the lead, else what the section speaks of."""
        section = self._section
        if section.chapter.name == "performance":
            return section.performance.subject(figures.spoken(figure.near), measure)
        if figure.in_reason:
            return self._reason(paragraph, lead)
        if _PROJECT_LIST.search(lead) and _takes_projects(section.chapter.name):
            section.listing_projects = True
        named = self._named(paragraph, figure, lead)
        project = self._listed_project(lead, measure, named)
        if project:
            return project
        if named and self._is_whole(named[0], lead, measure):
            return f"{named[0]}.other"
        self._enter_parts(figure, measure, named is not None)
        if named is None:
            return self._inherited(lead, measure)
        section.subject = f"{named[0]}.other" if names_another(lead[named[2] :]) else named[0]
        return self._stated(section.subject, measure)

    def _enter_parts(self, figure: Figure, measure: words.Measure, named: bool) -> None:
        """A sentence that names nothing, behind one that only lists parts of a sum, goes on about the sum."""
        section = self._section
        change = measure.name.startswith("change")
        if _PARTS_FOLLOW.search(figure.lead):
            section.whole, section.parts = section.subject or section.heading_subject, 0
        elif "。" in figure.lead and section.whole:
            only_listed = section.parts >= _FEWEST_PARTS and not figure.lead.partition("。")[0].strip(")")
            if change and not named and only_listed:
                section.subject = section.whole
            section.whole = None
        if change:
            section.whole = None
        elif figure.printed_unit in figures.MONEY:
            section.parts += 1

    def _inherited(self, lead: str, measure: words.Measure) -> str | None:
        """What the section speaks of, for a figure whose words name no known subject.

        Where the section has said that amount already, other words before a second one mean something else.
        """
        section = self._section
        default = f"{section.chapter.name}.other" if section.chapter.treatment == "read" else None
        subject = section.subject or section.heading_subject or default
        if subject is None:
            return None
        if self._is_whole(subject, lead, measure):
            return f"{subject}.other"
        second = measure.name == "amount" and subject in section.stated and _names_something(lead)
        if second or (self._is_by_things(measure) and names_another(lead)):
            of = (section.heading_subject or subject).removesuffix(".other")
            section.subject = f"{of}.other"
            return section.subject
        return self._stated(subject, measure)

    def _is_by_things(self, measure: words.Measure) -> bool:
        """Are figures here said of one thing after another: changes, accounts that are gone through?"""
        return measure.name.startswith("change") or _takes_classes(self._section.chapter.name)

    def _is_whole(self, subject: str, lead: str, measure: words.Measure) -> bool:
        """Is this the whole that the amount just stated is a share of, no second amount of the subject?"""
        return measure.name == "amount" and subject in self._section.stated and bool(_WHOLE.search(lead))

    def _stated(self, subject: str, measure: words.Measure) -> str:
        if measure.name == "amount":
            self._section.stated.add(subject)
        return subject

    def _reason(self, paragraph: Paragraph, lead: str) -> str | None:
        """An amount inside an explanation explains; it is not said again of the subject."""
        named = self._named(paragraph, None, lead)
        spoken_of = named[0] if named else self._section.subject or self._section.heading_subject
        return f"{spoken_of}.reason" if spoken_of else None

    def _listed_project(
        self, lead: str, measure: words.Measure, named: tuple[str, int, int] | None
    ) -> str | None:
        """The project that the clause before an amount names, where projects are being listed."""
        if not self._section.listing_projects or measure.name != "amount":
            return None
        if named and (named[0].startswith("function.") or _is_whole_clause(lead, named[1], named[2])):
            return None
        return self._project(lead)

    def _project(self, lead: str) -> str | None:
        section = self._section
        clause = last_clause(lead)
        name = project_name(clause)
        if clause.startswith("用于") and not section.project:
            return None
        if section.project and _WORKING_FUNDS.fullmatch(name):
            return f"project.{section.project}.working_funds"
        if len(name) < _SHORTEST_NAME:
            return f"project.{section.project}.support_funds" if section.project else None
        section.project = name
        section.subject = f"project.{name}"
        return section.subject

    def _named(self, paragraph: Paragraph, figure: Figure | None, lead: str) -> tuple[str, int, int] | None:
        """The subject that ends nearest to the figure, accounts included, and the span of its wording."""
        chapter = self._section.chapter.name
        candidates: list[tuple[int, int, str]] = []
        economic = words.economic_in(lead) if chapter in _BY_ECONOMIC_CLASS else None
        if economic and (self._economic_key() != "general.economic" or len(economic[0]) == _CLASS):
            candidates.append((economic[2], economic[1], f"{self._economic_key()}.{economic[0]}"))
        account = self._accounts.path_in(lead, self._section.account_class)
        if account is None and _takes_classes(chapter):
            account = self._accounts.class_in(lead)
            if account is None and not self._section.listing_projects:
                account = self._accounts.item_in(lead, among_items=self._section.among_items)
        if account:
            self._section.among_items = True
            if figure is not None and not account[0].isdigit():
                self.unresolved.setdefault(account[0], paragraph.line_at(figure.start).number)
            candidates.append((account[2], account[1], _account_key(account[0], chapter)))
        wording = words.subject_in(lead, chapter, self._kind, words.said_beside(paragraph.text))
        if wording:
            named = self._of_account(self._of_fund(wording[0]), figure)
            candidates.append((wording[2], wording[1], named))
        if not candidates:
            return None
        own = chapter == "agency_operating"
        end, start, subject = max(
            candidates if own else reversed(candidates), key=lambda found: (found[0], -found[1])
        )
        return subject, start, end

    def _economic_key(self) -> str:
        """How the key of an economic class begins: below the basic or project expenditure last spoken of."""
        chapter, subject = self._section.chapter.name, self._section.subject or ""
        if chapter.startswith("general") and subject.startswith(("general.basic", "basic.economic")):
            return "basic.economic"
        if chapter.startswith("general") and subject.startswith("general.project"):
            return "general.project.economic"
        return _BY_ECONOMIC_CLASS[chapter]

    def _of_fund(self, subject: str) -> str:
        """Whose money (``of_general_public_budget``) pays what is spoken of, once its amount is stated."""
        if not subject.startswith(_FUND):
            return subject
        section = self._section
        whole = (section.subject or section.heading_subject or section.chapter.name).partition(f".{_FUND}")[0]
        return f"{whole}.{subject}" if whole in section.amounts else whole

    def _of_account(self, subject: str, figure: Figure | None) -> str:
        """基本支出 and 项目支出 within an account's sentence (其中：…) are that account's."""
        account = _ACCOUNT.match(self._section.subject or "")
        part = _PART_OF_ACCOUNT.fullmatch(subject)
        if not account or not part or figure is None or "。" in figure.lead:
            return subject
        goes_on = account.group() != self._section.subject
        return f"{account.group()}.{part['part']}" if goes_on or "其中" in figure.lead else subject

    def _money_item(self, subject: str, measure: words.Measure) -> str:
        if subject.startswith("performance."):
            name = words.key_measure(subject, measure.name, self._kind)
            return self._section.performance.item(subject, name)
        if measure.name == "change_amount":
            return f"{subject}.{self._change_key('amount', measure.base)}"
        structure = self._section.chapter.name == "general_structure" and measure.name == "amount"
        if structure and subject == "general.expenditure":
            return "general.structure.total.amount"
        return f"{subject}.{words.key_measure(subject, measure.name, self._kind)}"

    def _percentage_item(self, subject: str, measure: words.Measure) -> str:
        if measure.name == "change_pct":
            return f"{subject}.{self._change_key('pct', measure.base)}"
        if measure.name == "share_pct" and subject.endswith((".goods.sme", ".works.sme", ".services.sme")):
            return f"{subject}_share_pct"
        if (
            measure.name == "share_pct"
            and subject == "procurement.micro"
            and "中小企业" in (measure.base or "")
        ):
            return f"{subject}.share_of_sme_pct"
        return f"{subject}.{measure.name}"

    def _change_key(self, of: str, base: str | None) -> str:
        of_budget = self._kind == "final" and figures.against_budget(
            base or self._section.base or "", self._year
        )
        return f"vs_budget_{of}" if of_budget else f"change_{of}"

    def _fact(
        self,
        paragraph: Paragraph,
        figure: Figure,
        *,
        item: str,
        subject: str,
        measure: words.Measure,
        unit: str,
        lead: str,
    ) -> Fact:
        section = self._section
        change = measure.name.startswith("change")
        own_year = change or section.listing_projects
        dated = section.date_year if subject.startswith("assets.") and not section.to_buy else None
        return Fact(
            paragraph=paragraph,
            figure=figure,
            item=item,
            subject=subject,
            measure=measure,
            amount=-abs(figure.amount) if measure.sign < 0 else figure.amount,
            unit=unit,
            year=self._year if own_year else figures.year_of(lead, dated or section.year or self._year),
            scope=section.chapter.scope,
            base=measure.base or (section.base if change else None),
        )


def _path(paragraph: Paragraph) -> tuple[str, ...]:
    """The headings above a paragraph and the topic it is run in with, where that is a chapter's."""
    path = tuple(text for _, text in paragraph.headings)
    topic = paragraph.topic
    return (*path, topic) if topic and words.chapter_of(topic) else path


def _heading_subject(path: tuple[str, ...], chapter: words.Chapter, kind: str | None) -> str | None:
    """What the innermost heading announces, where it is more exact than its chapter."""
    if path and chapter.name not in words.OUTERMOST:
        found = words.subject_in(path[-1], chapter.name, kind)
        if found and found[0].startswith((*_NAMED_BY_HEADING, f"{chapter.name}.")):
            return found[0]
    return chapter.subject


def _account_key(code: str, chapter: str) -> str:
    if chapter == "general_structure":
        return f"function.{code}.structure"
    if chapter in ("appropriation", "government_fund", "state_capital"):
        return f"{chapter}.function.{code}"
    if chapter in ("total", "expenditure"):
        return f"expenditure.function.{code}"
    return f"function.{code}"


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


def _names_something(lead: str) -> bool:
    """Do the words before a figure name a thing, beside year, stage and the words for money?"""
    return len(_MONEY_WORDS.sub("", last_clause(lead))) >= _SHORTEST_THING


def _is_whole_clause(lead: str, start: int, end: int) -> bool:
    """Does the clause before the figure say nothing but the subject (its year and body aside)?"""
    clause = last_clause(lead)
    clause_start = len(lead.rstrip("：")) - len(clause)
    head, tail = lead[clause_start:start], lead[end:]
    return bool(end > clause_start and _CLAUSE_HEAD.fullmatch(head) and _CLAUSE_TAIL.fullmatch(tail))
