"""Pieces of running text (``staging.passage``) as the checks of wording see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

from dagster_project.reconciliation.verdicts import Found
from expectations.model import Check, Rule

FIGURES: Final = """p.document_id IN (SELECT document_id FROM rc_cell WHERE yuan <> 0
    UNION ALL SELECT document_id FROM rc_statement WHERE amount <> 0)"""
"""SQL condition: the document states some figure, so that it is no blank template."""


def shown(text: str) -> str:
    """A piece of text as people print it: full-width brackets."""
    return text.replace("(", "（").replace(")", "）")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of running text and the document it stands in; ``before``, ``after`` where they were asked for:
    the text of the piece before it and of the two after it."""

    id: str
    document_id: str
    kind: str
    form: str | None
    heading: str | None
    text: str
    year: int | None
    document_kind: str
    organisation: str | None
    edition: str | None
    before: str | None
    after: str | None


_PIECE: Final = """p.passage_id, p.document_id, p.kind, p.form, p.heading, p.text, d.fiscal_year, d.kind,
    d.organisation, d.edition, p.before, p.after"""
_ALONE: Final = "(SELECT *, NULL AS before, NULL AS after FROM staging.passage)"
_WITH_NEIGHBOURS: Final = """(SELECT *, lag(text) OVER around AS before,
    concat(lead(text) OVER around, lead(text, 2) OVER around) AS after
    FROM staging.passage SEMI JOIN rc_document USING (document_id)
    WINDOW around AS (PARTITION BY document_id ORDER BY position))"""


def pieces(connection: duckdb.DuckDBPyConnection, condition: str, *, neighbours: bool = False) -> list[Piece]:
    """The pieces (``p``) of judged documents (``d``) that fulfil a condition, in printed order.

    ``neighbours``: with the text around them, which costs a pass over all running text.
    """
    passages = _WITH_NEIGHBOURS if neighbours else _ALONE
    rows = connection.execute(
        f"""SELECT {_PIECE} FROM {passages} p JOIN rc_document d USING (document_id)
        WHERE {condition} ORDER BY p.document_id, p.position"""
    ).fetchall()
    return [Piece(*row) for row in rows]


def looked_at(
    connection: duckdb.DuckDBPyConnection, rule: Rule, check: Check, broken: Iterable[Found], where: str
) -> Iterator[Found]:
    """What is broken, and a passed row for every other document that ``where`` concerns."""
    wrong = list(broken)
    documents = {each.document_id for each in wrong}
    yield from wrong
    for (document_id,) in connection.execute(
        f"""SELECT DISTINCT document_id FROM staging.passage p JOIN rc_document d USING (document_id)
        WHERE {where}"""
    ).fetchall():
        if document_id not in documents:
            yield Found(document_id, rule.id, check.name)
