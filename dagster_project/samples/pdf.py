"""Documents as PDF with a text layer, set in any ``PdfStyle``; equal input gives equal bytes."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from typing import Final

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from dagster_project.samples.layouts import unbroken
from dagster_project.samples.pdf_style import PdfStyle
from dagster_project.samples.printed import Block, Box, Form, Ruled, Text, led

MARGIN: Final = 45.0
_ROWS_WITHOUT_RULES: Final = frozenset({"none", "outer"})
PADDING: Final = 2.5
WIDE_PADDING: Final = 5.0
"""Points between a text and the edge of its cell; wide where no rule stands between two columns."""
BODY_SIZE: Final = 12.0
SMALLEST: Final = 4.5
ROUNDING: Final = 0.01
"""Points that a line may be too long: sums of widths are not exact."""
RADICALS: Final = {
    "门": "⻔",
    "车": "⻋",
    "长": "⻓",
    "页": "⻚",
    "金": "⾦",
    "一": "⼀",
    "人": "⼈",
    "工": "⼯",
}
"""Characters of which many fonts of office programs give the look-alike radical as their text."""


_LOOK_ALIKE: Final = str.maketrans(RADICALS)


@cache
def _fonts() -> None:
    """Register the fonts, once a process; the embedded face also has the radicals that look alike."""
    path = resources.files("paperang_p2_fonts_cjk").joinpath("fonts", "wqy-microhei.ttc")
    font = TTFont("sans", str(path), subfontIndex=0)
    for plain, radical in RADICALS.items():
        font.face.charToGlyph[ord(radical)] = font.face.charToGlyph[ord(plain)]
        font.face.charWidths[ord(radical)] = font.face.charWidths[ord(plain)]
    pdfmetrics.registerFont(font)
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))


@dataclass(frozen=True, slots=True)
class _Piece:
    """A text at its place: left end of its base line, from the page's top left. ``clipped``: not seen."""

    x: float
    y: float
    text: str
    size: float
    clipped: bool = False


_Placed = tuple[int, int, list[_Piece]]
"""Row, column and printed lines of a cell."""


@dataclass(frozen=True, slots=True)
class _Stroke:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(slots=True)
class _Sheet:
    """One page in the making; ``turn`` is how its content reaches the paper (see ``PdfStyle.wide``)."""

    width: float
    height: float
    turn: str = "upright"
    pieces: list[_Piece] = field(default_factory=list)
    strokes: list[_Stroke] = field(default_factory=list)
    y: float = MARGIN

    @property
    def room(self) -> float:
        return self.height - MARGIN - self.y


def pdf(blocks: Sequence[Block], style: PdfStyle, rng: random.Random) -> bytes:
    """The document as the bytes of a PDF file."""
    _fonts()
    setter = _Setter(style, rng)
    for number, block in enumerate(blocks):
        if isinstance(block, Form):
            setter.form(block)
        else:
            setter.text(block, first=number == 0)
    return _drawn(setter.sheets, style, setter.font)


