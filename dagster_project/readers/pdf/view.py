"""From coordinates of a PDF page (y upwards, unturned) to the page as it is read (y downwards, upright)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

IDENTITY: Final = np.array([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
"""The matrix (a, b, c, d, e, f) that moves nothing."""


@dataclass(frozen=True, slots=True)
class View:
    """How a page is looked at: its visible box in PDF coordinates, turned clockwise by ``turns`` quarters."""

    left: float
    bottom: float
    right: float
    top: float
    turns: int

    @property
    def width(self) -> float:
        """Points, as seen."""
        return self.top - self.bottom if self.turns % 2 else self.right - self.left

    @property
    def height(self) -> float:
        """Points, as seen."""
        return self.right - self.left if self.turns % 2 else self.top - self.bottom

    def boxes(self, corners: Array) -> Array:
        """Left, top, right, bottom as seen, of boxes given by two opposite corners (x, y, x, y)."""
        ax, ay = self._points(corners[:, 0], corners[:, 1])
        bx, by = self._points(corners[:, 2], corners[:, 3])
        return np.column_stack(
            (np.minimum(ax, bx), np.minimum(ay, by), np.maximum(ax, bx), np.maximum(ay, by))
        )

    def _points(self, x: Array, y: Array) -> tuple[Array, Array]:
        match self.turns:
            case 1:
                return y - self.bottom, x - self.left
            case 2:
                return self.right - x, y - self.bottom
            case 3:
                return self.top - y, self.right - x
            case _:
                return x - self.left, self.top - y


def quarter_turns(angles: NDArray[np.float32]) -> NDArray[np.int64]:
    """Quarter turns clockwise after which each character stands upright; -1 without an upright one."""
    if not angles.any():
        return np.zeros(len(angles), dtype=np.int64)
    known = np.isfinite(angles)
    quarters = np.where(known, angles, 0) / (np.pi / 2)
    nearest = np.round(quarters)
    upright = (-nearest.astype(np.int64)) % 4
    return np.where(known & (np.abs(quarters - nearest) < 0.06), upright, -1)


def dominant(turns: NDArray[np.int64], otherwise: int) -> int:
    """The turn that most characters ask for; ``otherwise`` on a page without any."""
    known = turns[turns >= 0]
    return int(np.bincount(known, minlength=4).argmax()) if len(known) else otherwise


def moved(matrix: Array, boxes: Array) -> Array:
    """Boxes (left, bottom, right, top) of a form's coordinates on the page."""
    a, b, c, d, e, f = matrix
    x, y = boxes[:, [0, 2, 0, 2]], boxes[:, [1, 1, 3, 3]]
    on_x, on_y = a * x + c * y + e, b * x + d * y + f
    return np.column_stack((on_x.min(axis=1), on_y.min(axis=1), on_x.max(axis=1), on_y.max(axis=1)))


def after(inner: Array, outer: Array) -> Array:
    """The matrix that applies ``inner``, then ``outer``."""
    a, b, c, d, e, f = inner
    p, q, r, s, t, u = outer
    return np.array(
        [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u]
    )
