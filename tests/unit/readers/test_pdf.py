"""PDF pages: what a reader of the page sees, in the grid or line where it is printed."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics

from dagster_project.readers import ReadError, limits, pdf
from tests.unit.readers.drawn import Drawn, font, grid_texts, lettered, texts

XS = (40, 140, 220, 300)
YS = (60, 80, 100, 120)
ROWS = (("科目", "本年", "上年"), ("示例支出", "12.50", "3.00"), ("样本支出", "1,020.00", ""))


def plain() -> Drawn:
    return Drawn().grid(XS, YS).rows(XS, YS, ROWS)


def test_a_ruled_table_is_rows_of_cells_with_their_places(tmp_path: Path) -> None:
    source = plain().text(40, 40, "示例市档案馆收入表").text(40, 140, "注：本表示例。").read(tmp_path)
    page = source.pages[0]
    assert texts(page.lines) == [
        "示例市档案馆收入表",
        "科目\t本年\t上年",
        "示例支出\t12.50\t3.00",
        "样本支出\t1,020.00\t",
        "注：本表示例。",
    ]
    assert (page.number, page.width, page.height, page.read_by) == (1, 400, 300, "text")
    assert [line.number for line in page.lines] == [1, 2, 3, 4, 5]
    assert [line.table for line in page.lines] == [None, 1, 1, 1, None]
    amount = page.lines[2].cells[1]
    assert amount.text == "12.50"
    assert amount.bbox == pytest.approx((140, 80, 220, 100), abs=0.5)
    assert page.lines[0].words[0].bbox == pytest.approx((40, 34, 130, 46), abs=2)


def test_merged_header_cells_span_what_no_rule_parts(tmp_path: Path) -> None:
    drawn = Drawn()
    for y in (60, 100, 120):
        drawn.rule(40, y, 300, y)
    drawn.rule(140, 80, 300, 80)
    for x in (40, 140, 300):
        drawn.rule(x, 60, x, 120)
    drawn.rule(220, 80, 220, 120)
    drawn.text(60, 80, "项目").text(200, 70, "支出").text(150, 90, "基本").text(230, 90, "项目")
    drawn.text(45, 110, "示例支出").text(150, 110, "1.00").text(230, 110, "2.00")
    lines = drawn.read(tmp_path).pages[0].lines
    assert texts(lines) == ["项目\t支出\t", "\t基本\t项目", "示例支出\t1.00\t2.00"]
    shapes = [[(cell.column, cell.columns, cell.rows) for cell in line.cells] for line in lines]
    assert shapes == [[(0, 1, 2), (1, 2, 1)], [(1, 1, 1), (2, 1, 1)], [(0, 1, 1), (1, 1, 1), (2, 1, 1)]]


def test_lines_broken_in_a_cell_are_one_text(tmp_path: Path) -> None:
    ys = (60, 100, 140)
    drawn = Drawn().grid((40, 100, 160, 220), ys)
    drawn.text(43, 72, "一般公共").text(43, 84, "示例支出")
    drawn.text(103, 72, "1,234,5").text(103, 84, "67.89")
    drawn.text(163, 72, "Sample").text(163, 84, "item")
    drawn.text(43, 120, "样本").text(103, 112, "1.25").text(103, 126, "2.50")
    assert grid_texts(drawn.read(tmp_path)) == [
        ["一般公共示例支出", "1,234,567.89", "Sample item"],
        ["样本", "1.25 2.50", ""],
    ]


@pytest.mark.parametrize("shift", [-6, 6])
def test_a_figure_printed_off_its_row_stays_in_its_cell(tmp_path: Path, shift: float) -> None:
    drawn = Drawn().grid(XS, YS).rows(XS, YS, [row[:1] for row in ROWS])
    drawn.text(143, 90 + shift, "12.50").text(143, 110 + shift, "13.50")
    assert [row[1] for row in grid_texts(drawn.read(tmp_path))] == ["", "12.50", "13.50"]


def test_white_rules_part_cells_as_black_ones_do(tmp_path: Path) -> None:
    drawn = Drawn()
    drawn.canvas.setStrokeColorRGB(1, 1, 1)
    assert grid_texts(drawn.grid(XS, YS).rows(XS, YS, ROWS).read(tmp_path)) == [list(row) for row in ROWS]


def test_rules_may_be_thin_boxes_pieces_dashes_or_one_path(tmp_path: Path) -> None:
    boxes, dashes, whole = Drawn(), Drawn(), Drawn()
    for y in YS:
        for left, right in itertools.pairwise(XS):
            boxes.canvas.rect(left, 300 - y, right - left, 0.5, stroke=0, fill=1)
        for left in range(XS[0], XS[-1], 4):
            dashes.rule(left, y, left + 2, y)
    for x in XS:
        boxes.canvas.rect(x, 300 - YS[-1], 0.5, YS[-1] - YS[0], stroke=0, fill=1)
        dashes.rule(x, YS[0], x, YS[-1])
    path = whole.canvas.beginPath()
    for x in XS:
        path.moveTo(x, 300 - YS[0])
        path.lineTo(x, 300 - YS[-1])
    for y in YS:
        path.moveTo(XS[0], 300 - y)
        path.lineTo(XS[-1], 300 - y)
    whole.canvas.drawPath(path)
    for number, drawn in enumerate((boxes, dashes, whole)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert grid_texts(drawn.rows(XS, YS, ROWS).read(folder)) == [list(row) for row in ROWS]


def test_shaded_boxes_side_by_side_are_cells_where_no_rule_is_drawn(tmp_path: Path) -> None:
    drawn = Drawn()
    drawn.canvas.setFillColorRGB(0.9, 0.9, 1)
    for top, bottom in itertools.pairwise(YS):
        for left, right in itertools.pairwise(XS):
            drawn.canvas.rect(left, 300 - bottom, right - left - 1, bottom - top - 1, stroke=0, fill=1)
    drawn.canvas.setFillColorRGB(0, 0, 0)
    assert grid_texts(drawn.rows(XS, YS, ROWS).read(tmp_path)) == [list(row) for row in ROWS]


def test_shading_behind_lines_of_prose_is_no_table(tmp_path: Path) -> None:
    drawn = Drawn()
    for line in range(4):
        drawn.canvas.setFillColorRGB(1, 1, 1)
        drawn.canvas.rect(40, 230 - 20 * line, 300, 20, stroke=0, fill=1)
        drawn.canvas.setFillColorRGB(0, 0, 0)
        drawn.text(45, 60 + 20 * line, f"第{line}句示例文字。")
    lines = drawn.read(tmp_path).pages[0].lines
    assert texts(lines) == [f"第{line}句示例文字。" for line in range(4)]
    assert not any(line.cells for line in lines)


def test_a_table_without_its_outer_rules_keeps_its_outer_columns(tmp_path: Path) -> None:
    drawn = Drawn().rows(XS, YS, ROWS)
    for y in YS:
        drawn.rule(XS[0], y, XS[-1], y)
    for x in XS[1:-1]:
        drawn.rule(x, YS[0], x, YS[-1])
    assert grid_texts(drawn.read(tmp_path)) == [list(row) for row in ROWS]


def test_rules_across_drawn_cell_by_cell_show_the_columns(tmp_path: Path) -> None:
    drawn, ys = Drawn(), (60, 80, 100, 130)
    for y in ys:
        for left, right in itertools.pairwise((40, 140, 220, 300)):
            if y == 80 and left == 40:
                continue  # the label of the header takes two rows
            if y == 60 and left == 140:
                drawn.rule(140, y, 300, y)  # and the one beside it two columns
            elif y != 60 or left == 40:
                drawn.rule(left, y, right, y)
    drawn.text(70, 80, "科目").text(200, 70, "预算数").text(150, 90, "本年").text(230, 90, "上年")
    drawn.text(43, 110, "示例支出很长").text(43, 120, "的名称").text(143, 115, "12.50").text(223, 115, "3.00")
    lines = drawn.read(tmp_path).pages[0].lines
    assert texts(lines) == ["科目\t预算数\t", "\t本年\t上年", "示例支出很长的名称\t12.50\t3.00"]
    assert [cell.columns for cell in lines[0].cells] == [1, 2]


def test_underlines_are_no_table(tmp_path: Path) -> None:
    drawn = Drawn()
    for line in range(4):
        drawn.text(40, 60 + 20 * line, "示例文字").rule(40, 68 + 20 * line, 80, 68 + 20 * line)
        drawn.rule(120, 68 + 20 * line, 180, 68 + 20 * line)
    assert not any(line.cells for line in drawn.read(tmp_path).lines)


def test_rows_that_no_rule_parts_are_rows(tmp_path: Path) -> None:
    drawn = Drawn().grid(XS, (60, 80, 140)).rows(XS, (60, 80), ROWS[:1])
    drawn.text(43, 90, "示例支出").text(143, 90, "12.50").text(223, 90, "3.00")
    drawn.text(43, 104, "样本支出很长的").text(43, 114, "名称").text(143, 109, "1,020.00")
    drawn.text(43, 130, "合计").text(143, 130, "1,032.50").text(223, 130, "3.00")
    assert grid_texts(drawn.read(tmp_path)) == [
        ["科目", "本年", "上年"],
        ["示例支出", "12.50", "3.00"],
        ["样本支出很长的名称", "1,020.00", ""],
        ["合计", "1,032.50", "3.00"],
    ]


def test_columns_that_are_ruled_in_the_header_only_are_columns(tmp_path: Path) -> None:
    drawn = Drawn().rows(XS, YS, ROWS)
    for y in YS:
        drawn.rule(XS[0], y, XS[-1], y)
    for x in XS:
        drawn.rule(x, YS[0], x, YS[1] if x in XS[1:-1] else YS[-1])
    assert grid_texts(drawn.read(tmp_path)) == [list(row) for row in ROWS]


def test_a_merged_cell_with_one_amount_and_its_words_stays_merged(tmp_path: Path) -> None:
    drawn = Drawn().rule(40, 60, 300, 60).rule(40, 60, 40, 80).rule(300, 60, 300, 80).grid(XS, YS[1:])
    drawn.text(80, 70, "示例市档案馆 2031 年共 12.50 万元").rows(XS, YS[1:], ROWS[1:])
    line = drawn.read(tmp_path).pages[0].lines[0]
    assert [cell.columns for cell in line.cells] == [3]


def test_two_tables_on_a_page_are_two_and_the_text_between_stands_between(tmp_path: Path) -> None:
    below = tuple(y + 90 for y in YS)
    drawn = plain().text(40, 135, "样例二").grid(XS, below).rows(XS, below, [["甲", "1", "2"]])
    lines = drawn.read(tmp_path).pages[0].lines
    assert [line.table for line in lines] == [1, 1, 1, None, 2, 2, 2]
    assert lines[3].text == "样例二"
    assert lines[4].text == "甲\t1\t2"


def test_the_order_of_the_file_says_nothing(tmp_path: Path) -> None:
    placed = [
        (left + 3 + 10 * index, (top + bottom) / 2, character)
        for (top, bottom), row in zip(itertools.pairwise(YS), ROWS, strict=True)
        for left, text in zip(XS, row, strict=False)
        for index, character in enumerate(text if not text[:1].isascii() else [text])
    ]
    random.Random(5).shuffle(placed)
    drawn = Drawn().grid(XS, YS)
    for x, y, character in placed:
        drawn.text(x, y, character)
    assert grid_texts(drawn.read(tmp_path)) == [list(row) for row in ROWS]


def test_text_wider_than_its_cell_stays_whole(tmp_path: Path) -> None:
    drawn = Drawn().grid(XS, YS).text(43, 90, "示例市档案馆运行维护专项").text(200, 110, "96,282,213.44")
    rows = grid_texts(drawn.read(tmp_path))
    assert rows[1] == ["示例市档案馆运行维护专项", "", ""]
    assert rows[2] == ["", "", "96,282,213.44"]


@pytest.mark.parametrize("code", ["204", "2040101"])
def test_neighbouring_cells_keep_apart_what_is_printed_close_together(tmp_path: Path, code: str) -> None:
    xs = (40, 41 + 5.6 * len(code), 140)
    drawn = Drawn().grid(xs, (60, 80, 100)).text(40.5, 70, code).text(xs[1] + 0.5, 70, "示例事务")
    assert grid_texts(drawn.read(tmp_path))[0] == [code, "示例事务"]


def test_text_cut_away_by_a_clip_is_not_read(tmp_path: Path) -> None:
    drawn = plain()
    path = drawn.canvas.beginPath()
    path.rect(0, 0, 10, 10)
    drawn.canvas.saveState()
    drawn.canvas.clipPath(path, stroke=0)
    drawn.text(143, 92, "12.50").text(43, 90, "示例支出").text(240, 108, "88.00")
    drawn.canvas.restoreState()
    assert grid_texts(drawn.read(tmp_path)) == [list(row) for row in ROWS]


def test_text_whose_unseen_copy_comes_first_in_the_file_is_read(tmp_path: Path) -> None:
    drawn = Drawn()
    path = drawn.canvas.beginPath()
    path.rect(0, 0, 10, 10)
    drawn.canvas.saveState()
    drawn.canvas.clipPath(path, stroke=0)
    drawn.text(143, 90.5, "12.50")
    drawn.canvas.restoreState()
    source = drawn.text(143, 90, "12.50").grid(XS, YS).read(tmp_path)
    assert grid_texts(source)[1] == ["", "12.50", ""]


def test_text_nobody_sees_is_not_read(tmp_path: Path) -> None:
    drawn = plain().text(500, 90, "77.00")
    drawn.canvas.setFillColorRGB(1, 1, 1)
    drawn.text(240, 110, "55.00")
    drawn.canvas.setFillColorRGB(0, 0, 0, alpha=0)
    drawn.text(240, 108, "66.00")
    assert grid_texts(drawn.read(tmp_path)) == [list(row) for row in ROWS]


def test_white_text_on_a_dark_ground_is_seen(tmp_path: Path) -> None:
    drawn = Drawn()
    drawn.canvas.rect(40, 220, 260, 20, stroke=0, fill=1)
    drawn.canvas.setFillColorRGB(1, 1, 1)
    drawn.rows(XS, YS, ROWS[:1])
    drawn.canvas.setFillColorRGB(0, 0, 0)
    drawn.grid(XS, YS).rows(XS, YS[1:], ROWS[1:])
    assert grid_texts(drawn.read(tmp_path)) == [list(row) for row in ROWS]


def test_text_printed_twice_to_look_bold_is_read_once(tmp_path: Path) -> None:
    drawn = plain().rows([x + 0.4 for x in XS], YS, ROWS)
    assert grid_texts(drawn.read(tmp_path)) == [list(row) for row in ROWS]


def test_a_form_inside_the_page_is_part_of_it(tmp_path: Path) -> None:
    drawn = Drawn()
    drawn.canvas.beginForm("table", 0, 0, 400, 300)
    drawn.grid(XS, YS).rows(XS, YS, ROWS)
    drawn.canvas.endForm()
    drawn.canvas.translate(20, -50)
    drawn.canvas.doForm("table")
    source = drawn.read(tmp_path)
    assert grid_texts(source) == [list(row) for row in ROWS]
    assert source.pages[0].lines[0].cells[0].bbox == pytest.approx((60, 110, 160, 130), abs=0.5)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_turned_page_is_read_upright(tmp_path: Path, rotation: int, turned: int) -> None:
    """``rotation`` is the page's own, ``turned`` that of its content against it, both clockwise."""
    content = (turned - rotation) % 360
    wide, high = (400, 300) if content % 180 == rotation % 180 else (300, 400)  # reportlab turns it as well
    drawn = Drawn(wide, high)
    drawn.height = 300
    drawn.canvas.setPageRotation(rotation)
    x, y = {0: (0, 0), 90: (0, 400), 180: (400, 300), 270: (300, 0)}[content]
    drawn.canvas.translate(x, y)
    drawn.canvas.rotate(-content)
    source = drawn.grid(XS, YS).rows(XS, YS, ROWS).read(tmp_path)
    page = source.pages[0]
    assert grid_texts(source) == [list(row) for row in ROWS]
    assert (page.width, page.height) == pytest.approx((400, 300))
    assert page.lines[1].cells[1].bbox == pytest.approx((140, 80, 220, 100), abs=0.5)
    assert page.turned == turned


