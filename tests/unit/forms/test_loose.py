"""Tables whose cells lie about as loose lines: headers, labels and figures in pieces, blanks gone."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.forms.loose.reading import read_loose
from dagster_project.forms.table import FormTable, TableRow
from dagster_project.proof.placement import settle
from dagster_project.readers.page import Line


def lines(text: str) -> list[Line]:
    return [Line(line, number) for number, line in enumerate(dedent(text).strip("\n").split("\n"), start=1)]


def read(form: str, text: str, fiscal_year: int = 2024) -> FormTable:
    """One form given as text, its open figures settled by the form's own sums."""
    table = read_loose(form, lines(text), unit="wan", fiscal_year=fiscal_year)
    settle([table])
    return table


def shown(row: TableRow) -> tuple[str | None, str, dict[str, str]]:
    return row.code, row.label, {column: value.text for column, value in row.values.items()}


def test_cells_broken_over_lines_with_the_code_on_a_line_of_its_own() -> None:
    table = read(
        "budget_general_by_function",
        """
        五、一般公共预算支出表
        单位：万元

        科目编码 科目名称 合计

        基本支出

        项目支出
        小计

        人员经

        费

        公用经

        费

        合计
        1,234.

        56
        1,000.0

        0
        900.00 100.00 234.56

        20126

        档案

        事务
        234.56 0.00 0.00 0.00 234.56
        """,
    )
    columns = ("total", "basic", "basic_personnel", "basic_operating", "project")
    assert [shown(row) for row in table.rows] == [
        (
            None,
            "合计",
            dict(zip(columns, ("1,234.56", "1,000.00", "900.00", "100.00", "234.56"), strict=True)),
        ),
        ("20126", "档案事务", dict(zip(columns, ("234.56", "0.00", "0.00", "0.00", "234.56"), strict=True))),
    ]
    assert table.problems == []
    assert table.rows[0].values["basic"].header_printed == "基本支出/小计"
    assert all(value.placement == "layout" for row in table.rows for value in row.values.values())


def test_the_order_of_the_columns_is_the_printed_one() -> None:
    table = read(
        "budget_three_public",
        """
        单位：万元
        “三公”经费合计 公务接待费 因公出国（境）费
        公务用车购置及运行费
        小计 公务用车运行费 公务用车购置费
        6.00 1.00 2.00 3.00 3.00 0.00
        """,
    )
    assert shown(table.rows[0])[2] == {
        "total": "6.00",
        "reception": "1.00",
        "abroad": "2.00",
        "vehicle": "3.00",
        "vehicle_operation": "3.00",
        "vehicle_purchase": "0.00",
    }


def test_a_group_over_the_whole_table_moves_no_column() -> None:
    table = read(
        "budget_three_public",
        """
        单位：万元
        当年财政
        拨款预算
        安排
        合计
        因公出国
        （境）费用
        公务用车
        购置及运
        行费
        公务接待费
        小计
        公务用车
        购置费
        公务用车
        运行费
        9.00 2.00 4.00 0.00 4.00 3.00
        """,
    )
    assert shown(table.rows[0])[2] == {
        "total": "9.00",
        "abroad": "2.00",
        "vehicle": "4.00",
        "vehicle_purchase": "0.00",
        "vehicle_operation": "4.00",
        "reception": "3.00",
    }


def test_both_sides_of_a_summary_on_one_line_each_may_miss() -> None:
    table = read(
        "budget_summary",
        """
        收 入 支 出
        项 目 预算数 项 目 预算数
        一、一般公共预算拨款收入 80.00 一、一般公共服务支出 60.00
        二、国有资本经营预算拨款收

        入
        二、教育支出
        三、其他收入 5.00
        三、住房保障支出 25.00
        本年收入合计 85.00 本年支出合计 85.00
        上年结转结余 年终结转结余
        收 入 总 计 85.00 支 出 总 计 85.00
        """,
    )
    figures = [(row.side, row.label, row.values["amount"].text) for row in table.rows if row.values]
    assert figures == [
        ("income", "一、一般公共预算拨款收入", "80.00"),
        ("expenditure", "一、一般公共服务支出", "60.00"),
        ("income", "三、其他收入", "5.00"),
        ("expenditure", "三、住房保障支出", "25.00"),
        ("income", "本年收入合计", "85.00"),
        ("expenditure", "本年支出合计", "85.00"),
        ("income", "收入总计", "85.00"),
        ("expenditure", "支出总计", "85.00"),
    ]
    assert ("income", "二、国有资本经营预算拨款收入") in [(row.side, row.label) for row in table.rows]


