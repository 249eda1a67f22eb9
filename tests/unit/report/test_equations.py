"""The report shows the signs with which figures make a value, and takes a region from a name without one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dagster_project.report.equations import signs
from dagster_project.report.names import region_of


def figure(text: str, amount: str | None = None, unit: str = "wan") -> dict[str, Any]:
    return {"text_printed": text, "amount": Decimal((amount or text).replace(",", "")), "unit": unit}


def test_figures_that_add_up_are_joined_by_plus() -> None:
    assert signs([figure("2.00"), figure("1.00"), figure("0.50")], Decimal("3.50"), "wan") == ["", "+", "+"]


def test_a_figure_that_is_taken_off_has_a_minus() -> None:
    assert signs([figure("10.00"), figure("1.50"), figure("2.50")], Decimal("9.00"), "wan") == ["", "+", "−"]


def test_a_decrease_printed_without_a_minus_is_added_when_it_is_taken_off() -> None:
    stated = [figure("100.00"), figure("12.00", "-12.00")]

    assert signs(stated, Decimal("112.00"), "wan") == ["", "+"]


def test_figures_in_yuan_are_added_to_figures_in_ten_thousands() -> None:
    assert signs([figure("1.00"), figure("5000", unit="yuan")], Decimal("1.5"), "wan") == ["", "+"]


def test_figures_that_are_divided_or_of_different_kinds_have_no_signs() -> None:
    assert signs([figure("3.00"), figure("6.00")], Decimal(50), "wan") is None
    assert signs([figure("3"), figure("6", unit="persons")], Decimal(9), "wan") is None
    assert signs([], Decimal(0), "wan") is None


@pytest.mark.parametrize(
    ("organisation", "region"),
    [
        ("范本省示例市东洲区档案馆", "范本省示例市东洲区"),
        ("样例市临川新区应急管理局", "样例市临川新区"),
        ("示例市城市管理局", "示例市"),
        ("东洲区城市管理局", "东洲区"),
        ("城市管理局", None),
        ("档案馆", None),
        (None, None),
    ],
)
def test_a_name_begins_with_its_region(organisation: str | None, region: str | None) -> None:
    assert region_of(organisation) == region
