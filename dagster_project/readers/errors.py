"""What a reader says when a file cannot be read."""

from __future__ import annotations

from pathlib import Path


class ReadError(Exception):
    """A file that is no readable document: which one, why, and what its owner can do."""

    def __init__(self, path: Path, reason: str, action: str) -> None:
        """``reason`` completes "the file …"; ``action`` is an imperative sentence without its full stop."""
        super().__init__(f"{path.name} {reason}; {action}.")
        self.path = path
        self.reason = reason
        self.action = action