def test_parts_printed_in_a_lower_row_of_the_header_stand_below_their_whole() -> None:
    table = read(
        "budget_summary",
        """
        本年收入 本年支出
        项目 预算数 项目
        预算数
        合计
        基本支出
        项目支出
        人员经费 公用经费
        一、财政拨款收入 90.00 一、教育支出 70.00 40.00 10.00 20.00
        二、其他收入 5.00 二、住房保障支出 25.00 25.00 0.00 0.00
        收入总计 95.00 支出总计 95.00 65.00 10.00 20.00
        """,
    )
    education = next(row for row in table.rows if row.label.endswith("教育支出"))
    assert {column: value.text for column, value in education.values.items()} == {
        "total": "70.00",
        "basic_personnel": "40.00",
        "basic_operating": "10.00",
        "project": "20.00",
    }


def test_line_numbers_and_column_numbers_are_no_amounts() -> None:
    table = read(
        "final_summary",
        """
        收入 支出
        项目 行次 金额 项目 行次 金额
        栏次 1 栏次 2
        一、一般公共预算财政拨款收入 1 30.00 一、一般公共服务支出 4 20.00
        二、其他收入 2 二、住房保障支出 5 10.00
        总计 3 30.00 总计 6 30.00
        """,
    )
    assert [(row.side, row.attributes.get("行次"), shown(row)[2]) for row in table.rows] == [
        ("income", "1", {"amount": "30.00"}),
        ("expenditure", "4", {"amount": "20.00"}),
        ("income", "2", {}),
        ("expenditure", "5", {"amount": "10.00"}),
        ("income", "3", {"amount": "30.00"}),
        ("expenditure", "6", {"amount": "30.00"}),
    ]


def test_a_project_form_starts_with_a_row_without_label_and_has_a_column_of_units() -> None:
    table = read(
        "budget_project",
        """
        项目名称 项目单位 合计
        本年拨款 财政拨款结转结余
        财政
        专户
        管理
        资金
        单位资金一般公
        共预算
        政府性基金预算 国有资本经营预算 一般公共预算 政府性基金预算 国有资本经营预算
        9.00 9.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00
        示例市档案馆 9.00 9.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00
        档案数字化

        经费
        示例市档案馆
        9.00 9.00 0.00 0.00 0.00 0.00 0.00 0.00 0.00
        """,
    )
    assert [(row.label, row.attributes) for row in table.rows] == [
        ("", {}),
        ("示例市档案馆", {}),
        ("档案数字化经费", {"项目单位": "示例市档案馆"}),
    ]
    assert list(table.rows[2].values) == [
        "total",
        "general_public_budget",
        "government_fund",
        "state_capital",
        "carried_general_public_budget",
        "carried_government_fund",
        "carried_state_capital",
        "fiscal_account",
        "unit_funds",
    ]


def test_panels_side_by_side_are_rows_one_by_one() -> None:
    table = read(
        "final_general_basic_by_economic",
        """
        人员经费 公用经费
        科目编码 科目名称 决算数 科目编码 科目名称 决算数
        301 工资福利支出 8.00 302 商品和服务支出 3.00
        30101 基本工资 8.00 30201 办公费 3.00
        30102 津贴补贴
        310 资本性支出
        人员经费合计 8.00 公用经费合计 3.00
        """,
    )
    assert [shown(row) for row in table.rows if row.values] == [
        ("301", "工资福利支出", {"amount": "8.00"}),
        ("302", "商品和服务支出", {"amount": "3.00"}),
        ("30101", "基本工资", {"amount": "8.00"}),
        ("30201", "办公费", {"amount": "3.00"}),
        (None, "人员经费合计", {"amount": "8.00"}),
        (None, "公用经费合计", {"amount": "3.00"}),
    ]


BLOCKED = """
预算数 决算数
合计 因公出国（境）费 公务用车购置及运行维护费 公务接待费
合计 因公出国（境）费 公务用车购置及运行维护费 公务接待费
小计 公务用车购置费 公务用车运行维护费 小计 公务用车购置费 公务用车运行维护费
1 2 3 4 5 6 7 8 9 10 11 12
"""
INTERLEAVED = """
合计 因公出国（境）费 公务用车购置及运行维护费 公务接待费
预算数 决算数 预算数 决算数
小计 公务用车购置费 公务用车运行维护费
预算数 决算数 预算数 决算数 预算数 决算数 预算数 决算数
"""


