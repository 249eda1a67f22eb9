"""The vocabulary of ``dbt/seeds``: forms, titles, headers, labels; the only Python reader of those files.

Everything a publisher may word differently is a row of a seed. This module normalises print, so that two
spellings of one wording are one key, and looks wordings up.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

SEEDS: Final = Path(__file__).resolve().parent.parent / "dbt" / "seeds"

_SPACE: Final = re.compile(r"\s+")
_QUOTES: Final = re.compile("[\"'“”‘’「」『』＂＇《》〈〉]")
_DIGITS: Final = "〇一二三四五六七八九十百廿卅零两"
_LIST_NUMBER: Final = re.compile(
    rf"(?:[(（][{_DIGITS}]{{1,4}}[)）][、.．]?|[{_DIGITS}]{{1,4}}[、.．]"
    rf"|第[{_DIGITS}]{{1,3}}+(?:[、.．]|(?!部分|[章篇编]))"
    r"|[(（]\d{1,2}[)）][、.．]?|\d{1,2}[、．)）]|\d{1,2}\.(?!\d)|[①-⑳])"
)

_NUMERAL: Final = re.compile(rf"[{_DIGITS}]{{1,4}}|\d{{1,2}}")


class SeedError(ValueError):
    """A seed cannot be used. The message names the file and the line, and says what to do."""


def seed_rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of ``dbt/seeds/<name>.csv``.

    Raises ``FileNotFoundError`` for an unknown seed and :class:`SeedError` as :func:`rows_of` does.
    """
    return rows_of(SEEDS / f"{name}.csv")


def check_seeds() -> None:
    """Read every row of every seed, so that a broken one is told before anything is begun.

    Raises :class:`SeedError` with the first broken row of each seed.
    """
    broken: list[str] = []
    for path in sorted(SEEDS.glob("*.csv")):
        try:
            deque(rows_of(path), maxlen=0)
        except SeedError as error:
            broken.append(str(error))
    if broken:
        raise SeedError("\n".join(broken))


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a seed by their columns; empty lines are none.

    Raises :class:`SeedError` at a row that has more or fewer values than the header, or whose quotation marks
    do not pair: such a row would put its values below the wrong columns.
    """
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        header = next(reader, [])
        while True:
            line = reader.line_num + 1
            try:
                values = next(reader, None)
            except csv.Error as error:
                raise SeedError(_unpaired(path, line, error)) from error
            if values is None:
                return
            if values and len(values) != len(header):
                raise SeedError(_misfit(path, line, values, header))
            if values:
                yield dict(zip(header, values, strict=True))


def _misfit(path: Path, line: int, values: list[str], header: list[str]) -> str:
    return (
        f"{path}, line {line}: {len(values)} values for the {len(header)} columns {','.join(header)}."
        f' Put a value that holds a comma in quotation marks ("a,b"); an empty value keeps its comma.\n'
        f"第 {line} 行有 {len(values)} 个值，表头有 {len(header)} 列："
        "值中含逗号的，请用双引号括起；空值也要保留逗号。"
    )


def _unpaired(path: Path, line: int, error: csv.Error) -> str:
    return (
        f"{path}, line {line}: quotation marks do not pair ({error})."
        ' Put the value in quotation marks, and write each one inside it twice ("a ""b"" c").\n'
        f"第 {line} 行双引号不成对：请把整个值用双引号括起，其中的双引号写两遍。"
    )


@cache
def character_variants() -> dict[int, str]:
    """Code point → the character meant by it (seed ``character_variant``)."""
    return {ord(row["printed"]): row["meant"] for row in seed_rows("character_variant")}


@lru_cache(maxsize=65536)
def compact(text: str) -> str:
    """Text in compatibility characters (NFKC, radicals as their characters) without any white space."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text.translate(character_variants())))


@lru_cache(maxsize=65536)
def key(text: str) -> str:
    """What wordings are compared by: ``compact`` without quotation marks; brackets are half-width."""
    return _QUOTES.sub("", compact(text))


def without_number(text: str) -> str:
    """``text`` (compact) without its list numbers ``一、`` ``（一）`` ``1.`` ``①`` at the start.

    ``第一部分`` stays whole: without its number the word would name a share of something.
    """
    while True:
        match = _LIST_NUMBER.match(text)
        if not match or match.end() == len(text):
            return text
        text = text[match.end() :]


