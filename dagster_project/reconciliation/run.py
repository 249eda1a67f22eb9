"""Evaluates the rules over schema ``staging`` and fills schema ``reconciliation``.

One SQL statement a rule, over all documents at once. Afterwards every document has at least one result of
every rule: where a rule has no instance, one row says why.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import duckdb

from dagster_project.money import parse_amount
from dagster_project.reconciliation import (
    accounts,
    blanks,
    content,
    facts,
    findings,
    indicators,
    legitimate,
    prose,
    purchases,
    said,
    schema,
    slips,
    stated,
    versions,
)
from dagster_project.reconciliation.linear import (
    COLUMNS,
    equation_sql,
    in_list,
    quoted,
    rows_check_sql,
)
from dagster_project.reconciliation.messages import ROLES
from expectations.model import (
    AccountCheck,
    Average,
    Bounds,
    CellCheck,
    Check,
    Count,
    Direction,
    Due,
    Equation,
    FormCheck,
    Misdated,
    Ordered,
    Plug,
    Product,
    Ratio,
    Restated,
    RowsCheck,
    Rule,
    Same,
    Shares,
    StatementSum,
    StatementTie,
    Twins,
    Wording,
)
from expectations.rules import FAMILIES, load_rules

LOST_FIGURES: Final = "figures of the form that found no place make the difference|差额由表中未能归位的数构成"
_LOSING: Final = "('ambiguous_placement', 'contradictory_placement', 'too_many_figures', 'unknown_row')"
_FIGURE: Final = re.compile(r"[-−]?\d[\d,，]*(?:\.\d+)?")
_MOST_LOST: Final = 24
UNCERTAIN: Final = "the place of a figure in its form is uncertain|表中一个数的位置不确定"
SHIFTED: Final = "the row seems to be read one column off|该行各列可能错位"
UNKNOWN_COLUMN: Final = "a column of the form is not understood|表中有一列未能识别"


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What one run wrote."""

    documents: int
    results: int
    findings: int


def reconcile(
    connection: duckdb.DuckDBPyConnection,
    document_ids: Sequence[str] | None = None,
    *,
    fiscal_years: Sequence[int] | None = None,
    rules: Sequence[Rule] | None = None,
) -> Reconciled:
    """Judge these documents again (all of staging where neither documents nor years are named).

    Results and findings of other documents stay; those of documents that left staging go. Writes in one
    transaction. Raises ``duckdb.Error`` if schema ``staging`` does not hold the contract's tables.
    """
    rules = tuple(rules) if rules is not None else load_rules()
    schema.create(connection)
    wanted = _wanted(connection, document_ids, fiscal_years)
    evaluate(connection, rules, facts.prepare(connection, wanted))
    found = findings.diagnose(connection, rules)
    versions.remember(connection)
    connection.execute("BEGIN")
    try:
        _write_rules(connection, rules)
        _replace(connection)
        findings.write(connection, found)
        versions.settle(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    return Reconciled(
        documents=_count(connection, "rc_document"),
        results=_count(connection, "rc_result"),
        findings=len(found),
    )


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(row[0]) if row else 0


def _wanted(
    connection: duckdb.DuckDBPyConnection,
    document_ids: Sequence[str] | None,
    fiscal_years: Sequence[int] | None,
) -> list[str] | None:
    if fiscal_years is None:
        return list(document_ids) if document_ids is not None else None
    rows = connection.execute(
        "SELECT document_id FROM staging.document WHERE list_contains(?::INTEGER[], fiscal_year)",
        [list(fiscal_years)],
    ).fetchall()
    of_years = {row[0] for row in rows}
    return sorted(of_years if document_ids is None else of_years & set(document_ids))


def evaluate(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule], known: facts.Facts) -> None:
    """Fill the temporary table ``rc_result`` from the prepared facts."""
    _describe_rules(connection, rules)
    if any(isinstance(check, AccountCheck) for rule in rules for check in rule.checks):
        accounts.prepare(connection)
    connection.execute("CREATE OR REPLACE TEMP TABLE rc_instance " + _EMPTY_INSTANCE)
    for rule in sorted(rules, key=lambda rule: list(FAMILIES).index(rule.family)):
        bodies = [body for check in rule.checks if (body := check_sql(check, rule, known))]
        if bodies:
            connection.execute(
                "INSERT INTO rc_instance " + " UNION ALL ".join(f"({body})" for body in bodies)
            )
    blanks.evaluate(connection, rules, known)
    said.evaluate(connection, rules)
    indicators.evaluate(connection, rules)
    purchases.evaluate(connection, rules)
    _forget_others(connection)
    for rule in rules:
        legitimate.explain(connection, rule, known)
    _doubt_unknown_columns(connection, rules)
    _doubt_lost_figures(connection)
    _doubt_uncertain_cells(connection)
    slips.evaluate(connection, rules)
    for rule in rules:
        if rule.plug:
            _mark_plugs(connection, rule, rule.plug)
    _complete(connection, rules)


