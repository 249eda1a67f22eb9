"""The money of a project's declaration form, from its cells and from its running text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dagster_project.forms.performance import projects
from tests.unit.forms.performance_texts import money, read

DECLARATION_TABS = """\
示例市档案馆2024年部门预算

项目支出绩效目标申报表
单位：万元
项目名称|馆藏地图修复|项目代码||
上年绩效评价结果、整改及应用（必填）|1. 2022年度自评得分96.5分；2.已整改。|||
项目前两年预算及当年预算变动情况|1. 2022年年初预算安排30万元；2. 2022年执行数26.4万元；\
3. 2023年预算安排18万元；4. 2023年1-7月执行情况：9.6万元。5. 2024年预算12.5万元，较2023年减少2.5万元。|||
项目总预算|（延续性项目填写）|项目当年预算|12.5万元|
2024年预算申报项目资金来源|来源项目||2024年预算申报数|
|当年预算合计||12.5万元|
|1. 财政拨款收入||10.5万元|
|2. 上年结转||2万元|
2024年项目支出明细及依据|项目内容|测算依据及说明|本级财政拨款金额|上级转移支付金额
|馆藏地图修复|1.绢料采购|4.5万元|
||2.装裱外包|8万元|
"""

DECLARATION_LOOSE = """\
示例市档案馆2024年部门预算

表 12-1.项目支出绩效目标表

资金单位：万元

项目名称 馆藏地图修复 项目代码

项目总预算 420 项目当年

预算

12.5

项目前两年

预算及当年

预算变动情

况

1.前两年预算安排情况：2022 年安排 30 万元，2023 年安排 15

万元。

2.当年预算变动情况及理由：2024 年预算金额为 12.5 万元。

项目资金来

源

资金来源项目 金额

合计 12.5

1.一般公共预算财政拨款收入 10.5

其中：申请当年预算拨款 10.5

2.政府性基金预算财政拨款收入

其中：申请当年预算拨款

3.事业收入 0

9.上年结转 2

其中：使用上年度一般公共预算财政拨

款结余结转

2

项目支出

明细预算

项目支出明细 金额

合计 12.5

1.绢料采购和宣纸、浆糊等

消耗材料

4.5

2.装裱外包 8

测算依据

及说明

按合同测算。
"""


def test_a_declaration_with_its_grid_gives_budget_sources_history_and_detail() -> None:
    reading = read(DECLARATION_TABS)
    assert money(reading) == {
        "prior_year_2.self_score": "96.5 points",
        "prior_year_2.budget": "30 wan",
        "prior_year_2.actual": "26.4 wan",
        "prior_year_1.budget": "18 wan",
        "prior_year_1.actual_jan_jul": "9.6 wan",
        "current_year.budget_in_text": "12.5 wan",
        "current_year.change_amount": "-2.5 wan",
        "current_budget": "12.5 wan",
        "funding.total": "12.5 wan",
        "funding.fiscal_appropriation": "10.5 wan",
        "funding.carried_over": "2 wan",
    }
    assert [(record.item, record.amount) for record in reading.details] == [
        ("绢料采购", Decimal("4.5")),
        ("装裱外包", Decimal(8)),
    ]
    assert {record.project for record in reading.funding} == {"馆藏地图修复"}


def test_a_declaration_in_loose_lines_tells_a_printed_zero_from_a_blank() -> None:
    reading = read(DECLARATION_LOOSE)
    assert money(reading) == {
        "total_budget": "420 wan",
        "current_budget": "12.5 wan",
        "prior_year_2.budget": "30 wan",
        "prior_year_1.budget": "15 wan",
        "current_year.budget_in_text": "12.5 wan",
        "funding.total": "12.5 wan",
        "funding.general_public_budget": "10.5 wan",
        "funding.general_public_budget.current_year": "10.5 wan",
        "funding.undertaking": "0 wan",
        "funding.carried_over": "2 wan",
        "funding.carried_over.general_public_budget": "2 wan",
    }
    assert [(record.item, record.amount) for record in reading.details] == [
        ("合计", Decimal("12.5")),
        ("绢料采购和宣纸、浆糊等消耗材料", Decimal("4.5")),
        ("装裱外包", Decimal(8)),
    ]


def test_a_source_of_funds_nobody_declared_is_a_problem_with_its_seed() -> None:
    reading = read(
        """\
示例市档案馆2024年部门预算

项目支出绩效目标申报表
项目名称|馆藏地图修复|项目代码||
项目资金来源|来源项目||金额|
|合计||12.5|
|彩票公益金||2.5|
"""
    )
    assert money(reading) == {"funding.total": "12.5 wan"}
    assert [problem.cause_key for problem in reading.problems] == ["unknown_source:彩票公益金"]
    assert "performance_project_item.csv" in reading.problems[0].action


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2023年预算安排36万元，预算执行数34万元", {"prior_year_1.budget": 36, "prior_year_1.actual": 34}),
        ("2022年已完成", {}),
        (
            "2024年预算20万元，比上年增加5万元",
            {"current_year.budget_in_text": 20, "current_year.change_amount": 5},
        ),
        (
            "2024年申请20万元，较2023年压减3.5万元",
            {"current_year.budget_in_text": 20, "current_year.change_amount": Decimal("-3.5")},
        ),
        ("2023年1-9月执行7万元", {"prior_year_1.actual_jan_sep": 7}),
        ("2019年安排8万元", {}),
        ("按每人2080元测算", {}),
    ],
)
def test_what_the_text_says_of_the_years_before(text: str, found: dict[str, Decimal]) -> None:
    stated = {item.item: item.amount for item in projects.stated_history(text, 2024)}
    assert stated == found
