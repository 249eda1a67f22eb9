"""The characters of a PDF page that a reader of the page sees, with their places."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.pdf import engine
from dagster_project.readers.pdf.ink import seen
from dagster_project.readers.pdf.objects import Scene
from dagster_project.readers.pdf.view import View, dominant, quarter_turns
from dagster_project.vocabulary import character_variants

SAMPLE: Final = 2
"""Of how many characters one is asked for its angle. Where one of them stands out, all are asked."""

FONT_SAMPLE: Final = 8
"""The same for whether its font says which character it is."""

UNKNOWN: Final = 0xFFFD
"""What a character becomes whose font does not say which it is."""

_HYPHEN: Final = 2
_IS_BLANK: Final = np.zeros(0x3002, dtype=bool)
_IS_BLANK[[0x20, 0x09, 0x0A, 0x0D, 0xA0, 0xAD, 0x200B, 0x3000]] = True
_LOOK_ALIKES: Final = ((0x2E80, 0x2FE0), (0xF900, 0xFB00))
"""Radicals and compatibility ideographs: they stand for the character that looks the same."""


@dataclass(frozen=True, slots=True)
class Characters:
    """Characters of a page as arrays of equal length, blanks left out.

    ``codes`` are Unicode; ``boxes`` left, top, right, bottom as seen (the character's advance by the height
    of its font); ``spaced`` says that a blank stands before it in the file; ``order`` is its place there;
    ``slanted`` that it is not parallel to the page's edges.
    """

    codes: NDArray[np.uint32]
    boxes: NDArray[np.float64]
    spaced: NDArray[np.bool_]
    order: NDArray[np.int64]
    slanted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.codes)

    def only(self, chosen: NDArray[np.bool_] | NDArray[np.int64]) -> Characters:
        """Those chosen by a mask or by index."""
        return Characters(
            self.codes[chosen],
            self.boxes[chosen],
            self.spaced[chosen],
            self.order[chosen],
            self.slanted[chosen],
        )


@dataclass(frozen=True, slots=True)
class Text:
    """The text layer of a page: the characters to be seen, and which of them are ``unknown``: their font does
    not say which character they are. ``hidden`` counts those painted in no ink.
    """

    visible: Characters
    unknown: NDArray[np.bool_]
    hidden: int


def read(text_page: engine.Handle, count: int, scene: Scene) -> tuple[Text, View]:
    """The ``count`` characters of a page, and how the page is looked at so that most are upright."""
    codes = engine.codes(text_page, count)
    sampled = np.arange(0, count, SAMPLE)
    turns = _turns(text_page, sampled)
    view = View(*scene.box, turns=dominant(turns, scene.rotation))
    ink = seen(text_page, engine.boxes(text_page, count), scene)
    boxes = view.boxes(ink.boxes)
    blank = _IS_BLANK[np.minimum(codes, 0x3001)]
    printed = ~blank & ~ink.clipped & _on_page(boxes, view)
    slanted = np.zeros(count, dtype=bool)
    if (turns != view.turns).any():
        slanted = _turns(text_page, np.arange(count)) < 0
    spaced = np.concatenate(([False], blank[:-1])) if count else blank
    characters = Characters(_meant(codes), boxes, spaced, np.arange(count), slanted)
    visible = characters.only(printed & ~ink.hidden)
    unknown = (visible.codes == UNKNOWN) | _unmapped(text_page, visible.order)
    return Text(visible, unknown, int((ink.hidden & printed).sum())), view


def _unmapped(text_page: engine.Handle, indices: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which characters the library has no Unicode for."""
    sampled = indices[::FONT_SAMPLE].tolist()
    if not any(map(engine.char_unmapped, repeat(text_page), sampled)):
        return np.zeros(len(indices), dtype=bool)
    errors = map(engine.char_unmapped, repeat(text_page), indices.tolist())
    return np.fromiter(errors, np.int64, len(indices)) > 0


def _turns(text_page: engine.Handle, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    return quarter_turns(engine.angles(text_page, indices.tolist()))


def _on_page(boxes: NDArray[np.float64], view: View) -> NDArray[np.bool_]:
    """Boxes that have a size and their centre on the page."""
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    inside = (x >= 0) & (x <= view.width) & (y >= 0) & (y <= view.height)
    return inside & ((boxes[:, 2] > boxes[:, 0]) | (boxes[:, 3] > boxes[:, 1]))


@cache
def _look_alikes() -> tuple[NDArray[np.uint32], ...]:
    """For each range of ``_LOOK_ALIKES`` the code points meant."""
    variants = character_variants()

    def meant(code: int) -> int:
        text = variants.get(code) or unicodedata.normalize("NFKC", chr(code))
        return ord(text) if len(text) == 1 else code

    return tuple(np.array([meant(code) for code in range(*ends)], dtype=np.uint32) for ends in _LOOK_ALIKES)


def _meant(codes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Code points with look-alikes replaced, hyphens at a line's end restored and what is no character
    marked.
    """
    if not len(codes):
        return codes
    plain = codes.copy()
    for (first, end), table in zip(_LOOK_ALIKES, _look_alikes(), strict=True):
        chosen = (plain >= first) & (plain < end)
        if chosen.any():
            plain[chosen] = table[plain[chosen] - first]
    plain[plain == _HYPHEN] = ord("-")
    plain[(plain < 0x20) | (plain >= 0xFFFE) | ((plain >= 0xD800) & (plain < 0xE000))] = UNKNOWN
    return plain
