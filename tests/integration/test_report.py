"""The findings report: plain files that a real browser opens, filters, follows and prints."""

from __future__ import annotations

import filecmp
import hashlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from PIL import Image
from places import Place
from selectolax.lexbor import LexborHTMLParser

from bench.browser import CHROMIUM, MISSING, Browser, Page, browser
from bench.walk import Site, Walk, follow, open_all, print_all, use_list, use_overview

PAGE_SIZE = (200, 300)
LIBRARY = "2024/library.txt"
BOX = (50.0, 100.0, 80.0, 110.0)
"""Where the accused figure stands on the page, in points."""

_OF = f"document = '{LIBRARY}'"
_MORE = f"""
insert into marts.fct_finding select finding.* replace (
    finding.finding_id || '-' || other.fiscal_year as finding_id, other.document_id as document_id,
    other.document as document, other.organisation as organisation, other.fiscal_year as fiscal_year,
    'warning' as severity, 'reading' as cause, null as page, null as bbox, 10 * difference as difference)
from marts.fct_finding as finding, marts.dim_document as other
where finding.{_OF} and other.status = 'loaded' and other.document <> finding.document
"""

in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason=MISSING)


@pytest.fixture(scope="module")
def place(loaded: Place, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The loaded folder with its report; look, do not touch.

    The library's budget is made a page of a PDF with its finding on it, and other documents are given copies
    of that finding, of another year, severity and cause, so that there is something to filter.
    """
    root = tmp_path_factory.mktemp("reported")
    made = Place(root / "raw", root / "warehouse")
    shutil.copytree(loaded.raw, made.raw)
    shutil.copytree(loaded.warehouse, made.warehouse, symlinks=True)
    page = made.raw / LIBRARY
    Image.new("RGB", PAGE_SIZE, "white").save(page, format="PDF", resolution=72)
    content = hashlib.sha256(page.read_bytes()).hexdigest()
    with duckdb.connect(str(made.folder.database.resolve())) as connection:
        for statement, *values in (
            (
                f"update marts.dim_document set media_type = 'application/pdf', sha256 = ? where {_OF}",
                content,
            ),
            (f"update staging.page set page = 1, width = ?, height = ?, turned = 0 where {_OF}", *PAGE_SIZE),
            (f"update marts.fct_finding set page = 1, bbox = ? where {_OF}", list(BOX)),
            (_MORE,),
        ):
            connection.execute(statement, values)
    done = made.gouji("report")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def site(place: Place) -> Path:
    return place.folder.findings


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def window(chromium: Browser) -> Page:
    """A page on a desk."""
    return chromium.page(1280)


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[str, LexborHTMLParser]:
    """Every page of the report by its path."""
    return Site(site).pages


def test_there_is_a_page_a_document_and_a_sheet_a_finding(
    place: Place, pages: dict[str, LexborHTMLParser]
) -> None:
    documents = {row[0] for row in place.query("select document_id from marts.dim_document")}
    findings = {row[0] for row in place.query("select finding_id from marts.fct_finding")}
    assert findings
    expected = {f"documents/{name}.html" for name in documents}
    expected |= {f"findings/{name}.html" for name in findings}
    assert set(pages) == expected | {"index.html", "documents.html", "rules.html"}


def test_every_link_leads_somewhere_and_nothing_lies_on_another_server(site: Path) -> None:
    told = Walk()
    follow(Site(site), told)
    assert told.done["links"]
    assert told.wrong == []


def test_data_docs_are_linked(pages: dict[str, LexborHTMLParser]) -> None:
    linked = {node.attributes["href"] for node in pages["index.html"].css("nav a")}
    assert "../data_docs/index.html" in linked


def test_a_document_shows_its_figures_as_printed_in_the_colour_of_their_verification(
    place: Place, pages: dict[str, LexborHTMLParser]
) -> None:
    cells = place.query("select document_id, cell_id, text_printed, verification from staging.cell")
    shown = {
        node.attributes["id"]: node
        for name, page in pages.items()
        if name.startswith("documents/")
        for node in page.css("td.f")
    }
    assert len(shown) == len(cells)
    for _, cell, text, verification in cells:
        node = shown[f"c-{cell}"]
        assert node.text() == text
        assert f"v-{verification}" in (node.attributes["class"] or "").split()


def test_a_finding_shows_both_sides_their_difference_and_what_it_rests_on(
    place: Place, pages: dict[str, LexborHTMLParser]
) -> None:
    ((finding, *said),) = place.query(
        "select finding_id, message_zh, title_zh, title_en, formula from marts.fct_finding"
        " join marts.dim_rule using (rule_id) where document = ? and fct_finding.severity = 'error'",
        LIBRARY,
    )
    body = pages[f"findings/{finding}.html"].body
    assert body is not None
    text = body.text()
    for expected in (*said, "100.00", "60.00", "40.10", "0.10", "算术", "单位说明", "签名", "日期"):
        assert expected in text


def test_the_page_picture_shows_the_accused_figure_where_it_is_printed(
    place: Place, site: Path, pages: dict[str, LexborHTMLParser]
) -> None:
    ((finding, document),) = place.query(
        "select finding_id, document_id from marts.fct_finding where document = ? and severity = 'error'",
        LIBRARY,
    )
    (box,) = pages[f"findings/{finding}.html"].css("svg.whole rect.accused")
    assert float(box.attributes["x"] or "") == pytest.approx(BOX[0], abs=2)
    assert float(box.attributes["y"] or "") == pytest.approx(BOX[1], abs=2)
    with Image.open(site / "pages" / f"{document}-1.webp") as picture:
        assert picture.format == "WEBP"
        assert picture.width / picture.height == pytest.approx(2 / 3, abs=0.01)


def test_only_pages_of_findings_are_pictured(site: Path) -> None:
    assert len(list((site / "pages").iterdir())) == 1


def test_the_same_warehouse_gives_the_same_files(place: Place, site: Path, tmp_path: Path) -> None:
    again = tmp_path / "reports" / "findings"
    assert place.gouji("report", "--out", str(again)).returncode == 0
    names = sorted(path.relative_to(site) for path in site.rglob("*") if path.is_file())
    assert names == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    same, _, _ = filecmp.cmpfiles(site, again, [str(name) for name in names], shallow=False)
    linked_elsewhere = {name for name in map(str, names) if name.endswith(".html")}
    assert set(map(str, names)) - set(same) <= linked_elsewhere


def test_what_is_no_report_is_never_replaced(place: Place, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me", encoding="utf-8")
    done = place.gouji("report", "--out", str(tmp_path))
    assert done.returncode == 2
    assert "holds something else" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_without_the_original_file_the_report_has_no_picture_and_is_whole(
    place: Place, tmp_path: Path
) -> None:
    done = place.gouji("report", "--raw", str(tmp_path / "nothing"), "--out", str(tmp_path / "site"))
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "site" / "pages").iterdir())
    assert (tmp_path / "site" / "index.html").is_file()


def test_the_workbook_holds_numbers_as_numbers_with_their_decimals(place: Place, site: Path) -> None:
    ((document,),) = place.query("select document_id from marts.dim_document where document = ?", LIBRARY)
    book = openpyxl.load_workbook(site / "findings.xlsx")
    assert book.sheetnames == [
        "发现 findings",
        "相关结果 results",
        "问题 problems",
        "覆盖 coverage",
        "规则 rules",
    ]
    sheet = book["发现 findings"]
    header = [str(cell.value).split("\n")[1] for cell in sheet[1]]
    rows = [dict(zip(header, row, strict=True)) for row in sheet.iter_rows(min_row=2)]
    assert len(rows) == place.query("select count(*) from marts.fct_finding")[0][0]
    (row,) = [
        row for row in rows if row["document"].value == LIBRARY and row["severity"].value == "错误 error"
    ]
    amounts = [row[name] for name in ("stated", "expected", "difference")]
    assert {cell.data_type for cell in amounts} == {"n"}
    assert {cell.number_format for cell in amounts} == {"#,##0.00"}
    assert abs(row["difference"].value) == pytest.approx(0.10)
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref
    linked = [cell.hyperlink.target.replace("\\", "/") for cell in row.values() if cell.hyperlink]
    assert linked == [f"findings/{row['finding'].value}.html", f"documents/{document}.html"]
    assert all((site / link).is_file() for link in linked)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_the_workbook(site: Path, tmp_path: Path) -> None:
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    subprocess.run(
        [
            "soffice",
            profile,
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76",
            "--outdir",
            str(tmp_path),
            str(site / "findings.xlsx"),
        ],
        capture_output=True,
        timeout=180,
        check=True,
    )
    assert "100.10" in (tmp_path / "findings.csv").read_text(encoding="utf-8")


@in_a_browser
@pytest.mark.parametrize("width", [360, 1280])
def test_every_page_opens_without_complaint_and_fits_the_window(window: Page, site: Path, width: int) -> None:
    told = Walk()
    open_all(Site(site), window, width, told)
    assert told.wrong == []


@in_a_browser
@pytest.mark.parametrize("name", ["index.html", "documents.html"])
def test_every_control_of_a_list_does_what_it_says(window: Page, site: Path, name: str) -> None:
    told = Walk()
    use_list(Site(site), name, window, told)
    assert told.done["choices"]
    assert told.done["searches"] == 4
    assert told.wrong == []


@in_a_browser
def test_every_count_of_the_overview_leads_to_as_many_rows(window: Page, site: Path) -> None:
    told = Walk()
    use_overview(Site(site), window, told)
    assert told.done["counts of the overview"]
    assert told.wrong == []


@in_a_browser
def test_the_list_is_filtered_by_its_address(window: Page, place: Place, site: Path) -> None:
    def count(condition: str) -> int:
        return int(place.query(f"select count(*) from marts.fct_finding where {condition}")[0][0])

    asked = {
        "": "true",
        "severity=error": "severity = 'error'",
        "year=2024&severity=error": "severity = 'error' and fiscal_year = 2024",
        "rule=X-COL-01": "rule_id = 'X-COL-01'",
        "organisation=图书馆": "organisation like '%图书馆'",
        "cause=publisher": "cause = 'publisher'",
        "severity=warning&year=2023": "severity = 'warning' and fiscal_year = 2023",
        "q=nothing+of+the+kind": "false",
        "region=示例市*": "organisation like '示例市%'",
    }
    found = {}
    for fragment in asked:
        window.open(f"{(site / 'index.html').as_uri()}#{fragment}")
        found[fragment] = window.value("document.querySelectorAll('.browse tbody tr').length")
    assert found == {fragment: count(condition) for fragment, condition in asked.items()}


@in_a_browser
def test_the_list_is_sorted_by_its_address(window: Page, site: Path) -> None:
    first, last = "图书馆", "档案馆"
    listed = []
    for order in ("size", "-size"):
        window.open(f"{(site / 'index.html').as_uri()}#sort={order}")
        listed.append(window.value("document.querySelector('.browse tbody').innerText"))
    assert listed[0].index(first) < listed[0].index(last)
    assert listed[1].index(last) < listed[1].index(first)


@in_a_browser
def test_every_finding_takes_one_sheet_of_paper(window: Page, site: Path, tmp_path: Path) -> None:
    told = Walk()
    print_all(Site(site), window, tmp_path, told)
    assert told.done["findings printed"] == len(list((site / "findings").iterdir()))
    assert told.wrong == []
