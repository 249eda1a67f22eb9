"""SQL of the equations over stated figures (rules of family NAR), in the shape of ``linear.COLUMNS``.

Percentages are compared without dividing: ``p × base / 100`` against the part, in DECIMAL; a quotient is
formed only to show the expected percentage.
"""

from __future__ import annotations

import re
from typing import Final

from dagster_project.reconciliation.linear import (
    PLACED,
    SEVERAL,
    _presence_sql,
    _side_sql,
    guard_condition,
    in_list,
    quoted,
    select,
    state_sql,
    tolerance_sql,
)
from expectations.model import Direction, Ratio, Rule, Same, StatementSum, StatementTie

_PLACEHOLDERS: Final = {
    "<code>": r"(\d+)",
    "<class>": r"(\d{3})",
    "<item>": r"(\d{7})",
    "<name>": "(.+)",
    "<subject>": "(.+)",
}
_MONEY: Final = "unit IN ('wan', 'yuan')"

CUT_OFF: Final = "cut off|the printed percentage is cut off instead of rounded|百分比按截尾印刷，未四舍五入"
OTHER_BASE: Final = "the sentence names another budget base|句中所称预算口径与表不同"
INCOMPLETE: Final = "the list of stated parts is not complete|分项未能完整识别"
BOTH_EDITIONS: Final = "department and unit are stated in one document|同一文件含部门与单位两套口径"
OTHER_WHOLE: Final = "other whole|the share fits another stated whole|该占比与另一口径的合计相符"


def pattern(item: str) -> str:
    """The regular expression of an item with placeholders."""
    text = re.escape(item)
    for name, expression in _PLACEHOLDERS.items():
        text = text.replace(re.escape(name), expression)
    return text


def item_condition(items: tuple[str, ...], alias: str = "s") -> str:
    """SQL condition: the statement's item is one of these."""
    return "(" + " OR ".join(f"regexp_full_match({alias}.item, {quoted(pattern(i))})" for i in items) + ")"


def _capture(items: tuple[str, ...], alias: str = "s") -> str:
    arms = [
        f"WHEN regexp_full_match({alias}.item, {quoted(pattern(i))}) "
        f"THEN regexp_extract({alias}.item, {quoted(pattern(i))}, 1)"
        for i in items
        if "<" in i
    ]
    return f"CASE {' '.join(arms)} ELSE '' END" if arms else "''"


def tie_sql(tie: StatementTie, rule: Rule) -> str:
    """A stated figure against cells of a form, one instance a statement."""
    wide = _side_sql(tie.right, rule.id, False, ())
    by_code = tie.right[0].match != "none"
    guards = " AND ".join(["TRUE", *(guard_condition(guard, "s") for guard in tie.guards)])
    left = f"""SELECT s.document_id, {_capture(tie.items) if by_code else "''"} AS m, statement_id, item,
        yuan AS v, half AS h, half AS widest, half AS narrowest, factor AS low_factor, factor AS high_factor,
        unit, sentence FROM rc_statement s
        WHERE {item_condition(tie.items)} AND year = fiscal_year AND {_MONEY} AND {guards}"""
    difference = "(l.v - coalesce(r.v, 0))"
    if tie.compare == "at_most":
        difference = "greatest(l.v - coalesce(r.v, 0), 0)"
    tolerance = tolerance_sql(tie.tolerance)
    doubts = {}
    if tie.other_base:
        words = " OR ".join(f"contains(l.sentence, {quoted(word)})" for word in tie.other_base)
        doubts[words] = OTHER_BASE
    unusable = {"coalesce(r.twice, false)": SEVERAL, "coalesce(r.placed, false)": PLACED}
    state, reason = state_sql(difference, tolerance, unusable, doubts)
    columns = select(
        {
            "document_id": "l.document_id",
            "rule_id": quoted(rule.id),
            "instance": f"{quoted(tie.name)} || '|' || l.statement_id",
            "form": quoted(tie.right[0].form),
            "key": "l.item",
            '"column"': "r.shown",
            "left_value": "l.v",
            "right_value": "coalesce(r.v, 0)",
            "tolerance": tolerance,
            "unit": "l.unit",
            "terms": "coalesce(r.n, 0)",
            "state": state,
            "reason": reason,
            "independent": "NOT coalesce(r.placed, false)",
            "left_cells": "[l.statement_id]",
            "right_cells": "coalesce(r.cells, [])",
        }
    )
    found = "r.n > 0" + (" OR p.rows > 0" if tie.blank_is_zero else "")
    return f"""SELECT {columns} FROM ({left}) l
        LEFT JOIN ({wide}) r ON r.document_id = l.document_id AND r.m = l.m
        LEFT JOIN ({_presence_sql(tie.right, False)}) p ON p.document_id = l.document_id AND p.m = l.m
        WHERE {found}"""


