"""Readers: bytes of one file format → the one page model of ``page.py``. Pure; no database, no vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from dagster_project.readers import archive, formats, image, libreoffice, pdf, text, web, word
from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import GridCell, Line, Page, ReadProblem, Source, Word
from dagster_project.readers.sheets import delimited, xls

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
    ".csv": delimited.read,
    ".tsv": delimited.read,
    ".xlsx": libreoffice.read_xlsx,
    ".xlsm": libreoffice.read_xlsx,
    ".xls": xls.read,
    ".et": xls.read,
    ".xlsb": libreoffice.read_workbook,
    ".ods": libreoffice.read_workbook,
    ".spreadsheetml": libreoffice.read_workbook,
    ".docx": word.read,
    ".docm": word.read,
    ".doc": libreoffice.read_text,
    ".wps": libreoffice.read_text,
    ".rtf": libreoffice.read_text,
    ".odt": libreoffice.read_text,
    ".wordml": libreoffice.read_text,
    ".html": web.read,
    ".htm": web.read,
    ".mhtml": web.read_archive,
    ".mht": web.read_archive,
    ".zip": archive.read,
    ".png": image.read,
    ".jpg": image.read,
    ".jpeg": image.read,
    ".tif": image.read,
    ".tiff": image.read,
}
"""File extension → its reader. A new format is one module and its line here; one whose bytes tell it is named
in ``formats`` as well.
"""


def supported(path: Path) -> bool:
    """Whether a reader is registered for the file's extension."""
    return path.suffix.lower() in READERS


def read(path: Path) -> Source:
    """Read a file as what its bytes are; where they tell nothing, by its extension.

    Raises ``ReadError`` for a format without reader and for a file that its reader cannot read.
    """
    named = path.suffix.lower()
    meant = formats.actual(path) or _without_signature(path)
    if meant in formats.REFUSED:
        refusal = formats.REFUSED[meant]
        raise ReadError(path, refusal.reason, refusal.action)
    reader = READERS.get(meant)
    if reader is None:
        known = ", ".join(sorted(READERS))
        raise ReadError(path, f"has no reader for {meant or 'a name without extension'}", f"use {known}")
    source = reader(path)
    if READERS.get(named) is reader:
        return source
    return replace(source, problems=(_misnamed(named, meant), *source.problems))


def _without_signature(path: Path) -> str:
    """The extension to go by where a file's bytes tell no format: a format that has a signature is none."""
    named = path.suffix.lower()
    if named not in formats.BINARY:
        return named
    if formats.is_plain_text(path):
        return ".txt"
    raise ReadError(path, f"is no {named} file inside", "get it again from its publisher")


def _misnamed(named: str, meant: str) -> ReadProblem:
    name = named or "no extension"
    return ReadProblem(
        kind="misnamed",
        message=f"文件名为 {name}，内容是 {meant}，按内容读取"
        f" / the file is named {name} and is {meant} inside: read as what it is",
        action="none needed; rename the file to avoid this line",
        severity="info",
    )
