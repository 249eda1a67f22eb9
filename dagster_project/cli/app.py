"""The application and what its commands share: options, exit codes, the published file, printing."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dagster_project.settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

HELP = """勾稽 Gouji: published budgets and final accounts in, a proved and reconciled warehouse out.

把公开的部门预算、部门决算读成经得起勾稽的数据仓库。

Exit codes: 0 done, 1 the load failed, 2 wrong use or nothing there, 3 another load holds the warehouse,
130 stopped by Ctrl-C.
"""

app = typer.Typer(help=HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_show_locals=False)
console = Console()
errors = Console(stderr=True)
# Into a file or a pipe, lines need not fold at 80 columns.
for each in (console, errors):
    if not each.is_terminal:
        each.width = 160


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    LOCKED = 3
    STOPPED = 130


class Format(StrEnum):
    """How rows are printed: for eyes, programs or Excel."""

    table = "table"
    json = "json"
    csv = "csv"


WarehouseOption = Annotated[
    Path | None,
    typer.Option("--warehouse", "-w", help="Warehouse folder 数据仓库文件夹 (default: warehouse/)"),
]
FormatOption = Annotated[Format, typer.Option("--format", help="table, json or csv")]


def settings(**given: Any) -> Settings:
    """The settings, with what the command line gave in place of the environment's values."""
    return Settings(**{name: value for name, value in given.items() if value is not None})


def fail(message: str, code: Exit = Exit.USAGE) -> typer.Exit:
    """Print what is wrong and what to do; the caller raises what this returns."""
    errors.print(message, style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(code)


@contextmanager
def published(warehouse: Path | None) -> Iterator[DuckDBPyConnection]:
    """The published file, read-only. Ends the command if nothing has been published yet."""
    import duckdb  # noqa: PLC0415  (--help does not wait for it)

    database = settings(warehouse=warehouse).folder.database
    if not database.is_file():
        raise fail(f"Nothing is published in {database.parent} yet. Run `gouji load` (or `make load`) first.")
    with duckdb.connect(str(database.resolve()), read_only=True) as connection:
        yield connection


def show_rows(
    rows: Sequence[dict[str, Any]], how: Format, title: str, columns: Mapping[str, Sequence[str]]
) -> None:
    """Print rows for eyes, or all their values as JSON or CSV on standard output.

    ``columns`` maps each heading to the values shown below each other under it.
    """
    if how is Format.json:
        import json  # noqa: PLC0415

        json.dump(rows, sys.stdout, ensure_ascii=False, default=str, indent=1)
        sys.stdout.write("\n")
    elif how is Format.csv:
        import csv  # noqa: PLC0415

        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)
    else:
        table = Table(title=title, title_justify="left", header_style="bold", show_lines=True)
        for heading in columns:
            table.add_column(heading, overflow="fold")
        for row in rows:
            table.add_row(
                *(
                    escape("\n".join(plain(row[name]) for name in names if row[name] is not None))
                    for names in columns.values()
                )
            )
        console.print(table)


def plain(value: Any) -> str:
    """A value as a person writes it: no trailing zeros, nothing for NULL."""
    from decimal import Decimal  # noqa: PLC0415

    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = format(value, ",f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
