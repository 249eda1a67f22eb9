"""Word documents: what a finished document shows, in the order of its text."""

from __future__ import annotations

import zipfile
from pathlib import Path

import docx
import pytest
from docx.shared import Inches
from PIL import Image, ImageDraw

from dagster_project.readers import ReadError, Source, limits, read
from dagster_project.readers.word.numbering import formatted

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def word(folder: Path, body: str, **parts: str) -> Path:
    """A document with this body (WordprocessingML); ``parts``: ``numbering``, ``styles``, ``footnotes``."""
    path = folder / "公开.docx"
    links = "".join(
        f'<Relationship Id="r{part}" Type="{RELATIONS}/{part}" Target="{part}.xml"/>' for part in parts
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("word/document.xml", f"<w:document {NAMES}><w:body>{body}</w:body></w:document>")
        packed.writestr(
            "word/_rels/document.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f"{links}</Relationships>",
        )
        for part, content in parts.items():
            packed.writestr(f"word/{part}.xml", f"<w:{part} {NAMES}>{content}</w:{part}>")
    return path


def p(text: str, properties: str = "") -> str:
    """A paragraph; ``properties`` stand in its ``w:pPr``."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbered(text: str, level: int, list_id: int = 1) -> str:
    """A paragraph that Word numbers."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def level(number: int, style: str, text: str) -> str:
    """A level of a list."""
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/>'
        "</w:lvl>"
    )


def td(text: str, *, across: int = 1, down: str = "") -> str:
    """A cell; ``down`` is ``restart`` or ``continue`` for cells merged from above."""
    merge = f'<w:vMerge w:val="{down}"/>' if down else ""
    paragraphs = "".join(p(line) for line in text.split("\n"))
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{across}"/>{merge}</w:tcPr>{paragraphs}</w:tc>'


