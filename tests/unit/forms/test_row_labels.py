"""Labels of rows for people: without list numbers, but only where what is taken off surely is one."""

from __future__ import annotations

import pytest

from dagster_project import vocabulary
from dagster_project.forms.rows import shown_label


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("一、教育支出", "教育支出"),
        ("（二）教育支出", "教育支出"),
        ("3.教育支出", "教育支出"),
        ("八社会保障和就业支出", "社会保障和就业支出"),
        ("十二 农林水支出", "农林水支出"),
        ("7卫生健康支出", "卫生健康支出"),
        ("一一般公共服务支出", "一般公共服务支出"),
        ("一般公共服务支出", "一般公共服务支出"),
        ("三支一扶补助", "三支一扶补助"),
        ("两房建设", "两房建设"),
        ("1.5米测绘仪", "1.5米测绘仪"),
    ],
)
def test_a_numeral_is_a_list_number_where_a_mark_or_a_known_name_follows(printed: str, shown: str) -> None:
    assert shown_label(printed) == shown


def test_a_numbered_total_says_what_the_total_says() -> None:
    assert vocabulary.row_label("三本年支出合计") == vocabulary.row_label("本年支出合计")


@pytest.mark.parametrize(
    ("printed", "plain"),
    [
        ("第十一部分档案馆概况", "第十一部分档案馆概况"),
        ("第二章档案编研", "第二章档案编研"),
        ("第二、档案编研", "档案编研"),
        ("第二档案编研", "档案编研"),
    ],
)
def test_the_number_of_a_part_belongs_to_its_name(printed: str, plain: str) -> None:
    assert vocabulary.without_number(printed) == plain
