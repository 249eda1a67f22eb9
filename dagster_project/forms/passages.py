"""The document's running text in pieces: contents entries, headings, titles of forms, sentences, notes.

What rules over wording read (names, years, paths, remainders of a template). Figures are not looked for
here: stated figures are ``forms.narrative``'s, rows of forms are read by the forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from dagster_project.forms.narrative.text import Headings, Paragraph, full_width, paragraphs
from dagster_project.forms.outline import Block, torn_part
from dagster_project.readers.page import Line
from dagster_project.records import BBox, PassageRecord
from dagster_project.vocabulary import compact, key

_SENTENCE: Final = re.compile(r"[^。！？]*[。！？]+|[^。！？]+$")
_LEADER: Final = re.compile(r"(?:PAGEREF.*|[.。…·•\-—_]{2,}\d{0,3}|(?<=[^\d年])\d{1,3})$")
_BULLET: Final = re.compile(r"^[-*•·]+")
_PAGE_NUMBER: Final = re.compile(r"^[-—－–·]*第?\d{1,3}页?[-—－–·]*$")
_LEAST_ENTRY: Final = 12
_PROSE: Final = ("front", "prose")


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of text and where it stands: the line that it begins on, and the lines it goes on upon."""

    kind: str
    text: str
    line: Line
    form: str | None = None
    heading: str | None = None
    further: tuple[Line, ...] = ()

    @property
    def bbox(self) -> BBox | None:
        """The lines on which it is printed, as far as they stand on its page."""
        lines = (self.line, *self.further)
        boxes = [line.bbox for line in lines if line.bbox and line.page == self.line.page]
        if not boxes:
            return None
        lefts, tops, rights, bottoms = zip(*boxes, strict=True)
        return min(lefts), min(tops), max(rights), max(bottoms)


def passages(document_id: str, document: str, blocks: Sequence[Block]) -> list[PassageRecord]:
    """Every piece of running text of the document, in printed order.

    A heading that its column broke is one piece. Grid rows of statutory forms are left out; of a performance
    form the texts that are long enough to be said (twelve characters) are kept.
    """
    width = full_width(line for block in blocks if block.kind in _PROSE for line in block.lines)
    headings = Headings()
    pieces: list[_Piece] = []
    for block in blocks:
        if block.kind == "contents":
            pieces.extend(_entries(block))
        elif block.kind in _PROSE:
            pieces.extend(_prose(block, headings, width))
        else:
            pieces.extend(_around_a_form(block))
    return [
        PassageRecord(
            passage_id=f"{document_id}:p{position}",
            document_id=document_id,
            document=document,
            position=position,
            kind=piece.kind,
            form=piece.form,
            heading=piece.heading,
            text=piece.text,
            page=piece.line.page,
            line=piece.line.number,
            bbox=piece.bbox,
        )
        for position, piece in enumerate(pieces, start=1)
    ]


def _entries(block: Block) -> list[_Piece]:
    """Entries of the contents page without leaders and page numbers; one that was torn is whole again."""
    found: list[_Piece] = []
    for line in block.lines:
        text = _LEADER.sub("", _BULLET.sub("", compact(line.text)))
        if found and torn_part(found[-1].text, text):
            above = found[-1]
            found[-1] = replace(above, text=above.text + text, further=(line,))
        elif text and not _PAGE_NUMBER.match(text):
            found.append(_Piece("contents", text, line))
    return found


def _prose(block: Block, headings: Headings, width: int) -> Iterator[_Piece]:
    """Headings and sentences of a stretch of prose; the lines before the first heading are the cover."""
    kind = "cover" if block.kind == "front" else "sentence"
    above = compact(block.headings[-1]) if block.headings else None
    if above and _opens_with(block, above):
        yield _Piece("heading", above, block.lines[0])
    said = {key(text) for text in block.headings}
    for paragraph in paragraphs(block.lines, headings, width):
        for _, heading in paragraph.headings:
            above = compact(heading)
            if not any(key(heading) in known or known in key(heading) for known in said):
                yield _Piece("heading", above, paragraph.lines[0])
            said.add(key(heading))
        if not any(known.endswith(key(paragraph.printed)) for known in said):
            yield from _sentences(paragraph, kind, above)


def _opens_with(block: Block, heading: str) -> bool:
    first = next((line for line in block.lines if line.text.strip()), block.lines[0])
    return heading.startswith(compact(first.text))


def _sentences(paragraph: Paragraph, kind: str, heading: str | None) -> Iterator[_Piece]:
    for found in _SENTENCE.finditer(paragraph.printed):
        if text := compact(found.group()):
            first, last = (paragraph.line_at(at) for at in (found.start(), found.end() - 1))
            further = tuple(line for line in paragraph.lines if first.number < line.number <= last.number)
            yield _Piece(kind, text, first, heading=heading, further=further)


def _around_a_form(block: Block) -> Iterator[_Piece]:
    """The title of a form, the sentences that stand among its rows, the texts of a performance form."""
    if block.title_printed:
        yield _Piece("title", compact(block.title_printed), block.lines[0], block.form)
    title = compact(block.title_printed or "")
    for line in block.lines:
        texts = [cell.text for cell in line.cells] if line.cells else line.text.split("\t")
        kind = "entry" if block.kind == "performance" else "note"
        for text in _distinct(compact(text) for text in texts):
            if text == title or len(text) < _LEAST_ENTRY:
                continue
            if kind == "entry" or (len(texts) == 1 and re.search("[。，：:]", text)):
                yield _Piece(kind, text, line, block.form)


def _distinct(texts: Iterable[str]) -> list[str]:
    """Each text once: a merged cell is printed in several columns by some tools."""
    return list(dict.fromkeys(text for text in texts if text))
