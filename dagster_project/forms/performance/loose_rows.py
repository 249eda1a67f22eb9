"""Rows of loose lines: a name and its figures, a project and its amounts, two texts side by side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.performance import words
from dagster_project.forms.performance.fragments import Fragment
from dagster_project.forms.performance.grid import Cell, GridReader, GridRow
from dagster_project.forms.performance.stream import words_between
from dagster_project.readers.page import Line

LONGEST_LABEL: Final = 24
"""Characters of the longest label or header that is put together from its pieces."""

MOST_PIECES: Final = 12
"""Pieces of which a label or header is put together at most."""

_NO_PLACE: Final = 100
_SENTENCE_END: Final = re.compile(r"[。；;.]$")
_FIRST_ITEM: Final = re.compile(r"1[.、]")


def named_figures(body: Sequence[Fragment], *, free: bool) -> list[tuple[Line, str, list[str]]]:
    """Rows of a name and the figures behind it; ``free``: names in words of their own, each with a
    figure.
    """
    rows: list[tuple[Line, str, list[str]]] = []
    name: list[Fragment] = []
    index = 0
    while index < len(body):
        piece = body[index]
        if name and _ends_row(body, index):
            figures, after = _figures(body, index)
            rows.append((name[0].line, "".join(part.text for part in name), figures))
            name, index = [], after
            continue
        known = None if free else _known_item(body, index)
        if known:
            name, index = list(body[index:known]), known
            continue
        if words.header(piece.text, "sources") is None or name:
            name = [*name, piece]
        index += 1
    return rows


def longest_header(pieces: Sequence[Fragment], index: int, table: str) -> int | None:
    """Where the longest header of ``table`` that begins at ``index`` ends."""
    text, found = "", None
    for end in range(index + 1, min(index + MOST_PIECES, len(pieces)) + 1):
        text += pieces[end - 1].text
        if len(text) > LONGEST_LABEL:
            break
        if words.header(text, table):
            found = end
    return found


def headers_and_name(text: str) -> tuple[list[str], str]:
    """The column headers of 预算执行情况 in a text, and the name of the first row before or behind them."""
    for start in range(len(text)):
        names, rest = _leading_headers(text[start:])
        if len(names) > 1:
            return names, text[:start] + rest
    return [], text


def _leading_headers(text: str) -> tuple[list[str], str]:
    names: list[str] = []
    rest = text
    while True:
        longest = min(LONGEST_LABEL, len(rest))
        end = next((end for end in range(longest, 1, -1) if _is_one_header(rest[:end])), None)
        if end is None:
            return names, rest
        names.append(rest[:end])
        rest = rest[end:]


def _is_one_header(text: str) -> bool:
    """Whether the text is one header of 预算执行情况, not two that stand side by side (执行率 得分)."""
    if not words.header(text, "execution"):
        return False
    cuts = range(2, len(text) - 1)
    return not any(
        words.header(text[:at], "execution") and words.header(text[at:], "execution") for at in cuts
    )


def _known_item(pieces: Sequence[Fragment], index: int) -> int | None:
    """Where the longest declared line of 资金来源 that begins at ``index`` ends."""
    text, found = "", None
    for end in range(index + 1, min(index + 6, len(pieces)) + 1):
        text += pieces[end - 1].text
        plain = vocabulary.without_number(vocabulary.key(text)).removeprefix("其中:")
        if plain in words.project_items():
            found = end
    return found


def _ends_row(pieces: Sequence[Fragment], index: int) -> bool:
    """Whether the figures of a row begin here: nothing but figures up to the end of the line."""
    for piece in pieces[index:]:
        if not (words.is_amount(piece.text) or words.is_percent(piece.text) or _is_blank(piece.text)):
            return False
        if piece.last:
            return True
    return True


def _is_blank(text: str) -> bool:
    return text in money.BLANK_MARKS


def _figures(pieces: Sequence[Fragment], index: int) -> tuple[list[str], int]:
    figures: list[str] = []
    while index < len(pieces) and _ends_row(pieces, index):
        figures.append(pieces[index].text)
        index += 1
    return figures, index


def row(line: Line, cells: Sequence[str], figures: Sequence[str]) -> GridRow:
    """Texts and figures as a row; the figures stand in no known place, so that their order counts."""
    placed = [*enumerate(cells), *enumerate(figures, start=_NO_PLACE)]
    return GridRow(tuple(Cell(i, text) for i, text in placed if text and not _is_blank(text)), line)


def project_row(line: Line, cells: dict[str, str], grid: GridReader) -> GridRow:
    """The cells of a project as a row under the header that the grid has read."""
    places = {column.name: column.position for column in grid.columns}
    row = [Cell(places[name], text) for name, text in cells.items() if name in places]
    return GridRow(tuple(sorted(row, key=lambda cell: cell.position)), line)


def project_rows(pieces: Sequence[Fragment], *, with_kind: bool) -> list[tuple[Line, dict[str, str]]]:
    """Projects of a list: name and kind, one or two amounts in their line; a single amount is this year's."""
    rows: list[tuple[Line, dict[str, str]]] = []
    start = 0
    for index, piece in enumerate(pieces):
        if not words.is_amount(piece.text) or (index and words.is_amount(pieces[index - 1].text)):
            continue
        amounts = [piece.text]
        if index + 1 < len(pieces) and words.is_amount(pieces[index + 1].text):
            amounts.append(pieces[index + 1].text)
        head = start if not rows else max(i for i in range(start, index + 1) if pieces[i].first)
        cells = _name_and_kind(pieces[head:index], with_kind=with_kind)
        if cells:
            names = ("target", "expected") if len(amounts) == 2 else ("expected",)
            rows.append((pieces[head].line, {**cells, **dict(zip(names, amounts, strict=True))}))
            start = index + len(amounts)
    return rows


