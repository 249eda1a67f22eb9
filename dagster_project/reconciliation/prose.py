"""SQL of the rules over stated figures (families NAR and COMP), in the shape of ``linear.COLUMNS``.

Every builder returns ``None`` where no document states the items it is about. Percentages are compared
without dividing: ``p × base / 100`` against the part, in DECIMAL; a quotient is formed only to show the
expected percentage.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from dagster_project.reconciliation.facts import Facts, item_expression
from dagster_project.reconciliation.linear import (
    PLACED,
    SEVERAL,
    guard_condition,
    quoted,
    select,
    side_sql,
    source,
    state_sql,
    tolerance_sql,
)
from expectations.model import Direction, Ratio, Rule, Same, StatementSum, StatementTie, Wording

_MONEY: Final = "unit IN ('wan', 'yuan')"

CUT_OFF: Final = "cut off|the printed percentage is cut off instead of rounded|百分比按截尾印刷，未四舍五入"
OTHER_WHOLE: Final = "other whole|the share fits another stated whole|该占比与另一口径的合计相符"
UNKNOWN_WHOLE: Final = "the whole that the sentence names is not stated|句中所称总数未在文中写出"
OTHER_BASE: Final = "the sentence names another budget base|句中所称预算口径与表不同"
INCOMPLETE: Final = "the list of stated parts is not complete|分项未能完整识别"
DOUBLE_LIST: Final = "the whole is broken down more than once|总数有多种分解"
_TWICE: Final = """l.yuan <> 0 AND round(r.v / nullif(l.yuan, 0)) > 1
    AND abs(r.v - l.yuan * round(r.v / nullif(l.yuan, 0))) <= {room}"""
BOTH_EDITIONS: Final = "department and unit are stated in one document|同一文件含部门与单位两套口径"

_LARGER, _SMALLER, _EQUAL = (
    f"决算数?{word}[^，。；]{{0,4}}预算" for word in ("(大于|高于)", "(小于|低于)", "等于")
)


def _numbers(numbers: Iterable[int]) -> str:
    return "(" + ", ".join(map(str, numbers)) + ")"


def _pairs(rows: Iterable[tuple[int, int, int]]) -> str:
    """An inline table: number of a percentage's item, number of the other item, rank."""
    values = ", ".join(f"({first}, {second}, {rank})" for first, second, rank in rows)
    return f"(VALUES {values}) AS pair (of_item, item_id, rank)"


def tie_sql(tie: StatementTie, rule: Rule, facts: Facts) -> str | None:
    """A stated figure against cells of a form, one instance a statement."""
    items = facts.matching(tie.items)
    if not facts.roles.issuperset(tie.roles):
        return None
    if not items or not (tie.absent_is_zero or any(term.form in facts.forms for term in tie.right)):
        return None
    by_code = tie.right[0].match != "none"
    by_name = tie.right[0].match == "label"
    guards = " AND ".join(["TRUE", *(guard_condition(guard, facts, "s") for guard in tie.guards)])
    matched = _names(tie, items, facts) if by_name else "code" if by_code else "''"
    left = f"""SELECT s.document_id, {matched} AS m, statement_id, item,
        yuan AS v, half AS h, half AS widest, half AS narrowest, factor AS low_factor, factor AS high_factor,
        unit, sentence FROM rc_statement s
        WHERE item_id IN {_numbers(items)} AND year = fiscal_year AND {_MONEY} AND {guards}"""
    if tie.change:
        left = _before_the_change(left, tie, facts)
    difference = "(l.v - coalesce(r.v, 0))"
    if tie.compare == "at_most":
        difference = "greatest(l.v - coalesce(r.v, 0), 0)"
    tolerance = tolerance_sql(tie.tolerance)
    words = " OR ".join(f"contains(l.sentence, {quoted(word)})" for word in tie.other_base)
    unusable = {"coalesce(r.twice, false)": SEVERAL, "coalesce(r.placed, false)": PLACED}
    state, reason = state_sql(difference, tolerance, unusable, {words: OTHER_BASE} if words else {})
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
    blank, found = "", "r.n > 0"
    if tie.blank_is_zero:
        blank = f"""LEFT JOIN (SELECT DISTINCT document_id FROM rc_instance
            WHERE split_part(rule_id, '-', 2) = 'ROW' AND form = {quoted(tie.right[0].form)}
                AND "column" = {quoted(tie.blank_is_zero)} AND state IN ('pass_exact', 'pass_rounding')
        ) p ON p.document_id = l.document_id"""
        found = "(r.n > 0 OR p.document_id IS NOT NULL)"
    if tie.absent_is_zero and not by_code:
        empty = f"form = {quoted(tie.right[0].form)} AND state IN ('declared_empty', 'printed_blank')"
        found = f"(r.n > 0 OR l.document_id IN (SELECT document_id FROM rc_form WHERE {empty}))"
    elif tie.absent_is_zero:
        levels = f"SELECT document_id, length(code) FROM {source(tie.right[0], facts)} WHERE code IS NOT NULL"
        found = f"(r.n > 0 OR (l.document_id, length(l.m)) IN ({levels}))"
    return f"""SELECT {columns} FROM ({left}) l
        LEFT JOIN ({side_sql(tie.right, rule.id, False, (), facts)}) r
            ON r.document_id = l.document_id AND r.m = l.m {blank} WHERE {found}"""


