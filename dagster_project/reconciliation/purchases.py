"""Checks of the purchase forms: the accounts that their rows name, and services marked as procurement.

What a row prints beside its amounts (accounts, project, marks) stands in ``attributes`` of its cells, under
the printed headers.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

import duckdb

from dagster_project import vocabulary
from dagster_project.reconciliation.linear import quoted
from dagster_project.reconciliation.verdicts import Found, insert
from expectations.model import Purchase, Rule

_EXPENDITURE: Final = (
    "budget_expenditure",
    "budget_general_by_function",
    "budget_government_fund",
    "budget_state_capital",
)
_FUNCTION: Final = re.compile(r"(?<!\d)2\d{6}(?!\d)")
_ECONOMIC: Final = re.compile(r"(?<!\d)3\d{4}(?!\d)")
_BUYING: Final = ("302", "303", "307", "309", "310", "399")
_MARK: Final = "政府采购"
_YES: Final = re.compile(r"^(?:是|√|有|包含)$")
_PROJECT: Final = "项目"


@dataclass(slots=True)
class _Row:
    """A row of a purchase form: its total in yuan, what it prints beside it, and the cell of the total."""

    document_id: str
    label: str
    total: Decimal
    cell_id: str
    attributes: dict[str, str] = field(default_factory=dict)

    @property
    def project(self) -> str:
        """The project of the row, without spaces and marks; empty where it names none."""
        named = next((text for name, text in self.attributes.items() if _PROJECT in name), "")
        return vocabulary.key(named)


def evaluate(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Append the instances of every check of the purchase forms to ``rc_instance``."""
    found: list[Found] = []
    engines: dict[str, Callable[..., Iterable[Found]]] = {"accounts": _accounts, "procured": _procured}
    for rule in rules:
        for check in rule.checks:
            if isinstance(check, Purchase):
                found.extend(engines[check.check](connection, rule, check))
    insert(connection, found)


def _rows(connection: duckdb.DuckDBPyConnection, form: str) -> list[_Row]:
    """Leaf rows of a purchase form that print a total."""
    rows = connection.execute(
        """SELECT r.document_id, r.label, r.yuan, r.cell_id, c.attributes FROM rc_cell r
        JOIN staging.cell c USING (document_id, cell_id) JOIN rc_document USING (document_id)
        WHERE r.form = ? AND r."column" = 'total' AND r.row_kind = 'leaf'
        ORDER BY r.document_id, r.cell_id""",
        [form],
    ).fetchall()
    return [
        _Row(document_id, label, total, cell_id, json.loads(beside or "{}"))
        for document_id, label, total, cell_id, beside in rows
    ]


def _accounts(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Purchase) -> Iterator[Found]:
    """A functional code that the expenditure forms have, an economic code of goods, services or capital."""
    printed: dict[str, set[str]] = defaultdict(set)
    listed = ", ".join(map(quoted, _EXPENDITURE))
    for document_id, code in connection.execute(
        f"""SELECT DISTINCT document_id, code FROM rc_cell
        WHERE form IN ({listed}) AND scheme = 'function' AND level = 3"""
    ).fetchall():
        printed[document_id].add(code)
    for row in _rows(connection, check.form):
        text = " ".join(value for name, value in row.attributes.items() if "科目" in name or "分类" in name)
        functions = set(_FUNCTION.findall(text)) if printed[row.document_id] else set()
        strange = sorted(functions - printed[row.document_id])
        strange += sorted({code for code in _ECONOMIC.findall(text) if not code.startswith(_BUYING)})
        if not text:
            continue
        state = "fail" if strange else "pass_exact"
        yield Found(
            row.document_id, rule.id, f"{check.name}|{row.cell_id}", state=state,
            form=check.form, key=strange[0] if strange else None, column="total", left_cells=(row.cell_id,),
        )  # fmt: skip


def _procured(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Purchase) -> Iterator[Found]:
    """The procurement of a project reaches what its services marked as procurement cost."""
    procured: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in _rows(connection, "budget_procurement"):
        procured[row.document_id, row.project].append(row)
    documents = {document_id for document_id, _ in procured}
    marked: dict[tuple[str, str], list[_Row]] = defaultdict(list)
    for row in _rows(connection, check.form):
        mark = next((text for name, text in row.attributes.items() if _MARK in name), "")
        if row.project and row.document_id in documents and _YES.match(mark.strip()):
            marked[row.document_id, row.project].append(row)
    for (document_id, project), rows in marked.items():
        bought = procured.get((document_id, project), [])
        wanted, spent = (sum((row.total for row in some), Decimal(0)) for some in (rows, bought))
        yield Found(
            document_id, rule.id, f"{check.name}|{project}", state="fail" if wanted > spent else "pass_exact",
            form=check.form, key=project, column="total", left=wanted, right=spent, unit="yuan",
            left_cells=tuple(row.cell_id for row in rows), right_cells=tuple(row.cell_id for row in bought),
        )  # fmt: skip
