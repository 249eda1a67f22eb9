"""Which tables keep their columns by runs of spaces, and which only print a few of them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from dagster_project.forms.aligned.detection import is_aligned
from dagster_project.readers.page import Line

COLUMNS = """
科目编码   科目名称            合计     人员经费    公用经费
           合计               37.50      30.00       7.50
301        工资福利支出       30.00      30.00
302        商品和服务支出      7.50                  7.50
"""

ONE_ROW = """
合计     因公出国（境）费   公务接待费
 0.90          0.50            0.40
"""

DOUBLE_SPACES_AMONG_LOOSE_LINES = """
科目编码 科目名称 合计 人员经费 公用经费
合计 37.50 30.00 7.50
301 工资福利支出 30.00  30.00
30101 基本工资 12.00  12.00
302 商品和服务支出 7.50   7.50
30201 办公费 7.50   7.50
"""

ONE_ROW_BELOW_LOOSE_HEADERS = """
合计
因公出国（境）费
小计 公务用车购置费
0.90     0.90
"""

HEADER_CELLS_ON_LINES_OF_THEIR_OWN = """
单位代码
合计
其他收入
合计 9.00     9.00
301
9.00     9.00
301001
9.00     9.00
"""


def lines(text: str) -> list[Line]:
    return [Line(line, number) for number, line in enumerate(dedent(text).strip("\n").split("\n"), start=1)]


@pytest.mark.parametrize("text", [COLUMNS, ONE_ROW])
def test_columns_that_stand_below_each_other_are_aligned(text: str) -> None:
    assert is_aligned(lines(text))


@pytest.mark.parametrize(
    "text", [DOUBLE_SPACES_AMONG_LOOSE_LINES, ONE_ROW_BELOW_LOOSE_HEADERS, HEADER_CELLS_ON_LINES_OF_THEIR_OWN]
)
def test_a_few_double_spaces_are_no_columns(text: str) -> None:
    assert not is_aligned(lines(text))


def test_runs_of_spaces_that_stand_nowhere_in_particular_are_no_columns() -> None:
    rows = "".join(
        f"{'项' * width}  {width}.00  {width}0.00\n" for width in (1, 9, 4, 15, 7, 20, 2, 12, 17, 5, 10, 3)
    )
    assert not is_aligned(lines("项目  合计  基本支出\n" + rows))


def test_a_table_without_rows_is_as_its_header_is() -> None:
    assert is_aligned(lines("科目编码    科目名称    合计\n201\n— 4 —"))
    assert not is_aligned(lines("科目编码 科目名称 合计\n201\n— 4 —"))
