"""The files that documents were loaded from, found again by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dagster_project import readers
from dagster_project.readers import archive
from dagster_project.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class OriginalMissingError(LookupError):
    """The file does not lie below the raw folder as it was loaded."""

    def __init__(self, document: str, raw: Path) -> None:
        super().__init__(
            f"{document} does not lie in {raw} as it was loaded. Name its folder with --raw,"
            f" or load again.\n{raw} 中没有装载时的该文件：请用 --raw 指明文件夹，或重新装载。"
        )


@contextmanager
def original(connection: DuckDBPyConnection, document: dict[str, Any], raw: Path) -> Iterator[Path]:
    """The file that ``document`` (a row with ``document_id``, ``document`` and ``sha256``) was loaded from,
    wherever it lies below ``raw``, inside an archive or not.

    Raises :class:`OriginalMissingError`.
    """
    names = fetch(
        connection,
        "select document from staging.document_file where document_id = ? order by document",
        [document["document_id"]],
    )
    for name in names:
        try:
            with archive.opened(raw / name["document"]) as path:
                if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == document["sha256"]:
                    yield path
                    return
        except readers.ReadError:
            continue
    raise OriginalMissingError(document["document"], raw)