def _names(tie: StatementTie, items: Sequence[int], facts: Facts) -> str:
    """SQL: the name that a statement's item has at its placeholder."""
    pairs = {
        number: found.group(1)
        for number in items
        for pattern in tie.items
        if (found := re.fullmatch(item_expression(pattern), facts.names[number])) and found.groups()
    }
    arms = " ".join(f"WHEN {number} THEN {quoted(name)}" for number, name in pairs.items())
    return f"CASE item_id {arms} END"


def _before_the_change(left: str, tie: StatementTie, facts: Facts) -> str:
    """The figures less the change that their own sentence states: what they were before."""
    changes = _numbers(facts.matching(tie.change) or [-1])
    return f"""SELECT l.* REPLACE (l.v - c.yuan AS v, l.h + c.half AS h,
            greatest(l.widest, c.half) AS widest, least(l.narrowest, c.half) AS narrowest)
        FROM ({left}) l JOIN rc_statement c ON c.document_id = l.document_id AND c.sentence = l.sentence
            AND c.item_id IN {changes} AND c.{_MONEY} AND (l.m = '' OR c.code = l.m)
        QUALIFY count(*) OVER (PARTITION BY l.statement_id) = 1"""


def sum_sql(check: StatementSum, rule: Rule, facts: Facts) -> str | None:
    """A stated whole against the sum of stated parts, one instance a whole."""
    wholes = facts.matching(check.wholes)
    if not wholes:
        return None
    parts = _listed_parts(wholes, check) if check.listed else _named_parts(check, wholes, facts)
    if parts is None:
        return None
    room = "0" if check.counts else "l.half + r.h"
    state, reason = state_sql(
        "(l.yuan - r.v)", room, {}, {"NOT r.complete": INCOMPLETE, _TWICE.format(room=room): DOUBLE_LIST}
    )
    columns = _statement_columns(rule, check.name, "l") | {
        "left_value": "l.yuan",
        "right_value": "r.v",
        "tolerance": room,
        "terms": "r.n",
        "state": state,
        "reason": reason,
        "right_cells": "r.cells",
    }
    kind = f" AND kind = {quoted(check.document_kind)}" if check.document_kind else ""
    return f"""SELECT {select(columns)} FROM rc_statement l
        JOIN ({parts}) r ON r.document_id = l.document_id AND r.whole_id = l.statement_id
        WHERE r.n > {0 if check.unchanged else 1}{kind}"""


