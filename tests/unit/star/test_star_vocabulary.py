"""What the reader can read the star can place: every form has its fact, every column its meaning."""

from __future__ import annotations

import pytest

from dagster_project.vocabulary import seed_rows

MEANINGS = {row["column_key"]: row for row in seed_rows("measure_column")}
ACCOUNTS = [*seed_rows("account_function"), *seed_rows("account_economic")]


def test_every_statutory_form_goes_to_a_fact() -> None:
    statutory = {row["form"] for row in seed_rows("form") if row["family"] == "statutory"}
    assert statutory == {row["form"] for row in seed_rows("form_fact")}


@pytest.mark.parametrize("column", sorted({row["column_key"] for row in seed_rows("form_column")}))
def test_every_column_of_a_form_has_a_meaning(column: str) -> None:
    assert column in MEANINGS or column.removeprefix("prior_year_") in MEANINGS, (
        f"add {column} to dbt/seeds/measure_column.csv, so that no sum counts it twice"
    )


def test_columns_contain_each_other_in_a_tree() -> None:
    for column in MEANINGS:
        above = [column]
        while parent := MEANINGS[above[-1]]["parent_column"]:
            assert parent not in above, f"{column} contains itself"
            above.append(parent)


def test_every_account_has_its_parent_and_its_level() -> None:
    codes = {(row["scheme"], row["code"]) for row in ACCOUNTS}
    for row in ACCOUNTS:
        assert {"class": 3, "group": 5, "item": 7}[row["level"]] == len(row["code"])
        assert not row["parent_code"] or (row["scheme"], row["parent_code"]) in codes, row["code"]


def test_an_account_has_one_name_a_year() -> None:
    for row in ACCOUNTS:
        same = [
            other
            for other in ACCOUNTS
            if (other["scheme"], other["code"]) == (row["scheme"], row["code"])
            and int(other["valid_from"]) <= int(row["valid_to"] or 9999)
            and int(row["valid_from"]) <= int(other["valid_to"] or 9999)
        ]
        assert len(same) == 1, f"{row['code']} is valid twice"
