"""Further columns of a table without rules, printed on pages of their own: beside the rows they belong to.

Such a page begins with a header of other columns and goes on with figures, alone or beside the codes and
names of the rows again. Its rows are those of the pages before where these are the same, or where there are
as many, as far apart; else the columns are a problem on record, and no rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import dropwhile, groupby, pairwise, takewhile
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.aligned.columns import Column
from dagster_project.forms.aligned.tokens import PrintedLine, Token
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.header_band import is_header_piece, is_total_label

_KEYS: Final = frozenset({"code", "code_part", "label"})
_SAME_DISTANCE: Final = 2.0
"""Points by which two rows may be further apart on one page than on the other."""

_SHORTEST_PIECE: Final = 4
"""Characters of a lone piece of a header on a page without figures; fewer may be the rest of a label."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Pages of further columns: the lines of their header, and their rows."""

    header: tuple[PrintedLine, ...]
    rows: tuple[PrintedLine, ...]

    @property
    def names(self) -> str:
        """The words of the header."""
        return "、".join(dict.fromkeys(token.text for line in self.header for token in line.tokens))


def parted(
    form: str, header: Sequence[Sequence[Token]], lines: Sequence[PrintedLine]
) -> tuple[list[PrintedLine], list[Piece]]:
    """The lines below a table's header without those of further columns, and these."""
    known = {vocabulary.key(token.text) for tokens in header for token in tokens}
    own: list[PrintedLine] = []
    pieces: dict[str, Piece] = {}
    for page, group in groupby(lines, key=lambda line: line.page):
        of_page = tuple(group)
        top = tuple(takewhile(lambda line: not any(is_figure(t.text) for t in line.tokens), of_page))
        piece = Piece(tuple(dropwhile(partial(_is_running, form), top)), of_page[len(top) :])
        if page != lines[0].page and _is_further(form, piece, known):
            before = pieces.setdefault(piece.names, replace(piece, rows=()))
            pieces[piece.names] = replace(before, rows=before.rows + piece.rows)
        else:
            own += of_page
    return own, list(pieces.values())


def _is_running(form: str, line: PrintedLine) -> bool:
    """Whether a line above a header is none of it: what is printed on top of every page."""
    return len(line.tokens) == 1 and not is_header_piece(form, line.tokens[0].text)


def _is_further(form: str, piece: Piece, known: set[str]) -> bool:
    """Whether a page has a header of other columns than ``known``: with figures alone below it, or with none
    of the known ones but codes and names.
    """
    words = {vocabulary.key(token.text) for line in piece.header for token in line.tokens}
    other = {word for word in words - known if not is_total_label(word)}
    if not other or not all(is_header_piece(form, word) for word in words):
        return False
    if not piece.rows:
        return len(words) > 1 or len(min(words)) >= _SHORTEST_PIECE
    worded = any(not is_figure(token.text) for line in piece.rows for token in line.tokens)
    keys = all(headers.resolve(form, [word], None).role in _KEYS for word in words & known)
    return len(words) > 1 and keys if worded else True


def fits(
    form: str,
    columns: Sequence[Column],
    rows: Sequence[GridRow],
    further: tuple[Sequence[Column], Sequence[GridRow]],
    fiscal_year: int | None,
) -> bool:
    """Whether rows of further columns are those of the table: other columns, and the same codes and names, or
    as many rows, as far apart.
    """
    more, beside = further
    read = [headers.resolve(form, column.path, fiscal_year) for column in more if column.role not in _KEYS]
    known = {headers.resolve(form, column.path, fiscal_year).column for column in columns} - {""}
    if len(rows) != len(beside) or any(header.role != "value" or header.column in known for header in read):
        return False
    if len(read) < len(more):
        return _keys(columns, rows) == _keys(more, beside)
    return all(
        abs(ours - theirs) <= _SAME_DISTANCE
        for ours, theirs in zip(_distances(rows), _distances(beside), strict=True)
        if ours is not None and theirs is not None
    )


def _keys(columns: Sequence[Column], rows: Sequence[GridRow]) -> list[str]:
    """Code and name of each row."""
    places = [place for place, column in enumerate(columns) if column.role in _KEYS]
    return [vocabulary.key("".join(row.cell(place) for place in places)) for row in rows]


def without_keys(columns: Sequence[Column], rows: Sequence[GridRow]) -> tuple[list[Column], list[GridRow]]:
    """The columns of figures, and the rows without their codes and names."""
    places = [place for place, column in enumerate(columns) if column.role not in _KEYS]
    return [columns[place] for place in places], [
        replace(
            row,
            cells=[row.cell(place) for place in places],
            boxes={at: row.boxes[place] for at, place in enumerate(places) if place in row.boxes},
        )
        for row in rows
    ]


def _distances(rows: Sequence[GridRow]) -> list[float | None]:
    """How far each row stands below the one before it on its page, where that is known."""
    heights = [max((box[3] for box in row.boxes.values()), default=None) for row in rows]
    return [
        lower - upper if upper is not None and lower is not None and one.page == other.page else None
        for (upper, lower), (one, other) in zip(pairwise(heights), pairwise(rows), strict=True)
    ]


def beside(rows: Sequence[GridRow], further: Sequence[GridRow], width: int) -> list[GridRow]:
    """Rows of ``width`` cells with those of the further columns behind them."""
    return [
        replace(
            row,
            cells=[*row.cells, *more.cells],
            boxes={**row.boxes, **{width + column: box for column, box in more.boxes.items()}},
        )
        for row, more in zip(rows, further, strict=True)
    ]
