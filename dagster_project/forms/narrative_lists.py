"""Which figures of a text are the parts of which sum: 其中：A …，B …; 包括：（一）A …（二）B ….

A list opens where the words after an amount announce its parts, takes the amounts at its own level, and ends
with its sentence, with the semicolon of the list around it, or with the numbering it was printed under.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from dagster_project.forms.narrative_text import LEVELS, Paragraph

_OPENER: Final = re.compile(
    r"(?P<word>其中|分别(?:为|是)|(?:主要)?(?:用于|包括|分类包括)(?:以下方面|如下|下列)?|(?:安排|使用|具体)?情况如下|收入包括|支出包括)[：，]?"
)
_VAGUE: Final = re.compile(r"主要|等(?:方面)?[。；，]|等$|部分")


class Figure(Protocol):
    """What this module needs to know of a figure."""

    paragraph: Paragraph
    start: int
    end: int
    lead: str

    @property
    def is_level(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A figure's place in lists: the list it is a part of, the list it is the sum of, and that list's claim."""

    part_of: str | None = None
    whole_of: str | None = None
    exhaustive: bool | None = None


@dataclass(slots=True)
class _Open:
    """A list that is still taking parts."""

    name: str
    whole: int
    level: int | None
    paragraph: Paragraph
    inner: bool


def lists_of(figures: Sequence[Figure]) -> list[Listed]:
    """For every figure, in printed order, its place in the lists of its text."""
    collector = _Collector()
    for index, figure in enumerate(figures):
        collector.take(index, figure)
    return [collector.place(index, figures) for index in range(len(figures))]


class _Collector:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._part_of: dict[int, str] = {}
        self._whole_of: dict[int, str] = {}
        self._parts: dict[str, list[int]] = {}
        self._vague: set[str] = set()
        self._last: tuple[int, Figure] | None = None

    def take(self, index: int, figure: Figure) -> None:
        """Close what ended before this figure, open what its lead announces, and file it."""
        if not figure.is_level:
            return
        between = self._between(figure)
        self._close(figure, between)
        opener = self._announced(figure, between)
        if opener and self._last and self._last[1].paragraph.headings == figure.paragraph.headings:
            self._begin(self._last[0], figure, opener)
        if self._open:
            name = self._open[-1].name
            self._part_of[index] = name
            self._parts[name].append(index)
            if re.search(r"等(?:方面|支出|费用)?[。；]", between):
                self._vague.add(name)
        self._last = (index, figure)

    def place(self, index: int, figures: Sequence[Figure]) -> Listed:
        """The figure's lists; a list of less than two parts is none."""
        part = self._part_of.get(index)
        whole = self._whole_of.get(index)
        if part and len(self._parts[part]) < 2:
            part = None
        if whole and len(self._parts[whole]) < 2:
            whole = None
        return Listed(part, whole, whole not in self._vague if whole else None)

    def _between(self, figure: Figure) -> str:
        """The text since the last amount."""
        text = figure.paragraph.text
        if self._last is None or self._last[1].paragraph is not figure.paragraph:
            return text[: figure.start]
        return text[self._last[1].end : figure.start]

    def _close(self, figure: Figure, between: str) -> None:
        while self._open and self._ended(self._open[-1], figure, between):
            self._open.pop()

    def _ended(self, open_list: _Open, figure: Figure, between: str) -> bool:
        same = open_list.paragraph is figure.paragraph
        if open_list.level is None:
            return not same or "。" in between or (open_list.inner and "；" in between)
        marker = figure.paragraph.marker
        if figure.paragraph.headings != open_list.paragraph.headings:
            return True
        if marker is None:
            return not same
        return LEVELS.index(marker) < open_list.level

    def _announced(self, figure: Figure, between: str) -> re.Match[str] | None:
        tail = self._tail_of_last(figure)
        return _OPENER.search(tail + between.rpartition("。")[2])

    def _tail_of_last(self, figure: Figure) -> str:
        """What the paragraph of the last amount says after it, where the list begins in the next paragraph."""
        if self._last is None or self._last[1].paragraph is figure.paragraph:
            return ""
        tail = self._last[1].paragraph.text[self._last[1].end :]
        return tail.rpartition("。")[2] if tail.endswith(("：", ":")) else ""

    def _begin(self, whole: int, figure: Figure, opener: re.Match[str]) -> None:
        last = self._last
        assert last is not None
        level = None
        if last[1].paragraph is not figure.paragraph:
            marker = figure.paragraph.marker
            level = LEVELS.index(marker) if marker else None
        name = f"list{len(self._parts) + 1}"
        self._parts[name] = []
        self._whole_of[whole] = name
        if _VAGUE.search(opener.group()):
            self._vague.add(name)
        inner = any(other.level is None and other.paragraph is figure.paragraph for other in self._open)
        self._open.append(_Open(name, whole, level, figure.paragraph, inner))
