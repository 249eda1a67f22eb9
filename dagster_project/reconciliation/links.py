"""Which documents belong together: a final account and its budget, one year and the next, a department and
its units, two versions of one publication.

Bodies are matched by their printed name without the words that say whose own office it is (本级, 机关),
within one region where both say theirs. Names are never matched by likeness.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import duckdb

from dagster_project import vocabulary

_UNITED: Final = "both"
_EDITIONS: Final = frozenset({"department", "unit"})


@dataclass(frozen=True, slots=True)
class _Document:
    """A document as others know it. ``order`` tells versions apart, the newest largest; ``body`` the name."""

    id: str
    kind: str
    year: int
    body: str
    edition: str
    region: str
    order: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Link:
    """``other_id`` is the document that ``role`` names, seen from ``document_id``."""

    document_id: str
    role: str
    other_id: str


@cache
def _level_words() -> tuple[str, ...]:
    words = {vocabulary.key(row["word"]) for row in vocabulary.seed_rows("organisation_level_word")}
    return tuple(sorted(words, key=len, reverse=True))


@cache
def body_of(organisation: str) -> str:
    """A body's name as names are compared: without white space and without 本级, 机关 and the like."""
    name = vocabulary.key(organisation)
    for word in _level_words():
        if name.endswith(word) and len(name) > len(word) + 2:
            return name.removesuffix(word)
    return name


def find(connection: duckdb.DuckDBPyConnection) -> list[Link]:
    """The links between all documents of staging."""
    documents = _documents(connection)
    listed = _listed_units(connection)
    stated = _stated_units(connection)
    families: dict[tuple[str, str, int], list[_Document]] = defaultdict(list)
    for document in documents:
        families[document.body, document.kind, document.year].append(document)
    return [
        Link(document.id, role, other.id)
        for document in documents
        for role, other in _others(
            document, families, listed.get(document.id, frozenset()), stated.get(document.id)
        )
    ]


Families = Mapping[tuple[str, str, int], Sequence[_Document]]


def _others(
    document: _Document, families: Families, listed: frozenset[str], stated: int | None
) -> Iterator[tuple[str, _Document]]:
    same = {
        "previous": (document.kind, document.year - 1),
        "budget": ("budget", document.year) if document.kind == "final" else None,
        "previous_final": ("final", document.year - 1) if document.kind == "budget" else None,
    }
    for role, place in same.items():
        if place and (other := _counterpart(document, families.get((document.body, *place), ()))):
            yield role, other
    versions = [
        other for other in families[document.body, document.kind, document.year] if _alike(document, other)
    ]
    earlier = [other for other in versions if other.order[0] and other.order < document.order]
    if earlier and document.order[0]:
        yield "earlier", max(earlier, key=lambda other: other.order)
    if document.edition == "department":
        loaded = _units(document, families, listed)
        known = len(listed) + 1 if listed else stated
        if len(loaded) == known:
            yield from (("units", unit) for unit in loaded)
        elif len(loaded) > 1:
            yield from (("known_units", unit) for unit in loaded)
        yield from (("only_unit", unit) for unit in loaded if known == len(loaded) == 1)
    if document.edition == "unit":
        above = families[document.body, document.kind, document.year]
        departments = [other for other in above if other.edition == "department" and _near(document, other)]
        if departments:
            yield "department", max(departments, key=lambda other: other.order)


def _units(department: _Document, families: Families, listed: frozenset[str]) -> list[_Document]:
    """The loaded unit editions of the department's own office and of every unit that its forms list."""
    found = []
    for body in sorted({department.body, *listed}):
        units = [
            other
            for other in families.get((body, department.kind, department.year), ())
            if other.edition == "unit" and _near(department, other)
        ]
        if units:
            found.append(max(units, key=lambda other: other.order))
    return found


def _counterpart(document: _Document, others: Iterable[_Document]) -> _Document | None:
    """The newest document of the same edition, else of a body that publishes both in one."""
    near = [other for other in others if _near(document, other)]
    alike = [other for other in near if other.edition == document.edition]
    united = [other for other in near if _UNITED in (other.edition, document.edition)]
    chosen = alike or united
    return max(chosen, key=lambda other: other.order) if chosen else None


def _alike(one: _Document, other: _Document) -> bool:
    return one.id != other.id and one.edition == other.edition and _near(one, other)


def _near(one: _Document, other: _Document) -> bool:
    """No contradiction between the regions: one lies in the other, or one is unknown."""
    return one.region.startswith(other.region) or other.region.startswith(one.region)


def _documents(connection: duckdb.DuckDBPyConnection) -> list[_Document]:
    rows = connection.execute(
        """SELECT document_id, kind, fiscal_year, organisation, coalesce(edition, ''), coalesce(region, ''),
            coalesce(published_on, ''), document FROM staging.document
        WHERE status IN ('loaded', 'partial', 'superseded') AND kind IS NOT NULL
            AND fiscal_year IS NOT NULL AND organisation IS NOT NULL ORDER BY document_id"""
    ).fetchall()
    return [
        _Document(id, kind, year, body_of(organisation), edition, region, (published, document))
        for id, kind, year, organisation, edition, region, published, document in rows
    ]


def _listed_units(connection: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    """Document → the bodies that its forms by unit list, itself left out."""
    rows = connection.execute(
        """SELECT DISTINCT c.document_id, d.organisation, c.label FROM staging.cell c
        JOIN staging.document d USING (document_id)
        WHERE c.form = 'budget_general_by_unit' AND c.row_kind = 'leaf' AND d.organisation IS NOT NULL"""
    ).fetchall()
    found: dict[str, set[str]] = defaultdict(set)
    for document_id, organisation, label in rows:
        if body_of(label) != body_of(organisation):
            found[document_id].add(body_of(label))
    return {document_id: frozenset(bodies) for document_id, bodies in found.items()}


def _stated_units(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Document → how many budget units its text says that it has in all."""
    rows = connection.execute(
        """SELECT document_id, max(amount) FROM staging.statement WHERE item = 'budget_units.total.count'
        GROUP BY ALL"""
    ).fetchall()
    return {document_id: int(count) for document_id, count in rows}


def affected(links: Iterable[Link], wanted: Iterable[str]) -> set[str]:
    """The documents themselves and every one that is linked to one of them, in either direction."""
    chosen = set(wanted)
    return chosen | {
        one
        for link in links
        for one, other in ((link.document_id, link.other_id), (link.other_id, link.document_id))
        if other in chosen
    }


def write(connection: duckdb.DuckDBPyConnection, found: Sequence[Link]) -> None:
    """Put the links into the temporary table ``rc_link``."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE rc_link (document_id VARCHAR, role VARCHAR, other_id VARCHAR)"
    )
    if found:
        rows = [(link.document_id, link.role, link.other_id) for link in found]
        connection.execute(
            "INSERT INTO rc_link SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [list(column) for column in zip(*rows, strict=True)],
        )


def moved(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Documents that are compared with others than when they were last judged (``reconciliation.link``)."""
    columns = "document_id, role, other_id"
    rows = connection.execute(
        f"""(SELECT {columns} FROM rc_link EXCEPT SELECT {columns} FROM reconciliation.link) UNION ALL
        (SELECT {columns} FROM reconciliation.link EXCEPT SELECT {columns} FROM rc_link)"""
    ).fetchall()
    return {row[0] for row in rows}