def _statement_columns(rule: Rule, name: str, alias: str) -> dict[str, str]:
    """What an instance over stated figures only has by default; ``alias`` is its statement."""
    return {
        "document_id": f"{alias}.document_id",
        "rule_id": quoted(rule.id),
        "instance": f"{quoted(name)} || '|' || {alias}.statement_id",
        "form": "NULL",
        "key": f"{alias}.item",
        '"column"': "NULL",
        "left_value": f"{alias}.yuan",
        "right_value": "NULL",
        "tolerance": "0",
        "unit": f"{alias}.unit",
        "terms": "1",
        "state": "'pass_exact'",
        "reason": "NULL",
        "independent": "TRUE",
        "left_cells": f"[{alias}.statement_id]",
        "right_cells": "[]::VARCHAR[]",
    }


def _unit(check: StatementSum, alias: str) -> str:
    """SQL condition: the statement is money, or a count where the check counts."""
    return f"{alias}.unit NOT IN ('wan', 'yuan', 'pct')" if check.counts else f"{alias}.{_MONEY}"


def _listed_parts(wholes: Sequence[int], check: StatementSum) -> str:
    return f"""SELECT w.document_id, w.statement_id AS whole_id, sum(s.yuan) AS v, sum(s.half) AS h,
        count(*) AS n, list_sort(list(s.statement_id)) AS cells, TRUE AS complete
        FROM rc_statement w JOIN rc_statement s ON s.document_id = w.document_id AND s.part_of = w.whole_of
            AND s.unit = w.unit AND s.year = w.year
        WHERE w.item_id IN {_numbers(wholes)} AND w.exhaustive AND {_unit(check, "w")} GROUP BY ALL"""


def _named_parts(check: StatementSum, wholes: Sequence[int], facts: Facts) -> str | None:
    """Of each named part the statement nearest to the whole; parts not stated count 0."""
    parts = facts.matching(check.parts)
    required = [facts.items.get(item) for item in check.required]
    if not parts or None in required:
        return None
    having = " AND ".join(["TRUE", *(f"list_contains(list(item_id), {number})" for number in required)])
    complete = "TRUE"
    if check.paired_with:
        paired = _numbers(facts.matching([check.paired_with]) or [-1])
        complete = f"""count(*) = (SELECT count(DISTINCT item_id) FROM rc_statement o
            WHERE o.document_id = n.document_id AND o.item_id IN {paired} AND {_leaf("o", paired, check)})"""
    if check.unchanged:
        complete = " AND ".join(_stated_or_said(item, words, facts) for item, words in check.unchanged)
    unless = _numbers(facts.matching([check.unless]) or [-1]) if check.unless else "(-1)"
    nearest = f"""SELECT w.document_id, w.statement_id AS whole_id, s.item_id, s.yuan, s.half, s.statement_id
        FROM rc_statement w JOIN rc_statement s ON s.document_id = w.document_id AND s.year = w.year
        WHERE w.item_id IN {_numbers(wholes)} AND s.item_id IN {_numbers(parts)}
            AND {_unit(check, "s")} AND {_unit(check, "w")}
            AND w.document_id NOT IN (SELECT document_id FROM rc_statement WHERE item_id IN {unless})
            AND {_leaf("s", _numbers(parts), check)}
        QUALIFY row_number() OVER (PARTITION BY w.document_id, w.statement_id, s.item_id
            ORDER BY abs(s.position - w.position), s.position) = 1"""
    return f"""SELECT document_id, whole_id, sum(yuan) AS v, sum(half) AS h, count(*) AS n,
        list_sort(list(statement_id)) AS cells, {complete} AS complete
        FROM ({nearest}) n GROUP BY document_id, whole_id HAVING {having}"""


def _stated_or_said(item: str, words: str, facts: Facts) -> str:
    """SQL condition: a part is stated, or the running text says that there is none of it."""
    return f"""(list_contains(list(item_id), {facts.items.get(item, -1)}) OR document_id IN (
        SELECT document_id FROM staging.passage
        WHERE kind IN ('sentence', 'note') AND regexp_matches(text, {quoted(words)})))"""