@pytest.mark.parametrize(
    ("header", "figures"),
    [
        (BLOCKED, "7.00 1.00 5.00 2.00 3.00 1.00 6.00 0.00 5.00 2.00 3.00 1.00"),
        (INTERLEAVED, "7.00 6.00 1.00 0.00 5.00 5.00 2.00 2.00 3.00 3.00 1.00 1.00"),
    ],
    ids=["blocked", "interleaved"],
)
def test_the_header_and_not_the_count_says_what_is_budget_and_what_is_final(
    header: str, figures: str
) -> None:
    table = read("final_three_public", header + figures)
    values = shown(table.rows[0])[2]
    assert values["budget_total"] == "7.00"
    assert values["final_total"] == "6.00"
    assert values["budget_vehicle_operation"] == "3.00"
    assert values["final_abroad"] == "0.00"
    assert values["final_reception"] == "1.00"


def test_a_new_page_repeats_the_header_and_a_note_stands_inside() -> None:
    table = read(
        "budget_expenditure",
        """
        科目编码 科目名称 合计 基本支出 项目支出
        合计 9.00 8.00 1.00
        205 教育支出 4.00 4.00 0.00
        - 7 -
         科目编码 科目名称 合计 基本支出 项目支出
        208 社会保障和就业支出 5.00 4.00 1.00
        注：本表含2.00万元上年结转，
        见部门说明。
        """,
    )
    assert [(row.code, row.label) for row in table.rows] == [
        (None, "合计"),
        ("205", "教育支出"),
        ("208", "社会保障和就业支出"),
    ]
    assert table.problems == []


def test_codes_in_three_cells_are_one_code_and_unpadded_parts_are_padded() -> None:
    table = read(
        "budget_expenditure",
        """
        功能分类科目编码 功能分类科目名称 合计 基本支出 项目支出
        类 款 项
        205 教育支出 400.00 300.00 100.00
        205 2 普通教育 400.00 300.00 100.00
        205 2 1 学前教育 400.00 300.00 100.00
        合计 400.00 300.00 100.00
        """,
    )
    assert [row.code for row in table.rows] == ["205", "20502", "2050201", None]


def test_a_label_set_around_its_row_is_dealt_out_to_it() -> None:
    table = read(
        "budget_expenditure",
        """
        科目编码 科目名称 合计 基本支出 项目支出
        208 社会保障和就业支出 7.00 7.00 0.00
        行政事业单位
        20805 7.00 7.00 0.00
        养老支出
        机关事业单位基本
        2080505 养老保险缴费 7.00 7.00 0.00
        支出
        """,
    )
    assert [(row.code, row.label) for row in table.rows] == [
        ("208", "社会保障和就业支出"),
        ("20805", "行政事业单位养老支出"),
        ("2080505", "机关事业单位基本养老保险缴费支出"),
    ]


def test_a_header_without_a_key_is_a_problem_and_the_other_columns_load() -> None:
    table = read(
        "budget_expenditure",
        """
        科目编码 科目名称 合计 基本支出 项目支出 星际合作支出
        合计 9.00 5.00 3.00 1.00
        """,
    )
    assert shown(table.rows[0])[2] == {"total": "9.00", "basic": "5.00", "project": "3.00"}
    assert [(problem.kind, "星际合作支出" in problem.message) for problem in table.problems] == [
        ("unknown_header", True)
    ]


def test_stages_of_both_sides_are_columns_of_each_side() -> None:
    table = read(
        "budget_summary",
        """
        收入 支出
        项目
        2023年执
        行数
        2024年预
        算数
        项目 2023年执行数 2024年预算数
        一、事业收入 8.00 9.00 一、教育支出 7.50 9.00
        """,
    )
    assert [(row.side, *shown(row)[1:]) for row in table.rows] == [
        ("income", "一、事业收入", {"prior_year_actual": "8.00", "amount": "9.00"}),
        ("expenditure", "一、教育支出", {"prior_year_actual": "7.50", "amount": "9.00"}),
    ]


def test_the_only_column_of_a_side_is_its_amount_whatever_is_printed_over_it() -> None:
    table = read(
        "budget_summary",
        """
        收入 支出
        项目 金额 项目 合计
        一、事业收入 9.00 一、教育支出 9.00
        """,
    )
    assert [list(row.values) for row in table.rows] == [["amount"], ["amount"]]


