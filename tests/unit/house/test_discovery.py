"""What lies in a folder: identity is the content, never the name."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.discovery import NothingToLoadError, discover


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_documents_are_found_in_any_nested_folder_under_any_name(tmp_path: Path) -> None:
    put(tmp_path, "示例市/2024/档案馆 预算(公开).txt", "甲")
    put(tmp_path, "b.md", "乙")
    assert [found.document for found in discover(tmp_path)] == ["b.md", "示例市/2024/档案馆 预算(公开).txt"]


def test_the_same_content_twice_is_one_document_with_two_paths(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "同一份")
    put(tmp_path, "copies/again.txt", "同一份")
    (found,) = discover(tmp_path)
    assert (found.document, found.copies) == ("a.txt", ("copies/again.txt",))


def test_a_moved_file_keeps_its_key(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "内容")
    (before,) = discover(tmp_path)
    (tmp_path / "new").mkdir()
    (tmp_path / "a.txt").rename(tmp_path / "new" / "b.txt")
    (after,) = discover(tmp_path)
    assert (after.document_id, after.document) == (before.document_id, "new/b.txt")


def test_what_systems_and_offices_leave_behind_is_passed_over(tmp_path: Path) -> None:
    names = (".DS_Store", "~$budget.txt", "README.md", "manifest.csv", "Thumbs.db", ".hidden/x.txt")
    for name in names:
        put(tmp_path, name, name)
    put(tmp_path, "budget.txt", "预算")
    assert [found.document for found in discover(tmp_path)] == ["budget.txt"]


def test_a_missing_folder_and_an_empty_one_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NothingToLoadError, match="no folder"):
        discover(tmp_path / "nowhere")
    with pytest.raises(NothingToLoadError, match="Put the published files into it"):
        discover(tmp_path)


def test_a_link_that_leads_nowhere_is_a_document_that_cannot_be_read(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "内容")
    (tmp_path / "b.txt").symlink_to(tmp_path / "gone.txt")
    broken = next(found for found in discover(tmp_path) if found.document == "b.txt")
    assert broken.unreadable
