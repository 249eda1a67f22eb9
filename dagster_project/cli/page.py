"""``gouji show --page``: one page of a document with what was read from it, as a picture or a web page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_project import readers
from dagster_project.cli.app import fail
from dagster_project.originals import OriginalMissingError, original
from dagster_project.page_html import Figure, page_html
from dagster_project.page_picture import Mark, View, marked, page_picture
from dagster_project.proof.coverage import is_covered, number_in, printed_figures
from dagster_project.readers import limits
from dagster_project.readers.page import Line, Page, Word
from dagster_project.records import BBox
from dagster_project.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def write_page(
    connection: DuckDBPyConnection, document: dict[str, Any], number: int, raw: Path, out: Path | None
) -> Path:
    """Write the page ``number`` (from 1) of a loaded document, found below ``raw``, and return the file.

    PDF files and pictures become a PNG, everything else a web page; ``out`` names the file, by default
    ``<document>-page-<number>`` in the current folder.
    """
    pages = fetch(
        connection,
        "select * from staging.page where document_id = ? order by page nulls first, rowid",
        [document["document_id"]],
    )
    if not 1 <= number <= len(pages):
        known = f"pages 1 to {len(pages)}" if pages else "no pages"
        raise fail(f"{document['document']} has {known}. 没有第{number}页。")
    record = pages[number - 1]
    try:
        with original(connection, document, raw) as path:
            return _write(connection, document, (number, record), path, out)
    except OriginalMissingError as error:
        raise fail(str(error)) from error


def _write(
    connection: DuckDBPyConnection,
    document: dict[str, Any],
    numbered: tuple[int, dict[str, Any]],
    path: Path,
    out: Path | None,
) -> Path:
    number, record = numbered
    caption = _caption(document, record, number)
    page = _read(path, number, by_ocr=record["read_by"] == "ocr")
    if not _has_picture(document["media_type"], record):
        target = out or Path(f"{Path(document['document']).stem}-page-{number}.html")
        figures = _figures_by_line(connection, document["document_id"])
        recorded = _lines_of_projects(connection, document["document_id"])
        target.write_text(page_html(page.lines, figures, caption, recorded), encoding="utf-8")
        return target
    target = out or Path(f"{Path(document['document']).stem}-page-{number}.png")
    view = View(record["width"], record["height"], record["turned"])
    marks = _marks(connection, document["document_id"], number, page)
    marked(page_picture(path, number, view), view, marks, caption).save(target, format="PNG")
    return target


def _has_picture(media_type: str, record: dict[str, Any]) -> bool:
    drawn = media_type == "application/pdf" or media_type.startswith("image/")
    return drawn and record["width"] is not None


def _caption(document: dict[str, Any], record: dict[str, Any], number: int) -> str:
    how = "识别 OCR" if record["read_by"] == "ocr" else "文字层 text"
    said = f"{document['document']}  第{number}页 page {number}  {how}"
    return f"{said}  {record['reason']}" if record["reason"] else said


def _read(path: Path, number: int, *, by_ocr: bool) -> Page:
    """The page as its reader sees it. A page that was recognised is recognised again, alone."""
    wanted = limits.Limits(ocr=by_ocr, page=number if by_ocr else None)
    with limits.within(wanted):
        return readers.read(path).pages[number - 1]


def _marks(connection: DuckDBPyConnection, document_id: str, number: int, page: Page) -> list[Mark]:
    cells = fetch(
        connection,
        "select bbox, verification, placement, text_printed from staging.cell"
        " where document_id = ? and page = ? and bbox is not null",
        [document_id, number],
    )
    marks = [
        Mark(tuple(cell["bbox"]), cell["verification"], cell["placement"] == "arithmetic") for cell in cells
    ]
    stated = _stated(connection, document_id, number, page.lines)
    boxes = [mark.bbox for mark in marks] + [mark.bbox for mark in stated]
    # A page that was read alone counts its lines anew.
    known = set() if page.read_by == "ocr" else _lines_of_projects(connection, document_id)
    unread = [
        Mark(figure.bbox, "unread")
        for figure in printed_figures(page.lines)
        if figure.bbox and figure.line not in known and not is_covered(figure, boxes)
    ]
    return [*unread, *stated, *marks]


def _stated(
    connection: DuckDBPyConnection, document_id: str, number: int, lines: Sequence[Line]
) -> list[Mark]:
    """The figures of sentences, at the first word that holds each and has not been taken by another."""
    statements = fetch(
        connection,
        "select text_printed from staging.statement where document_id = ? and page = ? order by position",
        [document_id, number],
    )
    words = [word for line in lines for word in (line.words or _words(line))]
    starts: Counter[int] = Counter()
    found = []
    for text in (statement["text_printed"] for statement in statements):
        alone = re.compile(rf"(?<![\d.,]){re.escape(number_in(text))}%?(?![\d.,]*\d)")
        for index, word in enumerate(words):
            if at := alone.search(word.text, starts[index]):
                starts[index] = at.end()
                found.append(Mark(_part(word, at.start(), at.end()), "statement"))
                break
    return found


def _words(line: Line) -> list[Word]:
    return [Word(cell.text, cell.bbox) for cell in line.cells if cell.bbox]


def _part(word: Word, start: int, end: int) -> BBox:
    """The box of some characters of a word, a Chinese one as wide as two others."""
    widths = [2 if ord(character) > 0x2E7F else 1 for character in word.text]
    left, top, right, bottom = word.bbox
    step = (right - left) / sum(widths)
    return (
        left + step * sum(widths[:start]),
        top,
        left + step * sum(widths[:end]),
        bottom,
    )


def _lines_of_projects(connection: DuckDBPyConnection, document_id: str) -> set[int]:
    """The lines that rows of performance forms and amounts of projects were read from."""
    rows = fetch(
        connection,
        "select line from staging.indicator where document_id = $1"
        " union select line from staging.project_detail where document_id = $1"
        " union select line from staging.project_funding where document_id = $1",
        [document_id],
    )
    return {row["line"] for row in rows if row["line"] is not None}


def _figures_by_line(connection: DuckDBPyConnection, document_id: str) -> dict[int, list[Figure]]:
    rows = fetch(
        connection,
        "select line, text_printed, verification as kind, placement = 'arithmetic' as arithmetic"
        " from staging.cell where document_id = $1 and line is not null"
        " union all select line, text_printed, 'statement', false"
        " from staging.statement where document_id = $1 and line is not null",
        [document_id],
    )
    figures: dict[int, list[Figure]] = {}
    for row in rows:
        figure = Figure(row["text_printed"], row["kind"], row["arithmetic"])
        figures.setdefault(row["line"], []).append(figure)
    return figures
