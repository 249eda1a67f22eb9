"""One load at a time: the lock names its holder and outlives nobody."""

from __future__ import annotations

import multiprocessing
import os
import signal
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from dagster_project.lock import WarehouseLockedError, hold, holder


def _hold_for_ever(path: Path, holding: Event) -> None:
    with hold(path, "gouji load"):
        holding.set()
        signal.pause()


def _held_elsewhere(path: Path) -> multiprocessing.process.BaseProcess:
    context = multiprocessing.get_context("spawn")
    holding = context.Event()
    process = context.Process(target=_hold_for_ever, args=(path, holding))
    process.start()
    assert holding.wait(30)
    return process


def test_whoever_comes_second_is_told_who_holds_the_warehouse(tmp_path: Path) -> None:
    process = _held_elsewhere(tmp_path / ".lock")
    try:
        with pytest.raises(WarehouseLockedError) as told, hold(tmp_path / ".lock", "gouji load"):
            pass
        assert f"process {process.pid} on " in str(told.value)
        assert "(gouji load)" in str(told.value)
        assert holder(tmp_path / ".lock") in str(told.value)
    finally:
        process.kill()
        process.join()


def test_a_killed_holder_frees_the_warehouse_at_once(tmp_path: Path) -> None:
    process = _held_elsewhere(tmp_path / ".lock")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with hold(tmp_path / ".lock", "gouji load"):
        assert holder(tmp_path / ".lock") is not None
    assert holder(tmp_path / ".lock") is None


def test_a_holder_may_hold_it_again_in_the_same_process(tmp_path: Path) -> None:
    with hold(tmp_path / ".lock", "load"), hold(tmp_path / ".lock", "run"):
        pass
    assert holder(tmp_path / ".lock") is None


def test_a_patient_load_waits_for_the_other_one(tmp_path: Path) -> None:
    process = _held_elsewhere(tmp_path / ".lock")
    process.kill()
    with hold(tmp_path / ".lock", "gouji load", wait_seconds=10):
        process.join()
