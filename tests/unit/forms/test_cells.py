"""Statutory forms as publishers print them → cells: tabs, aligned columns, broken cells, totals, sections."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.parse import parse
from dagster_project.records import CellRecord, FormRecord, ParsedDocument

COVER = {"budget": "示例市档案馆2024年部门预算\n", "final": "示例市档案馆2024年度部门决算\n"}


@pytest.fixture
def read(tmp_path: Path):
    def _read(text: str, kind: str = "budget") -> ParsedDocument:
        path = tmp_path / "公开.txt"
        path.write_text(COVER[kind] + text, encoding="utf-8")
        return parse(path)

    return _read


def figures(cells: list[CellRecord]) -> list[tuple[str, str, str]]:
    return [(cell.code or cell.label, cell.column, str(cell.amount)) for cell in cells]


def form(parsed: ParsedDocument, key: str) -> FormRecord:
    return next(record for record in parsed.forms if record.form == key)


EXPENDITURE = """部门支出总表
单位：万元
科目编码	科目名称	合计	基本支出	项目支出
	合计	30.00	20.00	10.00
201	一般公共服务支出	30.00	20.00	10.00
20126	档案事务	30.00	20.00	10.00
2012601	行政运行	20.00	20.00	
2012604	档案馆	10.00		10.00
"""


def test_a_grid_becomes_cells_and_blanks_do_not(read) -> None:
    parsed = read(EXPENDITURE)
    assert figures(parsed.cells)[-4:] == [
        ("2012601", "total", "20.00"),
        ("2012601", "basic", "20.00"),
        ("2012604", "total", "10.00"),
        ("2012604", "project", "10.00"),
    ]
    assert {cell.unit for cell in parsed.cells} == {"wan"}
    assert {cell.form for cell in parsed.cells} == {"budget_expenditure"}


def test_rows_know_whether_they_are_total_parent_or_leaf(read) -> None:
    kinds = {cell.code or cell.label: cell.row_kind for cell in read(EXPENDITURE).cells}
    assert kinds == {
        "合计": "total",
        "201": "parent",
        "20126": "parent",
        "2012601": "leaf",
        "2012604": "leaf",
    }


def test_the_order_of_columns_is_the_headers_business(read) -> None:
    swapped = (
        "部门支出总表\n单位：万元\n科目编码\t科目名称\t项目支出\t基本支出\t合计\n"
        "201\t一般公共服务支出\t1\t2\t3\n"
    )
    assert {c.column: int(c.amount) for c in read(swapped).cells} == {"project": 1, "basic": 2, "total": 3}


def test_an_unknown_column_is_a_problem_and_the_others_load(read) -> None:
    odd = "部门支出总表\n单位：万元\n科目编码\t科目名称\t合计\t专用栏目\n201\t一般公共服务支出\t3\t1\n"
    parsed = read(odd)
    assert figures(parsed.cells) == [("201", "total", "3")]
    assert [problem.cause_key for problem in parsed.problems if problem.kind == "unknown_header"] == [
        "unknown_header:budget_expenditure:专用栏目"
    ]


def test_repeated_headers_and_column_numbers_are_no_rows(read) -> None:
    pages = (
        "支出决算表\n单位：万元\n科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出\n栏次\t\t1\t2\t3\n"
        "201\t一般公共服务支出\t3.00\t2.00\t1.00\n\f"
        "科目编码\t科目名称\t本年支出合计\t基本支出\t项目支出\n\t合计\t\t\t\n208\t社会保障和就业支出\t5.00\t5.00\t\n"
    )
    parsed = read(pages, "final")
    assert [cell.code for cell in parsed.cells] == ["201"] * 3 + ["208"] * 2
    assert parsed.cells[-1].page == 2


def test_a_column_number_that_slipped_a_line_is_no_amount(read) -> None:
    slipped = (
        "国有资本经营预算财政拨款支出决算表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
        "栏次\t\t1\t2\t\n\t合计\t\t\t3\n本单位2024年度无国有资本经营预算财政拨款支出。\n"
    )
    parsed = read(slipped, "final")
    assert parsed.cells == []
    assert form(parsed, "final_state_capital").state == "declared_empty"


def test_codes_in_three_cells_are_joined_and_padded(read) -> None:
    parts = (
        "部门支出总表\n单位：元\n功能分类科目编码\t\t\t功能分类科目名称\t支出预算\t\t\n类\t款\t项\t\t合计\t基本支出\t项目支出\n"
        "208\t\t\t社会保障和就业支出\t500\t500\t0\n208\t5\t\t行政事业单位养老支出\t500\t500\t0\n"
        "208\t5\t1\t行政单位离退休\t500\t500\t0\n"
    )
    assert [cell.code for cell in read(parts).cells[::3]] == ["208", "20805", "2080501"]


def test_cut_codes_are_completed_from_a_form_with_the_same_rows_only(read) -> None:
    whole = (
        "支出决算表\n单位：万元\n科目编码\t科目名称\t本年支出合计\t基本支出\n"
        "201\t一般公共服务支出\t3\t3\n20126\t档案事务\t3\t3\n"
    )
    cut = (
        "收入决算表\n单位：万元\n科目编码\t科目名称\t本年收入合计\t财政拨款收入\n"
        "201\t一般公共服务支出\t3\t3\n2012\t档案事\t3\t3\n"
    )
    completed = [
        c for c in read(whole + cut, "final").cells if c.form == "final_income" and c.label == "档案事"
    ]
    assert {(cell.code, cell.code_printed) for cell in completed} == {("20126", "2012")}
    alone = read(cut, "final")
    assert {c.code for c in alone.cells} == {"201", "2012"}
    assert "cut_code" in {problem.kind for problem in alone.problems}


ACCOUNT = """财政拨款收支总表
单位：万元
收 入		支 出	
项目	预算数	项目	预算数
一、本年收入	30.00	一、本年支出	31.00
（一）一般公共预算拨款	30.00	（一）一般公共服务支出	31.00
（二）政府性基金预算拨款		（二）国防支出	
二、上年结转	1.00		
（一）一般公共预算拨款	1.00	二、年终结转结余	
收 入 总 计	31.00	支 出 总 计	31.00
"""


def test_two_sided_forms_have_sides_and_labels_that_repeat_have_sections(read) -> None:
    rows = [(c.side, c.section, c.label, str(c.amount)) for c in read(ACCOUNT).cells if c.side == "income"]
    assert rows == [
        ("income", "current_year", "本年收入", "30.00"),
        ("income", "current_year", "一般公共预算拨款", "30.00"),
        ("income", "opening_balance", "上年结转", "1.00"),
        ("income", "opening_balance", "一般公共预算拨款", "1.00"),
        ("income", None, "收入总计", "31.00"),
    ]


def test_headings_of_a_two_sided_form_are_parents(read) -> None:
    kinds = {(c.section, c.label): c.row_kind for c in read(ACCOUNT).cells if c.side == "income"}
    assert kinds["current_year", "本年收入"] == "parent"
    assert kinds["opening_balance", "上年结转"] == "parent"
    assert kinds["opening_balance", "一般公共预算拨款"] == "leaf"


def test_panels_side_by_side_are_one_form(read) -> None:
    panels = (
        "一般公共预算财政拨款基本支出决算表\n单位：万元\n人员经费\t\t\t公用经费\t\t\n"
        "科目编码\t科目名称\t决算数\t科目编码\t科目名称\t决算数\n"
        "301\t工资福利支出\t8.00\t302\t商品和服务支出\t2.00\n30101\t基本工资\t8.00\t30201\t办公费\t2.00\n"
        "人员经费合计\t\t8.00\t公用经费合计\t\t2.00\n"
    )
    assert figures(read(panels, "final").cells) == [
        ("301", "amount", "8.00"),
        ("302", "amount", "2.00"),
        ("30101", "amount", "8.00"),
        ("30201", "amount", "2.00"),
        ("人员经费合计", "amount", "8.00"),
        ("公用经费合计", "amount", "2.00"),
    ]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (
            "预算数\t\t\t\t\t\t决算数\n合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费"
            "\t合计\t因公出国（境）费\t公务用车购置及运行维护费\t\t\t公务接待费\n"
            "\t\t小计\t公务用车购置费\t公务用车运行维护费\t\t\t\t小计\t公务用车购置费\t公务用车运行维护费",
            "9\t1\t6\t2\t4\t2\t8\t1\t5\t2\t3\t2",
        ),
        (
            "合计\t\t因公出国（境）费\t\t公务用车购置及运行维护费\t\t\t\t\t\t公务接待费\t\n"
            "\t\t\t\t小计\t\t公务用车购置费\t\t公务用车运行维护费\t\t\t\n"
            "预算数\t决算数\t预算数\t决算数\t预算数\t决算数\t预算数\t决算数\t预算数\t决算数\t预算数\t决算数",
            "9\t8\t1\t1\t6\t5\t2\t2\t4\t3\t2\t2",
        ),
    ],
    ids=["blocked", "interleaved"],
)
def test_twelve_columns_are_told_by_their_header_not_by_their_number(read, header: str, row: str) -> None:
    parsed = read(f"财政拨款“三公”经费支出决算表\n单位：万元\n{header}\n{row}\n", "final")
    assert {cell.label for cell in parsed.cells} == {"“三公”经费"}
    assert {cell.column: int(cell.amount) for cell in parsed.cells} == {
        "budget_total": 9,
        "budget_abroad": 1,
        "budget_vehicle": 6,
        "budget_vehicle_purchase": 2,
        "budget_vehicle_operation": 4,
        "budget_reception": 2,
        "final_total": 8,
        "final_abroad": 1,
        "final_vehicle": 5,
        "final_vehicle_purchase": 2,
        "final_vehicle_operation": 3,
        "final_reception": 2,
    }


def test_three_public_items_printed_one_below_the_other_are_the_same_columns(read) -> None:
    upright = (
        "一般公共预算“三公”经费支出表\n单位：万元\n项目\t2023年预算数\t2024年预算数\n合计\t9\t8\n"
        "1.因公出国（境）费用\t1\t1\n2.公务接待费\t2\t2\n3.公务用车购置及运行费\t6\t5\n"
        "其中：（1）公务用车运行维护费\t4\t3\n（2）公务用车购置\t2\t2\n"
    )
    amounts = {cell.column: int(cell.amount) for cell in read(upright).cells}
    assert amounts["total"] == 8 and amounts["prior_year_total"] == 9
    assert amounts["vehicle"] == 5 and amounts["vehicle_operation"] == 3 and amounts["reception"] == 2


def test_sources_of_income_printed_one_below_the_other_are_one_row(read) -> None:
    upright = (
        "收入总体情况表\n单位：万元\n项目\t2024年预算\n一、一般公共预算拨款\t9.00\n二、事业收入\t1.00\n"
        "本年收入合计\t10.00\n三、上年结转结余\t2.00\n收入总计\t12.00\n"
    )
    cells = read(upright).cells
    assert {cell.label for cell in cells} == {"合计"}
    assert {cell.column: int(cell.amount) for cell in cells} == {
        "general_public_budget": 9,
        "undertaking": 1,
        "current_year": 10,
        "carried_over": 2,
        "total": 12,
    }


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("年初预算数\t全年预算数\t决算数", {"budget_total": 1, "adjusted_total": 2, "final_total": 3}),
        ("上年决算数\t全年预算数\t决算数", {"prior_year_actual": 1, "budget_total": 2, "final_total": 3}),
    ],
)
def test_an_adjusted_budget_is_its_own_column_beside_an_initial_one(read, header: str, columns: dict) -> None:
    text = f"财政拨款“三公”经费支出决算表\n单位：万元\n项目\t{header}\n合计\t1\t2\t3\n1.公务接待费\t1\t2\t3\n"
    found = {cell.column: int(cell.amount) for cell in read(text, "final").cells}
    assert {name: amount for name, amount in found.items() if "reception" not in name} == columns


def test_cells_torn_by_line_breaks_are_joined(read) -> None:
    torn = (
        "部门支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
        "201\t一般公共服务支出\t1,200.50\t1,200.50\t\n2012604\t档案馆及相关机构\n事务\t1,200.\n50\t1,200.50\t\n"
    )
    cells = read(torn).cells
    assert cells[-2].label == "档案馆及相关机构事务"
    assert cells[-2].amount == Decimal("1200.50")


def test_spare_cells_leave_one_reading_or_none(read) -> None:
    spare = (
        "收入决算表\n单位：万元\n科目编码\t科目名称\t本年收入合计\t财政拨款收入\t上级补助收入\t其他收入\t\n"
        "201\t一般公共服务支出\t5\t4\t\t\t1\n"
    )
    assert figures(read(spare, "final").cells) == [
        ("201", "total", "5"),
        ("201", "fiscal_appropriation", "4"),
        ("201", "other", "1"),
    ]


def test_figures_of_rows_with_fewer_cells_than_the_header_are_not_taken_from_below_it(read) -> None:
    shorter = (
        "政府性基金预算财政拨款收入支出决算表\n单位：万元\n"
        "科目编码\t\t\t科目名称\t年初结转和结余\t本年收入\t本年支出\t\t\t年末结转和结余\n"
        "\t\t\t\t\t\t小计\t基本支出\t项目支出\t\n"
        "\t合计\t\t\t6.50\t6.50\t\t6.50\t\n"
        "212\t城乡社区支出\t\t\t6.50\t6.50\t\t6.50\t\n"
    )
    parsed = read(shorter, "final")
    assert {(cell.column, cell.placement) for cell in parsed.cells} == {("total", "arithmetic")}
    assert {problem.kind for problem in parsed.problems if problem.form} == {"ambiguous_placement"}


def test_procurement_rows_keep_their_words_as_attributes(read) -> None:
    bought = (
        "政府采购预算表\n单位：万元\n单位代码\t单位名称\t项目\t政府采购品目\t采购数量\t单价\t计量单位\t采购金额\n"
        "101001\t示例市档案馆本级\t档案数字化\t[C0101]扫描服务\t2\t0.50\t批\t1.00\n"
    )
    cells = {cell.column: cell for cell in read(bought).cells}
    assert cells["quantity"].unit == "批" and cells["total"].unit == "wan"
    assert cells["total"].attributes["政府采购品目"] == "[C0101]扫描服务"


ALIGNED = """                        部门支出总表
                                                             单位：万元
                                  支出预算
 科目编码      科目名称
                              合计        基本支出       项目支出
              合计          1,230.00     1,200.00        30.00
 201     一般公共服务支出    1,230.00     1,200.00        30.00
         档案馆及相关机构
 20126                       1,230.00     1,200.00        30.00
         事务
 2012601 行政运行            1,200.00     1,200.00
 2012604 档案馆                 30.00                     30.00
