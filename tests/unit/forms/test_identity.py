"""Who published it, for which year, budget or final account: what a document says about itself."""

from __future__ import annotations

import pytest

from dagster_project.forms.identity import DocumentIdentity, identify
from dagster_project.forms.region import region_path
from dagster_project.readers.page import Line

NAMELESS = "scan0001.txt"


def read(text: str, file_name: str = NAMELESS) -> DocumentIdentity:
    """The identity of a document given as text."""
    lines = [Line(line, number) for number, line in enumerate(text.splitlines(), start=1)]
    return identify(lines, file_name)


def problem_kinds(identity: DocumentIdentity) -> set[str]:
    return {problem.kind for problem in identity.problems}


@pytest.mark.parametrize(
    ("cover", "kind", "year", "organisation", "edition"),
    [
        ("示例市档案馆2024年部门预算", "budget", 2024, "示例市档案馆", "department"),
        ("2024年示例市档案馆部门预算公开", "budget", 2024, "示例市档案馆", "department"),
        ("示例市档案馆 2023 年度\n部门决算", "final", 2023, "示例市档案馆", "department"),
        (
            "附件1\n2023年度示例市档案馆\n部门决算公开\n2024年9月20日",
            "final",
            2023,
            "示例市档案馆",
            "department",
        ),
        ("示 例 市 档 案 馆\n2 0 2 4 年 度 单 位 预 算", "budget", 2024, "示例市档案馆", "unit"),
        ("示例市档案馆二〇二四年度部门决算", "final", 2024, "示例市档案馆", "department"),
        ("示例市档案馆（本级）2024年部门预算", "budget", 2024, "示例市档案馆（本级）", "unit"),
        ("《示例县示例镇人民政府2022年度部门决算》", "final", 2022, "示例县示例镇人民政府", "department"),
        (
            "示例市示例区\n2026年区级部门预算\n预算主管部门：示例市示例区司法局",
            "budget",
            2026,
            "示例市示例区司法局",
            "department",
        ),
        (
            "上海市青浦区2026年区级单位预算\n预算单位：上海市青浦区示例中学",
            "budget",
            2026,
            "上海市青浦区示例中学",
            "unit",
        ),
        ("示例市第一中学2023年度单位决算公开说明", "final", 2023, "示例市第一中学", "unit"),
        ("中共示例市委办公室2024年部门（单位）预算", "budget", 2024, "中共示例市委办公室", "both"),
        ("欢迎访问示例医院\n2023年度示例市示例医院单位决算", "final", 2023, "示例市示例医院", "unit"),
        ("索引号12345678示例县示例小学2023年度部门决算", "final", 2023, "示例县示例小学", "department"),
        ("2023年部门预算\n（公开）\n示例县水利局\n2023年2月", "budget", 2023, "示例县水利局", "department"),
    ],
)
def test_the_cover_says_who_what_and_when(
    cover: str, kind: str, year: int, organisation: str, edition: str
) -> None:
    found = read(f"{cover}\n目录\n第一部分 概况\n第二部分 公开报表\n")
    assert (found.kind, found.fiscal_year, found.organisation, found.edition) == (
        kind,
        year,
        organisation,
        edition,
    )
    assert not found.problems


def test_a_name_broken_over_lines_is_put_together_as_the_document_repeats_it() -> None:
    found = read(
        "示例市规划和自然\n资源局\n2024年度部门决算\n目录\n第一部分 示例市规划和自然资源局概况\n"
        "第二部分 示例市规划和自然资源局2024年度部门决算表\n"
    )
    assert found.organisation == "示例市规划和自然资源局"


def test_a_document_without_a_cover_is_known_by_its_parts() -> None:
    found = read(
        "第一部分 示例市档案馆概况\n一、主要职能\n保管档案。\n"
        "第二部分 示例市档案馆2024年部门预算表\n一、部门收支总表\n"
        "第三部分 示例市档案馆2024年部门预算情况说明\n2024年收支总预算10万元，比2023年预算增加1万元。\n"
    )
    assert (found.kind, found.fiscal_year, found.organisation) == ("budget", 2024, "示例市档案馆")


