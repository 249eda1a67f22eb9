"""Performance forms in every layout in which publishers print them, each form short and whole."""

from __future__ import annotations

import pytest

from tests.unit.forms import drawn
from tests.unit.forms.performance_texts import money, read, rows

EVALUATION_TABS = """\
示例市档案馆2023年度部门决算

项目支出绩效自评表
（2023年度）
项目名称|馆藏地图修复
主管部门|示例市档案馆||实施单位|示例市档案馆
项目资金（万元）||年初预算数|全年预算数|全年执行数|分值|执行率|得分
|年度资金总额|120.00|118.50|117.31|10|99.00%|9.90
|其中：当年财政拨款|100.00|98.50|97.31|—|98.79%|—
年度总体目标|预期目标|||实际完成情况
|修复破损地图并装裱。|||全部修复装裱完毕。
绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|分值|得分|偏差原因分析及改进措施
|产出指标|数量指标|修复地图数量|≥300幅|312幅|20|20|
||质量指标|返修率|≤1%|0.8%|15|15|
|||装裱合格率|100%|100%|15|15|
||成本指标|单幅修复成本|≤0.4万元|0.42万元|20|18|绢料涨价
|满意度指标|服务对象满意度指标|读者满意度|≥95%|97%|20|20|
总分|||||||100|97.90
"""

EVALUATION_LOOSE = """\
示例市档案馆2023年度部门决算

项目支出绩效自评表

（2023 年度）

项目名称 馆藏地图修复

主管部门 示例市档案馆 实施单位 示例市档案馆

项目资金

（万元）

年初预算数 全年预算数 全年执行数 分值 执行率 得分

年度资金总额 120.00 118.50 117.31 10 99.00% 9.90

其中：当年财政拨款 100.00 98.50 97.31 — 98.79% —

年度总体目标

预期目标 实际完成情况

修复破损地图

并装裱。

全部修复装裱

完毕。

绩效指标

一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分

偏差原因分析

及改进措施

产出指标 数量指标 修复地图数量 ≥300 幅 312 幅 20 20

质量指标 返修率 ≤1% 0.8% 15 15

装裱合格率 100% 100% 15 15

成本指标

单幅修复

成本

≤0.4 万元 0.42 万元 20 18

满意度指标

服务对象满

意度指标

读者满意度 ≥95% 97% 20 20

总分 100 97.90
"""

EVALUATION_ALIGNED = """\
示例市档案馆2023年度部门决算

                              项目支出绩效自评表
                                （2023年度）
 项目名称          馆藏地图修复
 主管部门          示例市档案馆                         实施单位        示例市档案馆
 项目资金                              年初预算数     全年预算数   全年执行数    分值    执行率     得分
 （万元）          年度资金总额            120.00       118.50       117.31       10    99.00%     9.90
               其中：当年财政拨款          100.00        98.50        97.31       —     98.79%     —
 年度总体目标      预期目标                                     实际完成情况
                   修复破损地图并装裱。                         全部修复装裱完毕。
          一级指标    二级指标        三级指标        年度指标值    实际完成值    分值     得分   偏差原因分析
                                                                                        及改进措施
  绩      产出指标    数量指标      修复地图数量         ≥300幅        312幅        20       20
  效                  质量指标      返修率               ≤1%           0.8%         15       15
  指                                装裱合格率           100%          100%         15       15
  标                  成本指标      单幅修复成本         ≤0.4万元      0.42万元     20       18      绢料涨
                                                                                                     价
          满意度指    服务对象满    读者满意度           ≥95%          97%          20       20
          标          意度指标
                                   总分                                            100      97.90
"""


