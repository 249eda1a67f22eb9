"""Kinds of check that a rule file writes field by field: the fields of the model are the keys of the file.

What is allowed follows from the model's types: a choice must be one of its words, a pattern a regular
expression, a form, column or item one that is declared. Kinds that stand for several equations are read in
``rules``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from types import NoneType
from typing import Any, Final, Literal, Protocol, get_args, get_origin, get_type_hints

from expectations import model
from expectations.model import Check, Term

KINDS: Final[Mapping[str, type]] = {
    "cells": model.CellCheck,
    "accounts": model.AccountCheck,
    "document": model.FormCheck,
    "mentions": model.Mentions,
    "said": model.Said,
    "reasons": model.Reasons,
    "same_words": model.SameWords,
    "outline": model.Outline,
    "named": model.Named,
    "indicators": model.IndicatorCheck,
    "declared": model.Declared,
    "count": model.Count,
    "restated": model.Restated,
    "ordered": model.Ordered,
    "misdated": model.Misdated,
    "shares": model.Shares,
    "bounds": model.Bounds,
    "average": model.Average,
    "due": model.Due,
    "purchase": model.Purchase,
    "product": model.Product,
    "slip": model.Slip,
    "twins": model.Twins,
}
"""Kind as written in a rule file → the model's class."""

_PATTERNS: Final = frozenset(
    {"pattern", "also", "unless", "follows", "precedes", "after", "until", "under", "up", "down"}
)
_BY_FORMS: Final = frozenset({"cells", "accounts"})
_GROUPS: Final = {
    "sum": ("whole", "part"),
    "difference": ("now", "before", "change"),
    "percent": ("now", "before", "percent"),
    "range": ("before", "low", "high"),
    "zero_base": ("before", "percent"),
    "larger": ("now", "before"),
    "smaller": ("now", "before"),
}


class Reader(Protocol):
    """What reading a kind needs of the reader of the file: its checks of words and its complaints."""

    def fail(self, reason: str) -> Exception: ...
    def demand(
        self, node: Mapping[str, Any], required: Iterable[str], optional: Iterable[str], place: str
    ) -> None: ...
    def one_of(self, value: Any, allowed: Iterable[str], place: str) -> None: ...
    def forms(self, node: Mapping[str, Any]) -> tuple[str, ...]: ...
    def columns(self, form: str, names: Any) -> tuple[str, ...]: ...
    def pattern(self, text: str) -> str: ...
    def term(self, node: Mapping[str, Any], match: Any = "none", by_column: bool = False) -> Term: ...


@cache
def _hints(checked: type) -> dict[str, Any]:
    return get_type_hints(checked, vars(model))


@cache
def keys(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Required and optional keys of a kind."""
    fields = [field for field in dataclasses.fields(KINDS[kind]) if field.name not in ("name", "forms")]
    names = {field.name: field.default is dataclasses.MISSING for field in fields}
    if kind in _BY_FORMS:
        names = {"forms" if name == "form" else name: needed for name, needed in names.items()}
    if names.pop("says_en", False):
        del names["says_zh"]
        names["says"] = True
    required = tuple(name for name, needed in names.items() if needed)
    return required, (*(name for name, needed in names.items() if not needed), "name")


def read(kind: str, node: Mapping[str, Any], reader: Reader) -> Iterable[Check]:
    """The checks that one entry of this kind stands for. Raises what ``reader.fail`` makes."""
    reader.demand(node, *keys(kind), kind)
    given = {name: value for name, value in node.items() if name not in ("name", "forms", "says")}
    if "says" in node:
        reader.demand(node["says"], ("zh", "en"), (), f"{kind}: says")
        given |= {"says_zh": node["says"]["zh"], "says_en": node["says"]["en"]}
    places: tuple[str | None, ...] = reader.forms(node) if "forms" in node else (node.get("form"),)
    for form in places:
        at = given | ({"form": form} if form else {})
        values = {name: _value(kind, name, value, at, reader) for name, value in at.items()}
        name = node.get("name") or _name(kind, values)
        yield KINDS[kind](name=f"{form}:{name}" if "forms" in node else name, **values)


def _name(kind: str, values: Mapping[str, Any]) -> str:
    """What tells the check from the others of its rule where the file gives it no name."""
    telling = ("check", "first", "whole", "items", "form")
    found = next((values[name] for name in telling if values.get(name)), kind)
    return str(found[0] if isinstance(found, tuple) else found)


def _value(kind: str, name: str, value: Any, node: Mapping[str, Any], reader: Reader) -> Any:
    """The value of one key, checked against what the model says that it is."""
    hint = _hints(KINDS[kind])[name]
    if NoneType in get_args(hint):
        hint = next(part for part in get_args(hint) if part is not NoneType)
    if name == "form":
        return reader.forms({"forms": [value]})[0]
    if name == "columns":
        return reader.columns(node["form"], value)
    if hint == tuple[Term, ...]:
        return tuple(reader.term(each) for each in value)
    if hint is str and name in _PATTERNS:
        return _pattern(kind, name, reader.pattern(str(value)), node, reader)
    return _word(f"{kind}: {name}", value, hint, reader)


def _word(place: str, value: Any, hint: Any, reader: Reader) -> Any:
    if get_origin(hint) is Literal:
        reader.one_of(value, map(str, get_args(hint)), place)
    elif hint is Decimal:
        return _decimal(place, value, reader)
    elif get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise reader.fail(f"{place} must be a list")
        return tuple(str(each) for each in value)
    elif not isinstance(value, hint):
        raise reader.fail(f"{place} must be {hint.__name__}")
    return value


def _decimal(place: str, value: Any, reader: Reader) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise reader.fail(f"{place} {value!r} is no number") from error


def _pattern(kind: str, name: str, text: str, node: Mapping[str, Any], reader: Reader) -> str:
    """A pattern must name the groups that its equation or its expectation takes from it."""
    if name != "pattern":
        return text
    wanted = _GROUPS.get(node.get("equation", ""), ()) if kind == "said" else ()
    expected = node.get("expects", "")
    beside = {"subject": ("total",), "after_again": ("again",), "before_again": ("again",)}
    wanted = ("found", *beside.get(expected, ())) if expected or kind == "reasons" else wanted
    missing = [group for group in wanted if f"(?P<{group}>" not in text]
    if missing:
        raise reader.fail(f"{kind}: pattern lacks the group {', '.join(missing)}")
    return text
