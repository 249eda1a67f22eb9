"""Reported findings against the hand-made ones: which groups are found, which reports nobody would sign.

A report meets a gold row when its rule is one of the row's and the figures agree as far as both print them
(sides and signs free, 万元 or 元, per cent or fraction). Rows without figures are met by rule and place. The
same two figures under another rule meet the row as well, unless they are small counts or years.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.compare import plain
from bench.gold import Reading, gold_rows

SCALES = (Decimal(1), Decimal(10_000), Decimal(1) / 10_000, Decimal(100), Decimal(1) / 100)
SMALL = Decimal(2100)
_FIGURE = re.compile(r"[≥≤<>约]?([-−]?\d[\d,]*(?:\.\d+)?)(?:%|万元|元|辆|家|个|项|张|行|人|分|份|次)?")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a finding and the decimals it shows."""

    amount: Decimal
    decimals: int

    def meets(self, other: Decimal) -> bool:
        """Equal at the precision printed here, signs and scale free."""
        step = Decimal(1).scaleb(-self.decimals)
        return any(abs(abs(other * k).quantize(step) - abs(self.amount)) == 0 for k in SCALES)


def figure(text: object) -> Figure | None:
    """The one figure a gold column consists of; ``None`` for words."""
    match = _FIGURE.fullmatch(plain(text))
    if not match:
        return None
    digits = match.group(1).replace(",", "").replace("−", "-")
    return Figure(Decimal(digits), len(digits.partition(".")[2]))


def meets(gold: dict[str, str], finding: dict[str, Any]) -> bool:
    """Does this reported finding meet this gold row of the same document?"""
    stated = [f for f in (figure(gold["stated"]), figure(gold["expected"])) if f]
    reported = [
        abs(Decimal(finding[name])) for name in ("stated", "expected") if finding.get(name) is not None
    ]
    same_rule = finding["rule_id"] in gold["rule_ids"].split("|")
    if not stated or not reported:
        return same_rule and _same_place(gold, finding)
    agree = _figures_agree(stated, reported, figure(gold["difference"]), finding.get("difference"))
    if same_rule:
        return agree or _one_equation(gold, finding)
    telling = len(stated) == len(reported) == 2 and any(f.amount >= SMALL or f.decimals for f in stated)
    return agree and telling


def _one_equation(gold: dict[str, str], finding: dict[str, Any]) -> bool:
    """Gold compares both sides of an equation; a report may speak of one cell of it, off by as much."""
    difference = figure(gold["difference"])
    if difference is None or finding.get("difference") is None:
        return False
    telling = difference.amount != 0 and (difference.amount >= SMALL or difference.decimals > 0)
    return telling and difference.meets(Decimal(finding["difference"]))


def _figures_agree(
    stated: list[Figure], reported: list[Decimal], difference: Figure | None, reported_difference: object
) -> bool:
    if len(stated) == 2 and len(reported) == 2:
        first, second = stated
        one, two = reported
        return (first.meets(one) and second.meets(two)) or (first.meets(two) and second.meets(one))
    if not any(f.meets(value) for f in stated for value in reported):
        return False
    return (
        difference is None
        or reported_difference is None
        or difference.meets(Decimal(str(reported_difference)))
    )


def _same_place(gold: dict[str, str], finding: dict[str, Any]) -> bool:
    where = plain(gold["where"]) + plain(gold["stated"]) + plain(gold["comment"])
    names = [finding.get(name) for name in ("label", "title_printed", "text_printed")]
    places = [plain(name) for name in (*str(finding.get("key") or "").split("、"), *names)]
    return any(len(place) > 1 and place in where for place in places) or not any(places)


def evaluate(parsed: Iterable[Any]) -> list[dict[str, Any]]:
    """The findings of these documents through the real rules, as rows of ``reconciliation.finding``."""
    import duckdb  # noqa: PLC0415 - only this part of the bench needs a database

    from dagster_project.reconciliation.run import reconcile  # noqa: PLC0415
    from dagster_project.staging import insert_parsed  # noqa: PLC0415

    with duckdb.connect() as connection:
        insert_parsed(connection, parsed, load_id="bench", loaded_at=datetime(2026, 1, 1))
        reconcile(connection)
        cursor = connection.execute("select * from reconciliation.finding")
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def report(readings: Sequence[Reading], arguments: argparse.Namespace) -> None:
    """Print groups found and missed, and every report that meets no row."""
    try:
        findings = evaluate(reading.parsed for reading in readings)
    except ImportError as error:
        print(f"\nfindings: not measured, {error}")
        return
    print(f"\n{'findings':<58}{'groups':>7}{'found':>7}{'reports':>8}{'extra':>7}")
    for reading in readings:
        report_document(reading, [f for f in findings if f["document"] == reading.path.name], arguments.gold)


def report_document(reading: Reading, findings: list[dict[str, Any]], gold: Path) -> None:
    """One document: its groups that count, those missed (with their rules), and the extra reports."""
    rows = gold_rows(gold, reading.stem, "findings")
    groups: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["counts"] == "yes":
            groups.setdefault(row["cause_group"], []).append(row)
    met = {key: any(meets(row, f) for row in group for f in findings) for key, group in groups.items()}
    extra = [f for f in findings if not any(meets(row, f) for row in rows)]
    print(f"{reading.path.name:<58}{len(groups):>7}{sum(met.values()):>7}{len(findings):>8}{len(extra):>7}")
    for key, group in groups.items():
        if not met[key]:
            row = group[0]
            print(f"    - {key} {row['rule_ids']} {row['where']} | {row['stated']} | {row['expected']}")
    for f in extra:
        print(f"    + {f['rule_id']} {f['form'] or ''} {f['key'] or ''} {f['column'] or ''} | "
              f"{f['stated']} | {f['expected']} | {f['message_zh']}")  # fmt: skip
