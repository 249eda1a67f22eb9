"""What was read from a document, kept on disk: parsed once, loaded as often as wanted.

A kept result is found by content, by what a person stated about the document, and by the version of
everything that reads (code, seeds, rules). It is written whole or not at all, so a load that was killed
parses again only what was in flight.

The file: gzipped lines ``table<TAB>JSON object``, one a record, in the order of the staging contract. Amounts
are JSON strings, since a JSON number may become a float on the way.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from dagster_project.contract import TABLES, Table
from dagster_project.readers.limits import NEEDS_OCR
from dagster_project.records import ParsedDocument, ProblemRecord
from dagster_project.settings import PROJECT

READING: Final = (
    "dagster_project/parse.py",
    "dagster_project/vocabulary.py",
    "dagster_project/money.py",
    "dagster_project/records.py",
    "dagster_project/contract.py",
    "dagster_project/kept.py",
    "dagster_project/parse_pool.py",
    "dagster_project/readers/**/*.py",
    "dagster_project/forms/**/*.py",
    "dagster_project/proof/**/*.py",
    "dbt/seeds/*.csv",
    "expectations/*.py",
    "expectations/rules/*.yaml",
)
_BUILDING: Final = (
    "dagster_project/**/*.py",
    "dbt/*.yml",
    "dbt/models/**/*",
    "dbt/macros/**/*",
    "dbt/seeds/**/*",
    "dbt/tests/**/*",
    "expectations/**/*.py",
    "expectations/**/*.yaml",
)
_SEEDING: Final = ("dbt/seeds/**/*", "dbt/macros/**/*", "dbt/dbt_project.yml")


def reader_version() -> str:
    """Twelve hex digits over everything that decides what is read from a document."""
    return _digest(_files(READING))


def building_version() -> str:
    """Twelve hex digits over everything that decides what stands in a published warehouse."""
    return _digest(_files(_BUILDING))


def seeds_version() -> str:
    """Twelve hex digits over everything that decides what stands in the tables of schema ``seeds``."""
    return _digest(_files(_SEEDING))


def _files(patterns: Iterable[str]) -> list[Path]:
    return sorted({path for pattern in patterns for path in PROJECT.glob(pattern) if path.is_file()})


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(PROJECT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


class Kept:
    """The kept results of one reader version below ``folder`` (``warehouse/parsed``)."""

    def __init__(self, folder: Path, version: str) -> None:
        """``version`` as :func:`reader_version` gives it."""
        self.folder = folder
        self.version = version

    def path(self, sha256: str, overrides: Mapping[str, str]) -> Path:
        """Where the result of a content, read under these overrides, is or will be."""
        stated = json.dumps(dict(sorted(overrides.items())), ensure_ascii=False)
        suffix = hashlib.sha256(stated.encode()).hexdigest()[:8] if overrides else "plain"
        return self.folder / self.version / f"{sha256[:32]}-{suffix}.gz"


def drop_other_versions(folder: Path, versions: Collection[str]) -> None:
    """Remove what other readers than those of ``versions`` left: it will not be asked for again."""
    for other in folder.iterdir() if folder.is_dir() else ():
        if other.is_dir() and other.name not in versions:
            shutil.rmtree(other)


def waiting_path(result: Path) -> Path:
    """Where the result of a document is kept of which pages wait to be recognised."""
    return result.with_suffix(".waiting.gz")


def retry_path(result: Path) -> Path:
    """Where the result of a try is kept that may end otherwise next time."""
    return result.with_suffix(".retry.gz")


def write(path: Path, parsed: ParsedDocument) -> None:
    """Keep one result at ``path``, whole or not at all."""
    _write(path, "".join(_lines(parsed)).encode())


def add_problems(source: Path, target: Path, problems: Iterable[ProblemRecord]) -> None:
    """Keep the result of ``source`` at ``target`` as well, with more problems on record."""
    (table,) = (table for table in TABLES if table.name == "problem")
    added = "".join(_line(table, problem) for problem in problems)
    _write(target, gzip.decompress(source.read_bytes()) + added.encode())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}.part")
    with partial.open("wb") as file:
        file.write(gzip.compress(content, compresslevel=1, mtime=0))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def year_and_waiting(path: Path) -> tuple[int | None, int]:
    """The fiscal year that a kept result says, and how many of its pages wait to be recognised."""
    year, waiting = None, 0
    for table, record in read_lines(path):
        if table == "document":
            year = json.loads(record)["fiscal_year"]
        elif table == "problem":
            waiting += json.loads(record)["kind"] == NEEDS_OCR
    return year, waiting


def read_lines(path: Path) -> Iterator[tuple[str, bytes]]:
    """The records of a kept result: staging table and JSON line."""
    for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True):
        table, _, record = line.partition(b"\t")
        yield table.decode(), record


def _lines(parsed: ParsedDocument) -> Iterator[str]:
    for table in TABLES:
        held = getattr(parsed, table.attribute)
        records = held if isinstance(held, list) else [held]
        yield from (_line(table, record) for record in records)


def _line(table: Table, record: Any) -> str:
    values = {name: getattr(record, name) for name in table.columns}
    return f"{table.name}\t{json.dumps(values, ensure_ascii=False, default=_plain)}\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no type of the staging contract")
