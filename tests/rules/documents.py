"""Small documents for the tests of rules, findings and proof, judged in a database in memory."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import duckdb

from dagster_project.reconciliation import reconcile
from dagster_project.records import DocumentRecord, FormRecord, ParsedDocument
from dagster_project.staging import insert_parsed
from expectations.rules import load_rules
from tests.rules.laying import lay_form, lay_statement

Rows = list[list[str]]


def document(
    forms: dict[str, tuple[list[str], Rows]] | None = None,
    statements: list[Any] | None = None,
    *,
    name: str = "示例.txt",
    kind: str = "budget",
    states: dict[str, str] | None = None,
    unit: str = "wan",
) -> ParsedDocument:
    """A document of 示例市档案馆; a form: its columns and rows (code, label, one text a column)."""
    parsed = ParsedDocument(DocumentRecord(name, name, name, kind, 2024, "示例市档案馆"))
    for place, (columns, rows) in (forms or {}).items():
        lay_form(parsed, place, columns, rows, unit)
    for form, state in (states or {}).items():
        parsed.forms.append(FormRecord(name, name, form, None, None, None, None, state))
    for position, statement in enumerate(statements or []):
        parsed.statements.append(lay_statement(parsed.document, position, statement))
    return parsed


def judged(*documents: ParsedDocument, by: tuple[str, ...] = ()) -> duckdb.DuckDBPyConnection:
    """A database with these documents in staging and their reconciliation, by all rules or those named."""
    rules = tuple(rule for rule in load_rules() if rule.id in by) or None
    connection = duckdb.connect()
    insert_parsed(connection, documents, load_id="load-1", loaded_at=datetime(2024, 1, 1))
    reconcile(connection, rules=rules)
    return connection


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    """The rows of a query as dictionaries."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def states(connection: duckdb.DuckDBPyConnection, rule_id: str) -> list[str]:
    """The states of one rule's results, sorted."""
    found = rows(connection, f"SELECT state FROM reconciliation.result WHERE rule_id = '{rule_id}'")
    return sorted(row["state"] for row in found)


def findings(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """All findings, by rule."""
    return rows(connection, "SELECT * FROM reconciliation.finding ORDER BY rule_id, key")
