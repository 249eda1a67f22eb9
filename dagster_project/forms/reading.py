"""One form block → one table: which layout it is printed in, its unit of money, what it declares to be
empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import continued, exact, grid, header_band, headers, single_row, tabular
from dagster_project.forms.aligned import detection
from dagster_project.forms.aligned import reading as aligned
from dagster_project.forms.aligned.tokens import Scale, is_page_number, scale_of
from dagster_project.forms.loose.reading import read_loose
from dagster_project.forms.outline import Block
from dagster_project.forms.table import FormTable, TableProblem
from dagster_project.readers.page import Line

_UNIT: Final = re.compile(r"单位:?(?:人民币)?\(?(万元|千元|百万元|亿元|元)\)?|\((万元|元)\)$|^(万元|元)$")
_UNITS: Final = {"万元": "wan", "元": "yuan"}
_FIGURE: Final = re.compile(r"\d[\d,]*\.\d|(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d.])")
_TAB_SHARE: Final = 0.3
_FEW_BESIDE: Final = 0.2
_SENTENCE_END: Final = re.compile(r"[。\n]")
_DECLARATION: Final = re.compile(
    r"(?:无|没有|未(?:安排|使用|发生)|不存在|不涉及).{0,40}(?:支出|收入|预算|拨款|安排|数据|基金|经费|情况|采购|服务|项目|事项)"
    r"|(?:此|本)表(?:为空|无数据)|空表"
)
_CAPTION: Final = re.compile(
    r"^(?:编制单位|填报单位|部门名称|单位名称|预算单位|公开部门|部门|单位)[:：](.{4,40})$"
)


@dataclass(slots=True)
class FormReading:
    """What a block gave: its table, and what the block says beside it."""

    block: Block
    table: FormTable
    has_grid: bool
    declaration: str | None
    body: str | None


def read_forms(blocks: Sequence[Block], fiscal_year: int | None) -> list[FormReading]:
    """Read every ``form`` block whose form is known, in printed order."""
    known = [(block, block.form) for block in blocks if block.kind == "form" and block.form]
    scale = scale_of([line for block, _ in known for line in block.lines])
    found: list[FormReading] = []
    for block, form in known:
        reading = _read_form(block, form, fiscal_year, scale)
        if found and continued.goes_on(found[-1].table, reading.table):
            whole = replace(found[-1].block, lines=(*found[-1].block.lines, *block.lines))
            found[-1] = _read_form(whole, form, fiscal_year, scale)
        else:
            found.append(reading)
    return found


def _read_form(block: Block, form: str, fiscal_year: int | None, scale: Scale) -> FormReading:
    lines = _below_title(block)
    unit, odd = _unit(block.lines)
    if _has_cells(lines):
        rows, strange = exact.rows_of(lines, partial(header_band.begins_header, form))
        table = tabular.read_grid(form, rows, fiscal_year)
        table.problems.extend(_strange_grid(form, piece) for piece in strange if _holds_figures(piece))
        table.layout = "cells"
        if beside := _rows_beside(lines):
            table.problems.append(_outside(form, beside))
        continued.drop_repeated_totals(table)
        single_row.turn(table, fiscal_year)
    elif _is_tabbed(lines):
        rows = grid.from_tabs(lines, partial(_is_wording, form))
        table = tabular.read_grid(form, rows, fiscal_year)
        table.layout = "tabs"
        single_row.turn(table, fiscal_year)
    elif _has_places(lines) or detection.is_aligned(lines):
        table = aligned.read_aligned(form, lines, fiscal_year, scale)
        table.layout = "aligned"
        table.otherwise = partial(_read_as_loose, form, lines, unit, fiscal_year)
        single_row.turn(table, fiscal_year)
    else:
        table = _read_as_loose(form, lines, unit, fiscal_year)
    table.unit = unit
    if odd and table.rows:
        table.rows, table.otherwise = [], None
        table.problems.append(_odd_unit(block, odd))
    return FormReading(block, table, _has_grid(lines), _declaration(lines), _body(lines))


def _read_as_loose(form: str, lines: Sequence[Line], unit: str | None, fiscal_year: int | None) -> FormTable:
    table = read_loose(form, lines, unit=unit, fiscal_year=fiscal_year)
    single_row.turn(table, fiscal_year)
    return table


def _is_wording(form: str, text: str) -> bool:
    """Whether a text is a header or label that the vocabulary knows: no line break cut it off."""
    return headers.is_header_word(form, text) or vocabulary.is_whole_label(text)


def _below_title(block: Block) -> list[Line]:
    """The lines after the title, which may be broken over two."""
    title = vocabulary.key(block.title_printed or "")
    printed = ""
    for index, line in enumerate(block.lines):
        printed += vocabulary.key(line.text)
        if printed == title:
            return list(block.lines[index + 1 :])
    return list(block.lines[1:])


def _has_cells(lines: Sequence[Line]) -> bool:
    """Whether the table stands in grids whose cells are known; few rows of it stand beside them."""
    telling = _telling(lines)
    beside = len(_rows_beside(lines))
    inside = sum(bool(line.cells) for line in telling)
    return inside * 2 > len(telling) and beside <= _FEW_BESIDE * inside


def _rows_beside(lines: Sequence[Line]) -> list[Line]:
    """Lines outside of all grids that print figures side by side, as rows of a table do."""
    return [
        line
        for line in lines
        if not line.cells
        and not is_page_number(line.text)
        and sum(grid.is_figure(word.text) for word in line.words) > 1
    ]


def _has_places(lines: Sequence[Line]) -> bool:
    """Whether the words of the table have places on the page."""
    telling = _telling(lines)
    return sum(bool(line.words or line.cells) for line in telling) * 2 > len(telling)


def _telling(lines: Sequence[Line]) -> list[Line]:
    """The lines that tell how a table is laid out: those with amounts, else all."""
    return [line for line in lines if _FIGURE.search(line.text)] or [
        line for line in lines if line.text.strip()
    ]


def _is_tabbed(lines: Sequence[Line]) -> bool:
    telling = _telling(lines)
    return bool(telling) and sum("\t" in line.text for line in telling) > _TAB_SHARE * len(telling)


def _unit(lines: Sequence[Line]) -> tuple[str | None, str | None]:
    """(``wan`` or ``yuan``, a unit that is neither), from the first line that states one."""
    for line in lines:
        found = _UNIT.search(vocabulary.key(line.text))
        if found:
            name = next(group for group in found.groups() if group)
            return _UNITS.get(name), None if name in _UNITS else name
    return None, None


def _has_grid(lines: Sequence[Line]) -> bool:
    """Whether header cells of a table were printed, with figures or without."""
    known = vocabulary.markers("statutory")
    seen = {
        vocabulary.key(cell)
        for line in lines
        for cell in (line.text.split("\t") if "\t" in line.text else line.text.split())
    }
    return len(seen & known) >= 2


def _declaration(lines: Sequence[Line]) -> str | None:
    """The sentence below a table that says there is nothing to show."""
    texts = [_lone_text(line) for line in lines]
    joined = "".join(_sentence_piece(text) for text in texts)
    for sentence in _SENTENCE_END.split(joined):
        if _DECLARATION.search(sentence):
            return sentence.strip()
    cells = [cell.strip() for line in lines for cell in line.text.split("\t") if cell.strip()]
    return "无" if "无" in cells else None


def _lone_text(line: Line) -> str:
    """The text of a line that is no row of a table: all of it, or the one cell that is filled."""
    cells = [cell.strip() for cell in line.text.split("\t")]
    filled = [cell for cell in cells if cell]
    return filled[0] if len(filled) == 1 else "" if len(cells) > 1 and cells[0] else line.text.strip()


def _sentence_piece(text: str) -> str:
    """Text of one line for the joined sentences: a full line runs on into the next, a short one ends."""
    if not text:
        return ""
    plain = vocabulary.compact(text)
    return text if len(plain) >= 20 and not plain.endswith(("。", "；")) else text + "\n"


def _body(lines: Sequence[Line]) -> str | None:
    """The body named in the caption of the table."""
    for line in lines[:8]:
        for cell in line.text.split("\t"):
            found = _CAPTION.match(vocabulary.compact(cell))
            if found and not _UNIT.search(vocabulary.key(cell)):
                return found.group(1)
    return None


def _holds_figures(rows: Sequence[grid.GridRow]) -> bool:
    return any(grid.is_figure(cell) for row in rows for cell in row.cells)


def _strange_grid(form: str, rows: Sequence[grid.GridRow]) -> TableProblem:
    name = vocabulary.forms()[form].name_zh
    return TableProblem(
        kind="strange_grid",
        message=f"“{name}”之后的表格没有认得的表头，栏数也与该表不同，未载入"
        f" / a table after {form} has no header that is known and other columns: not loaded",
        action="if it is a part of the form, compare its columns with the page before; else nothing to do",
        cause_key=f"strange_grid:{form}",
        line=rows[0].line,
        page=rows[0].page,
    )


def _outside(form: str, beside: Sequence[Line]) -> TableProblem:
    name = vocabulary.forms()[form].name_zh
    printed = beside[0].text.strip()[:40]
    return TableProblem(
        kind="rows_outside_grid",
        message=f"“{name}”有 {len(beside)} 行数字印在表格线之外，未载入（首行：{printed}）"
        f" / {len(beside)} lines of figures stand outside the grid of {form}: not loaded",
        action="compare the page with the document as published",
        cause_key=f"rows_outside_grid:{form}",
        severity="warning",
        line=beside[0].number,
        page=beside[0].page,
    )


def _odd_unit(block: Block, unit: str) -> TableProblem:
    return TableProblem(
        kind="odd_unit",
        message=f"“{block.title_printed}”的金额单位是“{unit}”，不是万元或元，未载入"
        f" / {block.title_printed} is printed in {unit}, which is neither 万元 nor 元: not loaded",
        action="convert the table to 万元 or 元 as published elsewhere",
        cause_key=f"odd_unit:{unit}",
        severity="error",
        line=block.lines[0].number,
        page=block.lines[0].page,
    )