def _forget_others(connection: duckdb.DuckDBPyConnection) -> None:
    """Documents that were read for comparison only are not judged; nor are years a rule does not hold for."""
    connection.execute(
        """DELETE FROM rc_instance WHERE document_id NOT IN (SELECT document_id FROM rc_document)
        OR (document_id, rule_id) IN (SELECT document_id, rule_id FROM rc_document JOIN rc_rule
            ON fiscal_year < first_year OR fiscal_year > last_year)"""
    )


def check_sql(check: Check, rule: Rule, known: facts.Facts) -> str | None:
    """The SELECT of one check; ``None`` where nothing that it is about is printed or stated, or where it is
    evaluated in Python (``said``, ``indicators``)."""
    if isinstance(check, Equation):
        return equation_sql(check, rule.id, known)
    builder = _BUILDERS.get(type(check))
    return builder(check, rule, known) if builder else None


_BUILDERS: Final[dict[type, Callable[..., str | None]]] = {
    RowsCheck: rows_check_sql,
    StatementTie: prose.tie_sql,
    StatementSum: prose.sum_sql,
    Ratio: prose.ratio_sql,
    Same: prose.same_sql,
    Direction: prose.direction_sql,
    Wording: prose.wording_sql,
    CellCheck: content.cells_sql,
    Product: content.product_sql,
    Bounds: content.bounds_sql,
    Due: content.due_sql,
    Count: content.count_sql,
    FormCheck: content.form_sql,
    Twins: content.twins_sql,
    AccountCheck: accounts.account_sql,
    Ordered: stated.ordered_sql,
    Misdated: stated.misdated_sql,
    Average: stated.average_sql,
    Restated: stated.restated_sql,
    Shares: stated.shares_sql,
}


_EMPTY_INSTANCE: Final = """(document_id VARCHAR, rule_id VARCHAR, instance VARCHAR, form VARCHAR,
    key VARCHAR, "column" VARCHAR, left_value DECIMAL(26,6), right_value DECIMAL(26,6),
    tolerance DECIMAL(26,7), unit VARCHAR, terms INTEGER, state VARCHAR, reason VARCHAR, independent BOOLEAN,
    left_cells VARCHAR[], right_cells VARCHAR[])"""


