"""Whole documents: cover, contents, explanations and forms of one body, in one family and one layout.

``write`` returns the text and the truth: every cell, statement and indicator that is to be found in it.
"""

from __future__ import annotations

import importlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final

from dagster_project.samples import performance
from dagster_project.samples.arrangement import AS_IT_IS, Arrangement, arranged
from dagster_project.samples.errors import Change
from dagster_project.samples.figures import PRINTABLE, ZERO, Figures, Grains, data, figures
from dagster_project.samples.layouts import LAYOUTS as PLAIN_LAYOUTS
from dagster_project.samples.layouts import Layout, Lines, broken
from dagster_project.samples.pdf_style import PLAIN, PdfStyle
from dagster_project.samples.performance import Grid, Indicator
from dagster_project.samples.printed import Block, Text, form, performance_form
from dagster_project.samples.prose import Prose, Statement
from dagster_project.samples.tables import Builder, Cell, Column, Half, Style, Table
from dagster_project.samples.variants import varied
from dagster_project.samples.wear import wear, worn

LAYOUTS: Final[Mapping[str, Layout]] = {**PLAIN_LAYOUTS, "worn": worn}
"""Every layout by its name."""

FORMATS: Final[Mapping[str, str]] = {
    "pdf": "pdf:pdf",
    "xlsx": "workbook:workbook",
    "docx": "word:document",
    "html": "web:page",
    "scan": "scan:scan",
    "tiff": "scan:tiff",
}
"""Every other format, and the module and function that write it (loaded when asked for)."""

FAMILIES: Final = (
    "wuhan",
    "shanghai",
    "central",
    "jiangsu",
    "sichuan",
    "beijing",
    "guangdong",
    "henan",
    "shaanxi",
    "zhejiang",
)
"""Whose forms: titles, headers, order and units, described in ``data/families``."""

