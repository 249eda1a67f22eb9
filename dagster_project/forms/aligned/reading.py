"""Space-aligned tables, as ``pdftotext -layout`` writes them: columns are horizontal positions.

Figures show where the columns are; header cells are hung over them by their own position, a cell over several
columns by its centre. The outcome is a grid like any other. Labels broken over lines find their row again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, zip_longest
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers, tabular, wide
from dagster_project.forms.aligned import broken, flush, further
from dagster_project.forms.aligned.columns import (
    Column,
    data_columns,
    hang_header,
    in_order,
    is_amount,
    shift,
)
from dagster_project.forms.aligned.further import Piece
from dagster_project.forms.aligned.tokens import (
    CODE,
    PrintedLine,
    Scale,
    Token,
    is_page_number,
    levels,
    scale_of,
    tokens,
)
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.header_band import (
    Band,
    highest_number,
    is_caption,
    is_column_numbers,
    is_header_piece,
    is_total_label,
)
from dagster_project.forms.table import FormTable
from dagster_project.readers.page import Line
from dagster_project.records import BBox

_NOTE: Final = re.compile(r"^\(?(?:注|备注|说明|附注)(?:[:\d]|$)")
_FIGURED: Final = frozenset({"value", "unknown", "cut", "empty"})
_NUMBERED: Final = frozenset({"code", "code_part", "ignored", "attribute"})
_WORDED: Final = frozenset({"label", "attribute"})
_LONGEST_BARE: Final = 9
_WITH_DECIMALS: Final = 0.9
_ACROSS: Final = 3
_NO_LABEL: Final = 10.0
_KNOWN_LABEL: Final = 5.0
_FRAGMENT_ABOVE: Final = 1.5
_FRAGMENT_BELOW: Final = 0.5


@dataclass(slots=True)
class _Anchor:
    """A row of the table: the line that carries its figures or code, and label pieces around it by column."""

    row: GridRow
    above: dict[int, list[str]] = field(default_factory=dict)
    below: dict[int, list[str]] = field(default_factory=dict)


def read_aligned(
    form: str, lines: Sequence[Line], fiscal_year: int | None, scale: Scale | None = None
) -> FormTable:
    """Read a space-aligned table into the form's rows. What is doubtful is in ``problems``.

    ``scale``: how print becomes positions, from ``scale_of`` all tables of the document.
    """
    printed = broken.mended(list(_table_lines(form, lines, scale or scale_of(lines))))
    if not any(map(_has_figures, printed)):
        # Without figures nothing shows where the columns are, and there is nothing to put into them.
        return FormTable(form, [])
    header, lines_below = _split(form, printed)
    own, pieces = further.parted(form, header, lines_below)
    body = _unrepeated(header, own)
    if not header or not body:
        rows = [GridRow([token.text for token in line.tokens], line.line, line.page) for line in printed]
        return tabular.read_grid(form, rows, fiscal_year)
    first_page = [line for line in body if line.page == body[0].page]
    columns = hang_header(form, header, data_columns(first_page, header), fiscal_year)
    rows = _body_rows(columns, body)
    torn: list[Piece] = []
    for piece in pieces:
        more, below = _further(form, piece, fiscal_year)
        if further.fits(form, columns, rows, (more, below), fiscal_year):
            figured, figures = further.without_keys(more, below)
            rows = further.beside(rows, figures, len(columns))
            columns = [*columns, *figured]
        elif piece.rows:
            torn.append(piece)
    band = Band(tuple(_header_rows(columns, printed[0])), tuple(rows))
    table = tabular.read_bands(form, [band], fiscal_year)
    if table.problems and vocabulary.forms()[form].keyed_by == "single_row":
        table = flush.read_flush(form, header, body, fiscal_year) or table
    for piece in torn:
        first = piece.header[0]
        table.problems.append(wide.torn(form, piece.names, first.line, first.page))
    return table


def _further(form: str, piece: Piece, fiscal_year: int | None) -> tuple[list[Column], list[GridRow]]:
    """The columns of a page of further columns, and its rows; none where a figure has no column."""
    header = [line.tokens for line in piece.header]
    columns = hang_header(form, header, data_columns(piece.rows, header), fiscal_year)
    rows = _body_rows(columns, piece.rows) if piece.rows else []
    printed = sum(is_figure(token.text) for line in piece.rows for token in line.tokens)
    placed = sum(is_figure(row.cells[place]) for row in rows for place in row.filled())
    return columns, rows if placed == printed else []


def _table_lines(form: str, lines: Sequence[Line], scale: Scale) -> Iterator[PrintedLine]:
    """Lines of the grid: without captions, notes, page numbers and column numbers."""
    counted = 0
    for line in lines:
        plain = vocabulary.key(line.text)
        if not plain or is_page_number(line.text):
            continue
        if _NOTE.match(plain):
            return
        row = tokens(line, scale)
        whole = GridRow([token.text for token in row], line.number, line.page)
        if is_column_numbers(form, whole, counted):
            counted = highest_number(whole)
            continue
        if is_caption(whole) or headers.is_form_title(plain):
            continue
        for cut in [row] if any(is_figure(token.text) for token in row) else levels(row):
            yield PrintedLine(cut, line.number, line.page)


def _split(form: str, lines: Sequence[PrintedLine]) -> tuple[list[list[Token]], list[PrintedLine]]:
    """Header lines, and the lines below them."""
    first = next((i for i, line in enumerate(lines) if _has_words(form, line)), None)
    if first is None:
        return [], []
    start = next((i for i in range(first, len(lines)) if _has_figures(lines[i])), len(lines))
    while start > first + 1 and _is_unfilled_row(form, lines[start - 1], lines[start - 2]):
        start -= 1
    return [line.tokens for line in lines[first:start]], list(lines[start:])


def _unrepeated(header: Sequence[Sequence[Token]], lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Lines below a header without those that repeat it on later pages."""
    words = {vocabulary.key(token.text) for tokens in header for token in tokens}
    return [line for line, repeated in _marked(lines, words) if not repeated]


