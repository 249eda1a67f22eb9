"""Tables as loose lines: what stood in a cell is known, where the cell stood is not.

Text taken out of a page without its grid gives the cells row by row: header cells broken over lines, labels
and figures broken over lines, blank cells gone without a trace, both sides of a summary on one line. The
header is joined from its known words, rows are found by codes, labels and figures; a row with fewer figures
than columns keeps them open (``TableRow.open_values``) for ``proof.placement``, which alone may use
arithmetic.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.loose.header import Leaf, read_columns
from dagster_project.forms.loose.rows import (
    LooseRow,
    Shape,
    assemble,
    by_streams,
    in_order,
    numbered,
    shape_codes,
    split_nameless,
)
from dagster_project.forms.loose.tokens import Kind, Piece, figures_follow_note, pieces, table_lines
from dagster_project.forms.loose.words import (
    CODE,
    LABEL,
    LINE_NUMBER,
    OWNER,
    OWNER_CODE,
    TEXT,
    UNKNOWN,
    words_of,
)
from dagster_project.forms.table import FormTable, TableProblem, TableRow, Value
from dagster_project.forms.tabular import tell_units_apart
from dagster_project.readers.page import Line

_YEAR_DIGITS: Final = re.compile(r"20\d\d")
_LONGEST_TAIL: Final = 4
_LONGEST_CLASS: Final = 3
_SHORTEST_HEADER: Final = 3
_WIDE_ROWS: Final = 4
"""A table with more than one row in so many that is wider than its header is not understood."""
_KEYS: Final = frozenset({CODE, LABEL, OWNER_CODE, OWNER})
_TOTALS: Final = frozenset({"合计", "总计", "收入总计", "支出总计", "本年收入合计", "本年支出合计", "总合计"})


@dataclass(frozen=True, slots=True)
class _Header:
    """The columns of each panel, and how many pieces the header takes."""

    panels: tuple[tuple[Leaf, ...], ...]
    length: int

    def figures(self, panel: int) -> tuple[Leaf, ...]:
        """The figure columns of a panel, from left to right."""
        return tuple(leaf for leaf in self.panels[panel] if leaf.is_figure)

    @property
    def width(self) -> int:
        """The number of figure columns of the widest panel."""
        return max(len(self.figures(number)) for number in range(len(self.panels)))

    def has(self, role: str) -> bool:
        """Whether any panel has a column of the role."""
        return any(leaf.column == role for panel in self.panels for leaf in panel)


def read_loose(
    form: str, lines: Sequence[Line], *, unit: str | None, fiscal_year: int | None = None
) -> FormTable:
    """Read one statutory form printed as loose lines.

    ``lines`` is the block of the form; titles, unit lines, page numbers and notes in it are left out. Rows
    stand in printed order; figures of rows with vanished blanks are left open. A header that the vocabulary
    of the form does not explain, and unknown columns, are problems of the table.
    """
    found = pieces(table_lines(lines, vocabulary.forms()[form].kind))
    torn = figures_follow_note(lines)
    table = _read(form, found, unit, fiscal_year, torn=torn)
    if table.problems and (moved := _codes_behind_header(found)):
        again = _read(form, moved, unit, fiscal_year, torn=torn)
        if again.rows and not again.problems:
            return again
    return table


def _read(
    form: str, found: Sequence[Piece], unit: str | None, fiscal_year: int | None, *, torn: bool
) -> FormTable:
    """Read the pieces of a form, ``torn``: its figures are known to have left their rows."""
    table = FormTable(form=form, rows=[], unit=unit)
    if not found:
        return table
    header = _header(form, found, fiscal_year)
    if header is None:
        table.problems.append(_no_header(form, found))
        return table
    table.problems += [
        _unknown(form, leaf, found[0]) for panel in header.panels for leaf in panel if _is_unknown(leaf)
    ]
    body = _without_repeats(found[: header.length], _without_column_numbers(found[header.length :]))
    shape = _shape(form, header, body)
    torn = torn or _has_displaced_header(form, body, shape)
    rows = None if torn else _ordered(assemble(body, shape), body, shape)
    if rows is not None:
        rows = split_nameless(rows, header.width)
        wide = sum(len(row.figures) > header.width for row in rows)
        rows = None if wide * _WIDE_ROWS > len(rows) else rows
    if rows is None:
        table.problems.append(_disordered(form, found[0]))
        return table
    table.rows = list(_table_rows(form, header, rows))
    tell_units_apart(table)
    table.problems += [
        _too_many(form, row) for row in table.rows if len(row.open_values) > len(row.open_columns)
    ]
    return table


def _codes_behind_header(found: Sequence[Piece]) -> list[Piece]:
    """The pieces with codes that slipped in among the header cells put behind these; empty where none did.

    A code stands a little higher on its line than the label beside it, so some extractions give it first.
    """
    first = next((number for number, piece in enumerate(found) if piece.kind is Kind.FIGURE), 0)
    texts = [piece for piece in found[:first] if piece.kind is Kind.TEXT]
    codes = [piece for piece in found[:first] if piece.kind is not Kind.TEXT]
    if not codes or found[first - 1] in codes:
        return []
    return [*texts[:-1], *codes, *texts[-1:], *found[first:]]


def _header(form: str, found: Sequence[Piece], fiscal_year: int | None) -> _Header | None:
    """Read the header: as many of the first pieces as belong to it, a first row's label left to the rows."""
    limit = _first_datum(form, found)
    tail = _label_before(found, limit)
    best: tuple[int, _Header] | None = None
    for kept in dict.fromkeys((limit - tail, *range(limit, max(limit - _LONGEST_TAIL, 0), -1))):
        read, lacking = _read_header(form, found, kept, fiscal_year)
        if read is None:
            continue
        oddness = 2 * lacking + sum(_is_unknown(leaf) for panel in read.panels for leaf in panel)
        oddness += _took_label(form, read, found)
        if not oddness:
            return read
        if best is None or oddness < best[0]:
            best = (oddness, read)
    return best[1] if best else None


