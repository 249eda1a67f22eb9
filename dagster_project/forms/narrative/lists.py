"""Which figures of a text are the parts of which sum: 其中：A …，B …; 包括：（一）A …（二）B ….

A list opens where the words after an amount announce its parts, takes the amounts at its own level, and ends
with its sentence, with the semicolon of the list around it, or with the numbering it was printed under.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from dagster_project.forms.narrative.figures import Figure
from dagster_project.forms.narrative.text import LEVELS, Paragraph
from dagster_project.forms.narrative.words import is_subject, last_match

_OPENER: Final = re.compile(
    r"(?P<word>其中|分别(?:为|是)|(?:主要)?(?:用于|包括)(?:以下方面|如下|下列)?|收入包括|支出包括)[：，]?"
)
_OPENING_WORDS: Final = re.compile(
    r"[^。；\d]{0,14}(?P<word>其中|收入包括|支出包括|主要用于)：?(?=[^。；]*$)"
)
_PARTITION: Final = re.compile(
    r"[^。；，]{0,8}按(?:照)?[^。；，：\d]{2,16}(?:分类|划分|分|性质|用途|类别)[^。；，：\d]{0,4}[，：](?P<word>包括|分为|其中|分别为)?"
)
"""A sum is divided in more than one way: 按功能分类，包括…。按用途分类，包括…。"""

_OF_THE_SECTION: Final = ("收入包括", "支出包括")
_VAGUE: Final = re.compile(r"主要|部分|\(含")
_OPEN_END: Final = re.compile(r"等(?:方面|支出|费用|项目)?[。；]")
_BRACKET: Final = re.compile(r"(?:，?占[^()，。；]{0,16}%)?\((?P<word>其中|包括|含)?[：，]?")
_DIGIT: Final = re.compile(r"\d")
_FEWEST: Final = 2


class Stated(Protocol):
    """What this module needs to know of a figure."""

    paragraph: Paragraph
    figure: Figure
    subject: str
    year: int

    @property
    def is_level(self) -> bool: ...

    @property
    def stage(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """A figure's place in lists: the list it is part of, the list it is the sum of, and that one's claim."""

    part_of: str | None = None
    whole_of: str | None = None
    exhaustive: bool | None = None


_Place = tuple[int | None, object]
"""The level of a list number and which number of that level it is."""


@dataclass(slots=True)
class _List:
    """One list: its sum, its parts, where it was opened. ``level``: the numbering of a list of paragraphs.

    ``within`` is the one numbered item whose paragraphs, themselves unnumbered, are the list; where its
    first sentence gives several parts, it is a list in that sentence after all.
    """

    name: str
    whole: int
    stated: Stated
    level: int | None
    paragraph: Paragraph
    depth: int
    inner: bool
    vague: bool
    parts: list[int] = field(default_factory=list)
    subjects: set[str] = field(default_factory=set)
    last_part: Paragraph | None = None
    last_end: int = 0
    last_place: _Place | None = None
    within: _Place | None = None
    in_sentence: int = 0
    by_semicolon: bool | None = None

    def ended(self, stated: Stated, between: str) -> bool:
        """Is the list over before this figure?

        A list in one sentence ends with it, one in brackets with those; a list whose parts are parted by
        commas, and a list within a list, end with the semicolon already.
        """
        if self.within:
            in_its_sentence = self.paragraph is self.stated.paragraph and self.in_sentence >= _FEWEST
            done = in_its_sentence and (stated.paragraph is not self.paragraph or "。" in between)
            return done or _place(stated, self.stated) != self.within
        if self.level is None:
            depth = _depth(stated)
            if self.paragraph is not stated.paragraph or "。" in between or depth < self.depth:
                return True
            by_semicolon = self.inner or self.by_semicolon is False
            if by_semicolon and self._of_one_kind(stated):
                return False
            return "；" in between and depth == self.depth and by_semicolon
        place = _place(stated, self.stated)
        return place is None or (place[0] is not None and place[0] < self.level)

    def takes(self, stated: Stated) -> bool:
        """Does this figure stand at the list's level, of the same year and stage, for the first time?"""
        if _depth(stated) != self.depth or stated.year != self.stated.year:
            return False
        if any(stated.subject == part or stated.subject.startswith(f"{part}.") for part in self.subjects):
            return False
        # Accounts divide what is spent: an income spoken of before them is not the sum that they divide.
        if "function" in stated.subject.split(".") and "income" in self.stated.subject.split("."):
            return False
        if self.within:
            if self.last_part is stated.paragraph and "。" in self._since(stated):
                return False
        elif self.level is not None:
            place = _place(stated, self.stated)
            if place is None or place[0] != self.level or place == self.last_place:
                return False
        return stated.stage is None or self.stated.stage is None or stated.stage == self.stated.stage

    def add(self, index: int, stated: Stated, between: str) -> None:
        """File a figure as a part."""
        if len(self.parts) == 1 and self.last_part is stated.paragraph:
            self.by_semicolon = "；" in self._since(stated)
        self.parts.append(index)
        self.in_sentence += stated.paragraph is self.paragraph
        self.subjects.add(stated.subject)
        self.last_part, self.last_end = stated.paragraph, stated.figure.end
        self.last_place = _place(stated, self.stated)
        self.vague = self.vague or bool(_OPEN_END.search(between))

    def leave_out(self, stated: Stated) -> None:
        """A figure at the list's level that no wording knows may be a part: the list is not complete."""
        if _depth(stated) == self.depth and stated.year == self.stated.year and _is_unknown(stated.subject):
            self.vague = True

    def _since(self, stated: Stated) -> str:
        """The text between the last part and a figure of the same paragraph."""
        return stated.paragraph.text[self.last_end : stated.figure.start]

    def _of_one_kind(self, stated: Stated) -> bool:
        """Are this figure and all parts so far accounts of one level (…类, …类；…类)?"""
        kind = _kind(stated.subject)
        return "function" in kind and all(_kind(part) == kind for part in self.subjects)

    @property
    def sound(self) -> bool:
        """A list has two parts at least, and its sum is none of them."""
        return len(self.parts) >= _FEWEST and self.stated.subject not in self.subjects


