"""Delimited text as spreadsheets export it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.readers import ReadError, read

ROWS = '收入决算表,,\n科目,合计,其他\n"教育,文化","1,469,135.78",\n\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_rows_are_read_in_every_encoding_that_offices_write(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(ROWS.encode(encoding))
    assert [line.text.split("\t") for line in read(path).lines] == [
        ["收入决算表", "", ""],
        ["科目", "合计", "其他"],
        ["教育,文化", "1,469,135.78", ""],
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(delimiter.join(row) for row in (["科目", "合计"], ["教育", "1.00"])), "utf-8")
    assert [line.text.split("\t") for line in read(path).lines] == [["科目", "合计"], ["教育", "1.00"]]


def test_a_line_break_in_a_cell_is_no_new_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('科目,合计\n"一般公共\n预算",1.00\n', "utf-8")
    assert [line.text for line in read(path).lines] == ["科目\t合计", "一般公共预算\t1.00"]


def test_a_file_of_commas_alone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(",,\n,,\n", "utf-8")
    with pytest.raises(ReadError, match="holds no value"):
        read(tmp_path / "a.csv")
