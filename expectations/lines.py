"""What a printed line means: the line of a two-sided summary, or a total row of a form keyed by codes.

Declared in the seed ``summary_line``: ``line``, ``side`` (empty: forms without sides), ``section`` (only
where a label occurs once a block), ``label``. A label that the print cut off is known by its beginning.
"""

from __future__ import annotations

from functools import cache, lru_cache

from dagster_project.vocabulary import key, seed_rows

UNKNOWN = "unknown"
"""The line of a two-sided form whose label the seed does not hold."""

_SHORTEST_BEGINNING = 4
_NUMERALS = "〇一二三四五六七八九十廿卅"


@cache
def _declared() -> dict[tuple[str, str], dict[str, str]]:
    """(side, section) → label key → line."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for row in seed_rows("summary_line"):
        found.setdefault((row["side"], row["section"]), {})[key(row["label"])] = row["line"]
    return found


@cache
def names() -> frozenset[str]:
    """Every line that rules may select; ``class`` stands for all function classes."""
    lines = {line for labels in _declared().values() for line in labels.values()}
    return frozenset({line for line in lines if not line.startswith("class_")} | {"class", UNKNOWN})


@lru_cache(maxsize=4096)
def line_of(side: str, section: str, label: str) -> tuple[str | None, str | None]:
    """The line and, where it is a function class, the class code of a printed label.

    ``side`` and ``section`` are empty where the form has none. A line of a sided form that nobody declared is
    ``unknown``; a row of a form without sides has no line unless it is a total.
    """
    line = _lookup(side, section, key(label))
    if line is None:
        return (UNKNOWN, None) if side else (None, None)
    if line.startswith("class_"):
        return "class", line.removeprefix("class_")
    return line, None


def _lookup(side: str, section: str, label: str) -> str | None:
    """The line of a label; a list number that stands without its mark is left off."""
    for text in dict.fromkeys((label, label.lstrip(_NUMERALS))):
        line = _declared_line(side, section, text)
        if line is not None:
            return line
    return None


def _declared_line(side: str, section: str, label: str) -> str | None:
    labels = _declared().get((side, section), {})
    if label in labels:
        return labels[label]
    anywhere = _declared().get((side, ""), {})
    line = anywhere.get(label) or (_beginning(anywhere, label) if side else None)
    if section == "opening_balance" and line and line.startswith("source_"):
        return line.replace("source_", "opening_")
    return line


def _beginning(labels: dict[str, str], label: str) -> str | None:
    """The line of a label that the print cut off, if only one line begins so."""
    if len(label) < _SHORTEST_BEGINNING:
        return None
    found = {line for known, line in labels.items() if known.startswith(label)}
    return found.pop() if len(found) == 1 else None
