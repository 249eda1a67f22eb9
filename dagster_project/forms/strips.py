"""Sheets printed wider than the paper: columns beyond the edge of a page stand beside it again.

A spreadsheet printed without page setup is cut into strips: first its rows with the columns that fit, then
the same rows with the further columns, on pages of their own, at the same heights. A page is a strip of one
before it where its rows stand at exactly the heights of that page's rows and the first of its columns would
not have fitted beside that page's last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Final

from dagster_project.forms.grid import is_figure
from dagster_project.forms.headers import is_form_title
from dagster_project.readers.page import GridCell, Line, Page, Source
from dagster_project.readers.words import join
from dagster_project.vocabulary import key

_SAME_PLACE: Final = 1.5
"""Points by which two rows at one height, or two edges at one place, may differ."""

_FEWEST_ROWS: Final = 3

_PAGES_BACK: Final = 8
"""Pages of one sheet that may be printed before its first strip of further columns."""

_MERGED_ROWS: Final = 3
"""Rows of a header that the cells of a strip may be merged over."""

_NARROW: Final = 0.5
"""Share of the page's width that a strip of a single column takes at most."""

_CODE: Final = re.compile(r"\d{3,}")
_APART: Final = "    "


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page with one grid: the lines above it, its rows, the lines below it. ``left`` and ``right`` are its
    edges, ``first`` is how wide its first column is.
    """

    page: Page
    above: tuple[Line, ...]
    rows: tuple[Line, ...]
    below: tuple[Line, ...]
    left: float
    right: float
    first: float
    strips: int = 0


def joined(source: Source) -> Source:
    """The document with strips of further columns beside the rows that they belong to.

    Joined rows stand on the page of their first columns; cells of a strip have no place there. The page of a
    strip is left without lines.
    """
    pages = list(source.pages)
    sheets = [_sheet(page) for page in pages]
    for index, page in enumerate(pages):
        for before in _earlier(sheets, index):
            home = sheets[before]
            strip = home and (sheets[index] or _single_column(home, page))
            if home and strip and _belongs(home, strip):
                sheets[before] = _beside(home, strip)
                sheets[index] = None
                pages[index] = replace(page, lines=())
                break
    whole = [_page(sheet) if sheet else page for sheet, page in zip(sheets, pages, strict=True)]
    return replace(source, pages=tuple(whole))


def _earlier(sheets: Sequence[_Sheet | None], index: int) -> list[int]:
    """Pages of the sheet that goes on before a page, those with the fewest strips first: back to the one
    that has something above its grid.
    """
    found: list[tuple[int, int]] = []
    for before in range(index - 1, max(-1, index - 1 - _PAGES_BACK), -1):
        sheet = sheets[before]
        if sheet is not None:
            found.append((sheet.strips, before))
            if sheet.above:
                break
    return [before for _, before in sorted(found)]


def _sheet(page: Page) -> _Sheet | None:
    """The page as a sheet, where it has one grid whose places are known."""
    rows = tuple(line for line in page.lines if line.cells)
    if len(rows) < _FEWEST_ROWS or len({line.table for line in rows}) > 1 or page.width is None:
        return None
    boxes = [cell.bbox for line in rows for cell in line.cells]
    if page.read_by != "text" or not all(boxes) or not all(line.bbox for line in rows):
        return None
    first, last = page.lines.index(rows[0]), page.lines.index(rows[-1])
    known = [box for box in boxes if box]
    left = min(box[0] for box in known)
    return _Sheet(
        page,
        page.lines[:first],
        rows,
        page.lines[last + 1 :],
        left,
        max(box[2] for box in known),
        min(box[2] for box in known if box[0] - left < _SAME_PLACE) - left,
    )


def _single_column(home: _Sheet, page: Page) -> _Sheet | None:
    """A page of one column, which needs no grid, in the rows of a sheet."""
    if page.width is None or not page.lines or any(line.cells or not line.bbox for line in page.lines):
        return None
    boxes = [line.bbox for line in page.lines if line.bbox]
    left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
    if left < home.left - 2 * _SAME_PLACE or right - home.left > _NARROW * page.width:
        return None
    above: list[Line] = []
    below: list[Line] = []
    texts = [""] * len(home.rows)
    for line in page.lines:
        middle = _middle(line)
        row = next((i for i, own in enumerate(home.rows) if _top(own) <= middle < _bottom(own)), None)
        if row is not None:
            texts[row] = join(texts[row], line.text) if texts[row] else line.text
        else:
            (above if middle < _top(home.rows[0]) else below).append(line)
    if sum(map(is_figure, texts)) == 0 or below:
        return None
    rows = tuple(
        replace(own, text=text, cells=(GridCell(text, 0),), table=None, words=())
        for own, text in zip(home.rows, texts, strict=True)
    )
    return _Sheet(page, tuple(above), rows, (), home.left, right, right - left)


def _belongs(home: _Sheet, strip: _Sheet) -> bool:
    """Whether a page has further columns of the rows of a sheet."""
    page, other = home.page, strip.page
    if (page.width, page.height) != (other.width, other.height) or page.width is None:
        return False
    if abs(home.left - strip.left) > _SAME_PLACE or home.right + strip.first <= page.width - home.left:
        return False
    if _begins_anew(home, strip) or not _is_headed_alike(home, strip) or _has_codes(home, strip):
        return False
    return _heights(home.rows, strip.rows) is not None


def _begins_anew(home: _Sheet, strip: _Sheet) -> bool:
    """Whether a page has a title, a caption or a first cell as the sheet before has."""
    ours, theirs = _captions(home), _captions(strip)
    if any(map(_is_title, ours)) and any(map(_is_title, theirs)):
        return True
    first, other = home.rows[0].cells[0].text, strip.rows[0].cells[0].text
    return bool(first and first == other) or any(
        one.text[:2] == another.text[:2] and abs(_middle(one) - _middle(another)) < _SAME_PLACE
        for one in ours
        for another in theirs
    )


def _captions(sheet: _Sheet) -> list[Line]:
    """The lines above the grid, and the rows on top of it that are one text: a title may stand in it."""
    return [*sheet.above, *takewhile(_is_one_text, sheet.rows)]


def _is_one_text(row: Line) -> bool:
    return sum(bool(cell.text.strip()) for cell in row.cells) == 1 and bool(row.cells[0].text.strip())


def _has_codes(*sheets: _Sheet) -> bool:
    """Whether every one has codes with a name behind them: then these are rows that go on."""
    return all(any(_is_named_code(line.cells) for line in sheet.rows) for sheet in sheets)


def _is_named_code(cells: Sequence[GridCell]) -> bool:
    texts = [cell.text for cell in cells[:2]]
    return len(texts) > 1 and bool(_CODE.fullmatch(texts[0])) and bool(texts[1]) and not is_figure(texts[1])


def _is_headed_alike(home: _Sheet, strip: _Sheet) -> bool:
    """Whether both pages begin with words of a header, or neither, and the strip has figures alone: the next
    rows of the same columns have codes and labels again.
    """
    headed = [not any(is_figure(cell.text) for cell in sheet.rows[0].cells) for sheet in (home, strip)]
    if all(headed):
        return True
    printed = [cell.text for line in strip.rows for cell in line.cells if cell.text]
    return not any(headed) and all(map(is_figure, printed))


def _heights(rows: Sequence[Line], further: Sequence[Line]) -> list[float] | None:
    """Where the rows of both begin, and the last ends; ``None`` where they are not the same. Merged cells of
    a header may leave out what parts two rows.
    """
    ours, theirs = ([*map(_top, part), _bottom(part[-1])] for part in (rows, further))
    missing = [y for y in theirs if min(abs(y - own) for own in ours) > _SAME_PLACE]
    common = len(theirs) - len(missing)
    begins = min(abs(y - theirs[0]) for y in ours[: _MERGED_ROWS + 1]) <= _SAME_PLACE
    if (
        not begins
        or abs(ours[-1] - theirs[-1]) > _SAME_PLACE
        or common < len(ours) - _MERGED_ROWS
        or len(missing) > _MERGED_ROWS
    ):
        return None
    return sorted([*ours, *missing])


def _spread(rows: Sequence[Line], heights: Sequence[float]) -> list[list[GridCell]]:
    """The cells of rows that begin and end at some of the heights, by the first of their rows there."""
    bounds = [*map(_top, rows), _bottom(rows[-1])]
    places = [min(range(len(heights)), key=lambda i: abs(heights[i] - bound)) for bound in bounds]
    found: list[list[GridCell]] = [[] for _ in heights[1:]]
    for number, line in enumerate(rows):
        for cell in line.cells:
            end = places[min(number + cell.rows, len(rows))]
            found[places[number]].append(cell._replace(rows=end - places[number]))
    return found


def _is_title(line: Line) -> bool:
    return is_form_title(key(line.text))


def _beside(home: _Sheet, strip: _Sheet) -> _Sheet:
    """The sheet with the columns of a strip behind its own; its right edge is the strip's."""
    heights = _heights(home.rows, strip.rows) or []
    width, more = (len(sheet.rows[0].text.split("\t")) for sheet in (home, strip))
    rows = []
    for top, bottom, own, other in zip(
        heights, heights[1:], _spread(home.rows, heights), _spread(strip.rows, heights), strict=False
    ):
        begun = max((line for line in home.rows if _top(line) <= top + _SAME_PLACE), key=_top)
        cells = [*own, *(cell._replace(column=width + cell.column, bbox=None) for cell in other)]
        texts = [""] * (width + more)
        for cell in cells:
            texts[cell.column] = cell.text
        rows.append(
            replace(
                begun, text="\t".join(texts), cells=tuple(cells), bbox=(home.left, top, home.right, bottom)
            )
        )
    return replace(
        home,
        above=_side_by_side(home.above, strip.above),
        rows=tuple(rows),
        below=_side_by_side(home.below, strip.below),
        right=strip.right,
        strips=home.strips + 1,
    )


def _side_by_side(lines: Sequence[Line], further: Iterable[Line]) -> tuple[Line, ...]:
    """Lines with those of a strip: behind the line at the same height, which the page's edge cut, or else
    between them.
    """
    found = list(lines)
    for line in further:
        place = next(
            (i for i, own in enumerate(found) if abs(_middle(own) - _middle(line)) < _SAME_PLACE), None
        )
        if place is None:
            found.append(replace(line, page=found[0].page if found else line.page))
        else:
            own = found[place].text
            whole = own + line.text
            text = whole if is_form_title(key(whole)) else own + _APART + line.text
            found[place] = replace(found[place], text=text, words=())
    return tuple(sorted(found, key=_middle))


def _page(sheet: _Sheet) -> Page:
    return replace(sheet.page, lines=(*sheet.above, *sheet.rows, *sheet.below))


def _top(line: Line) -> float:
    return line.bbox[1] if line.bbox else 0.0


def _bottom(line: Line) -> float:
    return line.bbox[3] if line.bbox else 0.0


def _middle(line: Line) -> float:
    return (_top(line) + _bottom(line)) / 2
