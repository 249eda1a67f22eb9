"""Every setting in one object; a value comes from the environment (``GOUJI_…``) or is its default."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT: Final = Path(__file__).resolve().parents[1]
"""The checkout this package runs from; seeds, models and rules are read from it."""


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse folder and the places in it. Nothing here touches the disk."""

    root: Path

    @property
    def database(self) -> Path:
        """The published DuckDB file: what BI tools, notebooks and ``gouji`` read."""
        return self.root / "gouji.duckdb"

    @property
    def exports(self) -> Path:
        """The published tables as Parquet and CSV files."""
        return self.root / "exports"

    @property
    def current(self) -> Path:
        """The link that says which release is published; replacing it publishes."""
        return self.root / "current"

    @property
    def releases(self) -> Path:
        """One folder a release."""
        return self.root / "releases"

    @property
    def working(self) -> Path:
        """The DuckDB file a load writes. Same stem as the published one: views store their catalog's name."""
        return self.root / ".work" / "gouji.duckdb"

    @property
    def scratch(self) -> Path:
        """Files that live no longer than one step."""
        return self.root / ".work" / "scratch"

    @property
    def parsed(self) -> Path:
        """What was read from each document, kept by content and reader version."""
        return self.root / "parsed"

    @property
    def reports(self) -> Path:
        """Great Expectations' Data Docs and other pages to read."""
        return self.root / "reports"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' pages on the verdicts."""
        return self.reports / "data_docs"

    @property
    def findings(self) -> Path:
        """The findings report."""
        return self.reports / "findings"

    @property
    def lock(self) -> Path:
        """The file that only one load can hold."""
        return self.root / ".lock"

    @property
    def dagster_home(self) -> Path:
        """Dagster's history of runs, shown by its UI."""
        return self.root / ".dagster"

    @property
    def dbt_target(self) -> Path:
        """Where dbt leaves compiled SQL and its own logs."""
        return self.root / ".work" / "dbt"


def usable_cores() -> int:
    """The processor cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Settings(BaseSettings):
    """What a person may set: ``GOUJI_RAW=/data/budgets gouji load`` and the like."""

    model_config = SettingsConfigDict(env_prefix="GOUJI_", frozen=True)

    raw: Path = Field(default=PROJECT / "raw", description="Folder with the documents as published")
    warehouse: Path = Field(default=PROJECT / "warehouse", description="Folder that receives the warehouse")
    workers: int = Field(default_factory=usable_cores, ge=1, description="Documents parsed at the same time")
    parse_seconds: float = Field(default=120, gt=0, description="Longest time one document may take")
    parse_memory_mib: int = Field(
        default=2048, ge=256, description="Most address space one parsing process may take"
    )
    page_limit: int = Field(default=2000, ge=1, description="Documents of more pages are set aside")
    ocr: bool = Field(
        default=True, description="Recognise scans and pictures of pages, where the extra `ocr` is installed"
    )
    ocr_page_seconds: float = Field(
        default=30, gt=0, description="Time a document may take beyond parse_seconds for a page to recognise"
    )
    ocr_memory_mib: int = Field(
        default=3072, ge=256, description="Most address space one recognising process may take"
    )
    ocr_batch_pages: int = Field(
        default=500, ge=1, description="Pages recognised before what they hold is published"
    )
    ocr_at_once_pages: int = Field(
        default=5,
        ge=0,
        description="So few pages to recognise are recognised first: no publication of their own",
    )
    file_limit_mib: int = Field(default=64, ge=1, description="Larger files are set aside, not read")
    database_memory: str = Field(default="700MiB", description="Most memory DuckDB may take while it loads")
    keep_releases: int = Field(default=3, ge=1, description="Published releases kept for `gouji rollback`")
    lock_seconds: float = Field(default=0, ge=0, description="How long a load waits for another one to end")

    @field_validator("raw", "warehouse")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @property
    def limits(self) -> dict[str, float]:
        """What a document may take: another limit may let another document through."""
        names = (
            "parse_seconds",
            "parse_memory_mib",
            "page_limit",
            "ocr_page_seconds",
            "ocr_memory_mib",
            "file_limit_mib",
        )
        return {name: getattr(self, name) for name in names}

    @property
    def environment(self) -> dict[str, str]:
        """Every value as an environment variable."""
        return {f"GOUJI_{name.upper()}": str(value) for name, value in self.model_dump().items()}

    @contextmanager
    def in_environment(self) -> Iterator[None]:
        """Hold every value in the environment, where Dagster's resources and dbt's profile look for it."""
        before = dict(os.environ)
        os.environ.update(self.environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    @property
    def folder(self) -> Warehouse:
        """The places in the warehouse folder."""
        return Warehouse(self.warehouse)
