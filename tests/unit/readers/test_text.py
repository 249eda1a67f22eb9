"""Text and Markdown files as they come: encodings, pages, tables, and files that are no text at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.readers import ReadError, read


def written(folder: Path, content: bytes | str, name: str = "公开.txt", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_utf8_and_gb18030_read_alike(tmp_path: Path, encoding: str) -> None:
    source = read(written(tmp_path, "示例市档案馆\n收入\t1.00", encoding=encoding))
    assert [line.text for line in source.lines] == ["示例市档案馆", "收入\t1.00"]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.txt", "is empty"),
        (b" \n \n", "a.txt", "is empty"),
        (b"\x00\x01\x02text", "a.txt", "NUL"),
        (b"\xff\xff\xfe\xfd", "a.txt", "neither UTF-8 nor GB18030"),
        ("文字".encode(), "a.css", "no reader for .css"),
    ],
)
def test_a_file_that_is_no_text_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, name: str, says: str
) -> None:
    with pytest.raises(ReadError, match=says):
        read(written(tmp_path, content, name))


def test_form_feeds_are_pages_and_do_not_disturb_line_numbers(tmp_path: Path) -> None:
    source = read(written(tmp_path, "一\n二\n\f三\n四\n"))
    assert [(line.text, line.number, line.page) for line in source.lines if line.text] == [
        ("一", 1, 1),
        ("二", 2, 1),
        ("三", 3, 2),
        ("四", 4, 2),
    ]


def test_a_file_without_form_feeds_has_no_page_numbers(tmp_path: Path) -> None:
    assert {line.page for line in read(written(tmp_path, "一\n二")).lines} == {None}


def test_blank_cells_at_the_end_of_a_line_stay(tmp_path: Path) -> None:
    assert read(written(tmp_path, "合计\t1.00\t\t  ")).lines[0].text == "合计\t1.00\t\t"


def test_markdown_tables_become_tab_separated_lines(tmp_path: Path) -> None:
    table = "## **收支总表**\n\n| 项目 | 预算数 |\n|:---|---:|\n| 事业<br>收入 | 1.00 |\n\n- 第一条"
    source = read(written(tmp_path, table, "公开.md"))
    assert [line.text for line in source.lines if line.text] == [
        "收支总表",
        "项目\t预算数",
        "事业收入\t1.00",
        "第一条",
    ]
