"""SQL of the equations over cells: one SELECT an equation, over all documents at once.

Every SELECT of this package yields ``COLUMNS``: values in yuan (percentages and counts as they are), the
unit of the left side to convert back into, and a state.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dagster_project.reconciliation.facts import Facts
from expectations.model import Equation, Guard, Rows, RowsCheck, Rule, Term

COLUMNS: Final = (
    "document_id",
    "rule_id",
    "instance",
    "form",
    "key",
    '"column"',
    "left_value",
    "right_value",
    "tolerance",
    "unit",
    "terms",
    "state",
    "reason",
    "independent",
    "left_cells",
    "right_cells",
)

SEVERAL: Final = "the same row is printed more than once|同一行印了不止一次"
PLACED: Final = "the equation itself placed one of its figures|该等式曾用于确定其中一个数的位置"
UNKNOWN_LINE: Final = "a line of the form is not understood|表中有一行的名称未能识别"
BLOCKS: Final = "the form repeats its codes block by block|该表按单位或区段重复列示科目"
OTHER_BASE: Final = "the form says that its budget is on another base|表中注明所列预算数为其他口径"
UNKNOWN_ROW: Final = "a row of the form has no usable code|表中有一行没有可用的科目编码"


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def in_list(values: Iterable[str]) -> str:
    """The right side of SQL ``IN``."""
    return "(" + ", ".join(quoted(value) for value in values) + ")"


def select(columns: dict[str, str]) -> str:
    """A select list in the order of ``COLUMNS``."""
    return ", ".join(f"{columns[name]} AS {name}" for name in COLUMNS)


def row_condition(rows: Rows) -> str:
    """SQL condition of a choice of rows over the cells of a form."""
    values, numbers = in_list(rows.values), ", ".join(rows.values)
    conditions = {
        "all": "TRUE",
        "total": "is_total",
        "leaf": "row_kind = 'leaf'",
        "level": f"level IN ({numbers}) AND scheme <> 'unit'",
        "unit_level": f"level IN ({numbers}) AND scheme = 'unit'",
        "code": f"code IN {values}",
        "line": f"line IN {values}",
    }
    return conditions[rows.kind]


def place(term: Term) -> str:
    """SQL condition of a term's side and rows, of whatever column."""
    side = f" AND side = {quoted(term.side)}" if term.side else ""
    return f"{row_condition(term.rows)}{side}"


def column_condition(term: Term) -> str:
    """SQL condition of a term's columns."""
    return f'"column" IN {in_list(term.columns)}' if term.columns else "is_money"


def source(term: Term, facts: Facts) -> str:
    """SQL of the cells of a term's form; those of another document count as the judged document's."""
    if term.document is None:
        return facts.cells(term.form)
    return f"""(SELECT k.document_id, k.other_id, x.* EXCLUDE (document_id) FROM {facts.cells(term.form)} x
        JOIN rc_link k ON k.other_id = x.document_id AND k.role = {quoted(term.document)})"""


def guard_condition(guard: Guard, facts: Facts, outer: str = "c") -> str:
    """SQL condition that a guard sets on the document of the table ``outer``."""
    nonzero = " AND yuan <> 0" if guard.nonzero else ""
    chosen = f"{place(guard.term)} AND {column_condition(guard.term)}{nonzero}"
    found = f"SELECT document_id FROM {source(guard.term, facts)} WHERE {chosen}"
    return f"{outer}.document_id {'' if guard.wanted else 'NOT '}IN ({found})"


def _match(term: Term, within_form: bool) -> str:
    block = "block || '|' || " if within_form else ""
    match term.match:
        case "row":
            return "row_id"
        case "code" | "parent" | "class":
            return f"{block}{term.match}"
        case "label":
            return "nullif(label, '')"
        case "key":
            return """side || '|' || coalesce(code, class, CASE WHEN is_total THEN '' END,
                CASE WHEN line <> 'unknown' THEN line END, label)"""
    return "block" if within_form else "''"


