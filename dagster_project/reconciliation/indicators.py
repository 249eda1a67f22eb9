"""Checks of the performance forms: scores, weights, execution rates, values of one indicator, funding, and
the amounts that a project's declaration states.

Values of these forms are printed words (``≥95%``, ``4个``); they are read as numbers here, and what is no
number is left alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import duckdb

from dagster_project.reconciliation.verdicts import Found, insert
from expectations.model import Declared, IndicatorCheck, Rule

A_SCORE_IS_BLANK: Final = "a score of the form is blank|表中有得分未填"
ONE_YEAR_ONLY: Final = "only one of last year's budget and final account is loaded|上年预算与决算只装载了其一"
_NUMBER: Final = re.compile(r"^[≥≤<>=＝≧≦约]?\s*(-?\d[\d,]*(?:\.\d+)?)\s*(%|万元|元|分)?$")
_COUNTED: Final = re.compile(r"^[≥≤<>=＝≧≦约]?\s*(\d[\d,]*(?:\.\d+)?)\s*([次个人项家户份场件批台套辆天])$")
_OPERATOR: Final = re.compile(r"^[≥≦≧≤<>]")
_TOTAL: Final = "合计"
_FULL: Final = Decimal(100)
_CENT: Final = Decimal("0.01")
_STATED: Final = re.compile(r"(?:共计|总计|申请(?:费用|资金|经费)?)(\d[\d,]*(?:\.\d+)?)万元")
_RATE: Final = re.compile(r"(.+)(?:增长率|增长幅度|增幅)$")
_COLUMNS: Final = (
    "document_id", "form", "row_number", "project", "horizon", "goal", "level1", "level2", "level3",
    "target", "actual", "weight", "score", "share", "prior_year_2", "prior_year_1", "expected",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of a performance form, values as printed."""

    document_id: str
    form: str
    row_number: int
    project: str | None
    horizon: str | None
    goal: str | None
    level1: str | None
    level2: str | None
    level3: str | None
    target: str | None
    actual: str | None
    weight: str | None
    score: str | None
    share: str | None
    prior_year_2: str | None
    prior_year_1: str | None
    expected: str | None

    @property
    def id(self) -> str:
        """How results and findings name the row."""
        return f"{self.document_id}:i{self.row_number}"


@dataclass(frozen=True, slots=True)
class Number:
    """A printed value as a number: its half last unit, and what it counts."""

    value: Decimal
    half: Decimal
    unit: str


def number(text: str | None) -> Number | None:
    """The number that a printed value is, ``None`` where it is words or no value."""
    found = _NUMBER.match(text.strip()) if text else None
    if found is None:
        return None
    digits = found.group(1).replace(",", "")
    half = Decimal(5).scaleb(-len(digits.partition(".")[2]) - 1)
    return Number(
        Decimal(digits), half, {"%": "pct", "万元": "wan", "元": "yuan"}.get(found.group(2), "points")
    )


Form = tuple[str, str, str | None]
Verdict = tuple[str, Found]


