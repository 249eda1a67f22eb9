"""A raw folder with its warehouse, and the command line over the two as a person runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from printed_documents import ARCHIVE, LIBRARY, MUSEUM, budget, put

from dagster_project.settings import Settings, Warehouse

PROJECT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Place:
    """A raw folder and the warehouse that was loaded from it; ``output`` is what the load printed."""

    raw: Path
    warehouse: Path
    output: str = ""

    @property
    def folder(self) -> Warehouse:
        """The places in the warehouse."""
        return Warehouse(self.warehouse)

    @property
    def settings(self) -> Settings:
        """Settings that name these two folders."""
        return Settings(raw=self.raw, warehouse=self.warehouse)

    def query(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Rows of the published file."""
        with duckdb.connect(str(self.folder.database.resolve()), read_only=True) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    def gouji(self, *arguments: str, timeout: float = 1200) -> subprocess.CompletedProcess[str]:
        """Run the command line as a person does."""
        return subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command line and let it run."""
        # Tests that run in the background of a shell are born deaf to Ctrl-C; a person's load is not.
        deaf = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return subprocess.Popen(
                self.command(*arguments),
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        finally:
            signal.signal(signal.SIGINT, deaf)

    def command(self, *arguments: str) -> list[str]:
        """The command of this environment's ``gouji``."""
        return [str(Path(sys.executable).with_name("gouji")), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a person who has set the two folders."""
        return {**os.environ, "GOUJI_RAW": str(self.raw), "GOUJI_WAREHOUSE": str(self.warehouse)}


def fill(raw: Path) -> None:
    """Three bodies, two years, one budget that does not add up, one copy, and files that are no documents."""
    put(raw, "2023/档案馆.txt", budget(ARCHIVE, 2023))
    put(raw, "2024/档案馆.txt", budget(ARCHIVE, 2024, offices="61.00", total="101.00"))
    put(raw, "copies/again.txt", budget(ARCHIVE, 2024, offices="61.00", total="101.00"))
    put(raw, "2024/withdrawn.txt", budget(MUSEUM, 2024))
    put(raw, "2024/library.txt", budget(LIBRARY, 2024, pensions="40.10"), encoding="gb18030")
    put(raw, "empty.txt", "")
    (raw / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (raw / "letter.docx").write_bytes(b"PK\x03\x04")
    put(raw, "README.md", "not a document")
