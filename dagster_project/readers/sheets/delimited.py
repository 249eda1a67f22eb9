"""Delimited text (.csv, .tsv): the rows of one table.

A delimited file keeps no merged cells, so its rows are lines with tabs, as in text files: the forms layer
then looks for header cells that a merge once covered.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path
from typing import Final

from dagster_project.readers import text
from dagster_project.readers.errors import ReadError
from dagster_project.readers.flow import joined
from dagster_project.readers.page import Line, Page, Source

READER: Final = "csv"

_DELIMITERS: Final = (",", "\t", ";", "|", "，")


def read(path: Path) -> Source:
    """Read one file, in UTF-8 or GB18030, with the delimiter that makes most rows of one width.

    Raises ``ReadError`` where the file cannot be opened, is empty or is no text.
    """
    content, encoding = text.decoded(text.content(path), path)
    rows = max((_rows(content, delimiter) for delimiter in _DELIMITERS), key=_evenness)
    if not any(any(row) for row in rows):
        raise ReadError(path, "holds no value", "check that it is the published file")
    width = max(len(row) for row in rows)
    lines = tuple(
        Line("\t".join([*row, *[""] * (width - len(row))]), number)
        for number, row in enumerate(rows, start=1)
        if any(row)
    )
    return Source((Page(None, lines),), "text/csv", READER, encoding)


def _rows(content: str, delimiter: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
    except csv.Error:
        return []
    return [[joined(value) for value in row] for row in rows]


def _evenness(rows: list[list[str]]) -> tuple[int, int]:
    """How many rows have the width that most rows of more than one cell have, and that width."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    if not widths:
        return 0, 0
    width, count = widths.most_common(1)[0]
    return count, width