def _leaf(alias: str, items: str, check: StatementSum) -> str:
    """SQL condition: the document states none of the items for an account below that of ``alias``.

    An account is a code, the names of a path, or the code known so far and the names below it.
    """
    if not check.leaves:
        return "TRUE"
    account, below = (f"regexp_replace({each}.item, '[.][^.]*$', '')" for each in (alias, "x"))
    return f"""NOT EXISTS (SELECT 1 FROM rc_statement x WHERE x.document_id = {alias}.document_id
        AND x.item_id IN {items} AND starts_with({below}, {account})
        AND regexp_matches(substr({below}, length({account}) + 1), '^[.0-9]'))"""


def _filled(templates: Sequence[str], item: str, expression: str) -> list[str]:
    """The items that the templates mean: the placeholder takes what the percentage's item has there."""
    found = re.fullmatch(expression, item)
    taken = found.group(1) if found and found.groups() else ""
    return [re.sub("<[a-z]+>", lambda _: taken, template) for template in templates]


def _relatives(
    percents: Iterable[int], templates: Sequence[str], expression: str, facts: Facts
) -> list[tuple[int, int, int]]:
    return [
        (number, facts.items[item], rank)
        for number in percents
        for rank, item in enumerate(_filled(templates, facts.names[number], expression))
        if item in facts.items
    ]


def _nearest(pairs: Iterable[tuple[int, int, int]], *, back: int | None = None) -> str:
    """For each percentage the statement of one of its relatives that stands nearest before or after it.

    ``back``: one in the same sentence, of the year that lies so many years back.
    """
    year = "s.year" if back is None else f"s.year - {back} AND o.sentence = s.sentence"
    return f"""SELECT s.document_id, s.statement_id AS of_id, o.statement_id, o.yuan, o.half
        FROM rc_statement s JOIN {_pairs(pairs)} ON pair.of_item = s.item_id
        JOIN rc_statement o ON o.document_id = s.document_id AND o.item_id = pair.item_id AND o.year = {year}
        WHERE s.unit = 'pct' AND o.{_MONEY}
        QUALIFY row_number() OVER (PARTITION BY s.document_id, s.statement_id
            ORDER BY o.sentence = s.sentence DESC, abs(o.position - s.position), o.position) = 1"""


def _nearest_whole(pairs: Iterable[tuple[int, int, int]], named: Iterable[tuple[int, int, int, str]]) -> str:
    """For each percentage the nearest whole, of those first that its sentence names (``by_name``)."""
    rows = [(*pair, "") for pair in pairs] + list(named)
    values = ", ".join(f"({first}, {second}, {rank}, {quoted(words)})" for first, second, rank, words in rows)
    return f"""SELECT s.document_id, s.statement_id AS of_id, o.statement_id, o.yuan, o.half,
            pair.words <> '' AS by_name
        FROM rc_statement s JOIN (VALUES {values}) AS pair (of_item, item_id, rank, words)
            ON pair.of_item = s.item_id
        JOIN rc_statement o ON o.document_id = s.document_id AND o.item_id = pair.item_id AND o.year = s.year
        WHERE s.unit = 'pct' AND o.{_MONEY}
            AND (pair.words = '' OR regexp_matches(coalesce(s.base, ''), pair.words))
        QUALIFY row_number() OVER (PARTITION BY s.document_id, s.statement_id ORDER BY by_name DESC,
            o.sentence = s.sentence DESC, abs(o.position - s.position), o.position) = 1"""


