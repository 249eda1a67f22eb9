"""What a person reads at the end of a load: what came in, how sure it is, what to look at, what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table

from dagster_project.cli.app import console
from dagster_project.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from dagster_project.load import Loaded
    from dagster_project.settings import Warehouse

SEVERITIES = {
    "error": ("错误 errors", "red"),
    "warning": ("警告 warnings", "yellow"),
    "info": ("提示 notes", "cyan"),
}
_BY_WEIGHT = (
    "case severity when 'error' then 0 when 'warning' then 1 else 2 end,"
    " related desc, abs(difference) desc nulls last, finding_id"
)


def print_summary(connection: DuckDBPyConnection, folder: Warehouse, done: Loaded, seconds: float) -> None:
    """Print the summary of a load that has just been published."""
    years = f"  年度 years: {', '.join(done.years)}" if done.years else ""
    console.print(f"\n[bold green]完成 Done[/] in {seconds:.1f} s.{years}", highlight=False)
    print_state(connection, folder)
    console.print(
        "\n下一步 Next:  gouji findings  ·  gouji explain FINDING  ·  gouji show DOCUMENT  ·  gouji problems"
    )


def print_state(connection: DuckDBPyConnection, folder: Warehouse) -> None:
    """Print documents, cells and the share proved, findings with the three weightiest, where results lie."""
    table = Table.grid(padding=(0, 2))
    table.add_row("文件 documents", _documents(connection))
    table.add_row("页 pages", _pages(connection))
    table.add_row("数字 cells", _cells(connection))
    table.add_row("发现 findings", _findings(connection))
    table.add_row("问题 problems", _problems(connection))
    table.add_row("结果 results", f"{folder.database}")
    table.add_row("", f"{folder.exports}/  (parquet/, csv/)")
    table.add_row("", f"{folder.reports / 'data_docs' / 'index.html'}")
    console.print(table, highlight=False)
    for number, finding in enumerate(weightiest(connection, 3), start=1):
        _, colour = SEVERITIES[finding["severity"]]
        console.print(
            f"\n[{colour}]{number}.[/] {finding['document']}  ({finding['finding_id']})", highlight=False
        )
        console.print(f"   {finding['message_zh']}", markup=False, highlight=False)
        console.print(f"   {finding['message_en']}", markup=False, highlight=False, style="dim")


def weightiest(connection: DuckDBPyConnection, limit: int) -> list[dict[str, Any]]:
    """The findings a person should read first; none that somebody has waived."""
    return fetch(
        connection, f"select * from marts.fct_finding where not waived order by {_BY_WEIGHT} limit ?", [limit]
    )


def _documents(connection: DuckDBPyConnection) -> str:
    rows = fetch(
        connection, "select status, count(*) as n from staging.document group by status order by n desc"
    )
    total = sum(row["n"] for row in rows)
    others = [f"{row['n']} {row['status']}" for row in rows if row["status"] != "loaded"]
    return f"{total:,}" + (f"  ({', '.join(others)})" if others else "")


def _pages(connection: DuckDBPyConnection) -> str:
    (row,) = fetch(
        connection,
        "select count(*) as n, count(*) filter (reason is not null and lines > 0) as recognised,"
        " count(*) filter (reason is not null and lines = 0) as unread from staging.page",
    )
    told = []
    if row["recognised"]:
        told.append(f"{row['recognised']:,} 识别 recognised")
    if row["unread"]:
        told.append(f"{row['unread']:,} 未读 not read")
    return f"{row['n']:,}" + (f"  ({', '.join(told)})" if told else "")


def _cells(connection: DuckDBPyConnection) -> str:
    (row,) = fetch(
        connection,
        "select count(*) as n, count(*) filter (verification = 'proved') as proved,"
        " count(*) filter (verification = 'contradicted') as contradicted from staging.cell",
    )
    if not row["n"]:
        return "0"
    share = 100 * row["proved"] / row["n"]
    return f"{row['n']:,}  ({share:.1f} % 已证 proved, {row['contradicted']:,} 矛盾 contradicted)"


def _findings(connection: DuckDBPyConnection) -> str:
    rows = fetch(
        connection,
        "select case when waived then 'waived' else severity end as kind, count(*) as n"
        " from marts.fct_finding group by kind",
    )
    counts = {row["kind"]: row["n"] for row in rows}
    parts = [
        f"[{colour}]{counts[name]} {label}[/]"
        for name, (label, colour) in SEVERITIES.items()
        if name in counts
    ]
    if "waived" in counts:
        parts.append(f"{counts['waived']} 已豁免 waived")
    return "  ".join(parts) or "无 none"


def _problems(connection: DuckDBPyConnection) -> str:
    (row,) = fetch(
        connection,
        "select count(*) as n, count(distinct cause_key) as causes from staging.problem"
        " where severity <> 'info'",
    )
    return f"{row['n']:,}  ({row['causes']} 种原因 causes; gouji problems)" if row["n"] else "无 none"
