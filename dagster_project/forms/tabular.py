"""A grid of cells → rows of one form: which cell of a row is its code, its label, which column a figure is
in.

The header says what the columns are. Where the data rows have other cells than the header, the order of the
columns decides if it leaves one reading only; if it does not, it is left to arithmetic (``open_values``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import collapsed, headers, single_row, wide
from dagster_project.forms.grid import GridRow, is_blank, is_figure
from dagster_project.forms.header_band import Band, bands
from dagster_project.forms.headers import Header
from dagster_project.forms.panels import Panel, panels, text_columns
from dagster_project.forms.table import FormTable, TableProblem, TableRow, Value

_CODE: Final = re.compile(r"\[?(\d[0-9A-Za-z]{0,29}|\d{1,3}(?:[-.]\d{1,3}){1,3})\]?")
_CODE_AND_LABEL: Final = re.compile(r"\[?([1-9]\d{2}(?:\d{2}){0,2}|\d{6,9})\]?[\s\-—:：.]*([^\d\s.,，%].*)")
_ACCOUNT: Final = re.compile(r"[1-9]\d{2}(?:\d{2}){0,2}")
_AMOUNT_LIKE: Final = re.compile(r"[.,]\d|^[-−—－–]|^\(")
_MASK: Final = re.compile(r"\*+")
_FEWEST_PARTS: Final = 2
_FEWEST_NAMELESS: Final = 2
_LONGEST_PART: Final = 2


@dataclass(slots=True)
class _Reading:
    """How the data rows below one header are read in one panel.

    ``columns``: physical column → header of its figures; ``None`` where the order leaves several readings.
    ``parts``: the parts of the code (类 款 项) last printed, by column.
    """

    panel: Panel
    columns: Mapping[int, Header] | None
    in_order: tuple[Header, ...]
    key_end: int
    data_lines: frozenset[int | None]
    attributes: dict[int, str] = field(default_factory=dict)
    parts: dict[int, str] = field(default_factory=dict)


def read_grid(form: str, rows: Sequence[GridRow], fiscal_year: int | None) -> FormTable:
    """Read a grid into the form's rows. What is doubtful is in ``problems``; nothing is guessed."""
    found = [collapsed.spread(form, band, fiscal_year) for band in bands(form, rows)]
    table = read_bands(form, found, fiscal_year)
    if not found and any(is_figure(cell) for row in rows for cell in row.cells[1:]):
        table.problems.append(_no_header(form, rows))
    return table


def read_bands(form: str, found: Sequence[Band], fiscal_year: int | None) -> FormTable:
    """Read headers and the data rows below each of them."""
    table = FormTable(form, [])
    for band in single_row.stages_over(form, wide.joined(table, found, fiscal_year)):
        side_by_side = panels(form, band.header, fiscal_year)
        readings = [
            _reading(table, panel, band, last=index == len(side_by_side) - 1)
            for index, panel in enumerate(side_by_side)
            if not panel.beside
        ]
        table.problems.extend(_beside(form, panel, band) for panel in side_by_side if panel.beside)
        for row in band.data:
            table.rows.extend(_read_row(table, readings, collapsed.stretched(row, side_by_side)))
    tell_units_apart(table)
    _drop_nameless(table)
    return table


def _reading(table: FormTable, panel: Panel, band: Band, *, last: bool) -> _Reading:
    if last and band.data:
        panel.end = max(panel.end, *(len(row.cells) for row in band.data))
    _codes_by_content(panel, band.data)
    attributes = {
        column: panel.meaning[column].printed.split("/")[-1] for column in panel.with_role("attribute")
    }
    for column in panel.with_role("unknown", "cut"):
        holds_figures = any(is_figure(row.cell(column)) for row in band.data)
        table.problems.append(
            _unknown_header(table.form, panel.meaning[column], band, empty=not holds_figures)
        )
        if not holds_figures:
            panel.values.remove(column)
            attributes[column] = panel.meaning[column].printed.split("/")[-1]
    for column in panel.with_role("empty"):
        if band.header[0].exact and any(is_figure(row.cell(column)) for row in band.data):
            table.problems.append(_unknown_header(table.form, panel.meaning[column], band, empty=False))
    for column in panel.with_role("ignored"):
        attributes[column] = "行次" if panel.meaning[column].printed.split("/")[-1] in "行次" else ""
    if not panel.keys and attributes:
        _label_by_content(panel, attributes)
    _drop_repeated_columns(table, panel, band)
    in_order = tuple(panel.meaning[column] for column in panel.values)
    columns, key_end = _value_columns(panel, band.data, attributes)
    data_lines = frozenset(row.line for row in band.data)
    return _Reading(panel, columns, in_order, key_end, data_lines, attributes)


