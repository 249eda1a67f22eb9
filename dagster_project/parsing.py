"""The two reading steps of a load: take stock of the raw folder, and parse what has not been parsed yet."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_project import inventory, kept, parse_pool
from dagster_project.discovery import RawDocument, discover
from dagster_project.inventory import Item, Refusal
from dagster_project.manifest import Entry, read_manifest
from dagster_project.progress import listener
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Stock:
    """The raw folder with its manifest, and what a person should know about the two."""

    documents: tuple[RawDocument, ...]
    entries: dict[str, Entry]
    notices: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """Every document with its year, and what a person should know."""

    items: tuple[Item, ...]
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParseReport:
    """What became of the documents that were parsed now."""

    outcomes: tuple[parse_pool.Outcome, ...]
    reader_version: str


def take_stock(settings: Settings) -> Stock:
    """Look at the raw folder without writing anything.

    The fingerprint changes with any file, name, manifest row or with the project's own code. Raises
    ``NothingToLoadError`` and ``ManifestError``.
    """
    raw = settings.raw
    entries = read_manifest(raw)
    documents = discover(raw)
    known = {path for document in documents for path in (document.document, *document.copies)}
    notices = tuple(
        f"raw/manifest.csv names {name}, which does not lie in {raw}" for name in entries if name not in known
    )
    state = [
        kept.building_version(),
        settings.file_limit_mib,
        [(document.document, document.copies, document.sha256) for document in documents],
        [
            (entry.document, entry.source_url, entry.published_on, entry.overrides)
            for entry in entries.values()
        ],
    ]
    fingerprint = hashlib.sha256(json.dumps(state, ensure_ascii=False).encode()).hexdigest()
    return Stock(documents, entries, notices, fingerprint)


def take_inventory(connection: DuckDBPyConnection, settings: Settings) -> Inventory:
    """Write what lies in the raw folder into ``control.document``, each document with its fiscal year.

    The year is what the manifest states, else what the document itself says.
    """
    listener().stage("discover")
    stock = take_stock(settings)
    for notice in stock.notices:
        listener().notice(notice)
    version = kept.reader_version()
    known = {
        (item.document_id, item.reader_version): item.partition
        for item in inventory.items(connection)
        if "fiscal_year" not in item.overrides and not item.refusal
    }
    entries = {document.document_id: _entry(document, stock.entries) for document in stock.documents}
    unknown = [
        document
        for document in stock.documents
        if "fiscal_year" not in entries[document.document_id].overrides
        and (document.document_id, version) not in known
        and not _refusal(document, settings)
    ]
    said = _years(unknown, settings)
    known_years = {key: year for (key, of_version), year in known.items() if of_version == version}
    years = {**known_years, **said}
    items = tuple(
        _item(document, entries[document.document_id], years, version, settings)
        for document in stock.documents
    )
    inventory.write(connection, items, stock.fingerprint)
    return Inventory(items, stock.notices)


def parse_missing(items: Sequence[Item], settings: Settings) -> ParseReport:
    """Parse the documents that have no kept result of this reader version yet."""
    tasks = [_task(item, settings) for item in items]
    missing = [task for task in tasks if not task.result.exists()]
    listener().stage("parse", len(missing))
    limits = parse_pool.Limits(settings.workers, settings.parse_seconds, settings.parse_memory_mib)
    outcomes = []
    for outcome in parse_pool.parse_documents(missing, limits):
        outcomes.append(outcome)
        listener().advance(outcome.document, outcome.problems)
    return ParseReport(tuple(outcomes), kept.reader_version())


def kept_result(item: Item, settings: Settings) -> tuple[Path, bool]:
    """Where the item's result is kept, and whether it is settled (another try would end alike)."""
    result = inventory.result_path(item, settings.folder.parsed)
    return (result, True) if result.exists() else (parse_pool.retry_path(result), False)


def _entry(document: RawDocument, entries: dict[str, Entry]) -> Entry:
    paths = (document.document, *document.copies)
    return next((entries[path] for path in paths if path in entries), Entry(document.document))


def _years(documents: Iterable[RawDocument], settings: Settings) -> dict[str, str]:
    tasks = [(document.document_id, Path(document.path), document.document) for document in documents]
    limits = parse_pool.Limits(settings.workers, settings.parse_seconds, settings.parse_memory_mib)
    return parse_pool.fiscal_years(tasks, limits)


def _item(
    document: RawDocument, entry: Entry, years: dict[str, str], version: str, settings: Settings
) -> Item:
    key = document.document_id
    year = entry.overrides.get("fiscal_year") or years.get(key)
    return Item(
        document_id=key,
        document=document.document,
        path=document.path,
        sha256=document.sha256,
        size=document.size,
        partition=year or inventory.UNDATED,
        reader_version=version,
        copies=document.copies,
        overrides=entry.overrides,
        source_url=entry.source_url,
        published_on=entry.published_on,
        refusal=_refusal(document, settings),
    )


def _refusal(document: RawDocument, settings: Settings) -> Refusal | None:
    if document.unreadable:
        return (
            "unreadable",
            f"{document.document} cannot be opened ({document.unreadable})",
            "check that the file is readable",
        )
    if document.size > settings.file_limit_mib * 1024 * 1024:
        return (
            "too_large",
            f"{document.document} is larger than {settings.file_limit_mib} MiB",
            "raise GOUJI_FILE_LIMIT_MIB, or split the file",
        )
    return None


def _task(item: Item, settings: Settings) -> parse_pool.Task:
    return parse_pool.Task(
        document_id=item.document_id,
        document=item.document,
        path=Path(item.path),
        sha256=item.sha256,
        reader_version=item.reader_version,
        result=inventory.result_path(item, settings.folder.parsed),
        overrides=item.overrides,
        refusal=item.refusal,
    )
