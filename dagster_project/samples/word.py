"""Documents as a Word file: paragraphs, and tables with merged cells; equal input gives equal bytes."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Twips

from dagster_project.samples.pdf_style import PdfStyle
from dagster_project.samples.printed import Block, Box, Form, Ruled, led

WRITTEN_ON: Final = datetime(2024, 1, 1)
_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PAGE_WIDTH: Final = 16838
_PAGE_HEIGHT: Final = 11906
_TEXT_WIDTH: Final = 14000
_NARROW: Final = 6
_WIDE: Final = 14


def document(blocks: Sequence[Block], style: PdfStyle, rng: random.Random) -> bytes:
    """The document as the bytes of a DOCX file; ``style`` decides whether titles stand in their tables."""
    word = Document()
    section = word.sections[0]
    section.page_width, section.page_height = Twips(_PAGE_WIDTH), Twips(_PAGE_HEIGHT)
    section.left_margin = section.right_margin = Twips((_PAGE_WIDTH - _TEXT_WIDTH) // 2)
    word.core_properties.created = word.core_properties.modified = WRITTEN_ON
    for block in blocks:
        if isinstance(block, Form):
            _form(word, block, leading_title=style.leading_title)
        elif block.role == "part":
            word.add_page_break()
            word.add_heading(block.text, level=1)
        else:
            word.add_paragraph(block.text)
    stream = io.BytesIO()
    word.save(stream)
    return _undated(stream.getvalue())


def _form(word: Any, form: Form, *, leading_title: bool) -> None:
    ruled = led(form) if leading_title else form.ruled
    if not leading_title:
        for line in (form.title, *form.over):
            word.add_paragraph(line)
    # The last element of a body is the section; what is added stands before it.
    word.element.body.insert(len(word.element.body) - 1, parse_xml(_table(ruled)))
    for note in form.notes or ("",):
        word.add_paragraph(note)


def _table(ruled: Ruled) -> str:
    widths = _widths(ruled)
    grid = "".join(f"<w:gridCol w:w='{width}'/>" for width in widths)
    rows = "".join(f"<w:tr>{_row(ruled, row, widths)}</w:tr>" for row in range(ruled.height))
    look = (
        f"<w:tblPr><w:tblStyle w:val='TableGrid'/><w:tblW w:w='{sum(widths)}' w:type='dxa'/>"
        "<w:tblLayout w:type='fixed'/></w:tblPr>"
    )
    return f"<w:tbl {nsdecls('w')}>{look}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>"


def _widths(ruled: Ruled) -> list[int]:
    """Widths of the columns in twips, by their longest text: without them other programs set merged cells
    anywhere.
    """
    longest = [_NARROW] * ruled.width
    for box in ruled.boxes:
        if box.columns == 1:
            longest[box.column] = max(longest[box.column], min(len(box.text), _WIDE))
    return [_TEXT_WIDTH * length // sum(longest) for length in longest]


def _row(ruled: Ruled, row: int, widths: Sequence[int]) -> str:
    """The cells that stand in a row or reach into it from above."""
    here = [box for box in ruled.boxes if box.row <= row < box.row + box.rows]
    return "".join(_cell(box, row, widths) for box in sorted(here, key=lambda box: box.column))


def _cell(box: Box, row: int, widths: Sequence[int]) -> str:
    width = sum(widths[box.column : box.column + box.columns])
    merged = f"<w:tcW w:w='{width}' w:type='dxa'/>"
    merged += f"<w:gridSpan w:val='{box.columns}'/>" if box.columns > 1 else ""
    if box.rows > 1:
        merged += "<w:vMerge w:val='restart'/>" if row == box.row else "<w:vMerge/>"
    text = box.text if row == box.row else ""
    run = f"<w:r><w:t xml:space='preserve'>{escape(text)}</w:t></w:r>" if text else ""
    return f"<w:tc><w:tcPr>{merged}</w:tcPr><w:p>{run}</w:p></w:tc>"


def _undated(content: bytes) -> bytes:
    """The same package with one date for all of its parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in sorted(old.namelist()):
            part = zipfile.ZipInfo(name, _ZIP_DATE)
            part.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(part, old.read(name))
    return stream.getvalue()
