"""The documents of ``raw/samples``, and any number of others for benches.

The samples show what there is to see: PDF, a scan, workbooks, Word files, web pages and text; budget and
final account of the same body over two years, a department and its unit, and a few errors of the kind that
publishers make.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from dagster_project.samples.errors import dropped_row, misprint
from dagster_project.samples.pdf_style import PdfStyle
from dagster_project.samples.writer import FAMILIES, Wish, Written, write


@dataclass(frozen=True, slots=True)
class Sample:
    """One committed document: its path below ``raw/samples`` and what to write."""

    path: str
    wish: Wish


_JUSTICE: Final = 3
_EDUCATION: Final = 4
_TRANSPORT: Final = 10
_ECOLOGY: Final = 8
_AGRICULTURE: Final = 9
_EMERGENCY: Final = 11
_MARKET: Final = 2
_CULTURE: Final = 6

_EXPORTED: Final = PdfStyle(rules="rectangles", wide="rotate", repeat_header=False, joined_total=True)
_BRIEF: Final = PdfStyle(font="song", shift=1.5, new_page=False, leading_title=True)
_SCANNED: Final = PdfStyle(new_page=False, noise=3, quality=40)
_SCANNED_FORMS: Final = ("final_summary", "final_expenditure", "final_three_public")

SAMPLES: Final[tuple[Sample, ...]] = (
    Sample("justice/2023-budget.txt", Wish(_JUSTICE, 2023, "budget", "wuhan", "tabs")),
    Sample(
        "justice/2023-final.txt",
        Wish(
            _JUSTICE,
            2023,
            "final",
            "wuhan",
            "tabs",
            misstated=(("basic.personnel.amount", Decimal("10.00")),),
        ),
    ),
    Sample(
        "justice/2024-budget.txt",
        Wish(
            _JUSTICE,
            2024,
            "budget",
            "wuhan",
            "tabs",
            changes=(misprint("budget_expenditure", "2040605", "project", "total", add=Decimal("9.00")),),
            misremembered=(("general.expenditure.amount", Decimal("12.00")),),
        ),
    ),
    Sample(
        "justice/2024-final.txt",
        Wish(
            _JUSTICE,
            2024,
            "final",
            "wuhan",
            "tabs",
            changes=(dropped_row("final_general_by_function", "2210203"),),
        ),
    ),
    Sample("justice/service-centre/2024-budget.txt", Wish(_JUSTICE, 2024, "budget", "wuhan", "tabs", part=1)),
    Sample("education/2023-budget.txt", Wish(_EDUCATION, 2023, "budget", "central", "aligned")),
    Sample("education/2023-final.txt", Wish(_EDUCATION, 2023, "final", "central", "aligned")),
    Sample("education/2024-budget.txt", Wish(_EDUCATION, 2024, "budget", "central", "aligned")),
    Sample(
        "education/2024-final.txt",
        Wish(
            _EDUCATION,
            2024,
            "final",
            "central",
            "aligned",
            changes=(misprint("final_expenditure", "2050201", "project", add=Decimal("-20.00")),),
            misstated=(("three_public.reception.final", Decimal("0.50")),),
        ),
    ),
    Sample("transport/2024-budget.txt", Wish(_TRANSPORT, 2024, "budget", "shanghai", "loose", zeros=True)),
    Sample("transport/2024-final.md", Wish(_TRANSPORT, 2024, "final", "shanghai", "markdown")),
    Sample("ecology/2023-budget.pdf", Wish(_ECOLOGY, 2023, "budget", "beijing", "pdf")),
    Sample("ecology/2023-final.pdf", Wish(_ECOLOGY, 2023, "final", "beijing", "pdf")),
    Sample("ecology/2024-budget.pdf", Wish(_ECOLOGY, 2024, "budget", "beijing", "pdf", style=_EXPORTED)),
    Sample(
        "ecology/2024-final.pdf",
        Wish(
            _ECOLOGY,
            2024,
            "final",
            "beijing",
            "pdf",
            style=_EXPORTED,
            changes=(misprint("final_income", "2110101", "fiscal_appropriation", add=Decimal("30.00")),),
            reopened=(("2110301", Decimal(65_000)),),
        ),
    ),
    Sample("culture/2024-budget.pdf", Wish(_CULTURE, 2024, "budget", "jiangsu", "pdf", style=_BRIEF)),
    Sample(
        "culture/2024-final-scan.pdf",
        Wish(_CULTURE, 2024, "final", "jiangsu", "scan", only=_SCANNED_FORMS, style=_SCANNED),
    ),
    Sample("agriculture/2024-budget.xlsx", Wish(_AGRICULTURE, 2024, "budget", "henan", "xlsx")),
    Sample("agriculture/2024-final.xlsx", Wish(_AGRICULTURE, 2024, "final", "henan", "xlsx")),
    Sample("emergency/2024-budget.docx", Wish(_EMERGENCY, 2024, "budget", "guangdong", "docx")),
    Sample("emergency/2024-final.docx", Wish(_EMERGENCY, 2024, "final", "guangdong", "docx")),
    Sample("market/2024-budget.html", Wish(_MARKET, 2024, "budget", "zhejiang", "html")),
    Sample(
        "market/2024-final.html",
        Wish(
            _MARKET,
            2024,
            "final",
            "zhejiang",
            "html",
            changes=(
                misprint("final_three_public", "", "budget_total", "budget_reception", add=Decimal("0.80")),
            ),
            misstated=(("three_public.total.budget", Decimal("0.80")),),
        ),
    ),
)


def sample_document(sample: Sample) -> Written:
    """The document of a sample."""
    return write(sample.wish)


def write_samples(folder: Path) -> list[Path]:
    """Write every sample below ``folder``; returns the files in the order of ``SAMPLES``."""
    paths = []
    for sample in SAMPLES:
        path = folder / sample.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(sample_document(sample).content)
        paths.append(path)
    return paths


def many(
    number: int, *, first_seed: int = 100, layouts: Sequence[str] = ("tabs", "aligned", "loose")
) -> Iterator[tuple[str, Written]]:
    """``number`` documents with their paths: bodies over four years, families and layouts mixed."""
    for position in range(number):
        body, turn = divmod(position, 8)
        seed, year, kind = first_seed + body, 2021 + turn // 2, ("budget", "final")[turn % 2]
        family, layout = FAMILIES[body % len(FAMILIES)], layouts[body // len(FAMILIES) % len(layouts)]
        written = write(Wish(seed, year, kind, family, layout, zeros=layout == "loose"))
        yield f"body-{seed:05d}/{year}-{kind}{written.suffix}", written
