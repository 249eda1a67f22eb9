"""Sheets printed wider than the paper whose pieces do not fit together, as no rules say which rows go on.

Their title or caption is cut by the edge of the page, and what is cut off stands on the next page at the same
height, as do the further columns. Such pages are a problem on record and are not read: their columns would be
taken for others.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.headers import is_form_title
from dagster_project.readers.page import Line, Page, ReadProblem, Source
from dagster_project.vocabulary import key

_BODY: Final = re.compile(r"编制单位|编报单位|填报单位|公开\d+表")
_UNIT: Final = re.compile(r"(?:金额)?单位:.{0,2}元")
_TOP: Final = 0.3
"""Share of the page's height in which titles and captions are looked for."""

_SAME_HEIGHT: Final = 1.5
_ALIKE: Final = 0.7
"""Share of a page's lines that stand at heights of the page before, if it has further columns of its rows."""

_FEWEST_LINES: Final = 3
_AT_RIGHT: Final = 0.7
_AT_LEFT: Final = 0.2


def refused(source: Source) -> Source:
    """The document without the pages of such sheets, and a problem for each sheet."""
    pages = list(source.pages)
    problems = list(source.problems)
    index = 0
    while index + 1 < len(pages):
        end = index + 1
        while end < len(pages) and _goes_on(pages[index], pages[end], first=end == index + 1):
            end += 1
        if end > index + 1:
            problems.append(_problem(pages[index].number, pages[end - 1].number))
            pages[index:end] = [replace(page, lines=()) for page in pages[index:end]]
        index = end
    return replace(source, pages=tuple(pages), problems=tuple(problems))


def _goes_on(page: Page, following: Page, *, first: bool) -> bool:
    """Whether a page has what the edge of the sheet's first page cuts off."""
    if page.height is None or page.width is None or page.read_by != "text":
        return False
    if first and _cuts_title(page, following):
        return True
    if any(line.cells for line in (*page.lines, *following.lines)):
        return False
    before, after = _captions(page), _captions(following)
    cut = bool(after) and "body" in before and not before & after if first else not after - {"unit"}
    return cut and _is_level(page, following)


def _cuts_title(page: Page, following: Page) -> bool:
    width = page.width or 0.0
    return any(
        _is_level_with(one, other)
        and _box(one)[2] > _AT_RIGHT * width
        and _box(other)[0] < _AT_LEFT * width
        and not is_form_title(key(one.text))
        and _is_one_title(one.text, other.text)
        for one in _top(page)
        for other in _top(following)
    )


def _is_one_title(first: str, rest: str) -> bool:
    """Whether two pieces are a title that begins in the first and ends in the second."""
    whole, second = key(first + rest), key(rest)
    return any(
        whole.endswith(title) and len(title) > len(second)
        for title in vocabulary.title_endings().get(whole[-2:], ())
    )


def _captions(page: Page) -> set[str]:
    """Which of title, body and unit of money stand on top of a page."""
    found = set()
    for line in _top(page):
        text = key(line.text)
        if is_form_title(text):
            found.add("title")
        if _BODY.match(text):
            found.add("body")
        if _UNIT.search(text):
            found.add("unit")
    return found


def _is_level(page: Page, following: Page) -> bool:
    """Whether the lines of a page stand at heights of the lines of the page before."""
    level = [any(_is_level_with(line, other) for other in page.lines) for line in following.lines]
    return len(level) >= _FEWEST_LINES and sum(level) >= _ALIKE * len(level)


def _is_level_with(one: Line, other: Line) -> bool:
    return abs(_box(one)[1] + _box(one)[3] - _box(other)[1] - _box(other)[3]) < 2 * _SAME_HEIGHT


def _top(page: Page) -> list[Line]:
    return [line for line in page.lines if _box(line)[1] < _TOP * (page.height or 0.0)]


def _box(line: Line) -> tuple[float, float, float, float]:
    return line.bbox or (0.0, 0.0, 0.0, 0.0)


def _problem(first: int | None, last: int | None) -> ReadProblem:
    return ReadProblem(
        kind="cut_sheet",
        message=f"第{first}至{last}页的表格比纸张宽，打印时被截断，无法读取"
        f" / the table on pages {first} to {last} is wider than the paper and cut by its edge: not read",
        action="load the workbook itself, or print it with its columns fitted to one page",
        page=first,
        severity="error",
    )
