"""The examples of a rule file: small tables of printed figures, and the state that the rule ends in there.

``tests/rules/laying.py`` lays them into documents; what cannot be laid is refused when the file is read.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Protocol

from dagster_project import vocabulary
from dagster_project.money import parse_amount
from dagster_project.records import DocumentRecord, IndicatorRecord, StatementRecord

STATES: Final = (
    "pass_exact",
    "pass_rounding",
    "pass_plug",
    "fail",
    "explained",
    "not_applicable",
    "not_evaluable",
)
_KEYS: Final = (
    "unit",
    "document",
    "forms",
    "form_states",
    "statements",
    "passages",
    "indicators",
    "declared",
    "problems",
)
_FORM_STATES: Final = ("read", "printed_blank", "declared_empty", "unreadable", "missing")
_PASSAGES: Final = ("cover", "contents", "heading", "title", "note", "sentence", "entry")
_SIDES: Final = ("", "income", "expenditure")

Node = Mapping[str, Any]


class Reader(Protocol):
    """What reading the examples needs of the reader of the file."""

    def fail(self, reason: str) -> Exception: ...
    def at(self, node: Node) -> None: ...
    def demand(self, node: Node, required: Iterable[str], optional: Iterable[str], place: str) -> None: ...
    def one_of(self, value: Any, allowed: Iterable[str], place: str) -> None: ...
    def columns(self, form: str, names: Any) -> tuple[str, ...]: ...


def demand(examples: Any, reader: Reader) -> None:
    """Refuse examples that say nothing, or use words which nobody knows: raises what ``reader`` makes."""
    if not isinstance(examples, list):
        raise reader.fail("examples: must be a list")
    states = set()
    for example in examples:
        reader.demand(example, ("state",), (*_KEYS, "others"), "example")
        reader.at(example)
        reader.one_of(example["state"], STATES, "example: state")
        states.add(example["state"])
        _document(example, reader)
        for other in example.get("others", ()):
            reader.demand(other, (), _KEYS, "example: others")
            _document(other, reader)
    if not any(state.startswith("pass") for state in states) or "fail" not in states:
        raise reader.fail("examples: needs at least one that passes and one that fails")


def _document(example: Node, reader: Reader) -> None:
    """What one document of an example prints."""
    reader.demand(example.get("document", {}), (), _fields(DocumentRecord), "example: document")
    reader.one_of(example.get("unit", "wan"), ("wan", "yuan"), "example: unit")
    for place, printed in example.get("forms", {}).items():
        form, _, side = place.partition(".")
        reader.demand(printed, ("columns", "rows"), ("declaration",), f"example: {place}")
        reader.at(printed)
        _known_form(form, reader)
        reader.one_of(side, _SIDES, f"example: side of {form}")
        reader.columns(form, [name for name in printed["columns"] if not name.startswith("@")])
        for row in printed["rows"]:
            _row(place, printed["columns"], row, reader)
    for form, state in example.get("form_states", {}).items():
        _known_form(form, reader)
        reader.one_of(str(state).partition(" ")[0], _FORM_STATES, "example: form_states")
    _texts(example, reader)


def _row(place: str, columns: Sequence[str], row: Any, reader: Reader) -> None:
    """Code, label and one printed text a column."""
    if not isinstance(row, list) or len(row) != len(columns) + 2:
        raise reader.fail(f"example: {place}: row {row} is not code, label and {len(columns)} figures")
    for column, text in zip(columns, row[2:], strict=True):
        _figure(f"{place}: {column}", text, reader, blank=True, words=column.startswith("@"))


def _figure(place: str, text: Any, reader: Reader, *, blank: bool = False, words: bool = False) -> None:
    if not isinstance(text, str) or (text.strip() and not words and parse_amount(text) is None):
        raise reader.fail(f"example: {place}: {text!r} is no printed figure (in quotation marks)")
    if not text.strip() and not blank:
        raise reader.fail(f"example: {place}: lacks its figure")


def _texts(example: Node, reader: Reader) -> None:
    for given in example.get("statements", ()):
        if isinstance(given, Mapping):
            reader.demand(given, ("item", "amount"), _fields(StatementRecord), "example: statement")
            _figure("statement", given["amount"], reader)
        elif not isinstance(given, list) or len(given) != 3:
            raise reader.fail(f"example: statement {given} is not item, figure and unit")
        else:
            _figure("statement", given[1], reader)
    for given in example.get("passages", ()):
        if not isinstance(given, list) or len(given) not in (2, 3, 4):
            raise reader.fail(f"example: passage {given} is not kind and text")
        reader.one_of(given[0], _PASSAGES, "example: passage")
    for given in example.get("indicators", ()):
        reader.demand(given, (), _fields(IndicatorRecord), "example: indicator")
    for name, size in (("declared", 3), ("problems", 2)):
        for given in example.get(name, ()):
            if not isinstance(given, list) or len(given) != size:
                raise reader.fail(f"example: {name} {given} must have {size} words")


def _known_form(form: str, reader: Reader) -> None:
    if form not in vocabulary.forms():
        raise reader.fail(f"form {form!r} is not declared in dbt/seeds/form.csv")


def _fields(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(record))
