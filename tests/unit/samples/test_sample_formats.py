"""One document in every format: ordinary programs open it, and it prints the same figures."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import replace

import openpyxl
import pypdfium2
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from PIL import Image

from dagster_project.samples import FAMILIES, FORMATS, Truth, Wish, write
from dagster_project.samples.pdf_style import CHOICES, PLAIN, PdfStyle, drawn_style
from dagster_project.samples.printed import Form, Ruled, form, led, performance_form
from dagster_project.samples.writer import document_of

OFFICE = ("pdf", "xlsx", "docx", "html")
PEOPLE = Wish(3, 2024, "final", "central", "pdf")


@pytest.mark.parametrize("layout", OFFICE)
def test_every_format_prints_the_figures_of_the_text(layout: str) -> None:
    written = write(replace(PEOPLE, layout=layout))

    assert written.truth.cells == write(replace(PEOPLE, layout="tabs")).truth.cells
    assert not figures_of(written.truth) - words_of(layout, written.content)


@pytest.mark.parametrize("layout", sorted(FORMATS))
def test_equal_wishes_give_equal_bytes(layout: str) -> None:
    wish = replace(PEOPLE, layout=layout, only=("final_three_public",), style=PdfStyle(dpi=72))

    assert write(wish).content == write(wish).content


def test_prose_goes_along_in_word_files_but_not_in_workbooks() -> None:
    word, book = (write(replace(PEOPLE, layout=layout)) for layout in ("docx", "xlsx"))

    assert word.truth.statements
    assert not book.truth.statements
    paragraphs = [paragraph.text for paragraph in Document(io.BytesIO(word.content)).paragraphs]
    assert any("支出决算" in text and text.endswith("。") for text in paragraphs)


def test_a_workbook_hides_what_nobody_should_count() -> None:
    books = [openpyxl.load_workbook(io.BytesIO(write(replace(PEOPLE, seed=seed, layout="xlsx")).content))
             for seed in range(4)]  # fmt: skip

    states = {sheet.sheet_state for book in books for sheet in book}
    hidden_rows = [
        row for book in books for sheet in book for row in sheet.row_dimensions.values() if row.hidden
    ]
    assert states == {"visible", "hidden"}
    assert hidden_rows


def test_a_workbook_has_numbers_beside_numbers_stored_as_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(write(replace(PEOPLE, layout="xlsx")).content))

    kinds = Counter(type(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    texts = [
        cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"
    ]
    assert kinds[float] > 50
    assert any("." in text and text.replace(",", "").replace(".", "").isdigit() for text in texts)


def test_the_forms_of_a_scan_are_pictures_without_text() -> None:
    wish = replace(PEOPLE, layout="scan", only=("final_three_public",), style=PdfStyle(dpi=72, seal=True))
    pages = pypdfium2.PdfDocument(write(wish).content)

    assert len(pages) == 3
    assert [page.get_textpage().count_chars() for page in pages] == [0, 0, 0]
    red = pages[2].render().to_pil().convert("RGB").getpixel
    assert any(
        pixel[0] - pixel[1] > 100
        for pixel in (red((x, y)) for x in range(0, 590, 3) for y in range(0, 800, 3))
    )


def test_a_tiff_has_a_picture_a_page() -> None:
    wish = replace(PEOPLE, layout="tiff", only=("final_three_public",), style=PdfStyle(dpi=72))

    with Image.open(io.BytesIO(write(wish).content)) as picture:
        assert picture.n_frames == 3


@pytest.mark.parametrize("wide", ["landscape", "rotate", "turned", "split"])
def test_wide_tables_turn_their_pages_or_go_on_on_the_next(wide: str) -> None:
    plain = pypdfium2.PdfDocument(write(PEOPLE).content)
    other = pypdfium2.PdfDocument(write(replace(PEOPLE, style=PdfStyle(wide=wide))).content)

    turned = [page.get_rotation() for page in other]
    broad = [page.get_width() > page.get_height() for page in other]
    assert any(turned) == (wide == "rotate")
    assert any(broad) == (wide in ("landscape", "rotate"))
    assert (len(other) > len(plain)) == (wide == "split")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ["budget", "final"])
def test_the_cells_of_a_grid_fill_it_without_overlap(family: str, kind: str) -> None:
    document = document_of(Wish(8, 2024, kind, family, "pdf"))

    forms = [form(table, joined_total=True) for table in document.tables]
    forms += [performance_form(grid) for grid in document.grids]
    for one in [*forms, *(Form("", ("",), led(each)) for each in forms)]:
        assert covered(one.ruled) == Counter(
            {(row, column): 1 for row in range(one.ruled.height) for column in range(one.ruled.width)}
        )


@given(st.integers(min_value=0))
@settings(max_examples=50, deadline=None)
def test_a_drawn_style_is_made_of_the_known_choices(seed: int) -> None:
    style = drawn_style(random.Random(seed))

    assert all(getattr(style, name) in choices for name, choices in CHOICES.items())
    assert all(getattr(PLAIN, name) in choices for name, choices in CHOICES.items())


def covered(ruled: Ruled) -> Counter[tuple[int, int]]:
    """How often each place of a grid is covered by a box."""
    return Counter(
        (row, column)
        for box in ruled.boxes
        for row in range(box.row, box.row + box.rows)
        for column in range(box.column, box.column + box.columns)
    )


def figures_of(truth: Truth) -> set[str]:
    return {f"{cell.amount:,.2f}" for cell in truth.cells if cell.unit == "wan" and cell.amount > 999}


def words_of(layout: str, content: bytes) -> set[str]:
    """Everything that stands in a file, word by word, as an ordinary library reads it."""
    if layout == "pdf":
        pages = pypdfium2.PdfDocument(content)
        text = "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    elif layout == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        values = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
        text = " ".join(f"{value:,.2f}" if isinstance(value, float) else str(value) for value in values)
    elif layout == "docx":
        tables = Document(io.BytesIO(content)).tables
        text = " ".join(cell.text for table in tables for row in table.rows for cell in row.cells)
    else:
        text = " ".join(html.fromstring(content).itertext())
    return set(text.split())
