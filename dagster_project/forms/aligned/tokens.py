"""The cells of a line at their positions: runs of spaces in a text, or the places of words on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from statistics import median
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.grid import is_figure
from dagster_project.readers.page import Line
from dagster_project.records import BBox

CODE: Final = re.compile(r"\d{3,9}|\d{6,}[A-Z]\w+")
"""Account and project codes."""

_TOKEN: Final = re.compile(r"\S+")
_AMOUNT: Final = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+|\d{1,3}(?:,\d{3})+")
_WIDE: Final = re.compile(r"[\u2e80-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6“”‘’—…·]")
_ALL_WIDE: Final = re.compile(r"[\u4e00-\u9fff]+")
_YEAR: Final = re.compile(r"20\d\d")
_PAGE_NUMBER: Final = re.compile(r"\s*(?:[-—－–·]+\s*\d{1,3}\s*[-—－–·]+|\d{1,2}|1\d\d)\s*")
_LEVEL_APART: Final = 0.35
_FEW_ENDS: Final = 16


@dataclass(frozen=True, slots=True)
class Token:
    """A printed cell and the positions it takes on its line (``end`` exclusive) and, where known, its box."""

    text: str
    start: int
    end: int
    box: BBox | None = None

    @property
    def centre(self) -> float:
        """Middle of the cell."""
        return (self.start + self.end) / 2


@dataclass(slots=True)
class PrintedLine:
    """A line of the table cut into tokens."""

    tokens: list[Token]
    line: int
    page: int | None


def is_page_number(text: str) -> bool:
    """Whether a line has nothing but the number of its page."""
    return bool(_PAGE_NUMBER.fullmatch(text))


@dataclass(frozen=True, slots=True)
class Scale:
    """How print becomes positions: a Chinese character takes ``wide`` of them in a text; where words have
    places, a position is ``points`` wide (0 where they have none).
    """

    wide: int
    points: float = 0.0


def scale_of(lines: Sequence[Line]) -> Scale:
    """The scale of a document's tables."""
    widths = [
        (word.bbox[2] - word.bbox[0]) / (2 * len(word.text))
        for line in lines
        for word in line.words
        if _ALL_WIDE.fullmatch(word.text) and word.bbox[2] > word.bbox[0]
    ]
    if widths:
        return Scale(2, median(widths))
    return Scale(character_width(lines))


def character_width(lines: Sequence[Line]) -> int:
    """How many positions a Chinese character takes in this print: 1 or 2.

    The width under which the figures line up better; where figures cannot tell, the one under which the words
    above them do.
    """
    return min((1, 2), key=lambda width: _unevenness(lines, width))


def _unevenness(lines: Sequence[Line], width: int) -> tuple[int, float]:
    """Different positions where amounts end, and how far words of rows without amounts are from the
    amounts.
    """
    printed = [[*split_tokens(line.text, width)] for line in lines]
    amounts = [token for tokens in printed for token in tokens if _AMOUNT.fullmatch(token.text)]
    # Whole figures without separators look like codes; a code stands first on its line.
    amounts = amounts or [token for tokens in printed for token in tokens[1:] if token.text.isdigit()]
    ends = Counter(token.end for token in amounts)
    if not 0 < len(ends) <= _FEW_ENDS:
        return len(ends), 0.0
    middles = {token.centre for token in amounts}
    words = [t for tokens in printed if len(tokens) >= len(ends) / 2 for t in tokens if _WIDE.search(t.text)]
    return len(ends), sum(
        min(abs((2 * t.start + _width(t.text, 2)) / 2 - middle) for middle in middles) for t in words
    )


def split_tokens(text: str, wide: int) -> Iterator[Token]:
    """The words of a line at their positions; a Chinese character takes ``wide`` of them."""
    position, last = 0, 0
    for match in _TOKEN.finditer(text):
        position += _width(text[last : match.start()], wide)
        end = position + _width(match.group(), wide)
        yield Token(match.group(), position, end)
        position, last = end, match.end()