def sum_sql(check: StatementSum, rule: Rule) -> str:
    """A stated whole against the sum of stated parts, one instance a whole."""
    parts = _listed_parts(check) if check.listed else _named_parts(check)
    difference = "(l.v - r.v)"
    tolerance = "l.h + r.h"
    doubts = {"NOT r.complete": INCOMPLETE}
    state, reason = state_sql(difference, tolerance, {}, doubts)
    columns = select(
        {
            "document_id": "l.document_id",
            "rule_id": quoted(rule.id),
            "instance": f"{quoted(check.name)} || '|' || l.statement_id",
            "form": "NULL",
            "key": "l.item",
            '"column"': "NULL",
            "left_value": "l.v",
            "right_value": "r.v",
            "tolerance": tolerance,
            "unit": "l.unit",
            "terms": "r.n",
            "state": state,
            "reason": reason,
            "independent": "TRUE",
            "left_cells": "[l.statement_id]",
            "right_cells": "r.cells",
        }
    )
    listed = " AND whole_of IS NOT NULL AND exhaustive" if check.listed else ""
    if check.document_kind:
        listed += f" AND kind = {quoted(check.document_kind)}"
    return f"""SELECT {columns} FROM (SELECT s.*, yuan AS v, half AS h FROM rc_statement s
            WHERE {item_condition(check.wholes)} AND {_MONEY}{listed}) l
        JOIN ({parts}) r ON r.document_id = l.document_id AND r.whole_id = l.statement_id WHERE r.n > 1"""


def _listed_parts(check: StatementSum) -> str:
    return f"""SELECT w.document_id, w.statement_id AS whole_id, sum(s.yuan) AS v, sum(s.half) AS h,
        count(*) AS n, list(s.statement_id) AS cells, TRUE AS complete
        FROM rc_statement w JOIN rc_statement s ON s.document_id = w.document_id AND s.part_of = w.whole_of
            AND s.unit = w.unit AND s.year = w.year
        WHERE {item_condition(check.wholes, "w")} GROUP BY ALL"""


def _named_parts(check: StatementSum) -> str:
    """Of each named part the statement nearest to the whole; parts not stated count 0."""
    required = ""
    if check.required:
        wanted = " AND ".join(f"list_contains(list(s.item), {quoted(item)})" for item in check.required)
        required = f" HAVING {wanted}"
    complete = "TRUE"
    if check.paired_with:
        paired = f"""SELECT count(DISTINCT item) FROM rc_statement s
            WHERE s.document_id = n.document_id AND {item_condition((check.paired_with,))}"""
        complete = f"count(*) = ({paired})"
    unless = ""
    if check.unless:
        unless = f""" AND w.document_id NOT IN
            (SELECT document_id FROM rc_statement s WHERE {item_condition((check.unless,))})"""
    nearest = f"""SELECT w.document_id, w.statement_id AS whole_id, s.*
        FROM rc_statement w JOIN rc_statement s ON s.document_id = w.document_id AND s.year = w.year
            AND s.statement_id <> w.statement_id
        WHERE {item_condition(check.wholes, "w")} AND {item_condition(check.parts)}
            AND s.{_MONEY}{unless}
        QUALIFY row_number() OVER (PARTITION BY w.document_id, w.statement_id, s.item
            ORDER BY abs(s.position - w.position)) = 1"""
    return f"""SELECT s.document_id, s.whole_id, s.v, s.h, s.n, s.cells, s.complete FROM (
        SELECT document_id, whole_id, sum(yuan) AS v, sum(half) AS h, count(*) AS n,
            list(statement_id) AS cells, {complete} AS complete
        FROM ({nearest.replace("s.*", "s.* EXCLUDE (document_id)")}) n
        GROUP BY document_id, whole_id{required.replace("s.item", "item")}) s"""


