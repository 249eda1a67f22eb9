"""Web pages as government sites and offices make them."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from dagster_project.readers import ReadError, Source, limits, read

FORM = """
<table border=1>
 <thead><tr><th rowspan=2>项目<th colspan=2>决算数</tr><tr><th>合计<th>其<br>他</tr></thead>
 <tr><td><p>教育支出</p><td>1,234.50<td>&nbsp;
</table>
"""
FORM_LINES = ["项目|决算数|", "|合计|其他", "教育支出|1,234.50|"]


def page(folder: Path, markup: str, name: str = "a.html", encoding: str = "utf-8") -> Path:
    """A page saved in a folder."""
    path = folder / name
    path.write_bytes(markup.encode(encoding))
    return path


def texts(source: Source) -> list[str]:
    """The lines, a bar between columns."""
    return [line.text.replace("\t", "|") for line in source.lines]


def test_paragraphs_and_tables_are_read_in_order(tmp_path: Path) -> None:
    markup = f"<h1>示例市档案馆\n 2024年决算</h1><p>收入<b>增加</b><br>支出减少</p>{FORM}<div>注：无</div>"
    source = read(page(tmp_path, markup))
    assert texts(source) == ["示例市档案馆 2024年决算", "收入增加", "支出减少", *FORM_LINES, "注：无"]
    assert [(cell.columns, cell.rows) for cell in source.lines[3].cells] == [(1, 2), (2, 1)]


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("utf-8", "utf-8"),
        ("gb2312", "utf-8"),
        ("utf-8", "gb18030"),
    ],
)
def test_a_page_is_decoded_as_it_declares_or_as_it_is(tmp_path: Path, declared: str, encoding: str) -> None:
    markup = f'<html><head><meta charset="{declared}"></head><body><p>镕堃㙍档案馆</p></body></html>'
    assert texts(read(page(tmp_path, markup, encoding=encoding))) == ["镕堃㙍档案馆"]


def test_a_table_that_lays_out_the_page_is_read_as_what_stands_in_it(tmp_path: Path) -> None:
    markup = f"<table><tr><td>首页<td><table><tr><td><p>说明一</p><p>说明二</p>{FORM}</table></table>"
    assert texts(read(page(tmp_path, markup))) == ["首页", "说明一", "说明二", *FORM_LINES]


def test_a_column_beside_an_article_does_not_make_it_a_table(tmp_path: Path) -> None:
    article = "".join(f"<p>第{number}项工作已经完成。</p>" for number in range(12))
    lines = texts(read(page(tmp_path, f"<table><tr><td>栏目<td>{article}</table>")))
    assert lines[:2] == ["栏目", "第0项工作已经完成。"]


def test_what_browsers_do_not_show_is_not_read(tmp_path: Path) -> None:
    markup = (
        "<head><title>题</title></head><script>document.write('<p>甲</p>')</script><style>p{}</style>"
        "<p hidden>乙</p><p style='display: none'>丙</p><!-- 丁 --><p>戊</p>"
        "<table><tr><td>己<td>1<tr style='display:none'><td>庚<td>2</table>"
    )
    assert texts(read(page(tmp_path, markup))) == ["戊", "己|1"]


def test_preformatted_text_keeps_its_columns(tmp_path: Path) -> None:
    markup = "<pre>科目      合计\n  教育    1.00</pre>"
    assert texts(read(page(tmp_path, markup))) == ["科目      合计", "  教育    1.00"]


def test_a_web_page_called_a_workbook_is_read_as_a_web_page(tmp_path: Path) -> None:
    source = read(page(tmp_path, f"<html><body>{FORM}</body></html>", name="收入表.xls", encoding="gb18030"))
    assert texts(source) == FORM_LINES
    assert [problem.kind for problem in source.problems] == ["misnamed"]


def test_frames_beside_a_page_belong_to_it_and_others_are_not_fetched(tmp_path: Path) -> None:
    (tmp_path / "a_files").mkdir()
    page(tmp_path / "a_files", FORM, name="sheet 1.htm")
    page(tmp_path.parent, "<p>外面</p>", name="outside.htm")
    markup = (
        "<p>正文</p><iframe src='a_files/sheet%201.htm'></iframe><iframe src='../outside.htm'></iframe>"
        "<iframe src='https://example.invalid/a.htm'></iframe>"
    )
    assert texts(read(page(tmp_path, markup))) == ["正文", *FORM_LINES]


def test_a_workbook_saved_as_web_page_is_read_sheet_by_sheet(tmp_path: Path) -> None:
    (tmp_path / "a.files").mkdir()
    page(tmp_path / "a.files", FORM, name="sheet001.htm")
    page(tmp_path / "a.files", "<table><tr><td>合计<td>2</table>", name="sheet002.htm")
    markup = (
        '<html><head><link id="shLink" href="a.files/sheet001.htm">'
        '<link id="shLink" href="a.files/sheet002.htm"></head>'
        '<frameset><frame src="a.files/sheet001.htm"></frameset></html>'
    )
    assert texts(read(page(tmp_path, markup))) == [*FORM_LINES, "合计|2"]


def form_picture(path: Path) -> Path:
    """A picture of an empty table."""
    picture = Image.new("L", (900, 500), "white")
    ImageDraw.Draw(picture).rectangle((40, 40, 860, 460), outline=0, width=3)
    picture.save(path)
    return path


def test_pictures_of_tables_wait_to_be_recognised_and_logos_do_not(tmp_path: Path) -> None:
    data = base64.b64encode(form_picture(tmp_path / "form.png").read_bytes()).decode()
    Image.new("L", (200, 60), "white").save(tmp_path / "logo.png")
    markup = (
        f"<img src=logo.png><p>前</p><img src=form.png><p>后</p><img src='data:image/png;base64,{data}'>"
        "<img src=https://example.invalid/a.png>"
    )
    with limits.within(limits.Limits(ocr=False)):
        source = read(page(tmp_path, markup))
    assert [(page.number, page.read_by) for page in source.pages] == [
        (1, "text"),
        (2, "ocr"),
        (3, "text"),
        (4, "ocr"),
    ]
    assert [problem.page for problem in source.problems] == [2, 4]


def test_a_web_archive_is_read_with_what_it_shows(tmp_path: Path) -> None:
    markup = f"<html><body><p>示例市档案馆</p>{FORM}<iframe src='x/frame.htm'></iframe></body></html>"
    parts = "".join(
        '--sep\r\nContent-Type: text/html; charset="gb2312"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n"
        f"Content-Location: file:///C:/x/{name}\r\n\r\n{quopri.encodestring(text.encode('gb18030')).decode()}\r\n"
        for name, text in (("a.htm", markup), ("frame.htm", "<p>附注</p>"))
    )
    head = 'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="sep"\r\n\r\n'
    path = tmp_path / "公开.doc"
    path.write_bytes(f"{head}{parts}--sep--\r\n".encode())
    assert texts(read(path)) == ["示例市档案馆", *FORM_LINES, "附注"]


def test_deep_nesting_is_read_without_harm(tmp_path: Path) -> None:
    markup = "<div>" * 20_000 + "深处" + "</div>" * 20_000
    assert texts(read(page(tmp_path, markup))) == ["深处"]


def test_spans_beyond_the_table_end_with_it(tmp_path: Path) -> None:
    markup = "<table><tr><td rowspan=9999999>甲<td colspan=0>乙<tr><td>丙</table>"
    source = read(page(tmp_path, markup))
    assert texts(source) == ["甲|乙", "|丙"]
    assert source.lines[0].cells[0].rows == 2


def test_a_page_without_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="shows no text"):
        read(page(tmp_path, "<html><body><script>load()</script></body></html>"))


def test_a_page_that_only_links_to_documents_is_no_document(tmp_path: Path) -> None:
    (tmp_path / "预算.pdf").write_bytes(b"%PDF-1.7")
    links = '<a href="%E9%A2%84%E7%AE%97.pdf">附件</a><a href="/download?id=5&name=b.xls">附件二</a>'
    path = page(tmp_path, f"<h1>示例市档案馆2024年部门预算</h1><p>现予公开。</p>{links}")
    with pytest.raises(
        ReadError, match=r"only links to documents: 预算.pdf, b.xls; save .*: b.xls"
    ) as refused:
        read(path)
    assert refused.value.kind == "only_links"


def test_attachments_that_were_not_saved_are_named(tmp_path: Path) -> None:
    source = read(page(tmp_path, f'{FORM}<p><a href="https://example.invalid/a/b.doc">说明</a></p>'))
    (problem,) = source.problems
    assert problem.kind == "attachments_missing"
    assert "b.doc" in problem.message


def test_the_mark_of_a_note_behind_a_figure_is_no_digit_of_it(tmp_path: Path) -> None:
    markup = "<table><tr><td>面积（m<sup>2</sup>）<td>12.00<sup>1</sup><td>5<sup>①</sup></table>"
    assert texts(read(page(tmp_path, markup))) == ["面积（m2）|12.00|5"]
