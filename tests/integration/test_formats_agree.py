"""One document in every format that is read: the same figures, whatever carries them."""

from __future__ import annotations

import csv
import io
import subprocess
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import docx
import pytest
import xlsxwriter

from dagster_project.parse import parse
from dagster_project.readers import libreoffice
from dagster_project.records import CellRecord

COVER = "示例市档案馆2024年度部门决算"


@dataclass(frozen=True)
class Merged:
    """Cells of a header that are one: first row and column, last row and column."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Form:
    """A form as printed: title, rows of cells, and which of them are merged."""

    title: str
    rows: Sequence[Sequence[str]]
    merged: Sequence[Merged]


EXPENDITURE = Form(
    "支出决算表",
    (
        ("项目", "", "本年支出合计", "基本支出", "项目支出"),
        ("科目编码", "科目名称", "", "", ""),
        ("合计", "", "1,469.78", "1,234.50", "235.28"),
        ("201", "一般公共服务支出", "1,234.50", "1,234.50", ""),
        ("20126", "档案事务", "1,234.50", "1,234.50", ""),
        ("2012601", "行政运行", "1,234.50", "1,234.50", ""),
        ("207", "文化旅游体育与传媒支出", "235.28", "", "235.28"),
        ("20702", "文物", "235.28", "", "235.28"),
        ("2070205", "博物馆", "235.28", "", "235.28"),
    ),
    (Merged(0, 0, 0, 1), *(Merged(0, column, 1, column) for column in (2, 3, 4)), Merged(2, 0, 2, 1)),
)
SUMMARY = Form(
    "收入支出决算总表",
    (
        ("收入", "", "支出", ""),
        ("项目", "决算数", "项目", "决算数"),
        ("一、一般公共预算财政拨款收入", "1,400.00", "一、一般公共服务支出", "1,234.50"),
        ("二、其他收入", "69.78", "二、文化旅游体育与传媒支出", "235.28"),
        ("本年收入合计", "1,469.78", "本年支出合计", "1,469.78"),
        ("总计", "1,469.78", "总计", "1,469.78"),
    ),
    (Merged(0, 0, 0, 1), Merged(0, 2, 0, 3)),
)
FORMS = (SUMMARY, EXPENDITURE)


def as_xlsx(path: Path) -> None:
    """A sheet a form, figures as numbers."""
    with xlsxwriter.Workbook(path) as book:
        money = book.add_format({"num_format": "#,##0.00"})
        book.add_worksheet("封面").write("A1", COVER)
        for form in FORMS:
            sheet = book.add_worksheet(form.title)
            width = len(form.rows[0])
            sheet.merge_range(0, 0, 0, width - 1, form.title)
            sheet.write(1, width - 1, "单位：万元")
            for number, row in enumerate(form.rows, start=2):
                for column, text in enumerate(row):
                    if "." in text:
                        sheet.write_number(number, column, float(text.replace(",", "")), money)
                    elif text:
                        sheet.write_string(number, column, text)
            for one in form.merged:
                text = form.rows[one.top][one.left]
                sheet.merge_range(one.top + 2, one.left, one.bottom + 2, one.right, text)


def as_csv(path: Path) -> None:
    """All forms below one another; merged cells are lost."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([COVER])
    for form in FORMS:
        writer.writerow([form.title])
        writer.writerow(["", "", "", "单位：万元"])
        writer.writerows(form.rows)
    path.write_text(stream.getvalue(), "gb18030")


def as_docx(path: Path) -> None:
    """Tables with merged cells."""
    document = docx.Document()
    document.add_paragraph(COVER)
    for form in FORMS:
        document.add_paragraph(form.title)
        document.add_paragraph("单位：万元")
        table = document.add_table(len(form.rows), len(form.rows[0]))
        for number, row in enumerate(form.rows):
            for column, text in enumerate(row):
                table.cell(number, column).text = text
        for one in form.merged:
            cell = table.cell(one.top, one.left).merge(table.cell(one.bottom, one.right))
            cell.text = form.rows[one.top][one.left]
    document.save(str(path))


