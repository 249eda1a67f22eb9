"""Join the broken header cells of a loose table: cut its run of characters into known header words.

Every cut has a cost, and the cheapest cuts come first. The costs only rank readings against each other: few
words are likelier than many, a word that ends where a piece of print ends likelier than one that does not,
and any known word likelier than an unknown one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import nsmallest
from typing import Final

from dagster_project.forms.loose.words import Words

Printed = tuple[tuple[str, bool], ...]
"""The pieces of a header: the key of each, and whether it begins a line."""

_WORD: Final = 1.0
_INSIDE_PIECE: Final = 0.7
_ACROSS_LINES: Final = 0.6
_ACROSS_SPACE: Final = 0.3
_ANOTHER_CELL: Final = 2.5
_FOREIGN_SIDE: Final = 1.5
_CUT_OFF: Final = 2.5
_UNKNOWN: Final = 8.0
_KEPT: Final = 12


@dataclass(frozen=True, slots=True)
class Word:
    """A header cell: its joined wording, and whether the form's vocabulary knows it."""

    text: str
    known: bool


_Cut = tuple[float, tuple[Word, ...]]


def cuts(printed: Printed, words: Words) -> list[_Cut]:
    """The likeliest ways to cut pieces into header words, with their cost, cheapest first."""
    text = "".join(key for key, _ in printed)
    seams = _seams(printed)
    reach: list[list[_Cut]] = [[] for _ in range(len(text) + 1)]
    reach[0] = [(0.0, ())]
    for start in range(len(text)):
        options = nsmallest(_KEPT, reach[start], key=lambda option: option[0])
        for end, cost, word in _words_from(start, text, seams, words) if options else ():
            reach[end] += [(before + cost, _with(cells, word)) for before, cells in options]
    return nsmallest(_KEPT, reach[len(text)], key=lambda option: option[0])


def _seams(printed: Printed) -> dict[int, float]:
    """Where pieces begin in the run of characters, and what it costs a word to go on across."""
    seams: dict[int, float] = {}
    place = 0
    for key, begins_line in printed:
        seams[place] = _ACROSS_LINES if begins_line else _ACROSS_SPACE
        place += len(key)
    seams[place] = 0.0
    return seams


def _words_from(
    start: int, text: str, seams: dict[int, float], words: Words
) -> Iterator[tuple[int, float, Word]]:
    """The words that can begin at ``start``: where each ends and what it costs."""
    begin = _WORD + (0 if start in seams else _INSIDE_PIECE)
    inner: list[int] = []
    for end in range(start + 1, min(start + words.longest, len(text)) + 1):
        word = text[start:end]
        if words.is_word(word):
            cost = begin + sum(seams[seam] for seam in inner) + (0 if end in seams else _INSIDE_PIECE)
            cost += _FOREIGN_SIDE * (words.panels != 2 and words.is_side(word))
            cost += _ANOTHER_CELL * any(words.parts(text[start:seam], text[seam:end]) for seam in inner)
            yield end, cost, Word(word, known=True)
        if end in seams:
            inner.append(end)
    if start in seams:
        end = next(seam for seam in seams if seam > start)
        if words.is_cut(text[start:end]):
            yield end, _CUT_OFF, Word(text[start:end], known=True)
        yield end, _UNKNOWN, Word(text[start:end], known=False)


def _with(cells: tuple[Word, ...], word: Word) -> tuple[Word, ...]:
    """The cells and one more; neighbouring unknown pieces are one unknown cell."""
    if cells and not (cells[-1].known or word.known):
        return (*cells[:-1], Word(cells[-1].text + word.text, known=False))
    return (*cells, word)
