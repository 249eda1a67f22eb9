"""Page furniture: running headers, footers and page numbers, which interrupt what goes on over pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms import titles
from dagster_project.forms.grid import is_figure
from dagster_project.readers.page import Line, Page, Source

_FEWEST_PAGES: Final = 3
_EDGE_LINES: Final = 2
_LONGEST: Final = 60
_DIGITS: Final = re.compile(r"\d+")
_AMOUNT: Final = re.compile(r"\d\.\d|\d,\d{3}")
_AROUND_NUMBERS: Final = "#-—－–·/第页共"
_BROWSER: Final = re.compile(
    r"(?:https?|file)://\S|\d{1,4}[/.年-]\d{1,2}[/.月-]\d{1,4}日?[,，]?(?:上午|下午)?\d{1,2}:\d{2}"
)
"""What a browser prints at the edges of its pages: the address, or date and time."""
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
                by_browser = bool(_BROWSER.search(words))
                usual = len(words) <= _LONGEST and not _belongs_to_table(line.text)
                if not line.cells and (usual or by_browser):
                    for reading in _readings(words, index):
                        alike[end, *reading].append(line)
    for (_, words, *_), lines in alike.items():
        if len(lines) >= _FEWEST_PAGES:
            heading = not (_numbers_only(words) or _BROWSER.search(vocabulary.key(lines[0].text)))
            yield from (line.number for line in (lines[1:] if heading else lines))


def _readings(words: str, index: int) -> set[tuple[str, ...]]:
    """What a line may repeat on other pages: all of it, or all but one or all of its numbers, which
    go up with the pages.
    """
    numbers = [int(number) for number in _DIGITS.findall(words)]
    if not numbers:
        return {(words,)}
    ahead = [str(number - index) for number in numbers]
    pattern = _DIGITS.sub("#", words)
    same = list(map(str, numbers))
    one = {(pattern, *same[:place], ahead[place], *same[place + 1 :]) for place in range(len(numbers))}
    return {(words,), (pattern, *ahead), *one}


def _belongs_to_table(printed: str) -> bool:
    """Whether a line is a table's title, unit or caption, or a row: figures of a row may be those of the rows
    at the foot of other pages.
    """
    words = vocabulary.key(printed)
    if _BESIDE_TABLE.search(words) or titles.match_title(words, None):
        return True
    figures = sum(map(is_figure, printed.split()))
    return bool(_AMOUNT.search(printed)) or (figures > 1 and not _numbers_only(_DIGITS.sub("#", words)))


def _numbers_only(pattern: str) -> bool:
    """Whether a line, its numbers replaced by ``#``, numbers its page and says nothing else."""
    return not vocabulary.compact(pattern).strip(_AROUND_NUMBERS)
