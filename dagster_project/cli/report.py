"""``gouji report``: the findings as a site to read and print, and as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.cli.app import WarehouseOption, console, fail, published, settings


def report(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder to write 输出文件夹 (default: reports/findings in it)"),
    ] = None,
    raw: Annotated[
        Path | None, typer.Option("--raw", "-r", help="Folder of the documents 原始文件夹 (default: raw/)")
    ] = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Write the findings report: pages to read and print, and a workbook 生成发现报告.

    Opens from disk without a server: an overview with filters, a page a document with its forms, and a sheet
    a finding, to be printed and handed over (取证单). The same warehouse gives the same files.

    Example: gouji report --out ~/findings
    """
    from dagster_project.report import ReportError, write_report  # noqa: PLC0415  (--help does not wait)

    chosen = settings(warehouse=warehouse, raw=raw)
    with published(warehouse) as connection:
        try:
            done = write_report(
                connection,
                raw=chosen.raw,
                out=(out or chosen.folder.findings).expanduser().absolute(),
                data_docs=chosen.folder.data_docs,
            )
        except ReportError as error:
            raise fail(str(error)) from error
    console.print(
        f"{done.findings:,} 条发现 findings · {done.documents:,} 份文件 documents"
        f" · {done.pictures:,} 页图 pictures of pages",
        highlight=False,
    )
    console.print(f"已写出 Written: {done.folder / 'index.html'}", highlight=False, soft_wrap=True)
