"""What is drawn on a PDF page besides its text: rules, shaded boxes, pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import compress, repeat
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dagster_project.readers.pdf import engine
from dagster_project.readers.pdf.view import IDENTITY, after, moved

THIN: Final = 3.0
"""A filled box or a stroke no thicker than this many points is a rule."""

MAX_FORMS_DEEP: Final = 8
"""Forms inside forms are followed this far: a hostile file nests them without end."""

MAX_FORMS: Final = 2_000
"""Most forms of a page that are looked into."""

MAX_SEGMENTS: Final = 20_000
"""A path of more segments is a drawing (a map, a seal), no table."""

WHITE: Final = 250
"""A colour is white where each of its parts (of 255) is at least this."""

FAINT: Final = 6
"""Opacity (of 255) below which nothing is seen."""

# What the library calls the kinds of a path's segments.
_LINE: Final = 0
_CURVE: Final = 1
_MOVE: Final = 2

Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """Objects of a page or of one form on it by their kind, and the matrix that moves them onto the page."""

    objects: dict[int, list[engine.Handle]]
    matrix: NDArray[np.float64]

    def of_kind(self, kind: int) -> list[engine.Handle]:
        """Objects of one kind, in the order in which they are painted."""
        return self.objects.get(kind, [])

    def on_page(self, boxes: Boxes) -> Boxes:
        """Boxes of objects of this level on the page."""
        return boxes if self.matrix is IDENTITY else moved(self.matrix, boxes)


@dataclass(frozen=True, slots=True)
class Shapes:
    """Boxes (left, bottom, right, top in PDF coordinates) of what paths draw: ``rules`` are thin,
    ``frames`` have an outline drawn, ``shades`` are filled only.
    """

    rules: Boxes
    frames: Boxes
    shades: Boxes

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not (len(self.rules) or len(self.frames) or len(self.shades))


class Scene:
    """The objects of one page, looked up when they are asked for.

    ``box`` is the visible part of the page (left, bottom, right, top), ``rotation`` the quarter turns
    clockwise by which the page is to be shown.
    """

    def __init__(self, page: engine.Handle, box: tuple[float, float, float, float], rotation: int) -> None:
        self.page = page
        self.box = box
        self.rotation = rotation
        self.levels = _levels(page)

    @property
    def has_forms(self) -> bool:
        """Whether some objects are moved by a form's matrix."""
        return len(self.levels) > 1

    @cached_property
    def matrices(self) -> dict[engine.Handle, NDArray[np.float64]]:
        """Text objects inside forms → what moves them onto the page."""
        return {item: level.matrix for level in self.levels[1:] for item in level.of_kind(engine.TEXT)}

    @cached_property
    def pictures(self) -> Boxes:
        """Boxes of images, left, bottom, right, top in PDF coordinates."""
        return _joined(
            level.on_page(engine.bounds(images))
            for level in self.levels
            if (images := level.of_kind(engine.IMAGE))
        )

    @cached_property
    def shapes(self) -> Shapes:
        """What the paths of the page draw."""
        rules, frames, shades = [], [], []
        for level in self.levels:
            paths = level.of_kind(engine.PATH)
            if paths:
                found = _paths(paths)
                rules.append(level.on_page(found.rules))
                frames.append(level.on_page(found.frames))
                shades.append(level.on_page(found.shades))
        if len(self.pictures):
            rules.append(self.pictures[_is_thin(self.pictures)])
        return Shapes(_joined(rules), _joined(frames), _joined(shades))

    def share_of_pictures(self) -> float:
        """How much of the page its pictures take; more than 1 where they overlap."""
        return float(self._shares().sum()) if len(self.pictures) else 0.0

    def paints_over_text(self, share: float) -> bool:
        """Whether an opaque picture that takes at least ``share`` of the page is painted after its text."""
        page = self.levels[0]
        images, texts = page.of_kind(engine.IMAGE), page.of_kind(engine.TEXT)
        if not images or not texts:
            return False
        place = {item: index for index, item in enumerate(engine.children(self.page, form=False))}
        last = place[texts[-1]]
        return any(
            own >= share and place[image] > last and not engine.object_transparent(image)
            for own, image in zip(self._shares(), images, strict=False)
        )

    def _shares(self) -> NDArray[np.float64]:
        left, bottom, right, top = self.box
        boxes = np.clip(self.pictures, [left, bottom, left, bottom], [right, top, right, top])
        areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        return np.asarray(areas / max((right - left) * (top - bottom), 1.0))

    def is_coloured(self, x: Boxes, y: Boxes) -> NDArray[np.bool_]:
        """Whether points lie on a picture or on a box filled with a colour that white shows on."""
        grounds = _joined([self.pictures, *(level.on_page(_coloured(level)) for level in self.levels)])
        inside = np.zeros(len(x), dtype=bool)
        for left, bottom, right, top in grounds.tolist():
            inside |= (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
        return inside


def _levels(page: engine.Handle) -> list[Level]:
    levels: list[Level] = []
    waiting = [(page, IDENTITY, 0)]
    while waiting and len(levels) < MAX_FORMS:
        container, matrix, depth = waiting.pop(0)
        children = engine.children(container, form=depth > 0)
        kinds = list(map(engine.object_type, children))
        objects = {kind: list(compress(children, map(kind.__eq__, kinds))) for kind in set(kinds)}
        levels.append(Level(objects, matrix))
        if depth < MAX_FORMS_DEEP:
            forms = levels[-1].of_kind(engine.FORM)
            waiting += [(form, after(engine.matrix(form), matrix), depth + 1) for form in forms]
    return levels


def _joined(parts: Iterable[Boxes]) -> Boxes:
    given = list(parts)
    if len(given) == 1:
        return given[0]
    return np.concatenate(given) if given else np.empty((0, 4))


def _is_thin(boxes: Boxes) -> NDArray[np.bool_]:
    return np.asarray(np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]) <= THIN)


