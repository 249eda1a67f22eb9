"""Every rule file carries examples; each runs through the real SQL and must end in the state it names."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

import duckdb
import pytest

from dagster_project.reconciliation.run import reconcile
from dagster_project.staging import insert_parsed
from expectations.rules import load_rules
from tests.rules.laying import lay

RULES = load_rules()
EXAMPLES = [(rule, number) for rule in RULES for number in range(len(rule.examples))]
GRAVITY = ("fail", "explained", "not_evaluable", "pass_plug", "pass_rounding", "pass_exact", "not_applicable")


@pytest.fixture(scope="module")
def states() -> dict[tuple[str, str], set[str]]:
    """(document, rule) → the states of that rule there; all examples judged in one run."""
    connection = duckdb.connect()
    documents = [each for rule, number in EXAMPLES for each in lay(rule, number, rule.examples[number])]
    insert_parsed(connection, documents, load_id="examples", loaded_at=datetime(2024, 1, 1))
    reconcile(connection)
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for document_id, rule_id, state in connection.execute(
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
