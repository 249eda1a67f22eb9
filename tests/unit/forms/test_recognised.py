"""Wordings of scans: nearly a known one is that one where the recogniser doubts; nothing else is touched."""

from __future__ import annotations

import pytest

from dagster_project.forms.recognised import SURE, doubt_units, mended, nearest, settle_keys
from dagster_project.forms.table import FormTable, TableRow
from dagster_project.readers.page import GridCell, Line, Page, Source, Word

BOX = (0.0, 0.0, 10.0, 10.0)


def scan(*rows, sure=0.4, read_by="ocr"):
    """A page of one grid; every cell is read with the confidence ``sure``."""
    lines = tuple(
        Line(
            "\t".join(row),
            number,
            1,
            BOX,
            cells=tuple(GridCell(text, place, bbox=BOX, confidence=sure) for place, text in enumerate(row)),
            table=1,
        )
        for number, row in enumerate(rows, start=1)
    )
    return Source((Page(1, lines, 100, 100, read_by=read_by),), "image/png", "image")


@pytest.mark.parametrize(
    ("read", "meant"),
    [("人员经赛", "人员经费"), ("☑基本支出", "基本支出"), ("一、住房保章支出", "一、住房保障支出")],
)
def test_a_doubtful_wording_is_the_known_one_it_nearly_is(read, meant):
    source = mended(scan([read]))
    assert source.lines[0].cells[0].text == source.lines[0].text == meant
    [problem] = source.problems
    assert (problem.kind, problem.page) == ("mended_wording", 1)
    assert f"{read}→{meant}" in problem.message


def test_a_wording_the_recogniser_is_sure_of_stays():
    source = scan(["人员经赛"], sure=SURE)
    assert mended(source) is source


def test_text_that_was_given_as_characters_stays():
    source = scan(["人员经赛"], read_by="text")
    assert mended(source) is source


def test_what_is_near_to_several_wordings_or_to_none_stays():
    assert nearest("上年？算") is None
    assert nearest("示例街道办") is None
    assert nearest("☆合计") is None


def test_figures_are_no_wordings():
    source = scan(["1,234.00"])
    assert mended(source) is source


def test_a_misread_title_is_the_title_it_nearly_is():
    line = Line("2031年收入支出决算总装", 1, 1, BOX, (Word("2031年收入支出决算总装", BOX, 0.5),))
    source = Source((Page(1, (line,), 100, 100, read_by="ocr"),), "image/png", "image")
    assert mended(source).lines[0].text == "2031年收入支出决算总表"


def test_a_misread_label_of_a_table_without_rules_is_mended_in_its_place():
    words = (Word("档案事务", BOX, 0.99), Word("人员经赛", BOX, 0.5), Word("12.50", BOX, 0.3))
    line = Line("档案事务   人员经赛  12.50", 1, 1, BOX, words)
    read = mended(Source((Page(1, (line,), 100, 100, read_by="ocr"),), "image/png", "image")).lines[0]
    assert read.text == "档案事务   人员经费  12.50"
    assert [word.text for word in read.words] == ["档案事务", "人员经费", "12.50"]


def table(*pairs):
    rows = [
        TableRow(label, {}, code=code, line=number) for number, (code, label) in enumerate(pairs, start=1)
    ]
    return FormTable("budget_expenditure", rows)


def settled(*pairs, sure=0.4):
    form = table(*pairs)
    settle_keys([form], scan(*([code or "", label] for code, label in pairs), sure=sure))
    return form


def test_a_misread_label_takes_the_name_of_its_code():
    form = settled(("221", "住房保障支出"), ("22102", "住房改革支出"), ("2210203", "购房补贴0"))
    assert form.rows[2].label == "购房补贴"
    assert form.rows[2].recognised == {"label_read_as": "购房补贴0"}
    assert [problem.kind for problem in form.problems] == ["mended_key"]


def test_a_misread_code_is_the_one_that_has_the_name_and_fits_below_its_parent():
    form = settled(("221", "住房保障支出"), ("22102", "住房改革支出"), ("2210703", "购房补贴"))
    assert form.rows[2].code == "2210203"
    assert form.rows[2].recognised == {"code_read_as": "2210703"}


def test_a_row_that_nothing_vouches_for_stays_and_is_doubted():
    form = settled(("221", "住房保障支出"), ("2219903", "示例专项"))
    assert form.rows[1].recognised == {"doubted": "code or label"}
    [problem] = form.problems
    assert problem.kind == "doubtful_key"
    assert "2219903 示例专项" in problem.message


def test_a_total_with_a_character_too_many_is_doubted_however_sure_the_recogniser_is():
    form = settled((None, "☆合计"), ("221", "住房保障支出"), (None, "合计"), sure=0.99)
    assert [row.recognised for row in form.rows] == [{"doubted": "code or label"}, {}, {}]


def test_a_name_of_one_character_is_doubted_however_sure_the_recogniser_is():
    form = settled(("221", "住房保障支出"), ("22102", "一"), sure=0.99)
    assert [row.recognised for row in form.rows] == [{}, {"doubted": "code or label"}]


def test_an_unknown_account_read_with_confidence_is_not_doubted():
    assert settled(("221", "住房保障支出"), ("22199", "示例专项"), sure=0.99).problems == []


@pytest.mark.parametrize("read", ["住房保障支", "佳房保障支出", "住房保障支出口", "保障"])
def test_a_label_that_is_almost_the_name_of_its_code_stays_and_is_doubted_however_sure(read):
    form = settled(("221", read), ("22102", "住房改革支出"), sure=0.99)
    assert [(row.label, row.recognised) for row in form.rows] == [
        (read, {"doubted": "code or label"}),
        ("住房改革支出", {}),
    ]
    [problem] = form.problems
    assert problem.kind == "doubtful_key"
    assert f"221 {read}" in problem.message


def test_two_readings_of_the_name_of_a_code_that_no_list_has_are_both_doubted():
    form = settled(("2219903", "示例专项"), ("2219903", "示例专顶"), ("221", "住房保障支出"), sure=0.99)
    assert [bool(row.recognised) for row in form.rows] == [True, True, False]


def test_what_is_almost_the_name_of_its_code_is_doubted_even_where_it_is_read_twice():
    form = settled(("221", "住房保障支"), ("221", "住房保障支"), sure=0.99)
    assert [bool(row.recognised) for row in form.rows] == [True, True]


def test_a_name_unlike_the_listed_one_read_with_confidence_is_not_doubted():
    assert settled(("221", "示例专项"), sure=0.99).problems == []


def test_a_label_that_was_lost_is_doubted_where_other_codes_have_theirs():
    form = settled(("221", "住房保障支出"), ("22102", ""), sure=0.99)
    assert form.rows[1].recognised == {"doubted": "code or label"}
    assert "22102" in form.problems[0].message


def test_a_table_of_codes_alone_lost_no_label():
    assert settled(("221", ""), ("22102", ""), sure=0.99).problems == []


def test_a_code_in_the_place_of_a_label_and_a_label_almost_known_are_doubted():
    form = settled((None, "口2210203"), (None, "人员经赛"), (None, "2031年示例专项"), sure=0.99)
    assert [bool(row.recognised) for row in form.rows] == [True, True, False]


def test_rows_of_a_recognised_table_that_prints_no_unit_are_doubted():
    form = table(("221", "住房保障支出"))
    doubt_units([form], scan(["221", "住房保障支出"], read_by="text"))
    assert form.rows[0].recognised == {}
    doubt_units([form], scan(["221", "住房保障支出"]))
    assert form.rows[0].recognised == {"doubted": "unit"}
