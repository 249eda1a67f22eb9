"""Generated documents read back: what the writer knows it printed against what ``parse`` finds.

    python bench/accuracy.py roundtrip --number 2000
    python bench/accuracy.py roundtrip --number 300 --layout pdf --family henan --show both
    python bench/accuracy.py roundtrip --first 117 --number 1 --keep /tmp/document     write the file, too

Document ``n`` is the same in every run: its family, layout, body, year, arrangement and print are drawn from
its number. Where blank cells vanish (``loose``, ``stacked``) or codes are cut off (``worn``) some figures
have no place that anyone could be sure of: there a figure may stay unread, but never be read wrongly. Scans
are not among those drawn: ask for ``--layout scan``. There a wrong figure counts that nothing warns of.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.compare import Row, Score, as_printed, number, plain, score
from bench.gold import Reading, cell_row, line, read, total
from dagster_project.readers import ReadError
from dagster_project.samples import FAMILIES, Truth, Wish, write
from dagster_project.samples.arrangement import AS_IT_IS, Arrangement
from dagster_project.samples.pdf_style import PLAIN, drawn_style

PLACED: Final = ("tabs", "aligned", "markdown", "pdf", "xlsx", "docx", "html")
"""Layouts in which every figure has its place: all of them are to be read."""
SCANS: Final = ("scan", "tiff")
LOOSE: Final = ("loose", "stacked", "worn")
TURN: Final = (
    "pdf",
    "pdf",
    "xlsx",
    "pdf",
    "docx",
    "html",
    "pdf",
    "tabs",
    "pdf",
    "aligned",
    "pdf",
    "markdown",
)
"""The layouts of twelve documents in a row: half of them are PDF."""
SCANNED: Final = tuple(
    f"{kind}_{form}" for kind in ("budget", "final") for form in ("summary", "expenditure", "three_public")
)
"""The forms of a scan: recognition takes seconds a page."""
INDICATOR_VALUES: Final = ("target", "actual", "weight", "score")


@dataclass(frozen=True, slots=True)
class Trip:
    """One document written and read back: how its cells, statements, indicators and identity agree."""

    position: int
    wish: Wish
    scores: dict[str, Score]
    problems: Counter[tuple[str, str]]
    seconds: float
    unseen: tuple[Row, ...] = ()


def wish_of(position: int, layout: str | None = None, family: str | None = None) -> Wish:
    """What document ``position`` is. Raises nothing; equal arguments give equal wishes."""
    rng = random.Random(f"round trip {position}")
    layout = layout or TURN[position % len(TURN)]
    family = family or FAMILIES[position // len(TURN) % len(FAMILIES)]
    wish = Wish(
        seed=rng.randrange(10_000),
        year=2021 + rng.randrange(5),
        kind=rng.choice(("budget", "final")),
        family=family,
        layout=layout,
        zeros=rng.random() < 0.2,
        varied=rng.random() < 0.3,
        grain=Decimal(1) if rng.random() < 0.15 else None,
        overdrawn=rng.random() < 0.1,
        style=drawn_style(rng),
        arrangement=_arrangement(rng),
    )
    if layout in SCANS:
        return replace(wish, only=SCANNED)
    # In loose print the order of figures says which column they are in.
    return replace(wish, arrangement=AS_IT_IS) if layout in LOOSE else wish


def _arrangement(rng: random.Random) -> Arrangement:
    """Half of the documents are as their family prints them, the others differ in one or two respects."""
    if rng.random() < 0.5:
        return AS_IT_IS
    choices: dict[str, tuple[Any, ...]] = {
        "split_codes": (True, False),
        "total_row": ("first", "last"),
        "unit": ("wan", "yuan"),
        "decimals": (0, 1, 2, 4, 6),
        "separator": (True, False),
        "zero": ("", "0.00", "0", "-", "－"),
        "panels": (2, 3),
        "shuffled": (True,),
    }
    chosen = rng.sample(sorted(choices), rng.randint(1, 2))
    return Arrangement(**{name: rng.choice(choices[name]) for name in chosen})


def travel(position: int, arguments: argparse.Namespace) -> Trip:
    """Write a document, read it back, compare."""
    wish = wish_of(position, arguments.layout, arguments.family)
    written = write(wish)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"document{written.suffix}"
        path.write_bytes(written.content)
        if arguments.keep:
            arguments.keep.with_suffix(written.suffix).write_bytes(written.content)
        try:
            reading = read(path)
        except ReadError as error:
            lost = {name: score(rows(written.truth), ()) for name, rows in WANTED.items()}
            return Trip(position, wish, lost, Counter({("unreadable", error.reason): 1}), 0.0)
    scores = {
        name: score(wanted(written.truth), FOUND[name](reading, written.truth))
        for name, wanted in WANTED.items()
    }
    problems = Counter((problem.kind, problem.cause_key) for problem in reading.parsed.problems)
    return Trip(position, wish, scores, problems, reading.seconds, _unseen(scores["cells"].extra, reading))


def _unseen(wrong: Sequence[Row], reading: Reading) -> tuple[Row, ...]:
    """Wrong cells that nothing warns of: proved, or unchecked where no problem is on record."""
    parsed = reading.parsed
    warned = {(p.page, p.form) for p in parsed.problems if p.kind == "unproved_figures"}
    left, found = Counter(wrong), []
    for cell in parsed.cells:
        row = cell_row(cell)
        if left[row] > 0:
            left[row] -= 1
            silent = cell.verification == "unchecked" and (cell.page, cell.form) not in warned
            if silent or cell.verification == "proved":
                found.append(row)
    return tuple(found)


def _statement(value: Any) -> Row:
    return plain(value.year), number(value.amount), plain(value.unit)


def _indicator(value: Any) -> Row:
    keys = (plain(value.form), plain(value.project), plain(value.level3))
    return (*keys, *(as_printed(getattr(value, name)) for name in INDICATOR_VALUES))


def _read_indicators(reading: Reading, truth: Truth) -> Iterable[Row]:
    """Rows of indicators only: funding, execution and total rows of the forms are left out on both sides."""
    apart = {"funding", "execution", "goal", "project_list", "total"}
    return (_indicator(row) for row in reading.parsed.indicators if row.horizon not in apart)


def _identity(truth: Truth) -> Iterator[Row]:
    """Kind, year, organisation, edition, and the state of every form."""
    yield "kind", truth.kind
    yield "fiscal_year", str(truth.fiscal_year)
    yield "organisation", plain(truth.organisation)
    yield "edition", truth.edition
    yield from truth.forms.items()


def _read_identity(reading: Reading, truth: Truth) -> Iterator[Row]:
    for name in ("kind", "fiscal_year", "organisation", "edition"):
        yield name, plain(getattr(reading.parsed.document, name))
    for form in reading.parsed.forms:
        if form.form in truth.forms:
            yield form.form, form.state


WANTED: Final = {
    "cells": lambda truth: [cell_row(_as_dict(cell)) for cell in truth.cells],
    "statements": lambda truth: [_statement(row) for row in truth.statements],
    "indicators": lambda truth: [_indicator(row) for row in truth.indicators],
    "identity": lambda truth: list(_identity(truth)),
}
FOUND: Final = {
    "cells": lambda reading, truth: [cell_row(cell) for cell in reading.parsed.cells],
    "statements": lambda reading, truth: [_statement(row) for row in reading.parsed.statements],
    "indicators": _read_indicators,
    "identity": _read_identity,
}
"""What was printed and what was read, as rows that can be compared."""


def _as_dict(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__slots__}


def report(arguments: argparse.Namespace) -> int:
    """Print a line for every layout and family; with ``--show`` every missing and extra row. Returns 1 where
    a cell was wrong or lost.
    """
    positions = range(arguments.first, arguments.first + arguments.number)
    with ProcessPoolExecutor(arguments.processes) as pool:
        trips = list(pool.map(partial(travel, arguments=arguments), positions, chunksize=4))
    print(f"{'round trip':<58}{'written':>7}{'read':>7}{'hits':>7}  recall  precis.")
    for name in WANTED:
        for title, group in _groups(trips, name):
            print(
                line(f"{name}: {title} ({len(group)} documents)", total(trip.scores[name] for trip in group))
            )
    print(line("cells: all", total(trip.scores["cells"] for trip in trips)))
    for trip in trips:
        _show(trip, arguments)
    _problems(trips)
    each = sum(trip.seconds for trip in trips) / max(len(trips), 1)
    wrong = [trip for trip in trips if _is_wrong(trip)]
    print(f"\n{len(trips)} documents, {each * 1000:.0f} ms of processor time each to parse")
    print(f"{len(wrong)} with a cell wrong or lost")
    scans = [trip for trip in trips if trip.wish.layout in SCANS]
    if scans:
        extra = sum(len(trip.scores["cells"].extra) for trip in scans)
        print(f"scans: {extra} cells wrong, {sum(len(trip.unseen) for trip in scans)} of them unseen")
    for trip in wrong:
        cells = trip.scores["cells"]
        print(f"  {trip.position:>5} -{len(cells.missing)} +{len(cells.extra)}  {_peculiar(trip.wish)}")
    return int(bool(wrong))


def _peculiar(wish: Wish) -> str:
    """What sets a document apart, in a line."""
    words = [wish.layout, wish.family, wish.kind, f"seed={wish.seed}", f"year={wish.year}"]
    plain_wish = Wish(wish.seed, wish.year, wish.kind, wish.family, wish.layout)
    parts = [(wish, plain_wish), (wish.arrangement, AS_IT_IS)]
    if wish.layout in ("pdf", "scan"):
        parts.append((wish.style, PLAIN))
    for thing, usual in parts:
        for item in fields(thing):
            value = getattr(thing, item.name)
            if item.name not in ("style", "arrangement") and value != getattr(usual, item.name):
                words.append(f"{item.name}={value}")
    return " ".join(words)


def _is_wrong(trip: Trip) -> bool:
    """Whether a cell was read wrongly, or lost where every figure has its place."""
    cells = trip.scores["cells"]
    if trip.wish.layout in SCANS:
        return bool(trip.unseen)
    return bool(cells.extra) or (trip.wish.layout in PLACED and bool(cells.missing))


def _groups(trips: Sequence[Trip], name: str) -> Iterator[tuple[str, list[Trip]]]:
    """The documents by layout, and for cells by family as well."""
    yield from ((key, [t for t in trips if t.wish.layout == key]) for key in _keys(trips, "layout"))
    if name == "cells":
        yield from ((key, [t for t in trips if t.wish.family == key]) for key in _keys(trips, "family"))


def _keys(trips: Sequence[Trip], name: str) -> list[str]:
    return list(dict.fromkeys(getattr(trip.wish, name) for trip in trips))


def _show(trip: Trip, arguments: argparse.Namespace) -> None:
    if not arguments.show:
        return
    for name, result in trip.scores.items():
        for sign, rows, wanted in (("-", result.missing, "missing"), ("+", result.extra, "extra")):
            if arguments.show in (wanted, "both"):
                for row in rows:
                    if not arguments.form or arguments.form in row[0]:
                        print(f"    {sign} {trip.position} {trip.wish.layout} {name}: " + " | ".join(row))


def _problems(trips: Sequence[Trip]) -> None:
    """The commonest problems on record, by cause."""
    causes: Counter[tuple[str, str]] = Counter()
    for trip in trips:
        causes.update(trip.problems)
    for (kind, cause), count in causes.most_common(15):
        print(f"  {count:>5} problems  {kind}: {cause}")
