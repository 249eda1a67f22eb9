"""What became of a finding when the publisher published anew."""

from __future__ import annotations

from datetime import datetime

import duckdb

from dagster_project.reconciliation import reconcile
from dagster_project.records import ParsedDocument
from dagster_project.staging import insert_parsed
from tests.rules.documents import document, findings, judged
from tests.rules.test_states import COLUMNS, with_cell

FIRST, SECOND = "2024-02-01/预算.txt", "2024-03-01/预算.txt"


def published(name: str, on: str, code: str = "2012604", text: str = "15.00") -> ParsedDocument:
    parsed = document({"budget_expenditure": (COLUMNS, with_cell(code, "project", text))}, name=name)
    parsed.document.published_on = on
    parsed.document.edition = "department"
    return parsed


def statuses(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in findings(connection):
        found.setdefault(row["document"], []).append(row["version_status"])
    return found


def test_a_finding_that_the_next_version_repeats_is_still_there() -> None:
    connection = judged(published(FIRST, "2024-02-01"), published(SECOND, "2024-03-01"), by=("X-ROW-01",))
    assert statuses(connection) == {FIRST: ["new"], SECOND: ["still_there"]}
    first, second = sorted(findings(connection), key=lambda row: row["document"])
    assert second["earlier_finding_id"] == first["finding_id"]


def test_a_finding_that_the_next_version_mends_is_corrected() -> None:
    connection = judged(
        published(FIRST, "2024-02-01"), published(SECOND, "2024-03-01", text="10.00"), by=("X-ROW-01",)
    )
    assert statuses(connection) == {FIRST: ["corrected"]}


def test_what_changed_from_version_to_version_says_nothing_of_an_error_and_its_correction() -> None:
    versions = [
        published(FIRST, "2024-02-01", text="10.00"),
        published(SECOND, "2024-03-01", "201", "12.00"),
        published("2024-04-01/预算.txt", "2024-04-01", text="10.00"),
    ]
    found = findings(judged(*versions, by=("X-ROW-01", "Y-YOY-10")))
    status = {(row["document"][:7], row["rule_id"]): row["version_status"] for row in found}
    assert status == {
        ("2024-03", "X-ROW-01"): "corrected",
        ("2024-04", "Y-YOY-10"): "new",
    }


def test_another_error_in_the_next_version_is_new() -> None:
    connection = judged(
        published(FIRST, "2024-02-01"), published(SECOND, "2024-03-01", "201", "12.00"), by=("X-ROW-01",)
    )
    assert statuses(connection) == {FIRST: ["corrected"], SECOND: ["new"]}


def test_a_file_that_is_replaced_keeps_what_is_still_there() -> None:
    connection = judged(published("甲", "2024-02-01"))
    replaced = published("乙", "2024-02-01")
    replaced.document.document = "甲"
    insert_parsed(connection, [replaced], load_id="load-2", loaded_at=datetime(2024, 2, 1))
    connection.execute("DELETE FROM staging.document WHERE document_id = '甲'")
    for _ in range(2):
        reconcile(connection, ["乙"])
        assert {row["version_status"] for row in findings(connection)} == {"still_there"}