def _codes_by_content(panel: Panel, rows: Sequence[GridRow]) -> None:
    """A column whose header is unknown and that holds nothing but account codes is the column of codes."""
    for column in panel.with_role("unknown", "empty"):
        texts = [vocabulary.compact(row.cell(column)) for row in rows]
        codes = [text for text in texts if _ACCOUNT.fullmatch(text)]
        nested = {len(text) for text in codes}
        if len(nested) > 1 and len(codes) == sum(map(is_figure, texts)):
            panel.meaning[column] = replace(panel.meaning[column], role="code")
            panel.keys = sorted({*panel.keys, column})
            panel.values = [place for place in panel.values if place != column]


def _label_by_content(panel: Panel, attributes: dict[int, str]) -> None:
    """Where no header is known as that of the labels, the first column of words has them."""
    worded = [column for column in attributes if panel.meaning[column].role in ("attribute", "unknown")]
    first = min(worded, default=panel.end)
    if first < min(panel.values, default=panel.end):
        panel.meaning[first] = replace(panel.meaning[first], role="label")
        panel.keys = [first]
        del attributes[first]


def _drop_repeated_columns(table: FormTable, panel: Panel, band: Band) -> None:
    """Two headers that read as one column are doubtful: the first is kept, the other is a problem. Both are
    where they are worded alike and merges are lost: what tells them apart was not seen.
    """
    exact = band.header[0].exact
    named = [panel.meaning[column] for column in panel.values]
    seen: set[str] = set()
    for column in list(panel.values):
        header = panel.meaning[column]
        alike = [other for other in named if other.column == header.column and other.role == "value"]
        untold = not exact and len(alike) > 1 and len({other.printed for other in alike}) == 1
        if header.role == "value" and (header.column in seen or untold):
            panel.meaning[column] = replace(header, role="unknown")
            table.problems.append(_unknown_header(table.form, header, band, empty=False))
        seen.add(header.column)


def _value_columns(
    panel: Panel, rows: Sequence[GridRow], attributes: Mapping[int, str]
) -> tuple[Mapping[int, Header] | None, int]:
    """Physical column → header, and where the key columns end."""
    aligned = {column: panel.meaning[column] for column in panel.values}
    first = panel.values[0] if panel.values else panel.end
    if any(row.exact for row in rows):
        return aligned, first
    if not panel.values or not (_stray_figures(panel, rows, attributes) or _have_other_cells(panel, rows)):
        return aligned, first
    begin = text_columns(panel, rows)
    used = sorted({c for row in rows for c in range(begin, len(row.cells)) if is_figure(row.cells[c])})
    spare = (panel.end - begin) - len(panel.values)
    placed = _only_order(used, begin, spare, len(panel.values))
    if placed is None:
        return None, begin
    return {column: panel.meaning[panel.values[place]] for column, place in placed.items()}, begin


def _have_other_cells(panel: Panel, rows: Sequence[GridRow]) -> bool:
    """Whether the rows have fewer cells than the header and no label stands below the header of labels.

    Then figures that happen to stand below headers of figures stand below the wrong ones.
    """
    labels = panel.with_role("label")
    figured = [row for row in rows if any(is_figure(row.cell(column)) for column in panel.values)]
    if not labels or not figured or max(len(row.cells) for row in rows) > max(panel.meaning):
        return False
    before = range(panel.start, min(labels))
    named = any(
        not is_blank(text) and not is_figure(text) for row in figured for text in map(row.cell, before)
    )
    return named and all(is_blank(row.cell(column)) for row in figured for column in labels)


def _stray_figures(panel: Panel, rows: Sequence[GridRow], attributes: Mapping[int, str]) -> bool:
    """Whether figures stand where the header has no column of figures."""
    allowed = {*panel.values, *attributes}
    keys = set(panel.keys)
    for row in rows:
        for column in range(panel.start, min(panel.end, len(row.cells))):
            text = row.cells[column]
            if column in allowed or not text or not is_figure(text):
                continue
            if column not in keys or _AMOUNT_LIKE.search(text):
                if column < panel.values[0] and not _AMOUNT_LIKE.search(text):
                    continue
                return True
    return False


