"""Loose lines of a table as typed pieces: what is a figure, what are digits, what is text, what is no table.

Pieces are what white space separates. Figures that a narrow column broke over lines (``1,477.`` / ``88``) are
joined again by the number of decimals that the table prints; page numbers, notes, unit lines and repeated
titles are left out.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms import titles
from dagster_project.readers.page import Line

_FIGURE: Final = re.compile(r"[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+|[-−]?\d{1,3}(?:,\d{3})+|\(\d[\d,]*\.\d+\)")
_DIGITS: Final = re.compile(r"\d+")
_BROKEN: Final = re.compile(r"[-−]?\d[\d,]*[.,]?\d*")
_FRAGMENT: Final = re.compile(r"[\d,]*\.?\d+")
_GLUED: Final = re.compile(r"(.*[㐀-鿿）)])((?:\d{1,3}(?:,\d{3})+|\d+)\.\d{1,6})")
_CODED: Final = re.compile(r"([25]\d{2}|[25]\d{4}|[25]\d{6}|3\d{2}|3\d{4})([㐀-鿿（(].*)")
_NOTE: Final = re.compile(r"[(（]?(?:注|备注|说明|附注)(?:[:：\d一]|$)|^[*★※]")
_REMARKS: Final = re.compile("备注|说明")
_UNIT: Final = re.compile(r"单位:?\(?(?:人民币)?(?:万元|千元|元)")
_TITLE_LINES: Final = 5
_FURNITURE: Final = re.compile(
    r"(?:金额)?单位:?\(?(?:人民币)?(?:万元|千元|元)\)?|\(?(?:公开|预算|部门公开|财决公开|附)?(?:\d*表|表\d+(?:[-—－.]\d+)*)\)?[:：]?|(?:编制|填报|公开)?"
    r"(?:部门|单位)(?:名称)?:.{0,40}|[-—–]+\d{1,3}[-—–]+|第\d{1,3}页(?:,?共\d{1,3}页)?|\d{1,3}/\d{1,3}|续表"
)


class Kind(Enum):
    """What a piece can be. ``DIGITS`` are a code, a line number, a column number or a whole figure."""

    FIGURE = "figure"
    DIGITS = "digits"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of print. ``first`` and ``last``: whether it begins and ends its printed line."""

    text: str
    kind: Kind
    line: Line
    first: bool = False
    last: bool = False

    @property
    def key(self) -> str:
        """The text as wordings are compared."""
        return vocabulary.key(self.text)


def table_lines(lines: Sequence[Line], kind: str | None = None) -> list[Line]:
    """The lines that can belong to the grid: without blanks, titles, unit lines, page numbers and notes."""
    kept: list[Line] = []
    in_note = False
    filled = [line for line in lines if line.text.strip()]
    for number, line in enumerate(filled):
        printed = vocabulary.key(line.text)
        if _FURNITURE.fullmatch(printed) or titles.match_title(line.text, kind):
            continue
        if kept and _opens_another_table(filled[number : number + _TITLE_LINES]):
            break
        if _NOTE.match(printed) and not (_REMARKS.fullmatch(printed) and _is_header(kept)):
            in_note = True
        elif in_note and _starts_row(line.text):
            in_note = False
        if not in_note:
            kept.append(line)
    return kept


def _is_header(lines: Sequence[Line]) -> bool:
    """Whether no row has begun in these lines, so that 备注 alone on its line heads a column."""
    return not any(_kind(text) is Kind.FIGURE for line in lines for text in line.text.split())


def figures_follow_note(lines: Sequence[Line]) -> bool:
    """Whether bare figures stand right below a note: they are cells that were torn out of their rows."""
    filled = [line.text for line in lines if line.text.strip()]
    for text, following in itertools.pairwise(filled):
        kinds = {_kind(piece) for piece in following.split()}
        if _NOTE.match(vocabulary.key(text)) and text.rstrip().endswith("。") and kinds == {Kind.FIGURE}:
            return True
    return False


def _opens_another_table(lines: Sequence[Line]) -> bool:
    """Whether a table of a title that nobody declared begins: the title, then its unit of money."""
    return titles.reads_as_table_title(lines[0].text) and any(
        _UNIT.search(vocabulary.key(line.text)) for line in lines[1:]
    )


def _starts_row(text: str) -> bool:
    """Whether a line below a note is a row of the table again."""
    pieces = text.split()
    return bool(_DIGITS.fullmatch(pieces[0]) or all(_kind(piece) is Kind.FIGURE for piece in pieces)) or (
        _kind(pieces[-1]) is Kind.FIGURE and not re.search("[，。；]", text)
    )


