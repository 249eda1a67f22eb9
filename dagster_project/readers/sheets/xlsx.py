"""Workbooks of Office Open XML (.xlsx, .xlsm): what every visible cell shows.

Read from the XML itself: no spreadsheet library tells at once the stored digits, the number format, what is
hidden, and a formula without a result from one whose result is empty; and many fail on the style sheets that
offices other than Excel write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path, PurePosixPath
from typing import Final

from lxml import etree

from dagster_project.readers import packages
from dagster_project.readers.errors import ReadError
from dagster_project.readers.flow import raised
from dagster_project.readers.packages import Package
from dagster_project.readers.page import ReadProblem, Source
from dagster_project.readers.pictures import can_be_page
from dagster_project.readers.sheets import sheet as sheets
from dagster_project.readers.sheets.printed import BUILT_IN, GENERAL, printed, printed_text
from dagster_project.readers.sheets.sheet import Sheet

READER: Final = "xlsx"
MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_LAST_COLUMN: Final = 16383
_LAST_ROW: Final = 1_048_575


@dataclass(frozen=True, slots=True)
class _Book:
    """What all sheets share. ``formats``: number format by a cell's style."""

    strings: tuple[str, ...]
    formats: tuple[str, ...]
    since_1904: bool


def read(path: Path) -> Source:
    """Read a workbook: one page a visible sheet.

    Raises ``ReadError`` where the file is damaged or holds no visible sheet with content.
    """
    with packages.opened(path) as package:
        try:
            found, hidden = _sheets(package)
        except packages.DAMAGED as error:
            raise packages.damaged(path, str(error)) from error
        except etree.XMLSyntaxError as error:
            raise packages.damaged(path, str(error)) from error
    return source(path, found, hidden, MEDIA_TYPE, READER)


def source(path: Path, found: list[Sheet], hidden: list[str], media_type: str, reader: str) -> Source:
    """The source that visible sheets and the names of hidden ones make. Raises ``ReadError`` if none shows
    anything.
    """
    pages = tuple(sheets.pages(found))
    if not any(page.lines for page in pages):
        raise ReadError(path, "shows no content on any sheet", "check that it is the published file")
    problems: list[ReadProblem] = [*sheets.hidden_sheets(hidden)]
    for sheet in found:
        problems.extend(sheets.problems(sheet))
    return Source(pages, media_type, reader, problems=tuple(problems))


def _sheets(package: Package) -> tuple[list[Sheet], list[str]]:
    workbook_part = _workbook_part(package)
    workbook = package.tree(workbook_part)
    if workbook is None:
        raise ReadError(package.path, "holds no workbook", "get it again from its publisher")
    related = package.related(workbook_part)
    properties = workbook.find("{*}workbookPr")
    since_1904 = properties is not None and _is_true(properties.get("date1904"))
    parts = dict(related.values())
    book = _Book(
        strings=tuple(_strings(package, parts.get("sharedStrings", ""))),
        formats=tuple(_formats(package.tree(parts.get("styles", "")))),
        since_1904=since_1904,
    )
    found: list[Sheet] = []
    hidden: list[str] = []
    for entry in workbook.iterfind("{*}sheets/{*}sheet"):
        name = entry.get("name", "")
        relation = next((value for key, value in entry.attrib.items() if str(key).endswith("}id")), "")
        kind, part = related.get(str(relation), ("", ""))
        if entry.get("state", "visible") != "visible":
            hidden.append(name)
        elif kind == "worksheet" and package.has(part):
            sheet = _sheet(package, part, Sheet(name, len(found) + 1), book)
            sheet.pictures.extend(_pictures(package, part))
            found.append(sheet)
    return found, hidden


def _pictures(package: Package, part: str) -> Iterator[str]:
    """Names of the pictures on a sheet that can be pages or tables."""
    drawings = [drawing for kind, drawing in package.related(part).values() if kind == "drawing"]
    for drawing in drawings:
        for kind, name in package.related(drawing).values():
            if kind == "image" and package.has(name) and can_be_page(package.content(name)):
                yield PurePosixPath(name).name


def _workbook_part(package: Package) -> str:
    for kind, part in package.related("").values():
        if kind == "officeDocument":
            return part
    return "xl/workbook.xml"


def _strings(package: Package, part: str) -> Iterator[str]:
    if not package.has(part):
        return
    with package.open(part) as stream:
        for _, item in _elements(stream, "{*}si"):
            yield _text(item)
            item.clear()


def _elements(stream: object, *tags: str) -> Iterator[tuple[str, etree._Element]]:
    return etree.iterparse(stream, tag=tags, resolve_entities=False, no_network=True)


