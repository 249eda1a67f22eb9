"""A PDF file: opened, read page by page, closed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pypdfium2
import pypdfium2.raw as pdfium

from dagster_project.readers import limits
from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import Page, ReadProblem, Source
from dagster_project.readers.pdf import characters, engine, layout
from dagster_project.readers.pdf.objects import Scene
from dagster_project.readers.pdf.pages import unfit
from dagster_project.readers.pdf.rules import ruling
from dagster_project.readers.pdf.view import View

READER: Final = "pdf"
MEDIA_TYPE: Final = "application/pdf"

OCR_DPI: Final = 200
"""Resolution at which a page is drawn to be recognised."""

MAX_PIXELS: Final = 5000.0
"""Longest side of such a picture: a page of a hostile size costs no more."""


@dataclass(frozen=True, slots=True)
class _Start:
    """The number of a page, and those its first line and its first grid get in the document."""

    page: int
    line: int
    table: int


def read(path: Path) -> Source:
    """Read a PDF file.

    Raises ``ReadError`` where it cannot be opened, is damaged, needs a password, has no pages, or has more
    than allowed. A page that cannot be read from its characters is recognised from its picture where that
    is wanted, else a problem on record.
    """
    with closing(_opened(path)) as document:
        count = len(document)
        limits.check_pages(path, count)
        pages: list[Page] = []
        problems: list[ReadProblem] = []
        line = table = 1
        wanted = limits.current().page
        for index in range(count):
            if wanted not in {None, index + 1}:
                pages.append(Page(index + 1, ()))
                continue
            page, found = _page(document, _Start(index + 1, line, table))
            line += len(page.lines)
            table = max((own.table for own in page.lines if own.table), default=table - 1) + 1
            pages.append(page)
            problems += found
    return Source(pages=tuple(pages), media_type=MEDIA_TYPE, reader=READER, problems=tuple(problems))


def _opened(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except OSError as error:
        raise ReadError(
            path, f"cannot be opened ({error.strerror})", "check that the file is readable"
        ) from error
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code == pdfium.FPDF_ERR_SUCCESS:
            raise ReadError(path, "has no pages", "replace it by the published document") from error
        if code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise ReadError(path, "needs a password", "save it without one") from error
        raise ReadError(
            path, "is damaged or no PDF file", "download it again, or print it to a new PDF"
        ) from error


def _page(document: pypdfium2.PdfDocument, start: _Start) -> tuple[Page, list[ReadProblem]]:
    """One page, and what is wrong with it."""
    try:
        page = document[start.page - 1]
    except pypdfium2.PdfiumError:
        return _broken(start.page)
    with closing(page):
        scene = Scene(engine.address(page.raw), page.get_bbox(), page.get_rotation() // 90)
        with closing(page.get_textpage()) as text_page:
            text, view = characters.read(engine.address(text_page.raw), text_page.count_chars(), scene)
        reason = unfit(text, scene)
        if reason:
            return _recognised(page, view, reason, start)
        printed = ruling(scene, view)
        lines, unread = layout.page_lines(
            text.visible,
            printed.grids,
            printed.across,
            page=start.page,
            number=start.line,
            table=start.table,
        )
        turned = (scene.rotation - view.turns) % 4 * 90.0
        problems = [_overprinted(start.page, unread)] if unread else []
        return Page(start.page, tuple(lines), view.width, view.height, turned=turned), problems


def _overprinted(number: int, count: int) -> ReadProblem:
    return ReadProblem(
        kind="overprinted_text",
        message=f"第{number}页有{count}处文字互相重叠，无法辨认，未读取"
        f" / words are printed over one another in {count} places of page {number}: illegible, not read",
        action="ask for the document as a file that is not cut to its cells, such as the workbook itself",
        page=number,
    )


def _recognised(
    page: pypdfium2.PdfPage, view: View, reason: str, start: _Start
) -> tuple[Page, list[ReadProblem]]:
    """A page read from its picture, or left for later."""
    if not limits.ocr_wanted():
        empty = Page(start.page, (), view.width, view.height, reason=reason)
        return empty, [limits.needs_ocr(start.page, reason)]
    from dagster_project.readers import ocr  # noqa: PLC0415  heavy, and an extra

    width, height = page.get_size()
    scale = min(OCR_DPI / 72, MAX_PIXELS / max(width, height, 1.0))
    picture = page.render(scale=scale, rev_byteorder=True, draw_annots=False).to_numpy()[:, :, :3]
    read = ocr.read_page(
        picture, start.page, width, height, reason=reason, first_line=start.line, first_table=start.table
    )
    return read, []


def _broken(number: int) -> tuple[Page, list[ReadProblem]]:
    reason = "页面数据损坏 / the page's data is damaged"
    problem = ReadProblem(
        kind="page_damaged",
        message=f"第{number}页数据损坏，无法读取 / page {number} is damaged and could not be read",
        action="download the document again, or print it to a new PDF",
        page=number,
        severity="error",
    )
    return Page(number, (), reason=reason), [problem]
