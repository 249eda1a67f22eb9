"""Figures recognised from pictures: one misread digit is put right by the sums, or nothing vouches for it."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.money import parse_amount
from dagster_project.proof.digits import Reading, doubt_faint_zeros, doubts, misreadings, settle_digits
from dagster_project.proof.verification import verify
from tests.rules.documents import document

COLUMNS = ["total", "basic", "project"]
TREE = [
    ["", "合计", "387.52", "240.18", "147.34"],
    ["201", "一般公共服务支出", "300.00", "152.66", "147.34"],
    ["20126", "档案事务", "300.00", "152.66", "147.34"],
    ["2012601", "行政运行", "152.66", "152.66", ""],
    ["2012604", "档案馆", "147.34", "", "147.34"],
    ["221", "住房保障支出", "87.52", "87.52", ""],
    ["22102", "住房改革支出", "87.52", "87.52", ""],
    ["2210201", "住房公积金", "60.10", "60.10", ""],
    ["2210203", "购房补贴", "27.42", "27.42", ""],
]
PLACES = [(row, column) for row in range(len(TREE)) for column in range(2, 5) if TREE[row][column]]


def scanned(changes, seen=None):
    """The tree as a scan reads it with ``changes`` ((row, column) → text); every figure is doubted."""
    rows = [[changes.get((i, j), text) for j, text in enumerate(row)] for i, row in enumerate(TREE)]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    doubted = range(len(cells))
    settle_digits(cells, doubted, seen or {})
    verify(cells, doubted)
    return cells


def by_name(cells):
    return {(cell.code or cell.label, cell.column): cell for cell in cells}


def test_a_misread_digit_is_put_right_and_says_so():
    cell = by_name(scanned({(4, 4): "147.84"}))["2012604", "project"]
    assert (cell.amount, cell.placement) == (Decimal("147.34"), "arithmetic")
    assert cell.text_printed == "147.84"
    assert cell.attributes["read_as"] == "147.84"


def test_what_arithmetic_put_right_is_not_proved_by_it():
    cell = by_name(scanned({(4, 4): "147.84"}))["2012604", "project"]
    assert cell.verification == "unchecked"


def test_a_lost_decimal_point_and_a_digit_too_many_are_put_right():
    assert by_name(scanned({(7, 3): "6010"}))["2210201", "basic"].amount == Decimal("60.10")
    assert by_name(scanned({(7, 3): "660.10"}))["2210201", "basic"].amount == Decimal("60.10")


def test_two_misread_figures_of_one_column_are_put_right_together():
    cells = by_name(scanned({(7, 3): "50.10", (3, 3): "152.86"}))
    assert cells["2210201", "basic"].amount == Decimal("60.10")
    assert cells["2012601", "basic"].amount == Decimal("152.66")


def test_a_figure_that_no_single_misreading_explains_stays_contradicted():
    cell = by_name(scanned({(4, 4): "951.80"}))["2012604", "project"]
    assert (cell.amount, cell.verification) == (Decimal("951.80"), "contradicted")


def test_one_equation_alone_changes_nothing_that_the_recogniser_did_not_think_of():
    rows = [["2012604", "档案馆", "12.00", "7.00", "6.00"]]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    assert settle_digits(cells, range(3), {}) == 0


def test_one_equation_is_enough_for_what_the_recogniser_thought_of():
    rows = [["2012604", "档案馆", "12.00", "7.00", "6.00"]]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    for place, cell in enumerate(cells):
        cell.page, cell.bbox = 1, (place, 0, place + 1, 1)
    seen = {(1, cells[2].bbox): Reading(0.7, ("5.00",))}
    assert settle_digits(cells, range(3), seen) == 1
    assert [str(cell.amount) for cell in cells] == ["12.00", "7.00", "5.00"]


def test_figures_given_as_characters_are_never_touched():
    rows = [[*row[:4], "147.84"] if row[0] == "2012604" else row for row in TREE]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    assert settle_digits(cells, (), {}) == 0
    assert {cell.placement for cell in cells} == {"layout"}


def test_rounding_proves_nothing_about_a_recognised_figure():
    rows = [["2012604", "档案馆", "12.01", "6.00", "6.00"]]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    verify(cells)
    assert {cell.verification for cell in cells} == {"proved"}
    verify(cells, range(3))
    assert {cell.verification for cell in cells} == {"unchecked"}


def test_what_no_equation_confirms_is_named():
    cells = document({"budget_expenditure": (["total"], [["2012604", "档案馆", "10.00"]])}).cells
    verify(cells, [0])
    [(form, problem)] = doubts(cells, [0])
    assert (form, problem.kind) == ("budget_expenditure", "unproved_figures")
    assert "2012604" in problem.message
    assert "10.00" in problem.message


def test_a_zero_that_may_be_dust_is_not_proved():
    rows = [["2012604", "档案馆", "12.00", "12.00", "-"]]
    cells = document({"budget_expenditure": (COLUMNS, rows)}).cells
    for place, cell in enumerate(cells):
        cell.page, cell.bbox = 1, (place, 0, place + 1, 1)
    seen = {(1, cell.bbox): Reading(0.4 if cell.amount == 0 else 0.99, ()) for cell in cells}
    doubt_faint_zeros(cells, range(3), seen)
    verify(cells, range(3))
    assert [cell.verification for cell in cells] == ["proved", "proved", "unchecked"]


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(PLACES), number=st.integers(0, 10_000))
def test_a_misread_figure_is_put_right_or_never_proved(place, number):
    printed = TREE[place[0]][place[1]]
    readable = [text for text in misreadings(printed) if (one := parse_amount(text)) and one.amount]
    read = readable[number % len(readable)]
    cells = scanned({place: read})
    truth = {
        (row[0] or row[1], COLUMNS[column]): Decimal(row[column + 2])
        for row in TREE
        for column in range(3)
        if row[column + 2]
    }
    for key, cell in by_name(cells).items():
        assert cell.amount == truth[key] or cell.verification != "proved"