def _text(item: etree._Element) -> str:
    """The text of a string, in one piece or in several of different looks; phonetic guides left out."""
    text = "".join(piece.text or "" for piece in item.iterfind("{*}t"))
    for run in item.iterfind("{*}r"):
        piece = run.findtext("{*}t") or ""
        place = run.find("{*}rPr/{*}vertAlign")
        is_raised = place is not None and place.get("val") == "superscript"
        text += raised(piece) if is_raised else piece
    return text


def _formats(styles: etree._Element | None) -> Iterator[str]:
    if styles is None:
        return
    own = {
        int(entry.get("numFmtId", -1)): entry.get("formatCode", GENERAL)
        for entry in styles.iterfind("{*}numFmts/{*}numFmt")
    }
    known = BUILT_IN | own
    for style in styles.iterfind("{*}cellXfs/{*}xf"):
        yield known.get(int(style.get("numFmtId") or 0), GENERAL)


def _sheet(package: Package, part: str, sheet: Sheet, book: _Book) -> Sheet:
    tags = ("{*}sheetFormatPr", "{*}sheetView", "{*}col", "{*}row", "{*}mergeCell")
    rows_hidden, zeros, row_number = False, True, -1
    with package.open(part) as stream:
        for _, element in _elements(stream, *tags):
            name = etree.QName(element).localname
            if name == "row":
                row_number = int(element.get("r") or row_number + 2) - 1
                shown = element.get("hidden")
                if _is_true(shown) or (rows_hidden and shown is None) or element.get("ht") == "0":
                    sheet.hidden_rows.add(row_number)
                _row(element, row_number, sheet, book, zeros=zeros)
                element.clear()
            elif name == "col" and _hides(element):
                last = min(int(element.get("max", 0)) - 1, _LAST_COLUMN)
                sheet.hidden_columns.update(range(int(element.get("min", 1)) - 1, last + 1))
            elif name == "mergeCell":
                sheet.merges.extend(_range(element.get("ref", "")))
            elif name == "sheetFormatPr":
                rows_hidden = _is_true(element.get("zeroHeight"))
            elif name == "sheetView":
                zeros = element.get("showZeros") not in {"0", "false"}
    return sheet


def _hides(column: etree._Element) -> bool:
    return _is_true(column.get("hidden")) or column.get("width") == "0"


def _row(element: etree._Element, row: int, sheet: Sheet, book: _Book, *, zeros: bool) -> None:
    column = -1
    for cell in element.iterfind("{*}c"):
        place = cell.get("r")
        column = _place(place)[1] if place else column + 1
        stored, kind = cell.findtext("{*}v"), cell.get("t", "n")
        # A formula whose result is an empty text says so by its type; one that was never calculated does not.
        if cell.find("{*}f") is not None and not stored and kind == "n":
            sheet.formulas_unread.append((row, column))
            continue
        style = int(cell.get("s") or 0)
        number_format = book.formats[style] if style < len(book.formats) else GENERAL
        if kind == "e":
            sheet.errors.append((row, column))
        text = _shown(cell, kind, stored or "", number_format, book, zeros=zeros)
        if text:
            sheet.texts[row, column] = text


def _shown(
    cell: etree._Element, kind: str, stored: str, number_format: str, book: _Book, *, zeros: bool
) -> str:
    if kind in {"s", "inlineStr", "str"}:
        return printed_text(_string(cell, kind, stored, book), number_format)
    if kind == "b":
        return "TRUE" if stored == "1" else "FALSE"
    try:
        number = Decimal(stored)
    except InvalidOperation:
        return stored
    if not number.is_finite() or (not zeros and not number):
        return ""
    return printed(number, number_format, since_1904=book.since_1904)


def _string(cell: etree._Element, kind: str, stored: str, book: _Book) -> str:
    if kind == "s":
        position = int(stored) if stored.isdigit() else len(book.strings)
        return book.strings[position] if position < len(book.strings) else ""
    inline = cell.find("{*}is")
    return _text(inline) if inline is not None else stored


def _range(reference: str) -> Iterator[tuple[int, int, int, int]]:
    first, _, last = reference.partition(":")
    if first and last:
        yield (*_place(first), *_place(last))


def _place(reference: str) -> tuple[int, int]:
    """``C12`` → row 11, column 2."""
    column = row = 0
    for character in reference.replace("$", "").upper():
        if character.isdigit():
            row = row * 10 + int(character)
        else:
            column = column * 26 + ord(character) - ord("A") + 1
    return min(max(row - 1, 0), _LAST_ROW), min(max(column - 1, 0), _LAST_COLUMN)


def _is_true(value: str | None) -> bool:
    return value in {"1", "true", "on"}
