"""Where a document's parts lie: contents page, prose under its headings, statutory forms, performance forms.

Every line of a document belongs to exactly one block. A title opens a form only where a unit line or
header cells follow it; a title that nothing follows (tables published as pictures) is a form block of its
title alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from dagster_project import vocabulary
from dagster_project.forms import lone_text, titles
from dagster_project.readers.page import Line, Source

BlockKind = Literal["front", "contents", "prose", "form", "performance"]

UNIT_LINE: Final = re.compile(r"单位:?(?:人民币)?\(?(?:万元|千元|百万元|亿元|元)|\((?:万元|元)\)$")
"""A line that states a table's unit of money."""

_CJK_NUMBER: Final = "〇零一二三四五六七八九十百廿卅"
_PART: Final = re.compile(rf"第[{_CJK_NUMBER}\d]{{1,3}}(?:部分|章|篇|编)")
_TORN_PART: Final = re.compile(rf"第[{_CJK_NUMBER}\d]{{1,3}}")
_ANNEX: Final = re.compile(rf"附件[{_CJK_NUMBER}\d]{{0,3}}[:、.]?[^\d,。;:、]{{2,16}}")
_CHAPTER: Final = re.compile(rf"[{_CJK_NUMBER}]{{1,4}}[、.．]")
_NUMBERED: Final = re.compile(rf"第?[{_CJK_NUMBER}\d(（]")
_FEW_ENTRIES: Final = 3
_SECTION: Final = re.compile(rf"[(（][{_CJK_NUMBER}]{{1,4}}[)）]")
_TOPIC_END: Final = re.compile(
    r"(?:说明|情况|概况|职责|职能|机构设置|构成|解释|事项|附件|设置|组成|总结|结果|报告|打算|名词|目录|安排|绩效|情况表)$"
)
_SENTENCE_MARK: Final = re.compile("[,。;!?:]")
_APART: Final = re.compile(r"\s{2,}")
_BESIDE_TITLE: Final = re.compile(
    r"\(?(?:公开|预算|决算|部门|部门公开|附|财决?公开|财决|财预)?表?\d{1,3}(?:[-—.]\d{1,2})*表?\)?"
    r"|(?:金额)?单位:?(?:人民币)?(?:万元|元)|\((?:万元|元)\)"
)
"""Printed on the line of a title at the side: 公开01表, 单位：万元."""
_STATES_AMOUNT: Final = re.compile(r"\d(?:万元|元)[,，。;；].*(?:[比较]上年|其中|增加|减少|占)")
_NOTE: Final = re.compile(r"^\(?(?:注|备注|说明|附注)(?:[:\d]|$)|^\d[.、]本(?:表|套)")
_SUBTITLE: Final = re.compile(r"(?:长期|中期|总体|(?:^|[^\d])年度)$")
_TOPIC_REST: Final = re.compile(r"[^,。;:、\d(]{1,16}(?:说明|情况|概况|表|解释|附件|报表)")
_CONTENTS_HEAD: Final = frozenset({"目录", "目次", "contents"})
_PAGE_NUMBER: Final = re.compile(r"^[-—－–·\s]*(?:第?\d{1,3}页?(?:/?共?\d{1,3}页?)?|[ivxIVX]+)[-—－–·\s]*$")
_LEADER: Final = re.compile(r"(?:PAGEREF.*|[.。…·•\-—_]*\d{0,3})$")
_LOOK_AHEAD: Final = 14
_CAPTION_LINES: Final = 4
_PROSE_LENGTH: Final = 28


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive lines of one nature.

    ``form`` is the form key of ``form`` and ``performance`` blocks, ``None`` where a title is not declared.
    ``headings`` are the nearest part, chapter and section headings above, outermost first, as printed; a
    ``prose`` block starts with its own heading line. ``lines`` keep blank lines.
    """

    kind: BlockKind
    lines: tuple[Line, ...]
    form: str | None = None
    title_printed: str | None = None
    headings: tuple[str, ...] = ()
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class _Opening:
    """A line where a new block starts. ``length``: lines the title is broken over."""

    kind: BlockKind
    form: str | None = None
    title: str | None = None
    level: int | None = None
    length: int = 1
    confirmed: bool = True


def outline(source: Source, kind: str | None = None) -> list[Block]:
    """The document's blocks in printed order.

    ``kind`` (``budget``, ``final``) settles titles that both kinds of document use; where it is ``None`` the
    words 预算 and 决算 of the document's beginning decide.
    """
    lines = lone_text.told(source.lines)
    keys = [vocabulary.key(line.text) for line in lines]
    meant = kind or guess_kind(keys)
    start, end = _contents(keys, [line.page for line in lines])
    openings = _Openings(lines, keys, meant, _topics(keys[start:end]))
    blocks: list[Block] = []
    if start < end:
        blocks.extend(_assemble(lines, openings.find(0, start), 0, start, first="front"))
        blocks.append(Block(kind="contents", lines=lines[start:end]))
    blocks.extend(
        _assemble(lines, openings.find(end, len(lines)), end, len(lines), first="prose" if end else "front")
    )
    return [block for block in blocks if block.lines]


def _topics(contents: Sequence[str]) -> frozenset[str]:
    """Chapters of the contents page as their headings read without a number; titles of forms are none."""
    entries = (_LEADER.sub("", printed) for printed in contents if _CHAPTER.match(printed))
    topics = (vocabulary.without_number(entry) for entry in entries)
    return frozenset(
        topic for topic in topics if _TOPIC_END.search(topic) and titles.match_title(topic, None) is None
    )


def guess_kind(keys: Sequence[str]) -> str | None:
    """``budget`` or ``final`` by the first line that names either alone; ``None`` where no line does."""
    for printed in keys[:400]:
        budget, final = "预算" in printed, "决算" in printed
        if budget != final:
            return "budget" if budget else "final"
    return None


def listed_titles(blocks: Sequence[Block], kind: str | None) -> dict[str, str]:
    """Forms that the document's own contents page lists: form key → title as printed there."""
    listed: dict[str, str] = {}
    for block in blocks:
        if block.kind != "contents":
            continue
        for line in block.lines:
            found = titles.match_title(_LEADER.sub("", vocabulary.key(line.text)), kind)
            if found and found.form:
                listed.setdefault(found.form, line.text.strip())
    return listed


