"""Marks the findings that a person has accepted, and says which waivers no longer hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import duckdb

from dagster_project.reconciliation.schema import WAIVER_COLUMNS
from dagster_project.waivers import Waiver

_PLACE: Final = """f.rule_id = w.rule_id AND (w.form IS NULL OR f.form = w.form)
    AND (w.key IS NULL OR f.key = w.key) AND (w."column" IS NULL OR f."column" = w."column")"""
_FIGURES: Final = "f.stated IS NOT DISTINCT FROM w.stated AND f.expected IS NOT DISTINCT FROM w.expected"
_OF_DOCUMENT: Final = """(f.document = w.document OR f.document_id IN
    (SELECT document_id FROM staging.document_file d WHERE d.document = w.document))"""


def apply(connection: duckdb.DuckDBPyConnection, waivers: Sequence[Waiver]) -> None:
    """Mark every finding anew, whenever it was found, and fill ``reconciliation.waiver``."""
    connection.execute("BEGIN")
    try:
        _fill(connection, waivers)
        connection.execute(
            """UPDATE reconciliation.finding
            SET waived = FALSE, waiver_reason = NULL, waived_by = NULL, waived_on = NULL WHERE waived"""
        )
        connection.execute(
            """UPDATE reconciliation.finding AS f SET waived = TRUE, waiver_reason = w.reason,
                waived_by = w.name, waived_on = w.waived_on
            FROM (SELECT * FROM reconciliation.waiver WHERE state = 'holds') w
            WHERE f.finding_id = w.finding_id"""
        )
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def broken(connection: duckdb.DuckDBPyConnection) -> list[dict[str, str]]:
    """The waivers that hold no longer, ready for display."""
    rows = connection.execute(
        """SELECT line, document, rule_id, state FROM reconciliation.waiver
        WHERE state <> 'holds' ORDER BY line"""
    ).fetchall()
    names = ("line", "document", "rule_id", "state")
    return [{name: str(value) for name, value in zip(names, row, strict=True)} for row in rows]


def _fill(connection: duckdb.DuckDBPyConnection, waivers: Sequence[Waiver]) -> None:
    given = [
        (w.line, w.document, w.rule, w.form, w.key, w.column, w.stated, w.expected, w.reason, w.name, w.date)
        for w in waivers
    ]
    names = list(WAIVER_COLUMNS)[:-2]
    kinds = [WAIVER_COLUMNS[name].removesuffix(" NOT NULL") for name in names]
    columns = ", ".join(f'unnest(?::{kind}[]) AS "{name}"' for name, kind in zip(names, kinds, strict=True))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE rc_waiver AS SELECT {columns}",
        [[row[at] for row in given] for at in range(len(names))],
    )
    connection.execute("DELETE FROM reconciliation.waiver")
    connection.execute(
        f"""INSERT INTO reconciliation.waiver
        WITH known AS (
            SELECT document FROM staging.document_file UNION SELECT document FROM staging.document
        ), met AS (
            SELECT w.line, f.finding_id, {_FIGURES} AS same FROM rc_waiver w
            JOIN reconciliation.finding f ON {_OF_DOCUMENT} AND {_PLACE}
        ), judged AS (
            SELECT w.*, CASE WHEN bool_or(m.same) THEN 'holds' WHEN count(m.finding_id) > 0
                THEN 'figures_changed'
                WHEN count(k.document) > 0 THEN 'no_finding'
                ELSE 'no_document' END AS state,
                min(m.finding_id) FILTER (WHERE m.same) AS finding_id
            FROM rc_waiver w LEFT JOIN met m ON m.line = w.line
            LEFT JOIN known k ON k.document = w.document GROUP BY w.*
        )
        SELECT {", ".join(f'"{name}"' for name in WAIVER_COLUMNS)} FROM judged"""
    )