def _took_label(form: str, header: _Header, found: Sequence[Piece]) -> bool:
    """Whether of items below each other only the first has no name: the header may have taken it."""
    if vocabulary.forms()[form].keyed_by != "single_row":
        return False
    named = [bool(row.code or row.label) for row in _rows_behind(form, header, found) if row.figures]
    return len(named) > 2 and not named[0] and all(named[1:])


def _read_header(
    form: str, found: Sequence[Piece], kept: int, fiscal_year: int | None
) -> tuple[_Header | None, int]:
    """The header of the first ``kept`` pieces, and how many columns its widest row prints beyond them."""
    pieces_ = [piece for piece in found[:kept] if not _is_column_word(piece)]
    words = words_of(form)
    columns = read_columns(pieces_, words, 0, fiscal_year) if pieces_ else None
    if columns is None:
        return None, 0
    read = _Header(tuple(map(tuple, columns)), kept)
    lacking = _widest(form, read, found) - read.width
    if lacking and read.width + lacking:
        fitting = read_columns(pieces_, words, read.width + lacking, fiscal_year)
        if fitting:
            return _Header(tuple(map(tuple, fitting)), kept), 0
    return read, max(lacking, 0)


def _has_displaced_header(form: str, body: Sequence[Piece], shape: Shape) -> bool:
    """Whether header cells of a coded table stand among its rows: the print was not taken out row by row."""
    if not shape.has_code:
        return False
    words, names = words_of(form), set(shape.names.values())
    return any(
        piece.kind is Kind.TEXT
        and len(piece.key) > _SHORTEST_HEADER
        and piece.key not in names
        and piece.key not in shape.labels
        and words.is_word(piece.key)
        for piece in body
    )


def _ordered(rows: list[LooseRow], body: Sequence[Piece], shape: Shape) -> list[LooseRow] | None:
    """The rows, found again by the order of their codes where these stand apart; ``None``: no order."""
    if not shape.has_code or in_order(rows, shape):
        return rows
    again = by_streams(body, shape)
    return again if again is not None and in_order(again, shape) else None


