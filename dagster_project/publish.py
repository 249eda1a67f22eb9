"""Publishing: what a load built becomes what everybody reads, in one step that cannot half happen.

A release is a folder ``releases/<release>`` with the DuckDB file, the exports and ``release.json``. The link
``current`` says which one is published; ``gouji.duckdb`` and ``exports`` beside it lead through that link.
So the database and its exports change together, and whoever has the old file open keeps it.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb

from dagster_project.settings import Warehouse

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MARTS: Final = "marts"
_PRIVATE_SCHEMAS: Final = ("control",)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_NOTE: Final = "release.json"


class NoSuchReleaseError(ValueError):
    """There is no such release to return to. The message lists those there are."""


@dataclass(frozen=True, slots=True)
class Release:
    """A published state. ``fingerprint`` names raw folder and code; ``None`` if only a part was loaded."""

    name: str
    published_at: str
    run_id: str
    fingerprint: str | None


def publish(folder: Warehouse, *, run_id: str, fingerprint: str | None, keep: int) -> Release:
    """Publish the working file, which nobody may have open, and its exports.

    Until the last step the old release stays published, and that step is one atomic rename.
    """
    now = datetime.now(UTC)
    name = now.strftime("%Y%m%dT%H%M%S.%fZ")
    partial = folder.releases / f".{name}.part"
    _clear_partial(folder)
    partial.mkdir(parents=True)
    database = partial / folder.database.name
    _copy_database(folder.working, database)
    with duckdb.connect(str(database), read_only=True) as connection:
        export(connection, partial / "exports")
    release = Release(name, now.isoformat(timespec="seconds"), run_id, fingerprint)
    (partial / _NOTE).write_text(json.dumps(asdict(release), indent=2), encoding="utf-8")
    _flush_tree(partial)
    final = folder.releases / name
    partial.rename(final)
    _flush(folder.releases)
    _switch(folder, name)
    _prune(folder, keep, name)
    return release


def current(folder: Warehouse) -> Release | None:
    """The published release; ``None`` before the first one."""
    note = folder.current / _NOTE
    if not note.is_file() or not folder.database.is_file():
        return None
    return Release(**json.loads(note.read_text(encoding="utf-8")))


def releases(folder: Warehouse) -> list[Release]:
    """Every kept release, newest first."""
    if not folder.releases.is_dir():
        return []
    notes = [path / _NOTE for path in folder.releases.iterdir() if not path.name.startswith(".")]
    kept = [Release(**json.loads(note.read_text(encoding="utf-8"))) for note in notes if note.is_file()]
    return sorted(kept, key=lambda release: release.name, reverse=True)


def roll_back(folder: Warehouse, name: str | None = None) -> Release:
    """Publish a kept release again: the named one, else the one before the published one.

    Raises :class:`NoSuchReleaseError`.
    """
    kept = releases(folder)
    published = current(folder)
    older = [release for release in kept if published is None or release.name < published.name]
    wanted = [release for release in kept if release.name == name] if name else older
    if not wanted:
        listed = ", ".join(release.name for release in kept) or "none"
        asked = f"no release {name}" if name else "no release before the published one"
        raise NoSuchReleaseError(f"There is {asked}. Kept releases, newest first: {listed}.")
    _switch(folder, wanted[0].name)
    return wanted[0]


def export(connection: DuckDBPyConnection, exports: Path) -> None:
    """Write every table of schema ``marts`` as Parquet and every mart as CSV that Excel opens in Chinese.

    Dimensions and facts (``dim_``, ``fct_``, ``bridge_``) are Parquet only.
    """
    parquet, csv = exports / "parquet", exports / "csv"
    parquet.mkdir(parents=True)
    csv.mkdir()
    tables = connection.execute(
        "select table_name from duckdb_tables() where schema_name = ? order by table_name", [MARTS]
    ).fetchall()
    for (table,) in tables:
        connection.execute(
            f"copy {MARTS}.{table} to '{parquet / table}.parquet' (format parquet, compression zstd)"
        )
        if not table.startswith(("dim_", "fct_", "bridge_")):
            _export_csv(connection, table, csv / f"{table}.csv")


def _export_csv(connection: DuckDBPyConnection, table: str, path: Path) -> None:
    plain = path.with_suffix(".plain")
    connection.execute(f"copy {MARTS}.{table} to '{plain}' (format csv, header)")
    with path.open("wb") as target, plain.open("rb") as source:
        target.write(_BYTE_ORDER_MARK)
        shutil.copyfileobj(source, target)
    plain.unlink()


def _copy_database(working: Path, target: Path) -> None:
    with duckdb.connect(str(working)) as connection:
        connection.execute("checkpoint")
    shutil.copyfile(working, target)
    with duckdb.connect(str(target)) as connection:
        for schema in _PRIVATE_SCHEMAS:
            connection.execute(f"drop schema if exists {schema} cascade")
        connection.execute("checkpoint")


def _switch(folder: Warehouse, name: str) -> None:
    """Publish the release ``name``: everything below happens before or after one rename."""
    _replace_link(folder.current, Path(folder.releases.name, name))
    for path in (folder.database, folder.exports):
        target = Path(folder.current.name, path.name)
        if not path.is_symlink() or path.readlink() != target:
            _replace_link(path, target)
    _flush(folder.root)


def _replace_link(link: Path, target: Path) -> None:
    partial = link.with_name(f".{link.name}.part")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    partial.replace(link)


def _prune(folder: Warehouse, keep: int, published: str) -> None:
    for release in releases(folder)[keep:]:
        if release.name != published:
            shutil.rmtree(folder.releases / release.name)


def _clear_partial(folder: Warehouse) -> None:
    if folder.releases.is_dir():
        for left in folder.releases.glob(".*.part"):
            shutil.rmtree(left)


def _flush_tree(folder: Path) -> None:
    for path in folder.rglob("*"):
        _flush(path)
    _flush(folder)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
