"""Generated documents as other programs print them to PDF: read back and compared with what was written.

    python bench/producers.py                                   three documents a family and producer
    python bench/producers.py --producer word --family henan --show both
    python bench/producers.py --keep FOLDER                     the files stay there, for a look

Chromium prints web pages, with and without its own head and foot; LibreOffice prints Word files and
workbooks, the latter with pages set up for printing (``sheet``) and as they are (``sheet_as_it_is``: columns
go over pages and text is cut, so much is lost in print). Exit code 1 where a cell is wrong or lost, but for
the last one.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.compare import Score, score  # noqa: E402
from bench.gold import line, read, total  # noqa: E402
from bench.roundtrip import FOUND, WANTED  # noqa: E402
from dagster_project.readers import ReadError, libreoffice  # noqa: E402
from dagster_project.samples import FAMILIES, Truth, Wish, write  # noqa: E402
from dagster_project.samples.pdf_style import PLAIN  # noqa: E402

CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
QUIET: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""Chromium alone with a file, without a word to the network."""
SECONDS: Final = 300


@dataclass(frozen=True, slots=True)
class Producer:
    """A way to a PDF. ``only``: what such a file holds of a document; everything where it is empty.
    ``lossy``: the print itself loses figures.
    """

    program: str
    layout: str
    options: tuple[str, ...] = ()
    fitted: bool = False
    only: tuple[str, ...] = ()
    lossy: bool = False


PRODUCERS: Final[Mapping[str, Producer]] = {
    "browser": Producer("Chromium", "html", ("--no-pdf-header-footer",)),
    "browser_head_and_foot": Producer("Chromium", "html"),
    "word": Producer("LibreOffice", "docx"),
    "sheet": Producer("LibreOffice", "xlsx", fitted=True, only=("cells",)),
    "sheet_as_it_is": Producer("LibreOffice", "xlsx", only=("cells",), lossy=True),
}


@dataclass(frozen=True, slots=True)
class Trip:
    """One document printed by a producer and read back; ``problems``: what the reading put on record."""

    producer: str
    name: str
    scores: dict[str, Score]
    problems: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether a cell is wrong or lost."""
        cells = self.scores["cells"]
        return bool(cells.missing or cells.extra)


def program(name: str) -> str | None:
    """The path of ``Chromium`` or ``LibreOffice``, ``None`` where it is not installed."""
    if name == "LibreOffice":
        return libreoffice.program()
    return next((found for one in CHROMIUM if (found := shutil.which(one))), None)


def wishes(producer: Producer, families: Sequence[str], number: int) -> Iterator[tuple[str, Wish]]:
    """Name and wish of ``number`` documents a family, alternately budgets and final accounts."""
    for family in families:
        for position in range(number):
            kind = ("budget", "final")[position % 2]
            seed = 500 + number * FAMILIES.index(family) + position
            yield (
                f"{family}-{position}-{kind}",
                Wish(
                    seed,
                    2022 + seed % 3,
                    kind,
                    family,
                    producer.layout,
                    zeros=seed % 3 == 0,
                    varied=bool(seed % 2),
                    style=replace(PLAIN, fitted=producer.fitted),
                ),
            )


def trips(key: str, families: Sequence[str], number: int, folder: Path) -> list[Trip]:
    """Write the documents into ``folder``, have them printed, read the PDF files back.

    Raises ``subprocess.CalledProcessError`` or ``subprocess.TimeoutExpired`` where the program fails.
    """
    producer = PRODUCERS[key]
    truths: dict[Path, Truth] = {}
    for name, wish in wishes(producer, families, number):
        written = write(wish)
        path = folder / f"{key}-{name}{written.suffix}"
        path.write_bytes(written.content)
        truths[path] = written.truth
    _print(producer, list(truths), folder)
    return [_trip(key, path.with_suffix(".pdf"), truth) for path, truth in truths.items()]


def _print(producer: Producer, paths: Sequence[Path], folder: Path) -> None:
    """Print files as PDF files beside them."""
    found = program(producer.program)
    if found is None:
        raise FileNotFoundError(producer.program)
    with tempfile.TemporaryDirectory() as profile:
        if producer.program == "LibreOffice":
            own = f"-env:UserInstallation={Path(profile).as_uri()}"
            _run([found, own, "--headless", "--convert-to", "pdf", "--outdir", str(folder), *map(str, paths)])
            return
        for path in paths:
            target = f"--print-to-pdf={path.with_suffix('.pdf')}"
            _run([found, *QUIET, *producer.options, f"--user-data-dir={profile}", target, path.as_uri()])


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)


def _trip(key: str, path: Path, truth: Truth) -> Trip:
    names = PRODUCERS[key].only or tuple(WANTED)
    try:
        reading = read(path)
    except ReadError as error:
        lost = {name: score(WANTED[name](truth), ()) for name in names}
        return Trip(key, path.stem, lost, (f"unreadable: {error}",))
    scores = {name: score(WANTED[name](truth), FOUND[name](reading, truth)) for name in names}
    problems = tuple(f"{one.kind}: page {one.page} {one.message}" for one in reading.parsed.problems)
    return Trip(key, path.stem, scores, problems)


def report(arguments: argparse.Namespace) -> int:
    """Print a line for every producer and kind of figure. Returns 1 where a cell is wrong or lost though the
    print shows it.
    """
    print(f"{'printed by':<58}{'written':>7}{'read':>7}{'hits':>7}  recall  precis.")
    failed: list[Trip] = []
    for key in arguments.producer or PRODUCERS:
        needed = PRODUCERS[key].program
        if program(needed) is None:
            print(f"{key}: {needed} is not installed 未安装 {needed}: left out 略过")
            continue
        start = time.monotonic()
        with _folder(arguments.keep) as folder:
            done = trips(key, arguments.family or FAMILIES, arguments.number, folder)
        for name in done[0].scores:
            print(line(f"{name}: {key} ({len(done)} documents)", total(trip.scores[name] for trip in done)))
        print(f"  {time.monotonic() - start:.0f} s")
        for trip in done:
            _show(trip, arguments.show)
        failed += [trip for trip in done if trip.failed and not PRODUCERS[key].lossy]
    return int(bool(failed))


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def _show(trip: Trip, wanted: str | None) -> None:
    cells = trip.scores["cells"]
    if trip.failed:
        print(
            f"  {trip.name}: -{len(cells.missing)} +{len(cells.extra)} cells, {len(trip.problems)} problems"
        )
    for sign, rows, name in (("-", cells.missing, "missing"), ("+", cells.extra, "extra")):
        if wanted in (name, "both"):
            for row in rows:
                print(f"    {sign} " + " | ".join(row))
    if wanted and trip.failed:
        for problem in trip.problems:
            print(f"    ! {problem}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--producer", action="append", choices=tuple(PRODUCERS), help="only these producers")
    parser.add_argument("--family", action="append", choices=FAMILIES, help="only these families of forms")
    parser.add_argument("--number", type=int, default=3, help="documents a family and producer (default 3)")
    parser.add_argument("--show", choices=("missing", "extra", "both"), help="every such cell")
    parser.add_argument("--keep", type=Path, help="keep what is written and printed in this folder")
    return report(parser.parse_args())


if __name__ == "__main__":
    sys.exit(main())
