"""A form printed more than once in a document: continued, printed twice, or one of another body's.

A file can hold a department and its units, each with its own forms. A form with its own total row is a
form of its own; its rows bear the body's name as their section, so that no label or code is taken for
another body's.
"""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project import vocabulary
from dagster_project.forms.reading import FormReading
from dagster_project.forms.table import TableProblem, TableRow


def tell_apart(readings: Sequence[FormReading]) -> None:
    """Mark the rows of further bodies' forms, and drop what is printed twice word for word, in place."""
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


def _is_total(row: TableRow) -> bool:
    return bool(row.values) and vocabulary.row_label(row.label).kind == "total"


def _figures(reading: FormReading) -> list[tuple[str | None, str, str, str]]:
    return [
        (row.code, vocabulary.key(row.label), column, value.text)
        for row in reading.table.rows
        for column, value in row.values.items()
    ]


def _printed_twice(reading: FormReading) -> TableProblem:
    first = reading.block.lines[0]
    return TableProblem(
        kind="printed_twice",
        message=f"“{reading.block.title_printed}”重复刊印，只载入一次"
        f" / {reading.block.title_printed} is printed twice with the same figures: loaded once",
        action="nothing to do",
        cause_key=f"printed_twice:{reading.table.form}",
        severity="info",
        line=first.number,
        page=first.page,
    )
