"""Which column each cell of a printed row belongs to, where merged cells have shifted the row.

A row of a performance form keeps the order of its columns, but publishers' exports lose or double cells: the
position alone cannot be trusted, nor can the wording. Both are weighed: the cheapest assignment in order
wins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from dagster_project.forms.performance import words

VALUE_COLUMNS: Final = frozenset({"target", "actual", "prior_year_2", "prior_year_1", "expected"})
"""Columns that print what is aimed at or reached: figures with units, or words."""

_POINT_COLUMNS: Final = frozenset({"weight", "score"})
_IMPOSSIBLE: Final = 9.0
_SPARE: Final = 5.0
_SHIFT: Final = 0.6


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``position`` is its cell number in the header row."""

    name: str
    position: int


@dataclass(frozen=True, slots=True)
class Cell:
    """A printed cell that is not blank; ``text`` without white space."""

    position: int
    text: str


@dataclass(frozen=True, slots=True)
class Alignment:
    """Column → text. ``spare`` holds cells that no column is left for: the row is doubtful then."""

    values: dict[str, str]
    spare: tuple[str, ...] = ()


def misfit(column: str, text: str) -> float:
    """How badly a text fits a column: 0 fits, 9 cannot be."""
    if column in VALUE_COLUMNS:
        return _value_misfit(text)
    judge = _MISFITS.get(column)
    if judge:
        return judge(text)
    return 3.4 if words.level_name(text, 1) or words.level_name(text, 2) else 0.4


def _value_misfit(text: str) -> float:
    if words.is_value(text):
        return 0.0
    if words.level_name(text, 1) or words.level_name(text, 2):
        return 4.0
    if words.begins_value(text) and not words.cites(text):
        return min(1.6, 0.2 + 0.03 * len(text))
    if words.ends_in_value(text):
        return 2.4
    if words.is_basis(text) or words.cites(text) or len(text) < 3:
        return 2.4
    return min(1.6, 0.8 + 0.02 * len(text))


def _basis_misfit(text: str) -> float:
    if words.is_figure(text):
        return 5.0
    if words.is_basis(text):
        return 0.0
    if words.begins_with_figure(text):
        return 2.7
    return 0.4 if words.cites(text) else 1.2


def _name_misfit(text: str) -> float:
    if words.is_figure(text):
        return 1.5 if words.is_named_figure(text) else 4.0
    if words.is_value(text):
        return 2.0
    if words.goal_name(text) or words.level_name(text, 1):
        return 5.0
    if words.is_basis(text):
        return 4.0
    return 1.5 if words.level_name(text, 2) or words.cites(text) else 0.0


def _points_misfit(text: str) -> float:
    return 0.0 if words.is_points(text) else _IMPOSSIBLE


def _level1_misfit(text: str) -> float:
    return 0.0 if words.level_name(text, 1) else 6.0


def _level2_misfit(text: str) -> float:
    return 0.0 if words.level_name(text, 2) else 3.0


def _goal_misfit(text: str) -> float:
    return 0.0 if words.goal_name(text) else 4.0


def _budget_misfit(text: str) -> float:
    return 0.0 if words.is_amount(text) else 4.0


def _project_misfit(text: str) -> float:
    return 5.0 if words.is_amount(text) else 0.2


_MISFITS: Final[dict[str, Callable[[str], float]]] = {
    "weight": _points_misfit,
    "score": _points_misfit,
    "level1": _level1_misfit,
    "level2": _level2_misfit,
    "level3": _name_misfit,
    "basis": _basis_misfit,
    "goal": _goal_misfit,
    "budget": _budget_misfit,
    "project": _project_misfit,
}


def skipped(column: str) -> float:
    """What it costs to leave a column blank."""
    if column == "level3":
        return 8.0
    if column in VALUE_COLUMNS or column in _POINT_COLUMNS:
        return 2.0
    return 0.3 if column in ("level2", "basis") else 0.0


def align(cells: Sequence[Cell], columns: Sequence[Column]) -> Alignment:
    """Assign the cells of one indicator row to columns, in order."""
    direct = _direct(cells, columns)
    return direct if direct is not None else _cheapest(cells, columns)


def _direct(cells: Sequence[Cell], columns: Sequence[Column]) -> Alignment | None:
    """The assignment by position alone, where nothing in the wording speaks against it."""
    by_position = {column.position: column.name for column in columns}
    values: dict[str, str] = {}
    for cell in cells:
        name = by_position.get(cell.position)
        if name is None or misfit(name, cell.text) > 1.0:
            return None
        values[name] = cell.text
    wanted = {column.name for column in columns} & {"score", "expected", "target"}
    if "level3" not in values or not wanted & values.keys():
        return None
    return Alignment(values)


def _cheapest(cells: Sequence[Cell], columns: Sequence[Column]) -> Alignment:
    """Dynamic programme over (cell, column): every cell takes a later column than the one before, or is
    spare.
    """
    best: dict[tuple[int, int | None], tuple[float, tuple[int | None, ...]]] = {(0, None): (0.0, ())}
    for cell in cells:
        following: dict[tuple[int, int | None], tuple[float, tuple[int | None, ...]]] = {}
        for (first, shift), (cost, path) in best.items():
            _keep(following, (first, shift), cost + _SPARE, (*path, None))
            leap = 0.0
            for index in range(first, len(columns)):
                column = columns[index]
                moved = cell.position - column.position
                turn = 0.0 if moved == (shift or 0) else _SHIFT
                total = cost + leap + turn + misfit(column.name, cell.text)
                _keep(following, (index + 1, moved), total, (*path, index))
                leap += skipped(column.name)
        best = following
    rest = [sum(skipped(column.name) for column in columns[first:]) for first in range(len(columns) + 1)]
    _, path = min(
        ((cost + rest[first], path) for (first, _), (cost, path) in best.items()), key=lambda x: x[0]
    )
    values = {
        columns[index].name: cell.text for cell, index in zip(cells, path, strict=True) if index is not None
    }
    spare = tuple(cell.text for cell, index in zip(cells, path, strict=True) if index is None)
    return Alignment(values, spare)


def _keep(
    states: dict[tuple[int, int | None], tuple[float, tuple[int | None, ...]]],
    state: tuple[int, int | None],
    cost: float,
    path: tuple[int | None, ...],
) -> None:
    known = states.get(state)
    if known is None or cost < known[0]:
        states[state] = (cost, path)