class _Setter:
    """Breaks blocks into pages."""

    def __init__(self, style: PdfStyle, rng: random.Random) -> None:
        self.style = style
        self.rng = rng
        self.font = {"sans": "sans", "song": "STSong-Light"}[style.font]
        self.padding = PADDING if style.rules in ("full", "rectangles") else WIDE_PADDING
        self.sheets: list[_Sheet] = []
        self.running = ""

    @property
    def sheet(self) -> _Sheet:
        return self.sheets[-1]

    def page(self, turn: str = "upright") -> None:
        """Start a page; ``turn`` other than ``upright`` is wider than tall."""
        width, height = A4 if turn == "upright" else (A4[1], A4[0])
        self.sheets.append(_Sheet(width, height, turn))
        if self.style.furniture and len(self.sheets) > 1:
            number = f"— {len(self.sheets) - 1} —"
            self._centred(number, height - MARGIN + 20, 9)
            self._put(MARGIN, MARGIN - 14, self.running, 8)

    # Words

    def text(self, block: Text, *, first: bool) -> None:
        """A paragraph, wrapped at the page's width; the cover and each part begin a page."""
        if not self.sheets or block.role == "part" or self.sheet.turn != "upright":
            self.page()
        if first:
            self.running = block.text
        sizes = {"cover": 20.0, "part": 16.0, "heading": 14.0}
        size = sizes.get(block.role, BODY_SIZE)
        if block.role == "cover":
            self.sheet.y += 90
        if block.role in sizes and block.role != "heading":
            self._centred(block.text, self._line(size), size)
            return
        indent = 2 * size if block.role in ("body", "heading") else 0
        for number, line in enumerate(self._wrapped(block.text, size, indent)):
            self._put(MARGIN + (indent if number == 0 else 0), self._line(size), line, size)

    def _line(self, size: float) -> float:
        """The base line of the next line of print, on a new page where this one is full."""
        if self.sheet.room < size * 1.7:
            self.page()
        self.sheet.y += size * 1.7
        return self.sheet.y - size * 0.5

    def _wrapped(self, text: str, size: float, indent: float) -> list[str]:
        lines, room = [""], self.sheet.width - 2 * MARGIN - indent
        for part in unbroken(text):
            if lines[-1] and self._width(lines[-1] + part, size) > room:
                lines.append("")
                room = self.sheet.width - 2 * MARGIN
            lines[-1] += part
        return lines

    def _width(self, text: str, size: float) -> float:
        return float(pdfmetrics.stringWidth(text, self.font, size))

    def _put(self, x: float, y: float, text: str, size: float) -> None:
        if text:
            self.sheet.pieces.append(_Piece(x, y, text, size))

    def _centred(self, text: str, y: float, size: float) -> None:
        self._put((self.sheet.width - self._width(text, size)) / 2, y, text, size)

    # Tables

    def form(self, block: Form) -> None:
        """A form: its title and unit, its grid over as many pages as it takes, its notes."""
        ruled = led(block) if self.style.leading_title else block.ruled
        wide = self._wide(ruled)
        turn = wide if wide in ("landscape", "rotate", "turned") else "upright"
        lined = self.style.rules not in _ROWS_WITHOUT_RULES
        parts = _split(ruled, bare=wide == "split_bare", lined=lined) if wide.startswith("split") else [ruled]
        for number, part in enumerate(parts):
            widths, size = self._widths(part, turn)
            heights = self._heights(part, widths, size)
            needed = 70 + sum(heights[: part.header + 2])
            fresh = self.style.new_page or number > 0 or not self.sheets
            if fresh or self.sheet.turn != turn or self.sheet.room < needed:
                self.page(turn)
            if number == 0 and not self.style.leading_title:
                self._heading(block)
            self._rows(part, widths, heights, size)
        for note in block.notes:
            self._put(MARGIN, self._line(9), note, 9)
        self.sheet.y += 14

    def _heading(self, block: Form) -> None:
        self._centred(block.title, self._line(14), 14)
        *over, unit = block.over
        for line in over:
            self._put(MARGIN, self._line(9), line, 9)
        # The unit stands at the right end of the last of these lines.
        y = self.sheet.pieces[-1].y if over else self._line(9)
        self._put(self.sheet.width - MARGIN - self._width(unit, 9), y, unit, 9)

    def _wide(self, ruled: Ruled) -> str:
        """What the style does with this table; nothing where it has few columns."""
        return self.style.wide if ruled.width > 7 and ruled.figures else "shrink"

    def _widths(self, ruled: Ruled, turn: str) -> tuple[list[float], float]:
        """Widths of the columns and the size of type that fits."""
        room = (A4[0] if turn == "upright" else A4[1]) - 2 * MARGIN
        size = self.style.size
        while True:
            least = self._least(ruled, size)
            if sum(least) <= room or size <= SMALLEST:
                break
            size -= 0.5
        spare = max(0.0, room - sum(least))
        wishes = self._wishes(ruled, size, least)
        wanted = sum(wishes)
        share = min(1.0, spare / wanted) if wanted else 0.0
        return [low + wish * share for low, wish in zip(least, wishes, strict=True)], size

    def _least(self, ruled: Ruled, size: float) -> list[float]:
        """What each column needs at least: its widest figure or unbreakable word, three characters."""
        least = [3 * size + 2 * self.padding] * ruled.width
        for box in ruled.boxes:
            if box.columns == 1 and box.text:
                parts = [box.text] if box.figure else unbroken(box.text)
                widest = max(self._width(part, size) for part in parts)
                least[box.column] = max(least[box.column], widest + 2 * self.padding)
        return least

    def _wishes(self, ruled: Ruled, size: float, least: Sequence[float]) -> list[float]:
        """How much more each column would take to set its texts (labels: 22 characters) on one line."""
        wishes = [0.0] * ruled.width
        for box in ruled.boxes:
            if box.columns == 1:
                most = (9 if self.style.narrow else 22) * size
                wide = min(self._width(box.text, size), most) + 2 * self.padding
                if box.figure:
                    wide += 12
                wishes[box.column] = max(wishes[box.column], wide - least[box.column])
        return wishes

    def _lines(self, text: str, room: float, size: float) -> list[str]:
        """A cell's text broken at its width."""
        lines = [""]
        for part in unbroken(text):
            if lines[-1] and self._width(lines[-1] + part, size) > room + ROUNDING:
                lines.append("")
            lines[-1] += part
        return lines

    def _heights(self, ruled: Ruled, widths: Sequence[float], size: float) -> list[float]:
        heights = [size * 1.9] * ruled.height
        for box in sorted(ruled.boxes, key=lambda box: box.rows):
            room = sum(widths[box.column : box.column + box.columns]) - 2 * self.padding
            needed = len(self._lines(box.text, room, size)) * size * 1.25 + size * 0.6
            short = needed - sum(heights[box.row : box.row + box.rows])
            if short > 0:
                heights[box.row + box.rows - 1] += short
        return heights

    def _rows(self, ruled: Ruled, widths: Sequence[float], heights: Sequence[float], size: float) -> None:
        """Print the rows, page by page."""
        start = 0
        while start < ruled.height:
            header = ruled.header if start and self.style.repeat_header else 0
            extra = size * 1.9 if self.style.empty_totals and ruled.labels else 0.0
            room = self.sheet.room - sum(heights[:header]) - extra - size * 2
            stop = start
            while stop < ruled.height and (stop == start or sum(heights[start : stop + 1]) <= room):
                stop += 1
            rows = [*range(header), *range(start, stop)]
            total = self.style.empty_totals and stop < ruled.height and bool(ruled.labels)
            self._print(ruled, rows, widths, heights, size, empty_total=total)
            start = stop
            if start < ruled.height:
                self.page(self.sheet.turn)

    def _print(
        self,
        ruled: Ruled,
        rows: Sequence[int],
        widths: Sequence[float],
        heights: Sequence[float],
        size: float,
        *,
        empty_total: bool,
    ) -> None:
        """Print these rows here; of a box that is cut by the page, its text stands in its first part."""
        sheet, left = self.sheet, (self.sheet.width - sum(widths)) / 2
        xs = [left + sum(widths[:n]) for n in range(len(widths) + 1)]
        tops = {row: sheet.y + sum(heights[r] for r in rows[:n]) for n, row in enumerate(rows)}
        bottom = sheet.y + sum(heights[row] for row in rows)
        pieces: list[_Placed] = []
        edges: set[tuple[float, float, float, float]] = set()
        for box in ruled.boxes:
            mine = [row for row in range(box.row, box.row + box.rows) if row in tops]
            if not mine:
                continue
            x1, x2 = xs[box.column], xs[box.column + box.columns]
            y1, y2 = tops[mine[0]], tops[mine[-1]] + heights[mine[-1]]
            edges |= {(x1, y1, x2, y1), (x1, y2, x2, y2), (x1, y1, x1, y2), (x2, y1, x2, y2)}
            if mine[0] == box.row or box.row < ruled.header:
                pieces.append((box.row, box.column, self._cell(box, (x1, y1, x2, y2), size)))
        if empty_total:
            height = size * 1.9
            edges |= {(xs[n], bottom, xs[n], bottom + height) for n in range(len(xs))}
            edges.add((xs[0], bottom + height, xs[-1], bottom + height))
            place = (xs[ruled.labels[-1]], bottom, xs[ruled.labels[-1] + 1], bottom + height)
            pieces.append((ruled.height, ruled.labels[-1], self._cell(Box("合计", 0, 0), place, size)))
            bottom += height
        sheet.pieces += [piece for _, _, cell in self._ordered(pieces) for piece in cell]
        sheet.strokes += _strokes(edges, self.style.rules, (xs[0], sheet.y, xs[-1], bottom))
        sheet.y = bottom

    def _cell(self, box: Box, place: tuple[float, float, float, float], size: float) -> list[_Piece]:
        """The lines of one cell, in its middle; figures as the style aligns and shifts them."""
        x1, y1, x2, y2 = place
        lines = self._lines(box.text, x2 - x1 - 2 * self.padding, size) if not box.figure else [box.text]
        top = (y1 + y2) / 2 - len(lines) * size * 1.25 / 2 + size * 1.02
        shift = self.style.shift if box.figure else 0.0
        pieces = []
        for number, line in enumerate(lines):
            width = self._width(line, size)
            right = x2 - self.padding - width
            middle = (x1 + x2 - width) / 2
            side = self.style.align if box.figure else "left" if box.columns == 1 else "centre"
            x = {"right": right, "centre": middle, "left": x1 + self.padding}[side]
            if line:
                pieces.append(_Piece(x, top + number * size * 1.25 + shift, line, size))
        if self.style.echoes and pieces and self.rng.random() < 0.2:
            first = pieces[0]
            pieces.append(replace(first, y=first.y + size * 2.3, clipped=True))
        return pieces

    def _ordered(self, cells: list[_Placed]) -> list[_Placed]:
        """The cells in the order in which the style writes them into the file."""
        order = self.style.order
        if order == "random":
            return self.rng.sample(cells, len(cells))
        by_column = order == "columns"
        return sorted(
            cells,
            key=lambda cell: (cell[1], cell[0]) if by_column else (cell[0], cell[1]),
            reverse=order == "backwards",
        )