@pytest.mark.parametrize(
    "text",
    [EVALUATION_TABS, EVALUATION_LOOSE, EVALUATION_ALIGNED],
    ids=["tab-separated", "loose lines", "aligned columns"],
)
def test_a_self_evaluation_is_read_alike_in_every_layout(text: str) -> None:
    reading = read(text)
    assert rows(reading, "annual") == [
        ("修复地图数量", "≥300幅", "312幅", "20", "20"),
        ("返修率", "≤1%", "0.8%", "15", "15"),
        ("装裱合格率", "100%", "100%", "15", "15"),
        ("单幅修复成本", "≤0.4万元", "0.42万元", "20", "18"),
        ("读者满意度", "≥95%", "97%", "20", "20"),
    ]
    assert rows(reading, "execution") == [
        ("年度资金总额", "118.50", "117.31", "10", "9.90", "99.00%"),
        ("其中：当年财政拨款", "98.50", "97.31", "98.79%"),
    ]
    assert rows(reading, "goal") == [("年度总体目标", "修复破损地图并装裱。", "全部修复装裱完毕。")]
    assert rows(reading, "total") == [("总分", "100", "97.90")]
    assert {record.project for record in reading.indicators} == {"馆藏地图修复"}
    assert {record.form for record in reading.indicators} == {"perf_project_self_evaluation"}
    assert money(reading) == {
        "budget_initial": "120.00 wan",
        "budget_initial.fiscal_appropriation": "100.00 wan",
    }
    assert not reading.problems


@pytest.mark.parametrize(
    "text",
    [EVALUATION_TABS, EVALUATION_LOOSE, EVALUATION_ALIGNED],
    ids=["tab-separated", "loose lines", "aligned columns"],
)
def test_merged_levels_are_carried_to_the_rows_below(text: str) -> None:
    annual = [record for record in read(text).indicators if record.horizon == "annual"]
    assert [(record.level1, record.level2) for record in annual] == [
        ("产出指标", "数量指标"),
        ("产出指标", "质量指标"),
        ("产出指标", "质量指标"),
        ("产出指标", "成本指标"),
        ("满意度指标", "服务对象满意度指标"),
    ]


def test_a_departments_target_form_shows_money_projects_and_two_horizons() -> None:
    reading = read(
        """\
示例市档案馆2024年部门预算

部门整体支出绩效目标申报表
单位：万元
部门（单位）名称|示例市档案馆
部门总体资金情况|总体资金情况||当年金额|占比|近两年收支金额|
|||||2022年|2023年
|收入构成|财政拨款|340.50|100%|310.20|325.80
||单位资金||||
|支出构成|基本支出|240.50|70.63%|230.20|235.80
||合计|340.50|100%|310.20|325.80
|项目名称|项目类型|项目总预算|项目本年度预算|项目主要支出方向和用途
项目支出情况|馆藏地图修复|延续性项目|200.00|100.00|修复与装裱
年度目标1：|保管好馆藏|||||
长期绩效指标|一级指标|二级指标|三级指标|指标值|指标值确定依据
|产出指标|数量指标|修复地图总数|≥900幅|计划标准
年度绩效指标|一级指标|二级指标|三级指标|指标值|||指标值确定依据
||||近两年指标值||预期当年实现值|
||||前年|上年||
|产出指标|数量指标|修复地图数量|280幅|295幅|≥300幅|计划标准
||质量指标|装裱合格率|||100%|行业标准
"""
    )
    assert rows(reading, "funding") == [
        ("财政拨款", "310.20", "325.80", "340.50", "100%"),
        ("基本支出", "230.20", "235.80", "240.50", "70.63%"),
        ("合计", "310.20", "325.80", "340.50", "100%"),
    ]
    assert rows(reading, "project_list") == [("馆藏地图修复", "200.00", "100.00")]
    assert rows(reading, "long_term") == [("修复地图总数", "≥900幅")]
    annual = [record for record in reading.indicators if record.horizon == "annual"]
    assert [(r.prior_year_2, r.prior_year_1, r.expected, r.basis, r.goal) for r in annual] == [
        ("280幅", "295幅", "≥300幅", "计划标准", "年度目标1"),
        (None, None, "100%", "行业标准", "年度目标1"),
    ]
    assert not reading.problems


def test_years_beside_this_year_are_told_by_their_number_not_their_order() -> None:
    reading = read(
        """\
示例市档案馆2024年部门预算

整体支出绩效目标表

填报人 李四 联系电话 12345678

部门总体

资金情况

总体资金情况 当年金额 占比

近两年收支金额

2023 年 2022 年

收入

构成

财政拨款 340.50 325.80 310.20

其他资金

合计 340.50 100% 325.80 310.20

部门职能概述

收集、保管、利用档案。
"""
    )
    funding = [record for record in reading.indicators if record.horizon == "funding"]
    assert [(r.level3, r.expected, r.share, r.prior_year_1, r.prior_year_2) for r in funding] == [
        ("财政拨款", "340.50", None, "325.80", "310.20"),
        ("合计", "340.50", "100%", "325.80", "310.20"),
    ]


