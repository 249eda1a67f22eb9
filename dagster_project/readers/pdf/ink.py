"""Which characters of a text layer leave no ink on the page: cut away, without a colour, white on white."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.pdf import engine
from dagster_project.readers.pdf.objects import FAINT, WHITE, Scene
from dagster_project.readers.pdf.view import moved
from dagster_project.records import BBox

ENOUGH: Final = 100
"""Text objects of a page that are looked at, evenly chosen. Only where one of them stands out, the object of
every character is.
"""

_EVERYWHERE: Final = (-np.inf, -np.inf, np.inf, np.inf)
_SLACK: Final = 1.0

_NO_INK: Final = 3
"""Text rendering mode in which nothing is painted."""

Mask = NDArray[np.bool_]
Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ink:
    """Characters ``hidden``, painted with nothing to be seen, and ``clipped`` away; and the boxes of all
    characters (in PDF coordinates) where they are to be seen.
    """

    hidden: Mask
    clipped: Mask
    boxes: Boxes


def seen(text_page: engine.Handle, boxes: Boxes, scene: Scene) -> Ink:
    """Which characters of a text page with these boxes leave ink."""
    count = len(boxes)
    if not any(_stands_out(level.of_kind(engine.TEXT), scene) for level in scene.levels):
        nothing = np.zeros(count, dtype=bool)
        return Ink(nothing, nothing, boxes)
    owners = [owner or 0 for owner in map(engine.char_object, repeat(text_page), range(count))]
    handles, which = np.unique(np.array(owners, dtype=np.uint64), return_inverse=True)
    # What the library made up, such as blanks, belongs to no object.
    painted = handles != 0
    objects = handles[painted].tolist()
    invisible, white = np.zeros(len(handles), dtype=bool), np.zeros(len(handles), dtype=bool)
    clips = np.tile(_EVERYWHERE, (len(handles), 1))
    invisible[painted], white[painted] = _colours(objects)
    clips[painted] = _clips(objects, scene)
    hidden, white, clips = invisible[which], white[which], clips[which]
    clipped = ~_is_inside(boxes, clips)
    if white.any():
        hidden |= white & ~scene.is_coloured(*_middles(boxes))
    left_out = _left_out(scene, set(objects))
    if left_out and (hidden | clipped).any():
        return _with_copies(Ink(hidden, clipped, boxes), owners, left_out, scene)
    return Ink(hidden, clipped, boxes)


def _middles(boxes: Boxes) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2


def _is_inside(boxes: Boxes, clips: Boxes) -> Mask:
    x, y = _middles(boxes)
    inside = (x >= clips[:, 0]) & (x <= clips[:, 2]) & (y >= clips[:, 1]) & (y <= clips[:, 3])
    return np.asarray(inside)


def _left_out(scene: Scene, known: set[engine.Handle]) -> list[engine.Handle]:
    """Visible text objects that the library gave no characters for."""
    absent = [item for level in scene.levels for item in level.of_kind(engine.TEXT) if item not in known]
    if not absent:
        return []
    hidden, white = _colours(absent)
    bounds = _on_the_page(engine.bounds(absent), absent, scene)
    shown = ~hidden & ~white & _is_inside(bounds, _clips(absent, scene)) & (bounds[:, 2] > bounds[:, 0])
    return [item for item, is_shown in zip(absent, shown.tolist(), strict=True) if is_shown]


def _with_copies(
    ink: Ink, owners: Sequence[engine.Handle], copies: Sequence[engine.Handle], scene: Scene
) -> Ink:
    """Of equal texts at nearly one place the library keeps the first. Where that one leaves no ink, the copy
    that was left out is what one sees: the characters are there, where the copy is.
    """
    of_object = np.array(owners, dtype=np.uint64)
    unseen = ink.hidden | ink.clipped
    gone = np.setdiff1d(of_object[unseen], of_object[~unseen])
    gone = gone[gone != 0]
    hidden, clipped, boxes = ink.hidden.copy(), ink.clipped.copy(), ink.boxes.copy()
    originals = gone.tolist()
    places = _on_the_page(engine.bounds(originals), originals, scene)
    for place in _on_the_page(engine.bounds(copies), copies, scene):
        apart = np.abs(places - place)
        same = np.flatnonzero(np.abs(np.diff(places[:, ::2]) - np.diff(place[::2])).ravel() < _SLACK)
        same = same[apart[same].max(axis=1) < max(place[3] - place[1], place[2] - place[0])]
        if len(same):
            original = same[apart[same].sum(axis=1).argmin()]
            chosen = of_object == gone[original]
            hidden[chosen] = clipped[chosen] = False
            boxes[chosen] += np.tile(place[:2] - places[original, :2], 2)
    return Ink(hidden, clipped, boxes)


def _stands_out(objects: Sequence[engine.Handle], scene: Scene) -> bool:
    """Whether one of the text objects is faint, white, or not wholly within its clip."""
    chosen = objects[:: -(-len(objects) // ENOUGH) or 1]
    if not chosen:
        return False
    if any(mask.any() for mask in _colours(chosen)):
        return True
    clips = _clips(chosen, scene)
    if np.isinf(clips).all():
        return False
    bounds = _on_the_page(engine.bounds(chosen), chosen, scene)
    outside = (bounds[:, :2] < clips[:, :2] - _SLACK) | (bounds[:, 2:] > clips[:, 2:] + _SLACK)
    return bool(outside.any())


def _colours(objects: Sequence[engine.Handle]) -> tuple[Mask, Mask]:
    """Which text objects are painted with nothing to be seen, and which in white."""
    colours = engine.colours(objects)
    modes = np.fromiter(map(engine.render_mode, objects), np.int64, len(objects))
    return (modes == _NO_INK) | (colours[:, 3] < FAINT), colours[:, :3].min(axis=1, initial=255) >= WHITE


def _clips(objects: Sequence[engine.Handle], scene: Scene) -> Boxes:
    """The box that each object's clip path leaves: left, bottom, right, top on the page."""
    clips = list(map(engine.object_clip, objects))
    counts = list(map(engine.clip_path_count, clips))
    if max(counts, default=0) <= 0:
        return np.tile(_EVERYWHERE, (len(objects), 1))
    # Objects drawn under one clip share its paths in memory: where the last of them is the same, all are.
    lasts = map(engine.clip_segment, clips, (count - 1 for count in counts), repeat(0))
    boxes: dict[tuple[engine.Handle | None, int], BBox] = {}
    paths: dict[engine.Handle, BBox] = {}
    keys = list(zip(lasts, counts, strict=True))
    for key, clip in zip(keys, clips, strict=True):
        if key not in boxes:
            boxes[key] = _common(clip, key[1], paths)
    return _on_the_page(np.array([boxes[key] for key in keys]), objects, scene)


def _common(clip: engine.Handle, count: int, known: dict[engine.Handle, BBox]) -> BBox:
    """What the paths of a clip leave in common; ``known`` are those that other clips have as well, such as
    the one around the whole page, by their first segment.
    """
    common = _EVERYWHERE
    for path in range(count):
        first = engine.clip_segment(clip, path, 0)
        if first is None:
            continue
        if first not in known:
            known[first] = engine.clip_box(clip, path)
        left, bottom, right, top = known[first]
        common = (max(common[0], left), max(common[1], bottom), min(common[2], right), min(common[3], top))
    return common


def _on_the_page(
    boxes: NDArray[np.float64], objects: Sequence[engine.Handle], scene: Scene
) -> NDArray[np.float64]:
    """Boxes of objects inside forms, moved by the forms' matrices."""
    for index, handle in enumerate(objects if scene.has_forms else ()):
        matrix = scene.matrices.get(handle)
        if matrix is not None and np.isfinite(boxes[index]).all():
            boxes[index] = moved(matrix, boxes[index : index + 1])[0]
    return boxes
