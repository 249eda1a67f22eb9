"""Figures stated in prose: what they measure, whom they are about, and which are none."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.forms.identity import DocumentIdentity
from dagster_project.forms.narrative.prose import statements
from dagster_project.forms.narrative.text import Headings, paragraphs
from dagster_project.forms.outline import Block
from dagster_project.readers.page import Line, Word
from dagster_project.records import ProblemRecord, StatementRecord

Said = tuple[str, Decimal, str]


def listen(
    text: str, kind: str = "budget", year: int = 2024, accounts: Mapping[str, str] | None = None
) -> tuple[list[StatementRecord], list[ProblemRecord]]:
    """What a stretch of prose states, in a document of ``kind`` and ``year``."""
    lines = tuple(Line(line, number) for number, line in enumerate(text.splitlines(), start=1))
    identity = DocumentIdentity(kind, year, "示例市档案馆", "department", None)
    return statements("0123456789abcdef", "示例.txt", identity, [Block("prose", lines)], accounts)


def said(text: str, kind: str = "budget", year: int = 2024) -> list[Said]:
    """Item, amount and unit of every statement."""
    return [(row.item, row.amount, row.unit) for row in listen(text, kind, year)[0]]


def only(text: str, kind: str = "budget", year: int = 2024) -> StatementRecord:
    """The one statement of a text."""
    found, _ = listen(text, kind, year)
    assert len(found) == 1, [row.item for row in found]
    return found[0]


def wan(item: str, amount: str) -> Said:
    return item, Decimal(amount), "wan"


def pct(item: str, amount: str) -> Said:
    return item, Decimal(amount), "pct"


# How much: units, signs, digits


@pytest.mark.parametrize(
    ("printed", "amount", "unit", "decimals"),
    [
        ("1,234.56万元", "1234.56", "wan", 2),
        ("１２３．５０万元", "123.50", "wan", 2),
        ("1.25亿元", "12500", "wan", -2),
        ("12,345,678.90元", "12345678.90", "yuan", 2),
        ("0万元", "0", "wan", 0),
    ],
)
def test_amounts_are_exact_in_the_printed_unit(printed: str, amount: str, unit: str, decimals: int) -> None:
    row = only(f"二、收入预算情况说明\n2024年收入预算{printed}。")
    assert (row.item, row.amount, row.unit, row.decimals) == (
        "income.total.amount",
        Decimal(amount),
        unit,
        decimals,
    )


@pytest.mark.parametrize(
    ("words", "sign"),
    [
        ("增加", 1), ("增长", 1), ("上升", 1), ("减少", -1), ("下降", -1), ("降低", -1), ("压减", -1),
        ("节约", -1), ("增加了", 1), ("减少额为", -1), ("下降（增长）", -1), ("增加（减少）", 1),
        ("减少约", -1),
    ],
)  # fmt: skip
def test_the_verb_gives_the_sign(words: str, sign: int) -> None:
    rows, _ = listen(f"十、机关运行经费\n机关运行经费预算50万元，比2023年预算{words}3.2万元。")
    change = rows[1]
    assert change.item == "agency_operating.change_amount"
    assert change.amount == sign * Decimal("3.2")
    assert change.base == "2023年预算"


def test_an_unchanged_amount_states_no_figure() -> None:
    assert said("七、“三公”经费\n公务接待费2万元，与上年持平。") == [
        wan("three_public.reception.amount", "2")
    ]


@given(
    amount=st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False, allow_infinity=False),
    cut=st.integers(min_value=1, max_value=40),
    grouped=st.booleans(),
)
def test_any_amount_survives_any_line_break(amount: Decimal, cut: int, grouped: bool) -> None:
    printed = f"{amount:,.2f}" if grouped else f"{amount:.2f}"
    sentence = f"2024年示例市档案馆收支总预算{printed}万元，与上年持平。"
    broken = sentence[:cut] + "\n" + sentence[cut:]
    found = listen(f"一、收支预算总体情况\n{broken}")[0]
    assert [(row.item, row.amount, row.decimals) for row in found] == [("total.amount", amount, 2)]


def test_page_numbers_inside_a_sentence_are_no_part_of_it() -> None:
    text = (
        "三、支出预算情况\n2024年支出预算100万元，其中：基本支出\n\n— 12 —\n\n"
        "60万元，占60%；项目支出40万元。\n13\n占40%。"
    )
    assert said(text)[:3] == [
        wan("expenditure.total.amount", "100"),
        wan("expenditure.basic.amount", "60"),
        pct("expenditure.basic.share_pct", "60"),
    ]


# What is no statement


@pytest.mark.parametrize(
    "text",
    [
        "第五部分 名词解释\n一、机关运行经费：指为保障运行安排的100万元以上的资金。",
        "一、主要职责\n（一）管理10个乡镇档案室，每年投入20万元。",
        "十二、国有资产占用情况\n单价50万元（含）以上的设备另行登记。",
        "四、其他事项\n组织70多人参加培训，满意率达98%。",
        "十三、预算绩效情况说明\n经费及时拨付率≤100%（2分）；完成培训12次（3分）。",
        "联系电话：027-12345678，2024年12月31日公开。",
    ],
)
def test_limits_definitions_duties_and_weights_are_no_statements(text: str) -> None:
    assert said(text) == []


def test_the_figures_of_an_explanation_keep_apart() -> None:
    text = "一、收支预算总体情况\n收支总预算90万元，比2023年预算减少10万元，主要原因是维修项目减少12万元。"
    assert said(text) == [
        wan("total.amount", "90"),
        wan("total.change_amount", "-10"),
        wan("total.reason.change_amount", "-12"),
    ]


# Whom it is about


def test_the_heading_says_whom_a_sentence_without_subject_is_about() -> None:
    text = "三、“三公”经费预算情况\n（一）因公出国（境）费用\n预算控制数为0万元，与上年持平。"
    assert said(text) == [wan("three_public.abroad.amount", "0")]


def test_a_named_subject_wins_where_the_reading_order_is_broken() -> None:
    text = "十、项目支出安排情况\n3.公务接待费0.9万元，比2023年预算减少0.1万元。"
    assert said(text) == [
        wan("three_public.reception.amount", "0.9"),
        wan("three_public.reception.change_amount", "-0.1"),
    ]


def test_income_and_expenditure_below_a_fund_stay_with_that_fund() -> None:
    text = (
        "（三）一般公共预算财政拨款收入支出决算情况说明\n"
        "1.收入情况。2023年度一般公共预算财政拨款收入80万元。\n2.支出情况。2023年度一般公共预算财政拨款支出70万元。"
    )
    assert said(text, "final", 2023) == [
        wan("general.income.amount", "80"),
        wan("general.expenditure.amount", "70"),
    ]


@pytest.mark.parametrize(
    ("printed", "year"),
    [
        ("2024年预算安排5万元", 2024),
        ("2023年预算执行数为5万元", 2023),
        ("上年预算数为5万元", 2023),
        ("比2023年5万元增加1万元", 2023),
        ("比上年增加5万元", 2024),
    ],
)
def test_the_year_is_the_one_spoken_of(printed: str, year: int) -> None:
    rows, _ = listen(f"十、机关运行经费\n机关运行经费{printed}。")
    assert rows[0].year == year


def test_stock_is_counted_at_its_date() -> None:
    rows, _ = listen(
        "十二、国有资产占用情况\n截至2023年12月31日，本馆共有车辆3辆，其中，机要通信用车1辆、其他用车2辆。"
        "单价100万元（含）以上设备（不含车辆）2台（套）。\n2024年预算安排购置车辆1辆，其中，其他用车1辆。"
    )
    assert [(row.item, row.year, row.amount) for row in rows] == [
        ("assets.vehicles.total.count", 2023, 3),
        ("assets.vehicles.confidential_communication.count", 2023, 1),
        ("assets.vehicles.other.count", 2023, 2),
        ("assets.equipment_over_1m.count", 2023, 2),
        ("assets.vehicles_to_buy.total.count", 2024, 1),
        ("assets.vehicles_to_buy.other.count", 2024, 1),
    ]


def test_people_in_post_and_posts_are_told_apart() -> None:
    text = (
        "三、人员构成情况\n本馆共有编制20人，其中：行政编制12人、事业编制8人。"
        "在职实有人数18人，其中：行政11人，事业7人。离退休人员5人，其中：离休1人，退休4人。"
    )
    assert [(item, int(amount)) for item, amount, _ in said(text)] == [
        ("staff.establishment.total.count", 20),
        ("staff.establishment.administrative.count", 12),
        ("staff.establishment.institution.count", 8),
        ("staff.active.total.count", 18),
        ("staff.active.administrative.count", 11),
        ("staff.active.institution.count", 7),
        ("staff.retired.total.count", 5),
        ("staff.retired.veteran.count", 1),
        ("staff.retired.retired.count", 4),
    ]


# Accounts

OWN = {"201": "一般公共服务支出", "20126": "档案事务", "2012601": "行政运行", "2012699": "其他档案事务支出"}


@pytest.mark.parametrize(
    "path",
    [
        "一般公共服务支出（类）档案事务（款）行政运行（项）",
        "一般公共服务（类）档案事务（款）行政运行（项）",
        "一般公共服务支出（201类）档案事务（26款）行政运行（01项）",
        "2012601行政运行",
        "行政运行（2012601）",
    ],
)
def test_an_account_is_known_by_its_path_or_code(path: str) -> None:
    rows, _ = listen(
        f"五、一般公共预算财政拨款支出决算情况说明\n（三）支出决算具体情况\n1、{path}。年初预算为10万元，"
        "支出决算为9.8万元，完成年初预算的98%，决算数小于预算数的主要原因：节约。",
        "final",
        accounts=OWN,
    )
    assert [(row.item, row.amount) for row in rows] == [
        ("function.2012601.budget", 10),
        ("function.2012601.final", Decimal("9.8")),
        ("function.2012601.completion_pct", 98),
    ]
    assert rows[2].base == "年初预算"


def test_a_path_goes_on_below_the_class_named_before() -> None:
    text = (
        "五、财政拨款支出预算情况说明\n（一）一般公共服务支出（类）\n1.档案事务（款）行政运行（项）支出8万元，比上年增加1万元。\n"
        "2.档案事务（款）其他档案事务支出（项）支出2万元。"
    )
    rows, _ = listen(text, accounts=OWN)
    assert [row.item for row in rows] == [
        "function.2012601.budget",
        "function.2012601.change_amount",
        "function.2012699.budget",
    ]


def test_a_wrong_group_leaves_no_doubt_where_one_item_of_the_class_bears_the_name() -> None:
    rows, problems = listen(
        "五、一般公共预算支出情况\n1.一般公共服务支出（类）示例事务（款）其他档案事务支出（项）3万元。",
        accounts=OWN,
    )
    assert [row.item for row in rows] == ["function.2012699.budget"]
    assert not problems


def test_a_numbered_line_names_what_the_next_paragraph_states() -> None:
    rows, _ = listen(
        "五、一般公共预算财政拨款支出决算情况说明\n1、一般公共服务支出（类）档案事务（款）行政\n运行（项）。\n"
        "主要用于：人员支出。\n年初预算为10万元，支出决算为9万元。",
        "final",
        accounts=OWN,
    )
    assert [row.item for row in rows] == ["function.2012601.budget", "function.2012601.final"]


def test_an_account_that_no_list_knows_keeps_its_name_and_is_a_problem() -> None:
    rows, problems = listen(
        "五、一般公共预算支出情况\n1.一般公共服务支出（类）档案事务（款）数字展陈（项）3万元。", accounts=OWN
    )
    assert [row.item for row in rows] == ["function.20126.数字展陈.budget"]
    assert [problem.kind for problem in problems] == ["unknown_account_path"]
    assert problems[0].line == 2


# Changes, shares, completions and their bases


def test_a_change_against_the_own_budget_is_no_change_over_the_year() -> None:
    text = (
        "十、机关运行经费支出说明\n机关运行经费支出45万元，比年初预算数减少5万元，下降10%。"
        "比2022年度增加1万元，增长2.3%。"
    )
    assert said(text, "final", 2023) == [
        wan("agency_operating.amount", "45"),
        wan("agency_operating.vs_budget_amount", "-5"),
        pct("agency_operating.vs_budget_pct", "-10"),
        wan("agency_operating.change_amount", "1"),
        pct("agency_operating.change_pct", "2.3"),
    ]


def test_a_share_is_of_the_part_not_of_the_whole_it_names() -> None:
    rows, _ = listen(
        "五、一般公共预算财政拨款支出决算\n一般公共预算财政拨款支出70万元，占本年支出合计的99.9%。", "final"
    )
    assert [(row.item, row.base) for row in rows] == [
        ("general.expenditure.amount", None),
        ("general.expenditure.share_pct", "本年支出合计"),
    ]


def test_income_and_expenditure_of_the_year_are_not_their_totals_with_balances() -> None:
    rows, _ = listen(
        "一、收入支出决算总体情况\n（一）2023年度收入90万元。\n（二）2023年度支出80万元。\n"
        "2023年度收、支总计100万元。",
        "final",
    )
    assert [row.item for row in rows] == [
        "income.total.amount",
        "expenditure.total.amount",
        "total.amount",
    ]


def test_the_amount_that_a_share_is_taken_of_is_no_second_amount_of_the_part() -> None:
    rows, _ = listen(
        "五、一般公共预算财政拨款支出决算\n一般公共预算财政拨款支出70万元，占本年支出80万元的87.5%。", "final"
    )
    assert [(row.item, row.amount) for row in rows] == [
        ("general.expenditure.amount", Decimal(70)),
        ("general.expenditure.other.amount", Decimal(80)),
        ("general.expenditure.share_pct", Decimal("87.5")),
    ]


@pytest.mark.parametrize("words", ["完成预算", "完成年初预算", "为年初预算", "占全年预算", "完成了预算"])
def test_a_budget_and_its_completion_are_said_in_one_breath(words: str) -> None:
    rows, _ = listen(f"九、“三公”经费支出决算\n“三公”经费支出决算为3万元，{words}4万元的75%。", "final")
    assert [(row.item, row.amount) for row in rows] == [
        ("three_public.total.final", Decimal(3)),
        ("three_public.total.budget", Decimal(4)),
        ("three_public.total.completion_pct", Decimal(75)),
    ]


@pytest.mark.parametrize("words", ["完成年初预算的", "为年初预算的", "完成年初预算", "相当于年初预算的"])
def test_a_completion_is_said_in_many_ways(words: str) -> None:
    rows, _ = listen(
        f"九、“三公”经费支出决算\n“三公”经费年初预算为4万元，支出决算为3万元，{words}75%。", "final"
    )
    assert [row.item for row in rows] == [
        "three_public.total.budget",
        "three_public.total.final",
        "three_public.total.completion_pct",
    ]


# Lists of parts


def parts(text: str, kind: str = "budget") -> dict[str, tuple[list[str], bool | None]]:
    """Item of a sum → the items of its parts, and whether the list claims to be complete."""
    rows, _ = listen(text, kind)
    return {
        row.item: ([part.item for part in rows if part.part_of == row.whole_of], row.exhaustive)
        for row in rows
        if row.whole_of
    }


def test_a_list_in_a_sentence() -> None:
    text = (
        "三、支出预算情况\n支出预算100万元，比上年减少3万元。"
        "其中：基本支出60万元，占60%；项目支出40万元，占40%。"
    )
    assert parts(text) == {
        "expenditure.total.amount": (["expenditure.basic.amount", "expenditure.project.amount"], True)
    }


def test_a_list_that_says_mainly_is_not_complete() -> None:
    text = "（二）政府采购预算情况\n政府采购预算30万元，主要包括：货物类10万元；服务类20万元。"
    assert parts(text) == {
        "procurement.total.amount": (["procurement.goods.amount", "procurement.services.amount"], False)
    }


def test_a_list_of_commas_ends_with_the_semicolon() -> None:
    text = (
        "五、一般公共预算支出情况\n（二）结构情况\n"
        "基本支出60万元，其中：人员经费50万元，公用经费10万元；项目支出40万元。"
    )
    assert parts(text) == {
        "general.basic.amount": (["general.personnel.amount", "general.operating.amount"], True)
    }


def test_lists_of_numbered_paragraphs_nest() -> None:
    text = (
        "七、“三公”经费预算情况\n“三公”经费预算12万元。其中：\n1.因公出国（境）费0万元，与上年持平。\n"
        "2.公务用车购置及运行维护费10万元，其中：\n（1）公务用车购置费0万元。\n（2）公务用车运行维护费10万元。\n3.公务接待费2万元。"
    )
    assert parts(text) == {
        "three_public.total.amount": (
            ["three_public.abroad.amount", "three_public.vehicle.amount", "three_public.reception.amount"],
            True,
        ),
        "three_public.vehicle.amount": (
            ["three_public.vehicle_purchase.amount", "three_public.vehicle_operation.amount"],
            True,
        ),
    }


def test_a_list_in_brackets_is_a_list_of_its_own() -> None:
    text = (
        "二、“三公”经费安排情况\n“三公”经费预算20万元，其中：因公出国（境）费0万元；公务用车购置及运行维护费15万元"
        "（公务用车购置费0万元，与上年持平；公务用车运行维护费15万元）；公务接待费5万元。"
    )
    assert parts(text) == {
        "three_public.total.amount": (
            ["three_public.abroad.amount", "three_public.vehicle.amount", "three_public.reception.amount"],
            True,
        ),
        "three_public.vehicle.amount": (
            ["three_public.vehicle_purchase.amount", "three_public.vehicle_operation.amount"],
            True,
        ),
    }


def test_the_costs_of_the_administration_are_not_said_of_it_again() -> None:
    text = (
        "三、机关运行经费安排情况\n机关运行经费安排12万元。其中：办公费10万元，印刷费1万元，食堂消毒1万元。"
    )
    assert [item for item, _, _ in said(text)] == [
        "agency_operating.amount",
        "agency_operating.economic.30201.amount",
        "agency_operating.economic.30202.amount",
        "agency_operating.other.amount",
    ]


def test_a_part_may_be_stated_in_the_paragraph_after_its_number() -> None:
    text = (
        "三、“三公”经费\n“三公”经费预算5万元。其中：\n（一）因公出国（境）费。\n2024年安排0万元。\n"
        "（二）公务用车购置及运行维护费3万元，与上年持平。其中：公务用车购置费0万元；公务用车运行维护费3万元。\n"
        "（三）公务接待费。\n2024年安排2万元。"
    )
    assert parts(text)["three_public.total.amount"] == (
        ["three_public.abroad.amount", "three_public.vehicle.amount", "three_public.reception.amount"],
        True,
    )
    assert parts(text)["three_public.vehicle.amount"] == (
        ["three_public.vehicle_purchase.amount", "three_public.vehicle_operation.amount"],
        True,
    )


def test_budget_and_final_figures_are_not_mixed_in_one_list() -> None:
    text = (
        "九、“三公”经费支出决算\n“三公”经费年初预算为5万元，决算为4万元。其中：公务用车运行维护费年初预算为3万元，决算为2.5万元；"
        "公务接待费年初预算为2万元，决算为1.5万元。"
    )
    assert parts(text, "final") == {
        "three_public.total.final": (
            ["three_public.vehicle_operation.final", "three_public.reception.final"],
            True,
        )
    }


# Projects and performance


def test_projects_are_listed_by_name() -> None:
    text = (
        "十、项目支出安排情况\n2024年项目支出90万元，其中：一般公共预算拨款90万元。各项目如下：\n"
        "（一）档案数字化项目60万元。主要用于扫描。\n（二）库房维修经费：30万元，主要用于屋面。"
    )
    assert said(text) == [
        wan("expenditure.project_chapter.total.amount", "90"),
        wan("expenditure.project_chapter.general_public_budget.amount", "90"),
        wan("project.档案数字化.amount", "60"),
        wan("project.库房维修经费.amount", "30"),
    ]


def test_self_evaluations_are_summed_up_in_prose() -> None:
    text = (
        "十三、预算绩效情况说明\n（一）绩效管理工作开展情况\n共涉及项目3个，资金90万元，占一般公共预算项目支出总额的100%。\n"
        "（二）部门整体支出自评结果\n部门整体支出绩效自评，资金200万元，自评得分为95.5分。\n（三）项目支出自评结果\n"
        "1.档案数字化项目绩效自评综述：全年预算数60万元，实际执行57万元，完成预算的95%。"
    )
    assert said(text, "final") == [
        ("performance.self_evaluation.project.count", Decimal(3), "projects"),
        wan("performance.self_evaluation.project.amount", "90"),
        pct("performance.self_evaluation.project.share_pct", "100"),
        wan("performance.department.amount", "200"),
        ("performance.department.score", Decimal("95.5"), "points"),
        wan("performance.project.档案数字化.budget", "60"),
        wan("performance.project.档案数字化.actual", "57"),
        pct("performance.project.档案数字化.completion_pct", "95"),
    ]


# Provinces in their own words

NATIONAL_BUDGET = """五、关于示例市档案馆2024年一般公共预算支出表的说明
（一）一般公共预算当年拨款规模变化情况。
示例市档案馆2024年一般公共预算当年拨款130万元，比2023年执行数减少5万元，主要是压减项目。
（二）一般公共预算当年拨款结构情况。
一般公共服务（类）支出105万元，占80.77%；住房保障（类）支出25万元，占19.23%。"""

JIANGSU_BUDGET = """一、收支预算总体情况说明
示例市档案馆2024年度收入、支出预算总计345万元，与上年相比收、支预算总计各增加5万元，增长1.47%。其中：
（一）收入预算总计345万元。包括：
1.本年收入合计340万元。
（1）一般公共预算拨款收入340万元，与上年相比增加4万元，增长1.19%。
2.上年结转结余为5万元。"""

CHONGQING_FINAL = """（一）“三公”经费支出总体情况说明
2023年度“三公”经费支出共计12.34万元，较年初预算数减少2.66万元，下降17.7%，主要原因是节约。较上年支出数减少1万元，下降7.5%。"""

YUNNAN_FINAL = """四、财政拨款“三公”经费支出决算情况说明
2023年度财政拨款“三公”经费支出年初预算为150,000.00元，决算为120,000.00元，完成年初预算的80.00%。
公务接待费支出30,000.00元，共安排国内公务接待20批次（其中：外事接待0批次），接待人次180人（其中：外事接待人次0人）。"""

SHANGHAI_BUDGET = """2024年部门预算编制说明
2024年，示例市档案馆收入预算96.2万元，其中：财政拨款收入96.2万元，比2023年预算增加7.9万元；其他收入0万元。
1、一般公共服务支出（201类）档案事务（26款）行政运行（01项）16.7万元。主要用于：基本支出。2023年当年预算执行数为16.9万元，2024年预算安排16.7万元，比2023年预算执行数减少1.18%。"""


XINJIANG_FINAL = """一、收入支出决算总体情况说明
2023年度收入总计43.2万元,其中:本年收入合计42.7万元,年初结转和结余0.5万元。
收入支出总体与上年相比,增加5.8万元,增长15.5%,主要原因是:人员增加。
七、一般公共预算财政拨款“三公”经费支出决算情况说明
“三公”经费支出全年预算1.5万元,比上年减少0.2万元,主要原因是:节约。其中:公务用车购置及运行维护费支出1.2万元,占80%,主要原因是:车辆老旧;公务接待费支出0.3万元,占20%。
与全年预算相比,“三公”经费支出全年预算数1.5万元,决算数1.5万元,预决算差异率0.00%。"""

GUANGXI_FINAL = """一、收入支出决算总体情况说明
(一)本单位 2023 年度总收入 125.1 万元,其中本年收入 117.1 万元,较 2022 年度决算数增加 10.0 万元。
8.上年结转和结余 8.0 万元,为以前年度支出预算因客观条
件变化未执行完毕、结转到本年度继续使用的资金。较 2022 年度决算数增加 0.8 万元,增长 11.1%。"""

HUNAN_FINAL = """2023年度“三公”经费支出预算为44.5万元,2023年实际支出“三公”经费决算为22.6万元。
其中公务接待费为20.1万元,占88.9%;公务用车运行维护费为2.5万元,占11.1%。
公务用车保有量为2辆,国内公务接待批次为520个,接待人次为4200人。"""

INNER_MONGOLIA_BUDGET = """二、2023年“三公”经费决算情况
2023年度“三公”经费合计支出20.1万元,其中:公务接待12.4万元,公务用车运行费用7.7万元。"""


@pytest.mark.parametrize(
    ("text", "kind", "year", "expected"),
    [
        (
            XINJIANG_FINAL,
            "final",
            2023,
            [
                wan("total.amount", "43.2"),
                wan("income.total.amount", "42.7"),
                wan("income.carried_over.amount", "0.5"),
                wan("total.change_amount", "5.8"),
                pct("total.change_pct", "15.5"),
                wan("three_public.total.budget", "1.5"),
                wan("three_public.total.change_amount", "-0.2"),
                wan("three_public.vehicle.final", "1.2"),
                pct("three_public.vehicle.share_pct", "80"),
                wan("three_public.reception.final", "0.3"),
                pct("three_public.reception.share_pct", "20"),
                wan("three_public.total.budget", "1.5"),
                wan("three_public.total.final", "1.5"),
                pct("three_public.total.vs_budget_pct", "0.00"),
            ],
        ),
        (
            GUANGXI_FINAL,
            "final",
            2023,
            [
                wan("total.amount", "125.1"),
                wan("income.total.amount", "117.1"),
                wan("income.total.change_amount", "10.0"),
                wan("income.carried_over.amount", "8.0"),
                wan("income.carried_over.change_amount", "0.8"),
                pct("income.carried_over.change_pct", "11.1"),
            ],
        ),
        (
            f"七、“三公”经费支出情况\n{HUNAN_FINAL}",
            "final",
            2023,
            [
                wan("three_public.total.budget", "44.5"),
                wan("three_public.total.final", "22.6"),
                wan("three_public.reception.final", "20.1"),
                pct("three_public.reception.share_pct", "88.9"),
                wan("three_public.vehicle_operation.final", "2.5"),
                pct("three_public.vehicle_operation.share_pct", "11.1"),
                ("three_public.vehicles_funded.count", Decimal(2), "vehicles"),
                ("three_public.reception.batches.count", Decimal(520), "batches"),
                ("three_public.reception.persons.count", Decimal(4200), "persons"),
            ],
        ),
        (
            NATIONAL_BUDGET,
            "budget",
            2024,
            [
                wan("general.expenditure.amount", "130"),
                wan("general.expenditure.change_amount", "-5"),
                wan("function.201.structure.amount", "105"),
                pct("function.201.structure.share_pct", "80.77"),
                wan("function.221.structure.amount", "25"),
                pct("function.221.structure.share_pct", "19.23"),
            ],
        ),
        (
            JIANGSU_BUDGET,
            "budget",
            2024,
            [
                wan("total.amount", "345"),
                wan("total.change_amount", "5"),
                pct("total.change_pct", "1.47"),
                wan("total.amount", "345"),
                wan("income.current_year.amount", "340"),
                wan("income.general_public_budget.amount", "340"),
                wan("income.general_public_budget.change_amount", "4"),
                pct("income.general_public_budget.change_pct", "1.19"),
                wan("income.carried_over.amount", "5"),
            ],
        ),
        (
            CHONGQING_FINAL,
            "final",
            2023,
            [
                wan("three_public.total.final", "12.34"),
                wan("three_public.total.vs_budget_amount", "-2.66"),
                pct("three_public.total.vs_budget_pct", "-17.7"),
                wan("three_public.total.change_amount", "-1"),
                pct("three_public.total.change_pct", "-7.5"),
            ],
        ),
        (
            YUNNAN_FINAL,
            "final",
            2023,
            [
                ("three_public.total.budget", Decimal("150000.00"), "yuan"),
                ("three_public.total.final", Decimal("120000.00"), "yuan"),
                pct("three_public.total.completion_pct", "80.00"),
                ("three_public.reception.final", Decimal("30000.00"), "yuan"),
                ("three_public.reception.batches.count", Decimal(20), "batches"),
                ("three_public.reception.foreign.batches.count", Decimal(0), "batches"),
                ("three_public.reception.persons.count", Decimal(180), "persons"),
                ("three_public.reception.foreign.persons.count", Decimal(0), "persons"),
            ],
        ),
        (
            SHANGHAI_BUDGET,
            "budget",
            2024,
            [
                wan("income.total.amount", "96.2"),
                wan("income.fiscal_appropriation.amount", "96.2"),
                wan("income.fiscal_appropriation.change_amount", "7.9"),
                wan("income.other.amount", "0"),
                wan("function.2012601.budget", "16.7"),
                wan("function.2012601.final", "16.9"),
                wan("function.2012601.budget", "16.7"),
                pct("function.2012601.change_pct", "-1.18"),
            ],
        ),
    ],
    ids=[
        "xinjiang",
        "guangxi",
        "hunan",
        "national",
        "jiangsu",
        "chongqing",
        "yunnan",
        "shanghai",
    ],
)
def test_every_province_is_understood_in_its_own_words(
    text: str, kind: str, year: int, expected: list[Said]
) -> None:
    assert said(text, kind, year) == expected


def test_a_section_of_another_year_speaks_of_that_year() -> None:
    rows, _ = listen(INNER_MONGOLIA_BUDGET, "budget", 2024)
    assert [row.year for row in rows] == [2023, 2023, 2023]


def test_a_difference_to_the_own_budget_is_one_against_the_budget() -> None:
    text = (
        "五、一般公共预算财政拨款支出决算\n"
        "一般公共预算财政拨款支出70万元，完成年初预算的108%，决算数大于预算数5万元。"
    )
    assert said(text, "final")[-1] == wan("general.expenditure.vs_budget_amount", "5")


def test_basic_and_project_expenditure_in_an_accounts_sentence_are_the_accounts() -> None:
    text = (
        "五、一般公共预算支出情况\n一般公共预算支出90万元，其中：基本支出60万元，项目支出30万元。\n"
        "1.卫生健康支出80万元，其中：基本支出55万元，项目支出25万元。"
    )
    assert [item for item, *_ in said(text)][1:] == [
        "general.basic.amount",
        "general.project.amount",
        "function.210.budget",
        "function.210.basic.budget",
        "function.210.project.budget",
    ]
    assert parts(text)["function.210.budget"] == (
        ["function.210.basic.budget", "function.210.project.budget"],
        True,
    )


def test_economic_classes_stand_below_basic_or_project_expenditure() -> None:
    text = (
        "五、一般公共预算支出情况\n1.基本支出70万元，增长2%。其中：\n工资福利支出60万元，占基本支出85.71%。\n"
        "对个人和家庭补助10万元，占基本支出14.29%。\n2.项目支出5万元。其中：\n资本性支出5万元，同比增长3%。"
    )
    assert [item for item, *_ in said(text)] == [
        "general.basic.amount",
        "general.basic.change_pct",
        "basic.economic.301.amount",
        "basic.economic.301.share_pct",
        "basic.economic.303.amount",
        "basic.economic.303.share_pct",
        "general.project.amount",
        "general.project.economic.310.amount",
        "general.project.economic.310.change_pct",
    ]
    assert parts(text) == {
        "general.basic.amount": (["basic.economic.301.amount", "basic.economic.303.amount"], True)
    }


def test_a_list_of_unnumbered_paragraphs_ends_with_the_numbered_item_they_belong_to() -> None:
    text = (
        "七、“三公”经费情况\n1.公务用车购置及运行维护费3.5万元，与上年持平。\n其中：公务用车购置支出0万元。"
        "\n公务用车运行维护费支出3.5万元。主要用于燃料费。\n2.公务接待费2万元。"
    )
    assert parts(text) == {
        "three_public.vehicle.amount": (
            ["three_public.vehicle_purchase.amount", "three_public.vehicle_operation.amount"],
            True,
        )
    }


def test_a_list_in_a_sentence_that_a_page_breaks_after_the_colon_ends_with_it() -> None:
    text = (
        "八、政府采购情况\n政府采购金额10万元，其中：\n货物采购金额4万元、服务采购金额6万元。\n\n"
        "本部门面向中小企业预留政府采购项目预算金额2万元。"
    )
    assert parts(text) == {
        "procurement.total.amount": (["procurement.goods.amount", "procurement.services.amount"], True)
    }


def test_classes_parted_by_comma_and_semicolon_are_one_list() -> None:
    text = "三、支出预算\n支出预算9万元，其中，教育支出1万元，卫生健康支出3万元；农林水支出5万元。"
    assert parts(text)["expenditure.total.amount"][0] == [
        "expenditure.function.205.amount",
        "expenditure.function.210.amount",
        "expenditure.function.213.amount",
    ]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("三、收入预算\n收入预算9万元。收入较去年增加1万元。", "income.total.change_amount"),
        ("三、支出预算\n支出预算9万元。支出较去年增加1万元。", "expenditure.total.change_amount"),
        ("二、收支总体情况\n收支总计9万元。各减少12.5，1万元。", "total.change_amount"),
        ("（三）一般性支出情况\n会议费预算5万元，培训费预算3万元。", "training.amount"),
        ("六、国有资产占用情况\n车辆6辆，其中，领导干部用车1辆。", "assets.vehicles.leading_cadre.count"),
        ("六、国有资产占用情况\n车辆6辆。2024年拟新增配置车辆1辆。", "assets.vehicles_to_buy.total.count"),
        ("七、预算绩效说明\n纳入2024年部门整体支出绩效目标的金额为9万元。", "performance.managed.amount"),
        (
            "四、财政拨款收支情况\n收入包括：一般公共预算拨款9万元。",
            "appropriation.income.general_public_budget.amount",
        ),
        ("四、财政拨款收支情况\n财政拨款总收支较上年下降3.8%。", "appropriation.total.change_pct"),
    ],
)
def test_more_wordings(text: str, item: str) -> None:
    assert said(text)[-1][0] == item


def test_a_sum_divided_in_two_ways_has_two_lists() -> None:
    text = (
        "三、支出预算情况说明\n支出预算15万元，其中：\n1.按支出功能分类，包括一般公共服务支出13万元，"
        "社会保障和就业支出2万元。\n2.按支出用途分类，包括人员支出7万元，日常公用支出3万元，项目支出5万元。"
    )
    rows, _ = listen(text)
    lists = [row.part_of for row in rows]
    assert lists[1] == lists[2] == rows[0].whole_of
    assert lists[3] == lists[4] == lists[5]
    assert lists[0] is None
    assert lists[3] not in (None, lists[1])


@pytest.mark.parametrize(
    ("base", "item"),
    [
        ("2024年年初预算", "agency_operating.vs_budget_amount"),
        ("2023年预算", "agency_operating.change_amount"),
        ("2024年度机关运行经费年初预算数", "agency_operating.vs_budget_amount"),
    ],
)
def test_the_year_of_a_base_says_whether_it_is_the_own_budget(base: str, item: str) -> None:
    text = f"十、机关运行经费\n机关运行经费决算5万元，比{base}增加1万元。"
    assert said(text, "final")[-1] == wan(item, "1")


def test_names_of_accounts_in_quotation_marks() -> None:
    text = (
        "五、一般公共预算财政拨款支出决算\n1、“一般公共服务支出”（类）2024年度决算13万元。其中：\n"
        "“档案事务”（款）2024年度决算13万元。"
    )
    assert said(text, "final") == [wan("function.201.final", "13"), wan("function.20126.final", "13")]


def test_amounts_per_head_and_per_vehicle_are_no_statements() -> None:
    text = (
        "九、“三公”经费情况\n公务用车运行维护费中，公务用车加油2万元，公务用车维修3万元。"
        "车均运行维护费1.8万元，人均因公出国（境）费用2万元。"
    )
    assert [item for item, *_ in said(text)] == [
        "three_public.vehicle_operation.fuel.amount",
        "three_public.vehicle_operation.repair.amount",
    ]


def test_funds_carried_over_from_last_year_are_this_years_income() -> None:
    row = listen("二、收入预算情况说明\n收入预算15万元，占比如下，上年结转收入1万元。")[0][-1]
    assert (row.item, row.year) == ("income.carried_over.amount", 2024)


def test_a_section_on_basic_expenditure_alone() -> None:
    text = "三、基本支出预算情况说明\n基本支出10万元。其中，人员经费7万元，占70%；公用经费3万元，占30%。"
    assert parts(text) == {"basic.total.amount": (["basic.personnel.amount", "basic.operating.amount"], True)}


def test_a_list_in_brackets_behind_a_share() -> None:
    text = (
        "四、“三公”经费预算\n公务用车购置及运行费10万元，占50.00%"
        "（公务用车购置费0万元，公务用车运行维护费10万元）；公务接待费5万元。"
    )
    assert parts(text)["three_public.vehicle.amount"][0] == [
        "three_public.vehicle_purchase.amount",
        "three_public.vehicle_operation.amount",
    ]


def test_accounts_led_by_their_code() -> None:
    text = (
        "二、一般公共预算拨款支出情况\n一般公共预算拨款支出8万元，主要支出项目（按项级科目分类统计）包括：\n"
        "（一）2012604-档案馆5万元。\n（二）2210201-住房公积金3万元。"
    )
    assert parts(text)["general.expenditure.amount"][0] == [
        "function.2012604.budget",
        "function.2210201.budget",
    ]


def test_each_side_of_the_appropriations_has_its_total_and_change() -> None:
    text = (
        "四、财政拨款收入支出决算总体情况说明\n财政拨款收入总计15万元，支出总计15万元。"
        "与2023年度相比，财政拨款收入增加1万元，增长7.14%，支出增加1万元，增长7.14%。"
    )
    assert said(text, "final") == [
        wan("appropriation.income.total.amount", "15"),
        wan("appropriation.expenditure.total.amount", "15"),
        wan("appropriation.income.total.change_amount", "1"),
        pct("appropriation.income.total.change_pct", "7.14"),
        wan("appropriation.expenditure.total.change_amount", "1"),
        pct("appropriation.expenditure.total.change_pct", "7.14"),
    ]


def test_a_change_in_the_chapter_of_totals_is_one_of_the_totals() -> None:
    text = "一、收入支出决算总体情况说明\n收入总计15万元，支出总计15万元。与2023年度相比，收入增加1万元。"
    assert said(text, "final")[-1] == wan("total.change_amount", "1")


def test_the_money_of_operating_expenses_is_no_sum_of_the_general_budget() -> None:
    text = "（一）机关运行经费\n机关运行经费一般公共预算拨款支出30万元，比上年减少2万元。"
    assert [item for item, *_ in said(text)] == ["agency_operating.amount", "agency_operating.change_amount"]


def test_visiting_groups_are_received_and_did_not_travel_abroad() -> None:
    text = (
        "七、“三公”经费\n公务接待费2万元。共接待国（境）外来访团组1个、来访外宾3人次。"
        "共接待国内来访团组20个、来宾150人次。"
    )
    assert [item for item, *_ in said(text)][1:] == [
        "three_public.reception.overseas.batches.count",
        "three_public.reception.overseas.persons.count",
        "three_public.reception.batches.count",
        "three_public.reception.persons.count",
    ]


def test_a_figure_of_running_text_knows_where_it_is_printed() -> None:
    line = Line(
        "2024年度收入总计100.00万元，",
        1,
        1,
        bbox=(10.0, 0.0, 400.0, 12.0),
        words=(
            Word("2024年度收入总计", (10.0, 0.0, 110.0, 12.0)),
            Word("100.00万元，", (120.0, 0.0, 198.0, 12.0)),
        ),
    )
    (paragraph,) = paragraphs([line], Headings(), 30)
    start = paragraph.text.index("100.00")
    left, _, right, _ = paragraph.box(start, start + len("100.00"))
    assert (left, right) == (120.0, 159.0)


# Wordings of further publishers


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        (
            "六、“三公”经费情况\n公务用车购置及运行维护费9万元（其中：购置费4万元，运行维护费5万元），"
            "比年初预算增加2万元。",
            "final",
            [
                wan("three_public.vehicle.final", "9"),
                wan("three_public.vehicle_purchase.final", "4"),
                wan("three_public.vehicle_operation.final", "5"),
                wan("three_public.vehicle.vs_budget_amount", "2"),
            ],
        ),
        (
            "九、机关运行经费支出情况\n机关运行经费支出30万元（其中：一般公共预算支出30万元）。"
            "与上年相比，减少2万元。",
            "final",
            [
                wan("agency_operating.amount", "30"),
                wan("agency_operating.of_general_public_budget.amount", "30"),
                wan("agency_operating.change_amount", "-2"),
            ],
        ),
        (
            "六、“三公”经费情况\n“三公”经费预算12万元，其中：因公出国（境）费4万元，公务接待费8万元。",
            "final",
            [
                wan("three_public.total.budget", "12"),
                wan("three_public.abroad.budget", "4"),
                wan("three_public.reception.budget", "8"),
            ],
        ),
        (
            "六、“三公”经费情况\n“三公”经费预算12万元。其中，因公出国（境）费4万元，公务接待费8万元。"
            "比2023年减少3万元，下降20%。",
            "budget",
            [
                wan("three_public.total.amount", "12"),
                wan("three_public.abroad.amount", "4"),
                wan("three_public.reception.amount", "8"),
                wan("three_public.total.change_amount", "-3"),
                pct("three_public.total.change_pct", "-20"),
            ],
        ),
        (
            "三、支出决算情况说明\n本年支出合计90万元，其中：基本支出70万元。基本支出中采编业务支出40万元。",
            "final",
            [
                wan("expenditure.total.amount", "90"),
                wan("expenditure.basic.amount", "70"),
                wan("expenditure.basic.other.amount", "40"),
            ],
        ),
        (
            "三、支出预算情况说明\n基本支出预算较上年增6.5万元，增幅9%。",
            "budget",
            [wan("expenditure.basic.change_amount", "6.5"), pct("expenditure.basic.change_pct", "9")],
        ),
        (
            "四、财政拨款收支情况说明\n一般公共预算收支预算80万元，政府性基金收支预算15万元。",
            "budget",
            [
                wan("appropriation.general_public_budget.amount", "80"),
                wan("appropriation.government_fund.amount", "15"),
            ],
        ),
        (
            "四、财政拨款收入支出决算总体情况说明\n财政拨款收、支总计60万元，其中：本年收入55万元，"
            "年初结转和结余5万元；本年支出58万元，年末结转和结余2万元。",
            "final",
            [
                wan("appropriation.total.amount", "60"),
                wan("appropriation.income.current.amount", "55"),
                wan("appropriation.opening_balance.amount", "5"),
                wan("appropriation.expenditure.current.amount", "58"),
                wan("appropriation.closing_balance.amount", "2"),
            ],
        ),
        (
            "七、机关运行经费支出情况\n机关运行经费支出预算33万元，支出决算30万元，决算数较预算数减少3万元。",
            "final",
            [
                wan("agency_operating.budget", "33"),
                wan("agency_operating.amount", "30"),
                wan("agency_operating.vs_budget_amount", "-3"),
            ],
        ),
        (
            "本年支出合计90万元，比上年增加5万元。其中：基本支出70万元，项目支出20万元。",
            "final",
            [
                wan("expenditure.total.amount", "90"),
                wan("expenditure.total.change_amount", "5"),
                wan("expenditure.basic.amount", "70"),
                wan("expenditure.project.amount", "20"),
            ],
        ),
    ],
    ids=[
        "behind a bracket",
        "whose money",
        "parts of a budget",
        "the sum after its parts",
        "another thing",
        "a verb of one character",
        "two kinds of money",
        "sides of the appropriations",
        "budget before final",
        "without heading",
    ],
)
def test_a_figure_is_said_of_what_its_words_name(text: str, kind: str, expected: list[Said]) -> None:
    assert said(text, kind) == expected


def test_a_total_with_what_was_carried_over_is_the_grand_total() -> None:
    text = "一、收入决算情况说明\n收入总计45万元，其中年初结转和结余5万元；本年收入合计40万元。"
    assert said(text, "final") == [
        wan("total.amount", "45"),
        wan("income.carried_over.amount", "5"),
        wan("income.total.amount", "40"),
    ]
    assert said(text.replace("其中年初结转和结余5万元；本年收入合计40万元", "主要是拨款"), "final") == [
        wan("income.total.amount", "45")
    ]


def test_a_total_that_is_exactly_its_parts_of_one_year_is_that_of_the_year() -> None:
    text = "一、收入支出决算总体情况说明\n支出总计{}万元，包括：基本支出70万元，项目支出20万元。"
    assert said(text.format("90"), "final")[0] == wan("expenditure.total.amount", "90")
    assert said(text.format("95"), "final")[0] == wan("total.amount", "95")


def test_items_are_known_by_their_bare_names_and_by_codes() -> None:
    text = (
        "五、一般公共预算支出情况说明\n1.初中教育支出50万元，主要用于教学。\n"
        "2.机关事业单位基本养老保险缴费支出6万元。\n3.221（类）02（款）01（项）4万元。\n4.古籍修复支出3万元。"
    )
    assert said(text) == [
        wan("function.2050203.budget", "50"),
        wan("function.2080505.budget", "6"),
        wan("function.2210201.budget", "4"),
        wan("general.expenditure.other.amount", "3"),
    ]


def test_the_amount_compared_with_is_no_sum_of_the_list_behind_it() -> None:
    text = (
        "六、“三公”经费情况\n“三公”经费决算9万元，比年初预算12万元减少3万元。其中：\n"
        "1.因公出国（境）费。决算数3万元，与年初预算数持平。\n2.公务接待费。决算数6万元，比年初预算数9万元减少3万元。"
    )
    rows, _ = listen(text, "final")
    assert [(row.item, row.amount) for row in rows if row.whole_of] == [("three_public.total.final", 9)]
    assert [row.amount for row in rows if row.part_of] == [3, 6]


def test_a_list_with_a_part_of_unknown_name_is_not_complete() -> None:
    text = "二、收入预算情况说明\n收入预算20万元，其中：财政拨款收入12万元，门票分成5万元，场地分成3万元。"
    rows, _ = listen(text)
    assert [row.exhaustive for row in rows if row.whole_of] == [False]


def test_what_is_bought_and_sold_is_not_what_there_is() -> None:
    text = (
        "四、国有资产占用情况\n截至2023年12月31日，共有车辆5辆，单价50万元以上通用设备3台（套）。处置车辆1辆。"
        "拟新增公务用车2辆，单价100万元以上专用设备1台。"
    )
    assert [item for item, *_ in said(text)] == [
        "assets.vehicles.total.count",
        "assets.general_equipment_over_500k.count",
        "assets.vehicles.disposed.count",
        "assets.vehicles_to_buy.total.count",
        "assets.special_equipment_over_1m_to_buy.count",
    ]


def test_other_matters_are_no_glossary() -> None:
    text = "第四部分 其他重要事项及相关口径情况说明\n一、机关运行经费支出情况\n机关运行经费支出30万元。"
    assert said(text, "final") == [wan("agency_operating.amount", "30")]


def test_kinds_of_staff_are_not_all_staff() -> None:
    text = "三、人员情况\n在职教职工62人，其中管理人员3人；人事派遣人员5人。"
    assert [(item, amount) for item, amount, _ in said(text)] == [
        ("staff.active.total.count", 62),
        ("staff.contract.count", 5),
    ]


def test_a_change_of_something_else_is_none_of_what_the_chapter_is_about() -> None:
    text = "一、预算收支增减变化情况\n1.聘用教师支出较上年增6万元。"
    assert said(text) == [wan("total.other.change_amount", "6")]


def test_what_is_left_of_basic_or_project_money_is_no_expenditure() -> None:
    text = "一、收支总体情况\n年末结转和结余3万元，其中：基本支出结转和结余1万元，项目支出结转2万元。"
    assert said(text, "final") == [
        wan("expenditure.closing_balance.amount", "3"),
        wan("expenditure.balance.basic.amount", "1"),
        wan("expenditure.balance.project.amount", "2"),
    ]
