"""SQL of checks of stated figures against each other: which is not larger, which are zero together, which
shares make a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from dagster_project.reconciliation.facts import Facts, item_expression
from dagster_project.reconciliation.linear import quoted
from dagster_project.reconciliation.verdicts import found, verdicts
from expectations.model import Average, Misdated, Ordered, Restated, Rule, Shares


def _nearest(items: Sequence[int], others: Sequence[int]) -> str:
    """Statements of ``items`` (a) with the nearest one of ``others`` (b) of the same year."""
    return f"""SELECT a.*, b.statement_id AS other, b.yuan AS other_yuan, b.amount AS other_amount,
            b.half AS other_half
        FROM rc_statement a JOIN rc_statement b ON b.document_id = a.document_id AND b.year = a.year
        WHERE a.item_id IN ({", ".join(map(str, items))}) AND b.item_id IN ({", ".join(map(str, others))})
            AND a.year = a.fiscal_year
        QUALIFY row_number() OVER (PARTITION BY a.document_id, a.statement_id
            ORDER BY abs(a.position - b.position), b.position) = 1"""


def ordered_sql(check: Ordered, rule: Rule, facts: Facts) -> str | None:
    """Two stated figures: the first is not larger, or both are zero or neither is."""
    first, second = facts.matching([check.first]), facts.matching([check.second])
    if not first or not second:
        return None
    broken = {
        "at_most": "yuan - other_yuan > greatest(half, other_half)",
        "equal": "abs(yuan - other_yuan) > greatest(half, other_half)",
        "zero_together": "(amount = 0) <> (other_amount = 0)",
        "needs": "amount <> 0 AND other_amount = 0",
    }[check.relation]
    columns = found(
        m="statement_id",
        key="item",
        left_value="yuan",
        right_value="other_yuan",
        unit="unit",
        broken=broken,
        left_cells="[statement_id]",
        right_cells="[other]",
    )
    alike = "TRUE"
    if check.when_equal:
        one, two = (facts.items.get(item, -1) for item in check.when_equal)
        alike = f"""document_id IN (SELECT x.document_id FROM rc_statement x JOIN rc_statement y
            USING (document_id) WHERE x.item_id = {one} AND y.item_id = {two} AND x.amount = y.amount)"""
    body = f"SELECT {columns} FROM ({_nearest(first, second)}) WHERE {alike}"
    return verdicts(rule, check.name, body)


_MONEY: Final = "unit IN ('wan', 'yuan')"
_COMPARED: Final = "持平|相同|一致|不变|无变化|无变动|无增减|上年|去年|同期|执行"
_AGAINST: Final = r"[比较与同]20\d\d年"
_OWN_YEAR: Final = """NOT regexp_matches("column", 'prior_year|change|balance|carried')"""


def misdated_sql(check: Misdated, rule: Rule, facts: Facts) -> str | None:
    """Figures that the sentence states for another year and the document's own forms print for this one, and
    figures that are due for this year and stated for another one only."""
    items, due = facts.matching(check.items), facts.matching(check.due)
    if not items and not due:
        return None
    numbers, dues = (", ".join(map(str, chosen or [-1])) for chosen in (items, due))
    own = f"SELECT document_id, yuan FROM rc_cell WHERE is_money AND yuan <> 0 AND {_OWN_YEAR}"
    columns = found(
        document_id="s.document_id",
        m="s.statement_id",
        key="s.item",
        left_value="s.year",
        right_value="s.fiscal_year",
        unit="'count'",
        broken=f"""s.year < s.fiscal_year AND s.own > s.others AND contains(s.sentence, s.year || '年')
            AND s.first_of_sentence AND NOT contains(s.sentence, s.fiscal_year || '年')
            AND NOT regexp_matches(replace(s.sentence, '上年结', ''), {quoted(_COMPARED)})
            AND NOT (s.kind = 'budget' AND regexp_matches(s.sentence, {quoted(_AGAINST)}))
            AND (item_id IN ({numbers}) AND s.amount >= 10 AND s.amount % 1 <> 0
                AND NOT EXISTS (SELECT 1 FROM rc_statement t WHERE t.document_id = s.document_id
                    AND t.item_id = s.item_id AND t.year = s.fiscal_year AND t.yuan <> s.yuan)
                AND EXISTS (SELECT 1 FROM ({own}) c
                    WHERE c.document_id = s.document_id AND abs(c.yuan - s.yuan) <= s.half)
            OR item_id IN ({dues})
                AND regexp_matches(s.sentence, '^[^,，。;；]{{0,40}}' || s.year || '年')
                AND NOT regexp_matches(s.sentence, '[比较与同]' || s.year || '年')
                AND NOT EXISTS (SELECT 1 FROM rc_statement t WHERE t.document_id = s.document_id
                    AND t.item_id = s.item_id AND t.year = s.fiscal_year))""",
        left_cells="[s.statement_id]",
    )
    years = """SELECT document_id, count(*) FILTER (WHERE year = fiscal_year) AS own,
            count(*) FILTER (WHERE year <> fiscal_year) AS others FROM rc_statement GROUP BY document_id"""
    stated = f"""SELECT *, row_number() OVER (PARTITION BY document_id, year, sentence
            ORDER BY position, statement_id) = 1 AS first_of_sentence
        FROM rc_statement JOIN ({years}) USING (document_id)
        WHERE item_id IN ({numbers}, {dues}) AND {_MONEY}"""
    return verdicts(rule, check.name, f"SELECT {columns} FROM ({stated}) s")


def shares_sql(check: Shares, rule: Rule, facts: Facts) -> str | None:
    """The shares of a list that is complete: its amounts add up to the stated whole."""
    shares, amounts = facts.matching(check.shares), facts.matching(check.amounts)
    wholes = facts.matching([check.whole])
    if not shares or not amounts or not wholes:
        return None
    pairs = [
        (share, amount)
        for share in shares
        for amount in amounts
        if _same_part(facts.names[share], facts.names[amount], check)
    ]
    if not pairs:
        return None
    listed = ", ".join(f"({share}, {amount})" for share, amount in pairs)
    parts = f"""SELECT s.document_id, s.item_id, s.amount AS share, s.half AS share_half, s.statement_id,
            o.yuan, o.half
        FROM rc_statement s JOIN (VALUES {listed}) AS pair (share, amount) ON pair.share = s.item_id
        JOIN rc_statement o ON o.document_id = s.document_id AND o.item_id = pair.amount AND o.year = s.year
        WHERE s.unit = 'pct' AND s.year = s.fiscal_year
        QUALIFY row_number() OVER (PARTITION BY s.document_id, s.item_id
            ORDER BY o.sentence = s.sentence DESC, abs(o.position - s.position), s.position) = 1"""
    whole = f"""SELECT document_id, max(yuan) AS yuan, max(half) AS half FROM rc_statement
        WHERE item_id IN ({", ".join(map(str, wholes))}) AND year = fiscal_year GROUP BY ALL
        HAVING min(yuan) = max(yuan)"""
    columns = found(
        document_id="p.document_id",
        key=quoted(check.whole),
        left_value="sum(p.share)",
        right_value="100",
        unit="'pct'",
        broken="abs(sum(p.share) - 100) > sum(p.share_half) + max(p.share_half)",
        left_cells="list(p.statement_id ORDER BY p.statement_id)",
    )
    return verdicts(
        rule,
        check.name,
        f"""SELECT {columns} FROM ({parts}) p JOIN ({whole}) w USING (document_id) GROUP BY p.document_id
        HAVING count(*) > 1 AND abs(sum(p.yuan) - max(w.yuan)) <= sum(p.half) + max(w.half)""",
    )


def _same_part(share: str, amount: str, check: Shares) -> bool:
    """Whether the share is that of the amount: the same words at the placeholder, or the same prefix."""
    for pattern in check.shares:
        for other in check.amounts:
            one = re.fullmatch(item_expression(pattern), share)
            two = re.fullmatch(item_expression(other), amount)
            if one and two and one.groups() == two.groups():
                return share.rpartition(".")[0] == amount.rpartition(".")[0]
    return False


def restated_sql(check: Restated, rule: Rule, facts: Facts) -> str | None:
    """Stated figures against the same figures of another document, one instance a figure of this one.

    A figure that either document states twice with different amounts is compared by neither.
    """
    items = facts.matching(check.items)
    if not items or check.document not in facts.roles:
        return None
    chosen = f"item_id IN ({', '.join(map(str, items))})"
    once = f"""SELECT document_id, item_id, year, unit, min(item) AS item, min(yuan) AS yuan,
            max(half) AS half, min(statement_id) AS statement_id
        FROM rc_statement WHERE {chosen} GROUP BY document_id, item_id, year, unit
        HAVING min(yuan) = max(yuan)"""
    added, plus = "", "0"
    if check.plus:
        numbers = ", ".join(map(str, facts.matching(check.plus) or [-1]))
        added = f"""JOIN (SELECT document_id, year, max(yuan) AS yuan FROM rc_statement
            WHERE item_id IN ({numbers}) AND unit NOT IN ('wan', 'yuan', 'pct') GROUP BY document_id, year) p
            ON p.document_id = a.document_id AND p.year = a.year"""
        plus = "p.yuan"
    limit = f"(b.yuan + {plus})"
    gap = f"a.yuan - {limit}" if check.compare == "at_most" else f"abs(a.yuan - {limit})"
    columns = found(
        document_id="a.document_id",
        m="a.statement_id",
        key="a.item",
        left_value="a.yuan",
        right_value=limit,
        unit="a.unit",
        broken=f"{gap} > CASE WHEN a.unit IN ('wan', 'yuan') THEN 2 * greatest(a.half, b.half) ELSE 0 END",
        left_cells="[a.statement_id]",
        right_cells="[b.statement_id]",
    )
    body = f"""SELECT {columns} FROM ({once}) a
        JOIN rc_link k ON k.document_id = a.document_id AND k.role = {quoted(check.document)}
        JOIN ({once}) b ON b.document_id = k.other_id AND b.item_id = a.item_id
            AND b.year = a.year{" - 1" if check.earlier else ""} AND b.unit = a.unit {added}"""
    return verdicts(rule, check.name, body)


def average_sql(check: Average, rule: Rule, facts: Facts) -> str | None:
    """An amount by the number of those it is spent on, both stated for the document's year."""
    amounts, counts = facts.matching(check.amounts), facts.matching(check.counts)
    if not amounts or not counts:
        return None

    def first(items: Sequence[int], condition: str) -> str:
        rank = " ".join(f"WHEN {item} THEN {place}" for place, item in enumerate(items))
        return f"""SELECT * FROM rc_statement WHERE item_id IN ({", ".join(map(str, items))})
            AND year = fiscal_year AND amount > 0 AND {condition}
            QUALIFY row_number() OVER (PARTITION BY document_id
                ORDER BY CASE item_id {rank} END, position) = 1"""

    columns = found(
        document_id="a.document_id",
        m="a.statement_id",
        key="a.item",
        left_value="round(a.yuan / n.amount)",
        right_value=f"CASE WHEN a.yuan < {check.low} * n.amount THEN {check.low} ELSE {check.high} END",
        unit="'yuan'",
        broken=f"a.yuan < {check.low} * n.amount OR a.yuan > {check.high} * n.amount",
        left_cells="[a.statement_id]",
        right_cells="[n.statement_id]",
    )
    counted = first(counts, f"NOT {_MONEY} AND unit <> 'pct'")
    body = f"""SELECT {columns} FROM ({first(amounts, _MONEY)}) a
        JOIN ({counted}) n USING (document_id)"""
    return verdicts(rule, check.name, body)
