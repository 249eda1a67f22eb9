"""Dagster's history of runs as one load writes it: the same files, written through connections kept open.

Dagster opens and closes SQLite for each of the two thousand events of a load, and has every one of them reach
the disk before it goes on; that took half of a small load. Everybody else (the UI, ``dagster`` commands)
reads and writes these files in Dagster's own way, at the same time if need be.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy.pool import StaticPool

_BUSY_SECONDS = 30


class LoadEventLog(SqliteEventLogStorage):
    """Dagster's event log in its own files, one connection a file for as long as a load lasts.

    An event survives the end of this process at once, and a power failure from SQLite's next checkpoint on.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sqlalchemy.Engine] = {}
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sqlalchemy.Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> sqlalchemy.Engine:
        if shard not in self._engines:
            engine = sqlalchemy.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False},
            )
            with engine.connect() as connection:
                connection.exec_driver_sql("pragma synchronous = normal")
            self._initdb(engine)
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """Close every file."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


class LoadStorage(DagsterSqliteStorage):
    """Dagster's storage below one folder, with the event log of a load."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = LoadEventLog(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> LoadStorage:
        """Made by Dagster from :func:`instance`'s words."""
        return cls.from_local(inst_data=inst_data, **config_value)


def instance(home: Path) -> dg.DagsterInstance:
    """The Dagster instance of this folder (which holds ``dagster.yaml``), for one load."""
    storage = {"module": __name__, "class": LoadStorage.__name__, "config": {"base_dir": str(home)}}
    reference = InstanceRef.from_dir(str(home), overrides={"storage": {"custom": storage}})
    return dg.DagsterInstance.from_ref(reference)
