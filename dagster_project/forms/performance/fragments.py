"""Loose lines as fragments, and what the print says about where one cell ends and the next begins.

Where a table has lost its grid, its cells come one after the other, each broken over lines. A fragment is a
piece of a cell that the print keeps together. ``join`` and ``part`` say how much speaks against one cell
going on at a fragment, and against a new cell beginning there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from dagster_project.forms.performance import words
from dagster_project.readers.page import Line

_OPEN_END: Final = re.compile(r"[、，,：:（(《“\[/+约≥≤]$|[^%％]-$")
_NEVER_FIRST: Final = re.compile(r"^[、，,。；;：:）)》”\]%％㎡㎥²³℃°]")
_CLOSED_END: Final = re.compile(r"[。；;！]$")
_OPERATOR: Final = re.compile(r"^[≥≤=＝><＞＜≧≦≈约]+$")
_OPERATOR_INSIDE: Final = re.compile(r"(?<=[㐀-鿿）)])(?=[≥≤=＝≧≦≈]+\d)")
_COMPARATOR: Final = re.compile(r"^[≥≤=＝><＞＜≧≦≈]")
_MARKS: Final = frozenset("、，。；：！？（）《》“”【】")
_CJK: Final = re.compile(r"[㐀-鿿]")
_BRACKET: Final = re.compile(r"[《（(“【》）)”】]")
_PURE: Final = re.compile(r"[㐀-鿿]+$")
_BREAK_SHARE: Final = 0.4


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of print. ``spaced``: set wide to fill its column, so that its cell goes on in the next line.

    ``first`` marks the first piece of a line, ``last`` the last one; ``page_break`` the first piece of a
    page;
    ``close`` a line that the print sets on the height of the line before: another cell, but the same row.
    """

    text: str
    line: Line
    width: int
    spaced: bool
    first: bool
    last: bool
    page_break: bool
    close: bool
    join: float
    part: float

    @property
    def pure(self) -> bool:
        """Whether it is Chinese characters alone: such a line can be spread over its column's width."""
        return _PURE.match(self.text) is not None


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    spaced: bool


def fragments(lines: Sequence[Line]) -> list[Fragment]:
    """The fragments of all lines that are not blank, in printed order."""
    printed = [line for line in lines if line.text.strip()]
    gaps = [b.number - a.number > 1 for a, b in pairwise(printed)]
    gaps_tell = sum(gaps) > _BREAK_SHARE * max(1, len(gaps)) and not all(gaps)
    indented = sum(line.text[:1].isspace() for line in printed)
    breaks_tell = indented <= max(3, len(printed) // 10)
    found: list[Fragment] = []
    for number, line in enumerate(printed):
        new_page = number > 0 and (
            line.page != printed[number - 1].page or (breaks_tell and line.text[:1].isspace())
        )
        close = number > 0 and gaps_tell and not gaps[number - 1]
        pieces = _pieces(line.text)
        for index, piece in enumerate(pieces):
            before = found[-1] if found else None
            same_line = index > 0
            join, part = _boundary(before, piece, same_line=same_line, close=close)
            found.append(
                Fragment(
                    text=piece.text,
                    line=line,
                    width=width(piece.text),
                    spaced=piece.spaced,
                    first=not same_line,
                    last=index == len(pieces) - 1,
                    page_break=new_page and not same_line,
                    close=close and not new_page and not same_line,
                    join=join,
                    part=part,
                )
            )
    return found


@lru_cache(maxsize=8192)
def width(text: str) -> int:
    """Printed width: 2 for a Chinese character, 1 for everything else; full-width marks are set half as
    wide.
    """
    return sum(2 if unicodedata.east_asian_width(char) == "W" and char not in _MARKS else 1 for char in text)


def _pieces(text: str) -> list[_Piece]:
    """The pieces of a line; characters set wide apart are one piece."""
    pieces: list[_Piece] = []
    run: list[str] = []
    for token in [*text.split(), ""]:
        if len(token) == 1 and not token.isdigit() and not _OPERATOR.match(token):
            run.append(token)
            continue
        if run:
            pieces.extend(_run(run))
            run = []
        pieces.extend(_Piece(part, spaced=False) for part in _OPERATOR_INSIDE.split(token) if part)
    return _unglued(pieces)


def _unglued(pieces: list[_Piece]) -> list[_Piece]:
    """A usual value at the line's end that no space sets apart from the name before it, as a piece of its
    own.
    """
    value = words.glued_value(pieces[-1].text) if pieces and not pieces[-1].spaced else None
    if value is None:
        return pieces
    return [
        *pieces[:-1],
        _Piece(pieces[-1].text.removesuffix(value), spaced=False),
        _Piece(value, spaced=False),
    ]


def _run(letters: Sequence[str]) -> list[_Piece]:
    """Characters that stand alone: one word set wide, or values of one character each (无 无 无)."""
    if all(words.is_usual(letter) for letter in letters):
        return [_Piece(letter, spaced=False) for letter in letters]
    return [_Piece("".join(letters), spaced=len(letters) > 1)]


def _boundary(before: Fragment | None, piece: _Piece, *, same_line: bool, close: bool) -> tuple[float, float]:
    """(cost of the cell going on, cost of a new cell) between two neighbouring pieces."""
    if before is None:
        return 9.0, 0.0
    if same_line:
        return _same_line(before.text, piece.text)
    join, part = 0.25, 0.5
    if close:
        join += 3.0
    if before.spaced and before.last:
        part += 3.0
        if piece.spaced and before.pure and len(piece.text) != len(before.text):
            join, part = join + 1.0, part - 1.5
    elif not piece.spaced and width(piece.text) > before.width + 2:
        join += 2.0
    if words.is_usual(before.text + piece.text):
        part += 2.0
    elif before.text == piece.text or _complete(before.text) or words.is_basis(piece.text):
        join += 2.0
    return join + (0.7 if _CLOSED_END.search(before.text) else 0.0), part + _unfinished(
        before.text, piece.text
    )


def _unfinished(before: str, text: str) -> float:
    """How much two neighbouring lines look like one text that goes on: open brackets, a figure and its
    unit.
    """
    cost = 3.0 if _OPEN_END.search(before) else 0.0
    cost += 6.0 if _NEVER_FIRST.match(text) else 0.0
    if _BRACKET.search(before) or _BRACKET.search(text):
        cost += 3.0 if _opens(before) > 0 or _opens(text) < 0 else 0.0
    return cost + (2.0 if before[-1].isdigit() and words.is_unit(text) else 0.0)


def _opens(text: str) -> int:
    """Brackets opened and not closed in the text; negative where more are closed."""
    return sum(text.count(mark) for mark in "《（(“【") - sum(text.count(mark) for mark in "》）)”】")


def _complete(text: str) -> bool:
    """Whether nothing is missing from a cell: a usual basis, a percentage."""
    return words.is_basis(text) or (text[-1] in "%％" and words.is_figure(text))


def _same_line(before: str, text: str) -> tuple[float, float]:
    if _OPERATOR.match(before) or words.is_usual(before + text):
        return 0.0, 6.0
    if _NEVER_FIRST.match(text):
        return 0.0, 6.0
    end, start = bool(_CJK.search(before[-1])), bool(_CJK.search(text[0]))
    if end and start and not _OPERATOR.match(text):
        return (1.0, 0.3) if words.glued_value(before + text) == text else (3.0, 0.0)
    if before[-1] in "%％" or _COMPARATOR.match(text):
        return 4.0, 0.0
    if not end and not start:
        return 4.0, 0.2
    return 0.4, 0.3
