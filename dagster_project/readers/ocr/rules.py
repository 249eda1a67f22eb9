"""Ruling lines on a picture: long straight runs of ink, level or upright."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.ocr.engine import Picture
from dagster_project.readers.ocr.picture import Ink

Segments = NDArray[np.float64]
"""n × 4: left, top, right, bottom in pixels; thin in one direction."""

_LEVEL_INCHES: Final = 0.4
_UPRIGHT_INCHES: Final = 0.15
_THICKEST_INCHES: Final = 0.06
_GAP_INCHES: Final = 0.08
_TOUCH_INCHES: Final = 0.05


def ruling_lines(inked: Ink, dpi: float) -> tuple[Segments, Segments]:
    """(level, upright) ruling lines.

    An upright line counts from the first to the last level one that it meets: the long strokes of large
    characters are as straight as a rule, and may stand in line with one.
    """
    level = _segments(inked, dpi, _LEVEL_INCHES)
    upright = _segments(inked.T, dpi, _UPRIGHT_INCHES)[:, [1, 0, 3, 2]]
    held = [_held(line, level, _TOUCH_INCHES * dpi) for line in upright]
    return level, np.array([line for line in held if line is not None]).reshape(-1, 4)


def without_rules(inked: Ink, level: Segments, upright: Segments) -> Ink:
    """The ink that is no ruling line."""
    cleaned = inked.copy()
    for line in (*level, *upright):
        left, top, right, bottom = line.astype(int)
        cleaned[max(top - 1, 0) : bottom + 2, max(left - 1, 0) : right + 2] = 0
    return cleaned


def painted_over(picture: Picture, level: Segments, upright: Segments) -> Picture:
    """The picture with its ruling lines as paper: a rule beside a figure reads like a 1."""
    cleaned = picture.copy()
    for line in (*level, *upright):
        left, top, right, bottom = line.astype(int)
        cleaned[max(top - 1, 0) : bottom + 2, max(left - 1, 0) : right + 2] = 255
    return cleaned


def _segments(inked: Ink, dpi: float, inches: float) -> Segments:
    """Runs along the rows of at least ``inches``, broken pieces of one line joined."""
    length = max(int(inches * dpi), 3)
    # A line that is not quite level changes its row now and then.
    thick = cv2.dilate(np.ascontiguousarray(inked), np.ones((3, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(runs, connectivity=8)
    found = [
        (x, y + 1, x + w, y + h - 1)
        for x, y, w, h, _ in stats[1:count].tolist()
        if h <= max(_THICKEST_INCHES * dpi, 4) + w * 0.004 and w >= length
    ]
    return _joined(found, _GAP_INCHES * dpi)


def _joined(found: list[tuple[int, int, int, int]], gap: float) -> Segments:
    """Pieces of one row that nearly touch become one."""
    rest = sorted(found, key=lambda line: line[0])
    lines: list[list[float]] = []
    for left, top, right, bottom in rest:
        for line in lines:
            near = left - line[2] <= gap and top <= line[3] + 3 and bottom >= line[1] - 3
            if near:
                line[1], line[3] = min(line[1], top), max(line[3], bottom)
                line[2] = max(line[2], right)
                break
        else:
            lines.append([left, top, right, bottom])
    return np.array(lines, dtype=float).reshape(-1, 4)


def _held(line: NDArray[np.float64], level: Segments, touch: float) -> NDArray[np.float64] | None:
    """The part of an upright line between level ones, if it meets two of them."""
    middle = (line[0] + line[2]) / 2
    rows = (level[:, 1] + level[:, 3]) / 2
    met = rows[
        (level[:, 0] - touch <= middle)
        & (middle <= level[:, 2] + touch)
        & (line[1] - touch <= rows)
        & (rows <= line[3] + touch)
    ]
    if not len(met) or met.max() - met.min() <= touch:
        return None
    return np.array([line[0], met.min(), line[2], met.max()])
