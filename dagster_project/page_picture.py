"""A picture of a page with what was read from it: every figure outlined in the colour of its verification.

Drawn for the eyes of whoever wonders what Gouji made of a page: green is proved, red contradicted, amber in
no equation, blue stated in prose, and grey dashes mark amounts that are printed and became no record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import pypdfium2
from PIL import Image, ImageDraw, ImageFont, ImageOps

from dagster_project.records import BBox

DPI: Final = 110
_LONGEST: Final = 4000
"""Longest side of a picture in pixels, whatever size a page claims to have."""

_WHITE: Final = (255, 255, 255)
_TEXT: Final = (40, 40, 40)
_DASH: Final = 5
_LINE_HEIGHT: Final = 24


@dataclass(frozen=True, slots=True)
class Kind:
    """How figures of one kind are outlined, and what the legend says of them."""

    colour: tuple[int, int, int]
    chinese: str
    english: str
    dashed: bool = False
    width: int = 2

    @property
    def label(self) -> str:
        """Both languages."""
        return f"{self.chinese} {self.english}"


KINDS: Final = {
    "proved": Kind((0, 140, 60), "已证", "proved"),
    "contradicted": Kind((215, 0, 20), "矛盾", "contradicted", width=4),
    "unchecked": Kind((225, 135, 0), "未验", "unchecked"),
    "human": Kind((0, 160, 190), "人工", "supplied by a person"),
    "statement": Kind((20, 90, 200), "文中", "stated in prose", width=1),
    "unread": Kind((110, 110, 110), "未读入", "printed, no record", dashed=True),
}
"""By what is known of a figure: the verification of a cell, a statement of the text, or nothing."""

ARITHMETIC: Final = Kind((120, 40, 170), "由算术定位或更正", "placed or corrected by arithmetic", width=1)
"""A second outline, around cells that an equation has placed or corrected."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One outlined figure: its box in points, its kind (a key of ``KINDS``), and whether arithmetic placed
    it.
    """

    bbox: BBox
    kind: str
    arithmetic: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """A page as its reader saw it: ``width`` × ``height`` points after turning by ``turned`` degrees
    counter-clockwise.
    """

    width: float
    height: float
    turned: float = 0.0


def page_picture(path: Path, number: int, view: View) -> Image.Image:
    """The page ``number`` (from 1) of a PDF or picture file, upright, about 110 dots an inch.

    Raises ``OSError`` or ``pypdfium2.PdfiumError`` where the file cannot be opened.
    """
    scale = min(DPI / 72, _LONGEST / max(view.width, view.height, 1))
    picture = _pdf_page(path, number, scale) if _is_pdf(path) else _frame(path, number)
    quarters = round(view.turned / 90) * 90
    if quarters % 360:
        picture = picture.rotate(quarters, expand=True)
    picture = picture.resize((max(1, round(view.width * scale)), max(1, round(view.height * scale))))
    return picture.rotate(view.turned - quarters, resample=Image.Resampling.BICUBIC, fillcolor=_WHITE)


def marked(picture: Image.Image, view: View, marks: Sequence[Mark], caption: str) -> Image.Image:
    """The picture with every mark outlined, and below it a legend that counts them."""
    scale = picture.width / view.width
    drawing = ImageDraw.Draw(picture)
    for mark in marks:
        kind = KINDS[mark.kind]
        _outline(drawing, _pixels(mark.bbox, scale), kind)
        if mark.arithmetic:
            _outline(drawing, _pixels(mark.bbox, scale, grown=3), ARITHMETIC)
    return _with_legend(picture, marks, caption)


def _is_pdf(path: Path) -> bool:
    with path.open("rb") as file:
        return b"%PDF" in file.read(1024)


def _pdf_page(path: Path, number: int, scale: float) -> Image.Image:
    with closing(pypdfium2.PdfDocument(path)) as document, closing(document[number - 1]) as page:
        return page.render(scale=scale).to_pil().convert("RGB")


def _frame(path: Path, number: int) -> Image.Image:
    with Image.open(path) as opened:
        opened.seek(number - 1)
        shown = ImageOps.exif_transpose(opened).convert("RGBA")
    paper = Image.new("RGBA", shown.size, "white")
    return Image.alpha_composite(paper, shown).convert("RGB")


def _pixels(bbox: BBox, scale: float, grown: int = 0) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(edge * scale) for edge in bbox)
    return left - grown, top - grown, max(left, right) + grown, max(top, bottom) + grown


def _outline(drawing: ImageDraw.ImageDraw, box: tuple[int, int, int, int], kind: Kind) -> None:
    if not kind.dashed:
        drawing.rectangle(box, outline=kind.colour, width=kind.width)
        return
    left, top, right, bottom = box
    for x in range(left, right, 2 * _DASH):
        for y in (top, bottom):
            drawing.line((x, y, min(x + _DASH, right), y), fill=kind.colour, width=kind.width)
    for y in range(top, bottom, 2 * _DASH):
        for x in (left, right):
            drawing.line((x, y, x, min(y + _DASH, bottom)), fill=kind.colour, width=kind.width)


def _with_legend(picture: Image.Image, marks: Iterable[Mark], caption: str) -> Image.Image:
    marks = tuple(marks)
    counts = Counter(mark.kind for mark in marks)
    entries = [(kind, f"{kind.label} {counts[name]:,}") for name, kind in KINDS.items()]
    entries.append((ARITHMETIC, f"{ARITHMETIC.label} {sum(mark.arithmetic for mark in marks):,}"))
    font = _font()
    rows = _rows(entries, font, picture.width)
    height = _LINE_HEIGHT * (len(rows) + 1) + 12
    page = Image.new("RGB", (picture.width, picture.height + height), _WHITE)
    page.paste(picture, (0, 0))
    drawing = ImageDraw.Draw(page)
    drawing.line((0, picture.height, picture.width, picture.height), fill=_TEXT)
    y = picture.height + 6
    drawing.text((8, y), caption, font=font, fill=_TEXT)
    for row in rows:
        y += _LINE_HEIGHT
        for x, kind, label in row:
            _outline(drawing, (x, y + 2, x + 22, y + 16), kind)
            drawing.text((x + 28, y), label, font=font, fill=_TEXT)
    return page


def _rows(
    entries: Iterable[tuple[Kind, str]], font: ImageFont.FreeTypeFont, width: int
) -> list[list[tuple[int, Kind, str]]]:
    """Where each entry of the legend stands, as many side by side as there is room for."""
    rows: list[list[tuple[int, Kind, str]]] = [[]]
    x = 8
    for kind, label in entries:
        needed = 28 + round(font.getlength(label)) + 22
        if rows[-1] and x + needed > width:
            rows.append([])
            x = 8
        rows[-1].append((x, kind, label))
        x += needed
    return rows


def _font() -> ImageFont.FreeTypeFont:
    with resources.as_file(resources.files("paperang_p2_fonts_cjk").joinpath("fonts")) as fonts:
        return ImageFont.truetype(str(fonts / "wqy-microhei.ttc"), 14)
