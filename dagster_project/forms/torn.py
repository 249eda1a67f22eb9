"""Grids that a page break cut through a row or a header: the pieces become one grid again.

Word processors and browsers break a page inside a row: half of a label, of a header or of a figure is the
first row of the next page's grid. The last thing on a page and the first on the next, both grids between the
same outer edges, the columns of one among those of the other, are put together where the texts say that the
row goes on: joined they are a known wording or a figure like the others, and apart they are not. Grids that
end between two rows stay as they are.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.grid import is_figure
from dagster_project.readers.page import GridCell, Line, Page, Source

_TOLERANCE: Final = 3.0
"""Points by which an edge may stand elsewhere on the next page."""

_SHORTEST_CODE: Final = 3

_CODE_BEFORE: Final = re.compile(r"^\d{3,7}[\s\-—]*(?=\D)")

_ALIKE: Final = 0.9
"""Share of a table's figures that have the same decimals before a figure with others is a piece of one."""

Edges = tuple[float, ...]
"""Left edge of every column and the right edge of the last, in points."""


def joined(source: Source) -> Source:
    """The document with grids put together that a page break cut inside a row or inside a header.

    A joined row stands on the page where it begins, its cells in the places of their first pieces.
    """
    pages = list(source.pages)
    for index in range(1, len(pages)):
        pair = _joined_pair(pages[index - 1], pages[index])
        if pair:
            pages[index - 1 : index + 1] = pair
    return replace(source, pages=tuple(pages))


@dataclass(frozen=True, slots=True)
class _Break:
    """A page break inside a table: the rows of the grid before it and of the one after it, in one lattice."""

    before: tuple[Line, ...]
    after: tuple[Line, ...]


def _joined_pair(page: Page, following: Page) -> tuple[Page, Page] | None:
    upper, lower = _last_grid(page), _first_grid(following)
    if not upper or not lower or page.number is None:
        return None
    cut = _one_lattice(upper, lower)
    if cut is None:
        return None
    if _goes_on(cut):
        before, after = _with_pieces(cut), list(cut.after[1:])
    elif _is_header_only(cut):
        before, after = _with_header(cut)
    else:
        return None
    kept, rest = page.lines[: len(page.lines) - len(upper)], following.lines[len(lower) :]
    after = [replace(line, table=upper[0].table) for line in after]
    return replace(page, lines=(*kept, *before)), replace(following, lines=(*after, *rest))


def _last_grid(page: Page) -> tuple[Line, ...]:
    """The rows of the grid that a page ends with."""
    lines = page.lines
    if not lines or not lines[-1].cells:
        return ()
    own = tuple(takewhile(lambda line: line.cells and line.table == lines[-1].table, reversed(lines)))
    return own[::-1]


def _first_grid(page: Page) -> tuple[Line, ...]:
    """The rows of the grid that a page begins with."""
    lines = page.lines
    if not lines or not lines[0].cells:
        return ()
    return tuple(takewhile(lambda line: line.cells and line.table == lines[0].table, lines))


def _one_lattice(upper: Sequence[Line], lower: Sequence[Line]) -> _Break | None:
    """Both grids in the columns of the finer one; ``None`` where their edges are not the same."""
    first, second = _edges(upper), _edges(lower)
    if not first or not second:
        return None
    finer = max(first, second, key=len)
    to_first, to_second = _places(first, finer), _places(second, finer)
    if to_first is None or to_second is None:
        return None
    return _Break(
        tuple(_placed(line, to_first, len(finer) - 1) for line in upper),
        tuple(_placed(line, to_second, len(finer) - 1) for line in lower),
    )


def _edges(lines: Sequence[Line]) -> Edges:
    """The boundaries of a grid's columns, empty where places are not known."""
    found: dict[int, float] = {}
    for line in lines:
        for cell in line.cells:
            if cell.bbox is None:
                return ()
            found.setdefault(cell.column, cell.bbox[0])
            found.setdefault(cell.column + cell.columns, cell.bbox[2])
    return tuple(found[column] for column in sorted(found)) if len(found) == max(found) + 1 else ()


