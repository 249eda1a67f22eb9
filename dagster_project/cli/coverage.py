"""``gouji coverage``: what became of every rule in every document, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from dagster_project.cli.app import (
    Format,
    FormatOption,
    WarehouseOption,
    console,
    fail,
    published,
    show_rows,
)
from dagster_project.rows import fetch

STATES = ("fail", "not_evaluable", "explained", "pass", "not_applicable")

_CHOSEN = """from marts.rule_coverage where (? is null or contains(document, ?))
    and (? is null or rule_id = upper(?)) and (? is null or state = ?)"""
_COUNTS = ", ".join(f"count(*) filter (state = '{state}') as {state}" for state in STATES)
_BY_DOCUMENT = f"""select document, status, count(*) as rules, {_COUNTS},
    round(100.0 * count(*) filter (state in ('pass', 'explained', 'fail'))
        / nullif(count(*) filter (state <> 'not_applicable'), 0), 1) as evaluated_pct
    {_CHOSEN} group by all order by not_evaluable desc, document"""
_ONE_BY_ONE = f"""select document, rule_id, severity, state,
    replace(reason, '|', ' / ') as reason, passed, failed, explained, not_evaluable
    {_CHOSEN} order by document, rule_id"""


def coverage(
    document: Annotated[
        str | None, typer.Option("--document", "-d", help="Part of a document's name 文件名的一部分")
    ] = None,
    rule: Annotated[str | None, typer.Option("--rule", "-r", help="Rule id 规则编号")] = None,
    state: Annotated[str | None, typer.Option("--state", help=", ".join(STATES))] = None,
    warehouse: WarehouseOption = None,
    how: FormatOption = Format.table,
) -> None:
    """Show what became of the rules: by document, or one by one where a document, rule or state is named
    查看规则覆盖.

    What could not be read is not_evaluable, with what was missing; it never counts as a pass.

    Example: gouji coverage --state not_evaluable --format csv > missing.csv
    """
    if state not in (None, *STATES):
        raise fail(f"There is no state {state}; choose {', '.join(STATES)}.")
    chosen = [document, document, rule, rule, state, state]
    named = any((document, rule, state))
    with published(warehouse) as connection:
        rows = fetch(connection, _ONE_BY_ONE if named else _BY_DOCUMENT, chosen)
    if not rows and how is Format.table:
        console.print("没有符合条件的记录 Nothing matches.")
        return
    if named:
        columns = {
            "文件 document": ("document",),
            "规则 rule": ("rule_id", "severity"),
            "状态 state": ("state",),
            "理由 why": ("reason",),
        }
        show_rows(rows, how, f"{len(rows)} 项 combinations of document and rule", columns)
        return
    columns = {
        "文件 document": ("document", "status"),
        "通过 passed": ("pass",),
        "不符 failed": ("fail",),
        "有原因 explained": ("explained",),
        "无法评判 not evaluable": ("not_evaluable",),
        "不适用 not applicable": ("not_applicable",),
        "评判率% evaluated": ("evaluated_pct",),
    }
    show_rows(rows, how, f"{len(rows)} 份文件 documents", columns)
