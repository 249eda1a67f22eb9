"""What a reader says when a file cannot be read."""

from __future__ import annotations

from pathlib import Path


class ReadError(Exception):
    """A file that is no readable document: which one, why, and what its owner can do."""

    def __init__(self, path: Path, reason: str, action: str, kind: str = "unreadable") -> None:
        """``reason`` completes "the file …"; ``action`` is an imperative sentence without its full stop;
        ``kind`` is the kind of the problem on record.
        """
        super().__init__(f"{path.name} {reason}; {action}.")
        self.path = path
        self.reason = reason
        self.action = action
        self.kind = kind

    def __reduce__(self) -> tuple[type[ReadError], tuple[Path, str, str, str]]:
        """Errors travel from the process that reads to the one that loads."""
        return type(self), (self.path, self.reason, self.action, self.kind)
