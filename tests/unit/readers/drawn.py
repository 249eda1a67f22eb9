"""Small PDF files drawn in a test: text and rules at places given in points from the top left."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from importlib import resources
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from dagster_project.readers import pdf
from dagster_project.readers.page import Line, Source

WIDTH, HEIGHT = 400.0, 300.0


@cache
def font() -> str:
    """The name of an embedded CJK font."""
    path = resources.files("paperang_p2_fonts_cjk").joinpath("fonts", "wqy-microhei.ttc")
    pdfmetrics.registerFont(TTFont("test-sans", str(path), subfontIndex=0))
    return "test-sans"


class Drawn:
    """A PDF in the making; ``canvas`` is reportlab's, for whatever has no method here."""

    def __init__(self, width: float = WIDTH, height: float = HEIGHT, **options: object) -> None:
        self.buffer = io.BytesIO()
        self.height = height
        self.canvas = Canvas(self.buffer, pagesize=(width, height), invariant=1, **options)

    def text(self, x: float, y: float, text: str, size: float = 10) -> Drawn:
        """Print ``text`` with its left end at ``x`` and its middle at ``y``."""
        self.canvas.setFont(font(), size)
        self.canvas.drawString(x, self.height - y - 0.35 * size, text)
        return self

    def rule(self, x0: float, y0: float, x1: float, y1: float) -> Drawn:
        self.canvas.line(x0, self.height - y0, x1, self.height - y1)
        return self

    def grid(self, xs: Sequence[float], ys: Sequence[float]) -> Drawn:
        """All rules of a table with these boundaries."""
        for x in xs:
            self.rule(x, ys[0], x, ys[-1])
        for y in ys:
            self.rule(xs[0], y, xs[-1], y)
        return self

    def rows(self, xs: Sequence[float], ys: Sequence[float], texts: Sequence[Sequence[str]]) -> Drawn:
        """Texts in the cells between these boundaries, three points from the left of each."""
        for top, bottom, row in zip(ys, ys[1:], texts, strict=False):
            for left, text in zip(xs, row, strict=False):
                self.text(left + 3, (top + bottom) / 2, text)
        return self

    def turn_page(self) -> Drawn:
        self.canvas.showPage()
        return self

    def save(self, folder: Path, name: str = "drawn.pdf") -> Path:
        self.canvas.save()
        path = folder / name
        path.write_bytes(self.buffer.getvalue())
        return path

    def read(self, folder: Path) -> Source:
        return pdf.read(self.save(folder))


def grid_texts(source: Source) -> list[list[str]]:
    """Rows of the first page's grids: the text of every column."""
    return [line.text.split("\t") for line in source.pages[0].lines if line.cells]


def texts(lines: Sequence[Line]) -> list[str]:
    return [line.text for line in lines]


def lettered(drawn: Drawn, shown: str, said: str, size: float = 9) -> Drawn:
    """Print ``shown`` in a font that claims it to be ``said``."""
    face = pdfmetrics.getFont(font()).face
    for meant, claimed in zip(shown, said, strict=True):
        face.charToGlyph[ord(claimed)] = face.charToGlyph[ord(meant)]
        face.charWidths[ord(claimed)] = face.charWidths[ord(meant)]
    return drawn.text(40, 150, said, size)