def test_slanted_print_across_a_table_stays_out_of_it(tmp_path: Path) -> None:
    drawn = plain()
    drawn.canvas.translate(100, 150)
    drawn.canvas.rotate(30)
    drawn.text(0, 290, "样稿", 40)
    source = drawn.read(tmp_path)
    assert grid_texts(source) == [list(row) for row in ROWS]
    assert "样稿" in texts(source.pages[0].lines)


def test_lines_without_rules_have_words_where_they_are_printed(tmp_path: Path) -> None:
    drawn = Drawn().text(40, 60, "科目").text(150, 60, "本年").text(40, 90, "示例支出").text(150, 92, "12.50")
    line = drawn.read(tmp_path).pages[0].lines[1]
    assert [word.text for word in line.words] == ["示例支出", "12.50"]
    assert line.words[1].bbox[0] == pytest.approx(150, abs=0.5)
    assert line.text == "示例支出" + " " * 14 + "12.50"


def test_labels_broken_over_lines_in_a_table_without_rules_are_one(tmp_path: Path) -> None:
    drawn = Drawn()
    for row, (upper, lower, figure) in enumerate(
        [("一般公共示", "例支出", "1.00"), ("政府性样", "本支出", "2.00"), ("其他", "", "3.00")]
    ):
        y = 60 + 30 * row
        drawn.text(40, y - (6 if lower else 0), upper).text(150, y, figure)
        if lower:
            drawn.text(40, y + 6, lower)
    lines = drawn.text(40, 200, "第一行示例").text(40, 213, "第二行示例").read(tmp_path).pages[0].lines
    assert [[word.text for word in line.words] for line in lines] == [
        ["一般公共示例支出", "1.00"],
        ["政府性样本支出", "2.00"],
        ["其他", "3.00"],
        ["第一行示例"],
        ["第二行示例"],
    ]