@dataclass(frozen=True, slots=True)
class Form:
    """A statutory or performance form. ``kind``: ``budget`` or ``final``; ``required``: statutory for it."""

    key: str
    kind: str
    order: int
    name_zh: str
    name_en: str
    has_sides: bool
    required: bool
    keyed_by: str
    family: str


@cache
def forms() -> dict[str, Form]:
    """Every form by its key, in statutory order (seed ``form``)."""
    return {
        row["form"]: Form(
            key=row["form"],
            kind=row["kind"],
            order=int(row["statutory_order"]),
            name_zh=row["name_zh"],
            name_en=row["name_en"],
            has_sides=row["has_sides"] == "true",
            required=row["required"] == "true",
            keyed_by=row["keyed_by"],
            family=row["family"],
        )
        for row in seed_rows("form")
    }


@cache
def titles() -> dict[str, dict[str, str]]:
    """Title key → document kind → form key (seed ``form_title``)."""
    found: dict[str, dict[str, str]] = {}
    for row in seed_rows("form_title"):
        form = forms()[row["form"]]
        found.setdefault(key(row["title"]), {}).setdefault(form.kind, form.key)
    return found


@cache
def other_tables(kind: str | None = None) -> frozenset[str]:
    """Titles of tables that are published beside the forms and are none of them (seed ``other_table``).

    ``kind`` (``budget``, ``final``) adds those that are none in documents of that kind only.
    """
    return frozenset(key(row["title"]) for row in seed_rows("other_table") if row["kind"] in ("", kind))


@cache
def title_endings() -> dict[str, tuple[str, ...]]:
    """Last two characters of a title → the titles ending so, longest first: candidates of a longest match."""
    endings: dict[str, list[str]] = {}
    other = {key(row["title"]) for row in seed_rows("other_table")}
    for title in sorted({*titles(), *other}):
        endings.setdefault(title[-2:], []).append(title)
    return {ending: tuple(sorted(found, key=len, reverse=True)) for ending, found in endings.items()}


@cache
def _fillers() -> tuple[str, ...]:
    return tuple(key(row["filler"]) for row in seed_rows("title_filler"))


@lru_cache(maxsize=8192)
def title_core(text: str) -> str:
    """A title's key without the words that publishers fill in at will (seed ``title_filler``)."""
    for filler in _fillers():
        text = text.replace(filler, "")
    return text


@cache
def title_cores(kind: str | None) -> dict[str, str]:
    """Core of a title → the one title it is the core of, among titles of a kind; ambiguous cores are left
    out.
    """
    found: dict[str, set[str]] = {}
    for title, by_kind in titles().items():
        if kind is None or kind in by_kind:
            found.setdefault(title_core(title), set()).add(title)
    cores: dict[str, str] = {}
    for core, originals in found.items():
        forms_named = {titles()[title].get(kind or "budget") for title in originals}
        if len(forms_named) == 1:
            cores[core] = min(originals)
    return cores


@cache
def markers(family: str) -> frozenset[str]:
    """Wordings of header cells that confirm a form of the family (seed ``form_marker``)."""
    return frozenset(key(row["word"]) for row in seed_rows("form_marker") if row["family"] == family)


@dataclass(frozen=True, slots=True)
class HeaderWord:
    """A declared header wording below ``parent`` (empty: anywhere).

    ``role``: ``value``, ``base`` (amount of the whole row), ``code``, ``code_part``, ``label``, ``attribute``
    or ``ignored``. ``column`` is the column key of a value.
    """

    parent: str
    header: str
    role: str
    column: str


@cache
def header_words(form: str) -> dict[tuple[str, str], HeaderWord]:
    """(parent, header) → word, as the form reads it: its own rows of ``column_header`` win over kind and
    ``*``.
    """
    scopes = {"*": 0, forms()[form].kind: 1, form: 2}
    found: dict[tuple[str, str], tuple[int, HeaderWord]] = {}
    for row in _header_rows():
        rank = scopes.get(row.form)
        if rank is None:
            continue
        place = (row.word.parent, row.word.header)
        known = found.get(place)
        if known is None or rank > known[0]:
            found[place] = (rank, row.word)
    return {place: word for place, (_, word) in found.items()}


