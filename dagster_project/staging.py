"""Schema ``staging``: the records of parsed documents as tables. The only writer of these tables.

A batch is written in one transaction: readers of the tables see all of it or nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dagster_project import kept
from dagster_project.contract import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from dagster_project.records import ParsedDocument

SCHEMA: Final = "staging"
FILE_TABLE: Final = {"document_id": "VARCHAR", "document": "VARCHAR", "size": "BIGINT"}
"""``staging.document_file``: one row a path at which a document lies; ``size`` in bytes."""

_LARGEST_RECORD: Final = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Batch:
    """One document to write: its kept result, and what the raw folder and the manifest say about it."""

    document_id: str
    document: str
    result: Path
    paths: tuple[str, ...]
    size: int = 0
    source_url: str | None = None
    published_on: str | None = None
    retrieved_at: str | None = None


def create_staging(connection: DuckDBPyConnection) -> None:
    """Create the schema and its empty tables where they do not exist."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for table in TABLES:
        connection.execute(
            f"create table if not exists {SCHEMA}.{table.name} ({_definitions(table.all_columns)})"
        )
    connection.execute(f"create table if not exists {SCHEMA}.document_file ({_definitions(FILE_TABLE)})")


def has_contract(connection: DuckDBPyConnection) -> bool:
    """Whether the tables that exist have exactly the contract's columns (an older version may differ)."""
    found = connection.execute(
        "select table_name, column_name, data_type from duckdb_columns() where schema_name = ?", [SCHEMA]
    ).fetchall()
    wanted = {(table.name, name, kind) for table in TABLES for name, kind in table.all_columns.items()}
    wanted |= {("document_file", name, kind) for name, kind in FILE_TABLE.items()}
    return set(found) == wanted


def replace_documents(
    connection: DuckDBPyConnection,
    batch: Sequence[Batch],
    removed: Iterable[str],
    *,
    load_id: str,
    loaded_at: datetime,
    scratch: Path | None = None,
) -> dict[str, int]:
    """Write these documents in place of what stood there for them, and take out ``removed``.

    Returns the number of rows written into each table. ``scratch`` is a folder for temporary files, as large
    as the batch's records. Either everything is written or nothing.
    """
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        files = _sort_by_table(batch, Path(folder))
        with transaction(connection):
            _delete(connection, [item.document_id for item in batch] + list(removed))
            _describe_batch(connection, batch)
            return {
                table.name: _insert(connection, table, files[table.name], load_id, loaded_at)
                for table in TABLES
            }


@contextmanager
def transaction(connection: DuckDBPyConnection) -> Iterator[None]:
    """Commit what the block writes, or nothing of it."""
    connection.begin()
    complete = False
    try:
        yield
        complete = True
    finally:
        if complete:
            connection.commit()
        else:
            connection.rollback()


def insert_parsed(
    connection: DuckDBPyConnection, documents: Iterable[ParsedDocument], *, load_id: str, loaded_at: datetime
) -> None:
    """Write documents straight from memory (what tests and notebooks want)."""
    create_staging(connection)
    with tempfile.TemporaryDirectory() as folder:
        batch = []
        for number, parsed in enumerate(documents):
            result = Path(folder, f"{number}.gz")
            kept.write(result, parsed)
            record = parsed.document
            batch.append(
                Batch(
                    record.document_id,
                    record.document,
                    result,
                    (record.document,),
                    source_url=record.source_url,
                    published_on=record.published_on,
                    retrieved_at=record.retrieved_at,
                )
            )
        replace_documents(connection, batch, (), load_id=load_id, loaded_at=loaded_at)


def _definitions(columns: dict[str, str]) -> str:
    return ", ".join(f'"{name}" {kind}' for name, kind in columns.items())


def _sort_by_table(batch: Sequence[Batch], folder: Path) -> dict[str, Path]:
    paths = {table.name: folder / f"{table.name}.ndjson" for table in TABLES}
    open_files = {name: path.open("wb") for name, path in paths.items()}
    try:
        for item in batch:
            for table, record in kept.read_lines(item.result):
                open_files[table].write(record)
    finally:
        for file in open_files.values():
            file.close()
    return paths


def _delete(connection: DuckDBPyConnection, document_ids: list[str]) -> None:
    for name in (*(table.name for table in TABLES), "document_file"):
        connection.execute(
            f"delete from {SCHEMA}.{name} where document_id in (select unnest(?::varchar[]))", [document_ids]
        )


def _describe_batch(connection: DuckDBPyConnection, batch: Sequence[Batch]) -> None:
    described = ("document_id", "document", "source_url", "published_on", "retrieved_at")
    columns = ", ".join(f"unnest(?::varchar[]) as {name}" for name in described)
    connection.execute(
        f"create or replace temp table batch as select {columns}",
        [[getattr(item, name) for item in batch] for name in described],
    )
    files = [(item.document_id, path, item.size) for item in batch for path in item.paths]
    connection.execute(
        f"insert into {SCHEMA}.document_file"
        " select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::bigint[])",
        [[file[position] for file in files] for position in range(3)],
    )


def _insert(
    connection: DuckDBPyConnection, table: Table, file: Path, load_id: str, loaded_at: datetime
) -> int:
    if file.stat().st_size == 0:
        return 0
    # A document's path is what it is now; the kept result knows the path of the day it was parsed.
    current = {"document": "batch.document"}
    if table.name == "document":
        for name in ("source_url", "published_on", "retrieved_at"):
            current[name] = f"batch.{name}"
    selected = [current.get(name, f'read."{name}"::{kind}') for name, kind in table.columns.items()]
    added = {"load_id": load_id, "loaded_at": loaded_at}
    selected += [f"?::{kind}" for kind in table.added.values()]
    # A fixed array cannot be read from JSON, a list can.
    types = {name: kind.replace("[4]", "[]") for name, kind in table.columns.items()}
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
    connection.execute(
        f"insert into {SCHEMA}.{table.name} select {', '.join(selected)}"
        f" from read_json(?, format = 'newline_delimited', columns = {{{columns}}},"
        f" maximum_object_size = {_LARGEST_RECORD}) as read"
        " join batch using (document_id)",
        [*(added[name] for name in table.added), str(file)],
    )
    return connection.execute(
        f"select count(*) from {SCHEMA}.{table.name} join batch using (document_id)"
    ).fetchall()[0][0]
