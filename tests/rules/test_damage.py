"""Documents damaged on purpose: rules notice, and name the figure. `make bench-rules` does it at large."""

from __future__ import annotations

import copy
import itertools
import random
from decimal import Decimal

import pytest

from bench.damage import KINDS, OF_ONE_CELL, Patient, changes
from bench.documents import EVERY_LAYOUT, families, generated
from bench.judging import Bench, Proof, damaged, prove
from bench.rules import alone
from dagster_project.records import DocumentRecord, ParsedDocument, StatementRecord
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


def test_damage_between_documents_is_seen_from_the_others() -> None:
    bench = Bench(list(families(1)), across=True)
    assert bench.found == []
    patients = {patient.document_id: patient for patient in bench.patients()}
    final, unit, stranger = (list(patients.values())[at] for at in (3, 4, -1))
    damages = damaged([final, unit], 2, random.Random(1), ("figure_off", "sentence_changed"))
    damages += damaged([stranger], 1, random.Random(1), ("figures_of_another_body",))
    verdicts = [verdict for verdict in bench.verdicts(damages, patients) if verdict.counts]
    assert len(verdicts) > 4
    assert all(verdict.caught for verdict in verdicts)
    assert {rule[2:5] for verdict in verdicts for rule in verdict.caught_by} >= {"B2F", "D2U", "PLA"}


def test_every_kind_of_damage_changes_its_document_and_no_other() -> None:
    whole = [*generated(4, seed=500), *generated(2, seed=811)]
    untouched = copy.deepcopy(whole)
    made = set()
    for parsed in whole:
        for kind, damages in KINDS.items():
            for damage in itertools.islice(damages(patient(parsed), random.Random(2)), 2):
                assert damage.document_id == parsed.document.document_id
                assert damage.cells or damage.statements or damage.passages or damage.lists
                made.add(kind)
    assert whole == untouched
    assert made >= {"row_doubled", "code_mistyped", "weight_changed", "both_words_left", "declaration_lost"}


def test_generated_documents_are_of_every_layout() -> None:
    names = [parsed.document.document.split("-")[1] for parsed in generated(len(EVERY_LAYOUT))]
    assert names == list(EVERY_LAYOUT)


def test_a_pair_of_counts_that_changed_places_leaves_the_others_of_the_sentence() -> None:
    sentence = "接待3批次，共20人次，其中外宾1批次。"
    said = [
        StatementRecord(
            statement_id=f"s{number}", document_id="d", document="d.txt", item=item, year=2024,
            amount=Decimal(amount), unit=unit, decimals=0, page=None, line=1, context="",
            text_printed=text, sentence=sentence,
        )
        for number, (item, amount, unit, text) in enumerate(
            (("batches", "3", "batches", "3批次"), ("persons", "20", "persons", "20人次"))
        )
    ]  # fmt: skip
    parsed = ParsedDocument(DocumentRecord("d", "d.txt", ""), statements=said)
    damage = next(KINDS["counts_swapped"](patient(parsed), random.Random(1)))
    assert {each.sentence for each in damage.statements.values() if each} == {
        "接待20批次，共3人次，其中外宾1批次。"
    }


def patient(parsed: ParsedDocument) -> Patient:
    slack = {cell.cell_id: Decimal(100) for cell in parsed.cells}
    return Patient(parsed, slack | {said.statement_id: Decimal(0) for said in parsed.statements})


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
