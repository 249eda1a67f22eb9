"""A finding that a person accepts stays, marked; it is noticed when its figures change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project.manifest import ManifestError
from dagster_project.reconciliation import waiving
from dagster_project.waivers import read_waivers
from tests.rules.documents import document, findings, judged
from tests.rules.test_states import COLUMNS, with_cell

ACCEPTED = """
- document: 示例.txt
  rule: X-ROW-01
  key: "2012604"
  stated: "15.00"
  expected: "10.00"
  reason: 主管部门已说明
  name: 张三
  date: 2026-03-01
"""


def written(folder: Path, text: str) -> Path:
    (folder / "waivers.yaml").write_text(text, encoding="utf-8")
    return folder


def warehouse(text: str = "15.00") -> duckdb.DuckDBPyConnection:
    forms = {"budget_expenditure": (COLUMNS, with_cell("2012604", "project", text))}
    return judged(document(forms), by=("X-ROW-01", "X-COL-03"))


def states(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute("SELECT state FROM reconciliation.waiver ORDER BY line").fetchall()
    return [state for (state,) in rows]


def test_an_accepted_finding_is_marked_and_stays(tmp_path: Path) -> None:
    connection = warehouse()
    waiving.apply(connection, read_waivers(written(tmp_path, ACCEPTED)))
    (found,) = findings(connection)
    assert (found["waived"], found["waiver_reason"], found["waived_by"]) == (True, "主管部门已说明", "张三")
    assert found["waived_on"] == date(2026, 3, 1)
    assert (states(connection), waiving.broken(connection)) == (["holds"], [])


def test_a_waiver_fails_when_the_figures_change(tmp_path: Path) -> None:
    connection = warehouse("16.00")
    waiving.apply(connection, read_waivers(written(tmp_path, ACCEPTED)))
    assert [found["waived"] for found in findings(connection)] == [False]
    assert waiving.broken(connection) == [
        {"line": "2", "document": "示例.txt", "rule_id": "X-ROW-01", "state": "figures_changed"}
    ]


def test_a_waiver_of_nothing_is_noticed(tmp_path: Path) -> None:
    connection = warehouse("10.00")
    other = ACCEPTED.replace("示例.txt", "别的.txt")
    waiving.apply(connection, read_waivers(written(tmp_path, ACCEPTED + other)))
    assert states(connection) == ["no_finding", "no_document"]


def test_a_waiver_that_is_taken_back_marks_nothing(tmp_path: Path) -> None:
    connection = warehouse()
    waiving.apply(connection, read_waivers(written(tmp_path, ACCEPTED)))
    waiving.apply(connection, ())
    assert [found["waived"] for found in findings(connection)] == [False]
    assert states(connection) == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ACCEPTED.replace("reason: 主管部门已说明", "because: x"), "line 7: 'because' is unknown"),
        (ACCEPTED.replace("  name: 张三\n", ""), "line 2: name is missing"),
        (ACCEPTED.replace('"15.00"', "many"), "line 2: stated 'many' is no figure"),
        (ACCEPTED.replace("2026-03-01", "yesterday"), "line 2: date 'yesterday' is no date"),
        ("document: 示例.txt", "no list of waivers"),
        ("- [", "line 1"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(ManifestError) as raised:
        read_waivers(written(tmp_path, text))
    assert reason in str(raised.value)


def test_figures_may_be_written_as_they_are_printed(tmp_path: Path) -> None:
    (waiver,) = read_waivers(written(tmp_path, ACCEPTED.replace('"15.00"', "1,015.00")))
    assert (waiver.stated, waiver.line) == (Decimal("1015.00"), 2)


def test_without_a_file_nothing_is_waived(tmp_path: Path) -> None:
    assert read_waivers(tmp_path) == ()
