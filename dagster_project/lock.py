"""One load at a time: a file lock that the system frees when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Final

_held: Final[dict[Path, int]] = {}


class WarehouseLockedError(RuntimeError):
    """Another process loads into this warehouse. The message names it."""


@contextmanager
def hold(path: Path, purpose: str, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the warehouse while the block runs; a block inside another one of the same process just runs.

    ``path`` is the lock file, ``purpose`` what the holder does (told to whoever comes second). Raises
    :class:`WarehouseLockedError` if another process holds it for longer than ``wait_seconds``.
    """
    path = path.absolute()
    if path in _held:
        _held[path] += 1
        try:
            yield
        finally:
            _held[path] -= 1
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        _acquire(file, path, wait_seconds)
        _sign(file, purpose)
        _held[path] = 1
        try:
            yield
        finally:
            del _held[path]
            file.truncate(0)


def holder(path: Path) -> str | None:
    """Who holds the lock, in words; ``None`` if nobody does."""
    if not path.exists():
        return None
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _describe(file)
        return None


def _acquire(file: IO[str], path: Path, wait_seconds: float) -> None:
    until = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise WarehouseLockedError(
                    f"{path.parent} is being written by {_describe(file)}. "
                    "Wait until it has ended, or stop it; the lock frees itself."
                ) from None
            time.sleep(0.2)
        else:
            return


def _sign(file: IO[str], purpose: str) -> None:
    file.truncate(0)
    json.dump(
        {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now().astimezone().isoformat(timespec="seconds"),
            "purpose": purpose,
        },
        file,
    )
    file.flush()


def _describe(file: IO[str]) -> str:
    file.seek(0)
    try:
        who = json.load(file)
    except json.JSONDecodeError:
        return "another process"
    return f"process {who['pid']} on {who['host']} since {who['since']} ({who['purpose']})"