def _places(edges: Edges, finer: Edges) -> tuple[int, ...] | None:
    """Boundary → the boundary of the finer grid in its place; outer ones are outer ones there."""
    found = []
    for edge in edges:
        nearest = min(range(len(finer)), key=lambda index: abs(finer[index] - edge))
        if abs(finer[nearest] - edge) > _TOLERANCE:
            return None
        found.append(nearest)
    outer = found[0] == 0 and found[-1] == len(finer) - 1
    return tuple(found) if outer and len(set(found)) == len(found) else None


def _placed(line: Line, to: Sequence[int], width: int) -> Line:
    cells = tuple(
        cell._replace(column=to[cell.column], columns=to[cell.column + cell.columns] - to[cell.column])
        for cell in line.cells
    )
    return _line(line, cells, width)


def _line(line: Line, cells: Sequence[GridCell], width: int) -> Line:
    texts = [""] * width
    for cell in cells:
        texts[cell.column] = cell.text
    return replace(line, cells=tuple(cells), text="\t".join(texts))


def _goes_on(cut: _Break) -> bool:
    """Whether the first row after the break is the rest of the last row before it."""
    over = _reaching_down(cut.before)
    pieces = [cell for cell in cut.after[0].cells if cell.text.strip()]
    said = [_said(_above(over, cell), cell, cut) for cell in pieces]
    return bool(said) and False not in said and True in said


def _reaching_down(rows: Sequence[Line]) -> Mapping[int, tuple[int, GridCell]]:
    """Physical column → (row, cell) that stands at the foot of the grid there."""
    found: dict[int, tuple[int, GridCell]] = {}
    for index, line in enumerate(rows):
        for cell in line.cells:
            if index + cell.rows >= len(rows):
                found.update(dict.fromkeys(range(cell.column, cell.column + cell.columns), (index, cell)))
    return found


def _above(over: Mapping[int, tuple[int, GridCell]], cell: GridCell) -> GridCell | None:
    """The cell before the break of the same columns."""
    _, found = over.get(cell.column, (0, None))
    return found if found and (found.column, found.columns) == (cell.column, cell.columns) else None


def _said(above: GridCell | None, cell: GridCell, cut: _Break) -> bool | None:
    """Whether a text after the break goes on with the one before: it does, it does not, it may."""
    if above is None:
        return False
    before, after = above.text.strip(), cell.text.strip()
    if not before:
        return None if not is_figure(after) or len(cut.after) == 1 else False
    if cell.column == 0 and _is_code(before):
        return _is_rest_of_code(before, after, cut)
    if is_figure(after):
        return _is_rest_of_figure(before, after, cut)
    return _is_rest_of_wording(before, after, cut)


def _is_rest_of_wording(before: str, after: str, cut: _Break) -> bool | None:
    """Whether two pieces of a text are a wording that neither is alone. Two wordings that are a third one
    together go on where nothing else is printed in the row.
    """
    apart = [_is_known(before), _is_known(after)]
    if not _is_known(vocabulary.key(before + after)):
        if not any(apart) and _goes_on_without_key(cut):
            return None
        return not any(apart) and not _is_numbered(after) and _has_no_key(cut)
    if not all(apart):
        return True
    return True if not _has_figures(cut.after[0]) and not _is_numbered(after) else None


def _is_known(text: str) -> bool:
    """Whether a text is a wording or label of the vocabulary, an account's code before it or not."""
    text = _CODE_BEFORE.sub("", text.strip())
    bare = vocabulary.bare_label(vocabulary.compact(text))
    return vocabulary.key(text) in vocabulary.wordings() or vocabulary.is_whole_label(bare)


def _is_numbered(text: str) -> bool:
    printed = vocabulary.compact(text)
    return vocabulary.without_number(printed) != printed


def _is_code(text: str) -> bool:
    return len(text) >= _SHORTEST_CODE and text.isascii() and text.isalnum()


def _is_rest_of_code(before: str, after: str, cut: _Break) -> bool | None:
    """Whether two pieces are as long as other codes of the first column, and the first alone is not; it may
    be where the first is, but not the second.
    """
    firsts = [line.cells[0].text.strip() for line in (*cut.before[:-1], *cut.after[1:]) if line.cells]
    lengths = {len(text) for text in firsts if _is_code(text)}
    if not _is_code(before + after) or len(before + after) not in lengths:
        return False
    if len(before) not in lengths:
        return True
    return None if len(after) not in lengths else False