def test_a_broken_label_without_a_figure_is_one(tmp_path: Path) -> None:
    drawn = (
        Drawn().text(40, 60, "示例支出").text(300, 60, "1.00").text(40, 120, "合计").text(300, 120, "1.00")
    )
    drawn.text(40, 84, "其他很长的样本支").text(40, 96, "出")
    labels = [line.words[0].text for line in drawn.read(tmp_path).pages[0].lines]
    assert labels == ["示例支出", "其他很长的样本支出", "合计"]


def test_header_cells_of_two_and_three_lines_side_by_side_do_not_run_together(tmp_path: Path) -> None:
    drawn = Drawn()
    for line, text in enumerate(("公务样例", "运行维护", "费")):
        drawn.text(100, 60 + 9 * line, text)
    for line, text in enumerate(("因公示例", "（境）费")):
        drawn.text(150, 64.5 + 9 * line, text)
    for line in range(2):
        drawn.text(40, 100 + 18 * line, f"第{line}行").text(100, 100 + 18 * line, f"{line}.00")
    words = [word.text for line in drawn.read(tmp_path).pages[0].lines for word in line.words]
    assert words == ["公务样例运行维护费", "因公示例（境）费", "第0行", "0.00", "第1行", "1.00"]


def test_single_spaced_rows_without_rules_stay_rows(tmp_path: Path) -> None:
    drawn = Drawn()
    for row, label in enumerate(("示例支出", "样本支出", "其他支出")):
        drawn.text(40, 60 + 13 * row, label).text(150, 60 + 13 * row, f"{row}.00")
    assert len(drawn.text(40, 99, "备注").read(tmp_path).pages[0].lines) == 4


