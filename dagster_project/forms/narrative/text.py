"""Prose as paragraphs: wrapped lines joined, page numbers dropped, headings and list markers recognised.

White space is removed (Chinese sets none), and every character keeps the line it was printed on.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from dagster_project.readers.page import Line, Word
from dagster_project.records import BBox
from dagster_project.vocabulary import seed_rows

_SPACE: Final = re.compile(r"\s+")
_CJK: Final = "一二三四五六七八九十百廿卅"
_MARKERS: Final = (
    ("part", re.compile(rf"第[{_CJK}\d]{{1,3}}部分")),
    ("chapter", re.compile(rf"[{_CJK}]{{1,3}}(?:、|[.．](?!\d))")),
    ("section", re.compile(rf"\([{_CJK}]{{1,3}}\)[、.]?")),
    ("item", re.compile(r"\d{1,2}(?:、|\.(?!\d)|\.(?=2\d{6}(?!\d)|2\d\d\(类))")),
    ("point", re.compile(r"\(\d{1,2}\)")),
    ("half", re.compile(r"\d{1,2}\)")),
    ("circle", re.compile(r"[①-⑳]")),
)
LEVELS: Final = tuple(name for name, _ in _MARKERS)
"""Kinds of list marker from the outermost to the innermost: 第一部分, 一、, (一), 1., (1), 1), ①."""

_SENTENCE_END: Final = ("。", "！", "？", "!", "?")
_PUNCTUATION: Final = re.compile(r"[。；，：,！？]")
_TOPIC_END: Final = re.compile(
    r"(?:情况|说明|概况|职责|职能|构成|设置|解释|事项|范围|变化|结构|结果|分析|目标|费用|经费|费)$"
)
_TITLE_END: Final = re.compile(r"(?:说明|概况|主要职[能责]|部门职责|单位职责|机构设置|名词解释)$")
_ACCOUNT: Final = re.compile(r"\(\d*[类款项]\)")
_HEADING_END: Final = re.compile(r"(?:情况|说明|概况|报表|决算表|预算表|^[说]?明)$")
_RUN_IN: Final = re.compile(
    r"(?P<topic>[^。；，：\d]{2,20})(?:。|：(?=20\d\d年|截[至止]|[本我](?:部门|单位)))"
)
_SECTION: Final = LEVELS.index("section")
_PAGE_NUMBER: Final = re.compile(r"^[-—－–·~]*第?\d{1,3}页?(?:[/共]+\d{1,3}页?)?[-—－–·~]*$")
_UNIT_FIRST: Final = re.compile(r"^(?:万|亿|千)?元|^[%人辆台套个家批名项分次]")
_FIGURE_LAST: Final = re.compile(
    r"(?:为|是|计|数|额|占|加|少|长|降|[万亿]?元|约|共|费|支出|收入|预算|决算|人员|[、，,])$"
)
_CAPTION: Final = re.compile(r"^图\d+[：:.、]?")
_FIGURE: Final = re.compile(r"\d(?:万|亿)?(?:元|%|人|辆|台|个|家)")
_COMMA: Final = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))")
_NARROW: Final = 0.75
_LEAST_WIDTH: Final = 24


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of prose without white space.

    ``text`` has half-width brackets and digits and full-width ``：；``; ``printed`` is the same, character by
    character, as printed. ``marker`` is the kind of list number it starts with (``LEVELS``), ``headings``
    those above it, outermost first, as (marker, text), ``topic`` the heading run in with it. ``item``
    is the list marker of the numbered paragraph that it is or goes on, and that paragraph's running number.
    """

    text: str
    printed: str
    marker: str | None
    headings: tuple[tuple[str, str], ...]
    topic: str | None
    item: tuple[str | None, int]
    starts: tuple[int, ...]
    lines: tuple[Line, ...]

    def line_at(self, offset: int) -> Line:
        """The line on which the character at ``offset`` is printed."""
        return self.lines[bisect_right(self.starts, offset) - 1]

    def box(self, start: int, end: int) -> BBox | None:
        """Where the characters from ``start`` to ``end`` are printed, as far as they stand on one line."""
        index = bisect_right(self.starts, start) - 1
        first, last = start - self.starts[index], end - self.starts[index]
        boxes = []
        at = 0
        for word in self.lines[index].words:
            length = len(_SPACE.sub("", word.text))
            if at < last and first < at + length:
                boxes.append(_part(word, max(first - at, 0), min(last - at, length)))
            at += length
        if not boxes:
            return self.lines[index].bbox
        return boxes[0][0], min(box[1] for box in boxes), boxes[-1][2], max(box[3] for box in boxes)


