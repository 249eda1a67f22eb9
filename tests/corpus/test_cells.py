"""The cells of real documents' statutory forms, against what people read off them by hand."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from dagster_project.parse import parse

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
TEXTS = sorted((SHARED / "corpus" / "text").glob("*.txt")) if SHARED.is_dir() else []

pytestmark = pytest.mark.skipif(not TEXTS, reason="the real documents (../shared) are not on this machine")

Cell = tuple[str, str, str, str, str, Decimal, str]


def gold(document: Path) -> Counter[Cell]:
    """Form, side, code, label, column, amount and unit of every cell found by hand."""
    with (SHARED / "gold" / f"{document.stem}.csv").open(encoding="utf-8") as file:
        return Counter(
            (r["form"], r["side"], r["code"], r["label"], r["column"], Decimal(r["amount"]), r["unit"])
            for r in csv.DictReader(file)
        )


def read(document: Path) -> Counter[Cell]:
    return Counter(
        (c.form, c.side or "", c.code or "", c.label, c.column, c.amount, c.unit)
        for c in parse(document).cells
    )


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_the_cells_of_each_document_are_read(document: Path) -> None:
    wanted, found = gold(document), read(document)
    common = (wanted & found).total()
    assert common >= 0.99 * wanted.total(), f"missed: {wanted - found}"
    assert common >= 0.99 * found.total(), f"made up: {found - wanted}"


def test_the_cells_of_all_documents_together_are_read() -> None:
    pairs = [(gold(document), read(document)) for document in TEXTS]
    common = sum((wanted & found).total() for wanted, found in pairs)
    assert common >= 0.995 * sum(wanted.total() for wanted, _ in pairs)
    assert common >= 0.995 * sum(found.total() for _, found in pairs)


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_a_document_without_readable_tables_says_so_and_makes_no_form_up(document: Path) -> None:
    parsed = parse(document)
    states = {form.state for form in parsed.forms if not form.form.startswith("perf_")}
    if gold(document):
        assert "read" in states and "unreadable" not in states
    else:
        assert not parsed.cells
        assert states <= {"unreadable", "declared_empty"}