def test_radicals_become_the_characters_they_look_like(tmp_path: Path) -> None:
    face = pdfmetrics.getFont(font()).face
    for meant, radical in (("门", "⻔"), ("工", "⼯")):
        face.charToGlyph[ord(radical)] = face.charToGlyph[ord(meant)]
        face.charWidths[ord(radical)] = face.charWidths[ord(meant)]
    assert texts(Drawn().text(40, 60, "部⻔⼯作").read(tmp_path).lines) == ["部门工作"]


def scanned(drawn: Drawn) -> Drawn:
    noise = np.random.default_rng(1).integers(0, 255, (60, 80), dtype=np.uint8)
    drawn.canvas.drawImage(ImageReader(Image.fromarray(noise)), 0, 0, 400, 300)
    return drawn


def test_a_page_that_is_only_a_picture_waits_to_be_recognised(tmp_path: Path) -> None:
    drawn = scanned(Drawn().text(40, 40, "样例").turn_page())
    with limits.within(limits.Limits(ocr=False)):
        source = drawn.read(tmp_path)
    assert [page.reason is None for page in source.pages] == [True, False]
    assert not source.pages[1].lines
    assert [(problem.kind, problem.page) for problem in source.problems] == [("needs_ocr", 2)]


def test_hidden_text_under_a_picture_of_the_page_is_not_trusted(tmp_path: Path) -> None:
    drawn = scanned(Drawn())
    drawn.canvas.beginText()
    hidden = drawn.canvas.beginText(40, 200)
    hidden.setTextRenderMode(3)
    hidden.setFont("Helvetica", 10)
    hidden.textOut("guessed 1,234.00 by somebody else")
    drawn.canvas.drawText(hidden)
    with limits.within(limits.Limits(ocr=False)):
        source = drawn.read(tmp_path)
    assert source.problems[0].kind == "needs_ocr"
    assert "hidden" in (source.pages[0].reason or "")


