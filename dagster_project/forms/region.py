"""Regions by name: from an organisation's name to a path such as ``浙江省/杭州市/西湖区``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dagster_project.vocabulary import seed_rows

_PARTY: Final = re.compile(
    r"^(?:中共|中国共产党|中国共产主义青年团|共青团|中国农工民主党|中国民主同盟|政协|中国人民政治协商会议)+"
)
_ZONE: Final = re.compile(
    r"[\u4e00-\u9fa5]{2,8}?(?:经济技术开发区|高新技术产业开发区|经济开发区|开发区|高新区|新区|风景名?胜?区|管理区|示范区|度假区)"
)
_LONGEST: Final = 14
_FRONT: Final = 4000
_SHORT: Final = 2


@dataclass(frozen=True, slots=True)
class _Region:
    code: str
    name: str
    parent: str | None


@lru_cache(maxsize=1)
def _regions() -> dict[str, _Region]:
    return {
        row["region_code"]: _Region(row["region_code"], row["name"], row["parent_code"] or None)
        for row in seed_rows("region")
    }


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[str, ...]]:
    """Every name and alias with the codes that bear it."""
    names: dict[str, list[str]] = {}
    for region in _regions().values():
        names.setdefault(region.name, []).append(region.code)
    for row in seed_rows("region_alias"):
        names.setdefault(row["alias"], []).append(row["region_code"])
    return {name: tuple(codes) for name, codes in names.items()}


def region_path(organisation: str, text: str, *, whole: bool = False) -> tuple[str | None, Sequence[str]]:
    """The region an organisation belongs to, by its name and, where that leaves it open, the document's text.

    Returns the path from the province down, and the candidates where several regions bear the name and the
    text does not decide (the path is then ``None``). With ``whole`` the organisation must be nothing but a
    region's name.
    """
    name = _PARTY.sub("", organisation)
    codes, rest = _leading_regions(name)
    if whole and (rest or not codes):
        return None, ()
    if not codes:
        codes = _most_named(text[:_FRONT])
    if len(codes) > 1:
        codes = _decided_by_text(codes, text)
    if len(codes) > 1:
        return None, [_path(code) for code in codes]
    if not codes:
        return None, ()
    zone = _ZONE.match(rest)
    return _path(codes[0]) + (f"/{zone.group()}" if zone else ""), ()


def _leading_regions(name: str) -> tuple[tuple[str, ...], str]:
    """The regions that a name begins with (province, city and county after each other), and the rest."""
    codes: tuple[str, ...] = ()
    rest = name
    while rest:
        found = _longest_name(rest, codes)
        if found is None:
            break
        codes, length = found
        rest = rest[length:]
    return codes, rest


def _longest_name(rest: str, above: tuple[str, ...]) -> tuple[tuple[str, ...], int] | None:
    for length in range(min(_LONGEST, len(rest)), 1, -1):
        codes = _names().get(rest[:length], ())
        if above:
            codes = tuple(code for code in codes if set(_ancestors(code)) & set(above))
        if codes:
            return codes, length
    return None


def _ancestors(code: str) -> list[str]:
    chain = []
    parent = _regions()[code].parent
    while parent:
        chain.append(parent)
        parent = _regions()[parent].parent
    return chain


def _decided_by_text(codes: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Of several regions of one name, those whose city or province the text names most."""
    named = {code: sum(text.count(_regions()[above].name) for above in _ancestors(code)) for code in codes}
    most = max(named.values())
    return tuple(code for code in codes if named[code] == most) if most else codes


def _most_named(front: str) -> tuple[str, ...]:
    """The province or city named most often at the beginning of the document."""
    counts = Counter({name: front.count(name) for name in _large_regions() if name in front})
    if not counts:
        return ()
    name, most = max(counts.items(), key=lambda item: (item[1], len(item[0])))
    return _names()[name] if most else ()


@lru_cache(maxsize=1)
def _large_regions() -> tuple[str, ...]:
    """The names of provinces and cities: a county's name alone says too little."""
    return tuple(name for name, codes in _names().items() if codes[0].endswith("00") and len(name) > _SHORT)


def _path(code: str) -> str:
    return "/".join(_regions()[step].name for step in [*reversed(_ancestors(code)), code])
