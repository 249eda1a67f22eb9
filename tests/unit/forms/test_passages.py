"""Running text in pieces: what stands in the contents, in headings, titles, notes and sentences."""

from __future__ import annotations

from dagster_project.forms.outline import outline
from dagster_project.forms.passages import passages
from dagster_project.readers.page import Line, Page, Source

TEXT = """示例市档案馆2024年度部门预算

目 录
第一部分 部门概况
一、主要职责......1
第二部分 预算表
政府性基金预算支出表......2

第一部分 部门概况
一、主要职责
负责接收档案。负责编研工作；组织
展览。
第二部分 预算表
政府性基金预算支出表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出

注：本部门2024年没有政府性基金预算，故本表为空表。
"""


def pieces(text: str):
    lines = tuple(Line(line, number) for number, line in enumerate(text.splitlines(), start=1))
    source = Source((Page(None, lines),), "text/plain", "text")
    return [(piece.kind, piece.text) for piece in passages("d", "示例.txt", outline(source))]


def test_every_piece_of_text_says_what_it_is():
    assert pieces(TEXT) == [
        ("cover", "示例市档案馆2024年度部门预算"),
        ("contents", "目录"),
        ("contents", "第一部分部门概况"),
        ("contents", "一、主要职责"),
        ("contents", "第二部分预算表"),
        ("contents", "政府性基金预算支出表"),
        ("heading", "第一部分部门概况"),
        ("heading", "一、主要职责"),
        ("sentence", "负责接收档案。"),
        ("sentence", "负责编研工作;组织展览。"),
        ("heading", "第二部分预算表"),
        ("title", "政府性基金预算支出表"),
        ("note", "注:本部门2024年没有政府性基金预算,故本表为空表。"),
    ]


def test_an_entry_of_the_contents_that_was_torn_is_whole_again():
    torn = TEXT.replace(
        "第一部分 部门概况\n一、主要职责......1", "第一\n部分 部门概况...1\n一、主要职责......1"
    )
    assert pieces(torn) == pieces(TEXT)


def test_a_sentence_knows_the_lines_on_which_it_is_printed():
    printed = (
        ("一、主要职责", (50.0, 80.0, 150.0, 92.0)),
        ("负责接收档案。负责编研工作，整理馆藏，为来馆的人查阅提供方便；组织", (50.0, 100.0, 500.0, 112.0)),
        ("展览。", (50.0, 120.0, 90.0, 132.0)),
    )
    lines = tuple(Line(text, number, 1, box) for number, (text, box) in enumerate(printed, start=1))
    source = Source((Page(1, lines, width=595, height=842),), "application/pdf", "pdf")
    boxes = {piece.text: piece.bbox for piece in passages("d", "示例.pdf", outline(source))}

    assert boxes["负责接收档案。"] == (50.0, 100.0, 500.0, 112.0)
    assert boxes["负责编研工作,整理馆藏,为来馆的人查阅提供方便;组织展览。"] == (50.0, 100.0, 500.0, 132.0)
