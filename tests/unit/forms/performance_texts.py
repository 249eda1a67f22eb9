"""How tests read a performance form given as text, and show its rows."""

from __future__ import annotations

from pathlib import Path

from dagster_project.forms.identity import identify
from dagster_project.forms.outline import outline
from dagster_project.forms.performance.reading import PerformanceReading, read_performance
from dagster_project.readers.text import read_bytes
from dagster_project.records import IndicatorRecord

VALUES = ("target", "actual", "weight", "score", "prior_year_2", "prior_year_1", "expected", "share")


def read(text: str) -> PerformanceReading:
    """The performance forms of a document given as text; ``|`` stands for a tab."""
    source = read_bytes(text.replace("|", "\t").encode(), Path("scan0001.txt"))
    identity = identify(source.lines, "scan0001.txt")
    return read_performance("0" * 16, "scan0001.txt", identity, outline(source, identity.kind))


def shown(record: IndicatorRecord) -> tuple[str, ...]:
    """Name and values of a row, blanks left out: what stands on the paper."""
    name = record.level3 or record.level1 or ""
    return (name, *(value for field in VALUES if (value := getattr(record, field))))


def rows(reading: PerformanceReading, horizon: str) -> list[tuple[str, ...]]:
    """The rows of one horizon as they stand on the paper."""
    return [shown(record) for record in reading.indicators if record.horizon == horizon]


def money(reading: PerformanceReading) -> dict[str, str]:
    """A project's funding items with their amounts and units."""
    return {record.item: f"{record.amount} {record.unit}" for record in reading.funding}
