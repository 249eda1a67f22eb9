"""The SQL over staging and the Python over cells evaluate the same rule files: on any form they agree."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagster_project.proof.equations import equations
from dagster_project.reconciliation import facts
from dagster_project.reconciliation.linear import equation_sql
from dagster_project.records import ParsedDocument
from dagster_project.staging import insert_parsed
from expectations.rules import load_rules
from tests.rules.documents import document

PAIRS = [(rule, equation) for rule in load_rules() if rule.family != "NAR" for equation in rule.equations]
CODES = ["201", "20126", "2012601", "2012604", "221", "22102", "2210201", "208", "2080505"]
ECONOMIC = ["301", "30101", "30108", "302", "30201", "30217", "303", "30302"]

figure = st.sampled_from(["", "", "0", "0.00", "1.00", "2.00", "3.00", "3.01", "5", "10.00", "12.50"])


def coded(codes: list[str], columns: list[str]):
    row = st.tuples(st.sampled_from(codes), st.lists(figure, min_size=len(columns), max_size=len(columns)))
    total = st.lists(figure, min_size=len(columns), max_size=len(columns))
    return st.builds(
        lambda rows, sums: (
            columns,
            [["", "合计", *sums], *([code, f"科目{code}", *texts] for code, texts in rows)],
        ),
        st.lists(row, max_size=9),
        total,
    )


def lined(labels: list[str], columns: list[str]):
    row = st.tuples(st.sampled_from(labels), st.lists(figure, min_size=len(columns), max_size=len(columns)))
    return st.builds(
        lambda rows: (columns, [["", label, *texts] for label, texts in rows]), st.lists(row, max_size=7)
    )


INCOME = [
    "一般公共预算拨款收入",
    "财政拨款收入",
    "其他收入",
    "本年收入合计",
    "上年结转结余",
    "收入总计",
    "另一项",
]
EXPENDITURE = ["一般公共服务支出", "住房保障支出", "本年支出合计", "年终结转结余", "支出总计", "另一项"]
FORMS = {
    "budget_expenditure": coded(CODES, ["total", "basic", "project"]),
    "budget_general_by_function": coded(
        CODES, ["total", "basic", "basic_personnel", "basic_operating", "project"]
    ),
    "budget_general_by_unit": coded(["101", "101001", "101002"], ["total", "basic", "project"]),
    "budget_general_basic_by_economic": coded(ECONOMIC, ["total", "basic_personnel", "basic_operating"]),
    "budget_income": coded([*CODES, "101", "101001"], ["total", "current_year", "other", "carried_over"]),
    "budget_summary.income": lined(INCOME, ["amount"]),
    "budget_summary.expenditure": lined(EXPENDITURE, ["amount"]),
    "budget_appropriation_summary.income": lined(INCOME, ["amount"]),
    "budget_appropriation_summary.expenditure": lined(EXPENDITURE, ["total", "general_public_budget"]),
    "budget_three_public": coded(["1"], ["total", "abroad", "vehicle", "reception"]),
}
forms = st.fixed_dictionaries({}, optional=FORMS)


def judged_in_sql(parsed: ParsedDocument) -> Counter:
    connection = duckdb.connect()
    insert_parsed(connection, [parsed], load_id="x", loaded_at=datetime(2024, 1, 1))
    known = facts.prepare(connection, None)
    found: Counter = Counter()
    for rule, equation in PAIRS:
        sql = equation_sql(equation, rule.id, known)
        if sql is None:
            continue
        for left, right, state, tolerance, difference in connection.execute(
            f"SELECT left_cells, right_cells, state, tolerance, left_value - right_value FROM ({sql})"
        ).fetchall():
            found[
                rule.id,
                equation.name,
                tuple(sorted(left + right)),
                state,
                int(tolerance * 10**7),
                int(difference * 10**7),
            ] += 1
    return found


def judged_in_python(parsed: ParsedDocument) -> Counter:
    found: Counter = Counter()
    for each in equations(parsed.cells):
        ids = tuple(sorted(parsed.cells[index].cell_id for index in each.cells))
        found[each.rule_id, each.equation.name, ids, each.state, each.tolerance, each.difference] += 1
    return found


@given(forms, st.sampled_from(["wan", "yuan"]))
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_both_engines_give_the_same_instances(printed, unit):
    parsed = document(printed, unit=unit)
    assert judged_in_python(parsed) == judged_in_sql(parsed)
