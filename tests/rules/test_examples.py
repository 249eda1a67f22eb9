"""Every rule file carries examples; each runs through the real SQL and must end in the state it names.

What fails is a finding, whose words are for a reader who has the document and no rule at hand.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from dagster_project.reconciliation.messages import figure
from dagster_project.reconciliation.run import reconcile
from dagster_project.staging import insert_parsed
from expectations.model import (
    Bounds,
    Declared,
    Equation,
    Ratio,
    Restated,
    Said,
    Same,
    StatementSum,
    StatementTie,
)
from expectations.rules import load_rules
from tests.rules.laying import lay

RULES = load_rules()
EXAMPLES = [(rule, number) for rule in RULES for number in range(len(rule.examples))]
GRAVITY = ("fail", "explained", "not_evaluable", "pass_plug", "pass_rounding", "pass_exact", "not_applicable")


INTERNAL = re.compile(r"[a-z]+_[a-z_]+|[a-z]+\.[a-z]+|\bwan\b(?! yuan)|\bpct\b")
"""Keys of the vocabulary: of columns, forms, items and units."""
QUOTED = re.compile(r"“[^”]*”")
MAY_BE_BLANK = {"X-PERF-04", "X-COL-15"}
"""Their subject is a figure that is not printed."""
COMPARING = (Equation, StatementTie, StatementSum, Ratio, Same, Restated, Bounds, Said, Declared)


@pytest.fixture(scope="module")
def judged() -> duckdb.DuckDBPyConnection:
    """All examples, judged in one run."""
    connection = duckdb.connect()
    documents = [each for rule, number in EXAMPLES for each in lay(rule, number, rule.examples[number])]
    insert_parsed(connection, documents, load_id="examples", loaded_at=datetime(2024, 1, 1))
    reconcile(connection)
    return connection


@pytest.fixture(scope="module")
def states(judged: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], set[str]]:
    """(document, rule) → the states of that rule there."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for document_id, rule_id, state in judged.execute(
        "SELECT document_id, rule_id, state FROM reconciliation.result"
    ).fetchall():
        found[document_id, rule_id].add(state)
    return found


@pytest.mark.parametrize(
    ("rule", "number"), EXAMPLES, ids=[f"{rule.id}-{number}" for rule, number in EXAMPLES]
)
def test_an_example_ends_in_the_state_it_names(rule, number, states):
    found = states[f"{rule.id}-{number}", rule.id]
    gravest = min(found, key=GRAVITY.index)
    assert gravest == rule.examples[number]["state"]


def test_every_rule_says_something_about_every_document(states):
    documents = {document for document, _ in states}
    silent = [
        (document, rule.id) for document in documents for rule in RULES if (document, rule.id) not in states
    ]
    assert silent == []


@pytest.fixture(scope="module")
def told(judged: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str, str, Decimal, Decimal, str]]:
    """Rule, Chinese and English message, the two figures and the unit of every finding."""
    return judged.execute(
        """SELECT rule_id, message_zh, message_en, cause_reason_zh, stated, expected, unit
        FROM reconciliation.finding"""
    ).fetchall()


def test_no_message_contains_a_key_of_the_vocabulary(told):
    for rule, chinese, english, reason, *_ in told:
        for text in (chinese, english, reason):
            found = INTERNAL.findall(QUOTED.sub("", text.replace(".txt", "")))
            assert not found, (rule, found, text)


def test_a_chinese_message_has_no_english_words(told):
    for rule, chinese, _, reason, *_ in told:
        assert not re.findall("[A-Za-z]{2,}", QUOTED.sub("", chinese + reason)), (rule, chinese, reason)


def test_no_message_lacks_the_words_or_the_name_it_quotes(told):
    for rule, chinese, english, *_ in told:
        lacking = [
            words for words in ("“”", "《》", "?", "None", "空白", "blank ") if words in chinese + english
        ]
        assert not lacking or rule in MAY_BE_BLANK, (rule, chinese)


def test_a_message_that_compares_two_figures_names_both(told):
    comparing = {rule.id for rule in RULES if all(isinstance(check, COMPARING) for check in rule.checks)}
    for rule, chinese, _, _, stated, expected, unit in told:
        if rule in comparing and None not in (stated, expected):
            for amount in (stated, expected):
                nothing = amount == 0 and "按零计" in chinese
                assert nothing or figure(amount, unit) in chinese, (rule, chinese)
