"""Performance forms (绩效目标表、绩效自评表) of departments and projects → indicator and project records."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from dagster_project.forms.identity import DocumentIdentity
from dagster_project.forms.outline import Block
from dagster_project.forms.performance.aligned import aligned_rows, is_aligned
from dagster_project.forms.performance.grid import GridReader, tabbed_rows
from dagster_project.forms.performance.loose import read_loose
from dagster_project.forms.performance.sheet import PerformanceReading, Sheet
from dagster_project.readers.page import Line
from dagster_project.records import FormRecord

__all__ = ["PerformanceReading", "read_performance"]

_GRID_SHARE: Final = 0.3
_CELLS_OF_A_ROW: Final = 4
_PAGE_NUMBER: Final = re.compile(
    r"[-—–－]+\s*\d{1,3}\s*[-—–－]+|第\s*\d{1,3}\s*页(?:\s*[,，/]?\s*共\s*\d{1,3}\s*页)?"
)
_BARE_NUMBER: Final = re.compile(r"\d{1,3}")


def read_performance(
    document_id: str, document: str, identity: DocumentIdentity, blocks: Iterable[Block]
) -> PerformanceReading:
    """Read every ``performance`` block of a document.

    Returns the rows of the indicator tables with the rows around them (``horizon`` says which), the lines of
    项目支出明细 and 资金来源, and what could not be read. Values are as printed, without white space.
    """
    reading = PerformanceReading()
    for block in blocks:
        if block.kind == "performance" and block.form:
            sheet = Sheet(document_id, document, block.form, identity.fiscal_year, reading)
            before = sheet.rows()
            _read_block(sheet, block)
            _note_form(sheet, block, read=sheet.rows() > before)
    return reading


def _read_block(sheet: Sheet, block: Block) -> None:
    printed = _until_last_cell(_without_page_numbers([line for line in block.lines if line.text.strip()]))
    tabbed = sum("\t" in line.text for line in printed)
    if tabbed > _GRID_SHARE * len(printed) and not _rows_between_grids(printed):
        GridReader(sheet).read(tabbed_rows(printed))
    elif is_aligned(printed):
        GridReader(sheet).read(aligned_rows(printed))
    else:
        read_loose(sheet, printed)


def _rows_between_grids(printed: list[Line]) -> bool:
    """Whether rows of the table stand between its grids: some rules are missing, places say more."""
    first = next((index for index, line in enumerate(printed) if line.cells), len(printed))
    return any(len(line.words) >= _CELLS_OF_A_ROW for line in printed[first:])


def _until_last_cell(printed: list[Line]) -> list[Line]:
    """Lines up to the last row of a grid: what follows the grid is no row of it."""
    last = max((index for index, line in enumerate(printed) if line.cells), default=len(printed) - 1)
    return printed[: last + 1]


def _without_page_numbers(printed: list[Line]) -> list[Line]:
    """Lines without those that number a page: set off by dashes or words, or bare at the pages' edges in step
    with the pages.
    """
    bare = {
        index: int(line.text) - line.page
        for index, line in enumerate(printed)
        if line.page is not None and _BARE_NUMBER.fullmatch(line.text.strip()) and _at_edge(printed, index)
    }
    steps = Counter(bare.values())
    numbers = {index for index, step in bare.items() if step == 0 or steps[step] > 1}
    return [
        line
        for index, line in enumerate(printed)
        if index not in numbers and not _PAGE_NUMBER.fullmatch(line.text.strip())
    ]


def _at_edge(printed: list[Line], index: int) -> bool:
    if index in (0, len(printed) - 1):
        return True
    return printed[index - 1].page != printed[index].page or printed[index + 1].page != printed[index].page


def _note_form(sheet: Sheet, block: Block, *, read: bool) -> None:
    """One form record a form, however many projects print it; a form that gave no row is on record as
    such.
    """
    first, last = block.lines[0], block.lines[-1]
    if not read:
        sheet.problem(
            first,
            "form_without_rows",
            f"“{block.title_printed}”没有读到任何行 / no row was read from this form",
            "核对原文，空表可忽略 / compare with the document; an empty form needs nothing",
        )
    state = "read" if read else "printed_blank"
    for record in sheet.reading.forms:
        if record.form == sheet.form:
            record.last_page = last.page
            record.state = "read" if read else record.state
            return
    sheet.reading.forms.append(
        FormRecord(
            document_id=sheet.document_id,
            document=sheet.document,
            form=sheet.form,
            title_printed=block.title_printed,
            unit=sheet.unit,
            first_page=first.page,
            last_page=last.page,
            state=state,
            first_line=first.number,
        )
    )
