"""A page of a format that has no picture of its own (sheet, Word file, web page, text) as a web page: its
lines and grids as they were read, each figure in the colour of its verification.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final

from dagster_project.page_picture import ARITHMETIC, KINDS, Kind
from dagster_project.proof.coverage import printed_figures
from dagster_project.readers.page import GridCell, Line

_STYLE: Final = """\
body { font: 14px/1.5 sans-serif; margin: 1.5em; color: #282828 }
table { border-collapse: collapse; margin: .6em 0 } td { border: 1px solid #bbb; padding: 2px 6px }
pre { margin: 0; font: 14px/1.6 "Noto Sans Mono CJK SC", NSimSun, monospace; tab-size: 16 }
header { position: sticky; top: 0; background: white; padding: .4em 0; border-bottom: 1px solid #282828 }
mark { background: none; color: inherit }
header mark { margin-right: 8px; padding: 0 3px }
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that was read from a line: its printed text, its kind (a key of ``KINDS``), and whether
    arithmetic placed it.
    """

    text: str
    kind: str
    arithmetic: bool = False


def page_html(
    lines: Sequence[Line],
    figures: Mapping[int, Sequence[Figure]],
    caption: str,
    known: Collection[int] = (),
) -> str:
    """The web page. ``figures`` are what was read, by number of the line; on ``known`` lines nothing is
    unread, for a record holds the whole line.
    """
    left = {line: list(found) for line, found in figures.items()}
    body = "\n".join(_blocks(lines, left, known))
    style = _STYLE + "\n".join(
        _rule(name, kind) for name, kind in (*KINDS.items(), ("arithmetic", ARITHMETIC))
    )
    legend = " ".join(f'<mark class="{name}">{escape(kind.label)}</mark>' for name, kind in KINDS.items())
    legend += f' <mark class="arithmetic">{escape(ARITHMETIC.label)}</mark>'
    return (
        f'<!doctype html><html lang="zh"><meta charset="utf-8"><title>{escape(caption)}</title>'
        f"<style>\n{style}</style>\n<header>{escape(caption)}<br>{legend}</header>\n{body}\n</html>\n"
    )


def _rule(name: str, kind: Kind) -> str:
    drawn = "dashed" if kind.dashed else "solid"
    property_ = "border-bottom" if name == "arithmetic" else "outline"
    return f".{name} {{ {property_}: {kind.width}px {drawn} rgb{kind.colour} }}"


def _blocks(lines: Sequence[Line], left: dict[int, list[Figure]], known: Collection[int]) -> Iterator[str]:
    for table, block in groupby(lines, key=lambda line: line.table if line.cells else None):
        drawn = _running if table is None else _row
        rows = (drawn(line, left.get(line.number, []), unread=line.number not in known) for line in block)
        yield from rows if table is None else ("<table>", *rows, "</table>")


def _row(line: Line, figures: list[Figure], *, unread: bool) -> str:
    amounts = {figure.text for figure in printed_figures([line])} if unread else set()
    return f"<tr>{''.join(_cell(cell, figures, amounts) for cell in line.cells)}</tr>"


def _cell(cell: GridCell, figures: list[Figure], amounts: Iterable[str]) -> str:
    spans = "".join(
        f' {name}="{number}"'
        for name, number in (("colspan", cell.columns), ("rowspan", cell.rows))
        if number > 1
    )
    taken = next((figure for figure in figures if _plain(figure.text) == _plain(cell.text)), None)
    if taken:
        figures.remove(taken)
        text = _marked(cell.text, taken)
    elif cell.text in amounts:
        text = f'<mark class="unread">{escape(cell.text)}</mark>'
    else:
        text = escape(cell.text)
    return f"<td{spans}>{text}</td>"


def _running(line: Line, figures: list[Figure], *, unread: bool) -> str:
    """A line of text: each figure is marked where it first stands after the one before it."""
    texts = [figure.text for figure in figures]
    printed = [figure.text for figure in printed_figures([line])] if unread else []
    wanted = [*figures, *(Figure(text, "unread") for text in printed if text not in texts)]
    done, rest = "", line.text
    while found := min(
        (
            (rest.find(figure.text), -len(figure.text), index)
            for index, figure in enumerate(wanted)
            if figure.text in rest
        ),
        default=None,
    ):
        at, _, index = found
        figure = wanted.pop(index)
        done += escape(rest[:at]) + _marked(figure.text, figure)
        rest = rest[at + len(figure.text) :]
    return f"<pre>{done}{escape(rest)}&nbsp;</pre>"


def _marked(text: str, figure: Figure) -> str:
    names = f"{figure.kind} arithmetic" if figure.arithmetic else figure.kind
    return f'<mark class="{names}">{escape(text)}</mark>'


def _plain(text: str) -> str:
    return "".join(text.split())
