"""The contents page of a document against its headings."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Final

import duckdb

from dagster_project import vocabulary
from dagster_project.reconciliation.pieces import Piece, pieces, shown
from dagster_project.reconciliation.verdicts import Found
from expectations.model import Outline, Rule

_CHAPTER: Final = re.compile(r"^([一二三四五六七八九十]{1,3})、")
_PART: Final = re.compile(r"^第([一二三四五六七八九十]{1,3})部分")
_PART_MARK: Final = re.compile(r"^(?:第[一二三四五六七八九十\d]{1,3})?部分")
"""The number of a part, or what a torn contents page leaves of it."""
_DIGITS: Final = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_COMMON: Final = re.compile(r"20\d\d年度?|年度|部门|单位|预算|决算|公开|情况|说明|附表|报表|的|(?<=.)和|\W")
_LEAST_CORE: Final = 4
OUTLINE_LOST: Final = "the headings could not be matched with the contents|标题与目录未能对应"


def evaluate(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Outline) -> Iterator[Found]:
    """What a check of the outline finds, document by document."""
    documents: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces(connection, "TRUE"):
        documents[piece.document_id].append(piece)
    look = {
        "listed": _lost,
        "unlisted": _unlisted,
        "forms": _unlisted_forms,
        "order": _out_of_order,
        "numbering": _gaps,
    }[check.check]
    for document_id, printed in documents.items():
        wrong = look(printed)
        if wrong is None:
            continue
        doubtful = len(wrong) > _MANY
        for piece in wrong:
            yield Found(
                document_id, rule.id, f"{check.name}|{piece.id}",
                key=shown(vocabulary.without_number(piece.text)),
                state="not_evaluable" if doubtful else "fail", reason=OUTLINE_LOST if doubtful else None,
                left_cells=(piece.id,),
            )  # fmt: skip
        if not wrong:
            yield Found(document_id, rule.id, check.name)


_TABLES: Final = ("表", "报表")
"""Endings of entries that stand for forms: whether these are there is asked of the forms."""
_LEAST_CHAPTERS: Final = 3
_MANY: Final = 4
"""So many headings do not go missing: more of them say that the outline was not understood."""


@cache
def _core(text: str) -> str:
    """What a heading is about: without its number, the year and the words that headings add at will."""
    return _COMMON.sub("", vocabulary.without_number(_PART_MARK.sub("", text)))


def _lost(printed: Sequence[Piece]) -> list[Piece] | None:
    """Entries of the contents page that no heading, title or line of the document repeats."""
    entries = [piece for piece in printed if piece.kind == "contents"]
    below = [piece for piece in printed if piece.kind != "contents"]
    there = {_core(text) for piece in below for text in (piece.text, piece.heading or "")}
    long_enough = [piece for piece in entries if len(_core(piece.text)) >= _LEAST_CORE]
    wanted = [piece for piece in long_enough if not piece.text.endswith(_TABLES)]
    if len(wanted) < _MANY:
        return None
    return [piece for piece in wanted if not any(_core(piece.text) in text for text in there)]


def _unlisted_forms(printed: Sequence[Piece]) -> list[Piece] | None:
    """Titles of forms that a contents page which lists the forms does not have.

    Forms of performance are listed as a whole, if at all.
    """
    entries = {_core(piece.text) for piece in printed if piece.kind == "contents"}
    listed = {core for core in entries if core.endswith(_TABLES)}
    titles = {_core(piece.text): piece for piece in reversed(printed) if _is_form_title(piece)}
    if len(listed) < _MANY:
        return None
    known = [core for core in titles if any(core in entry or entry in core for entry in listed)]
    if 2 * len(known) < len(titles):
        return None
    return [piece for core, piece in titles.items() if core not in known]


def _is_form_title(piece: Piece) -> bool:
    return (
        piece.kind == "title"
        and not (piece.form or "perf_").startswith("perf_")
        and len(_core(piece.text)) >= _LEAST_CORE
        and _core(piece.text).endswith(_TABLES)
    )


def _out_of_order(printed: Sequence[Piece]) -> list[Piece] | None:
    """Entries of the contents page that the document has elsewhere than between their neighbours.

    An entry counts where it is there once, and once in the document.
    """
    entries = _only_once(piece for piece in printed if piece.kind == "contents")
    places = {piece.id: place for place, piece in enumerate(printed)}
    below = _only_once(piece for piece in printed if piece.kind in ("heading", "title"))
    found = [(places[below[core].id], entry) for core, entry in entries.items() if core in below]
    if len(found) < _MANY:
        return None
    kept: list[list[tuple[int, Piece]]] = []
    for at, entry in found:
        before = max((chain for chain in kept if chain[-1][0] < at), key=len, default=[])
        kept.append([*before, (at, entry)])
    longest = {entry.id for _, entry in max(kept, key=len)}
    return [entry for _, entry in found if entry.id not in longest]


def _only_once(found: Iterable[Piece]) -> dict[str, Piece]:
    """What a piece is about → the piece, where no other one is about it."""
    pieces = [piece for piece in found if len(_core(piece.text)) >= _LEAST_CORE]
    times = Counter(_core(piece.text) for piece in pieces)
    return {core: piece for piece in pieces if times[core := _core(piece.text)] == 1}


def _unlisted(printed: Sequence[Piece]) -> list[Piece] | None:
    """Chapters of a part that the contents page breaks down, and does not list."""
    entries = _chapters(piece for piece in printed if piece.kind == "contents")
    chapters = _chapters(piece for piece in printed if piece.kind == "heading")
    broken_down = {part: found for part, found in entries.items() if len(found) >= _LEAST_CHAPTERS}
    wrong: list[Piece] = []
    for part, listed in broken_down.items():
        own = chapters.get(part, [])
        known = [p for p in own if any(_same_chapter(p.text, entry.text) for entry in listed)]
        if len(known) * 2 >= len(own):
            wrong.extend(p for p in own if p not in known and len(_core(p.text)) >= _LEAST_CORE)
    return wrong if broken_down and chapters else None


def _chapters(found: Iterable[Piece]) -> dict[str, list[Piece]]:
    """Part (第一部分, empty above the first) → its chapters (一、).

    Numbers that begin anew inside a chapter are its own, and left out.
    """
    chapters: dict[str, list[Piece]] = defaultdict(list)
    part, last = "", 0
    for piece in found:
        if number := _PART.match(piece.text):
            part, last = number.group(), 0
        elif (chapter := _CHAPTER.match(piece.text)) and _numeral(chapter.group(1)) > last:
            last = _numeral(chapter.group(1))
            chapters[part].append(piece)
    return chapters


def _same_chapter(heading: str, entry: str) -> bool:
    """The same words, one of them going on; or the same number and half of the words."""
    one, other = _core(heading), _core(entry)
    if one and other and (one.startswith(other) or other.startswith(one)):
        return True
    numbers = (_CHAPTER.match(heading), _CHAPTER.match(entry))
    same_number = all(numbers) and len({found.group(1) for found in numbers if found}) == 1
    return same_number and 2 * len(set(one) & set(other)) >= min(len(one), len(other))


def _gaps(printed: Sequence[Piece]) -> list[Piece] | None:
    """The chapter after a number that is printed nowhere between the chapters around it.

    A number that the contents page gives to another chapter is no gap: that chapter is lost, and told so.
    """
    listed = {found.group() for p in printed if p.kind == "contents" and (found := _CHAPTER.match(p.text))}
    chapters = _chapters(piece for piece in printed if piece.kind == "heading")
    wrong: list[Piece] = []
    for of_part in chapters.values():
        for first, second in itertools.pairwise(of_part):
            missing = {f"{_chinese(n)}、" for n in range(_number_of(first) + 1, _number_of(second))}
            between = printed[printed.index(first) : printed.index(second) + 1]
            there = any(word in piece.text for word in missing for piece in between)
            if missing and not there and not missing & listed:
                wrong.append(second)
    return wrong if any(len(of_part) >= _LEAST_CHAPTERS for of_part in chapters.values()) else None


def _number_of(chapter: Piece) -> int:
    found = _CHAPTER.match(chapter.text)
    return _numeral(found.group(1)) if found else 0


def _numeral(text: str) -> int:
    tens, ten, units = text.rpartition("十")
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(units, 0)


def _chinese(number: int) -> str:
    digits = {value: digit for digit, value in _DIGITS.items()}
    tens, units = divmod(number, 10)
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[units] if units else "")