def test_text_that_a_picture_of_the_page_is_painted_over_is_not_trusted(tmp_path: Path) -> None:
    drawn = plain()
    over, under = scanned(drawn).turn_page(), scanned
    source_pages = under(over).grid(XS, YS).rows(XS, YS, ROWS)
    with limits.within(limits.Limits(ocr=False)):
        source = source_pages.read(tmp_path)
    assert [problem.page for problem in source.problems] == [1]
    assert "painted over" in (source.pages[0].reason or "")
    assert len(source.pages[1].lines) == 3


PROSE = "示例市档案馆负责本市档案资料的收集保管和利用工作并编制年度预算"


def test_a_font_that_does_not_say_its_characters_is_noticed(tmp_path: Path) -> None:
    path = plain().text(40, 150, PROSE).save(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"/ToUnicode", b"/ToUnicodX"))
    with limits.within(limits.Limits(ocr=False)):
        source = pdf.read(path)
    assert [problem.kind for problem in source.problems] == ["needs_ocr"]
    assert "fonts" in source.problems[0].message


@pytest.mark.parametrize(
    "said",
    [
        "".join(map(chr, range(0xE100, 0xE100 + len(PROSE)))),
        "".join(map(chr, range(0x6B00, 0x6B00 + len(PROSE)))),
        "".join(map(chr, range(0xC0, 0xC0 + len(PROSE)))).replace("×", "ā"),
    ],
    ids=["private", "rare", "latin"],
)
def test_a_font_that_says_other_characters_than_it_shows_is_noticed(tmp_path: Path, said: str) -> None:
    with limits.within(limits.Limits(ocr=False)):
        source = lettered(Drawn(), PROSE, said).read(tmp_path)
    assert [problem.kind for problem in source.problems] == ["needs_ocr"]


