"""Tables without rules whose cells all begin at the left edges of their columns, as word processors set them.

There a word over several columns stands over the first of them and not over their middle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dagster_project.forms import tabular
from dagster_project.forms.aligned.tokens import PrintedLine, Token
from dagster_project.forms.grid import GridRow, is_figure
from dagster_project.forms.header_band import Band
from dagster_project.forms.table import FormTable

_ASIDE: Final = 1
"""Positions by which a cell may begin beside its column's edge."""


def read_flush(
    form: str, header: Sequence[Sequence[Token]], body: Sequence[PrintedLine], fiscal_year: int | None
) -> FormTable | None:
    """The table by the left edges of its columns; ``None`` where a cell of the header begins at none, or a
    column would have no meaning.
    """
    rows = [line for line in body if any(is_figure(token.text) for token in line.tokens)]
    edges = sorted({token.start for line in rows[:1] for token in line.tokens})
    above = [_placed(tokens, edges) for tokens in header]
    below = [_placed(line.tokens, edges) for line in rows]
    if not edges or None in above or None in below:
        return None
    band = Band(
        tuple(GridRow(cells, rows[0].line, rows[0].page) for cells in above if cells),
        tuple(
            GridRow(cells, line.line, line.page, boxes=_boxes(line.tokens, edges))
            for line, cells in zip(rows, below, strict=True)
            if cells
        ),
    )
    table = tabular.read_bands(form, [band], fiscal_year)
    return None if table.problems else table


def _placed(cells: Sequence[Token], edges: Sequence[int]) -> list[str] | None:
    """The texts of a line in the columns whose edges they begin at; ``None`` where one begins at none."""
    texts = [""] * len(edges)
    for token in cells:
        place = _place(token, edges)
        if place is None or texts[place]:
            return None
        texts[place] = token.text
    return texts


def _place(token: Token, edges: Sequence[int]) -> int | None:
    near = (place for place, edge in enumerate(edges) if abs(edge - token.start) <= _ASIDE)
    return next(near, None)


def _boxes(cells: Sequence[Token], edges: Sequence[int]) -> dict[int, tuple[float, float, float, float]]:
    placed = ((_place(token, edges), token.box) for token in cells)
    return {place: box for place, box in placed if place is not None and box is not None}