def _is_single(term: Term) -> bool:
    """Whether one instance can hold one cell of this term only."""
    one_place = (
        term.rows.kind in ("line", "code") and len(term.rows.values) == 1 and term.rows.values != ("class",)
    )
    all_rows = term.rows.kind == "all" and term.match == "none"
    return term.match in ("row", "code", "class", "key") or term.rows.kind == "total" or one_place or all_rows


def _twice(term: Term) -> str:
    """SQL: a cell is there twice, so that no sum over the term means anything."""
    if term.document:
        return "count(*) > count(DISTINCT (other_id, block, row_id))" if _is_single(term) else "FALSE"
    if _is_single(term):
        return 'count(*) > count(DISTINCT "column")' if term.each_column else "count(*) > 1"
    return "count(*) > count(DISTINCT code)" if term.rows.kind in ("level", "unit_level") else "FALSE"


def placed_by(rule_id: str) -> str:
    """SQL condition: an equation of the rule (or one that is not named) placed the cell."""
    named = f"list_contains(string_split(settled_by, ';'), {quoted(rule_id)})"
    return f"placement = 'arithmetic' AND (coalesce(settled_by, '') = '' OR {named})"


def _term_sql(term: Term, rule_id: str, within_form: bool, guards: tuple[Guard, ...], facts: Facts) -> str:
    match = _match(term, within_form)
    column = '"column"' if term.by_column else "''"
    conditions = [
        place(term),
        column_condition(term),
        f"{match} IS NOT NULL",
        *(guard_condition(guard, facts) for guard in guards),
    ]
    weight = abs(term.weight)
    return f"""SELECT document_id, {match} AS m, {column} AS col,
        ({term.weight} * sum(yuan))::DECIMAL(26,6) AS v, ({weight} * sum(half))::DECIMAL(20,7) AS h,
        max(half) AS widest, min(half) AS narrowest, count(*) AS n, {_twice(term)} AS twice,
        bool_or({placed_by(rule_id)}) AS placed, list(cell_id ORDER BY cell_id) AS cells, min(key) AS key,
        min("column") AS shown, min(unit) AS unit, min(factor) AS low_factor, max(factor) AS high_factor
        FROM {source(term, facts)} c WHERE {" AND ".join(conditions)} GROUP BY ALL"""


def side_sql(
    terms: tuple[Term, ...], rule_id: str, within_form: bool, guards: tuple[Guard, ...], facts: Facts
) -> str:
    """SQL of one side of an equation: one row a document, match and column."""
    printed = [term for term in terms if term.form in facts.forms] or terms[:1]
    parts = [_term_sql(term, rule_id, within_form, guards, facts) for term in printed]
    if len(parts) == 1:
        return parts[0]
    return f"""SELECT document_id, m, col, sum(v)::DECIMAL(26,6) AS v, sum(h)::DECIMAL(20,7) AS h,
        max(widest) AS widest, min(narrowest) AS narrowest, sum(n) AS n, bool_or(twice) AS twice,
        bool_or(placed) AS placed, list_sort(flatten(list(cells))) AS cells, min(key) AS key,
        min(shown) AS shown, min(unit) AS unit, min(low_factor) AS low_factor, max(high_factor) AS high_factor
        FROM ({" UNION ALL ".join(parts)}) GROUP BY ALL"""


def presence_sql(terms: tuple[Term, ...], within_form: bool, facts: Facts) -> str:
    """SQL of the number of printed rows, one row a document and match."""
    parts = [
        f"SELECT document_id, {_match(term, within_form)} AS m, row_id FROM {source(term, facts)}"
        f" WHERE {place(term)}"
        for term in terms
    ]
    union = " UNION ALL ".join(parts)
    return f"SELECT document_id, m, count(DISTINCT row_id) AS rows FROM ({union}) GROUP BY ALL"


