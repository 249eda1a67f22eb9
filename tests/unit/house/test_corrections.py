"""A person reads a figure where the print cannot be read: it is used, marked, and bound to that very file."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dagster_project.corrections import apply, of_document, read_corrections
from dagster_project.manifest import ManifestError
from dagster_project.proof.verification import verify
from dagster_project.staging import insert_parsed
from tests.rules.documents import document

HEADER = "document,sha256,form,row,column,amount,reason,name,date"
SHA = "0123456789abcdef"
FORM = "budget_expenditure"
ROWS = [
    ["", "合计", "30.00", "20.00", "10.00"],
    ["201", "一般公共服务支出", "30.00", "20.00", "10.00"],
    ["20126", "档案事务", "30.00", "20.00", "10.00"],
    ["2012604", "档案馆", "80.00", "20.00", ""],
]


def written(folder: Path, *rows: str, header: str = HEADER) -> Path:
    (folder / "corrections.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return folder


def row(**changed: str) -> str:
    values = {
        "document": "甲.pdf", "sha256": SHA, "form": FORM, "row": "2012604", "column": "total",
        "amount": "30.00", "reason": "扫描件不清，见原件", "name": "张三", "date": "2026-03-01",
    } | changed  # fmt: skip
    return ",".join(values[name] for name in HEADER.split(","))


@pytest.fixture
def staging() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    parsed = document({FORM: (["total", "basic", "project"], ROWS)}, name="甲.pdf")
    verify(parsed.cells)
    insert_parsed(connection, [parsed], load_id="load", loaded_at=datetime(2026, 1, 1))
    return connection


def cells(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], dict[str, Any]]:
    cursor = connection.execute("select * from staging.cell")
    names = [column[0] for column in cursor.description or ()]
    found = [dict(zip(names, each, strict=True)) for each in cursor.fetchall()]
    return {(each["code"] or each["label"], each["column"]): each for each in found}


def corrected(connection: duckdb.DuckDBPyConnection, folder: Path, sha256: str = SHA * 4) -> None:
    apply(connection, "甲.pdf", sha256, of_document(read_corrections(folder), ["甲.pdf"], sha256))


def test_a_misread_figure_is_replaced_and_what_was_read_stays(
    staging: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    corrected(staging, written(tmp_path, row(), row(column="project", amount="10.00")))
    cell = cells(staging)["2012604", "total"]
    assert (cell["amount"], cell["text_printed"], cell["verification"]) == (30, "80.00", "human")
    said = json.loads(cell["attributes"])
    assert (said["amount_read"], said["corrected_by"], said["corrected_on"]) == (
        "80.00",
        "张三",
        "2026-03-01",
    )


def test_a_figure_that_could_not_be_read_is_added_to_its_row(
    staging: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    corrected(staging, written(tmp_path, row(column="project", amount="10.00")))
    cell = cells(staging)["2012604", "project"]
    assert (cell["amount"], cell["text_printed"], cell["verification"]) == (10, "", "human")
    assert cell["row_number"] == cells(staging)["2012604", "basic"]["row_number"]


def test_the_figures_around_are_proved_with_it(staging: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert cells(staging)["20126", "total"]["verification"] == "contradicted"
    corrected(staging, written(tmp_path, row(), row(column="project", amount="10.00")))
    assert cells(staging)["20126", "total"]["verification"] == "proved"
    assert cells(staging)["2012604", "basic"]["verification"] == "proved"


def test_a_correction_lapses_when_the_file_is_another_one(
    staging: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    corrected(staging, written(tmp_path, row()), sha256="f" * 64)
    assert cells(staging)["2012604", "total"]["amount"] == 80
    kinds = staging.execute("select kind, message from staging.problem").fetchall()
    assert [kind for kind, _ in kinds] == ["correction_lapsed"]
    assert "原文件已更换" in kinds[0][1]


def test_a_row_that_is_not_there_is_a_problem_on_record(
    staging: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    corrected(staging, written(tmp_path, row(row="2080505")))
    assert staging.execute("select kind from staging.problem").fetchall() == [("correction_without_place",)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row(sha256="xyz"), "line 2, column sha256"),
        (row(form="budget_nothing"), "line 2, column form: 'budget_nothing' is no form"),
        (row(column="sum"), "line 2, column column: 'sum' is no column"),
        (row(amount="ten"), "line 2, column amount: 'ten' is no figure"),
        (row(reason=""), "line 2, column reason: empty"),
        (row(date="1 March"), "line 2, column date"),
        (row(form="budget_summary"), "line 2, column side: empty; budget_summary has two"),
        (row() + "\n" + row(amount="31.00"), "line 3: the same figure stands in line 2"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(ManifestError, match="cannot be used") as raised:
        read_corrections(written(tmp_path, line))
    assert reason in str(raised.value)


def test_an_unknown_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match="column 'why': unknown"):
        read_corrections(written(tmp_path, header=HEADER.replace("reason", "why")))


def test_without_a_file_there_is_nothing_to_correct(tmp_path: Path) -> None:
    assert read_corrections(tmp_path) == ()
