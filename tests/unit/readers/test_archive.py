"""Documents inside ZIP archives: each is a document, whatever packed them."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from dagster_project.discovery import discover
from dagster_project.parse import parse
from dagster_project.readers import ReadError, archive, read


def packed(files: Mapping[str, bytes | str]) -> bytes:
    """An archive of these files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return stream.getvalue()


def named_in_bytes(name: bytes, content: bytes) -> bytes:
    """An archive of one file whose name is these bytes, without a word on their encoding."""
    placeholder = b"x" * len(name)
    return packed({placeholder.decode(): content}).replace(placeholder, name)


def found(raw: Path) -> dict[str, str]:
    """Every document of a folder and its text, or why it cannot be read."""
    texts = {}
    for document in discover(raw):
        try:
            with archive.opened(Path(document.path)) as path:
                texts[document.document] = "|".join(line.text for line in read(path).lines)
        except ReadError as error:
            texts[document.document] = f"{error.kind}: {error.reason}"
    return texts


def test_each_file_of_an_archive_is_a_document(tmp_path: Path) -> None:
    (tmp_path / "公开.zip").write_bytes(packed({"部门/预算.txt": "甲", "决算.txt": "乙"}))
    assert found(tmp_path) == {"公开.zip/决算.txt": "乙", "公开.zip/部门/预算.txt": "甲"}


def test_archives_in_archives_are_opened(tmp_path: Path) -> None:
    inner = packed({"预算.txt": "甲"})
    (tmp_path / "a.zip").write_bytes(packed({"b.zip": packed({"c.zip": inner}), "d.txt": "乙"}))
    assert found(tmp_path) == {"a.zip/b.zip/c.zip/预算.txt": "甲", "a.zip/d.txt": "乙"}


def test_archives_deeper_than_any_publisher_packs_are_not_opened(tmp_path: Path) -> None:
    content = packed({"预算.txt": "甲"})
    for depth in range(archive.DEEPEST):
        content = packed({f"{depth}.zip": content})
    (tmp_path / "a.zip").write_bytes(content)
    (said,) = found(tmp_path).values()
    assert said.startswith(f"unreadable: is an archive inside {archive.DEEPEST} others")


def test_one_content_inside_and_outside_an_archive_is_one_document(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("同一份", "utf-8")
    (tmp_path / "b.zip").write_bytes(packed({"c.txt": "同一份"}))
    (document,) = discover(tmp_path)
    assert (document.document, document.copies) == ("a.txt", ("b.zip/c.txt",))
    assert document.sha256 == hashlib.sha256("同一份".encode()).hexdigest()


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_names_are_read_in_the_encoding_of_who_packed_them(tmp_path: Path, encoding: str) -> None:
    name = "档案馆预算.txt"
    (tmp_path / "a.zip").write_bytes(named_in_bytes(name.encode(encoding), b"5"))
    assert list(found(tmp_path)) == [f"a.zip/{name}"]


def test_names_that_lead_out_of_the_archive_stay_inside(tmp_path: Path) -> None:
    names = ("../../a.txt", "/etc/b.txt", "c\\d.txt", "e/./f.txt")
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.zip").write_bytes(packed({name: name for name in names}))
    assert list(found(tmp_path / "raw")) == [
        "a.zip/a.txt",
        "a.zip/c/d.txt",
        "a.zip/e/f.txt",
        "a.zip/etc/b.txt",
    ]
    assert [path.name for path in tmp_path.rglob("*")] == ["raw", "a.zip"]


def test_names_are_composed_and_hold_no_control_characters(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"e\u0301\x1b[2J\u202e.txt": "5"}))
    assert found(tmp_path) == {"a.zip/\xe9_[2J_.txt": "5"}


def test_two_files_of_one_name_are_two_documents(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"b.txt": "甲", "./b.txt": "乙"}))
    assert found(tmp_path) == {"a.zip/b (2).txt": "乙", "a.zip/b.txt": "甲"}


