"""One performance form while it is read: what is carried from row to row, and the records it becomes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.performance import projects, words
from dagster_project.readers.page import Line
from dagster_project.records import FormRecord, IndicatorRecord, ProblemRecord, ProjectAmountRecord

_SPACE: Final = re.compile(r"\s+")
_LEVEL_POINTS: Final = re.compile(r"[(（]\d+(?:\.\d+)?(?:分|%)?[)）]$|\d+(?:\.\d+)?分$")
_PRINTED: Final = frozenset(IndicatorRecord.__slots__) - {
    "document_id",
    "document",
    "form",
    "row_number",
    "project",
    "horizon",
    "page",
    "line",
}
_UNIT_LINE: Final = re.compile(r"单位[:：]\s*[(（]?(万元|元)")
_TOTAL: Final = re.compile(r"(总分|总得分|自评得分|自评总分|综合得分|评价得分)[:：](\d+(?:\.\d+)?)")


@dataclass(slots=True)
class PerformanceReading:
    """What the performance forms of one document hold: rows of ``staging.indicator``, ``project_detail``,
    ``project_funding``, one row of ``staging.form`` a form met, and what could not be read.
    """

    forms: list[FormRecord] = field(default_factory=list)
    indicators: list[IndicatorRecord] = field(default_factory=list)
    details: list[ProjectAmountRecord] = field(default_factory=list)
    funding: list[ProjectAmountRecord] = field(default_factory=list)
    problems: list[ProblemRecord] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """A form in reading: its place, its carried cells (goal, levels), and where its records go."""

    document_id: str
    document: str
    form: str
    fiscal_year: int | None
    reading: PerformanceReading
    unit: str = "wan"
    project: str | None = None
    goal: str | None = None
    level1: str | None = None
    level2: str | None = None
    source: str | None = None
    pending_total: tuple[str, str, Line] | None = None

    @property
    def of_project(self) -> bool:
        """Whether the form is that of one project (else of the whole department)."""
        return self.form.startswith("perf_project")

    def start_project(self, name: str) -> None:
        """A project's name opens its form; what was carried from another project ends."""
        self.project = name
        self.start_table(None)
        self.goal = None
        self.source = None
        self.flush_total()

    def start_table(self, goal: str | None) -> None:
        """A new table of indicators begins: no level is carried into it."""
        self.level1 = self.level2 = None
        if goal is not None:
            self.goal = goal

    def rows(self) -> int:
        """How many rows all forms have given so far."""
        return len(self.reading.indicators) + len(self.reading.funding) + len(self.reading.details)

    def read_line(self, line: Line) -> bool:
        """Unit and total score that stand in a line of their own above or below the grid."""
        text = vocabulary.compact(line.text)
        unit = _UNIT_LINE.search(text)
        if unit:
            self.unit = "wan" if unit.group(1) == "万元" else "yuan"
        total = _TOTAL.search(text)
        if total is None:
            return unit is not None
        self.pending_total = (total.group(1), total.group(2), line)
        if not self.of_project:
            self.flush_total()
        return True

    def flush_total(self) -> None:
        """Write the total score that was printed above the project's name."""
        if self.pending_total is not None:
            name, score, line = self.pending_total
            self.pending_total = None
            self.write(line, "total", level1=name, score=score)

    def indicator(self, line: Line, horizon: str, cells: Mapping[str, str]) -> None:
        """One indicator row by column; merged level cells are carried forward."""
        self._carry(cells)
        name = cells.get("level3")
        values = self._values(cells)
        if name is None:
            return
        if not values.keys() - {"basis"}:
            if not words.is_placeholder(name):
                self.problem(
                    line,
                    "indicator_without_value",
                    f"指标“{name}”没有读到指标值 / no value was read for this indicator",
                    "核对原文该行 / compare the row with the document",
                )
            return
        self.write(
            line, horizon, goal=self.goal, level1=self.level1, level2=self.level2, level3=name, **values
        )

    def _carry(self, cells: Mapping[str, str]) -> None:
        if "level1" in cells:
            self.level1 = _LEVEL_POINTS.sub("", cells["level1"])
            self.level2 = None
        if "level2" in cells:
            self.level2 = _LEVEL_POINTS.sub("", cells["level2"])
            if self.level1 is None:
                self.level1 = words.levels(2).get(vocabulary.key(self.level2)) or None

    @staticmethod
    def _values(cells: Mapping[str, str]) -> dict[str, str]:
        names = ("actual", "weight", "score", "prior_year_2", "prior_year_1", "expected", "basis", "share")
        values = {name: cells[name] for name in names if name in cells}
        operator = cells.get("operator", "")
        parts = (
            operator if words.begins_value(operator) else "",
            cells.get("target", ""),
            cells.get("measure", ""),
        )
        target = "".join(parts) if parts[1] else ""
        return {"target": target, **values} if target else values

    def write(self, line: Line, horizon: str, **values: str | None) -> None:
        """Append one record; white space is removed, a mark for "nothing here" is no value."""
        printed = {name: value for name, value in values.items() if name in _PRINTED and value is not None}
        cleaned = {name: clean(value) for name, value in printed.items()}
        self.reading.indicators.append(
            IndicatorRecord(
                document_id=self.document_id,
                document=self.document,
                form=self.form,
                row_number=len(self.reading.indicators) + 1,
                project=values.get("project", self.project),
                horizon=horizon,
                page=line.page,
                line=line.number,
                bbox=line.bbox,
                **cleaned,
            )
        )

    def fund(self, line: Line, item: str, amount: projects.Amount) -> None:
        """One figure of a project's budget or its sources."""
        self.reading.funding.append(self._amount(line, item, amount))

    def detail(self, line: Line, item: str, amount: projects.Amount) -> None:
        """One line of 项目支出明细."""
        self.reading.details.append(self._amount(line, item, amount))

    def _amount(self, line: Line, item: str, amount: projects.Amount) -> ProjectAmountRecord:
        return ProjectAmountRecord(
            document_id=self.document_id,
            document=self.document,
            project=self.project or "",
            item=item,
            amount=amount.amount,
            unit=amount.unit,
            page=line.page,
            line=line.number,
        )

    def fund_line(self, line: Line, label: str, printed: str | None) -> None:
        """A line of 资金来源: ``label`` and, where one is printed, its amount."""
        item = projects.source_item(label, self.source)
        known = words.project_items().get(vocabulary.without_number(vocabulary.key(label)))
        if item and known is not None and known.parent == "":
            self.source = item
        amount = projects.read_money(printed, self.unit) if printed else None
        if amount is None:
            return
        if item is None:
            self.problem(
                line,
                "unknown_label",
                f"资金来源“{label}”没有对应项目 / no item is declared for this source of funds",
                f"在 dbt/seeds/performance_project_item.csv 增加一行 / add a row to that seed for {label}",
                cause=f"unknown_source:{vocabulary.key(label)}",
            )
            return
        self.fund(line, item, amount)

    def history(self, line: Line, text: str) -> None:
        """The running text about the years before."""
        if self.fiscal_year is None:
            return
        for stated in projects.stated_history(text, self.fiscal_year):
            self.fund(line, stated.item, projects.Amount(stated.amount, stated.unit))

    def evaluation(self, line: Line, text: str) -> None:
        """The running text about the last evaluation."""
        if self.fiscal_year is None:
            return
        for stated in projects.stated_scores(text, self.fiscal_year):
            self.fund(line, stated.item, projects.Amount(stated.amount, stated.unit))

    def problem(self, line: Line, kind: str, message: str, action: str, *, cause: str | None = None) -> None:
        """Put something unread or doubtful on record."""
        self.reading.problems.append(
            ProblemRecord(
                document_id=self.document_id,
                document=self.document,
                page=line.page,
                line=line.number,
                form=self.form,
                kind=kind,
                severity="warning",
                message=message,
                action=action,
                cause_key=cause or f"{kind}:{self.form}",
            )
        )


def clean(text: str) -> str | None:
    """A printed cell without white space; ``None`` for a mark that says that there is nothing."""
    plain = _SPACE.sub("", text)
    return None if plain in money.BLANK_MARKS else plain