"""


def test_aligned_columns_keep_blanks_at_their_place_and_labels_around_their_row(read) -> None:
    cells = read(ALIGNED).cells
    assert figures(cells)[-4:] == [
        ("2012601", "total", "1200.00"),
        ("2012601", "basic", "1200.00"),
        ("2012604", "total", "30.00"),
        ("2012604", "project", "30.00"),
    ]
    assert {cell.label for cell in cells if cell.code == "20126"} == {"档案馆及相关机构事务"}


def test_two_bodies_in_one_file_are_kept_apart(read) -> None:
    parsed = read(
        EXPENDITURE
        + EXPENDITURE.replace("部门支出总表\n", "部门支出总表\n单位名称：示例市档案馆本级\n").replace(
            "0.00", "1.00"
        )
    )
    assert {cell.section for cell in parsed.cells} == {None, "示例市档案馆本级"}
    assert len({cell.cell_id for cell in parsed.cells}) == len(parsed.cells)


def test_a_form_printed_twice_is_loaded_once(read) -> None:
    once, twice = read(EXPENDITURE), read(EXPENDITURE + EXPENDITURE)
    assert figures(twice.cells) == figures(once.cells)
    assert "printed_twice" in {problem.kind for problem in twice.problems}


def test_an_undeclared_table_never_runs_on_as_rows_of_the_form_before_it(read) -> None:
    other = "2024年示例收费征收计划表\n单位：万元\n科目编码\t科目名称\t合计\n299\t示例收费\t7.00\n"
    parsed = read(EXPENDITURE + other)
    assert figures(parsed.cells) == figures(read(EXPENDITURE).cells)
    assert "unknown_form" in {problem.kind for problem in parsed.problems}


def test_a_header_torn_over_lines_is_joined_by_its_wording(read) -> None:
    torn = (
        "收入决算表\n单位：万元\n科目编码\t科目名称\t本年收入合计\t财政拨款收入\t附属单位\n上缴收入\t其他收入\n"
        "201\t一般公共服务支出\t6\t3\t2\t1\n"
    )
    assert {cell.column: int(cell.amount) for cell in read(torn, "final").cells} == {
        "total": 6,
        "fiscal_appropriation": 3,
        "affiliate_remittance": 2,
        "other": 1,
    }


def test_a_header_that_slipped_leaves_its_columns_open(read) -> None:
    slipped = (
        "财政拨款“三公”经费支出决算表\n单位：万元\n合计\t\t陌生的一项\t\t公务接待费\n"
        "预算数\t决算数\t预算数\t决算数\t预算数\t决算数\n9\t8\t1\t1\t2\t2\n"
    )
    parsed = read(slipped, "final")
    assert {cell.column for cell in parsed.cells} <= {"budget_total", "final_total"}
    assert "unknown_header" in {problem.kind for problem in parsed.problems}


def centred(*cells: tuple[str, int, int], width: int = 12) -> str:
    """A line of a space-aligned table of (text, first column, last column); Chinese characters are wide."""
    line = ""
    taken = 0
    for text, first, last in cells:
        size = sum(2 if "\u2e80" < char < "\uffef" else 1 for char in text)
        start = (first + last + 1) * width // 2 - size // 2
        line += " " * (start - taken) + text
        taken = start + size
    return line


def test_aligned_header_cells_stand_over_the_columns_they_are_the_centre_of(read) -> None:
    stages = [(("预算数", "决算数")[column % 2], column, column) for column in range(12)]
    printed = (9, 8, 1, 1, 6, 5, 2, 2, 4, 3, 2, 2)
    table = [
        centred(("财政拨款“三公”经费", 0, 11)),
        centred(("公务用车购置及运行维护费", 4, 9)),
        centred(
            ("合计", 0, 1), ("因公出国", 2, 3), ("公务用车", 6, 7), ("公务用车", 8, 9), ("公务接待费", 10, 11)
        ),
        centred(("（境）费", 2, 3), ("小计", 4, 5), ("购置费", 6, 7), ("运行维护费", 8, 9)),
        centred(*stages),
        centred(*((f"{amount}.00", column, column) for column, amount in enumerate(printed))),
    ]
    text = "财政拨款“三公”经费支出决算表\n单位：万元\n" + "\n".join(table)
    assert {cell.column: int(cell.amount) for cell in read(text, "final").cells} == {
        "budget_total": 9,
        "final_total": 8,
        "budget_abroad": 1,
        "final_abroad": 1,
        "budget_vehicle": 6,
        "final_vehicle": 5,
        "budget_vehicle_purchase": 2,
        "final_vehicle_purchase": 2,
        "budget_vehicle_operation": 4,
        "final_vehicle_operation": 3,
        "budget_reception": 2,
        "final_reception": 2,
    }


def test_units_are_those_of_each_table(read) -> None:
    three = "一般公共预算“三公”经费支出表\n单位：万元\n合计\t因公出国（境）费\t公务接待费\n3.00\t1.00\t2.00\n"
    units = {cell.form: cell.unit for cell in read(EXPENDITURE.replace("万元", "元") + three).cells}
    assert units == {"budget_expenditure": "yuan", "budget_three_public": "wan"}


def test_a_table_without_unit_is_a_problem_on_record(read) -> None:
    parsed = read(EXPENDITURE.replace("单位：万元\n", ""))
    assert [problem.severity for problem in parsed.problems if problem.kind == "no_unit"] == ["error"]
    assert parsed.document.status == "partial"


def test_dashes_are_zero_and_slashes_are_blank(read) -> None:
    marks = (
        "部门支出总表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
        "201\t一般公共服务支出\t5.00\t-\t/\n"
    )
    assert figures(read(marks).cells) == [("201", "total", "5.00"), ("201", "basic", "0")]


def test_states_of_forms_that_gave_nothing(read) -> None:
    text = (
        "目录\n一、部门收支总表\n二、部门支出总表\n三、政府性基金预算支出表\n四、国有资本经营预算支出表\n"
        "五、一般公共预算支出表\n第一部分 概况\n示例市档案馆负责档案工作。\n"
        + EXPENDITURE
        + "政府性基金预算支出表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n"
        "注：本单位无政府性基金预算支出\n"
        "国有资本经营预算支出表\n单位：万元\n科目编码\t科目名称\t合计\t基本支出\t项目支出\n\t合计\t\t\t\n"
    )
    states = {record.form: record.state for record in read(text).forms}
    assert states == {
        "budget_summary": "missing",
        "budget_expenditure": "read",
        "budget_general_by_function": "missing",
        "budget_government_fund": "declared_empty",
        "budget_state_capital": "printed_blank",
    }


def test_tables_published_as_pictures_are_unreadable_not_empty(read) -> None:
    parsed = read(
        "第二部分 部门预算表\n表1.部门收支总表\n表2.部门收入总表\n第三部分 情况说明\n一、总体情况\n"
    )
    assert {form.state for form in parsed.forms} == {"unreadable"}
    assert parsed.cells == [] and parsed.document.status == "partial"


def test_a_manifest_overrides_the_document_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "公开.txt"
    path.write_text(COVER["budget"] + EXPENDITURE, encoding="utf-8")
    parsed = parse(path, document="省/公开.txt", override={"fiscal_year": "2023", "region": "示例省"})
    assert parsed.document.fiscal_year == 2023 and parsed.document.document == "省/公开.txt"
    assert "manifest_conflict:fiscal_year" in {problem.cause_key for problem in parsed.problems}


def test_cell_ids_outlast_a_move_and_differ_within_a_document(tmp_path: Path) -> None:
    path = tmp_path / "公开.txt"
    path.write_text(COVER["budget"] + EXPENDITURE + ACCOUNT, encoding="utf-8")
    here, there = parse(path, document="a.txt"), parse(path, document="b/c.txt")
    ids = [cell.cell_id for cell in here.cells]
    assert ids == [cell.cell_id for cell in there.cells]
    assert len(set(ids)) == len(ids)


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99999.99"), places=2)


@settings(deadline=None)
@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=8), st.booleans())
def test_what_is_printed_is_what_is_read(tmp_path_factory, rows, aligned: bool) -> None:
    codes = [f"20{index:02d}1"[:5] for index in range(10, 10 + len(rows))]
    printed = [
        (code, "示例事务", basic + project, basic, project)
        for code, (basic, project) in zip(codes, rows, strict=True)
    ]
    if aligned:
        body = [f"{c:<10}{n:<16}{t:>14,}{b:>14,}{p:>14,}" for c, n, t, b, p in printed]
        header = f"{'科目编码':<10}{'科目名称':<16}{'合计':>14}{'基本支出':>14}{'项目支出':>14}"
    else:
        body = [f"{c}\t{n}\t{t:,}\t{b:,}\t{p:,}" for c, n, t, b, p in printed]
        header = "科目编码\t科目名称\t合计\t基本支出\t项目支出"
    path = tmp_path_factory.mktemp("printed") / "公开.txt"
    path.write_text(
        "\n".join((COVER["budget"], "部门支出总表", "单位：万元", header, *body)), encoding="utf-8"
    )
    assert [(c.code, c.column, c.amount) for c in parse(path).cells] == [
        (code, column, amount)
        for code, _, *amounts_ in printed
        for column, amount in zip(("total", "basic", "project"), amounts_, strict=True)
    ]
