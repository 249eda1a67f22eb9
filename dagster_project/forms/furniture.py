"""Page furniture: running headers, footers and page numbers, which interrupt what goes on over pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import titles
from dagster_project.readers.page import Line, Page, Source

_FEWEST_PAGES: Final = 3
_EDGE_LINES: Final = 2
_LONGEST: Final = 60
_DIGITS: Final = re.compile(r"\d+")
_AROUND_NUMBERS: Final = "#-—－–·/第页共"
_BESIDE_TABLE: Final = re.compile(r"[:：]|单位|\((?:万元|元)\)")


def without(source: Source) -> Source:
    """The document without what is printed at the top or foot of at least three pages alike.

    Lines alike but for a number count as one where the number goes up with the pages. The first print of
    words stays: it may be the heading that the following pages repeat. Titles, units and captions of tables
    stay in any case.
    """
    if any(page.number is None for page in source.pages) or len(source.pages) < _FEWEST_PAGES:
        return source
    dropped = frozenset(_furniture(source.pages))
    pages = (
        replace(page, lines=tuple(line for line in page.lines if line.number not in dropped))
        for page in source.pages
    )
    return replace(source, pages=tuple(pages))


def _furniture(pages: Sequence[Page]) -> Iterator[int]:
    """Numbers of the lines that are furniture."""
    alike: dict[tuple[str, ...], list[Line]] = defaultdict(list)
    for index, page in enumerate(pages):
        filled = [line for line in page.lines if line.text.strip()]
        for end, edge in (("top", filled[:_EDGE_LINES]), ("foot", filled[: -_EDGE_LINES - 1 : -1])):
            for line in edge:
                words = vocabulary.key(line.text)
                if not line.cells and len(words) <= _LONGEST and not _belongs_to_table(words):
                    for reading in _readings(words, index):
                        alike[end, *reading].append(line)
    for (_, words, *_), lines in alike.items():
        if len(lines) >= _FEWEST_PAGES:
            numbers_only = not vocabulary.compact(words).strip(_AROUND_NUMBERS)
            yield from (line.number for line in (lines if numbers_only else lines[1:]))


def _readings(words: str, index: int) -> set[tuple[str, ...]]:
    """What a line may repeat on other pages: all of it, or all but its first number or all its numbers, which
    go up with the pages.
    """
    numbers = [int(number) for number in _DIGITS.findall(words)]
    if not numbers:
        return {(words,)}
    ahead = [str(number - index) for number in numbers]
    pattern = _DIGITS.sub("#", words)
    return {(words,), (pattern, ahead[0], *map(str, numbers[1:])), (pattern, *ahead)}


def _belongs_to_table(words: str) -> bool:
    return bool(_BESIDE_TABLE.search(words)) or titles.match_title(words, None) is not None