def _split(ruled: Ruled, *, bare: bool, lined: bool) -> list[Ruled]:
    """The grid in two, cut between two columns that share no head; whole where there is no such place.

    The second part has the columns that say which row it is once more, unless it is ``bare``. Rows that are
    not ``lined`` must then all print something: of a row of blanks without rules nothing is left on the page.
    """
    first = max(ruled.labels, default=-1) + 1
    places = [
        place
        for place in range(first + 1, ruled.width)
        if all(box.column >= place or box.column + box.columns <= place for box in ruled.boxes)
    ]
    if not places or any(label >= first for label in ruled.labels) or set(ruled.labels) != set(range(first)):
        return [ruled]
    place = min(places, key=lambda place: abs(place - (first + ruled.width) / 2))
    alone = _columns(ruled, list(range(place, ruled.width)))
    told = lined or {box.row for box in alone.boxes if box.text} >= set(range(ruled.header, ruled.height))
    again = [] if bare and told else list(range(first))
    return [_columns(ruled, list(range(place))), _columns(ruled, [*again, *range(place, ruled.width)])]


def _columns(ruled: Ruled, wanted: Sequence[int]) -> Ruled:
    """Only these columns of a grid."""
    where = {old: new for new, old in enumerate(wanted)}
    boxes = [replace(box, column=where[box.column]) for box in ruled.boxes if box.column in where]
    return replace(
        ruled,
        boxes=boxes,
        width=len(wanted),
        labels=tuple(where[n] for n in ruled.labels if n in where),
        figures=tuple(where[n] for n in ruled.figures if n in where),
    )


