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
    alike: dict[tuple[str, int, str, tuple[int, ...]], list[Line]] = defaultdict(list)
    for index, page in enumerate(pages):
        filled = [line for line in page.lines if line.text.strip()]
        for end, edge in (("top", filled[:_EDGE_LINES]), ("foot", filled[: -_EDGE_LINES - 1 : -1])):
            for place, line in enumerate(edge):
                words = vocabulary.key(line.text)
                if line.cells or len(words) > _LONGEST or _belongs_to_table(words):
                    continue
                ahead = tuple(int(number) - index for number in _DIGITS.findall(words))
                alike[end, place, _DIGITS.sub("#", words), ahead].append(line)
                # The total of "第 3 页 共 20 页" and the year of a running title stay the same.
                fixed = tuple(map(int, _DIGITS.findall(words)))
                if fixed:
                    alike[end, place, words, ()].append(line)
                if len(fixed) > 1:
                    alike[end, place, _DIGITS.sub("#", words), (ahead[0], *fixed[1:])].append(line)
    for (_, _, words, _), lines in alike.items():
        if len(lines) >= _FEWEST_PAGES:
            numbered = not vocabulary.compact(_DIGITS.sub("", words)).strip("#-—－–·/第页共")
            yield from (line.number for line in (lines if numbered else lines[1:]))


def _belongs_to_table(words: str) -> bool:
    return bool(_BESIDE_TABLE.search(words)) or titles.match_title(words, None) is not None
