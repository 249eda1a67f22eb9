"""Marks every cell proved, contradicted or unchecked by the equations it stands in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from dagster_project.proof.equations import PROVING, EquationInstance, equations
from dagster_project.records import CellRecord


def contradicts(instance: EquationInstance) -> bool:
    """Whether an equation accuses its cells where it fails: none that placed one of them, none that only
    limits a figure (at most), none that legitimate reasons may break.
    """
    certain = instance.rule.severity == "error" and not instance.rule.exceptions
    return instance.equation.compare == "equal" and instance.independent and certain


def verify(cells: Sequence[CellRecord], doubted: Collection[int] = ()) -> list[EquationInstance]:
    """Set ``verification`` and ``independent_equations`` of a document's cells; returns the equations.

    ``proved``: in at least one independent equation that holds and in none that fails. ``contradicted``: in
    one that fails. ``unchecked``: in none. An equation that placed one of its cells does not count, nor does
    one that only limits a figure (at most); one that legitimate reasons may break (rules with exceptions or
    of a severity below error) contradicts nothing.

    ``doubted`` are indices of cells that were recognised from a picture: an equation that holds within
    rounding only does not tell a misread last digit from a rounded one, so it proves nothing of them.
    """
    instances = equations(cells)
    held = [0] * len(cells)
    broken = [False] * len(cells)
    for instance in instances:
        if instance.equation.compare != "equal" or not instance.independent:
            continue
        if instance.state in PROVING and len(instance.terms) > 1:
            for _, index in instance.terms:
                held[index] += instance.state == "pass_exact" or index not in doubted
        elif instance.state == "fail" and contradicts(instance):
            for _, index in instance.terms:
                broken[index] = True
    for index, cell in enumerate(cells):
        if cell.attributes and "doubted" in cell.attributes:
            # Sums prove how much, never of what.
            held[index] = 0
        cell.independent_equations = held[index]
        cell.verification = "contradicted" if broken[index] else "proved" if held[index] else "unchecked"
    return instances
