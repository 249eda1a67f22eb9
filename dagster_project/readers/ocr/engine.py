"""The recogniser: pictures of printed lines → their characters, and what else each could have been.

The models ship inside the ``rapidocr`` package and run on onnxruntime; nothing is downloaded. A line of text
is read by a network that names one character, or none, for each narrow strip of the picture; its second
thoughts about a figure are kept as ``alternatives``, because no confidence tells a wrong digit from a right
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from dagster_project import money
from dagster_project.readers import limits

Picture = NDArray[np.uint8]
"""Rows × columns × 3, red green blue; 255 is paper."""

_LEAST_SIDE: Final = 64
"""The detector enlarges narrower pictures."""
_HEIGHT: Final = 48
_BATCH_WIDTH: Final = 2_400
"""Crops of like width go together as long as the batch is not wider than this many pixels in all."""
_NARROWEST: Final = 64
_FIGURE_CHARACTERS: Final = "0123456789.,-"
_LIKELY_FIGURE: Final = frozenset("0123456789.,-，．－—()（）%％")
_COUNTED: Final = frozenset(
    "年月日期季度号第页条款类项目元万千百亿个人辆台套批次户家岁平方米公里预决算数合计小上本全"
)
"""Beside digits these make words: 2024年, 12.5万元, 2024年预算数."""
_SEPARATORS: Final = re.compile("[.,]+")
_GROUPED: Final = re.compile(r"(-?\d{1,3}(?:[.,]+\d{3})+)(?:[.,]+(\d{1,2}))?")
_LEAST: Final = 1e-4
_MOST_ALTERNATIVES: Final = 8


@dataclass(frozen=True, slots=True)
class Recognised:
    """One line as recognised. ``confidence`` is that of its least certain character, 0 to 1.

    ``alternatives`` are other readings of a figure that differ in one character, likeliest first.
    """

    text: str
    confidence: float
    alternatives: tuple[str, ...] = ()


@cache
def _engine(threads: int) -> Any:
    from rapidocr import RapidOCR  # noqa: PLC0415 - the extra is optional, and heavy

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "error",
            "Det.limit_side_len": _LEAST_SIDE,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
        }
    )


def _detector() -> Any:
    return _engine(limits.current().threads)._load_det_model()


def _recogniser() -> Any:
    return _engine(limits.current().threads)._load_rec_model()


@cache
def _characters() -> tuple[str, ...]:
    """The recogniser's characters; the first is "none"."""
    return tuple(_recogniser().postprocess_op.character)


@cache
def _figure_indices() -> tuple[tuple[int, str], ...]:
    known = {character: index for index, character in enumerate(_characters())}
    return tuple((known[one], one) for one in _FIGURE_CHARACTERS)


def detect(picture: Picture) -> NDArray[np.float64]:
    """Where text stands: n × 4 upright boxes (left, top, right, bottom), pixels of ``picture``."""
    found = _detector()(np.ascontiguousarray(picture[..., ::-1]))
    if found.boxes is None or not len(found.boxes):
        return np.empty((0, 4))
    corners = np.asarray(found.boxes, dtype=float)
    return np.concatenate([corners.min(axis=1), corners.max(axis=1)], axis=1)


def recognise(crops: Sequence[Picture]) -> list[Recognised]:
    """What is printed on each crop, which holds one line of text; in the order given."""
    widths = [crop.shape[1] * _HEIGHT / max(crop.shape[0], 1) for crop in crops]
    order = sorted(range(len(crops)), key=widths.__getitem__)
    found: list[Recognised] = [Recognised("", 0.0)] * len(crops)
    for batch in _batches(order, widths):
        ratio = max(_NARROWEST, *(widths[index] for index in batch)) / _HEIGHT
        recogniser = _recogniser()
        pictures = [recogniser.resize_norm_img(crops[index][..., ::-1], ratio) for index in batch]
        strips = recogniser.session(np.stack(pictures).astype(np.float32))
        for index, strip in zip(batch, strips, strict=True):
            found[index] = _decode(strip)
    return found


