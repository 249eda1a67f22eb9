"""How much of the documents is read, and how much of what is read is right.

    python bench/accuracy.py                                    everything, with the totals
    python bench/accuracy.py cells --document name --show missing
    python bench/accuracy.py roundtrip --number 200             generated documents against what was written

Documents are parsed by the project's own ``parse``; gold is a folder of CSV files, one set a document.
Exit code 1 when a cell of a generated document is read wrongly or lost.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench import findings, roundtrip  # noqa: E402
from bench.compare import Row, Score, as_printed, number, plain, score  # noqa: E402
from bench.gold import (  # noqa: E402
    CORPUS,
    GOLD,
    Reading,
    by_first,
    cell_row,
    documents,
    gold_rows,
    is_measured,
    line,
    read,
    total,
)

VALUES = ("target", "actual", "score", "prior_year_2", "prior_year_1", "expected")
CONTEXT = ("weight", "share", "horizon", "goal", "basis")


def score_cells(reading: Reading, gold: Path) -> dict[str, Score]:
    """One score a form."""
    return by_first(
        map(cell_row, gold_rows(gold, reading.stem, "")),
        map(cell_row, reading.parsed.cells),
    )


def statement_row(statement: Any) -> Row:
    """year, amount, unit, then item and context, which tell a reader what the figure is about."""
    get = statement.get if isinstance(statement, dict) else lambda name: getattr(statement, name)
    return (
        plain(get("year")),
        number(get("amount")),
        plain(get("unit")),
        plain(get("item")),
        plain(get("context")),
    )


def score_statements(reading: Reading, gold: Path) -> dict[str, Score]:
    """``statements`` by year, amount and unit; ``with key`` the same with the item beside it."""
    if not is_measured(gold, reading.stem, "narrative"):
        return {}
    wanted = [statement_row(row) for row in gold_rows(gold, reading.stem, "narrative")]
    got = [statement_row(row) for row in reading.parsed.statements]
    if not wanted and not got:
        return {}
    # Rows that agree with their key are taken out first, so that the others show the nearest misreading.
    keyed = score([row[:4] for row in wanted], [row[:4] for row in got])
    return {"statements": _explained(wanted, got), "with key": keyed}


def _explained(wanted: list[Row], got: list[Row]) -> Score:
    result = score([row[:3] for row in wanted], [row[:3] for row in got])
    return Score(
        result.expected,
        result.read,
        result.hits,
        tuple(_with_context(result.missing, wanted, got)),
        tuple(_with_context(result.extra, got, wanted)),
    )


def _with_context(short: Iterable[Row], rows: list[Row], others: list[Row]) -> Iterable[Row]:
    taken: set[int] = set()
    items_elsewhere = {row[3] for row in others}
    for key in short:
        same = [i for i, row in enumerate(rows) if row[:3] == key and i not in taken]
        # Of several rows with one key the one whose item the other side does not know is the likely one.
        best = next((i for i in same if rows[i][3] not in items_elsewhere), same[-1])
        taken.add(best)
        yield rows[best]


def indicator_row(row: Any, columns: Sequence[str]) -> Row:
    """form, project, level3 and the named printed values."""
    get = row.get if isinstance(row, dict) else lambda name: getattr(row, name)
    keys = (plain(get(name)) for name in ("form", "project", "level3"))
    return (*keys, *(as_printed(get(name)) for name in columns))


def score_performance(reading: Reading, gold: Path) -> dict[str, Score]:
    """One score a form over its printed values; ``with context`` adds weight, share, horizon, goal, basis."""
    if not is_measured(gold, reading.stem, "performance"):
        return {}
    base = gold_rows(gold, reading.stem, "performance")
    context = gold_rows(gold, reading.stem, "performance_context")
    joined = [{**a, **b} for a, b in zip(base, context, strict=True)] if context else base
    got = reading.parsed.indicators
    scores = by_first(
        (indicator_row(row, VALUES) for row in base), (indicator_row(row, VALUES) for row in got)
    )
    if joined or got:
        columns = (*VALUES, *CONTEXT)
        scores["with context"] = score(
            (indicator_row({**dict.fromkeys(CONTEXT, ""), **row}, columns) for row in joined),
            (indicator_row(row, columns) for row in got),
        )
    return scores


def score_projects(reading: Reading, gold: Path) -> dict[str, Score]:
    """Project details and project funding by project, item, amount and unit."""

    def row(value: Any) -> Row:
        get = value.get if isinstance(value, dict) else lambda name: getattr(value, name)
        return plain(get("project")), plain(get("item")), number(get("amount")), plain(get("unit"))

    scores = {
        "details": score(
            map(row, gold_rows(gold, reading.stem, "project_detail")),
            map(row, reading.parsed.project_details),
        ),
        "funding": score(
            map(row, gold_rows(gold, reading.stem, "project_funding")),
            map(row, reading.parsed.project_funding),
        ),
    }
    return {name: value for name, value in scores.items() if value.expected or value.read}


Scorer = Callable[[Reading, Path], dict[str, Score]]
PARTS: dict[str, Scorer] = {
    "cells": score_cells,
    "statements": score_statements,
    "performance": score_performance,
    "projects": score_projects,
}
"""What is measured document by document; findings need the rules and are measured apart."""

APART = frozenset({"with key", "with context"})
"""Stricter views of rows that are already counted: they make no part of a total."""


def show(result: Score, which: str, form: str | None) -> None:
    """Print every missing or extra row."""
    for name, rows in (("missing", result.missing), ("extra", result.extra)):
        if which in (name, "both"):
            for row in rows:
                if not form or form in row[0]:
                    print(f"    {'-' if name == 'missing' else '+'} " + " | ".join(row))


def report(part: str, readings: Sequence[Reading], arguments: argparse.Namespace) -> Score:
    """Print one part for every document and return its total."""
    print(f"\n{part:<58}{'gold':>7}{'read':>7}{'hits':>7}  recall  precis.")
    sums: list[Score] = []
    for reading in readings:
        scores = PARTS[part](reading, arguments.gold)
        whole = total(value for name, value in scores.items() if name not in APART)
        sums.append(whole)
        print(line(reading.path.name, whole))
        for name, value in scores.items():
            if arguments.form and arguments.form not in name:
                continue
            print(line(f"  {name}", value))
            if arguments.show and (name not in APART or arguments.form == name):
                show(value, arguments.show, None)
    result = total(sums)
    print(line("all documents", result))
    return result


def report_problems(readings: Sequence[Reading]) -> None:
    """Print how many problems are on record, by cause."""
    print("\nproblems on record")
    for reading in readings:
        for problem in reading.parsed.problems:
            print(f"  {reading.stem[:24]:<26}{problem.severity:<9}{problem.kind:<26}{problem.form or '':<30}"
                  f"line {problem.line or '?'}: {problem.message}")  # fmt: skip


def arguments_of(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    choices = [*PARTS, "problems", "findings", "roundtrip", "all"]
    parser.add_argument("part", nargs="?", default="all", choices=choices)
    parser.add_argument("--folder", type=Path, action="append", help="documents (default: the corpus)")
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--document", help="only documents whose name contains this")
    parser.add_argument("--form", help="only forms whose key contains this")
    parser.add_argument("--show", choices=["missing", "extra", "both"], help="print every such row")
    parser.add_argument("--number", type=int, default=2000, help="roundtrip: how many documents")
    parser.add_argument("--first", type=int, default=0, help="roundtrip: number of the first document")
    parser.add_argument("--layout", help="roundtrip: only this layout or format")
    parser.add_argument("--family", help="roundtrip: only this family")
    parser.add_argument("--processes", type=int, help="roundtrip: documents at a time (default: one a core)")
    parser.add_argument("--keep", type=Path, help="roundtrip: write the last document to this file, too")
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the report; see the module's text for the ways to call it."""
    arguments = arguments_of(argv)
    if arguments.part == "roundtrip":
        return roundtrip.report(arguments)
    paths = documents(arguments.folder or [CORPUS], arguments.document)
    if not paths:
        print("no documents found: name a folder with --folder", file=sys.stderr)
        return 2
    readings = [read(path) for path in paths]
    for part in PARTS:
        if arguments.part in (part, "all"):
            report(part, readings, arguments)
    if arguments.part == "problems":
        report_problems(readings)
    if arguments.part in ("findings", "all"):
        findings.report(readings, arguments)
    seconds = sum(reading.seconds for reading in readings)
    print(f"\n{len(readings)} documents parsed in {seconds:.2f} s of processor time")
    return roundtrip.report(arguments) if arguments.part == "all" else 0


if __name__ == "__main__":
    sys.exit(main())