def tolerance_sql(kind: str) -> str:
    """SQL of the tolerance of ``l`` against ``r`` in yuan, made of the printed half widths."""
    both = "coalesce(l.h, 0) + coalesce(r.h, 0)"
    widest = "greatest(coalesce(l.widest, r.widest), coalesce(r.widest, l.widest))"
    mixed_units = """greatest(l.high_factor, r.high_factor) <> least(l.low_factor, r.low_factor)"""
    match kind:
        case "exact":
            same = f"{widest} = least(coalesce(l.narrowest, r.narrowest), coalesce(r.narrowest, l.narrowest))"
            return f"CASE WHEN {same} THEN 0 ELSE {widest} END"
        case "last_unit":
            return f"CASE WHEN {mixed_units} THEN {both} ELSE 2 * {widest} END"
        case "coarser":
            return (
                f"CASE WHEN {mixed_units} THEN {both} ELSE greatest(coalesce(l.h, 0), coalesce(r.h, 0)) END"
            )
        case "count":
            return "0"
    return both


def state_sql(
    difference: str, tolerance: str, unusable: dict[str, str], doubtful: dict[str, str]
) -> tuple[str, str]:
    """SQL of state and reason. ``unusable``: condition → reason, whatever the figures say; ``doubtful``: the
    same, where the figures disagree only."""
    agreed = (
        f"WHEN {difference} = 0 THEN 'pass_exact' WHEN abs({difference}) <= {tolerance} THEN 'pass_rounding'"
    )
    state = f"""CASE {" ".join(f"WHEN {c} THEN 'not_evaluable'" for c in unusable)} {agreed}
        {" ".join(f"WHEN {c} THEN 'not_evaluable'" for c in doubtful)} ELSE 'fail' END"""
    reason = f"""CASE {" ".join(f"WHEN {c} THEN {quoted(r)}" for c, r in unusable.items())}
        WHEN abs({difference}) <= {tolerance} THEN NULL
        {" ".join(f"WHEN {c} THEN {quoted(r)}" for c, r in doubtful.items())} END"""
    return state, reason


def equation_sql(equation: Equation, rule_id: str, facts: Facts, name: str | None = None) -> str | None:
    """All instances of one equation, ``None`` where no document prints its forms.

    ``name`` replaces the equation's name (for exceptions).
    """
    if not facts.roles.issuperset(equation.roles):
        return None
    printed = [term for term in equation.left if term.form in facts.forms]
    if not printed and not equation.outer:
        return None
    if equation.presence != "none" and not any(term.form in facts.forms for term in equation.right):
        return None
    within = equation.single_form is not None
    left = side_sql(equation.left, rule_id, within, equation.guards, facts)
    right = side_sql(equation.right, rule_id, within, equation.guards if equation.outer else (), facts)
    difference = "(coalesce(l.v, 0) - coalesce(r.v, 0))"
    if equation.compare == "at_most":
        difference = "greatest(coalesce(l.v, 0) - coalesce(r.v, 0), 0)"
    if equation.compare == "at_least":
        difference = "greatest(coalesce(r.v, 0) - coalesce(l.v, 0), 0)"
    tolerance = tolerance_sql(equation.tolerance)
    unusable = {
        "coalesce(l.twice, false) OR coalesce(r.twice, false)": SEVERAL,
        "coalesce(l.placed, false) OR coalesce(r.placed, false)": PLACED,
    }
    state, reason = state_sql(difference, tolerance, unusable, _doubts(equation, facts))
    conditions = ["TRUE"]
    if equation.presence == "cells" and not equation.outer:
        conditions.append("r.n > 0")
    if equation.presence == "rows":
        conditions.append("p.rows = 1" if equation.only_child else "p.rows > 0")
    if equation.outer:
        conditions.append("(coalesce(l.v, 0) <> 0 OR coalesce(r.v, 0) <> 0)")
    for role in equation.roles:
        linked = f"SELECT document_id FROM rc_link WHERE role = {quoted(role)}"
        conditions.append(f"coalesce(l.document_id, r.document_id) IN ({linked})")
    if equation.roles:
        conditions.extend(_printed_columns(term, facts) for term in (*equation.left, *equation.right)
                          if term.by_column)  # fmt: skip
    presence = ""
    if equation.presence == "rows":
        rows = presence_sql(equation.right, within, facts)
        presence = f"LEFT JOIN ({rows}) p ON p.document_id = l.document_id AND p.m = l.m"
    instance = "coalesce(l.m, r.m) || '|' || coalesce(l.col, r.col)"
    columns = select(
        {
            "document_id": "coalesce(l.document_id, r.document_id)",
            "rule_id": quoted(rule_id),
            "instance": f"{quoted(name or equation.name)} || '|' || {instance}",
            "form": quoted(equation.left[0].form),
            "key": "coalesce(l.key, r.key)",
            '"column"': "coalesce(l.shown, r.shown)",
            "left_value": "coalesce(l.v, 0)",
            "right_value": "coalesce(r.v, 0)",
            "tolerance": tolerance,
            "unit": "coalesce(l.unit, r.unit)",
            "terms": "coalesce(r.n, 0)",
            "state": state,
            "reason": reason,
            "independent": "NOT (coalesce(l.placed, false) OR coalesce(r.placed, false))",
            "left_cells": "coalesce(l.cells, [])",
            "right_cells": "coalesce(r.cells, [])",
        }
    )
    join = "FULL JOIN" if equation.outer else "LEFT JOIN"
    return f"""SELECT {columns} FROM ({left}) l
        {join} ({right}) r ON r.document_id = l.document_id AND r.m = l.m AND r.col = l.col
        {presence} WHERE {" AND ".join(conditions)}"""


