"""Documents as scans: rendered at 200 dpi, skewed, stained, sealed and compressed, then read and compared.

    python bench/scans.py                              every document with gold, one seed
    python bench/scans.py --seeds 10 --work FOLDER     ten; what was recognised is kept there, for another run
    python bench/scans.py --document NAME --show       every cell that is wrong or lost
    python bench/scans.py --every-page                 prose as well, not only the cover and pages with cells
    python bench/scans.py --misread 0.05 --seeds 10    no scan: as given, but one figure in twenty misread

Each page becomes a picture: a red seal over something printed, turned by up to a degree, blurred, faded, with
noise, as JPEG. A cell is right when form, side, code, label, column, amount and unit agree with gold.
"""

from __future__ import annotations

import argparse
import io
import os
import pickle
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image, ImageDraw, ImageFilter

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.accuracy import GOLD, cell_row, gold_rows  # noqa: E402
from bench.compare import Row  # noqa: E402
from dagster_project import readers  # noqa: E402
from dagster_project.money import parse_amount  # noqa: E402
from dagster_project.parse import parse_source  # noqa: E402
from dagster_project.proof.digits import misreadings  # noqa: E402
from dagster_project.readers import image, limits  # noqa: E402
from dagster_project.readers.page import Line, Source  # noqa: E402
from dagster_project.records import CellRecord, DocumentRecord  # noqa: E402

CORPUS = ROOT.parent / "shared" / "corpus" / "pdf"
DPI = 200
ALLOWED = 2_000
"""Of so many cells one may be wrong without anything that says so."""


def scanned(page: Image.Image, seed: int) -> Image.Image:
    """One page as a scanner of an office would hand it over; the same seed makes the same scan."""
    random = np.random.default_rng(seed)
    stamped = _sealed(page.convert("RGB"), random)
    turned = stamped.rotate(
        random.uniform(-1.0, 1.0), resample=Image.Resampling.BICUBIC, fillcolor=(255, 255, 255)
    )
    softened = turned.filter(ImageFilter.GaussianBlur(random.uniform(0.0, 0.8)))
    pixels = np.asarray(softened).astype(float)
    pixels = 255 - (255 - pixels) * random.uniform(0.7, 1.0)
    pixels += random.normal(0, random.uniform(4, 14), pixels.shape[:2])[..., None]
    stream = io.BytesIO()
    quality = int(random.integers(50, 80))
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(stream, "JPEG", quality=quality)
    return Image.open(io.BytesIO(stream.getvalue())).convert("RGB")


def _sealed(page: Image.Image, random: np.random.Generator) -> Image.Image:
    """A round seal with a star and marks, over something printed; black shows through its ink."""
    radius = DPI * 0.8
    rows, columns = np.nonzero(np.asarray(page.convert("L")) < 128)
    spot = random.integers(len(rows)) if len(rows) else None
    y, x = (int(rows[spot]), int(columns[spot])) if spot is not None else (page.height / 2, page.width / 2)
    shape = Image.new("L", page.size, 0)
    draw = ImageDraw.Draw(shape)
    draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=255, width=DPI // 22)
    turns = -np.pi / 2 + np.pi / 5 * np.arange(10)
    reach = np.where(np.arange(10) % 2, 0.14, 0.36) * radius
    draw.polygon(list(zip(x + reach * np.cos(turns), y + reach * np.sin(turns), strict=True)), fill=255)
    for angle in np.linspace(np.pi * 0.9, np.pi * 2.1, 14):
        left, top = x + 0.75 * radius * np.cos(angle), y + 0.75 * radius * np.sin(angle)
        draw.rectangle((left - 7, top - 9, left + 7, top + 9), outline=255, width=3)
    inked = np.asarray(shape)[..., None] / 255
    red = np.array([205.0, 35.0, 45.0])
    pixels = np.asarray(page).astype(float)
    pixels *= 1 - inked * random.uniform(0.65, 0.95) * (1 - red / 255)
    covered = inked * random.uniform(0.0, 0.3)
    pixels = pixels * (1 - covered) + red * covered
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