def tr(*cells: str, properties: str = "") -> str:
    """A row."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def texts(source: Source) -> list[str]:
    """The lines, a bar between columns."""
    return [line.text.replace("\t", "|") for line in source.lines]


def test_tables_keep_their_merged_cells(tmp_path: Path) -> None:
    body = p("收入决算表") + "<w:tbl>{}{}{}</w:tbl>".format(
        tr(td("项目", down="restart"), td("决算数", across=2)),
        tr(td("", down="continue"), td("合计"), td("其他")),
        tr(td("教育\n支出"), td("1,234.50"), td("")),
    )
    source = read(word(tmp_path, body))
    assert texts(source) == ["收入决算表", "项目|决算数|", "|合计|其他", "教育支出|1,234.50|"]
    assert [(cell.columns, cell.rows) for cell in source.lines[1].cells] == [(1, 2), (2, 1)]
    assert {line.page for line in source.lines} == {None}


def test_list_numbers_that_word_counts_are_read(tmp_path: Path) -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "chineseCounting", "%1、")
        + level(1, "chineseCounting", "（%2）")
        + level(2, "decimal", "%3.")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = (
        numbered("部门概况", 0)
        + numbered("收支情况", 0)
        + numbered("收入", 1)
        + numbered("财政拨款", 2)
        + numbered("其他", 2)
        + numbered("支出", 1)
        + numbered("说明", 0)
        + numbered("口径", 1)
    )
    assert texts(read(word(tmp_path, body, numbering=lists))) == [
        "一、部门概况",
        "二、收支情况",
        "（一）收入",
        "1. 财政拨款",
        "2. 其他",
        "（二）支出",
        "三、说明",
        "（一）口径",
    ]


def test_headings_are_numbered_by_their_style(tmp_path: Path) -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="4">'
        + level(0, "chineseCountingThousand", "第%1部分")
        + '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="4"/></w:num>'
    )
    styles = (
        '<w:style w:styleId="base"><w:pPr><w:numPr><w:numId w:val="7"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="heading"><w:basedOn w:val="base"/></w:style>'
    )
    body = p("概况", '<w:pStyle w:val="heading"/>') + p("报表", '<w:pStyle w:val="heading"/>')
    read_back = texts(read(word(tmp_path, body, numbering=lists, styles=styles)))
    assert read_back == ["第一部分 概况", "第二部分 报表"]


def test_a_second_list_of_one_kind_goes_on_unless_it_restarts(tmp_path: Path) -> None:
    lists = (
        '<w:abstractNum w:abstractNumId="0">'
        + level(0, "decimal", "%1、")
        + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="3"><w:abstractNumId w:val="0"/>'
        '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
    )
    body = numbered("甲", 0, 1) + numbered("乙", 0, 2) + numbered("丙", 0, 3) + numbered("丁", 0, 3)
    assert texts(read(word(tmp_path, body, numbering=lists))) == ["1、甲", "2、乙", "1、丙", "2、丁"]


@pytest.mark.parametrize(
    ("number", "style", "shown"),
    [
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (21, "chineseCounting", "二十一"),
        (101, "chineseCountingThousand", "一百零一"),
        (20, "ideographDigital", "二〇"),
        (3, "chineseLegalSimplified", "叁"),
        (2, "ideographTraditional", "乙"),
        (4, "decimalEnclosedCircleChinese", "④"),
        (5, "decimalFullWidth", "５"),
        (28, "upperLetter", "BB"),
        (9, "lowerRoman", "ix"),
        (7, "bullet", ""),
        (7, "somethingNew", "7"),
    ],
)
def test_numbers_are_written_as_word_writes_them(number: int, style: str, shown: str) -> None:
    assert formatted(number, style) == shown


def test_deleted_and_hidden_text_is_dropped_and_inserted_text_kept(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>收入</w:t></w:r>"
        "<w:del><w:r><w:delText>减少</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>增加</w:t></w:r></w:ins>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>（内部）</w:t></w:r>"
        '<w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>5.00万元。</w:t></w:r></w:p>'
        "<w:tbl>"
        + tr(td("甲"), td("1.00"))
        + tr(td("旧"), td("9.00"), properties="<w:del/>")
        + tr(td("乙"), td("2.00"))
        + "</w:tbl>"
    )
    assert texts(read(word(tmp_path, body))) == ["收入增加5.00万元。", "甲|1.00", "乙|2.00"]


def test_a_paragraph_whose_end_was_deleted_goes_on_in_the_next(tmp_path: Path) -> None:
    body = p("本年收入", "<w:rPr><w:del/></w:rPr>") + p("增加。")
    assert texts(read(word(tmp_path, body))) == ["本年收入增加。"]


def test_text_boxes_and_notes_stand_below_what_they_hang_on(tmp_path: Path) -> None:
    box = f"<wps:txbx><w:txbxContent>{p('单位：万元')}</w:txbxContent></wps:txbx>"
    body = (
        "<w:p><w:r><mc:AlternateContent>"
        f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
        "</mc:AlternateContent><w:t>支出表</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>合计</w:t></w:r>"
        '<w:r><w:footnoteReference w:id="2"/></w:r></w:p></w:tc>' + td("1.00") + "</w:tr></w:tbl>"
    )
    notes = f'<w:footnote w:id="0" w:type="separator">{p("-")}</w:footnote>' + (
        f'<w:footnote w:id="2">{p("含结转。")}</w:footnote>'
    )
    source = read(word(tmp_path, body, footnotes=notes))
    assert texts(source) == ["支出表", "单位：万元", "合计|1.00", "含结转。"]


def test_tables_inside_tables_are_read_in_order(tmp_path: Path) -> None:
    inner = f"<w:tbl>{tr(td('科目'), td('金额'))}{tr(td('教育'), td('1.00'))}</w:tbl>"
    outer = f"<w:tbl><w:tr><w:tc>{p('支出表')}{inner}{p('注：无')}</w:tc></w:tr></w:tbl>"
    assert texts(read(word(tmp_path, outer))) == ["支出表", "科目|金额", "教育|1.00", "注：无"]


def test_tabs_between_three_columns_are_a_row_and_others_are_space(tmp_path: Path) -> None:
    tab = "</w:t></w:r><w:r><w:tab/></w:r><w:r><w:t>"
    body = p(f"科目{tab}合计{tab}其他") + p(f"单位：{tab}万元")
    assert [line.text for line in read(word(tmp_path, body)).lines] == ["科目\t合计\t其他", "单位：    万元"]


def test_what_an_office_writes_is_read(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("示例市档案馆2024年部门决算", 1)
    table = document.add_table(2, 3)
    table.cell(0, 1).merge(table.cell(0, 2)).text = "决算数"
    table.cell(0, 0).text, table.cell(1, 0).text, table.cell(1, 2).text = "项目", "合计", "5.00"
    document.save(tmp_path / "a.docx")
    source = read(tmp_path / "a.docx")
    assert texts(source) == ["示例市档案馆2024年部门决算", "项目|决算数|", "合计||5.00"]


def test_a_picture_of_a_table_waits_to_be_recognised(tmp_path: Path) -> None:
    picture = Image.new("L", (1200, 600), "white")
    ImageDraw.Draw(picture).rectangle((40, 40, 1160, 560), outline=0, width=3)
    picture.save(tmp_path / "form.png")
    Image.new("RGB", (1200, 600), "navy").save(tmp_path / "photograph.png")
    document = docx.Document()
    document.add_paragraph("支出表")
    document.add_picture(str(tmp_path / "form.png"), Inches(6))
    document.add_picture(str(tmp_path / "photograph.png"), Inches(6))
    document.add_paragraph("以上。")
    document.save(tmp_path / "a.docx")
    with limits.within(limits.Limits(ocr=False)):
        source = read(tmp_path / "a.docx")
    assert [(page.number, page.read_by) for page in source.pages] == [(1, "text"), (2, "ocr"), (3, "text")]
    assert [line.text for line in source.lines if line.text] == ["支出表", "以上。"]
    assert [(problem.kind, problem.page) for problem in source.problems] == [(limits.NEEDS_OCR, 2)]


def test_a_document_without_text_and_a_broken_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="holds no text"):
        read(word(tmp_path, p(" ")))
    with pytest.raises(ReadError, match="damaged"):
        read(word(tmp_path, "<w:p>"))


def test_the_mark_of_a_note_behind_a_figure_is_no_digit_of_it(tmp_path: Path) -> None:
    mark = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    cell = f"<w:tc><w:p><w:r><w:t>12.00</w:t></w:r>{mark}</w:p></w:tc>"
    body = f"<w:tbl><w:tr>{td('合计')}{cell}</w:tr></w:tbl><w:p><w:r><w:t>m</w:t></w:r>{mark}</w:p>"
    assert texts(read(word(tmp_path, body))) == ["合计|12.00", "m2"]
