"""What a load has to do: the difference between the raw folder and what staging holds of it."""

from __future__ import annotations

import duckdb
import pytest

from dagster_project import inventory
from dagster_project.inventory import Item


def item(document_id: str, year: str, name: str | None = None, **stated: object) -> Item:
    return Item(
        document_id, name or f"{document_id}.txt", "/raw", document_id * 4, 10, year, "reader", **stated
    )  # type: ignore[arg-type]


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    inventory.create(opened)
    return opened


def load(
    connection: duckdb.DuckDBPyConnection, *years: str, version: str = "code"
) -> tuple[list[str], list[str]]:
    """Load these years; returns the documents written and those taken out."""
    changed, gone = inventory.changes(connection, years)
    inventory.mark_loaded(connection, changed, gone, ())
    inventory.mark_built(connection, years, version)
    return [document.document_id for document in changed], gone


def test_a_first_load_writes_everything_and_leaves_nothing_to_do(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    inventory.write(connection, [item("a", "2023"), item("b", "2024")], "state")
    assert inventory.partitions_to_load(connection, "code") == ["2023", "2024"]
    assert load(connection, "2023", "2024") == (["a", "b"], [])
    assert inventory.partitions_to_load(connection, "code") == []
    assert inventory.is_complete(connection, "code")
    assert inventory.fingerprint(connection) == "state"


@pytest.mark.parametrize(
    "changed",
    [
        item("a", "2023", "moved.txt"),
        item("a", "2023", copies=("again.txt",)),
        item("a", "2023", overrides={"organisation": "示例市档案馆"}),
        item("a", "2023", source_url="https://example.cn"),
    ],
)
def test_whatever_staging_shows_makes_its_year_due(
    connection: duckdb.DuckDBPyConnection, changed: Item
) -> None:
    inventory.write(connection, [item("a", "2023"), item("b", "2024")], "before")
    load(connection, "2023", "2024")
    inventory.write(connection, [changed, item("b", "2024")], "after")
    assert inventory.partitions_to_load(connection, "code") == ["2023"]
    assert load(connection, "2023") == (["a"], [])


@pytest.mark.parametrize("order", [("2023", "2024"), ("2024", "2023")])
def test_a_document_whose_year_is_corrected_changes_years_in_whatever_order(
    connection: duckdb.DuckDBPyConnection, order: tuple[str, str]
) -> None:
    inventory.write(connection, [item("a", "2023")], "before")
    load(connection, "2023")
    inventory.write(connection, [item("a", "2024")], "after")
    assert inventory.partitions_to_load(connection, "code") == ["2023", "2024"]
    for year in order:
        load(connection, year)
    rows = connection.execute("select document_id, partition from control.loaded").fetchall()
    assert rows == [("a", "2024")]
    assert inventory.is_complete(connection, "code")


def test_a_withdrawn_document_is_taken_out_of_its_year(connection: duckdb.DuckDBPyConnection) -> None:
    inventory.write(connection, [item("a", "2023"), item("b", "2023")], "before")
    load(connection, "2023")
    inventory.write(connection, [item("b", "2023")], "after")
    assert load(connection, "2023") == ([], ["a"])


def test_other_code_makes_every_year_due_although_no_document_has_changed(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    inventory.write(connection, [item("a", "2023"), item("b", "2024")], "state")
    load(connection, "2023", "2024")
    assert load(connection, "2023", version="newer") == ([], [])
    assert inventory.partitions_to_load(connection, "newer") == ["2024"]
    assert not inventory.is_complete(connection, "newer")


def test_a_document_that_may_be_read_next_time_is_tried_again_and_stops_nothing(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    inventory.write(connection, [item("a", "2023")], "state")
    changed, gone = inventory.changes(connection, ["2023"])
    inventory.mark_loaded(connection, changed, gone, unsettled=["a"])
    inventory.mark_built(connection, ["2023"], "code")
    assert inventory.is_complete(connection, "code")
    assert inventory.partitions_to_load(connection, "code") == ["2023"]


def test_a_document_whose_last_pages_were_recognised_makes_its_year_due(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    inventory.write(connection, [item("a", "2023", waiting=2), item("b", "2024")], "before")
    load(connection, "2023", "2024")
    assert inventory.partitions_to_load(connection, "code") == []
    inventory.write(connection, [item("a", "2023"), item("b", "2024")], "after")
    assert inventory.partitions_to_load(connection, "code") == ["2023"]


def test_a_document_whose_kept_result_has_changed_is_written_again(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    inventory.write(connection, [item("a", "2023"), item("b", "2024")], "state")
    load(connection, "2023", "2024")
    inventory.mark_changed(connection, ["a"])
    assert not inventory.is_complete(connection, "code")
    assert load(connection, "2023", "2024") == (["a"], [])