def _name_and_kind(pieces: Sequence[Fragment], *, with_kind: bool) -> dict[str, str]:
    for index in range(1, len(pieces)):
        kind = words_between(pieces, index, len(pieces))
        if vocabulary.key(kind) in words.usual("project_type"):
            return {"project": words_between(pieces, 0, index), "project_type": kind}
    if with_kind and len(pieces) > 1:
        return {"project": pieces[0].text, "project_type": words_between(pieces, 1, len(pieces))}
    name = words_between(pieces, 0, len(pieces))
    return {"project": name} if name else {}


def without_score(body: Sequence[Fragment]) -> tuple[list[Fragment], str, int | None]:
    """The texts, the score whose digits stand alone, and before which text a digit torn off the score
    stands.
    """
    texts: list[Fragment] = []
    digits: list[str] = []
    torn: int | None = None
    for number, piece in enumerate(body):
        if piece.first and piece.last and words.is_points(piece.text):
            digits.append(piece.text)
            torn = len(texts) if 0 < number < len(body) - 1 else torn
        else:
            texts.append(piece)
    return texts, "".join(digits), torn


def two_texts(pieces: Sequence[Fragment], torn: int | None) -> tuple[str, str] | None:
    """Two texts in columns side by side, printed one after the other: where the second begins.

    The first ends with a sentence or in a line that is not full, and its lines are as wide as its column. A
    digit
    of the score that is torn off (``torn``) stands between them.
    """
    costs = [
        (_split_cost(pieces, index) - (3.0 if index == torn else 0.0), index)
        for index in range(1, len(pieces))
    ]
    if not costs:
        return None
    index = min(costs)[1]
    return words_between(pieces, 0, index), words_between(pieces, index, len(pieces))


def _split_cost(pieces: Sequence[Fragment], index: int) -> float:
    left, right = pieces[:index], pieces[index:]
    cost = pieces[index].part - pieces[index].join
    if not _SENTENCE_END.search(left[-1].text):
        cost += 1.5
    elif left[-1].text.endswith("。"):
        cost -= 1.0
    if _FIRST_ITEM.match(right[0].text) and _FIRST_ITEM.match(left[0].text):
        cost -= 3.0
    return cost + _unevenness(left) + _unevenness(right)


def _unevenness(pieces: Sequence[Fragment]) -> float:
    """How far the full lines of a text differ in width; sentences end lines early."""
    full = [piece.width for piece in pieces[:-1] if piece.last and not piece.text.endswith(("。", "；", ";"))]
    return (max(full) - min(full)) / 6 if full else 0.0
