"""Documents as a web page of a portal: menus around them, tables with merged cells."""

from __future__ import annotations

import random
from collections.abc import Sequence
from html import escape
from typing import Final

from dagster_project.samples.pdf_style import PdfStyle
from dagster_project.samples.printed import Block, Form, Ruled

MENU: Final = ("首页", "政务公开", "政策文件", "办事服务", "互动交流")


def page(blocks: Sequence[Block], style: PdfStyle, rng: random.Random) -> bytes:
    """The document as the bytes of an HTML page, in UTF-8 or GBK as its head says."""
    charset = rng.choice(["utf-8", "gb2312"])
    office = rng.random() < 0.5
    body = [_menu()]
    title = ""
    for block in blocks:
        if isinstance(block, Form):
            body += _form(block, office=office)
            continue
        title = title or block.text
        tag = {"cover": "h1", "part": "h2", "heading": "h3"}.get(block.role, "p")
        body.append(f"<{tag}>{_words(block.text, office=office)}</{tag}>")
    body.append("<div class='footer'>版权所有 | 网站地图 | 联系我们</div>")
    head = f"<meta charset='{charset}'><title>{escape(title)}</title><style>td{{border:1px solid}}</style>"
    html = f"<!DOCTYPE html><html><head>{head}</head><body>{chr(10).join(body)}</body></html>\n"
    return html.encode("gb18030" if charset == "gb2312" else charset)


def _menu() -> str:
    links = "".join(f"<li><a href='/{n}'>{name}</a></li>" for n, name in enumerate(MENU))
    return f"<div class='nav'><ul>{links}</ul></div>"


def _words(text: str, *, office: bool) -> str:
    """Text as an editor of a portal stores it: plain, or in the spans that office programs leave."""
    if not office:
        return escape(text)
    middle = len(text) // 2
    halves = (text[:middle], text[middle:])
    return "".join(f"<span style='font-size:14pt'>{escape(half)}</span>" for half in halves if half)


def _form(form: Form, *, office: bool) -> list[str]:
    over = "".join(f"<p>{_words(line, office=office)}</p>" for line in form.over)
    notes = [f"<p>{_words(note, office=office)}</p>" for note in form.notes]
    return [f"<p><b>{escape(form.title)}</b></p>{over}", _table(form.ruled, office=office), *notes]


def _table(ruled: Ruled, *, office: bool) -> str:
    rows: list[list[str]] = [[] for _ in range(ruled.height)]
    for box in sorted(ruled.boxes, key=lambda box: (box.row, box.column)):
        spans = f" rowspan='{box.rows}'" if box.rows > 1 else ""
        spans += f" colspan='{box.columns}'" if box.columns > 1 else ""
        text = _words(box.text, office=office) or "&nbsp;"
        inner = f"<p class='MsoNormal'>{text}</p>" if office else text
        rows[box.row].append(f"<td{spans}>{inner}</td>")
    body = "\n".join(f"<tr>{''.join(row)}</tr>" for row in rows)
    return f"<table cellspacing='0'><tbody>\n{body}\n</tbody></table>"
