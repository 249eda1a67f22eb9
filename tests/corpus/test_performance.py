"""Performance forms of real documents, against what people found in them by hand."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from dagster_project.parse import parse
from dagster_project.records import ParsedDocument, ProjectAmountRecord

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
TEXTS = sorted((SHARED / "corpus" / "text").glob("*.txt")) if SHARED.is_dir() else []
PRINTED = ("target", "actual", "score", "prior_year_2", "prior_year_1", "expected")

pytestmark = pytest.mark.skipif(not TEXTS, reason="the real documents (../shared) are not on this machine")

Row = tuple[str, ...]


@cache
def read(document: Path) -> ParsedDocument:
    return parse(document)


def gold(document: Path, part: str) -> list[dict[str, str]]:
    """The rows found by hand in a document."""
    with (SHARED / "gold" / f"{document.stem}.{part}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def plain(text: str | None) -> str:
    """A printed value without white space and thousands separators."""
    return re.sub(r"(?<=\d),(?=\d{3})", "", re.sub(r"\s+", "", text or ""))


def indicator(row: Mapping[str, str | None]) -> Row:
    return tuple(plain(row[name]) for name in ("form", "project", "level3", *PRINTED))


def amounts(rows: Iterable[dict[str, str]]) -> Counter[tuple[str, str, Decimal, str]]:
    return Counter(
        (plain(row["project"]), plain(row["item"]), Decimal(row["amount"]), row["unit"]) for row in rows
    )


def records(found: Iterable[ProjectAmountRecord]) -> Counter[tuple[str, str, Decimal, str]]:
    return Counter((plain(row.project), plain(row.item), row.amount, row.unit) for row in found)


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_the_rows_of_the_performance_forms_are_read_with_every_value(document: Path) -> None:
    wanted = Counter(indicator(row) for row in gold(document, "performance"))
    names = ("form", "project", "level3", *PRINTED)
    found = Counter(
        indicator({name: getattr(record, name) for name in names}) for record in read(document).indicators
    )
    common = (wanted & found).total()
    assert common / wanted.total() >= 0.95, f"missed: {wanted - found}"
    assert common / found.total() >= 0.95, f"made up: {found - wanted}"


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_the_money_of_projects_is_read(document: Path) -> None:
    for part, found in (
        ("project_detail", read(document).project_details),
        ("project_funding", read(document).project_funding),
    ):
        wanted, got = amounts(gold(document, part)), records(found)
        common = (wanted & got).total()
        assert common >= 0.98 * wanted.total(), f"{part} missed: {wanted - got}"
        assert common >= 0.98 * got.total(), f"{part} made up: {got - wanted}"


@pytest.mark.parametrize("document", TEXTS, ids=lambda path: path.stem)
def test_every_row_says_what_it_is_and_where_it_is_printed(document: Path) -> None:
    lines = document.read_text(encoding="utf-8").splitlines()
    horizons = {"long_term", "annual", "funding", "execution", "goal", "project_list", "total"}
    for number, record in enumerate(read(document).indicators, start=1):
        assert record.row_number == number
        assert record.horizon in horizons
        assert record.line is not None
        assert lines[record.line - 1].strip()
