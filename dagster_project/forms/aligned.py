"""Space-aligned tables, as ``pdftotext -layout`` writes them: columns are horizontal positions."""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project.forms.table import FormTable
from dagster_project.readers.page import Line


def is_aligned(lines: Sequence[Line]) -> bool:
    """Whether the lines keep their columns by runs of spaces."""
    return False


def read_aligned(form: str, lines: Sequence[Line], fiscal_year: int | None) -> FormTable:
    """Read a space-aligned table."""
    return FormTable(form, [])
