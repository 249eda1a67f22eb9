"""Written documents: equal wishes, equal texts; truth is what is printed; errors are where they were put."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from dagster_project.samples import FAMILIES, LAYOUTS, Wish, Written, write
from dagster_project.samples.collection import SAMPLES, many, sample_document
from dagster_project.samples.errors import dropped_row, misprint

PROJECT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("kind", ["budget", "final"])
def test_every_figure_of_the_truth_is_printed(family: str, layout: str, kind: str) -> None:
    written = write(Wish(8, 2024, kind, family, layout))

    printed = re.sub(r"\s", "", written.text)
    for cell in written.truth.cells:
        if cell.unit in ("wan", "yuan") and cell.amount:
            assert f"{cell.amount:,f}" in printed or f"{cell.amount:f}" in printed
    assert len(written.truth.cells) > 100


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"worn"}))
def test_all_layouts_print_the_same_truth(layout: str) -> None:
    one = write(Wish(4, 2024, "final", "central", "tabs")).truth
    other = write(Wish(4, 2024, "final", "central", layout)).truth

    assert other.cells == one.cells
    assert other.statements == one.statements


def test_worn_tables_cut_labels_but_lose_no_figure() -> None:
    whole = write(Wish(5, 2024, "final", "wuhan", "tabs")).truth.cells
    cut = write(Wish(5, 2024, "final", "wuhan", "worn")).truth.cells

    assert [(c.form, c.code, c.column, c.amount) for c in cut] == [
        (c.form, c.code, c.column, c.amount) for c in whole
    ]
    assert {c.label for c in cut} - {c.label for c in whole} == {
        "机关事业单位基本养老保",
        "机关事业单位职业年金缴",
    }


def test_other_words_for_titles_and_headers_mean_the_same_figures() -> None:
    plain = write(Wish(2, 2024, "budget", "central", "tabs"))
    varied = write(Wish(2, 2024, "budget", "central", "tabs", varied=True))

    assert varied.truth.cells == plain.truth.cells
    assert varied.text != plain.text


def test_a_form_without_figures_is_declared_empty() -> None:
    written = write(Wish(1, 2024, "budget", "wuhan", "tabs"))

    assert written.truth.forms["budget_state_capital"] == "declared_empty"
    assert "没有安排国有资本经营预算支出" in written.text


def test_printed_zeros_are_cells_and_blanks_are_not() -> None:
    blank = write(Wish(1, 2024, "budget", "wuhan", "tabs")).truth.cells
    zeros = write(Wish(1, 2024, "budget", "wuhan", "tabs", zeros=True)).truth.cells

    assert not [cell for cell in blank if not cell.amount]
    assert len(zeros) > len(blank)


def test_districts_of_shanghai_print_yuan_but_the_three_public_form_in_wan() -> None:
    cells = write(Wish(2, 2024, "budget", "shanghai", "aligned")).truth.cells

    assert {cell.unit for cell in cells if cell.form == "budget_expenditure"} == {"yuan"}
    assert {cell.unit for cell in cells if cell.form == "budget_three_public"} == {"wan"}


def test_a_unit_is_named_after_itself_and_prints_less_than_its_department() -> None:
    department = write(Wish(3, 2024, "budget", "wuhan", "tabs")).truth
    unit = write(Wish(3, 2024, "budget", "wuhan", "tabs", part=1)).truth

    assert unit.edition == "unit"
    assert unit.organisation != department.organisation
    assert _total(unit.cells) < _total(department.cells)


def test_a_misprint_changes_one_printed_figure_and_the_truth_with_it() -> None:
    clean = write(Wish(3, 2024, "final", "wuhan", "tabs"))
    change = misprint("final_expenditure", "2040605", "project", add=Decimal("9.00"))
    wrong = write(Wish(3, 2024, "final", "wuhan", "tabs", changes=(change,)))

    differing = set(wrong.truth.cells) ^ set(clean.truth.cells)
    assert {cell.column for cell in differing} == {"project"}
    assert sum(a != b for a, b in zip(clean.text.split("\n"), wrong.text.split("\n"), strict=True)) == 1


def test_the_initial_budget_of_a_final_account_is_what_the_budget_printed_rounded() -> None:
    budget = write(Wish(2, 2024, "budget", "zhejiang", "tabs")).truth.cells
    final = write(Wish(2, 2024, "final", "zhejiang", "tabs"))

    printed = next(
        cell.amount
        for cell in budget
        if (cell.form, cell.label, cell.column) == ("budget_general_by_function", "合计", "total")
    )
    assert f"年初预算{printed.quantize(Decimal('0.01'), ROUND_HALF_UP)}万元" in final.text


def test_prose_that_misremembers_the_year_before_agrees_with_itself() -> None:
    right = write(Wish(3, 2024, "budget", "wuhan", "tabs"))
    wrong = write(
        Wish(
            3,
            2024,
            "budget",
            "wuhan",
            "tabs",
            misremembered=(("general.expenditure.amount", Decimal("12.00")),),
        )
    )

    def stated(written: Written, item: str) -> Decimal:
        return next(s.amount for s in written.truth.statements if s.item == item)

    item = "general.expenditure"
    assert stated(wrong, f"{item}.amount") == stated(right, f"{item}.amount")
    change = stated(right, f"{item}.change_amount") - stated(wrong, f"{item}.change_amount")
    assert change == Decimal("12.00")
    assert stated(wrong, f"{item}.change_pct") != stated(right, f"{item}.change_pct")


def test_an_account_that_opens_with_more_took_less_income() -> None:
    right = write(Wish(8, 2024, "final", "beijing", "tabs")).truth.cells
    wrong = write(
        Wish(8, 2024, "final", "beijing", "tabs", reopened=(("2110301", Decimal(65_000)),))
    ).truth.cells

    moved = {
        cell.label: cell.amount - other.amount
        for cell, other in zip(wrong, right, strict=True)
        if cell.form == "final_summary" and cell.column == "amount" and cell.amount != other.amount
    }
    assert moved == {
        "一般公共预算财政拨款收入": Decimal("-6.50"),
        "本年收入合计": Decimal("-6.50"),
        "年初结转和结余": Decimal("6.50"),
    }


def test_a_dropped_row_is_neither_printed_nor_expected() -> None:
    change = dropped_row("final_general_by_function", "2210203")
    wrong = write(Wish(3, 2024, "final", "wuhan", "tabs", changes=(change,)))

    kept = [c for c in wrong.truth.cells if c.form == "final_general_by_function" and c.code == "2210203"]
    assert not kept


def test_an_error_that_the_document_has_no_place_for_is_refused() -> None:
    with pytest.raises(ValueError, match="no row 9999999"):
        write(Wish(3, 2024, "final", "wuhan", "tabs", changes=(dropped_row("final_income", "9999999"),)))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.path)
def test_committed_samples_are_what_the_writer_writes(sample) -> None:  # type: ignore[no-untyped-def]
    committed = PROJECT / "raw" / "samples" / sample.path

    assert committed.read_bytes() == sample_document(sample).content, "run: make samples"


def test_there_is_no_other_document_among_the_samples() -> None:
    folder = PROJECT / "raw" / "samples"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    assert found - {"README.md"} == {sample.path for sample in SAMPLES}


def test_many_documents_have_different_paths_and_texts() -> None:
    documents = list(many(24))

    assert len({path for path, _ in documents}) == 24
    assert len({written.text for _, written in documents}) == 24


def _total(cells) -> Decimal:  # type: ignore[no-untyped-def]
    return next(
        c.amount for c in cells if (c.form, c.label, c.column) == ("budget_expenditure", "合计", "total")
    )
