"""The data dictionary says what dbt says now, about everything, in both languages."""

from __future__ import annotations

import csv

from dagster_project import dictionary
from dagster_project.settings import PROJECT
from dagster_project.transform import load_manifest


def test_the_dictionary_is_not_stale() -> None:
    assert dictionary.TARGET.read_text(encoding="utf-8") == dictionary.current(), "run `make dictionary`"


def test_every_seed_and_each_of_its_columns_is_described_in_both_languages() -> None:
    described = {
        node["name"]: node for node in load_manifest()["nodes"].values() if node["resource_type"] == "seed"
    }
    for path in sorted((PROJECT / "dbt" / "seeds").glob("*.csv")):
        seed = described[path.stem]
        with path.open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        assert " / " in seed["description"], f"{path.stem} is not described in dbt/seeds/_seeds.yml"
        for column in header:
            assert " / " in seed["columns"].get(column, {}).get("description", ""), f"{path.stem}.{column}"


def test_a_table_is_shown_with_its_columns_types_and_two_languages() -> None:
    shown = dictionary.dictionary(
        {
            "model.fct_example": {
                "resource_type": "model",
                "name": "fct_example",
                "fqn": ["gouji", "core", "fct_example"],
                "description": "示例。\n/ An example.",
                "columns": {
                    "a": {"name": "a", "data_type": "integer", "description": "甲 / The first"},
                },
            }
        }
    )
    assert "### fct_example\n\n示例。 / An example.\n" in shown
    assert "| `a` | integer | 甲 | The first |" in shown
