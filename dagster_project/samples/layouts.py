"""How a table reaches the page as plain text: tab-separated, space-aligned, loose lines, Markdown.

``tabs``      one line a row, cells between tabs, group heads over blank cells
``aligned``   columns by position, as ``pdftotext -layout`` writes them; long labels take several lines
``loose``     what a copied page leaves: long labels and headers broken over lines, blank cells gone
``stacked``   loose to the end: every cell on a line of its own, blank cells as blank lines
``markdown``  a pipe table

All of them are functions of the table and a random generator, which decides what a typesetter would.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

from dagster_project.samples.tables import TEXT_COLUMNS, Table, merged_header

Lines = list[str]
Layout = Callable[[Table, random.Random], Lines]

PAGE_BREAK: Final = "\f"
UNIT_NAMES: Final = {"wan": "万元", "yuan": "元"}
LABEL_WIDTH: Final = 24
"""Display width after which the aligned layout breaks a label."""

_UNBREAKABLE: Final = re.compile(r"(?:[0-9A-Za-z.,%]+|.)[，。；、：）”]*")


def width(text: str) -> int:
    """Columns that a text takes in a fixed pitch: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def unbroken(text: str) -> list[str]:
    """The pieces between which a line may end: characters, and numbers, with the marks that follow them."""
    pieces: list[str] = _UNBREAKABLE.findall(text)
    return pieces


def broken(text: str, limit: int) -> list[str]:
    """A text cut into pieces of at most ``limit`` columns; a number inside the words stays whole."""
    pieces = [""]
    for part in unbroken(text):
        if pieces[-1] and width(pieces[-1] + part) > limit:
            pieces.append("")
        pieces[-1] += part
    return pieces


def cut(amount: str, limit: int) -> list[str]:
    """A figure broken where its narrow column ends."""
    return [amount[start : start + limit] for start in range(0, len(amount), limit)]


def head_lines(table: Table, *, unit_mark: str = "单位：{}") -> Lines:
    """What stands over a table: its title, its number, whose it is, its unit."""
    lines = [table.title]
    if table.number:
        lines.append(table.number)
    if table.owner:
        lines.append(f"编制单位：{table.owner}")
    return [*lines, unit_mark.format(UNIT_NAMES[table.unit])]


def numbers_row(table: Table) -> list[str]:
    """The row of column numbers (栏次): figures columns are counted, the label column says what they are."""
    row: list[str] = []
    count = 0
    for column in table.columns:
        if column.key == "label":
            row.append("栏次")
        elif column.key in TEXT_COLUMNS:
            row.append("")
        else:
            count += 1
            row.append(str(count))
    return row


def body(table: Table) -> list[list[str]]:
    """Column numbers, where the form prints them, and the rows."""
    return [numbers_row(table)] * table.column_numbers + table.rows


def tabs(table: Table, rng: random.Random) -> Lines:
    """Tab-separated; now and then a long table is printed in two parts, each with its title and header."""
    header = ["\t".join(_wrapped(text, rng) for text in row) for row in merged_header(table.columns)]
    rows = ["\t".join(row) for row in body(table)]
    head = _spread(head_lines(table))
    cut = (
        rng.randint(12, len(rows) - 1)
        if len(rows) > 24 and len(table.halves) == 1 and rng.random() < 0.3
        else 0
    )
    if not cut:
        return [*head, *header, *rows, "", *_spread(table.notes)]
    return [*head, *header, *rows[:cut], "", *head, *header, *rows[cut:], "", *_spread(table.notes)]


def _spread(lines: Lines) -> Lines:
    """A blank line after each line."""
    return [text for line in lines for text in (line, "")]


def _wrapped(text: str, rng: random.Random) -> str:
    """A header cell as a wrapped cell is extracted: a blank where the line ended."""
    if len(text) > 5 and rng.random() < 0.4:
        return f"{text[:5]} {text[5:]}"
    return text


def markdown(table: Table, rng: random.Random) -> Lines:
    """A pipe table: the first level of the header is its header row, the other levels are its first rows."""
    title, *rest = head_lines(table)
    top, *below = merged_header(table.columns)
    lines = [f"### {title}", "", *_spread(rest)]
    for row in [top, ["---"] * len(top), *below, *body(table)]:
        lines.append("| " + " | ".join(row) + " |")
    return [*lines, "", *_spread(table.notes)]


def aligned(table: Table, rng: random.Random) -> Lines:
    """Columns keep their place over the whole table; figures are set flush right under their header."""
    columns = table.columns
    rows = body(table)
    header = merged_header(columns)
    texts = [[broken(text, LABEL_WIDTH) for text in row] for row in rows]
    deepest = [column.header[-1] for column in columns]
    pieces = [broken(text, 16) for text in deepest]
    widths = [
        max(
            width(piece)
            for cell in [[*pieces[position]], *(row[position] for row in texts)]
            for piece in cell
        )
        for position in range(len(columns))
    ]
    starts = _starts(widths)
    lines = [_centred(text, starts[-1] + widths[-1]) for text in head_lines(table)[:1]]
    lines += [" " * max(0, starts[-1] + widths[-1] - width(text)) + text for text in head_lines(table)[1:]]
    lines += _aligned_header(header, starts, widths)
    for row in texts:
        lines += _aligned_row(row, starts, widths, [column.key in TEXT_COLUMNS for column in columns], rng)
    return [*lines, *table.notes, ""]


