"""Text that runs over other text: what nobody can read on paper is not read."""

from __future__ import annotations

import numpy as np

from dagster_project.readers.pdf.characters import Characters
from dagster_project.readers.pdf.layout import page_lines

Placed = tuple[str, float, float]
"""A text, its left and its top, in points; its characters are 10 by 10."""


def read(*texts: Placed) -> tuple[list[str], int]:
    """What lines of text at these places are read as, and how many words were left out."""
    characters = [(ord(c), left + 10 * i, top) for text, left, top in texts for i, c in enumerate(text)]
    count = len(characters)
    lines, unread = page_lines(
        Characters(
            np.array([code for code, _, _ in characters], dtype=np.uint32),
            np.array([(left, top, left + 10, top + 10) for _, left, top in characters], dtype=np.float64),
            np.zeros(count, dtype=bool),
            np.arange(count) * 2,
            np.zeros(count, dtype=bool),
        ),
        [],
        [],
        page=1,
        number=1,
        table=1,
    )
    return [line.text.strip() for line in lines], unread


def test_words_printed_over_one_another_are_left_out_and_counted() -> None:
    lines, unread = read(("二、政府性基金预算", 50, 100), ("政拨款收入", 50, 101), ("18.20", 200, 100.5))

    assert lines == ["18.20"]
    assert unread == 1


def test_a_character_set_close_to_the_next_is_no_overprint() -> None:
    assert read(("公务用车（", 50, 100), ("购置", 95, 100)) == (["公务用车（购置"], 0)