def _part(word: Word, start: int, end: int) -> BBox:
    """The box of some characters of a word, a Chinese one as wide as two others."""
    widths = [2 if char > "\u2e7f" else 1 for char in _SPACE.sub("", word.text)]
    left, top, right, bottom = word.bbox
    step = (right - left) / sum(widths)
    return left + step * sum(widths[:start]), top, left + step * sum(widths[:end]), bottom


@cache
def _plain() -> dict[int, str]:
    """One character for one: full-width ASCII, quotation marks and the variants that print leaves behind."""
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table[ord("，")] = "，"
    table |= {
        ord(";"): "；",
        ord(":"): "：",
        0xFF1B: "；",
        0xFF1A: "：",
        ord("﹪"): "%",
        ord("﹣"): "-",
        ord("−"): "-",
    }
    table |= {ord(char): '"' for char in "“”„‟「」『』″"}
    table |= {
        ord(row["printed"]): row["meant"]
        for row in seed_rows("character_variant")
        if len(row["printed"]) == 1
    }
    return table


def plain(text: str) -> str:
    """``text`` in the characters that wordings are written in, of the same length."""
    return _COMMA.sub("，", text.translate(_plain()))


def marker_of(text: str) -> tuple[str, int] | None:
    """The kind of list marker at the start of a plain text, and its length."""
    for name, pattern in _MARKERS:
        found = pattern.match(text)
        if found:
            return name, found.end()
    return None


def paragraphs(lines: Sequence[Line], headings: Headings, width: int) -> Iterator[Paragraph]:
    """The paragraphs of a stretch of prose, each under the headings printed above it.

    ``headings`` are those above its first line; they are kept up to date while the stretch is read. ``width``
    is the document's (``full_width``): a line much shorter is not broken, it ends.
    """
    builder = _Builder(headings)
    squeezed = [(_SPACE.sub("", line.text), line) for line in lines]
    filled = [(printed, line) for printed, line in squeezed if printed]
    for index, (printed, line) in enumerate(filled):
        following = filled[index + 1][0] if index + 1 < len(filled) else ""
        if _CAPTION.match(printed) or _is_page_number(printed, builder.tail, following):
            continue
        yield from builder.add(printed, line, width, plain(following))
    yield from builder.close()


