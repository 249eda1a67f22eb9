"""What became of a finding from one version of a document to the next: new, still there, corrected.

The same finding: one of its failing results stands at the same place (rule, form, row, column) as one of the
other's. What differs from the version before is another thing in every version, and has no such place. A
version is the earlier of two publications in the raw folder (``reconciliation.link``), or the file that lay
at the same path before.
"""

from __future__ import annotations

from typing import Final

import duckdb

_PLACES: Final = """SELECT f.finding_id, f.document_id, f.document, r.rule_id, coalesce(r.form, '') AS form,
        coalesce(r.key, '') AS key, coalesce(r."column", '') AS col
    FROM (SELECT finding_id, document_id, document, unnest(related_results) AS result_id
        FROM reconciliation.finding) f
    JOIN reconciliation.result r USING (result_id)
    WHERE r.rule_id NOT IN (SELECT rule_id FROM rc_role WHERE role = 'earlier')"""


def remember(connection: duckdb.DuckDBPyConnection) -> None:
    """Keep what was found before anything is written: ``rc_found_before``, one row a finding and place."""
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE rc_found_before AS
        SELECT p.*, f.version_status, f.earlier_finding_id FROM ({_PLACES}) p
        JOIN reconciliation.finding f USING (finding_id)"""
    )


def settle(connection: duckdb.DuckDBPyConnection) -> None:
    """Set ``version_status`` and ``earlier_finding_id`` of every finding, whenever it was found."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE rc_place AS {_PLACES}")
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE rc_same AS
        SELECT n.finding_id, min(o.finding_id) AS earlier FROM rc_place n
        JOIN reconciliation.link l ON l.document_id = n.document_id AND l.role = 'earlier'
        JOIN rc_place o ON o.document_id = l.other_id
            AND (o.rule_id, o.form, o.key, o.col) = (n.rule_id, n.form, n.key, n.col)
        GROUP BY n.finding_id
        UNION ALL
        SELECT n.finding_id, min(o.finding_id) FROM rc_place n
        JOIN rc_found_before o ON o.document = n.document AND o.document_id <> n.document_id
            AND o.document_id NOT IN (SELECT document_id FROM staging.document)
            AND (o.rule_id, o.form, o.key, o.col) = (n.rule_id, n.form, n.key, n.col)
        GROUP BY n.finding_id
        UNION ALL
        SELECT finding_id, any_value(earlier_finding_id) FROM rc_found_before
        WHERE earlier_finding_id NOT IN (SELECT finding_id FROM reconciliation.finding)
        GROUP BY finding_id"""
    )
    connection.execute("UPDATE reconciliation.finding SET version_status = 'new', earlier_finding_id = NULL")
    connection.execute(
        """UPDATE reconciliation.finding AS f SET version_status = 'still_there',
            earlier_finding_id = s.earlier
        FROM (SELECT finding_id, min(earlier) AS earlier FROM rc_same GROUP BY ALL) s
        WHERE s.finding_id = f.finding_id"""
    )
    connection.execute(
        """UPDATE reconciliation.finding SET version_status = 'corrected'
        WHERE document_id IN (SELECT other_id FROM reconciliation.link WHERE role = 'earlier')
            AND finding_id IN (SELECT finding_id FROM rc_place)
            AND finding_id NOT IN (SELECT earlier FROM rc_same)"""
    )