def pieces(lines: Sequence[Line]) -> list[Piece]:
    """The typed pieces of the lines in reading order, broken figures joined."""
    raw = [piece for line in lines for piece in _split(line)]
    return _join_figures(raw, _decimals(raw))


def _split(line: Line) -> Iterator[Piece]:
    texts = [part for text in line.text.split() for part in _unglue(text)]
    for number, text in enumerate(texts):
        yield Piece(text, _kind(text), line, first=number == 0, last=number == len(texts) - 1)


def _unglue(text: str) -> tuple[str, ...]:
    """``行政运行12.00`` and ``201一般公共服务支出`` are two cells printed without a gap."""
    if glued := _GLUED.fullmatch(text):
        return (*_unglue(glued.group(1)), glued.group(2))
    if coded := _CODED.fullmatch(text):
        return coded.groups()
    return (text,)


def _kind(text: str) -> Kind:
    plain = text.translate(_WIDE)
    if _DIGITS.fullmatch(plain):
        return Kind.DIGITS
    if _FIGURE.fullmatch(plain) or plain in money.ZERO_MARKS:
        return Kind.FIGURE
    return Kind.TEXT


_WIDE: Final = str.maketrans("０１２３４５６７８９，．", "0123456789,.")


def _decimals(raw: Sequence[Piece]) -> int | None:
    """How many decimals the table's figures print, where nearly all print the same number; else ``None``."""
    counts = Counter(
        len(piece.text.rpartition(".")[2]) if "." in piece.text else 0
        for piece in raw
        if piece.kind is Kind.FIGURE and piece.text not in money.ZERO_MARKS
    )
    if not counts:
        return None
    usual, often = counts.most_common(1)[0]
    return usual if often * 2 > sum(counts.values()) else None


def _join_figures(raw: Sequence[Piece], decimals: int | None) -> list[Piece]:
    """Give each broken figure the fragments that follow it, in order; all other pieces stay as they are."""
    joined: list[Piece] = []
    broken: list[int] = []
    fragments = False
    for piece in raw:
        fragments = bool(broken) and (piece.first or fragments) and bool(_FRAGMENT.fullmatch(piece.text))
        if fragments and _complete(joined, broken, piece, decimals):
            continue
        if joined and _begins_with_point(piece) and _may_go_on(joined[-1]):
            broken.append(len(joined) - 1)
            if _complete(joined, broken, piece, decimals):
                continue
            broken.pop()
        if piece.kind is Kind.TEXT and not _BROKEN.fullmatch(piece.text):
            broken.clear()
        if _is_broken(piece.text, decimals):
            broken.append(len(joined))
        joined.append(piece)
    return joined


def _may_go_on(piece: Piece) -> bool:
    """A whole number at the end of its line, whose decimals may stand on the next."""
    return piece.last and piece.kind is not Kind.TEXT and "." not in piece.text


def _begins_with_point(piece: Piece) -> bool:
    """The rest of a figure that was broken before its decimal point."""
    return piece.first and piece.text[0] in ".," and bool(_FRAGMENT.fullmatch(piece.text))


def _complete(joined: list[Piece], broken: list[int], piece: Piece, decimals: int | None) -> bool:
    """Append a fragment to the first broken figure, where that makes a figure or the beginning of one."""
    start = joined[broken[0]]
    whole = start.text + piece.text
    if _is_whole(whole, decimals):
        joined[broken.pop(0)] = replace(start, text=whole, kind=Kind.FIGURE, last=piece.last)
        return True
    if _is_broken(whole, decimals):
        joined[broken[0]] = replace(start, text=whole)
        return True
    return False


def _is_whole(text: str, decimals: int | None) -> bool:
    """A complete figure of this table."""
    if not _FIGURE.fullmatch(text):
        return False
    return decimals is None or (("." in text) == bool(decimals) and _printed_decimals(text) == decimals)


def _printed_decimals(text: str) -> int:
    return len(text.rpartition(".")[2]) if "." in text else 0


def _is_broken(text: str, decimals: int | None) -> bool:
    """The beginning of a figure: it ends in a mark, in a short group or in too few decimals."""
    if not _BROKEN.fullmatch(text) or _DIGITS.fullmatch(text):
        return False
    if text[-1] in ".,":
        return True
    if "." in text:
        return decimals is not None and _printed_decimals(text) < decimals
    return "," in text and len(text.rpartition(",")[2]) < 3