def _batches(order: Sequence[int], widths: Sequence[float]) -> Iterator[list[int]]:
    batch: list[int] = []
    for index in order:
        # Sorted by width: this one would be the widest, and all are padded to it.
        if batch and max(widths[index], _NARROWEST) * (len(batch) + 1) > _BATCH_WIDTH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


def _decode(strips: NDArray[np.float32]) -> Recognised:
    """The text of a line from the likelihoods of its strips (strips × characters)."""
    read = _read(strips)
    digits = sum(one.isdigit() for one in read.text)
    if not digits or digits * 2 < len(read.text):
        return read
    if set(read.text) & _COUNTED:
        return read
    if not set(read.text) <= _LIKELY_FIGURE:
        # Nearly all of it are digits: what else was seen among them is dust or a part of a seal.
        columns = [0, *(index for index, _ in _figure_indices())]
        strips = np.where(np.isin(np.arange(strips.shape[1]), columns), strips, 0)
        read = _read(strips)
    best = strips.argmax(axis=1)
    others = _alternatives(strips, best, _starts(best))
    return Recognised(as_figure(read.text, others), read.confidence, others)


def as_figure(text: str, alternatives: Sequence[str] = ()) -> str:
    """What was read as digits and marks that are no figure (``1.149,678.00``) as the figure it must be: with
    its separators in order, else the likeliest alternative that is one, else as read.
    """
    if money.parse_amount(text) or not any(mark in text for mark in ".,"):
        return text
    grouped = _GROUPED.fullmatch(text)
    if grouped:
        whole, fraction = _SEPARATORS.sub(",", grouped[1]), grouped[2]
        return f"{whole}.{fraction}" if fraction else whole
    return next((other for other in alternatives if money.parse_amount(other)), text)


def _read(strips: NDArray[np.float32]) -> Recognised:
    best = strips.argmax(axis=1)
    starts = _starts(best)
    if not len(starts):
        return Recognised("", 0.0)
    characters = _characters()
    text = "".join(characters[best[start]] for start in starts).strip()
    return Recognised(text, float(strips[starts, best[starts]].min()))


def _starts(best: NDArray[np.int64]) -> NDArray[np.int64]:
    """The strips in which a character begins: one that the strip before does not name as well."""
    return np.flatnonzero((best != 0) & np.r_[True, best[1:] != best[:-1]])


def _alternatives(
    strips: NDArray[np.float32], best: NDArray[np.int64], starts: NDArray[np.int64]
) -> tuple[str, ...]:
    """The figure with one character exchanged, left out or put in, as far as the strips allow it."""
    if not len(starts):
        return ()
    characters = _characters()
    read = [characters[best[start]] for start in starts]
    likely: dict[str, float] = {}

    def note(pieces: Sequence[str], likelihood: float) -> None:
        text = "".join(pieces).strip()
        if likelihood >= _LEAST:
            likely[text] = max(likely.get(text, 0.0), likelihood)

    ends = [*starts[1:], len(best)]
    for place, (start, end) in enumerate(zip(starts, ends, strict=True)):
        run = start + int(np.argmin(np.r_[best[start:end] == best[start], False]))
        note([*read[:place], *read[place + 1 :]], float(strips[start:run, 0].min()))
        for index, character in _figure_indices():
            if index != best[start]:
                note([*read[:place], character, *read[place + 1 :]], float(strips[start:run, index].max()))
        for index, character in _figure_indices():
            if run < end:
                note([*read[: place + 1], character, *read[place + 1 :]], float(strips[run:end, index].max()))
    if starts[0]:
        for index, character in _figure_indices():
            note([character, *read], float(strips[: starts[0], index].max()))
    likely.pop("".join(read).strip(), None)
    ranked = sorted(likely, key=lambda text: -likely[text])
    return tuple(ranked[:_MOST_ALTERNATIVES])
