"""The data dictionary: every published table, column and vocabulary list as dbt describes them.

Nothing is described here; the words are those of ``dbt/``, which DuckDB also keeps as comments. What the
dictionary says and what a BI tool shows can therefore not differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from dagster_project.settings import PROJECT

TARGET: Final = PROJECT / "docs" / "data-dictionary.md"

_SECTIONS: Final = (
    ("集市 Marts", "marts", ""),
    ("事实表 Facts", "core", "fct_"),
    ("维度表 Dimensions", "core", "dim_"),
    ("桥表 Bridges", "core", "bridge_"),
)
_INTRODUCTION: Final = """# 数据字典 Data dictionary

由 `make dictionary` 从 dbt 的说明生成，请勿手改。 / Written by `make dictionary` from dbt's descriptions; not
edited by hand.

- `amount_yuan` 只在最低一层的行与列上有值，直接求和不会重复计数；`printed_yuan` 是每行印出的数字，不可求和。
  / `amount_yuan` stands on the lowest rows and columns only, so that a plain sum counts nothing twice;
  `printed_yuan` is the printed figure of every row and not to be summed.
- `amount_yuan` 与 `unallocated_yuan` 之和等于印出的合计。
  / `amount_yuan` and `unallocated_yuan` together are the printed total.
- 跨机构求和时取 `is_counted`：现行版本，且为机构树的最上一层。集市已如此处理。
  / Sums over organisations take `is_counted`: the current version, the top layer of each tree. Marts do.
- 求和时总按 `budget_stage` 分开。 / Sums always keep `budget_stage` apart.
"""


def dictionary(nodes: Mapping[str, Mapping[str, Any]]) -> str:
    """The dictionary as Markdown. ``nodes`` are the nodes of dbt's manifest by their id."""
    lines = [_INTRODUCTION]
    for title, folder, prefix in _SECTIONS:
        lines.append(f"## {title}\n")
        for node in _tables(nodes, folder, prefix):
            lines.extend(_table(node, typed=True))
    lines.append("## 词汇表 Vocabulary (schema `seeds`)\n")
    for node in _seeds(nodes):
        lines.extend(_table(node, typed=False))
    return "\n".join(lines)


def write() -> Path:
    """Write the dictionary of the project as it is now; returns the file."""
    text = current()
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_text(text, encoding="utf-8")
    return TARGET


def current() -> str:
    """The dictionary as it should be now. Parses the dbt project if it has changed."""
    from dagster_project.transform import load_manifest  # noqa: PLC0415 - Dagster is slow to import

    return dictionary(load_manifest()["nodes"])


def _tables(nodes: Mapping[str, Mapping[str, Any]], folder: str, prefix: str) -> Iterator[Mapping[str, Any]]:
    models = (node for node in nodes.values() if node["resource_type"] == "model")
    chosen = (node for node in models if node["fqn"][1] == folder and node["name"].startswith(prefix))
    yield from sorted(chosen, key=lambda node: str(node["name"]))


def _seeds(nodes: Mapping[str, Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    seeds = (node for node in nodes.values() if node["resource_type"] == "seed")
    yield from sorted(seeds, key=lambda node: str(node["name"]))


def _table(node: Mapping[str, Any], *, typed: bool) -> Iterator[str]:
    yield f"### {node['name']}\n"
    yield f"{_one_line(node['description'])}\n"
    yield "| column | type | 中文 | English |" if typed else "| column | 中文 | English |"
    yield "|---|---|---|---|" if typed else "|---|---|---|"
    for column in node["columns"].values():
        chinese, _, english = _one_line(column["description"]).partition(" / ")
        cells = [f"`{column['name']}`", *([column["data_type"]] if typed else []), chinese, english]
        yield f"| {' | '.join(cells)} |"
    yield ""


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    print(write())
