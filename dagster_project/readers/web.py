"""Web pages (.html, .htm) and web archives (.mhtml, .mht), as browsers and offices save them.

Frames and pictures beside a page belong to it; nothing is fetched. Links to attachments are not followed: an
attachment that lies in the folder is a document of its own.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, unquote_to_bytes, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from dagster_project.readers import pictures
from dagster_project.readers.errors import ReadError
from dagster_project.readers.flow import Cell, Table, raised
from dagster_project.readers.page import ReadProblem, Source
from dagster_project.readers.pictures import Block, Picture
from dagster_project.readers.text import content

READER: Final = "html"

_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_CHINESE: Final = frozenset({"gb2312", "gbk", "gb_2312-80", "x-gbk", "cp936", "gb18030", "hz-gb-2312"})
_DROPPED: Final = frozenset(
    {
        "script", "style", "noscript", "template", "head", "svg", "select", "button", "input", "textarea",
        "object", "audio", "video", "canvas", "rt", "rp", "-comment",
    }
)  # fmt: skip
_INLINE: Final = frozenset(
    {
        "a", "abbr", "b", "big", "bdi", "bdo", "cite", "code", "del", "em", "font", "i", "ins", "kbd",
        "label", "mark", "nobr", "o:p", "q", "rb", "ruby", "s", "samp", "small", "span", "st1:chsdate",
        "strike", "strong", "sub", "tt", "u", "var", "wbr",
    }
)  # fmt: skip
_HIDDEN: Final = re.compile(
    r"(?:display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all)", re.IGNORECASE
)
_SPACE: Final = re.compile(r"[ \t\r\n\f]+")
_DATA: Final = re.compile(r"data:image/(\w+)[^,]*?(;base64)?,(.*)", re.IGNORECASE | re.DOTALL)
_PICTURES: Final = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".gif", ".webp"})
_DOCUMENTS: Final = frozenset(
    {".pdf", ".doc", ".docx", ".wps", ".rtf", ".xls", ".xlsx", ".et", ".csv", ".ofd", ".zip", ".rar", ".7z"}
)
_NAMED: Final = 10
_LEAST_PROSE: Final = 300
"""Characters in sentences below which a page without tables says nothing of its own."""

_DEEPEST: Final = 150
_DEEPEST_FRAME: Final = 3
_LAST_SPAN: Final = 1000
_ARTICLE_LINES: Final = 8
_ARTICLE_SHARE: Final = 0.6

Resources = Callable[[str], bytes | None]
"""What lies beside a page: address as the page writes it → content, ``None`` where it is not there."""


@dataclass(slots=True)
class _Walk:
    """The walk through one page. ``inline`` is the text of the paragraph under way."""

    resources: Resources
    frame: int = 0
    blocks: list[Block] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)


def read(path: Path) -> Source:
    """Read a web page. Raises ``ReadError`` where the file cannot be opened or shows no text."""
    raw = content(path)
    markup, encoding = _decoded(raw)
    return _source(path, markup, _beside(path), "text/html", encoding)


def read_archive(path: Path) -> Source:
    """Read a web page saved with everything it shows in one file.

    Raises ``ReadError`` where the file cannot be opened or holds no page with text.
    """
    message = email.message_from_bytes(content(path), policy=email.policy.compat32)
    page: bytes | None = None
    parts: dict[str, bytes] = {}
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        if page is None and part.get_content_type() == "text/html":
            charset = part.get_content_charset()
            page = payload if charset is None else b"<meta charset=%s>" % charset.encode() + payload
        for name in (part.get("Content-Location"), f"cid:{(part.get('Content-ID') or '').strip('<>')}"):
            if name:
                parts.setdefault(_last(name), payload)
    if page is None:
        raise ReadError(path, "holds no web page", "save the page again, as complete web page or as PDF")
    markup, encoding = _decoded(page)
    return _source(path, markup, lambda address: parts.get(_last(address)), "multipart/related", encoding)


def _source(path: Path, markup: str, resources: Resources, media_type: str, encoding: str) -> Source:
    leaves = pictures.Leaves()
    for block in _page(markup, resources, 0):
        leaves.add(block)
    pages = leaves.pages()
    lines = [line for page in pages for line in page.lines]
    if not any(line.text.strip() for line in lines) and not leaves.problems():
        raise ReadError(path, "shows no text", "save the page again, as complete web page or as PDF")
    attached = _attachments(markup, resources)
    away = [name for name, beside in attached.items() if not beside]
    prose = sum(len(line.text) for line in lines if "。" in line.text)
    if attached and len(pages) == 1 and prose < _LEAST_PROSE and not any(line.cells for line in lines):
        raise ReadError(
            path,
            f"only links to documents: {_listed(list(attached))}",
            f"save these beside it: {_listed(away)}" if away else "none needed: these lie beside it",
            kind="only_links",
        )
    return Source(pages, media_type, READER, encoding, (*leaves.problems(), *_left_behind(away)))


def _attachments(markup: str, resources: Resources) -> dict[str, bool]:
    """Documents that a page links to: name → whether it lies beside the page."""
    found: dict[str, bool] = {}
    for node in LexborHTMLParser(markup).css("a[href]"):
        address = node.attributes.get("href") or ""
        parts = urlsplit(address)
        names = [parts.path, *(value for _, value in parse_qsl(parts.query)), node.text(strip=True)]
        name = next((_last(one) for one in names if Path(one).suffix.lower() in _DOCUMENTS), None)
        if name:
            found[name] = resources(address) is not None or resources(name) is not None
    return found


def _left_behind(away: list[str]) -> Iterator[ReadProblem]:
    if away:
        named = _listed(away)
        yield ReadProblem(
            kind="attachments_missing",
            message=f"网页的附件不在文件夹中：{named} / attachments do not lie beside it: {named}",
            action="save them into the folder if they are to be loaded",
            severity="info",
        )


def _listed(names: list[str]) -> str:
    more = f" … ({len(names)})" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _decoded(raw: bytes) -> tuple[str, str]:
    """The text of a page: a byte order mark decides, then whether it can be UTF-8, which other encodings
    hardly ever can, then what the page declares.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return raw.decode(encoding, errors="replace"), encoding.removesuffix("-sig")
    declared = _CHARSET.search(raw[:4096])
    name = declared[1].decode("ascii").lower() if declared else "utf-8"
    named = "gb18030" if name in _CHINESE else name
    for encoding in ("utf-8", named, "gb18030"):
        try:
            return raw.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            continue
    return raw.decode("gb18030", errors="replace"), "gb18030"


