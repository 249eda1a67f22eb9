"""Sheets printed wider than the paper: further columns stand on pages of their own, at the same heights."""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project.forms import strips
from dagster_project.readers.page import GridCell, Line, Page, Source, Word

WIDTH = 600.0
"""Of the page, in points; its columns are 130 wide and begin at 50."""


def page(number: int, rows: Sequence[Sequence[str]], *above: str) -> Page:
    """A page with a grid below lines at its left edge; blank lines stand for none at that height."""
    lines = [
        Line(text, 100 * number + place, number, (50.0, 30.0 + 15 * place, 200.0, 40.0 + 15 * place))
        for place, text in enumerate(above)
        if text
    ]
    for row, texts in enumerate(rows):
        top = 100.0 + 15 * row
        cells = tuple(
            GridCell(text, column, bbox=(50 + 130.0 * column, top, 180 + 130.0 * column, top + 15))
            for column, text in enumerate(texts)
        )
        box = (50.0, top, 50 + 130.0 * len(texts), top + 15)
        lines.append(Line("\t".join(texts), 100 * number + 10 + row, number, box, cells=cells, table=number))
    return Page(number, tuple(lines), WIDTH, 800.0)


def column(number: int, *texts: str) -> Page:
    """A page with one column, for which no grid is drawn; blank texts leave their row blank."""
    lines = []
    for row, text in enumerate(texts):
        box = (50.0, 102.0 + 15 * row, 90.0, 112.0 + 15 * row)
        if text:
            lines.append(Line(text, 100 * number + row, number, box, (Word(text, box),)))
    return Page(number, tuple(lines), WIDTH, 800.0)


def texts(*pages: Page) -> list[str]:
    return [line.text for line in strips.joined(Source(pages, "application/pdf", "pdf")).lines]


FIRST = page(
    1,
    [
        ["科目编码", "科目名称", "合计", "基本支出"],
        ["201", "一般公共服务支出", "9.00", "5.00"],
        ["221", "住房保障支出", "2.00", "2.00"],
    ],
    "支出决",
    "编制单位：示例市档案馆",
)


def test_columns_and_the_rest_of_the_title_stand_behind_those_of_the_page_before() -> None:
    further = page(
        2,
        [["项目支出", "上缴上级支出", "经营支出", "其他"], ["4.00", "", "", ""], [""] * 4],
        "算表",
        "单位：万元",
    )

    assert texts(FIRST, further, column(3, "对附属单位补助支出", "1.00")) == [
        "支出决算表",
        "编制单位：示例市档案馆    单位：万元",
        "科目编码\t科目名称\t合计\t基本支出\t项目支出\t上缴上级支出\t经营支出\t其他\t对附属单位补助支出",
        "201\t一般公共服务支出\t9.00\t5.00\t4.00\t\t\t\t1.00",
        "221\t住房保障支出\t2.00\t2.00\t\t\t\t\t",
    ]


def test_a_page_that_goes_on_below_is_no_strip() -> None:
    begins = page(1, [["科目编码", "合计", "基本支出", "项目支出"], ["201", "9.00", "5.00", "4.00"]] * 2)
    goes_on = page(2, [["208", "3.00", "3.00", ""], *[["221", "2.00", "2.00", ""]] * 3])

    assert len(texts(begins, goes_on)) == 8


def test_another_form_with_as_many_rows_is_no_strip() -> None:
    other = page(
        2, [["部门编码", "合计"], ["770", "9.00"], ["771", "2.00"]], "收入决算表", "编制单位：示例市档案馆"
    )

    assert len(texts(FIRST, other)) == 10


def test_a_table_with_its_own_caption_in_its_grid_is_no_strip() -> None:
    pages = [
        page(
            number,
            [
                [title, "", "", ""],
                [f"公开0{number}表", "", "", ""],
                ["收入", "预算数", "支出", "预算数"],
                ["一、事业收入", "9.00", "一、教育支出", "9.00"],
            ],
        )
        for number, title in ((1, "收支总表"), (2, "财政拨款收支总表"))
    ]
    assert texts(*pages) == [line.text for one in pages for line in one.lines]