def _only_order(used: Sequence[int], begin: int, spare: int, count: int) -> dict[int, int] | None:
    """Physical column → place in the header, where order and the number of spare cells leave one reading
    only.

    A cell can only have moved right, by no more than the number of spare cells.
    """
    if spare < 0 or len(used) > count:
        return None
    lowest: list[int] = []
    for index, column in enumerate(used):
        least = max(column - begin - spare, 0)
        lowest.append(max(least, lowest[-1] + 1) if index else least)
    highest: list[int] = []
    for column in reversed(used):
        most = min(column - begin, count - 1)
        highest.append(min(most, highest[-1] - 1) if highest else most)
    highest.reverse()
    return dict(zip(used, lowest, strict=True)) if lowest == highest else None


def _read_row(table: FormTable, readings: Sequence[_Reading], row: GridRow) -> Iterator[TableRow]:
    carried = ""
    for reading in readings:
        if not reading.panel.values:
            continue
        read = _read_panel_row(table, reading, row)
        if read is None:
            continue
        has_figures = bool(read.values or read.open_values)
        if has_figures and not read.label and not read.code and carried:
            read.label = carried
        carried = "" if has_figures else read.label or carried
        if read.label or read.code or has_figures:
            yield read


def _read_panel_row(table: FormTable, reading: _Reading, row: GridRow) -> TableRow | None:
    if row.exact and _has_other_columns(reading, row):
        if any(map(is_figure, row.cells)):
            table.problems.append(_strange_row(table.form, row))
        return None
    misplaced = not row.exact and _misplaced(reading, row)
    key_end = text_columns(reading.panel, [row]) if misplaced else reading.key_end
    read = _keys_of(reading, row, key_end)
    if misplaced:
        read.open_values = _figures_in_order(reading, row)
        read.open_columns = tuple(_column_name(header) for header in reading.in_order)
        if len(read.open_values) == len(reading.in_order):
            read.values = _close(read.open_values, reading.in_order)
            read.open_values, read.open_columns = [], ()
        return read
    for column, header in (reading.columns or {}).items():
        text = row.cell(column)
        if header.role == "value" and _prints_figure(text, header.column):
            read.values[header.column] = _value(row, column, header.printed)
    return read


def _value(row: GridRow, column: int, header_printed: str | None) -> Value:
    """The figure of a cell at its place."""
    return Value(
        row.cell(column),
        row.line,
        header_printed,
        row.page,
        row.boxes.get(column),
        address=row.addresses.get(column),
    )


def _column_name(header: Header) -> str:
    """The column key, or a name beginning with ``?`` for a header nobody declared."""
    return header.column if header.role == "value" else f"?{header.printed}"


def _close(figures: Sequence[Value], in_order: Sequence[Header]) -> dict[str, Value]:
    """As many figures as columns: the order says which is which."""
    pairs = zip(figures, in_order, strict=True)
    return {h.column: replace(value, header_printed=h.printed) for value, h in pairs if h.role == "value"}


def _prints_figure(text: str, column: str) -> bool:
    return is_figure(text) or (
        "percent" in column and is_figure(text.rstrip("%％")) and bool(text.strip("%％"))
    )


def _has_other_columns(reading: _Reading, row: GridRow) -> bool:
    """Whether one cell of words takes several columns of figures: the row is of another table."""
    texts = [row.over[column] for column in reading.panel.values if column < len(row.over)]
    return any(
        text == following and not is_blank(text) and not _prints_figure(text, "percent")
        for text, following in itertools.pairwise(texts)
    )


def _beside(form: str, panel: Panel, band: Band) -> TableProblem:
    name = vocabulary.forms()[form].name_zh
    return TableProblem(
        kind="other_table",
        message=f"“{name}”中“{panel.beside}”一栏按另一种分类重复列示支出，未载入"
        f" / the panel {panel.beside} of {form} shows the expenditure again by another classification:"
        " not loaded",
        action="nothing to do",
        cause_key=f"other_table:{form}:{vocabulary.key(panel.beside)}",
        severity="info",
        line=band.header[0].line,
        page=band.header[0].page,
    )


