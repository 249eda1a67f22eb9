"""pdfium without a compiler: its functions with plain arguments, called through ``map``.

``pypdfium2`` opens documents and binds every function, but converts each argument in Python. A page has
hundreds of characters and paths, so what is asked of each is bound here a second time with plain types:
C iterators then call the library straight into numpy arrays, at about a quarter of a microsecond a call.
"""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray

from dagster_project.records import BBox

Handle = int
"""Address of an object of the library."""

TEXT: Final = int(pdfium.FPDF_PAGEOBJ_TEXT)
PATH: Final = int(pdfium.FPDF_PAGEOBJ_PATH)
IMAGE: Final = int(pdfium.FPDF_PAGEOBJ_IMAGE)
FORM: Final = int(pdfium.FPDF_PAGEOBJ_FORM)

FARTHEST: Final = 1e6
"""No page reaches further, in points."""

_AT_ONCE: Final = 2048
"""Characters whose boxes are asked for in one go."""

_INT: Final = ctypes.c_int
_HANDLE: Final = ctypes.c_void_p


def address(handle: Any) -> Handle:
    """Address of an object or a function of the library that ``pypdfium2`` holds."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _bind(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same function of the same library with other argument types, and without giving up the
    interpreter's lock around it: a call takes less time than that.
    """
    return ctypes.PYFUNCTYPE(result, *arguments)(address(function))


def _bind_plain(function: Any, result: Any) -> Callable[..., Any]:
    """The same without argument types, which saves a third of a call: whole numbers go as ``int`` and handles
    must be ``c_void_p``.
    """
    return ctypes.PYFUNCTYPE(result)(address(function))


page_text = _bind(pdfium.FPDFText_GetText, _INT, _HANDLE, _INT, _INT, _HANDLE)
char_code = _bind(pdfium.FPDFText_GetUnicode, ctypes.c_uint, _HANDLE, _INT)
_char_box = _bind_plain(pdfium.FPDFText_GetLooseCharBox, _INT)
_char_angle = _bind_plain(pdfium.FPDFText_GetCharAngle, ctypes.c_float)
char_object = _bind(pdfium.FPDFText_GetTextObject, _HANDLE, _HANDLE, _INT)
char_unmapped = _bind(pdfium.FPDFText_HasUnicodeMapError, _INT, _HANDLE, _INT)
render_mode = _bind(pdfium.FPDFTextObj_GetTextRenderMode, _INT, _HANDLE)

page_object_count = _bind(pdfium.FPDFPage_CountObjects, _INT, _HANDLE)
_page_object = _bind_plain(pdfium.FPDFPage_GetObject, _HANDLE)
form_object_count = _bind(pdfium.FPDFFormObj_CountObjects, _INT, _HANDLE)
form_object = _bind(pdfium.FPDFFormObj_GetObject, _HANDLE, _HANDLE, ctypes.c_ulong)
object_type = _bind(pdfium.FPDFPageObj_GetType, _INT, _HANDLE)
object_bounds = _bind(pdfium.FPDFPageObj_GetBounds, _INT, _HANDLE, *[_HANDLE] * 4)
object_matrix = _bind(pdfium.FPDFPageObj_GetMatrix, _INT, _HANDLE, _HANDLE)
object_fill = _bind(pdfium.FPDFPageObj_GetFillColor, _INT, _HANDLE, *[_HANDLE] * 4)
object_transparent = _bind(pdfium.FPDFPageObj_HasTransparency, _INT, _HANDLE)
object_clip = _bind(pdfium.FPDFPageObj_GetClipPath, _HANDLE, _HANDLE)

clip_path_count = _bind(pdfium.FPDFClipPath_CountPaths, _INT, _HANDLE)
clip_segment_count = _bind(pdfium.FPDFClipPath_CountPathSegments, _INT, _HANDLE, _INT)
clip_segment = _bind(pdfium.FPDFClipPath_GetPathSegment, _HANDLE, _HANDLE, _INT, _INT)

path_segment_count = _bind(pdfium.FPDFPath_CountSegments, _INT, _HANDLE)
path_segment = _bind(pdfium.FPDFPath_GetPathSegment, _HANDLE, _HANDLE, _INT)
path_draw_mode = _bind(pdfium.FPDFPath_GetDrawMode, _INT, _HANDLE, _HANDLE, _HANDLE)
segment_point = _bind(pdfium.FPDFPathSegment_GetPoint, _INT, _HANDLE, _HANDLE, _HANDLE)
segment_type = _bind(pdfium.FPDFPathSegment_GetType, _INT, _HANDLE)
segment_closes = _bind(pdfium.FPDFPathSegment_GetClose, _INT, _HANDLE)


