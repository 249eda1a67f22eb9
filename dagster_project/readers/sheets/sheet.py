"""One sheet of a workbook as its reader found it, and the page it becomes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dagster_project.readers.flow import Flow, Placed, joined
from dagster_project.readers.page import Page, ReadProblem

FORMULA_WITHOUT_VALUE: Final = "formula_without_value"
"""Kind of the problem of formulas that no program has calculated."""

_SAYS_NOTHING: Final = re.compile(r"(?:sheet|工作表|table|图表|chart|macro)?[\s_\-()（）.\d]*", re.IGNORECASE)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_FORM_NUMBER: Final = re.compile(r"[\u4e00-\u9fff]{0,6}[\d\-—.]+表?[:：]?")
_NAMED: Final = 10


@dataclass(slots=True)
class Sheet:
    """``texts``: what cells show, by row and column from 0; blank cells may be left out.

    ``position`` counts the workbook's visible sheets from 1. ``merges``: first row, first column, last row,
    last column. ``formulas_unread``: cells whose formula the file gives no result of; ``errors``: cells whose
    formula failed. ``pictures``: names of pictures of pages that lie on the sheet.
    """

    name: str
    position: int
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formulas_unread: list[tuple[int, int]] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)


def address(row: int, column: int) -> str:
    """``(11, 2)`` → ``C12``."""
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """``0`` → ``A``, ``26`` → ``AA``."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def pages(sheets: Iterable[Sheet]) -> Iterator[Page]:
    """The pages that sheets are: the rows of each as rows of one grid.

    A sheet's name is its first line where it says something and no line above the table says it.
    """
    lines = tables = 0
    for sheet in sheets:
        visible = _visible(sheet)
        flow = Flow(page=sheet.position, before=lines, tables=tables)
        if _is_needed(sheet.name, visible):
            flow.paragraph(sheet.name)
        flow.grid(visible)
        lines, tables = lines + len(flow.lines), flow.tables
        yield Page(number=sheet.position, lines=tuple(flow.lines))


def problems(sheet: Sheet) -> Iterable[ReadProblem]:
    """What of a sheet is not read: hidden rows and columns with content, cells without a value."""
    rows = sorted({row for (row, _), text in sheet.texts.items() if row in sheet.hidden_rows and text})
    columns = sorted(
        {column for (_, column), text in sheet.texts.items() if column in sheet.hidden_columns and text}
    )
    hidden = _names("行 rows", [str(row + 1) for row in rows])
    hidden += _names("列 columns", [column_name(column) for column in columns])
    if hidden:
        yield ReadProblem(
            kind="hidden_content",
            message=f"工作表“{sheet.name}”有隐藏的{'、'.join(hidden)}，未读入"
            f" / sheet {sheet.name} hides {' and '.join(hidden)}: not read",
            action="unhide them in the file if they are part of what was published",
            page=sheet.position,
            severity="info",
        )
    if unread := _visible_names(sheet, sheet.formulas_unread):
        yield ReadProblem(
            kind=FORMULA_WITHOUT_VALUE,
            message=f"工作表“{sheet.name}”的单元格 {unread} 公式没有计算结果，未读入"
            f" / sheet {sheet.name}: cells {unread} hold formulas that were never calculated: not read",
            action="open the file in a spreadsheet, save it and load again",
            page=sheet.position,
            severity="error",
        )
    if failed := _visible_names(sheet, sheet.errors):
        yield ReadProblem(
            kind="formula_error",
            message=f"工作表“{sheet.name}”的单元格 {failed} 公式出错，没有数字"
            f" / sheet {sheet.name}: cells {failed} hold formulas that failed: they show no figure",
            action="ask the publisher; the file as published shows an error there",
            page=sheet.position,
            severity="error",
        )
    if sheet.pictures:
        listed = _listed(sheet.pictures)
        yield ReadProblem(
            kind="picture_unread",
            message=f"工作表“{sheet.name}”上的图片未读入：{listed}"
            f" / pictures on sheet {sheet.name} were not read: {listed}",
            action="where they show tables, save them as files of their own and load those",
            page=sheet.position,
        )


def hidden_sheets(names: Sequence[str]) -> Iterable[ReadProblem]:
    """The record of sheets that the workbook hides, if any."""
    if names:
        listed = "、".join(names)
        yield ReadProblem(
            kind="hidden_content",
            message=f"隐藏的工作表未读入：{listed} / hidden sheets were not read: {listed}",
            action="unhide them in the file if they are part of what was published",
            severity="info",
        )


def _visible_names(sheet: Sheet, places: Sequence[tuple[int, int]]) -> str:
    return _listed([address(*place) for place in sorted(places) if _is_visible(sheet, *place)])


def _names(what: str, names: Sequence[str]) -> list[str]:
    return [f"{what} {_listed(names)}"] if names else []


def _listed(names: Sequence[str]) -> str:
    more = f" … ({len(names)})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _is_visible(sheet: Sheet, row: int, column: int) -> bool:
    return row not in sheet.hidden_rows and column not in sheet.hidden_columns


def _visible(sheet: Sheet) -> list[Placed]:
    """The cells that the sheet shows. A merged range shows its first cell's text in its visible part, and
    ends where the sheet's texts end.
    """
    covered: set[tuple[int, int]] = set()
    placed: list[Placed] = []
    last_row = max((row for row, _ in sheet.texts), default=-1)
    last_column = max((column for _, column in sheet.texts), default=-1)
    for top, left, bottom, right in sheet.merges:
        rows = [row for row in range(top, min(bottom, last_row) + 1) if row not in sheet.hidden_rows]
        columns = [
            column
            for column in range(left, min(right, last_column) + 1)
            if column not in sheet.hidden_columns
        ]
        text = sheet.texts.get((top, left), "")
        covered.update((row, column) for row in rows for column in columns)
        if rows and columns and text:
            placed.append(
                Placed(
                    rows[0],
                    columns[0],
                    text,
                    rows[-1] - rows[0] + 1,
                    columns[-1] - columns[0] + 1,
                    address(top, left),
                )
            )
    placed.extend(
        Placed(row, column, text, address=address(row, column))
        for (row, column), text in sheet.texts.items()
        if (row, column) not in covered and _is_visible(sheet, row, column)
    )
    return placed


def _is_needed(name: str, cells: Sequence[Placed]) -> bool:
    """Whether a sheet's name says what the sheet is and no line of its own above the table does."""
    if _SAYS_NOTHING.fullmatch(name) or not _CHINESE.search(name) or _FORM_NUMBER.fullmatch(name):
        return False
    by_row: dict[int, list[str]] = {}
    for cell in cells:
        if text := joined(cell.text):
            by_row.setdefault(cell.row, []).append(text)
    if not by_row:
        return False
    for row in sorted(by_row):
        if len(by_row[row]) > 2:
            return True
        if any(_is_title(text) for text in by_row[row]):
            return False
    return False


def _is_title(text: str) -> bool:
    plain = re.sub(r"\s|[(（][^()（）]*[)）]$", "", text)
    return plain.endswith("表") and not _FORM_NUMBER.fullmatch(plain)