def test_cells_that_a_merge_has_shifted_find_their_columns() -> None:
    reading = read(
        """\
示例市档案馆2023年度部门决算

2023年度馆藏地图修复项目自评表
项目名称|馆藏地图修复||||||
年度绩效指标|一级指标|二级指标|三级指标|年初目标值(A)|实际完成值(B)|得分
|产出指标|数量指标|修复地图数量|≥300幅|312幅|20
|质量指标|返修率|≤1%|0.8%|15|
|装裱合格率||100%|100%|15|
效益指标|社会效益指标|查阅等候时间|明显缩短|达成预期指标|20|
|满意度指标|读者满意度|≥95%|97%|10|
总分|95|||||
"""
    )
    assert rows(reading, "annual") == [
        ("修复地图数量", "≥300幅", "312幅", "20"),
        ("返修率", "≤1%", "0.8%", "15"),
        ("装裱合格率", "100%", "100%", "15"),
        ("查阅等候时间", "明显缩短", "达成预期指标", "20"),
        ("读者满意度", "≥95%", "97%", "10"),
    ]
    assert rows(reading, "total") == [("总分", "95")]


def test_a_row_with_a_cell_too_many_is_read_and_put_on_record() -> None:
    reading = read(
        """\
示例市档案馆2023年度部门决算

项目自评表
项目名称|馆藏地图修复||||||
绩效指标|一级指标|二级指标|三级指标|年初目标值|实际完成值|得分
|产出指标|数量指标|修复地图数量|≥300幅|312幅|20
|时效指标|按期完成率|100%|100%|100%|10
"""
    )
    assert rows(reading, "annual")[1] == ("按期完成率", "100%", "100%", "10")
    assert [problem.kind for problem in reading.problems] == ["row_not_certain"]


def test_a_header_nobody_declared_is_a_problem_and_the_rest_is_read() -> None:
    reading = read(
        """\
示例市档案馆2023年度部门决算

项目支出绩效自评表
项目名称|馆藏地图修复||||||
绩效指标|一级指标|二级指标|三级指标|年度指标值|实际完成值|得分|专家意见
|产出指标|数量指标|修复地图数量|≥300幅|312幅|20|可
"""
    )
    assert rows(reading, "annual") == [("修复地图数量", "≥300幅", "312幅", "20")]
    unknown = [problem for problem in reading.problems if problem.kind == "unknown_header"]
    assert [problem.cause_key for problem in unknown] == ["unknown_header:performance:专家意见"]
    assert "performance_header.csv" in unknown[0].action


def test_long_term_and_annual_targets_side_by_side_are_two_tables() -> None:
    reading = read(
        """\
示例县水务站2025年部门预算

项目支出绩效目标表
（2025年度）
项目名称|农村水管更新
项目资金（万元）|年度资金总额：|260.50
|其中：财政拨款|200.50
|其他资金|60.00
绩效指标|一级指标|二级指标|三级指标|指标值|二级指标|三级指标|指标值
|产出指标|数量指标|更新水管总长|≥90公里|数量指标|本年更新长度|≥30公里
||质量指标|验收合格率|100%|质量指标|验收合格率|100%
"""
    )
    assert rows(reading, "long_term") == [("更新水管总长", "≥90公里"), ("验收合格率", "100%")]
    assert rows(reading, "annual") == [("本年更新长度", "≥30公里"), ("验收合格率", "100%")]
    assert money(reading) == {
        "current_budget": "260.50 wan",
        "funding.fiscal_appropriation": "200.50 wan",
        "funding.other": "60.00 wan",
    }


