"""What of the printed amounts became records: counted page by page."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from dagster_project.parse import parse, parse_source
from dagster_project.proof.coverage import number_in, printed_figures, unread_figures
from dagster_project.readers.limits import needs_ocr
from dagster_project.readers.page import GridCell, Line, Page, Source, Word
from dagster_project.records import CellRecord, DocumentRecord, ParsedDocument

BUDGET = """示例市档案馆2024年部门预算

支出预算总表
单位：万元
科目编码\t科目名称\t合计\t基本支出\t项目支出
\t合计\t60.00\t60.00\t
201\t一般公共服务支出\t60.00\t60.00\t
20126\t档案事务\t60.00\t60.00\t
2012601\t行政运行\t60.00\t60.00\t
\f
二、情况说明
2024年支出预算60.00万元。
附：另有不属于任何表的金额
12.34\t56.78
"""


def read(folder: Path, text: str) -> ParsedDocument:
    path = folder / "budget.txt"
    path.write_text(text, encoding="utf-8")
    return parse(path)


def test_every_page_tells_what_became_of_it(tmp_path: Path) -> None:
    first, second = read(tmp_path, BUDGET).pages
    assert (first.page, first.cells, first.figures_unread, first.read_by) == (1, 8, 0, "text")
    assert (second.page, second.cells, second.figures_unread) == (2, 0, 2)
    assert not first.amounts_unread
    assert sum(len(texts.split()) for texts in second.amounts_unread.values()) == 2


def test_codes_years_and_counts_are_no_amounts() -> None:
    row = Line("2012601\t2024\t12\t1,234\t5.60\t占比\t7.5%", 1)
    assert [figure.text for figure in printed_figures([row])] == ["1,234", "5.60"]


def test_an_amount_is_taken_where_its_middle_lies_in_a_cell_that_was_read() -> None:
    taken = (10.0, 10.0, 50.0, 20.0)
    line = Line("5.60 7.80", 1, 1, words=(Word("5.60", (12, 11, 30, 19)), Word("7.80", (60, 11, 80, 19))))
    source = Source((Page(1, (line,), 100, 100),), "application/pdf", "pdf")
    assert [figure.text for figure in unread_figures(source, with_cell(taken))] == ["7.80"]


def test_a_blank_grid_and_a_page_without_amounts_leave_nothing_unread() -> None:
    row = Line("合计\t\t－", 1, 1, cells=(GridCell("合计", 0), GridCell("", 1), GridCell("－", 2)), table=1)
    source = Source((Page(1, (row,)),), "application/pdf", "pdf")
    assert not unread_figures(source, with_cell(None))


def test_the_digits_of_a_stated_figure_are_told_from_its_unit() -> None:
    assert [number_in(text) for text in ("1,234.50 万元", "9859.38", "约", "-3.2%")] == [
        "1,234.50",
        "9859.38",
        "",
        "3.2",
    ]


def test_a_document_whose_pages_all_wait_says_that_and_nothing_else() -> None:
    waiting = needs_ocr(1, "没有文字层 / it has no text layer")
    page = Page(1, (), 595, 842, reason="没有文字层 / it has no text layer")
    source = Source((page,), "application/pdf", "pdf", problems=(waiting,))
    parsed = parse_source(source, DocumentRecord("a" * 16, "scan.pdf", "a" * 64))
    assert parsed.document.status == "quarantined"
    assert [problem.kind for problem in parsed.problems] == ["needs_ocr"]
    assert [(page.page, page.lines, page.reason) for page in parsed.pages] == [
        (1, 0, "没有文字层 / it has no text layer")
    ]


def with_cell(bbox: tuple[float, float, float, float] | None) -> ParsedDocument:
    """A document of which one figure was read, at ``bbox`` of page 1."""
    cell = CellRecord(
        cell_id="cell",
        document_id="a" * 16,
        document="a.pdf",
        form="budget_expenditure",
        side=None,
        section=None,
        row_kind="leaf",
        code="2012601",
        code_printed="2012601",
        label="行政运行",
        label_printed="行政运行",
        column="total",
        header_printed="合计",
        amount=Decimal("5.60"),
        unit="wan",
        page=1,
        bbox=bbox,
        line=99,
        row_number=1,
        text_printed="5.60",
        decimals=2,
    )
    return ParsedDocument(DocumentRecord("a" * 16, "a.pdf", "a" * 64), cells=[cell])