@dataclass(slots=True)
class Tally:
    """Counts over scans. ``as_recognised``: cells that would be wrong without arithmetic."""

    pages: int = 0
    seconds: float = 0.0
    gold: int = 0
    read: int = 0
    lost: int = 0
    as_recognised: int = 0
    wrong: int = 0
    wrong_corrected: int = 0
    wrong_contradicted: int = 0
    wrong_on_record: int = 0
    wrong_proved: int = 0
    wrong_silent: int = 0
    corrected: int = 0
    proved: int = 0
    contradicted: int = 0
    unchecked: int = 0

    def add(self, other: Tally) -> None:
        """Count another scan as well."""
        for name in Tally.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def report(self, name: str) -> str:
        """The counts in words, three lines."""
        return (
            f"{name}: {self.pages} pages, {self.seconds / max(self.pages, 1):.2f} processor seconds a page;"
            f" {self.gold} cells in gold, {self.read} read, {self.lost} lost\n"
            f"  as recognised {self.as_recognised} wrong; {self.corrected} corrected by arithmetic,"
            f" {self.proved} proved, {self.contradicted} contradicted, {self.unchecked} unchecked\n"
            f"  wrong in the end {self.wrong}: corrected amiss {self.wrong_corrected}, contradicted"
            f" {self.wrong_contradicted}, unchecked on record {self.wrong_on_record},"
            f" unchecked without a problem {self.wrong_silent}, proved {self.wrong_proved}"
        )


def pages_with_cells(path: Path, gold: Path) -> list[int]:
    """Numbers (from 1) of the cover and of the pages that gold has cells of."""
    return sorted({1, *(int(row["page"]) for row in gold_rows(gold, path.stem, "") if row.get("page"))})


def recognised(
    path: Path, seed: int, wanted: Sequence[int] | None, work: Path | None
) -> tuple[Source, float]:
    """The scan of a document as read, and the processor seconds it took; from ``work`` where it was kept."""
    kept = work / f"{path.stem}-{seed:03d}{'-all' if wanted is None else ''}.pickle" if work else None
    if kept and kept.exists():
        source, seconds = pickle.loads(kept.read_bytes())
        return source, seconds
    with pypdfium2.PdfDocument(path) as document, tempfile.TemporaryDirectory() as folder:
        numbers = wanted or range(1, len(document) + 1)
        pictures = [
            scanned(document[number - 1].render(scale=DPI / 72).to_pil(), seed * 1000 + number)
            for number in numbers
        ]
        file = Path(folder) / f"{path.stem}.tif"
        pictures[0].save(
            file, save_all=True, append_images=pictures[1:], dpi=(DPI, DPI), compression="tiff_lzw"
        )
        start = time.process_time()
        with limits.within(limits.Limits(threads=os.cpu_count() or 1)):
            source = image.read(file)
        seconds = time.process_time() - start
    if kept:
        kept.write_bytes(pickle.dumps((source, seconds)))
    return source, seconds


def misread(path: Path, seed: int, share: float) -> Source:
    """A document as if recognised without a flaw, but for one character of a share of its figures."""
    random = np.random.default_rng(seed)
    source = readers.read(path)
    pages = []
    for page in source.pages:
        lines = tuple(_misread_line(line, random, share) for line in page.lines)
        pages.append(replace(page, lines=lines, read_by="ocr"))
    return replace(source, pages=tuple(pages))


def _misread_line(line: Line, random: np.random.Generator, share: float) -> Line:
    if not line.cells:
        return line
    cells = tuple(cell._replace(text=_misread_text(cell.text, random, share)) for cell in line.cells)
    texts = line.text.split("\t")
    for cell in cells:
        texts[cell.column] = cell.text
    return replace(line, cells=cells, text="\t".join(texts))


