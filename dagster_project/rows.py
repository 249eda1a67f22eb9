"""Rows of a query as mappings, for commands and pages that show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Row = dict[str, Any]
"""A row: its columns and their values."""


def fetch(connection: DuckDBPyConnection, query: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """The rows of a query, each a mapping from column to value."""
    cursor = connection.execute(query, list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
