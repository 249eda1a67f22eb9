"""Where the parts of a document lie: contents, prose, forms, performance forms."""

from __future__ import annotations

import pytest

from dagster_project.forms.outline import Block, listed_titles, outline
from dagster_project.forms.titles import match_title
from dagster_project.readers.page import Line, Page, Source

DOCUMENT = """示例市档案馆2024年部门决算
目 录
第一部分 示例市档案馆概况
一、主要职责
第二部分 2024年度部门决算表
一、收入支出决算总表
二、支出决算表
第三部分 2024年度部门决算情况说明
第一部分 示例市档案馆概况
一、主要职责
负责本市档案的收集、整理与利用，并提供查阅服务。
第二部分 2024年度部门决算表
2024年度收入支出决算总表
公开01表
单位：万元
收入\t\t支出\t
项目\t决算数\t项目\t决算数
总计\t9.00\t总计\t9.00
2024年度支出决算表
公开03表
金额单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
\t合计\t9.00\t9.00\t
注：本表反映部门本年度各项支出情况。
第三部分 2024年度部门决算情况说明
一、收入支出决算总体情况说明
2024年度收、支总计均为9.00万元。
第四部分 附件
2024年度档案修复项目自评表
项目名称\t档案修复\t主管部门\t示例市档案馆
一级指标\t二级指标\t三级指标\t年度指标值
"""


def blocks(text: str, kind: str | None = None) -> list[Block]:
    lines = tuple(Line(line, number) for number, line in enumerate(text.splitlines(), start=1))
    return outline(Source((Page(None, lines),), "text/plain", "text"), kind)


def test_every_line_is_in_exactly_one_block() -> None:
    numbers = [line.number for block in blocks(DOCUMENT) for line in block.lines]
    assert numbers == list(range(1, len(DOCUMENT.splitlines()) + 1))


def test_forms_begin_at_their_titles_and_end_where_prose_begins() -> None:
    forms = [(b.form, b.lines[0].number, b.lines[-1].number) for b in blocks(DOCUMENT) if b.kind == "form"]
    assert forms == [("final_summary", 13, 18), ("final_expenditure", 19, 24)]


@pytest.mark.parametrize("heading", ["附件 绩效目标", "附件2：绩效目标"])
def test_a_form_ends_where_an_annex_begins(heading: str) -> None:
    table = "2024年度支出决算表\n单位：万元\n科目编码 科目名称 合计\n20126 档案事务 9.00"
    kinds = [block.kind for block in blocks(f"{table}\n\n{heading}\n\n（此页无正文）", "final")]
    assert kinds == ["form", "prose"]


def test_titles_of_the_contents_page_are_listed_and_open_no_form() -> None:
    found = blocks(DOCUMENT)
    assert set(listed_titles(found, "final")) == {"final_summary", "final_expenditure"}
    assert [block.lines[0].number for block in found if block.kind == "contents"] == [2]


@pytest.mark.parametrize("entry", ["1. {title}…… 3", "表一 {title} 3", "{title}"])
def test_a_form_right_behind_the_contents_keeps_its_title(entry: str) -> None:
    listed = [entry.format(title=title) for title in ("收入支出决算总表", "支出决算表")]
    text = "\n".join(["示例市档案馆2024年部门决算", "目录", *listed, *DOCUMENT.splitlines()[12:24]])
    forms = [block.form for block in blocks(text) if block.kind == "form"]
    assert forms == ["final_summary", "final_expenditure"]


def test_prose_knows_the_headings_above_it() -> None:
    prose = next(b for b in blocks(DOCUMENT) if b.lines[-1].text.startswith("2024年度收、支"))
    assert prose.kind == "prose"
    assert prose.headings == ("第三部分 2024年度部门决算情况说明", "一、收入支出决算总体情况说明")


def test_performance_forms_are_told_apart_from_statutory_ones() -> None:
    assert [b.form for b in blocks(DOCUMENT) if b.kind == "performance"] == ["perf_project_self_evaluation"]


def test_a_title_that_nothing_follows_is_a_form_without_a_grid() -> None:
    found = blocks("第二部分 部门预算表\n表1.部门收支总表\n表2.部门收入总表\n第三部分 情况说明\n")
    assert [(b.form, b.confirmed) for b in found if b.kind == "form"] == [
        ("budget_summary", False),
        ("budget_income", False),
    ]


def test_an_undeclared_table_is_a_form_block_of_no_form() -> None:
    found = blocks("2024年非税收入征收计划表\n单位：万元\n科目编码\t科目名称\t合计\n101\t示例\t1.00\n")
    assert [(b.kind, b.form) for b in found] == [("form", None)]


@pytest.mark.parametrize(
    ("printed", "kind", "form"),
    [
        ("2024年度收入决算表", "final", "final_income"),
        ("2024 年度一般公共预算财政拨款支出决算表", "final", "final_general_by_function"),
        ("一般公共预算财政拨款基本支出决算明细表", "final", "final_general_basic_by_economic"),
        ("示例市档案馆2024年部门收支总体情况表", "budget", "budget_summary"),
        ("表5-2.一般公共预算支出表（分单位）", "budget", "budget_general_by_unit"),
        ("预算单位2026年度财务收支预算总表", "budget", "budget_summary"),
        ("部门支出总表", "final", "final_expenditure"),
        ("部门支出总表", "budget", "budget_expenditure"),
        ("一般公共预算“三公”经费支出表", "budget", "budget_three_public"),
        ("七、国有资本经营预算支出表（续）", "budget", "budget_state_capital"),
        ("一般公共预算基本支出表（部门经济科目）", "budget", "budget_general_basic_by_economic"),
        ("一般公共预算安排的“三公”经费预算表", "budget", "budget_three_public"),
        ("政府性基金预算当年支出情况表", "budget", "budget_government_fund"),
        ("一般公共预算支出表（按功能分类科目）", "budget", "budget_general_by_function"),
    ],
)
def test_the_longest_title_of_the_documents_kind_wins(printed: str, kind: str, form: str) -> None:
    match = match_title(printed, kind)
    assert match is not None and match.form == form


@pytest.mark.parametrize(
    "printed",
    [
        "2024年非税收入决算表",
        "详见附件收入决算表",
        "公开01表",
        "部门公开表5",
        "收入决算情况说明",
        "本表反映收入决算表",
    ],
)
def test_longer_unknown_titles_and_sentences_are_no_titles(printed: str) -> None:
    assert match_title(printed, "final") is None
