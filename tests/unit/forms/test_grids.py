"""Forms in grids whose cells and merges are known: ruled tables, sheets, tables of Word and HTML."""

from __future__ import annotations

from dataclasses import replace

from dagster_project.records import ParsedDocument
from tests.unit.forms.drawn import placed, read, source

FINAL = "示例市档案馆2024年度部门决算"


def figures(parsed: ParsedDocument) -> list[tuple[str, str, str]]:
    return [(cell.code or cell.label, cell.column, str(cell.amount)) for cell in parsed.cells]


def test_merged_headers_stand_over_all_columns_that_they_cover() -> None:
    parsed = read("""
# 部门一般公共预算支出功能分类预算表
# 单位：元
| 项目 | < | < | < | 一般公共预算支出 | < | < |
| 功能分类科目编码 | < | < | 功能分类科目名称 | 合计 | 基本支出 | 项目支出 |
| 类 | 款 | 项 | ^ | ^ | ^ | ^ |
| 201 |  |  | 一般公共服务支出 | 300 | 200 | 100 |
| 201 | 26 |  | 档案事务 | 300 | 200 | 100 |
| 201 | 26 | 04 | 档案馆 | 300 | 200 | 100 |
| 合计 | < | < | < | 300 | 200 | 100 |
""")
    assert [(c.code or c.label, c.column, int(c.amount)) for c in parsed.cells][6:] == [
        ("2012604", "total", 300),
        ("2012604", "basic", 200),
        ("2012604", "project", 100),
        ("合计", "total", 300),
        ("合计", "basic", 200),
        ("合计", "project", 100),
    ]
    assert not [p for p in parsed.problems if p.form]


def test_every_cell_has_its_page_its_box_and_its_address() -> None:
    parsed = read("""
# 支出总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 基本支出 |
| 201 | 一般公共服务支出 | 3.00 | 2.00 |
""")
    last = parsed.cells[-1]
    assert (last.page, last.bbox, last.attributes["address"]) == (1, (240.0, 60.0, 320.0, 80.0), "D2")


def test_a_label_merged_down_belongs_to_all_its_rows() -> None:
    parsed = read("""
# 项目支出表
# 单位：万元
| 项目名称 | 项目单位 | 合计 | 本年拨款 | < |
| ^ | ^ | ^ | 一般公共预算 | 政府性基金预算 |
| 库房修缮 | 示例市档案馆 | 5.00 | 5.00 | |
| ^ | 示例市文史馆 | 4.00 | | 4.00 |
""")
    assert [(c.label, c.column, str(c.amount)) for c in parsed.cells] == [
        ("库房修缮", "total", "5.00"),
        ("库房修缮", "general_public_budget", "5.00"),
        ("库房修缮", "total", "4.00"),
        ("库房修缮", "government_fund", "4.00"),
    ]


def test_a_table_goes_on_over_pages_with_and_without_its_header() -> None:
    parsed = read("""
# 支出总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出 |
| 201 | 一般公共服务支出 | 3.00 | 2.00 | 1.00 |
# 示例市档案馆
# — 7 —
---
| 208 | 社会保障和就业支出 | 4.00 | 4.00 | |
---
| 科目编码 | 科目名称 | 合计 | 基本支出 | 项目支出 |
| 221 | 住房保障支出 | 5.00 | 5.00 | |
| 合计 | < | 12.00 | 11.00 | 1.00 |
""")
    assert [(c.code or c.label, c.page) for c in parsed.cells if c.column == "total"] == [
        ("201", 1),
        ("208", 2),
        ("221", 3),
        ("合计", 3),
    ]


def test_further_columns_on_the_next_pages_belong_to_the_same_rows() -> None:
    parsed = read("""
# 收入总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 财政拨款收入 |
| 201 | 一般公共服务支出 | 9.00 | 4.00 |
| 208 | 社会保障和就业支出 | 3.00 | 1.00 |
---
| 事业收入 | 其他收入 |
| 3.00 | 2.00 |
| | 2.00 |
""")
    assert figures(parsed) == [
        ("201", "total", "9.00"),
        ("201", "fiscal_appropriation", "4.00"),
        ("201", "undertaking", "3.00"),
        ("201", "other", "2.00"),
        ("208", "total", "3.00"),
        ("208", "fiscal_appropriation", "1.00"),
        ("208", "other", "2.00"),
    ]