def _widest(form: str, header: _Header, found: Sequence[Piece]) -> int:
    """The most figures that a row prints behind its label."""
    return max((len(row.figures) for row in _rows_behind(form, header, found)), default=0)


def _rows_behind(form: str, header: _Header, found: Sequence[Piece]) -> list[LooseRow]:
    body = _without_repeats(found[: header.length], _without_column_numbers(found[header.length :]))
    return assemble(body, _shape(form, header, body))


def _first_datum(form: str, found: Sequence[Piece]) -> int:
    """Where the first row can begin: its figure, its code or its numbered label."""
    number = 0
    while number < len(found):
        piece = found[number]
        run = _column_numbers(found, number)
        if run:
            return number + run
        year = _YEAR_DIGITS.fullmatch(piece.text) and number + 1 < len(found)
        if piece.kind is not Kind.TEXT and not (year and found[number + 1].key.startswith("年")):
            return number
        if piece.kind is Kind.TEXT and numbered(piece.text):
            return number
        number += 1
    return len(found)


def _label_before(found: Sequence[Piece], limit: int) -> int:
    """How many pieces before the first figure are surely its row's label: on its line, or a total's name."""
    if not limit or _is_column_word(found[limit - 1]):
        return 0
    if limit == len(found):
        return int(found[limit - 1].key in _TOTALS)
    if found[limit].kind is Kind.TEXT:
        return 0
    tail = 0
    while tail < limit and found[limit - 1 - tail].line is found[limit].line:
        tail += 1
    if not tail and limit and found[limit - 1].key in _TOTALS and _is_amount(found, limit):
        tail = 1
    return tail


def _is_amount(found: Sequence[Piece], place: int) -> bool:
    """Whether a piece is a figure: whole ones, unlike codes, stand before no name."""
    piece, following = found[place], found[place + 1 : place + 2]
    if piece.kind is Kind.DIGITS:
        return len(piece.text) > _LONGEST_CLASS and any(one.kind is not Kind.TEXT for one in following)
    return piece.kind is Kind.FIGURE


def _is_column_word(piece: Piece) -> bool:
    return piece.key == "栏次" or (piece.kind is Kind.DIGITS and len(piece.text) <= 2)


def _column_numbers(found: Sequence[Piece], start: int) -> int:
    """The length of a run of column numbers (栏次 1 2 3 …) that begins at ``start``; 0: there is none."""
    length = expected = 0
    for piece in found[start:]:
        if piece.key == "栏次" or (expected and piece.key in ("栏次", "类", "款", "项")):
            length += 1
            continue
        if piece.kind is Kind.DIGITS and piece.text == str(expected + 1):
            expected += 1
            length += 1
            continue
        break
    return length if expected > 1 or (expected and found[start].key == "栏次") else 0


def _without_column_numbers(found: Sequence[Piece]) -> Sequence[Piece]:
    return found[_column_numbers(found, 0) :]


def _without_repeats(header: Sequence[Piece], body: Sequence[Piece]) -> list[Piece]:
    """The body without headers that a new page prints again."""
    text = "".join(piece.key for piece in header)
    kept: list[Piece] = []
    number = 0
    while number < len(body):
        taken = _repeat(text, body[number:]) if body[number].first and text else 0
        if taken:
            number += taken + _column_numbers(body, number + taken)
            continue
        kept.append(body[number])
        number += 1
    return kept


def _repeat(text: str, body: Sequence[Piece]) -> int:
    """How many pieces print ``text`` again, 0 where they print something else."""
    printed = ""
    for length, piece in enumerate(body, start=1):
        printed += piece.key
        if printed == text:
            return length
        if not text.startswith(printed):
            return 0
    return 0


def _shape(form: str, header: _Header, body: Sequence[Piece]) -> Shape:
    units = vocabulary.forms()[form].keyed_by in ("unit", "function_or_unit", "project")
    codes = shape_codes(units=units) | (
        shape_codes(units=False) if form != "budget_general_by_unit" else frozenset()
    )
    return Shape(
        keys=tuple(dict.fromkeys(leaf.column for leaf in header.panels[0] if leaf.column in _KEYS)),
        panels=len(header.panels),
        codes=codes,
        has_line_numbers=header.has(LINE_NUMBER),
        whole_figures=_prints_whole_figures(body, codes),
        labels=_line_names(),
        names=_account_names("economic" if "economic" in form else "function"),
    )


