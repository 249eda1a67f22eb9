"""Workbooks: what their sheets show is read, what they hide is named."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from PIL import Image

from dagster_project.readers import ReadError, Source, read
from dagster_project.readers.libreoffice import program
from dagster_project.readers.sheets import xlsx

MONEY = "#,##0.00"


def workbook(path: Path, write: Callable[[Any], None]) -> Path:
    """A workbook as Excel would save it, with what ``write`` puts into it."""
    with xlsxwriter.Workbook(path) as book:
        write(book)
    return path


def texts(source: Source) -> list[str]:
    """The rows, a bar between columns."""
    return [line.text.replace("\t", "|") for line in source.lines]


def altered(path: Path, part: str, old: str, new: str) -> None:
    """Replace a text in one part of a package."""
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    assert old in parts[part].decode()
    parts[part] = parts[part].decode().replace(old, new).encode()
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)


def income(book: Any) -> None:
    """A form with a title over its columns, a header of two rows, and figures of several formats."""
    sheet = book.add_worksheet("收入")
    money = book.add_format({"num_format": MONEY})
    sheet.merge_range("A1:D1", "收入决算表")
    sheet.write("D2", "单位：万元")
    sheet.merge_range("A3:A4", "项目")
    sheet.merge_range("B3:D3", "决算数")
    sheet.write_row("B4", ["合计", "财政拨款", "其他"])
    sheet.write("A5", "教育支出\n小学教育")
    sheet.write_number("B5", 1469135.7799999998, money)
    sheet.write_string("C5", "1,469,135.78")
    sheet.write_formula("D5", "=B5-C5", money, 0)


def as_saved(path: Path, ending: str) -> Path:
    """The same workbook in another format, saved by LibreOffice."""
    office = program()
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = (path.parent / "profile").as_uri()
    subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", ending[1:],
         "--outdir", str(path.parent), str(path)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return path.with_suffix(ending)


def test_a_sheet_is_a_grid_with_its_merges_addresses_and_printed_figures(tmp_path: Path) -> None:
    source = read(workbook(tmp_path / "a.xlsx", income))
    assert texts(source) == [
        "收入决算表|||",
        "|||单位：万元",
        "项目|决算数||",
        "|合计|财政拨款|其他",
        "教育支出小学教育|1,469,135.78|1,469,135.78|0.00",
    ]
    title, _, header, *_, figures = source.lines
    assert [(cell.columns, cell.rows, cell.address) for cell in title.cells] == [(4, 1, "A1")]
    assert [(cell.columns, cell.rows) for cell in header.cells] == [(1, 2), (3, 1)]
    assert [cell.address for cell in figures.cells] == ["A5", "B5", "C5", "D5"]
    assert {line.page for line in source.lines} == {1}


def test_the_format_of_excel_97_shows_the_same(tmp_path: Path) -> None:
    modern = workbook(tmp_path / "a.xlsx", income)
    old = as_saved(modern, ".xls")
    assert read(old).reader == "xls"
    assert [line.cells for line in read(old).lines] == [line.cells for line in read(modern).lines]
    renamed = old.rename(tmp_path / "a.et")
    assert texts(read(renamed)) == texts(read(modern))
    assert not read(renamed).problems


def test_what_is_hidden_is_named_and_not_read(tmp_path: Path) -> None:
    def hiding(book: Any) -> None:
        income(book)
        sheet = book.add_worksheet("支出")
        sheet.write_column("A1", ["项目", "教育", "卫生", "合计"])
        sheet.write_column("B1", ["金额", 1, 2, 3])
        sheet.write_column("C1", ["核对", 1, 2, 3])
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.set_column("C:C", None, None, {"hidden": True})
        book.add_worksheet("上年").hide()

    source = read(workbook(tmp_path / "a.xlsx", hiding))
    assert texts(source)[-3:] == ["项目|金额", "教育|1", "合计|3"]
    named = [problem.message for problem in source.problems]
    assert any("上年" in message for message in named)
    assert any("rows 3" in message and "columns C" in message for message in named)
    assert {problem.severity for problem in source.problems} == {"info"}


def test_a_merged_range_shows_its_text_where_its_first_row_is_hidden(tmp_path: Path) -> None:
    def hiding(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:A3", "教育")
        sheet.write_column("B1", [1, 2, 3])
        sheet.set_row(0, None, None, {"hidden": True})

    source = read(workbook(tmp_path / "a.xlsx", hiding))
    assert texts(source) == ["教育|2", "|3"]
    assert source.lines[0].cells[0].rows == 2


def uncalculated(path: Path) -> Path:
    """A workbook whose formulas no program has calculated."""
    book = openpyxl.Workbook()
    book.active.append(["项目", "本年", "上年"])
    book.active.append(["合计", "=1+2", 5])
    book.save(path)
    return path


def test_a_formula_that_was_never_calculated_is_no_zero(tmp_path: Path) -> None:
    source = xlsx.read(uncalculated(tmp_path / "a.xlsx"))
    assert texts(source) == ["项目|本年|上年", "合计||5"]
    (problem,) = source.problems
    assert problem.kind == "formula_without_value"
    assert problem.severity == "error"
    assert "B2" in problem.message


@pytest.mark.skipif(program() is None, reason="LibreOffice is not installed")
def test_a_formula_that_was_never_calculated_is_calculated_by_libreoffice(tmp_path: Path) -> None:
    source = read(uncalculated(tmp_path / "a.xlsx"))
    assert texts(source) == ["项目|本年|上年", "合计|3|5"]
    assert [(problem.kind, problem.severity) for problem in source.problems] == [
        ("formulas_calculated", "info")
    ]


def test_a_formula_that_gives_an_empty_text_is_a_blank_cell(tmp_path: Path) -> None:
    def blank(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["项目", "本年", "上年"])
        sheet.write_row("A2", ["合计", "", 5])
        sheet.write_formula("B2", '=""', None, "x")

    path = workbook(tmp_path / "a.xlsx", blank)
    altered(path, "xl/worksheets/sheet1.xml", "<v>x</v>", "<v></v>")
    source = read(path)
    assert texts(source) == ["项目|本年|上年", "合计||5"]
    assert not source.problems


def test_a_formula_that_failed_is_shown_and_recorded(tmp_path: Path) -> None:
    def failing(book: Any) -> None:
        book.add_worksheet().write_row("A1", ["合计", 5])
        book.worksheets()[0].write_formula("C1", "=1/0", None, "#DIV/0!")

    source = read(workbook(tmp_path / "a.xlsx", failing))
    assert texts(source) == ["合计|5|#DIV/0!"]
    assert [problem.kind for problem in source.problems] == ["formula_error"]


def test_zeros_that_a_sheet_does_not_show_are_blank(tmp_path: Path) -> None:
    def without_zeros(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.hide_zero()
        sheet.write_row("A1", ["合计", 0, 5])
        sheet.write_row("A2", ["教育", 1, 4])

    assert texts(read(workbook(tmp_path / "a.xlsx", without_zeros))) == ["合计||5", "教育|1|4"]


@pytest.mark.parametrize(
    ("name", "first", "lines"),
    [
        ("支出决算表", "科目", ["支出决算表", "科目|金额|备注"]),
        ("支出决算表", "2024年度支出决算表", ["2024年度支出决算表||", "科目|金额|备注"]),
        ("Sheet1", "科目", ["科目|金额|备注"]),
        ("表3", "科目", ["科目|金额|备注"]),
    ],
)
def test_the_name_of_a_sheet_is_read_where_nothing_above_the_table_says_it(
    tmp_path: Path, name: str, first: str, lines: list[str]
) -> None:
    def named(book: Any) -> None:
        sheet = book.add_worksheet(name)
        if first != "科目":
            sheet.write("A1", first)
        sheet.write_row("A3", ["科目", "金额", "备注"])

    assert texts(read(workbook(tmp_path / "a.xlsx", named))) == lines


def test_a_sheet_of_one_column_is_running_text(tmp_path: Path) -> None:
    def cover(book: Any) -> None:
        sheet = book.add_worksheet("封面")
        for row, text in ((3, "示例市档案馆"), (5, "2024年部门预算")):
            sheet.merge_range(row, 1, row, 6, text)

    source = read(workbook(tmp_path / "a.xlsx", cover))
    assert texts(source) == ["示例市档案馆", "2024年部门预算"]
    assert not any(line.cells for line in source.lines)


def test_a_workbook_that_shows_nothing_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", lambda book: book.add_worksheet())
    with pytest.raises(ReadError, match="shows no content"):
        read(path)


def test_a_workbook_cut_off_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", income)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ReadError, match="damaged"):
        read(path)


def test_an_entity_bomb_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", income)
    names = zip("abcdefgh", "bcdefghi", strict=True)
    grown = "".join(f'<!ENTITY {name} "{f"&{before};" * 20}">' for before, name in names)
    altered(path, "xl/sharedStrings.xml", "<sst", f'<!DOCTYPE sst [<!ENTITY a "aaaa">{grown}]><sst')
    altered(path, "xl/sharedStrings.xml", "收入决算表", "&i;")
    with pytest.raises(ReadError, match="damaged"):
        read(path)


def test_a_range_merged_over_the_whole_sheet_ends_with_its_texts(tmp_path: Path) -> None:
    def wide(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.merge_range("A1:XFD1", "支出表")
        sheet.merge_range("A2:A1048576", "教育")
        sheet.write_column("B2", [1, 2])

    source = read(workbook(tmp_path / "a.xlsx", wide))
    assert texts(source) == ["支出表|", "教育|1", "|2"]
    assert [(cell.rows, cell.columns) for line in source.lines[:2] for cell in line.cells] == [
        (1, 2),
        (2, 1),
        (1, 1),
    ]


def test_a_picture_of_a_table_on_a_sheet_is_named(tmp_path: Path) -> None:
    picture = Image.new("L", (900, 500), "white")
    picture.save(tmp_path / "form.png")

    def pictured(book: Any) -> None:
        income(book)
        book.worksheets()[0].insert_image("A8", tmp_path / "form.png")

    (problem,) = read(workbook(tmp_path / "a.xlsx", pictured)).problems
    assert (problem.kind, problem.page) == ("picture_unread", 1)


def test_the_mark_of_a_note_behind_a_figure_is_no_digit_of_it(tmp_path: Path) -> None:
    def noted(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write("A1", "合计")
        sheet.write_rich_string("B1", "12.00", book.add_format({"font_script": 1}), "3")

    assert texts(read(workbook(tmp_path / "a.xlsx", noted))) == ["合计|12.00"]
