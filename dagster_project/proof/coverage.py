"""What of the amounts printed on a page became records: nothing that is printed may vanish unseen."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from dagster_project.money import parse_amount
from dagster_project.readers.page import Line, Source
from dagster_project.records import BBox, PageRecord, ParsedDocument

_AMOUNT: Final = re.compile(r"[.,．，]\d")
"""Decimals or thousands: a figure that is neither a code, a line number, a year nor a count."""

_NUMBER: Final = re.compile(r"[\d.,]+")


@dataclass(frozen=True, slots=True)
class PrintedFigure:
    """An amount that stands alone in a cell or between spaces; ``bbox`` where the format knows places."""

    text: str
    page: int | None
    line: int
    bbox: BBox | None


def printed_figures(lines: Iterable[Line]) -> Iterator[PrintedFigure]:
    """The amounts among the cells and words of these lines."""
    for line in lines:
        pieces: Iterable[tuple[str, BBox | None]]
        if line.cells:
            pieces = ((cell.text, cell.bbox) for cell in line.cells)
        elif line.words:
            pieces = ((word.text, word.bbox) for word in line.words)
        else:
            pieces = ((text, None) for text in line.text.split())
        for text, bbox in pieces:
            if _AMOUNT.search(text) and parse_amount(text):
                yield PrintedFigure(text, line.page, line.number, bbox)


def unread_figures(source: Source, parsed: ParsedDocument) -> list[PrintedFigure]:
    """The amounts of a document that no record was read from.

    A record is a figure's if its box covers the figure's middle or, where either has no box, if it stands on
    the same line with the same text; a statement, if its sentence stands on the same page. Each record
    without a box answers for one figure.
    """
    boxes: dict[int | None, list[BBox]] = {}
    for cell in parsed.cells:
        if cell.bbox:
            boxes.setdefault(cell.page, []).append(cell.bbox)
    on_line = Counter((cell.line, _plain(cell.text_printed)) for cell in parsed.cells)
    stated = Counter((stated.page, number_in(stated.text_printed)) for stated in parsed.statements)
    lines_of_projects = {
        *(record.line for record in parsed.indicators),
        *(record.line for record in parsed.project_details),
        *(record.line for record in parsed.project_funding),
    }
    left = []
    for figure in printed_figures(source.lines):
        if is_covered(figure, boxes.get(figure.page, ())):
            continue
        in_cell, in_prose = (figure.line, _plain(figure.text)), (figure.page, number_in(figure.text))
        if on_line[in_cell]:
            on_line[in_cell] -= 1
        elif stated[in_prose]:
            stated[in_prose] -= 1
        elif figure.line not in lines_of_projects:
            left.append(figure)
    return left


def is_covered(figure: PrintedFigure, boxes: Iterable[BBox]) -> bool:
    """Whether the middle of the figure lies in one of the boxes of its page."""
    if figure.bbox is None:
        return False
    x, y = (figure.bbox[0] + figure.bbox[2]) / 2, (figure.bbox[1] + figure.bbox[3]) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


def page_records(source: Source, parsed: ParsedDocument) -> list[PageRecord]:
    """One record a page: how it was read, and how much of it became records."""
    document = parsed.document
    cells = Counter(cell.page for cell in parsed.cells)
    unread: dict[int | None, list[PrintedFigure]] = {}
    for figure in unread_figures(source, parsed):
        unread.setdefault(figure.page, []).append(figure)
    return [
        PageRecord(
            document_id=document.document_id,
            document=document.document,
            page=page.number,
            width=page.width,
            height=page.height,
            read_by=page.read_by,
            reason=page.reason,
            turned=page.turned,
            lines=sum(bool(line.text.strip()) for line in page.lines),
            tables=len({line.table for line in page.lines if line.table is not None}),
            cells=cells[page.number],
            figures_unread=len(unread.get(page.number, ())),
            amounts_unread=_by_line(unread.get(page.number, ())),
        )
        for page in source.pages
    ]


def _by_line(figures: Iterable[PrintedFigure]) -> dict[str, str]:
    """The figures of a page as printed, by the line they stand on."""
    texts: dict[str, list[str]] = {}
    for figure in figures:
        texts.setdefault(str(figure.line), []).append(_plain(figure.text))
    return {line: " ".join(there) for line, there in texts.items()}


def number_in(text: str) -> str:
    """The digits of a figure, without unit and white space: ``1,234.50`` of ``1,234.50 万元``."""
    found = _NUMBER.search(_plain(text))
    return found.group() if found else ""


def _plain(text: str) -> str:
    return "".join(text.split())
