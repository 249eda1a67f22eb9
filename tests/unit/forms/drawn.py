"""Pages drawn as text → the page model, as a reader of ruled tables gives it.

    # 收入支出决算总表            a line of running text
    | 项目 | 行次 | 金额 |        a row of a grid; ``<`` goes on from the left, ``^`` from above
    ---                           the next page

Grids with running text or a page between them are grids of their own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from dagster_project.parse import parse_source
from dagster_project.readers.page import GridCell, Line, Page, Source, Word
from dagster_project.records import DocumentRecord, ParsedDocument

CELL_WIDTH, ROW_HEIGHT, POSITION = 80.0, 20.0, 5.25


def source(drawing: str) -> Source:
    """The pages of a drawing."""
    pages: list[Page] = []
    number = table = 0
    for page, part in enumerate(drawing.strip("\n").split("\n---\n"), start=1):
        lines: list[Line] = []
        grid: list[list[str]] = []
        for text in [*part.splitlines(), ""]:
            if text.strip().startswith("|"):
                grid.append([cell.strip() for cell in text.strip().strip("|").split("|")])
                continue
            if grid:
                table += 1
                lines += _rows(grid, number + 1, page, table, len(lines) * ROW_HEIGHT)
                number, grid = lines[-1].number, []
            if text.strip():
                number += 1
                lines.append(Line(text.strip().removeprefix("# "), number, page))
        pages.append(Page(page, tuple(lines)))
    return Source(tuple(pages), "application/pdf", "drawn")


def _rows(grid: list[list[str]], first: int, page: int, table: int, top: float) -> list[Line]:
    lines = []
    for row, texts in enumerate(grid):
        cells = []
        for column, text in enumerate(texts):
            if text in ("<", "^"):
                continue
            columns = _run([*texts[column + 1 :]], "<")
            rows = _run([other[column] for other in grid[row + 1 :] if column < len(other)], "^")
            left, upper = column * CELL_WIDTH, top + row * ROW_HEIGHT
            box = (left, upper, left + (columns + 1) * CELL_WIDTH, upper + (rows + 1) * ROW_HEIGHT)
            cells.append(GridCell(text, column, columns + 1, rows + 1, box, f"{chr(65 + column)}{row + 1}"))
        printed = {cell.column: cell.text for cell in cells}
        text = "\t".join(printed.get(column, "") for column in range(len(texts)))
        lines.append(Line(text, first + row, page, cells=tuple(cells), table=table))
    return lines


def _run(texts: list[str], mark: str) -> int:
    return next((index for index, text in enumerate(texts) if text != mark), len(texts))


def read(drawing: str | Source, cover: str = "示例市档案馆2024年部门预算") -> ParsedDocument:
    """What is read from a drawing under a cover, which says whose document of which year and kind it is."""
    pages = source(drawing) if isinstance(drawing, str) else drawing
    first = replace(pages.pages[0], lines=(Line(cover, 0, 1), *pages.pages[0].lines))
    pages = replace(pages, pages=(first, *pages.pages[1:]))
    return parse_source(pages, DocumentRecord("0123456789abcdef", "公开.pdf", "0" * 64))


def placed(text: str) -> Source:
    """Text set with spaces → words at their places on the page; a Chinese character is two positions wide."""
    pages: list[Page] = []
    number = 0
    for page, part in enumerate(text.split("\f"), start=1):
        lines = []
        for row, printed in enumerate(part.splitlines()):
            number += 1
            lines.append(Line(printed, number, page, words=tuple(_words(printed, row * ROW_HEIGHT))))
        pages.append(Page(page, tuple(lines)))
    return Source(tuple(pages), "application/pdf", "drawn")


def _words(printed: str, top: float) -> Iterator[Word]:
    for found in re.finditer(r"\S+", printed):
        left, right = (POSITION * _positions(printed[:end]) for end in found.span())
        yield Word(found.group(), (left, top, right, top + ROW_HEIGHT))


def _positions(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)
