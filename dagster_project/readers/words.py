"""Words of one line, lines of one cell: put together as text. Shared by every reader that sees places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from dagster_project.readers.page import Word
from dagster_project.records import BBox

BLANK_WIDTH: Final = 0.5
"""Width of a blank as a share of the height of print."""

FIGURE: Final = re.compile(r"[-－—–+(（]{0,2}\d[\d,，.．]*[%％]?[)）]?|[-－—–]+|[×xX/]")
"""A figure, or what stands for none."""

AMOUNT: Final = re.compile(r"[-－(（]?\d[\d,，]*[.．]\d+[)）]?")
"""A figure with decimals: no code and no number of a line."""


def spaced(words: Sequence[Word]) -> str:
    """The text of one line: its words as many blanks apart as the print leaves room for."""
    if len(words) == 1:
        return words[0].text
    text = words[0].text if words else ""
    for word, following in pairwise(words):
        left, top, _, bottom = following.bbox
        blanks = round((left - word.bbox[2]) / max(BLANK_WIDTH * (bottom - top), 0.1))
        text += " " * max(blanks, 1) + following.text
    return text


def join(upper: str, lower: str) -> str:
    """Two lines of one cell as they were before its width broke them: CJK text and the pieces of a figure
    without a blank, Latin words and two whole figures with one.
    """
    whole = AMOUNT.fullmatch(upper.rsplit(maxsplit=1)[-1]) and AMOUNT.fullmatch(lower.split(maxsplit=1)[0])
    return f"{upper} {lower}" if whole or (_is_latin(upper[-1]) and _is_latin(lower[0])) else upper + lower


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalpha()


def around(words: Iterable[Word]) -> BBox:
    """The box around words."""
    lefts, tops, rights, bottoms = zip(*(word.bbox for word in words), strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
