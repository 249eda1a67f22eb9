"""Reading PDF side by side with others, in one run on the same pages: processor time, and cells found.

    python bench/reading.py                     the real documents beside this project, and 20 generated ones
    python bench/reading.py --number 0          the real ones only
    python bench/reading.py --folder DIR        other documents (with gold in --gold)
    python bench/reading.py --readers gouji,pdfplumber

The floor is what the engine underneath takes for opening a page and handing out its text, without any table.
A cell counts as found where one row of a table (a line, for readers without tables) holds the amount as a
value of its own together with the row's label, on the page where it is printed; the three-public form, which
prints no label beside its figures, is left out. That asks less than ``parse`` does: neither the form nor the
column is looked at.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.gold import CORPUS, GOLD, gold_rows  # noqa: E402
from bench.roundtrip import wish_of  # noqa: E402
from dagster_project.readers import limits, pdf  # noqa: E402
from dagster_project.samples import write  # noqa: E402
from dagster_project.vocabulary import compact, forms, without_number  # noqa: E402

Row = tuple[str, ...]
Rows = dict[int, list[Row]]
"""Page number (from 1) → its rows."""

_AMOUNT: Final = re.compile(r"[-－]?[\d,，]+(?:[.．]\d+)?")


@dataclass(frozen=True, slots=True)
class Reader:
    """``read`` does the work that is timed, for one file; ``rows`` makes its result comparable."""

    name: str
    package: str
    makes: str
    read: Callable[[Path], Any]
    rows: Callable[[Any], Rows]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One printed cell: where known its page, the label of its row, its amount."""

    page: int | None
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Document:
    """One PDF file and the cells that are printed in it."""

    path: Path
    pages: int
    cells: tuple[Wanted, ...]


@dataclass(slots=True)
class Result:
    """Processor seconds of the fastest pass over all documents, cells wanted and found."""

    seconds: float = 0.0
    wanted: int = 0
    found: int = 0
    failed: int = 0


def floor(path: Path) -> list[str]:
    """Text of every page and nothing else."""
    import pypdfium2  # noqa: PLC0415

    texts = []
    document = pypdfium2.PdfDocument(path)
    for page in document:
        text = page.get_textpage()
        texts.append(text.get_text_range())
        text.close()
        page.close()
    document.close()
    return texts


def gouji(path: Path) -> Any:
    with limits.within(limits.Limits(ocr=False)):
        return pdf.read(path)


def gouji_rows(source: Any) -> Rows:
    return {
        page.number: [
            tuple(cell.text for cell in line.cells) or tuple(word.text for word in line.words)
            for line in page.lines
        ]
        for page in source.pages
    }


def pdfplumber(path: Path) -> Any:
    with import_module("pdfplumber").open(path) as document:
        return [page.extract_tables() for page in document.pages]


def pdfplumber_rows(pages: Any) -> Rows:
    return {
        number: [tuple(cell or "" for cell in row) for table in tables for row in table]
        for number, tables in enumerate(pages, start=1)
    }


def tablers(path: Path) -> Any:
    module = import_module("tablers")
    document = module.Document(path)
    try:
        return [[table.to_list() for table in module.find_tables(page)] for page in document.pages()]
    finally:
        document.close()


def tablers_rows(pages: Any) -> Rows:
    return {
        number: [tuple(cell.text or "" for cell in row) for table in tables for row in table]
        for number, tables in enumerate(pages, start=1)
    }


def pdf_oxide(path: Path) -> Any:
    document = import_module("pdf_oxide").PdfDocument(str(path))
    return [document.extract_tables(index) for index in range(document.page_count())]


def pdf_oxide_rows(pages: Any) -> Rows:
    return {
        number: [tuple(cell["text"] for cell in row["cells"]) for table in tables for row in table["rows"]]
        for number, tables in enumerate(pages, start=1)
    }


def liteparse(path: Path) -> Any:
    module = import_module("liteparse")
    return module.LiteParse(ocr_enabled=False, quiet=True, num_workers=1, image_mode="off").parse(path)


def liteparse_rows(result: Any) -> Rows:
    return {page.page_num: _lines(page.text) for page in result.pages}


def playa(path: Path) -> Any:
    with import_module("playa").open(path) as document:
        return [page.extract_text() for page in document.pages]


def text_rows(pages: Any) -> Rows:
    return {number: _lines(text) for number, text in enumerate(pages, start=1)}


def _lines(text: str) -> list[Row]:
    return [tuple(line.split()) for line in text.splitlines()]


READERS: Final = (
    Reader("pdfium text (floor)", "pypdfium2", "text", floor, text_rows),
    Reader("gouji", "pypdfium2", "tables", gouji, gouji_rows),
    Reader("pdfplumber", "pdfplumber", "tables", pdfplumber, pdfplumber_rows),
    Reader("tablers", "tablers", "tables", tablers, tablers_rows),
    Reader("pdf_oxide", "pdf_oxide", "tables", pdf_oxide, pdf_oxide_rows),
    Reader("liteparse", "liteparse", "lines", liteparse, liteparse_rows),
    Reader("playa", "playa", "lines", playa, text_rows),
)


