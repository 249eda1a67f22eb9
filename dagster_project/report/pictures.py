"""Pictures of the pages on which findings stand. Boxes are drawn over them by the pages of the report."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2

from dagster_project.originals import OriginalMissingError, original
from dagster_project.page_picture import View, page_picture
from dagster_project.report.data import Document

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: its file name, and the page's width and height in points, the unit of its boxes."""

    file: str
    width: float
    height: float


def pictured(document: Document) -> bool:
    """Whether a document has pages that can be drawn: PDF files and pictures do."""
    kind: str = document.row["media_type"] or ""
    return kind == "application/pdf" or kind.startswith("image/")


def write_pictures(
    connection: DuckDBPyConnection, document: Document, raw: Path, folder: Path
) -> dict[int, Picture]:
    """Write, as lossless WebP, every page that holds a figure of a finding; pictures by page.

    A document without pictures of pages has none; so has one whose file is gone from ``raw`` or can no longer
    be drawn.
    """
    shown = document.pages_of_findings if pictured(document) else []
    wanted = {page: document.pages.get(page) for page in shown}
    found: dict[int, Picture] = {}
    if not wanted:
        return found
    try:
        with original(connection, document.row, raw) as path:
            for number, page in wanted.items():
                if page is None or page["width"] is None:
                    continue
                view = View(page["width"], page["height"], page["turned"] or 0.0)
                file = f"{document.row['document_id']}-{number}.webp"
                picture = page_picture(path, number, view)
                picture.save(folder / file, format="WEBP", lossless=True, method=4)
                found[number] = Picture(file, view.width, view.height)
    except (OriginalMissingError, OSError, pypdfium2.PdfiumError):
        return found
    return found