def test_bullets_without_a_meaning_leave_the_page_readable(tmp_path: Path) -> None:
    drawn = Drawn()
    for line in range(6):
        lettered(drawn.text(60, 60 + 20 * line, PROSE[:20]), "口", "\uf06c")
    assert not drawn.read(tmp_path).problems


def test_a_blank_page_is_blank_and_no_problem(tmp_path: Path) -> None:
    source = Drawn().turn_page().text(40, 40, "样例").read(tmp_path)
    assert [len(page.lines) for page in source.pages] == [0, 1]
    assert not source.problems


def test_a_file_with_a_password_says_so(tmp_path: Path) -> None:
    drawn = Drawn(encrypt=StandardEncryption("secret", ownerPassword="owner")).text(40, 40, "样例")
    with pytest.raises(ReadError, match="password"):
        drawn.read(tmp_path)


def test_a_file_that_only_forbids_changes_is_read(tmp_path: Path) -> None:
    drawn = Drawn(encrypt=StandardEncryption("", ownerPassword="owner", canModify=0, canCopy=0))
    assert texts(drawn.text(40, 40, "样例").read(tmp_path).lines) == ["样例"]


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", b"no document at all", b"%PDF-1.4\n" + b"\x00" * 500]
)
def test_what_is_no_pdf_is_an_error_that_says_so(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=r"damaged|no pages"):
        pdf.read(path)


