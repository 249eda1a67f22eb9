"""One slip that explains a broken equation: money in the wrong unit, a digit too many or too few, two digits
swapped, labels moved against their figures.

Run over the failing results of the other rules: a slip is no further finding, it says what one of them is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from dagster_project.reconciliation.verdicts import Found, insert
from expectations.model import Rule, Slip

_UNIT = Decimal(10_000)
_NEAR = Decimal("0.01")
_LEAST_DIGITS = 3
_LEAST_BROKEN = 3


@dataclass(frozen=True, slots=True)
class _Broken:
    """A failing equation between amounts, and one of its figures with what it would have to be (yuan)."""

    document_id: str
    form: str | None
    key: str | None
    column: str | None
    cell: str
    printed: str
    amount: Decimal
    needed: Decimal
    room: Decimal
    unit: str
    factor: Decimal


def evaluate(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Append the instances of every check for slips to ``rc_instance``."""
    wanted = [(rule, check) for rule in rules for check in rule.checks if isinstance(check, Slip)]
    if not wanted:
        return
    broken = _broken(connection)
    judged = [row[0] for row in connection.execute("SELECT document_id FROM rc_document").fetchall()]
    found: list[Found] = []
    for rule, check in wanted:
        slips = list(_shifted(connection)) if check.check == "shift" else list(_slips(check, broken))
        seen = {slip.document_id for slip in slips}
        found.extend(_as_found(rule, check, slip) for slip in slips)
        found.extend(Found(document, rule.id, check.name) for document in judged if document not in seen)
    insert(connection, found)


def _broken(connection: duckdb.DuckDBPyConnection) -> list[_Broken]:
    """Failing equations of exactly one figure on the left; each figure of either side is a suspect."""
    rows = connection.execute(
        """SELECT i.document_id, c.form, c.key, c."column", c.cell_id, p.text_printed, c.yuan,
            CASE WHEN list_contains(i.left_cells, c.cell_id) THEN c.yuan - i.left_value + i.right_value
                ELSE c.yuan + i.left_value - i.right_value END, i.tolerance, c.unit, c.factor::DECIMAL(8,2)
        FROM rc_instance i JOIN rc_cell c ON c.document_id = i.document_id
            AND list_contains(i.left_cells || i.right_cells, c.cell_id)
        JOIN staging.cell p ON p.cell_id = c.cell_id
        WHERE i.state = 'fail' AND i.unit IN ('wan', 'yuan') AND len(i.left_cells) = 1
            AND len(i.right_cells) > 0 AND i.left_value <> i.right_value"""
    ).fetchall()
    return [_Broken(*row) for row in rows]


def _slips(check: Slip, broken: Iterable[_Broken]) -> Iterator[_Broken]:
    tests = {"unit": _wrong_unit, "digit": _wrong_digit, "swap": _swapped}
    seen: set[str] = set()
    for each in broken:
        if each.cell not in seen and tests[check.check](each):
            seen.add(each.cell)
            yield each


def _wrong_unit(broken: _Broken) -> bool:
    """The figure is ten thousand times, or a ten-thousandth of, what it would have to be."""
    if not broken.amount or not broken.needed:
        return False
    ratio = abs(broken.amount / broken.needed)
    return abs(ratio / _UNIT - 1) <= _NEAR or abs(ratio * _UNIT - 1) <= _NEAR


def _digits(broken: _Broken) -> str:
    return broken.printed.replace(",", "").replace("，", "").lstrip("-−")


def _fits(text: str, broken: _Broken) -> bool:
    """Whether these digits in place of the printed ones make the equation true; nothing is no such figure."""
    if not text.strip("0.") or text.startswith("."):
        return False
    try:
        amount = Decimal(text)
    except ArithmeticError:
        return False
    return abs(amount * broken.factor - abs(broken.needed)) <= broken.room


def _wrong_digit(broken: _Broken) -> bool:
    text = _digits(broken)
    if len(text.replace(".", "")) < _LEAST_DIGITS:
        return False
    without = (text[:at] + text[at + 1 :] for at in range(len(text)) if text[at] != ".")
    added = (text[:at] + digit + text[at:] for at in range(len(text)) for digit in "0123456789")
    return any(_fits(each, broken) for each in (*without, *added))


def _swapped(broken: _Broken) -> bool:
    text = _digits(broken)
    pairs = ((at, text[at], text[at + 1]) for at in range(len(text) - 1))
    swapped = (text[:at] + b + a + text[at + 2 :] for at, a, b in pairs if a != b and "." not in (a, b))
    return any(_fits(each, broken) for each in swapped)


Row = tuple[str, str, Decimal]
"""Code, cell and amount (yuan) of a row."""


def _shifted(connection: duckdb.DuckDBPyConnection) -> Iterator[_Broken]:
    """Forms of which several sums of sections and items fail, and all hold once the codes move by a row."""
    failing = connection.execute(
        """SELECT document_id, form FROM rc_instance WHERE state = 'fail'
        AND rule_id IN ('X-COL-01', 'X-COL-02', 'X-COL-03', 'X-COL-04') GROUP BY ALL
        HAVING count(DISTINCT instance) >= ?""",
        [_LEAST_BROKEN],
    ).fetchall()
    for document_id, form in failing:
        rows = connection.execute(
            """SELECT code, cell_id, yuan FROM rc_cell
            WHERE document_id = ? AND form = ? AND "column" = 'total' AND level IS NOT NULL
            ORDER BY try_cast(split_part(row_id, '|', 3) AS INTEGER)""",
            [document_id, form],
        ).fetchall()
        if not _closes(rows) and any(_closes(_moved(rows, by)) for by in (1, -1)):
            code, cell, yuan = rows[0]
            yield _Broken(
                document_id, form, code, "total", cell, "", yuan, yuan, Decimal(0), "yuan", Decimal(1)
            )


def _moved(rows: Sequence[Row], by: int) -> list[Row]:
    codes = [row[0] for row in rows]
    moved = codes[-by:] + codes[:-by]
    return [(code, row[1], row[2]) for code, row in zip(moved, rows, strict=True)]


def _closes(rows: Sequence[Row]) -> bool:
    """Whether every row with rows below it is their sum."""
    amounts = {code: yuan for code, _, yuan in rows}
    children: dict[str, list[Decimal]] = defaultdict(list)
    for code, _, yuan in rows:
        children[code[:-2]].append(yuan)
    parents = [code for code in amounts if code in children]
    return bool(parents) and all(
        abs(amounts[code] - sum(children[code])) <= 100 * len(children[code]) for code in parents
    )


def _as_found(rule: Rule, check: Slip, slip: _Broken) -> Found:
    return Found(
        slip.document_id, rule.id, f"{check.name}|{slip.cell}", state="fail", form=slip.form, key=slip.key,
        column=slip.column, left=slip.amount / slip.factor, right=slip.needed / slip.factor, unit=slip.unit,
        left_cells=(slip.cell,),
    )  # fmt: skip
