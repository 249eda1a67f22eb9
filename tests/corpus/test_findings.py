"""The real documents: what is known to be wrong in them is reported, and hardly anything else is."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import duckdb
import pytest

from dagster_project.parse import parse
from dagster_project.reconciliation import reconcile
from dagster_project.staging import insert_parsed
from expectations.rules import load_rules

SHARED = Path(__file__).resolve().parents[3] / "shared"
TEXTS = SHARED / "corpus" / "text"
GOLD = SHARED / "gold"

pytestmark = pytest.mark.skipif(not TEXTS.exists(), reason="the corpus ../shared is not here")

IN_PERFORMANCE_FORMS = ("绩效目标", "申报表", "自评表")
"""Gold causes that lie wholly in performance forms belong to the rules about those (family PERF)."""


@pytest.fixture(scope="module")
def reported() -> dict[str, list[dict]]:
    connection = duckdb.connect()
    documents = [parse(path) for path in sorted(TEXTS.glob("*.txt"))]
    insert_parsed(connection, documents, load_id="corpus", loaded_at=datetime(2024, 1, 1))
    reconcile(connection)
    rows = connection.execute(
        """SELECT f.document, f.rule_id, f.stated, f.expected, f.difference,
            list(DISTINCT r.rule_id), list([r.left_value, r.right_value, r.difference])
        FROM reconciliation.finding f
        JOIN reconciliation.result r ON list_contains(f.related_results, r.result_id) GROUP BY ALL"""
    ).fetchall()
    found: dict[str, list[dict]] = defaultdict(list)
    for document, rule, *figures, rules, related in rows:
        found[document].append(
            {"rule": rule, "figures": figures, "rules": set(rules), "all": [figures, *related]}
        )
    return found


def gold(document: str) -> list[dict[str, str]]:
    with (GOLD / f"{Path(document).stem}.findings.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def amount(text: str) -> Decimal | None:
    try:
        return abs(Decimal(text.replace(",", "").rstrip("%").removeprefix("减少").removeprefix("增加")))
    except InvalidOperation:
        return None


def meets(row: dict[str, str], finding: dict) -> bool:
    """Whether a finding reports the fact of a gold row: one of its rules, and the figures both print."""
    if not finding["rules"] & set(row["rule_ids"].split("|")):
        return False
    wanted = {
        value for name in ("stated", "expected", "difference") if (value := amount(row[name])) is not None
    }
    if not wanted:
        return True
    for figures in finding["all"]:
        printed = {round(abs(value), 2) for value in figures if value is not None}
        if len({round(value, 2) for value in wanted} & printed) >= min(2, len(wanted)):
            return True
    return False


@pytest.mark.parametrize(
    "document", sorted(path.name for path in TEXTS.glob("*.txt")) if TEXTS.exists() else []
)
def test_known_errors_are_reported(document, reported):
    ours = {rule.id for rule in load_rules()}
    missed = []
    groups: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in gold(document):
        if row["counts"] == "yes" and set(row["rule_ids"].split("|")) & ours:
            groups[row["cause_group"]].append(row)
    for group, rows in groups.items():
        elsewhere = all(any(form in row["where"] for form in IN_PERFORMANCE_FORMS) for row in rows)
        if not elsewhere and not any(meets(row, finding) for row in rows for finding in reported[document]):
            missed.append((group, rows[0]["where"]))
    assert missed == []


@pytest.mark.parametrize(
    "document", sorted(path.name for path in TEXTS.glob("*.txt")) if TEXTS.exists() else []
)
def test_at_most_two_findings_are_not_in_the_gold(document, reported):
    rows = gold(document)
    extra = [
        finding["rule"] for finding in reported[document] if not any(meets(row, finding) for row in rows)
    ]
    assert len(extra) <= 2, extra
