"""``gouji problems``: what could not be read, one line a cause, with what would mend it."""

from __future__ import annotations

import typer

from dagster_project.cli.app import (
    Format,
    FormatOption,
    WarehouseOption,
    console,
    published,
    show_rows,
)
from dagster_project.rows import fetch

_BY_CAUSE = """
select
    severity, kind, cause_key,
    count(distinct document_id) as documents,
    count(*) as times,
    any_value(message) as message,
    any_value(action) as action,
    min(document) as example,
    min(line) as line
from staging.problem
where severity <> 'info' or ?
group by severity, kind, cause_key
order by case severity when 'error' then 0 when 'warning' then 1 else 2 end, documents desc, times desc
"""


def problems(
    warehouse: WarehouseOption = None,
    how: FormatOption = Format.table,
    everything: bool = typer.Option(False, "--all", help="Notes as well 连提示也列出"),
) -> None:
    """List what could not be read, grouped by cause 列出读不出之处（按原因归并）.

    An unknown header in a thousand files is one line, with the seed row that would teach it.

    Example: gouji problems --format csv > problems.csv
    """
    with published(warehouse) as connection:
        rows = fetch(connection, _BY_CAUSE, [everything])
    if not rows and how is Format.table:
        console.print("没有问题 No problems: everything printed was read.")
        return
    columns = {
        "类别 kind": ("severity", "kind"),
        "文件数 documents": ("documents",),
        "次数 times": ("times",),
        "问题和办法 problem, and what to do": ("message", "action"),
        "例 example": ("example", "line"),
    }
    show_rows(rows, how, f"{len(rows)} 种原因 causes", columns)
