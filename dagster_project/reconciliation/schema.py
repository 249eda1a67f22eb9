"""Tables of the schema ``reconciliation``: a contract towards dbt, the checks and every consumer.

``rule``: one row a rule file. ``result``: rule × document × instance, passed ones too; a rule without an
instance in a document has exactly one row there that says why (``not_applicable``, ``not_evaluable``).
``link``: which documents were compared with which. ``waiver``: findings that a person accepted.
``finding``: one row a root cause of failing results. Amounts are in the printed unit of the stated figure.
"""

from __future__ import annotations

from typing import Final

import duckdb

STATES: Final = (
    "pass_exact",
    "pass_rounding",
    "pass_plug",
    "fail",
    "explained",
    "not_applicable",
    "not_evaluable",
)
"""Every state a result can have (catalogue of rules, section 1)."""

RULE_COLUMNS: Final = {
    "rule_id": "VARCHAR NOT NULL",
    "rule_version": "INTEGER NOT NULL",
    "tier": "INTEGER NOT NULL",
    "family": "VARCHAR NOT NULL",
    "scope": "VARCHAR NOT NULL",
    "severity": "VARCHAR NOT NULL",
    "title_zh": "VARCHAR NOT NULL",
    "title_en": "VARCHAR NOT NULL",
    "formula": "VARCHAR NOT NULL",
    "formula_en": "VARCHAR NOT NULL",
    "basis": "VARCHAR NOT NULL",
    "tolerance_kind": "VARCHAR NOT NULL",
    "file": "VARCHAR NOT NULL",
}

RESULT_COLUMNS: Final = {
    "result_id": "VARCHAR NOT NULL",
    "rule_id": "VARCHAR NOT NULL",
    "rule_version": "INTEGER NOT NULL",
    "document_id": "VARCHAR NOT NULL",
    "document": "VARCHAR NOT NULL",
    "fiscal_year": "INTEGER",
    "form": "VARCHAR",
    "key": "VARCHAR",
    "column": "VARCHAR",
    "left_value": "DECIMAL(20,6)",
    "right_value": "DECIMAL(20,6)",
    "difference": "DECIMAL(20,6)",
    "tolerance": "DECIMAL(20,6)",
    "unit": "VARCHAR",
    "terms": "INTEGER",
    "state": "VARCHAR NOT NULL",
    "reason": "VARCHAR",
    "independent": "BOOLEAN",
    "left_cells": "VARCHAR[]",
    "right_cells": "VARCHAR[]",
}
"""``left_cells`` and ``right_cells`` hold ``cell_id`` of cells or ``statement_id`` of stated figures."""

FINDING_COLUMNS: Final = {
    "finding_id": "VARCHAR NOT NULL",
    "rule_id": "VARCHAR NOT NULL",
    "rule_version": "INTEGER NOT NULL",
    "severity": "VARCHAR NOT NULL",
    "document_id": "VARCHAR NOT NULL",
    "document": "VARCHAR NOT NULL",
    "fiscal_year": "INTEGER",
    "organisation": "VARCHAR",
    "form": "VARCHAR",
    "key": "VARCHAR",
    "column": "VARCHAR",
    "cell_id": "VARCHAR",
    "stated": "DECIMAL(20,6)",
    "expected": "DECIMAL(20,6)",
    "difference": "DECIMAL(20,6)",
    "unit": "VARCHAR",
    "page": "INTEGER",
    "line": "INTEGER",
    "bbox": "DOUBLE[4]",
    "text_printed": "VARCHAR",
    "sentence": "VARCHAR",
    "diagnosis": "VARCHAR",
    "cause": "VARCHAR NOT NULL",
    "cause_reason": "VARCHAR NOT NULL",
    "cause_reason_zh": "VARCHAR NOT NULL",
    "message_zh": "VARCHAR NOT NULL",
    "message_en": "VARCHAR NOT NULL",
    "related": "INTEGER NOT NULL",
    "related_results": "VARCHAR[] NOT NULL",
    "waived": "BOOLEAN NOT NULL",
    "waiver_reason": "VARCHAR",
    "waived_by": "VARCHAR",
    "waived_on": "DATE",
    "version_status": "VARCHAR NOT NULL",
    "earlier_finding_id": "VARCHAR",
    "load_id": "VARCHAR",
}
"""``cell_id`` is the figure that is accused (of a form or of the text); ``diagnosis`` the one change that
explains all failures (catalogue of rules, section 5). ``related`` counts the other failing results of the
same cause; ``related_results`` names them all. ``earlier_finding_id``: the same finding in the version of the
document that was published before."""

LINK_COLUMNS: Final = {
    "document_id": "VARCHAR NOT NULL",
    "role": "VARCHAR NOT NULL",
    "other_id": "VARCHAR NOT NULL",
}
"""``other_id``: the document that ``role`` names, seen from ``document_id``."""

WAIVER_COLUMNS: Final = {
    "line": "INTEGER NOT NULL",
    "document": "VARCHAR NOT NULL",
    "rule_id": "VARCHAR NOT NULL",
    "form": "VARCHAR",
    "key": "VARCHAR",
    "column": "VARCHAR",
    "stated": "DECIMAL(20,6)",
    "expected": "DECIMAL(20,6)",
    "reason": "VARCHAR NOT NULL",
    "name": "VARCHAR NOT NULL",
    "waived_on": "DATE NOT NULL",
    "state": "VARCHAR NOT NULL",
    "finding_id": "VARCHAR",
}
"""``line``: where the waiver begins in ``raw/waivers.yaml``. ``state``: ``holds``; ``figures_changed`` (a
finding of the same rule and place, with other figures); ``no_finding`` (the document is there, and nothing of
the kind is found); ``no_document``."""

TABLES: Final = {
    "link": LINK_COLUMNS,
    "rule": RULE_COLUMNS,
    "result": RESULT_COLUMNS,
    "finding": FINDING_COLUMNS,
    "waiver": WAIVER_COLUMNS,
}


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the schema ``reconciliation`` and its empty tables where they do not exist.

    A table that another version of the project wrote with other columns is made anew: every document is
    judged again then.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS reconciliation")
    for table, columns in TABLES.items():
        if _columns(connection, table) not in ([], list(columns)):
            connection.execute(f"DROP TABLE reconciliation.{table}")
        body = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        connection.execute(f"CREATE TABLE IF NOT EXISTS reconciliation.{table} ({body})")


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    rows = connection.execute(
        """SELECT column_name FROM duckdb_columns() WHERE database_name = current_database()
        AND schema_name = 'reconciliation' AND table_name = ? ORDER BY column_index""",
        [table],
    ).fetchall()
    return [name for (name,) in rows]