def test_a_total_may_be_one_of_the_further_columns() -> None:
    parsed = read("""
# 收入决算表
# 单位：万元
| 科目编码 | 科目名称 | 其他收入 | 财政拨款收入 |
| 201 | 一般公共服务支出 | 2.00 | 4.00 |
---
| 事业收入 | 本年收入合计 |
| 3.00 | 9.00 |
""")
    assert [(column, amount) for _, column, amount in figures(parsed)] == [
        ("other", "2.00"),
        ("fiscal_appropriation", "4.00"),
        ("undertaking", "3.00"),
        ("total", "9.00"),
    ]


def test_further_columns_that_repeat_the_keys_are_no_second_panel() -> None:
    parsed = read("""
# 收入总表
# 单位：万元
| 部门编码 | 部门名称 | 总计 | 上年结转结余 |
| 770 | 示例市档案馆 | 9.00 | 2.00 |
---
| 部门编码 | 部门名称 | 本年收入 | < | < |
| ^ | ^ | 小计 | 一般公共预算 | 其他收入 |
| 770 | 示例市档案馆 | 7.00 | 4.00 | 3.00 |
""")
    assert [(column, amount) for _, column, amount in figures(parsed)] == [
        ("total", "9.00"),
        ("carried_over", "2.00"),
        ("current_year", "7.00"),
        ("general_public_budget", "4.00"),
        ("other", "3.00"),
    ]


def test_further_columns_for_other_rows_are_a_problem_and_no_row() -> None:
    parsed = read("""
# 收入总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 财政拨款收入 |
| 201 | 一般公共服务支出 | 9.00 | 4.00 |
| 208 | 社会保障和就业支出 | 3.00 | 1.00 |
---
| 事业收入 | 其他收入 |
| 3.00 | 2.00 |
""")
    assert len(parsed.cells) == 4
    assert "torn_table" in {problem.kind for problem in parsed.problems}


def test_title_and_unit_inside_the_grid() -> None:
    parsed = read(
        """
| 收入支出决算总表 | < | < | < | < | < |
| | | | | | 公开01表 |
| 部门：示例市档案馆 | < | | | | 金额单位：万元 |
| 收入 | < | < | 支出 | < | < |
| 项目 | 行次 | 金额 | 项目 | 行次 | 金额 |
| 栏次 | | 1 | 栏次 | | 2 |
| 一、一般公共预算财政拨款收入 | 1 | 12.00 | 一、一般公共服务支出 | 32 | 10.00 |
| 本年收入合计 | 27 | 12.00 | 本年支出合计 | 58 | 10.00 |
| 年初结转和结余 | 29 | | 年末结转和结余 | 60 | 2.00 |
| 总计 | 31 | 12.00 | 总计 | 62 | 12.00 |
""",
        FINAL,
    )
    assert [(c.side, c.label, str(c.amount)) for c in parsed.cells][:2] == [
        ("income", "一般公共预算财政拨款收入", "12.00"),
        ("expenditure", "一般公共服务支出", "10.00"),
    ]
    assert len(parsed.cells) == 7
    assert parsed.cells[0].attributes["行次"] == "1"


def test_unruled_tables_are_read_by_the_places_of_their_words() -> None:
    parsed = read(
        placed("""
支出总表
单位：万元
科目编码    科目名称              合计        基本支出      项目支出
201         一般公共服务支出        30.00        20.00        10.00
2012604       档案馆                10.00                     10.00
""")
    )
    assert figures(parsed) == [
        ("201", "total", "30.00"),
        ("201", "basic", "20.00"),
        ("201", "project", "10.00"),
        ("2012604", "total", "10.00"),
        ("2012604", "project", "10.00"),
    ]
    project = parsed.cells[-1].bbox
    assert project is not None
    assert project[0] > parsed.cells[-2].bbox[2]  # right of the cell before it


