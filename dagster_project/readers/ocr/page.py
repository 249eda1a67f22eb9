"""One picture of a page → its lines: rows of ruled tables, and the text around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from dagster_project.readers import grids, unruled
from dagster_project.readers.grids import Grid
from dagster_project.readers.ocr import engine, picture, rules, text
from dagster_project.readers.ocr.engine import Picture, Recognised
from dagster_project.readers.page import Line, Page, Word
from dagster_project.readers.words import around
from dagster_project.records import BBox

_DETECTION_DPI: Final = 100
"""Where text stands is seen as well at this resolution as at any finer one, in a quarter of the time."""
_RESTS: Final = frozenset("iIlj|!¦丨'`^~")
"""What a scrap of a ruling line is read as."""
_SURE: Final = 0.6
"""Text that stands on its head is read with less confidence than this."""


@dataclass(frozen=True, slots=True)
class _Text:
    """A recognised line of text and its box in points."""

    bbox: BBox
    said: Recognised


def read_page(
    image: Picture,
    number: int | None,
    width: float,
    height: float,
    *,
    reason: str,
    first_line: int = 1,
    first_table: int = 1,
) -> Page:
    """Recognise one page.

    ``image`` shows the whole page (rows × columns × 3, RGB), ``width`` and ``height`` are its size in
    points. ``first_line`` and ``first_table`` are the numbers its first line and its first grid get in the
    document. ``reason`` says why the page was not read from characters.
    """
    image, dpi = picture.at_reading_size(image, image.shape[1] / width * 72)
    sheet = picture.without_seals(image, dpi)
    turns = (90, 270, 0) if picture.is_sideways(sheet, dpi) else (0, 180)
    found: list[tuple[float, int, float, list[Line]]] = []
    for quarters in turns:
        level, skew = picture.straighten(np.ascontiguousarray(np.rot90(sheet, quarters // 90)), dpi)
        lines = _lines(level, dpi, number, first_table)
        found.append((_confidence(lines), quarters, skew, lines))
        if found[-1][0] >= _SURE:
            break
    _, quarters, skew, lines = max(found, key=lambda reading: reading[0])
    if quarters % 180:
        width, height = height, width
    numbered = tuple(replace(line, number=first_line + index) for index, line in enumerate(lines))
    return Page(number, numbered, width, height, read_by="ocr", reason=reason, turned=quarters + skew)


def _confidence(lines: Sequence[Line]) -> float:
    """How sure the recogniser is of a page, 0 to 1; a page without text is what it is."""
    cells = [cell.confidence for line in lines for cell in line.cells]
    words = [word.confidence for line in lines for word in line.words]
    said = [one for one in (*cells, *words) if one is not None]
    return sum(said) / len(said) if said else 1.0


def _lines(level: Picture, dpi: float, number: int | None, first_table: int) -> list[Line]:
    """The lines of a level page, from above; not numbered yet."""
    scale = 72 / dpi
    inked = picture.ink(level, dpi)
    across, down = rules.ruling_lines(inked, dpi)
    tables = grids.build(_positions(across, 1) * scale, _positions(down, 0) * scale)
    pieces = text.pieces(rules.without_rules(inked, across, down), dpi) * scale
    fields = [[text.lines_within(cell.bbox, pieces) for cell in table.cells] for table in tables]
    detected, leaders = _without_leaders(_detected(level, tables, pieces, dpi), pieces)
    loose = text.words(detected, pieces)
    clean = rules.painted_over(level, across, down)
    boxes = [*(box for table in fields for cell in table for box in cell), *loose]
    said = iter(engine.recognise([text.crop(clean, box, dpi) for box in boxes]))
    found: list[Line] = []
    for index, (table, cells) in enumerate(zip(tables, fields, strict=True)):
        read = [[next(said) for _ in cell] for cell in cells]
        found += _table_lines(table, read, number, first_table + index)
    level_rules = [float(y) for y in _positions(across, 1)[:, 0] * scale]
    found += _running_text([*(_Text(box, next(said)) for box in loose), *leaders], level_rules, number)
    return sorted(found, key=lambda line: line.bbox[1] if line.bbox else 0.0)


def _positions(lines: rules.Segments, across: int) -> grids.Array:
    """(position, start, end) of ruling lines that lie along the other direction than ``across``."""
    along = 1 - across
    middle = (lines[:, across] + lines[:, across + 2]) / 2
    return np.column_stack((middle, lines[:, along], lines[:, along + 2]))


def _table_lines(
    table: Grid, read: Sequence[Sequence[Recognised]], number: int | None, count: int
) -> Iterator[Line]:
    """The rows of a grid whose cells hold the lines ``read``."""
    read = [_without_dust(cell) for cell in read]
    texts = ["".join(line.text for line in cell) for cell in read]
    sure = [min((line.confidence for line in cell), default=None) for cell in read]
    others = {
        region.bbox: cell[0].alternatives
        for region, cell in zip(table.cells, read, strict=True)
        if len(cell) == 1
    }
    for line in grids.lines(table, texts, page=number, table=count, number=0, confidences=sure):
        cells = tuple(
            cell._replace(alternatives=others.get(cell.bbox, ())) if cell.bbox else cell
            for cell in line.cells
        )
        yield replace(line, cells=cells)


def _without_dust(cell: Sequence[Recognised]) -> Sequence[Recognised]:
    """The lines of a cell without those that are the rest of a rule beside or below its figure or code."""
    if not any(line.text.replace(",", "").replace(".", "").isdigit() for line in cell):
        return cell
    return [line for line in cell if line.text not in _RESTS]


def _detected(level: Picture, tables: Sequence[Grid], pieces: text.Boxes, dpi: float) -> list[BBox]:
    """Boxes of the lines of text that stand in no grid, in points."""
    shrunk = min(1.0, _DETECTION_DPI / dpi)
    seen: Picture = np.asarray(
        cv2.resize(level, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA), dtype=np.uint8
    ).copy()
    scale = 72 / (dpi * shrunk)
    outside = pieces
    for table in tables:
        left, top, right, bottom = (int(edge / scale) for edge in table.bbox)
        seen[max(top, 0) : bottom + 1, max(left, 0) : right + 1] = 255
        outside = text.outside(table.bbox, outside)
    rows = text.inked_rows(outside / scale, len(seen))
    if not len(rows):
        return []
    # Detection takes as long as the picture is large: rows without text are left out of it.
    found = engine.detect(seen[rows])
    found[:, 1::2] = rows[np.clip(found[:, 1::2].astype(int), 0, len(rows) - 1)]
    return [(box[0], box[1], box[2], box[3]) for box in (found * scale).tolist()]


def _without_leaders(boxes: Sequence[BBox], pieces: text.Boxes) -> tuple[list[BBox], list[_Text]]:
    """Boxes of text without the dots that lead through contents, and the dots: no network reads those."""
    found: list[BBox] = []
    leaders: list[_Text] = []
    for box in boxes:
        dots = text.leader(box, pieces)
        if dots is None:
            found.append(box)
            continue
        left, top, right, bottom = box
        leaders.append(_Text((dots[0], top, dots[1], bottom), Recognised(text.LEADER, 1.0)))
        sides = ((left, top, dots[0], bottom), (dots[1], top, right, bottom))
        found += [side for side in sides if side[2] - side[0] > (bottom - top) / 2]
    return found, leaders


def _running_text(found: Sequence[_Text], rules: Sequence[float], number: int | None) -> Iterator[Line]:
    """Text outside of grids: what stands side by side is one line, and labels of tables without rules that
    are broken over lines are put together. ``rules`` are the places of ruling lines across the page.
    """
    rows: list[list[_Text]] = []
    for one in sorted(found, key=lambda one: one.bbox[1]):
        if not one.said.text:
            continue
        if rows and _is_beside(rows[-1], one):
            rows[-1].append(one)
        else:
            rows.append([one])
    lines = [text.rejoined([word for one in sorted(row, key=_left) for word in _words(one)]) for row in rows]
    lines = [(mark,) if (mark := text.page_number(words)) else words for words in lines]
    for words in unruled.rows(lines, rules):
        yield Line(text.spaced(words), 0, number, around(words), words)


def _left(one: _Text) -> float:
    return one.bbox[0]


def _is_beside(row: Sequence[_Text], one: _Text) -> bool:
    """Whether a piece of text stands on the same line as others: their middles lie in each other."""
    top = sum(other.bbox[1] for other in row) / len(row)
    bottom = sum(other.bbox[3] for other in row) / len(row)
    middle = (one.bbox[1] + one.bbox[3]) / 2
    return top < middle < bottom and one.bbox[1] < (top + bottom) / 2 < one.bbox[3]


def _words(one: _Text) -> Iterator[Word]:
    """The words of a recognised line; where each stands is estimated from the width of its characters."""
    left, top, right, bottom = one.bbox
    widths = text.widths(one.said.text)
    place = left
    step = (right - left) / max(sum(widths), 1)
    for piece, width in text.split(one.said.text, widths):
        if piece.strip():
            bbox = (place, top, place + width * step, bottom)
            others = one.said.alternatives if piece == one.said.text else ()
            yield Word(piece, bbox, one.said.confidence, others)
        place += width * step
