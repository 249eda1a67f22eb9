"""Cells are proved by sums that hold, contradicted by sums that fail, never proved by what placed them."""

from __future__ import annotations

import time

from dagster_project.proof.equations import equations, row_equations
from dagster_project.proof.verification import verify
from tests.rules.documents import document

COLUMNS = ["total", "basic", "project"]
TREE = [
    ["", "合计", "30.00", "20.00", "10.00"],
    ["201", "一般公共服务支出", "20.00", "10.00", "10.00"],
    ["20126", "档案事务", "20.00", "10.00", "10.00"],
    ["2012601", "行政运行", "10.00", "10.00", ""],
    ["2012604", "档案馆", "10.00", "", "10.00"],
    ["221", "住房保障支出", "10.00", "10.00", ""],
    ["22102", "住房改革支出", "10.00", "10.00", ""],
    ["2210201", "住房公积金", "10.00", "10.00", ""],
]


def verified(rows, columns=None, form="budget_expenditure"):
    cells = document({form: (columns or COLUMNS, rows)}).cells
    verify(cells)
    return {(cell.code or cell.label, cell.column): cell for cell in cells}


def test_a_form_that_adds_up_proves_every_cell():
    assert {cell.verification for cell in verified(TREE).values()} == {"proved"}


def test_a_cell_counts_the_equations_it_stands_in():
    # its row, its section's sum
    assert verified(TREE)["2012604", "project"].independent_equations == 2


def test_a_sum_that_fails_contradicts_its_cells_and_no_others():
    wrong = [[*row[:4], "15.00"] if row[0] == "2012604" else row for row in TREE]
    cells = verified(wrong)
    assert cells["2012604", "project"].verification == "contradicted"
    assert cells["20126", "project"].verification == "contradicted"
    assert cells["2210201", "total"].verification == "proved"


def test_figures_without_any_sum_are_unchecked():
    assert (
        verified([["2012604", "档案馆", "10.00"]], ["total"])["2012604", "total"].verification == "unchecked"
    )


def test_the_equation_that_placed_a_figure_says_nothing_about_it():
    rows = [["2012604", "档案馆", "10.00", "", "10.00"]]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    cells[1].placement, cells[1].attributes = "arithmetic", {"settled_by": "X-ROW-01"}
    verify(cells)
    assert {(cell.verification, cell.independent_equations) for cell in cells} == {("unchecked", 0)}


def test_another_equation_still_proves_a_placed_figure():
    cells = document({"budget_expenditure": (COLUMNS, TREE)}).cells
    placed = next(cell for cell in cells if (cell.code, cell.column) == ("2012604", "project"))
    placed.placement, placed.attributes = "arithmetic", {"settled_by": "X-ROW-01"}
    verify(cells)
    assert (placed.verification, placed.independent_equations) == ("proved", 1)


def test_a_publishers_error_in_a_placed_row_is_not_absorbed():
    """The row's own sum placed the figure; the section's sum still shows that it is wrong."""
    wrong = [["2012604", "档案馆", "15.00", "", "15.00"] if row[0] == "2012604" else row for row in TREE]
    cells = document({"budget_expenditure": (COLUMNS, wrong)}).cells
    for cell in cells:
        if cell.code == "2012604":
            cell.placement, cell.attributes = "arithmetic", {"settled_by": "X-ROW-01"}
    verify(cells)
    assert {cell.verification for cell in cells if cell.code == "2012604"} == {"contradicted"}


def test_the_equations_of_a_row_come_from_the_rule_files():
    assert ("B-ROW-03", "basic", ((1, "basic_personnel"), (1, "basic_operating"))) in row_equations(
        "budget_general_by_function"
    )


def test_a_document_of_three_hundred_cells_is_verified_in_little_time():
    rows = [
        [f"201{section:02}{item:02}" if item else f"201{section:02}", "科目", "10.00", "5.00", "5.00"]
        for section in range(1, 11)
        for item in range(10)
    ]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    equations(cells)
    best = min(_seconds(cells) for _ in range(5))
    assert best < 0.1


def _seconds(cells) -> float:
    start = time.process_time()
    verify(cells)
    return time.process_time() - start
