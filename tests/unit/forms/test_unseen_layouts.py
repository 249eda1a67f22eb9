"""Traits of layouts that only some publishers print."""

from __future__ import annotations

import pytest
from drawn import placed, read

from dagster_project.forms.headers import resolve
from dagster_project.parse import parse_source
from dagster_project.readers.page import Line, Page, Source
from dagster_project.records import DocumentRecord, ParsedDocument


def figures(parsed: ParsedDocument) -> set[tuple[str | None, str, str, str]]:
    return {(cell.code, cell.label, cell.column, str(cell.amount)) for cell in parsed.cells}


@pytest.mark.parametrize(
    ("form", "path", "column"),
    [
        ("final_general_by_function", ["本年收入", "合计"], "income"),
        ("final_general_by_function", ["本年支出", "合计"], "total"),
        (
            "budget_three_public",
            ["上年", "财政安排的“三公”经费预算", "公务接待费"],
            "prior_year_reception",
        ),
        ("budget_three_public", ["当年", "财政安排的“三公”经费预算", "公务接待费"], "reception"),
        ("budget_three_public", ["财政安排的“三公”经费", "公务用车购置及运行费", "小计"], "vehicle"),
        ("budget_general_by_function", ["上年", "决算数"], "prior_year_actual"),
        ("budget_general_by_function", ["上年", "预算数"], "prior_year_budget"),
        ("final_summary", ["上年"], "prior_year_actual"),
        ("budget_general_by_function", ["2024年比2023年增减", "增减额"], "change_amount"),
        ("budget_general_by_function", ["其中：项目支出"], "project"),
        ("budget_expenditure", ["人员类项目支出"], "basic_personnel"),
        ("budget_expenditure", ["特定目标类项目支出", "小计"], "project_specific"),
    ],
)
def test_words_declared_one_over_the_other_are_two_words(form: str, path: list[str], column: str) -> None:
    assert resolve(form, path, 2024).column == column


@pytest.mark.parametrize(
    "path", [["支出", "项目（按支出功能科目类级）"], ["部门预算支出功能分类科目", "科目名称"]]
)
def test_labels_are_told_whatever_classification_stands_beside_or_over_them(path: list[str]) -> None:
    assert resolve("budget_summary", path, 2024).role == "label"


def test_asterisks_in_the_column_of_codes_are_no_label() -> None:
    parsed = read("""
        # 支出预算总表
        # 单位：万元
        | 科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出 |
        | ** | 合计 | 9.00 | 7.00 | 2.00 |
        | 207 | 文化旅游体育与传媒支出 | 9.00 | 7.00 | 2.00 |
    """)
    assert (None, "合计", "total", "9.00") in figures(parsed)


def test_a_number_before_the_name_of_the_body_is_no_part_of_it() -> None:
    parsed = read("# 部门：121_示例市档案馆", cover="2024年部门预算公开表")
    assert parsed.document.organisation == "示例市档案馆"


def test_a_header_with_known_merges_is_not_filled_in() -> None:
    parsed = read(
        """
        # 一般公共预算财政拨款收入支出决算表
        # 单位：万元
        | 项目 | < | 本年收入 | < | 本年支出 | < | 陌生栏目 | < |
        | 科目编码 | 科目名称 | 合计 | 基本支出 | 合计 | 基本支出 | 甲 | 乙 |
        | 207 | 文化旅游体育与传媒支出 | 8.00 | 8.00 | 7.00 | 7.00 | | |
        """,
        cover="示例市档案馆2024年度部门决算",
    )
    assert {(column, amount) for _, _, column, amount in figures(parsed)} == {
        ("income", "8.00"),
        ("income_basic", "8.00"),
        ("total", "7.00"),
        ("basic", "7.00"),
    }


def test_the_number_of_the_next_form_is_no_row_of_this_one() -> None:
    parsed = read("""
        # 支出预算总表
        # 单位：万元
        | 科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出 |
        | 207 | 文化旅游体育与传媒支出 | 9.00 | 7.00 | 2.00 |
        | 表 | | 3 | | |
    """)
    assert {label for _, label, _, _ in figures(parsed)} == {"文化旅游体育与传媒支出"}


