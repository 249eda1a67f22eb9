"""Whether a table keeps its columns by runs of spaces. A few double spaces among loose lines are no columns.

Three things tell: runs of spaces before the figures, gutters (positions that stay blank between two columns
in all rows of a page), and runs of spaces between the cells of the header. A table is aligned only where all
of them say so; else its lines are loose, for which no position means anything.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise
from typing import Final

from dagster_project.forms.aligned.tokens import Token, is_page_number, split_tokens
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.header_band import is_caption
from dagster_project.readers.page import Line

_GAP: Final = re.compile(r"\S {2,}\S")
_SHARE: Final = 0.5
_CROSSED: Final = 0.1
"""One row in so many may print across a gutter: a long label."""


def is_aligned(lines: Sequence[Line]) -> bool:
    """Whether the lines keep their columns by runs of spaces, in the rows and in the header."""
    first = next((number for number, line in enumerate(lines) if _figures(line)), len(lines))
    header = [bool(_GAP.search(line.text)) for line in lines[:first] if _is_header(line)]
    rows = [line for line in lines if len(_figures(line)) > 1] or [line for line in lines if _figures(line)]
    return _mostly(header) and (not rows or _has_columns(rows))


def _has_columns(rows: Sequence[Line]) -> bool:
    """Whether the figures of the rows stand apart, and stand apart at the same positions in the rows."""
    return any(
        _mostly(after.start - before.end > 1 for before, after, _ in gaps)
        and _mostly(has_gutter for _, _, has_gutter in gaps)
        for gaps in (_gaps(rows, wide) for wide in (1, 2))
    )


def _gaps(rows: Sequence[Line], wide: int) -> list[tuple[Token, Token, bool]]:
    """Each figure with the cell to its left, and whether a gutter runs between them; page by page."""
    found: list[tuple[Token, Token, bool]] = []
    for _, lines in groupby(rows, key=lambda line: line.page):
        printed = [list(split_tokens(line.text, wide)) for line in lines]
        inked = Counter(at for tokens in printed for token in tokens for at in range(token.start, token.end))
        most = _CROSSED * len(printed)
        for before, after in (pair for tokens in printed for pair in pairwise(tokens)):
            if is_figure(after.text):
                blank = any(inked[at] <= most for at in range(before.end, after.start))
                found.append((before, after, blank))
    return found


def _figures(line: Line) -> list[str]:
    """The figures of a line that stand behind something else; a code or a page number does not."""
    behind = [] if is_page_number(line.text) else line.text.split()[1:]
    return [text for text in behind if is_figure(text)]


def _is_header(line: Line) -> bool:
    """Whether a line above the first figure has more than one cell of the header."""
    parts = line.text.split()
    return len(parts) > 1 and not is_caption(GridRow(parts, line.number, line.page))


def _mostly(said: Iterable[bool]) -> bool:
    """Whether at least half of what was asked, and anything at all, says yes."""
    answers = list(said)
    return bool(answers) and sum(answers) >= _SHARE * len(answers)