def ratio_sql(check: Ratio, rule: Rule) -> str:
    """A stated percentage against the amounts it is made of, one instance a percentage."""
    expression = pattern(check.percent)
    part, base = "a.yuan::DECIMAL(22,6)", "b.yuan::DECIMAL(22,6)"
    part_half, base_half = "a.half", "b.half"
    if check.formula == "change":
        base, base_half = f"({base} - {part})", "(a.half + b.half)"
    percent, percent_half = "abs(s.amount)::DECIMAL(16,6)", "s.half::DECIMAL(10,7)"
    # Without division: the part that the percentage stands for against the part that is stated.
    gap = f"abs({percent} * abs({base}) * 0.01 - abs({part}))"
    room = f"({percent_half} * abs({base}) * 0.01 + {base_half} * {percent} * 0.01 + {part_half})"
    cut = f"""abs({part}) * 100 >= {percent} * abs({base})
        AND abs({part}) * 100 < ({percent} + 2 * {percent_half}) * abs({base})"""
    expected = f"round(100 * {part}::DOUBLE / abs({base})::DOUBLE, greatest(s.decimals, 2)::INTEGER)"
    if check.formula == "change":
        expected = f"round(100 * {part}::DOUBLE / {base}::DOUBLE, greatest(s.decimals, 2)::INTEGER)"
    other = _other_base_fits(check) if check.formula == "share" else "FALSE"
    columns = select(
        {
            "document_id": "s.document_id",
            "rule_id": quoted(rule.id),
            "instance": f"{quoted(check.name)} || '|' || s.statement_id",
            "form": "NULL",
            "key": "s.item",
            '"column"': "NULL",
            "left_value": "s.amount",
            "right_value": f"{expected}::DECIMAL(20,6)",
            "tolerance": f"(100 * {room}::DOUBLE / abs({base})::DOUBLE)::DECIMAL(20,6)",
            "unit": "'pct'",
            "terms": "2",
            "state": f"""CASE WHEN {gap} = 0 THEN 'pass_exact' WHEN {gap} <= {room} THEN 'pass_rounding'
                WHEN {cut} OR {other} THEN 'explained' ELSE 'fail' END""",
            "reason": f"""CASE WHEN {gap} <= {room} THEN NULL WHEN {cut} THEN {quoted(CUT_OFF)}
                WHEN {other} THEN {quoted(OTHER_WHOLE)} END""",
            "independent": "TRUE",
            "left_cells": "[s.statement_id]",
            "right_cells": "[a.statement_id, b.statement_id]",
        }
    )
    unless = f" AND NOT {item_condition(check.unless)}" if check.unless else ""
    equal = _equal_condition(check.when_equal) if check.when_equal else ""
    named = _named_items(check.bases, expression) if check.formula == "change" else None
    bases = named or f"[{_filled(check.bases[0], expression)}]"
    return f"""SELECT {columns} FROM rc_statement s
        JOIN ({_nearest(_named_items(check.part, expression), expression)}) a
            ON a.document_id = s.document_id AND a.of_id = s.statement_id
        JOIN ({_nearest(bases, expression)}) b ON b.document_id = s.document_id AND b.of_id = s.statement_id
        WHERE s.unit = 'pct' AND regexp_full_match(s.item, {quoted(expression)}) AND {base} <> 0{unless}{equal}"""


def _filled(template: str, expression: str) -> str:
    """SQL of an item whose placeholder takes what the percentage's item has in its place."""
    replaced = re.sub("<[a-z]+>", lambda _: r"\1", template)
    return f"regexp_replace(s.item, {quoted('^' + expression + '$')}, {quoted(replaced)})"


def _named_items(templates: tuple[str, ...], expression: str) -> str:
    return "[" + ", ".join(_filled(template, expression) for template in templates) + "]"


def _nearest(items: str, expression: str) -> str:
    """For each percentage the statement of one of these items that stands nearest before or after it."""
    return f"""SELECT s.document_id, s.statement_id AS of_id, o.statement_id, o.yuan, o.half
        FROM rc_statement s JOIN rc_statement o ON o.document_id = s.document_id AND o.year = s.year
            AND list_contains({items}, o.item) AND o.{_MONEY}
        WHERE s.unit = 'pct' AND regexp_full_match(s.item, {quoted(expression)})
        QUALIFY row_number() OVER (PARTITION BY s.document_id, s.statement_id
            ORDER BY o.sentence = s.sentence DESC, abs(o.position - s.position), o.position) = 1"""