def into(array: NDArray[Any], function: Callable[..., Any], *arguments: Iterable[Any]) -> NDArray[Any]:
    """Call ``function`` once for every row of ``array``, with the addresses of the row's items after the
    other arguments. The row is left as it was where the function has nothing to say.
    """
    rows, items = array.shape
    size, start = array.itemsize, array.ctypes.data
    step = size * items
    ends = start + rows * step
    places = (range(start + size * item, ends + size * item, step) for item in range(items))
    deque(map(function, *arguments, *places), 0)
    return array


def _finite(array: NDArray[np.float32]) -> NDArray[np.float64]:
    """Coordinates that can be reckoned with, whatever a hostile file says."""
    if array.size and np.abs(array).max() <= FARTHEST:
        return array.astype(np.float64)
    return np.clip(np.nan_to_num(array.astype(np.float64)), -FARTHEST, FARTHEST)


def codes(text_page: Handle, count: int) -> NDArray[np.uint32]:
    """Unicode code point of every character of a text page, 0 where the font does not say."""
    units = np.zeros(count + 1, dtype=np.uint16)
    written = page_text(text_page, 0, count, units.ctypes.data)
    plain = units[:count].astype(np.uint32)
    # One unit a character, and the end: only then do the places agree.
    if written == count + 1 and not ((plain >= 0xD800) & (plain < 0xE000)).any():
        return plain
    return np.fromiter(map(char_code, repeat(text_page), range(count)), np.uint32, count)


class _Boxes:
    """Room for the boxes of ``_AT_ONCE`` characters. Its addresses are made once: that takes as long as
    asking for the boxes. There is one, as the library serves one thread.
    """

    def __init__(self) -> None:
        self.room = np.zeros((_AT_ONCE, 4), dtype=np.float32)
        first, step = self.room.ctypes.data, self.room.strides[0]
        self.places = [_HANDLE(first + step * row) for row in range(_AT_ONCE)]

    def read(self, text_page: Handle, start: int, stop: int) -> NDArray[np.float32]:
        """Boxes of at most ``_AT_ONCE`` characters."""
        room = self.room[: stop - start]
        room[:] = 0
        deque(map(_char_box, repeat(_HANDLE(text_page)), range(start, stop), self.places), 0)
        return room.copy()


_BOXES: Final = _Boxes()


def boxes(text_page: Handle, count: int) -> NDArray[np.float64]:
    """Left, top, right, bottom of every character of a text page, y upwards."""
    parts = [
        _BOXES.read(text_page, start, min(start + _AT_ONCE, count)) for start in range(0, count, _AT_ONCE)
    ]
    return _finite(np.concatenate(parts)) if parts else np.empty((0, 4))


def angles(text_page: Handle, indices: Sequence[int]) -> NDArray[np.float32]:
    """Angles of characters of a text page in radians, counter-clockwise."""
    return np.fromiter(map(_char_angle, repeat(_HANDLE(text_page)), indices), np.float32, len(indices))


def bounds(objects: Sequence[Handle]) -> NDArray[np.float64]:
    """Left, bottom, right, top of every object of a page or form, y upwards."""
    array = np.zeros((len(objects), 4), dtype=np.float32)
    return _finite(into(array, object_bounds, objects))


def colours(objects: Sequence[Handle]) -> NDArray[np.uint32]:
    """Red, green, blue, opacity (0 to 255) that objects are filled with."""
    return into(np.full((len(objects), 4), 255, dtype=np.uint32), object_fill, objects)


def matrix(handle: Handle) -> NDArray[np.float64]:
    """The matrix (a, b, c, d, e, f) of an object; the identity where it has none."""
    array = np.array([1, 0, 0, 1, 0, 0], dtype=np.float32)
    object_matrix(handle, array.ctypes.data)
    return _finite(array)


def points(segments: Sequence[Handle]) -> NDArray[np.float64]:
    """x, y of every segment of a path."""
    array = np.zeros((len(segments), 2), dtype=np.float32)
    return _finite(into(array, segment_point, segments))


def clip_box(clip: Handle, path: int) -> BBox:
    """Left, bottom, right, top of one path of a clip: four corners as a rule, too few for arrays."""
    x, y = ctypes.c_float(), ctypes.c_float()
    at_x, at_y = ctypes.addressof(x), ctypes.addressof(y)
    xs, ys = [], []
    for index in range(clip_segment_count(clip, path)):
        segment_point(clip_segment(clip, path, index), at_x, at_y)
        xs.append(x.value if abs(x.value) <= FARTHEST else 0.0)
        ys.append(y.value if abs(y.value) <= FARTHEST else 0.0)
    return min(xs), min(ys), max(xs), max(ys)


def children(container: Handle, *, form: bool) -> list[Handle]:
    """Objects of a page, or of a form XObject."""
    if form:
        return list(map(form_object, repeat(container), range(max(0, form_object_count(container)))))
    return list(map(_page_object, repeat(_HANDLE(container)), range(max(0, page_object_count(container)))))
