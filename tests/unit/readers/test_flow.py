"""Rows of grids: whatever cells a format places, each row is whole and each text stands once."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.readers.flow import Cell, Flow, Placed, Table, grid_rows, joined, row_text

SPANS = st.integers(min_value=1, max_value=4)
CELLS = st.lists(
    st.builds(
        Placed,
        row=st.integers(min_value=0, max_value=6),
        column=st.integers(min_value=0, max_value=6),
        text=st.sampled_from(["", "甲", "乙", "1.00"]),
        rows=SPANS,
        columns=SPANS,
    ),
    max_size=25,
)


@settings(deadline=None)
@given(CELLS)
def test_every_place_of_a_grid_belongs_to_one_cell(cells: list[Placed]) -> None:
    rows = grid_rows(cells)
    places = Counter(
        (number + down, cell.column + across)
        for number, row in enumerate(rows)
        for cell in row
        for down in range(cell.rows)
        for across in range(cell.columns)
    )
    width = max((cell.column + cell.columns for row in rows for cell in row), default=0)
    assert set(places.values()) <= {1}
    assert set(places) == {(row, column) for row in range(len(rows)) for column in range(width)}


@settings(deadline=None)
@given(CELLS)
def test_a_text_stands_in_one_row_and_no_row_or_column_is_blank(cells: list[Placed]) -> None:
    rows = grid_rows(cells)
    width = max((cell.column + cell.columns for row in rows for cell in row), default=0)
    shown = Counter(cell.text for row in rows for cell in row if cell.text)
    assert not shown - Counter(cell.text for cell in cells)
    assert bool(shown) == any(cell.text for cell in cells)
    assert all(row_text(row, width).count("\t") == width - 1 for row in rows)
    assert all(any(cell.column == column for row in rows for cell in row) for column in range(width))


def test_a_column_goes_with_the_blank_row_that_alone_began_it() -> None:
    cells = [Placed(0, 0, "合计", columns=2), Placed(1, 0, ""), Placed(1, 1, "")]

    assert [[(cell.text, cell.column, cell.columns) for cell in row] for row in grid_rows(cells)] == [
        [("合计", 0, 1)]
    ]


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ("一般公共\n预算", "一般公共预算"),
        ("1,477.\n88", "1,477.88"),
        ("1,477,\n880", "1,477,880"),
        ("A-1\nB-2", "A-1 B-2"),
        ("  教育 \u3000\r\n\r\n支出\t", "教育支出"),
        ("项目\u200b1\x07", "项目1"),
    ],
)
def test_lines_of_a_cell_are_one_text(lines: str, text: str) -> None:
    assert joined(lines) == text


def test_lines_and_grids_are_numbered_through_the_document() -> None:
    flow = Flow(page=3, before=10, tables=2)
    flow.paragraph("前\n后")
    flow.table(Table([Cell(0, 0, content=["合计"]), Cell(0, 1, content=["1.00"])]))
    assert [(line.number, line.page, line.table) for line in flow.lines] == [
        (11, 3, None),
        (12, 3, None),
        (13, 3, 3),
    ]