def _strokes(
    edges: Iterable[tuple[float, float, float, float]], rules: str, frame: tuple[float, float, float, float]
) -> list[_Stroke]:
    """The rules that are drawn of a table with these cell edges and this frame (x1, y1, x2, y2)."""
    x1, y1, x2, y2 = frame
    if rules == "none":
        return []
    if rules == "outer":
        return [
            _Stroke(x1, y1, x2, y1),
            _Stroke(x1, y2, x2, y2),
            _Stroke(x1, y1, x1, y2),
            _Stroke(x2, y1, x2, y2),
        ]
    return [_Stroke(*edge) for edge in sorted(edges) if rules != "horizontal" or edge[1] == edge[3]]


def _drawn(sheets: Sequence[_Sheet], style: PdfStyle, font: str) -> bytes:
    """The finished pages as a PDF file."""
    stream = io.BytesIO()
    canvas = Canvas(stream, invariant=1, pageCompression=1)
    for sheet in sheets:
        _paper(canvas, sheet)
        _rule(canvas, sheet, style)
        for piece in sheet.pieces:
            _write(canvas, sheet, piece, style, font)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def _paper(canvas: Canvas, sheet: _Sheet) -> None:
    """The paper of a page; a turned page is portrait paper with everything on it turned to the left."""
    # The library turns the size of a page that it is told to rotate by itself.
    canvas.setPageSize(A4 if sheet.turn == "turned" else (sheet.width, sheet.height))
    canvas.setPageRotation(90 if sheet.turn == "rotate" else 0)
    if sheet.turn in ("rotate", "turned"):
        canvas.translate(A4[0], 0)
        canvas.rotate(90)


def _rule(canvas: Canvas, sheet: _Sheet, style: PdfStyle) -> None:
    shade = 1 if style.rules == "white" else 0
    canvas.setStrokeGray(shade)
    canvas.setFillGray(shade)
    canvas.setLineWidth(0.5)
    for line in sheet.strokes:
        y1, y2 = sheet.height - line.y1, sheet.height - line.y2
        if style.rules == "rectangles":
            canvas.rect(line.x1, y2, max(line.x2 - line.x1, 0.5), max(y1 - y2, 0.5), stroke=0, fill=1)
        else:
            canvas.line(line.x1, y1, line.x2, y2)
    canvas.setFillGray(0)


def _write(canvas: Canvas, sheet: _Sheet, piece: _Piece, style: PdfStyle, font: str) -> None:
    text = piece.text.translate(_LOOK_ALIKE) if style.radicals and font == "sans" else piece.text
    canvas.setFont(font, piece.size)
    if not piece.clipped:
        canvas.drawString(piece.x, sheet.height - piece.y, text)
        return
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(piece.x, sheet.height - piece.y + 4 * piece.size, 1, 1)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.drawString(piece.x, sheet.height - piece.y, text)
    canvas.restoreState()