def _starts(widths: list[int]) -> list[int]:
    starts = [2]
    for size in widths[:-1]:
        starts.append(starts[-1] + size + 3)
    return starts


def _centred(text: str, room: int) -> str:
    return " " * max(0, (room - width(text)) // 2) + text


def _put(placed: list[tuple[int, str]]) -> str:
    """Texts at their columns on one line; one that would overlap moves right."""
    line = ""
    for start, text in sorted(placed):
        gap = start - width(line)
        line += " " * (gap if gap > 0 or not line else 1) + text
    return line.rstrip()


def _aligned_header(header: list[list[str]], starts: list[int], widths: list[int]) -> Lines:
    lines: Lines = []
    for row in header:
        spans = [position for position, text in enumerate(row) if text]
        height, placed = 1, []
        for position in spans:
            last = position
            while last + 1 < len(row) and not row[last + 1] and _blank_above(header, row, last + 1):
                last += 1
            room = starts[last] + widths[last] - starts[position]
            parts = broken(row[position], max(room, 8))
            height = max(height, len(parts))
            placed.append((position, room, parts))
        for level in range(height):
            here = [
                (starts[position] + max(0, (room - width(parts[level])) // 2), parts[level])
                for position, room, parts in placed
                if level < len(parts)
            ]
            lines.append(_put(here))
    return lines


def _blank_above(header: list[list[str]], row: list[str], position: int) -> bool:
    """Does the group head to the left reach over this column: nothing stands here or above in the header?"""
    level = next(number for number, candidate in enumerate(header) if candidate is row)
    below = [candidate[position] for candidate in header[level + 1 :]]
    above = [candidate[position] for candidate in header[:level]]
    return any(below) and not any(above)


def _aligned_row(
    row: list[list[str]], starts: list[int], widths: list[int], is_text: list[bool], rng: random.Random
) -> Lines:
    height = max(len(cell) for cell in row)
    middle = (height - 1) // 2
    lines: Lines = []
    for level in range(height):
        placed: list[tuple[int, str]] = []
        for position, cell in enumerate(row):
            if len(cell) == 1:
                text = cell[0] if level == middle else ""
            else:
                text = cell[level] if level < len(cell) else ""
            if text:
                shift = 0 if is_text[position] else widths[position] - width(text)
                placed.append((starts[position] + shift, text))
        lines.append(_put(placed))
    return lines


def loose(table: Table, rng: random.Random) -> Lines:
    """Blank cells leave no trace; a long label stands on its own lines between its code and its figures."""
    lines = head_lines(table)
    room = rng.choice([8, 10, 12, 16])
    for row in merged_header(table.columns):
        lines += _loose_header([text for text in row if text], rng)
    keys = [column.key for column in table.columns]
    for row in body(table):
        lines += _loose_row(row, keys, room if len(table.halves) == 1 else 99, rng)
    return [*lines, *table.notes]


def _loose_header(texts: list[str], rng: random.Random) -> Lines:
    """Short heads share a line, long ones are broken at the width of their narrow column."""
    lines: Lines = []
    for text in texts:
        if len(text) > 6 or (len(text) > 3 and rng.random() < 0.3):
            lines += broken(text, 8)
            lines.append("")
        elif lines and lines[-1]:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return [line for line in lines if line]


def _loose_row(row: list[str], keys: list[str], room: int, rng: random.Random) -> Lines:
    cells = [(key, text) for key, text in zip(keys, row, strict=True) if text]
    lines: Lines = [""]
    for key, text in cells:
        if key in TEXT_COLUMNS and width(text) > room:
            lines += [*broken(text, room), ""]
        elif key == "total" and len(text) > 6 and rng.random() < 0.05 and not text.isdigit():
            # Digits without a mark show no break: either part could be a figure of its own.
            lines += [*cut(text, 6), ""]
        else:
            lines[-1] = f"{lines[-1]} {text}".strip()
    return [line for line in lines if line]


def stacked(table: Table, rng: random.Random) -> Lines:
    """One cell a line; a blank cell is a blank line."""
    lines = head_lines(table)
    for row in merged_header(table.columns):
        lines += [text for text in row if text]
    for row in body(table):
        lines += row
    return [*lines, *table.notes]


LAYOUTS: Final[Mapping[str, Layout]] = {
    "tabs": tabs,
    "aligned": aligned,
    "loose": loose,
    "stacked": stacked,
    "markdown": markdown,
}
"""The layouts that leave a table's texts as they are."""
