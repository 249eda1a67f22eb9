"""SQL of the checks of codes and names against the classification of the document's year.

The lists are the seeds ``account_function``, ``account_economic`` and, where a user loaded them, the
ministry's own lists of a year (``account_official_list``). A list that is not complete proves nothing by
what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import duckdb

from dagster_project import vocabulary
from dagster_project.reconciliation.facts import Facts
from dagster_project.reconciliation.linear import BLOCKS, in_list, quoted
from dagster_project.reconciliation.verdicts import found, verdicts
from expectations.model import AccountCheck, Rule

NO_OFFICIAL_LIST: Final = "the ministry's list of the year is not loaded|未装载当年官方科目清单"
STRANGE_CODES: Final = "many codes of the form are of another kind|该表多数编码不是此类科目编码"
_OPEN: Final = 9999
_SCHEMES: Final = {"function": "function", "economic_department": "economic"}
_FUND_FORMS: Final = {"government_fund": "government_fund", "state_capital": "state_capital"}
_NOT_BASIC: Final = ("309", "311", "312", "313")


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """``rc_account``: the lists, names as they are compared; ``rc_label``: printed labels the same way."""
    official = list(_official())
    covered = {(scheme, since) for scheme, *_, since, _, _ in official}
    first = {scheme: min(year for name, year in covered if name == scheme) for scheme, _ in covered}
    rows = [*official, *_own(first)]
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE rc_account (scheme VARCHAR, code VARCHAR, name VARCHAR,
            valid_from INTEGER, valid_to INTEGER, complete BOOLEAN)"""
    )
    types = ("VARCHAR", "VARCHAR", "VARCHAR", "INTEGER", "INTEGER", "BOOLEAN")
    connection.execute(
        "INSERT INTO rc_account SELECT " + ", ".join(f"unnest(?::{kind}[])" for kind in types),
        [list(column) for column in zip(*rows, strict=True)],
    )
    labels = [row[0] for row in connection.execute(
        "SELECT DISTINCT label FROM rc_cell WHERE code IS NOT NULL AND label <> ''"
    ).fetchall()]  # fmt: skip
    connection.execute("CREATE OR REPLACE TEMP TABLE rc_label (label VARCHAR, name VARCHAR)")
    if labels:
        connection.execute(
            "INSERT INTO rc_label SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])",
            [labels, [vocabulary.key(label) for label in labels]],
        )
    funds = [(row["code"], row["fund"]) for row in vocabulary.seed_rows("account_fund")]
    connection.execute("CREATE OR REPLACE TEMP TABLE rc_fund (code VARCHAR, fund VARCHAR)")
    connection.executemany("INSERT INTO rc_fund VALUES (?, ?)", funds)


Account = tuple[str, str, str, int, int, bool]


def _official() -> Iterable[Account]:
    """Rows of the ministry's lists: each list counts until the next of its scheme."""
    rows = list(vocabulary.seed_rows("account_official_list"))
    for row in rows:
        scheme, year = row["scheme"], int(row["list_year"])
        later = [int(other["list_year"]) for other in rows if other["scheme"] == scheme]
        until = min((other for other in later if other > year), default=_OPEN + 1) - 1
        if scheme in _SCHEMES:
            yield _SCHEMES[scheme], row["code"], vocabulary.key(row["name"]), year, until, True


def _own(official_since: dict[str, int]) -> Iterable[Account]:
    """Rows of the project's own lists, up to the first year that an official list holds for."""
    for seed in ("account_function", "account_economic"):
        for row in vocabulary.seed_rows(seed):
            if row["scheme"] not in _SCHEMES:
                continue
            scheme = _SCHEMES[row["scheme"]]
            until = min(int(row["valid_to"] or _OPEN), official_since.get(scheme, _OPEN + 1) - 1)
            name = vocabulary.key(row["name"])
            complete = row["list_complete"] == "true"
            yield scheme, row["code"], name, int(row["valid_from"] or 0), until, complete


