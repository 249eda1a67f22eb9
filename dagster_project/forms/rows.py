"""Rows of tables → cells: code, label, section, row kind and identity of every printed figure."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.table import FormTable, TableRow, Value
from dagster_project.records import CellRecord

_LEVELS: Final = (
    re.compile(r"[〇一二三四五六七八九十廿卅百]{1,4}[、.．]"),
    re.compile(r"\([〇一二三四五六七八九十廿卅百]{1,4}\)"),
    re.compile(r"\d{1,2}[、.．]"),
    re.compile(r"\(\d{1,2}\)|\d{1,2}\)"),
    re.compile(r"[①-⑳]"),
    re.compile(r"其中"),
)
_PROJECT_CODE: Final = 12
_PRINTED_UNIT: Final = re.compile(r"\((?:单位:)?(万元|元)\)")
_UNITS: Final = {"万元": "wan", "元": "yuan"}
_OPENING: Final = re.compile('["“”＂]')
_BRACKETS: Final = str.maketrans({"(": "（", ")": "）", ",": "，", ":": "：", ";": "；"})


@lru_cache(maxsize=16384)
def shown_label(printed: str) -> str:
    """A label for people: no white space, no list number, full-width brackets, paired quotation marks."""
    text = vocabulary.bare_label(vocabulary.compact(printed)).translate(_BRACKETS)
    marks = iter("“”" * text.__len__())
    return _OPENING.sub(lambda _: next(marks), text)


def cells(
    document_id: str,
    document: str,
    tables: Sequence[FormTable],
    codes_printed: Mapping[int, str],
) -> list[CellRecord]:
    """All cells of a document's tables, in printed order. Blank cells and columns without a key are no
    cells.
    """
    found: list[CellRecord] = []
    seen: Counter[tuple[str | None, ...]] = Counter()
    numbers: defaultdict[str, _Numbers] = defaultdict(_Numbers)
    for table in tables:
        _set_sections(table)
        kinds = _row_kinds(table)
        for row, kind in zip(table.rows, kinds, strict=True):
            number = numbers[table.form].of(row)
            for column, value in row.values.items():
                cell = _cell(table, row, column, value)
                if cell is None:
                    continue
                cell.document_id, cell.document = document_id, document
                cell.row_kind, cell.row_number = kind, number
                cell.code_printed = codes_printed.get(id(row), row.code)
                place = (table.form, cell.side, cell.section, cell.code or cell.label, column)
                seen[place] += 1
                cell.cell_id = _identity(document_id, place, seen[place])
                found.append(cell)
    return found


@dataclass(slots=True)
class _Numbers:
    """Numbers the rows of a form. A row that bears its names again beside further columns keeps its number:
    a wide table goes on below itself, row by row or as a whole."""

    last: int = 0
    above: tuple[object, ...] = ()
    columns: dict[tuple[object, ...], dict[int, set[str]]] = field(default_factory=dict)

    def of(self, row: TableRow) -> int:
        name = (row.side, row.section, row.code, row.label)
        known = self.columns.setdefault(name, {})
        free = [number for number, taken in known.items() if taken.isdisjoint(row.values)]
        named = bool(row.values and (row.code or row.label))
        number = self._goes_on(free, name) if named else None
        self.above = name
        if number is None:
            self.last += 1
            number = self.last
        known.setdefault(number, set()).update(row.values)
        return number

    def _goes_on(self, free: Sequence[int], name: tuple[object, ...]) -> int | None:
        """The row above where it is of that name, else the first one."""
        return (self.last if name == self.above and self.last in free else free[0]) if free else None


def _identity(document_id: str, place: Sequence[str | None], occurrence: int) -> str:
    text = "|".join((document_id, *(part or "" for part in place), str(occurrence)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _cell(table: FormTable, row: TableRow, column: str, value: Value) -> CellRecord | None:
    printed = money.parse_amount(value.text.rstrip("%％") if "percent" in column else value.text)
    if printed is None or column.startswith("?"):
        return None
    attributes = {**row.attributes, **row.recognised}
    if value.address:
        attributes["address"] = value.address
    if value.settled_by:
        attributes["settled_by"] = ";".join(value.settled_by)
    return CellRecord(
        cell_id="",
        document_id="",
        document="",
        form=table.form,
        side=row.side,
        section=row.section,
        row_kind="leaf",
        code=row.code,
        code_printed=row.code,
        label=_label(table.form, row),
        label_printed=row.label,
        column=column,
        header_printed=value.header_printed,
        amount=printed.amount,
        unit=_unit(table, row, column, value),
        page=value.page,
        bbox=value.bbox,
        line=value.line,
        row_number=0,
        text_printed=value.text,
        decimals=printed.decimals,
        attributes=attributes,
        placement=value.placement,
    )


def _label(form: str, row: TableRow) -> str:
    """The row's label; a purchase or project without a name column is named by what it buys."""
    if row.label or row.code or vocabulary.forms()[form].keyed_by not in ("procurement", "project"):
        return shown_label(row.label)
    return shown_label(next((text for name, text in row.attributes.items() if "项目" in name), ""))


