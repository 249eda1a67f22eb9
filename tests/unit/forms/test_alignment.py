"""Which tables keep their columns by runs of spaces, and which only print a few of them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from dagster_project.forms.aligned.detection import is_aligned
from dagster_project.forms.aligned.reading import read_aligned
from dagster_project.forms.aligned.tokens import scale_of, tokens
from dagster_project.forms.table import TableRow
from dagster_project.readers.page import Line, Word

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


def rows(form: str, text: str, fiscal_year: int = 2024) -> list[TableRow]:
    table = read_aligned(form, lines(text), fiscal_year)
    assert not table.problems
    return table.rows


def shown(row: TableRow) -> tuple[str | None, str, dict[str, str]]:
    return row.code, row.label, {column: value.text for column, value in row.values.items()}


def test_whole_numbers_beside_printed_zeros_show_where_their_columns_are() -> None:
    found = rows(
        "final_income",
        """
          科目编码   科目名称   本年收入合计   财政拨款收入   上级补助收入   其他收入
                     合计              1,697          1,599           0.00         98
          201        档案              1,197          1,099           0.00         98
          20126      档案事务            500            500           0.00       0.00
        """,
    )
    columns = ("total", "fiscal_appropriation", "superior_subsidy", "other")
    assert [shown(row) for row in found] == [
        (code, label, dict(zip(columns, figures, strict=True)))
        for code, label, figures in (
            (None, "合计", ("1,697", "1,599", "0.00", "98")),
            ("201", "档案", ("1,197", "1,099", "0.00", "98")),
            ("20126", "档案事务", ("500", "500", "0.00", "0.00")),
        )
    ]


def test_a_whole_number_before_the_total_of_the_next_panel_is_no_code() -> None:
    found = rows(
        "final_general_basic_by_economic",
        """
                人员经费                              公用经费
          科目编码   科目名称       金额   科目编码   科目名称        金额
          301        工资福利支出    594   302        商品和服务支出    37
          30101      基本工资        594   30201      办公费            37
                     人员经费合计    594              公用经费合计      37
        """,
    )
    assert [(row.code, row.label, row.values["amount"].text) for row in found[-2:]] == [
        (None, "人员经费合计", "594"),
        (None, "公用经费合计", "37"),
    ]


def test_line_numbers_are_no_column_of_whole_numbers() -> None:
    found = rows(
        "final_summary",
        """
                  收入                          支出
          项目             行次   决算数   项目             行次   决算数
          一、事业收入        1       90   一、教育支出        5       90
          二、其他收入        2       10   二、科学技术支出    6       10
        """,
    )
    assert [(row.label, row.values["amount"].text) for row in found] == [
        ("一、事业收入", "90"),
        ("一、教育支出", "90"),
        ("二、其他收入", "10"),
        ("二、科学技术支出", "10"),
    ]


def test_years_side_by_side_stand_over_alike_parts() -> None:
    (row,) = rows(
        "budget_three_public",
        """
                             2023年                                        2024年
                        三公经费                  会议费              三公经费                  会议费
          小计  公务接待费 公务用车购置及运行费         小计  公务接待费 公务用车购置及运行费
                            小计   购置   运行                            小计   购置   运行
          9000     1000     8000   6000   2000      500 7000     3000     4000   3000   1000      700
        """,
    )
    assert list(row.values)[:2] == ["prior_year_total", "prior_year_reception"]
    assert (row.values["prior_year_meeting"].text, row.values["vehicle"].text) == ("500", "4000")


def test_the_second_line_of_a_header_cell_is_no_row() -> None:
    found = rows(
        "budget_general_by_function",
        """
          科目编码   科目名称   一般公共预算支出   人员经费   公用经费   项目支出
                                      合计
                     合计            8478081        6071744     748542    1657795
          206        科技            8478081        6071744     748542    1657795
        """,
    )
    assert [next(iter(row.values)) for row in found] == ["total", "total"]


def test_codes_of_what_is_bought_open_no_rows_and_the_next_page_ends_no_label() -> None:
    text = """
      单位代码   单位名称   采购品目     采购数量   采购金额合计
                 合计                                       24.30
                 示例市     [
                 档案馆     C23090199
      109001     （本级）   ]印刷               1           24.30
                 馆藏处     服务
    """
    printed = [*lines(text), Line("        示例市档案馆（本级）馆藏处二〇二四年说明", 9, page=2)]
    _, row = read_aligned("budget_procurement", printed, 2024).rows
    assert (row.code, row.label) == ("109001", "示例市档案馆（本级）馆藏处")
    assert {column: value.text for column, value in row.values.items()} == {"quantity": "1", "total": "24.30"}


def test_words_one_over_the_other_are_not_one_cell() -> None:
    words = (
        Word("类", (50, 134, 58, 142)),
        Word("功能分类科目编码", (56, 119, 136, 127)),
        Word("款", (84, 134, 92, 142)),
    )
    line = Line("类 功能分类科目编码 款", 1, words=words)
    assert [token.text for token in tokens(line, scale_of([line]))] == ["类", "功能分类科目编码", "款"]