def ratio_sql(check: Ratio, rule: Rule, facts: Facts) -> str | None:
    """A stated percentage against the amounts it is made of, one instance a percentage."""
    expression = item_expression(check.percent)
    percents = [n for n in facts.matching([check.percent]) if n not in facts.matching(check.unless)]
    bases = check.bases[:1] if check.formula == "share" else check.bases
    part_pairs = _relatives(percents, check.part, expression, facts)
    base_pairs = _relatives(percents, bases, expression, facts)
    named = [
        (*pair, words)
        for words, items in check.named
        for pair in _relatives(percents, items, expression, facts)
    ]
    if not part_pairs or not (base_pairs or named):
        return None
    part, base, base_half, part_half = "a.yuan::DECIMAL(22,6)", "b.yuan::DECIMAL(22,6)", "b.half", "a.half"
    if check.formula == "change":
        base, base_half = f"({base} - {part})", "(a.half + b.half)"
    compared = check.formula in ("growth", "excess")
    if compared:
        part, part_half = f"({part} - {base})", "(a.half + b.half)"
    percent, percent_half = "abs(s.amount)::DECIMAL(16,6)", "s.half::DECIMAL(10,7)"
    # Without division: the part that the percentage stands for against the part that is stated.
    gap = f"abs({percent} * abs({base}) * 0.01 - abs({part}))"
    room = f"({percent_half} * abs({base}) * 0.01 + {base_half} * {percent} * 0.01 + {part_half})"
    cut = f"""(abs({part}) * 100 >= {percent} * abs({base})
        AND abs({part}) * 100 < ({percent} + 2 * {percent_half}) * abs({base}))"""
    if compared:
        gap = f"abs(s.amount::DECIMAL(16,6) * {base} * 0.01 - {part})"
        cut = f"(s.amount * {part} >= 0 AND {cut})"
    quotient = f"100 * {part}::DOUBLE / {f'abs({base})' if check.formula == 'share' else base}::DOUBLE"
    others = _relatives(percents, check.bases[1:], expression, facts) if check.formula == "share" else []
    other = _other_whole_fits(others) if others else "FALSE"
    other = f"({other} AND NOT b.by_name OR {_other_named_fits(named)})" if named else other
    unknown = "coalesce(s.base, '') <> '' AND NOT b.by_name" if check.named else "FALSE"
    columns = _statement_columns(rule, check.name, "s") | {
        "left_value": "s.amount",
        "right_value": f"round({quotient}, greatest(s.decimals, 2)::INTEGER)::DECIMAL(20,6)",
        "tolerance": f"(100 * {room}::DOUBLE / abs({base})::DOUBLE)::DECIMAL(20,6)",
        "unit": "'pct'",
        "terms": "2",
        "state": f"""CASE WHEN {gap} = 0 THEN 'pass_exact' WHEN {gap} <= {room} THEN 'pass_rounding'
            WHEN {cut} OR {other} THEN 'explained' WHEN {unknown} THEN 'not_evaluable' ELSE 'fail' END""",
        "reason": f"""CASE WHEN {gap} <= {room} THEN NULL WHEN {cut} THEN {quoted(CUT_OFF)}
            WHEN {other} THEN {quoted(OTHER_WHOLE)} WHEN {unknown} THEN {quoted(UNKNOWN_WHOLE)} END""",
        "right_cells": "[a.statement_id, b.statement_id]",
    }
    kind = f" AND s.kind = {quoted(check.document_kind)}" if check.document_kind else ""
    back = 1 if check.formula == "growth" else 0
    whole = _nearest(base_pairs, back=back) if compared else _nearest_whole(base_pairs, named)
    return f"""SELECT {select(columns)} FROM rc_statement s
        JOIN ({_nearest(part_pairs)}) a ON a.document_id = s.document_id AND a.of_id = s.statement_id
        JOIN ({whole}) b
            ON b.document_id = s.document_id AND b.of_id = s.statement_id
        WHERE s.unit = 'pct' AND s.item_id IN {_numbers(percents)} AND {base} <> 0{kind}
            {_when_equal(check, facts)}"""


def _when_equal(check: Ratio, facts: Facts) -> str:
    if check.when_equal is None:
        return ""
    first, second = (facts.items.get(item, -1) for item in check.when_equal)
    return f""" AND s.document_id IN (SELECT x.document_id FROM rc_statement x JOIN rc_statement y
        ON y.document_id = x.document_id AND y.yuan = x.yuan
        WHERE x.item_id = {first} AND y.item_id = {second})"""


