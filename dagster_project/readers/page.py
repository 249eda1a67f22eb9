"""The one page model that every reader produces and every form parser reads."""

from __future__ import annotations

from dataclasses import dataclass

from dagster_project.records import BBox


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line. ``number`` counts from 1 through the document and is its evidence in text files.

    ``text`` is the line as printed, tabs and spaces kept, without its line break.
    """

    text: str
    number: int
    page: int | None = None
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its lines in reading order. ``number`` is ``None`` where the format has no pages."""

    number: int | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """A file as a reader understood it."""

    pages: tuple[Page, ...]
    media_type: str
    reader: str
    encoding: str | None = None

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines of the document in reading order."""
        return tuple(line for page in self.pages for line in page.lines)
