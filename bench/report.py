"""Writes findings reports, reads them in a real browser as a person does, and measures what large ones cost.

    .venv/bin/python -m bench.report                          # samples, and the corpus where it is there
    .venv/bin/python -m bench.report --warehouse warehouse    # a warehouse that is loaded already
    .venv/bin/python -m bench.report --warehouse warehouse --documents 1000 --findings 5 --no-walk

Without ``--warehouse`` the documents are loaded into a folder that is removed again. ``--documents`` repeats
them, with all that hangs on them, and ``--findings`` every finding. Prints seconds, files, bytes and the most
memory, what was opened, followed, used and printed, and what is wrong; fails where anything is.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import duckdb

from bench.browser import CHROMIUM, MISSING, browser
from bench.walk import WIDTHS, Site, Walk, follow, open_all, walk
from dagster_project.report import write_report
from dagster_project.settings import Settings, Warehouse

PROJECT: Final = Path(__file__).resolve().parents[1]
CORPUS: Final = PROJECT.parent / "shared" / "corpus"
_OF_A_DOCUMENT: Final = (
    "staging.document",
    "staging.document_file",
    "staging.page",
    "staging.form",
    "staging.cell",
    "staging.statement",
    "staging.problem",
    "marts.dim_document",
    "marts.document_quality",
    "marts.rule_coverage",
    "marts.fct_reconciliation_result",
    "marts.fct_finding",
)
_KEYS: Final = ("document_id", "cell_id", "statement_id", "result_id", "finding_id")
_LISTS: Final = ("left_cells", "right_cells", "related_results")
_SLOWEST: Final = (("index.html", "#list"), ("documents.html", ""))


def main() -> None:
    """Load, multiply, write, walk; leaves nothing behind."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--warehouse", type=Path, help="a loaded warehouse")
    arguments.add_argument("--raw", type=Path, default=Settings().raw, help="its documents, for pictures")
    arguments.add_argument("--documents", type=int, default=0)
    arguments.add_argument("--findings", type=int, default=1)
    arguments.add_argument("--no-walk", action="store_true", help="open only the lists")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        raw, warehouse = (given.raw, given.warehouse) if given.warehouse else _load(folder)
        out = _write(folder, Warehouse(warehouse), raw, given.documents, given.findings)
        told = _read(folder, out, Warehouse(warehouse).data_docs, lists_only=given.no_walk)
    sys.exit(1 if told.wrong else 0)


def _load(folder: Path) -> tuple[Path, Path]:
    """Load the samples, and the corpus where it is there."""
    raw, warehouse = folder / "raw", folder / "warehouse"
    shutil.copytree(PROJECT / "raw" / "samples", raw / "samples")
    for kind in ("pdf", "text") if CORPUS.is_dir() else ():
        shutil.copytree(CORPUS / kind, raw / kind)
    command = [Path(sys.executable).with_name("gouji"), "load", "--raw", raw, "--warehouse", warehouse]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return raw, warehouse


def _write(folder: Path, warehouse: Warehouse, raw: Path, documents: int, findings: int) -> Path:
    """Write the report of the multiplied warehouse, and print what that costs."""
    database, out = folder / "gouji.duckdb", folder / "findings"
    shutil.copyfile(warehouse.database.resolve(), database)
    with duckdb.connect(str(database), config={"memory_limit": "1GB"}) as connection:
        multiply(connection, documents, findings)
        started, worked = time.perf_counter(), time.process_time()
        done = write_report(connection, raw=raw, out=out, data_docs=warehouse.data_docs)
    seconds, worked = time.perf_counter() - started, time.process_time() - worked
    sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{done.documents:,} documents, {done.findings:,} findings, {done.pictures:,} pictures:"
        f" {seconds:,.1f} s, {worked:,.1f} s of processor time,"
        f" {len(sizes):,} files, {sum(sizes) / 2**20:,.1f} MiB, at most {memory:,.0f} MiB of memory"
    )
    for name in ("index.html", "data/findings-000.js", "findings.xlsx", _largest(out)):
        print(f"  {name}: {(out / name).stat().st_size / 2**20:.2f} MiB")
    return out


def _largest(out: Path) -> str:
    page = max(out.glob("documents/*.html"), key=lambda path: path.stat().st_size)
    return page.relative_to(out).as_posix()


def _read(folder: Path, out: Path, data_docs: Path, *, lists_only: bool) -> Walk:
    """Open the report, and Data Docs beside it, in a browser, and print what was done and what is wrong."""
    told = Walk()
    if CHROMIUM is None:
        print(MISSING)
        return told
    with browser() as started:
        page = started.page(1280)
        for name, fragment in _SLOWEST:
            begun = time.perf_counter()
            page.open(f"{(out / name).as_uri()}{fragment}")
            print(f"  {name} opens in {time.perf_counter() - begun:.1f} s")
        if not lists_only:
            told = walk(started, out, folder)
            beside = Site(data_docs)
            follow(beside, told)
            for width in WIDTHS:
                open_all(beside, page, width, told)
    print(told)
    return told


def multiply(connection: duckdb.DuckDBPyConnection, documents: int, findings: int) -> None:
    """Repeat every document, with all that hangs on it, until there are so many."""
    ((known,),) = connection.execute("select count(*) from marts.dim_document").fetchall()
    times = max(1, documents // known)
    for table in _OF_A_DOCUMENT:
        columns = [row[0] for row in connection.execute(f"describe {table}").fetchall()]
        named = [f"{key} || '-' || n as {key}" for key in _KEYS if key in columns]
        named += [f"list_transform({key}, x -> x || '-' || n) as {key}" for key in _LISTS if key in columns]
        connection.execute(
            f"insert into {table} select * exclude (n) replace ({', '.join(named)})"
            f" from {table}, range(1, {times}) as copies(n)"
        )
    connection.execute(
        "insert into marts.fct_finding select * exclude (n) replace (finding_id || '.' || n as finding_id)"
        f" from marts.fct_finding, range(1, {findings}) as copies(n)"
    )


if __name__ == "__main__":
    main()
