"""The reading steps of a load: take stock of the raw folder, read what has not been read yet, and come back
for pages that wait to be recognised.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from dagster_project import corrections, inventory, kept, parse_pool, vocabulary, waivers
from dagster_project.corrections import Correction
from dagster_project.discovery import RawDocument, discover
from dagster_project.inventory import Item, Refusal
from dagster_project.manifest import Entry, read_manifest
from dagster_project.parse_pool import Outcome
from dagster_project.progress import listener
from dagster_project.readers import libreoffice
from dagster_project.readers.limits import ocr_installed
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Stock:
    """The raw folder with what persons state in it, and what a person should know about these."""

    documents: tuple[RawDocument, ...]
    entries: dict[str, Entry]
    notices: tuple[str, ...]
    fingerprint: str
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Every document with its year, what became of those that were parsed now, and what a person should
    know.
    """

    items: tuple[Item, ...]
    outcomes: tuple[Outcome, ...]
    notices: tuple[str, ...] = ()


def take_stock(settings: Settings) -> Stock:
    """Look at the raw folder without writing anything.

    The fingerprint changes with any file, name, manifest row, with the project's own code and with what can
    be recognised, and with every limit. Raises ``NothingToLoadError``, ``ManifestError`` and ``SeedError``.
    """
    vocabulary.check_seeds()
    raw = settings.raw
    entries = read_manifest(raw)
    stated, accepted = corrections.read_corrections(raw), waivers.read_waivers(raw)
    documents = discover(raw)
    known = {path for document in documents for path in _paths(document)}
    notices = tuple(
        f"raw/manifest.csv names {name}, which does not lie in {raw}" for name in entries if name not in known
    )
    contents = [document.sha256 for document in documents]
    notices += tuple(
        f"raw/corrections.csv, line {each.line}: no document has this content any more; the correction of"
        f" {each.document} has lapsed"
        for each in stated
        if not any(map(each.is_of, contents))
    )
    state = [
        kept.building_version(),
        settings.limits,
        recognises(settings),
        libreoffice.program() is not None,
        [(document.document, document.copies, document.sha256) for document in documents],
        [
            (entry.document, entry.source_url, entry.published_on, entry.overrides)
            for entry in entries.values()
        ],
        [each.stated for each in stated],
        [str(each) for each in accepted],
    ]
    fingerprint = hashlib.sha256(json.dumps(state, ensure_ascii=False).encode()).hexdigest()
    return Stock(documents, entries, notices, fingerprint, stated)


def recognises(settings: Settings) -> bool:
    """Whether pictures of pages are recognised: wanted, and the extra ``ocr`` is installed."""
    return settings.ocr and ocr_installed()


def take_inventory(connection: DuckDBPyConnection, settings: Settings) -> Report:
    """Read every document that has not been read yet, and write what lies in the raw folder into
    ``control.document``, each document with its fiscal year.

    The year is what the manifest states, else what the document itself says. Pictures of pages wait for
    :func:`recognise`.
    """
    listener().stage("discover")
    stock = take_stock(settings)
    for notice in stock.notices:
        listener().notice(notice)
    version = kept.reader_version()
    found = [_item(document, stock, version, settings) for document in stock.documents]
    outcomes = _read([item for item in found if not _is_kept(item, settings)], settings)
    for item in found:
        if _kept_at(item, settings, kept.waiting_path).exists():
            # Recognising it failed when it was last tried, which may be long ago: it waits again.
            _kept_at(item, settings, kept.retry_path).unlink(missing_ok=True)
    known = {item.document_id: item for item in inventory.items(connection)}
    items = tuple(_dated(item, known.get(item.document_id), outcomes, settings) for item in found)
    inventory.write(connection, items, stock.fingerprint)
    return Report(items, tuple(outcomes.values()), stock.notices)


def parse_missing(items: Sequence[Item], settings: Settings) -> tuple[Outcome, ...]:
    """Read the documents of which nothing is kept, as taking stock leaves none unless somebody has deleted
    ``parsed/``.
    """
    missing = [
        item
        for item in items
        if not _is_kept(item, settings) and not _kept_at(item, settings, kept.retry_path).exists()
    ]
    return tuple(_read(missing, settings).values())


def waiting(items: Iterable[Item], settings: Settings) -> list[Item]:
    """The documents with pages that wait and can be recognised now; none where recognising is not possible.

    A document that failed to be recognised waits for the next load.
    """
    if not recognises(settings):
        return []
    return [
        item
        for item in items
        if item.waiting
        and _kept_at(item, settings, kept.waiting_path).exists()
        and not _kept_at(item, settings, kept.retry_path).exists()
    ]