def _unit(table: FormTable, row: TableRow, column: str, value: Value) -> str:
    measure = vocabulary.column_measure(table.form).get(column, "money")
    if measure == "quantity":
        return vocabulary.compact(row.attributes.get("计量单位", ""))
    if measure == "percent" or "percent" in column:
        return "pct"
    own = _PRINTED_UNIT.search(vocabulary.compact(value.header_printed or ""))
    return _UNITS[own.group(1)] if own else table.unit or "wan"


def _set_sections(table: FormTable) -> None:
    """In two-sided forms a label can stand below this year's, the opening and the closing balance."""
    if not vocabulary.forms()[table.form].has_sides:
        return
    current: dict[str | None, str | None] = {}
    for row in table.rows:
        said = vocabulary.row_label(row.label)
        if said.section:
            current[row.side] = said.section
        elif said.kind == "total":
            current[row.side] = None
        row.section = row.section or current.get(row.side)


def _row_kinds(table: FormTable) -> list[str]:
    """``total``, ``parent`` (its parts are rows as well) or ``leaf`` for each row."""
    keyed_by = vocabulary.forms()[table.form].keyed_by
    prefixes = _prefixes(table.rows)
    nested = _nested(table) if keyed_by == "label" else frozenset()
    projects = (
        {index for index, row in enumerate(table.rows) if _is_project(row)}
        if keyed_by == "project"
        else set()
    )
    kinds: list[str] = []
    for index, row in enumerate(table.rows):
        if _is_total(row, keyed_by):
            kinds.append("total")
        elif projects:
            kinds.append("leaf" if index in projects else "parent")
        elif index in nested or (row.code and (row.section, row.code) in prefixes) or _owns(row, table.rows):
            kinds.append("parent")
        else:
            kinds.append("leaf")
    return kinds


def _is_total(row: TableRow, keyed_by: str) -> bool:
    if keyed_by == "single_row":
        return False
    return vocabulary.row_label(row.label).kind == "total" or not (row.label or row.code)


def _prefixes(rows: Sequence[TableRow]) -> frozenset[tuple[str | None, str]]:
    """Codes that begin a longer code of the same table."""
    return frozenset(
        (row.section, row.code[:length]) for row in rows if row.code for length in range(2, len(row.code))
    )


def _owns(row: TableRow, rows: Sequence[TableRow]) -> bool:
    """Whether a row is a unit's whose accounts are rows of the table as well."""
    return (
        row.code is not None
        and row.code == row.owner
        and any(
            other.owner and other.code != other.owner and other.owner.startswith(row.code) for other in rows
        )
    )


def _is_project(row: TableRow) -> bool:
    """Projects name their unit or carry a full project code; the rows of the tree above them do not."""
    return any("项目单位" in name for name in row.attributes) or len(row.code or "") >= _PROJECT_CODE


def _nested(table: FormTable) -> frozenset[int]:
    """Rows of a two-sided form whose next row of the same side is numbered one level deeper, or opens its
    parts.
    """
    parents: set[int] = set()
    by_side: dict[str | None, list[int]] = {}
    for index, row in enumerate(table.rows):
        by_side.setdefault(row.side, []).append(index)
    for indices in by_side.values():
        for index, following in _pairs(indices):
            row, below = table.rows[index], table.rows[following]
            opens = bool(vocabulary.row_label(row.label).section) and row.section == below.section is not None
            if _deeper(row.label, below.label) or (opens and not vocabulary.row_label(below.label).section):
                parents.add(index)
    return frozenset(parents)


def _pairs(indices: Sequence[int]) -> Iterator[tuple[int, int]]:
    return itertools.pairwise(indices)


def _deeper(above: str, below: str) -> bool:
    upper, lower = _level(above), _level(below)
    return lower is not None and ((upper is None and lower > 0) or (upper is not None and lower > upper))


@lru_cache(maxsize=8192)
def _level(label: str) -> int | None:
    printed = vocabulary.compact(label)
    return next((level for level, pattern in enumerate(_LEVELS) if pattern.match(printed)), None)