@cache
def group_words() -> frozenset[str]:
    """Wordings that may stand over other headers and add nothing to them (seed ``header_group``)."""
    return frozenset(key(row["header"]) for row in seed_rows("header_group"))


@dataclass(frozen=True, slots=True)
class _HeaderRow:
    form: str
    word: HeaderWord


@cache
def _header_rows() -> tuple[_HeaderRow, ...]:
    declared = [
        _HeaderRow(
            row["form"], HeaderWord(key(row["parent"]), key(row["header"]), row["role"], row["column_key"])
        )
        for row in seed_rows("column_header")
    ]
    ignored = [
        _HeaderRow(row["form"], HeaderWord("", key(row["header"]), "ignored", ""))
        for row in seed_rows("ignored_header")
    ]
    return (*declared, *ignored)


@cache
def stages() -> dict[str, str]:
    """Header wording → its stage or comparison: 预算数, 决算数, 增减率 … (seed ``header_stage``)."""
    return {key(row["header"]): row["stage"] for row in seed_rows("header_stage")}


@cache
def column_order(form: str) -> dict[str, int]:
    """Column key → its statutory position in the form (seed ``form_column``)."""
    return {
        row["column_key"]: int(row["position"]) for row in seed_rows("form_column") if row["form"] == form
    }


@cache
def column_measure(form: str) -> dict[str, str]:
    """Column key → ``money``, ``quantity``, ``price`` or ``percent`` (seed ``form_column``)."""
    return {
        row["column_key"]: row["measure"] for row in seed_rows("form_column") if row["form"] in (form, "*")
    }


@dataclass(frozen=True, slots=True)
class RowLabel:
    """What a row label says of its row. ``kind``: ``total``, ``parent`` or empty; ``section`` the block it
    opens.
    """

    kind: str = ""
    section: str = ""


@cache
def _row_labels() -> dict[str, RowLabel]:
    return {key(row["label"]): RowLabel(row["row_kind"], row["section"]) for row in seed_rows("row_label")}


@cache
def _whole_labels() -> frozenset[str]:
    accounts = (*seed_rows("account_function"), *seed_rows("account_economic"))
    lines = (key(row["label"]) for row in seed_rows("summary_line"))
    return frozenset((*(key(row["name"]) for row in accounts), *lines, *_row_labels()))


@cache
def account_names() -> frozenset[tuple[str | None, str]]:
    """Codes of accounts with their names, as wordings are compared."""
    accounts = (*seed_rows("account_function"), *seed_rows("account_economic"))
    return frozenset((row["code"], key(row["name"])) for row in accounts)


@cache
def wordings() -> frozenset[str]:
    """Every header and every label that a seed declares, as wordings are compared."""
    headers = {word for row in _header_rows() for word in (row.word.parent, row.word.header) if word}
    return frozenset((*headers, *group_words(), *stages(), *_whole_labels()))


def is_whole_label(text: str) -> bool:
    """Whether a label, list numbers aside, is the name of an account or a line of a summary: nothing is cut
    off.
    """
    return key(bare_label(compact(text))) in _whole_labels()


@lru_cache(maxsize=16384)
def bare_label(text: str) -> str:
    """``text`` (compact) without list numbers. A numeral without a mark behind it is one only where what
    remains is a known name: 一 of 一般公共服务支出 is none.
    """
    plain = without_number(text)
    if key(plain) in _whole_labels():
        return plain
    numeral = _NUMERAL.match(plain)
    for length in range(numeral.end() if numeral else 0, 0, -1):
        if key(plain[length:]) in _whole_labels():
            return plain[length:]
    return plain


_SHORTEST_BEGINNING: Final = 7


@lru_cache(maxsize=8192)
def row_label(label: str) -> RowLabel:
    """What a printed row label says by its wording (seed ``row_label``), list numbers aside.

    A label that the print cuts off says what all labels that begin so say.
    """
    printed = key(label)
    known = _row_labels()
    plain = bare_label(printed)
    for text in (printed, plain):
        if text in known:
            return known[text]
    if len(plain) >= _SHORTEST_BEGINNING:
        begun = {said for text, said in known.items() if text.startswith(plain)}
        if len(begun) == 1:
            return begun.pop()
    return RowLabel()