def _prints_whole_figures(body: Sequence[Piece], codes: frozenset[int]) -> bool:
    """Whether amounts are printed without decimals, so that digits alone can be an amount or a code."""
    decimals = sum(piece.kind is Kind.FIGURE and "." in piece.text for piece in body)
    following = [*body[1:], None][: len(body)]
    amounts = sum(
        piece.kind is Kind.DIGITS
        and len(piece.text) > 1
        and not (len(piece.text) in codes and after is not None and after.kind is Kind.TEXT)
        for piece, after in zip(body, following, strict=True)
    )
    return decimals < amounts / 4


@cache
def _account_names(scheme: str) -> dict[str, str]:
    """Code to name of the known accounts, to tell where a broken label ends; never required."""
    return {row["code"]: vocabulary.key(row["name"]) for row in vocabulary.seed_rows(f"account_{scheme}")}


@cache
def _line_sides() -> dict[str, frozenset[str]]:
    """Names of summary lines and function classes to the sides they stand on."""
    sides: dict[str, set[str]] = {}
    for row in vocabulary.seed_rows("summary_line"):
        if row["side"]:
            sides.setdefault(vocabulary.key(row["label"]), set()).add(row["side"])
    for code, name in _account_names("function").items():
        if len(code) == 3:
            sides.setdefault(name, set()).add("expenditure")
    return {name: frozenset(own) for name, own in sides.items()}


@cache
def _line_names() -> frozenset[str]:
    return frozenset(_line_sides())


def _table_rows(form: str, header: _Header, rows: Sequence[LooseRow]) -> Iterator[TableRow]:
    sided = vocabulary.forms()[form].has_sides
    sides = _Sides()
    known_texts: set[str] = set()
    for row in rows:
        if not (row.code or row.label or row.figures):
            continue
        side = sides.of(row) if sided else None
        panel = 1 if side == "expenditure" else 0
        label, attributes = _split_texts(header.panels[panel], row, known_texts)
        if row.line_number:
            attributes["行次"] = row.line_number
        made = _table_row(row, header.figures(panel), side, label, attributes)
        _name_owner(made, header.panels[panel], row)
        yield made


def _table_row(
    row: LooseRow, columns: Sequence[Leaf], side: str | None, label: str, attributes: dict[str, str]
) -> TableRow:
    first = row.first
    made = TableRow(
        label=label,
        values={},
        code=_code(row),
        side=side,
        line=first.line.number if first else None,
        page=first.line.page if first else None,
        attributes=attributes,
    )
    values = [Value(text=piece.text, line=piece.line.number, page=piece.line.page) for piece in row.figures]
    if len(values) == len(columns):
        for leaf, value in zip(columns, values, strict=True):
            value.header_printed = leaf.printed
            if not _is_unknown(leaf):
                made.values[leaf.column] = value
    elif values:
        made.open_values = values
        made.open_columns = tuple(leaf.column for leaf in columns)
    return made


def _name_owner(made: TableRow, panel: Sequence[Leaf], row: LooseRow) -> None:
    """Say whose row it is: the spending unit printed beside the account, or the one the row is about."""
    printed = {OWNER_CODE: row.owner_code.text if row.owner_code else "", OWNER: row.owner_text}
    for leaf in panel:
        if printed.get(leaf.column):
            made.attributes[leaf.printed.split("/")[-1]] = printed[leaf.column]
    made.section = printed[OWNER] or None
    keys = [leaf for leaf in panel if leaf.column in _KEYS]
    by_unit = all(headers.names_owner(leaf.printed.split("/")[-1]) for leaf in keys)
    made.owner = made.code if by_unit else printed[OWNER_CODE] or None


