"""The same figures arranged otherwise: other columns, codes, units and decimals."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from dagster_project.samples import FAMILIES, Truth, Wish, write
from dagster_project.samples.arrangement import Arrangement
from dagster_project.samples.writer import document_of


def written(arrangement: Arrangement, family: str = "henan", kind: str = "budget") -> Truth:
    return write(Wish(5, 2024, kind, family, "tabs", arrangement=arrangement)).truth


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("split", [True, False])
def test_codes_in_one_cell_or_several_are_the_same_codes(family: str, split: bool) -> None:
    assert Counter(written(Arrangement(split_codes=split), family).cells) == Counter(
        written(Arrangement(), family).cells
    )


def test_split_codes_stand_in_three_cells_under_one_head() -> None:
    wish = Wish(5, 2024, "budget", "central", "tabs", arrangement=Arrangement(split_codes=True))
    table = next(table for table in document_of(wish).tables if table.form == "budget_general_by_function")

    assert [column.header[-1] for column in table.columns[:4]] == ["类", "款", "项", "科目名称"]
    assert {column.header[:2] for column in table.columns[:3]} == {("功能分类科目", "科目编码")}


def test_columns_in_another_order_hold_the_same_figures() -> None:
    mixed = written(Arrangement(shuffled=True))

    assert mixed.cells != written(Arrangement()).cells
    assert Counter(mixed.cells) == Counter(written(Arrangement()).cells)


def test_columns_under_one_head_stay_together() -> None:
    wish = Wish(5, 2024, "budget", "central", "tabs", arrangement=Arrangement(shuffled=True))
    table = next(table for table in document_of(wish).tables if table.form == "budget_three_public")

    groups = [column.header[0] for column in table.columns]
    assert len(dict.fromkeys(groups)) == sum(a != b for a, b in zip(groups, ["", *groups], strict=False))


def test_yuan_are_ten_thousand_times_as_many() -> None:
    ten_thousands = {(c.form, c.code, c.label, c.column): c for c in written(Arrangement(unit="wan")).cells}
    for cell in written(Arrangement(unit="yuan")).cells:
        if cell.unit == "yuan":
            other = ten_thousands[cell.form, cell.code, cell.label, cell.column]
            assert cell.amount == other.amount * 10_000


@pytest.mark.parametrize("decimals", [0, 1, 4, 6])
def test_figures_have_the_decimals_that_were_asked_for(decimals: int) -> None:
    cells = written(Arrangement(decimals=decimals, zero="")).cells

    assert {-int(cell.amount.as_tuple().exponent) for cell in cells if cell.unit == "wan"} == {decimals}


@pytest.mark.parametrize("zero", ["-", "－", "0", "0.00"])
def test_whatever_stands_for_nothing_is_a_printed_zero(zero: str) -> None:
    cells = written(Arrangement(zero=zero)).cells

    assert any(cell.amount == Decimal(0) for cell in cells)


@pytest.mark.parametrize("panels", [2, 3])
def test_the_form_of_basic_expenditure_has_as_many_panels(panels: int) -> None:
    wish = Wish(5, 2024, "final", "central", "tabs", arrangement=Arrangement(panels=panels))
    table = next(
        table for table in document_of(wish).tables if table.form == "final_general_basic_by_economic"
    )

    assert len(table.halves) == panels


def test_overdrawn_accounts_open_the_year_below_zero() -> None:
    truth = write(Wish(8, 2024, "final", "central", "tabs", overdrawn=True)).truth

    assert any(cell.amount < 0 for cell in truth.cells)
