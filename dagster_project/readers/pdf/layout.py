"""Characters and grids of a page → its lines, by geometry alone: the order in the file says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers import grids
from dagster_project.readers.grids import Grid
from dagster_project.readers.page import Line, Word
from dagster_project.readers.pdf.characters import Characters
from dagster_project.readers.undrawn import completed
from dagster_project.readers.unruled import rows
from dagster_project.readers.words import around, join, spaced

SAME_LINE: Final = 0.45
"""Characters whose middles differ by less than this share of their height stand on one line."""

CROWDED: Final = 0.2
"""The same where characters would stand on one another."""

GAP: Final = 0.35
"""White space wider than this share of the height parts two words; CJK text set to full width has less."""

SMALL_GAP: Final = 0.1
"""The same where the file has a blank at that place."""

SOLID: Final = 0.75
"""Lines of a cell that are nearer than this share of their height are printed over one another."""

TWICE: Final = 0.15
"""Equal characters nearer than this share of their height are one, printed twice to look bold."""

TOUCHING: Final = 0.05
"""The same between two characters of one piece of text."""

Floats = NDArray[np.float64]


class Run(NamedTuple):
    """Words on one line of running text (``cell`` 0) or of one cell (from 1), with what they span."""

    cell: int
    words: tuple[Word, ...]


def page_lines(
    characters: Characters,
    printed: Sequence[Grid],
    rules: Sequence[float],
    *,
    page: int,
    number: int,
    table: int,
) -> tuple[list[Line], int]:
    """Lines of a page from top to bottom, numbered from ``number``; its grids are counted from ``table``.
    And how many words are printed over one another, which nobody can read: they are left out.

    ``rules`` are the places of ruling lines across the page outside of grids.
    """
    level = characters.only(~characters.slanted) if characters.slanted.any() else characters
    runs, unread = _runs(level, _cells(level, printed))
    refined = completed(printed, runs)
    if refined is not None:
        printed = refined
        runs, unread = _runs(level, _cells(level, printed))
    runs, touching = _apart(runs)
    unread += touching
    loose = rows([run.words for run in runs if run.cell == 0], rules)
    if len(level) < len(characters):
        loose.append(_slanted(characters.only(characters.slanted)))
    texts = _cell_texts(runs, 1 + sum(len(grid.cells) for grid in printed))
    starts = np.cumsum([1, *(len(grid.cells) for grid in printed)]).tolist()
    lines: list[Line] = []
    for block in _in_reading_order(loose, printed):
        upcoming = number + len(lines)
        if isinstance(block, int):
            own = texts[starts[block] : starts[block + 1]]
            lines += grids.lines(printed[block], own, page=page, table=table, number=upcoming)
            table += 1
        else:
            lines.append(Line(spaced(block), upcoming, page, around(block), block))
    return lines, unread


def _in_reading_order(
    loose: Sequence[tuple[Word, ...]], printed: Sequence[Grid]
) -> list[tuple[Word, ...] | int]:
    """Lines of running text, and grids by their index, from the top of the page to its bottom."""
    blocks: list[tuple[float, int, tuple[Word, ...] | int]] = [
        (min(word.bbox[1] for word in words), order, words) for order, words in enumerate(loose)
    ]
    blocks += [(grid.bbox[1], index - len(printed), index) for index, grid in enumerate(printed)]
    return [block for _, _, block in sorted(blocks, key=lambda block: block[:2])]


def _cells(characters: Characters, printed: Sequence[Grid]) -> NDArray[np.int64]:
    """The cell each character's middle lies in, counted through the grids from 1; 0 outside of them."""
    x = (characters.boxes[:, 0] + characters.boxes[:, 2]) / 2
    y = (characters.boxes[:, 1] + characters.boxes[:, 3]) / 2
    cells = np.zeros(len(characters), dtype=np.int64)
    first = 1
    for grid in printed:
        columns = np.searchsorted(grid.xs, x) - 1
        rows = np.searchsorted(grid.ys, y) - 1
        inside = (columns >= 0) & (columns < len(grid.xs) - 1) & (rows >= 0) & (rows < len(grid.ys) - 1)
        cells[inside] = first + grid.owner[rows[inside], columns[inside]]
        first += len(grid.cells)
    return _overflowing(characters, cells) if printed else cells


