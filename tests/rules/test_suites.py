"""Great Expectations judges results; a rule that says nothing does not pass."""

from __future__ import annotations

import pandas as pd
import pytest
from selectolax.lexbor import LexborHTMLParser

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


def test_data_docs_have_a_page_for_every_family_with_its_rules(verdicts, tmp_path):
    first = suites.build_data_docs(tmp_path / "docs")
    assert first.exists()
    families = {rule.family: [] for rule in load_rules()}
    for rule in load_rules():
        families[rule.family].append(rule.id)
    for family, rule_ids in families.items():
        (page,) = (tmp_path / "docs" / "validations" / family).rglob("*.html")
        assert page.relative_to(tmp_path / "docs").as_posix() in first.read_text(encoding="utf-8")
        shown = page.read_text(encoding="utf-8")
        assert [rule_id for rule_id in rule_ids if rule_id not in shown] == []
        assert (tmp_path / "docs" / "expectations" / f"{family}.html").exists()


def test_data_docs_need_no_network(verdicts, tmp_path):
    first = suites.build_data_docs(tmp_path / "docs")
    for page in (tmp_path / "docs").rglob("*.html"):
        shown = LexborHTMLParser(page.read_text(encoding="utf-8"))
        assert not shown.css("script")
        for node in shown.css("[src], [href]"):
            link = (node.attributes.get("src") or node.attributes.get("href") or "").partition("#")[0]
            assert not link.startswith(("http", "//")), f"{page.name}: {link}"
            assert not link or link.startswith("data:") or (page.parent / link).is_file(), (
                f"{page.name}: {link}"
            )
    rows = [
        [cell.text() for cell in row.css("td")]
        for row in LexborHTMLParser(first.read_text(encoding="utf-8")).css("tr")
    ]
    rules = [rule.id for rule in load_rules() if rule.family == "ROW"]
    passed = sum(verdicts[rule_id].success for rule_id in rules)
    assert ["ROW 行内 Within a row", str(len(rules)), str(passed), str(len(rules) - passed)] in rows


def test_a_few_rules_are_judged_by_the_suites_of_their_families_alone(tmp_path):
    chosen = [rule for rule in load_rules() if rule.id in ("X-ROW-01", "X-COL-11")]
    frame = pd.DataFrame(
        [("X-ROW-01", "pass_exact"), ("X-COL-11", "pass_exact"), ("X-COL-11", "fail")],
        columns=["rule_id", "state"],
    )
    judged_alone = {verdict.rule_id: verdict.success for verdict in suites.judge(frame, chosen)}
    assert judged_alone == {"X-ROW-01": True, "X-COL-11": False}
    pages = suites.build_data_docs(tmp_path / "docs").parent / "validations"
    assert {page.name for page in pages.iterdir()} == {"ROW", "COL"}