def _doubt_unknown_columns(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """A row that does not add up proves nothing while one of the form's columns is not understood.

    Where most of them are not, neither does a figure that another form or the text states otherwise.
    """
    across = in_list([rule.id for rule in rules if rule.family == "ROW"] or [""])
    connection.execute(
        f"""UPDATE rc_instance SET state = 'not_evaluable', reason = {quoted(UNKNOWN_COLUMN)}
        WHERE state = 'fail' AND rule_id IN {across} AND (document_id, form) IN
            (SELECT document_id, form FROM rc_problem
            WHERE contains(kind, 'header') OR contains(kind, 'column'))"""
    )
    connection.execute(
        f"""UPDATE rc_instance SET state = 'not_evaluable', reason = {quoted(UNKNOWN_COLUMN)}
        WHERE state = 'fail' AND split_part(rule_id, '-', 2) IN ('FORM', 'NAR') AND list_has_any(
            left_cells || right_cells, (SELECT coalesce(list(cell_id), []) FROM rc_cell
                JOIN (SELECT document_id, form, count(*) AS strange FROM rc_problem
                    WHERE kind = 'unknown_header' GROUP BY ALL) USING (document_id, form)
                JOIN (SELECT document_id, form, count(DISTINCT "column") AS known FROM rc_cell GROUP BY ALL)
                    USING (document_id, form)
                WHERE strange >= known))"""
    )


def _doubt_lost_figures(connection: duckdb.DuckDBPyConnection) -> None:
    """A difference that consists of figures which found no place on one of its forms proves nothing."""
    lost: dict[tuple[str, str], list[Decimal]] = {}
    for document_id, form, message in connection.execute(
        f"SELECT document_id, form, message FROM rc_problem WHERE kind IN {_LOSING}"
    ).fetchall():
        figures = [printed.amount for text in _FIGURE.findall(message) if (printed := parse_amount(text))]
        lost.setdefault((document_id, form), []).extend(abs(amount) for amount in figures if amount)
    if not lost:
        return
    failing = connection.execute(
        """SELECT i.at, i.document_id, c.form, i.difference, i.tolerance FROM (
            SELECT rowid AS at, document_id, abs(left_value - right_value) AS difference, tolerance,
                unnest(left_cells || right_cells) AS cell_id FROM rc_instance WHERE state = 'fail') i
        JOIN (SELECT cell_id, form, factor FROM rc_cell) c USING (cell_id) GROUP BY ALL"""
    ).fetchall()
    doubtful = [
        at
        for at, document_id, form, difference, room in failing
        if _consists_of(difference, room, lost.get((document_id, form), []))
    ]
    connection.execute(
        f"""UPDATE rc_instance SET state = 'not_evaluable', reason = {quoted(LOST_FIGURES)}
        WHERE list_contains(?::BIGINT[], rowid)""",
        [sorted(set(doubtful))],
    )


def _doubt_uncertain_cells(connection: duckdb.DuckDBPyConnection) -> None:
    """A figure whose own place is uncertain is no witness, within its row, between forms or against the text.

    Uncertain: placed by arithmetic and confirmed by nothing; contradicted within a form of which a header or
    a figure was not understood; or in a row that lacks exactly what it prints in a column outside its sum,
    and so was read one column off, unless two figures that change places make all of the row right.
    """
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE rc_uncertain AS
        WITH failing AS (
            SELECT i.left_cells || i.right_cells AS cells, c.document_id, c.form, c.row_id,
                abs(i.left_value - i.right_value) AS gap
            FROM rc_instance i JOIN rc_cell c ON c.cell_id = i.left_cells[1]
            WHERE i.state = 'fail' AND split_part(i.rule_id, '-', 2) = 'ROW' AND len(i.right_cells) > 0
        ), shifted AS (
            SELECT DISTINCT f.document_id, f.form, f.row_id FROM failing f JOIN rc_cell o
                ON o.document_id = f.document_id AND o.form = f.form AND o.row_id = f.row_id
            WHERE abs(o.yuan) = f.gap AND NOT list_contains(f.cells, o.cell_id)
        ), exchanged AS ({_EXCHANGED})
        SELECT cell_id, TRUE AS shifted FROM rc_cell JOIN shifted USING (document_id, form, row_id)
            ANTI JOIN exchanged USING (document_id, form, row_id)
        UNION ALL
        SELECT cell_id, FALSE FROM rc_cell
        WHERE placement = 'arithmetic' AND verification = 'unchecked'
            OR verification = 'contradicted' AND (document_id, form) IN (SELECT document_id, form
                FROM rc_problem WHERE contains(kind, 'header') OR kind IN {_LOSING})"""
    )
    for families, shifted, reason in (
        ("('ROW')", "shifted", SHIFTED),
        ("('FORM', 'NAR')", "TRUE", UNCERTAIN),
    ):
        connection.execute(
            f"""UPDATE rc_instance SET state = 'not_evaluable', reason = {quoted(reason)}
            WHERE state = 'fail' AND split_part(rule_id, '-', 2) IN {families} AND list_has_any(
                left_cells || right_cells,
                (SELECT coalesce(list(cell_id), []) FROM rc_uncertain WHERE {shifted}))"""
        )


_EXCHANGED: Final = """SELECT DISTINCT s.document_id, s.form, s.row_id FROM shifted s
    JOIN rc_cell a USING (document_id, form, row_id) JOIN rc_cell b USING (document_id, form, row_id)
    JOIN (SELECT DISTINCT i.instance, i.rule_id, c.document_id, c.form, c.row_id, i.left_value, i.right_value,
            i.tolerance, i.left_cells, i.right_cells
        FROM rc_instance i JOIN rc_cell c ON c.cell_id = i.left_cells[1]
        WHERE split_part(i.rule_id, '-', 2) = 'ROW' AND len(i.right_cells) > 0) i
        USING (document_id, form, row_id)
    WHERE a.cell_id < b.cell_id AND a.yuan <> b.yuan AND a.yuan <> 0 AND b.yuan <> 0
    GROUP BY s.document_id, s.form, s.row_id, a.cell_id, b.cell_id
    HAVING bool_and(abs(left_value - right_value + (b.yuan - a.yuan) * (
        list_contains(left_cells, a.cell_id)::INTEGER - list_contains(left_cells, b.cell_id)::INTEGER
        - list_contains(right_cells, a.cell_id)::INTEGER + list_contains(right_cells, b.cell_id)::INTEGER
        )) <= tolerance)"""
"""Rows of ``shifted`` in which two figures changed places: exchanged, they make every sum of the row true.
A figure and a zero prove nothing: that is what a row looks like that was read one column off."""


def _consists_of(difference: Decimal, room: Decimal, figures: Sequence[Decimal]) -> bool:
    """Whether one of the figures, or up to three of the first ones, all in yuan or all in 万元, add up to the
    difference (in yuan)."""
    several = (itertools.combinations(figures[:_MOST_LOST], count) for count in (2, 3))
    return any(
        abs(sum(chosen) * factor - difference) <= room
        for chosen in itertools.chain(zip(figures, strict=True), *several)
        for factor in (1, 10_000)
    )


def _mark_plugs(connection: duckdb.DuckDBPyConnection, rule: Rule, plug: Plug) -> None:
    """A last-unit difference is a plugged cent where the summary closes exactly and the detail does not."""
    connection.execute(
        f"""UPDATE rc_instance SET state = 'pass_plug' WHERE rule_id = {quoted(rule.id)}
        AND state = 'pass_rounding'
        AND (document_id, form) IN (SELECT document_id, form FROM rc_instance
            WHERE rule_id = {quoted(plug.closes)} GROUP BY ALL HAVING bool_and(state = 'pass_exact'))
        AND document_id IN (SELECT document_id FROM rc_instance
            WHERE rule_id = {quoted(plug.open)} AND state = 'pass_rounding')"""
    )


def _complete(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """``rc_result``: instances in printed units, and one row for every rule without an instance."""
    inverse = "CASE unit WHEN 'wan' THEN 0.0001::DECIMAL(5,4) ELSE 1::DECIMAL(5,4) END"
    names = ", ".join(COLUMNS)
    connection.execute(
        f"""CREATE OR REPLACE TEMP TABLE rc_result AS
        WITH every AS (
            SELECT {names} FROM rc_instance
            UNION ALL
            SELECT document_id, rule_id, '' AS instance, NULL AS form, NULL AS key, NULL AS "column",
                NULL AS left_value, NULL AS right_value, NULL AS tolerance, NULL AS unit, 0 AS terms,
                state, reason, NULL AS independent, [] AS left_cells, [] AS right_cells FROM ({_ABSENT_SQL})
        )
        SELECT left(md5(concat_ws('|', e.document_id, e.rule_id, e.form, e.instance, e."column")), 16)
            AS result_id, e.rule_id, r.rule_version, e.document_id, d.document, d.fiscal_year,
            e.form, e.key, e."column",
            (left_value * {inverse})::DECIMAL(20,6) AS left_value,
            (right_value * {inverse})::DECIMAL(20,6) AS right_value,
            ((left_value - right_value) * {inverse})::DECIMAL(20,6) AS difference,
            (tolerance * {inverse})::DECIMAL(20,6) AS tolerance,
            unit, terms, state, reason, independent, left_cells, right_cells, e.instance
        FROM every e JOIN rc_document d USING (document_id) JOIN rc_rule r USING (rule_id)"""
    )


def _describe_rules(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """``rc_rule``, and what each rule needs: forms (``rc_needs``), other documents (``rc_role``)."""
    connection.execute(
        """CREATE OR REPLACE TEMP TABLE rc_rule (rule_id VARCHAR, rule_version INTEGER, scope VARCHAR,
        family VARCHAR, first_year INTEGER, last_year INTEGER)"""
    )
    connection.executemany(
        "INSERT INTO rc_rule VALUES (?, ?, ?, ?, ?, ?)",
        [(r.id, r.version, r.scope, r.family, *r.in_force) for r in rules],
    )
    forms = facts.vocabulary.forms()
    checks = [(rule.id, check) for rule in rules for check in rule.checks]
    needs: set[tuple[str, ...]] = {
        (rule_id, form, forms[form].kind, f"《{forms[form].name_zh}》", forms[form].name_en)
        for rule_id, check in checks
        for form in check.forms
    }
    roles: set[tuple[str, ...]] = {
        (rule_id, role, ROLES[role][0], ROLES[role][1].rstrip(", "))
        for rule_id, check in checks
        for role in getattr(check, "roles", ())
    }
    tables = {
        "rc_needs (rule_id VARCHAR, form VARCHAR, kind VARCHAR, zh VARCHAR, en VARCHAR)": needs,
        "rc_role (rule_id VARCHAR, role VARCHAR, zh VARCHAR, en VARCHAR)": roles,
    }
    for table, rows in tables.items():
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {table}")
        if rows:
            marks = ", ".join("?" * len(next(iter(rows))))
            connection.executemany(f"INSERT INTO {table.split()[0]} VALUES ({marks})", sorted(rows))


_APPLIES: Final = """CASE role WHEN 'budget' THEN d.kind = 'final'
    WHEN 'previous_final' THEN d.kind = 'budget' WHEN 'previous' THEN TRUE
    WHEN 'department' THEN d.edition = 'unit' WHEN 'units' THEN d.edition = 'department' ELSE FALSE END"""
"""Whether a document must have another one in that role: not every department has a single unit, nor every
document an earlier version."""


def _both_languages(table: str, order: str, condition: str, name: str) -> str:
    """The names of what is concerned, as columns ``…_zh`` and ``…_en``."""
    return ", ".join(
        f"string_agg({table}.{language}, '{comma}' ORDER BY {table}.{order}) FILTER (WHERE {condition})"
        f" AS {name}_{language}"
        for language, comma in (("zh", "、"), ("en", "; "))
    )


_ABSENT_SQL: Final = f"""
WITH absent AS (
    SELECT d.document_id, d.kind, d.edition, d.fiscal_year, r.rule_id, r.scope, r.family,
        r.first_year, r.last_year
    FROM rc_document d CROSS JOIN rc_rule r
    ANTI JOIN rc_instance i ON i.document_id = d.document_id AND i.rule_id = r.rule_id
), states AS (
    SELECT a.document_id, a.rule_id,
        {_both_languages("n", "form", "f.state IN ('unreadable', 'missing')", "lost")},
        {_both_languages("n", "form", "f.state IN ('printed_blank', 'declared_empty')", "empty")},
        count(*) FILTER (WHERE f.state = 'read') AS read, count(*) AS needed
    FROM absent a JOIN rc_needs n ON n.rule_id = a.rule_id AND n.kind = a.kind
    LEFT JOIN rc_form f ON f.document_id = a.document_id AND f.form = n.form GROUP BY ALL
), others AS (
    SELECT d.document_id, d.rule_id, bool_or({_APPLIES}) AS applies,
        {_both_languages("r", "role", f"{_APPLIES} AND k.document_id IS NULL", "unknown")},
        bool_or(k.document_id IS NOT NULL) AS linked
    FROM absent d JOIN rc_role r USING (rule_id)
    LEFT JOIN (SELECT DISTINCT document_id, role FROM rc_link) k USING (document_id, role) GROUP BY ALL
), judged AS (
    SELECT a.*, s.* EXCLUDE (document_id, rule_id), o.* EXCLUDE (document_id, rule_id),
        a.scope IN ('both', a.kind) AS of_kind,
        coalesce(a.fiscal_year >= a.first_year, TRUE) AND coalesce(a.fiscal_year <= a.last_year, TRUE)
            AS in_force
    FROM absent a LEFT JOIN states s USING (document_id, rule_id)
    LEFT JOIN others o USING (document_id, rule_id)
)
SELECT document_id, rule_id,
    CASE WHEN NOT of_kind OR NOT in_force THEN 'not_applicable'
        WHEN applies IS NOT NULL AND NOT applies AND NOT linked THEN 'not_applicable'
        WHEN unknown_en IS NOT NULL OR lost_en IS NOT NULL THEN 'not_evaluable'
        ELSE 'not_applicable' END AS state,
    CASE WHEN NOT of_kind THEN 'a rule of the other kind of document|另一类文件的规则'
        WHEN NOT in_force THEN 'not in force in that year|该年度尚未或不再适用'
        WHEN applies IS NOT NULL AND NOT applies AND NOT linked
            THEN 'no such other document can exist|不存在可比的另一文件'
        WHEN unknown_en IS NOT NULL
            THEN 'not loaded: ' || unknown_en || '|可比的另一文件未装载：' || unknown_zh
        WHEN lost_en IS NOT NULL THEN 'not readable or missing: ' || lost_en || '|无法读取或缺失：' || lost_zh
        WHEN empty_en IS NOT NULL THEN 'empty: ' || empty_en || '|空表：' || empty_zh
        WHEN needed IS NULL THEN 'no such statement in the text|文中没有这样的表述'
        WHEN read = 0 THEN 'the document has no such form|该文件没有此表'
        ELSE 'the lines or columns are not printed|该行或该列未印出' END AS reason
FROM judged"""


def _write_rules(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    connection.execute("DELETE FROM reconciliation.rule")
    connection.executemany(
        f"INSERT INTO reconciliation.rule VALUES ({', '.join('?' * len(schema.RULE_COLUMNS))})",
        [
            (
                rule.id, rule.version, rule.tier, rule.family, rule.scope, rule.severity, rule.title_zh,
                rule.title_en, rule.formula_zh, rule.formula_en, rule.basis, rule.tolerance, rule.file,
            )
            for rule in rules
        ],
    )  # fmt: skip


def _replace(connection: duckdb.DuckDBPyConnection) -> None:
    names = ", ".join(f'"{name}"' for name in schema.RESULT_COLUMNS)
    for table in ("result", "finding"):
        connection.execute(
            f"""DELETE FROM reconciliation.{table} WHERE document_id IN (SELECT document_id FROM rc_document)
            OR document_id NOT IN (SELECT document_id FROM staging.document)"""
        )
    connection.execute(f"INSERT INTO reconciliation.result SELECT {names} FROM rc_result")
    connection.execute("DELETE FROM reconciliation.link")
    connection.execute("INSERT INTO reconciliation.link SELECT document_id, role, other_id FROM rc_link")