def test_what_systems_leave_in_archives_and_links_are_passed_over(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name in ("__MACOSX/._a.txt", ".git/a.txt", "Thumbs.db", "a.txt"):
            package.writestr(name, "5")
        link = zipfile.ZipInfo("link.txt")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        package.writestr(link, "/etc/passwd")
    (tmp_path / "a.zip").write_bytes(stream.getvalue())
    assert list(found(tmp_path)) == ["a.zip/a.txt"]


def test_a_bomb_is_refused_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(packed({"a.txt": b"0" * (65 << 20), "b.txt": "5"}))
    (name, said), *others = found(tmp_path).items()
    assert (name, others) == ("a.zip", [])
    assert said.startswith("too_large: holds a file that unpacks to")


def test_too_many_files_are_refused_as_a_whole(tmp_path: Path) -> None:
    files = {f"{number}.txt": "5" for number in range(archive.MOST_FILES + 1)}
    (tmp_path / "a.zip").write_bytes(packed(files))
    (said,) = found(tmp_path).values()
    assert said.startswith(f"too_large: holds more than {archive.MOST_FILES} files")


def test_a_file_behind_a_password_says_so_and_the_others_are_read(tmp_path: Path) -> None:
    content = bytearray(packed({"a.txt": "甲", "b.txt": "乙"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + offset] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    assert found(tmp_path) == {
        "a.zip/a.txt": "unreadable: asks for a password in its archive",
        "a.zip/b.txt": "乙",
    }


def test_a_damaged_file_does_not_harm_the_others(tmp_path: Path) -> None:
    content = packed({"a.txt": "甲" * 100, "b.txt": "乙"})
    at = content.index(b"a.txt") + 8
    (tmp_path / "a.zip").write_bytes(content[:at] + b"\xff\xff" + content[at + 2 :])
    texts = found(tmp_path)
    assert texts["a.zip/b.txt"] == "乙"
    assert texts["a.zip/a.txt"].startswith("unreadable: is damaged")


@pytest.mark.parametrize("content", [b"PK\x03\x04 and nothing more", packed({})])
def test_an_archive_that_holds_nothing_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(content)
    (said,) = found(tmp_path).values()
    assert "is damaged" in said or "is an empty archive" in said


def test_an_office_file_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(packed({"word/document.xml": "<x/>", "预算.txt": "甲"}))
    assert [document.document for document in discover(tmp_path)] == ["a.docx"]


def test_a_document_of_an_archive_is_parsed_under_its_own_name(tmp_path: Path) -> None:
    text = "示例市档案馆2024年部门预算\n收支预算总表\n单位：万元\n"
    (tmp_path / "a.zip").write_bytes(packed({"部门/预算.txt": text}))
    (document,) = discover(tmp_path)
    parsed = parse(Path(document.path), document=document.document)
    assert parsed.document.document == "a.zip/部门/预算.txt"
    assert parsed.document.document_id == document.document_id
    assert parsed.document.fiscal_year == 2024


def test_what_a_browser_saves_beside_a_page_is_part_of_it_but_for_attachments(tmp_path: Path) -> None:
    (tmp_path / "公开.html").write_text("<p>示例</p>", "utf-8")
    (tmp_path / "公开_files").mkdir()
    for name in ("style.css", "logo.png", "附件.txt.pdf"):
        (tmp_path / "公开_files" / name).write_text(name, "utf-8")
    (tmp_path / "other_files").mkdir()
    (tmp_path / "other_files" / "a.txt").write_text("5", "utf-8")
    assert [document.document for document in discover(tmp_path)] == [
        "other_files/a.txt",
        "公开.html",
        "公开_files/附件.txt.pdf",
    ]


def test_a_page_saved_into_an_archive_is_read_with_what_lies_beside_it(tmp_path: Path) -> None:
    page = "<p>示例</p><iframe src='公开_files/sheet.htm'></iframe>"
    files = {
        "网页/公开.html": page,
        "网页/公开_files/sheet.htm": "<p>附注</p>",
        "网页/公开_files/a.css": "p{}",
    }
    (tmp_path / "a.zip").write_bytes(packed(files))
    assert found(tmp_path) == {"a.zip/网页/公开.html": "示例|附注"}