def _equal_condition(items: tuple[str, str]) -> str:
    first, second = items
    return f""" AND EXISTS (SELECT 1 FROM rc_statement x JOIN rc_statement y USING (document_id)
        WHERE x.document_id = s.document_id AND x.item = {quoted(first)} AND y.item = {quoted(second)}
            AND x.yuan = y.yuan)"""


def _other_base_fits(check: Ratio) -> str:
    """SQL: the share fits one of the other wholes that the words may mean."""
    others = check.bases[1:]
    if not others:
        return "FALSE"
    expression = pattern(check.percent)
    fits = """abs(abs(s.amount)::DECIMAL(16,6) * abs(o.yuan::DECIMAL(22,6)) * 0.01 - abs(a.yuan::DECIMAL(22,6)))
        <= s.half::DECIMAL(10,7) * abs(o.yuan::DECIMAL(22,6)) * 0.01 + o.half * abs(s.amount)::DECIMAL(16,6) * 0.01
            + a.half"""
    return f"""EXISTS (SELECT 1 FROM rc_statement o WHERE o.document_id = s.document_id AND o.year = s.year
        AND list_contains({_named_items(others, expression)}, o.item) AND {fits})"""


def same_sql(check: Same, rule: Rule) -> str:
    """One concept stated in several places: each statement against the amount stated most often."""
    if check.any_of:
        return _any_of_sql(check, rule)
    scope = "s.scope" if len(check.items) == 1 else "''"
    statements = f"""SELECT s.*, {_capture(check.items)} AS m, {scope} AS at_scope FROM rc_statement s
        WHERE {item_condition(check.items)} AND {_MONEY}"""
    reference = f"""SELECT * FROM (SELECT document_id, m, at_scope, year, unit, statement_id, yuan, half,
            count(*) OVER (PARTITION BY document_id, m, at_scope, year, unit, yuan) AS votes, position
        FROM ({statements})) QUALIFY row_number() OVER (PARTITION BY document_id, m, at_scope, year, unit
            ORDER BY votes DESC, half, position) = 1"""
    difference, tolerance = "(l.yuan - r.yuan)", "greatest(l.half, r.half)"
    doubts = {"l.document_id IN (SELECT document_id FROM rc_document WHERE edition = 'both')": BOTH_EDITIONS}
    state, reason = state_sql(difference, tolerance, {}, doubts)
    columns = _pair_columns(check.name, rule, tolerance, state, reason)
    return f"""SELECT {columns} FROM ({statements}) l JOIN ({reference}) r
        ON r.document_id = l.document_id AND r.m = l.m AND r.at_scope = l.at_scope AND r.year = l.year
            AND r.unit = l.unit AND r.statement_id <> l.statement_id"""


def _any_of_sql(check: Same, rule: Rule) -> str:
    state, reason = state_sql("(l.yuan - r.yuan)", "greatest(l.half, r.half)", {}, {})
    columns = _pair_columns(check.name, rule, "greatest(l.half, r.half)", state, reason)
    rank = " ".join(f"WHEN {quoted(item)} THEN {number}" for number, item in enumerate(check.items))
    return f"""SELECT {columns} FROM rc_statement l JOIN rc_statement r
            ON r.document_id = l.document_id AND r.year = l.year AND r.item IN {in_list(check.items[1:])}
        WHERE l.item = {quoted(check.items[0])} AND l.{_MONEY} AND r.{_MONEY}
        QUALIFY row_number() OVER (PARTITION BY l.document_id, l.statement_id
            ORDER BY abs(l.yuan - r.yuan) <= greatest(l.half, r.half) DESC, CASE r.item {rank} END) = 1"""


def _pair_columns(name: str, rule: Rule, tolerance: str, state: str, reason: str) -> str:
    return select(
        {
            "document_id": "l.document_id",
            "rule_id": quoted(rule.id),
            "instance": f"{quoted(name)} || '|' || l.statement_id",
            "form": "NULL",
            "key": "l.item",
            '"column"': "NULL",
            "left_value": "l.yuan",
            "right_value": "r.yuan",
            "tolerance": tolerance,
            "unit": "l.unit",
            "terms": "1",
            "state": state,
            "reason": reason,
            "independent": "TRUE",
            "left_cells": "[l.statement_id]",
            "right_cells": "[r.statement_id]",
        }
    )