def _beside(path: Path) -> Resources:
    """Files in the folder of a page and below it; addresses elsewhere are not looked at."""
    folder = path.parent.resolve()

    def find(address: str) -> bytes | None:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            return None
        target = (folder / unquote(parts.path)).resolve()
        if not target.is_relative_to(folder) or not target.is_file():
            return None
        return target.read_bytes()

    return find


def _last(address: str) -> str:
    return address if address.startswith("cid:") else unquote(address).replace("\\", "/").rpartition("/")[2]


def _page(markup: str, resources: Resources, frame: int) -> Iterator[Block]:
    tree = LexborHTMLParser(markup)
    walk = _Walk(resources, frame)
    sheets = [node.attributes.get("href") or "" for node in tree.css("link#shLink")]
    framed = [sheet for address in sheets if (sheet := _framed(address, walk)) is not None]
    if framed:
        # A workbook saved as web page: this file only frames its sheets.
        for sheet in framed:
            yield from _page(sheet, resources, frame + 1)
        return
    if tree.root is not None:
        _children(tree.root, walk, 0)
    _flush(walk)
    yield from walk.blocks


def _framed(address: str, walk: _Walk) -> str | None:
    raw = walk.resources(address) if walk.frame < _DEEPEST_FRAME else None
    return _decoded(raw)[0] if raw else None


def _children(parent: LexborNode, walk: _Walk, depth: int, *, verbatim: bool = False) -> None:
    node = parent.child
    while node is not None:
        _node(node, walk, depth, verbatim=verbatim)
        node = node.next


def _node(node: LexborNode, walk: _Walk, depth: int, *, verbatim: bool) -> None:
    tag = node.tag or ""
    if tag == "-text":
        text = node.text_content or ""
        walk.inline.append(text.replace("\r\n", "\n") if verbatim else _SPACE.sub(" ", text))
    elif tag == "br":
        walk.inline.append("\n")
    elif tag in _DROPPED or _is_hidden(node):
        return
    elif depth > _DEEPEST:
        walk.inline.append(_SPACE.sub(" ", node.text()))
    elif tag == "table":
        _flush(walk)
        walk.blocks.extend(_table(node, walk, depth))
    elif tag == "img":
        if picture := _picture(node, walk):
            _flush(walk)
            walk.blocks.append(picture)
    elif tag in {"frame", "iframe"}:
        framed = _framed(node.attributes.get("src") or "", walk)
        if framed is not None:
            _flush(walk)
            walk.blocks.extend(_page(framed, walk.resources, walk.frame + 1))
    elif tag == "sup":
        walk.inline.append(raised(_SPACE.sub(" ", node.text())))
    elif tag in _INLINE:
        _children(node, walk, depth + 1, verbatim=verbatim)
    else:
        _flush(walk)
        _children(node, walk, depth + 1, verbatim=verbatim or tag in {"pre", "xmp", "listing"})
        _flush(walk, verbatim=verbatim or tag in {"pre", "xmp", "listing"})