def recognise(connection: DuckDBPyConnection, settings: Settings) -> Report:
    """Recognise the next batch of waiting pages and write what their documents say into
    ``control.document``. A batch ends with the document that fills ``ocr_batch_pages``.
    """
    items = inventory.items(connection)
    batch = list(_batch(waiting(items, settings), settings.ocr_batch_pages))
    listener().stage("recognise", len(batch), sum(item.waiting for item in batch))
    limits = parse_pool.Limits(
        settings.workers,
        settings.parse_seconds,
        settings.ocr_memory_mib,
        settings.page_limit,
        settings.folder.scratch,
        settings.ocr_page_seconds,
    )
    pages = {item.document_id: item.waiting for item in batch}
    outcomes = {}
    for outcome in parse_pool.recognise_documents([_task(item, settings) for item in batch], limits):
        outcomes[outcome.document_id] = outcome
        listener().advance(outcome.document, outcome.problems, pages[outcome.document_id])
    dated = tuple(_dated(item, item, outcomes, settings) for item in items)
    inventory.write(connection, dated, inventory.fingerprint(connection) or "")
    inventory.mark_changed(connection, [key for key, outcome in outcomes.items() if not outcome.settled])
    return Report(dated, tuple(outcomes.values()))


def kept_result(item: Item, settings: Settings) -> tuple[Path, bool]:
    """Where the item's result is kept, and whether it is settled (another try would end alike)."""
    result, retry = _kept_at(item, settings), _kept_at(item, settings, kept.retry_path)
    if result.exists():
        return result, True
    return (retry, False) if retry.exists() else (_kept_at(item, settings, kept.waiting_path), True)


def _batch(queue: Iterable[Item], pages: int) -> Iterator[Item]:
    taken = 0
    for item in queue:
        if taken >= pages:
            return
        taken += item.waiting
        yield item


def _read(items: Sequence[Item], settings: Settings) -> dict[str, Outcome]:
    """Read documents without recognising pictures of pages; what became of each, by ``document_id``."""
    if items:
        listener().stage("parse", len(items))
    limits = parse_pool.Limits(
        settings.workers,
        settings.parse_seconds,
        settings.parse_memory_mib,
        settings.page_limit,
        settings.folder.scratch,
    )
    outcomes = {}
    for outcome in parse_pool.read_documents([_task(item, settings) for item in items], limits):
        outcomes[outcome.document_id] = outcome
        listener().advance(outcome.document, outcome.problems, outcome.pages)
    return outcomes


def _kept_at(item: Item, settings: Settings, path: Callable[[Path], Path] | None = None) -> Path:
    result = inventory.result_path(item, settings.folder.parsed)
    return path(result) if path else result


def _is_kept(item: Item, settings: Settings) -> bool:
    """Whether a result is kept that reading the document again would not change."""
    return (
        _kept_at(item, settings).exists() or _kept_at(item, settings, kept.waiting_path).exists()
    ) and not item.refusal


def _dated(item: Item, known: Item | None, outcomes: Mapping[str, Outcome], settings: Settings) -> Item:
    """The item with its year and waiting pages, from the cheapest place that tells them."""
    if item.refusal:
        year, pages = None, 0
    elif outcome := outcomes.get(item.document_id):
        year, pages = outcome.fiscal_year, outcome.waiting
        if not outcome.settled:
            year, pages = _kept_words(item, settings)
    elif known and known.result_key == item.result_key and _is_certain(known):
        return replace(item, partition=known.partition)
    else:
        year, pages = _kept_words(item, settings)
    stated = item.overrides.get("fiscal_year")
    return replace(item, partition=stated or (str(year) if year else inventory.UNDATED), waiting=pages)


def _is_certain(known: Item) -> bool:
    """Whether nothing can have been read of a document since it was last looked at."""
    return not known.waiting and known.partition != inventory.UNDATED


def _kept_words(item: Item, settings: Settings) -> tuple[int | None, int]:
    result, _ = kept_result(item, settings)
    return kept.year_and_waiting(result)


def _entry(document: RawDocument, entries: dict[str, Entry]) -> Entry:
    return next((entries[path] for path in _paths(document) if path in entries), Entry(document.document))


def _paths(document: RawDocument) -> list[str]:
    """What a manifest may call a document: each path it has, and the archive that a path leads through."""
    paths = [document.document, *document.copies]
    above = (parent for path in paths for parent in PurePosixPath(path).parents)
    return paths + [parent.as_posix() for parent in above if parent.suffix.lower() == ".zip"]


def _item(document: RawDocument, stock: Stock, version: str, settings: Settings) -> Item:
    entry = _entry(document, stock.entries)
    stated = corrections.of_document(stock.corrections, _paths(document), document.sha256)
    return Item(
        document_id=document.document_id,
        document=document.document,
        path=document.path,
        sha256=document.sha256,
        size=document.size,
        partition=inventory.UNDATED,
        reader_version=version,
        copies=document.copies,
        overrides=entry.overrides,
        source_url=entry.source_url,
        published_on=entry.published_on,
        refusal=_refusal(document, settings),
        corrections=tuple(" | ".join(each.stated) for each in stated),
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
        waiting=item.waiting,
    )
