"""How a PDF is set: what a publisher's office program, printer driver and taste decide."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

RULES: Final = ("full", "rectangles", "horizontal", "outer", "none", "white")
"""Which rules a table has; ``rectangles`` are thin filled ones, as spreadsheets export them."""
FONTS: Final = ("sans", "song")
"""``sans`` is embedded, ``song`` is a standard font that the reader of the PDF has to bring."""
WIDE: Final = ("shrink", "landscape", "rotate", "turned", "split", "split_bare")
"""What happens to a table too wide for the page: smaller print; a landscape page; a page turned by its
``/Rotate``; a portrait page with its content turned; columns continued on the next page, with or without the
columns that say which row it is."""
ORDERS: Final = ("rows", "columns", "backwards", "random")
"""In which order the text of a table is written into the file."""


@dataclass(frozen=True, slots=True)
class PdfStyle:
    """One way to print.

    ``size`` and ``shift`` are points: the size of type in tables, and how far figures stand above or below
    the middle of their row. ``leading_title`` prints title and unit as first rows of the grid. ``echoes``
    prints some texts twice, one copy clipped away. ``radicals`` prints some characters as radicals that look
    alike (⻔ for 门). ``empty_totals`` repeats the word of the total, without figures, where a table leaves a
    page. ``new_page`` starts each form on a page of its own. ``narrow`` sets labels in a narrow column.
    ``joined_total`` lets the word of a total take the code cells as well. ``furniture`` prints page numbers
    and a running head. ``fitted`` sets up the pages of a workbook as whoever prints it does: landscape, all
    columns on one page, columns as wide as their figures.

    A scan has ``dpi`` dots an inch, is turned by up to ``skew`` degrees, its dots vary by ``noise`` (standard
    deviation, of 255), and may bear a red ``seal`` on every page; ``quality`` is that of its JPEG pictures.
    """

    rules: str = "full"
    font: str = "sans"
    size: float = 8
    shift: float = 0
    align: str = "right"
    wide: str = "shrink"
    order: str = "rows"
    repeat_header: bool = True
    leading_title: bool = False
    echoes: bool = False
    radicals: bool = False
    empty_totals: bool = False
    new_page: bool = True
    narrow: bool = False
    joined_total: bool = False
    furniture: bool = True
    fitted: bool = False
    dpi: int = 200
    skew: float = 1.0
    noise: float = 6.0
    seal: bool = False
    quality: int = 75


PLAIN: Final = PdfStyle()
"""Ruled, upright, one form a page."""

CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "rules": RULES,
    "font": FONTS,
    "size": (6.5, 8, 9),
    "shift": (0, 1.5, -1.5),
    "align": ("right", "centre", "left"),
    "wide": WIDE,
    "order": ORDERS,
    "repeat_header": (True, False),
    "leading_title": (False, True),
    "echoes": (False, True),
    "radicals": (False, True),
    "empty_totals": (False, True),
    "new_page": (True, False),
    "narrow": (False, True),
    "joined_total": (False, True),
    "furniture": (True, False),
}
"""What each part of a style can be, the plain way first."""


def drawn_style(rng: random.Random) -> PdfStyle:
    """A style as one meets it: plain in most respects, peculiar in a few."""
    peculiar = rng.sample(sorted(CHOICES), rng.randint(1, 5))
    chosen = {name: rng.choice(CHOICES[name]) for name in sorted(CHOICES) if name in peculiar}
    return PdfStyle(**chosen)
