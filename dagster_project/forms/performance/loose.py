"""Performance forms that have lost their grid: one cell after the other, each broken over lines.

The labels of the form, put together from their pieces, cut the text into sections. Money sections are rows of
a name and its figures; tables of indicators are cut into cells by ``stream``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import titles
from dagster_project.forms.performance import loose_rows as rows
from dagster_project.forms.performance import words
from dagster_project.forms.performance.fragments import Fragment, fragments
from dagster_project.forms.performance.grid import Cell, GridReader, GridRow
from dagster_project.forms.performance.sheet import Sheet
from dagster_project.forms.performance.stream import read_rows, words_between
from dagster_project.readers.page import Line

_TABLE_AHEAD: Final = 14
_LONGEST_HEADER: Final = 70
_DOUBTFUL: Final = 3.0
_YEAR: Final = re.compile(r"20\d\d(?=年)")
_YEAR_ALONE: Final = re.compile(r"20\d\d年?")
_NOTE: Final = re.compile(r"^(?:备注|注|填表说明|说明)[:：]")
_SECOND_LEVEL: Final = "二级指标"
_PROJECT_LIST: Final = "项目支出情况"
_ENDS_TABLE: Final = frozenset(
    {"stop", "total", "long_term", "annual", "goals", "project_name", "execution", "funding", "details"}
)
_HEADER_ORDER: Final = ("prior_year_2", "prior_year_1", "expected")
_USUAL_COLUMNS: Final = {
    "long_term": ("target", "basis"),
    "annual": ("prior_year_2", "prior_year_1", "expected", "basis"),
    "self_evaluation": ("target", "actual", "score"),
}


@dataclass(frozen=True, slots=True)
class _Label:
    role: str
    text: str
    start: int
    end: int


def read_loose(sheet: Sheet, lines: Sequence[Line]) -> None:
    """Read the lines of one form into its sheet."""
    _LooseReader(sheet, fragments(lines)).read()


class _LooseReader:
    def __init__(self, sheet: Sheet, pieces: list[Fragment]) -> None:
        self._sheet = sheet
        self._pieces = pieces
        self._grid = GridReader(sheet)
        self._horizon = "annual"
        self._index = 0

    def read(self) -> None:
        """Read all sections from top to bottom."""
        while self._index < len(self._pieces):
            begun = self._index
            self._read_on()
            self._index = max(self._index, begun + 1)
        self._sheet.flush_total()

    def _read_on(self) -> None:
        """Read what stands at the index, a table or a section, and move behind it."""
        if self._table_begins():
            self._table()
            return
        self._own_line()
        goal = self._goal_at(self._index)
        label = self._label_at(self._index)
        if goal and (label is None or goal[1] >= label.end):
            self._sheet.start_table(goal[0])
            self._index = goal[1]
        elif label:
            self._index = label.end
            self._section(label)

    def _own_line(self) -> None:
        piece = self._pieces[self._index]
        if piece.first:
            self._sheet.read_line(piece.line)

    def _join(self, start: int, end: int) -> str:
        return words_between(self._pieces, start, end)

    def _goal_at(self, index: int) -> tuple[str, int] | None:
        """A numbered goal (年度目标1) that begins a line here, and where it ends."""
        if not self._pieces[index].first:
            return None
        text, found = "", None
        for end in range(index + 1, min(index + 5, len(self._pieces)) + 1):
            text += self._pieces[end - 1].text
            name = words.goal_name(text)
            if name and name[-1].isdigit():
                found = (name, end)
            if len(text) > rows.LONGEST_LABEL:
                break
        return found

    def _label_at(self, index: int) -> _Label | None:
        """The longest label that begins here, put together from its pieces."""
        text, found = "", None
        if _YEAR_ALONE.fullmatch(self._pieces[index].text):
            return None
        for end in range(index + 1, min(index + rows.MOST_PIECES, len(self._pieces)) + 1):
            text += self._pieces[end - 1].text
            if len(text) > rows.LONGEST_LABEL:
                break
            role = words.role(text)
            if role:
                found = _Label(role, text, index, end)
        return found

    def _section(self, label: _Label) -> None:
        role = label.role
        if role in ("long_term", "annual"):
            self._horizon = role
            return
        if role == "project_list":
            self._project_list(label)
            return
        if role == "goals":
            self._goals(label)
            return
        inside = frozenset({"annual_funds"}) if role == "execution" else frozenset()
        start, end = self._index, self._next_label(self._index, inside)
        body = self._pieces[start:end]
        line = self._pieces[label.end - 1].line
        text = self._join(start, end)
        if role == "project_name" and rows.longest_header(self._pieces, start, "project_list"):
            self._index = label.start
            self._project_list(replace(label, role="project_list", text=_PROJECT_LIST))
            return
        if role == "project_name":
            end = self._name_end(start, end)
            text = self._join(start, end)
            if text:
                self._sheet.start_project(text)
        elif role == "history":
            self._sheet.history(line, text)
        elif role == "evaluation":
            self._sheet.evaluation(line, text)
        elif role == "stop":
            end = self._after_notes(start)
        elif role in ("total", "total_budget", "current_budget", "annual_funds", "base_total"):
            self._field(label, body)
        elif role in ("funding", "income", "expenditure", "execution", "sources", "details"):
            self._money(label, body)
        self._index = max(end, self._index)

    def _next_label(self, start: int, inside: frozenset[str] = frozenset()) -> int:
        """Where the next section begins; labels of the roles ``inside`` are rows of this one."""
        index = start
        while index < len(self._pieces):
            label = self._label_at(index)
            if label and label.role in inside:
                index = label.end
                continue
            if label or self._goal_at(index) or self._anchor(index):
                return index
            index += 1
        return len(self._pieces)

    def _name_end(self, start: int, end: int) -> int:
        """A name's last word alone on its line (…建设 项目) would join the label below it (主管部门)."""
        while start < end < len(self._pieces) - 1 and self._pieces[end].first and self._pieces[end].last:
            whole, below = self._label_at(end), self._label_at(end + 1)
            if not (whole and below and whole.end == below.end):
                break
            end += 1
        return end

    def _after_notes(self, start: int) -> int:
        """Explanations end at the next project's name or the next section of a form, not at words in
        passing.
        """
        for index in range(start, len(self._pieces)):
            piece = self._pieces[index]
            if not piece.first:
                continue
            label = self._label_at(index)
            if label and (label.role != "other" or self._sheet.of_project):
                return index
            if self._sheet.read_line(piece.line):
                continue
        return len(self._pieces)

    def _field(self, label: _Label, body: Sequence[Fragment]) -> None:
        """A label with its figure: a total, a budget."""
        line = self._pieces[label.end - 1].line
        if label.role == "total" and self._sheet.pending_total and self._sheet.pending_total[2] is line:
            return
        figures: list[str] = []
        for piece in body:
            if not words.is_amount(piece.text):
                break
            figures.append(piece.text)
        if figures:
            row = [label.text, *figures[: 2 if label.role == "total" else 1]]
            self._grid.row(GridRow(tuple(Cell(i, text) for i, text in enumerate(row)), line))

    def _money(self, label: _Label, body: Sequence[Fragment]) -> None:
        """A section whose rows are a name and its figures."""
        role = label.role
        group = label.text if role in ("income", "expenditure") else None
        if group is None and not (role == "funding" and self._grid.section == "funding"):
            self._grid.open(role, label.text)
        if role == "funding":
            self._funding_header(body)
            return
        if role == "execution":
            self._execution(body)
            return
        for line, name, figures in rows.named_figures(body, free=role == "details"):
            cells = [text for text in (group, name) if text]
            self._grid.data(rows.row(line, cells, figures))

    def _funding_header(self, body: Sequence[Fragment]) -> None:
        if not body:
            return
        text = vocabulary.key("".join(piece.text for piece in body))
        names = ["当年金额", *(["占比"] if "占比" in text else [])]
        years = [f"{year}年" for year in _YEAR.findall(text)] or [y for y in ("前年", "上年") if y in text]
        self._grid.data(rows.row(body[0].line, ["", *names, *years], []))

    def _execution(self, body: Sequence[Fragment]) -> None:
        """Header, names and figures of 预算执行情况; the header stands before the first row's name."""
        columns: list[str] = []
        for number, (line, name, figures) in enumerate(rows.named_figures(body, free=True)):
            rest = name
            if number == 0:
                columns, rest = rows.headers_and_name(name)
            if number == 0 and columns:
                self._grid.data(rows.row(line, ["", *columns], []))
            if len(figures) == len(columns):
                self._grid.data(rows.row(line, [rest, *figures], []))
            else:
                self._grid.data(rows.row(line, [rest], figures))

    def _project_list(self, label: _Label) -> None:
        """项目支出情况: a header, then a line with its amounts for each project and what the money is for."""
        self._grid.open("project_list", label.text)
        names: list[str] = []
        while self._index < len(self._pieces):
            end = rows.longest_header(self._pieces, self._index, "project_list")
            if end is None:
                break
            names.append(self._join(self._index, end))
            self._index = end
        below = self._label_at(self._index) if self._index < len(self._pieces) else None
        if names and below and below.role == "project_list":
            self._index = below.end
        end = self._list_end(self._index)
        if names:
            self._grid.data(rows.row(self._pieces[self._index - 1].line, names, []))
            with_kind = any(words.header(name, "project_list") == "project_type" for name in names)
            for line, cells in rows.project_rows(self._pieces[self._index : end], with_kind=with_kind):
                self._grid.data(rows.project_row(line, cells, self._grid))
        self._index = max(end, label.end)

    def _list_end(self, start: int) -> int:
        for index in range(start, len(self._pieces)):
            label = self._label_at(index) if self._pieces[index].first else None
            if (label and label.role != "other") or self._goal_at(index) or self._anchor(index):
                return index
        return len(self._pieces)

    def _goals(self, label: _Label) -> None:
        """The goal and how far it was reached, where a form prints both side by side."""
        names: list[str] = []
        index = self._index
        while index < len(self._pieces):
            end = rows.longest_header(self._pieces, index, "goals")
            if end is None:
                break
            names.append(self._join(index, end))
            index = end
        columns = [words.header(name, "goals") for name in names]
        if "target" not in columns or "actual" not in columns:
            return
        end = self._next_label(index)
        body = self._pieces[index:end]
        texts, score, torn = rows.without_score(body)
        halves = rows.two_texts(texts, torn)
        if body and halves:
            line = body[0].line
            self._grid.row(rows.row(line, [label.text, *names], []))
            cells = {"target": halves[0], "actual": halves[1], "score": score}
            self._grid.data(rows.row(line, ["", *(cells.get(name or "", "") for name in columns)], []))
        self._index = end

    def _anchor(self, index: int) -> bool:
        """Whether 二级指标, in one piece or broken, stands here: no table of indicators is without it."""
        text = ""
        for piece in self._pieces[index : index + 3]:
            text += vocabulary.key(piece.text)
            if not _SECOND_LEVEL.startswith(text):
                return False
            if text == _SECOND_LEVEL:
                return True
        return False

    def _table_begins(self) -> bool:
        """Whether the header of a table of indicators stands at or right behind a label of one."""
        index = self._index
        if self._anchor(index):
            return True
        before = self._pieces[max(0, index - 1)]
        label = before.last and words.role(_tail(self._pieces, index)) in ("long_term", "annual")
        return bool(label) and self._header_ahead(index)

    def _table(self) -> None:
        start = self._index
        anchor = next(i for i in range(start, len(self._pieces)) if self._anchor(i))
        first = self._first_level(anchor + 1)
        if first is None:
            self._index = anchor + 1
            return
        nearby = self._join(max(0, start - 8), anchor)
        horizon = self._horizon_of(nearby)
        header = vocabulary.key(self._join(start, first))
        columns = self._columns(header, horizon)
        end = self._table_end(first, goal_inside="目标名称" in header)
        self._sheet.start_table(None)
        body = self._table_body(first, end, goal_inside="目标名称" in header)
        for row in read_rows(body, columns):
            if row.cost > _DOUBTFUL:
                self._sheet.problem(
                    row.line,
                    "row_not_certain",
                    "该行指标的分列不能确定 / the cells of this row could not be told apart with certainty",
                    "核对原文该行 / compare the row with the document",
                )
            self._sheet.indicator(row.line, horizon, row.cells)
        self._index = end

    def _first_level(self, start: int) -> int | None:
        """Where the rows begin: the first name of a level after the header."""
        for index in range(start, min(start + _LONGEST_HEADER, len(self._pieces))):
            text = ""
            for piece in self._pieces[index : index + 4]:
                text += piece.text
                if words.level_name(text, 1) or words.level_name(text, 2):
                    return index
        return None

    def _horizon_of(self, nearby: str) -> str:
        if self._sheet.form.endswith("self_evaluation"):
            return "annual"
        long_term, annual = nearby.rfind("长期"), nearby.rfind("年度")
        if long_term == annual:
            return self._horizon
        return "long_term" if long_term > annual else "annual"

    def _columns(self, header: str, horizon: str) -> list[str]:
        found: dict[str, int] = {}
        for wording in sorted(words.headers("indicators"), key=len, reverse=True):
            column = words.headers("indicators")[wording]
            place = header.find(wording)
            if place >= 0:
                header = header.replace(wording, "\0" * len(wording))
                found.setdefault(column, place)
        years = any(name in found for name in _HEADER_ORDER) or ("\0" in header and "近两年" in header)
        if years:
            found.pop("target", None)
            first = min((found[name] for name in _HEADER_ORDER if name in found), default=0)
            found |= {name: 15_000 + place for name, place in found.items() if place > first}
            found |= {name: 10_000 + place for place, name in enumerate(_HEADER_ORDER)}
            if "basis" in found:
                found["basis"] = 20_000
        wanted = [n for n in found if n in ("target", "actual", "weight", "score", "basis", *_HEADER_ORDER)]
        if not wanted:
            kind = "self_evaluation" if self._sheet.form.endswith("self_evaluation") else horizon
            wanted = list(_USUAL_COLUMNS[kind])
            found = {name: place for place, name in enumerate(wanted)}
        return ["level1", "level2", "level3", *sorted(wanted, key=lambda name: found[name])]

    def _table_end(self, start: int, *, goal_inside: bool) -> int:
        for index in range(start, len(self._pieces)):
            piece = self._pieces[index]
            if not piece.first:
                continue
            if _NOTE.match(piece.text) or self._anchor(index) or words.begins_stop(piece.text):
                return index
            if titles.match_title(piece.line.text, None):
                return index
            goal = self._goal_at(index)
            if goal:
                if goal_inside:
                    continue
                return index
            if self._ends_table(self._label_at(index), goal_inside=goal_inside):
                return index
        return len(self._pieces)

    def _ends_table(self, label: _Label | None, *, goal_inside: bool) -> bool:
        if label is None or label.role not in _ENDS_TABLE:
            return False
        if label.role in ("project_name", "total", "stop", "execution"):
            return True
        if goal_inside and words.goal_name(label.text):
            return False
        if label.role in ("long_term", "annual") and not self._header_ahead(label.end):
            return False
        return self._pieces[label.end - 1].last

    def _header_ahead(self, index: int) -> bool:
        return any(self._anchor(i) for i in range(index, min(index + _TABLE_AHEAD, len(self._pieces))))

    def _table_body(self, first: int, end: int, *, goal_inside: bool) -> list[Fragment]:
        """The rows alone: without the merged cells that name the goal or the section, and without a header
        that a new page repeats. They stand anywhere among the rows.
        """
        kept: list[Fragment] = []
        named: str | None = None
        index = first
        new_page = False
        while index < end:
            goal = self._goal_at(index) if goal_inside else None
            after = goal[1] if goal else self._repeated_at(index)
            if words.is_placeholder(self._pieces[index].text):
                after = index + 1
            if after is not None and after <= end:
                new_page = new_page or self._pieces[index].page_break
                named = goal[0] if goal else named
                index = after
                continue
            kept.append(replace(self._pieces[index], page_break=True) if new_page else self._pieces[index])
            new_page = False
            index += 1
        if goal_inside:
            before = [g for i in range(max(0, first - 6), first) if (g := self._goal_at(i)) and g[1] <= first]
            self._sheet.goal = named or (before[-1][0] if before else None)
        return kept

    def _repeated_at(self, index: int) -> int | None:
        """Where a section's label or a whole line of column names, printed again among the rows, ends."""
        if not self._pieces[index].first:
            return None
        end = index
        while end < len(self._pieces) and words.header(self._pieces[end].text, "indicators"):
            end += 1
            if self._pieces[end - 1].last:
                return end if end - index > 1 else None
        label = self._label_at(index)
        if label and label.role in ("long_term", "annual") and self._pieces[label.end - 1].last:
            return label.end
        return None


def _tail(pieces: Sequence[Fragment], index: int) -> str:
    """The longest label that ends right before ``index``."""
    text, found = "", ""
    for piece in reversed(pieces[max(0, index - rows.MOST_PIECES) : index]):
        text = piece.text + text
        if len(text) > rows.LONGEST_LABEL:
            break
        if words.role(text):
            found = text
    return found
