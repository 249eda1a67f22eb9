"""The header of a grid: which rows it is made of, and the path of header cells over every physical column.

Where the merges of a grid are known, they say which columns a cell stands over. Elsewhere they are lost: a
cell over several columns stands in the first of them, and a blank header cell belongs to the nearest text on
its left when something is printed below it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.headers import Header

_META: Final = re.compile(
    r"^(?:编制单位|填报单位|编报单位|部门名称|单位名称|部门|单位|预算单位|金额单位|预算部门|公开部门|公开单位|填报部门|部门\(单位\)名称"
    r"|部门\(单位\)|预算单位名称|单位\(部门\)名称)?:.+|^单位:|^\(?单位:?(?:万元|元)\)?$|^\D{0,8}\d+(?:[-—.]\d+)*表$"
)
_FORM_NUMBER: Final = re.compile(r"(?:部门|单位|预算|决算|财决)?(?:公开|附)?表\d{1,2}(?:[-—.]\d{1,2})*")
_COLUMN_NUMBER: Final = re.compile(r"^\(?(\d{1,2})\)?(?:=.*)?$")
_UNREAD: Final = frozenset({"unknown", "cut", "empty"})
_ACCOUNT_CODE: Final = re.compile(r"^\d{3,9}$")


@dataclass(frozen=True, slots=True)
class Band:
    """The rows of one header and the data rows below it."""

    header: tuple[GridRow, ...]
    data: tuple[GridRow, ...]


def bands(form: str, rows: Sequence[GridRow]) -> list[Band]:
    """Cut a form's rows into headers and their data; repeated headers, column numbers and captions are
    dropped.
    """
    found: list[Band] = []
    header: list[GridRow] = []
    data: list[GridRow] = []
    open_header = False
    counted = last = 0
    over: list[GridRow] = []
    for row, before in zip(rows, [None, *rows], strict=False):
        if is_caption(row) and not (row.exact and header and not row.filled()):
            continue
        if is_column_numbers(form, row, last if open_header else 0):
            open_header, counted = False, highest_number(row)
            last = counted
            continue
        if counted and _goes_on_counting(row, counted):
            row = replace(row, cells=[_without_figure(cell) for cell in row.cells])  # noqa: PLW2901
        counted = 0
        starts = _starts_header(form, row, first=not header) or (
            before is not None and row.table != before.table and _heads_further_columns(form, row)
        )
        if open_header and (_is_under_header(row) or _continues_header(form, row)):
            header.append(row)
        elif starts and not _repeats(row, header):
            if header:
                found.append(Band(tuple(header), tuple(data)))
            header, data, open_header = [*over, row], [], True
        elif header and not _repeats(row, header):
            open_header = False
            data.append(row)
        over = [*over, row] if not header and _is_over_header(form, row) else []
    if header:
        found.append(Band(tuple(header), tuple(data)))
    return found


def is_caption(row: GridRow) -> bool:
    """Lines around the grid: unit of money, name of the body, number of the form."""
    texts = [vocabulary.key(row.cells[column]) for column in row.filled()]
    if _FORM_NUMBER.fullmatch("".join(texts)):
        return True
    return not texts or (any(_META.match(text) for text in texts) and not any(map(is_figure, texts)))


def is_column_numbers(form: str, row: GridRow, after: int = 0) -> bool:
    """Whether the row counts the columns (栏次 1 2 3 …) and prints nothing else but header words.

    ``after``: the number of the last column on the pages before; further columns go on counting.
    """
    numbers: list[int] = []
    marked = False
    for column in row.filled():
        text = vocabulary.key(row.cells[column])
        match = _COLUMN_NUMBER.match(text)
        if match:
            numbers.append(int(match.group(1)))
        elif headers.is_header_word(form, text):
            marked = marked or text == "栏次"
        else:
            return False
    counts = all(after == before + 1 for before, after in itertools.pairwise(numbers))
    begins = bool(numbers) and (marked or numbers[0] in (1, after + 1))
    return begins and counts and (marked or len(numbers) > 1 or numbers[0] == after + 1 > 1)


def highest_number(row: GridRow) -> int:
    """The number of the last column that a row of column numbers counts."""
    found = (_COLUMN_NUMBER.match(vocabulary.key(cell)) for cell in row.cells)
    return max(int(match.group(1)) for match in found if match)


def _goes_on_counting(row: GridRow, counted: int) -> bool:
    """Whether a row's only figures go on with the column numbers of the row above: they slipped a line."""
    figures = [vocabulary.key(cell) for cell in row.cells if is_figure(cell)]
    return bool(figures) and figures == [str(counted + place) for place in range(1, len(figures) + 1)]


def _without_figure(cell: str) -> str:
    return "" if is_figure(cell) else cell


def is_total_label(text: str) -> bool:
    """Whether a label is one of the printed totals (合计, 收入总计, 本年支出合计 …)."""
    return vocabulary.row_label(text).kind == "total"


