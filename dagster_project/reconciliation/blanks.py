"""Equations that cannot be evaluated because one side of them is not printed where it should be.

A figure that is missing makes no instance of its equation, so nothing would be said of it. Where the other
side is printed and not zero, and the row and the column of the missing figure are printed, one result says
which figure is missing. So does one where a whole is printed and none of its parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

import duckdb

from dagster_project import vocabulary
from dagster_project.reconciliation.facts import Facts
from dagster_project.reconciliation.linear import quoted, select, side_sql
from expectations.model import Equation, Rows, Rule, Term

_TOTALS: Final = frozenset({"grand_total", "current_total"})
"""Lines that both sides of a summary print: where one side has the line, the other one should."""
_OTHER_SIDE: Final = {"income": "expenditure", "expenditure": "income"}


def evaluate(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], known: Facts) -> None:
    """Add to ``rc_instance`` what cannot be evaluated for want of one figure."""
    for rule in rules:
        bodies = [
            body
            for equation in rule.equations
            if equation.compare == "equal" and not equation.outer
            for body in _missing(equation, rule.id, known)
        ]
        if bodies:
            connection.execute("INSERT INTO rc_instance " + " UNION ALL ".join(f"({b})" for b in bodies))


def _missing(equation: Equation, rule_id: str, known: Facts) -> Iterator[str]:
    """SQL of the instances whose left or whose right side is not printed."""
    yield from _without(equation, equation.left, equation.right, rule_id, known)
    if equation.presence == "cells":
        yield from _without(equation, equation.right, equation.left, rule_id, known)
    if equation.single_form in known.forms:
        yield from _without_parts(equation, rule_id, known)


def _without(
    equation: Equation, lost: tuple[Term, ...], other: tuple[Term, ...], rule_id: str, known: Facts
) -> Iterator[str]:
    term = lost[0]
    if len(lost) > 1 or term.form not in known.forms or term.document or not _has_one_place(term):
        return
    if not any(each.form in known.forms for each in other):
        return
    within = equation.single_form is not None
    there = side_sql(other, rule_id, within, equation.guards, known)
    here = side_sql(lost, rule_id, within, (), known)
    rows = side_sql(_any_column(term), rule_id, within, (), known)
    columns = side_sql((replace(term, rows=Rows(), match="none"),), rule_id, within, (), known)
    zh, en = _names(term)
    figure = f"concat_ws(' ', {quoted(en)}, o.key, nullif(o.col, ''))"
    said = f"concat_ws(' ', {quoted(zh)}, o.key, nullif(o.col, ''))"
    result = _unevaluated(
        equation, rule_id, term,
        key=quoted(_label(term)) if term.rows.kind == "line" else "o.key",
        reason=f"'not printed: ' || {figure} || '|未印出：' || {said}",
        left="[]" if lost is equation.left else "o.cells",
        right="o.cells" if lost is equation.left else "[]",
    )  # fmt: skip
    yield f"""SELECT {result} FROM ({there}) o
        ANTI JOIN ({here}) h ON h.document_id = o.document_id AND h.m = o.m AND h.col = o.col
        SEMI JOIN ({rows}) r ON r.document_id = o.document_id AND r.m = o.m
        SEMI JOIN (SELECT document_id, col FROM ({columns})
                UNION ALL SELECT document_id, '' FROM ({_of_one_row(term.form, known)})) c
            ON c.document_id = o.document_id AND c.col = o.col
        WHERE o.v <> 0"""


def _without_parts(equation: Equation, rule_id: str, known: Facts) -> Iterator[str]:
    """SQL of the instances whose whole is printed and none of its parts: in a form of one row, where a column
    without a figure is not known to be printed, and in a summary whose whole stands over no line.
    """
    (whole, *more), parts = equation.left, equation.right
    of_one_row = equation.presence == "none" and all(part.each_column for part in parts)
    of_lines = equation.presence == "rows" and all(part.rows.kind == "line" for part in parts)
    if more or not (of_one_row or of_lines):
        return
    # The first guard of an equation of a row says that some part is printed.
    guards = equation.guards[1:] if of_one_row else equation.guards
    zh, en = _names(whole)
    figure = f"concat_ws(' ', {quoted(en)}, nullif(o.col, ''))"
    said = f"concat_ws(' ', {quoted(zh)}, nullif(o.col, ''))"
    result = _unevaluated(
        equation, rule_id, whole,
        key=quoted(_label(whole)) if of_lines else "o.key",
        reason=f"'no part is printed of ' || {figure} || '|各组成部分均未印出：' || {said}",
        left="o.cells",
        right="[]",
    )  # fmt: skip
    anywhere = tuple(replace(part, by_column=False) for part in parts)
    printed = side_sql(anywhere, rule_id, True, (), known)
    alone = f"AND o.document_id IN ({_of_one_row(whole.form, known)})" if of_one_row else ""
    yield f"""SELECT {result} FROM ({side_sql((whole,), rule_id, True, guards, known)}) o
        ANTI JOIN ({printed}) p ON p.document_id = o.document_id AND p.m = o.m WHERE o.v <> 0 {alone}"""


def _unevaluated(
    equation: Equation, rule_id: str, term: Term, *, key: str, reason: str, left: str, right: str
) -> str:
    """SQL of the columns of such a result, about the row ``o`` of the side that is printed."""
    return select(
        {
            "document_id": "o.document_id",
            "rule_id": quoted(rule_id),
            "instance": f"{quoted(equation.name)} || '|' || o.m || '|' || o.col",
            "form": quoted(term.form),
            "key": key,
            '"column"': quoted(term.columns[0]) if len(term.columns) == 1 else "nullif(o.col, '')",
            "left_value": "NULL",
            "right_value": "NULL",
            "tolerance": "NULL",
            "unit": "o.unit",
            "terms": "o.n",
            "state": "'not_evaluable'",
            "reason": reason,
            "independent": "TRUE",
            "left_cells": left,
            "right_cells": right,
        }
    )


def _of_one_row(form: str, known: Facts) -> str:
    """SQL of the documents that print one row of the form only."""
    return f"""SELECT document_id FROM {known.cells(form)} GROUP BY document_id
        HAVING count(DISTINCT row_id) = 1"""


def _has_one_place(term: Term) -> bool:
    """Whether one cell is meant: a total, a line, a row, or the row of a code."""
    single = term.rows.kind in ("line", "code") and len(term.rows.values) == 1
    return not term.each_column and (single or term.rows.kind == "total" or term.match in ("row", "code"))


def _any_column(term: Term) -> tuple[Term, ...]:
    """The term's row, whatever column of it is printed; a total line also where the other side has it."""
    row = replace(term, columns=(), by_column=False)
    if term.side and term.rows.kind == "line" and set(term.rows.values) <= _TOTALS:
        return row, replace(row, side=_OTHER_SIDE[term.side])
    return (row,)


def _names(term: Term) -> tuple[str, str]:
    """Form and, where it is one, row and column, in Chinese and in English."""
    form = vocabulary.forms()[term.form]
    zh, en = _column_names().get(term.columns[0], ("", "")) if len(term.columns) == 1 else ("", "")
    row = _label(term)
    return (
        " ".join(filter(None, (f"《{form.name_zh}》", row, zh))),
        " ".join(filter(None, (f"{form.name_en},", row, en))),
    )


def _label(term: Term) -> str:
    """What the line of a summary, or a total row, is called."""
    if term.rows.kind == "total":
        return "合计"
    if term.rows.kind != "line":
        return ""
    return _line_labels().get((term.side or "", term.rows.values[0]), term.rows.values[0])


@cache
def _line_labels() -> dict[tuple[str, str], str]:
    labels: dict[tuple[str, str], str] = {}
    for row in vocabulary.seed_rows("summary_line"):
        labels.setdefault((row["side"], row["line"]), row["label"])
    return labels


@cache
def _column_names() -> dict[str, tuple[str, str]]:
    return {
        row["column_key"]: (row["name_zh"], row["name_en"]) for row in vocabulary.seed_rows("measure_column")
    }