def evaluate(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Append the instances of every check of the performance forms to ``rc_instance``."""
    checks = [(rule, check) for rule in rules for check in rule.checks]
    wanted = [(rule, check) for rule, check in checks if isinstance(check, IndicatorCheck)]
    found: list[Found] = []
    if wanted:
        by_document = _indicators(connection)
        totals = _totals(connection)
        for rule, check in wanted:
            for document_id, rows in by_document.items():
                found.extend(_of_document(rule, check, document_id, rows, totals[document_id]))
    declared = [(rule, check) for rule, check in checks if isinstance(check, Declared)]
    if declared:
        amounts = _declared(connection)
        for rule, declaration in declared:
            found.extend(_of_declarations(rule, declaration, amounts))
    insert(connection, found)


def _indicators(connection: duckdb.DuckDBPyConnection) -> dict[str, list[Indicator]]:
    rows = connection.execute(
        f"""SELECT {", ".join(_COLUMNS)} FROM staging.indicator JOIN rc_document USING (document_id)
        ORDER BY document_id, row_number"""
    ).fetchall()
    found: dict[str, list[Indicator]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Indicator(*row))
    return found


@dataclass(slots=True)
class _Totals:
    """Grand totals (yuan): of the document's summary, of last year's budget and of its final account."""

    own: Decimal | None = None
    previous: Decimal | None = None
    previous_final: Decimal | None = None


def _totals(connection: duckdb.DuckDBPyConnection) -> dict[str, _Totals]:
    """Document → its totals."""
    rows = connection.execute(
        """WITH total AS (SELECT document_id, min(yuan) AS yuan FROM rc_cell
            WHERE form IN ('budget_summary', 'final_summary') AND line = 'grand_total'
            GROUP BY ALL HAVING min(yuan) = max(yuan))
        SELECT document_id, 'own', yuan FROM total UNION ALL
        SELECT k.document_id, k.role, yuan FROM rc_link k JOIN total t ON t.document_id = k.other_id
        WHERE k.role IN ('previous', 'previous_final')"""
    ).fetchall()
    found: dict[str, _Totals] = defaultdict(_Totals)
    for document_id, role, yuan in rows:
        setattr(found[document_id], role, yuan)
    return found


def _of_document(
    rule: Rule, check: IndicatorCheck, document_id: str, rows: Sequence[Indicator], totals: _Totals
) -> Iterator[Found]:
    """What the check finds in one document, or one passed row where it looked at something."""
    chosen = [row for row in rows if not check.form_keys or row.form in check.form_keys]
    if check.check in _OVER_ALL:
        verdicts = list(_OVER_ALL[check.check](chosen, totals))
    else:
        forms: dict[Form, list[Indicator]] = defaultdict(list)
        for row in chosen:
            forms[row.document_id, row.form, row.project].append(row)
        verdicts = [each for form in forms.values() for each in _BY_FORM[check.check](form)]
    wrong = [each for each in verdicts if each.state != "pass_exact"]
    for each in wrong or verdicts[:1]:
        yield Found(
            document_id, rule.id, f"{check.name}|{each.row.id}|{each.at}", state=each.state,
            reason=each.reason, form=each.row.form, key=each.key, left=each.left, right=each.right,
            tolerance=each.room, unit=each.unit, left_cells=(each.row.id,),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What was compared at one row: ``left`` stands there, ``right`` follows from the other rows."""

    row: Indicator
    left: Decimal | None
    right: Decimal | None
    room: Decimal = Decimal(0)
    unit: str = "points"
    at: str = ""
    doubt: str | None = None

    @property
    def reason(self) -> str | None:
        return self.doubt if self.state == "not_evaluable" else None

    @property
    def key(self) -> str | None:
        return self.row.project or self.row.level3

    @property
    def state(self) -> str:
        if self.left is not None and self.right is not None and abs(self.left - self.right) <= self.room:
            return "pass_exact"
        return "not_evaluable" if self.doubt else "fail"


def _weights(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    """All weights of the annual indicators, and of the execution rate where it bears one."""
    own = [row for row in rows if row.horizon == "annual"]
    weights = [number(row.weight) for row in own]
    if not own or any(weight is None for weight in weights):
        return
    added = sum((weight.value for weight in weights if weight), Decimal(0))
    execution = next((number(row.weight) for row in rows if row.horizon == "execution"), None)
    whole = {_FULL, _FULL - execution.value if execution else _FULL - 10, _FULL - 10}
    yield _Verdict(own[0], added, added if added in whole else _FULL)


def _scores(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    """No score below nothing or above its weight."""
    for row in rows:
        weight, score = number(row.weight), number(row.score)
        if weight and score:
            yield _Verdict(row, score.value, min(max(score.value, Decimal(0)), weight.value))


def _execution_rows(rows: Sequence[Indicator]) -> Iterator[tuple[Indicator, Decimal, Decimal]]:
    """Rows of the execution rate, with its amounts as a rate in per cent and what the prints leave open."""
    for row in rows:
        budget, actual = number(row.target), number(row.actual)
        amounts = budget and actual and "pct" not in (budget.unit, actual.unit)
        if row.horizon == "execution" and budget and actual and amounts and budget.value > 0:
            rate = 100 * actual.value / budget.value
            yield row, rate, 100 * (actual.half + budget.half * actual.value / budget.value) / budget.value


def _rates(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    for row, rate, room in _execution_rows(rows):
        if stated := number(row.share):
            yield _Verdict(row, stated.value, rate.quantize(_CENT), room + 2 * stated.half, "pct")


def _execution_scores(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    """Score of the execution rate = weight × rate; a blank one where the total score contains it."""
    total = next((number(row.score) for row in rows if row.horizon == "total"), None)
    others = [number(row.score) for row in rows if row.horizon == "annual"]
    added = sum((each.value for each in others if each), Decimal(0))
    for row, rate, room in _execution_rows(rows):
        weight, score = number(row.weight), number(row.score)
        if weight is None:
            continue
        expected = (weight.value * min(rate, _FULL) / 100).quantize(_CENT)
        if score:
            yield _Verdict(row, score.value, expected, weight.value * room / 100 + score.half + _CENT)
        elif total and abs(total.value - added - expected) <= _CENT:
            yield _Verdict(row, None, expected)


def _total_scores(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    """Total score = sum of the scores of the indicators and of the execution rate."""
    scores = [number(row.score) for row in rows if row.horizon in ("annual", "execution", "goal")]
    blank = any(score is None for score in scores)
    for row in rows:
        total = number(row.score)
        if row.horizon == "total" and total and any(scores):
            added = sum((score.value for score in scores if score), Decimal(0))
            room = sum((score.half for score in scores if score and score.value % 1), total.half * 2)
            yield _Verdict(row, total.value, added, room, doubt=A_SCORE_IS_BLANK if blank else None)


def _met(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    """Full marks only where the actual value reaches the target."""
    for row in rows:
        target, actual = _counted(row.target), _counted(row.actual)
        weight, score = number(row.weight), number(row.score)
        if not (target and actual and weight and score) or target.unit != actual.unit:
            continue
        most = (row.target or "").lstrip()[:1] in "≤<≦"
        reached = actual.value <= target.value if most else actual.value >= target.value
        if row.horizon == "annual":
            full = not reached and score.value >= weight.value
            yield _Verdict(row, score.value, None if full else score.value)


def _counted(text: str | None) -> Number | None:
    """The number of a value, also of one that is counted in things (3次, ≥4个): these are its unit."""
    found = _COUNTED.match(text.strip()) if text else None
    if found is None:
        return number(text)
    return Number(Decimal(found.group(1).replace(",", "")), Decimal(0), found.group(2))


def _described(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    """A project's own description states the amount that its row prints."""
    for row in rows:
        amount = number(row.target) or number(row.expected)
        found = _STATED.findall(" ".join(text for text in (row.level1, row.level2, row.level3) if text))
        if row.horizon == "project_list" and amount and len(found) == 1:
            stated = Decimal(found[0].replace(",", ""))
            yield _Verdict(row, stated, amount.value, Decimal("0.005"), "wan")


def _funding(rows: Sequence[Indicator], totals: _Totals) -> Iterator[_Verdict]:
    """Each total of the funding = its parts; the year's = the total of the summary."""
    kinds: dict[str, list[Indicator]] = defaultdict(list)
    for row in rows:
        if row.horizon == "funding" and row.level2 and row.level3:
            kinds[row.level2].append(row)
    for kind in kinds.values():
        whole = next((row for row in kind if row.level3 == _TOTAL), None)
        parts = [row for row in kind if row.level3 != _TOTAL]
        for column in ("prior_year_2", "prior_year_1", "expected"):
            stated = number(getattr(whole, column)) if whole else None
            values = [number(getattr(part, column)) for part in parts]
            if not (whole and stated and all(values)) or not parts:
                continue
            added = sum((value.value for value in values if value), Decimal(0))
            room = sum((value.half for value in values if value), stated.half)
            yield _Verdict(whole, stated.value, added, room, "wan", column)
        if totals.own is not None and whole and (stated := number(whole.expected)):
            yield _Verdict(
                whole, stated.value, totals.own / 10_000, max(stated.half, Decimal("0.005")), "wan", "all"
            )


def _same(rows: Sequence[Indicator], totals: _Totals) -> Iterator[_Verdict]:
    """The actual value of an indicator that a department's and one project's form print, with one target."""
    named: dict[tuple[str, str | None], list[Indicator]] = defaultdict(list)
    for row in rows:
        if row.level3 and row.horizon == "annual" and number(row.actual):
            named[row.level3, row.target].append(row)
    names: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        if row.level3 and row.horizon == "annual":
            names[row.form, row.level3] += 1
    for twins in named.values():
        if len(twins) != 2 or twins[0].form == twins[1].form:
            continue
        one, other = twins
        first, second = number(one.actual), number(other.actual)
        assert first and second and one.level3
        once = all(names[row.form, one.level3] == 1 for row in twins)
        if once and first.unit == second.unit:
            yield _Verdict(one, first.value, second.value, unit=first.unit, at=other.id)


def _history(rows: Sequence[Indicator], totals: _Totals) -> Iterator[_Verdict]:
    """Last year's total of the funding is that of last year's budget or of last year's final account."""
    for row in rows:
        stated = number(row.prior_year_1)
        if row.horizon != "funding" or row.level3 != _TOTAL or not stated:
            continue
        known = [total / 10_000 for total in (totals.previous, totals.previous_final) if total is not None]
        room = max(stated.half, Decimal("0.005"))
        fitting = [total for total in known if abs(total - stated.value) <= room]
        if known:
            doubt = ONE_YEAR_ONLY if len(known) == 1 else None
            yield _Verdict(row, stated.value, (fitting or known)[0], room, "wan", row.level2 or "", doubt)


def _growth(rows: Sequence[Indicator]) -> Iterator[_Verdict]:
    """An indicator X增长率 against the printed values of X."""
    values = {row.level3: row for row in rows if row.horizon == "annual" and row.level3}
    for name, row in values.items():
        found = _RATE.match(name)
        basis = values.get(found.group(1)) if found else None
        stated = number(row.expected) or number(row.target)
        if not basis or not stated or stated.unit != "pct":
            continue
        before, now = number(_digits(basis.prior_year_1)), number(_digits(basis.expected or basis.target))
        if before and now and before.value:
            rate = (100 * (now.value - before.value) / before.value).quantize(_CENT)
            printed = (row.expected or row.target or "").strip()
            most, least = printed[:1] in "≤<≦", printed[:1] in "≥>≧"
            agrees = rate >= stated.value if least else rate <= stated.value if most else None
            room = Decimal("Infinity") if agrees else Decimal(0) if agrees is False else stated.half * 2
            if room.is_infinite():
                yield _Verdict(row, stated.value, stated.value, unit="pct")
            else:
                yield _Verdict(row, stated.value, rate, room, "pct")


def _digits(text: str | None) -> str | None:
    """The number of a value such as 4个."""
    found = re.match(r"[≥≤]?\d+(?:\.\d+)?", text or "")
    return found.group() if found else None


_BY_FORM: Final[dict[str, Callable[[Sequence[Indicator]], Iterable[_Verdict]]]] = {
    "weights": _weights,
    "score": _scores,
    "rate": _rates,
    "execution": _execution_scores,
    "total": _total_scores,
    "met": _met,
    "described": _described,
    "growth": _growth,
}
_OVER_ALL: Final[dict[str, Callable[[Sequence[Indicator], _Totals], Iterable[_Verdict]]]] = {
    "same": _same,
    "funding": _funding,
    "history": _history,
}


# -- declarations ---------------------------------------------------------------------------------------

Declarations = dict[tuple[str, str], defaultdict[str, list[Number]]]


def _declared(connection: duckdb.DuckDBPyConnection) -> Declarations:
    """(document, project) → item → amounts (万元), the lines of the estimate under ``detail``.

    How many decimals each was printed with is not kept: all of a project's amounts take the finest of them.
    """
    read: dict[tuple[str, str], list[tuple[str, Decimal]]] = defaultdict(list)
    for table, details in (("project_funding", False), ("project_detail", True)):
        for document_id, project, item, amount, unit in connection.execute(
            f"""SELECT document_id, project, item, amount, unit FROM staging.{table}
            JOIN rc_document USING (document_id) WHERE unit IN ('wan', 'yuan')"""
        ).fetchall():
            name = ("detail_total" if item == _TOTAL else "detail") if details else item
            factor = Decimal(1) if unit == "wan" else Decimal("0.0001")
            read[document_id, project].append((name, (amount * factor).normalize()))
    found: Declarations = {}
    for place, amounts in read.items():
        decimals = max(len(f"{amount:f}".partition(".")[2]) for _, amount in amounts)
        items = found[place] = defaultdict(list)
        for name, amount in amounts:
            items[name].append(Number(amount, Decimal(5).scaleb(-decimals - 1), "wan"))
    return found


def _of_declarations(rule: Rule, check: Declared, amounts: Declarations) -> Iterator[Found]:
    for (document_id, project), items in amounts.items():
        whole = items.get(check.whole, [])
        names = ["detail"] if check.details else [name.lstrip("-") for name in check.parts]
        if len(whole) != 1 or any(not items.get(name) for name in names[:1]):
            continue
        if not check.details and any(len(items.get(name, [])) != 1 for name in names):
            continue
        signs = {name.lstrip("-"): -1 if name.startswith("-") else 1 for name in check.parts}
        parts = [(signs.get(name, 1), value) for name in names for value in items[name]]
        expected = sum((sign * value.value for sign, value in parts), Decimal(0))
        room = sum((value.half for _, value in parts), whole[0].half)
        stated = whole[0].value if check.signed else abs(whole[0].value)
        expected = expected if check.signed else abs(expected)
        failed = abs(stated - expected) > max(room, Decimal("0.005"))
        yield Found(
            document_id, rule.id, f"{check.name}|{project}", state="fail" if failed else "pass_exact",
            key=project, left=stated, right=expected, tolerance=room, unit="wan", terms=len(parts),
        )  # fmt: skip
