"""Wide tables whose further columns are printed on further pages: their pieces stand side by side again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import header_band
from dagster_project.forms.grid import GridRow
from dagster_project.forms.header_band import Band
from dagster_project.forms.table import FormTable, TableProblem

_KEYS: Final = frozenset({"code", "code_part", "label"})
_FIGURED: Final = frozenset({"value", "unknown", "cut"})


def joined(table: FormTable, found: Sequence[Band], fiscal_year: int | None) -> list[Band]:
    """Bands, those that only have further columns for the rows of an earlier one put beside it.

    Only grids whose merges are known are joined: with as many rows, and with no key columns or the same
    keys. A piece without keys that fits nowhere is a problem on record, and no row.
    """
    whole: list[Band] = []
    for band in found:
        if not all(row.exact for row in (*band.header, *band.data)):
            whole.append(band)
            continue
        home = next(
            (i for i, known in enumerate(whole) if _goes_beside(table.form, known, band, fiscal_year)), None
        )
        if home is not None:
            whole[home] = _beside(whole[home], band, _key_columns(table.form, band, fiscal_year))
        elif whole and not _key_columns(table.form, band, fiscal_year):
            first = band.header[0]
            names = "、".join(text for text in dict.fromkeys(first.over) if text)
            table.problems.append(torn(table.form, names, first.line, first.page))
        else:
            whole.append(band)
    return whole


def _key_columns(form: str, band: Band, fiscal_year: int | None) -> list[int]:
    meaning = header_band.columns(form, band.header, fiscal_year)
    return [column for column, header in enumerate(meaning) if header.role in _KEYS]


def _goes_beside(form: str, known: Band, band: Band, fiscal_year: int | None) -> bool:
    """Whether a band has other columns for the same rows."""
    if not known.header[0].exact or len(known.data) != len(band.data) or not band.data:
        return False
    keys = _key_columns(form, band, fiscal_year)
    if keys and _keys(form, known, fiscal_year) != _keys(form, band, fiscal_year):
        return False
    own, others = _columns(form, band, fiscal_year), _columns(form, known, fiscal_year)
    if not set(own) & set(others):
        return bool(own)
    # A subtotal is the total of a page that prints no other: beside the first columns it is what it is.
    both = _columns(form, _beside(known, band, keys), fiscal_year)
    return len(set(both)) == len(both) == len(own) + len(others)


def _columns(form: str, band: Band, fiscal_year: int | None) -> list[str]:
    meaning = header_band.columns(form, band.header, fiscal_year)
    return [header.column or header.printed for header in meaning if header.role in _FIGURED]


def _keys(form: str, band: Band, fiscal_year: int | None) -> list[list[str]]:
    columns = _key_columns(form, band, fiscal_year)
    return [[vocabulary.key(row.cell(column)) for column in columns] for row in band.data]


def _beside(left: Band, right: Band, keys: Sequence[int]) -> Band:
    """Both bands as one; the columns of the right one that repeat the ``keys`` of the rows are left out."""
    right = Band(
        tuple(_without(row, keys) for row in right.header), tuple(_without(row, keys) for row in right.data)
    )
    width = max(len(row.cells) for row in (*left.header, *left.data))
    blank = replace(right.header[0], cells=[], over=("",) * len(right.header[0].over), boxes={}, addresses={})
    header = tuple(
        _row(one or replace(left.header[0], cells=[], over=("",) * width), other or blank, width)
        for one, other in zip_longest(left.header, right.header)
    )
    data = tuple(_row(one, other, width) for one, other in zip(left.data, right.data, strict=True))
    return Band(header, data)


def _without(row: GridRow, columns: Sequence[int]) -> GridRow:
    kept = [column for column in range(max(len(row.cells), len(row.over))) if column not in columns]
    place = {column: index for index, column in enumerate(kept)}
    return replace(
        row,
        cells=[row.cell(column) for column in kept if column < len(row.cells)],
        over=tuple(row.over[column] for column in kept if column < len(row.over)),
        boxes={place[column]: box for column, box in row.boxes.items() if column in place},
        addresses={place[column]: name for column, name in row.addresses.items() if column in place},
    )


def _row(left: GridRow, right: GridRow, width: int) -> GridRow:
    return replace(
        left,
        cells=[*left.cells, *[""] * (width - len(left.cells)), *right.cells],
        over=(*left.over, *[""] * (width - len(left.over)), *right.over),
        boxes={**left.boxes, **{width + column: box for column, box in right.boxes.items()}},
        addresses={**left.addresses, **{width + column: name for column, name in right.addresses.items()}},
    )


def torn(form: str, columns: str, line: int | None, page: int | None) -> TableProblem:
    """The problem of further columns that cannot be put beside the rows they belong to."""
    name = vocabulary.forms()[form].name_zh
    return TableProblem(
        kind="torn_table",
        message=f"“{name}”的续栏（{columns}）无法与前面的行对应，未载入"
        f" / further columns of {form} cannot be put beside the rows before them: not loaded",
        action="compare the pages with the document as published",
        cause_key=f"torn_table:{form}",
        severity="error",
        line=line,
        page=page,
    )
