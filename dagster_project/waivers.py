"""``raw/waivers.yaml``: findings that a person has looked at and accepted, with the reason.

A waiver hides nothing: the finding stays, marked as waived. It names both figures; once one of them changes
it no longer holds, and a check says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import yaml

from dagster_project.manifest import ManifestError, decode
from dagster_project.money import parse_amount

FILE_NAME: Final = "waivers.yaml"
REQUIRED: Final = ("document", "rule", "reason", "name", "date")
NARROWING: Final = ("form", "key", "column")
FIGURES: Final = ("stated", "expected")
KNOWN: Final = (*REQUIRED, *NARROWING, *FIGURES)


@dataclass(frozen=True, slots=True)
class Waiver:
    """One accepted finding. ``line``: where it begins in the file; figures in the finding's printed unit,
    ``None`` where the finding has none."""

    line: int
    document: str
    rule: str
    reason: str
    name: str
    date: date
    form: str | None = None
    key: str | None = None
    column: str | None = None
    stated: Decimal | None = None
    expected: Decimal | None = None


def read_waivers(raw: Path) -> tuple[Waiver, ...]:
    """The waivers of ``raw/waivers.yaml`` in their order; none if there is no such file.

    Raises :class:`~dagster_project.manifest.ManifestError` with every mistake and its line.
    """
    path = raw / FILE_NAME
    if not path.is_file():
        return ()
    try:
        tree = yaml.compose(decode(path), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        where = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ManifestError(f"{path} cannot be used:\n  {where}{error.problem}") from error
    if tree is None:
        return ()
    if not isinstance(tree, yaml.SequenceNode):
        raise ManifestError(f"{path} cannot be used:\n  line 1: no list of waivers (each begins with “- ”)")
    found, errors = [], []
    for node in tree.value:
        mistakes, waiver = _waiver(node)
        errors += mistakes
        if waiver:
            found.append(waiver)
    if errors:
        listed = "\n".join(f"  {error}" for error in errors)
        raise ManifestError(f"{path} cannot be used:\n{listed}\nCorrect these lines and load again.")
    return tuple(found)


def _waiver(node: yaml.Node) -> tuple[list[str], Waiver | None]:
    line = node.start_mark.line + 1
    if not isinstance(node, yaml.MappingNode):
        return [f"line {line}: a waiver is a list of “name: value” lines"], None
    values: dict[str, str] = {}
    errors: list[str] = []
    for name, value in node.value:
        at = name.start_mark.line + 1
        if name.value not in KNOWN:
            errors.append(f"line {at}: {name.value!r} is unknown; known are {', '.join(KNOWN)}")
        elif name.value in values:
            errors.append(f"line {at}: {name.value} stands twice")
        elif not isinstance(value, yaml.ScalarNode):
            errors.append(f"line {at}: {name.value} is no single value")
        elif value.value.strip():
            values[name.value] = value.value.strip()
    errors += [f"line {line}: {name} is missing" for name in REQUIRED if name not in values]
    errors += _wrong_values(line, values)
    if errors:
        return errors, None
    typed: dict[str, Any] = {
        **values,
        **{name: _figure(values.get(name)) for name in FIGURES},
        "date": date.fromisoformat(values["date"]),
    }
    return [], Waiver(line=line, **typed)


def _wrong_values(line: int, values: dict[str, str]) -> Iterable[str]:
    for name in FIGURES:
        if name in values and parse_amount(values[name]) is None:
            yield f"line {line}: {name} {values[name]!r} is no figure, such as 1,234.50"
    try:
        date.fromisoformat(values.get("date", "2024-01-01"))
    except ValueError:
        yield f"line {line}: date {values['date']!r} is no date, such as 2024-02-01"


def _figure(text: str | None) -> Decimal | None:
    printed = parse_amount(text) if text else None
    return printed.amount if printed else None
