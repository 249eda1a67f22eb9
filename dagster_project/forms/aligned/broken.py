"""Figures that a narrow column breaks over two lines (1,477.8 and 8 below it), in tables without rules.

A line's lone digits are the rest of the figures above them where each stands below one that has too few
decimals, and with it has as many as the table's whole figures.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from dagster_project import money
from dagster_project.forms.aligned.tokens import PrintedLine, Token, around

_REST: Final = re.compile(r"\d{1,3}")
_BEGUN: Final = re.compile(r"[-−]?\d[\d,]*\.?\d*")
_SHARE: Final = 0.2
_PLACE: Final = 1
"""Positions by which the rest may stand aside."""


def mended(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """The lines with broken figures put together on the line where they begin."""
    decimals = _decimals(lines)
    if not decimals:
        return list(lines)
    found: list[PrintedLine] = []
    for line in lines:
        above = found[-1] if found and found[-1].page == line.page else None
        rests = [token for token in line.tokens if _REST.fullmatch(token.text)]
        begun = [_begun(above, rest, decimals) for rest in rests] if above else []
        if above is None or not rests or None in begun or len(set(begun)) < len(begun):
            found.append(line)
            continue
        whole = dict(zip(begun, rests, strict=True))
        joined = [_joined(token, whole.get(place)) for place, token in enumerate(above.tokens)]
        found[-1] = replace(above, tokens=joined)
        words = [token for token in line.tokens if token not in rests]
        if words:
            found.append(replace(line, tokens=words))
    return found


def _decimals(lines: Iterable[PrintedLine]) -> int:
    """The decimals of the table's whole figures: the most that a good share of its figures have."""
    amounts = (money.parse_amount(token.text) for line in lines for token in line.tokens if "." in token.text)
    counts = Counter(amount.decimals for amount in amounts if amount)
    return max((each for each, count in counts.items() if count >= _SHARE * counts.total()), default=0)


def _begun(above: PrintedLine, rest: Token, decimals: int) -> int | None:
    """The place on the line above of the figure that a rest completes."""
    for place, token in enumerate(above.tokens):
        at = min(abs(token.start - rest.start), abs(token.end - rest.end), abs(token.centre - rest.centre))
        if at > _PLACE or "." not in token.text or not _BEGUN.fullmatch(token.text):
            continue
        alone, whole = money.parse_amount(token.text), money.parse_amount(token.text + rest.text)
        if whole and whole.decimals == decimals and (alone is None or alone.decimals < decimals):
            return place
    return None


def _joined(token: Token, rest: Token | None) -> Token:
    if rest is None:
        return token
    return replace(token, text=token.text + rest.text, box=around(token.box, rest.box))
