"""Plain text and Markdown: bytes → decoded lines on pages.

Pages are what form feeds separate; a file without a form feed has no page numbers. Markdown pipe tables
become tab-separated lines, so that the form parsers know one kind of grid.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import Line, Page, Source

READER: Final = "text"

_ENCODINGS: Final = (("utf-8-sig", "utf-8"), ("gb18030", "gb18030"))
_BINARY_SIGNATURES: Final = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP/DOCX/XLSX"),
    (b"\xd0\xcf\x11\xe0", "DOC/XLS"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
)
_TABLE_LINE: Final = re.compile(r"\s*\|.*\|\s*$")
_TABLE_RULE: Final = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_MARKS: Final = re.compile(r"^\s{0,3}(?:#{1,6}\s+|>\s?)+")
_BULLET: Final = re.compile(r"^(\s*)[-*+•·]\s+(?=\S)")
_EMPHASIS: Final = re.compile(r"\*\*|__|`")
_BREAK_TAG: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
_LINE_BREAK: Final = re.compile(r"\r\n|\r|\n")
_CONTROL: Final = re.compile(r"[\x01-\x08\x0b\x0e-\x1f\x7f\u200b\ufeff]")


def read(path: Path) -> Source:
    """Read one ``.txt`` or ``.md`` file.

    Raises ``ReadError`` where the file cannot be opened or :func:`decoded` cannot tell its text.
    """
    return read_bytes(content(path), path)


def content(path: Path) -> bytes:
    """The bytes of a file. Raises ``ReadError`` where it cannot be opened."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ReadError(
            path, f"cannot be opened ({error.strerror})", "check that the file is readable"
        ) from error


def read_bytes(raw: bytes, path: Path) -> Source:
    """Read a text file's content; ``path`` only tells Markdown from plain text and names the file in
    errors.
    """
    text, encoding = decoded(raw, path)
    markdown = path.suffix.lower() in {".md", ".markdown"}
    pages = tuple(_pages(text, markdown=markdown))
    media_type = "text/markdown" if markdown else "text/plain"
    return Source(pages=pages, media_type=media_type, reader=READER, encoding=encoding)


def decoded(raw: bytes, path: Path) -> tuple[str, str]:
    """The text that bytes are, and the name of its encoding; ``path`` names the file in errors.

    Raises ``ReadError`` for bytes that are empty, no text, or in neither UTF-8 nor GB18030 (nor UTF-16 that
    says so).
    """
    if not raw.strip():
        raise ReadError(path, "is empty", "replace it by the published document or remove it")
    for signature, name in _BINARY_SIGNATURES:
        if raw.startswith(signature):
            raise ReadError(path, f"is a {name} file with a text file's name", "give it its own extension")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace"), "utf-16"
    if b"\x00" in raw:
        raise ReadError(path, "holds NUL bytes: it is no text file", "save it as UTF-8 text")
    for codec, name in _ENCODINGS:
        try:
            return raw.decode(codec), name
        except UnicodeDecodeError:
            continue
    raise ReadError(path, "is neither UTF-8 nor GB18030", "save it as UTF-8 text")


def _pages(text: str, *, markdown: bool) -> list[Page]:
    chunks = text.split("\f")
    if len(chunks) > 1 and not chunks[-1].strip():
        chunks.pop()
    numbered = len(chunks) > 1
    pages: list[Page] = []
    first = 1
    for index, chunk in enumerate(chunks, start=1):
        page_number = index if numbered else None
        printed = _LINE_BREAK.split(chunk)
        # A form feed is no line break: what follows it stands on the same line of the file.
        cleaned = [(first + offset, _clean(text, markdown=markdown)) for offset, text in enumerate(printed)]
        lines = (
            Line(text=text, number=number, page=page_number) for number, text in cleaned if text is not None
        )
        pages.append(Page(number=page_number, lines=tuple(lines)))
        first += len(printed) - 1
    return pages


def _clean(printed: str, *, markdown: bool) -> str | None:
    """One line without marks of the format; ``None`` for a line that is nothing but table drawing."""
    # Tabs at the end are blank cells of a table: they stay.
    text = _CONTROL.sub("", printed).rstrip(" \u3000\xa0")
    if not text.strip():
        return ""
    if "|" in text:
        if _TABLE_RULE.fullmatch(text) and "-" in text:
            return None
        if _TABLE_LINE.fullmatch(text):
            return _table_line(text)
    if markdown or text.lstrip().startswith("#"):
        text = _EMPHASIS.sub("", _MARKS.sub("", text))
    return _BULLET.sub(r"\1", text)


def _table_line(text: str) -> str:
    cells = text.strip()[1:-1].replace("\\|", "\x00").split("|")
    plain = (_EMPHASIS.sub("", _BREAK_TAG.sub("", cell)).replace("\x00", "|").strip() for cell in cells)
    return "\t".join(plain)
