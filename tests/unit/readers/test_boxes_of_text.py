"""Running text that a Word file or page lays out in a table of one column."""

from __future__ import annotations

from dagster_project.readers.flow import Cell, Flow, Table


def test_paragraphs_in_a_box_are_lines_of_their_own() -> None:
    box = Table([Cell(0, 0, content=["一、收支总体情况", "2024年收支总预算9.00万元。"])])
    flow = Flow()
    flow.table(box)
    assert [line.text for line in flow.lines] == ["一、收支总体情况", "2024年收支总预算9.00万元。"]
    assert not any(line.cells for line in flow.lines)
