"""What Dagster offers: jobs, partitions, a sensor for new files, reruns from its own command line."""

from __future__ import annotations

import subprocess
import sys

import dagster as dg
import pytest
from places import PROJECT, Place
from printed_documents import LIBRARY, budget, put

from dagster_project.automation.sensors import changed_years, new_files
from dagster_project.definitions import defs


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return defs()


def test_discovery_is_whole_and_what_follows_is_cut_by_year(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    cut = {
        key.to_user_string()
        for key in graph.get_all_asset_keys()
        if graph.get(key).partitions_def is not None
    }
    assert "raw_documents" not in cut
    assert {"parsed_documents", "staging/cell", "reconciliation/result"} <= cut


def test_lineage_leads_from_the_raw_files_to_every_mart(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    marts = dg.AssetSelection.groups("marts").resolve(graph)
    assert marts
    upstream = dg.AssetSelection.assets("raw_documents").downstream().resolve(graph)
    fed = {key for key in marts if key.path[-1].startswith("fct_")}
    assert fed
    assert fed <= upstream


def test_every_asset_has_an_owner_a_kind_a_group_and_a_description(definitions: dg.Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        if spec.key.path[0] == "seeds" or not spec.group_name:
            continue
        told = (spec.owners, spec.kinds, spec.description)
        assert all(told), f"{spec.key.to_user_string()}: {told}"


def test_there_is_a_job_for_everything_a_calendar_and_a_sensor(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()
    assert {"discover", "recognise", "load_years", "load_everything", "report"} <= set(repository.job_names)
    assert [schedule.name for schedule in repository.schedule_defs] == ["publication_calendar"]
    assert {sensor.name for sensor in repository.sensor_defs} == {
        "new_files",
        "changed_years",
        "recognised_years",
    }


def test_new_files_ask_for_one_discovery_and_silence_for_none(
    copied: Place, definitions: dg.Definitions
) -> None:
    with copied.settings.in_environment(), dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, definitions=definitions)
        first = new_files(context)
        assert isinstance(first, dg.RunRequest)
        assert len(context.cursor or "") <= 64
        assert isinstance(new_files(context), dg.SkipReason)
        put(copied.raw, "later.txt", budget(LIBRARY, 2026))
        again = new_files(context)
    assert isinstance(again, dg.RunRequest)
    assert again.run_key != first.run_key


def test_a_discovery_asks_for_one_run_for_each_year_concerned(
    copied: Place, definitions: dg.Definitions
) -> None:
    put(copied.raw, "a.txt", budget(LIBRARY, 2026))
    put(copied.raw, "b.txt", budget(f"{LIBRARY}分馆", 2026))
    put(copied.raw, "c.txt", budget(LIBRARY, 2027))
    with copied.settings.in_environment(), dg.DagsterInstance.ephemeral() as instance:
        done = definitions.resolve_job_def("discover").execute_in_process(instance=instance)
        assert done.success
        context = dg.build_sensor_context(instance=instance, definitions=definitions)
        asked = changed_years(context)
        requests = [asked] if isinstance(asked, dg.RunRequest) else list(asked or ())
    assert [request.partition_key for request in requests] == ["2026", "2027"]


def test_one_asset_of_one_year_can_be_run_again_from_dagsters_command_line(copied: Place) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-m", "dagster", "asset", "materialize", "-m", "dagster_project.definitions"),
            *("--select", 'key:"reconciliation/finding"', "--partition", "2024"),
        ],
        env={**copied.environment, "DAGSTER_HOME": str(copied.folder.dagster_home)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