def test_two_years_side_by_side_repeat_the_header_row_by_row() -> None:
    table = read(
        "budget_three_public",
        """
        2023年
        2024年
        “三公”经费 会议费 “三公”经费 会议费
        小计 公务接待费
        公务用车购置
        及运行费
        小计 公务接待费
        公务用车购置
        及运行费
        小计 公务用车购置费 公务用车运行费 小计 公务用车购置费 公务用车运行费
        9.00 1.00 8.00 6.00 2.00 0.50 7.00 3.00 4.00 3.00 1.00 0.70
        """,
    )
    plain = ("total", "reception", "vehicle", "vehicle_purchase", "vehicle_operation", "meeting")
    assert list(table.rows[0].values) == [*(f"prior_year_{column}" for column in plain), *plain]
    assert table.rows[0].values["prior_year_meeting"].text == "0.50"


def test_code_and_name_of_the_spending_unit_stand_before_those_of_the_account() -> None:
    table = read(
        "budget_expenditure",
        """
        单位编码
        单位名称
        科目编码 科目名称 合计 基本支出 项目支出
        合计 5.00 3.00 2.00
        109001
        示例市档
        案馆
        20126 档案事务 5.00 3.00 2.00
        109001
        示例市档
        案馆
        2012604
        档案馆
        5.00 3.00 2.00
        """,
    )
    assert [(row.code, row.label, row.owner, row.section) for row in table.rows] == [
        (None, "合计", None, None),
        ("20126", "档案事务", "109001", "示例市档案馆"),
        ("2012604", "档案馆", "109001", "示例市档案馆"),
    ]
    assert all(len(row.values) == 3 for row in table.rows)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("科目编码 单位代码 科目名称 合计 基本支出 项目支出\n类 款 项", "201 26 04 109001 档案馆"),
        ("科目编码 科目名称 单位代码 合计 基本支出 项目支出", "2012604 档案馆 109001"),
    ],
)
def test_the_code_of_the_spending_unit_is_no_part_of_the_account_and_no_figure(header: str, row: str) -> None:
    table = read("budget_expenditure", f"{header}\n合计 5.00 3.00 2.00\n{row}\n5.00 3.00 2.00")
    total, item = table.rows
    assert (total.label, item.code, item.label, item.owner) == ("合计", "2012604", "档案馆", "109001")
    assert [value.text for value in item.values.values()] == ["5.00", "3.00", "2.00"]


def test_the_name_of_the_first_item_is_no_part_of_the_header() -> None:
    table = read(
        "budget_three_public",
        """
        项目
        2023年预
        算
        2024年预
        算
        “三公”经
        费
        3.00 4.00
        公务接待
        费
        1.00 2.00
        因公出国
        （境）费
        2.00 2.00
        """,
    )
    assert [[value.header_printed for value in row.values.values()] for row in table.rows] == [
        ["2023年预算", "2024年预算"]
    ] * 3
    assert [row.label for row in table.rows] == ["“三公”经费", "公务接待费", "因公出国（境）费"]


def test_the_total_s_name_above_a_whole_amount_is_no_header() -> None:
    figures = "14950000 14000000 950000"
    cells = f"单位编码 单位名称 合计 事业收入 其他收入 合计 {figures} 241 示例市档案馆 {figures}"
    table = read("budget_income", cells.replace(" ", "\n"))
    assert [(row.code, row.label) for row in table.rows] == [(None, "合计"), ("241", "示例市档案馆")]
    assert [list(row.values) for row in table.rows] == [["total", "undertaking", "other"]] * 2


def test_a_word_for_money_stands_over_no_codes_and_names_alone() -> None:
    table = read(
        "final_expenditure",
        """
        项目 支出总计
        基本支出
        小计
        项目支出
        科目编码 科目名称
        合计 9.00 5.00 4.00
        20126 档案事务 9.00 5.00 4.00
        """,
    )
    assert [list(row.values) for row in table.rows] == [["total", "basic", "project"]] * 2


