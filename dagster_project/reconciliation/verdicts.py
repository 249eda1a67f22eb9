"""How a check that looks for something wrong reports: what it finds row by row, or one row that passes.

The body of such a check is a SELECT whose columns ``found`` names; ``verdicts`` brings it into the shape of
``linear.COLUMNS``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import duckdb

from dagster_project.reconciliation.linear import quoted, select
from expectations.model import Rule

_DEFAULTS: Final = {
    "document_id": "document_id",
    "m": "''",
    "form": "NULL",
    "key": "NULL",
    "col": "NULL",
    "left_value": "NULL",
    "right_value": "NULL",
    "unit": "NULL",
    "broken": "FALSE",
    "doubt": "NULL",
    "left_cells": "[]",
    "right_cells": "[]",
}
_TYPES: Final = {
    "left_value": "DECIMAL(26,6)",
    "right_value": "DECIMAL(26,6)",
    "left_cells": "VARCHAR[]",
    "right_cells": "VARCHAR[]",
}


def found(**columns: str) -> str:
    """The select list of a body: ``m`` tells what is found apart, ``broken`` says whether it is wrong.

    ``doubt``: the reason why what is broken proves nothing, NULL where it does.
    """
    unknown = set(columns) - set(_DEFAULTS)
    assert not unknown, unknown
    chosen = _DEFAULTS | columns
    return ", ".join(
        f"({expression})::{_TYPES.get(name, 'VARCHAR')} AS {name}"
        if name not in ("broken",)
        else f"coalesce({expression}, FALSE) AS broken"
        for name, expression in chosen.items()
    )


def verdicts(rule: Rule, name: str, body: str, *, tolerance: str = "0") -> str:
    """All that the body finds broken, one row each; one passed row for a document where it finds nothing."""
    columns = select(
        {
            "document_id": "document_id",
            "rule_id": quoted(rule.id),
            "instance": f"{quoted(name)} || '|' || CASE WHEN broken THEN coalesce(m, '') ELSE '' END",
            "form": "form",
            "key": "CASE WHEN broken THEN key END",
            '"column"': "CASE WHEN broken THEN col END",
            "left_value": "left_value",
            "right_value": "right_value",
            "tolerance": tolerance,
            "unit": "unit",
            "terms": "1",
            "state": """CASE WHEN NOT broken THEN 'pass_exact' WHEN doubt IS NOT NULL THEN 'not_evaluable'
                ELSE 'fail' END""",
            "reason": "CASE WHEN broken THEN doubt END",
            "independent": "TRUE",
            "left_cells": "left_cells",
            "right_cells": "right_cells",
        }
    )
    return f"""SELECT {columns} FROM ({body})
        QUALIFY broken OR row_number() OVER (PARTITION BY document_id ORDER BY broken DESC, m) = 1"""


@dataclass(frozen=True, slots=True)
class Found:
    """One instance that Python evaluated. ``instance`` begins with the check's name; values as printed."""

    document_id: str
    rule_id: str
    instance: str
    state: str = "pass_exact"
    reason: str | None = None
    form: str | None = None
    key: str | None = None
    column: str | None = None
    left: Decimal | None = None
    right: Decimal | None = None
    tolerance: Decimal = Decimal(0)
    unit: str | None = None
    terms: int = 1
    left_cells: tuple[str, ...] = ()
    right_cells: tuple[str, ...] = ()


_STORED: Final = {
    "document_id": "VARCHAR",
    "rule_id": "VARCHAR",
    "instance": "VARCHAR",
    "state": "VARCHAR",
    "reason": "VARCHAR",
    "form": "VARCHAR",
    "key": "VARCHAR",
    "column": "VARCHAR",
    "left": "DECIMAL(20,6)",
    "right": "DECIMAL(20,6)",
    "tolerance": "DECIMAL(20,7)",
    "unit": "VARCHAR",
    "terms": "INTEGER",
    "left_cells": "VARCHAR",
    "right_cells": "VARCHAR",
}


def insert(connection: duckdb.DuckDBPyConnection, rows: Sequence[Found]) -> None:
    """Append instances to ``rc_instance``; amounts in 万元 become yuan there."""
    if not rows:
        return
    taken = [
        ["\x1f".join(value) if isinstance(value := getattr(row, name), tuple) else value for row in rows]
        for name in _STORED
    ]
    listed = ", ".join(f'unnest(?::{kind}[]) AS "{name}"' for name, kind in _STORED.items())
    factor = "CASE unit WHEN 'wan' THEN 10000 ELSE 1 END"
    cells = "CASE WHEN {0} = '' THEN [] ELSE string_split({0}, chr(31)) END"
    columns = {
        "document_id": "document_id",
        "rule_id": "rule_id",
        "instance": "instance",
        "form": "form",
        "key": "key",
        '"column"': '"column"',
        "left_value": f'("left" * {factor})::DECIMAL(26,6)',
        "right_value": f'("right" * {factor})::DECIMAL(26,6)',
        "tolerance": f"tolerance * {factor}",
        "unit": "unit",
        "terms": "terms",
        "state": "state",
        "reason": "reason",
        "independent": "TRUE",
        "left_cells": cells.format("left_cells"),
        "right_cells": cells.format("right_cells"),
    }
    connection.execute(f"INSERT INTO rc_instance SELECT {select(columns)} FROM (SELECT {listed})", taken)