def test_one_table_of_many_projects_joins_operator_value_and_unit() -> None:
    reading = read(
        """\
示例市城管支队2024年部门预算

部门预算项目绩效目标表
单位：万元
单位名称|项目名称|预算数|年度目标|一级指标|二级指标|三级指标|绩效指标性质|绩效指标值|绩效度量单位|权重|指标方向性
示例市城管支队|记录仪购置|45.60|配齐设备|产出指标|数量指标|购置记录仪|≥|120|台|30|正向指标
||||满意度指标|服务对象满意度指标|队员满意度|≥|90|%|10|正向指标
|街面劳务费|88.00|保持整洁|产出指标|数量指标|保洁路段|≥|36|条|40|正向指标
||||效益指标|生态效益指标|环境整洁程度|定性|明显改善||30|正向指标
"""
    )
    found = [(record.project, record.level3, record.target, record.weight) for record in reading.indicators]
    assert found == [
        ("记录仪购置", "购置记录仪", "≥120台", "30"),
        ("记录仪购置", "队员满意度", "≥90%", "10"),
        ("街面劳务费", "保洁路段", "≥36条", "40"),
        ("街面劳务费", "环境整洁程度", "明显改善", "30"),
    ]


def test_a_self_evaluation_prints_its_score_above_the_projects_name() -> None:
    reading = read(
        """\
示例市档案馆2020年度部门决算

2020 年度示例市档案馆项目自评表

单位名称：示例市档案馆 自评得分： 92.40

项目名称 馆藏地图修复

主管部门 示例市档案馆 项目实施单位 示例市档案馆

预算执行情况（万

元）

（20 分）

预算数（A）执行数（B）

执行率

（B/A）

得分

（20 分*执行率）

年度财政资金

总额

60 51.90 86.50% 17.30

项目绩效总目标

（20 分）

年初设定目标 全年实际完成情况 得分

修复破损地图并装裱，保持库房

温湿度稳定。

2

全部修复装裱完毕，库

房温湿度稳定。

0

项目年度

绩效指标

（60 分）

一级指

标

二级指标 指标名称

年初目标

值（A）

实际完成值（B） 得分

产出指

标

数量指标 2 台恒湿机 100% 90% 9

质量指标 装裱合格率 100% 100% 10

偏差大或 绢料供货延迟。

目标未完成

原因分析
"""
    )
    assert rows(reading, "total") == [("自评得分", "92.40")]
    assert rows(reading, "execution") == [("年度财政资金总额", "60", "51.90", "20", "17.30", "86.50%")]
    assert rows(reading, "goal") == [
        (
            "项目绩效总目标",
            "修复破损地图并装裱，保持库房温湿度稳定。",
            "全部修复装裱完毕，库房温湿度稳定。",
            "20",
            "20",
        )
    ]
    assert rows(reading, "annual") == [
        ("2台恒湿机", "100%", "90%", "9"),
        ("装裱合格率", "100%", "100%", "10"),
    ]
    assert {record.project for record in reading.indicators} == {"馆藏地图修复"}


def test_a_document_without_performance_forms_has_no_rows() -> None:
    reading = read(
        "示例市档案馆2023年度部门决算\n\n一、预算绩效管理工作开展情况\n\n本年开展绩效自评项目3个。\n"
    )
    assert not reading.indicators
    assert not reading.funding
    assert not reading.details


def test_page_numbers_between_the_lines_of_a_table_are_no_cells() -> None:
    reading = read(
        "示例市档案馆2023年度部门决算\n\n项目支出绩效自评表\n项目名称 馆藏地图修复\n主管部门 示例市档案馆\n"
        "绩效指标\n一级指标 二级指标 三级指标 年度指标值 实际完成值 分值 得分\n"
        "产出指标 数量指标 修复地图数量 ≥300幅 312幅 20 20\n1\n"
        "\f质量指标 装裱合格率 100% 100% 15 15\n— 2 —\n"
        "\f满意度指标 服务对象满意度指标 读者满意度 ≥95% 97% 20 18\n3\n"
    )
    assert rows(reading, "annual") == [
        ("修复地图数量", "≥300幅", "312幅", "20", "20"),
        ("装裱合格率", "100%", "100%", "15", "15"),
        ("读者满意度", "≥95%", "97%", "20", "18"),
    ]
    assert [record.page for record in reading.indicators] == [1, 2, 3]