def test_whole_amounts_as_long_as_codes_are_amounts() -> None:
    """Seven digits are a code only where a name follows them."""
    table = read(
        "budget_general_by_function",
        """
        功能科目编码 功能科目名称 合计 人员经费支出 公用经费支出
        专项业务
        经费支出
        备注
        合计 5439300 2982700 600700 1855900
        201
        一般公共
        服务支出
        5439300 2982700 600700 1855900
        20126 档案事务 5439300 2982700 600700 1855900
        """,
    )
    columns = ("total", "basic_personnel", "basic_operating", "project")
    figures = dict(zip(columns, ("5439300", "2982700", "600700", "1855900"), strict=True))
    assert [shown(row) for row in table.rows] == [
        (None, "合计", figures),
        ("201", "一般公共服务支出", figures),
        ("20126", "档案事务", figures),
    ]


def test_words_that_are_no_header_of_the_form_leave_no_cells_and_a_problem() -> None:
    table = read("budget_summary", "甲乙丙丁\n戊己庚辛\n1.00 2.00\n")
    assert table.rows == []
    assert [problem.kind for problem in table.problems] == ["unreadable_header"]


def test_the_table_ends_where_another_title_with_its_unit_begins() -> None:
    table = read(
        "budget_expenditure",
        """
        科目编码 科目名称 合计 基本支出 项目支出
        205 教育支出 4.00 4.00 0.00
        星际合作专项情况表
        单位：万元
        项目 金额
        甲 1.00
        """,
    )
    assert [row.label for row in table.rows] == ["教育支出"]


def test_an_empty_form_has_no_rows() -> None:
    table = read(
        "budget_government_fund",
        """
        科目编码 科目名称
        本年政府性基金预算支出
        合计 基本支出 项目支出
        备注：本单位没有使用政府性基金预算拨款安排的支出
        """,
    )
    assert table.rows == []
    assert table.problems == []


# A reconciling form with made-up figures, printed as loose lines in random pieces.

ACCOUNTS = (
    ("205", "教育支出"),
    ("20502", "普通教育"),
    ("2050201", "学前教育"),
    ("2050299", "其他普通教育支出"),
    ("221", "住房保障支出"),
    ("22102", "住房改革支出"),
    ("2210201", "住房公积金"),
)
LAYOUTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "budget_expenditure": (
        ("科目编码", "科目名称", "合计", "基本支出", "项目支出"),
        ("total", "basic", "project"),
    ),
    "budget_general_by_function": (
        ("科目编码", "科目名称", "合计", "基本支出", "项目支出", "小计", "人员经费", "公用经费"),
        ("total", "basic", "basic_personnel", "basic_operating", "project"),
    ),
    "final_expenditure": (
        (
            "项目",
            "本年支出合计",
            "基本支出",
            "项目支出",
            "上缴上级支出",
            "经营支出",
            "对附属单位补助支出",
            "科目编码",
            "科目名称",
        ),
        ("total", "basic", "project", "remit_superior", "operating", "subsidise_affiliates"),
    ),
    "final_general_by_function": (
        ("项目", "本年支出", "科目编码", "科目名称", "小计", "基本支出", "项目支出"),
        ("total", "basic", "project"),
    ),
    "final_government_fund": (
        (
            "项目",
            "年初结转和结余",
            "本年收入",
            "本年支出",
            "年末结转和结余",
            "科目编码",
            "科目名称",
            "小计",
            "基本支出",
            "项目支出",
        ),
        ("opening_balance", "income", "total", "basic", "project", "closing_balance"),
    ),
}
WHOLE = {"total": ("basic", "project"), "basic": ("basic_personnel", "basic_operating")}


@st.composite
def printed_forms(draw: st.DrawFn) -> tuple[str, dict[str, dict[str, str]], str]:
    """(form, code → column → figure as printed, the loose lines of it)."""
    form = draw(st.sampled_from(sorted(LAYOUTS)))
    header, columns = LAYOUTS[form]
    blank = draw(st.booleans())
    cents: dict[str, dict[str, int]] = {code: dict.fromkeys(columns, 0) for code, _ in (("", ""), *ACCOUNTS)}
    for code in ("2050201", "2050299", "2210201"):
        for column, cents_ in _item(draw, columns).items():
            for above in ("", code[:3], code[:5], code):
                cents[above][column] += cents_
    text = {
        code: {column: f"{Decimal(one) / 100:,.2f}" for column, one in row.items() if one or not blank}
        for code, row in cents.items()
    }
    rng = random.Random(draw(st.integers(0, 2**32)))
    return form, text, "\n".join(_printed(header, columns, text, rng))


