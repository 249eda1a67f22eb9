"""Which documents lie in the raw folder. Identity is the content: names and folders may change freely."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

from dagster_project import manifest

IGNORED: Final = (".*", "~$*", "README*", "Thumbs.db", "desktop.ini", "*.tmp", "*.part", "*.crdownload")
"""Files that are never documents: what systems, offices, browsers and this project leave in folders."""

_CHUNK: Final = 1 << 20


class NothingToLoadError(ValueError):
    """The raw folder is missing or holds no file. The message says what to do."""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One content, wherever and however often it lies in the raw folder.

    ``document`` is its first path (alphabetically) relative to the raw folder, ``copies`` the other ones,
    ``size`` bytes. ``unreadable`` is the system's reason if the file could not be read.
    """

    document_id: str
    document: str
    path: str
    sha256: str
    size: int
    copies: tuple[str, ...] = ()
    unreadable: str | None = None


def discover(raw: Path) -> tuple[RawDocument, ...]:
    """Every document below ``raw``, sorted by path; a content that lies there twice is one document.

    Hidden files and folders, ``README*``, the manifest and temporary files are passed over. Links to folders
    are not followed. Raises :class:`NothingToLoadError`.
    """
    if not raw.is_dir():
        raise NothingToLoadError(
            f"There is no folder {raw}. Create it and put documents into it, or name another one."
        )
    paths = _files(raw)
    if not paths:
        raise NothingToLoadError(
            f"{raw} holds no documents. Put the published files into it, in any folders."
        )
    with ThreadPoolExecutor(4) as pool:
        files = list(pool.map(lambda path: _read(raw, path), paths))
    by_content: dict[str, list[RawDocument]] = {}
    for file in sorted(files, key=lambda file: file.document):
        by_content.setdefault(file.sha256, []).append(file)
    return tuple(_merge(same) for same in by_content.values())


def _files(raw: Path) -> list[Path]:
    found: list[Path] = []
    for folder, folders, names in os.walk(raw):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(folder)
        found += [here / name for name in names if not _is_ignored(name, top=here == raw)]
    return found


def _is_ignored(name: str, *, top: bool) -> bool:
    return (top and name == manifest.FILE_NAME) or any(fnmatch(name, pattern) for pattern in IGNORED)


def _read(raw: Path, path: Path) -> RawDocument:
    name = unicodedata.normalize("NFC", path.relative_to(raw).as_posix())
    digest = hashlib.sha256()
    size = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
    except OSError as error:
        sha256 = hashlib.sha256(f"unreadable:{name}".encode()).hexdigest()
        return RawDocument(sha256[:16], name, str(path), sha256, 0, unreadable=error.strerror or str(error))
    sha256 = digest.hexdigest()
    return RawDocument(sha256[:16], name, str(path), sha256, size)


def _merge(same: list[RawDocument]) -> RawDocument:
    first, *others = same
    return RawDocument(
        first.document_id,
        first.document,
        first.path,
        first.sha256,
        first.size,
        tuple(other.document for other in others),
        first.unreadable,
    )