def _has_no_key(cut: _Break) -> bool:
    """Whether the row before the break has a code and figures, and the one after it neither, which no other
    row of the table is without.
    """
    last, first = cut.before[-1], cut.after[0]
    if not last.cells or not (_is_code(last.cells[0].text.strip()) and _has_figures(last)):
        return False
    return _is_bare(first) and not any(_is_bare(line) and line.text.strip() for line in cut.after[1:])


def _goes_on_without_key(cut: _Break) -> bool:
    """Whether the row after the break has no first cell, but figures: they say whose rest it is."""
    first = cut.after[0]
    return bool(first.cells) and not first.cells[0].text.strip() and _has_figures(first)


def _is_bare(line: Line) -> bool:
    """Whether a row has no first cell and no figures."""
    return (
        bool(line.cells)
        and line.cells[0].column == 0
        and not line.cells[0].text.strip()
        and not _has_figures(line)
    )


def _has_figures(line: Line) -> bool:
    return any(is_figure(cell.text) for cell in line.cells[1:])


def _is_rest_of_figure(before: str, after: str, cut: _Break) -> bool:
    """Whether two pieces are a figure like the table's others, and apart they are not."""
    whole, first = money.parse_amount(before + after), money.parse_amount(before)
    if not after.isdigit() or whole is None:
        return False
    decimals = _decimals((*cut.before[:-1], *cut.after[1:]))
    if decimals is None:
        return first is None and whole.decimals == 0
    if whole.decimals != decimals:
        return False
    return first is None or first.decimals != decimals


def _decimals(rows: Sequence[Line]) -> int | None:
    """The decimals of a table's figures, ``None`` where they have none or not all as many."""
    printed = [money.parse_amount(cell.text) for line in rows for cell in line.cells if "." in cell.text]
    counts = Counter(amount.decimals for amount in printed if amount)
    if not counts:
        return None
    decimals, count = counts.most_common(1)[0]
    return decimals if count >= _ALIKE * counts.total() else None


def _with_pieces(cut: _Break) -> list[Line]:
    """The rows before the break, the last with the texts of the first row after it."""
    over = _reaching_down(cut.before)
    width = len(cut.before[0].text.split("\t"))
    rows = [list(line.cells) for line in cut.before]
    for piece in cut.after[0].cells:
        above = _above(over, piece)
        if above is None:
            continue
        index, _ = over[piece.column]
        whole = above._replace(text=above.text + piece.text, rows=above.rows + piece.rows - 1)
        rows[index][rows[index].index(above)] = whole
    return [_line(line, cells, width) for line, cells in zip(cut.before, rows, strict=True)]


def _is_header_only(cut: _Break) -> bool:
    """Whether a page ends with words of a header and nothing else, and the next goes on below them."""
    if any(is_figure(cell.text) for line in cut.before for cell in line.cells):
        return False
    words = [cell.text for line in cut.before for cell in line.cells if cell.text.strip()]
    known = sum(map(_is_known, words))
    return 2 * known > len(words) and not _words(cut.after[0]) & _words(cut.before[0])


def _words(line: Line) -> set[str]:
    return {vocabulary.key(cell.text) for cell in line.cells if cell.text.strip()}


def _with_header(cut: _Break) -> tuple[list[Line], list[Line]]:
    """Rows before and after the break; what stands over a blank cell of the next row reaches into it."""
    over = _reaching_down(cut.before)
    width = len(cut.before[0].text.split("\t"))
    if any(is_figure(cell.text) for cell in cut.after[0].cells):
        return list(cut.before), list(cut.after)
    rows = [list(line.cells) for line in cut.before]
    taken = set(_blank_below(over, cut.after[0]))
    for piece in taken:
        index, above = over[piece.column]
        rows[index][rows[index].index(above)] = above._replace(rows=above.rows + piece.rows)
    first = _line(cut.after[0], [cell for cell in cut.after[0].cells if cell not in taken], width)
    before = [_line(line, cells, width) for line, cells in zip(cut.before, rows, strict=True)]
    return before, [first, *cut.after[1:]]


def _blank_below(over: Mapping[int, tuple[int, GridCell]], line: Line) -> Iterator[GridCell]:
    for cell in line.cells:
        above = _above(over, cell)
        if above is not None and above.text.strip() and not cell.text.strip():
            yield cell
