"""Tables printed without rules: labels broken over lines are put together, one line for each row.

Only geometry says what belongs together: lines of one label stand closer to one another than rows do, and
the row's figures stand beside them or between them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from dagster_project.readers.page import Word
from dagster_project.readers.words import AMOUNT, FIGURE, around, join
from dagster_project.records import BBox

Words = tuple[Word, ...]

COLUMNS_APART: Final = 0.6
"""Columns keep at least this share of a line's height between them."""

FAR: Final = 5.0
"""White space of more than so many heights of print parts two tables."""

NEAR: Final = 3.0
"""White space of fewer heights is not enough to part a header from its rows."""

TIGHT: Final = 1.5
"""Lines of one label are at most so many heights apart."""

TIGHTER_THAN_ROWS: Final = 0.92
"""And at most this share of the distance between two rows."""

WIDE: Final = 0.5
"""What takes more of the table's width than this is running text and no label."""

SOLID: Final = 1.15
"""Lines of labels are at most this much further apart than the closest lines of the table."""

OVERLAP: Final = 0.5
"""Share of the narrower of two words that lies above or below the other, if they are one label."""

MOST_LINES: Final = 6
"""Lines of text, side by side or one below the other, that the next line of a label is looked for in."""

MOST_AROUND: Final = 20
"""Lines above and below the rows with figures that may be the header, or the rest of a label."""


def rows(lines: Sequence[Words], rules: Sequence[float] = ()) -> list[Words]:
    """Lines of words (top to bottom, words left to right) with broken labels joined.

    ``rules`` are the places of ruling lines across the page: no label goes on below one. Lines outside of
    tables, and those that leave a doubt, stay as they are.
    """
    found: list[Words] = []
    start = 0
    for first, end in _tables(lines):
        found += lines[start:first]
        found += _joined(lines[first:end], rules)
        start = end
    return [*found, *lines[start:]]


def _tables(lines: Sequence[Words]) -> Iterator[tuple[int, int]]:
    """Ranges of lines that are tables: from the first line with a figure beside or above others to the last
    of them, and the lines next to them that may be part of a label.
    """
    marks = [index for index, words in enumerate(lines) if _is_row(words)]
    start = taken = 0
    for at, (this, following) in enumerate(pairwise([*marks, None])):
        assert this is not None
        if following is not None and _is_filled(lines[this : following + 1]):
            continue
        if at > start or _is_sure(lines[this]):
            first, end = _extended(lines, marks[start], this + 1)
            if end > taken:
                yield max(first, taken), end
                taken = end
        start = at + 1


def _is_sure(words: Words) -> bool:
    """Whether a line is a row even if no other is near: two amounts, or four figures of any kind."""
    amounts = sum(AMOUNT.fullmatch(word.text) is not None for word in words)
    return amounts > 1 or sum(map(_is_figure, words)) > 3


def _is_filled(lines: Sequence[Words]) -> bool:
    """Whether no wide space parts the lines."""
    return all(_distance(above, below) <= FAR * _height(above) for above, below in pairwise(lines))


def _extended(lines: Sequence[Words], first: int, end: int) -> tuple[int, int]:
    """The range of lines with those before and after it that stand near."""
    least, most = max(first - MOST_AROUND, 0), min(end + MOST_AROUND, len(lines))
    while first > least and _distance(lines[first - 1], lines[first]) <= NEAR * _height(lines[first]):
        first -= 1
    while end < most and _distance(lines[end - 1], lines[end]) <= NEAR * _height(lines[end]):
        end += 1
    return first, end


def _is_row(words: Words) -> bool:
    """Whether a figure stands in a column of its own; in running text it is a blank away from its words."""
    if len(words) == 1:
        return AMOUNT.fullmatch(words[0].text) is not None
    apart = COLUMNS_APART * _height(words)
    gaps = [float("inf"), *(after.bbox[0] - word.bbox[2] for word, after in pairwise(words)), float("inf")]
    return any(
        FIGURE.fullmatch(word.text) and before > apart and after > apart
        for word, (before, after) in zip(words, pairwise(gaps), strict=True)
    )


def _joined(lines: Sequence[Words], rules: Sequence[float]) -> list[Words]:
    """The lines of one table, those of one row put together."""
    links = _links(lines, rules)
    band = list(range(len(lines)))
    for upper, below, _, _ in links:
        for index in range(upper, below + 1):
            band[index] = min(band[upper], band[index])
    found: list[Words] = []
    index = 0
    while index < len(lines):
        end = index + 1
        while end < len(lines) and band[end] <= index:
            end += 1
        inside = [(word, other) for upper, below, word, other in links if index <= upper and below < end]
        found += _row(lines[index:end], inside)
        index = end
    return found