def _contents(keys: Sequence[str], pages: Sequence[int | None]) -> tuple[int, int]:
    """The half-open line range of the contents page, empty (0, 0) where the document has none."""
    head = next(
        (i for i, printed in enumerate(keys[:300]) if printed.lower().strip("()") in _CONTENTS_HEAD), None
    )
    if head is not None:
        return head, _contents_end(keys, pages, head + 1)
    return _repeated_parts(keys)


def _contents_end(keys: Sequence[str], pages: Sequence[int | None], first: int) -> int:
    """Where the list of headings ends: an entry is printed again, running text or a table begins, or a page
    does with a line that has no number as all entries have.

    The list may number its entries otherwise than the titles are numbered, or alone.
    """
    entries: set[str] = set()
    tables: set[str] = set()
    last_entry = first
    repeated: int | None = None
    for index in range(first, len(keys)):
        printed = keys[index]
        if not printed or _PAGE_NUMBER.match(printed):
            continue
        if _BESIDE_TITLE.fullmatch(printed) and not UNIT_LINE.search(printed):
            continue
        entry = _LEADER.sub("", printed)
        if torn_part(keys[last_entry], entry):
            entry = keys[last_entry] + entry
        titled = titles.match_title(entry, None)
        form = titled.form if titled else None
        if entry in entries and (_PART.match(entry) or len(entries) > 3):
            return index
        if len(printed) > 60 or printed.endswith("。") or UNIT_LINE.search(printed):
            # A title that stands above the unit line is no entry where the list has it before.
            end = last_entry + 1
            if repeated is not None and index - repeated <= _CAPTION_LINES:
                end = repeated
            return _last_part_heading(keys, first, index) or end
        turned = pages[index] != pages[last_entry]
        if _same_part(entry, entries) or (turned and not _NUMBERED.match(entry) and _all_numbered(entries)):
            return index
        entries.add(entry)
        if form in tables:
            repeated = index
        elif form:
            tables.add(form)
        last_entry = index
    return last_entry + 1


def torn_part(above: str, entry: str) -> bool:
    """Whether an entry of the contents page begins on the line above it: 第一 there, 部分… here."""
    return _TORN_PART.fullmatch(above) is not None and entry.startswith("部分")


def _all_numbered(entries: set[str]) -> bool:
    return len(entries) >= _FEW_ENTRIES and all(map(_NUMBERED.match, entries))


def _same_part(entry: str, entries: set[str]) -> bool:
    part = _PART.match(entry)
    return part is not None and any(other.startswith(part.group()) for other in entries)


def _last_part_heading(keys: Sequence[str], first: int, end: int) -> int | None:
    """The last part heading before ``end``, where the list names no part twice before running text."""
    found = [i for i in range(first + 1, end) if _PART.match(keys[i])]
    return found[-1] if len(found) > 1 and end - found[-1] < 12 else None


def _repeated_parts(keys: Sequence[str]) -> tuple[int, int]:
    """A contents page without its heading: the first part is printed twice, the first time in a list."""
    first: int | None = None
    for index, printed in enumerate(keys):
        part = _PART.match(printed)
        if not part or len(printed) > 60:
            continue
        if first is None:
            first, name = index, part.group()
        elif part.group() == name:
            between = [entry for entry in keys[first:index] if entry]
            short = all(len(entry) <= 60 and not entry.endswith("。") for entry in between)
            return (first, index) if short and len(between) > 3 else (0, 0)
    return 0, 0


