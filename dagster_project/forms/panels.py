"""Side-by-side parts of a grid: each has columns that say what a row is and columns of figures.

A two-sided form has two (income, expenditure); forms printed in newspaper columns have two or three.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.header_band import paths
from dagster_project.forms.headers import Header

_KEYS: Final = frozenset({"code", "code_part", "label"})
_SIDE_WORDS: Final = (("income", "收入"), ("expenditure", "支出"))
_BY_FUNCTION: Final = "功能"
_OTHERWISE: Final = re.compile("经济|性质|用途")
"""Classifications by which some publishers print a side again beside the functional one of the form."""


@dataclass(slots=True)
class Panel:
    """Physical columns ``start`` to ``end`` (exclusive) of a grid and what each means, by physical column.

    ``beside``: the words over the labels of a panel that prints a side again by another classification.
    """

    start: int
    end: int
    meaning: dict[int, Header]
    side: str | None = None
    keys: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    beside: str = ""

    def with_role(self, *roles: str) -> list[int]:
        """Physical columns whose header has one of the roles."""
        return [column for column, header in self.meaning.items() if header.role in roles]


def panels(form: str, header: Sequence[GridRow], fiscal_year: int | None) -> list[Panel]:
    """The panels of a grid, from its header rows."""
    over = paths(form, header, fiscal_year)
    meaning = [headers.resolve(form, path, fiscal_year) for path in over]
    found = _cut_at_keys(meaning)
    for panel in found:
        _without_panel_heading(form, panel, over, fiscal_year)
        _decide_cut(form, panel)
        _tell_prior_years_apart(form, panel, over)
        _tell_grand_total(form, panel, over)
        if not all(row.exact for row in header):
            _leave_open_what_is_misread(form, panel, over, fiscal_year)
        panel.keys = panel.with_role(*_KEYS)
        panel.values = panel.with_role("value", "unknown", "cut")
        _tell_total_from_current_year(panel)
    found = [panel for panel in found if panel.values or panel.keys]
    if vocabulary.forms()[form].has_sides:
        _name_sides(found, over)
        for panel in found:
            _settle_base(panel)
        _tell_what_is_beside(found, over)
    return found


def _cut_at_keys(meaning: Sequence[Header]) -> list[Panel]:
    """A new panel begins where a code or label column follows a column of figures."""
    found: list[Panel] = []
    start, seen_value = 0, False
    for column, header in enumerate(meaning):
        if header.role in _KEYS and seen_value:
            found.append(_panel(meaning, start, column))
            start, seen_value = column, False
        seen_value = seen_value or header.role in ("value", "cut", "unknown")
    found.append(_panel(meaning, start, len(meaning)))
    return found


def _panel(meaning: Sequence[Header], start: int, end: int) -> Panel:
    return Panel(start, end, {column: meaning[column] for column in range(start, end)})


def _without_panel_heading(
    form: str, panel: Panel, over: Sequence[tuple[str, ...]], fiscal_year: int | None
) -> None:
    """Words over the key columns as well as the figures head the panel; they are no part of a column's
    name.
    """
    keys = panel.with_role(*_KEYS)
    heading = {vocabulary.key(over[column][0]) for column in keys if len(over[column]) > 1}
    for column in panel.with_role("value", "unknown", "cut"):
        rest = list(over[column])
        while len(rest) > 1 and vocabulary.key(rest[0]) in heading:
            rest.pop(0)
        if len(rest) < len(over[column]):
            read = headers.resolve(form, rest, fiscal_year)
            if read.role in ("value", "cut"):
                panel.meaning[column] = replace(read, printed=panel.meaning[column].printed)


def _leave_open_what_is_misread(
    form: str, panel: Panel, over: Sequence[tuple[str, ...]], fiscal_year: int | None
) -> None:
    """A known word below cells that make no sense of it: the header slipped, and no column that needs the
    cells above it is sure."""
    alone = {c: headers.resolve(form, over[c][-1:], fiscal_year) for c in panel.meaning if over[c]}
    slipped = [c for c in panel.with_role("unknown") if c in alone and alone[c].role == "value"]
    if not slipped:
        return
    for column in panel.with_role("value"):
        if column in alone and alone[column].column != panel.meaning[column].column:
            panel.meaning[column] = replace(panel.meaning[column], role="unknown")


def _tell_prior_years_apart(form: str, panel: Panel, over: Sequence[tuple[str, ...]]) -> None:
    """Where budget and execution of the year before are both printed, the columns of the execution have keys
    of their own.
    """
    budgeted = {
        header.column
        for column, header in panel.meaning.items()
        if header.role == "value" and not headers.says_actual(form, over[column])
    }
    for column, header in panel.meaning.items():
        key = header.column.removeprefix("prior_year_")
        if header.column in budgeted and key != header.column and headers.says_actual(form, over[column]):
            panel.meaning[column] = replace(header, column=f"prior_year_final_{key}")


def _tell_grand_total(form: str, panel: Panel, over: Sequence[tuple[str, ...]]) -> None:
    """Where a total of the “三公”经费 stands below their name, the total beside it counts meetings and
    training in.
    """
    if vocabulary.forms()[form].keyed_by != "single_row":
        return
    totals = [column for column in panel.with_role("value") if panel.meaning[column].column.endswith("total")]
    named = {panel.meaning[column].column for column in totals if "三公" in "".join(over[column])}
    for column in totals:
        header = panel.meaning[column]
        if header.column in named and "三公" not in "".join(over[column]):
            panel.meaning[column] = replace(
                header, column=f"{header.column.removesuffix('total')}grand_total"
            )


def _decide_cut(form: str, panel: Panel) -> None:
    """Headers that the print cuts off to the same letters stand in statutory order, if their number fits."""
    taken = {header.column for header in panel.meaning.values() if header.role == "value"}
    for column in panel.with_role("cut"):
        header = panel.meaning[column]
        if header.role != "cut":
            continue
        alike = [c for c in panel.with_role("cut") if panel.meaning[c].printed == header.printed]
        free = [candidate for candidate in header.candidates if candidate not in taken]
        if len(alike) == len(free):
            for place, candidate in zip(alike, free, strict=True):
                panel.meaning[place] = replace(panel.meaning[place], role="value", column=candidate)
            taken.update(free)


def _tell_total_from_current_year(panel: Panel) -> None:
    """本年收入合计 is the total of all income where nothing else is: beside a group 本年收入, or without
    上年结转.
    """
    columns = {column: header for column, header in panel.meaning.items() if header.role == "value"}
    keys = {header.column for header in columns.values()}
    if "total" in keys or "current_year" not in keys:
        return
    named = sorted(
        (column for column, header in columns.items() if header.column == "current_year"),
        key=lambda column: panel.meaning[column].printed.count("/"),
    )
    if len(named) > 1 or not any(key.startswith("carried") for key in keys):
        panel.meaning[named[0]] = replace(panel.meaning[named[0]], column="total")


def _name_sides(found: Sequence[Panel], over: Sequence[tuple[str, ...]]) -> None:
    """Income and expenditure by the words over the panel, else by the order of the two panels."""
    for index, panel in enumerate(found):
        printed = "".join(vocabulary.key("".join(over[column])) for column in panel.meaning)
        named = [side for side, word in _SIDE_WORDS if word in printed]
        if len(named) == 1:
            panel.side = named[0]
        elif len(found) == 2:
            panel.side = ("income", "expenditure")[index]


def _tell_what_is_beside(found: Sequence[Panel], over: Sequence[tuple[str, ...]]) -> None:
    """Expenditure by economic class or purpose repeats the sums of the form, which shows it by function."""
    labelled = [vocabulary.key("".join(over[panel.keys[0]])) if panel.keys else "" for panel in found]
    by_function = {panel.side for panel, words in zip(found, labelled, strict=True) if _BY_FUNCTION in words}
    for panel, words in zip(found, labelled, strict=True):
        if panel.side in by_function and _BY_FUNCTION not in words and _OTHERWISE.search(words):
            panel.beside = over[panel.keys[0]][-1]


def _settle_base(panel: Panel) -> None:
    """One amount column of a side is ``amount``; the sum beside columns of its parts is ``total``."""
    own = [
        header for header in panel.meaning.values() if header.role == "value" and not _is_other(header.column)
    ]
    wanted, other = ("amount", "total") if len({h.column for h in own}) == 1 else ("total", "amount")
    if any(header.column == wanted for header in own):
        return
    for column, header in panel.meaning.items():
        if header.role == "value" and header.column == other:
            panel.meaning[column] = replace(header, column=wanted)


def _is_other(column: str) -> bool:
    """Columns that stand beside a side's own amount: other years, other stages, changes."""
    return column.startswith(("prior_year_", "change_", "budget"))


def text_columns(panel: Panel, rows: Sequence[GridRow]) -> int:
    """Physical column after the last one in which the data rows print words rather than figures."""
    last = panel.start
    for row in rows:
        for column in range(panel.start, min(panel.end, len(row.cells))):
            text = row.cells[column]
            if text and not is_figure(text) and not _is_mark(text):
                last = max(last, column + 1)
    return last


def _is_mark(text: str) -> bool:
    return all(char in "—-－–/%" or char.isdigit() or char in ".,，" for char in text)
