"""``gouji show``: a document's forms as they were read, each figure with its verification mark."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from dagster_project import vocabulary
from dagster_project.cli.app import WarehouseOption, console, fail, published, settings
from dagster_project.rows import fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

INDICATOR_COLUMNS = (
    "project",
    "horizon",
    "goal",
    "level1",
    "level2",
    "level3",
    "target",
    "actual",
    "weight",
    "score",
    "share",
    "prior_year_2",
    "prior_year_1",
    "expected",
    "basis",
)
MARKS = {
    "proved": "[green]✓[/]",
    "contradicted": "[red]✗[/]",
    "unchecked": "[dim]·[/]",
    "human": "[cyan]✎[/]",
}


def show(
    document: Annotated[str, typer.Argument(help="Document name, a part of it, or its id 文件")],
    *,
    form: Annotated[
        str | None, typer.Option("--form", "-f", help="Only this form 某张表, such as final_income")
    ] = None,
    page: Annotated[
        int | None, typer.Option("--page", "-p", help="Write this page with what was read from it 画出某页")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="File to write the page to 输出文件 (PNG or HTML)")
    ] = None,
    raw: Annotated[
        Path | None, typer.Option("--raw", "-r", help="Folder of the documents 原始文件夹 (default: raw/)")
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Print a document's forms as read, with verification marks 显示读出的表.

    Marks: ✓ proved, ✗ contradicted, · unchecked, ✎ supplied by a person. ✓ 已证 ✗ 矛盾 · 未验 ✎ 人工

    With --page, writes a picture of that page (a web page for sheets, Word, HTML and text): every figure
    outlined in the colour of its verification, in grey dashes what was printed and not read.

    Example: gouji show 示例市档案馆 --form budget_income
    Example: gouji show 示例市档案馆 --page 6 --out page.png
    """
    with published(warehouse) as connection:
        found = fetch(
            connection,
            "select * from staging.document where contains(document, ?) or starts_with(document_id, ?)"
            " order by document",
            [document, document],
        )
        exact = [row for row in found if document in (row["document"], row["document_id"])]
        if len(exact or found) != 1:
            raise fail(_ambiguous(document, found))
        (row,) = exact or found
        if page is not None:
            from dagster_project.cli.page import write_page  # noqa: PLC0415  (loads the readers)

            target = write_page(connection, row, page, settings(raw=raw).raw, out)
            console.print(f"已写出 Written: {target}", highlight=False, soft_wrap=True)
            return
        _print_head(row)
        _print_forms(connection, row["document_id"], form)


def _ambiguous(asked: str, found: list[dict[str, Any]]) -> str:
    if not found:
        return (
            f"There is no document {asked}. `gouji status` counts them; names are paths below the raw folder."
        )
    listed = "\n".join(f"  {row['document']}" for row in found[:10])
    return f"{asked} fits several documents; write more of the name:\n{listed}"


def _print_head(row: dict[str, Any]) -> None:
    known = [row[name] for name in ("organisation", "fiscal_year", "kind", "edition", "region", "status")]
    console.print(
        f"[bold]{row['document']}[/]  {row['document_id']}\n"
        + " · ".join(str(value) for value in known if value is not None),
        highlight=False,
    )


def _print_forms(connection: DuckDBPyConnection, document_id: str, wanted: str | None) -> None:
    forms = fetch(
        connection,
        "select * from staging.form where document_id = ? and (? is null or form = ?)"
        " order by first_page nulls last, first_line nulls last, form",
        [document_id, wanted, wanted],
    )
    if wanted and not forms:
        raise fail(f"The document has no form {wanted}. Without --form, all its forms are shown.")
    for form in forms:
        console.print(
            f"\n[bold]{form['form']}[/]  {escape(form['title_printed'] or '')}"
            f"  {form['state']}  {form['unit'] or ''}",
            highlight=False,
        )
        cells = fetch(
            connection,
            "select * from staging.cell where document_id = ? and form = ?"
            " order by side desc nulls first, row_number, rowid",
            [document_id, form["form"]],
        )
        for _, side in groupby(cells, key=lambda cell: cell["side"]):
            console.print(_grid(form["form"], list(side)))
        indicators = fetch(
            connection,
            "select * from staging.indicator where document_id = ? and form = ? order by row_number",
            [document_id, form["form"]],
        )
        if indicators:
            console.print(_indicators(indicators))


def _indicators(rows: list[dict[str, Any]]) -> Table:
    """A performance form: its rows with the columns that any of them fills."""
    table = Table(header_style="bold")
    filled = [name for name in INDICATOR_COLUMNS if any(row[name] for row in rows)]
    for name in filled:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(escape(row[name] or "") for name in filled))
    return table


def _grid(form: str, cells: list[dict[str, Any]]) -> Table:
    headers = {cell["column"]: cell["header_printed"] or "" for cell in reversed(cells)}
    order = vocabulary.column_order(form)
    columns = {
        column: headers[column] for column in sorted(headers, key=lambda each: order.get(each, len(order)))
    }
    table = Table(title=cells[0]["side"], title_justify="left", header_style="bold")
    table.add_column("code")
    table.add_column("row", overflow="fold")
    for column, header in columns.items():
        table.add_column(f"{escape(header)}\n{column}", justify="right", overflow="fold")
    for _, row in groupby(cells, key=lambda cell: (cell["row_number"], cell["section"])):
        printed = list(row)
        figures = {
            cell["column"]: f"{escape(cell['text_printed'])} {MARKS[cell['verification']]}"
            for cell in printed
        }
        table.add_row(
            printed[0]["code"] or "",
            escape(printed[0]["label"]),
            *(figures.get(column, "") for column in columns),
        )
    return table