class _Openings:
    """Finds the lines that open a block."""

    def __init__(
        self, lines: Sequence[Line], keys: Sequence[str], kind: str | None, topics: frozenset[str]
    ) -> None:
        self._lines = lines
        self._keys = keys
        self._topics = topics
        self._kind = kind
        self._filled = [i for i, printed in enumerate(keys) if printed]

    def find(self, start: int, end: int) -> dict[int, _Opening]:
        """Line index → what opens there, for the half-open range of lines."""
        filled = [i for i in self._filled if start <= i < end]
        found: dict[int, _Opening] = {}
        titled = self._titles(filled)
        inside: BlockKind = "prose"
        noted = False
        skip_to = 0
        for position, index in enumerate(filled):
            if position < skip_to:
                continue
            if (
                inside == "performance"
                and position in titled
                and _SUBTITLE.search(titled[position][0].prefix)
            ):
                continue
            opening = self._title_opening(filled, position, titled, inside) or self._heading_opening(
                index, inside=inside, after_note=noted
            )
            noted = bool(_NOTE.match(self._keys[index])) or (
                noted and opening is None and not self._is_grid(index)
            )
            if opening is None:
                continue
            found[index] = opening
            inside = opening.kind
            noted = False
            skip_to = position + opening.length
        return found

    def _titles(self, filled: Sequence[int]) -> dict[int, tuple[titles.TitleMatch, int]]:
        """Positions in ``filled`` that read as a declared title, alone or broken over two lines."""
        found: dict[int, tuple[titles.TitleMatch, int]] = {}
        for position, index in enumerate(filled):
            printed = self._single_cell(index)
            if printed is None:
                continue
            match = titles.match_title(printed, self._kind)
            length = 1
            if match is None and position + 1 < len(filled):
                match = self._broken_title(printed, filled[position + 1])
                length = 2
            if match:
                found[position] = (match, length)
        return found

    def _broken_title(self, printed: str, following: int) -> titles.TitleMatch | None:
        second = self._single_cell(following)
        if second is None or len(second) > 20 or not second.endswith(("表", ")")) or len(printed) > 50:
            return None
        if _SENTENCE_MARK.search(printed) or titles.match_title(second, self._kind):
            return None
        return titles.match_title(printed + second, self._kind)

    def _single_cell(self, index: int) -> str | None:
        """The line's text where it is one cell (a title may stand in the grid), else ``None``; the number of
        a form and the unit of money beside it are no cells.
        """
        kept = [vocabulary.key(cell) for cell in self._title_cells(index)]
        if "\t" not in self._lines[index].text:
            return "".join(kept) or self._keys[index]
        return kept[0] if len(set(kept)) == 1 else None

    def _title_cells(self, index: int) -> list[str]:
        text = self._lines[index].text.strip()
        cells = text.split("\t") if "\t" in text else _APART.split(text)
        return [cell for cell in cells if cell.strip() and not _BESIDE_TITLE.fullmatch(vocabulary.key(cell))]

    def _title_opening(
        self,
        filled: Sequence[int],
        position: int,
        titled: dict[int, tuple[titles.TitleMatch, int]],
        inside: BlockKind,
    ) -> _Opening | None:
        index = filled[position]
        if position in titled:
            match, length = titled[position]
            return self._declared_opening(filled, position, titled, match, length)
        printed = self._single_cell(index)
        if printed is None or not titles.reads_as_table_title(printed):
            return None
        # A table that nobody declared must not run on as rows of the form before it.
        if inside != "performance" and self._table_follows(filled, position + 1, titled):
            return _Opening(kind="form", title=self._lines[index].text.strip())
        return None

    def _table_follows(
        self, filled: Sequence[int], first: int, titled: dict[int, tuple[titles.TitleMatch, int]]
    ) -> bool:
        """Whether a unit of money or a header stands in the next lines: the title, declared or not, is a
        table's.
        """
        known = vocabulary.markers("statutory")
        seen: set[str] = set()
        for position in range(first, min(first + _CAPTION_LINES, len(filled))):
            if position in titled:
                return False
            seen.update(word for word in self._cells(filled[position]) if word in known)
            if UNIT_LINE.search(self._keys[filled[position]]) or len(seen) > 2:
                return True
        return False

    def _declared_opening(
        self,
        filled: Sequence[int],
        position: int,
        titled: dict[int, tuple[titles.TitleMatch, int]],
        match: titles.TitleMatch,
        length: int,
    ) -> _Opening | None:
        family = vocabulary.forms()[match.form].family if match.form else "statutory"
        printed = "".join(" ".join(self._title_cells(i)) for i in filled[position : position + length])
        confirmed = self._confirmed(filled, position + length, titled, family)
        if not confirmed and (family == "performance" or match.form is None):
            return None
        if family == "performance":
            return _Opening(kind="performance", form=match.form, title=printed, length=length)
        return _Opening(kind="form", form=match.form, title=printed, length=length, confirmed=confirmed)

    def _confirmed(
        self,
        filled: Sequence[int],
        first: int,
        titled: dict[int, tuple[titles.TitleMatch, int]],
        family: str,
    ) -> bool:
        """Whether a unit line or two header cells of the family follow before the next title."""
        known = vocabulary.markers(family)
        seen: set[str] = set()
        for position in range(first, min(first + _LOOK_AHEAD, len(filled))):
            printed = self._keys[filled[position]]
            if position in titled or _PART.match(printed):
                break
            seen.update(word for word in self._cells(filled[position]) if word in known)
            if len(seen) > 1 or (family != "performance" and UNIT_LINE.search(printed)):
                return True
        return False

    def _cells(self, index: int) -> list[str]:
        text = self._lines[index].text
        pieces = text.split("\t") if "\t" in text else re.split(r"\s+|[:：]", text)
        return [vocabulary.key(piece).rstrip(":") for piece in [*pieces, text] if piece]

    def _heading_opening(self, index: int, *, inside: BlockKind, after_note: bool) -> _Opening | None:
        printed = self._keys[index]
        text = self._lines[index].text
        if "\t" in text or len(printed) > 60:
            return self._running_text(index, inside=inside, after_note=after_note)
        part = _PART.match(printed) is not None and not printed.endswith("。")
        if part or printed in self._topics:
            rest = self._rest_of_heading(index) if part else ""
            return _Opening(kind="prose", level=0 if part else 1, title=text.strip() + rest)
        level = 1 if _CHAPTER.match(printed) else 2 if _SECTION.match(printed) else None
        sentence = _SENTENCE_MARK.search(printed.rstrip("。")) or (
            printed.endswith("。") and not _TOPIC_END.search(printed.rstrip("。"))
        )
        if inside in ("form", "performance"):
            topic = vocabulary.without_number(printed).rstrip("。")
            annex = _ANNEX.fullmatch(printed) is not None
            chapter = level == 1 and not sentence and _TOPIC_END.search(topic) and len(text.split()) <= 3
            if annex or chapter:
                return _Opening(kind="prose", level=0 if annex else level, title=text.strip())
            return self._running_text(index, inside=inside, after_note=after_note)
        wrapped = len(printed) > 22 and not _TOPIC_END.search(printed.rstrip("。"))
        if level is not None and not sentence and not wrapped and len(printed) <= 40:
            return _Opening(kind="prose", level=level, title=text.strip())
        return None

    def _rest_of_heading(self, index: int) -> str:
        """The second line of a part heading that its column broke, else an empty string."""
        if len(self._keys[index]) < 14:
            return ""
        following = next(
            (i for i in range(index + 1, min(index + 4, len(self._keys))) if self._keys[i]), None
        )
        if following is None or not _TOPIC_REST.fullmatch(self._keys[following]):
            return ""
        return self._lines[following].text.strip()

    def _running_text(self, index: int, *, inside: BlockKind, after_note: bool) -> _Opening | None:
        """Sentences after a statutory form end it; its notes do not, nor do texts of a performance form.

        After a note only sentences that state an amount or compare one do: the note may run on.
        """
        printed = self._keys[index]
        if inside != "form" or "\t" in self._lines[index].text or _NOTE.match(printed):
            return None
        if after_note and not _STATES_AMOUNT.search(printed):
            return None
        if len(printed) >= _PROSE_LENGTH and "。" in printed and "," in printed:
            return _Opening(kind="prose")
        return None

    def _is_grid(self, index: int) -> bool:
        return "\t" in self._lines[index].text


def _assemble(
    lines: Sequence[Line], openings: dict[int, _Opening], start: int, end: int, *, first: BlockKind
) -> list[Block]:
    blocks: list[Block] = []
    path: list[str | None] = [None, None, None]
    current = _Opening(kind=first)
    begun = start
    for index in sorted(openings):
        if index > begun:
            blocks.append(_block(lines[begun:index], current, path))
        current = openings[index]
        if current.level is not None:
            path = [*path[: current.level], current.title, *[None] * (2 - current.level)]
        begun = index
    if end > begun:
        blocks.append(_block(lines[begun:end], current, path))
    return blocks


def _block(lines: Sequence[Line], opening: _Opening, path: Sequence[str | None]) -> Block:
    return Block(
        kind=opening.kind,
        lines=tuple(lines),
        form=opening.form,
        title_printed=opening.title if opening.kind in ("form", "performance") else None,
        headings=tuple(heading for heading in path if heading),
        confirmed=opening.confirmed,
    )
