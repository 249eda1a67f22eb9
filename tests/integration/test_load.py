"""What a person who runs ``make load`` meets: the first load, loads after changes, loads that go wrong."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

import duckdb
import pytest
from dagster import AssetKey, DagsterInstance, DagsterRunStatus
from places import Place
from printed_documents import ARCHIVE, budget, put

from dagster_project.load import LoadFailedError, load
from expectations.rules import load_rules


def parsed_files(place: Place) -> dict[str, int]:
    """The kept results with the times of their writing."""
    return {path.name: path.stat().st_mtime_ns for path in place.folder.parsed.rglob("*.gz")}


def runs(place: Place) -> list[DagsterRunStatus]:
    with DagsterInstance.from_config(str(place.folder.dagster_home)) as instance:
        return [run.status for run in instance.get_runs()]


def test_the_first_load_reads_every_document_and_sets_the_others_aside(loaded: Place) -> None:
    statuses = loaded.query("select document, status from staging.document order by document")
    aside = {name for name, status in statuses if status == "quarantined"}
    assert aside == {"empty.txt", "picture.txt", "letter.docx"}
    read = {name for name, status in statuses if status != "quarantined"}
    assert read == {"2023/档案馆.txt", "2024/library.txt", "2024/withdrawn.txt", "2024/档案馆.txt"}


def test_every_file_set_aside_says_why_and_what_to_do(loaded: Place) -> None:
    told = loaded.query(
        "select message, action from staging.problem join staging.document using (document_id)"
        " where status = 'quarantined'"
    )
    assert len(told) == 3
    assert all(message and action for message, action in told)


def test_the_same_file_twice_is_one_document_that_lies_in_two_places(loaded: Place) -> None:
    paths = loaded.query(
        "select file.document from staging.document_file as file join staging.document using (document_id)"
        " where organisation = ? and fiscal_year = 2024 order by 1",
        ARCHIVE,
    )
    assert paths == [("2024/档案馆.txt",), ("copies/again.txt",)]


def test_the_summary_tells_what_a_person_wants_to_know(loaded: Place) -> None:
    for part in (
        "文件 documents",
        "数字 cells",
        "已证 proved",
        "发现 findings",
        "gouji explain",
        str(loaded.folder.database),
    ):
        assert part in loaded.output.replace("\n", "")


def test_what_does_not_add_up_is_found(loaded: Place) -> None:
    documents = loaded.query("select distinct document from marts.fct_finding where severity = 'error'")
    assert documents == [("2024/library.txt",)]


def test_dagster_shows_the_runs_of_the_load(loaded: Place) -> None:
    with DagsterInstance.from_config(str(loaded.folder.dagster_home)) as instance:
        assert {run.job_name for run in instance.get_runs()} == {"discover", "load_years"}
        assert set(instance.get_dynamic_partitions("fiscal_year")) == {"2023", "2024", "undated"}
        years = instance.get_materialized_partitions(AssetKey(["staging", "cell"]))
    assert years == {"2023", "2024", "undated"}


def test_each_rule_is_a_check_with_its_severity_and_its_first_failing_rows(loaded: Place) -> None:
    with DagsterInstance.from_config(str(loaded.folder.dagster_home)) as instance:
        records = instance.event_log_storage.get_latest_asset_check_execution_by_key(_check_keys())
        evaluations = {
            key.name: record.event.dagster_event.event_specific_data
            for key, record in records.items()
            if record.event and record.event.dagster_event
        }
    assert set(evaluations) == {rule.id.replace("-", "_") for rule in load_rules()} | {
        "every_rule_was_judged"
    }
    assert evaluations["every_rule_was_judged"].passed
    failed = [data for data in evaluations.values() if not data.passed]
    assert failed
    for data in failed:
        assert data.metadata["severity"].value in ("error", "warning", "info")
        assert data.metadata["first_rows"].value


def _check_keys() -> list[object]:
    from dagster import AssetCheckKey  # noqa: PLC0415

    from dagster_project.checks.rules import ALL_JUDGED, RESULTS, check_name  # noqa: PLC0415

    names = [ALL_JUDGED, *(check_name(rule.id) for rule in load_rules())]
    return [AssetCheckKey(RESULTS, name) for name in names]


def test_every_table_for_analysts_lies_beside_the_database(loaded: Place) -> None:
    tables = {
        name for (name,) in loaded.query("select table_name from duckdb_tables() where schema_name = 'marts'")
    }
    assert {path.stem for path in (loaded.folder.exports / "parquet").iterdir()} == tables
    marts = {name for name in tables if not name.startswith(("dim_", "fct_", "bridge_"))}
    assert {path.stem for path in (loaded.folder.exports / "csv").iterdir()} == marts
    assert marts


def test_unchanged_input_launches_no_run_and_says_so_at_once(copied: Place) -> None:
    before = runs(copied)
    done = copied.gouji("load")
    assert (done.returncode, "Nothing has changed" in done.stdout) == (0, True)
    assert runs(copied) == before


@dataclass(frozen=True)
class Change:
    """A warehouse after a load of changes, with what was published and kept before it."""

    place: Place
    cells_of_moved: list[tuple[str]]
    load_of_untouched: list[tuple[str]]
    kept: dict[str, int]
    years: tuple[str, ...]
    published_after_failure: bool


@pytest.fixture(scope="module")
def changed(loaded: Place, tmp_path_factory: pytest.TempPathFactory) -> Change:
    """One file moved, one withdrawn, one new, one of another year: a load that fails, one that does not."""
    root = tmp_path_factory.mktemp("changed")
    shutil.copytree(loaded.raw, root / "raw")
    shutil.copytree(loaded.warehouse, root / "warehouse", symlinks=True)
    place = Place(root / "raw", root / "warehouse")
    cells = place.query("select cell_id from staging.cell where document = '2023/档案馆.txt' order by 1")
    untouched = place.query("select load_id from staging.document where document = '2024/档案馆.txt'")
    kept = parsed_files(place)
    (place.raw / "2023/档案馆.txt").rename(place.raw / "2023/新名字.txt")
    (place.raw / "2024/withdrawn.txt").unlink()
    put(place.raw, "2025.txt", budget(ARCHIVE, 2025))
    put(
        place.raw,
        "manifest.csv",
        "document,fiscal_year,source_url\n2024/library.txt,2022,https://example.cn/a\n",
    )
    published = place.folder.database.resolve()
    with pytest.raises((LoadFailedError, duckdb.Error)):
        load(place.settings.model_copy(update={"database_memory": "2MiB"}))
    intact = place.folder.database.resolve() == published
    done = load(place.settings)
    return Change(place, cells, untouched, kept, done.years, intact)


def test_a_failed_load_leaves_what_was_published_as_it_was(changed: Change) -> None:
    assert changed.published_after_failure


def test_only_the_years_concerned_are_loaded(changed: Change) -> None:
    assert changed.years == ("2022", "2023", "2024", "2025")
    untouched = changed.place.query("select load_id from staging.document where document = '2024/档案馆.txt'")
    assert untouched == changed.load_of_untouched


def test_a_moved_file_keeps_its_keys_and_is_not_parsed_again(changed: Change) -> None:
    cells = changed.place.query(
        "select cell_id from staging.cell where document = '2023/新名字.txt' order by 1"
    )
    assert cells == changed.cells_of_moved
    assert not changed.place.query("select 1 from staging.document where document = '2023/档案馆.txt'")
    now = parsed_files(changed.place)
    assert {name: now[name] for name in changed.kept if name in now} == {
        name: time for name, time in changed.kept.items() if name in now
    }
    assert len(set(now) - set(changed.kept)) == 2


def test_a_new_year_needs_no_code(changed: Change) -> None:
    rows = changed.place.query("select organisation from staging.document where fiscal_year = 2025")
    assert rows == [(ARCHIVE,)]


def test_a_document_whose_year_is_corrected_leaves_the_old_one(changed: Change) -> None:
    rows = changed.place.query(
        "select fiscal_year, source_url from staging.document where document = '2024/library.txt'"
    )
    assert rows == [(2022, "https://example.cn/a")]
    years = changed.place.query(
        "select distinct fiscal_year from reconciliation.result where document = '2024/library.txt'"
    )
    assert years == [(2022,)]


def test_a_document_that_left_the_folder_leaves_the_warehouse(changed: Change) -> None:
    for table in (
        "staging.document",
        "staging.cell",
        "reconciliation.result",
        "marts.fct_reconciliation_result",
    ):
        assert not changed.place.query(f"select 1 from {table} where document = '2024/withdrawn.txt'")


def test_tables_of_the_vocabulary_are_built_again_only_if_they_have_changed(changed: Change) -> None:
    with DagsterInstance.from_config(str(changed.place.folder.dagster_home)) as instance:
        first, last = (
            instance.get_latest_materialization_event(AssetKey(key))
            for key in (["seeds", "form"], ["marts", "fct_finding"])
        )
    assert first is not None and last is not None
    assert first.timestamp < last.timestamp
    assert first.run_id != last.run_id


def test_a_rollback_returns_to_the_release_before(changed: Change) -> None:
    newest = changed.place.folder.database.resolve().parent.name
    assert changed.place.gouji("rollback").returncode == 0
    assert not changed.place.query("select 1 from staging.document where fiscal_year = 2025")
    assert changed.place.gouji("rollback", newest).returncode == 0
    assert changed.place.query("select 1 from staging.document where fiscal_year = 2025")


def test_one_year_can_be_run_again_on_demand(copied: Place) -> None:
    before = len(runs(copied))
    done = load(copied.settings, years=("2024",))
    assert (done.years, len(runs(copied)) - before) == (("2024",), 2)
    assert done.release is not None
    assert done.release.fingerprint is not None


def test_a_year_that_no_document_has_is_refused_with_those_there_are(copied: Place) -> None:
    done = copied.gouji("load", "--year", "1999")
    assert done.returncode == 2
    assert "No document is of the year 1999. There are documents of 2023, 2024" in done.stderr


def test_everything_downstream_of_an_asset_can_be_run_again(copied: Place) -> None:
    load(copied.settings, select='key:"marts/fct_finding"+')
    with DagsterInstance.from_config(str(copied.folder.dagster_home)) as instance:
        newest = instance.get_runs(limit=1)[0]
        steps = {step.step_key for step in instance.get_run_step_stats(newest.run_id)}
    assert {"star", "publication"} <= steps
    assert not {"parsed_documents", "staging_tables", "reconciliation"} & steps


def test_a_wrong_manifest_stops_the_load_before_anything_happens(copied: Place) -> None:
    before = runs(copied)
    put(copied.raw, "manifest.csv", "document,kind\n2023/档案馆.txt,预测\n")
    done = copied.gouji("load")
    assert (done.returncode, runs(copied)) == (2, before)
    assert "line 2, column kind: '预测'" in done.stderr


def test_missing_and_empty_folders_are_told_apart(copied: Place) -> None:
    missing = copied.gouji("load", "--raw", str(copied.raw / "nowhere"))
    (copied.raw / "nothing").mkdir()
    empty = copied.gouji("load", "--raw", str(copied.raw / "nothing"))
    assert (missing.returncode, empty.returncode) == (2, 2)
    assert "There is no folder" in missing.stderr
    assert "holds no documents" in empty.stderr
