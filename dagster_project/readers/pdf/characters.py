"""The characters of a PDF page that a reader of the page sees, with their places."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.pdf import engine
from dagster_project.readers.pdf.objects import Scene
from dagster_project.readers.pdf.view import View, dominant, moved, quarter_turns
from dagster_project.vocabulary import character_variants

SAMPLE: Final = 8
"""Of how many characters one is asked for its clip, colour and angle. Where one of them stands out, all are
asked; what stands out does so for longer than this.
"""

UNKNOWN: Final = 0xFFFD
"""What a character becomes whose font does not say which it is."""

_EVERYWHERE: Final = np.array([-np.inf, -np.inf, np.inf, np.inf])

_NO_INK: Final = 3
"""Text rendering mode in which nothing is painted."""

_WHITE: Final = 250
_FAINT: Final = 6
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
    """The text layer of a page: the characters to be seen; ``hidden`` counts those painted in no ink,
    ``unmapped`` (estimated) those whose font does not say which character they are.
    """

    visible: Characters
    hidden: int
    unmapped: int


def read(text_page: engine.Handle, count: int, scene: Scene) -> tuple[Text, View]:
    """The ``count`` characters of a page, and how the page is looked at so that most are upright."""
    codes = np.fromiter(map(engine.char_code, repeat(text_page), range(count)), np.uint32, count)
    sampled = np.arange(0, count, SAMPLE)
    turns = _turns(text_page, sampled)
    view = View(*scene.box, turns=dominant(turns, scene.rotation))
    raw = engine.boxes(text_page, count)
    boxes = view.boxes(raw)
    blank = _IS_BLANK[np.minimum(codes, 0x3001)]
    seen = ~blank & _on_page(boxes, view)
    slanted = np.zeros(count, dtype=bool)
    if (turns != view.turns).any():
        slanted = _turns(text_page, np.arange(count)) < 0
    hidden, clipped = _not_painted(text_page, sampled, raw, scene)
    spaced = np.concatenate(([False], blank[:-1])) if count else blank
    characters = Characters(_meant(codes), boxes, spaced, np.arange(count), slanted)
    inked = sampled[seen[sampled]]
    unmapped = sum(map(engine.char_unmapped, repeat(text_page), inked.tolist())) * SAMPLE
    shown = seen & ~hidden & ~clipped
    return Text(characters.only(shown), int((hidden & seen & ~clipped).sum()), unmapped), view


def _turns(text_page: engine.Handle, indices: NDArray[np.int64]) -> NDArray[np.int64]:
    angles = np.fromiter(
        map(engine.char_angle, repeat(text_page), indices.tolist()), np.float32, len(indices)
    )
    return quarter_turns(angles)


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


def _not_painted(
    text_page: engine.Handle, sampled: NDArray[np.int64], raw: NDArray[np.float64], scene: Scene
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which characters leave no ink: those without a visible colour, those cut away."""
    none = np.zeros(len(raw), dtype=bool)
    owners = _owners(text_page, sampled)
    hidden, clipped = _without_ink(owners, raw[sampled], scene)
    if not hidden.any() and not clipped.any():
        return none, none
    return _without_ink(_owners(text_page, np.arange(len(raw))), raw, scene)


def _owners(text_page: engine.Handle, indices: NDArray[np.int64]) -> list[engine.Handle]:
    """The text object of each character, 0 for one that the library made up."""
    return [owner or 0 for owner in map(engine.char_object, repeat(text_page), indices.tolist())]


def _without_ink(
    owners: Sequence[engine.Handle], raw: NDArray[np.float64], scene: Scene
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    handles, which = np.unique(np.array(owners, dtype=np.uint64), return_inverse=True)
    objects = handles.tolist()
    real = [item for item in objects if item]
    made_up = len(objects) - len(real)
    modes = np.fromiter(map(engine.render_mode, real), np.int64, len(real))
    colours = engine.into(np.full((len(real), 4), 255, np.uint32), engine.object_fill, real)
    invisible = (modes == _NO_INK) | (colours[:, 3] < _FAINT)
    white = (colours[:, :3].min(axis=1) >= _WHITE) if real else np.zeros(0, dtype=bool)
    clips = _clips(real, scene)
    invisible = np.concatenate((np.zeros(made_up, dtype=bool), invisible))[which]
    white = np.concatenate((np.zeros(made_up, dtype=bool), white))[which]
    clips = np.concatenate((np.tile(_EVERYWHERE, (made_up, 1)), clips))[which]
    x, y = (raw[:, 0] + raw[:, 2]) / 2, (raw[:, 1] + raw[:, 3]) / 2
    clipped = (x < clips[:, 0]) | (x > clips[:, 2]) | (y < clips[:, 1]) | (y > clips[:, 3])
    if white.any():
        invisible |= white & ~scene.is_coloured(x, y)
    return invisible, clipped


def _clips(objects: Sequence[engine.Handle], scene: Scene) -> NDArray[np.float64]:
    """The box that each object's clip path leaves: left, bottom, right, top on the page."""
    boxes = np.tile(_EVERYWHERE, (len(objects), 1))
    clips = list(map(engine.object_clip, objects))
    counts = [max(0, count) for count in map(engine.clip_path_count, clips)]
    clipped = [index for index, count in enumerate(counts) if count]
    # Objects drawn under one clip share its paths in memory: where the last of them is the same, all are.
    lasts = map(
        engine.clip_segment,
        [clips[index] for index in clipped],
        [counts[index] - 1 for index in clipped],
        repeat(0),
    )
    known: dict[tuple[int, engine.Handle], NDArray[np.float64]] = {}
    for index, last in zip(clipped, lasts, strict=True):
        shared = (counts[index], last or 0)
        if shared not in known:
            known[shared] = _clip(clips[index], counts[index])
        boxes[index] = known[shared]
    return _on_the_page(boxes, objects, scene)


def _clip(clip: engine.Handle, count: int) -> NDArray[np.float64]:
    """What the paths of one clip leave in common."""
    box = _EVERYWHERE.copy()
    for path in range(count):
        size = engine.clip_segment_count(clip, path)
        if size > 0:
            points = engine.points(list(map(engine.clip_segment, repeat(clip), repeat(path), range(size))))
            box[:2] = np.maximum(box[:2], points.min(axis=0))
            box[2:] = np.minimum(box[2:], points.max(axis=0))
    return box


def _on_the_page(
    boxes: NDArray[np.float64], objects: Sequence[engine.Handle], scene: Scene
) -> NDArray[np.float64]:
    """Boxes of objects inside forms, moved by the forms' matrices."""
    for index, handle in enumerate(objects if scene.has_forms else ()):
        matrix = scene.matrices.get(handle)
        if matrix is not None and np.isfinite(boxes[index]).all():
            boxes[index] = moved(matrix, boxes[index : index + 1])[0]
    return boxes
