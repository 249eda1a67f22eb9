"""The warehouse as Dagster's assets see it: locked for this run, with a connection to the working file."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb

from dagster_project import inventory, lock, staging
from dagster_project.settings import Settings

PID_TAG = "gouji/pid"
HOST_TAG = "gouji/host"


class WarehouseResource(dg.ConfigurableResource):
    """The warehouse folder of the settings. Held by one run at a time, whoever starts it."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["WarehouseResource"]:
        """Hold the warehouse for as long as the run lasts; runs that died while they held it are closed."""
        run = context.run
        purpose = f"Dagster run {run.run_id}" if run else "Dagster"
        with lock.hold(self.settings.folder.lock, purpose, self.settings.lock_seconds):
            if context.instance and run:
                close_dead_runs(context.instance)
                context.instance.add_run_tags(run.run_id, own_tags())
            yield self

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return Settings()

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the working file, with the tables of ``staging`` and ``control`` in place."""
        connection = open_working(self.settings)
        try:
            yield connection
        finally:
            connection.close()


def open_working(settings: Settings) -> duckdb.DuckDBPyConnection:
    """Open the working file. What another version of the project left in it is built anew."""
    folder = settings.folder
    folder.scratch.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect(
        str(folder.working),
        config={"memory_limit": settings.database_memory, "temp_directory": str(folder.scratch / "spill")},
    )
    # DuckDB draws a bar of its own below a query that takes seconds.
    connection.execute("set enable_progress_bar = false")
    inventory.create(connection)
    staging.create_staging(connection)
    if not staging.has_contract(connection):
        connection.execute("drop schema staging cascade")
        connection.execute("delete from control.loaded")
        staging.create_staging(connection)
    return connection


def own_tags() -> dict[str, str]:
    """Tags that say which process runs a run, so that a later one can tell that it has died."""
    return {PID_TAG: str(os.getpid()), HOST_TAG: socket.gethostname()}


def close_dead_runs(instance: dg.DagsterInstance) -> int:
    """Mark the runs as failed whose process on this machine is gone. Returns how many there were."""
    unfinished = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.CANCELING],
        tags={HOST_TAG: socket.gethostname()},
    )
    dead = [run for run in instance.get_runs(unfinished) if not _is_alive(int(run.tags[PID_TAG]))]
    for run in dead:
        instance.report_run_failed(run, "The process of this run was killed; nothing of it was published.")
    return len(dead)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
