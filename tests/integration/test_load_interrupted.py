"""Loads that are killed, stopped, or meet each other."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from dagster import DagsterInstance, DagsterRunStatus
from places import Place
from printed_documents import ARCHIVE, budget, put

from dagster_project import lock
from dagster_project.cli.load import is_stopped

MANY = 200


@pytest.fixture
def much_to_do(copied: Place) -> Place:
    """A loaded warehouse and so many new documents that a load can be caught at work."""
    for year in range(MANY):
        put(copied.raw, f"new/{year}.txt", budget(f"{ARCHIVE}第{year}分馆", 2025))
    return copied


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        assert time.monotonic() < until, "the load did not get there"
        time.sleep(0.02)


def results(place: Place) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in place.folder.parsed.rglob("*.gz")}


def caught_parsing(place: Place) -> subprocess.Popen[str]:
    """A load that has parsed some of its documents and not all."""
    before = len(results(place))
    process = place.start("load")
    wait_until(lambda: len(results(place)) > before + 5, process)
    return process


def test_a_killed_load_changes_nothing_and_the_next_one_parses_only_what_is_missing(
    much_to_do: Place,
) -> None:
    published = much_to_do.folder.database.resolve()
    process = caught_parsing(much_to_do)
    workers = children(process)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert ended(workers), "parsing processes outlived the load"
    kept = results(much_to_do)
    assert len(kept) < MANY
    assert much_to_do.folder.database.resolve() == published
    assert lock.holder(much_to_do.folder.lock) is None

    done = much_to_do.gouji("load")
    assert done.returncode == 0, done.stderr
    after = results(much_to_do)
    assert {path: after[path] for path in kept} == kept
    assert much_to_do.query("select count(*) from staging.document where fiscal_year = 2025") == [(MANY,)]
    with DagsterInstance.from_config(str(much_to_do.folder.dagster_home)) as instance:
        statuses = [run.status for run in instance.get_runs()]
    assert statuses.count(DagsterRunStatus.FAILURE) == 1
    assert set(statuses) == {DagsterRunStatus.FAILURE, DagsterRunStatus.SUCCESS}


def test_the_second_of_two_loads_is_told_who_is_at_work_and_a_stopped_one_what_is_kept(
    much_to_do: Place,
) -> None:
    published = much_to_do.folder.database.resolve()
    process = caught_parsing(much_to_do)
    second = much_to_do.gouji("load")
    assert second.returncode == 3
    assert f"process {process.pid} on " in second.stderr
    assert "gouji load" in second.stderr

    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "What was published is untouched" in output
    assert much_to_do.folder.database.resolve() == published
    assert lock.holder(much_to_do.folder.lock) is None


def children(process: subprocess.Popen[str]) -> list[int]:
    """The processes that a process has started."""
    listed = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    pairs = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, parent in pairs if int(parent) == process.pid]


def ended(processes: list[int]) -> bool:
    """Whether these processes are gone within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not any(is_alive(pid) for pid in processes):
            return True
        time.sleep(0.1)
    return False


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_that_comes_during_a_query_is_ctrl_c() -> None:
    as_duckdb_raises_it = RuntimeError("Query interrupted")
    as_duckdb_raises_it.__cause__ = KeyboardInterrupt()
    assert is_stopped(as_duckdb_raises_it)
    assert is_stopped(KeyboardInterrupt())
    assert not is_stopped(RuntimeError("the disk is full"))