NATIONAL: Final = "central"
"""Whose final account (and whose wording) a family takes that has none of its own."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What stands in a document. ``forms`` maps a form to its state."""

    kind: str
    fiscal_year: int
    organisation: str
    edition: str
    forms: Mapping[str, str]
    cells: tuple[Cell, ...]
    statements: tuple[Statement, ...]
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A document: the bytes of its file and what is to be found in it."""

    content: bytes
    truth: Truth
    suffix: str = ".txt"

    @property
    def text(self) -> str:
        """The text of a text document."""
        return self.content.decode("utf-8")


@dataclass(frozen=True, slots=True)
class Wish:
    """Which document: body and figures (``seed``, ``year``, ``kind``), ``family`` of forms, ``layout`` (of
    text, or a format). ``style`` is how a PDF is set, ``arrangement`` how the family's forms are altered.

    ``part`` writes one unit of a department instead of the whole; ``zeros`` prints 0.00 for blank cells;
    ``varied`` words titles and headers as other publishers do; ``only`` prints these forms and no words;
    ``grain`` is the yuan that all amounts are multiples of (as a rule, what the forms can print); accounts
    that are ``overdrawn`` open the year below zero. A publisher's errors: ``changes`` of tables;
    ``misstated`` items of prose, and what is added to them; ``misremembered`` ones of the year before, which
    prose compares with; ``reopened`` accounts, and by how many yuan more they open than they closed.
    """

    seed: int
    year: int
    kind: str
    family: str
    layout: str
    part: int | None = None
    zeros: bool = False
    varied: bool = False
    only: tuple[str, ...] = ()
    grain: Decimal | None = None
    overdrawn: bool = False
    changes: tuple[Change, ...] = field(default=())
    misstated: tuple[tuple[str, Decimal], ...] = field(default=())
    misremembered: tuple[tuple[str, Decimal], ...] = field(default=())
    reopened: tuple[tuple[str, Decimal], ...] = field(default=())
    style: PdfStyle = field(default=PLAIN)
    arrangement: Arrangement = field(default=AS_IT_IS)


def write(wish: Wish) -> Written:
    """The document of a wish; equal wishes give equal bytes."""
    document = document_of(wish)
    if wish.layout in LAYOUTS:
        text = "\n".join(document.lines()) + "\n"
        return Written(text.encode(), document.truth(), ".md" if wish.layout == "markdown" else ".txt")
    module, _, function = FORMATS[wish.layout].partition(":")
    writer = getattr(importlib.import_module(f"dagster_project.samples.{module}"), function)
    content = writer(document.blocks(), wish.style, document.rng)
    return Written(content, document.truth(), ".pdf" if wish.layout == "scan" else f".{wish.layout}")


def document_of(wish: Wish) -> Document:
    """The document before it has a format: its figures, tables and words."""
    return Document(wish)


class Document:
    """One document in the making: its figures, its tables, its words."""

    def __init__(self, wish: Wish) -> None:
        self.wish = wish
        family = data(f"families/{wish.family}.yaml")
        national = data(f"families/{NATIONAL}.yaml")
        self.specs: dict[str, Mapping[str, Any]] = {
            kind: family.get(kind) or national[kind] for kind in ("budget", "final")
        }
        self.spec = self.specs[wish.kind]
        if wish.varied:
            self.spec = varied(self.spec, f"words {wish.seed} {wish.year} {wish.kind}")
        if wish.arrangement != AS_IT_IS:
            self.spec = arranged(self.spec, wish.arrangement, f"arranged {wish.seed} {wish.year}")
        self.specs[wish.kind] = self.spec
        self.figures = _reopened(self._figures(wish.year, wish.kind), dict(wish.reopened))
        self.earlier = {
            "budget": self._figures(wish.year - 1, "budget"),
            "final": self._figures(wish.year - 1, "final"),
            "same_year_budget": self._figures(wish.year, "budget"),
        }
        body = self.figures.organisation
        self.names = {
            "name": body.name,
            "duty": body.profile["duty"],
            "year": wish.year,
            "prior": wish.year - 1,
        }
        self.rng = random.Random(
            f"print {wish.seed} {wish.year} {wish.kind} {wish.family} {wish.layout} {wish.part}"
        )
        wanted = [form for form in self.spec["forms"] if not wish.only or form["form"] in wish.only]
        self.tables = [self._table(form) for form in wanted]
        for change in wish.changes:
            change(self.tables)
        if wish.layout == "worn":
            wear(self.tables, self.rng)
        self.grids = (
            [] if wish.only else performance.forms(self.figures, self.earlier["same_year_budget"], self.rng)
        )
        self.prose = Prose(self.figures, self.earlier, self.names, wish.family)
        for item, add in wish.misstated:
            self.prose.misstate(item, add)
        for item, add in wish.misremembered:
            self.prose.misremember(item, add)

    def truth(self) -> Truth:
        """What is printed; complete once the lines are written."""
        return Truth(
            kind=self.wish.kind,
            fiscal_year=self.wish.year,
            organisation=self.figures.organisation.name,
            edition="unit" if self.wish.part is not None else "department",
            forms={table.form: table.state for table in self.tables},
            cells=tuple(cell for table in self.tables for cell in table.cells),
            statements=tuple(self.prose.statements),
            indicators=tuple(row for grid in self.grids for row in grid.indicators),
        )

    def _figures(self, year: int, kind: str) -> Figures:
        """The figures of the wish; without balances where the forms of that kind have no line for them."""
        grains = Grains(*(self.wish.grain or _grain(self.specs[kind]) for kind in ("budget", "final")))
        drawn = figures(self.wish.seed, year, kind, grains=grains)
        if self.wish.overdrawn and kind == "final":
            drawn = _overdrawn(drawn)
        if self.wish.part is not None:
            part = (drawn.parts or (drawn,))[self.wish.part]
            own = part.organisation.units
            body = replace(drawn.organisation, name=own[0], units=own, first=self.wish.part + 1)
            drawn = replace(part, organisation=body)
        summary = next(form for form in self.specs[kind]["forms"] if form["shape"] == "summary")
        has_balances = any("opening" in row for row in summary["foot"])
        return drawn if has_balances else _without_balances(drawn)

    def _table(self, form: Mapping[str, Any]) -> Table:
        printed = {name: self.spec[name] for name in ("decimals", "separator") if name in self.spec}
        unit = form.get("unit", self.spec.get("unit", "wan"))
        style = Style(unit=unit, **printed)
        zero = form.get("zero", self.spec["zero"])
        zero = "" if zero == "blank" else zero
        style = replace(style, zero=f"{ZERO:.{style.decimals}f}" if self.wish.zeros else zero)
        return Builder(form, self.figures, style, self.names, self.earlier).build()

    def lines(self) -> Lines:
        """All lines of the document in print order."""
        parts = [part.format(**self.names) for part in self.spec["parts"]]
        lines = [*self._cover(), "目录", ""]
        lines += [line for part in parts for line in (part, "")]
        for number, (part, name) in enumerate(zip(parts, self.spec["order"], strict=True), start=1):
            lines += self._new_page(number)
            lines += ["", f"# {part}" if self.wish.layout == "markdown" else part, ""]
            for block in self._blocks(name):
                lines += [*block, ""]
        return lines

    def blocks(self) -> list[Block]:
        """The document as paragraphs and ruled forms in print order."""
        parts = [part.format(**self.names) for part in self.spec["parts"]]
        blocks: list[Block] = [Text(line, "cover") for line in self._cover() if line]
        if self.wish.only:
            contents = [Text(line, "contents") for line in ("目录", *(table.title for table in self.tables))]
            return [*blocks, *contents, Text("公开报表", "part"), *self._forms()]
        blocks += [Text("目录", "contents"), *(Text(part, "contents") for part in parts)]
        for part, name in zip(parts, self.spec["order"], strict=True):
            blocks.append(Text(part, "part"))
            if name == "forms":
                blocks += self._forms()
            elif name == "performance":
                blocks += [performance_form(grid) for grid in self.grids]
            elif self.wish.layout != "xlsx":
                blocks += [block for chapter in self._chapters(name) for block in _chapter(chapter)]
        return blocks + self._hidden()

    def _forms(self) -> list[Block]:
        return [form(table, joined_total=self.wish.style.joined_total) for table in self.tables]

    def _hidden(self) -> list[Block]:
        """A form of the year before that was left in the file; only workbooks can hide it."""
        if self.wish.layout != "xlsx" or self.rng.random() < 0.5:
            return []
        earlier = document_of(replace(self.wish, year=self.wish.year - 1, layout="tabs"))
        return [replace(form(earlier.tables[2]), hidden=True)]

    def _new_page(self, number: int) -> Lines:
        """Converters of pages leave the page number and a form feed, extracted text leaves nothing."""
        return [f"— {number} —", "\f"] if self.wish.layout == "aligned" else []

    def _cover(self) -> Lines:
        what = "年部门预算" if self.wish.kind == "budget" else "年度部门决算"
        if self.wish.part is not None:
            what = what.replace("部门", "单位")
        return [str(self.names["name"]), f"{self.wish.year}{what}", ""]

    def _blocks(self, name: str) -> list[Lines]:
        layout = LAYOUTS[self.wish.layout]
        if name == "forms":
            return [layout(table, self.rng) for table in self.tables]
        if name == "performance":
            return [_grid(grid, self.wish.layout, self.rng) for grid in self.grids]
        spread = _PARAGRAPHS[self.wish.layout]
        return [spread(chapter) for chapter in self._chapters(name)]

    def _chapters(self, name: str) -> list[Lines]:
        """The chapters of one part, each a heading (where it has one) and its paragraphs."""
        if name == "duties":
            return [["主要职责", *self.prose.fixed("duties")]]
        if name == "glossary":
            return [self.prose.fixed("glossary")]
        return list(self.prose.chapters(remarks=name == "remarks"))


def _chapter(chapter: Lines) -> list[Block]:
    heading, *paragraphs = chapter
    role = "body" if "。" in heading else "heading"
    return [Text(heading, role), *(Text(paragraph) for paragraph in paragraphs)]


def _grain(spec: Mapping[str, Any]) -> Decimal:
    """The last place that forms in 万元 print, in yuan."""
    places = spec.get("decimals", 2) if spec.get("unit", "wan") == "wan" else 2
    return PRINTABLE.scaleb(2 - places)


def _without_balances(drawn: Figures) -> Figures:
    lines = tuple(replace(line, opening=ZERO, closing=ZERO) for line in drawn.lines)
    projects = tuple(replace(project, carried=ZERO) for project in drawn.projects)
    parts = tuple(_without_balances(part) for part in drawn.parts)
    return replace(drawn, lines=lines, projects=projects, parts=parts)


def _overdrawn(drawn: Figures) -> Figures:
    """The same spending, with opening balances below zero."""
    lines = tuple(replace(line, opening=-line.opening) for line in drawn.lines)
    return replace(drawn, lines=lines, parts=tuple(_overdrawn(part) for part in drawn.parts))


def _reopened(drawn: Figures, more: Mapping[str, Decimal]) -> Figures:
    """The same spending, with opening balances that are so much higher."""
    lines = tuple(replace(line, opening=line.opening + more.get(line.code, ZERO)) for line in drawn.lines)
    return replace(drawn, lines=lines)


def _spaced(block: Lines) -> Lines:
    """A paragraph a line, a blank line after each."""
    return [text for line in block for text in (line, "")]


def _indented(block: Lines) -> Lines:
    """Paragraphs wrapped at the page's width, their first line indented."""
    return [line for text in block for line in broken(f"    {text}", 76)]


