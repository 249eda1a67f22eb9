"""What a load tells whoever watches it: which stage it is in, which document it is at, what went wrong.

The assets report here; the command line listens with a bar. Without a listener nothing happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class Listener:
    """Hears a load's progress; this one keeps silent."""

    def stage(self, name: str, total: int | None = None, pages: int | None = None) -> None:
        """A stage begins; ``total`` counts its documents or models, ``pages`` its pages, if known."""

    def advance(self, item: str, problems: int = 0, pages: int = 0) -> None:
        """One document or model of the stage is done; it had ``pages``, and ``problems`` were found in it."""

    def notice(self, message: str) -> None:
        """Something a person should know, which stops nothing."""


_listeners: list[Listener] = [Listener()]


@contextmanager
def heard_by(listener: Listener) -> Iterator[None]:
    """Let ``listener`` hear every load of this process while the block runs."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def listener() -> Listener:
    """Who listens now."""
    return _listeners[-1]
