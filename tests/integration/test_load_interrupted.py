"""Loads that are killed, stopped, or meet each other."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Place
from dagster import DagsterInstance, DagsterRunStatus
from printed_documents import ARCHIVE, budget, put

from dagster_project import lock

MANY = 150


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
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = results(much_to_do)
    assert len(kept) < MANY
    assert much_to_do.folder.database.resolve() == published
    assert lock.holder(much_to_do.folder.lock) is None
    done = much_to_do.gouji("load")
    assert done.returncode == 0, done.stderr
    after = results(much_to_do)
    assert {path: after[path] for path in kept} == kept
    assert much_to_do.query("select count(*) from staging.document where fiscal_year = 2025") == [(MANY,)]


def test_the_run_of_a_killed_load_is_closed_by_the_next_one(much_to_do: Place) -> None:
    process = caught_parsing(much_to_do)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert much_to_do.gouji("load").returncode == 0
    with DagsterInstance.from_config(str(much_to_do.folder.dagster_home)) as instance:
        statuses = [run.status for run in instance.get_runs()]
    assert statuses.count(DagsterRunStatus.FAILURE) == 1
    assert set(statuses) == {DagsterRunStatus.FAILURE, DagsterRunStatus.SUCCESS}


def test_the_second_of_two_loads_is_told_who_is_at_work(much_to_do: Place) -> None:
    process = caught_parsing(much_to_do)
    try:
        second = much_to_do.gouji("load")
    finally:
        process.kill()
        process.wait()
    assert second.returncode == 3
    assert f"process {process.pid} on " in second.stderr
    assert "gouji load" in second.stderr


def test_a_load_stopped_by_hand_says_what_is_kept(much_to_do: Place) -> None:
    published = much_to_do.folder.database.resolve()
    process = caught_parsing(much_to_do)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert "What was published is untouched" in output
    assert much_to_do.folder.database.resolve() == published
    assert lock.holder(much_to_do.folder.lock) is None


def test_no_process_outlives_a_killed_load(much_to_do: Place) -> None:
    process = caught_parsing(much_to_do)
    children = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    until = time.monotonic() + 10
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not [child for child in children if Path(f"/proc/{child}").exists()]
