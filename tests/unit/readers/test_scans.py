"""Scans and pictures: what is printed is read, upright or not, below a seal or not."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dagster_project import readers
from dagster_project.parse import parse
from dagster_project.readers import limits
from dagster_project.readers.errors import ReadError

if not limits.ocr_installed():
    pytest.skip("the extra ocr is not installed", allow_module_level=True)

from dagster_project.readers import ocr
from dagster_project.readers.ocr import engine, picture, rules
from tests.unit.readers.drawn import Drawn, lettered
from tests.unit.readers.scanned import DPI, font, page, sealed, worn

HEADER = ["科目编码", "科目名称", "合计", "基本支出", "项目支出"]
ROWS = [
    HEADER,
    ["201", "一般公共服务支出", "312.40", "208.15", "104.25"],
    ["20126", "档案事务", "312.40", "208.15", "104.25"],
    ["2012601", "行政运行", "208.15", "208.15", ""],
    ["2012604", "档案馆", "104.25", "", "104.25"],
    ["合计", "", "312.40", "208.15", "104.25"],
]
WIDTHS = [150, 330, 220, 220, 220]
TITLE = "2031年部门支出预算总表"
DRAWN = page(ROWS, WIDTHS, title=TITLE, note="单位：万元")


def recognised(image, **more):
    width, height = (side / DPI * 72 for side in image.size)
    return ocr.read_page(np.asarray(image), 1, width, height, reason="示例 / a sample", **more)


@pytest.fixture(scope="module")
def scan():
    """The page as scanned: a seal over figures, a bit askew, with noise."""
    return recognised(worn(sealed(DRAWN, 700, 320)))


def table(read):
    return [[cell.text for cell in line.cells] for line in read.lines if line.cells]


def test_every_cell_of_a_sealed_and_skewed_scan_is_read(scan):
    assert table(scan) == ROWS


def test_text_around_the_table_is_read_in_its_place(scan):
    assert [line.text for line in scan.lines if not line.cells] == [TITLE, "单位：万元"]
    assert scan.lines[0].text == TITLE
    assert scan.lines[-1].text == "单位：万元"


def test_the_page_says_how_it_was_read(scan):
    assert (scan.read_by, scan.reason) == ("ocr", "示例 / a sample")
    assert scan.turned == pytest.approx(-0.8, abs=0.1)


def test_boxes_are_points_of_the_page_turned_upright(scan):
    cell = scan.lines[2].cells[2]
    left, top, right, bottom = (edge / 72 * DPI for edge in cell.bbox)
    assert (left, top, right, bottom) == pytest.approx((550, 184, 770, 238), abs=8)


def test_lines_and_tables_are_numbered_on_from_the_page_before():
    read = recognised(DRAWN, first_line=40, first_table=3)
    assert [line.number for line in read.lines] == list(range(40, 40 + len(read.lines)))
    assert {line.table for line in read.lines if line.cells} == {3}


def test_a_figure_has_the_certainty_of_its_recognition(scan):
    assert all(0 < cell.confidence <= 1 for line in scan.lines for cell in line.cells if cell.text)


@pytest.mark.parametrize("degrees", [180, 270])
def test_a_page_that_lies_on_its_side_or_head_is_turned(degrees):
    read = recognised(DRAWN.rotate(degrees, expand=True))
    assert table(read) == ROWS
    assert read.turned == pytest.approx(360 - degrees, abs=0.2)
    assert read.width > read.height


def test_a_coarse_picture_is_enlarged():
    small = DRAWN.resize((DRAWN.width * 3 // 5, DRAWN.height * 3 // 5), Image.Resampling.LANCZOS)
    width, height = (side / DPI * 72 for side in DRAWN.size)
    read = ocr.read_page(np.asarray(small), 1, width, height, reason="")
    assert table(read) == ROWS


def test_merged_cells_are_merged():
    merged = [["合计金额", "说明"], ["10.00", "20.00"]]
    drawn = page(merged, [400, 400])
    drawn.paste((246, 246, 244), (465, 134, 475, 180))
    header = next(line for line in recognised(drawn).lines if line.cells)
    assert [(cell.column, cell.columns) for cell in header.cells] == [(0, 2)]


def test_a_blank_page_has_no_lines():
    assert recognised(Image.new("RGB", (900, 700), "white")).lines == ()


def test_a_seal_is_paper_and_the_ink_below_it_stays():
    pixels = picture.without_seals(np.asarray(sealed(DRAWN, 700, 320)), DPI)
    bare = np.asarray(DRAWN)
    assert (pixels.min(axis=2) < 120).sum() == pytest.approx((bare.min(axis=2) < 120).sum(), rel=0.05)
    red = pixels[..., 0].astype(int) - pixels[..., 1]
    assert (red > 40).mean() < 0.001


@pytest.mark.parametrize(
    ("read", "others", "meant"),
    [
        ("1.149,678.00", (), "1,149,678.00"),
        ("1,149,.678,00", (), "1,149,678.00"),
        ("3832..36", ("3832.36",), "3832.36"),
        ("12.345", (), "12.345"),
        ("2120101", ("212.0101",), "2120101"),
    ],
)
def test_marks_among_digits_are_put_in_order_where_they_make_no_figure(read, others, meant):
    assert engine.as_figure(read, others) == meant


def test_red_figures_are_no_seal():
    drawn = DRAWN.copy()
    ImageDraw.Draw(drawn).text((800, 560), "-12.50", font=font(28), fill=(200, 30, 30))
    assert (picture.without_seals(np.asarray(drawn), DPI) == np.asarray(drawn)).all()


def test_strokes_of_characters_are_no_rules():
    level, upright = rules.ruling_lines(picture.ink(np.asarray(DRAWN), DPI), DPI)
    assert len(level) == len(ROWS) + 1
    assert len(upright) == len(WIDTHS) + 1


def test_the_pages_of_a_tiff_are_pages(tmp_path):
    path = tmp_path / "2031年示例市档案馆部门预算.tiff"
    blank = Image.new("RGB", (600, 400), "white")
    DRAWN.save(path, save_all=True, append_images=[blank], dpi=(DPI, DPI))
    source = readers.read(path)
    assert (source.reader, source.media_type, len(source.pages)) == ("image", "image/tiff", 2)
    assert [(problem.kind, problem.page) for problem in source.problems] == [("no_text", 2)]


def test_a_picture_becomes_cells_that_its_sums_prove(tmp_path):
    path = tmp_path / "2031年示例市档案馆部门预算.png"
    worn(DRAWN).save(path, dpi=(DPI, DPI))
    parsed = parse(path)
    cells = {(cell.code or cell.label, cell.column): cell for cell in parsed.cells}
    assert {cell.verification for cell in cells.values()} == {"proved"}
    assert str(cells["2012604", "project"].amount) == "104.25"
    assert cells["2012604", "project"].bbox is not None


def test_a_table_without_rules_is_read_by_the_places_of_its_words(tmp_path):
    path = tmp_path / "2031年示例市档案馆部门预算.png"
    worn(page(ROWS, WIDTHS, title=TITLE, note="单位：万元", ruled=False), 2.5).save(path, dpi=(DPI, DPI))
    parsed = parse(path)
    assert {cell.verification for cell in parsed.cells} == {"proved"}
    assert len(parsed.cells) == 13


def test_a_page_whose_font_says_other_characters_is_read_by_what_it_shows(tmp_path):
    shown = "本年收入合计三百一十二万元其中财政拨款二百零八万元"
    said = "".join(chr(0xE100 + number) for number in range(len(shown)))
    source = lettered(Drawn(), shown, said, 13).read(tmp_path)
    assert [(page.read_by, page.number) for page in source.pages] == [("ocr", 1)]
    assert shown in "".join(line.text for line in source.lines)


def test_a_picture_waits_where_scans_are_read_later(tmp_path):
    path = tmp_path / "示例.png"
    DRAWN.save(path)
    with limits.within(limits.Limits(ocr=False)):
        source = readers.read(path)
    assert [(page.read_by, page.lines) for page in source.pages] == [("ocr", ())]
    assert [problem.kind for problem in source.problems] == [limits.NEEDS_OCR]


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_a_file_that_is_no_picture_is_refused(tmp_path):
    path = tmp_path / "示例.tif"
    path.write_bytes(b"II*\x00" + b"no picture" * 20)
    with pytest.raises(ReadError, match="is no picture"):
        readers.read(path)


def test_a_picture_that_is_cut_off_is_refused(tmp_path):
    path = tmp_path / "示例.png"
    DRAWN.save(path)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(ReadError, match="is cut off"):
        readers.read(path)


def test_a_pdf_without_characters_is_read_from_its_pictures(tmp_path):
    path = tmp_path / "2031年示例市档案馆部门预算.pdf"
    worn(DRAWN).save(path, resolution=DPI)
    parsed = parse(path)
    assert [page.read_by for page in parsed.pages] == ["ocr"]
    assert {cell.verification for cell in parsed.cells} == {"proved"}
    assert len(parsed.cells) == 13
