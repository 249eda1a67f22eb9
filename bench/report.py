"""Measures writing the findings report of a large warehouse: a published one, its documents many times over.

    .venv/bin/python bench/report.py --warehouse warehouse --documents 10000 --findings 5

``--findings`` repeats every finding so often. Prints seconds, files, bytes and the most memory.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from pathlib import Path
from typing import Final

import duckdb

from dagster_project.report import write_report
from dagster_project.settings import Settings, Warehouse

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


def main() -> None:
    """Write the report of the multiplied warehouse into a folder that is removed again."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--warehouse", type=Path, default=Settings().warehouse)
    arguments.add_argument("--raw", type=Path, default=Settings().raw)
    arguments.add_argument("--documents", type=int, default=10_000)
    arguments.add_argument("--findings", type=int, default=5)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "gouji.duckdb"
        shutil.copyfile(Warehouse(given.warehouse).database.resolve(), database)
        with duckdb.connect(str(database), config={"memory_limit": "1GB"}) as connection:
            multiply(connection, given.documents, given.findings)
            started = time.perf_counter()
            out = Path(folder) / "findings"
            done = write_report(connection, raw=given.raw, out=out, data_docs=out)
        seconds = time.perf_counter() - started
        sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{done.documents:,} documents, {done.findings:,} findings, {done.pictures:,} pictures:"
            f" {seconds:,.0f} s, {len(sizes):,} files, {sum(sizes) / 2**20:,.0f} MiB,"
            f" at most {memory:,.0f} MiB of memory"
        )
        for name in ("index.html", "data/findings-000.js", "findings.xlsx"):
            print(f"  {name}: {(out / name).stat().st_size / 2**20:.1f} MiB")


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
