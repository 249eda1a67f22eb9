"""Documents as an Excel workbook: the cover and each form on a sheet; equal input gives equal bytes.

Workbooks carry no prose. Figures are numbers, some stored as text and some as formulas with the value they
had; codes are text or numbers. A row of checks below a form and a form of the year before may lie in it
hidden.
"""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import xlsxwriter

from dagster_project.samples.pdf_style import PdfStyle
from dagster_project.samples.printed import Block, Box, Form, Text

WRITTEN_ON: Final = datetime(2024, 1, 1)
A4: Final = 9
WIDTH: Final = 14
WIDEST: Final = 36
"""Digits that a column is wide, and at most where its texts are longer."""
TITLE_SIZE: Final = 16
TEXT_SIZE: Final = 11
"""Points."""
LINE_HEIGHT: Final = 16
"""Points of a line in a cell."""
LONGEST_NAME: Final = 28
"""Characters that the name of a sheet may have, with room for a number."""


def workbook(blocks: Sequence[Block], style: PdfStyle, rng: random.Random) -> bytes:
    """The document as the bytes of an XLSX file; ``style`` decides how its pages are set up."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": WRITTEN_ON})
        writer = _Writer(book, rng, fitted=style.fitted)
        writer.cover([block.text for block in blocks if isinstance(block, Text) and block.role == "cover"])
        for block in blocks:
            if isinstance(block, Form):
                writer.form(block)
    return stream.getvalue()


class _Writer:
    def __init__(self, book: Any, rng: random.Random, *, fitted: bool) -> None:
        self.book = book
        self.rng = rng
        self.fitted = fitted
        self.border = rng.random() < 0.8 or fitted
        self.numeric_codes = rng.random() < 0.3
        self.formats: dict[str, Any] = {}
        self.names: set[str] = set()

    def cover(self, lines: Sequence[str]) -> None:
        """The first sheet says whose document it is."""
        sheet = self.book.add_worksheet("封面")
        for number, line in enumerate(lines):
            sheet.write_string(4 + 2 * number, 0, line)

    def form(self, form: Form) -> None:
        """One form on its own sheet."""
        sheet = self.book.add_worksheet(self._name(form))
        if form.hidden:
            sheet.hide()
        width, top = form.ruled.width, 0
        title = self._format("title", bold=True, align="center", font_size=TITLE_SIZE)
        self._span(sheet, Box(form.title, top, 0, columns=width), title)
        *over, unit = form.over
        for line in over:
            top += 1
            sheet.write_string(top, 0, line)
        top += 0 if over and width > 2 else 1
        sheet.write_string(top, width - 1 if width > 2 else 0, unit)
        top += 1
        for box in form.ruled.boxes:
            self._box(sheet, box, top)
        sheet.set_column(0, width - 1, 14)
        if self.fitted:
            _fit(sheet, form, top)
        top += form.ruled.height
        if form.ruled.figures and self.rng.random() < 0.3:
            self._checks(sheet, form, top)
            top += 1
        for number, note in enumerate(form.notes):
            sheet.write_string(top + number, 0, note)

    def _checks(self, sheet: Any, form: Form, row: int) -> None:
        """A hidden row in which somebody compared figures."""
        sheet.write_string(row, 0, "核对")
        for column in form.ruled.figures:
            sheet.write_number(row, column, self.rng.randint(1, 99_999) / 100)
        sheet.set_row(row, None, None, {"hidden": True})

    def _name(self, form: Form) -> str:
        """A name that no other sheet has and that a workbook allows."""
        plain = "".join(char for char in form.title if char not in "[]:*?/\\'“”")[:LONGEST_NAME]
        name, number = plain, 1
        while name in self.names:
            number += 1
            name = f"{plain}{number}"
        self.names.add(name)
        return name

    def _format(self, name: str, **properties: Any) -> Any:
        if name not in self.formats:
            self.formats[name] = self.book.add_format({"valign": "vcenter", **properties})
        return self.formats[name]

    def _span(self, sheet: Any, box: Box, style: Any, value: str | int | None = None) -> None:
        text = box.text if value is None else value
        if box.rows == box.columns == 1:
            sheet.write(box.row, box.column, text, style)
            return
        last = (box.row + box.rows - 1, box.column + box.columns - 1)
        sheet.merge_range(box.row, box.column, *last, text, style)

    def _box(self, sheet: Any, box: Box, top: int) -> None:
        moved = Box(box.text, box.row + top, box.column, box.rows, box.columns, box.figure)
        border = int(self.border)
        number = _number(box)
        if number is None:
            self._span(
                sheet, moved, self._format("text", border=border, num_format="@", text_wrap=True), box.text
            )
            return
        decimals = -int(number.as_tuple().exponent)
        places = f".{'0' * decimals}" if decimals else ""
        shown = self._format(f"number {box.text.count(',') > 0} {places}", border=border,
                             num_format=("#,##0" if "," in box.text else "0") + places)  # fmt: skip
        if self.rng.random() < 0.1:
            sheet.write_string(moved.row, moved.column, box.text, shown)
        elif self.rng.random() < 0.05:
            cell = f"={float(number)!r}*1"
            sheet.write_formula(moved.row, moved.column, cell, shown, float(number))
        else:
            sheet.write_number(moved.row, moved.column, float(number), shown)


def _fit(sheet: Any, form: Form, top: int) -> None:
    """Set up a sheet to be printed: landscape, all columns on one page, rows that hold their texts.

    ``top``: the row of the sheet in which the grid begins.
    """
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    widths = [WIDTH] * form.ruled.width
    for box in form.ruled.boxes:
        if box.columns == 1:
            widths[box.column] = min(max(widths[box.column], _width(box.text) + 2), WIDEST)
    widths[0] += max(0, TITLE_SIZE * _width(form.title) // TEXT_SIZE + 2 - sum(widths))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    lines = [1] * form.ruled.height
    for box in form.ruled.boxes:
        room = sum(widths[box.column : box.column + box.columns]) - 2
        lines[box.row] = max(lines[box.row], -(-_width(box.text) // room) if box.rows == 1 else 1)
    for row, count in enumerate(lines):
        sheet.set_row(top + row, LINE_HEIGHT * count)


def _width(text: str) -> int:
    """How many digits wide a text is: ideographs take two."""
    return sum(1 if char.isascii() else 2 for char in text)


def _number(box: Box) -> Decimal | None:
    """The amount that a box prints; ``None`` for words and blanks."""
    plain = box.text.replace(",", "")
    if not box.figure or not plain.lstrip("-").replace(".", "", 1).isdigit():
        return None
    return Decimal(plain)