PARTS = """
# 支出总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 基本支出 |
| 合计 | < | {first} | 7.00 |
| 201 | 一般公共服务支出 | 3.00 | 3.00 |
---
# 支出总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 基本支出 |
| {second} |
| 208 | 社会保障和就业支出 | 4.00 | 4.00 |
"""


def test_a_title_printed_again_on_the_next_page_goes_on_with_the_form() -> None:
    same = read(PARTS.format(first="7.00", second="合计 | < | 7.00 | 7.00"))
    blank = read(PARTS.format(first="7.00", second="合计 | < | | "))
    for parsed in (same, blank):
        assert [(c.code or c.label, c.section) for c in parsed.cells if c.column == "total"] == [
            ("合计", None),
            ("201", None),
            ("208", None),
        ]


def test_a_second_form_with_its_own_total_is_another_bodys() -> None:
    parsed = read(PARTS.format(first="7.00", second="合计 | < | 4.00 | 4.00"))
    assert [c.section for c in parsed.cells if c.column == "total"] == [None, None, "第2份", "第2份"]


def test_running_headers_and_page_numbers_do_not_interrupt_a_form() -> None:
    heading, grid = "# 第三部分 部门决算报表\n", "| 科目编码 | 科目名称 | 合计 | 基本支出 |\n"
    pages = [
        heading
        + ("" if number > 1 else "# 支出决算表\n# 单位：万元\n")
        + grid
        + f"| 20{number} | 示例科目 | {number}.00 | {number}.00 |\n# — {number} —"
        for number in range(1, 5)
    ]
    parsed = read("\n---\n".join(pages), FINAL)
    assert [c.page for c in parsed.cells if c.column == "total"] == [1, 2, 3, 4]


def test_figures_below_no_header_and_grids_of_other_columns_are_problems() -> None:
    parsed = read("""
# 支出总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | |
| 201 | 一般公共服务支出 | 3.00 | 1.00 |
# 各处室车辆
| 处室 | 数量 | 编制 | 在用 | 备用 | 合计数 |
| 办公室 | 2.00 | 2.00 | 1.00 | 1.00 | 2.00 |
""")
    assert figures(parsed) == [("201", "total", "3.00")]
    assert {"unknown_header", "strange_grid"} <= {p.kind for p in parsed.problems}


def test_a_header_typed_without_merges_still_stands_over_its_columns() -> None:
    parsed = read("""
# 一般公共预算支出表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 基本支出 | | | 项目支出 |
| | | | 小计 | 人员经费 | 公用经费 | |
| 201 | 一般公共服务支出 | 9.00 | 5.00 | 3.00 | 2.00 | 4.00 |
""")
    assert [cell.column for cell in parsed.cells] == [
        "total",
        "basic",
        "basic_personnel",
        "basic_operating",
        "project",
    ]


def test_a_table_that_is_no_form_is_known_and_does_not_run_on_as_rows() -> None:
    parsed = read("""
# 支出总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 基本支出 |
| 201 | 一般公共服务支出 | 3.00 | 2.00 |
# 一般公共预算机关运行经费支出预算表
# 单位：万元
| 科目编码 | 科目名称 | 合计 |
| 30201 | 办公费 | 1.00 |
""")
    assert figures(parsed) == [("201", "total", "3.00"), ("201", "basic", "2.00")]
    assert ("other_table", "info") in {(p.kind, p.severity) for p in parsed.problems}


def test_stages_printed_as_rows_are_columns_of_the_one_row() -> None:
    parsed = read(
        """
# 财政拨款“三公”经费支出决算表
# 单位：万元
| 项目 | “三公”经费 | < | < | 会议费 |
| ^ | 小计 | 因公出国（境）费 | 公务接待费 | ^ |
| 预算数 | 6.00 | 4.00 | 2.00 | 1.00 |
| 决算数 | 3.00 | 2.50 | 0.50 | |
""",
        FINAL,
    )
    assert {cell.column: str(cell.amount) for cell in parsed.cells} == {
        "budget_total": "6.00",
        "budget_abroad": "4.00",
        "budget_reception": "2.00",
        "budget_meeting": "1.00",
        "final_total": "3.00",
        "final_abroad": "2.50",
        "final_reception": "0.50",
    }