def _marked(lines: Sequence[PrintedLine], words: set[str]) -> Iterator[tuple[PrintedLine, bool]]:
    """Lines, and whether each repeats the header: a lone word of it does so only beside another such line."""
    alike = [
        all(vocabulary.key(token.text) in words for token in line.tokens)
        and not all(is_total_label(token.text) for token in line.tokens)
        for line in lines
    ]
    for index, line in enumerate(lines):
        beside = any(alike[max(index - 1, 0) : index]) or any(alike[index + 1 : index + 2])
        yield line, alike[index] and (len(line.tokens) > 1 or beside)


def _has_words(form: str, line: PrintedLine) -> bool:
    return any(headers.is_header_word(form, token.text) for token in line.tokens)


def _has_figures(line: PrintedLine) -> bool:
    return any(is_figure(token.text) for token in line.tokens)


def _is_unfilled_row(form: str, line: PrintedLine, above: PrintedLine) -> bool:
    """A line above the first figures that is a row without figures, not the last line of the header."""
    texts = [token.text for token in line.tokens]
    if _is_numbered(texts[0]):
        return True
    if all(is_total_label(text) for text in texts):
        return not all(_ends_header_cell(form, token, above) for token in line.tokens)
    return not any(is_header_piece(form, text) for text in texts)


def _ends_header_cell(form: str, token: Token, above: PrintedLine) -> bool:
    """Whether a total's word is the second line of a header cell: 一般公共预算支出 and 合计 below it."""
    return any(
        upper.start < token.end
        and token.start < upper.end
        and headers.is_header_word(form, upper.text + token.text)
        for upper in above.tokens
    )


def _header_rows(columns: Sequence[Column], first: PrintedLine) -> list[GridRow]:
    """The header as grid rows: every column repeats the cells over it, so that no merge is left to guess."""
    depth = max((len(column.path) for column in columns), default=0)
    return [
        GridRow([column.cell(level, depth) for column in columns], first.line, first.page)
        for level in range(depth)
    ]


def _body_rows(columns: Sequence[Column], body: Sequence[PrintedLine]) -> list[GridRow]:
    coded = any(map(_is_code_column, columns))
    decimals = _prints_decimals(body)
    anchors: list[_Anchor] = []
    fragments: list[GridRow] = []
    for line in _straightened(columns, body):
        row = _placed(columns, line, decimals=decimals)
        if _is_fragment(columns, row, coded=coded):
            turned = bool(anchors) and line.page != anchors[-1].row.page
            if not (turned and _runs_across(columns, line)):
                fragments.append(row)
        elif anchors and not fragments and _completes(columns, anchors[-1].row, row):
            anchors[-1].row.cells = [
                before or cell for before, cell in zip(anchors[-1].row.cells, row.cells, strict=True)
            ]
            anchors[-1].row.boxes = {**row.boxes, **anchors[-1].row.boxes}
        else:
            if anchors and not coded:
                _give_back(columns, anchors[-1], row)
            anchor = _Anchor(row)
            _share_out(columns, fragments, anchors[-1] if anchors else None, anchor)
            anchors.append(anchor)
            fragments = []
    _share_out(columns, fragments, anchors[-1] if anchors else None, None)
    return [_whole(anchor) for anchor in anchors]


