"""What the prose of real documents states, against what people found in it by hand."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest

from dagster_project.parse import parse
from dagster_project.records import StatementRecord

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
TEXTS = sorted((SHARED / "corpus" / "text").glob("*.txt")) if SHARED.is_dir() else []
VOCABULARY = SHARED / "design" / "narrative_items.csv"

pytestmark = pytest.mark.skipif(not TEXTS, reason="the real documents (../shared) are not on this machine")

Figure = tuple[int, Decimal, str]


def gold(document: Path) -> list[dict[str, str]]:
    """The statements found by hand in a document."""
    with (SHARED / "gold" / f"{document.stem}.narrative.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def figures(rows: Iterable[dict[str, str]]) -> Counter[Figure]:
    return Counter((int(row["year"]), Decimal(row["amount"]), row["unit"]) for row in rows)


def read(document: Path) -> list[StatementRecord]:
    return parse(document).statements


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_the_figures_of_the_prose_are_found_and_hardly_any_others(document: Path) -> None:
    wanted = figures(gold(document))
    found = Counter((row.year, row.amount, row.unit) for row in read(document))
    common = (wanted & found).total()
    assert common / wanted.total() >= 0.95, f"missed: {wanted - found}"
    assert common / found.total() >= 0.9, f"made up: {found - wanted}"


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_the_figures_that_rules_ask_for_bear_their_key(document: Path) -> None:
    with VOCABULARY.open(encoding="utf-8") as file:
        known = {row["item"] for row in csv.DictReader(file) if "<" not in row["item"]}
    wanted = Counter(
        (row["item"], int(row["year"]), Decimal(row["amount"]))
        for row in gold(document)
        if row["item"] in known
    )
    found = Counter((row.item, row.year, row.amount) for row in read(document))
    assert (wanted & found).total() / wanted.total() >= 0.97, f"missed: {wanted - found}"


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_every_statement_shows_where_it_is_printed(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    for row in read(document):
        assert row.line is not None
        digits = row.text_printed.rstrip("万亿元%％人次名辆台（）()套个家批分项")
        around = "".join("".join(lines[row.line - 1 : row.line + 4]).split())
        assert digits in around
        assert row.text_printed in row.sentence
        assert len(row.context) <= 20