def test_a_side_label_and_a_header_that_a_new_page_repeats_are_no_cells() -> None:
    reading = read(
        """\
示例市档案馆2023年度部门决算

项目自评表
项目名称 馆藏地图修复
主管部门 示例市档案馆
年度绩效指标
一级指标 二级指标 三级指标 年度指标值 实际完成值 得分
产出指标 数量指标 修复地图数量 ≥300幅 312幅 20
年度绩效指标
一级指标 二级指标 三级指标 年度指标值 实际完成值 得分
质量指标 装裱合格率 100% 100% 15
年度绩效
指标
满意度指标 服务对象满意度指标 读者满意度 ≥95% 97% 18
总分 98.5
"""
    )
    assert rows(reading, "annual") == [
        ("修复地图数量", "≥300幅", "312幅", "20"),
        ("装裱合格率", "100%", "100%", "15"),
        ("读者满意度", "≥95%", "97%", "18"),
    ]
    assert rows(reading, "total") == [("总分", "98.5")]


def test_many_projects_in_one_table_keep_their_budgets_where_an_export_lost_blank_cells() -> None:
    reading = read(
        """\
示例县示例镇人民政府2023年部门预算

部门预算项目绩效目标申报表
金额单位：元
单位名称|项目名称|预算数|年度目标|一级指标|二级指标|三级指标|指标性质|指标值|度量单位|权重|指标方向性
820-示例镇部门|3,740,500.00
820001-示例镇人民政府|网格员补助|3,120,500.00|按时发放|产出指标|数量指标|网格员人数|≥|230|人|20|正向指标
产出指标|时效指标|发放周期|≤|30|天|20|反向指标
会议室修缮|620,000.00|保障使用|满意度指标|服务对象满意度指标|使用人满意度|≥|95|%|10|正向指标
"""
    )
    found = [(record.project, record.level3, record.target, record.weight) for record in reading.indicators]
    assert found == [
        ("网格员补助", "网格员人数", "≥230人", "20"),
        ("网格员补助", "发放周期", "≤30天", "20"),
        ("会议室修缮", "使用人满意度", "≥95%", "10"),
    ]
    assert [(record.project, str(record.amount), record.unit) for record in reading.funding] == [
        ("网格员补助", "3120500.00", "yuan"),
        ("会议室修缮", "620000.00", "yuan"),
    ]


def test_a_form_that_gives_no_row_is_on_record() -> None:
    reading = read(
        "示例市档案馆2023年度部门决算\n\n项目支出绩效自评表\n项目名称||\n主管部门||\n一级指标|二级指标|三级指标|得分\n"
    )
    assert [problem.kind for problem in reading.problems] == ["form_without_rows"]
    assert [(form.form, form.state) for form in reading.forms] == [
        ("perf_project_self_evaluation", "printed_blank")
    ]


@pytest.mark.parametrize("label", ["专项名称", "项目名称", "项目名称："])
def test_a_list_of_projects_headed_in_other_words_ends(label: str) -> None:
    reading = read(
        f"示例市档案馆2024年部门预算\n\n整体支出绩效目标表\n填报人 李四 联系电话 12345678\n"
        f"部门职能概述\n保管档案。\n{label}\n项目类型\n项目总预算\n馆藏地图修复\n延续性项目\n200\n"
    )
    assert not rows(reading, "annual")


def test_a_list_of_projects_names_each_project_once_in_a_merged_cell() -> None:
    parsed = drawn.read("""
# 部门预算项目绩效目标表
# 单位：万元
| 单位名称 | 项目名称 | 预算数 | 年度目标 | 绩效指标 | < | < | < |
| ^ | ^ | ^ | ^ | 一级指标 | 二级指标 | 三级指标 | 指标值 |
| 示例市档案馆 | 库房修缮经费 | 12.00 | 完成修缮 | 产出指标 | 数量指标 | 修缮面积 | ≥300平方米 |
| ^ | ^ | ^ | ^ | ^ | 质量指标 | 验收合格率 | 100% |
| ^ | 档案数字化经费 | 8.00 | 完成数字化 | 产出指标 | 数量指标 | 数字化页数 | ≥20万页 |
""")
    assert [(row.project, row.level3, row.target) for row in parsed.indicators] == [
        ("库房修缮经费", "修缮面积", "≥300平方米"),
        ("库房修缮经费", "验收合格率", "100%"),
        ("档案数字化经费", "数字化页数", "≥20万页"),
    ]
    assert [(row.project, str(row.amount)) for row in parsed.project_funding] == [
        ("库房修缮经费", "12.00"),
        ("档案数字化经费", "8.00"),
    ]
