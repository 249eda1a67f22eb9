"""``raw/manifest.csv``: what a person knows about a document beyond, or against, its own words.

One row a document; ``document`` is the path relative to the raw folder. ``source_url`` and ``published_on``
add, ``kind``, ``fiscal_year``, ``organisation``, ``edition`` and ``region`` override what the document says.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

FILE_NAME: Final = "manifest.csv"
OVERRIDES: Final = ("kind", "fiscal_year", "organisation", "edition", "region")
COLUMNS: Final = ("document", "source_url", "published_on", *OVERRIDES)

_CHOICES: Final[dict[str, dict[str, str]]] = {
    "kind": {"budget": "budget", "final": "final", "预算": "budget", "决算": "final"},
    "edition": {name: name for name in ("department", "unit", "both")}
    | {"部门": "department", "单位": "unit"},
}
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


class ManifestError(ValueError):
    """The manifest cannot be used. The message lists every error with its line and column."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the manifest. ``overrides`` holds only what the row states, in canonical values."""

    document: str
    source_url: str | None = None
    published_on: str | None = None
    overrides: dict[str, str] = field(default_factory=dict)


def read_manifest(raw: Path) -> dict[str, Entry]:
    """The rows of ``raw/manifest.csv`` by document; empty if there is no such file.

    UTF-8 (with or without a byte order mark) and GB18030 are read. Raises :class:`ManifestError`.
    """
    path = raw / FILE_NAME
    if not path.is_file():
        return {}
    reader = csv.reader(io.StringIO(decode(path)))
    header = [name.strip() for name in next(reader, [])]
    header_errors = _header_errors(header)
    errors = list(header_errors)
    entries: dict[str, Entry] = {}
    for row in reader:
        values = {name: value.strip() for name, value in zip(header, row, strict=False) if value.strip()}
        if header_errors or not values:
            continue
        number = reader.line_num
        found, entry = _entry(values, number)
        errors += found
        if entry and entry.document in entries:
            errors.append(f"line {number}, column document: {entry.document} stands twice")
        elif entry:
            entries[entry.document] = entry
    if errors:
        listed = "\n".join(f"  {error}" for error in errors)
        raise ManifestError(f"{path} cannot be used:\n{listed}\nCorrect these lines and load again.")
    return entries


def decode(path: Path) -> str:
    """The text of a file that a person wrote: UTF-8, with or without a byte order mark, or GB18030.

    Raises :class:`ManifestError`.
    """
    content = path.read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            return content.decode("gb18030")
        except UnicodeDecodeError as error:
            raise ManifestError(f"{path} is neither UTF-8 nor GB18030. Save it as UTF-8.") from error


def _header_errors(header: list[str]) -> list[str]:
    unknown = [name for name in header if name not in COLUMNS]
    errors = [f"line 1, column {name!r}: unknown; known are {', '.join(COLUMNS)}" for name in unknown]
    if "document" not in header:
        errors.append("line 1: the column document is missing")
    return errors


def _entry(values: dict[str, str], line: int) -> tuple[list[str], Entry | None]:
    errors: list[str] = []
    for name, choices in _CHOICES.items():
        if name in values and values[name] not in choices:
            errors.append(f"line {line}, column {name}: {values[name]!r} is none of {', '.join(choices)}")
        elif name in values:
            values[name] = choices[values[name]]
    if "fiscal_year" in values and not _YEAR.fullmatch(values["fiscal_year"]):
        errors.append(f"line {line}, column fiscal_year: {values['fiscal_year']!r} is no year, such as 2024")
    if "published_on" in values and not _is_date(values["published_on"]):
        errors.append(
            f"line {line}, column published_on: {values['published_on']!r} is no date, such as 2024-02-01"
        )
    if "document" not in values:
        errors.append(f"line {line}, column document: empty; write the path below the raw folder")
    if errors:
        return errors, None
    overrides = {name: values[name] for name in OVERRIDES if name in values}
    return [], Entry(values["document"], values.get("source_url"), values.get("published_on"), overrides)


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
