"""Documents damaged on purpose: rules notice, and name the figure. `make bench-rules` does it at large."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from bench.damage import KINDS, OF_ONE_CELL, Patient, changes
from bench.documents import generated
from bench.judging import Proof, prove
from bench.rules import alone
from dagster_project.records import ParsedDocument
from tests.rules.documents import document
from tests.rules.test_states import COLUMNS, TREE

FIGURES = (*OF_ONE_CELL, "neighbour_swapped", "sentence_changed", "percentage_changed", "verb_flipped")


@pytest.fixture(scope="module")
def proof() -> Proof:
    return prove(alone(generated(6, seed=300)), each=2, kinds=FIGURES)


def test_hardly_any_damage_that_an_equation_can_feel_stays_unnoticed(proof: Proof) -> None:
    assert len(proof.felt) > 80
    assert proof.share_caught >= 0.97


def test_the_damaged_figure_is_named_where_it_alone_breaks_several_equations(proof: Proof) -> None:
    assert sum(verdict.sole_suspect for verdict in proof.verdicts) > 30
    assert proof.share_named >= 0.9


def test_documents_whose_figures_agree_raise_no_alarm() -> None:
    assert alone(generated(6, seed=700)).found == []


def patient(parsed: ParsedDocument) -> Patient:
    return Patient(parsed, {cell.cell_id: Decimal(100) for cell in parsed.cells})


@pytest.mark.parametrize("kind", OF_ONE_CELL)
def test_damage_of_one_figure_leaves_all_others_alone(kind: str) -> None:
    whole = patient(document({"budget_expenditure": (COLUMNS, TREE)}))
    found = list(KINDS[kind](whole, random.Random(1)))
    assert found
    for damage in found:
        assert set(damage.cells) == {damage.target} == set(changes(damage, whole))


def test_swapped_neighbours_keep_the_sum_of_their_row() -> None:
    whole = patient(document({"budget_expenditure": (COLUMNS, TREE)}))
    for damage in KINDS["neighbour_swapped"](whole, random.Random(1)):
        assert sum(change.yuan for change in changes(damage, whole).values()) == 0
