"""A new rule is a new file: no code is touched, and it is evaluated, covered and judged like the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from dagster_project.reconciliation import reconcile
from dagster_project.staging import insert_parsed
from expectations import suites
from expectations.model import Rule
from expectations.rules import RULES, RuleError, build_rule, load_rules
from tests.rules.laying import lay
from tests.rules.test_loader import rule_file

HALVES = """
id: B-ROW-901
version: 1
tier: 2
family: ROW
scope: budget
severity: warning
title: {zh: 政府采购中小企业份额不超过一半, en: No more than half of procurement goes to SMEs}
formula: {zh: 中小企业 + 中小企业 ≤ 金额（每行）, en: 'SME + SME ≤ amount, in every row'}
basis: {kind: notice, source: 《示例市采购办法》, article: 第三条, from: 2020, to: 2025}
tolerance: exact
equations:
- kind: tie
  left:
  - {form: budget_procurement, column: of_which_sme, weight: 2}
  right:
  - {form: budget_procurement, column: total}
  match: row
  compare: at_most
examples:
- state: pass_exact
  forms:
    budget_procurement:
      columns: [total, of_which_sme]
      rows:
      - ['', 书架, '9.00', '4.00']
- state: fail
  forms:
    budget_procurement:
      columns: [total, of_which_sme]
      rows:
      - ['', 书架, '9.00', '5.00']
- state: not_applicable
  document: {kind: budget, fiscal_year: 2019}
  forms:
    budget_procurement:
      columns: [total, of_which_sme]
      rows:
      - ['', 书架, '9.00', '5.00']
- state: not_applicable
  document: {kind: budget, fiscal_year: 2026}
  forms:
    budget_procurement:
      columns: [total, of_which_sme]
      rows:
      - ['', 书架, '9.00', '5.00']
- state: not_evaluable
  form_states: {budget_procurement: unreadable}
"""
"""A rule that nobody has written before, with years in force."""

FIRST = 1000
"""Number of the first new rule made of an old one."""

Judged = tuple[tuple[Rule, ...], duckdb.DuckDBPyConnection, dict[tuple[str, str], set[str]]]


def every_kind() -> list[str]:
    """The kinds of equations there are, as the refusal of an unknown one names them."""
    node = {**rule_file("X-ROW-01"), "equations": [{"kind": "nobody knows"}]}
    with pytest.raises(RuleError, match="is none of") as caught:
        build_rule(node, "X-ROW-01.yaml")
    return str(caught.value).partition("is none of ")[2].split(", ")


def of_one_kind(kind: str, position: int) -> Iterator[dict[str, Any]]:
    """Two new rules that say nothing but what rules with equations of this kind say by these."""
    number = FIRST + 2 * position
    for path in sorted(RULES.glob("*.yaml")):
        if f"kind: {kind}" in (text := path.read_text(encoding="utf-8")):
            node = yaml.safe_load(text)
            plain = {key: value for key, value in node.items() if key not in ("exceptions", "plug")}
            equations = [each for each in node["equations"] if each["kind"] == kind]
            if equations and number < FIRST + 2 * (position + 1):
                yield {**plain, "id": f"X-{node['family']}-{number}", "equations": equations}
                number += 1


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """A folder of new rule files, up to two of every kind, judged with all their examples.

    The sums of a form are judged too: a slip is told where one of them is broken.
    """
    folder: Path = tmp_path_factory.mktemp("rules")
    (folder / "B-ROW-901.yaml").write_text(HALVES, encoding="utf-8")
    for position, kind in enumerate(every_kind()):
        for node in of_one_kind(kind, position):
            text = yaml.safe_dump(node, allow_unicode=True)
            (folder / f"{node['id']}.yaml").write_text(text, encoding="utf-8")
    rules = load_rules(folder)
    documents = [
        document
        for rule in rules
        for number, example in enumerate(rule.examples)
        for document in lay(rule, number, example)
    ]
    connection = duckdb.connect()
    insert_parsed(connection, documents, load_id="examples", loaded_at=datetime(2024, 1, 1))
    sums = [rule for rule in load_rules() if rule.family in ("ROW", "COL")]
    reconcile(connection, rules=[*sums, *rules])
    states: dict[tuple[str, str], set[str]] = defaultdict(set)
    for document_id, rule_id, state in connection.execute(
        "SELECT document_id, rule_id, state FROM reconciliation.result"
    ).fetchall():
        states[document_id, rule_id].add(state)
    return rules, connection, states


def position_of(rule: Rule) -> int:
    """Which of ``every_kind`` the rule is made of."""
    return (int(rule.id.rpartition("-")[2]) - FIRST) // 2


def test_a_file_alone_makes_a_rule(added: Judged) -> None:
    rules, _, states = added
    (new,) = [rule for rule in rules if rule.id == "B-ROW-901"]
    for number, example in enumerate(new.examples):
        assert states[f"B-ROW-901-{number}", "B-ROW-901"] == {example["state"]}


def test_every_kind_of_equation_can_be_added_by_a_file(added: Judged) -> None:
    rules, _, states = added
    passed, failed = set(), set()
    for rule in rules:
        for number, example in enumerate(rule.examples):
            found = states[f"{rule.id}-{number}", rule.id]
            if example["state"] == "fail" and "fail" in found:
                failed.add(position_of(rule))
            elif example["state"] != "fail" and any(state.startswith("pass") for state in found):
                passed.add(position_of(rule))
    kinds = dict(enumerate(every_kind()))
    assert [kind for position, kind in kinds.items() if position not in failed] == []
    assert [kind for position, kind in kinds.items() if position not in passed] == []


def test_a_new_rule_has_a_state_in_every_document(added: Judged) -> None:
    rules, connection, states = added
    documents = [row[0] for row in connection.execute("SELECT document_id FROM staging.document").fetchall()]
    assert [(d, rule.id) for d in documents for rule in rules if (d, rule.id) not in states] == []


def test_what_a_new_rule_cannot_evaluate_says_why(added: Judged) -> None:
    _, connection, _ = added
    silent = connection.execute(
        """SELECT document_id, rule_id FROM reconciliation.result
        WHERE state IN ('not_evaluable', 'not_applicable') AND coalesce(reason, '') = ''"""
    ).fetchall()
    assert silent == []
    (reason,) = connection.execute(
        "SELECT reason FROM reconciliation.result WHERE document_id = 'B-ROW-901-4' AND rule_id = 'B-ROW-901'"
    ).fetchall()
    assert "政府采购" in reason[0]


def test_great_expectations_judges_the_new_rules(added: Judged) -> None:
    pytest.importorskip("great_expectations")
    rules, connection, _ = added
    verdicts = {verdict.rule_id: verdict for verdict in suites.judge(connection, rules)}
    assert {rule.id for rule in rules} == set(verdicts)
    assert all(verdict.evaluated and verdict.exception is None for verdict in verdicts.values())
    assert (verdicts["B-ROW-901"].success, verdicts["B-ROW-901"].failed) == (False, 1)