def direction_sql(check: Direction, rule: Rule) -> str:
    """Words of change against figures."""
    return {"signs": _signs_sql, "words": _words_sql, "compared": _compared_sql}[check.check](rule)


def _direction_columns(rule: Rule, name: str, values: dict[str, str]) -> str:
    return select(
        {
            "document_id": "s.document_id",
            "rule_id": quoted(rule.id),
            "instance": f"'{name}|' || s.statement_id",
            "form": "NULL",
            "key": "s.item",
            '"column"': "NULL",
            "left_value": "s.yuan",
            "right_value": "NULL",
            "tolerance": "0",
            "unit": "s.unit",
            "terms": "1",
            "reason": "NULL",
            "independent": "TRUE",
            "left_cells": "[s.statement_id]",
            "right_cells": "[]::VARCHAR[]",
        }
        | values
    )


def _signs_sql(rule: Rule) -> str:
    expression = pattern("<subject>.change_pct")
    columns = _direction_columns(
        rule,
        "signs",
        {
            "right_value": "abs(s.amount) * sign(a.yuan)",
            "state": "CASE WHEN s.amount * sign(a.yuan) < 0 THEN 'fail' ELSE 'pass_exact' END",
            "right_cells": "[a.statement_id]",
        },
    )
    items = _named_items(("<subject>.change_amount",), expression)
    return f"""SELECT {columns} FROM rc_statement s JOIN ({_nearest(items, expression)}) a
            ON a.document_id = s.document_id AND a.of_id = s.statement_id
        WHERE s.unit = 'pct' AND regexp_full_match(s.item, {quoted(expression)})"""


_BOTH_VERBS: Final = r"(增加|减少|增长|下降|提高|降低)\s*[（(]\s*(增加|减少|增长|下降|提高|降低)\s*[）)]"


def _words_sql(rule: Rule) -> str:
    broken = f"regexp_matches(s.sentence, {quoted(_BOTH_VERBS)})"
    columns = _direction_columns(
        rule,
        "words",
        {
            "key": f"coalesce(nullif(regexp_extract(s.sentence, {quoted(_BOTH_VERBS)}), ''), s.item)",
            "left_value": "NULL",
            "unit": "NULL",
            "state": f"CASE WHEN {broken} THEN 'fail' ELSE 'pass_exact' END",
        },
    )
    changes = ("<subject>.change_amount", "<subject>.change_pct", "<subject>.vs_budget_amount")
    return f"""SELECT {columns} FROM rc_statement s WHERE {item_condition(changes)}
        QUALIFY row_number() OVER (PARTITION BY s.document_id, s.sentence ORDER BY s.position) = 1"""


def _compared_sql(rule: Rule) -> str:
    expression = pattern("<subject>.final")
    larger, smaller, equal = (
        f"regexp_matches(s.sentence, {quoted('决算数?' + word)})"
        for word in (
            "(大于|高于)[^，。；]{0,4}预算",
            "(小于|低于)[^，。；]{0,4}预算",
            "等于[^，。；]{0,4}预算",
        )
    )
    broken = (
        f"{larger} AND s.yuan <= b.yuan OR {smaller} AND s.yuan >= b.yuan OR {equal} AND s.yuan <> b.yuan"
    )
    columns = _direction_columns(
        rule,
        "compared",
        {
            "right_value": "b.yuan",
            "state": f"CASE WHEN {broken} THEN 'fail' ELSE 'pass_exact' END",
            "right_cells": "[b.statement_id]",
        },
    )
    return f"""SELECT {columns} FROM (SELECT *, count(*) OVER (PARTITION BY document_id, sentence) AS n
            FROM rc_statement s WHERE regexp_full_match(item, {quoted(expression)}) AND {_MONEY}) s
        JOIN rc_statement b ON b.document_id = s.document_id AND b.sentence = s.sentence AND b.year = s.year
            AND b.item = {_filled("<subject>.budget", expression)}
        WHERE s.n = 1 AND ({larger} OR {smaller} OR {equal})"""
