"""``raw/manifest.csv``: errors say line and column, whoever wrote the file and with whatever office."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.manifest import ManifestError, read_manifest


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    (folder / "manifest.csv").write_bytes(text.encode(encoding))
    return folder


def test_a_folder_without_a_manifest_overrides_nothing(tmp_path: Path) -> None:
    assert read_manifest(tmp_path) == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_rows_add_and_override_in_any_encoding_an_office_writes(tmp_path: Path, encoding: str) -> None:
    write(
        tmp_path,
        "document,source_url,published_on,kind,organisation\n"
        "a.txt,https://example.cn/a,2024-02-01,决算,示例市档案馆\n",
        encoding,
    )
    entry = read_manifest(tmp_path)["a.txt"]
    assert (entry.source_url, entry.published_on) == ("https://example.cn/a", "2024-02-01")
    assert entry.overrides == {"kind": "final", "organisation": "示例市档案馆"}


def test_every_error_is_told_at_once_with_line_and_column(tmp_path: Path) -> None:
    write(
        tmp_path,
        "document,kind,fiscal_year,published_on,edition\n"
        "a.txt,预测,,,\n"
        "b.txt,,20x4,2024年2月,\n"
        ",budget,,,\n"
        "c.txt,,,,局\n"
        "d.txt,,2024,,\n"
        "d.txt,,2023,,\n",
    )
    with pytest.raises(ManifestError) as told:
        read_manifest(tmp_path)
    for expected in (
        "line 2, column kind: '预测'",
        "line 3, column fiscal_year: '20x4'",
        "line 3, column published_on: '2024年2月'",
        "line 4, column document: empty",
        "line 5, column edition: '局'",
        "line 7, column document: d.txt stands twice",
    ):
        assert expected in str(told.value)


def test_an_unknown_column_is_named_with_those_that_are_known(tmp_path: Path) -> None:
    write(tmp_path, "document,year\na.txt,2024\n")
    with pytest.raises(
        ManifestError, match=r"line 1, column 'year': unknown; known are document, source_url"
    ):
        read_manifest(tmp_path)