def _scattered(block: Lines) -> Lines:
    """Paragraphs wrapped at the page's width, a blank line after every line."""
    return _spaced([line for text in block for line in broken(text, 52)])


def _headed(block: Lines) -> Lines:
    """Markdown: the chapter's heading is a heading."""
    heading, *paragraphs = block
    return _spaced([f"## {heading}" if paragraphs and "。" not in heading else heading, *paragraphs])


_PARAGRAPHS: Final[Mapping[str, Callable[[Lines], Lines]]] = {
    "tabs": _spaced,
    "worn": _spaced,
    "aligned": _indented,
    "loose": _scattered,
    "stacked": _scattered,
    "markdown": _headed,
}
"""How each layout prints a chapter, its heading first."""


def _grid(grid: Grid, layout: str, rng: random.Random) -> Lines:
    """A performance form through the layout of the document; its head rows are no header of columns."""
    columns = [Column("label", ("",)) for _ in grid.rows[0]]
    table = Table("", grid.title, "wan", halves=[Half(columns, [list(row) for row in grid.rows])])
    lines = LAYOUTS[layout](table, rng)
    keep = [line for line in lines if line.strip() and not line.strip().startswith("单位：")]
    return [keep[0], grid.subtitle, *(line for line in keep[1:] if set(line) - set(" \t|"))]
