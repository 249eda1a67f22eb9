"""What a file is, by its first bytes: a name is only what somebody called it.

Government sites publish web pages called ``.xls`` and Word files called ``.wps``; each is read as what it is.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from xlrd.compdoc import CompDoc, CompDocError

from dagster_project.readers.errors import ReadError
from dagster_project.readers.packages import DAMAGED
from dagster_project.readers.text import content

_HEAD: Final = 2048
_BROKEN_DIRECTORY: Final = (
    CompDocError,
    AssertionError,
    struct.error,
    LookupError,
    ValueError,
    RecursionError,
)
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNATURES: Final = (
    (b"%PDF-", ".pdf"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"GIF8", ".gif"),
    (b"{\\rtf", ".rtf"),
    (b"Rar!\x1a\x07", ".rar"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
    (b"\x1f\x8b", ".gz"),
)
_PACKAGES: Final = (
    ("word/document.xml", ".docx"),
    ("xl/workbook.xml", ".xlsx"),
    ("xl/workbook.bin", ".xlsb"),
    ("ppt/presentation.xml", ".pptx"),
    ("OFD.xml", ".ofd"),
)
_OPEN_DOCUMENTS: Final = {
    b"application/vnd.oasis.opendocument.text": ".odt",
    b"application/vnd.oasis.opendocument.spreadsheet": ".ods",
}
_OLE_STREAMS: Final = (
    ("EncryptedPackage", ".encrypted"),
    ("WordDocument", ".doc"),
    ("Workbook", ".xls"),
    ("Book", ".xls"),
    ("PowerPoint Document", ".ppt"),
)
_PAGE: Final = re.compile(rb"<(?:!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
_MHTML: Final = re.compile(rb"^(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*mime-version:", re.IGNORECASE)
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a format is not read: ``reason`` completes "the file …", ``action`` says what its owner can do."""

    reason: str
    action: str


_UNPACK: Final = "unpack it into the folder, or pack it as .zip"
REFUSED: Final[dict[str, Refusal]] = {
    ".rar": Refusal("is a RAR archive, which needs a program of its own", _UNPACK),
    ".7z": Refusal("is a 7-Zip archive, which is not read", _UNPACK),
    ".gz": Refusal("is a gzip file, which is not read", _UNPACK),
    ".tar": Refusal("is a tar archive, which is not read", _UNPACK),
    ".ofd": Refusal("is an OFD document, which is not read", "save it as PDF with an OFD viewer"),
    ".pptx": Refusal("is a presentation", "give the document it was made from"),
    ".ppt": Refusal("is a presentation", "give the document it was made from"),
    ".encrypted": Refusal("is an Office file that asks for a password", "save it without one"),
}
"""Formats that are recognised and not read."""

BINARY: Final = frozenset(
    {ending for _, ending in (*_SIGNATURES, *_PACKAGES, *_OLE_STREAMS)}
    | {*_OPEN_DOCUMENTS.values(), ".zip", ".et", ".wps", ".xlsm", ".dot", ".xlt", ".jpeg", ".tiff"}
)
"""Extensions of formats whose bytes tell them."""


def actual(path: Path) -> str | None:
    """The extension of the format that a file is in, ``None`` where its bytes are text of no known markup or
    nothing known.

    ``.spreadsheetml`` and ``.wordml`` are the XML formats of Office 2003. Raises ``ReadError`` where the file
    cannot be opened.
    """
    raw = _beginning(path)
    head = raw.lstrip(b"\xef\xbb\xbf\r\n\t ")
    if raw.startswith(b"PK\x03\x04") or raw.startswith(b"PK\x05\x06"):
        return _zip(path)
    if raw.startswith(_OLE):
        return _ole(content(path))
    if raw[257:262] == b"ustar":
        return ".tar"
    for signature, ending in _SIGNATURES:
        if head.startswith(signature):
            return ending
    if b"%PDF-" in raw[:1024]:
        return ".pdf"
    return _markup(head)


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError as error:
        raise ReadError(
            path, f"cannot be opened ({error.strerror})", "check that the file is readable"
        ) from error


def is_plain_text(path: Path) -> bool:
    """Whether a file's bytes can be text: no control characters, and in UTF-8 or GB18030."""
    raw = content(path)
    if _CONTROL.search(raw):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return bool(raw.strip())
    return False


def of_package(packed: zipfile.ZipFile) -> str:
    """The extension of the format that a ZIP package is in, ``.zip`` for an archive of files."""
    names = packed.NameToInfo
    for part, ending in _PACKAGES:
        if part in names:
            return ending
    if "mimetype" in names and names["mimetype"].file_size < _HEAD:
        return _OPEN_DOCUMENTS.get(packed.read("mimetype").strip(), ".zip")
    return ".zip"


def _zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as packed:
            return of_package(packed)
    except DAMAGED:
        return ".zip"


def _ole(raw: bytes) -> str:
    """By the stream that only this program writes, at the top of the file: documents hold other documents."""
    try:
        top = {node.name for node in CompDoc(raw, logfile=io.StringIO()).dirlist if node.parent == 0}
    except _BROKEN_DIRECTORY:
        top = {stream for stream, _ in _OLE_STREAMS if f"{stream}\x00".encode("utf-16-le") in raw}
    return next((ending for stream, ending in _OLE_STREAMS if stream in top), ".ole")


def _markup(head: bytes) -> str | None:
    if head.startswith(b"<?xml"):
        if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
            return ".spreadsheetml"
        if b"schemas.microsoft.com/office/word/2003/wordml" in head or b'progid="Word.Document"' in head:
            return ".wordml"
    if head.startswith(b"<") and _PAGE.search(head):
        return ".html"
    if _MHTML.match(head.replace(b"\r\n", b"\n")):
        return ".mhtml"
    return None
