"""Characters and grids of a page → its lines, by geometry alone: the order in the file says nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers import grids
from dagster_project.readers.grids import Grid
from dagster_project.readers.page import Line, Word
from dagster_project.readers.pdf.characters import Characters
from dagster_project.records import BBox

SAME_LINE: Final = 0.45
"""Characters whose middles differ by less than this share of their height stand on one line."""

GAP: Final = 0.35
"""White space wider than this share of the height parts two words; CJK text set to full width has less."""

SMALL_GAP: Final = 0.1
"""The same where the file has a blank at that place."""

TWICE: Final = 0.15
"""Equal characters nearer than this share of their height are one, printed twice to look bold."""

HALF_WIDTH: Final = 0.5
"""Width of a blank as a share of the height."""

_AMOUNT: Final = re.compile(r"[-－(（]?\d[\d,，]*\.\d+[)）]?")
_LATIN: Final = re.compile(r"[A-Za-z]")

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Run:
    """Words on one line of running text (``cell`` 0) or of one cell (from 1), with what they span."""

    cell: int
    words: tuple[Word, ...]
    text: str
    bbox: BBox


def page_lines(
    characters: Characters, printed: Sequence[Grid], *, page: int, number: int, table: int
) -> list[Line]:
    """Lines of a page from top to bottom, numbered from ``number``; its grids are counted from ``table``."""
    level = characters.only(~characters.slanted)
    cells = _cells(level, printed)
    runs = _runs(level, cells)
    loose = [run for run in runs if run.cell == 0] + _slanted(characters.only(characters.slanted))
    texts = _cell_texts(runs, 1 + sum(len(grid.cells) for grid in printed))
    blocks: list[tuple[float, float, Run | int]] = [(run.bbox[1], run.bbox[0], run) for run in loose]
    blocks += [(grid.bbox[1], grid.bbox[0], index) for index, grid in enumerate(printed)]
    starts = np.cumsum([1, *(len(grid.cells) for grid in printed)]).tolist()
    lines: list[Line] = []
    for _, _, block in sorted(blocks, key=lambda block: block[:2]):
        upcoming = number + len(lines)
        if isinstance(block, Run):
            lines.append(Line(block.text, upcoming, page, block.bbox, block.words))
            continue
        own = texts[starts[block] : starts[block + 1]]
        lines += grids.lines(printed[block], own, page=page, table=table, number=upcoming)
        table += 1
    return lines


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
    return cells


def _runs(characters: Characters, cells: NDArray[np.int64]) -> list[Run]:
    """Words in lines, cell by cell, each from top to bottom."""
    if not len(characters):
        return []
    boxes = characters.boxes
    height = np.maximum(boxes[:, 3] - boxes[:, 1], 1.0)
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.lexsort((middle, cells))
    step = np.diff(middle[order]) > SAME_LINE * np.minimum(height[order][1:], height[order][:-1])
    line = np.concatenate(([0], np.cumsum(step | (np.diff(cells[order]) > 0))))
    order = order[np.lexsort((boxes[order, 0], line))]
    order, line = _once(characters, order, line, height)
    boxes, height = boxes[order], height[order]
    gap = boxes[1:, 0] - boxes[:-1, 2]
    new_line = np.diff(line) > 0
    blank = characters.spaced[order][1:]
    parted = new_line | (gap > GAP * height[1:]) | (blank & (gap > SMALL_GAP * height[1:]))
    first = np.concatenate(([0], np.flatnonzero(parted) + 1))
    spaces = np.round(np.concatenate(([0.0], gap / (HALF_WIDTH * height[1:])))[first])
    return _assemble(characters.codes[order], boxes, first, spaces, line[first], cells[order][first])


def _once(
    characters: Characters, order: NDArray[np.int64], line: NDArray[np.int64], height: Floats
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Leave out the second of two equal characters at one place."""
    codes, left = characters.codes[order], characters.boxes[order, 0]
    again = (np.diff(line) == 0) & (codes[1:] == codes[:-1]) & (np.diff(left) < TWICE * height[order][1:])
    if not again.any():
        return order, line
    kept = np.concatenate(([True], ~again))
    return order[kept], line[kept]


def _assemble(
    codes: NDArray[np.uint32],
    boxes: Floats,
    first: NDArray[np.int64],
    spaces: Floats,
    line: NDArray[np.int64],
    cell: NDArray[np.int64],
) -> list[Run]:
    """Runs out of sorted characters; the other arrays have an item a word: its first character, the blanks
    before it, its line and cell.
    """
    text = codes.astype("<u4").tobytes().decode("utf-32-le")
    stops = np.append(first[1:], len(codes))
    places = np.column_stack(
        (
            boxes[first, 0],
            np.minimum.reduceat(boxes[:, 1], first),
            np.maximum.reduceat(boxes[:, 2], first),
            np.maximum.reduceat(boxes[:, 3], first),
        )
    )
    words = [
        Word(text[start:stop], bbox)
        for start, stop, bbox in zip(
            first.tolist(), stops.tolist(), map(tuple, np.round(places, 2).tolist()), strict=True
        )
    ]
    blanks = np.maximum(spaces, 1).astype(int).tolist()
    begins = np.concatenate(([0], np.flatnonzero(np.diff(line) > 0) + 1)).tolist()
    of_cell = cell.tolist()
    return [
        _run(of_cell[begin], words[begin:end], blanks[begin:end])
        for begin, end in pairwise([*begins, len(words)])
    ]


def _run(cell: int, words: list[Word], blanks: list[int]) -> Run:
    if len(words) == 1:
        return Run(cell, tuple(words), words[0].text, words[0].bbox)
    text = words[0].text + "".join(
        " " * blank + word.text for blank, word in zip(blanks[1:], words[1:], strict=True)
    )
    lefts, tops, rights, bottoms = zip(*(word.bbox for word in words), strict=True)
    return Run(cell, tuple(words), text, (min(lefts), min(tops), max(rights), max(bottoms)))


def _slanted(characters: Characters) -> list[Run]:
    """Slanted print, such as a watermark: one run in the order of the file, outside of every grid."""
    if not len(characters):
        return []
    text = characters.codes.astype("<u4").tobytes().decode("utf-32-le")
    low, high = characters.boxes[:, :2].min(axis=0), characters.boxes[:, 2:].max(axis=0)
    bbox = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return [Run(0, (Word(text, bbox),), text, bbox)]


def _cell_texts(runs: Sequence[Run], count: int) -> list[str]:
    """Texts of cells by their number; lines broken inside a cell are joined."""
    texts = [""] * count
    for run in runs:
        before = texts[run.cell]
        texts[run.cell] = _join(before, run.text) if before and run.cell else run.text
    return texts


def _join(upper: str, lower: str) -> str:
    """Two lines of one cell as they were before the cell's width broke them: figures that are whole, and
    Latin words, stay apart.
    """
    both_whole = _AMOUNT.fullmatch(upper.rsplit(maxsplit=1)[-1]) and _AMOUNT.fullmatch(lower.split(maxsplit=1)[0])
    both_words = _LATIN.match(upper[-1]) and _LATIN.match(lower[0])
    return f"{upper} {lower}" if both_whole or both_words else upper + lower
