"""Sheets without rules whose columns go on beyond the edge of the paper."""

from __future__ import annotations

from dagster_project.forms import cut_sheets
from dagster_project.readers.page import Line, Page, Source

Placed = tuple[str, float, float]
"""A line's text, its left edge and its top, in points."""


def page(number: int, *texts: Placed) -> Page:
    lines = [
        Line(text, 100 * number + place, number, (left, top, left + 10.0 * len(text), top + 10))
        for place, (text, left, top) in enumerate(texts)
    ]
    return Page(number, tuple(lines), 600.0, 800.0)


ROWS = [("201 1.00", 50.0, 120.0), ("208 2.00", 50.0, 140.0), ("221 3.00", 50.0, 160.0)]
FURTHER = [("4.00", 50.0, 120.0), ("5.00", 50.0, 140.0), ("6.00", 50.0, 160.0)]


def test_a_title_cut_by_the_edge_is_a_problem_and_its_table_is_not_read() -> None:
    first = page(1, ("收入支出决", 500.0, 60.0), *ROWS)
    second = page(2, ("算总表", 50.0, 60.0), *FURTHER)

    found = cut_sheets.refused(Source((first, second), "application/pdf", "pdf"))

    assert found.lines == ()
    assert [(problem.kind, problem.page) for problem in found.problems] == [("cut_sheet", 1)]


def test_a_unit_printed_on_the_next_page_alone_belongs_to_the_sheet_before() -> None:
    first = page(1, ("支出决算表", 300.0, 60.0), ("编制单位：示例市档案馆", 50.0, 80.0), *ROWS)
    second = page(2, ("单位：万元", 50.0, 80.0), *FURTHER)

    assert cut_sheets.refused(Source((first, second), "application/pdf", "pdf")).lines == ()


def test_forms_with_their_own_titles_and_units_are_whole() -> None:
    above = [("编制单位：示例市档案馆", 50.0, 80.0), ("单位：万元", 400.0, 80.0)]
    pages = (
        page(1, ("收入决算表", 300.0, 60.0), *above, *ROWS),
        page(2, ("支出决算表", 300.0, 60.0), *above, *ROWS),
    )

    assert cut_sheets.refused(Source(pages, "application/pdf", "pdf")) == Source(
        pages, "application/pdf", "pdf"
    )
