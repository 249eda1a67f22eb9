"""Performance forms whose cells are known: tab-separated lines, or columns that stand under each other.

A form is read from top to bottom. Labels (seed ``performance_label``) open sections, header rows (seed
``performance_header``) name columns, and every other row is one of the section's table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.performance import projects, words
from dagster_project.forms.performance.align import Cell, Column, align
from dagster_project.forms.performance.sheet import Sheet
from dagster_project.readers.page import GridCell, Line

_TAGS: Final = re.compile(r"<[^>]*>")
_SPACE: Final = re.compile(r"\s+")
_YEAR: Final = re.compile(r"(20\d\d)年?度?")
_INDICATOR_SECTIONS: Final = ("long_term", "annual")
_FLAT_TABLE: Final = frozenset({"level3", "target", "actual", "score"})
_ANNUAL_FUNDS: Final = "年度资金总额"
_UNIT_AND_SUM: Final = 3
_LEVELS: Final = frozenset({"level1", "level2", "level3"})
_BUDGET_ROLES: Final = frozenset({"total_budget", "current_budget", "annual_funds"})


@dataclass(frozen=True, slots=True)
class GridRow:
    """The cells of a printed row that are not blank, white space removed, and its line."""

    cells: tuple[Cell, ...]
    line: Line


def tabbed_rows(lines: Iterable[Line]) -> Iterator[GridRow]:
    """Tab-separated lines as rows. Where merges are known, a header's lower row names the columns whose names
    are merged down from the rows above it as well.
    """
    reaching: list[tuple[GridCell, int]] = []
    table = None
    for line in lines:
        texts = line.text.split("\t")
        if line.table != table:
            reaching, table = [], line.table
        if sum(words.header(text, "indicators") in _LEVELS for text in texts) > 1:
            for cell, _ in reaching:
                if words.header(cell.text, "indicators"):
                    texts[cell.column : cell.column + 1] = [cell.text]
        reaching = [(cell, left - 1) for cell, left in reaching if left > 1]
        reaching += [(cell, cell.rows - 1) for cell in line.cells if cell.rows > 1 and cell.text]
        yield row_of(texts, line)


def row_of(texts: Iterable[str], line: Line) -> GridRow:
    """A row of the given cells; marks for "nothing here" are blank."""
    cells = (
        Cell(position, _SPACE.sub("", _TAGS.sub("", text))) for position, text in enumerate(texts) if text
    )
    return GridRow(tuple(cell for cell in cells if cell.text not in money.BLANK_MARKS), line)


@dataclass(slots=True)
class GridReader:
    """Reads the rows of one form into its sheet."""

    sheet: Sheet
    section: str | None = None
    horizon: str = "annual"
    label: str = ""
    columns: list[Column] = field(default_factory=list)
    group: str | None = None
    weight: str | None = None
    header_open: bool = False

    def read(self, rows: Iterable[GridRow]) -> None:
        """Read all rows of the form."""
        for row in rows:
            if row.cells:
                self.row(row)
        self.sheet.flush_total()

    def row(self, row: GridRow) -> None:
        """Read one row: a goal, a header, a label with what follows it, or a row of the open section."""
        if len(row.cells) == 1 and self.sheet.read_line(row.line):
            return
        if (
            self._goal_line(row)
            or self._header(row)
            or self._goals_header(row)
            or self._execution_header(row)
        ):
            return
        self._totals_beside(row)
        if self._labelled(row):
            return
        self.data(row)

    def _totals_beside(self, row: GridRow) -> None:
        """A total score that stands beside another field (主管部门 … 自评总分 97.6)."""
        for label, figure in pairwise(row.cells[1:]):
            if words.role(label.text) == "total" and words.is_points(figure.text):
                self.sheet.pending_total = (words.label_key(label.text), figure.text, row.line)
                if not self.sheet.of_project or self.sheet.project:
                    self.sheet.flush_total()

    def _goal_line(self, row: GridRow) -> bool:
        """A row that names a goal (年度目标1：…); in tables with a goal column the goal is a cell like
        others.
        """
        if any(column.name == "goal" for column in self.columns) and self.section in _INDICATOR_SECTIONS:
            return False
        name = words.goal_begun(row.cells[0].text)
        if name is None:
            return False
        self.sheet.start_table(name)
        return True

    def _header(self, row: GridRow) -> bool:
        """A header row of indicators, whatever section its own label names."""
        cells = row.cells
        lead_role = words.role(cells[0].text)
        body = cells[1:] if lead_role and words.header(cells[0].text, "indicators") is None else cells
        named = [(cell, words.header(cell.text, "indicators")) for cell in body]
        known = [name for _, name in named if name]
        if len(_LEVELS.intersection(known)) >= 2 or set(known) >= _FLAT_TABLE:
            if lead_role in _INDICATOR_SECTIONS:
                self.horizon = lead_role
            self._open_table(named, row)
            return True
        if self.header_open and self.section in _INDICATOR_SECTIONS and body and len(known) == len(named):
            self._refine(named)
            return True
        self.header_open = False
        return False

    def _goals_header(self, row: GridRow) -> bool:
        """A header that sets a goal beside how far it was reached, whatever is left of its section's
        label.
        """
        named = [(cell, words.header(cell.text, "goals")) for cell in row.cells]
        found = [Column(name, cell.position) for cell, name in named if name]
        if not {"target", "actual"} <= {column.name for column in found}:
            return False
        label = row.cells[0].text if named[0][1] is None else self.label
        self.open("goals", label)
        self.columns = found
        return True

    def _execution_header(self, row: GridRow) -> bool:
        """A header that sets budget beside execution opens its section, whatever the label before it says."""
        named = [(cell, words.header(cell.text, "execution")) for cell in row.cells]
        names = {name for _, name in named if name}
        if "actual" not in names or not names & {"target", "budget_initial"} or self.section == "execution":
            return False
        lead = row.cells[0]
        label = lead.text if named[0][1] is None else self.label
        self.open("execution", label)
        self._execution(GridRow(row.cells[1:] if named[0][1] is None else row.cells, row.line))
        return True

    def _open_table(self, named: Sequence[tuple[Cell, str | None]], row: GridRow) -> None:
        self.section = self.horizon
        self.columns = []
        self.header_open = True
        goal_column = False
        for cell, name in named:
            if name is None:
                self._unknown_header(cell.text, row.line)
            elif name != "group":
                goal_column = goal_column or name == "goal"
                self.columns.append(Column(name, cell.position))
        if goal_column:
            self.sheet.goal = None
        self.sheet.start_table(None)

    def _refine(self, named: Sequence[tuple[Cell, str | None]]) -> None:
        """A second header row: its columns replace the merged cell above them."""
        below = [Column(name, cell.position) for cell, name in named if name and name != "group"]
        finer = {column.name for column in below}
        if finer & {"prior_year_1", "prior_year_2", "expected"}:
            self.columns = [column for column in self.columns if column.name != "target"]
        taken = {column.position for column in below}
        kept = [c for c in self.columns if c.position not in taken and c.name not in finer]
        self.columns = sorted([*kept, *below], key=lambda column: column.position)

    def _unknown_header(self, text: str, line: Line) -> None:
        self.sheet.problem(
            line,
            "unknown_header",
            f"绩效表表头“{text}”没有对应栏目 / no column is declared for this header",
            f"在 dbt/seeds/performance_header.csv 增加一行 / add a row to that seed for {text}",
            cause=f"unknown_header:performance:{vocabulary.key(text)}",
        )

    def _labelled(self, row: GridRow) -> bool:
        """A row whose first cell is a label: it opens a section or is a field. True where nothing is left
        of it.
        """
        first, rest = row.cells[0], row.cells[1:]
        role = words.role(first.text)
        if role is None or (self.section in _INDICATOR_SECTIONS and self._in_table(first.text)):
            return False
        if role == "project_name":
            return self._project_name(row, rest)
        if role == "total":
            self._total(first.text, row)
        elif role in _BUDGET_ROLES and self.section != "execution":
            self._budgets(row)
        elif role == "base_total":
            self._base_totals(row)
        elif role == "history" and rest:
            self.sheet.history(row.line, rest[0].text)
        elif role == "evaluation" and rest:
            self.sheet.evaluation(row.line, rest[0].text)
        elif role in ("income", "expenditure", *_BUDGET_ROLES):
            return False
        else:
            return self._open_section(role, row)
        return True

    def _in_table(self, text: str) -> bool:
        """Whether a wording that is also a label stands in the table as a level or as its goal."""
        goal = words.goal_name(text) and any(column.name == "goal" for column in self.columns)
        return bool(goal) or words.level_name(text, 1)

    def _open_section(self, role: str, row: GridRow) -> bool:
        rest = row.cells[1:]
        if role in _INDICATOR_SECTIONS:
            if role == self.section and self.columns and rest:
                self.data(GridRow(rest, row.line))
                return True
            self.horizon = role
            self.section = None
            return True
        self.open(role, row.cells[0].text)
        if rest:
            self.data(GridRow(rest, row.line))
        return True

    def open(self, role: str, label: str) -> None:
        """Begin the section that a printed label names."""
        if role != self.section or role == "details":
            self.columns = []
        self.section, self.group = role, None
        self.label = words.label_key(label)
        self.weight = words.points(label)

    def _project_name(self, row: GridRow, rest: Sequence[Cell]) -> bool:
        if any(words.header(cell.text, "project_list") for cell in rest):
            self.section, self.columns = "project_list", []
            self.data(row)
        elif rest and words.role(rest[0].text) is None:
            self.section, self.columns = None, []
            self.sheet.start_project(rest[0].text)
        return True

    def _total(self, label: str, row: GridRow) -> None:
        figures = [cell for cell in row.cells[1:] if words.is_points(cell.text)]
        if not figures:
            return
        weight = figures[0].text if len(figures) > 1 else None
        self.sheet.write(
            row.line, "total", level1=words.label_key(label), weight=weight, score=figures[-1].text
        )

    def _budgets(self, row: GridRow) -> None:
        """Fields such as 项目总预算 and 项目当年预算, each followed by its amount."""
        role: str | None = None
        for cell in row.cells:
            known = words.role(cell.text)
            amount = projects.read_money(cell.text, self.sheet.unit) if role else None
            if known is not None:
                role = known if known in _BUDGET_ROLES else None
            elif role and amount is not None:
                self.sheet.fund(row.line, "current_budget" if role == "annual_funds" else role, amount)
                role = None

    def _base_totals(self, row: GridRow) -> None:
        label: str | None = None
        for cell in row.cells:
            if words.role(cell.text) == "base_total":
                label = words.label_key(cell.text)
            elif label and words.is_amount(cell.text):
                self.sheet.write(row.line, "funding", level1=label, actual=cell.text)
                label = None

    def data(self, row: GridRow) -> None:
        """Read a row of the open section's table, or its header."""
        reader = {
            "long_term": self._indicator,
            "annual": self._indicator,
            "funding": self._funding,
            "project_list": self._project,
            "execution": self._execution,
            "goals": self._goals,
            "details": self._detail,
            "sources": self._source,
        }.get(self.section or "")
        if reader:
            reader(row)

    def _indicator(self, row: GridRow) -> None:
        for columns, cells, horizon in self._panels(row):
            if not cells or _is_units_total(cells, columns):
                continue
            aligned = align(cells, columns)
            values = dict(aligned.values)
            self._name_project(row.line, values.pop("project", None), values.pop("budget", None))
            goal = words.goal_name(values.pop("goal", ""))
            if goal:
                self._name_goal(goal)
            if aligned.spare and "level3" in values:
                self.sheet.problem(
                    row.line,
                    "row_not_certain",
                    f"该行单元格多于栏目：{'、'.join(aligned.spare)} / more cells than columns in this row",
                    "核对原文该行 / compare the row with the document",
                )
            self.sheet.indicator(row.line, horizon, values)

    def _name_project(self, line: Line, project: str | None, budget: str | None) -> None:
        """In a table of many projects: the project whose rows begin here, and its budget of the year."""
        if project is None:
            return
        self.sheet.start_project(project)
        amount = projects.read_money(budget, self.sheet.unit) if budget else None
        if amount is not None:
            self.sheet.fund(line, "current_budget", amount)

    def _name_goal(self, name: str | None) -> None:
        """A goal's merged cell may stand below its first rows: those rows are its rows too."""
        if self.sheet.goal is None:
            for record in reversed(self.sheet.reading.indicators):
                if record.horizon != self.section or record.project != self.sheet.project or record.goal:
                    break
                record.goal = name
        self.sheet.goal = name

    def _panels(self, row: GridRow) -> list[tuple[list[Column], list[Cell], str]]:
        """The table's columns, in two panels where long-term and annual indicators stand side by side."""
        names = [column.name for column in self.columns]
        repeated = next((i for i, name in enumerate(names) if name in names[:i] and name in _LEVELS), None)
        if repeated is None:
            return [(self.columns, list(row.cells), self.section or "annual")]
        start = self.columns[repeated].position
        left = [cell for cell in row.cells if cell.position < start]
        right = [cell for cell in row.cells if cell.position >= start]
        return [(self.columns[:repeated], left, "long_term"), (self.columns[repeated:], right, "annual")]

    def _funding(self, row: GridRow) -> None:
        cells = list(row.cells)
        if words.role(cells[0].text) in ("income", "expenditure"):
            self.group = cells.pop(0).text
        if self._funding_header(cells) or not cells:
            return
        label, figures = cells[0], cells[1:]
        if not figures or not all(words.is_figure(cell.text) for cell in figures):
            return
        columns = self.columns or _default_funding(len(figures))
        values = in_order(figures, columns)
        self.sheet.write(
            row.line, "funding", level1=self.label, level2=self.group, level3=label.text, **values
        )

    def _funding_header(self, cells: Sequence[Cell]) -> bool:
        found = [Column(name, cell.position) for cell in cells if (name := self._funding_column(cell.text))]
        if not found:
            return False
        known = {column.name for column in self.columns}
        fresh = [column for column in found if column.name != "group" and column.name not in known]
        self.columns = sorted([*self.columns, *fresh], key=lambda column: column.position)
        return True

    def _funding_column(self, text: str) -> str | None:
        year = _YEAR.fullmatch(vocabulary.key(text))
        if year and self.sheet.fiscal_year:
            back = self.sheet.fiscal_year - int(year.group(1))
            return f"prior_year_{back}" if back in (1, 2) else "expected" if back == 0 else "ignored"
        return words.header(text, "funding")

    def _project(self, row: GridRow) -> None:
        named = [(cell, words.header(cell.text, "project_list")) for cell in row.cells]
        found = [Column(name, cell.position) for cell, name in named if name]
        if len(found) >= 2 and len(found) > len(named) / 2:
            self.columns = sorted([*self.columns, *found], key=lambda column: column.position)
            return
        values = _project_cells(row.cells, self.columns)
        if "project" in values and values.keys() & {"target", "expected"}:
            name = None if words.is_sum(values["project"]) else values["project"]
            self.sheet.write(
                row.line,
                "project_list",
                project=name,
                level1=self.label or "项目支出情况",
                level2=values.get("project_type"),
                level3=values["project"],
                target=values.get("target"),
                expected=values.get("expected"),
            )

    def _execution(self, row: GridRow) -> None:
        named = [(cell, words.header(cell.text, "execution")) for cell in row.cells]
        found = [Column(name, cell.position) for cell, name in named if name]
        texts = [cell.text for cell, name in named if not name and words.is_label(cell.text)]
        if len(found) >= 2:
            self.columns = found
            self.group = texts[-1] if texts else None
            return
        figures = [cell for cell in row.cells if words.is_figure(cell.text)]
        label = (texts[-1] if texts else self.group or "").rstrip(":：") or None
        if not self.columns:
            if label and figures:
                self._fund_of_form(row.line, label, figures[0].text)
            return
        if figures:
            values = in_order(figures, self.columns)
            initial = values.pop("budget_initial", None)
            self._initial_budget(row.line, label or _ANNUAL_FUNDS, initial)
            if "weight" not in values and self.weight and values:
                values["weight"] = self.weight
            if values:
                self.sheet.write(row.line, "execution", level1=self.label, level3=label, **values)

    def _fund_of_form(self, line: Line, label: str, printed: str) -> None:
        """A line of 项目资金 in a target form: the year's total, then where it comes from."""
        amount = projects.read_money(printed, self.sheet.unit)
        if not self.sheet.of_project:
            self.sheet.write(line, "funding", level1=self.label, level3=label, expected=printed)
        elif words.role(label) == "annual_funds" and amount is not None:
            self.sheet.fund(line, "current_budget", amount)
        else:
            self.sheet.fund_line(line, label, printed)

    def _initial_budget(self, line: Line, label: str, printed: str | None) -> None:
        amount = projects.read_money(printed, self.sheet.unit) if printed else None
        if amount is None or not self.sheet.of_project:
            return
        source = projects.source_item(label, None)
        if source == "funding.total" or words.role(label) == "annual_funds":
            self.sheet.fund(line, "budget_initial", amount)
        elif source:
            self.sheet.fund(line, f"budget_initial.{source.removeprefix('funding.')}", amount)
        else:
            self.sheet.fund_line(line, label, printed)

    def _goals(self, row: GridRow) -> None:
        if not self.columns:
            return
        places = {column.position for column in self.columns}
        placed = [cell for cell in row.cells if cell.position in places]
        values = in_order(placed or row.cells, self.columns)
        if values.keys() & {"target", "actual"}:
            self.sheet.write(row.line, "goal", level1=self.label, **{"weight": self.weight, **values})

    def _detail(self, row: GridRow) -> None:
        if sum(words.header(cell.text, "details") is not None for cell in row.cells) >= 2:
            return
        amounts = [cell for cell in row.cells if projects.read_money(cell.text, self.sheet.unit)]
        first = amounts[0].position if amounts else 0
        texts = [cell for cell in row.cells if cell.position < first and cell not in amounts]
        if not amounts or not texts:
            return
        item = vocabulary.without_number(texts[-1].text)
        for cell in amounts:
            amount = projects.read_money(cell.text, self.sheet.unit)
            if amount is not None and cell.position > texts[-1].position:
                self.sheet.detail(row.line, item, amount)

    def _source(self, row: GridRow) -> None:
        if any(words.header(cell.text, "sources") == "item" for cell in row.cells):
            return
        printed = next((c.text for c in row.cells[1:] if projects.read_money(c.text, self.sheet.unit)), None)
        self.sheet.fund_line(row.line, row.cells[0].text, printed)