def test_years_printed_as_rows_are_one_row_and_the_year_before_stands_beside_it() -> None:
    parsed = read("""
# 财政拨款“三公”经费支出表
# 单位：万元
| 年度 | “三公”经费合计 | 因公出国（境）费用 | 公务接待费 |
| 2023年 | 9.00 | 8.00 | 1.00 |
| 2024年 | 7.00 | 6.00 | 1.00 |
""")
    assert {cell.column: str(cell.amount) for cell in parsed.cells} == {
        "total": "7.00",
        "abroad": "6.00",
        "reception": "1.00",
        "prior_year_total": "9.00",
        "prior_year_abroad": "8.00",
        "prior_year_reception": "1.00",
    }


def test_the_body_below_a_total_with_the_same_figures_is_that_total() -> None:
    parsed = read("""
# 一般公共预算“三公”经费支出表
# 单位：万元
| 单位编码 | 单位名称 | 合计 | 因公出国（境）费用 | 公务接待费 |
| | 合计 | 3.00 | 2.00 | 1.00 |
| 205001 | 示例市档案馆 | 3.00 | 2.00 | 1.00 |
""")
    assert [(c.label, c.column) for c in parsed.cells] == [
        ("“三公”经费", "total"),
        ("“三公”经费", "abroad"),
        ("“三公”经费", "reception"),
    ]


UNITS = """
# 支出总表
# 单位：万元
| 科目编码 | < | < | 单位代码 | 单位名称（科目） | 合计 | 基本支出 | 项目支出 |
| 类 | 款 | 项 | ^ | ^ | ^ | ^ | ^ |
| | | | | 合计 | 9.00 | 6.00 | 3.00 |
| | | | 205001 | 示例市档案局 | 5.00 | 4.00 | 1.00 |
| 201 | 26 | 04 | 205001 | 档案馆 | 5.00 | 4.00 | 1.00 |
| | | | 205002 | 示例市文史馆 | 4.00 | 2.00 | 2.00 |
| 201 | 26 | 04 | 205002 | 档案馆 | 4.00 | 2.00 | 2.00 |
"""


def test_accounts_below_several_units_bear_the_units_name() -> None:
    rows = [(c.code, c.label, c.section, c.row_kind) for c in read(UNITS).cells if c.column == "total"]
    assert rows == [
        (None, "合计", None, "total"),
        ("205001", "示例市档案局", None, "parent"),
        ("2012604", "档案馆", "示例市档案局", "leaf"),
        ("205002", "示例市文史馆", None, "parent"),
        ("2012604", "档案馆", "示例市文史馆", "leaf"),
    ]


def test_a_header_merged_down_into_the_first_row_is_no_label_of_it() -> None:
    parsed = read(
        """
| 支出决算表 | < | < | < | < | < |
| 部门：示例市档案馆 | < | < | < | 金额单位：万元 | < |
| 功能分类科目编码 | < | < | 科目名称 | 本年支出合计 | 基本支出 |
| 类 | 款 | 项 | 栏次 | 1 | 2 |
| ^ | ^ | ^ | 合计 | 5.00 | 5.00 |
| 201 | < | < | 一般公共服务支出 | 5.00 | 5.00 |
| 注：本表反映部门本年度各项支出情况。 | < | < | < | < | < |
""",
        FINAL,
    )
    assert [(c.code, c.label) for c in parsed.cells if c.column == "total"] == [
        (None, "合计"),
        ("201", "一般公共服务支出"),
    ]


def test_rows_of_another_table_in_the_same_grid_are_problems_and_no_cells() -> None:
    parsed = read(
        """
# 财政拨款“三公”经费支出决算表
# 单位：万元
| 预算数 | < | < | 决算数 | < | < |
| 合计 | 因公出国（境）费 | 公务接待费 | 合计 | 因公出国（境）费 | 公务接待费 |
| 3.00 | 2.00 | 1.00 | 2.00 | 1.50 | 0.50 |
| 国内公务接待批次（个） | < | 3 | 公务用车保有量（辆） | < | 2 |
""",
        FINAL,
    )
    assert len(parsed.cells) == 6
    assert "strange_row" in {problem.kind for problem in parsed.problems}