def test_items_printed_upright_with_their_funds_beside_the_total() -> None:
    parsed = read("""
        # 财政拨款“三公”经费支出情况表
        # 单位：万元
        | 项目 | 合计 | 一般公共预算财政拨款 | 政府性基金预算财政拨款 |
        | 合计 | 8.00 | 8.00 | |
        | 一、因公出国（境）费 | | | |
        | 二、公务用车购置及运行维护费 | 6.00 | 6.00 | |
        | 其中：公务用车运行维护费 | 6.00 | 6.00 | |
        | 三、公务接待费 | 2.00 | 2.00 | |
    """)
    assert {(cell.column, str(cell.amount)) for cell in parsed.cells} == {
        ("total", "8.00"),
        ("general_public_budget", "8.00"),
        ("vehicle", "6.00"),
        ("vehicle_operation", "6.00"),
        ("reception", "2.00"),
    }
    assert not [problem for problem in parsed.problems if problem.kind == "unknown_row"]


def test_a_year_set_apart_from_its_sign_heads_a_column_of_a_table_without_rules() -> None:
    parsed = read(
        placed(
            """
部门收支总表
                                                          单位：万元
收入                                  支出
项目                  2024 年预算数   项目                  2024 年预算数
一、财政拨款收入           9.10       一、教育支出               8.10
二、其他收入               1.20       二、卫生健康支出           2.20
收入总计                  10.30       支出总计                  10.30
"""
        )
    )
    assert ("支出总计", "10.30") in {(cell.label, str(cell.amount)) for cell in parsed.cells}


def copied(text: str, cover: str = "示例市档案馆2024年度部门决算") -> ParsedDocument:
    """What is read from a page copied as text: a tab between two cells, nothing for a merged cell's rest."""
    lines = tuple(Line(line, number) for number, line in enumerate([cover, *text.strip().splitlines()]))
    page = Source((Page(None, lines),), "text/plain", "copied")
    return parse_source(page, DocumentRecord("0123456789abcdef", "公开.txt", "0" * 64))


def test_merged_cells_that_left_no_blanks_behind_stand_where_all_columns_have_a_meaning() -> None:
    parsed = copied("""
收入决算表
单位：万元
项目\t本年收入合计\t财政拨款收入\t事业收入\t其他收入
科目编码\t科目名称
合计\t9.00\t7.00\t1.50\t0.50
207\t文化旅游体育与传媒支出\t9.00\t7.00\t1.50\t0.50
20701\t文化和旅游\t9.00\t7.00\t1.50\t0.50
""")
    assert not [problem for problem in parsed.problems if problem.kind != "missing_kind"]
    assert {
        ("207", "文化旅游体育与传媒支出", "total", "9.00"),
        ("207", "文化旅游体育与传媒支出", "undertaking", "1.50"),
        (None, "合计", "fiscal_appropriation", "7.00"),
        (None, "合计", "other", "0.50"),
    } <= figures(parsed)


def test_three_rows_of_a_copied_header() -> None:
    parsed = copied("""
财政拨款“三公”经费支出决算表
单位：万元
预算数\t决算数
合计\t因公出国（境）费\t公务用车购置及运行费\t公务接待费\t合计\t因公出国（境）费\t公务用车购置及运行费\t公务接待费
小计\t公务用车购置费\t公务用车运行费\t小计\t公务用车购置费\t公务用车运行费
9.50\t1.00\t6.50\t2.50\t4.00\t2.00\t7.00\t0.00\t5.50\t2.00\t3.50\t1.50
""")
    found = {cell.column: str(cell.amount) for cell in parsed.cells}
    assert len(found) == 12
    assert (found["budget_reception"], found["final_vehicle"], found["final_reception"]) == (
        "2.00",
        "5.50",
        "1.50",
    )