def _strange_row(form: str, row: GridRow) -> TableProblem:
    name = vocabulary.forms()[form].name_zh
    printed = next(text for text in row.cells if text)
    return TableProblem(
        kind="strange_row",
        message=f"“{name}”中以“{printed}”开头的一行不按该表的栏目印制，未载入"
        f" / a row of {form} that begins with {printed} has other columns than the table: not loaded",
        action="compare with the document as published",
        cause_key=f"strange_row:{form}:{vocabulary.key(printed)}",
        line=row.line,
        page=row.page,
    )


def _misplaced(reading: _Reading, row: GridRow) -> bool:
    """Whether this row's cells are not where the header's columns are."""
    if reading.columns is None:
        return bool(_figures_in_order(reading, row))
    texts = [row.cell(column) for column in reading.columns]
    if any(text and not is_blank(text) and not _prints_figure(text, "percent") for text in texts):
        return bool(_figures_in_order(reading, row))
    return any(
        is_figure(row.cell(column)) and _AMOUNT_LIKE.search(row.cell(column)) is not None
        for column in range(reading.panel.start, reading.key_end)
        if column not in reading.attributes
    )


def _figures_in_order(reading: _Reading, row: GridRow) -> list[Value]:
    """The row's figures after its last words, in printed order."""
    begin = max(text_columns(reading.panel, [row]), reading.panel.start)
    end = min(reading.panel.end, len(row.cells))
    skipped = reading.attributes if reading.columns is not None else {}
    return [
        _value(row, column, None)
        for column in range(begin, end)
        if column not in skipped and is_figure(row.cells[column])
    ]


def _keys_of(reading: _Reading, row: GridRow, key_end: int) -> TableRow:
    """Code, label and attributes of a row, whose key cells end before physical column ``key_end``."""
    panel = reading.panel
    owners, subjects = _owner_columns(panel)
    codes = _parts_above(reading, row)
    labels: list[str] = []
    attributes: dict[str, str] = {}
    unit: list[str] = []
    for column in range(panel.start, min(panel.end, len(row.cells))):
        text = row.cells[column] or _from_above(reading, row, column)
        if not text:
            continue
        if column in reading.attributes:
            if vocabulary.row_label(text).kind == "total":
                labels.append(text)
            elif reading.attributes[column]:
                attributes[reading.attributes[column]] = text
        elif column in owners and subjects:
            attributes[panel.meaning[column].printed.split("/")[-1]] = text
            unit.append(text)
        elif column < key_end:
            _sort_key(text, codes, labels)
    owner = next(
        (vocabulary.compact(text) for text in unit if _CODE.fullmatch(vocabulary.compact(text))), None
    )
    if subjects and unit and not codes:
        for text in unit if not labels else [owner or ""]:
            _sort_key(text, codes, labels)
    section = next((text for text in unit if not _CODE.fullmatch(text)), None) if subjects and codes else None
    label = labels[0] if labels else ""
    for extra in labels[1:]:
        attributes.setdefault("名称", extra)
    code = _joined_code(codes)
    by_unit = not subjects and all(
        headers.names_owner(panel.meaning[column].printed) for column in panel.keys
    )
    return TableRow(
        label=label,
        values={},
        code=code,
        side=panel.side,
        section=section,
        line=row.line,
        page=row.page,
        attributes=attributes,
        owner=code if by_unit else owner,
    )


def _parts_above(reading: _Reading, row: GridRow) -> list[str]:
    """The parts of a code that are printed on the rows above only: 款 below its 类, 项 below both."""
    columns = sorted(reading.panel.with_role("code_part"))
    printed = {column: vocabulary.compact(row.cell(column)) for column in columns}
    own = [column for column in columns if printed[column].isdigit()]
    if not own or len(columns) < _FEWEST_PARTS:
        return []
    before = [column for column in columns if column < own[0]]
    inherited = [reading.parts[column] for column in before if column in reading.parts]
    reading.parts = {column: reading.parts[column] for column in before if column in reading.parts}
    reading.parts |= {column: printed[column] for column in own}
    whole = len(inherited) == len(before) and len(printed[own[0]]) <= _LONGEST_PART
    return inherited if whole else []


def _from_above(reading: _Reading, row: GridRow, column: int) -> str:
    """The text of a merged cell that begins in a row of data above; cells of the header say nothing here."""
    above = row.above.get(column)
    return above.text if above and above.line in reading.data_lines else ""