def _starts_header(form: str, row: GridRow, *, first: bool) -> bool:
    """Whether a row begins a header: two header words or more, and among them one that a data row cannot
    print.

    Labels of two-sided forms are worded like columns (上年结转结余), so values alone begin no second header.
    """
    filled = row.filled()
    if any(is_figure(row.cells[column]) for column in filled) or _is_data(row):
        return False
    words = {vocabulary.key(row.cells[c]) for c in filled if headers.is_header_word(form, row.cells[c])}
    if len(words) < 2 or len(words) * 2 < len({row.cells[c] for c in filled}):
        return False
    return first or any(headers.names_no_amount(form, word) for word in words)


def begins_header(form: str, row: GridRow) -> bool:
    """Whether a row alone reads as the first of a header, whatever is printed above it."""
    return _starts_header(form, row, first=False) or _heads_further_columns(form, row)


def _heads_further_columns(form: str, row: GridRow) -> bool:
    """Whether a row of known merges has a header word over every column, not totals alone: a piece of a wide
    table whose key columns are on another page begins so.
    """
    return (
        row.exact
        and all(headers.is_header_word(form, text) for text in row.over)
        and not all(map(is_total_label, row.over))
    )


def _is_over_header(form: str, row: GridRow) -> bool:
    """Whether a row holds nothing but header words: the cell over a whole header stands alone in its row."""
    return bool(row.filled()) and all(
        headers.is_header_word(form, row.cells[column]) for column in row.filled()
    )


def _is_under_header(row: GridRow) -> bool:
    """Whether cells of the header above reach into a row that is no row of data."""
    filled = row.filled()
    if any(is_figure(row.cells[column]) for column in filled):
        return False
    return bool(row.above) and not (filled and _is_data(row))


def _continues_header(form: str, row: GridRow) -> bool:
    filled = row.filled()
    if any(is_figure(row.cells[column]) for column in filled) or _is_data(row):
        return False
    return any(is_header_piece(form, row.cells[column]) for column in filled)


def _is_data(row: GridRow) -> bool:
    """Rows without figures that are no header: numbered labels, account codes, totals of an empty form."""
    texts = [vocabulary.key(row.cells[column]) for column in row.filled()]
    if all(is_total_label(text) for text in texts):
        return texts != ["小计"] and (len(texts) == 1 or not any(text in ("合计", "小计") for text in texts))
    first = texts[0]
    return vocabulary.without_number(first) != first or any(_ACCOUNT_CODE.match(text) for text in texts)


@lru_cache(maxsize=8192)
def is_header_piece(form: str, text: str) -> bool:
    """Whether a text is a header wording or a piece of one that the column's width broke off."""
    if headers.is_header_word(form, text):
        return True
    word = vocabulary.key(text)
    return any(word in (parent + header) for parent, header in vocabulary.header_words(form))


def _repeats(row: GridRow, header: Sequence[GridRow]) -> bool:
    texts = {vocabulary.key(row.cells[column]) for column in row.filled()}
    return any(texts == {vocabulary.key(known.cells[c]) for c in known.filled()} for known in header)


def paths(form: str, header: Sequence[GridRow], fiscal_year: int | None) -> list[tuple[str, ...]]:
    """Header cells over each physical column, outermost first; merges that the print lost are filled in.

    Merges that are known are lost all the same where the header was typed without them, and a blank cell
    stands over a word: what they say is followed unless filling in leaves fewer columns without a meaning.
    """
    filled = _filled_paths(header)
    if not all(row.exact for row in header):
        return filled
    over = list(itertools.zip_longest(*(row.over for row in header), fillvalue=""))
    known = [_unrepeated(column) for column in over]
    if not any(_blank_over_word(column) for column in over):
        return known
    return min((known, filled), key=lambda over: _without_meaning(form, over, fiscal_year))


def _blank_over_word(column: Sequence[str]) -> bool:
    return any(not cell and any(column[level + 1 :]) for level, cell in enumerate(column))


def _without_meaning(form: str, over: Sequence[tuple[str, ...]], fiscal_year: int | None) -> int:
    return sum(headers.resolve(form, path, fiscal_year).role in _UNREAD for path in over)


def _filled_paths(header: Sequence[GridRow]) -> list[tuple[str, ...]]:
    width = max(len(row.cells) for row in header)
    levels: list[list[str]] = []
    for level, row in enumerate(header):
        levels.append(_filled_level(row, header[level + 1 :], levels[-1] if levels else None, width))
    return [tuple(cell for cell in column if cell) for column in zip(*levels, strict=True)]


def _unrepeated(column: Sequence[str]) -> tuple[str, ...]:
    """The cells over a column, each once though it covers several rows."""
    return tuple(cell for cell, _ in itertools.groupby(filter(None, column)))


def _filled_level(
    row: GridRow, below: Sequence[GridRow], above: Sequence[str] | None, width: int
) -> list[str]:
    cells: list[str] = []
    spanning, spanning_above = "", ""
    for column in range(width):
        text = row.cell(column)
        parent = above[column] if above is not None else ""
        if text:
            spanning, spanning_above = text, parent
        elif spanning and parent == spanning_above and any(lower.cell(column) for lower in below):
            text = spanning
        elif parent != spanning_above:
            spanning = ""
        cells.append(text)
    return cells


def columns(form: str, header: Sequence[GridRow], fiscal_year: int | None) -> list[Header]:
    """What each physical column means."""
    return [headers.resolve(form, path, fiscal_year) for path in paths(form, header, fiscal_year)]