def _links(lines: Sequence[Words], rules: Sequence[float]) -> list[tuple[int, int, Word, Word]]:
    """Lines of one label that follow one another: their places in ``lines``, and the words. A label is set
    solid: what stands further apart than the closest of them is another row's.
    """
    pitch = _pitch(lines)
    widest = WIDE * _width(lines)
    found = [
        (upper, below, word, other)
        for upper, words in enumerate(lines)
        for word in words
        if not _is_figure(word)
        and word.bbox[2] - word.bbox[0] <= widest
        and (below_word := _continuation(word, lines, upper, pitch, rules)) is not None
        for below, other in [below_word]
    ]
    leads = [_lead(word, other) for _, _, word, other in found]
    return [link for link, lead in zip(found, leads, strict=True) if lead <= SOLID * min(leads)]


def _lead(word: Word, other: Word) -> float:
    """Distance of two lines as a share of their height."""
    return (_middle(other) - _middle(word)) / (word.bbox[3] - word.bbox[1])


def _pitch(lines: Sequence[Words]) -> float:
    """Smallest distance of two rows with figures; infinite where there are not two."""
    middles = [_middle(word) for words in lines if (word := _figure(words)) is not None]
    return min((below - above for above, below in pairwise(middles)), default=float("inf"))


def _figure(words: Words) -> Word | None:
    return next((word for word in words if AMOUNT.fullmatch(word.text)), None) or next(
        (word for word in words if FIGURE.fullmatch(word.text)), None
    )


def _continuation(
    word: Word, lines: Sequence[Words], upper: int, pitch: float, rules: Sequence[float]
) -> tuple[int, Word] | None:
    """The next line of the label that ``word`` is a line of, and where it stands."""
    height = word.bbox[3] - word.bbox[1]
    limit = min(TIGHT * height, TIGHTER_THAN_ROWS * pitch)
    for below in range(upper + 1, min(upper + MOST_LINES, len(lines))):
        for other in lines[below]:
            distance = _middle(other) - _middle(word)
            if distance > limit or _share(word.bbox, other.bbox) < OVERLAP:
                continue
            if FIGURE.fullmatch(other.text) or any(_middle(word) < y < _middle(other) for y in rules):
                return None
            return below, other
    return None


def _row(lines: Sequence[Words], links: Sequence[tuple[Word, Word]]) -> list[Words]:
    """One line out of the lines of one row; the lines themselves where they are no row: nothing stands side
    by side, or two figures stand above each other.
    """
    if len(lines) == 1 or not (
        _has_columns([word for words in lines for word in words]) or _is_broken(lines)
    ):
        return list(lines)
    figures = [(index, word) for index, words in enumerate(lines) for word in words if _is_figure(word)]
    for (first, one), (second, other) in pairwise(sorted(figures, key=lambda pair: pair[1].bbox[0])):
        if first != second and _share(one.bbox, other.bbox) > 0:
            return list(lines)
    follows = {id(word): other for word, other in links}
    continued = {id(other) for _, other in links}
    words = [_whole(word, follows) for words in lines for word in words if id(word) not in continued]
    return [tuple(sorted(words, key=lambda word: word.bbox[0]))]


def _is_broken(lines: Sequence[Words]) -> bool:
    """Whether lines of a single word each are a label without figures: a short rest below a full line."""
    if any(len(words) > 1 for words in lines):
        return False
    first, rest = lines[0][0].bbox, lines[-1][0].bbox
    return abs(first[0] - rest[0]) < 1 and rest[2] - rest[0] < (first[2] - first[0]) / 2


def _has_columns(words: Sequence[Word]) -> bool:
    """Whether something stands beside something else."""
    return min(word.bbox[2] for word in words) < max(word.bbox[0] for word in words)


def _is_figure(word: Word) -> bool:
    return FIGURE.fullmatch(word.text) is not None


def _whole(word: Word, follows: dict[int, Word]) -> Word:
    parts = [word]
    while id(parts[-1]) in follows:
        parts.append(follows[id(parts[-1])])
    if len(parts) == 1:
        return word
    text = parts[0].text
    for part in parts[1:]:
        text = join(text, part.text)
    sure = [part.confidence for part in parts if part.confidence is not None]
    return Word(text, around(parts), min(sure, default=None))


def _middle(word: Word) -> float:
    return (word.bbox[1] + word.bbox[3]) / 2


def _width(lines: Sequence[Words]) -> float:
    boxes = [word.bbox for words in lines for word in words]
    return max(box[2] for box in boxes) - min(box[0] for box in boxes)


def _height(words: Words) -> float:
    return max(word.bbox[3] - word.bbox[1] for word in words)


def _distance(above: Words, below: Words) -> float:
    return min(map(_middle, below)) - max(map(_middle, above))


def _share(one: BBox, other: BBox) -> float:
    """How much of the narrower of two boxes lies above or below the other."""
    common = min(one[2], other[2]) - max(one[0], other[0])
    return common / max(min(one[2] - one[0], other[2] - other[0]), 0.1)
