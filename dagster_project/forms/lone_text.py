"""Running text in the cells of a sheet: a row whose only text is a sentence or a heading is a line of text.

Workbooks and CSV files set explanations below or beside their tables, a paragraph a row. Such rows are no
rows of a table; a label without figures and a note below a form stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dagster_project import vocabulary
from dagster_project.readers.page import Line

_SENTENCE: Final = re.compile(r".{12,}[。；;]")
_HEADING: Final = re.compile(r"[一二三四五六七八九十]{1,3}[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]")
_PART: Final = re.compile(r"第[一二三四五六七八九十]{1,2}部分")
_NOTE: Final = re.compile(r"[(（]?(?:注|备注|说明|附注|填报|填表)")
_LONGEST_HEADING: Final = 40


def told(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines, running text among them without the cells around it."""
    texts = [_lone(line) for line in lines]
    running = [bool(text and _SENTENCE.match(text) and not _NOTE.match(text)) for text in texts]
    found = list(lines)
    after = False
    for index in range(len(lines) - 1, -1, -1):
        text = texts[index]
        if text is None:
            after = after and not lines[index].text.strip()
            continue
        heading = len(text) <= _LONGEST_HEADING and _HEADING.match(text) is not None
        if running[index] or _PART.match(text) or (heading and after):
            found[index] = replace(lines[index], text=text, cells=(), table=None)
            after = True
        else:
            after = False
    return tuple(found)


def _lone(line: Line) -> str | None:
    """The text of a row that has no other, in its first column; ``None`` for other rows and other lines.

    Where a cell of a row above reaches into the row, that cell's text is its too.
    """
    if not line.cells and "\t" not in line.text:
        return None
    first, *others = line.text.split("\t")
    reached = bool(line.cells) and sum(cell.columns for cell in line.cells) <= len(others)
    if reached or any(cell.strip() for cell in others) or not vocabulary.compact(first):
        return None
    return first.strip()
