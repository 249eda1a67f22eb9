"""Documents that belong together are compared, and judged again when one of them changes."""

from __future__ import annotations

from datetime import datetime

import duckdb

from dagster_project.reconciliation import links, reconcile
from dagster_project.records import DocumentRecord, ParsedDocument
from dagster_project.staging import insert_parsed
from expectations.rules import load_rules
from tests.rules.laying import lay_form

RULES = tuple(rule for rule in load_rules() if rule.id == "Y-YOY-01")


def final(year: int, opening: str, closing: str, body: str = "示例市档案馆") -> ParsedDocument:
    """A final account of the year with its opening and closing balance."""
    name = f"{body}-{year}"
    parsed = ParsedDocument(DocumentRecord(name, f"{name}.txt", name, "final", year, body, "department"))
    lay_form(parsed, "final_summary.income", ["amount"], [["", "年初结转和结余", opening]])
    lay_form(parsed, "final_summary.expenditure", ["amount"], [["", "年末结转和结余", closing]])
    return parsed


def load(connection: duckdb.DuckDBPyConnection, *documents: ParsedDocument) -> None:
    insert_parsed(connection, documents, load_id="x", loaded_at=datetime(2024, 1, 1))


def state(connection: duckdb.DuckDBPyConnection, document_id: str) -> str:
    rows = connection.execute(
        "SELECT state FROM reconciliation.result WHERE document_id = ?", [document_id]
    ).fetchall()
    assert len(rows) == 1
    return rows[0][0]


def test_a_year_waits_for_the_year_before_and_is_judged_when_that_is_loaded():
    connection = duckdb.connect()
    load(connection, final(2024, "3.00", "1.00"))
    reconcile(connection, rules=RULES)
    assert state(connection, "示例市档案馆-2024") == "not_evaluable"
    load(connection, final(2023, "9.00", "3.00"))
    reconcile(connection, fiscal_years=[2023], rules=RULES)
    assert state(connection, "示例市档案馆-2024") == "pass_exact"


def test_reloading_one_year_judges_the_year_after_again():
    connection = duckdb.connect()
    load(connection, final(2023, "9.00", "3.00"), final(2024, "3.00", "1.00"))
    reconcile(connection, rules=RULES)
    load(connection, final(2023, "9.00", "4.00"))
    reconcile(connection, ["示例市档案馆-2023"], rules=RULES)
    assert state(connection, "示例市档案馆-2024") == "fail"


def test_reloading_one_year_judges_it_against_the_year_before_and_the_year_after_against_it():
    connection = duckdb.connect()
    load(connection, final(2022, "9.00", "5.00"), final(2023, "5.00", "3.00"), final(2024, "3.00", "1.00"))
    reconcile(connection, rules=RULES)
    assert {state(connection, f"示例市档案馆-{year}") for year in (2023, 2024)} == {"pass_exact"}
    load(connection, final(2023, "6.00", "4.00"))
    judged = reconcile(connection, fiscal_years=[2023], rules=RULES)
    assert [state(connection, f"示例市档案馆-{year}") for year in (2023, 2024)] == ["fail", "fail"]
    assert judged.documents == 3
    load(connection, final(2022, "9.00", "6.00"))
    reconcile(connection, fiscal_years=[2022], rules=RULES)
    assert [state(connection, f"示例市档案馆-{year}") for year in (2023, 2024)] == ["pass_exact", "fail"]


def test_a_finding_of_the_year_after_goes_when_the_year_it_is_compared_with_is_corrected():
    connection = duckdb.connect()
    load(connection, final(2023, "9.00", "4.00"), final(2024, "3.00", "1.00"))
    reconcile(connection, rules=RULES)
    found = "SELECT document_id FROM reconciliation.finding"
    assert connection.execute(found).fetchall() == [("示例市档案馆-2024",)]
    load(connection, final(2023, "9.00", "3.00"))
    reconcile(connection, fiscal_years=[2023], rules=RULES)
    assert connection.execute(found).fetchall() == []


def test_a_year_that_is_taken_out_leaves_nothing_to_compare_with():
    connection = duckdb.connect()
    load(connection, final(2023, "9.00", "3.00"), final(2024, "3.00", "1.00"))
    reconcile(connection, rules=RULES)
    for table in ("document", "form", "cell"):
        connection.execute(f"DELETE FROM staging.{table} WHERE document_id = '示例市档案馆-2023'")
    reconcile(connection, [], rules=RULES)
    assert state(connection, "示例市档案馆-2024") == "not_evaluable"


def test_bodies_are_matched_by_name_and_by_no_likeness():
    connection = duckdb.connect()
    load(connection, final(2023, "9.00", "3.00"), final(2024, "5.00", "1.00", "示例市档案局"))
    assert links.find(connection) == []


def test_the_own_office_of_a_department_bears_its_name():
    assert links.body_of("示例市档案局（本级）") == links.body_of("示例市档案局")
