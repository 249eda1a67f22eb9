"""Drawn shapes of a PDF page → its printed grids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers import grids, ladders
from dagster_project.readers.grids import Grid
from dagster_project.readers.pdf.objects import Scene
from dagster_project.readers.pdf.view import View

MIN_SHADED: Final = 4
"""Fewest cells of a table that is drawn by shaded boxes only."""

LONG: Final = 0.3
"""Share of the page's width from which on a rule parts rows of a table rather than underlines words."""

Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ruling:
    """Grids of a page, top to bottom; ``across`` are the places of long rules on a page without a grid."""

    grids: list[Grid]
    across: list[float]


def ruling(scene: Scene, view: View) -> Ruling:
    """What the rules of a page make. Where none are drawn, boxes filled side by side are the cells."""
    shapes = scene.shapes
    if shapes.is_empty:
        return Ruling([], [])
    across, down = _directions(_on_page(shapes.rules, view))
    if len(shapes.frames):
        frame_across, frame_down = _edges(_on_page(shapes.frames, view))
        across, down = np.concatenate((across, frame_across)), np.concatenate((down, frame_down))
    found = grids.build(across, down)
    found += ladders.build(across, found)
    found += _shaded(shapes.shades, found, view)
    found.sort(key=lambda grid: (grid.bbox[1], grid.bbox[0]))
    return Ruling(found, [] if found else _long(across, view))


def _shaded(boxes: Boxes, found: list[Grid], view: View) -> list[Grid]:
    """Grids whose cells are filled boxes, outside of those found by their rules."""
    if len(boxes) < MIN_SHADED:
        return []
    boxes = _outside(_on_page(boxes, view), found)
    if len(boxes) < MIN_SHADED:
        return []
    return [
        grid for grid in grids.build(*_edges(boxes)) if len(grid.cells) >= MIN_SHADED and len(grid.ys) > 2
    ]


def _long(across: Boxes, view: View) -> list[float]:
    merged = grids.merge(across)
    places: list[float] = merged[merged[:, 2] - merged[:, 1] >= LONG * view.width, 0].tolist()
    return places


def _on_page(shapes: Boxes, view: View) -> Boxes:
    """Boxes of shapes as seen; those that reach beyond the page are cut, those beyond it left out."""
    boxes, size = view.boxes(shapes), np.array([view.width, view.height])
    seen = ((boxes[:, 2:] >= 0) & (boxes[:, :2] <= size)).all(axis=1)
    return np.clip(boxes[seen], 0, np.tile(size, 2))


def _directions(rules: Boxes) -> tuple[Boxes, Boxes]:
    """Thin boxes as rules across (y, left, right) and down (x, top, bottom)."""
    width, height = rules[:, 2] - rules[:, 0], rules[:, 3] - rules[:, 1]
    across, down = rules[width >= height], rules[width < height]
    return (
        np.column_stack(((across[:, 1] + across[:, 3]) / 2, across[:, 0], across[:, 2])),
        np.column_stack(((down[:, 0] + down[:, 2]) / 2, down[:, 1], down[:, 3])),
    )


def _edges(boxes: Boxes) -> tuple[Boxes, Boxes]:
    """The four edges of every box."""
    left, top, right, bottom = boxes.T
    across = np.concatenate((np.column_stack((top, left, right)), np.column_stack((bottom, left, right))))
    down = np.concatenate((np.column_stack((left, top, bottom)), np.column_stack((right, top, bottom))))
    return across, down


def _outside(boxes: Boxes, found: list[Grid]) -> Boxes:
    """Boxes whose middle lies in none of the grids."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    for grid in found:
        left, top, right, bottom = grid.bbox
        outside = (x < left) | (x > right) | (y < top) | (y > bottom)
        boxes, x, y = boxes[outside], x[outside], y[outside]
    return boxes
