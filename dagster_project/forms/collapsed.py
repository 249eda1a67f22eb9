"""Tables copied as text, whose merged cells left no blanks behind: a header row has fewer cells than columns
that it stands over, and a row of totals fewer than the table is wide.

Where the cells of each header row stand is tried out: a cell either stands over some of the cells below it or
reaches down to the rows of data. The one way under which every column has a meaning is taken; where there are
several or none, the header stays as printed.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.header_band import Band, is_total_label, paths
from dagster_project.forms.headers import Header
from dagster_project.forms.panels import Panel

_UNREAD: Final = frozenset({"unknown", "cut", "empty"})
_KEYS: Final = frozenset({"code", "code_part", "label"})
_IN_PANELS: Final = "final_general_basic_by_economic"
_MOST_WAYS: Final = 4000
_FEWEST_ROWS: Final = 2

Spans = tuple[tuple[int, int], ...]
"""For each cell of a header row the column it begins in and how many it stands over."""


def spread(form: str, band: Band, fiscal_year: int | None) -> Band:
    """The band with the cells of its header where they stand; as it is where that is not certain."""
    width = _width(band)
    sizes = [len(row.cells) for row in band.header]
    collapsed = len(sizes) > 1 and not any(row.exact or "" in row.cells for row in band.header)
    if not collapsed or max(sizes) >= width:
        return band
    found: list[tuple[GridRow, ...]] = []
    ways = itertools.islice(_ways(sizes, width), _MOST_WAYS + 1)
    for count, way in enumerate(ways):
        if count == _MOST_WAYS:
            return band
        header = tuple(_placed(row, spans, width) for row, spans in zip(band.header, way, strict=True))
        if _makes_sense(form, header, fiscal_year):
            found.append(header)
    if len(found) != 1:
        return band
    keys = _key_columns(form, found[0], fiscal_year)
    return Band(found[0], tuple(_beside_keys(row, width, keys) for row in band.data))


def stretched(row: GridRow, side_by_side: Sequence[Panel]) -> GridRow:
    """A row of totals, each with its figure, in the panels that they close."""
    width = side_by_side[-1].end if side_by_side else 0
    labels, figures = row.cells[::2], row.cells[1::2]
    if (
        row.exact
        or not 1 < len(labels) == len(figures) <= len(side_by_side)
        or len(row.cells) >= width
        or not all(map(is_total_label, labels))
        or not all(map(is_figure, figures))
    ):
        return row
    closed = [*side_by_side[: len(labels) - 1], side_by_side[-1]]
    if any(len(panel.values) != 1 for panel in closed):
        return row
    cells = [""] * width
    for panel, label, figure in zip(closed, labels, figures, strict=True):
        cells[panel.start], cells[panel.values[0]] = label, figure
    return replace(row, cells=cells)


def _width(band: Band) -> int:
    """How many cells most rows of data have."""
    counts = Counter(len(row.cells) for row in band.data if any(map(is_figure, row.cells)))
    width, rows = counts.most_common(1)[0] if counts else (0, 0)
    return width if rows >= _FEWEST_ROWS or counts.total() == 1 else 0


def _ways(sizes: Sequence[int], width: int, first: int = 0) -> Iterator[list[Spans]]:
    """All ways to set header rows of so many cells over ``width`` columns from ``first`` on."""
    size, *below = sizes
    if not below:
        if size == width:
            yield [tuple((first + place, 1) for place in range(size))]
        return
    for parts in _shares(size, below[0]):
        yield from _under(parts, below, width)


def _shares(cells: int, below: int) -> Iterator[tuple[int, ...]]:
    """How many of the cells below each cell stands over; 0 where it reaches down to the data."""
    if cells == 1:
        yield (below,)
        return
    for own in range(below + 1):
        for rest in _shares(cells - 1, below - own):
            yield (own, *rest)


def _under(parts: tuple[int, ...], below: Sequence[int], width: int) -> Iterator[list[Spans]]:
    """The ways of one header row whose cells stand over ``parts`` cells of the next."""
    lower_width = width - parts.count(0)
    if lower_width < below[0]:
        return
    for lower in _ways(below, lower_width):
        own: list[tuple[int, int]] = []
        moved: list[int] = []
        column = taken = 0
        for part in parts:
            covered = lower[0][taken : taken + part]
            span = sum(size for _, size in covered) or 1
            own.append((column, span))
            if part:
                moved.extend(range(column, column + span))
            column, taken = column + span, taken + part
        if column == width:
            yield [tuple(own), *(tuple((moved[at], size) for at, size in spans) for spans in lower)]


def _placed(row: GridRow, spans: Spans, width: int) -> GridRow:
    cells, over = [""] * width, [""] * width
    for text, (column, size) in zip(row.cells, spans, strict=True):
        cells[column] = text
        over[column : column + size] = [text] * size
    return replace(row, cells=cells, over=tuple(over))


def _makes_sense(form: str, header: Sequence[GridRow], fiscal_year: int | None) -> bool:
    """Whether every column has a meaning, each its own, and stands below nothing that it is no part of."""
    over = paths(form, header, fiscal_year)
    read = [headers.resolve(form, path, fiscal_year) for path in over]
    if any(column.role in _UNREAD for column in read) or not _keys_first(form, read):
        return False
    values = [column.column for column in read if column.role == "value"]
    return len(values) == len(set(values)) and all(
        _is_part(column, headers.resolve(form, path[:-1], fiscal_year))
        for column, path in zip(read, over, strict=True)
        if len(path) > 1 and not headers.is_group(path[-2]) and not headers.is_stage(form, path[-2])
    )


def _keys_first(form: str, read: Sequence[Header]) -> bool:
    """Whether codes and labels stand before the figures, as they do in forms of one panel."""
    one_panel = not vocabulary.forms()[form].has_sides and form != _IN_PANELS
    roles = [column.role in _KEYS for column in read]
    return not one_panel or roles == sorted(roles, reverse=True)


def _is_part(column: Header, whole: Header) -> bool:
    """Whether a column is the total or a part of what it stands below; below labels are labels."""
    if whole.role != "value":
        return whole.role != "label" or column.role == "label"
    return column.column == whole.column or column.column.startswith(f"{whole.column}_")


def _key_columns(form: str, header: Sequence[GridRow], fiscal_year: int | None) -> int:
    """How many columns of codes and labels the table begins with."""
    read = [headers.resolve(form, path, fiscal_year) for path in paths(form, header, fiscal_year)]
    return sum(1 for _ in itertools.takewhile(lambda column: column.role in _KEYS, read))


def _beside_keys(row: GridRow, width: int, keys: int) -> GridRow:
    """A total whose label takes all columns of codes and labels, its figures beside them."""
    if keys > 1 and len(row.cells) == width - keys + 1 and is_total_label(row.cells[0]):
        return replace(row, cells=[row.cells[0], *[""] * (keys - 1), *row.cells[1:]])
    return row
