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
    for block in ((side, section), (side, "")) if section else ((side, ""),):
        labels = _declared().get(block, {})
        if label in labels:
            return labels[label]
        if side and len(label) >= _SHORTEST_BEGINNING:
            lines = {line for known, line in labels.items() if known.startswith(label)}
            if len(lines) == 1:
                return lines.pop()
    return None