def test_a_truncated_file_is_an_error_or_its_pages(tmp_path: Path) -> None:
    whole = plain().save(tmp_path).read_bytes()
    for share in (0.3, 0.6, 0.95):
        path = tmp_path / "cut.pdf"
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            assert pdf.read(path).pages
        except ReadError as error:
            assert "damaged" in error.reason or "no pages" in error.reason


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="cannot be opened"):
        pdf.read(tmp_path / "none.pdf")


def test_more_pages_than_allowed_are_refused(tmp_path: Path) -> None:
    path = Drawn().turn_page().text(40, 40, "样例").save(tmp_path)
    with limits.within(limits.Limits(pages=1)), pytest.raises(ReadError, match="2 pages") as error:
        pdf.read(path)
    assert error.value.kind == "too_many_pages"


def test_only_the_wanted_page_is_read(tmp_path: Path) -> None:
    path = Drawn().text(40, 40, "一").turn_page().text(40, 40, "二").save(tmp_path)
    with limits.within(limits.Limits(page=2)):
        assert [texts(page.lines) for page in pdf.read(path).pages] == [[], ["二"]]


@settings(max_examples=30, deadline=None)
@given(
    numbers=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=8, max_size=8),
    operators=st.lists(
        st.sampled_from(["m", "l", "re f", "re S", "c S", "cm", "h S", "Td", "Tm", "(1.00) Tj"]), max_size=12
    ),
)
def test_whatever_a_page_draws_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, numbers: list[float], operators: list[str]
) -> None:
    drawn = plain()
    drawn.canvas._code += [" ".join(f"{number:.4f}" for number in numbers) + " " + one for one in operators]
    assert drawn.read(tmp_path_factory.mktemp("any")).pages


@settings(max_examples=25, deadline=None)
@given(
    widths=st.lists(st.integers(30, 70), min_size=2, max_size=5),
    heights=st.lists(st.integers(14, 30), min_size=1, max_size=6),
    numbers=st.data(),
)
def test_every_cell_of_any_ruled_table_is_read_where_it_is(
    tmp_path_factory: pytest.TempPathFactory, widths: list[int], heights: list[int], numbers: st.DataObject
) -> None:
    xs = list(itertools.accumulate(widths, initial=20))
    ys = list(itertools.accumulate(heights, initial=30))
    figures = st.one_of(st.just(""), st.decimals(-999, 999, places=1).map(str))
    rows = [[numbers.draw(figures) for _ in widths] for _ in heights]
    drawn = Drawn().grid(xs, ys).rows(xs, ys, rows)
    assert grid_texts(drawn.read(tmp_path_factory.mktemp("any"))) == rows
