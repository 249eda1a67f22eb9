"""A form printed more than once in a document: continued, printed twice, or one of another body's.

A file can hold a department and its units, each with its own forms. A form with its own total row is a
form of its own; its rows bear the body's name as their section, so that no label or code is taken for
another body's.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.reading import FormReading
from dagster_project.forms.table import TableProblem, TableRow

_FEWEST_CLASSES: Final = 3


def tell_apart(readings: Sequence[FormReading]) -> None:
    """Mark the rows of further bodies' forms, and drop what is printed twice word for word, in place."""
    _drop_details(readings)
    whole: dict[str, list[FormReading]] = {}
    for reading in readings:
        if not any(_is_total(row) for row in reading.table.rows):
            continue
        earlier = whole.setdefault(reading.table.form, [])
        if any(_figures(reading) == _figures(other) for other in earlier):
            reading.table.rows = []
            reading.table.problems.append(_printed_twice(reading))
        elif earlier:
            name = reading.body or f"第{len(earlier) + 1}份"
            for row in reading.table.rows:
                row.section = row.section or name
        earlier.append(reading)


def _drop_details(readings: Sequence[FormReading]) -> None:
    """A form printed again with a column for each economic class repeats its totals: it is a table beside."""
    for reading in readings:
        others = [other for other in readings if other.table.form == reading.table.form]
        if _is_detail(reading) and not all(map(_is_detail, others)):
            reading.table.rows = []
            reading.table.problems = [_beside(reading)]


def _is_detail(reading: FormReading) -> bool:
    unknown = (problem.cause_key.split("/")[-1].split(":")[-1] for problem in reading.table.problems)
    return len(_economic_classes().intersection(map(vocabulary.key, unknown))) >= _FEWEST_CLASSES


@cache
def _economic_classes() -> frozenset[str]:
    return frozenset(vocabulary.key(row["name"]) for row in vocabulary.seed_rows("account_economic"))


def _is_total(row: TableRow) -> bool:
    return bool(row.values) and vocabulary.row_label(row.label).kind == "total"


def _figures(reading: FormReading) -> list[tuple[str | None, str, str, str]]:
    return [
        (row.code, vocabulary.key(row.label), column, value.text)
        for row in reading.table.rows
        for column, value in row.values.items()
    ]


def _beside(reading: FormReading) -> TableProblem:
    title = reading.block.title_printed or ""
    return _left_out(
        reading,
        "other_table",
        vocabulary.key(title),
        f"“{title}”按经济分类逐栏列示，合计与同名报表重复，未载入"
        f" / {title} has a column for each economic class and repeats the totals of the form: not loaded",
    )


def _printed_twice(reading: FormReading) -> TableProblem:
    return _left_out(
        reading,
        "printed_twice",
        reading.table.form,
        f"“{reading.block.title_printed}”重复刊印，只载入一次"
        f" / {reading.block.title_printed} is printed twice with the same figures: loaded once",
    )


def _left_out(reading: FormReading, kind: str, about: str, message: str) -> TableProblem:
    first = reading.block.lines[0]
    return TableProblem(
        kind=kind,
        message=message,
        action="nothing to do",
        cause_key=f"{kind}:{about}",
        severity="info",
        line=first.number,
        page=first.page,
    )
