"""Generated documents read back: what the writer knows it printed against what ``parse`` finds.

A layout in which blank cells vanish (``loose``) leaves some figures without a column that anyone could be
sure of. There a figure may stay unread, but never be read wrongly: precision is what counts.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from bench.accuracy import Reading, cell_row, line, read, total
from bench.compare import Row, Score, as_printed, number, plain, score
from dagster_project.samples import FAMILIES, LAYOUTS, Truth, Wish, write

INDICATOR_VALUES = ("target", "actual", "weight", "score")


@dataclass(frozen=True, slots=True)
class Trip:
    """One document written and read back."""

    wish: Wish
    truth: Truth
    reading: Reading


def wishes(arguments: argparse.Namespace) -> Iterator[Wish]:
    """Every layout, family and kind that was asked for, ``--number`` documents of each."""
    for family in FAMILIES:
        for layout in LAYOUTS:
            if arguments.family not in (None, family) or arguments.layout not in (None, layout):
                continue
            for seed in range(arguments.seed, arguments.seed + arguments.number):
                kind = "budget" if seed % 2 else "final"
                # Every fourth document prints its zeros; every seventh carries rounding differences.
                grain = Decimal(1) if seed % 7 == 0 else Decimal(100)
                yield Wish(
                    seed,
                    2021 + seed % 5,
                    kind,
                    family,
                    layout,
                    zeros=seed % 4 == 0,
                    varied=arguments.varied,
                    grain=grain,
                )


def travel(wish: Wish, folder: Path) -> Trip:
    """Write a document, read it back."""
    written = write(wish)
    name = f"{wish.family}-{wish.layout}-{wish.kind}-{wish.seed:04d}{written.suffix}"
    path = folder / name
    path.write_bytes(written.content)
    return Trip(wish, written.truth, read(path))


def cells(trip: Trip) -> Score:
    return score(map(cell_row, map(_as_dict, trip.truth.cells)), map(cell_row, trip.reading.parsed.cells))


def statements(trip: Trip) -> Score:
    def row(value: Any) -> Row:
        return plain(value.year), number(value.amount), plain(value.unit)

    return score(map(row, trip.truth.statements), map(row, trip.reading.parsed.statements))


def indicators(trip: Trip) -> Score:
    """Rows of indicators only: funding, execution and total rows of the forms are left out on both sides."""

    def row(value: Any) -> Row:
        keys = (plain(value.form), plain(value.project), plain(value.level3))
        return (*keys, *(as_printed(getattr(value, name)) for name in INDICATOR_VALUES))

    apart = {"funding", "execution", "goal", "project_list", "total"}
    found = (value for value in trip.reading.parsed.indicators if value.horizon not in apart)
    return score(map(row, trip.truth.indicators), map(row, found))


def identity(trip: Trip) -> Score:
    """Kind, year, organisation, edition, and the state of every form."""
    truth, document = trip.truth, trip.reading.parsed.document
    wanted = [
        ("kind", truth.kind),
        ("fiscal_year", str(truth.fiscal_year)),
        ("organisation", plain(truth.organisation)),
        ("edition", truth.edition),
        *((form, state) for form, state in truth.forms.items()),
    ]
    got = [
        (name, plain(getattr(document, name))) for name in ("kind", "fiscal_year", "organisation", "edition")
    ]
    got += [(form.form, form.state) for form in trip.reading.parsed.forms if form.form in truth.forms]
    return score(wanted, got)


MEASURES = {"cells": cells, "statements": statements, "indicators": indicators, "identity": identity}


def _as_dict(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__slots__}


def report(arguments: argparse.Namespace) -> int:
    """Print one line a family, layout and measure; with ``--show`` every missing and extra row."""
    with tempfile.TemporaryDirectory() as folder:
        trips = [travel(wish, Path(folder)) for wish in wishes(arguments)]
    print(f"{'round trip':<58}{'written':>7}{'read':>7}{'hits':>7}  recall  precis.")
    for name, measure in MEASURES.items():
        for family, layout in dict.fromkeys((t.wish.family, t.wish.layout) for t in trips):
            group = [t for t in trips if (t.wish.family, t.wish.layout) == (family, layout)]
            scores = [measure(trip) for trip in group]
            print(line(f"{name}: {family} {layout} ({len(group)} documents)", total(scores)))
            if arguments.show:
                _show(zip(group, scores, strict=True), arguments)
        print(line(f"{name}: all", total(measure(trip) for trip in trips)))
    if not arguments.show:
        _problems(trips)
    each = sum(trip.reading.seconds for trip in trips) / max(len(trips), 1)
    print(f"\n{len(trips)} documents, {each * 1000:.0f} ms of processor time each to parse")
    return 0


def _show(scored: Iterable[tuple[Trip, Score]], arguments: argparse.Namespace) -> None:
    for trip, result in scored:
        for sign, rows, wanted in (("-", result.missing, "missing"), ("+", result.extra, "extra")):
            if arguments.show in (wanted, "both"):
                for row in rows:
                    if not arguments.form or arguments.form in row[0]:
                        print(f"    {sign} {trip.reading.stem}: " + " | ".join(row))


def _problems(trips: list[Trip]) -> None:
    """The commonest problems on record, by cause."""
    causes: Counter[tuple[str, str]] = Counter()
    for trip in trips:
        causes.update((problem.kind, problem.cause_key) for problem in trip.reading.parsed.problems)
    for (kind, cause), count in causes.most_common(15):
        print(f"  {count:>5} problems  {kind}: {cause}")
