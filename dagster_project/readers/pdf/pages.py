"""Whether a page can be read from its characters, and why not."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.pdf.characters import Text
from dagster_project.readers.pdf.objects import Scene

PICTURE: Final = 0.3
"""Share of the page that a picture covers before it is taken for the page itself."""

WHOLE_PAGE: Final = 0.8
"""Share of the page that a picture covers which is painted over all of it."""

FEW: Final = 10
"""Fewer characters on a picture of a page are a page number or a stamp."""

PRIVATE: Final = 0.15
"""Share of characters of no public meaning (bullets have such) above which the text is not to be trusted."""

SUCCESSIVE: Final = 4
"""So many places where three unknown characters follow one another are words or figures, no bullets."""

RARE: Final = 0.3
"""Share of ideographs outside of everyday ones (GB 2312) above which they are others than those printed."""

WIDE_LATIN: Final = 0.3
"""Share of Latin letters as wide as ideographs above which ideographs are printed in their place."""

ENOUGH: Final = 20
"""Fewer characters say nothing about shares."""

_IDEOGRAPHS: Final = (0x3400, 0xA000)

NO_TEXT: Final = "没有文字层，只有图像 / it has no text layer, only a picture"
HIDDEN_TEXT: Final = "文字层是不可见的识别结果 / its text layer is hidden under a picture of the page"
COVERED_TEXT: Final = "文字被整页图像覆盖 / a picture of the page is painted over its text"
BROKEN_FONT: Final = "字体编码损坏，文字不可用 / its fonts do not say which characters are printed"


def unfit(text: Text, scene: Scene) -> str | None:
    """Why a page cannot be read from its characters, in both languages; ``None`` where it can.

    A page without characters and without a picture is blank, which is fit.
    """
    covered = scene.share_of_pictures()
    if covered >= PICTURE and len(text.visible) < FEW:
        return HIDDEN_TEXT if text.hidden > len(text.visible) else NO_TEXT
    if covered >= WHOLE_PAGE and scene.paints_over_text(WHOLE_PAGE):
        return COVERED_TEXT
    return BROKEN_FONT if _is_garbled(text) else None


def _is_garbled(text: Text) -> bool:
    """Whether the characters of the text layer cannot be those that are printed."""
    codes, unknown = text.visible.codes, text.unknown
    if np.count_nonzero(unknown[:-2] & unknown[1:-1] & unknown[2:]) >= SUCCESSIVE:
        return True
    if len(codes) < ENOUGH:
        return False
    private = ((codes >= 0xE000) & (codes < 0xF900)) | (codes >= 0xF0000)
    return bool(np.count_nonzero(private) > PRIVATE * len(codes)) or _are_rare(codes) or _are_wide(text)


def _are_rare(codes: NDArray[np.uint32]) -> bool:
    ideographs = codes[(codes >= _IDEOGRAPHS[0]) & (codes < _IDEOGRAPHS[1])]
    if len(ideographs) < ENOUGH:
        return False
    everyday = np.count_nonzero(_is_everyday()[ideographs - _IDEOGRAPHS[0]])
    return bool(everyday < (1 - RARE) * len(ideographs))


@cache
def _is_everyday() -> NDArray[np.bool_]:
    """Which code points of ``_IDEOGRAPHS`` are in GB 2312."""
    pairs = bytes(byte for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF) for byte in (row, cell))
    found = np.zeros(_IDEOGRAPHS[1] - _IDEOGRAPHS[0], dtype=bool)
    found[[ord(character) - _IDEOGRAPHS[0] for character in pairs.decode("gb2312", errors="ignore")]] = True
    return found


def _are_wide(text: Text) -> bool:
    codes, boxes = text.visible.codes, text.visible.boxes
    latin = (codes >= ord("A")) & (codes < 0x250) & (codes != ord("×")) & (codes != ord("÷"))
    if np.count_nonzero(latin) <= WIDE_LATIN * len(codes):
        return False
    wide = boxes[:, 2] - boxes[:, 0] > 0.9 * (boxes[:, 3] - boxes[:, 1])
    return bool(np.count_nonzero(latin & wide) > WIDE_LATIN * len(codes))