def test_the_forms_name_the_body_where_nothing_else_does() -> None:
    found = read(
        "2023年度收入支出决算总表\n公开01表\n编制单位：示例市档案馆\n金额单位：万元\n"
        "2023年度收入决算表\n编制单位：示例市档案馆 单位：万元\n"
    )
    assert (found.kind, found.fiscal_year, found.organisation) == ("final", 2023, "示例市档案馆")


def test_dates_and_compared_years_are_not_the_fiscal_year() -> None:
    found = read(
        "示例市档案馆2023年度部门决算\n2024年9月30日\n第一部分 概况\n"
        "与2022年度相比增加5万元。比2022年度减少3万元。截至2024年8月，已公开。\n"
    )
    assert found.fiscal_year == 2023


def test_the_file_name_decides_nothing_while_the_document_speaks() -> None:
    found = read("示例市档案馆2023年度部门决算\n目录\n", "2019年部门预算.txt")
    assert (found.kind, found.fiscal_year) == ("final", 2023)


def test_the_file_name_helps_a_silent_document_and_a_problem_says_so() -> None:
    found = read("本馆保管档案。\n", "示例市档案馆2021年部门预算.txt")
    assert (found.kind, found.fiscal_year, found.organisation) == ("budget", 2021, None)
    assert problem_kinds(found) == {"missing_kind", "missing_year", "missing_organisation"}


def test_a_cover_of_another_year_is_a_conflict_on_record() -> None:
    found = read(
        "示例市档案馆2022年度部门决算\n目录\n第二部分 2023年度部门决算表\n2023年度收入支出决算总表\n"
        "2023年度收入决算表\n2023年度支出决算表\n2023年度财政拨款收入支出决算总表\n"
    )
    assert found.fiscal_year == 2023
    assert problem_kinds(found) == {"conflicting_year"}


def test_budget_and_final_account_in_one_file_is_a_conflict_on_record() -> None:
    found = read(
        "示例市档案馆2024年部门预算\n目录\n2024年收支预算总表\n2024年收入预算总表\n"
        "2023年度收入支出决算总表\n2023年度收入决算表\n2023年度支出决算表\n2023年度部门决算情况说明\n"
    )
    assert "conflicting_kind" in problem_kinds(found)


@pytest.mark.parametrize(
    "text",
    [
        "示例市2024年预算草案\n目录\n",
        "示例县2023年财政决算\n目录\n",
        "示例区2024年区本级“三公”经费预算汇总说明\n",
        "关于示例县2023年预算执行情况和2024年预算草案的报告\n",
        "示例县2023年决算公开\n2023年度示例县一般公共预算收入决算表\n2023年度政府性基金收入决算表\n"
        "2023年度一般债务限额和余额情况表\n2023年度社会保险基金收入决算表\n",
    ],
)
def test_the_budget_of_a_whole_region_is_no_departmental_document(text: str) -> None:
    assert read(text).government_level


def test_a_finance_bureau_that_speaks_of_debt_is_still_a_department() -> None:
    found = read("示例市财政局2024年部门预算\n目录\n第一部分 概况\n管理政府债务限额和余额。\n")
    assert not found.government_level


@pytest.mark.parametrize(
    ("organisation", "text", "path"),
    [
        ("浙江省杭州市西湖区示例局", "", "浙江省/杭州市/西湖区"),
        ("杭州市西湖区示例局", "", "浙江省/杭州市/西湖区"),
        ("中共苏州市委办公室", "", "江苏省/苏州市"),
        ("四川省示例厅", "", "四川省"),
        ("上海市青浦区示例局", "", "上海市/青浦区"),
        ("内蒙古自治区示例厅", "", "内蒙古自治区"),
        ("西双版纳州示例局", "", "云南省/西双版纳傣族自治州"),
        ("西湖区示例中心", "杭州市委、杭州市政府的部署。", "浙江省/杭州市/西湖区"),
        ("苏州市工业园区示例局", "", "江苏省/苏州市"),
        ("武汉市东湖新技术开发区示例局", "", "湖北省/武汉市/东湖新技术开发区"),
        ("示例市档案馆", "", None),
    ],
)
def test_the_region_is_read_from_the_name(organisation: str, text: str, path: str | None) -> None:
    assert region_path(organisation, text)[0] == path


def test_a_name_that_several_regions_bear_is_left_open() -> None:
    found = read("西湖区示例中心2024年部门预算\n目录\n")
    assert found.region is None
    assert problem_kinds(found) == {"ambiguous_region"}
