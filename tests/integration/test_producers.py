"""PDF files that office programs and browsers print hold what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.producers import PRODUCERS, program, trips


@pytest.mark.parametrize(
    ("producer", "family"),
    [("word", "central"), ("word", "beijing"), ("browser_head_and_foot", "wuhan"), ("sheet", "zhejiang")],
)
def test_what_another_program_prints_is_read_in_full(producer: str, family: str, tmp_path: Path) -> None:
    needed = PRODUCERS[producer].program
    if program(needed) is None:
        pytest.skip(f"{needed} is not installed")

    for trip in trips(producer, [family], 1, tmp_path):
        cells = trip.scores["cells"]
        assert cells.missing == cells.extra == ()
        assert cells.hits
