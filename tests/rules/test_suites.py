"""Great Expectations judges results; a rule that says nothing does not pass."""

from __future__ import annotations

import pytest

from expectations import suites
from expectations.rules import load_rules
from tests.rules.documents import document, judged
from tests.rules.test_states import COLUMNS, TREE, with_cell

pytest.importorskip("great_expectations")


@pytest.fixture(scope="module")
def verdicts():
    forms = {
        "budget_expenditure": (COLUMNS, TREE),
        "budget_general_by_function": (COLUMNS, with_cell("221", "total", "11.00")),
    }
    connection = judged(document(forms))
    connection.execute("DELETE FROM reconciliation.result WHERE rule_id = 'F-SIDE-05'")
    return {verdict.rule_id: verdict for verdict in suites.judge(connection)}


def test_every_rule_is_judged(verdicts):
    assert set(verdicts) == {rule.id for rule in load_rules()}
    assert verdicts["X-ROW-01"].success


def test_a_broken_rule_shows_its_first_rows(verdicts):
    broken = verdicts["X-ROW-02"]
    assert (broken.success, broken.severity, broken.failed) == (False, "error", 1)
    assert broken.first_rows[0]["key"] == "221"
    assert broken.exception is None


def test_a_rule_without_any_row_does_not_pass(verdicts):
    silent = verdicts["F-SIDE-05"]
    assert (silent.success, silent.evaluated) == (False, 0)
    assert "no result row" in silent.exception


def test_data_docs_are_built(verdicts, tmp_path):
    assert suites.build_data_docs(tmp_path / "docs").exists()