def _item(draw: st.DrawFn, columns: Sequence[str]) -> dict[str, int]:
    """The figures of one item: the parts are drawn, the sums follow."""
    figures = st.integers(100, 9_999_999)
    item = {"project": draw(figures)}
    if "basic_personnel" in columns:
        item |= {"basic_personnel": draw(figures), "basic_operating": draw(figures)}
        item["basic"] = item["basic_personnel"] + item["basic_operating"]
    else:
        item["basic"] = draw(figures)
    if draw(st.booleans()):
        item["project"] = 0
    item["total"] = item["basic"] + item["project"]
    if "opening_balance" in columns:
        item["opening_balance"] = draw(figures)
        item["income"] = item["total"]
        item["closing_balance"] = item["opening_balance"]
    return {column: item[column] for column in columns if column in item}


def _printed(
    header: Sequence[str], columns: Sequence[str], text: dict[str, dict[str, str]], rng: random.Random
) -> Iterator[str]:
    """Cells in reading order, each on lines of its own or beside its neighbours, long ones broken."""
    yield "单位：万元"
    for cell in header:
        yield from _pieces(cell, rng, shortest=2)
    for code, name in (("", "合计"), *ACCOUNTS):
        figures = [text[code][column] for column in columns if column in text[code]]
        if code:
            yield code
        yield from _pieces(name, rng, shortest=2)
        if rng.random() < 0.5:
            yield " ".join(figures)
            continue
        for figure in figures:
            yield from _broken_figure(figure, rng)


def _pieces(cell: str, rng: random.Random, shortest: int) -> Iterator[str]:
    while len(cell) > 2 * shortest and rng.random() < 0.4:
        cut = rng.randint(shortest, len(cell) - shortest)
        yield cell[:cut]
        if rng.random() < 0.5:
            yield ""
        cell = cell[cut:]
    yield cell


def _broken_figure(figure: str, rng: random.Random) -> Iterator[str]:
    if "," in figure and rng.random() < 0.5:
        cut = rng.randint(figure.index(",") + 1, len(figure) - 1)
        yield figure[:cut]
        yield figure[cut:]
    else:
        yield figure


@settings(max_examples=120, deadline=None)
@given(printed_forms())
def test_what_is_read_is_what_was_printed_or_a_problem(
    printed: tuple[str, dict[str, dict[str, str]], str],
) -> None:
    form, text, lines_ = printed
    table = read(form, lines_)
    assert not [problem for problem in table.problems if "header" in problem.kind], lines_
    names = {"": "合计", **dict(ACCOUNTS)}
    assert [(row.code or "", row.label) for row in table.rows] == list(names.items()), lines_
    for row in table.rows:
        truth = text[row.code or ""]
        read_ = shown(row)[2]
        assert read_.items() <= truth.items(), lines_
        missed = truth.items() - read_.items()
        assert not missed or any((row.code or row.label) in one.message for one in table.problems), lines_


def test_a_print_torn_out_of_its_rows_gives_no_cells_and_says_so() -> None:
    """Codes in one block, labels and figures in another, in numbers that do not match."""
    table = read(
        "budget_expenditure",
        """
        科目编码 科目名称 合计 基本支出 项目支出
        205
        20502
        221
        住房公积金 2.00 2.00 0.00
        教育支出 4.00 4.00 0.00
        2210201
        行政运行 1.00 1.00 0.00
        """,
    )
    assert table.rows == []
    assert [(problem.kind, problem.severity) for problem in table.problems] == [("disordered_table", "error")]


def test_codes_that_left_their_rows_are_found_again_by_their_order() -> None:
    table = read(
        "budget_expenditure",
        """
        科目编码 科目名称 合计 基本支出 项目支出
        教育支出 4.00 4.00 0.00
        普通教育 4.00 4.00 0.00
        205
        205
        02
        205
        02
        01
        学前教育 4.00 4.00 0.00
        合计 4.00 4.00 0.00
        """,
    )
    assert [(row.code, row.label) for row in table.rows] == [
        ("205", "教育支出"),
        ("20502", "普通教育"),
        ("2050201", "学前教育"),
        (None, "合计"),
    ]


def test_columns_in_which_hardly_a_row_adds_up_are_taken_back() -> None:
    table = read(
        "budget_expenditure",
        """
        科目编码 科目名称 基本支出 项目支出 合计
        205 教育支出 9.00 4.00 5.00
        208 社会保障和就业支出 8.00 4.00 4.00
        221 住房保障支出 7.00 4.00 3.00
        """,
    )
    assert not any(row.values for row in table.rows)
    assert [problem.kind for problem in table.problems] == ["misread_columns"]