def real(folder: Path, gold: Path) -> Iterator[Document]:
    """PDF files of a folder; those without gold are read for time only."""
    for path in sorted(folder.glob("*.pdf")):
        cells = (
            Wanted(int(row["page"]) if row.get("page") else None, row["label"], Decimal(row["amount"]))
            for row in gold_rows(gold, path.stem, "")
            if _prints_labels(row["form"])
        )
        yield Document(path, _pages(path), tuple(cells))


def generated(folder: Path, number: int) -> Iterator[Document]:
    """Documents of invented bodies, with every layout and style the writer of samples knows."""
    for position in range(number):
        written = write(wish_of(position, layout="pdf"))
        path = folder / f"generated-{position:04d}.pdf"
        path.write_bytes(written.content)
        cells = (
            Wanted(None, cell.label, cell.amount) for cell in written.truth.cells if _prints_labels(cell.form)
        )
        yield Document(path, _pages(path), tuple(cells))


def _prints_labels(form: str) -> bool:
    return forms()[form].keyed_by != "single_row"


def _pages(path: Path) -> int:
    return len(floor(path))


def found(wanted: Sequence[Wanted], rows: Rows) -> int:
    """How many cells stand in a row with their label."""
    by_amount: dict[Decimal, list[tuple[int, str]]] = defaultdict(list)
    for page, lines in rows.items():
        for line in lines:
            text = compact("".join(line))
            for amount in {value for cell in line if (value := _value(cell)) is not None}:
                by_amount[amount].append((page, text))
    return sum(
        any(
            cell.page in {None, page} and _key(cell.label) in text
            for page, text in by_amount.get(abs(cell.amount), ())
        )
        for cell in wanted
    )


def _value(cell: str) -> Decimal | None:
    text = compact(cell)
    if not _AMOUNT.fullmatch(text):
        return None
    try:
        return abs(Decimal(text.replace(",", "")))
    except InvalidOperation:
        return None


def _key(label: str) -> str:
    return without_number(compact(label))


def measure(readers: Sequence[Reader], documents: Sequence[Document], passes: int) -> dict[str, Result]:
    """Every reader on every document, in turn, so that what else the machine does meets all of them."""
    results = {reader.name: Result() for reader in readers}
    for document in documents:
        for reader in readers:
            result = results[reader.name]
            result.wanted += len(document.cells)
            best, value = float("inf"), None
            try:
                for _ in range(1 if reader.name == "pdfplumber" else passes):
                    start = time.process_time()
                    value = reader.read(document.path)
                    best = min(best, time.process_time() - start)
            except Exception as error:  # noqa: BLE001  whatever another reader fails with is a result
                print(f"{reader.name} fails on {document.path.name}: {error}", file=sys.stderr)
                result.failed += 1
                continue
            result.seconds += best
            result.found += found(document.cells, reader.rows(value))
    return results


def report(title: str, readers: Sequence[Reader], documents: Sequence[Document], passes: int) -> None:
    pages = sum(document.pages for document in documents)
    results = measure(readers, documents, passes)
    base = results[readers[0].name].seconds or 1.0
    print(f"\n{title}: {len(documents)} documents, {pages} pages\n")
    print("| reader | makes | ms a page | pages a second | × floor | cells found |")
    print("|---|---|---|---|---|---|")
    for reader in readers:
        result = results[reader.name]
        each = result.seconds / pages * 1000
        share = f"{result.found}/{result.wanted}" if result.wanted else "–"
        note = f" ({result.failed} documents failed)" if result.failed else ""
        print(
            f"| {reader.name} | {reader.makes} | {each:.2f} | {1000 / each if each else 0:.0f}"
            f" | {result.seconds / base:.1f} | {share}{note} |"
        )


def arguments_of(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, default=CORPUS / "pdf", help="real PDF files")
    parser.add_argument("--gold", type=Path, default=GOLD, help="what is printed in them")
    parser.add_argument("--number", type=int, default=20, help="how many documents to generate")
    parser.add_argument(
        "--passes", type=int, default=3, help="the fastest of so many counts (pdfplumber: one)"
    )
    parser.add_argument("--readers", default="", help="names, with commas; the floor always runs")
    return parser.parse_args(argv)


def chosen(names: str) -> list[Reader]:
    """Readers that are installed and asked for, the floor first."""
    wanted = set(filter(None, names.split(",")))
    installed = [reader for reader in READERS if find_spec(reader.package)]
    for missing in _names(set(READERS) - set(installed)):
        print(f"{missing} is not installed and left out", file=sys.stderr)
    return [reader for reader in installed if not wanted or reader.name in wanted or reader is READERS[0]]


def _names(readers: Iterable[Reader]) -> list[str]:
    return sorted(reader.name for reader in readers)


def main(argv: Sequence[str] | None = None) -> int:
    arguments = arguments_of(argv)
    readers = chosen(arguments.readers)
    for reader in readers:
        import_module(reader.package)
    documents = list(real(arguments.folder, arguments.gold)) if arguments.folder.is_dir() else []
    if documents:
        report("Real documents", readers, documents, arguments.passes)
    with tempfile.TemporaryDirectory() as folder:
        made = list(generated(Path(folder), arguments.number))
        if made:
            report("Generated documents", readers, made, arguments.passes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