def _flush(walk: _Walk, *, verbatim: bool = False) -> None:
    """End the paragraph under way."""
    text = "".join(walk.inline)
    walk.inline = []
    if not verbatim:
        text = "\n".join(_SPACE.sub(" ", line).strip(" ") for line in text.split("\n"))
    if text.strip():
        walk.blocks.append(text.strip("\n"))


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    return "hidden" in attributes or bool(_HIDDEN.search(attributes.get("style") or ""))


def _picture(node: LexborNode, walk: _Walk) -> Picture | None:
    address = node.attributes.get("src") or ""
    if data := _DATA.match(address):
        raw = _data(data[3], encoded=bool(data[2]))
        return Picture(f"data.{data[1].lower()}", raw) if raw else None
    name = _last(urlsplit(address).path) if not address.startswith("cid:") else address
    known = Path(name).suffix.lower() in _PICTURES or address.startswith("cid:")
    raw = walk.resources(address) if known else None
    return Picture(name, raw) if raw else None


def _data(text: str, *, encoded: bool) -> bytes | None:
    try:
        return base64.b64decode(unquote_to_bytes(text), validate=False) if encoded else unquote_to_bytes(text)
    except (binascii.Error, ValueError):
        return None


def _table(node: LexborNode, walk: _Walk, depth: int) -> Iterator[Block]:
    """A table with its merged cells; one that lays out an article is read as what stands in its cells."""
    table = Table()
    pictured: list[Picture] = []
    taken: set[tuple[int, int]] = set()
    rows = list(_rows(node))
    for caption in _elements(node, {"caption"}):
        yield caption.text().strip()
    for row, source in enumerate(rows):
        column = 0
        for cell in _elements(source, {"td", "th"}):
            while (row, column) in taken:
                column += 1
            inner = _Walk(walk.resources, walk.frame)
            _children(cell, inner, depth + 1)
            _flush(inner)
            pictured.extend(block for block in inner.blocks if isinstance(block, Picture))
            spans = (_span(cell, "rowspan", len(rows) - row), _span(cell, "colspan", _LAST_SPAN))
            words: list[str | Table] = [block for block in inner.blocks if not isinstance(block, Picture)]
            table.cells.append(Cell(row, column, *spans, content=words))
            taken.update(
                (row + down, column + across) for down in range(spans[0]) for across in range(spans[1])
            )
            column += spans[1]
    if node.attributes.get("role") == "presentation" or _is_article(table):
        for laid in table.cells:
            yield from laid.content
    else:
        yield table
    yield from pictured


def _rows(table: LexborNode) -> Iterator[LexborNode]:
    """The rows of a table that are shown, those of its parts included, not those of tables inside it."""
    for section in _elements(table, {"tr", "thead", "tbody", "tfoot"}):
        if section.tag == "tr":
            yield section
        else:
            yield from _elements(section, {"tr"})


def _elements(parent: LexborNode, tags: set[str]) -> Iterator[LexborNode]:
    node = parent.child
    while node is not None:
        if node.tag in tags and not _is_hidden(node):
            yield node
        node = node.next


def _span(cell: LexborNode, name: str, most: int) -> int:
    text = (cell.attributes.get(name) or "1").strip()
    if not text.isdigit():
        return 1
    return max(min(int(text) or most, most), 1)


def _is_article(table: Table) -> bool:
    """Whether one cell holds most of the table's text, in many paragraphs: a page laid out by a table."""
    lengths = [sum(len(block) for block in cell.content if isinstance(block, str)) for cell in table.cells]
    longest = max(range(len(lengths)), key=lengths.__getitem__, default=None)
    if longest is None:
        return False
    lines = "\n".join(block for block in table.cells[longest].content if isinstance(block, str)).count("\n")
    return lines >= _ARTICLE_LINES and lengths[longest] >= _ARTICLE_SHARE * sum(lengths)
