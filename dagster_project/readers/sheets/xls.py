"""Workbooks of Excel 97-2003 (.xls) and of offices that write the same format (.et).

The format does not tell which cells are formulas without a result: they read as what the file holds (0).
"""

from __future__ import annotations

import io
import struct
from decimal import Decimal
from pathlib import Path
from typing import Final

import xlrd
from xlrd.biffh import XLRDError
from xlrd.book import Book
from xlrd.compdoc import CompDocError
from xlrd.sheet import Cell as StoredCell
from xlrd.sheet import Sheet as StoredSheet

from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import Source
from dagster_project.readers.sheets import xlsx
from dagster_project.readers.sheets.printed import GENERAL, printed, printed_text
from dagster_project.readers.sheets.sheet import Sheet

READER: Final = "xls"
MEDIA_TYPE: Final = "application/vnd.ms-excel"

_BROKEN: Final = (
    XLRDError,
    CompDocError,
    AssertionError,
    struct.error,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    OverflowError,
)
"""What xlrd raises for files that are broken somewhere inside."""


def read(path: Path) -> Source:
    """Read a workbook: one page a visible sheet.

    Raises ``ReadError`` where the file is damaged, asks for a password or shows nothing on any sheet.
    """
    try:
        with xlrd.open_workbook(
            str(path), formatting_info=True, ignore_workbook_corruption=True, logfile=io.StringIO()
        ) as book:
            found = [_sheet(book, stored) for stored in book.sheets() if stored.visibility == 0]
            hidden = [stored.name for stored in book.sheets() if stored.visibility != 0]
    except _BROKEN as error:
        if "encrypted" in str(error).lower():
            raise ReadError(path, "asks for a password", "save it without one") from error
        raise ReadError(path, f"is damaged ({error})", "get it again from its publisher") from error
    for position, sheet in enumerate(found, start=1):
        sheet.position = position
    return xlsx.source(path, found, hidden, MEDIA_TYPE, READER)


def _sheet(book: Book, stored: StoredSheet) -> Sheet:
    sheet = Sheet(stored.name, 0)
    sheet.hidden_rows = {row for row, info in stored.rowinfo_map.items() if info.hidden or info.height == 0}
    sheet.hidden_columns = {
        column for column, info in stored.colinfo_map.items() if info.hidden or info.width == 0
    }
    sheet.merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in stored.merged_cells]
    zeros = bool(stored.show_zero_values)
    for row in range(stored.nrows):
        for column, cell in enumerate(stored.row(row)):
            if cell.ctype == xlrd.XL_CELL_ERROR:
                sheet.errors.append((row, column))
            if text := _shown(book, cell, zeros=zeros):
                sheet.texts[row, column] = text
    return sheet


def _shown(book: Book, cell: StoredCell, *, zeros: bool) -> str:
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return printed_text(cell.value, _format(book, cell))
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "TRUE" if cell.value else "FALSE"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#N/A")
    if cell.ctype not in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE} or (not zeros and not cell.value):
        return ""
    return printed(Decimal(repr(cell.value)), _format(book, cell), since_1904=bool(book.datemode))


def _format(book: Book, cell: StoredCell) -> str:
    if cell.xf_index is None or cell.xf_index >= len(book.xf_list):
        return GENERAL
    known = book.format_map.get(book.xf_list[cell.xf_index].format_key)
    return known.format_str if known else GENERAL