def test_a_row_that_stands_at_the_foot_of_several_pages_is_no_page_furniture() -> None:
    page = """{title}
单位：万元
科目编码    科目名称              {header}    财政拨款收入
221         住房保障支出             30.00        30.00
2210202       提租补贴                5.97         5.97"""
    forms = (
        ("收入决算表", "本年收入合计"),
        ("支出决算表", "本年支出合计"),
        ("一般公共预算财政拨款支出决算表", "合计"),
    )
    parsed = read(
        placed("\f".join(page.format(title=title, header=header) for title, header in forms)), FINAL
    )
    assert [c.form for c in parsed.cells if c.code == "2210202" and c.column == "total"] == [
        "final_income",
        "final_expenditure",
        "final_general_by_function",
    ]


def test_the_number_of_a_form_and_the_unit_may_stand_beside_its_title() -> None:
    parsed = read("""
# 支出总表                       公开03表
# 单位：万元
| 科目编码 | 科目名称 | 合计 |
| 201 | 一般公共服务支出 | 3.00 |
---
| 收入总表 | < | 单位：元 |
| 科目编码 | 科目名称 | 合计 |
| 201 | 一般公共服务支出 | 3.00 |
""")
    assert [(c.form, c.unit) for c in parsed.cells] == [
        ("budget_expenditure", "wan"),
        ("budget_income", "yuan"),
    ]
    assert {form.title_printed for form in parsed.forms if form.state == "read"} == {"支出总表", "收入总表"}


def test_rows_of_figures_outside_the_grid_are_a_problem() -> None:
    drawing = source("""
# 支出总表
# 单位：万元
| 科目编码 | 科目名称 | 合计 | 基本支出 |
| 201 | 一般公共服务支出 | 3.00 | 2.00 |
| 208 | 社会保障和就业支出 | 3.00 | 2.00 |
| 210 | 卫生健康支出 | 3.00 | 2.00 |
| 221 | 住房保障支出 | 3.00 | 2.00 |
| 合计 | < | 12.00 | 8.00 |
""")
    (page,) = drawing.pages
    below = placed("另：上年结转    5.00    4.00").pages[0].lines[0]
    beside = replace(drawing, pages=(replace(page, lines=(*page.lines, replace(below, number=99))),))
    parsed = read(beside)
    assert len(parsed.cells) == 10
    assert "rows_outside_grid" in {problem.kind for problem in parsed.problems}


def test_parts_of_a_code_that_only_rows_above_print_belong_to_the_rows_below() -> None:
    parsed = read("""
# 支出总表
# 单位：万元
| 科目编码 | < | < | 科目名称 | 合计 |
| 类 | 款 | 项 | ^ | ^ |
| 201 | | | 一般公共服务支出 | 9.00 |
| | 26 | | 档案事务 | 9.00 |
| | | 04 | 档案馆 | 9.00 |
| 208 | | | 社会保障和就业支出 | 3.00 |
| | 05 | | 行政事业单位养老支出 | 3.00 |
""")
    assert [cell.code for cell in parsed.cells] == ["201", "20126", "2012604", "208", "20805"]


def test_a_note_in_a_merged_cell_declares_a_form_empty() -> None:
    parsed = read("""
# 政府性基金预算支出表
# 单位：万元
| 科目编码 | 科目名称 | 合计 |
| | 合计 | |
| 注：本单位2024年没有使用政府性基金预算拨款安排的支出。 | < | < |
""")
    (form,) = [form for form in parsed.forms if form.form == "budget_government_fund"]
    assert form.state == "declared_empty"


def test_several_rows_of_figures_without_a_name_are_a_problem_and_no_cells() -> None:
    parsed = read(
        placed("""
支出总表
单位：万元
科目编码    科目名称              合计        基本支出
201         一般公共服务支出        30.00        30.00
                                    10.00        10.00
                                    20.00        20.00
""")
    )
    assert [cell.code for cell in parsed.cells] == ["201", "201"]
    assert "nameless_rows" in {problem.kind for problem in parsed.problems}