def _give_back(columns: Sequence[Column], before: _Anchor, row: GridRow) -> None:
    """The rest of a label that shares its line with a row of the panel beside it goes to the row above."""
    for index, column in enumerate(columns):
        text = row.cells[index]
        if column.role != "label" or not text or _begins_row(text) or not before.row.cells[index]:
            continue
        panel = _panel_of(columns, index)
        alone = all(place == index or _panel_of(columns, place) != panel for place in row.filled())
        goes_on = vocabulary.is_whole_label(before.row.cells[index] + text)
        if alone and (goes_on or not vocabulary.is_whole_label(text)):
            before.below.setdefault(index, []).append(text)
            row.cells[index] = ""


def _prints_decimals(body: Sequence[PrintedLine]) -> bool:
    """Whether nearly all amounts of the table have decimals."""
    amounts = [
        token.text for line in body for token in line.tokens if is_amount(token) and token.text.strip("0.-")
    ]
    return bool(amounts) and sum("." in text for text in amounts) >= _WITH_DECIMALS * len(amounts)


def _straightened(columns: Sequence[Column], body: Sequence[PrintedLine]) -> Iterator[PrintedLine]:
    """Lines of later pages, their amounts moved to where the columns stand on the first: pages differ in
    scale.
    """
    figured = [column for column in columns if column.holds_figures]
    for page, lines in groupby(body, key=lambda line: line.page):
        of_page = list(lines)
        by = 0
        if page is not None and page != body[0].page:
            by = shift([token for line in of_page for token in line.tokens if is_amount(token)], figured)
        for line in of_page:
            moved = [_moved(token, by) if is_amount(token) else token for token in line.tokens]
            yield PrintedLine(moved, line.line, line.page)


def _moved(token: Token, by: int) -> Token:
    return replace(token, start=token.start - by, end=token.end - by)


def _completes(columns: Sequence[Column], above: GridRow, row: GridRow) -> bool:
    """Whether a line is the rest of the row above: that row has only the code where this line has all but
    the code.
    """
    own = row.filled()
    texts = [row.cells[index] for index in own if not columns[index].holds_figures]
    if not own or any(above.cells[index] or _is_code_column(columns[index]) for index in own):
        return False
    if texts and all(is_total_label(text) for text in texts):
        return False
    touched = {_panel_of(columns, index) for index in own}
    there = [index for index in above.filled() if _panel_of(columns, index) in touched]
    return bool(there) and all(_is_code_column(columns[index]) for index in there)


def _is_code_column(column: Column) -> bool:
    return column.role in ("code", "code_part")


def _panel_of(columns: Sequence[Column], index: int) -> int:
    """The number of the panel that a column is in: a panel begins with a key column after a column of
    figures.
    """
    starts = (
        place
        for place in range(1, index + 1)
        if not columns[place].holds_figures and columns[place - 1].holds_figures
    )
    return sum(1 for _ in starts)


def _placed(columns: Sequence[Column], line: PrintedLine, *, decimals: bool) -> GridRow:
    """A line in the grid's columns: figures in their order, words where they stand."""
    tokens = line.tokens
    cells = [""] * len(columns)
    figured = [index for index, column in enumerate(columns) if column.role in _FIGURED]
    coded = any(map(_is_code_column, columns))
    figures: list[Token] = []
    boxes: dict[int, BBox] = {}
    for token, following in zip_longest(tokens, tokens[1:]):
        before_label = coded and (
            len(tokens) == 1 or (following is not None and not is_figure(following.text))
        )
        before_label = before_label and not _stands_in_figures(columns, token)
        roles = _roles_for(columns, token, bare_is_code=decimals or before_label)
        if roles is _FIGURED:
            figures.append(token)
            continue
        fitting = [index for index, column in enumerate(columns) if column.role in roles] or range(
            len(columns)
        )
        cells[min(fitting, key=lambda index: columns[index].distance(token))] += token.text
    for place, column in in_order(figures, [columns[index] for index in figured]).items():
        cells[figured[column]] = figures[place].text
        if (box := figures[place].box) is not None:
            boxes[figured[column]] = box
    return GridRow(cells, line.line, line.page, boxes=boxes)


def _stands_in_figures(columns: Sequence[Column], token: Token) -> bool:
    """Whether a token stands in a column of figures, so that the words behind it are the next panel's."""
    nearest = min(columns, key=lambda column: column.distance(token))
    touches = nearest.start < token.end and token.start < nearest.end
    return touches and nearest.holds_figures and nearest.role in _FIGURED