def _overflowing(characters: Characters, cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """Text wider than its cell runs on over the rule: what the file writes in one go, without the white space
    that two cells keep between them, belongs to the cell that holds most of it.
    """
    boxes = characters.boxes
    height = boxes[1:, 3] - boxes[1:, 1]
    goes_on = (
        (np.diff(characters.order) == 1)
        & (np.abs(boxes[1:, 0] - boxes[:-1, 2]) < TOUCHING * height)
        & (np.abs(boxes[1:, 1] - boxes[:-1, 1]) < TOUCHING * height)
    )
    if not (goes_on & (np.diff(cells) != 0)).any():
        return cells
    run = np.concatenate(([0], np.cumsum(~goes_on)))
    pairs, counts = np.unique(np.column_stack((run, cells)), axis=0, return_counts=True)
    order = np.lexsort((-counts, pairs[:, 0]))
    runs, most = np.unique(pairs[order, 0], return_index=True)
    return pairs[order][most, 1][np.searchsorted(runs, run)]


def _runs(characters: Characters, cells: NDArray[np.int64]) -> tuple[list[Run], int]:
    """Words in lines, cell by cell, each from top to bottom; and how many were left out as illegible."""
    if not len(characters):
        return [], 0
    tolerance = np.full(len(characters), SAME_LINE)
    order, line = _lines(characters, cells, tolerance)
    crowded = _crowded(characters.boxes[order], line)
    overprinted = crowded
    if crowded.any():
        tolerance[order[np.isin(line, line[1:][crowded])]] = CROWDED
        order, line = _lines(characters, cells, tolerance)
        overprinted = _crowded(characters.boxes[order], line) & _is_full(characters.codes[order])
    boxes = characters.boxes[order]
    height = _sizes(boxes)
    gap = boxes[1:, 0] - boxes[:-1, 2]
    new_line = line[1:] > line[:-1]
    blank = characters.spaced[order][1:]
    parted = new_line | (gap > GAP * height[1:]) | (blank & (gap > SMALL_GAP * height[1:]))
    first = np.concatenate(([0], np.flatnonzero(parted) + 1))
    if overprinted.any():
        word = np.concatenate(([0], np.cumsum(parted)))
        illegible = np.unique(word[1:][overprinted])
        kept = np.sort(order[~np.isin(word, illegible)])
        runs, more = _runs(characters.only(kept), cells[kept])
        return runs, more + len(illegible)
    return _assemble(characters.codes[order], boxes, first, line[first], cells[order][first]), 0


def _is_full(codes: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which characters, from the second, fill their box like the one before them: ideographs and digits.
    Punctuation is set closer.
    """
    full = ((codes >= 0x4E00) & (codes < 0xA000)) | ((codes >= ord("0")) & (codes <= ord("9")))
    return np.asarray(full[1:] & full[:-1])


def _apart(runs: Sequence[Run]) -> tuple[list[Run], int]:
    """Runs without those of a cell that stand into one another: a line that does not fit into the cell above,
    printed over the cell's own. And how many these are.
    """
    into = [_stands_into(one, other) for one, other in pairwise(runs)]
    if not any(into):
        return list(runs), 0
    dropped = [before or after for before, after in zip([False, *into], [*into, False], strict=True)]
    return [run for run, out in zip(runs, dropped, strict=True) if not out], sum(dropped)


def _stands_into(one: Run, other: Run) -> bool:
    if not one.cell or one.cell != other.cell:
        return False
    (left, top, right, bottom), box = around(one.words), around(other.words)
    pitch = (box[1] + box[3] - top - bottom) / 2
    return left < box[2] and box[0] < right and pitch < SOLID * min(bottom - top, box[3] - box[1])


def _sizes(boxes: Floats) -> Floats:
    """How high characters are set: of a flat one whose font tells its ink alone (一, —), as high as wide."""
    return np.maximum(np.maximum(boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]), 1.0)


def _lines(
    characters: Characters, cells: NDArray[np.int64], tolerance: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Characters in reading order, by index, and the line of each; of equal ones at one place the first."""
    boxes = characters.boxes
    height = _sizes(boxes)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.lexsort((middle, cells))
    reach = (tolerance * height)[order]
    lower, cell = middle[order], cells[order]
    step = lower[1:] - lower[:-1] > np.minimum(reach[1:], reach[:-1])
    line = np.concatenate(([0], np.cumsum(step | (cell[1:] > cell[:-1]))))
    order = order[np.lexsort((boxes[order, 0], line))]
    codes = characters.codes[order]
    same = np.flatnonzero((line[1:] == line[:-1]) & (codes[1:] == codes[:-1]))
    one, other = order[same], order[same + 1]
    near = TWICE * height[other]
    again = same[(boxes[other, 0] - boxes[one, 0] < near) & (np.abs(middle[other] - middle[one]) < near)]
    return (np.delete(order, again + 1), np.delete(line, again + 1)) if len(again) else (order, line)


def _crowded(boxes: Floats, line: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which characters, from the second, stand on the one before them: theirs are two lines taken for one."""
    width = boxes[:, 2] - boxes[:, 0]
    over = boxes[:-1, 2] - boxes[1:, 0] > np.minimum(width[1:], width[:-1]) / 2
    return np.asarray(over & (np.diff(line) == 0))


def _assemble(
    codes: NDArray[np.uint32],
    boxes: Floats,
    first: NDArray[np.int64],
    line: NDArray[np.int64],
    cell: NDArray[np.int64],
) -> list[Run]:
    """Runs out of sorted characters; the other arrays have an item a word: its first character, its line and
    its cell.
    """
    text = codes.astype("<u4").tobytes().decode("utf-32-le")
    stops = np.append(first[1:], len(codes)).tolist()
    places = (
        boxes[first, 0],
        np.minimum.reduceat(boxes[:, 1], first),
        np.maximum.reduceat(boxes[:, 2], first),
        np.maximum.reduceat(boxes[:, 3], first),
    )
    texts = [text[start:stop] for start, stop in zip(first.tolist(), stops, strict=True)]
    words = list(map(Word, texts, zip(*np.round(places, 2).tolist(), strict=True)))
    begins = np.concatenate(([0], np.flatnonzero(np.diff(line) > 0) + 1)).tolist()
    of_cell = cell.tolist()
    return [Run(of_cell[begin], tuple(words[begin:end])) for begin, end in pairwise([*begins, len(words)])]


def _slanted(characters: Characters) -> tuple[Word, ...]:
    """Slanted print, such as a watermark: one word in the order of the file, outside of every grid."""
    text = characters.codes.astype("<u4").tobytes().decode("utf-32-le")
    (left, top), (right, bottom) = characters.boxes[:, :2].min(axis=0), characters.boxes[:, 2:].max(axis=0)
    return (Word(text, (float(left), float(top), float(right), float(bottom))),)


def _cell_texts(runs: Sequence[Run], count: int) -> list[str]:
    """Texts of cells by their number; lines broken inside a cell are joined."""
    texts = [""] * count
    for run in runs:
        if run.cell:
            before, text = texts[run.cell], spaced(run.words)
            texts[run.cell] = join(before, text) if before else text
    return texts
