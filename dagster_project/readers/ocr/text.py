"""Where lines of text stand in a picture, the crops that are recognised, and how words stand apart.

Boxes are in points; one point is 1/72 inch.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.ocr.engine import Picture
from dagster_project.readers.ocr.picture import Ink
from dagster_project.readers.page import Word
from dagster_project.readers.words import around
from dagster_project.records import BBox

Boxes = NDArray[np.float64]

_SPECK_INCHES: Final = 0.012
"""Ink smaller than this in both directions is dust."""
_STROKE: Final = 2.5
"""Pieces of ink shorter than this (in points) are points, commas or dust, and no text by themselves."""
_LOWEST: Final = 6.5
"""A dash or a dot alone is cropped as high as a small character."""
_NEAR_DOT: Final = 0.5
_ONE_CHARACTER: Final = 1.1
_MARGIN: Final = 0.16
_SURROUNDING: Final = 14
_APART: Final = 0.6
"""White space wider than this share of a line's height parts two words; between characters is less."""
_BESIDE_MARK: Final = 0.5
_LEVEL: Final = 0.7
"""Two boxes that share so much of their height stand on one line."""
_FULL: Final = 0.75
_THIN: Final = 0.45
_DIGIT: Final = (0.6, 0.85)
"""A digit beside Chinese characters is not as high as they are, and higher than a point."""
_DOT: Final = 0.3
_LEAST_DOTS: Final = 8
LEADER: Final = "……"
_OPEN: Final = ("：", ":", "、", "（", "(", "“", "《")
_CLOSING: Final = ("）", ")", "”", "》", "，", "。", "；")
_MARK_WIDTH: Final = 1.3
_PAGE_NUMBER: Final = re.compile(r"[-—－–−―ー一_]{1,2}(\d{1,3})[-—－–−―ー一_]{1,2}")


