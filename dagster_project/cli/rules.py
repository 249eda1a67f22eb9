"""``gouji rules``: the reconciliation rules, with what became of them in this warehouse."""

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
from expectations import catalogue
from expectations.rules import load_rules

_COUNTS = (
    "select rule_id, count(*) filter (state like 'pass%') as passed,"
    " count(*) filter (state = 'fail') as failed, count(*) filter (state = 'explained') as explained,"
    " count(*) filter (state = 'not_evaluable') as not_evaluable"
    " from marts.fct_reconciliation_result group by rule_id"
)


def rules(
    rule: Annotated[str | None, typer.Argument(help="Rule id 规则编号, such as X-ROW-01")] = None,
    warehouse: WarehouseOption = None,
    how: FormatOption = Format.table,
) -> None:
    """List the reconciliation rules, or one of them in full 查看勾稽规则.

    Example: gouji rules X-ROW-01
    """
    with published(warehouse) as connection:
        rows = fetch(
            connection,
            f"select * from reconciliation.rule left join ({_COUNTS}) using (rule_id)"
            " where ? is null or rule_id = upper(?) order by rule_id",
            [rule, rule],
        )
    missing = catalogue.unbuilt()
    if rule and rule.upper() in missing and how is Format.table:
        console.print(f"[bold]{rule.upper()}[/]  未建立 not built：{' / '.join(missing[rule.upper()])}")
        return
    if not rows:
        raise fail(f"There is no rule {rule}. `gouji rules` lists them all.")
    if rule is None or how is not Format.table:
        columns = {
            "规则 rule": ("rule_id", "severity"),
            "内容 what must hold": ("title_zh", "title_en"),
            "通过 passed": ("passed",),
            "不符 failed": ("failed",),
            "无法评判 not evaluable": ("not_evaluable",),
        }
        show_rows(rows, how, f"{len(rows)} 条规则 rules", columns)
        if rule is None and how is Format.table:
            partly = sum(bool(each.left_out) for each in load_rules())
            console.print(
                f"部分评判 judged in part: {partly} (gouji rules ID)；未建立 not built: {', '.join(missing)}"
            )
        return
    (found,) = rows
    for name, value in found.items():
        console.print(f"[bold]{name}[/]  {value}", highlight=False)
    left_out = next((each.left_out for each in load_rules() if each.id == found["rule_id"]), None)
    if left_out:
        console.print(f"[bold]left_out[/]  {' / '.join(left_out)}", highlight=False)