def _roles_for(columns: Sequence[Column], token: Token, *, bare_is_code: bool) -> frozenset[str]:
    """Which columns can hold a token: figures, codes and words have columns of their own.

    ``bare_is_code``: a bare number as long as a code is one, as the table prints decimals or a label
    follows it.
    """
    plain = token.text.strip("[]")
    if plain.isdigit() and plain.strip("0") and len(plain) <= _LONGEST_BARE:
        if bare_is_code and len(plain) >= 3:
            return _NUMBERED
        nearest = min(columns, key=lambda column: column.distance(token))
        return _FIGURED if nearest.role in _FIGURED else _NUMBERED
    if is_figure(token.text) or _is_share(token.text):
        return _FIGURED
    return _NUMBERED if CODE.fullmatch(token.text) else _WORDED


def _is_share(text: str) -> bool:
    return text.endswith(("%", "％")) and is_figure(text[:-1])


def _runs_across(columns: Sequence[Column], line: PrintedLine) -> bool:
    """Whether a line is one text that reaches over several columns: what a new page prints above its text."""
    text = line.tokens[0]
    reached = sum(column.start < text.end and text.start < column.end for column in columns)
    return len(line.tokens) == 1 and reached >= _ACROSS


def _is_fragment(columns: Sequence[Column], row: GridRow, *, coded: bool) -> bool:
    """A line that only continues labels: no figure, no code, no numbered label, no total.

    Where rows have no codes, a label known to be whole is a row without figures. Where they have, codes of
    other things (采购品目) are no rows.
    """
    texts = [
        text
        for text, column in zip(row.cells, columns, strict=True)
        if text and not (coded and column.role == "attribute")
    ]
    if any(is_figure(text) or CODE.fullmatch(text) for text in texts):
        return False
    return not any(_begins_row(text) or (not coded and vocabulary.is_whole_label(text)) for text in texts)


def _begins_row(text: str) -> bool:
    return _is_numbered(text) or is_total_label(text)


def _is_numbered(text: str) -> bool:
    plain = vocabulary.key(text)
    return vocabulary.without_number(plain) != plain


def _share_out(
    columns: Sequence[Column], fragments: Sequence[GridRow], before: _Anchor | None, after: _Anchor | None
) -> None:
    """Give label pieces between two rows to the one above or below, column by column."""
    for index, column in enumerate(columns):
        pieces = [row.cells[index] for row in fragments if row.cells[index]]
        if column.holds_figures or not pieces:
            continue
        # Every row in use has a label; what else is written beside it may be missing.
        own = _panel_of(columns, index)
        panel = [
            place
            for place, other in enumerate(columns)
            if column.role == "label" and other.role != "ignored" and _panel_of(columns, place) == own
        ]
        taken = _taken_above(index, panel, pieces, before, after)
        if before is not None:
            before.below.setdefault(index, []).extend(pieces[:taken])
        if after is not None:
            after.above.setdefault(index, []).extend(pieces[taken:])


def _taken_above(
    index: int, panel: Sequence[int], pieces: Sequence[str], before: _Anchor | None, after: _Anchor | None
) -> int:
    """How many of the label pieces between two rows belong to the row above, the rest to the row below."""

    def cost(taken: int) -> float:
        left = len(pieces) - taken
        if (taken and before is None) or (left and after is None):
            return float("inf")
        above = 0.0 if before is None else _cost_above(index, panel, pieces[:taken], before)
        return above + (0.0 if after is None else _cost_below(index, panel, left, after))

    return min(range(len(pieces) + 1), key=cost)


def _cost_above(index: int, panel: Sequence[int], pieces: Sequence[str], anchor: _Anchor) -> float:
    """How unlikely it is that a row goes on in the pieces below it: rows stand in the middle of their
    labels.
    """
    above, own = anchor.above.get(index, []), anchor.row.cell(index)
    label = "".join((*above, own, *pieces))
    nameless = not label and _is_used(anchor.row, panel)
    skewed = abs(len(above) - len(pieces)) if above or not own else _FRAGMENT_BELOW * len(pieces)
    known = vocabulary.is_whole_label(label)
    return (_NO_LABEL if nameless else 0.0) - (_KNOWN_LABEL if known else 0.0) + skewed


def _cost_below(index: int, panel: Sequence[int], left: int, anchor: _Anchor) -> float:
    """How unlikely it is that ``left`` pieces begin the label of the row below."""
    own = anchor.row.cell(index)
    if not own:
        return 0.0 if bool(left) == _is_used(anchor.row, panel) else _NO_LABEL
    return _FRAGMENT_ABOVE * left


def _is_used(row: GridRow, panel: Sequence[int]) -> bool:
    """Whether a row prints anything in a panel."""
    return any(row.cell(place) for place in panel)


def _whole(anchor: _Anchor) -> GridRow:
    cells = list(anchor.row.cells)
    for index in {*anchor.above, *anchor.below}:
        cells[index] = "".join((*anchor.above.get(index, []), cells[index], *anchor.below.get(index, [])))
    return replace(anchor.row, cells=cells)
