"""``gouji findings`` and ``gouji explain``: what the rules found, and both sides of an equation."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from dagster_project.cli.app import (
    Format,
    FormatOption,
    WarehouseOption,
    console,
    fail,
    published,
    show_rows,
)
from dagster_project.report.data import Equation, Finding
from dagster_project.report.data import finding as finding_of
from dagster_project.report.names import (
    amount,
    both,
    column_name,
    form_name,
    name,
    printed,
    row_name,
    unit_name,
)
from dagster_project.rows import Row, fetch

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
        _print(finding_of(connection, row["finding_id"]))


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


def _print(finding: Finding) -> None:
    row, rule = finding.row, finding.rule
    console.print(
        f"[bold]{row['finding_id']}[/]  {both(name('severity', row['severity']))}  {row['document']}",
        highlight=False,
    )
    console.print(row["message_zh"], markup=False, highlight=False)
    console.print(row["message_en"], markup=False, highlight=False, style="dim")
    lines = [
        f"\n规则 Rule {rule['rule_id']}: {rule['title_zh']} / {rule['title_en']}",
        f"  {rule['formula']}",
        f"原因 Cause: {both(name('cause', row['cause']))}",
        f"  {row['cause_reason_zh']}",
        f"  {row['cause_reason']}",
    ]
    console.print("\n".join([*lines, *filter(None, [_waiver(row)])]), markup=False, highlight=False)
    for equation in finding.equations:
        _print_equation(equation)


def _print_equation(equation: Equation) -> None:
    result = equation.result
    unit = result["unit"]
    place = (form_name(result["form"])[0], row_name(result["key"]), both(column_name(result["column"])))
    left, right, difference, tolerance = (
        amount(result[which], unit) for which in ("left_value", "right_value", "difference", "tolerance")
    )
    console.print(
        f"\n[bold]{result['rule_id']}[/] {escape(' · '.join(filter(None, place)))}:  {left} ≠ {right}"
        f"  差额 difference {difference}{unit_name(unit)}  (容差 tolerance {tolerance})",
        highlight=False,
    )
    table = Table(header_style="bold")
    for heading in (
        "边 side",
        "表 form",
        "行 row",
        "栏 column",
        "印为 printed",
        "位置 place",
        "核验 verified",
    ):
        table.add_column(heading, overflow="fold")
    for side, figures in (("左 left", equation.left), ("右 right", equation.right)):
        for figure in figures:
            table.add_row(side, *map(escape, _shown(figure, result["document_id"])))
    console.print(table)


def _shown(figure: Row, document_id: str) -> tuple[str, ...]:
    """Form, row, column, figure, place and verification of a figure, as a reader knows them; the place names
    the document where that is another one.
    """
    places = [f"{word} {figure[at]}" for at, word in (("page", "页 page"), ("line", "行 line")) if figure[at]]
    if figure["document_id"] != document_id:
        places.insert(0, figure["document"])
    if not figure["form"]:
        return ("正文 text", figure["sentence"], "", printed(figure), ", ".join(places), "")
    return (
        form_name(figure["form"])[0],
        " ".join(filter(None, (figure["code"], figure["label"]))),
        column_name(figure["column"])[0],
        " ".join(filter(None, (figure["sign"], printed(figure)))),
        ", ".join(places),
        both(name("verification", figure["verification"])),
    )
