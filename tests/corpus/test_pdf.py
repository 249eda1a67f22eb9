"""Real documents as PDF: every cell of their forms, with page and box; a blank template yields nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.parse import parse
from tests.corpus.test_cells import SHARED, gold, read

PDFS = sorted((SHARED / "corpus" / "pdf").glob("*.pdf")) if SHARED.is_dir() else []
FILLED = [path for path in PDFS if (SHARED / "gold" / f"{path.stem}.csv").exists()]
BLANK = [path for path in PDFS if path not in FILLED]

pytestmark = pytest.mark.skipif(not PDFS, reason="the real documents (../shared) are not on this machine")


@pytest.mark.parametrize("document", FILLED, ids=lambda path: path.stem)
def test_the_cells_of_each_pdf_are_read(document: Path) -> None:
    wanted, found = gold(document), read(document)
    common = (wanted & found).total()
    assert common >= 0.999 * wanted.total(), f"missed: {wanted - found}"
    assert common >= 0.999 * found.total(), f"made up: {found - wanted}"


@pytest.mark.parametrize("document", FILLED, ids=lambda path: path.stem)
def test_every_cell_of_a_pdf_has_its_page_and_box(document: Path) -> None:
    for cell in parse(document).cells:
        assert cell.page is not None
        assert cell.bbox is not None
        left, top, right, bottom = cell.bbox
        assert left < right
        assert top < bottom


@pytest.mark.parametrize("document", BLANK, ids=lambda path: path.stem)
def test_a_blank_template_yields_no_figures(document: Path) -> None:
    parsed = parse(document)
    assert not parsed.cells
    assert not parsed.statements
