"""Schema ``control`` of the working file: what lies in the raw folder, and what staging holds of it.

Comparing the two tells what a load has to do. Never published.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dagster_project.kept import Kept

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

UNDATED: Final = "undated"
"""The partition of documents whose fiscal year is not known (files that cannot be read, above all)."""

Refusal = tuple[str, str, str]
"""Why a file is not even parsed: kind of problem, sentence about it, what its owner can do."""


@dataclass(frozen=True, slots=True)
class Item:
    """One document of the raw folder as the last discovery saw it. ``partition`` is its fiscal year,
    ``waiting`` the number of its pages that are still to be recognised, ``corrections`` what persons state of
    its figures.
    """

    document_id: str
    document: str
    path: str
    sha256: str
    size: int
    partition: str
    reader_version: str
    copies: tuple[str, ...] = ()
    overrides: Mapping[str, str] = field(default_factory=dict)
    source_url: str | None = None
    published_on: str | None = None
    refusal: Refusal | None = None
    waiting: int = 0
    corrections: tuple[str, ...] = ()

    @property
    def result_key(self) -> tuple[str, str, tuple[tuple[str, str], ...]]:
        """What the item's kept result depends on."""
        return self.sha256, self.reader_version, tuple(sorted(self.overrides.items()))

    @property
    def digest(self) -> str:
        """Changes when anything changes that staging shows of this document."""
        shown = [
            self.document,
            self.sha256,
            self.reader_version,
            self.copies,
            sorted(self.overrides.items()),
            self.source_url,
            self.published_on,
            self.refusal,
            self.waiting,
            self.corrections,
        ]
        return hashlib.sha256(json.dumps(shown, ensure_ascii=False).encode()).hexdigest()[:16]


def create(connection: DuckDBPyConnection) -> None:
    """Create the schema and its empty tables where they do not exist."""
    connection.execute("create schema if not exists control")
    connection.execute(
        "create table if not exists control.document"
        " (document_id varchar, partition varchar, digest varchar, item json)"
    )
    connection.execute(
        "create table if not exists control.loaded (document_id varchar, partition varchar, digest varchar)"
    )
    connection.execute("create table if not exists control.state (name varchar primary key, value varchar)")
    connection.execute(
        "create table if not exists control.built (partition varchar primary key, version varchar)"
    )


def write(connection: DuckDBPyConnection, items: Sequence[Item], fingerprint: str) -> None:
    """Replace what is known of the raw folder. ``fingerprint`` names this exact state of folder and code."""
    rows = [(item.document_id, item.partition, item.digest, _to_json(item)) for item in items]
    connection.execute("begin")
    connection.execute("delete from control.document")
    connection.execute(
        "insert into control.document select unnest(?::varchar[]), unnest(?::varchar[]),"
        " unnest(?::varchar[]), unnest(?::varchar[])::json",
        [[row[position] for row in rows] for position in range(4)],
    )
    connection.execute("insert or replace into control.state values ('fingerprint', ?)", [fingerprint])
    connection.execute("commit")


def items(connection: DuckDBPyConnection, partitions: Iterable[str] | None = None) -> list[Item]:
    """The documents of the raw folder, of these partitions or of all, by path."""
    rows = connection.execute("select partition, item from control.document").fetchall()
    wanted = None if partitions is None else set(partitions)
    found = [_from_json(text) for partition, text in rows if wanted is None or partition in wanted]
    return sorted(found, key=lambda item: item.document)


def partitions_to_load(connection: DuckDBPyConnection, version: str) -> list[str]:
    """The partitions that differ from the raw folder or were built by another version of the code, sorted."""
    rows = connection.execute(
        "select distinct coalesce(raw.partition, loaded.partition) as partition"
        " from control.document as raw full join control.loaded as loaded"
        " using (document_id, partition, digest)"
        " left join control.built on built.partition = raw.partition"
        " where raw.document_id is null or loaded.document_id is null"
        " or built.version is distinct from ? order by partition",
        [version],
    ).fetchall()
    return [partition for (partition,) in rows]