def _other_whole_fits(others: Iterable[tuple[int, int, int]]) -> str:
    """SQL: the share fits one of the other wholes that the words may mean."""
    return _fits(_pairs(others), "TRUE")


def _other_named_fits(named: Iterable[tuple[int, int, int, str]]) -> str:
    """SQL: the share fits another stated whole of the name that the sentence gives it."""
    values = ", ".join(f"({first}, {second}, {quoted(words)})" for first, second, _, words in named)
    return _fits(
        f"(VALUES {values}) AS pair (of_item, item_id, words)",
        "regexp_matches(coalesce(s.base, ''), pair.words)",
    )


def _fits(pairs: str, condition: str) -> str:
    percent, base = "abs(s.amount)::DECIMAL(16,6)", "abs(o.yuan::DECIMAL(22,6))"
    return f"""EXISTS (SELECT 1 FROM {pairs} JOIN rc_statement o ON o.item_id = pair.item_id
        WHERE pair.of_item = s.item_id AND o.document_id = s.document_id AND o.year = s.year AND {condition}
            AND abs({percent} * {base} * 0.01 - abs(a.yuan::DECIMAL(22,6)))
                <= s.half::DECIMAL(10,7) * {base} * 0.01 + o.half * {percent} * 0.01 + a.half)"""


def same_sql(check: Same, rule: Rule, facts: Facts) -> str | None:
    """One concept stated in several places: each statement against the amount stated most often."""
    items = facts.matching(check.items)
    if not items:
        return None
    if check.any_of:
        return _any_of_sql(check, rule, facts)
    scope = "s.scope" if len(check.items) == 1 else "''"
    code = "s.code" if any("<code>" in item for item in check.items) else "''"
    place = "document_id, m, at_scope, year, unit"
    statements = f"""SELECT s.*, {code} AS m, {scope} AS at_scope FROM rc_statement s
        WHERE item_id IN {_numbers(items)} AND {_MONEY}"""
    reference = f"""SELECT * FROM (SELECT {place}, statement_id, yuan, half, position,
            count(*) OVER (PARTITION BY {place}, yuan) AS votes FROM ({statements}))
        QUALIFY row_number() OVER (PARTITION BY {place} ORDER BY votes DESC, half, position) = 1"""
    both = {"l.document_id IN (SELECT document_id FROM rc_document WHERE edition = 'both')": BOTH_EDITIONS}
    columns = _pair_columns(check.name, rule, both)
    return f"""SELECT {columns} FROM ({statements}) l JOIN ({reference}) r
        ON r.document_id = l.document_id AND r.m = l.m AND r.at_scope = l.at_scope AND r.year = l.year
            AND r.unit = l.unit AND r.statement_id <> l.statement_id"""


def _any_of_sql(check: Same, rule: Rule, facts: Facts) -> str | None:
    first = facts.items.get(check.items[0])
    ranked = [(facts.items[item], rank) for rank, item in enumerate(check.items[1:]) if item in facts.items]
    if first is None or not ranked:
        return None
    others = [(first, number, rank) for number, rank in ranked]
    fits = "abs(l.yuan - r.yuan) <= greatest(l.half, r.half)"
    return f"""SELECT {_pair_columns(check.name, rule, {})} FROM rc_statement l
        JOIN {_pairs(others)} ON pair.of_item = l.item_id
        JOIN rc_statement r ON r.document_id = l.document_id AND r.year = l.year AND r.item_id = pair.item_id
        WHERE l.item_id = {first} AND l.{_MONEY} AND r.{_MONEY}
        QUALIFY row_number() OVER (PARTITION BY l.document_id, l.statement_id
            ORDER BY {fits} DESC, pair.rank, r.position) = 1"""


