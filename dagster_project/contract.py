"""The staging contract: which tables there are, from which records they come, and the type of each column.

Everything is derived from :mod:`dagster_project.records`; nothing is declared a second time. Knows no
database: the process that parses a document and the one that loads it both read the contract here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

from dagster_project import records

_SQL_TYPE: Final[dict[Any, str]] = {
    str: "VARCHAR",
    int: "INTEGER",
    bool: "BOOLEAN",
    float: "DOUBLE",
    Decimal: "DECIMAL(20,6)",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One staging table: its name, the attribute of ``ParsedDocument`` it is filled from, its columns.

    ``columns`` maps each column to its SQL type, in the order of the contract. ``added`` are the columns
    that a load fills and a parsed document does not know.
    """

    name: str
    attribute: str
    columns: Mapping[str, str]
    added: Mapping[str, str]

    @property
    def all_columns(self) -> dict[str, str]:
        """Parsed and added columns, in table order."""
        return {**self.columns, **self.added}


def _sql_type(hint: Any) -> str:
    choices = (
        [part for part in get_args(hint) if part is not NoneType] if NoneType in get_args(hint) else [hint]
    )
    (only,) = choices
    if only == records.BBox:
        return "DOUBLE[4]"
    if get_origin(only) is Mapping:
        return "JSON"
    return _SQL_TYPE[only]


def _table(name: str, attribute: str, record: type, added: Mapping[str, str] | None = None) -> Table:
    hints = get_type_hints(record, vars(records))
    columns = {item.name: _sql_type(hints[item.name]) for item in dataclasses.fields(record)}
    return Table(name, attribute, columns, added or {})


TABLES: Final[tuple[Table, ...]] = (
    _table("document", "document", records.DocumentRecord, {"load_id": "VARCHAR", "loaded_at": "TIMESTAMP"}),
    _table("page", "pages", records.PageRecord),
    _table("form", "forms", records.FormRecord),
    _table("cell", "cells", records.CellRecord),
    _table("statement", "statements", records.StatementRecord),
    _table("indicator", "indicators", records.IndicatorRecord),
    _table("project_detail", "project_details", records.ProjectAmountRecord),
    _table("project_funding", "project_funding", records.ProjectAmountRecord),
    _table("problem", "problems", records.ProblemRecord),
    _table("passage", "passages", records.PassageRecord),
)
"""The tables of schema ``staging`` that parsed documents fill."""