def pieces(inked: Ink, dpi: float) -> Boxes:
    """The connected pieces of ink, dust left out: n × 4 boxes in pixels."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(inked, connectivity=8)
    boxes = stats[1:count, :4].astype(float)
    speck = _SPECK_INCHES * dpi
    boxes = boxes[(boxes[:, 2:].max(axis=1) > speck) | (stats[1:count, 4] > speck * speck)]
    boxes[:, 2:] += boxes[:, :2]
    return boxes


def lines_within(box: BBox, found: Boxes) -> list[BBox]:
    """The lines of text of one cell, from above: boxes around the pieces of ink that lie in it."""
    middle = (found[:, :2] + found[:, 2:]) / 2
    inside = found[((middle > box[:2]) & (middle < box[2:])).all(axis=1)]
    large = (inside[:, 2:] - inside[:, :2]).max(axis=1) >= _STROKE
    strokes, dots = inside[large], inside[~large]
    return [_with_dots(strokes, dots, top, bottom) for top, bottom in _bands(strokes)]


def _with_dots(strokes: Boxes, dots: Boxes, top: float, bottom: float) -> BBox:
    """The box of one line: its strokes, and the points and commas near to them; dust stands apart."""
    own = strokes[(strokes[:, 1] >= top) & (strokes[:, 3] <= bottom)]
    left, right = float(own[:, 0].min()), float(own[:, 2].max())
    reach = (bottom - top) * _NEAR_DOT
    for dot in dots[np.argsort(dots[:, 0])]:
        on_line = top - reach / 2 < (dot[1] + dot[3]) / 2 < bottom + reach / 2
        if on_line and left - reach < dot[2] and dot[0] < right + reach:
            left, right = min(left, float(dot[0])), max(right, float(dot[2]))
    return left, top, right, bottom


def _bands(boxes: Boxes) -> list[tuple[float, float]]:
    """Rows of ink (top, bottom); rows that are parts of one character (二, ：) are one."""
    rows: list[list[float]] = []
    for piece in boxes[np.argsort(boxes[:, 1])].tolist():
        if rows and piece[1] <= rows[-1][1]:
            rows[-1][1] = max(rows[-1][1], piece[3])
        else:
            rows.append([piece[1], piece[3]])
    highest = max([_LOWEST, *(bottom - top for top, bottom in rows)])
    whole: list[list[float]] = []
    for top, bottom in rows:
        if whole and bottom - whole[-1][0] <= highest * _ONE_CHARACTER:
            whole[-1][1] = bottom
        else:
            whole.append([top, bottom])
    return [(top, bottom) for top, bottom in whole]


def outside(box: BBox, found: Boxes) -> Boxes:
    """The pieces of ink that stand in no part of a box."""
    middle = (found[:, :2] + found[:, 2:]) / 2
    return found[~((middle > box[:2]) & (middle < box[2:])).all(axis=1)]


def inked_rows(found: Boxes, height: int) -> NDArray[np.int64]:
    """Which rows of a picture of this height have ink or stand near some; ``found`` in its pixels."""
    inked = np.zeros(height, dtype=bool)
    for _, top, _, bottom in found[(found[:, 2:] - found[:, :2]).max(axis=1) >= _STROKE].astype(int):
        inked[max(top - _SURROUNDING, 0) : bottom + _SURROUNDING + 1] = True
    return np.flatnonzero(inked)


def joined(boxes: Sequence[BBox]) -> list[BBox]:
    """Boxes of text, those that overlap on one line put together: a character may stand in both."""
    kept: list[BBox] = []
    for box in sorted(boxes):
        left, top, right, bottom = box
        for index, other in enumerate(kept):
            shared = min(bottom, other[3]) - max(top, other[1])
            lower = min(bottom - top, other[3] - other[1])
            if shared > lower / 2 and other[0] <= left < other[2]:
                kept[index] = (other[0], min(top, other[1]), max(right, other[2]), max(bottom, other[3]))
                break
        else:
            kept.append(box)
    return kept


def words(boxes: Sequence[BBox], found: Boxes) -> list[BBox]:
    """Detected boxes of text as words: only white space between the pieces of ink (``found``) parts them,
    whichever boxes they were detected in.
    """
    kept: list[BBox] = []
    for word in sorted(word for box in joined(boxes) for word in words_within(box, found)):
        left, top, right, bottom = word
        for index, other in enumerate(kept):
            lower = min(bottom - top, other[3] - other[1])
            level = min(bottom, other[3]) - max(top, other[1]) > _LEVEL * lower
            if level and left - other[2] < (_APART + 2 * _BESIDE_MARK) * lower:
                both = (other[0], min(top, other[1]), max(right, other[2]), max(bottom, other[3]))
                if len(words_within(both, found)) == 1:
                    kept[index] = both
                    break
        else:
            kept.append(word)
    return _with_missed(kept, found)


def _with_missed(boxes: Sequence[BBox], found: Boxes) -> list[BBox]:
    """Boxes with the characters before them that detection missed: it overlooks the 一 of 一、."""
    middle = (found[:, :2] + found[:, 2:]) / 2
    free = np.ones(len(found), dtype=bool)
    for box in boxes:
        free &= ~((middle > box[:2]) & (middle < box[2:])).all(axis=1)
    missed = found[free]
    missed = missed[np.argsort(-missed[:, 2])].tolist()
    whole: list[BBox] = []
    for left, top, right, bottom in boxes:
        height = bottom - top
        start, reach = left, left - (_APART + _BESIDE_MARK) * height
        for piece in missed:
            inside = piece[1] > top - _DOT * height and piece[3] < bottom + _DOT * height
            if inside and reach < piece[2] <= start:
                start, reach = piece[0], piece[0] - _APART * height
        whole.append((start, top, right, bottom))
    return whole


def words_within(box: BBox, found: Boxes) -> list[BBox]:
    """The parts of one line of text that white space keeps apart, left to right, tight around their ink."""
    middle = (box[1] + box[3]) / 2
    bands = [line for line in lines_within(box, found) if line[1] < box[3] and line[3] > box[1]]
    if not bands:
        return [box]
    _, top, _, bottom = min(bands, key=lambda line: abs((line[1] + line[3]) / 2 - middle))
    line = (box[0], max(top, box[1]), box[2], min(bottom, box[3]))
    glyphs = _glyphs(line, found)
    height = line[3] - line[1]
    marks = _marks(glyphs, height)
    parts: list[list[float]] = []
    for glyph, mark, before in zip(glyphs, marks, [False, *marks[:-1]], strict=True):
        apart = (_APART + _BESIDE_MARK * (mark + before)) * height
        if parts and glyph[0] - parts[-1][1] < apart:
            parts[-1][1] = max(parts[-1][1], glyph[1])
        else:
            parts.append([glyph[0], glyph[1]])
    return [(left, line[1], right, line[3]) for left, right in parts] or [box]


def _glyphs(line: BBox, found: Boxes) -> list[tuple[float, float, float]]:
    """What stands side by side on a line: (left, right, height), ink above one another taken together."""
    middle = (found[:, :2] + found[:, 2:]) / 2
    inside = found[((middle > line[:2]) & (middle < line[2:])).all(axis=1)]
    columns: list[list[float]] = []
    for left, top, right, bottom in inside[np.argsort(inside[:, 0])].tolist():
        if columns and left < columns[-1][1]:
            column = columns[-1]
            column[1:] = max(column[1], right), min(column[2], top), max(column[3], bottom)
        else:
            columns.append([left, right, top, bottom])
    return [(left, right, bottom - top) for left, right, top, bottom in columns]


def _marks(glyphs: Sequence[tuple[float, float, float]], height: float) -> list[bool]:
    """Which glyphs are marks such as ，（”, set as wide as a character of which most is white. Only between
    Chinese characters: in a line of figures a 1 is as narrow and as high as its neighbours.
    """
    widths = [right - left for left, right, _ in glyphs]
    if max(widths, default=0) < _FULL * height:
        return [False] * len(glyphs)
    narrow = [width < _THIN * height for width in widths]
    least, most = (share * height for share in _DIGIT)
    return [thin and not least < high < most for thin, (_, _, high) in zip(narrow, glyphs, strict=True)]


def leader(box: BBox, found: Boxes) -> tuple[float, float] | None:
    """Where the row of dots (from, to) stands that leads from a title of the contents to its page."""
    left, top, right, bottom = box
    middle = (found[:, :2] + found[:, 2:]) / 2
    inside = found[((middle > (left, top)) & (middle < (right, bottom))).all(axis=1)]
    inside = inside[np.argsort(inside[:, 0])]
    small = (inside[:, 2:] - inside[:, :2]).max(axis=1) < (bottom - top) * _DOT
    runs = np.split(inside, np.flatnonzero(np.diff(small)) + 1)
    dots = max((run for run in runs[0 if small[:1].any() else 1 :: 2]), key=len, default=inside[:0])
    return (float(dots[0, 0]), float(dots[-1, 2])) if len(dots) >= _LEAST_DOTS else None


def crop(picture: Picture, box: BBox, dpi: float) -> Picture:
    """The part of the picture around one line of text, with a margin of paper."""
    left, top, right, bottom = box
    lack = max(_LOWEST - (bottom - top), 0) / 2
    margin = (bottom - top + 2 * lack) * _MARGIN
    pixels = dpi / 72
    height, width = picture.shape[:2]
    rows = slice(
        max(int((top - lack - margin) * pixels), 0),
        min(int((bottom + lack + margin) * pixels) + 1, height),
    )
    columns = slice(
        max(int((left - 2 * margin) * pixels), 0), min(int((right + 2 * margin) * pixels) + 1, width)
    )
    return picture[rows, columns]


def rejoined(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words of one line; what only the white of a mark (单位：万元) keeps apart is one word."""
    found: list[Word] = []
    for word in words:
        before = found[-1] if found else None
        height = word.bbox[3] - word.bbox[1]
        if (
            before is not None
            and (before.text.endswith(_OPEN) or word.text.startswith(_CLOSING))
            and word.bbox[0] - before.bbox[2] < _MARK_WIDTH * height
        ):
            sure = [one.confidence for one in (before, word) if one.confidence is not None]
            found[-1] = Word(before.text + word.text, around((before, word)), min(sure, default=None))
        else:
            found.append(word)
    return tuple(found)


def page_number(words: Sequence[Word]) -> Word | None:
    """The number of the page, if a line says no more: a dash beside it looks like 一."""
    number = _PAGE_NUMBER.fullmatch("".join(word.text for word in words))
    return Word(f"—{number[1]}—", around(words)) if number else None


def widths(text: str) -> list[int]:
    """How wide each character is printed: 2 for a Chinese one, else 1."""
    return [2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text]


def split(text: str, wide: Sequence[int]) -> Iterator[tuple[str, int]]:
    """Runs of the text with and without white space, each with its width."""
    for _, run in groupby(zip(text, wide, strict=True), key=lambda pair: pair[0].isspace()):
        pairs = list(run)
        yield "".join(one for one, _ in pairs), sum(width for _, width in pairs)


def spaced(words: Sequence[Word]) -> str:
    """The words of one line, left to right, as many spaces apart as the print leaves room for."""
    said = ""
    end = words[0].bbox[0]
    for word in words:
        narrow = (word.bbox[2] - word.bbox[0]) / max(sum(widths(word.text)), 1)
        gap = round((word.bbox[0] - end) / narrow) if narrow else 0
        said += " " * max(gap, bool(said)) + word.text
        end = word.bbox[2]
    return said
