"""Documents that the rules are tried on: published ones, and generated ones alone and in families."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.roundtrip import wish_of
from dagster_project.parse import parse
from dagster_project.readers import READERS, limits
from dagster_project.records import ParsedDocument
from dagster_project.samples import FAMILIES, LAYOUTS, Wish, write

EVERY_LAYOUT: Final = (*LAYOUTS, "pdf", "xlsx", "docx", "html")
_PLACED: Final = ("tabs", "pdf", "xlsx", "aligned", "docx", "html", "markdown")
_KINDS: Final = ("budget", "final")
_WITH_UNITS: Final = 3
"""Every third invented body has a subordinate unit."""


def published(folders: Iterable[Path]) -> Iterator[ParsedDocument]:
    """The documents of these folders; those without a figure (scans, blank templates) as well."""
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.suffix.lower() in READERS and not path.name.startswith("README"):
                with limits.within(limits.Limits(ocr=False)):
                    yield parse(path, document=path.relative_to(folder).as_posix())


def has_figures(parsed: ParsedDocument) -> bool:
    """Whether the document states a figure, in forms or in prose."""
    return bool(parsed.cells or parsed.statements)


def generated(number: int, seed: int = 1000, first: int = 0) -> Iterator[ParsedDocument]:
    """``number`` documents of invented bodies from the ``first`` on, written and read back.

    Two hundred in a row have every layout in every family and both kinds. Every second one differs in words,
    arrangement and print from what its family usually prints.
    """
    with tempfile.TemporaryDirectory() as folder:
        for at in range(first, first + number):
            layout = EVERY_LAYOUT[at % len(EVERY_LAYOUT)]
            family = FAMILIES[(at + at // len(EVERY_LAYOUT)) % len(FAMILIES)]
            turn = at // (len(EVERY_LAYOUT) * len(FAMILIES))
            drawn = wish_of(seed + at, layout, family)
            own = {"seed": seed + at, "year": 2021 + at % 5, "kind": _KINDS[(at + turn) % 2]}
            if at % 2:
                yield _read(replace(drawn, **own, varied=at % 4 == 1), Path(folder), f"{at}")
            else:
                wish = Wish(own["seed"], own["year"], own["kind"], family, layout, zeros=at % 4 == 0)
                yield _read(wish, Path(folder), f"{at}")


def _read(wish: Wish, folder: Path, name: str) -> ParsedDocument:
    written = write(wish)
    path = folder / f"{wish.family}-{wish.layout}-{wish.kind}-{wish.seed}-{name}{written.suffix}"
    path.write_bytes(written.content)
    return parse(path)


# -- documents that belong together ---------------------------------------------------------------------


def families(number: int, seed: int = 7000, first: int = 0) -> Iterator[list[ParsedDocument]]:
    """``number`` groups of invented documents that belong together, in every layout that has its places.

    A group holds budget and final account of two years of a department, those of all its units in the later
    year, and its later budget once more as it was published again. Every second body has two units.
    """
    with tempfile.TemporaryDirectory() as folder:
        for at in range(first, first + number):
            layout = _PLACED[at % len(_PLACED)]
            body = seed - seed % _WITH_UNITS + _WITH_UNITS * at + at % 2
            wishes = [
                Wish(body, year, kind, FAMILIES[at % len(FAMILIES)], layout)
                for year in (2023, 2024)
                for kind in _KINDS
            ]
            units = range(2 if body % _WITH_UNITS == 0 else 1)
            wishes += [replace(wish, part=part) for wish in wishes[2:] for part in units]
            group = [_read(wish, Path(folder), f"{turn}") for turn, wish in enumerate(wishes)]
            group.append(again(group[2], "2024-03-01"))
            group[2].document.published_on = "2024-02-01"
            # The same office of another place, which has nothing to do with the group but its family.
            stranger = replace(wishes[2], seed=body + 1)
            yield [*group, _read(stranger, Path(folder), "other")]


def again(parsed: ParsedDocument, published_on: str) -> ParsedDocument:
    """The document as its body published it again on that day."""
    other = copy.deepcopy(parsed)
    other.document.published_on = published_on
    for records in (
        [other.document], other.forms, other.cells, other.statements, other.passages, other.indicators,
        other.project_details, other.project_funding, other.problems,
    ):  # fmt: skip
        for record in records:
            record.document_id += "2"
            for name in ("cell_id", "statement_id", "passage_id"):
                if hasattr(record, name):
                    setattr(record, name, f"{getattr(record, name)}2")
    return other


def together(
    documents: Sequence[ParsedDocument], links: Iterable[tuple[str, str]]
) -> list[list[ParsedDocument]]:
    """The documents in groups: each holds all that are linked, directly or through others."""
    group = {parsed.document.document_id: {parsed.document.document_id} for parsed in documents}
    for one, other in links:
        joined = group[one] | group[other]
        for member in joined:
            group[member] = joined
    by_id = {parsed.document.document_id: parsed for parsed in documents}
    distinct = {id(members): members for members in group.values()}
    return [[by_id[member] for member in sorted(members)] for members in distinct.values()]
