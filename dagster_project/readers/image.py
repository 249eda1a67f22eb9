"""Pictures of pages: PNG, JPEG, and TIFF with as many pages as it holds. Read by recognition alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from dagster_project.readers import limits
from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import Page, ReadProblem, Source

READER: Final = "image"

_A4_INCHES: Final = (8.27, 11.69)
_CREDIBLE_DPI: Final = (100, 1200)
_REASON: Final = "文件是图片 / the file is a picture"


def read(path: Path) -> Source:
    """Read a picture file as the pages it shows.

    Raises ``ReadError`` for a file that is no picture, is cut off, or is larger than any page. Where the
    packages that recognise scans are absent, or recognition waits, the pages are empty and a problem says so.
    """
    try:
        with Image.open(path) as opened:
            media_type = Image.MIME.get(opened.format or "", "image/*")
            limits.check_pages(path, getattr(opened, "n_frames", 1))
            pages = tuple(_pages(opened))
    except Image.DecompressionBombError as error:
        raise ReadError(
            path, "has more dots than any page", "save the page at 200 to 400 dots an inch", kind="too_large"
        ) from error
    except UnidentifiedImageError as error:
        raise ReadError(
            path, "is no picture of a page", "save the page as PNG, JPEG or TIFF again"
        ) from error
    except OSError as error:
        raise ReadError(path, "is cut off or damaged", "fetch the file again") from error
    return Source(pages, media_type, READER, problems=tuple(_problems(pages)))


def _pages(opened: Image.Image) -> Iterator[Page]:
    line = table = 1
    wanted = limits.current().page
    for number, frame in enumerate(ImageSequence.Iterator(opened), start=1):
        shown = ImageOps.exif_transpose(frame)
        width, height = _points(shown)
        if not limits.ocr_wanted() or wanted not in (None, number):
            yield Page(number, (), width, height, read_by="ocr", reason=_REASON)
            continue
        from dagster_project.readers import ocr  # noqa: PLC0415 - the extra is optional

        page = ocr.read_page(
            _on_paper(shown), number, width, height, reason=_REASON, first_line=line, first_table=table
        )
        line += len(page.lines)
        table = max((one.table + 1 for one in page.lines if one.table), default=table)
        yield page


def _points(shown: Image.Image) -> tuple[float, float]:
    """The size of the page: as the file says, else as if it were A4."""
    dots = float(shown.info.get("dpi", (0, 0))[0])
    if not _CREDIBLE_DPI[0] <= dots <= _CREDIBLE_DPI[1]:
        dots = min(min(shown.size) / _A4_INCHES[0], max(shown.size) / _A4_INCHES[1])
    return shown.width / dots * 72, shown.height / dots * 72


def _on_paper(shown: Image.Image) -> NDArray[np.uint8]:
    """Red, green and blue of the picture; what is transparent shows white paper."""
    colours = shown.convert("RGBA")
    paper = Image.new("RGBA", colours.size, "white")
    return np.asarray(Image.alpha_composite(paper, colours).convert("RGB"))


def _problems(pages: tuple[Page, ...]) -> Iterator[ReadProblem]:
    for page in pages:
        if not limits.ocr_wanted():
            yield limits.needs_ocr(page.number, _REASON)
        elif not page.lines and limits.current().page in (None, page.number):
            yield ReadProblem(
                kind="no_text",
                message=f"第{page.number}页没有认出文字 / no text was recognised on page {page.number}",
                action="look at the picture: it may be blank, or too coarse to read",
                page=page.number,
            )
