"""Pictures of pages in documents that flow: Word files and web pages often show their forms as pictures.

Each picture that can be a page or a table becomes a page of its own, read by recognition; the text before and
after it are pages as well. A document without such pictures is one page without a number.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PIL import Image, UnidentifiedImageError

from dagster_project.readers import image, limits
from dagster_project.readers.errors import ReadError
from dagster_project.readers.flow import Flow, Table
from dagster_project.readers.page import Line, Page, ReadProblem

_LEAST_WIDTH: Final = 600
_LEAST_HEIGHT: Final = 200
_WIDEST: Final = 4
_PAPER: Final = 200
_PAPER_SHARE: Final = 0.5
_THUMBNAIL: Final = (100, 100)
_UNREADABLE: Final = (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in a document: its name and bytes."""

    name: str
    content: bytes


Block = str | Table | Picture
"""What a document that flows consists of."""


class Leaves:
    """The pages of a document, filled block by block."""

    def __init__(self) -> None:
        """Begin a document."""
        self._flow = Flow()
        self._pages: list[Page] = []
        self._problems: list[ReadProblem] = []
        self._lines = 0

    def add(self, block: Block) -> None:
        """The next block of the document."""
        if isinstance(block, Table):
            self._flow.table(block)
        elif isinstance(block, str):
            self._flow.paragraph(block)
        elif can_be_page(block.content):
            self._picture(block)

    def pages(self) -> tuple[Page, ...]:
        """All pages, numbered where pictures divide the document."""
        self._turn()
        if len(self._pages) == 1 and self._pages[0].read_by == "text":
            return tuple(self._pages)
        return tuple(_numbered(page, number) for number, page in enumerate(self._pages, start=1))

    def problems(self) -> tuple[ReadProblem, ...]:
        """What could not be read of the pictures."""
        return tuple(self._problems)

    def _turn(self) -> None:
        """End the page of text that is being filled."""
        if self._flow.lines or not self._pages:
            self._pages.append(Page(None, tuple(self._flow.lines)))
            self._lines += len(self._flow.lines)
            self._flow = Flow(before=self._lines, tables=self._flow.tables)

    def _picture(self, picture: Picture) -> None:
        self._turn()
        reason = f"图片 {picture.name} 中的内容 / picture {picture.name} shows it"
        try:
            read = list(_recognised(picture))
        except ReadError as error:
            self._problems.append(_unread(picture, error, len(self._pages) + 1))
            return
        for page in read:
            lines = tuple(self._placed(line, count) for count, line in enumerate(page.lines, start=1))
            self._lines += len(lines)
            tables = max((line.table for line in lines if line.table), default=self._flow.tables)
            self._flow = Flow(before=self._lines, tables=tables)
            self._pages.append(replace(page, lines=lines, reason=reason))
            if not limits.ocr_wanted():
                self._problems.append(limits.needs_ocr(len(self._pages), reason))

    def _placed(self, line: Line, count: int) -> Line:
        """A line of a picture, numbered on in the document."""
        table = line.table + self._flow.tables if line.table else None
        return replace(line, number=self._lines + count, table=table)


def _unread(picture: Picture, error: ReadError, page: int) -> ReadProblem:
    return ReadProblem(
        kind="picture_unread",
        message=f"图片 {picture.name} 无法读取 / picture {picture.name} {error.reason}",
        action=error.action,
        page=page,
    )


def _numbered(page: Page, number: int) -> Page:
    return replace(page, number=number, lines=tuple(replace(line, page=number) for line in page.lines))


def can_be_page(content: bytes) -> bool:
    """Whether a picture is large enough for a table and mostly paper: photographs and banners are not."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            width, height = opened.size
            if width < _LEAST_WIDTH or height < _LEAST_HEIGHT or width > height * _WIDEST:
                return False
            opened.draft("L", _THUMBNAIL)
            small = opened.convert("RGBA").resize(_THUMBNAIL)
    except _UNREADABLE:
        return False
    paper = Image.alpha_composite(Image.new("RGBA", small.size, "white"), small).convert("L")
    return sum(paper.histogram()[_PAPER:]) >= _PAPER_SHARE * small.width * small.height


def _recognised(picture: Picture) -> Iterator[Page]:
    with tempfile.NamedTemporaryFile(prefix="gouji-picture-", suffix=Path(picture.name).suffix) as file:
        file.write(picture.content)
        file.flush()
        yield from image.read(Path(file.name)).pages