def _printed_columns(term: Term, facts: Facts) -> str:
    """SQL condition: the form of the term prints the column at all, so that a blank of it says nothing."""
    printed = f'SELECT document_id, side || "column" FROM {source(term, facts)}'
    return f"""(coalesce(l.document_id, r.document_id),
        split_part(coalesce(l.m, r.m), '|', 1) || coalesce(l.col, r.col)) IN ({printed})"""


def _doubts(equation: Equation, facts: Facts) -> dict[str, str]:
    """Conditions under which a difference proves nothing: a line or row of the form is not understood."""
    doubts: dict[str, str] = {}
    document = "coalesce(l.document_id, r.document_id)"
    for term in (*equation.left, *equation.right):
        form, table = "yuan <> 0", source(term, facts)
        if term.rows.kind == "line" and term.side:
            found = f"{form} AND side = {quoted(term.side)} AND line = 'unknown'"
            doubts[f"{document} IN (SELECT document_id FROM {table} WHERE {found})"] = UNKNOWN_LINE
        if term.rows.kind == "level":
            lost = f"{form} AND level IS NULL AND line IS NULL AND scheme IN ('function', 'economic')"
            doubts[f"{document} IN (SELECT document_id FROM {table} WHERE {lost})"] = UNKNOWN_ROW
    if equation.other_base:
        form, words = quoted(equation.left[0].form), "|".join(equation.other_base)
        said = f"form = {form} AND kind = 'note' AND regexp_matches(text, {quoted(words)})"
        headed = f"form = {form} AND regexp_matches(header, {quoted(words)})"
        doubts[
            f"""{document} IN (SELECT document_id FROM staging.passage WHERE {said}
            UNION ALL SELECT document_id FROM rc_cell WHERE {headed})"""
        ] = OTHER_BASE
    return doubts


def rows_check_sql(check: RowsCheck, rule: Rule, facts: Facts) -> str | None:
    """All instances of a check of rows: one a code (``orphan``, ``duplicate``) or one a parent cell."""
    if check.form not in facts.forms:
        return None
    body = {
        "orphan": _ORPHAN,
        "childless": _CHILDLESS,
        "duplicate": _DUPLICATE,
        "blank_parent": _BLANK_PARENT,
    }[check.check]
    columns = select(
        {
            "document_id": "document_id",
            "rule_id": quoted(rule.id),
            "instance": f"{quoted(check.name)} || '|' || m",
            "form": quoted(check.form),
            "key": "key",
            '"column"': "col",
            "left_value": "left_value",
            "right_value": "right_value",
            "tolerance": "0",
            "unit": "unit",
            "terms": "terms",
            "state": """CASE WHEN NOT broken THEN 'pass_exact'
                WHEN blocks THEN 'not_evaluable' ELSE 'fail' END""",
            "reason": f"CASE WHEN broken AND blocks THEN {quoted(BLOCKS)} END",
            "independent": "TRUE",
            "left_cells": "left_cells",
            "right_cells": "right_cells",
        }
    )
    document = "OVER (PARTITION BY document_id)"
    doubled = f"count(*) FILTER (WHERE broken) {document} * 5 > count(*) {document}"
    if check.check != "duplicate":
        doubled = "FALSE"
    body = f"SELECT *, {doubled} AS blocks FROM ({body})"
    return f"SELECT {columns} FROM ({body.format(cells=facts.cells(check.form))})"