def _place(stated: Stated, whole: Stated) -> _Place | None:
    """Where a figure stands below the section of a sum: its list number, or the heading that numbers it."""
    above, headings = whole.paragraph.headings, stated.paragraph.headings
    if headings[: len(above)] != above:
        return None
    if len(headings) > len(above):
        marker, text = headings[len(above)]
        return LEVELS.index(marker), text
    marker_of_item, number = stated.paragraph.item
    return (LEVELS.index(marker_of_item) if marker_of_item else None), number


def _is_unknown(subject: str) -> bool:
    """Is a figure filed under what is spoken of, its own name being none that a wording knows?"""
    return subject.endswith(".other") and not is_subject(subject)


def _broken_after_colon(stated: Stated) -> bool:
    """Do the words before a figure begin a line of their own, after a colon that ends the line above?"""
    paragraph = stated.paragraph
    colon = paragraph.text.rfind("：", 0, stated.figure.start)
    return colon >= 0 and paragraph.line_at(colon) is not paragraph.line_at(colon + 1)


def _kind(subject: str) -> str:
    """A subject with its account's digits hidden: accounts of one level are alike."""
    return _DIGIT.sub("#", subject)


def _depth(stated: Stated) -> int:
    """How many brackets are open where a figure stands."""
    before = stated.paragraph.text[: stated.figure.start]
    return max(before.count("(") - before.count(")"), 0)


def lists_of(facts: Sequence[Stated]) -> list[Listed]:
    """For every figure, in printed order, its place in the lists of its text."""
    collector = _Collector()
    for index, stated in enumerate(facts):
        if stated.is_level:
            collector.take(index, stated)
    return collector.places(len(facts))