def changes(connection: DuckDBPyConnection, partitions: Sequence[str]) -> tuple[list[Item], list[str]]:
    """What to write into staging for these partitions, and the ids of documents to take out.

    A document that has moved to another partition is not taken out by its old one if the new one has it
    already.
    """
    loaded = dict(
        connection.execute("select document_id, digest || partition from control.loaded").fetchall()
    )
    present = items(connection, partitions)
    changed = [item for item in present if loaded.get(item.document_id) != item.digest + item.partition]
    gone = connection.execute(
        "select document_id from control.loaded where list_contains(?::varchar[], partition)"
        " and document_id not in (select document_id from control.document"
        "  where list_contains(?::varchar[], partition))",
        [list(partitions), list(partitions)],
    ).fetchall()
    return changed, [document_id for (document_id,) in gone]


def mark_loaded(
    connection: DuckDBPyConnection, written: Sequence[Item], removed: Sequence[str], unsettled: Iterable[str]
) -> None:
    """Record what staging holds now. ``unsettled`` documents are tried again by the next load."""
    again = set(unsettled)
    touched = [item.document_id for item in written] + list(removed)
    connection.execute("delete from control.loaded where list_contains(?::varchar[], document_id)", [touched])
    connection.execute(
        "insert into control.loaded select unnest(?::varchar[]), unnest(?::varchar[]), unnest(?::varchar[])",
        [
            [item.document_id for item in written],
            [item.partition for item in written],
            ["unsettled" if item.document_id in again else item.digest for item in written],
        ],
    )


def mark_changed(connection: DuckDBPyConnection, document_ids: Sequence[str]) -> None:
    """Record that staging no longer holds what is kept of these documents."""
    connection.execute(
        "update control.loaded set digest = 'changed' where list_contains(?::varchar[], document_id)",
        [list(document_ids)],
    )


def is_complete(connection: DuckDBPyConnection, version: str) -> bool:
    """Whether everything the raw folder holds is loaded and built by this version of the code.

    Documents that another try may read (unsettled) count as loaded.
    """
    (missing,) = connection.execute(
        "select count(*) from control.document as raw full join control.loaded as loaded"
        " using (document_id, partition)"
        " left join control.built on built.partition = raw.partition"
        " where raw.document_id is null or loaded.document_id is null"
        " or loaded.digest not in (raw.digest, 'unsettled') or built.version is distinct from ?",
        [version],
    ).fetchall()[0]
    return missing == 0


def fingerprint(connection: DuckDBPyConnection) -> str | None:
    """The state of folder and code that the last discovery saw."""
    return _state(connection, "fingerprint")


def mark_built(connection: DuckDBPyConnection, partitions: Sequence[str], version: str) -> None:
    """Record that what follows staging was built for these partitions by this version of the code."""
    connection.execute(
        "insert or replace into control.built select unnest(?::varchar[]), ?", [list(partitions), version]
    )


def seeds(connection: DuckDBPyConnection) -> str | None:
    """The version of the seeds that the working file holds, all of them."""
    return _state(connection, "seeds")


def mark_seeds(connection: DuckDBPyConnection, version: str) -> None:
    """Record that the working file holds every seed of this version, tested."""
    connection.execute("insert or replace into control.state values ('seeds', ?)", [version])


def _state(connection: DuckDBPyConnection, name: str) -> str | None:
    rows = connection.execute("select value from control.state where name = ?", [name]).fetchall()
    return rows[0][0] if rows else None


def result_path(item: Item, parsed: Path) -> Path:
    """Where the item's parsed result is kept."""
    return Kept(parsed, item.reader_version).path(item.sha256, item.overrides)


def _to_json(item: Item) -> str:
    values = {name: getattr(item, name) for name in Item.__slots__}
    return json.dumps(values, ensure_ascii=False)


def _from_json(text: str) -> Item:
    values = json.loads(text)
    refusal = values.pop("refusal")
    for name in ("copies", "corrections"):
        values[name] = tuple(values.get(name, ()))
    return Item(**values, refusal=tuple(refusal) if refusal else None)
