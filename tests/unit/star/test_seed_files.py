"""A seed that someone edited by hand: a broken row is refused with its line and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dagster_project.vocabulary import SeedError, check_seeds, rows_of

HEADER = "label,row_kind,note"


def seed(folder: Path, *rows: str) -> Path:
    path = folder / "row_label.csv"
    path.write_text("\n".join([HEADER, *rows, ""]), encoding="utf-8")
    return path


def test_no_seed_has_a_row_that_does_not_fit_its_header() -> None:
    check_seeds()


def test_a_value_with_a_comma_stands_in_quotation_marks(tmp_path: Path) -> None:
    path = seed(tmp_path, '"合计,含结转",total,', "", '小计,subtotal,"称 ""小计"" 者"')
    assert list(rows_of(path)) == [
        {"label": "合计,含结转", "row_kind": "total", "note": ""},
        {"label": "小计", "row_kind": "subtotal", "note": '称 "小计" 者'},
    ]


@pytest.mark.parametrize(("row", "values"), [("合计,含结转,total,", 4), ("合计,total", 2)])
def test_a_row_with_a_value_too_many_or_too_few_is_refused(tmp_path: Path, row: str, values: int) -> None:
    path = seed(tmp_path, "小计,subtotal,", row)
    with pytest.raises(SeedError) as told:
        list(rows_of(path))
    assert f"{path}, line 3: {values} values for the 3 columns {HEADER}" in str(told.value)
    assert "a value that holds a comma in quotation marks" in str(told.value)
    assert "请用双引号括起" in str(told.value)


def test_a_quotation_mark_that_does_not_close_is_refused_where_it_opens(tmp_path: Path) -> None:
    path = seed(tmp_path, "小计,subtotal,", '合计,total,"含结转', "其他,other,")
    with pytest.raises(SeedError, match="line 3: quotation marks do not pair"):
        list(rows_of(path))
