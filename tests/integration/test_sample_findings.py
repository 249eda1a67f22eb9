"""The samples hold the errors that their README names: the rules find these, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.parse import parse
from dagster_project.reconciliation import reconcile
from dagster_project.samples.collection import SAMPLES
from dagster_project.staging import insert_parsed

FOLDER = Path(__file__).resolve().parents[2] / "raw" / "samples"
ERRORS = {
    ("justice/2024-budget.txt", Decimal("9.00")),
    ("justice/2024-final.txt", Decimal("23.82")),
    ("justice/2023-final.txt", Decimal("10.00")),
    ("ecology/2024-final.pdf", Decimal("30.00")),
    ("education/2024-final.txt", Decimal("20.00")),
    ("education/2024-final.txt", Decimal("0.50")),
}
"""Document, and by how much its figures disagree (万元), as ``raw/samples/README.md`` says."""

BETWEEN_DOCUMENTS = {
    ("Y-YOY-01", "ecology/2024-final.pdf", Decimal("6.50")),
    ("Y-YOY-03", "justice/2024-budget.txt", Decimal("12.00")),
    ("X-B2F-03", "market/2024-final.html", Decimal("0.80")),
}
"""Rule, document, and by how much its figures disagree with those of another document."""


@pytest.fixture(scope="module")
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        parsed = [parse(FOLDER / sample.path, document=sample.path) for sample in SAMPLES]
        insert_parsed(connection, parsed, load_id="test", loaded_at=datetime(2026, 1, 1))
        reconcile(connection)
        yield connection


def test_the_rules_find_every_error_of_the_readme_and_no_other(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute("select rule_id, document, difference from reconciliation.finding").fetchall()
    within = {(document, abs(difference)) for rule, document, difference in found if not _between(rule)}

    assert within == ERRORS


def test_the_rules_find_what_contradicts_another_document(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.execute("select rule_id, document, difference from reconciliation.finding").fetchall()
    between = {
        (rule, document, abs(difference).quantize(Decimal("0.01")))
        for rule, document, difference in found
        if _between(rule)
    }

    assert between == BETWEEN_DOCUMENTS


def _between(rule: str) -> bool:
    return rule.startswith(("Y-", "X-B2F", "X-D2U"))


def test_the_figure_that_is_wrong_is_accused_not_one_that_it_belongs_to(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    accused = warehouse.execute(
        """select rule_id, key, "column", stated, expected from reconciliation.finding
        where document = 'education/2024-final.txt' and form = 'final_expenditure'"""
    ).fetchall()

    assert accused == [("X-ROW-01", "2050201", "project", Decimal("144.57"), Decimal("164.57"))]


def test_nothing_of_the_samples_stays_unread(warehouse: duckdb.DuckDBPyConnection) -> None:
    problems = warehouse.execute(
        "select document, message from staging.problem where severity <> 'info'"
    ).fetchall()

    assert problems == []


def test_nearly_every_figure_of_the_samples_is_proved(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = warehouse.execute(
        "select count(*) filter (verification = 'proved') / count(*) from staging.cell"
    ).fetchone()

    assert row is not None and row[0] > 0.9
