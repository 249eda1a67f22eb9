"""The one shape every table layout is read into, before rows become cells.

A tab-separated grid, space-aligned columns and loose lines each have their own way of finding columns and
rows; all end in a ``FormTable``. What follows (codes, labels, sections, row kinds) does not know the layout.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from dagster_project.records import BBox


@dataclass(slots=True)
class Value:
    """One printed figure at its place. ``text`` as printed, pieces broken over lines already joined.

    ``placement`` is ``layout`` where the print itself says which column it is, ``arithmetic`` where only an
    equation of the form does. ``settled_by`` names the rules whose equations placed it: those equations
    prove nothing about this figure. ``address`` is the cell's name in a spreadsheet.
    """

    text: str
    line: int | None
    header_printed: str | None = None
    page: int | None = None
    bbox: BBox | None = None
    placement: str = "layout"
    settled_by: tuple[str, ...] = ()
    address: str | None = None


@dataclass(slots=True)
class TableRow:
    """One printed row (of one side, where the form has two). ``values`` is keyed by canonical column.

    ``open_values`` are figures of the row, in printed order, whose columns the print does not tell because
    blank cells vanished; ``open_columns`` are all the row's columns in printed order. ``proof.placement``
    moves such figures into ``values`` or leaves a problem on record. Rows without vanished blanks have none.
    ``owner`` is the code of the spending unit that the row names, where it prints one; a unit's own row has
    it as its ``code`` too.
    """

    label: str
    values: dict[str, Value]
    code: str | None = None
    side: str | None = None
    section: str | None = None
    line: int | None = None
    page: int | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    recognised: dict[str, str] = field(default_factory=dict)
    open_values: list[Value] = field(default_factory=list)
    open_columns: tuple[str, ...] = ()
    owner: str | None = None


@dataclass(slots=True)
class TableProblem:
    """Something on a form that could not be read with certainty; becomes a ``ProblemRecord``."""

    kind: str
    message: str
    action: str
    cause_key: str
    severity: str = "warning"
    line: int | None = None
    page: int | None = None


@dataclass(slots=True)
class FormTable:
    """One statutory form as read: canonical ``form`` key, its rows in printed order and what was doubtful."""

    form: str
    rows: list[TableRow]
    unit: str | None = None
    problems: list[TableProblem] = field(default_factory=list)
    layout: str = "loose"
    """``cells``, ``tabs`` and ``aligned`` keep blank cells at their place; in ``loose`` lines they vanish."""
    otherwise: Callable[[], FormTable] | None = None
    """Reads the same lines as loose ones, for the case that the positions seen in them were none."""
