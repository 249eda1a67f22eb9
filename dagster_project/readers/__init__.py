"""Readers: bytes of one file format → the one page model of ``page.py``. Pure; no database, no vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from dagster_project.readers import image, pdf, text
from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import GridCell, Line, Page, ReadProblem, Source, Word

__all__ = [
    "READERS",
    "READER_VERSION",
    "GridCell",
    "Line",
    "Page",
    "ReadError",
    "ReadProblem",
    "Source",
    "Word",
    "read",
    "supported",
]

READER_VERSION: Final = "1"
"""Changes whenever a reader or a form parser may read the same bytes differently."""

READERS: Final[dict[str, Callable[[Path], Source]]] = {
    ".txt": text.read,
    ".md": text.read,
    ".markdown": text.read,
    ".pdf": pdf.read,
    ".png": image.read,
    ".jpg": image.read,
    ".jpeg": image.read,
    ".tif": image.read,
    ".tiff": image.read,
}
"""File extension → its reader. A new format is one module and its line here."""


def supported(path: Path) -> bool:
    """Whether a reader is registered for the file's extension."""
    return path.suffix.lower() in READERS


def read(path: Path) -> Source:
    """Read a file by its extension. Raises ``ReadError`` for an unknown extension or an unreadable file."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReadError(
            path, f"has no reader for {path.suffix or 'a name without extension'}", f"use {known}"
        )
    return reader(path)
