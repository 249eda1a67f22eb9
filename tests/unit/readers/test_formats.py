"""A file is read as what its bytes are; its name decides only where they tell nothing."""

from __future__ import annotations

import io
import os
import random
import shutil
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from dagster_project.readers import ReadError, formats, libreoffice, read

needs_office = pytest.mark.skipif(libreoffice.program() is None, reason="LibreOffice is not installed")

RTF = (
    r"{\rtf1\ansi\ansicpg936\uc1 \u31034?\u20363?\par"
    r"\trowd\cellx2000\cellx4000\intbl \u21512?\u35745?\cell 1,234.50\cell\row}"
)
"""示例, and a table of one row: 合计, 1,234.50."""

SPREADSHEET_2003 = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="Sheet1"><Table>'
    '<Row><Cell><Data ss:Type="String">合计</Data></Cell><Cell><Data ss:Type="Number">5.5</Data></Cell></Row>'
    "</Table></Worksheet></Workbook>"
)


def put(folder: Path, name: str, content: bytes) -> Path:
    """A file."""
    path = folder / name
    path.write_bytes(content)
    return path


def packed(**parts: str) -> bytes:
    """A ZIP package with these parts; ``__`` in a name is a slash, ``_`` a dot."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


def workbook() -> bytes:
    """A workbook of one row."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        book.add_worksheet().write_row("A1", ["合计", 5])
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "format_of"),
    [
        (b"%PDF-1.7", ".pdf"),
        (b"\r\n%PDF-1.4", ".pdf"),
        (b"\x89PNG\r\n\x1a\n", ".png"),
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"II*\x00", ".tif"),
        (b"{\\rtf1", ".rtf"),
        (b"Rar!\x1a\x07\x00", ".rar"),
        (packed(OFD_xml="<x/>"), ".ofd"),
        (packed(word__document_xml="<x/>"), ".docx"),
        (packed(**{"公开_txt": "x"}), ".zip"),
        (workbook(), ".xlsx"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><p>", ".html"),
        (b"<table><tr><td>1", ".html"),
        (b"From: <Saved by browser>\nMIME-Version: 1.0\n", ".mhtml"),
        (SPREADSHEET_2003.encode(), ".spreadsheetml"),
        ("收入 100 万元".encode(), None),
        ("科目,<合计>\n".encode("gb18030"), None),
        (b"", None),
    ],
)
def test_the_first_bytes_tell_the_format(tmp_path: Path, content: bytes, format_of: str | None) -> None:
    assert formats.actual(put(tmp_path, "a", content)) == format_of


@pytest.mark.parametrize("name", ["收入表.xls", "收入表.txt", "收入表.pdf", "收入表"])
def test_a_workbook_under_any_name_is_a_workbook(tmp_path: Path, name: str) -> None:
    source = read(put(tmp_path, name, workbook()))
    assert [line.text for line in source.lines] == ["合计\t5"]
    assert [(problem.kind, problem.severity) for problem in source.problems] == [("misnamed", "info")]


def test_plain_text_called_a_pdf_is_read_as_text(tmp_path: Path) -> None:
    source = read(put(tmp_path, "a.pdf", "合计\t5".encode("gb18030")))
    assert [line.text for line in source.lines] == ["合计\t5"]
    assert [problem.kind for problem in source.problems] == ["misnamed"]


@pytest.mark.parametrize("name", ["a.doc", "a.xls", "a.xlsx", "a.docx", "a.wps", "a.zip"])
def test_random_bytes_are_no_document_under_any_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReadError, match=f"is no {Path(name).suffix} file inside"):
        read(put(tmp_path, name, random.Random(5).randbytes(5000)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"Rar!\x1a\x07\x00", "RAR archive.*pack it as .zip"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip.*unpack it"),
        (packed(OFD_xml="<x/>"), "OFD.*save it as PDF"),
        (packed(ppt__presentation_xml="<x/>"), "presentation"),
    ],
)
def test_formats_that_are_not_read_say_what_to_do(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(ReadError, match=says):
        read(put(tmp_path, "a.docx", content))


@needs_office
def test_rtf_under_a_name_of_word_is_read_through_libreoffice(tmp_path: Path) -> None:
    source = read(put(tmp_path, "a.wps", RTF.encode()))
    assert [line.text for line in source.lines if line.text] == ["示例", "合计\t1,234.50"]
    assert source.reader == "libreoffice+docx"
    assert source.media_type == "application/rtf"
    assert not source.problems


@needs_office
def test_the_xml_of_excel_2003_called_xls_is_read(tmp_path: Path) -> None:
    source = read(put(tmp_path, "a.xls", SPREADSHEET_2003.encode()))
    assert [line.text for line in source.lines] == ["合计\t5.5"]


def test_without_libreoffice_the_message_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {**os.environ, "PATH": str(tmp_path)})
    if shutil.which("/Applications/LibreOffice.app/Contents/MacOS/soffice"):
        pytest.skip("LibreOffice stands at its place in Applications")
    with pytest.raises(ReadError, match=r"apt-get install libreoffice-writer-nogui") as refused:
        read(put(tmp_path, "a.rtf", RTF.encode()))
    assert refused.value.kind == libreoffice.NEEDS_LIBREOFFICE