_ORPHAN: Final = """
SELECT c.document_id, c.block || '|' || c.code AS m, c.code AS key, NULL AS col, 1 AS left_value,
    (count(p.code) > 0)::INTEGER AS right_value, 'count' AS unit, 1 AS terms, count(p.code) = 0 AS broken,
    list_sort(list(c.cell_id)) AS left_cells, []::VARCHAR[] AS right_cells
FROM {cells} c
JOIN (SELECT DISTINCT document_id, block, level FROM {cells} WHERE scheme = 'function') above
    ON above.document_id = c.document_id AND above.block = c.block AND above.level = c.level - 1
LEFT JOIN (SELECT DISTINCT document_id, block, code FROM {cells}) p
    ON p.document_id = c.document_id AND p.block = c.block AND p.code = c.parent
WHERE c.scheme = 'function' AND c.level > 1 GROUP BY ALL"""

_CHILDLESS: Final = """
SELECT c.document_id, c.block || '|' || c.code AS m, c.code AS key, NULL AS col, 1 AS left_value,
    (count(p.parent) > 0)::INTEGER AS right_value, 'count' AS unit, 1 AS terms, count(p.parent) = 0 AS broken,
    list_sort(list(c.cell_id)) AS left_cells, []::VARCHAR[] AS right_cells
FROM {cells} c
JOIN (SELECT DISTINCT document_id, block FROM {cells} WHERE scheme = 'function' AND level = 2) below
    ON below.document_id = c.document_id AND below.block = c.block
LEFT JOIN (SELECT DISTINCT document_id, block, parent FROM {cells} WHERE level = 2) p
    ON p.document_id = c.document_id AND p.block = c.block AND p.parent = c.code
WHERE c.scheme = 'function' AND c.level = 1 AND c.is_money AND c.yuan <> 0 GROUP BY ALL"""

_DUPLICATE: Final = """
SELECT document_id, block || '|' || code AS m, code AS key, NULL AS col,
    count(DISTINCT row_id) AS left_value, 1 AS right_value, 'count' AS unit, count(DISTINCT row_id) AS terms,
    count(DISTINCT row_id) > 1 AS broken, list_sort(list(cell_id)) AS left_cells, []::VARCHAR[] AS right_cells
FROM {cells} WHERE code IS NOT NULL AND (level IS NOT NULL OR row_kind = 'leaf') GROUP BY ALL"""

_BLANK_PARENT: Final = """
WITH parts AS (
    SELECT document_id, block, parent AS whole, "column", sum(yuan) AS v,
        list_sort(list(cell_id)) AS cells, min(unit) AS unit
    FROM {cells} WHERE is_money AND level > 1 GROUP BY ALL
    UNION ALL
    SELECT document_id, block, '', "column", sum(yuan), list_sort(list(cell_id)), min(unit) FROM {cells}
    WHERE is_money AND level = 1 GROUP BY ALL
), wholes AS (
    SELECT DISTINCT document_id, block, CASE WHEN is_total THEN '' ELSE code END AS whole FROM {cells}
    WHERE (is_total OR level IS NOT NULL)
), printed AS (
    SELECT document_id, block, CASE WHEN is_total THEN '' ELSE code END AS whole, "column",
        list_sort(list(cell_id)) AS cells
    FROM {cells} WHERE is_money AND (is_total OR level IS NOT NULL) GROUP BY ALL
)
SELECT document_id, concat_ws('|', block, whole, "column") AS m, nullif(whole, '') AS key, "column" AS col,
    0 AS left_value, v AS right_value, parts.unit, 1 AS terms, printed.cells IS NULL AND v <> 0 AS broken,
    coalesce(printed.cells, []) AS left_cells, parts.cells AS right_cells
FROM wholes JOIN parts USING (document_id, block, whole)
LEFT JOIN printed USING (document_id, block, whole, "column")"""
