"""A scanned page made readable: seals taken out, lines made level, ink told from paper."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.ocr.engine import Picture

Ink = NDArray[np.uint8]
"""Rows × columns: 255 where there is ink, else 0."""

DPI: Final = 200.0
"""Finer pictures are read no better, only slower; coarser ones are enlarged to it."""
_FINE_ENOUGH: Final = (170.0, 260.0)
_RED: Final = 25
"""A pixel whose red exceeds its green and blue by more is printed in red."""
_FRINGE: Final = 7
"""The frayed edges of a seal lie within a square of so many pixels around its red ones."""
_RED_OF_COLOUR: Final = 1.402
_PALE: Final = 0.88
"""What is lighter than this share of the seal's own level is no ink."""
_DARK: Final = 0.55
"""What is darker than this share of it is ink, whatever the seal left of its blackness."""
_SEAL_INCHES: Final = 0.6
_SEAL_GAP_INCHES: Final = 0.08
_MOST_SKEW: Final = 5.0
_LEAST_SKEW: Final = 0.03
_NEAR_INCHES: Final = 0.045
_HIGHEST_INCHES: Final = 0.4
_BLOCK_INCHES: Final = 0.16
_CONTRAST: Final = 14


def at_reading_size(picture: Picture, dpi: float) -> tuple[Picture, float]:
    """The picture at about 200 dots per inch, and how many it has."""
    if _FINE_ENOUGH[0] <= dpi <= _FINE_ENOUGH[1]:
        return picture, dpi
    size = round(picture.shape[1] * DPI / dpi), round(picture.shape[0] * DPI / dpi)
    way = cv2.INTER_AREA if dpi > DPI else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=way), dtype=np.uint8), DPI


def without_seals(picture: Picture, dpi: float) -> Picture:
    """Red prints as large as a seal faded into paper, what they cover kept; red text stays.

    Inside the red area the red channel is stretched until what is a little darker than the seal is still
    paper: ink below the seal is dark in that channel as well, the seal is not.
    """
    redness = cv2.subtract(picture[..., 0], cv2.max(picture[..., 1], picture[..., 2]))
    red = _large(redness > _RED, dpi)
    if not red.any():
        return picture
    rows, columns = np.flatnonzero(red.any(axis=1)), np.flatnonzero(red.any(axis=0))
    area = np.s_[
        max(rows[0] - _FRINGE, 0) : rows[-1] + _FRINGE + 1,
        max(columns[0] - _FRINGE, 0) : columns[-1] + _FRINGE + 1,
    ]
    cleaned = picture.copy()
    cleaned[area] = _faded(picture[area], red[area])
    return cleaned


def _faded(picture: Picture, red: NDArray[np.bool_]) -> Picture:
    """The part of a picture that holds a seal, whose pixels are ``red``, without it."""
    around = np.ones((_FRINGE, _FRINGE), np.uint8)
    whole = cv2.morphologyEx(red.astype(np.uint8), cv2.MORPH_CLOSE, around)
    near = cv2.dilate(whole, around).astype(bool)
    edge = near & ~cv2.erode(whole, around).astype(bool)
    light, colour, _ = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb))
    # Compression blurs colour more than light: at its edges a seal is as dark as inside and less red.
    lifted = light + _RED_OF_COLOUR * (cv2.dilate(colour, around) - 128.0)
    lit = np.where(edge, lifted, picture[..., 0])[near]
    seal = float(np.median(lit[red[near]]))
    pale = seal * _PALE
    dark = min(float(np.percentile(lit, 1)), seal * _DARK)
    faded = picture.copy()
    faded[near] = np.clip((lit - dark) * (255 / max(pale - dark, 1.0)), 0, 255).astype(np.uint8)[:, None]
    return faded


def _large(red: NDArray[np.bool_], dpi: float) -> NDArray[np.bool_]:
    """The red pixels in and around something as large as a seal in both directions."""
    if not red.any():
        return red
    reach = np.ones((round(dpi * _SEAL_GAP_INCHES),) * 2, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(red.astype(np.uint8), reach))
    found = np.zeros_like(red)
    for left, top, width, height, _ in stats[1:count].tolist():
        if min(width, height) >= dpi * _SEAL_INCHES:
            found[top : top + height, left : left + width] = True
    return red & found


def ink(picture: Picture, dpi: float) -> Ink:
    """Ink against its own surroundings, so that shades of grey and shadows of a fold are paper."""
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    block = round(dpi * _BLOCK_INCHES) | 1
    return np.asarray(
        cv2.adaptiveThreshold(
            grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, max(block, 3), _CONTRAST
        ),
        dtype=np.uint8,
    )


def is_sideways(picture: Picture, dpi: float) -> bool:
    """Whether the lines of text run from top to bottom: characters stand nearer to each other than lines."""
    inked = ink(picture, dpi)
    near = np.ones((round(dpi * _NEAR_INCHES),) * 2, np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(inked, cv2.MORPH_CLOSE, near))
    width, height = stats[1:count, 2], stats[1:count, 3]
    # Rules and whole tables are as wide or high as the page; single characters tell nothing.
    text = (np.minimum(width, height) < dpi * _HIGHEST_INCHES) & (np.minimum(width, height) > dpi * 0.04)
    wide = int(width[text & (width > 2 * height)].sum())
    high = int(height[text & (height > 2 * width)].sum())
    return high > 2 * wide


def straighten(picture: Picture, dpi: float) -> tuple[Picture, float]:
    """The picture turned about its middle so that its lines are level, by up to 5 degrees either way; and
    the degrees, counter-clockwise.
    """
    angle = _skew(ink(picture, dpi))
    if abs(angle) < _LEAST_SKEW:
        return picture, 0.0
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    level = cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
    return np.asarray(level, dtype=np.uint8), angle


def _skew(inked: Ink) -> float:
    """Degrees by which the lines of a page fall to the right: the angle whose row profile is sharpest."""
    rows, columns = np.nonzero(inked[::2, ::2])
    if len(rows) < 50:
        return 0.0
    stride = max(1, len(rows) // 60_000)
    heights, places = rows[::stride].astype(float), columns[::stride].astype(float)
    best = 0.0
    for width, step in ((_MOST_SKEW, 0.5), (0.5, 0.1), (0.1, 0.02)):
        angles = best + np.arange(-width, width + step / 2, step)
        best = float(angles[np.argmax([_sharpness(heights, places, angle) for angle in angles])])
    return best


def _sharpness(rows: NDArray[np.float64], columns: NDArray[np.float64], angle: float) -> float:
    level = rows - columns * np.tan(np.radians(angle))
    profile = np.bincount((level - level.min()).astype(int))
    return float((profile.astype(float) ** 2).sum())