def as_html(path: Path) -> None:
    """Tables with spans, in GBK, as government sites write them."""
    tables = "".join(f"<p>{form.title}</p><p>单位：万元</p>{markup(form)}" for form in FORMS)
    page = f"<html><head><meta charset=gb2312></head><body><p>{COVER}</p>{tables}</body></html>"
    path.write_bytes(page.encode("gb18030"))


def markup(form: Form) -> str:
    """A form as HTML table."""
    covered = {
        (row, column): one
        for one in form.merged
        for row in range(one.top, one.bottom + 1)
        for column in range(one.left, one.right + 1)
    }
    rows = []
    for number, row in enumerate(form.rows):
        cells = []
        for column, text in enumerate(row):
            one = covered.get((number, column), Merged(number, column, number, column))
            if (one.top, one.left) == (number, column):
                down, across = one.bottom - one.top + 1, one.right - one.left + 1
                cells.append(f"<td rowspan={down} colspan={across}>{text}</td>")
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table border=1>{''.join(rows)}</table>"


def converted(path: Path, ending: str, *filters: str) -> Path:
    """The same document, saved in another format by LibreOffice."""
    office = libreoffice.program()
    if office is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = [office, profile, "--headless", *filters, "--convert-to", ending[1:]]
    subprocess.run([*command, "--outdir", str(path.parent), str(path)], check=True, capture_output=True)
    return path.with_suffix(ending)


def written(folder: Path, ending: str) -> Path:
    """The document in the format of an extension."""
    path = folder / f"公开{ending}"
    if ending in {".xls", ".ods"}:
        as_xlsx(folder / "公开.xlsx")
        return converted(folder / "公开.xlsx", ending)
    if ending == ".doc":
        as_html(folder / "公开.html")
        return converted(folder / "公开.html", ending, "--infilter=HTML (StarWriter)")
    if ending == ".zip":
        as_docx(folder / "公开.docx")
        with zipfile.ZipFile(path, "w") as packed:
            packed.write(folder / "公开.docx", "部门/公开.docx")
        return path / "部门" / "公开.docx"
    {".xlsx": as_xlsx, ".csv": as_csv, ".docx": as_docx, ".html": as_html}[ending](path)
    return path


def figures(cells: Iterable[CellRecord]) -> set[tuple[str | Decimal | None, ...]]:
    """What the cells say, without where they stand."""
    names = ("form", "side", "code", "label", "column", "amount", "unit")
    return {tuple(getattr(cell, name) for name in names) for cell in cells}


@pytest.mark.parametrize("ending", [".xlsx", ".xls", ".csv", ".docx", ".doc", ".html", ".zip"])
def test_every_format_gives_the_same_figures(tmp_path: Path, ending: str) -> None:
    parsed = parse(written(tmp_path, ending), document=f"公开{ending}")
    read = figures(parsed.cells)
    assert len(parsed.cells) == len(read) == 23
    assert ("final_expenditure", None, "2070205", "博物馆", "project", Decimal("235.28"), "wan") in read
    assert ("final_summary", "income", None, "其他收入", "amount", Decimal("69.78"), "wan") in read
    assert {cell.verification for cell in parsed.cells} == {"proved"}
    assert (parsed.document.kind, parsed.document.fiscal_year) == ("final", 2024)
    assert parsed.document.organisation == "示例市档案馆"
    assert not [problem for problem in parsed.problems if problem.severity != "info"]


def test_figures_of_a_workbook_say_which_cell_they_stand_in(tmp_path: Path) -> None:
    parsed = parse(written(tmp_path, ".xlsx"))
    total = next(cell for cell in parsed.cells if cell.label == "合计" and cell.column == "total")
    assert (total.page, total.attributes["address"]) == (3, "C5")