def _coloured(level: Level) -> Boxes:
    """Boxes of a level's paths that are filled with a colour other than white."""
    paths = level.of_kind(engine.PATH)
    modes = engine.into(np.zeros((len(paths), 2), dtype=np.int32), engine.path_draw_mode, paths)
    colours = engine.colours(paths)
    filled = (modes[:, 0] > 0) & (colours[:, :3].min(axis=1) < WHITE) & (colours[:, 3] >= FAINT)
    return engine.bounds([path for path, is_filled in zip(paths, filled, strict=True) if is_filled])


def _paths(paths: list[engine.Handle]) -> Shapes:
    """What the paths of one level draw, in the level's own coordinates."""
    counts = np.fromiter(map(engine.path_segment_count, paths), dtype=np.int64, count=len(paths))
    modes = engine.into(np.zeros((len(paths), 2), dtype=np.int32), engine.path_draw_mode, paths)
    stroked = modes[:, 1] > 0
    drawn = stroked | (modes[:, 0] > 0)
    # Lines and rectangles, nearly all paths of a table: their bounds say everything.
    simple = drawn & ((counts == 2) | (counts == 4) | (counts == 5))
    bounds = engine.bounds(list(compress(paths, simple.tolist())))
    outlined, line = stroked[simple], counts[simple] == 2
    thin = _is_thin(bounds)
    rules = [bounds[thin & (outlined | ~line)]]
    shades = [bounds[~thin & ~outlined & ~line]]
    for index in np.flatnonzero(drawn & ~simple & (counts > 2) & (counts <= MAX_SEGMENTS)):
        edges, boxes = _walk(paths[index], int(counts[index]), stroked=bool(stroked[index]))
        flat = _is_thin(boxes)
        rules += [edges, boxes[flat]]
        shades.append(boxes[~flat])
    return Shapes(_joined(rules), bounds[~thin & outlined & ~line], _joined(shades))


def _walk(path: engine.Handle, count: int, *, stroked: bool) -> tuple[Boxes, Boxes]:
    """A path of many pieces: its straight edges where it is stroked, else the boxes of its parts."""
    segments = list(map(engine.path_segment, repeat(path), range(count)))
    kinds = np.fromiter(map(engine.segment_type, segments), dtype=np.int64, count=count)
    starts = np.flatnonzero(kinds == _MOVE)
    if not len(starts) or starts[0] != 0:
        return np.empty((0, 4)), np.empty((0, 4))
    points = engine.points(segments)
    points = moved(engine.matrix(path), np.column_stack((points, points)))[:, :2]
    if not stroked:
        curved = np.add.reduceat(kinds == _CURVE, starts) > 0
        low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
        return np.empty((0, 4)), np.column_stack((low, high))[~curved]
    closes = np.fromiter(map(engine.segment_closes, segments), dtype=np.int64, count=count)
    ends, closing = np.flatnonzero(kinds == _LINE), np.flatnonzero(closes)
    origins = starts[np.searchsorted(starts, closing, side="right") - 1]
    begin, end = points[np.concatenate((ends - 1, closing))], points[np.concatenate((ends, origins))]
    edges = np.column_stack((np.minimum(begin, end), np.maximum(begin, end)))
    return edges[_straight(edges)], np.empty((0, 4))


def _straight(edges: Boxes) -> NDArray[np.bool_]:
    """Edges along the page's own, within a point."""
    return np.asarray((edges[:, 2:] - edges[:, :2] <= 1).any(axis=1))
