"""Characters whose font tells the box of their ink alone."""

from __future__ import annotations

import numpy as np

from dagster_project.readers.pdf.characters import Characters
from dagster_project.readers.pdf.layout import page_lines


def test_a_stroke_across_stays_on_its_line_though_its_box_is_flat() -> None:
    text = "一般公共"
    boxes = [(10.0, 100.6, 28.0, 103.2), *((left, 90.0, left + 18.0, 108.0) for left in (28.0, 46.0, 64.0))]
    count = len(text)
    characters = Characters(
        np.array([ord(character) for character in text], dtype=np.uint32),
        np.array(boxes),
        np.zeros(count, dtype=bool),
        np.arange(count),
        np.zeros(count, dtype=bool),
    )
    lines, _ = page_lines(characters, [], [], page=1, number=1, table=1)
    assert [line.text for line in lines] == ["一般公共"]
