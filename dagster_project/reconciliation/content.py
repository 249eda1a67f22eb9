"""SQL of checks that look at one form, or at the forms of a document, by themselves: cells that must be
blank, products, counts, screening bounds; forms that must be there and say what they are; documents that
print each other's figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dagster_project.reconciliation.facts import Facts
from dagster_project.reconciliation.linear import in_list, quoted, side_sql
from dagster_project.reconciliation.verdicts import found, verdicts
from expectations.model import Bounds, CellCheck, Count, Due, FormCheck, Product, Rule, Twins

FEW_FORMS: Final = "most forms of the document could not be read|该文件多数报表未能读取"
NOT_LISTED: Final = (
    "no contents page lists the form, which other regions print|没有目录列出此表，无法确认本地区应否单列"
)
NO_PROSE: Final = "the file has no running text that could say so|该文件没有文字说明"

_MAY_BE_NEGATIVE: Final = """(regexp_matches("column", 'balance|carried|change|prior_year')
    OR coalesce(line, '') IN ('opening', 'closing', 'used_non_fiscal', 'distribution'))"""
_TELLING: Final = "abs(amount) >= 10 AND abs(amount * 10) % 1 <> 0"
"""Amounts with enough digits that three equal ones are no accident: two decimals, ten at least."""


def cells_sql(check: CellCheck, rule: Rule, facts: Facts) -> str | None:
    """What the cells of one form must be by themselves."""
    if check.form not in facts.forms:
        return None
    cells, form = facts.cells(check.form), quoted(check.form)
    columns = f'"column" IN {in_list(check.columns)}' if check.columns else "is_money"
    match check.check:
        case "blank":
            under = " OR ".join(f"starts_with(code, {quoted(code)})" for code in check.under)
            body = _single_cells(cells, form, under, f"{columns} AND yuan <> 0")
        case "not_negative":
            broken = f"is_money AND {columns} AND yuan < 0 AND NOT {_MAY_BE_NEGATIVE}"
            body = _single_cells(cells, form, "TRUE", broken)
        case "decimals":
            body = _coarse_totals(cells, form, columns)
        case "repeated":
            body = _repeated(cells, form, columns)
    return verdicts(rule, check.name, body)


def _single_cells(cells: str, form: str, chosen: str, broken: str) -> str:
    columns = found(
        m='row_id || "column"',
        form=form,
        key="key",
        col='"column"',
        left_value="yuan",
        right_value="0",
        unit="unit",
        broken=broken,
        left_cells="[cell_id]",
    )
    return f"SELECT {columns} FROM {cells} WHERE {chosen}"


def _coarse_totals(cells: str, form: str, columns: str) -> str:
    """A total without decimals above rows that carry some: it hides what they add up to."""
    shown = found(
        document_id="c.document_id",
        m='c.row_id || c."column"',
        form=form,
        key="key",
        col='c."column"',
        left_value="c.yuan",
        right_value="coalesce(f.whole, c.yuan)",
        unit="unit",
        broken="c.is_total AND f.fine > 0 AND c.half * 2 = factor AND f.whole <> c.yuan"
        " AND abs(f.whole - c.yuan) < factor",
        left_cells="[cell_id]",
    )
    return f"""SELECT {shown} FROM {cells} c JOIN (
            SELECT document_id, "column", count(*) FILTER (WHERE yuan % factor <> 0) AS fine,
                sum(yuan) FILTER (WHERE level = 1) AS whole
            FROM {cells} WHERE {columns} GROUP BY ALL) f USING (document_id, "column")
        WHERE c.is_money"""


def _repeated(cells: str, form: str, columns: str) -> str:
    """One amount in three and more items that have nothing to do with each other."""
    shown = found(
        m='"column" || amount',
        form=form,
        key="min(key)",
        col='"column"',
        left_value="min(yuan)",
        right_value="min(yuan)",
        unit="min(unit)",
        broken=f"count(DISTINCT code) > 2 AND {_TELLING}",
        left_cells="list(cell_id ORDER BY cell_id)",
    )
    return f"""SELECT {shown} FROM {cells} WHERE {columns} AND is_money AND row_kind = 'leaf' AND level = 3
        GROUP BY document_id, "column", amount"""


def product_sql(check: Product, rule: Rule, facts: Facts) -> str | None:
    """Quantity times price of every leaf row that prints all three; whole quantities are counted exactly."""
    if check.form not in facts.forms:
        return None
    names = {"w": check.whole, "q": check.quantity, "p": check.price}
    parts = ", ".join(
        f"""first({value}) FILTER (WHERE "column" = {quoted(column)}) AS {name}_{value}"""
        for name, column in names.items()
        for value in ("amount", "half", "factor", "unit", "cell_id")
    )
    rows = f"""SELECT document_id, row_id, min(key) AS key, {parts} FROM {facts.cells(check.form)}
        WHERE row_kind = 'leaf' GROUP BY document_id, row_id"""
    columns = found(
        m="row_id",
        form=quoted(check.form),
        key="key",
        col=quoted(check.whole),
        left_value="w_amount * w_factor",
        right_value="q_amount * p_amount * w_factor",
        unit="w_unit",
        broken="""abs(w_amount - q_amount * p_amount)
            > q_amount * p_half / p_factor + w_half / w_factor
            + CASE WHEN q_amount % 1 <> 0 THEN abs(p_amount) * q_half / q_factor ELSE 0 END""",
        left_cells="[w_cell_id]",
        right_cells="[q_cell_id, p_cell_id]",
    )
    return verdicts(
        rule,
        check.name,
        f"SELECT {columns} FROM ({rows}) WHERE w_amount IS NOT NULL AND q_amount > 0 AND p_amount > 0",
    )


def bounds_sql(check: Bounds, rule: Rule, facts: Facts) -> str | None:
    """A ratio of two sides against the bounds of a screening."""
    printed = (any(term.form in facts.forms for term in side) for side in (check.left, check.right))
    if not all(printed) or not facts.roles.issuperset(check.roles):
        return None
    left = side_sql(check.left, rule.id, False, (), facts)
    right = side_sql(check.right, rule.id, False, (), facts)
    columns = found(
        document_id="l.document_id",
        m="l.m || '|' || l.col",
        form=quoted(check.left[0].form),
        key="l.key",
        col="l.shown",
        left_value="l.v",
        right_value="r.v",
        unit="l.unit",
        broken=f"""abs(l.v - r.v) >= {check.least} AND (abs(l.v) < {check.low} * abs(r.v)
            OR abs(l.v) > {check.high} * abs(r.v))""",
        left_cells="l.cells",
        right_cells="r.cells",
    )
    return verdicts(
        rule,
        check.name,
        f"""SELECT {columns} FROM ({left}) l
        JOIN ({right}) r ON r.document_id = l.document_id AND r.m = l.m AND r.col = l.col
        WHERE l.v <> 0 AND r.v <> 0 AND NOT l.twice AND NOT r.twice""",
    )


def count_sql(check: Count, rule: Rule, facts: Facts) -> str | None:
    """A stated number against the projects of the performance forms or the units of a form by unit."""
    items = facts.matching(check.items)
    if not items:
        return None
    if check.counted == "scores":
        return _scores_sql(check, rule, items)
    room = "0"
    if check.counted == "spent":
        room = "s.half / s.factor + c.room"
        counted = f"""SELECT document_id, sum(spent) AS n, 0.005 * count(*) AS room FROM (
                SELECT document_id, project, try_cast(replace(actual, ',', '') AS DECIMAL(20,6)) AS spent
                FROM staging.indicator WHERE form = {quoted(check.form)} AND horizon = 'execution')
            GROUP BY document_id HAVING bool_and(spent IS NOT NULL)"""
    elif check.counted == "projects":
        counted = f"""SELECT document_id, count(DISTINCT project) AS n FROM staging.indicator
            WHERE form = {quoted(check.form)} AND project IS NOT NULL GROUP BY ALL"""
    else:
        counted = f"""SELECT document_id, count(DISTINCT key) AS n FROM {facts.cells(check.form)}
            WHERE scheme = 'unit' AND row_kind = 'leaf' GROUP BY ALL"""
    columns = found(
        document_id="s.document_id",
        m="s.statement_id",
        form=quoted(check.form),
        key="s.item",
        left_value="s.yuan",
        right_value="c.n * s.factor",
        unit="s.unit",
        broken=f"abs(s.amount - c.n) > {room}",
        left_cells="[s.statement_id]",
    )
    return verdicts(
        rule,
        check.name,
        f"""SELECT {columns} FROM rc_statement s JOIN ({counted}) c USING (document_id)
        WHERE s.item_id IN ({", ".join(map(str, items))}) AND s.year = s.fiscal_year""",
    )


def _scores_sql(check: Count, rule: Rule, items: Sequence[int]) -> str:
    """A stated average against the lowest and the highest total score, where every project has its form."""
    printed = r"try_cast(regexp_extract(score, '^\d+(?:\.\d+)?') AS DECIMAL(9,3))"
    scores = f"""SELECT document_id, min(score) AS low, max(score) AS high, count(DISTINCT project) AS n
        FROM (SELECT document_id, project, {printed} AS score FROM staging.indicator
            WHERE form = {quoted(check.form)} AND horizon = 'total')
        GROUP BY document_id HAVING bool_and(score IS NOT NULL)"""
    of_projects = "'performance.self_evaluation.project.count'"
    columns = found(
        document_id="s.document_id",
        m="s.statement_id",
        form=quoted(check.form),
        key="s.item",
        left_value="s.amount",
        right_value="CASE WHEN s.amount < c.low THEN c.low ELSE c.high END",
        unit="s.unit",
        broken="s.amount + s.half < c.low OR s.amount - s.half > c.high",
        left_cells="[s.statement_id]",
    )
    return verdicts(
        rule,
        check.name,
        f"""SELECT {columns} FROM rc_statement s JOIN ({scores}) c USING (document_id)
        WHERE s.item_id IN ({", ".join(map(str, items))}) AND s.year = s.fiscal_year
            AND EXISTS (SELECT 1 FROM rc_statement p WHERE p.document_id = s.document_id
                AND p.item = {of_projects} AND p.amount = c.n)""",
    )


_STATUTORY: Final = """SELECT f.*, count(*) FILTER (WHERE state = 'read') OVER own AS read,
    count(*) OVER own AS known FROM staging.form f JOIN rc_document USING (document_id)
    WHERE NOT starts_with(form, 'perf_') WINDOW own AS (PARTITION BY f.document_id)"""
_WITH_FIGURES: Final = "SELECT document_id, form FROM rc_cell WHERE yuan <> 0"
_FUND_LINES: Final = {"government_fund": "source_fund", "state_capital": "source_capital"}
_FUND_MONEY: Final = """SELECT document_id FROM rc_cell WHERE yuan <> 0 AND side = 'income'
    AND form IN ('budget_appropriation_summary', 'final_appropriation_summary') AND line = '{line}'"""
_FUND_HAS_MONEY: Final = "(" + " OR ".join(
    f"ends_with(form, {quoted(form)}) AND document_id IN ({_FUND_MONEY.format(line=line)})"
    for form, line in _FUND_LINES.items()
) + ")"  # fmt: skip
_WITH_PROSE: Final = "SELECT document_id FROM staging.passage WHERE kind IN ('sentence', 'note')"
_BROKEN_FORM: Final = {
    "present": "state = 'missing'",
    "declared": "state = 'printed_blank' AND coalesce(declaration, '') = '' AND read > 0",
    "contradicted": f"state = 'read' AND declaration <> '' AND (document_id, form) IN ({_WITH_FIGURES})",
    "declared_zero": f"state = 'declared_empty' AND {_FUND_HAS_MONEY}",
    "unit": """state = 'read' AND (document_id, form) IN (SELECT document_id, form FROM rc_problem
        WHERE kind = 'no_unit' AND severity = 'error')""",
    "readable": "state = 'unreadable'",
    "broken_down": f"state IN ('declared_empty', 'printed_blank') AND {_FUND_HAS_MONEY}",
}


def form_sql(check: FormCheck, rule: Rule, facts: Facts) -> str | None:
    """What the document as a publication must have."""
    doubts = {
        "present": f"""CASE WHEN read * 2 < known THEN {quoted(FEW_FORMS)}
            WHEN title_printed IS NULL THEN {quoted(NOT_LISTED)} END""",
        "declared": f"CASE WHEN document_id NOT IN ({_WITH_PROSE}) THEN {quoted(NO_PROSE)} END",
    }
    columns = found(
        m="form",
        form="form",
        broken=_BROKEN_FORM[check.check],
        doubt=doubts.get(check.check, "NULL"),
    )
    return verdicts(rule, check.name, f"SELECT {columns} FROM ({_STATUTORY})")


def twins_sql(check: Twins, rule: Rule, facts: Facts) -> str | None:
    """Documents of different bodies that print the same amounts throughout."""
    if not facts.forms:
        return None
    columns = found(
        document_id="a.document_id",
        m="min(b.document_id)",
        key="min(b.document)",
        broken="count(b.document_id) > 0",
    )
    prints = f"""SELECT c.document_id, d.document, d.organisation, d.edition, c.kind, c.fiscal_year,
            md5(string_agg(form || "column" || yuan, ';' ORDER BY form, "column", key, yuan)) AS print,
        FROM rc_cell c JOIN rc_read d USING (document_id) WHERE yuan <> 0
        GROUP BY ALL HAVING count(*) >= {check.least}"""
    return verdicts(
        rule,
        check.name,
        f"""WITH printed AS ({prints}) SELECT {columns} FROM printed a LEFT JOIN printed b
            ON b.print = a.print AND b.kind = a.kind AND b.fiscal_year = a.fiscal_year
            AND b.document_id <> a.document_id AND NOT starts_with(b.organisation, a.organisation)
            AND NOT starts_with(a.organisation, b.organisation)
        GROUP BY a.document_id""",
    )


def due_sql(check: Due, rule: Rule, facts: Facts) -> str | None:
    """Whether the running text speaks of something; documents that are tables only are not asked."""
    kind = f"AND kind = {quoted(check.document_kind)}" if check.document_kind else ""
    texts = f"""SELECT document_id, count(*) FILTER (WHERE kind IN ('sentence', 'note')) AS pieces,
            bool_or(regexp_matches(text, {quoted(check.pattern)})) AS spoken_of
        FROM staging.passage WHERE document_id IN (SELECT document_id FROM rc_document WHERE TRUE {kind})
        GROUP BY document_id"""
    columns = found(m=quoted(check.name), key=quoted(check.says_zh), broken="NOT spoken_of")
    return verdicts(rule, check.name, f"SELECT {columns} FROM ({texts}) WHERE pieces >= {check.least}")