def _is_units_total(cells: Sequence[Cell], columns: Sequence[Column]) -> bool:
    """In a table of many projects: the line of a unit with the sum of its projects."""
    many = any(column.name == "project" for column in columns)
    return many and len(cells) <= _UNIT_AND_SUM and words.is_amount(cells[-1].text)


def _default_funding(count: int) -> list[Column]:
    names = ("expected", "share", "prior_year_2", "prior_year_1")[:count]
    return [Column(name, position) for position, name in enumerate(names)]


def in_order(cells: Sequence[Cell], columns: Sequence[Column]) -> dict[str, str]:
    """Cells → columns by position; where a merged header has shifted them, by order and by what a share
    looks like.
    """
    by_position = {column.position: column.name for column in columns}
    if all(cell.position in by_position for cell in cells):
        direct = {by_position[cell.position]: cell.text for cell in cells}
        if not ("share" in direct and not words.is_percent(direct["share"]) and _has_percent(cells)):
            return direct
    values: dict[str, str] = {}
    left = [column.name for column in columns]
    if len(cells) < len(left) and "share" in left and not _has_percent(cells):
        left.remove("share")
    for cell in cells:
        if words.is_percent(cell.text) and "share" in left:
            left = left[left.index("share") :]
        elif left and left[0] == "share" and len(left) > 1 and _has_percent(cells):
            left.pop(0)
        if left:
            values[left.pop(0)] = cell.text
    return values


def _has_percent(cells: Sequence[Cell]) -> bool:
    return any(words.is_percent(cell.text) for cell in cells)


def _project_cells(cells: Sequence[Cell], columns: Sequence[Column]) -> dict[str, str]:
    by_position = {column.position: column.name for column in columns}
    if all(cell.position in by_position for cell in cells):
        return {by_position[cell.position]: cell.text for cell in cells}
    names = [column.name for column in columns if column.name in ("target", "expected")]
    amounts = [cell for cell in cells if words.is_amount(cell.text)]
    if not names or not amounts or cells[0] in amounts:
        return {}
    if len(amounts) < len(names):
        names = names[-len(amounts) :]
    return {"project": cells[0].text, **dict(zip(names, (cell.text for cell in amounts), strict=False))}
