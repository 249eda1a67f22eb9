"""Tables without rules whose further columns are printed on pages of their own."""

from __future__ import annotations

from textwrap import dedent

from dagster_project.forms.aligned.reading import read_aligned
from dagster_project.forms.table import FormTable
from dagster_project.readers.page import Line

FIRST = """
    科目编码  科目名称            合计   基本支出   项目支出
    合计                          9.30       7.10       2.20
    201       一般公共服务支出    8.20       6.00       2.20
    2010101   行政运行            8.20       6.00       2.20
    221       住房保障支出        1.10       1.10
"""


def read(*pages: str) -> FormTable:
    """The table of an expenditure form that is printed on these pages."""
    lines = [
        Line(text, 100 * page + number, page)
        for page, printed in enumerate(pages, start=1)
        for number, text in enumerate(dedent(printed).strip().splitlines())
    ]
    return read_aligned("budget_expenditure", lines, 2024)


def test_figures_alone_under_other_headers_belong_to_the_same_rows() -> None:
    table = read(
        FIRST,
        """
        上缴上级支出   对附属单位补助支出
                0.30                 0.00
                0.00                 0.00
                0.30                 0.00
                0.00                 0.00
        """,
    )

    of_labels = {row.label: {key: value.text for key, value in row.values.items()} for row in table.rows}
    assert of_labels["行政运行"] == {
        "total": "8.20",
        "basic": "6.00",
        "project": "2.20",
        "remit_superior": "0.30",
        "subsidise_affiliates": "0.00",
    }
    assert table.problems == []


def test_further_columns_beside_the_codes_and_names_again_belong_to_the_rows_of_these() -> None:
    table = read(
        FIRST,
        """
        示例市档案馆
        科目编码  科目名称            上缴上级支出   对附属单位补助支出
        合计                                  0.30                 0.00
        201       一般公共服务支出            0.00                 0.00
        2010101   行政运行                    0.30                 0.10
        221       住房保障支出                0.00                 0.00
        """,
    )

    assert [row.label for row in table.rows] == ["合计", "一般公共服务支出", "行政运行", "住房保障支出"]
    further = {key: value.text for key, value in list(table.rows[2].values.items())[3:]}
    assert further == {"remit_superior": "0.30", "subsidise_affiliates": "0.10"}
    assert table.problems == []


def test_fewer_rows_of_further_columns_are_a_problem_and_no_rows() -> None:
    table = read(
        FIRST,
        """
        上缴上级支出   对附属单位补助支出
                0.30
                0.30
        """,
    )

    assert [row.label for row in table.rows] == ["合计", "一般公共服务支出", "行政运行", "住房保障支出"]
    assert {column for row in table.rows for column in row.values} == {"total", "basic", "project"}
    assert [problem.kind for problem in table.problems] == ["torn_table"]


def test_a_header_of_further_columns_without_figures_is_no_label() -> None:
    table = read(FIRST, "上缴上级\n  支出")

    assert [row.label for row in table.rows] == ["合计", "一般公共服务支出", "行政运行", "住房保障支出"]
    assert table.problems == []
