"""What the benches of accuracy share: documents read, gold looked up, scores added and printed."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.compare import Row, Score, number, plain, score
from dagster_project.parse import parse
from dagster_project.readers import supported

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
GOLD = ROOT.parent / "shared" / "gold"


@dataclass(frozen=True, slots=True)
class Reading:
    """One document as read, and the processor seconds it took; its stem is the key of its gold files."""

    path: Path
    parsed: Any
    seconds: float

    @property
    def stem(self) -> str:
        return self.path.stem


def documents(folders: Sequence[Path], wanted: str | None) -> list[Path]:
    """All documents of the folders that a reader knows and whose name contains ``wanted``, sorted by path."""
    found = {
        path
        for folder in folders
        for path in ([folder] if folder.is_file() else folder.rglob("*"))
        if supported(path) and path.is_file()
    }
    return sorted(path for path in found if not wanted or wanted in path.name)


def read(path: Path) -> Reading:
    """Parse one document with the project's entry point."""
    start = time.process_time()
    parsed = parse(path, document=path.name)
    return Reading(path, parsed, time.process_time() - start)


def gold_rows(gold: Path, stem: str, part: str) -> list[dict[str, str]]:
    """The rows of one gold file (``part``: empty, ``narrative``, ``performance`` …); absent file: no rows."""
    path = gold / f"{stem}.{part}.csv" if part else gold / f"{stem}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def is_measured(gold: Path, stem: str, part: str) -> bool:
    """Whether somebody wrote down what the document holds of this part."""
    return (gold / f"{stem}.{part}.csv").exists()


def cell_row(cell: Any) -> Row:
    """form, side, code, label, column, amount, unit: the key cells are compared by."""
    get = cell.get if isinstance(cell, dict) else lambda name: getattr(cell, name)
    texts = [plain(get(name)) for name in ("form", "side", "code", "label", "column")]
    return (*texts, number(get("amount")), plain(get("unit")))


def by_first(expected: Iterable[Row], found: Iterable[Row]) -> dict[str, Score]:
    """Scores grouped by the first value of the rows."""
    wanted, got = list(expected), list(found)
    keys = list(dict.fromkeys(row[0] for row in [*wanted, *got]))
    return {key: score([r for r in wanted if r[0] == key], [r for r in got if r[0] == key]) for key in keys}


def total(scores: Iterable[Score]) -> Score:
    """The sum of scores."""
    parts = list(scores)
    return Score(sum(s.expected for s in parts), sum(s.read for s in parts), sum(s.hits for s in parts))


def ratio(value: Decimal | None) -> str:
    return "     –" if value is None else f"{value:.4f}"


def line(title: str, result: Score, note: str = "") -> str:
    """One line of the report: expected, read, hits, recall, precision."""
    return (
        f"{title:<58}{result.expected:>7}{result.read:>7}{result.hits:>7}"
        f"  {ratio(result.recall)}  {ratio(result.precision)}  {note}".rstrip()
    )
