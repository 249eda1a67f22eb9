"""The same forms under other words: titles and headers as other publishers set them, taken from the seeds.

The seeds say which wordings mean a form or a column; documents in any of them have to be read alike.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from dagster_project.vocabulary import seed_rows

_PREFIX: Final = re.compile(r"^(?:\{year\}年度?(?:部门)?|[一二三四五六七八九十]+、)")
_BRACKETS: Final = str.maketrans("()", "（）")
_MEANT: Final = {"by_code": ("科目", "功能"), "by_economic": ("科目", "经济"), "by_unit": ("单位",)}
"""What the heads of code and label columns are about, by the shape of the form."""


def varied(spec: Mapping[str, Any], seed: str) -> dict[str, Any]:
    """A family's description with the title of every form and the head of every plain column drawn anew.

    Heads that stand under a group head keep their words: their meaning depends on it.
    """
    rng = random.Random(seed)
    return {**spec, "forms": [_form(form, rng) for form in spec["forms"]]}


def _form(form: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    prefix = _PREFIX.match(form["title"])
    title = rng.choice(_titles()[form["form"]]).translate(_BRACKETS)
    changed = {**form, "title": (prefix.group() if prefix else "") + title}
    if "columns" in form:
        changed["columns"] = [[key, _head(form, key, head, rng)] for key, head in form["columns"]]
    return changed


def _head(form: Mapping[str, Any], key: str, head: str, rng: random.Random) -> str:
    if " > " in head or "{" in head or form["shape"] in ("panels", "procurement"):
        return head
    kind = form["form"].split("_")[0]
    words = [
        row["header"]
        for row in _headers()
        if row["form"] in ("*", kind, form["form"])
        and not row["parent"]
        and _means(row, key, form["shape"])
        and not _contradicts(row["header"], key, form.get("scope", ""))
    ]
    return rng.choice(words).translate(_BRACKETS) if words else head


def _contradicts(header: str, key: str, scope: str) -> bool:
    """Would the word contradict the rest of the form: its unit, or the side of the accounts it is about?"""
    other = "支出" if scope == "income" else "收入"
    return "元" in header or (key == "total" and other in header)


def _means(row: Mapping[str, str], key: str, shape: str) -> bool:
    if key not in ("code", "label"):
        # A total beside a column of balances carried over is not the total of "this year" (本年) alone.
        narrower = key == "total" and "本年" in row["header"]
        return row["role"] == "value" and row["column_key"] == key and not narrower
    allowed = _MEANT.get(shape)
    about = allowed is not None and row["header"].startswith(allowed)
    return row["role"] == key and about and "/" not in row["header"] and "(" not in row["header"]


@cache
def _headers() -> tuple[dict[str, str], ...]:
    return tuple(seed_rows("column_header"))


@cache
def _titles() -> dict[str, list[str]]:
    titles: dict[str, list[str]] = {}
    for row in seed_rows("form_title"):
        titles.setdefault(row["form"], []).append(row["title"])
    return titles
