"""Which documents lie in the raw folder. Identity is the content: names and folders may change freely."""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath
from typing import Final

from dagster_project import corrections, manifest, waivers
from dagster_project.readers import archive, formats
from dagster_project.readers.errors import ReadError

IGNORED: Final = (".*", "~$*", "README*", "Thumbs.db", "desktop.ini", "*.tmp", "*.part", "*.crdownload")
"""Files that are never documents: what systems, offices, browsers and this project leave in folders."""

STATEMENTS: Final = frozenset({manifest.FILE_NAME, corrections.FILE_NAME, waivers.FILE_NAME})
"""What persons say about the documents, at the top of the folder."""

ATTACHED: Final = frozenset(
    {".pdf", ".doc", ".docx", ".wps", ".rtf", ".xls", ".xlsx", ".et", ".csv", ".ofd", ".zip", ".rar", ".7z"}
)
"""Of what browsers save beside a page, files of these kinds are documents; pictures belong to the page."""

_CHUNK: Final = 1 << 20


class NothingToLoadError(ValueError):
    """The raw folder is missing or holds no file. The message says what to do."""


@dataclass(frozen=True, slots=True)
class RawDocument:
    """One content, wherever and however often it lies in the raw folder.

    ``document`` is its first path (alphabetically) relative to the raw folder, ``copies`` the other ones,
    ``size`` bytes. A file inside a ZIP archive has a path through the archive (``readers.archive``).
    ``unreadable`` is the system's reason if the file could not be read.
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

    The files inside ZIP archives are documents of their own. Hidden files and folders, ``README*``, what
    persons say about documents (manifest, corrections, waivers), temporary files and what browsers save
    beside a page are passed over. Links to folders are not
    followed. Raises :class:`NothingToLoadError`.
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
        files = [file for files in pool.map(lambda path: _read(raw, path), paths) for file in files]
    by_content: dict[str, list[RawDocument]] = {}
    for file in sorted(files, key=lambda file: file.document):
        by_content.setdefault(file.sha256, []).append(file)
    return tuple(_merge(same) for same in by_content.values())


def _files(raw: Path) -> list[Path]:
    found: list[Path] = []
    of_pages: set[Path] = set()
    for folder, folders, names in os.walk(raw):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(folder)
        of_pages |= {here / name for name in folders if here in of_pages or _is_of_page(name, names)}
        found += [
            here / name
            for name in names
            if not _is_ignored(name, top=here == raw)
            and (here not in of_pages or Path(name).suffix.lower() in ATTACHED)
        ]
    return found


def _is_inside_page(path: PurePosixPath, names: Collection[str]) -> bool:
    """Whether a file of an archive is one of those that a browser saved beside a page in it."""
    if path.suffix.lower() in ATTACHED:
        return False
    folders = (folder for folder in path.parents if folder.name.endswith("files"))
    return any(
        f"{folder.with_name(folder.name[: -len(ending)])}{page}" in names
        for folder in folders
        for ending in ("_files", ".files")
        if folder.name.endswith(ending) and folder.name != ending
        for page in (".html", ".htm")
    )


def _is_of_page(folder: str, beside: Collection[str]) -> bool:
    """Whether a browser made a folder for what a page shows that lies ``beside`` it."""
    stem, _, kind = folder.rpartition("_" if folder.endswith("_files") else ".")
    return kind == "files" and any(f"{stem}{ending}" in beside for ending in (".html", ".htm"))


def _is_ignored(name: str, *, top: bool) -> bool:
    return (top and name in STATEMENTS) or any(fnmatch(name, pattern) for pattern in IGNORED)


def _is_wanted(name: str) -> bool:
    """Whether a file inside an archive can be a document, by its path in it."""
    *folders, file = name.split("/")
    hidden = any(folder.startswith((".", "__MACOSX")) for folder in folders)
    return not hidden and not _is_ignored(file, top=False)


def _read(raw: Path, path: Path) -> list[RawDocument]:
    """The document that a file is, or the documents that are in it."""
    file = _read_file(raw, path)
    return [file] if file.unreadable else _inside(path, file) or [file]


def _inside(path: Path, file: RawDocument) -> list[RawDocument]:
    """The documents inside an archive; none where the file is no archive, or one that must be refused."""
    try:
        if formats.actual(path) != ".zip":
            return []
        found = archive.documents(path, _is_wanted)
    except ReadError:
        return []
    names = {one.name for one in found}
    return [
        RawDocument(
            one.sha256[:16],
            unicodedata.normalize("NFC", f"{file.document}/{one.name}"),
            f"{path}/{one.name}",
            one.sha256,
            one.size,
        )
        for one in found
        if not _is_inside_page(PurePosixPath(one.name), names)
    ]


def _read_file(raw: Path, path: Path) -> RawDocument:
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
