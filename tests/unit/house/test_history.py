"""What a load writes into Dagster's history, everybody else reads there."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from dagster_project import history
from dagster_project.load import prepare_home
from dagster_project.settings import Warehouse

SHELF = dg.AssetKey("shelf")


@dg.asset(key=SHELF, check_specs=[dg.AssetCheckSpec("is_full", asset=SHELF)])
def shelf() -> dg.MaterializeResult:
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=False)], metadata={"books": 3})


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAGSTER_HOME", "")
    folder = Warehouse(tmp_path)
    prepare_home(folder)
    return folder.dagster_home


def test_what_a_load_writes_dagsters_own_instance_reads_while_it_is_written(home: Path) -> None:
    with history.instance(home) as writing:
        assert dg.materialize([shelf], instance=writing).success
        with dg.DagsterInstance.from_config(str(home)) as reading:
            (run,) = reading.get_runs()
            event = reading.get_latest_materialization_event(SHELF)
            check = dg.AssetCheckKey(SHELF, "is_full")
            (checked,) = reading.event_log_storage.get_latest_asset_check_execution_by_key([check]).values()
    assert (run.status, event is not None and event.run_id) == (dg.DagsterRunStatus.SUCCESS, run.run_id)
    assert checked.status.value == "FAILED"


def test_runs_of_dagster_itself_and_of_loads_stand_in_one_history(home: Path) -> None:
    with dg.DagsterInstance.from_config(str(home)) as other:
        dg.materialize([shelf], instance=other)
    with history.instance(home) as loading:
        dg.materialize([shelf], instance=loading)
        assert [run.status for run in loading.get_runs()] == [dg.DagsterRunStatus.SUCCESS] * 2
