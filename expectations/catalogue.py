"""The page that lists every rule: ``docs/rules.md``, written from the rule files.

python -m expectations.catalogue
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from expectations.model import Rule
from expectations.rules import FAMILIES, load_rules

TARGET: Final = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
UNBUILT: Final = Path(__file__).resolve().parent / "unbuilt.yaml"
"""Rules that are not built, with the reason."""


def page() -> str:
    """The page as it should be now."""
    return "\n".join(_lines(load_rules()))


def write() -> Path:
    """Write the page and return where it lies."""
    TARGET.write_text(page(), encoding="utf-8")
    return TARGET


def _lines(rules: tuple[Rule, ...]) -> Iterator[str]:
    yield "# Rules 勾稽规则\n"
    yield (
        f"{len(rules)} 条规则，由 `expectations/rules` 生成（`python -m expectations.catalogue`）。"
        f" / {len(rules)} rules, written from `expectations/rules`.\n"
    )
    for family, name in FAMILIES.items():
        chosen = [rule for rule in rules if rule.family == family]
        yield f"## {name} ({len(chosen)})\n"
        yield "| id | severity | 规则 Rule | 等式 Formula | 依据 Basis |"
        yield "|---|---|---|---|---|"
        for rule in chosen:
            cells = (
                rule.id,
                "<br>".join((rule.severity, *(f"{name}: {severity}" for name, severity in rule.regional))),
                f"{rule.title_zh}<br>{rule.title_en}",
                f"{rule.formula_zh}<br>{rule.formula_en}",
                rule.basis,
            )
            yield f"| {' | '.join(cell.replace('|', '∣') for cell in cells)} |"
        yield ""
    yield from _not_judged(rules)


def unbuilt() -> dict[str, tuple[str, str]]:
    """Rules of the catalogue that have no file → what they would need (zh, en)."""
    rows = yaml.safe_load(UNBUILT.read_text(encoding="utf-8"))
    return {row["id"]: (row["reason"]["zh"], row["reason"]["en"]) for row in rows}


def _not_judged(rules: tuple[Rule, ...]) -> Iterator[str]:
    """What rules leave out, and rules that have no file, with the reason."""
    yield "## 未评判的部分 What is left out\n"
    yield "| id | 未评判及原因 What is not judged, and why |"
    yield "|---|---|"
    for rule in rules:
        if rule.left_out:
            yield f"| {rule.id} | {'<br>'.join(rule.left_out)} |"
    yield ""
    yield "## 未建立的规则 Not built\n"
    yield "| id | 原因 Reason |"
    yield "|---|---|"
    for rule_id, reason in unbuilt().items():
        yield f"| {rule_id} | {'<br>'.join(reason)} |"
    yield ""


if __name__ == "__main__":
    print(write())