def _drop_nameless(table: FormTable) -> None:
    """Leave out rows of figures that nothing names: one may be a total, several are of another table."""
    keyed_by = vocabulary.forms()[table.form].keyed_by
    nameless = [row for row in table.rows if row.values and not (row.label or row.code or row.attributes)]
    if keyed_by == "single_row" or len(nameless) < _FEWEST_NAMELESS:
        return
    table.rows = [row for row in table.rows if row not in nameless]
    table.problems.append(_nameless(table.form, nameless))


def _nameless(form: str, rows: Sequence[TableRow]) -> TableProblem:
    name = vocabulary.forms()[form].name_zh
    return TableProblem(
        kind="nameless_rows",
        message=f"“{name}”有 {len(rows)} 行数字没有科目或项目名称，未载入"
        f" / {len(rows)} rows of figures of {form} have no label: not loaded",
        action="compare with the document as published: further columns of a wide table may be printed apart",
        cause_key=f"nameless_rows:{form}",
        severity="error",
        line=rows[0].line,
        page=rows[0].page,
    )


def tell_units_apart(table: FormTable) -> None:
    """Accounts printed for several units, each under its unit's code: the unit is the section."""
    units = {row.code: row.label for row in table.rows if row.code and row.owner == row.code}
    accounts = [row for row in table.rows if row.owner and row.code and row.owner != row.code]
    if len({row.owner for row in accounts}) > 1:
        for row in accounts:
            row.section = row.section or units.get(row.owner or "") or row.owner


def _owner_columns(panel: Panel) -> tuple[frozenset[int], frozenset[int]]:
    """Key columns that name the spending unit, and those that name what the row is about, where both are
    printed.
    """
    owners = frozenset(c for c in panel.keys if headers.names_owner(panel.meaning[c].printed.split("/")[-1]))
    subjects = frozenset(panel.keys) - owners
    return (owners, subjects) if owners and subjects else (frozenset(), frozenset())


def _sort_key(text: str, codes: list[str], labels: list[str]) -> None:
    """A text of the key columns is a code, a code with its label, or a label."""
    printed = vocabulary.compact(text)
    if _CODE.fullmatch(printed) and (printed[0].isdigit() or printed[0] == "["):
        codes.append(printed.strip("[]"))
        return
    both = _CODE_AND_LABEL.fullmatch(printed)
    if both:
        codes.append(both.group(1))
        labels.append(both.group(2))
    elif not is_blank(text) and not _MASK.fullmatch(printed):
        labels.append(text)


def _joined_code(parts: Sequence[str]) -> str | None:
    """Parts of one code (类 款 项) as printed side by side, padded; a part that repeats the parts before
    replaces them.
    """
    code = ""
    for part in parts:
        digits = re.sub(r"[-.]", "", part) if re.fullmatch(r"\d{3}(?:[-.]\d{1,2})+", part) else part
        if code and digits.startswith(code):
            code = digits
        elif code and len(digits) <= 2:
            code += digits.zfill(2)
        elif not code:
            code = digits
    return code or None


def _unknown_header(form: str, header: Header, band: Band, *, empty: bool) -> TableProblem:
    first = band.header[0]
    name = vocabulary.forms()[form].name_zh
    seed_row = f"{form},,{header.printed.split('/')[-1]},value,<column_key>"
    return TableProblem(
        kind="unknown_header",
        message=f"表头“{header.printed}”在“{name}”中没有对应的栏目"
        f" / header {header.printed} has no column in {form}",
        action=f"add a row to dbt/seeds/column_header.csv: {seed_row}",
        cause_key=f"unknown_header:{form}:{header.printed}",
        severity="info" if empty else "warning",
        line=first.line,
        page=first.page,
    )


def _no_header(form: str, rows: Sequence[GridRow]) -> TableProblem:
    name = vocabulary.forms()[form].name_zh
    return TableProblem(
        kind="no_header",
        message=f"“{name}”有数字而没有认得的表头 / {form} prints figures below no header that is known",
        action="add the header wordings of this table to dbt/seeds/column_header.csv",
        cause_key=f"no_header:{form}",
        severity="error",
        line=rows[0].line if rows else None,
        page=rows[0].page if rows else None,
    )