def _misread_text(text: str, random: np.random.Generator, share: float) -> str:
    printed = parse_amount(text)
    if not printed or not {".", ","} & set(text) or random.random() >= share:
        return text
    readings = [other for other in misreadings(text) if (one := parse_amount(other)) and one != printed]
    return readings[int(random.integers(len(readings)))]


def compare(path: Path, gold: Path, source: Source, seconds: float, *, show: bool) -> Tally:
    """The cells of a scan against gold."""
    parsed = parse_source(source, DocumentRecord("0" * 16, path.name, "0" * 64))
    left = Counter(map(cell_row, gold_rows(gold, path.stem, "")))
    warned = {
        (problem.page, problem.form) for problem in parsed.problems if problem.kind == "unproved_figures"
    }
    tally = Tally(len(source.pages), seconds, left.total(), len(parsed.cells))
    as_recognised = left - Counter(_as_recognised(cell) for cell in parsed.cells)
    tally.as_recognised = as_recognised.total()
    for cell in parsed.cells:
        setattr(tally, cell.verification, getattr(tally, cell.verification) + 1)
        tally.corrected += "read_as" in cell.attributes
        row = cell_row(cell)
        if left[row] > 0:
            left[row] -= 1
            continue
        kind = _kind(cell, warned)
        tally.wrong += 1
        setattr(tally, kind, getattr(tally, kind) + 1)
        if show:
            print(f"  {kind}", *row, cell.text_printed, f"page {cell.page}")
    tally.lost = (+left).total()
    if show:
        for row in (+left).elements():
            print("  lost", *row)
    return tally


def _as_recognised(cell: CellRecord) -> Row:
    """The key of a cell as the recogniser read its figure."""
    printed = parse_amount(cell.attributes.get("read_as", cell.text_printed))
    return cell_row(replace(cell, amount=printed.amount if printed else cell.amount))


def _kind(cell: CellRecord, warned: set[tuple[int | None, str | None]]) -> str:
    if "read_as" in cell.attributes:
        return "wrong_corrected"
    if cell.verification == "unchecked":
        return "wrong_on_record" if (cell.page, cell.form) in warned else "wrong_silent"
    return f"wrong_{cell.verification}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the counts of every document and seed, then of all; exit code 1 where too many pass unseen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, default=CORPUS, help="PDF documents")
    parser.add_argument("--gold", type=Path, default=GOLD)
    parser.add_argument("--document", help="only names that contain this")
    parser.add_argument("--seeds", type=int, default=1, help="how many scans of each page")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--work", type=Path, help="folder to keep what was recognised")
    parser.add_argument("--every-page", action="store_true")
    parser.add_argument("--misread", type=float, metavar="SHARE", help="misread a share of figures instead")
    parser.add_argument("--show", action="store_true", help="print every cell that is wrong or lost")
    asked = parser.parse_args(arguments)
    if asked.work:
        asked.work.mkdir(parents=True, exist_ok=True)
    documents = [
        path
        for path in sorted(asked.folder.glob("*.pdf"))
        if gold_rows(asked.gold, path.stem, "") and (asked.document or "") in path.name
    ]
    whole = Tally()
    for seed in range(asked.first_seed, asked.first_seed + asked.seeds):
        for path in documents:
            wanted = None if asked.every_page else pages_with_cells(path, asked.gold)
            if asked.misread:
                source, seconds = misread(path, seed, asked.misread), 0.0
            else:
                source, seconds = recognised(path, seed, wanted, asked.work)
            tally = compare(path, asked.gold, source, seconds, show=asked.show)
            print(tally.report(f"{path.stem}, seed {seed}"), flush=True)
            whole.add(tally)
    print(whole.report("all"))
    unseen = whole.wrong_proved + whole.wrong_silent
    print(f"wrong and not seen: {unseen} of {whole.read}")
    return int(unseen * ALLOWED > whole.read)


if __name__ == "__main__":
    sys.exit(main())
