"""Accounts that the running text names: do they have an amount, do their names lead to one account, has the
list given a name up.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Final

import duckdb

from dagster_project import vocabulary
from dagster_project.reconciliation.bodies import is_short_form
from dagster_project.reconciliation.linear import quoted
from dagster_project.reconciliation.pieces import Piece, looked_at, pieces, shown
from dagster_project.reconciliation.verdicts import Found
from expectations.model import Named, Rule

_LEVELS: Final = {"类": 3, "款": 5, "项": 7}
_MARKED: Final = re.compile(r"([一-龥()、“”]{2,40}?)\((?:\d{2,3})?([类款项])\)")
_LIST: Final = re.compile(r"[、,;:。]|等|以及")
_AND: Final = re.compile(r"[和及与]")
_DEFINITION: Final = re.compile(r"名词解释|是?指")
_OPENING: Final = 24
_TAIL: Final = 4
_LEAST_NAMED: Final = 3
_AMOUNT: Final = re.compile(r"(\d[\d,]*\.?\d*)万元")
NOT_SETTLED: Final = "no list says what the name stands for|现有清单无法确认该名称"


@dataclass(frozen=True, slots=True)
class _Account:
    code: str
    since: int
    until: int


@cache
def _accounts(seed: str) -> dict[str, tuple[_Account, ...]]:
    """Name, as names are compared → the accounts that bear or bore it."""
    found: dict[str, list[_Account]] = defaultdict(list)
    for row in vocabulary.seed_rows(seed):
        if row["scheme"] in ("function", "economic_department"):
            since, until = int(row["valid_from"] or 0), int(row["valid_to"] or 9999)
            found[vocabulary.key(row["name"])].append(_Account(row["code"], since, until))
    return {name: tuple(accounts) for name, accounts in found.items()}


def evaluate(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Named) -> Iterator[Found]:
    looks = {
        "amounts": _without_amount,
        "unlisted": _not_named,
        "path": _broken_paths,
        "renamed": _old_names,
    }
    yield from looks[check.check](connection, rule, check)


@dataclass(frozen=True, slots=True)
class _Listing:
    """A sentence that lists economic accounts, the words of its list, and the accounts of the form."""

    piece: Piece
    words: str
    closed: bool
    printed: dict[str, str]


def _listings(connection: duckdb.DuckDBPyConnection, check: Named) -> Iterator[_Listing]:
    """The lists between ``after`` and ``until`` in documents whose form prints accounts below the classes."""
    assert check.after and check.form
    printed: dict[str, dict[str, str]] = defaultdict(dict)
    for document_id, code, label in connection.execute(
        f"""SELECT DISTINCT document_id, code, coalesce(label, '') FROM rc_cell
        WHERE form = {quoted(check.form)} AND yuan <> 0 AND code IS NOT NULL"""
    ).fetchall():
        printed[document_id][code] = label
    condition = f"p.kind IN ('sentence', 'note') AND regexp_matches(p.text, {quoted(check.after)})"
    for piece in pieces(connection, condition):
        of_document = printed[piece.document_id]
        if not any(code.startswith(check.under) and len(code) > 3 for code in of_document):
            continue
        if _DEFINITION.search(f"{piece.heading or ''}{piece.text[:_OPENING]}"):
            continue
        if begins := re.search(check.after, piece.text):
            rest = piece.text[begins.end() :]
            end = re.search(check.until, rest) if check.until else None
            words = rest[: end.start()] if end else rest
            open_ended = bool(end and end.group().startswith("等")) or "等" in words[-_TAIL:]
            yield _Listing(piece, words, not open_ended, of_document)


def _without_amount(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Named) -> Iterator[Found]:
    """Economic accounts that a list of the text names and for which the form prints no amount."""
    known = {
        name: {account.code for account in accounts if account.code.startswith(check.under)}
        for name, accounts in _accounts("account_economic").items()
    }
    for listing in _listings(connection, check):
        idle = [
            name
            for name in _listed_names(listing.words)
            if (codes := known.get(vocabulary.key(name)) or known.get(_plain(name)))
            and codes.isdisjoint(listing.printed)
        ]
        yield _listed(rule, check, listing, idle)


def _not_named(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Named) -> Iterator[Found]:
    """Accounts of the form that a list without 等 leaves out; of few recognised names nobody can say."""
    known = _accounts("account_economic")
    for listing in _listings(connection, check):
        named = [name for name in _listed_names(listing.words) if vocabulary.key(name) in known]
        if not listing.closed or len(named) < _LEAST_NAMED:
            continue
        words = [_plain(name) for name in _listed_names(listing.words)]
        lost = [
            label
            for code, label in sorted(listing.printed.items())
            if code.startswith(check.under) and len(code) == _LEVELS["款"] and label
            and not any(is_short_form(_plain(label), name) for name in words)
        ]  # fmt: skip
        yield _listed(rule, check, listing, lost)


def _plain(name: str) -> str:
    return vocabulary.key(name).removesuffix("支出")


def _listed(rule: Rule, check: Named, listing: _Listing, wrong: Sequence[str]) -> Found:
    piece = listing.piece
    return Found(
        piece.document_id, rule.id, f"{check.name}|{piece.id}", state="fail" if wrong else "pass_exact",
        form=check.form, key="、".join(dict.fromkeys(wrong)) or None, left_cells=(piece.id,),
    )  # fmt: skip


def _listed_names(words: str) -> list[str]:
    """The names of a list; those that 和 joins are taken apart where no account bears both."""
    known = _accounts("account_economic")
    names = [name for name in _LIST.split(words) if name]
    return [
        part
        for name in names
        for part in ([name] if {vocabulary.key(name), _plain(name)} & known.keys() else _AND.split(name))
    ]


Marked = tuple[str, str, bool]
"""A name, what it is marked as, and whether a stroke joins it to the name before (甲（项）/乙（项）)."""


def marked(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, list[Marked]]]:
    """Pieces with the names they mark as 类, 款 or 项, in printed order."""
    for piece in pieces:
        names = [
            (found.group(1), found.group(2), piece.text[: found.start()].endswith("/"))
            for found in _MARKED.finditer(piece.text)
        ]
        if names:
            yield piece, names


_WITH_MARKS: Final = (
    r"regexp_matches(p.text, '\((?:\d{2,3})?[类款项]\)') AND p.kind IN ('sentence', 'heading')"
)


def _ending(name: str, level: str, known: Iterable[tuple[str, str]]) -> list[str]:
    """Codes of that level whose name the words end with; the longest name counts."""
    text = vocabulary.key(name)
    fitting = [(each, code) for each, code in known if len(code) == _LEVELS[level] and text.endswith(each)]
    longest = max((len(each) for each, _ in fitting), default=0)
    return [code for each, code in fitting if len(each) == longest]


def _old_names(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Named) -> Iterator[Found]:
    """Names that the list had given up before the document's year: one old text, one instance a document."""
    accounts = _accounts("account_function")
    given_up = {
        (name, account.code): account.until
        for name, of_name in accounts.items()
        for account in of_name
        if account.until < max(other.until for other in of_name) or account.until < 9999
    }
    old_names: dict[str, dict[tuple[int, str], str]] = defaultdict(dict)
    for piece, names in marked(pieces(connection, _WITH_MARKS)):
        for name, level, _ in names:
            for code in _ending(name, level, given_up):
                old = next(n for n, c in given_up if c == code and vocabulary.key(name).endswith(n))
                valid = [
                    a for a in accounts[old] if len(a.code) == len(code) and a.until >= (piece.year or 0)
                ]
                if valid or given_up[old, code] >= (piece.year or 0):
                    continue
                old_names[piece.document_id].setdefault((given_up[old, code], old), piece.id)
    broken = [
        Found(
            document_id,
            rule.id,
            f"{check.name}|renamed",
            state="fail",
            key="、".join(name for _, name in sorted(names)),
            left_cells=tuple(dict.fromkeys(names[each] for each in sorted(names))),
        )
        for document_id, names in old_names.items()
    ]
    yield from looked_at(connection, rule, check, broken, _WITH_MARKS)


