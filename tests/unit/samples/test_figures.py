"""The figures that samples are made of reconcile by construction, whatever the seed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.samples.figures import Figures, Grains, figures

SEEDS = st.integers(min_value=0, max_value=5_000)
YEARS = st.integers(min_value=2018, max_value=2030)
KINDS = st.sampled_from(["budget", "final"])
PLACES = st.sampled_from([Decimal("0.01"), Decimal(1), Decimal(100)])
GRAINS = st.builds(Grains, PLACES, PLACES)


@given(SEEDS, YEARS, KINDS, GRAINS)
def test_basic_expenditure_is_the_same_by_function_and_by_economic_account(
    seed: int, year: int, kind: str, grains: Grains
) -> None:
    drawn = figures(seed, year, kind, grains=grains)

    assert drawn.total("personnel") == drawn.economic_total("301") + drawn.economic_total("303")
    assert drawn.total("operating") == drawn.economic_total("302") + drawn.economic_total("310")


@given(SEEDS, YEARS, KINDS, GRAINS)
def test_projects_add_up_to_project_expenditure(seed: int, year: int, kind: str, grains: Grains) -> None:
    drawn = figures(seed, year, kind, grains=grains)

    assert sum(project.total for project in drawn.projects) == drawn.total("projects")


@given(SEEDS, YEARS, KINDS)
def test_income_and_opening_balance_pay_for_expenditure_and_closing_balance(
    seed: int, year: int, kind: str
) -> None:
    drawn = figures(seed, year, kind)

    income = drawn.total("general_income", "fund", "undertaking", "other", "opening")
    assert income == drawn.total("total", "closing")


@given(SEEDS, YEARS, KINDS)
def test_every_class_is_the_sum_of_its_items(seed: int, year: int, kind: str) -> None:
    drawn = figures(seed, year, kind)

    for code in drawn.codes():
        below = [line.total for line in drawn.lines if line.code.startswith(code)]
        assert drawn.of_class(code, "total") == sum(below)


@given(st.integers(min_value=0, max_value=300).map(lambda number: number * 3), KINDS)
def test_a_department_is_the_sum_of_its_units(seed: int, kind: str) -> None:
    department = figures(seed, 2024, kind)

    assert len(department.parts) == 2
    assert department.total("total") == sum(part.total("total") for part in department.parts)
    assert department.three_public == sum(part.three_public for part in department.parts)


@given(SEEDS, YEARS, GRAINS)
def test_a_year_opens_with_what_the_year_before_closed_with(seed: int, year: int, grains: Grains) -> None:
    before, after = (
        figures(seed, year - 1, "final", grains=grains),
        figures(seed, year, "final", grains=grains),
    )

    assert {line.code: line.opening for line in after.lines if line.opening} == {
        line.code: line.closing for line in before.lines if line.closing
    }


@given(SEEDS, YEARS, GRAINS)
def test_a_budget_carries_over_no_more_than_was_left(seed: int, year: int, grains: Grains) -> None:
    before, budget = (
        figures(seed, year - 1, "final", grains=grains),
        figures(seed, year, "budget", grains=grains),
    )

    for line in before.lines:
        carried = sum(project.carried for project in budget.projects if project.function == line.code)
        assert budget.of_class(line.code, "opening") == carried <= line.closing


def test_equal_seeds_give_equal_figures() -> None:
    assert figures(7, 2024, "final") == figures(7, 2024, "final")


def test_amounts_are_exact_and_never_negative() -> None:
    drawn = figures(11, 2023, "final")

    assert all(isinstance(amount, Decimal) and amount >= 0 for amount in _amounts(drawn))


@pytest.mark.parametrize("kind", ["budget", "final"])
def test_two_years_of_one_body_are_alike(kind: str) -> None:
    earlier, later = figures(5, 2023, kind), figures(5, 2024, kind)

    ratio = later.total("total") / earlier.total("total")
    assert Decimal("0.7") < ratio < Decimal("1.4")


def _amounts(drawn: Figures) -> list[Decimal]:
    names = ("personnel", "operating", "project", "fund", "other", "opening", "closing", "general_income")
    return [getattr(line, name) for line in drawn.lines for name in names] + list(drawn.economic.values())
