"""``gouji show --page``: what was read is outlined where it stands, in the colour of its verification."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from dagster_project.page_html import Figure, page_html
from dagster_project.page_picture import ARITHMETIC, KINDS, Mark, View, marked, page_picture
from dagster_project.readers import pdf
from dagster_project.readers.page import GridCell, Line
from dagster_project.records import BBox
from tests.unit.readers.drawn import Drawn

PAGE = View(width=200, height=300)
BLOT = (50, 100, 80, 110)
"""A black rectangle of the page, in points from the top left."""


def printed(folder: Path, name: str) -> Path:
    """A page of 200 × 300 points with one blot, as the format of the name says."""
    picture = Image.new("RGB", (400, 600), "white")
    ImageDraw.Draw(picture).rectangle([2 * edge for edge in BLOT], fill="black")
    path = folder / name
    picture.save(path, dpi=(144, 144), resolution=144)
    return path


def is_black(picture: Image.Image, x: float, y: float) -> bool:
    """Whether the picture is black at a place given in points."""
    scale = picture.width / PAGE.width
    return max(picture.getpixel((round(x * scale), round(y * scale)))) < 100


@pytest.mark.parametrize("name", ["page.pdf", "page.png", "page.tiff", "page.jpg"])
def test_points_of_the_page_are_places_of_the_picture(tmp_path: Path, name: str) -> None:
    picture = page_picture(printed(tmp_path, name), 1, PAGE)
    assert picture.width / picture.height == pytest.approx(2 / 3, abs=0.01)
    assert is_black(picture, 65, 105)
    assert not is_black(picture, 65, 95)
    assert not is_black(picture, 45, 105)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_was_turned_to_be_read_is_shown_upright(tmp_path: Path, turned: int) -> None:
    """It lies in the file as if somebody had turned it the other way."""
    path = printed(tmp_path, "page.png")
    with Image.open(path) as upright:
        upright.rotate(-turned, expand=True).save(path)
    assert is_black(page_picture(path, 1, View(200, 300, turned)), 65, 105)


def test_a_page_with_a_rotation_of_its_own_is_shown_as_readers_see_it(tmp_path: Path) -> None:
    path = printed(tmp_path, "page.pdf")
    document = pypdfium2.PdfDocument(path)
    document[0].set_rotation(90)
    document.save(tmp_path / "turned.pdf")
    document.close()
    picture = page_picture(tmp_path / "turned.pdf", 1, View(300, 200))
    assert picture.width > picture.height
    assert (
        max(picture.getpixel((round((300 - 105) / 300 * picture.width), round(65 / 200 * picture.height))))
        < 100
    )


def test_each_figure_is_outlined_in_the_colour_of_what_is_known_of_it(tmp_path: Path) -> None:
    picture = page_picture(printed(tmp_path, "page.pdf"), 1, PAGE)
    scale, height = picture.width / PAGE.width, picture.height
    boxes = {kind: (20.0, 20.0 + 40 * row, 120.0, 40.0 + 40 * row) for row, kind in enumerate(KINDS)}
    shown = marked(picture, PAGE, [Mark(box, kind) for kind, box in boxes.items()], "示例 page 1")
    for kind, (left, top, _, _) in boxes.items():
        assert shown.getpixel((round(left * scale), round(top * scale))) == KINDS[kind].colour
    assert shown.height > height
    assert shown.crop((0, height, shown.width, shown.height)).getcolors(1000)


def test_what_arithmetic_placed_has_a_second_outline(tmp_path: Path) -> None:
    picture = page_picture(printed(tmp_path, "page.pdf"), 1, PAGE)
    shown = marked(picture, PAGE, [Mark((20, 20, 120, 40), "proved", arithmetic=True)], "")
    scale = picture.width / PAGE.width
    assert shown.getpixel((round(20 * scale) - 3, round(30 * scale))) == ARITHMETIC.colour


def test_a_page_of_absurd_size_makes_a_picture_of_bearable_size(tmp_path: Path) -> None:
    picture = page_picture(printed(tmp_path, "page.pdf"), 1, View(283_464_567, 283_464_567))
    assert max(picture.size) <= 4000


def test_rows_and_sentences_become_a_web_page_with_the_same_colours() -> None:
    lines = [
        Line(
            "合计\t60.00\t7.50",
            1,
            cells=(GridCell("合计", 0), GridCell("60.00", 1), GridCell("7.50", 2)),
            table=1,
        ),
        Line("<其中>支出60.00万元，比上年增加 1.50 万元", 2),
    ]
    figures = {1: [Figure("60.00", "proved")], 2: [Figure("60.00万元", "statement")]}
    page = page_html(lines, figures, "示例 & page 1")
    assert '<td><mark class="proved">60.00</mark></td>' in page
    assert '<td><mark class="unread">7.50</mark></td>' in page
    assert '&lt;其中&gt;支出<mark class="statement">60.00万元</mark>' in page
    assert '<mark class="unread">1.50</mark>' in page
    assert "<title>示例 &amp; page 1</title>" in page


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_boxes_that_a_reader_gives_lie_on_the_print_however_the_page_lies(
    tmp_path: Path, rotation: int
) -> None:
    """The content is set upright in the file; the page asks to be shown turned."""
    drawn = Drawn(300, 200).grid((40, 140, 240), (60, 80, 100)).text(60, 75, "■■■", 9).save(tmp_path)
    with closing(pypdfium2.PdfDocument(drawn)) as document:
        document[0].set_rotation(rotation)
        document.save(tmp_path / "turned.pdf")
    page = pdf.read(tmp_path / "turned.pdf").pages[0]
    view = View(page.width or 0, page.height or 0, page.turned)
    picture = np.asarray(page_picture(tmp_path / "turned.pdf", 1, view).convert("L"))

    scale = picture.shape[1] / view.width
    inked = [
        bool(
            picture[
                round(top * scale) : round(bottom * scale), round(left * scale) : round(right * scale)
            ].min()
            < 100
        )
        for line in page.lines
        for left, top, right, bottom in [_inside(cell) for cell in line.cells]
    ]

    assert inked == [True, False, False, False]


def _inside(cell: GridCell) -> BBox:
    assert cell.bbox
    left, top, right, bottom = cell.bbox
    return left + 3, top + 3, right - 3, bottom - 3
