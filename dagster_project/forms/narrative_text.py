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

from dagster_project.readers.page import Line
from dagster_project.vocabulary import seed_rows

_SPACE: Final = re.compile(r"\s+")
_CJK: Final = "一二三四五六七八九十百廿卅"
_MARKERS: Final = (
    ("part", re.compile(rf"第[{_CJK}\d]{{1,3}}部分")),
    ("chapter", re.compile(rf"[{_CJK}]{{1,3}}[、.．](?!\d)")),
    ("section", re.compile(rf"\([{_CJK}]{{1,3}}\)[、.]?")),
    ("item", re.compile(r"\d{1,2}(?:、|\.(?!\d))")),
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
_PAGE_NUMBER: Final = re.compile(r"^[-—－–·~]*第?\d{1,3}页?(?:[/共]+\d{1,3}页?)?[-—－–·~]*$")
_UNIT_FIRST: Final = re.compile(r"^(?:万|亿|千)?元|^[%人辆台套个家批名项分次]")
_FIGURE_LAST: Final = re.compile(
    r"(?:为|是|计|数|额|占|加|少|长|降|[万亿]?元|约|共|费|支出|收入|预算|决算|人员|[、，,])$"
)
_CAPTION: Final = re.compile(r"^图\d+[：:.、]?")
_FIGURE: Final = re.compile(r"\d(?:万|亿)?(?:元|%|人|辆|台|个|家)")
_COMMA: Final = re.compile(r"(?<!\d),|,(?!\d{3}(?!\d))")
_NARROW: Final = 0.75


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run of prose without white space.

    ``text`` has half-width brackets, digits and percent signs and full-width ``：；``; ``printed`` is the same,
    character by character, as printed. ``marker`` is the kind of list number it starts with (``LEVELS``),
    ``headings`` the headings above it, outermost first, as (marker, text).
    """

    text: str
    printed: str
    marker: str | None
    headings: tuple[tuple[str, str], ...]
    starts: tuple[int, ...]
    lines: tuple[Line, ...]

    def line_at(self, offset: int) -> Line:
        """The line on which the character at ``offset`` is printed."""
        return self.lines[bisect_right(self.starts, offset) - 1]


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


def paragraphs(lines: Iterable[Line], above: Sequence[str] = ()) -> Iterator[Paragraph]:
    """The paragraphs of a stretch of prose, each under the headings printed above it.

    ``above`` are the headings that lead to its first line, outermost first.
    """
    builder = _Builder(above)
    squeezed = [(_SPACE.sub("", line.text), line) for line in lines]
    filled = [(printed, line) for printed, line in squeezed if printed]
    width = _width([printed for printed, _ in filled])
    for index, (printed, line) in enumerate(filled):
        following = filled[index + 1][0] if index + 1 < len(filled) else ""
        if _CAPTION.match(printed) or _is_page_number(printed, builder.tail, following):
            continue
        yield from builder.add(printed, line, width)
    yield from builder.close()


def _width(printed: Sequence[str]) -> int:
    """How long a full line is in this document (the nine tenths quantile of its lines)."""
    lengths = sorted(len(text) for text in printed)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _is_page_number(printed: str, before: str, following: str) -> bool:
    if not _PAGE_NUMBER.match(printed):
        return False
    if not printed.isdigit():
        return True
    return not _UNIT_FIRST.match(plain(following)) and not _FIGURE_LAST.search(plain(before))


class _Builder:
    """Collects lines into the paragraph that is open, and the headings above it."""

    def __init__(self, above: Sequence[str] = ()) -> None:
        self._open: list[tuple[str, Line]] = []
        self._marker: str | None = None
        self._headings: list[tuple[str, str]] = []
        self._heading_open = False
        for heading in above:
            text = plain(_SPACE.sub("", heading))
            marker = marker_of(text)
            if marker:
                self._push_heading(marker[0], text)
        self._heading_open = False

    @property
    def tail(self) -> str:
        """The end of what is open."""
        return self._open[-1][0][-12:] if self._open else ""

    def add(self, printed: str, line: Line, width: int) -> Iterator[Paragraph]:
        text = plain(printed)
        marker = marker_of(text)
        if self._heading_open and marker is None and self._continues_heading(text):
            self._extend_heading(text)
            return
        self._heading_open = False
        if marker or self.tail.endswith(_SENTENCE_END):
            yield from self.close()
            self._marker = marker[0] if marker else None
        if not self._open and marker and self._is_heading(text, marker, width):
            self._push_heading(marker[0], text)
            return
        self._open.append((printed, line))

    def close(self) -> Iterator[Paragraph]:
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
            headings=tuple(self._headings),
            starts=tuple(starts),
            lines=tuple(line for _, line in self._open),
        )
        self._open = []
        self._marker = None

    def _is_heading(self, text: str, marker: tuple[str, int], width: int) -> bool:
        body = text[marker[1] :].rstrip("。")
        if marker[0] == "part":
            return len(text) <= 60 and not text.endswith("。")
        if not body or len(text) > 50 or _PUNCTUATION.search(body) or _FIGURE.search(body):
            return False
        return bool(_TOPIC_END.search(body)) or len(text) < width * _NARROW

    def _push_heading(self, marker: str, text: str) -> None:
        level = LEVELS.index(marker)
        self._headings = [heading for heading in self._headings if LEVELS.index(heading[0]) < level]
        self._headings.append((marker, text))
        self._heading_open = marker == "part"

    def _continues_heading(self, text: str) -> bool:
        return len(text) <= 20 and not _PUNCTUATION.search(text) and bool(_TOPIC_END.search(text))

    def _extend_heading(self, text: str) -> None:
        marker, heading = self._headings[-1]
        self._headings[-1] = (marker, heading + text)
        self._heading_open = False
