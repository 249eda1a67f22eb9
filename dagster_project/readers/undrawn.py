"""Rules that a partly ruled table leaves out: rows under one another in a cell, columns side by side in one.

Amounts tell: two whole amounts above one another are two rows, two figures in places that rules part
elsewhere in the table are two columns. Nothing is parted where a word would be cut.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

import numpy as np

from dagster_project.readers import grids
from dagster_project.readers.grids import Grid, Region
from dagster_project.readers.page import Word
from dagster_project.readers.words import AMOUNT, FIGURE, around
from dagster_project.records import BBox

Words = tuple[Word, ...]


def completed(printed: Sequence[Grid], lines: Sequence[tuple[int, Words]]) -> list[Grid] | None:
    """The grids with the rules they leave out; ``None`` where none is missing.

    ``lines`` are the lines of text of every cell, top to bottom, with the cell's number, counted through the
    grids from 1.
    """
    if not printed:
        return None
    texts: dict[int, list[Words]] = defaultdict(list)
    for cell, words in lines:
        texts[cell].append(words)
    found: list[Grid] = []
    first = 1
    for grid in printed:
        own = [texts.get(first + index, []) for index in range(len(grid.cells))]
        first += len(grid.cells)
        cells = [pair for pair in zip(grid.cells, own, strict=True) if pair[1]]
        places = [place for cell, text in cells if cell.columns > 1 for place in _columns(grid, cell, text)]
        stacked = {cell.row for cell, text in cells if len(text) > 1 and _is_stacked(cell, text)}
        rows = {row: cuts for row in stacked if (cuts := _cuts(_of_row(grid, row, own)))}
        found.append(grids.parted(grid, rows, places) if rows or places else grid)
    changed = any(new is not old for new, old in zip(found, printed, strict=True))
    return found if changed else None


def _columns(grid: Grid, cell: Region, lines: Sequence[Words]) -> Iterator[tuple[int, int]]:
    """Places in a cell of several columns on whose left a rule is missing."""
    words = [word for line in lines for word in line]
    if not any(AMOUNT.fullmatch(word.text) for word in words):
        return
    inner = grid.xs[cell.column + 1 : cell.column + cell.columns]
    if len({int(np.searchsorted(inner, (word.bbox[0] + word.bbox[2]) / 2)) for word in words}) < 2:
        return
    if any(((word.bbox[0] + 1 < inner) & (inner < word.bbox[2] - 1)).any() for word in words):
        return
    for row in range(cell.row, cell.row + cell.rows):
        for column in range(cell.column + 1, cell.column + cell.columns):
            yield row, column


def _is_stacked(cell: Region, lines: Sequence[Words]) -> bool:
    """Whether two whole amounts stand one above the other in a cell of one row with several lines."""
    if cell.rows > 1:
        return False
    amounts = [word for line in lines for word in line if AMOUNT.fullmatch(word.text)]
    return any(
        one.bbox[3] <= other.bbox[1] + 1 and one.bbox[0] < other.bbox[2] and other.bbox[0] < one.bbox[2]
        for one, other in pairwise(amounts)
    )


def _of_row(grid: Grid, row: int, texts: Sequence[Sequence[Words]]) -> list[Sequence[Words]]:
    """Lines of every cell that takes this row and no other."""
    return [
        lines
        for cell, lines in zip(grid.cells, texts, strict=True)
        if cell.row == row and cell.rows == 1 and lines
    ]


def _cuts(cells: Sequence[Sequence[Words]]) -> list[float]:
    """Where the rules between rows in one printed row would be: in the widest white space between the figures
    of one row and of the next. None where all but one cell have a single line: they are one row.
    """
    if sum(len(lines) > 1 for lines in cells) < 2:
        return []
    lines = sorted(
        ((around(line), line) for text in cells for line in text), key=lambda line: _middle(line[0])
    )
    boxes = [box for box, _ in lines]
    height = float(np.median([box[3] - box[1] for box in boxes]))
    rows: list[float] = []
    for box, line in lines:
        if (
            any(FIGURE.fullmatch(word.text) for word in line)
            and _middle(box) > max(rows, default=0) + height / 2
        ):
            rows.append(_middle(box))
    if _middle(boxes[0]) < rows[0] - height:
        rows.insert(0, _middle(boxes[0]))
    return [_white(boxes, above, below) for above, below in pairwise(rows)]


def _white(boxes: Sequence[BBox], above: float, below: float) -> float:
    """The middle of the widest space between lines that are printed from ``above`` to ``below``."""
    inside = [box for box in boxes if above <= _middle(box) <= below]
    bottoms = list(accumulate((box[3] for box in inside), max))
    spaces = [
        (lower[1] - bottom, (lower[1] + bottom) / 2)
        for bottom, lower in zip(bottoms, inside[1:], strict=False)
    ]
    return max(spaces)[1]


def _middle(box: BBox) -> float:
    return (box[1] + box[3]) / 2
