"""``gouji findings`` and ``gouji explain``: what the rules found, and both sides of an equation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from dagster_project.cli.app import (
    Format,
    FormatOption,
    WarehouseOption,
    console,
    fail,
    plain,
    published,
    show_rows,
)
from dagster_project.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ORDER = "case severity when 'error' then 0 when 'warning' then 1 else 2 end, document, rule_id"


def findings(
    document: Annotated[
        str | None, typer.Option("--document", "-d", help="Part of a document's name 文件名的一部分")
    ] = None,
    year: Annotated[int | None, typer.Option("--year", help="Fiscal year 年度")] = None,
    severity: Annotated[str | None, typer.Option("--severity", help="error, warning or info")] = None,
    warehouse: WarehouseOption = None,
    how: FormatOption = Format.table,
) -> None:
    """List what does not add up 列出勾稽发现.

    Example: gouji findings --year 2024 --severity error --format csv > findings.csv
    """
    if severity not in (None, "error", "warning", "info"):
        raise fail(f"There is no severity {severity}; choose error, warning or info.")
    with published(warehouse) as connection:
        rows = fetch(
            connection,
            "select * from marts.fct_finding where (? is null or contains(document, ?))"
            " and (? is null or fiscal_year = ?) and (? is null or severity = ?)"
            f" order by {_ORDER}",
            [document, document, year, year, severity, severity],
        )
    if not rows and how is Format.table:
        console.print("没有发现 No findings.")
        return
    if how is Format.table:
        rows = [{**row, "waiver": _waiver(row)} for row in rows]
    columns = {
        "发现 finding": ("finding_id", "severity", "rule_id", "waiver"),
        "文件 document": ("document", "organisation"),
        "说明 what does not add up": ("message_zh", "message_en"),
    }
    show_rows(rows, how, f"{len(rows)} 条发现 findings;  gouji explain FINDING", columns)


def explain(
    finding: Annotated[
        str, typer.Argument(help="Finding id 发现编号, or its beginning; see `gouji findings`")
    ],
    warehouse: WarehouseOption = None,
) -> None:
    """Show both sides of a finding's equation with every figure as printed 解释一条发现.

    Example: gouji explain 3f2a91
    """
    with published(warehouse) as connection:
        found = fetch(
            connection, "select * from marts.fct_finding where starts_with(finding_id, ?)", [finding]
        )
        if len(found) != 1:
            raise fail(_ambiguous(finding, found))
        (row,) = found
        rules = fetch(connection, "select * from reconciliation.rule where rule_id = ?", [row["rule_id"]])
        results = fetch(
            connection,
            "select * from reconciliation.result where list_contains((select related_results"
            " from reconciliation.finding where finding_id = ?), result_id) and state = 'fail'"
            " order by rule_id = ? desc, result_id",
            [row["finding_id"], row["rule_id"]],
        )
        _print_finding(row, rules[0])
        for result in results:
            _print_result(connection, result)


def _waiver(row: dict[str, Any]) -> str | None:
    """Who accepted a finding, and why; ``None`` where nobody has."""
    if not row["waived"]:
        return None
    return f"已豁免 waived: {row['waived_by']}, {row['waived_on']}, {row['waiver_reason']}"


def _ambiguous(asked: str, found: list[dict[str, Any]]) -> str:
    if not found:
        return f"There is no finding {asked}. `gouji findings` lists them all."
    listed = ", ".join(row["finding_id"] for row in found[:5])
    return f"{asked} is the beginning of several findings: {listed}. Write more of it."


def _print_finding(row: dict[str, Any], rule: dict[str, Any]) -> None:
    console.print(f"[bold]{row['finding_id']}[/]  {row['severity']}  {row['document']}", highlight=False)
    console.print(row["message_zh"], markup=False, highlight=False)
    console.print(row["message_en"], markup=False, highlight=False, style="dim")
    console.print(
        f"\n规则 Rule {rule['rule_id']}: {rule['title_zh']} / {rule['title_en']}\n  {rule['formula']}",
        markup=False,
        highlight=False,
    )
    console.print(f"原因 Cause: {row['cause']} ({row['cause_reason']})", markup=False, highlight=False)
    if waiver := _waiver(row):
        console.print(waiver, markup=False, highlight=False)


def _print_result(connection: DuckDBPyConnection, result: dict[str, Any]) -> None:
    unit = result["unit"] or ""
    place = " · ".join(plain(result[name]) for name in ("form", "key", "column") if result[name])
    console.print(
        f"\n[bold]{result['rule_id']}[/] {place}:"
        f" {plain(result['left_value'])} ≠ {plain(result['right_value'])}"
        f"  差额 difference {plain(result['difference'])} {unit}"
        f"  (允许 tolerance {plain(result['tolerance'])})",
        highlight=False,
    )
    table = Table(header_style="bold")
    for column in ("side", "form", "row", "column", "printed", "line/page", "verification"):
        table.add_column(column, overflow="fold")
    for side in ("left", "right"):
        for figure in _figures(connection, result[f"{side}_cells"]):
            table.add_row(side, *(escape(plain(value)) for value in figure.values()))
    console.print(table)


def _figures(connection: DuckDBPyConnection, identifiers: list[str] | None) -> list[dict[str, Any]]:
    """The cells and statements of one side, in the order they are printed."""
    return fetch(
        connection,
        "select form, concat_ws(' ', code, label) as row, \"column\", text_printed || ' ' || unit as printed,"
        " concat_ws(' / ', 'line ' || line, 'page ' || page) as place, verification"
        " from staging.cell where list_contains(?::varchar[], cell_id)"
        " union all select 'prose', sentence, item, text_printed || ' ' || unit,"
        " concat_ws(' / ', 'line ' || line, 'page ' || page), '' from staging.statement"
        " where list_contains(?::varchar[], statement_id)",
        [identifiers or [], identifiers or []],
    )
