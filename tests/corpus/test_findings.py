"""The real documents: what is known to be wrong in them is reported, and hardly anything else is."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from bench.findings import evaluate, meets
from dagster_project.parse import parse

SHARED = Path(__file__).resolve().parents[3] / "shared"
CORPUS = SHARED / "corpus"
GOLD = SHARED / "gold"
DOCUMENTS = sorted([*CORPUS.glob("text/*.txt"), *CORPUS.glob("pdf/*.pdf")])

pytestmark = pytest.mark.skipif(not DOCUMENTS, reason="the corpus ../shared is not here")


@pytest.fixture(scope="module")
def reported() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in evaluate([parse(path) for path in DOCUMENTS]):
        found[finding["document"]].append(finding)
    return found


def gold(document: str) -> list[dict[str, str]]:
    """What is known to be wrong in a document; nothing where no list of it is kept."""
    path = GOLD / f"{Path(document).stem}.findings.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_known_errors_are_reported(reported: dict[str, list[dict[str, Any]]]) -> None:
    groups: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for path in DOCUMENTS:
        for row in gold(path.name):
            if row["counts"] == "yes":
                groups[path.name, row["cause_group"]].append(row)
    missed = [
        key
        for key, rows in groups.items()
        if not any(meets(row, finding) for row in rows for finding in reported[key[0]])
    ]
    assert len(missed) <= 0.03 * len(groups), missed


def test_hardly_any_finding_is_not_in_the_gold(reported: dict[str, list[dict[str, Any]]]) -> None:
    extra = [
        (document, finding["rule_id"], finding["key"])
        for document, findings in reported.items()
        for finding in findings
        if not any(meets(row, finding) for row in gold(document))
    ]
    assert len(extra) <= 0.03 * sum(len(findings) for findings in reported.values()), extra


def test_a_blank_template_has_no_finding(reported: dict[str, list[dict[str, Any]]]) -> None:
    templates = [path.name for path in DOCUMENTS if "template" in path.name]
    assert templates
    assert not [finding for name in templates for finding in reported[name]]