def account_sql(check: AccountCheck, rule: Rule, facts: Facts) -> str | None:
    """The codes and names of one form."""
    if check.form not in facts.forms:
        return None
    rows = f"({_ROWS.format(cells=facts.cells(check.form))})"
    body = _BODIES[check.check].format(rows=rows, columns=_shown(check))
    return verdicts(rule, check.name, body)


def _fund(check: AccountCheck) -> str:
    """The budget whose sections the form may print; empty for the general public budget."""
    return next((fund for name, fund in _FUND_FORMS.items() if check.form.endswith(name)), "")


def _shown(check: AccountCheck) -> str:
    columns = {
        "document_id": "r.document_id",
        "m": "r.code || '|' || r.row_id",
        "form": quoted(check.form),
        "key": "r.code",
        "left_cells": "[r.cell_id]",
    }
    broken = _BROKEN[check.check].replace("{fund}", _fund(check))
    return found(**columns, broken=broken, **_DOUBT.get(check.check, {}))


_ROWS: Final = """SELECT c.document_id, c.kind, c.fiscal_year, c.form, c.code, c.row_id, c.level, c.scheme,
    first(c.cell_id ORDER BY c.column) AS cell_id, first(n.name) AS name,
    min(try_cast(split_part(c.row_id, '|', 3) AS INTEGER)) AS row_number,
    bool_or(c.is_money AND c.yuan <> 0) AS has_money,
    sum(c.yuan) FILTER (WHERE c.column = 'basic') AS basic,
    sum(c.yuan) FILTER (WHERE c.column = 'project') AS project
    FROM {cells} c LEFT JOIN rc_label n USING (label)
    WHERE c.code IS NOT NULL AND c.scheme IN ('function', 'economic')
    AND (c.document_id, c.code) NOT IN (SELECT document_id, left(code, 3) FROM {cells}
        WHERE length(code) = 6 AND code IS NOT NULL)
    AND NOT (c.scheme = 'function' AND length(c.code) = 6 AND (
        left(c.code, 3) NOT BETWEEN '201' AND '234'
        OR (c.document_id, left(c.code, 3)) IN (SELECT d.document_id, d.code FROM {cells} d
            LEFT JOIN rc_label l USING (label) WHERE length(d.code) = 3
            AND NOT EXISTS (SELECT 1 FROM rc_account a WHERE a.scheme = 'function' AND a.code = d.code
                AND (starts_with(a.name, l.name) OR starts_with(l.name, a.name))))))
    GROUP BY ALL"""
"""A department's code of three digits stands over its units' codes of six, between the accounts of each:
neither is an account."""

_VALID: Final = "a.scheme = r.scheme AND r.fiscal_year BETWEEN a.valid_from AND a.valid_to"
_CUT: Final = "(starts_with(a.name, r.name) OR starts_with(r.name, a.name))"
_ITS_NAME: Final = f"EXISTS (SELECT 1 FROM rc_account a WHERE {_VALID} AND a.code = r.code AND {_CUT})"
_KNOWN: Final = f"EXISTS (SELECT 1 FROM rc_account a WHERE {_VALID} AND a.code = r.code)"
_EVER_ITS_NAME: Final = """EXISTS (SELECT 1 FROM rc_account a WHERE a.scheme = r.scheme
    AND a.code = r.code AND a.name = r.name)"""
_OTHERS_NAME: Final = f"""EXISTS (SELECT 1 FROM rc_account a WHERE {_VALID} AND a.code <> r.code
    AND a.name = r.name AND length(a.code) = length(r.code))"""
_GIVEN_UP: Final = """EXISTS (SELECT 1 FROM rc_account a WHERE a.scheme = r.scheme AND a.code = r.code
    AND a.name = r.name AND a.valid_to < r.fiscal_year)"""
