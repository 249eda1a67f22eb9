"""Which column a cell belongs to: shifted grids, and lines that have lost their grid."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.forms.performance.align import Cell, Column, align
from dagster_project.forms.performance.fragments import fragments, width
from dagster_project.forms.performance.stream import read_rows
from dagster_project.readers.page import Line

EVALUATION = ("level1", "level2", "level3", "target", "actual", "score")
TARGET = ("level1", "level2", "level3", "target", "basis")
THREE_YEARS = ("level1", "level2", "level3", "prior_year_2", "prior_year_1", "expected", "basis")

NAMES = (
    "修复破损地图数量",
    "装裱成品合格率",
    "库房温湿度达标天数",
    "按期完工率",
    "到馆查档人次",
    "查阅等候时间",
)
FIGURES = ("≥300幅", "100%", "≤1.5%", "12次", "98.5%", "0")
LEVELS = (("产出指标", "数量指标"), ("产出指标", "质量指标"), ("效益指标", "社会效益指标"))

Row = dict[str, str]


def columns(names: tuple[str, ...]) -> list[Column]:
    return [Column(name, position) for position, name in enumerate(names)]


def wrapped(text: str, most: int) -> list[str]:
    """The text broken into lines of at most ``most`` half-width characters."""
    lines = [""]
    for char in text:
        if lines[-1] and width(lines[-1] + char) > most:
            lines.append("")
        lines[-1] += char
    return lines


def printed(rows: list[Row], order: tuple[str, ...], widths: dict[str, int], *, gaps: bool) -> list[Line]:
    """A table without its grid: cells of one line side by side, broken cells in lines of their own."""
    texts: list[str] = []
    for row in rows:
        side_by_side: list[str] = []
        for name in order:
            if name not in row:
                continue
            lines = wrapped(row[name], widths.get(name, 40))
            if len(lines) == 1:
                side_by_side.append(lines[0])
                continue
            texts.extend([" ".join(side_by_side)] if side_by_side else [])
            side_by_side = []
            texts.extend(lines)
        texts.extend([" ".join(side_by_side)] if side_by_side else [])
    return [Line(text, number * (2 if gaps else 1)) for number, text in enumerate(texts, start=1)]


def found(rows: list[Row], order: tuple[str, ...], widths: dict[str, int], *, gaps: bool) -> list[Row]:
    return [row.cells for row in read_rows(fragments(printed(rows, order, widths, gaps=gaps)), order)]


@given(
    shift=st.integers(min_value=-2, max_value=2),
    level=st.sampled_from(LEVELS),
    name=st.sampled_from(NAMES),
    target=st.sampled_from(FIGURES),
    actual=st.sampled_from(FIGURES),
    score=st.integers(min_value=1, max_value=50),
    with_level1=st.booleans(),
)
def test_a_row_shifted_as_a_whole_is_read_as_if_it_were_not(
    *, shift: int, level: tuple[str, str], name: str, target: str, actual: str, score: int, with_level1: bool
) -> None:
    texts = [*(level if with_level1 else level[1:]), name, target, actual, str(score)]
    first = shift + (0 if with_level1 else 1)
    cells = [Cell(first + place, text) for place, text in enumerate(texts)]
    expected = dict(zip(EVALUATION[6 - len(texts) :], texts, strict=True))
    assert align(cells, columns(EVALUATION)).values == expected


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        # An unknown second level is taken where its place says so …
        (
            {0: "满意度指标", 1: "读者", 2: "读者满意度", 3: "≥90%", 4: "95%", 5: "10"},
            ["满意度指标", "读者", "读者满意度", "≥90%", "95%", "10"],
        ),
        # … a blank one is no reason to move the name into it.
        (
            {0: "效益指标", 2: "查阅等候时间", 3: "缩短", 4: "缩短", 5: "10"},
            ["效益指标", None, "查阅等候时间", "缩短", "缩短", "10"],
        ),
        # A missing score stays missing.
        ({2: "按期完工率", 3: "100%", 4: "100%"}, [None, None, "按期完工率", "100%", "100%", None]),
    ],
)
def test_blank_and_unusual_cells_stay_where_they_are(texts: dict[int, str], values: list[str | None]) -> None:
    aligned = align([Cell(place, text) for place, text in texts.items()], columns(EVALUATION)).values
    assert [aligned.get(name) for name in EVALUATION] == values


def test_a_cell_without_a_column_is_named_as_spare() -> None:
    texts = ["时效指标", "按期完工率", "100%", "100%", "100%", "10"]
    aligned = align([Cell(place + 1, text) for place, text in enumerate(texts)], columns(EVALUATION))
    assert aligned.spare == ("100%",)
    assert aligned.values["score"] == "10"


@settings(deadline=None)
@given(
    level3=st.integers(min_value=4, max_value=12).map(lambda count: 2 * count),
    level2=st.sampled_from([6, 8, 14]),
    level1=st.sampled_from([4, 8]),
    gaps=st.booleans(),
    picks=st.lists(
        st.tuples(
            st.sampled_from(NAMES), st.sampled_from(FIGURES), st.sampled_from(FIGURES), st.integers(1, 40)
        ),
        min_size=2,
        max_size=5,
        unique_by=lambda pick: pick[0],
    ),
)
def test_cells_broken_over_lines_are_put_together_at_any_width(
    level3: int, level2: int, level1: int, gaps: bool, picks: list[tuple[str, str, str, int]]
) -> None:
    rows: list[Row] = []
    for number, (name, target, actual, score) in enumerate(picks):
        row = {"level3": name, "target": target, "actual": actual, "score": str(score)}
        levels = {"level1": "产出指标", "level2": "数量指标"} if number == 0 else {}
        rows.append({**levels, **row})
    widths = {"level1": level1, "level2": level2, "level3": level3}
    assert found(rows, EVALUATION, widths, gaps=gaps) == rows


def test_a_target_in_words_that_is_broken_too_is_told_from_the_name_by_the_width_of_its_lines() -> None:
    rows = [
        {
            "level1": "产出指标",
            "level2": "数量指标",
            "level3": "修复破损地图数量与装裱",
            "target": "≥300幅",
            "basis": "计划标准",
        },
        {
            "level2": "质量指标",
            "level3": "库房常年温湿度控制",
            "target": "库房温湿度常年稳定在规定范围",
            "basis": "行业标准",
        },
        {"level2": "时效指标", "level3": "按期完工率", "target": "100%", "basis": "计划标准"},
    ]
    assert found(rows, TARGET, {"level3": 10, "target": 18}, gaps=False) == rows


def test_this_years_value_alone_is_expected_where_no_line_prints_two() -> None:
    rows = [
        {
            "level1": "产出指标",
            "level2": "数量指标",
            "level3": "修复破损地图数量",
            "expected": "≥300幅",
            "basis": "计划标准",
        },
        {"level2": "质量指标", "level3": "装裱成品合格率", "expected": "100%", "basis": "行业标准"},
    ]
    assert found(rows, THREE_YEARS, {"level3": 10}, gaps=True) == rows


def test_a_row_goes_on_after_a_page_break() -> None:
    lines = [
        Line("产出指标 数量指标", 1, page=1),
        Line("修复破损地图数量与装", 2, page=1),
        Line("280幅 295幅 ≥300幅 计划标准", 3, page=1),
        Line("质量指标", 4, page=1),
        Line("库房常年温湿度控", 5, page=1),
        Line("稳定 稳定 稳定", 6, page=1),
        Line("制达到规范", 7, page=2),
        Line("满意度指标 服务对象满意度指标 读者满意度 90% 92% ≥95% 问卷调查", 8, page=2),
    ]
    rows = [row.cells for row in read_rows(fragments(lines), THREE_YEARS)]
    assert [row["level3"] for row in rows] == [
        "修复破损地图数量与装",
        "库房常年温湿度控制达到规范",
        "读者满意度",
    ]
    assert [row["expected"] for row in rows] == ["≥300幅", "稳定", "≥95%"]


def test_characters_set_wide_apart_are_one_word_and_go_on_in_the_next_line() -> None:
    lines = [
        Line("产出指标 数量指标", 1),
        Line("修 复 破 损", 3),
        Line("地图数量", 5),
        Line("≥300幅 计划标准", 7),
    ]
    (row,) = read_rows(fragments(lines), TARGET)
    assert row.cells["level3"] == "修复破损地图数量"


def test_values_of_one_character_each_are_three_cells() -> None:
    lines = [Line("效益指标 社会效益指标 重大差错次数 无 无 无 计划标准", 1)]
    (row,) = read_rows(fragments(lines), THREE_YEARS)
    assert [row.cells[name] for name in ("prior_year_2", "prior_year_1", "expected")] == ["无", "无", "无"]
