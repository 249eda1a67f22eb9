"""Damage that only another document shows: one body prints the figures of another."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from bench.damage.model import Damage, Patient, shuffled


def figures_of_another_body(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A body publishes the figures of another throughout."""
    own = patient.parsed.document
    for other in shuffled(patient.others, rng):
        theirs = other.document
        same = (theirs.kind, theirs.fiscal_year) == (own.kind, own.fiscal_year)
        if same and own.edition == theirs.edition and own.organisation != theirs.organisation:
            copied = {
                f"{cell.cell_id}-copied": replace(cell, cell_id=f"{cell.cell_id}-copied")
                for cell in other.cells
            }
            gone = {cell.cell_id: None for cell in patient.parsed.cells}
            yield Damage("figures_of_another_body", patient.document_id, cells={**gone, **copied})