def full_width(lines: Iterable[Line]) -> int:
    """How many characters a full line of the prose has (the nine tenths quantile of its lines)."""
    lengths = sorted(len(line.text.strip()) for line in lines if not line.text.isspace())
    return max(lengths[len(lengths) * 9 // 10] if lengths else 0, _LEAST_WIDTH)


def _is_page_number(printed: str, before: str, following: str) -> bool:
    if not _PAGE_NUMBER.match(printed):
        return False
    if not printed.isdigit():
        return True
    return not _UNIT_FIRST.match(plain(following)) and not _FIGURE_LAST.search(plain(before))


class Headings:
    """The headings that stand above the place where a document is being read.

    ``items`` counts the numbered paragraphs read so far: no two of a document bear one number.
    """

    def __init__(self, above: Sequence[tuple[str, str]] = ()) -> None:
        self._path = list(above)
        self.items = 0

    @property
    def path(self) -> tuple[tuple[str, str], ...]:
        """(marker, text) from the outermost to the innermost."""
        return tuple(self._path)

    def enter(self, marker: str, text: str) -> None:
        """A heading is printed: it ends all of its own level and below."""
        self.leave(marker)
        self._path.append((marker, text))

    def leave(self, marker: str) -> None:
        """Something is printed under this kind of number: headings of its level and below are over."""
        level = LEVELS.index(marker)
        self._path = [heading for heading in self._path if LEVELS.index(heading[0]) < level]

    def extend(self, text: str) -> None:
        """The last heading goes on in the next line."""
        marker, heading = self._path[-1]
        self._path[-1] = (marker, heading + text)


class _Builder:
    """Collects lines into the paragraph that is open."""

    def __init__(self, headings: Headings) -> None:
        self._open: list[tuple[str, Line]] = []
        self._marker: str | None = None
        self._headings = headings
        self._heading_open = False
        self._topic: str | None = None
        self._item: tuple[str | None, int] = (None, headings.items)

    @property
    def tail(self) -> str:
        """The end of what is open."""
        return self._open[-1][0][-12:] if self._open else ""

    @property
    def _says_nothing(self) -> bool:
        """Is what is open no sentence: the lines of a cover?"""
        return not any(_PUNCTUATION.search(plain(printed)) for printed, _ in self._open)

    def add(self, printed: str, line: Line, width: int, following: str) -> Iterator[Paragraph]:
        """Take one line; yields the paragraph that it ends."""
        text = plain(printed)
        marker = marker_of(text)
        if self._heading_open and marker is None and _ends_heading(text):
            self._headings.extend(text)
            self._heading_open = False
            return
        self._heading_open = False
        titled = marker is None and _is_heading(text, None, width, following) and self._says_nothing
        if marker or titled or self.tail.endswith(_SENTENCE_END):
            yield from self.close()
            self._marker = marker[0] if marker else None
        if not self._open and _is_heading(text, marker, width, following):
            self._headings.enter(marker[0] if marker else LEVELS[0], text)
            self._heading_open = bool(marker)
            self._topic = None
            self._item = (None, self._headings.items)
            return
        if not self._open and marker:
            self._headings.leave(marker[0])
            self._topic = _run_in_topic(text[marker[1] :])
            self._headings.items += 1
            self._item = (marker[0], self._headings.items)
        self._open.append((printed, line))

    def close(self) -> Iterator[Paragraph]:
        """End the open paragraph."""
        if not self._open:
            return
        starts, offset = [], 0
        for printed, _ in self._open:
            starts.append(offset)
            offset += len(printed)
        printed = "".join(piece for piece, _ in self._open)
        yield Paragraph(
            text=plain(printed),
            printed=printed,
            marker=self._marker,
            headings=self._headings.path,
            topic=self._topic,
            item=self._item,
            starts=tuple(starts),
            lines=tuple(line for _, line in self._open),
        )
        self._open = []
        self._marker = None


def _is_heading(text: str, marker: tuple[str, int] | None, width: int, following: str) -> bool:
    """A numbered line without a sentence in it, or a short line that names a topic and nothing else."""
    body = text[marker[1] if marker else 0 :].rstrip("。")
    if marker and marker[0] == LEVELS[0]:
        return len(text) <= 60 and not text.endswith("。")
    if (
        not body
        or len(text) > 50
        or _PUNCTUATION.search(body)
        or _FIGURE.search(body)
        or _ACCOUNT.search(body)
    ):
        return False
    topic = bool(_TOPIC_END.search(body))
    if marker is None:
        return bool(_TITLE_END.search(text)) and len(text) <= 40 and len(text) < width * _NARROW
    if topic or (len(text) < width * _NARROW and not text.endswith("。")):
        return True
    return LEVELS.index(marker[0]) <= _SECTION and marker_of(following) is None and _ends_heading(following)


def _ends_heading(text: str) -> bool:
    """Is a line the rest of a heading that was broken (…的说明, …情况说明, 明)?"""
    return len(text) <= 20 and not _PUNCTUATION.search(text) and bool(_HEADING_END.search(text))


def _run_in_topic(body: str) -> str | None:
    """The topic that a numbered paragraph starts with: 总体情况。2024年度…"""
    found = _RUN_IN.match(body)
    return found["topic"] if found and not _ACCOUNT.search(found["topic"]) else None