_OFF_SHAPE: Final = """(r.scheme = 'function' AND (length(r.code) NOT IN (3, 5, 7)
        OR left(r.code, 3) NOT BETWEEN '201' AND '234')
    OR r.scheme = 'economic' AND (length(r.code) NOT IN (3, 5)
        OR left(r.code, 3) NOT BETWEEN '301' AND '399' AND left(r.code, 3) NOT BETWEEN '501' AND '599'))"""

_IN_ORDER_ELSEWHERE: Final = """SELECT document_id FROM (
    SELECT document_id, form, code < max(code) OVER (PARTITION BY document_id, form
        ORDER BY try_cast(split_part(row_id, '|', 3) AS INTEGER)
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS falls
    FROM rc_cell WHERE scheme = 'function' AND level = 1 AND "column" = 'total')
    GROUP BY document_id, form HAVING count(*) > 1 AND NOT coalesce(bool_or(falls), FALSE)"""
"""Documents of which a form has its classes in the order of the codes: an order of its own kind that a region
prints throughout is none of our business."""

_BROKEN: Final = {
    "listed": f"NOT {_KNOWN}",
    "named": f"r.name <> '' AND {_KNOWN} AND NOT {_ITS_NAME} AND NOT {_EVER_ITS_NAME}",
    "shape": _OFF_SHAPE,
    "order": f"r.level = 1 AND r.code < r.above AND r.document_id IN ({_IN_ORDER_ELSEWHERE})",
    "renamed": f"{_GIVEN_UP} AND NOT {_ITS_NAME}",
    "apart": "coalesce(f.fund, '') <> '{fund}' AND r.level > 1 AND r.has_money"
    " AND ('{fund}' = '' OR f.fund IS NOT NULL)",
    "basic_only": f"r.has_money AND left(r.code, 3) IN {in_list(_NOT_BASIC)}",
    "nature": "r.code LIKE '_____01' AND r.name = '行政运行' AND r.has_money AND coalesce(r.basic, 0) = 0"
    " AND r.project > 0 AND r.swapped",
}
_COMPLETE: Final = f"""EXISTS (SELECT 1 FROM rc_account a WHERE {_VALID}
    AND length(a.code) = length(r.code) GROUP BY a.scheme HAVING bool_and(a.complete))"""
_DOUBT: Final = {
    "listed": {"doubt": f"CASE WHEN NOT {_COMPLETE} THEN {quoted(NO_OFFICIAL_LIST)} END"},
    "order": {"doubt": f"CASE WHEN r.in_blocks THEN {quoted(BLOCKS)} END"},
    "named": {"doubt": f"CASE WHEN NOT {_OTHERS_NAME} THEN {quoted(NO_OFFICIAL_LIST)} END"},
    "shape": {
        "doubt": f"""CASE WHEN count(*) FILTER (WHERE {_OFF_SHAPE}) OVER (PARTITION BY r.document_id) * 5
        > count(*) OVER (PARTITION BY r.document_id) THEN {quoted(STRANGE_CODES)} END"""
    },
}
_PLAIN: Final = "SELECT {columns} FROM {rows} r"
_BODIES: Final = dict.fromkeys(_BROKEN, _PLAIN) | {
    "order": """SELECT {columns} FROM (SELECT *, max(code) OVER (PARTITION BY document_id
        ORDER BY row_number ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS above,
        count(*) OVER (PARTITION BY document_id)
            > count(DISTINCT code) OVER (PARTITION BY document_id) AS in_blocks
        FROM {rows} WHERE level = 1) r""",
    "apart": "SELECT {columns} FROM {rows} r LEFT JOIN rc_fund f ON starts_with(r.code, f.code)"
    " WHERE r.scheme = 'function'",
    "nature": """SELECT {columns} FROM (SELECT *, bool_or(code LIKE '_____02' AND project IS NULL
        AND basic > 0) OVER (PARTITION BY document_id, left(code, 5)) AS swapped FROM {rows}) r""",
}
