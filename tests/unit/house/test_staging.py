"""Parsed documents become tables: exactly the contract, all of a batch or nothing of it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from dagster_project import kept, staging
from dagster_project.records import CellRecord, DocumentRecord, ParsedDocument, ProblemRecord

NOON = datetime(2024, 3, 1, 12)


def parsed(document_id: str, name: str, amount: str = "12.30") -> ParsedDocument:
    cell = CellRecord(
        cell_id=f"{document_id}-1",
        document_id=document_id,
        document=name,
        form="budget_income",
        side=None,
        section=None,
        row_kind="leaf",
        code="2012601",
        code_printed="201 26 01",
        label="行政运行",
        label_printed="行政\n运行",
        column="total",
        header_printed="合计",
        amount=Decimal(amount),
        unit="wan",
        page=None,
        bbox=(1.0, 2.0, 3.0, 4.5),
        line=7,
        row_number=1,
        text_printed=amount,
        decimals=2,
        attributes={"项目单位": '示例市"档案馆"'},
    )
    return ParsedDocument(DocumentRecord(document_id, name, document_id * 4), cells=[cell])


def load(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    *documents: ParsedDocument,
    removed: tuple[str, ...] = (),
) -> None:
    batch = []
    for item in documents:
        record = item.document
        kept.write(folder / f"{record.document_id}.gz", item)
        path = folder / f"{record.document_id}.gz"
        batch.append(staging.Batch(record.document_id, record.document, path, (record.document,)))
    staging.replace_documents(connection, batch, removed, load_id="load", loaded_at=NOON, scratch=folder)


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    staging.create_staging(opened)
    return opened


def test_a_cell_arrives_as_it_was_read(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load(connection, tmp_path, parsed("a" * 16, "预算.txt", "1234567.891234"))
    (row,) = connection.execute(
        "select amount, bbox, label_printed, attributes->>'项目单位', page, document from staging.cell"
    ).fetchall()
    assert row == (
        Decimal("1234567.891234"),
        (1.0, 2.0, 3.0, 4.5),
        "行政\n运行",
        '示例市"档案馆"',
        None,
        "预算.txt",
    )


def test_the_columns_are_the_contract(connection: duckdb.DuckDBPyConnection) -> None:
    assert staging.has_contract(connection)
    types = dict(
        connection.execute(
            "select column_name, data_type from duckdb_columns()"
            " where schema_name = 'staging' and table_name = 'cell'"
        ).fetchall()
    )
    expected = {
        "amount": "DECIMAL(20,6)",
        "bbox": "DOUBLE[4]",
        "decimals": "INTEGER",
        "attributes": "JSON",
        "code": "VARCHAR",
    }
    assert {name: types[name] for name in expected} == expected
    connection.execute("alter table staging.cell drop column bbox")
    assert not staging.has_contract(connection)


def test_a_document_loaded_again_replaces_itself_and_nothing_else(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(connection, tmp_path, parsed("a" * 16, "a.txt"), parsed("b" * 16, "b.txt"))
    load(connection, tmp_path, parsed("a" * 16, "a.txt", "99.00"))
    rows = connection.execute("select document, amount from staging.cell order by document").fetchall()
    assert rows == [("a.txt", Decimal("99")), ("b.txt", Decimal("12.3"))]


def test_a_moved_document_shows_its_new_path_without_being_parsed_again(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    kept.write(tmp_path / "result.gz", parsed("a" * 16, "old.txt"))
    batch = [staging.Batch("a" * 16, "2024/new.txt", tmp_path / "result.gz", ("2024/new.txt", "copy.txt"))]
    staging.replace_documents(connection, batch, (), load_id="load", loaded_at=NOON)
    assert connection.execute("select document, cell_id from staging.cell").fetchall() == [
        ("2024/new.txt", f"{'a' * 16}-1")
    ]
    paths = connection.execute("select document from staging.document_file order by 1").fetchall()
    assert paths == [("2024/new.txt",), ("copy.txt",)]


def test_a_removed_document_leaves_every_table(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    load(connection, tmp_path, parsed("a" * 16, "a.txt"), parsed("b" * 16, "b.txt"))
    load(connection, tmp_path, removed=("a" * 16,))
    for table in ("document", "cell", "document_file"):
        rows = connection.execute(f"select distinct document_id from staging.{table}").fetchall()
        assert rows == [("b" * 16,)]


def test_a_batch_that_fails_leaves_what_was_there(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    load(connection, tmp_path, parsed("a" * 16, "a.txt"))
    bad = parsed("b" * 16, "b.txt")
    bad.cells[0].amount = Decimal("1E+30")
    with pytest.raises(duckdb.Error):
        load(connection, tmp_path, parsed("a" * 16, "a.txt", "5.00"), bad)
    assert connection.execute("select document, amount from staging.cell").fetchall() == [
        ("a.txt", Decimal("12.3"))
    ]


def test_problems_keep_blank_apart_from_missing(
    connection: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    document = parsed("a" * 16, "a.txt")
    document.problems = [
        ProblemRecord("a" * 16, "a.txt", None, 3, "", "unknown_header", "warning", "表头\t换行\n", "", "k")
    ]
    load(connection, tmp_path, document)
    rows = connection.execute("select page, line, form, message from staging.problem").fetchall()
    assert rows == [(None, 3, "", "表头\t换行\n")]
