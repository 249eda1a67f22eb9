"""Tables that a page break cuts inside a row or inside a header."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from dagster_project.forms import torn
from dagster_project.readers.page import GridCell, Line, Page, Source

Row = Sequence[str | None]
"""Cells of a row; ``None`` is a place that the cell on its left takes as well."""


def _page(number: int, rows: Sequence[Row], edges: Sequence[float]) -> Page:
    lines = []
    for index, row in enumerate(rows):
        starts = [column for column, text in enumerate(row) if text is not None]
        cells = []
        for start, end in zip(starts, [*starts[1:], len(row)], strict=True):
            box = (edges[start], 20.0 * index, edges[end], 20.0 * index + 20)
            cells.append(GridCell(row[start] or "", start, end - start, bbox=box))
        text = "\t".join(cell or "" for cell in row)
        lines.append(Line(text, 100 * number + index, number, cells=tuple(cells), table=number))
    return Page(number, tuple(lines))


def _printed(
    upper: Sequence[Row], lower: Sequence[Row], edges: Sequence[float], below: Sequence[float] | None = None
) -> list[str]:
    """What a table printed on two pages reads as."""
    pages = (_page(1, upper, edges), _page(2, lower, below or edges))
    return [line.text for line in torn.joined(Source(pages, "application/pdf", "pdf")).lines]


FOUR = (0.0, 100.0, 200.0, 300.0, 400.0)


@pytest.mark.parametrize(
    ("before", "after", "whole"),
    [
        (
            ["20805", "行政事业单位养", "8.20", "8.20"],
            ["", "老支出", "", ""],
            "20805\t行政事业单位养老支出\t8.20\t8.20",
        ),
        (
            ["206 科学", "8.20", "8.20", "0.00"],
            ["技术支出", "", "", ""],
            "206 科学技术支出\t8.20\t8.20\t0.00",
        ),
        (
            ["20805", "行政事业单位养老支出", "8.2", "8.2"],
            ["", "", "0", "0"],
            "20805\t行政事业单位养老支出\t8.20\t8.20",
        ),
        (
            ["20805", "行政事业单位养老支出", "1,118.", "8.20"],
            ["", "", "20", ""],
            "20805\t行政事业单位养老支出\t1,118.20\t8.20",
        ),
        (
            ["77010101T01", "档案库房修", "8.20", "8.20"],
            ["", "缮经费", "", ""],
            "77010101T01\t档案库房修缮经费\t8.20\t8.20",
        ),
        (
            ["770001", "示例市东洲区", "8.2", "8.2"],
            ["", "第三档案馆本级", "0", "0"],
            "770001\t示例市东洲区第三档案馆本级\t8.20\t8.20",
        ),
        (["221", "住房", "8.2", "8.2"], ["02", "", "0", "0"], "22102\t住房\t8.20\t8.20"),
    ],
    ids=[
        "label",
        "label behind its code",
        "figures",
        "figure ending in its point",
        "name of a project",
        "name and figures",
        "code",
    ],
)
def test_a_row_that_a_page_break_cuts_is_one_row(before: Row, after: Row, whole: str) -> None:
    first, last = ["201", "一般公共服务支出", "8.20", "8.20"], ["22103", "城乡社区住宅", "7.10", "7.10"]

    rows = _printed([first, before], [after, last], FOUR)

    assert rows == ["\t".join(first), whole, "\t".join(last)]


def test_a_header_that_a_page_break_cuts_is_read_together() -> None:
    rows = _printed(
        [["科目编码", "科目名称", "合计", "上缴上级"]],
        [["", "", "", "支出"], ["201", "一般公共服务支出", "8.20", "8.20"]],
        FOUR,
    )

    assert rows == ["科目编码\t科目名称\t合计\t上缴上级支出", "201\t一般公共服务支出\t8.20\t8.20"]


def test_pieces_of_a_header_with_other_columns_are_one_grid() -> None:
    rows = _printed(
        [["项目", "本年支出"]],
        [["科目编码", "科目名称", "合计", "基本支出"], ["201", "一般公共服务支出", "8.20", "8.20"]],
        (0.0, 200.0, 400.0),
        FOUR,
    )

    assert rows[0] == "项目\t\t本年支出\t"


@pytest.mark.parametrize(
    "below",
    [
        ["20805", "行政事业单位养老支出", "8.20", "8.20"],
        ["", "合计", "16.40", "16.40"],
        ["", "其他支出", "", ""],
    ],
    ids=["row", "total", "label without figures"],
)
def test_whole_rows_on_both_sides_of_a_page_break_stay_two(below: Row) -> None:
    above = ["201", "一般公共服务支出", "8.20", "8.20"]

    assert _printed([above], [below], FOUR) == ["\t".join(above), "\t".join(below)]


def test_grids_of_other_places_are_never_put_together() -> None:
    rows = _printed(
        [["201", "一般公共服", "8.20", "8.20"]],
        [["", "务支出", "", ""]],
        FOUR,
        (0.0, 90.0, 200.0, 310.0, 420.0),
    )

    assert rows == ["201\t一般公共服\t8.20\t8.20", "\t务支出\t\t"]


def test_a_header_goes_on_with_the_words_it_has_above() -> None:
    rows = _printed(
        [["合计", None, "公务用车购置及运行维护费"], ["预算数", "决算数", "小计"]],
        [["", "", "预算数", "决算数"], ["8.20", "7.10", "8.20", "7.10"]],
        (0.0, 100.0, 200.0, 400.0),
        FOUR,
    )

    assert rows[:3] == ["合计\t\t公务用车购置及运行维护费\t", "预算数\t决算数\t小计\t", "\t\t预算数\t决算数"]
