"""Damaged copies of documents in schema ``staging``, side by side, so that the rules judge many at once.

A copy of the document ``d`` is ``number#d``, its figures ``number#d:cell``. What a copy changes is written as
records of its own; everything else is copied from the originals, which schema ``bench`` keeps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import duckdb

from bench.damage import Damage
from dagster_project.records import ParsedDocument
from dagster_project.staging import insert_parsed

LOADED_AT: Final = datetime(2026, 1, 1)
_KEYED: Final = {"cell": "cell_id", "statement": "statement_id", "passage": "passage_id"}
"""Tables whose records have ids, of which a damage changes single ones."""
_WHOLE: Final = {
    "form": "forms",
    "indicator": "indicators",
    "project_detail": "project_details",
    "project_funding": "project_funding",
    "problem": "problems",
}
"""Tables that a damage changes as a whole, and the records of a document that they hold."""


def keep_originals(connection: duckdb.DuckDBPyConnection, groups: Mapping[str, int]) -> None:
    """Put every document into the region of its group, and keep what staging holds in schema ``bench``.

    Documents are linked within a region only, so that no group, and no copy, meets another.
    """
    connection.execute("UPDATE staging.document SET status = 'loaded' WHERE status = 'superseded'")
    connection.executemany(
        "UPDATE staging.document SET region = ? WHERE document_id = ?",
        [(f"group {number:06d}", document_id) for document_id, number in groups.items()],
    )
    connection.execute("CREATE SCHEMA bench")
    for table in ("document", *_KEYED, *_WHOLE):
        connection.execute(f"CREATE TABLE bench.{table} AS SELECT * FROM staging.{table}")


def lay(
    connection: duckdb.DuckDBPyConnection,
    batch: Sequence[Damage],
    groups: Mapping[str, Sequence[ParsedDocument]],
) -> None:
    """Replace what staging holds by a copy of the group of every damage, with the damage in its document."""
    copies = [
        (f"{number}#{parsed.document.document_id}", parsed.document.document_id, f"copy {number:06d}")
        for number, damage in enumerate(batch)
        for parsed in groups[damage.document_id]
    ]
    fill(connection, "copy", ("copy VARCHAR", "document_id VARCHAR", "region VARCHAR"), copies)
    for table in ("document", *_KEYED, *_WHOLE):
        connection.execute(f"DELETE FROM staging.{table}")
    damaged = []
    for number, damage in enumerate(batch):
        members = {parsed.document.document_id: parsed for parsed in groups[damage.document_id]}
        damaged.append(_changed(damage, members[damage.document_id], number))
    insert_parsed(connection, damaged, load_id="bench", loaded_at=LOADED_AT)
    _copy_the_rest(connection, batch)


def _changed(damage: Damage, parsed: ParsedDocument, number: int) -> ParsedDocument:
    """The document of the copy with the records that are not copied."""
    copy = f"{number}#{damage.document_id}"
    own: dict[str, Any] = {"document_id": copy}
    keyed = {
        f"{table}s": [
            replace(record, **{key: f"{copy}:{identifier}"}, **own)
            for identifier, record in getattr(damage, f"{table}s").items()
            if record is not None
        ]
        for table, key in _KEYED.items()
    }
    whole = {name: [replace(record, **own) for record in records] for name, records in damage.lists.items()}
    document = replace(parsed.document, region=f"copy {number:06d}", **own)
    return ParsedDocument(document, **keyed, **whole)


def _copy_the_rest(connection: duckdb.DuckDBPyConnection, batch: Sequence[Damage]) -> None:
    own = "c.copy AS document_id"
    connection.execute(
        f"""INSERT INTO staging.document SELECT o.* REPLACE ({own}, c.region AS region)
        FROM bench.document o JOIN copy c USING (document_id)
        WHERE c.copy NOT IN (SELECT document_id FROM staging.document)"""
    )
    for table, key in _KEYED.items():
        changed = [
            (f"{number}#{damage.document_id}", identifier)
            for number, damage in enumerate(batch)
            for identifier in getattr(damage, f"{table}s")
        ]
        fill(connection, "changed", ("copy VARCHAR", "id VARCHAR"), changed)
        connection.execute(
            f"""INSERT INTO staging.{table}
            SELECT o.* REPLACE ({own}, c.copy || ':' || o.{key} AS {key})
            FROM bench.{table} o JOIN copy c USING (document_id)
            ANTI JOIN changed e ON e.copy = c.copy AND e.id = o.{key}"""
        )
    for table, name in _WHOLE.items():
        changed = [
            (f"{number}#{damage.document_id}",) for number, damage in enumerate(batch) if name in damage.lists
        ]
        fill(connection, "changed", ("copy VARCHAR",), changed)
        connection.execute(
            f"""INSERT INTO staging.{table} SELECT o.* REPLACE ({own})
            FROM bench.{table} o JOIN copy c USING (document_id) ANTI JOIN changed e ON e.copy = c.copy"""
        )


def fill(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """A temporary table of these rows."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({', '.join(columns)})")
    if rows:
        kinds = [column.split(" ", 1)[1] for column in columns]
        unnested = ", ".join(f"unnest(?::{kind}[])" for kind in kinds)
        connection.execute(
            f"INSERT INTO {name} SELECT {unnested}", [list(column) for column in zip(*rows, strict=True)]
        )