def test_totals_of_panels_that_left_no_blanks_behind() -> None:
    parsed = copied("""
一般公共预算财政拨款基本支出决算表
单位：万元
人员经费\t公用经费
科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数
301\t工资福利支出\t7.00\t302\t商品和服务支出\t2.00
30101\t基本工资\t7.00\t30201\t办公费\t2.00
人员经费合计\t7.00\t公用经费合计\t2.00
""")
    assert {(None, "人员经费合计", "amount", "7.00"), (None, "公用经费合计", "amount", "2.00")} <= figures(
        parsed
    )


def test_a_second_row_of_a_copied_header_is_no_rest_of_the_first() -> None:
    parsed = copied(
        """
一般公共预算支出表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
小计\t人员经费\t公用经费
合计\t9.00\t7.00\t5.00\t2.00\t2.00
207\t文化旅游体育与传媒支出\t9.00\t7.00\t5.00\t2.00\t2.00
20701\t文化和旅游\t9.00\t7.00\t5.00\t2.00\t2.00
""",
        cover="示例市档案馆2024年部门预算",
    )
    assert {
        ("207", "文化旅游体育与传媒支出", "basic_personnel", "5.00"),
        ("207", "文化旅游体育与传媒支出", "project", "2.00"),
        (None, "合计", "basic", "7.00"),
    } <= figures(parsed)


def test_a_form_printed_again_by_economic_class_is_a_table_beside_it() -> None:
    parsed = read(
        """
        # 一般公共预算财政拨款支出决算表
        # 单位：万元
        | 科目编码 | 科目名称 | 小计 | 基本支出 | 项目支出 |
        | 合计 | < | 9.00 | 7.00 | 2.00 |
        | 207 | 文化旅游体育与传媒支出 | 9.00 | 7.00 | 2.00 |
        # 一般公共预算财政拨款支出决算明细表
        # 单位：万元
        | 科目编码 | 科目名称 | 合计 | 基本工资 | 津贴补贴 | 办公费 |
        | 合计 | < | 9.00 | 5.00 | 2.00 | 2.00 |
        | 207 | 文化旅游体育与传媒支出 | 9.00 | 5.00 | 2.00 | 2.00 |
        """,
        cover="示例市档案馆2024年度部门决算",
    )
    assert {cell.section for cell in parsed.cells} == {None}
    assert len(parsed.cells) == 6
    assert "other_table" in {problem.kind for problem in parsed.problems}
    assert "unknown_header" not in {problem.kind for problem in parsed.problems}


def test_figures_that_a_narrow_column_breaks_are_whole_in_tables_without_rules() -> None:
    parsed = read(
        placed(
            """
部门支出总表
                                                   单位：万元
科目编码    科目名称              合计        基本支出    项目支出
            合计                  2,847.5     2,355.2     492.31
                                  4           3
207         文化旅游体育与传媒支  2,847.5     2,355.2     492.31
            出                    4           3
20701       文化和旅游            492.31      0.00        492.31
20702       文物                  2,355.2     2,355.2     0.00
                                  3           3
"""
        )
    )
    assert {str(cell.amount) for cell in parsed.cells} == {"2847.54", "2355.23", "492.31", "0.00"}
    assert {cell.label for cell in parsed.cells} == {"合计", "文化旅游体育与传媒支出", "文化和旅游", "文物"}


def test_sentences_in_the_rows_of_a_sheet_are_running_text() -> None:
    parsed = read("""
        # 支出预算总表
        # 单位：万元
        | 科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出 |
        | 207 | 文化旅游体育与传媒支出 | 9.00 | 7.00 | 2.00 |
        | 第三部分 2024年部门预算情况说明 | | | | |
        | 一、支出预算情况 | | | | |
        | 示例市档案馆2024年支出预算9.00万元，其中：基本支出7.00万元，项目支出2.00万元。 | | | | |
    """)
    assert {str(said.amount) for said in parsed.statements} == {"9.00", "7.00", "2.00"}
    assert len(parsed.cells) == 3


