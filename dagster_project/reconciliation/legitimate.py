"""Legitimate reasons of a broken equation: an instance that fails is explained where a reason of its rule has
an equation of its own that holds.

What the whole document must fulfil is an equation over cells; what is missing in one instance may be the sum
of other cells, an amount that the text names, or the figure of an account that bears another code elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import duckdb

from dagster_project.reconciliation.facts import Facts
from dagster_project.reconciliation.linear import equation_sql, quoted, side_sql
from dagster_project.reconciliation.pieces import pieces
from expectations.model import LegitimateReason, Rule, Term

IN_DOUBT: Final = "a figure of the legitimate reason is itself wrong|用于解释差额的数本身有误"
_SIDES: Final = {"any": "TRUE", "smaller": "left_value < right_value", "larger": "left_value > right_value"}
_KINDS: Final = "('sentence', 'note', 'entry')"
_FACTORS: Final = {"万元": Decimal(10_000), "亿元": Decimal(100_000_000), "元": Decimal(1)}


def explain(connection: duckdb.DuckDBPyConnection, rule: Rule, known: Facts) -> None:
    """Failing instances of the rule that one of its reasons explains, in ``rc_instance``."""
    for reason in rule.exceptions:
        fails = f"rule_id = {quoted(rule.id)} AND state = 'fail' AND {_SIDES[reason.only]}"
        holds = _document_equations(reason, rule, known)
        if reason.equations and holds is None:
            continue
        found = [f"document_id IN (SELECT document_id FROM ({holds}) GROUP BY document_id"
                 " HAVING bool_and(state IN ('pass_exact', 'pass_rounding') AND right_value <> 0))"
                 ] if holds else []  # fmt: skip
        if reason.stated:
            of_text = _named_in_the_text(connection, reason.stated, fails)
            found.append(f"rowid IN ({', '.join(map(str, of_text)) or 'NULL'})")
        if reason.difference:
            found.append(f"rowid IN ({_same_difference(reason.difference, rule, known, fails)})")
        if reason.moved:
            found.append(f"rowid IN ({_under_another_code(reason.moved, rule, known, fails)})")
        words = quoted(f"{reason.id}|{reason.title_en}|{reason.title_zh}")
        connection.execute(
            f"""UPDATE rc_instance SET state = 'explained', reason = {words}
            WHERE {fails} AND {" AND ".join(found)}"""
        )
        if holds:
            _doubt(connection, fails, holds)


def _document_equations(reason: LegitimateReason, rule: Rule, known: Facts) -> str | None:
    """SQL of the instances of the equations that the whole document must fulfil."""
    selects = [equation_sql(each, rule.id, known, "#" + reason.id) for each in reason.equations]
    return " UNION ALL ".join(f"({each})" for each in selects if each) or None


def _doubt(connection: duckdb.DuckDBPyConnection, fails: str, holds: str) -> None:
    """Where a reason's equation is broken by a figure that another rule finds wrong, nothing can be said."""
    connection.execute(
        f"""UPDATE rc_instance SET state = 'not_evaluable', reason = {quoted(IN_DOUBT)}
        WHERE {fails} AND document_id IN (SELECT e.document_id FROM ({holds}) e JOIN rc_instance f
            ON f.document_id = e.document_id AND f.state = 'fail' AND f.rule_id <> e.rule_id
            AND list_has_any(f.left_cells || f.right_cells, e.left_cells || e.right_cells)
            WHERE e.state = 'fail' AND e.right_value <> 0)"""
    )


def _named_in_the_text(connection: duckdb.DuckDBPyConnection, pattern: str, fails: str) -> Iterator[int]:
    """Rows of ``rc_instance`` whose difference the text names: one of its amounts or all of them together."""
    broken = connection.execute(
        f"""SELECT rowid, document_id, abs(left_value - right_value), tolerance FROM rc_instance
        WHERE {fails} AND unit IN ('wan', 'yuan')"""
    ).fetchall()
    if not broken:
        return
    concerned = f"p.kind IN {_KINDS} AND regexp_matches(p.text, {quoted(pattern)})"
    amounts: dict[str, list[tuple[Decimal, Decimal]]] = {}
    for piece in pieces(connection, concerned):
        for match in re.finditer(pattern, piece.text):
            digits, factor = match["amount"].replace(",", ""), _FACTORS[match["unit"]]
            half = Decimal(5).scaleb(-len(digits.partition(".")[2]) - 1)
            amounts.setdefault(piece.document_id, []).append((Decimal(digits) * factor, half * factor))
    for row, document_id, difference, room in broken:
        named = amounts.get(document_id, [])
        together = (
            sum((each for each, _ in named), Decimal(0)),
            sum((half for _, half in named), Decimal(0)),
        )
        if any(amount and abs(amount - difference) <= half + room for amount, half in (*named, together)):
            yield row


def _same_difference(terms: tuple[Term, ...], rule: Rule, known: Facts, fails: str) -> str:
    """SQL: rows of ``rc_instance`` whose difference is the sum of the terms, of the same row where the terms
    have a match."""
    if not known.roles.issuperset(term.document for term in terms if term.document):
        return "NULL"
    same_row = "TRUE"
    if terms[0].match != "none":
        same_row = f"""f.form = {quoted(terms[0].form)}
            AND starts_with(substr(f.instance, strpos(f.instance, '|')), '|' || e.m || '|')"""
    return f"""SELECT f.rowid FROM rc_instance f JOIN ({side_sql(terms, rule.id, False, (), known)}) e
        ON e.document_id = f.document_id AND {same_row}
        WHERE {fails} AND e.v <> 0
            AND abs(abs(f.left_value - f.right_value) - abs(e.v)) <= f.tolerance + e.h"""


def _under_another_code(term: Term, rule: Rule, known: Facts, fails: str) -> str:
    """SQL: rows whose account the other document does not have, where an account of the same level that only
    the other document has bears the figure."""
    if term.document not in known.roles:
        return "NULL"
    own = """SELECT document_id, code FROM rc_statement WHERE code <> ''
        UNION SELECT document_id, code FROM rc_cell WHERE code IS NOT NULL"""
    return f"""SELECT f.rowid FROM rc_instance f
        JOIN rc_statement s ON s.statement_id = f.left_cells[1]
        JOIN ({side_sql((term,), rule.id, False, (), known)}) e
            ON e.document_id = f.document_id AND length(e.m) = length(s.code)
        WHERE {fails} AND len(f.right_cells) = 0 AND f.left_value <> 0
            AND abs(f.left_value - e.v) <= f.tolerance + e.h
            AND (e.document_id, e.m) NOT IN ({own})"""
