"""Account codes that the print cuts off, completed only where another form of the document makes them
certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.table import FormTable, TableProblem, TableRow

_WHOLE_LENGTHS: Final = {"function": frozenset({3, 5, 7}), "function_or_unit": frozenset({3, 5, 7})}


def complete(tables: Sequence[FormTable]) -> dict[int, str]:
    """Complete cut codes in place; returns ``id(row)`` → the code as printed for every completed row.

    Certain means: another form of the document prints the same rows in the same order, with the same labels
    as far as both print them, each code beginning with the cut one. Figures play no part, so that no error of
    the publisher is absorbed.
    """
    printed: dict[int, str] = {}
    for table in tables:
        cut = [row for row in table.rows if _is_cut(table.form, row)]
        if not cut:
            continue
        donor = next((other for other in tables if other is not table and _same_rows(table, other)), None)
        if donor is None:
            table.problems.append(_problem(table.form, cut[0], len(cut)))
            continue
        for row, whole in zip(_coded(table), _coded(donor), strict=True):
            if row.code != whole.code:
                printed[id(row)] = row.code or ""
                row.code = whole.code
    return printed


def _is_cut(form: str, row: TableRow) -> bool:
    lengths = _WHOLE_LENGTHS.get(vocabulary.forms()[form].keyed_by)
    code = row.code
    if code == row.owner:
        return False
    return bool(lengths and code and code.isdigit() and len(code) in (2, 4, 6) and code[0] == "2")


def _coded(table: FormTable) -> list[TableRow]:
    return [row for row in table.rows if row.code]


def _same_rows(table: FormTable, other: FormTable) -> bool:
    ours, theirs = _coded(table), _coded(other)
    if len(ours) != len(theirs) or any(_is_cut(other.form, row) for row in theirs):
        return False
    return all(
        (whole.code or "").startswith(row.code or "") and _same_label(row.label, whole.label)
        for row, whole in zip(ours, theirs, strict=True)
    )


def _same_label(one: str, other: str) -> bool:
    short, long = sorted((vocabulary.key(one), vocabulary.key(other)), key=len)
    return long.startswith(short)


def _problem(form: str, row: TableRow, count: int) -> TableProblem:
    return TableProblem(
        kind="cut_code",
        message=f"{count} 个科目编码不完整（如“{row.code}”），无法由本文其他表确定"
        f" / {count} account codes are cut off and no other form completes them",
        action="compare with the document as published; the rows are loaded under their cut codes",
        cause_key=f"cut_code:{form}",
        line=row.line,
        page=row.page,
    )