def flush(*rows: dict[int, str]) -> str:
    """Lines whose cells begin at the left edges of columns that are all as wide."""
    lines = []
    for row in rows:
        line = ""
        for column, text in row.items():
            line += " " * (column * 24 - len(line) - sum(ord(char) > 255 for char in line)) + text
        lines.append(line)
    return "\n".join(lines)


def test_words_over_the_first_of_their_columns_stand_over_all_of_them() -> None:
    items = ["合计", "因公出国（境）费", "公务用车购置及运行费", "公务接待费"]
    parts = ["小计", "公务用车购置费", "公务用车运行费"]
    figures = ["9.50", "1.00", "6.50", "2.50", "4.00", "2.00", "7.00", "0.00", "5.50", "2.00", "3.50", "1.50"]
    table = flush(
        {0: "预算数", 6: "决算数"},
        dict(zip((0, 1, 2, 5, 6, 7, 8, 11), items * 2, strict=True)),
        dict(zip((2, 3, 4, 8, 9, 10), parts * 2, strict=True)),
        dict(enumerate(figures)),
    )
    parsed = read(
        placed(f"财政拨款“三公”经费支出决算表\n单位：万元\n{table}"), cover="示例市档案馆2024年度部门决算"
    )
    assert not parsed.problems
    found = {cell.column: str(cell.amount) for cell in parsed.cells}
    assert len(found) == 12
    assert (found["budget_reception"], found["final_vehicle"], found["final_reception"]) == (
        "2.00",
        "5.50",
        "1.50",
    )


def test_expenditure_shown_again_by_economic_class_beside_the_functional_one_is_left_out() -> None:
    parsed = read("""
        # 收支总表
        # 单位：万元
        | 收入 | < | 支出 | < | < | < |
        | 项目 | 本年预算 | 项目（按功能分类） | 本年预算 | 项目（按部门预算经济分类） | 本年预算 |
        | 一、一般公共预算拨款收入 | 9.00 | 一、文化旅游体育与传媒支出 | 9.00 | 工资福利支出 | 7.00 |
        | | | | | 商品和服务支出 | 2.00 |
        | 收入总计 | 9.00 | 支出总计 | 9.00 | 支出总计 | 9.00 |
    """)
    assert [(cell.side, cell.label, str(cell.amount)) for cell in parsed.cells] == [
        ("income", "一般公共预算拨款收入", "9.00"),
        ("expenditure", "文化旅游体育与传媒支出", "9.00"),
        ("income", "收入总计", "9.00"),
        ("expenditure", "支出总计", "9.00"),
    ]
    assert ("other_table", "info") in {(problem.kind, problem.severity) for problem in parsed.problems}


def test_counts_and_parts_of_items_in_an_upright_form_are_known_and_left_out() -> None:
    parsed = read(
        """
        # 财政拨款“三公”经费、行政参公单位机关运行经费情况表
        # 单位：万元
        | 项目 | 行次 | 年初预算数 | 全年预算数 | 决算统计数 |
        | （一）支出合计 | 1 | 5.00 | 4.00 | 3.00 |
        | 3．公务接待费 | 2 | 5.00 | 4.00 | 3.00 |
        | （1）国内接待费 | 3 | — | — | 3.00 |
        | （二）相关统计数 | 4 | — | — | — |
        | 5．国内公务接待批次（个） | 5 | — | — | 9 |
        | 二、机关运行经费 | 6 | — | — | 8.00 |
        """,
        cover="示例市档案馆2024年度部门决算",
    )
    assert {(cell.column, str(cell.amount)) for cell in parsed.cells} == {
        ("budget_total", "5.00"),
        ("adjusted_total", "4.00"),
        ("final_total", "3.00"),
        ("budget_reception", "5.00"),
        ("adjusted_reception", "4.00"),
        ("final_reception", "3.00"),
        ("agency_operating_final", "8.00"),
    }
    assert "unknown_row" not in {problem.kind for problem in parsed.problems}
