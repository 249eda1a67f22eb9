"""What narrow columns and converters do to tables: labels and codes cut off, cells that belong to nothing.

A label that the print cuts off stays cut; a code that is cut off in one form stands in full in another one of
the same document, so a reader can complete it with certainty.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Final

from dagster_project.samples.layouts import Lines, head_lines, tabs
from dagster_project.samples.tables import Table, merged_header, plain_label

CODE_WIDTH: Final = 4
LABEL_WIDTH: Final = 11


def wear(tables: list[Table], rng: random.Random) -> None:
    """Cut labels in every form by account, and codes in the first of them."""
    by_account = [table for table in tables if _is_by_account(table) and table.cells]
    for number, table in enumerate(by_account):
        if rng.random() < 0.5:
            _cut_labels(table)
        elif number == 0:
            _cut_codes(table)


def worn(table: Table, rng: random.Random) -> Lines:
    """Tab-separated, forms by account with the three code columns of the template and their spare cells."""
    if not _is_by_account(table):
        return tabs(table, rng)
    columns = table.columns
    header = [["", "", *row] for row in merged_header(columns)]
    for row in header:
        row[0], row[2] = row[2], ""
    figures = range(1, len(columns) - 1)
    header.append(["类", "款", "项", "栏次", *map(str, figures)])
    spare = rng.choice([([], []), ([""], []), ([], [""]), (["", ""], [])])
    rows = [[row[0], *spare[0], row[1], *spare[1], *row[2:]] for row in table.rows]
    lines = ["\t".join(row) for row in [*header, *rows]]
    return [*head_lines(table), "", *lines, "", *table.notes]


def _is_by_account(table: Table) -> bool:
    keys = [column.key for column in table.columns]
    return table.column_numbers and keys[:2] == ["code", "label"] and len(table.halves) == 1


def _cut_labels(table: Table) -> None:
    cut = {row[1]: row[1][:LABEL_WIDTH] for row in table.rows if len(row[1]) > LABEL_WIDTH}
    for row in table.halves[0].rows:
        row[1] = cut.get(row[1], row[1])
    shorter = {plain_label(whole): plain_label(part) for whole, part in cut.items()}
    table.cells[:] = [replace(cell, label=shorter.get(cell.label, cell.label)) for cell in table.cells]


def _cut_codes(table: Table) -> None:
    for row in table.halves[0].rows:
        row[0] = row[0][:CODE_WIDTH]