def _code(row: LooseRow) -> str | None:
    """The code of a row in one piece; the parts of 类 款 项 padded to two digits."""
    if not row.code:
        return None
    head, *parts = (piece.text for piece in row.code)
    return head + "".join(part.zfill(2) if len(head) == 3 else part for part in parts)


def _split_texts(panel: Sequence[Leaf], row: LooseRow, known: set[str]) -> tuple[str, dict[str, str]]:
    """The label and the text column behind it (项目单位), told apart by names above or by one line."""
    texts = [leaf.column.removeprefix(TEXT) for leaf in panel if leaf.column.startswith(TEXT)]
    whole = row.text
    if not texts or not row.label:
        return whole, {}
    for name in sorted(known, key=len, reverse=True):
        if whole.endswith(name) and len(whole) > len(name):
            return whole[: -len(name)], {texts[0]: name}
    if len(row.label) == 2 and row.label[0].line is row.label[1].line:
        return row.label[0].text, {texts[0]: row.label[1].text}
    known.add(whole)
    return whole, {}


class _Sides:
    """Decides on which side of a summary each line stands, by its name and by what stands beside it."""

    def __init__(self) -> None:
        self._last: tuple[str, int] | None = None
        self._totals = 0

    def of(self, row: LooseRow) -> str:
        """``income`` or ``expenditure``."""
        name = vocabulary.without_number(vocabulary.key(row.text))
        line = row.first.line.number if row.first else 0
        side = self._named(name)
        if side is None and name in ("合计", "总计"):
            side = "income" if self._totals % 2 == 0 else "expenditure"
            self._totals += 1
        if side is None:
            beside = self._last is not None and self._last == ("income", line)
            side = "expenditure" if beside else "income"
        self._last = (side, line)
        return side

    def _named(self, name: str) -> str | None:
        sides = _line_sides().get(name, frozenset())
        if len(sides) == 1:
            return next(iter(sides))
        if sides:
            return None
        if re.search("支出|分配|年末|年终|结转下年", name):
            return "expenditure"
        return "income" if re.search("收入|拨款|资金|年初|上年|基金|收支差额", name) else None


def _is_unknown(leaf: Leaf) -> bool:
    return leaf.column.startswith(UNKNOWN)


def _no_header(form: str, found: Sequence[Piece]) -> TableProblem:
    printed = "".join(piece.text for piece in found[:12])
    return TableProblem(
        kind="unreadable_header",
        message=f"表头无法辨认：{printed}… / the header of the loose table is not understood",
        action="在 column_header.csv 补充表头用语 / add the header's wordings to seed column_header",
        cause_key=f"unreadable_header:{form}:{printed[:20]}",
        severity="error" if any(piece.kind is Kind.FIGURE for piece in found) else "warning",
        line=found[0].line.number,
        page=found[0].line.page,
    )


def _disordered(form: str, first: Piece) -> TableProblem:
    return TableProblem(
        kind="disordered_table",
        message="科目编码、名称与数字不在同一行序 / codes, labels and figures are not in the order of rows",
        action="改用保留版面的文本 / take the text out with its layout (pdftotext -layout)",
        cause_key=f"disordered_table:{form}",
        severity="error",
        line=first.line.number,
        page=first.line.page,
    )


def _unknown(form: str, leaf: Leaf, first: Piece) -> TableProblem:
    printed = leaf.column.removeprefix(UNKNOWN)
    return TableProblem(
        kind="unknown_header",
        message=f"未登记的表头“{printed}” / header without a column key",
        action=f"在 column_header.csv 登记 {form},,{printed} / declare it in seed column_header",
        cause_key=f"unknown_header:{form}:{printed}",
        line=first.line.number,
        page=first.line.page,
    )


def _too_many(form: str, row: TableRow) -> TableProblem:
    figures = "、".join(value.text for value in row.open_values)
    row.open_values = []
    return TableProblem(
        kind="too_many_figures",
        message=f"{row.code or row.label}：数字多于列数（{figures}）/ more figures than columns",
        action="对照原件 / compare with the published document",
        cause_key=f"too_many_figures:{form}",
        line=row.line,
        page=row.page,
    )
