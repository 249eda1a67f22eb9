"""What reading one document may cost, and what is left for later: told to the readers by whoever calls them.

A load first reads every document without recognising pictures of pages, publishes, and comes back for the
pages that wait. Readers ask :func:`current` before they start something expensive; without a caller who says
otherwise, everything is read at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from dagster_project.readers.errors import ReadError
from dagster_project.readers.page import ReadProblem

NEEDS_OCR: Final = "needs_ocr"
"""Kind of the problem of a page that could only be read by recognising its picture."""

TOO_MANY_PAGES: Final = "too_many_pages"
"""Kind of the problem of a document that has more pages than allowed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``pages``: most pages a document may have. ``ocr``: recognise pictures of pages now, with ``threads``
    at a time. ``page``: the only page that is wanted; a reader may leave the others empty.
    """

    pages: int = 2000
    ocr: bool = True
    threads: int = 1
    page: int | None = None


_NO_CALLER: Final = Limits()
_limits: ContextVar[Limits] = ContextVar("limits", default=_NO_CALLER)


def current() -> Limits:
    """The limits of the reading that is under way."""
    return _limits.get()


@contextmanager
def within(limits: Limits) -> Iterator[None]:
    """Read under ``limits`` while the block runs."""
    token = _limits.set(limits)
    try:
        yield
    finally:
        _limits.reset(token)


def ocr_installed() -> bool:
    """Whether the extra ``ocr`` is there."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def ocr_wanted() -> bool:
    """Whether a picture of a page is to be recognised now. If not, :func:`needs_ocr` is what to record."""
    return current().ocr and ocr_installed()


def needs_ocr(page: int | None, reason: str) -> ReadProblem:
    """The problem of a page that waits to be recognised; ``reason`` says why, in both languages
    (``没有文字层 / it has no text layer``).
    """
    chinese, _, english = reason.partition(" / ")
    where, place = (f"第{page}页", f"page {page}") if page else ("此图", "the picture")
    if ocr_installed():
        action = "none: a load recognises it after publishing the rest, unless GOUJI_OCR is false"
    else:
        action = (
            "install what recognises scans with `make ocr` (or pip install 'gouji[ocr]'), then load again"
        )
    return ReadProblem(
        kind=NEEDS_OCR,
        message=f"{where}需识别，尚未读出：{chinese} / {place} waits to be recognised: {english or chinese}",
        action=action,
        page=page,
        severity="warning",
    )


def check_pages(path: Path, pages: int) -> None:
    """Raise ``ReadError`` of kind ``TOO_MANY_PAGES`` for a document that has more pages than allowed."""
    if pages > current().pages:
        raise ReadError(
            path,
            f"has {pages} pages, more than the {current().pages} allowed",
            "raise GOUJI_PAGE_LIMIT, or split the file",
            kind=TOO_MANY_PAGES,
        )