def _pair_columns(name: str, rule: Rule, doubts: dict[str, str]) -> str:
    state, reason = state_sql("(l.yuan - r.yuan)", "greatest(l.half, r.half)", {}, doubts)
    return select(
        _statement_columns(rule, name, "l")
        | {
            "right_value": "r.yuan",
            "tolerance": "greatest(l.half, r.half)",
            "state": state,
            "reason": reason,
            "right_cells": "[r.statement_id]",
        }
    )


def direction_sql(check: Direction, rule: Rule, facts: Facts) -> str | None:
    """Words of change against figures."""
    return _signs_sql(rule, facts) if check.check == "signs" else _compared_sql(rule, facts)


def _signs_sql(rule: Rule, facts: Facts) -> str | None:
    expression = item_expression("<subject>.change_pct")
    percents = facts.matching(["<subject>.change_pct"])
    amounts = _relatives(percents, ["<subject>.change_amount"], expression, facts)
    if not amounts:
        return None
    columns = _statement_columns(rule, "signs", "s") | {
        "left_value": "s.amount",
        "right_value": "abs(s.amount) * sign(a.yuan)",
        "state": "CASE WHEN s.amount * sign(a.yuan) < 0 THEN 'fail' ELSE 'pass_exact' END",
        "right_cells": "[a.statement_id]",
    }
    return f"""SELECT {select(columns)} FROM rc_statement s
        JOIN ({_nearest(amounts)}) a ON a.document_id = s.document_id AND a.of_id = s.statement_id"""


def _compared_sql(rule: Rule, facts: Facts) -> str | None:
    expression = item_expression("<subject>.final")
    finals = facts.matching(["<subject>.final"])
    budgets = _relatives(finals, ["<subject>.budget"], expression, facts)
    if not budgets:
        return None
    larger, smaller, equal = (f"regexp_matches(s.sentence, {quoted(w)})" for w in (_LARGER, _SMALLER, _EQUAL))
    broken = (
        f"{larger} AND s.yuan <= b.yuan OR {smaller} AND s.yuan >= b.yuan OR {equal} AND s.yuan <> b.yuan"
    )
    columns = _statement_columns(rule, "compared", "s") | {
        "right_value": "b.yuan",
        "state": f"CASE WHEN {broken} THEN 'fail' ELSE 'pass_exact' END",
        "right_cells": "[b.statement_id]",
    }
    alone = f"""SELECT *, count(*) OVER (PARTITION BY document_id, sentence) AS n
        FROM rc_statement WHERE item_id IN {_numbers(finals)} AND {_MONEY}"""
    return f"""SELECT {select(columns)} FROM ({alone}) s
        JOIN {_pairs(budgets)} ON pair.of_item = s.item_id
        JOIN rc_statement b ON b.document_id = s.document_id AND b.sentence = s.sentence AND b.year = s.year
            AND b.item_id = pair.item_id
        WHERE s.n = 1 AND ({larger} OR {smaller} OR {equal})"""


def wording_sql(check: Wording, rule: Rule, facts: Facts) -> str | None:
    """Words that no finished text carries: one instance a sentence that has them, one a document without."""
    if not facts.items:
        return None
    columns = _statement_columns(rule, check.name, "s") | {
        "key": "nullif(s.found, '')",
        "left_value": "NULL",
        "unit": "NULL",
        "state": "CASE WHEN s.found <> '' THEN 'fail' ELSE 'pass_exact' END",
        "left_cells": "CASE WHEN s.found <> '' THEN [s.statement_id] ELSE [] END",
    }
    sentences = f"""SELECT document_id, statement_id, item, yuan, unit, position,
            regexp_extract(sentence, {quoted(check.pattern)}) AS found
        FROM rc_statement
        QUALIFY row_number() OVER (PARTITION BY document_id, sentence ORDER BY position, statement_id) = 1"""
    return f"""SELECT {select(columns)} FROM (SELECT * FROM ({sentences})
        QUALIFY found <> '' OR row_number() OVER (PARTITION BY document_id
            ORDER BY found DESC, position, statement_id) = 1) s"""