class _Collector:
    def __init__(self) -> None:
        self._open: list[_List] = []
        self._lists: list[_List] = []
        self._first: tuple[int, Stated] | None = None
        self._last: tuple[int, Stated] | None = None
        self._plain: tuple[int, Stated] | None = None
        self._divided: tuple[int, Stated] | None = None

    def take(self, index: int, stated: Stated) -> None:
        """Close what ended before this figure, open what the words announce, and file it."""
        if self._first is None or self._first[1].paragraph.headings != stated.paragraph.headings:
            self._first = (index, stated)
        between = self._between(stated)
        while self._open and self._open[-1].ended(stated, between):
            self._open.pop()
        partition = _PARTITION.match(between.rpartition("。")[2])
        opener = self._opener(stated, between)
        if partition and self._last:
            self._divide(self._last, stated, partition)
        elif opener:
            whole = self._spoken_of(opener, between, _depth(stated))
            if whole and whole[0] < index and _place(stated, whole[1]) is not None:
                self._begin(whole, stated, opener)
        if self._open and self._open[-1].takes(stated):
            self._open[-1].add(index, stated, between)
        elif self._open:
            self._open[-1].leave_out(stated)
        self._last = (index, stated)
        if not _depth(stated):
            self._plain = self._last

    def _divide(self, last: tuple[int, Stated], stated: Stated, partition: re.Match[str]) -> None:
        """Open a list of the sum that is divided here, in one way or, after the first, in another."""
        if self._divided is None or _place(stated, self._divided[1]) is None:
            goes_on = last[1].paragraph is stated.paragraph
            self._divided = last if goes_on or self._first is None else self._first
        if _place(stated, self._divided[1]) is not None:
            self._begin(self._divided, stated, partition, in_sentence=True)

    def _spoken_of(self, opener: re.Match[str], between: str, depth: int) -> tuple[int, Stated] | None:
        """The sum of a list: 收入包括 says the section's, 。其中 the sentence's, all else the last amount.

        Behind a bracket that is closed the last amount is the one before it.
        """
        if opener["word"] in _OF_THE_SECTION:
            return self._first
        last, latest = self._last, self._lists[-1] if self._lists else None
        if last and _depth(last[1]) and not depth:
            return self._plain
        if last and latest and latest.level is None and "。" in between and last[0] in latest.parts:
            return latest.whole, latest.stated
        return last

    def _opener(self, stated: Stated, between: str) -> re.Match[str] | None:
        """The last words before the figure that announce a list, or the bracket that it is given in."""
        last = self._last
        if last and last[1].paragraph is stated.paragraph and _depth(stated) > _depth(last[1]):
            return _BRACKET.match(between)
        if last and last[1].paragraph is stated.paragraph:
            return last_match(_OPENER, between.rpartition("。")[2])
        return last_match(_OPENER, self._announcing(stated)) or _OPENING_WORDS.match(between)

    def places(self, count: int) -> list[Listed]:
        """Every figure's lists, of the lists that are sound."""
        sound = [found for found in self._lists if found.sound]
        part_of = {index: found.name for found in sound for index in found.parts}
        whole_of = {found.whole: found for found in reversed(sound)}
        return [
            Listed(
                part_of.get(index),
                whole_of[index].name if index in whole_of else None,
                not whole_of[index].vague if index in whole_of else None,
            )
            for index in range(count)
        ]

    def _between(self, stated: Stated) -> str:
        """The text since the last amount."""
        text = stated.paragraph.text
        if self._last is None or self._last[1].paragraph is not stated.paragraph:
            return text[: stated.figure.start]
        return text[self._last[1].figure.end : stated.figure.start]

    def _announcing(self, stated: Stated) -> str:
        """What the last amount's paragraph says at its end, where the list begins in the next paragraph."""
        if self._last is None or self._last[1].paragraph is stated.paragraph:
            return ""
        tail = self._last[1].paragraph.text[self._last[1].figure.end :]
        return tail.rpartition("。")[2] if tail.endswith("：") else ""

    def _begin(
        self,
        whole: tuple[int, Stated],
        stated: Stated,
        opener: re.Match[str],
        *,
        in_sentence: bool = False,
    ) -> None:
        level = None
        place = _place(stated, whole[1])
        if whole[1].paragraph is not stated.paragraph and place and not in_sentence:
            level = place[0]
        below = level is not None or (not in_sentence and _broken_after_colon(stated))
        within = place if below and place == _place(whole[1], whole[1]) else None
        opened = _List(
            name=f"list{len(self._lists) + 1}",
            whole=whole[0],
            stated=whole[1],
            level=level,
            paragraph=stated.paragraph,
            depth=_depth(stated),
            inner=any(
                other.level is None and other.paragraph is stated.paragraph and other.depth == _depth(stated)
                for other in self._open
            ),
            vague=bool(_VAGUE.search(opener.group())),
            within=within,
        )
        self._lists.append(opened)
        self._open.append(opened)
