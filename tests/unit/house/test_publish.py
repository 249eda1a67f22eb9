"""Publishing: one step, old readers undisturbed, three releases kept, a way back."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project import publish
from dagster_project.settings import Warehouse


def build(folder: Warehouse, value: int) -> None:
    folder.working.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(folder.working)) as connection:
        connection.execute("create schema if not exists marts")
        connection.execute("create schema if not exists control")
        connection.execute("create or replace table control.state as select 1 as secret")
        connection.execute(
            f"create or replace table marts.spending as select '示例市档案馆' as 单位, {value} as amount"
        )
        connection.execute(f"create or replace table marts.dim_form as select {value} as n")
        connection.execute("comment on table marts.spending is '支出'")


def publish_value(folder: Warehouse, value: int, fingerprint: str | None = None) -> publish.Release:
    build(folder, value)
    return publish.publish(folder, run_id="run", fingerprint=fingerprint, keep=3)


def published_value(folder: Warehouse) -> int:
    with duckdb.connect(str(folder.database.resolve()), read_only=True) as connection:
        return connection.execute("select amount from marts.spending").fetchall()[0][0]


@pytest.fixture
def folder(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path)


def test_before_the_first_release_nothing_is_published(folder: Warehouse) -> None:
    assert publish.current(folder) is None
    assert publish.releases(folder) == []


def test_a_release_is_the_database_and_its_exports(folder: Warehouse) -> None:
    release = publish_value(folder, 1, "state")
    assert publish.current(folder) == release
    assert release.fingerprint == "state"
    assert published_value(folder) == 1
    assert {path.name for path in (folder.exports / "parquet").iterdir()} == {
        "spending.parquet",
        "dim_form.parquet",
    }
    assert [path.name for path in (folder.exports / "csv").iterdir()] == ["spending.csv"]


def test_a_csv_opens_in_excel_with_chinese_intact(folder: Warehouse) -> None:
    publish_value(folder, 1)
    content = (folder.exports / "csv" / "spending.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["单位,amount", "示例市档案馆,1"]


def test_comments_travel_and_what_is_private_stays(folder: Warehouse) -> None:
    publish_value(folder, 1)
    with duckdb.connect(str(folder.database.resolve()), read_only=True) as connection:
        schemas = connection.execute("select distinct schema_name from duckdb_tables()").fetchall()
        comment = connection.execute(
            "select comment from duckdb_tables() where table_name = 'spending'"
        ).fetchall()
    assert schemas == [("marts",)]
    assert comment == [("支出",)]


def test_a_reader_of_the_old_file_is_not_disturbed(folder: Warehouse) -> None:
    publish_value(folder, 1)
    with duckdb.connect(str(folder.database.resolve()), read_only=True) as reader:
        publish_value(folder, 2)
        assert reader.execute("select amount from marts.spending").fetchall() == [(1,)]
    assert published_value(folder) == 2


def test_the_newest_three_releases_are_kept_and_one_can_return(folder: Warehouse) -> None:
    names = [publish_value(folder, value).name for value in range(1, 5)]
    assert [release.name for release in publish.releases(folder)] == names[:0:-1]
    assert publish.roll_back(folder).name == names[2]
    assert published_value(folder) == 3
    publish.roll_back(folder)
    assert published_value(folder) == 2
    publish.roll_back(folder, names[3])
    assert published_value(folder) == 4


def test_a_rollback_that_cannot_be_lists_what_there_is(folder: Warehouse) -> None:
    name = publish_value(folder, 1).name
    with pytest.raises(publish.NoSuchReleaseError, match=f"no release before the published one.*{name}"):
        publish.roll_back(folder)
    with pytest.raises(publish.NoSuchReleaseError, match="no release yesterday"):
        publish.roll_back(folder, "yesterday")


def test_a_publication_that_fails_half_way_changes_nothing(folder: Warehouse) -> None:
    publish_value(folder, 1)
    with duckdb.connect(str(folder.working)) as connection:
        connection.execute("create view marts.later as select 1")
        connection.execute('create table marts."a/b" as select 1')
    with pytest.raises(duckdb.Error):
        publish.publish(folder, run_id="run", fingerprint=None, keep=3)
    assert published_value(folder) == 1
    assert len(publish.releases(folder)) == 1
    with duckdb.connect(str(folder.working)) as connection:
        connection.execute('drop table marts."a/b"')
    publish_value(folder, 2)
    assert published_value(folder) == 2
    assert not list(folder.releases.glob(".*"))