def _width(text: str, wide: int) -> int:
    return len(text) if wide == 1 else len(text) + len(_WIDE.findall(text))


def tokens(line: Line, scale: Scale) -> list[Token]:
    """Cells of a line: words one space apart are one cell unless one of them is a figure or a code.

    Where only the text is known, a Chinese character is as wide as two figures wherever the print leaves
    room for it.
    """
    placed = bool(scale.points and (line.words or line.cells))
    found: list[Token] = []
    for token in _placed(line, scale.points) if placed else split_tokens(line.text, scale.wide):
        before = found[-1] if found and _on_one_level(found[-1], token) else None
        if before and (
            _is_year(before, token)
            or (_belong_together(before, token) and not (placed and _both_long(before, token)))
        ):
            box = around(before.box, token.box)
            found[-1] = Token(before.text + token.text, before.start, token.end, box)
        else:
            found.append(token)
    if placed:
        return found
    return [
        replace(token, end=max(token.end, min(token.start + _width(token.text, 2), limit)))
        for token, limit in zip(found, [*(after.start - 1 for after in found[1:]), 10**6], strict=True)
    ]


def _placed(line: Line, points: float) -> Iterator[Token]:
    """Words, or cells of a grid, where they are printed."""
    printed = line.words or [cell for cell in line.cells if cell.text.strip() and cell.bbox]
    for word in printed:
        if word.bbox:
            left, right = round(word.bbox[0] / points), round(word.bbox[2] / points)
            yield Token(word.text, left, max(right, left + 1), word.bbox)


def levels(row: Sequence[Token]) -> list[list[Token]]:
    """The tokens of a line from top to bottom: cells of a header's rows stand at different heights on it."""
    found: list[list[Token]] = []
    heights = [(token.box[1] + token.box[3]) / 2 for token in row if token.box]
    if len(heights) < len(row):
        return [list(row)]
    last = 0.0
    for height, token in sorted(zip(heights, row, strict=True), key=lambda placed: placed[0]):
        room = _LEVEL_APART * (token.box[3] - token.box[1]) if token.box else 0.0
        if found and height - last <= room:
            found[-1].append(token)
        else:
            found.append([token])
        last = height
    return [sorted(level, key=lambda token: token.start) for level in found]


def around(one: BBox | None, other: BBox | None) -> BBox | None:
    """The box around two, where both are known."""
    if one is None or other is None:
        return None
    return (min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3]))


def _on_one_level(one: Token, other: Token) -> bool:
    """Whether two words stand beside each other, not one over the other in cells of several lines."""
    if one.box is None or other.box is None:
        return True
    return one.box[1] < other.box[3] and other.box[1] < one.box[3]


def _belong_together(before: Token, token: Token) -> bool:
    if any(is_figure(part.text) or CODE.fullmatch(part.text) for part in (before, token)):
        return False
    joined = vocabulary.key(before.text + token.text)
    if len(token.text) == 1 and len(before.text) <= 3 and _is_spaced_word(joined):
        return True
    return token.start - before.end <= 1 and not _both_words(before.text, token.text)


def _is_year(before: Token, token: Token) -> bool:
    """Whether a year is printed a little apart from its 年, as office programs set figures beside words."""
    near = token.start - before.end <= 1
    return near and bool(_YEAR.fullmatch(before.text)) and token.text.startswith("年")


def _both_long(before: Token, token: Token) -> bool:
    """Whether white space that is known parts two words: a word set wide is set character by character."""
    return min(len(before.text), len(token.text)) > 1


@cache
def _is_spaced_word(joined: str) -> bool:
    """A word set wide (收　入, 总　计) or the beginning of one."""
    return any(
        word.startswith(joined)
        for word in ("收入总计", "支出总计", "合计", "总计", "小计", "项目", "收入", "支出")
    )


def _both_words(one: str, other: str) -> bool:
    known = vocabulary.markers("statutory")
    return vocabulary.key(one) in known and vocabulary.key(other) in known
