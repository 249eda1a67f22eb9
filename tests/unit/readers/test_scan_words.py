"""Words of scans outside of grids: white ink parts them, what belongs to a label or a page number is one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import ImageDraw

from dagster_project.readers import limits
from dagster_project.readers.page import Word

if not limits.ocr_installed():
    pytest.skip("the extra ocr is not installed", allow_module_level=True)

from dagster_project.readers import ocr
from dagster_project.readers.ocr import text
from tests.unit.readers.scanned import DPI, font, page, worn


def word(said: str, left: float, right: float) -> Word:
    return Word(said, (left, 0.0, right, 8.0))


def characters(*lefts: float, width: float = 8.0, height: float = 8.0) -> np.ndarray:
    """Ink of characters that begin at these places, on one line."""
    return np.array([(left, 10 - height, left + width, 10.0) for left in lefts])


def test_white_space_as_wide_as_a_character_parts_two_words() -> None:
    found = characters(0, 9, 18, 40, 49)

    assert text.words([(0, 0, 60, 12)], found) == [(0, 2, 26, 10), (40, 2, 57, 10)]


def test_characters_that_were_detected_apart_are_one_word() -> None:
    found = characters(0, 9, 18, 27)

    assert text.words([(0, 0, 17, 12), (18, 0, 36, 12)], found) == [(0, 2, 35, 10)]


def test_a_character_that_was_not_detected_belongs_to_the_word_behind_it() -> None:
    found = characters(0, 9, 18)

    assert text.words([(9, 0, 30, 12)], found) == [(0, 2, 26, 10)]


def test_the_white_of_a_mark_parts_no_word() -> None:
    assert [one.text for one in text.rejoined([word("单位：", 0, 20), word("万元", 28, 44)])] == [
        "单位：万元"
    ]
    assert [one.text for one in text.rejoined([word("合计", 0, 20), word("项目", 28, 44)])] == [
        "合计",
        "项目",
    ]


@pytest.mark.parametrize("printed", ["-3-", "— 12 —", "一7一", "-1ー"])
def test_dashes_around_a_number_make_the_number_of_a_page(printed: str) -> None:
    found = text.page_number([word(one, 0, 10) for one in printed.split()])

    assert found is not None
    assert found.text == f"—{''.join(one for one in printed if one.isdigit())}—"


@pytest.mark.parametrize("printed", ["3", "一、", "2031年", "1-2"])
def test_other_lines_are_no_number_of_a_page(printed: str) -> None:
    assert text.page_number([word(printed, 0, 10)]) is None


def test_a_table_without_rules_is_read_row_by_row_and_the_page_number_apart() -> None:
    rows = [
        ["科目名称", "合计", "基本支出"],
        ["档案事务", "312.40", "208.15"],
        ["行政运行", "208.15", "208.15"],
    ]
    picture = page(rows, [330, 220, 220], ruled=False, size=(1300, 900))
    ImageDraw.Draw(picture).text((560, 840), "— 2 —", font=font(26), fill=(20, 20, 20))
    width, height = (side / DPI * 72 for side in picture.size)

    read = ocr.read_page(np.asarray(worn(picture)), 1, width, height, reason="示例 / a sample")

    said = [[one.text for one in line.words] for line in read.lines]
    assert said[:3] == rows
    assert said[-1] in (["—2—"], ["2"])
