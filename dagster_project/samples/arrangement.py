"""The same forms arranged otherwise: columns in another order, codes in more cells, other units and decimals.

What a publisher of the same family may do from one year to the next; a reader has to follow the header.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

CODE_PARTS: Final = {"by_code": ("类", "款", "项"), "by_economic": ("类", "款")}
"""What stands over the cells of a code that is split, by the shape of the form."""
PANELS: Final = {2: (("301", "303"), ("302", "310")), 3: (("301", "303"), ("302",), ("310",))}
"""Which classes stand in each panel of the final account's form of basic expenditure."""
OWN_UNIT: Final = frozenset({"budget_three_public", "budget_procurement"})
"""Forms that keep their unit, whatever the others are in: some print it in their headers."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What differs from the family; ``None`` and ``False`` leave it as it is.

    ``split_codes`` (a cell for each part of a code), ``total_row`` (``first``, ``last``), ``unit`` (``wan``,
    ``yuan``), ``decimals``, ``separator`` of thousands, ``zero`` (what stands for nothing), ``panels`` (2 or
    3), ``shuffled`` columns of figures.
    """

    split_codes: bool | None = None
    total_row: str | None = None
    unit: str | None = None
    decimals: int | None = None
    separator: bool | None = None
    zero: str | None = None
    panels: int | None = None
    shuffled: bool = False


AS_IT_IS: Final = Arrangement()


def arranged(spec: Mapping[str, Any], wish: Arrangement, seed: str) -> dict[str, Any]:
    """A family's description with the arrangement carried out in every form that it concerns."""
    rng = random.Random(seed)
    whole = {name: getattr(wish, name) for name in ("unit", "decimals", "separator", "zero")}
    changed = {name: value for name, value in whole.items() if value is not None}
    unit = spec.get("unit", "wan")
    return {**spec, **changed, "forms": [_form(form, wish, unit, rng) for form in spec["forms"]]}


def _form(form: Mapping[str, Any], wish: Arrangement, unit: str, rng: random.Random) -> dict[str, Any]:
    changed = dict(form)
    if form["form"] in OWN_UNIT:
        changed["unit"] = form.get("unit", unit)
    elif wish.unit:
        changed.pop("unit", None)
    if wish.zero is not None:
        changed.pop("zero", None)
    if form["shape"] in CODE_PARTS:
        if wish.split_codes is not None:
            parts = CODE_PARTS[form["shape"]] if wish.split_codes else ("",)
            changed["columns"] = _codes(form["columns"], parts)
        if wish.total_row:
            changed["total_row"] = wish.total_row
    if form["shape"] == "panels" and wish.panels:
        heads = ["人员经费", *["公用经费"] * (wish.panels - 1)]
        panels = zip(heads, PANELS[wish.panels], strict=True)
        changed["panels"] = [{"head": head, "classes": list(classes)} for head, classes in panels]
    if wish.shuffled and "columns" in form and form["shape"] not in ("panels", "upright"):
        changed["columns"] = _shuffled(changed["columns"], rng)
    return changed


def _codes(columns: Sequence[Sequence[str]], parts: Sequence[str]) -> list[list[str]]:
    """The same columns with a cell of the code for each part; one nameless part is the whole code."""
    first = next((head for key, head in columns if key in ("code", "code1")), None)
    if first is None:
        return [list(column) for column in columns]
    base = first.removesuffix(" > 类")
    codes = [
        [f"code{number}" if part else "code", f"{base} > {part}" if part else base]
        for number, part in enumerate(parts, start=1)
    ]
    return [*codes, *(list(column) for column in columns if not column[0].startswith("code"))]


def _shuffled(columns: Sequence[Sequence[str]], rng: random.Random) -> list[list[str]]:
    """Columns of figures in another order; those under one head stay together, at every level."""
    fixed = [list(column) for column in columns if _is_text(column[0])]
    figures = [(column[0], column[1].split(" > ")) for column in columns if not _is_text(column[0])]
    return [*fixed, *([key, " > ".join(path)] for key, path in _mixed(figures, 0, rng))]


def _is_text(key: str) -> bool:
    return key.startswith("code") or key in ("label", "unit_code", "unit_name", "remark")


def _mixed(
    columns: list[tuple[str, list[str]]], level: int, rng: random.Random
) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[tuple[str, list[str]]]] = {}
    for key, path in columns:
        # A column whose head has no parts is a group of its own.
        name = path[level] if len(path) > level + 1 else f"{path[level]} {key}"
        groups.setdefault(name, []).append((key, path))
    order = rng.sample(list(groups), len(groups))
    return [
        column
        for name in order
        for column in (groups[name] if len(groups[name]) == 1 else _mixed(groups[name], level + 1, rng))
    ]