def _broken_paths(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Named) -> Iterator[Found]:
    """Names of a path 类、款、项 that do not lead to one account of the document's forms or of the lists."""
    printed = _printed_accounts(connection)
    listed = {(name, a.code) for name, of_name in _accounts("account_function").items() for a in of_name}
    broken = []
    for piece, names in marked(pieces(connection, _WITH_MARKS, neighbours=True)):
        own = printed.get(piece.document_id, {})
        known = listed | set(own)
        for index, (name, level, joined) in enumerate(names):
            codes = _ending(name, level, known)
            above = [] if joined else names[max(0, index - 2) : index]
            parents = [
                code
                for other, upper, _ in above
                if _LEVELS[upper] < _LEVELS[level]
                for code in _ending(other, upper, known)
            ]
            wrong = _wrong_name(_Name(name, level, f"{piece.text}{piece.after or ''}"), codes, parents, own)
            if wrong is None:
                continue
            place = f"{check.name}|{piece.id}|{index}"
            state, reason = ("fail", None) if wrong else ("not_evaluable", NOT_SETTLED)
            broken.append(
                Found(
                    piece.document_id,
                    rule.id,
                    place,
                    state=state,
                    reason=reason,
                    key=shown(name),
                    left_cells=(piece.id,),
                )
            )
    yield from looked_at(connection, rule, check, broken, _WITH_MARKS)


Printed = dict[tuple[str, str], set[Decimal]]


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a path, what it is marked as (类, 款, 项), and the text it stands in and goes on in."""

    text: str
    level: str
    said_in: str


def _wrong_name(name: _Name, codes: Sequence[str], parents: Sequence[str], own: Printed) -> bool | None:
    """True: the name is another's; False: nobody can say; None: it is right."""
    if codes:
        return None if not parents or any(c.startswith(p) for c in codes for p in parents) else True
    others = [c for other in _LEVELS if other != name.level for c in _ending(name.text, other, own)]
    if others:
        return True
    amounts = {Decimal(found.replace(",", "")) for found in _AMOUNT.findall(name.said_in)}
    beside = [
        code
        for (_, code), values in own.items()
        if len(code) == _LEVELS[name.level]
        and any(code.startswith(p) for p in parents)
        and values & (amounts - {Decimal(0)})
    ]
    return bool(beside)


def _printed_accounts(connection: duckdb.DuckDBPyConnection) -> dict[str, Printed]:
    """Document → (name, code) of its own forms → the amounts (万元, two decimals) of that row."""
    found: dict[str, Printed] = defaultdict(lambda: defaultdict(set))
    for document_id, label, code, yuan in connection.execute(
        """SELECT DISTINCT document_id, label, code, yuan FROM rc_cell
        WHERE scheme = 'function' AND code IS NOT NULL AND is_money AND label <> ''"""
    ).fetchall():
        amount = (yuan / 10_000).quantize(Decimal("0.01"))
        found[document_id][vocabulary.key(label), code].add(amount)
    return found
