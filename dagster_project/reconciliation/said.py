"""Checks of the running text: what pieces of it mention, and the figures that one of them states.

Pieces that a pattern concerns are chosen in SQL; what they say is read in Python.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final

import duckdb

from dagster_project.reconciliation import bodies, copied, naming, outlines
from dagster_project.reconciliation.linear import in_list, quoted
from dagster_project.reconciliation.links import body_of
from dagster_project.reconciliation.pieces import FIGURES, Piece, looked_at, pieces, shown
from dagster_project.reconciliation.verdicts import Found, insert
from dagster_project.vocabulary import compact
from expectations.model import Mentions, Named, Outline, Reasons, Rule, Said, SameWords

_TITLED: Final = """SELECT document_id, CASE WHEN bool_or(unit) THEN 'unit' ELSE 'department' END FROM (
        SELECT document_id, regexp_matches(text, '单位[预决]算') AS unit, regexp_matches(regexp_replace(text,
            '部门预算(支出)?经济', ''), '部门[预决]算') AS department
        FROM staging.passage WHERE kind IN ('cover', 'heading', 'contents'))
    GROUP BY document_id HAVING bool_or(unit) <> bool_or(department)"""
"""Edition of the documents whose titles say either 部门 or 单位; 部门预算经济分类 is a statutory name."""
_YEAR: Final = re.compile(r"20\d\d")
_LEAST_CORE: Final = 4


def evaluate(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> None:
    """Append the instances of every check of the running text to ``rc_instance``."""
    engines: dict[type, Callable[..., Iterable[Found]]] = {
        Mentions: _mentions,
        Said: _said,
        Reasons: copied.evaluate,
        SameWords: _same_words,
        Outline: outlines.evaluate,
        Named: naming.evaluate,
    }
    found: list[Found] = []
    for rule in rules:
        for check in rule.checks:
            if type(check) in engines:
                found.extend(engines[type(check)](connection, rule, check))
    insert(connection, _once(found))


def _once(found: Iterable[Found]) -> list[Found]:
    """One year that several checks of a rule find wrong in one sentence is one instance."""
    kept: dict[object, Found] = {}
    for number, each in enumerate(found):
        is_year = each.state == "fail" and each.left is not None and each.unit is None and each.left_cells
        kept.setdefault((each.rule_id, each.left, each.left_cells) if is_year else number, each)
    return list(kept.values())


def _about(check: Mentions | Said) -> str:
    """SQL condition: the piece is of the check's kinds and its pattern concerns it."""
    return f"p.kind IN {in_list(check.kinds)} AND regexp_matches(p.text, {quoted(check.pattern)})"


# -- what is mentioned ----------------------------------------------------------------------------------


def _mentions(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Mentions) -> Iterator[Found]:
    where = f"p.kind IN {in_list(check.kinds)} AND {FIGURES}"
    if check.document_kind:
        where += f" AND d.kind = {quoted(check.document_kind)}"
    if check.expects == "edition":
        where += f" AND (p.document_id, d.edition) IN ({_TITLED})"
    concerned = f"{_about(check)} AND {where}"
    broken: Iterable[Found] = (
        _wrong_subjects(connection, concerned, rule, check)
        if check.expects == "subject"
        else _wrong_mentions(_chosen(connection, concerned, check), rule, check)
    )
    if check.unread:
        broken = _unread(connection, list(broken))
    yield from looked_at(connection, rule, check, broken, concerned if check.expects else where)


def _chosen(connection: duckdb.DuckDBPyConnection, concerned: str, check: Mentions) -> list[Piece]:
    around = check.follows is not None or check.precedes is not None
    return pieces(connection, concerned, neighbours=around)


def _unread(connection: duckdb.DuckDBPyConnection, broken: list[Found]) -> Iterator[Found]:
    """Of what was found in pieces of text, that of pieces which hold no sentence that states a figure."""
    stated: dict[str, set[str]] = {}
    for document_id, sentence in connection.execute(
        """SELECT DISTINCT document_id, sentence FROM rc_statement
        WHERE sentence <> '' AND list_contains(?::VARCHAR[], document_id)""",
        [sorted({each.document_id for each in broken})],
    ).fetchall():
        stated.setdefault(document_id, set()).add(compact(sentence))
    texts = dict(
        connection.execute(
            "SELECT passage_id, text FROM staging.passage WHERE list_contains(?::VARCHAR[], passage_id)",
            [sorted({cell for each in broken for cell in each.left_cells})],
        ).fetchall()
    )
    for each in broken:
        text = texts[each.left_cells[0]]
        if not any(sentence in text for sentence in stated.get(each.document_id, ())):
            yield each


def _wrong_mentions(pieces: Iterable[Piece], rule: Rule, check: Mentions) -> Iterator[Found]:
    for piece in pieces:
        if check.under and not re.search(check.under, piece.heading or ""):
            continue
        if check.also and not re.search(check.also, piece.text):
            continue
        if check.unless and re.search(check.unless, piece.text):
            continue
        if check.follows and not re.search(check.follows, piece.before or ""):
            continue
        if check.precedes and not re.search(check.precedes, piece.after or ""):
            continue
        for match in re.finditer(check.pattern, piece.text):
            wrong = _unexpected(check, piece, match) if check.expects else (_words(match), None, None)
            if wrong is None:
                continue
            words, stated, expected = wrong
            yield Found(
                piece.document_id, rule.id, f"{check.name}|{piece.id}|{match.start()}", state="fail",
                form=piece.form, key=shown(words), left=stated, right=expected, left_cells=(piece.id,),
            )  # fmt: skip
            break


def _wrong_subjects(
    connection: duckdb.DuckDBPyConnection, concerned: str, rule: Rule, check: Mentions
) -> Iterator[Found]:
    for piece, match in bodies.wrong_subjects(connection, pieces(connection, concerned), check):
        place = f"{check.name}|{piece.id}|{match.start()}"
        yield Found(
            piece.document_id, rule.id, place, state="fail", form=piece.form, key=shown(_words(match)),
            left_cells=(piece.id,),
        )  # fmt: skip


def _words(match: re.Match[str]) -> str:
    """What is shown of a piece: the group ``found`` where the pattern has one."""
    return str(match.groupdict().get("found") or match.group())


def _unexpected(
    check: Mentions, piece: Piece, match: re.Match[str]
) -> tuple[str, Decimal | None, Decimal | None] | None:
    """The words found, with stated and expected year, where the document's identity says otherwise."""
    found = match["found"]
    if check.expects == "organisation":
        return _other_body(found, piece)
    if check.expects == "edition":
        other = {"部门": "unit", "单位": "department"}.get(found)
        return (match.group(), None, None) if piece.edition == other else None
    years = [int(year) for year in _YEAR.findall(found)]
    if piece.year is None or not years:
        return None
    again = int(match.groupdict().get("again") or 0)
    right: dict[str | None, tuple[int, bool]] = {
        "year": (piece.year, piece.year in years),
        "previous_year": (piece.year - 1, piece.year - 1 in years),
        "no_later": (piece.year, years[-1] <= piece.year),
        "no_earlier": (piece.year, years[-1] >= piece.year),
        "recent": (piece.year - 1, years[-1] in (piece.year - 1, piece.year)),
        "span": (piece.year, years[0] <= piece.year <= years[-1]),
        "after_again": (again + 1, years[-1] > again),
        "before_again": (again - 1, years[-1] == again - 1),
    }
    expected, holds = right[check.expects]
    return None if holds else (_words(match), Decimal(years[0]), Decimal(expected))


def _other_body(name: str, piece: Piece) -> tuple[str, Decimal | None, Decimal | None] | None:
    """A name that is neither the document's body nor a part, a short form or a longer form of it."""
    if not piece.organisation:
        return None
    own, other = body_of(piece.organisation), body_of(name)
    if not other or own in other or other in own:
        return None
    # A body of quite another kind is named on purpose; one of the same words and another place is a slip.
    alike = other[-_LEAST_CORE:] == own[-_LEAST_CORE:] and not bodies.is_short_form(own, other)
    return (name, None, None) if alike or bodies.is_another(own, other) else None


# -- figures of one sentence ----------------------------------------------------------------------------


def _said(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Said) -> Iterator[Found]:
    concerned = _about(check)
    broken: list[Found] = []
    for piece in pieces(connection, concerned):
        for match in re.finditer(check.pattern, piece.text):
            groups = match.groupdict()
            if "again" in groups and groups["again"] != groups.get("year"):
                continue
            stated, expected, room, unit = _EQUATIONS[check.equation](groups)
            if abs(stated - expected) > room:
                place = f"{check.name}|{piece.id}|{match.start()}"
                broken.append(
                    Found(
                        piece.document_id,
                        rule.id,
                        place,
                        state="fail",
                        form=piece.form,
                        key=match.group(),
                        left=stated,
                        right=expected,
                        tolerance=room,
                        unit=unit,
                        left_cells=(piece.id,),
                    )
                )
    yield from looked_at(connection, rule, check, broken, concerned)


Groups = dict[str, str | None]
Verdict = tuple[Decimal, Decimal, Decimal, str]


def _number(groups: Groups, name: str) -> Decimal:
    return Decimal((groups.get(name) or "0").replace(",", ""))


def _half(groups: Groups, name: str) -> Decimal:
    decimals = len((groups.get(name) or "").partition(".")[2])
    return Decimal(5).scaleb(-decimals - 1)


def _sum(groups: Groups) -> Verdict:
    parts = [name for name in groups if name.startswith("part") and groups[name]]
    room = sum((_half(groups, name) for name in ("whole", *parts)), Decimal(0))
    whole = sum((_number(groups, name) for name in parts), Decimal(0))
    exact = all("." not in (groups[name] or "") for name in ("whole", *parts))
    return _number(groups, "whole"), whole, Decimal(0) if exact else room, groups.get("unit") or "count"


def _difference(groups: Groups) -> Verdict:
    names = ("now", "before", "change")
    expected = abs(_number(groups, "now") - _number(groups, "before"))
    room = sum((_half(groups, name) for name in names), Decimal(0))
    fine = all("." in (groups[name] or "") for name in names)
    return _number(groups, "change"), expected, room if fine else min(room, Decimal("0.015")), "wan"


def _growth(groups: Groups) -> tuple[Decimal, Decimal]:
    """The change in per cent of what was before, and how far the prints leave it open."""
    before = _number(groups, "before")
    if not before:
        return Decimal(0), Decimal("Infinity")
    change = _number(groups, "change") if groups.get("change") else _number(groups, "now") - before
    room = 100 * (_half(groups, "now") + _half(groups, "before")) / before
    return (100 * abs(change) / before).quantize(Decimal("0.01")), room + Decimal("0.01")


def _percent(groups: Groups) -> Verdict:
    expected, room = _growth(groups)
    return _number(groups, "percent"), expected, room + 2 * _half(groups, "percent"), "pct"


def _range(groups: Groups) -> Verdict:
    expected, room = _growth(groups)
    low, high = _number(groups, "low"), _number(groups, "high")
    nearest = min(max(expected, low), high)
    return nearest, expected, room, "pct"


def _zero_base(groups: Groups) -> Verdict:
    stated = _number(groups, "percent") if _number(groups, "before") == 0 else Decimal(0)
    return stated, Decimal(0), Decimal(0), "pct"


def _larger(groups: Groups) -> Verdict:
    now, before = _number(groups, "now"), _number(groups, "before")
    return now, max(now, before), Decimal(0), "wan"


def _smaller(groups: Groups) -> Verdict:
    now, before = _number(groups, "now"), _number(groups, "before")
    return now, min(now, before), Decimal(0), "wan"


_EQUATIONS: Final[dict[str, Callable[[Groups], Verdict]]] = {
    "sum": _sum,
    "difference": _difference,
    "percent": _percent,
    "range": _range,
    "zero_base": _zero_base,
    "larger": _larger,
    "smaller": _smaller,
}


# -- the same words with another number -----------------------------------------------------------------

_CLAUSE: Final = re.compile(r"[^;；。]+")
_LIST_MARK: Final = re.compile(r"^(?:目标)?\d{0,2}[.、:：]?")
_LEAST_WORDS: Final = 10


def _same_words(connection: duckdb.DuckDBPyConnection, rule: Rule, check: SameWords) -> Iterator[Found]:
    """Clauses of one form that are the same but for the number of a thing that is counted."""
    counted = re.compile(rf"(\d+)({'|'.join(check.counted)})")
    where = f"p.kind IN {in_list(check.kinds)} AND p.form IS NOT NULL"
    stated: dict[tuple[str, str | None, str], dict[str, Piece]] = {}
    for piece in pieces(connection, where):
        for clause in _CLAUSE.findall(piece.text):
            words = _LIST_MARK.sub("", clause)
            numbers = [found.group() for found in counted.finditer(words)]
            if len(numbers) == 1 and len(words) >= _LEAST_WORDS:
                place = (piece.document_id, piece.form, counted.sub(r"#\2", words))
                stated.setdefault(place, {}).setdefault(numbers[0], piece)
    broken = []
    for (document_id, form, words), by_number in stated.items():
        (first, piece), *others = by_number.items()
        for number, other in others:
            broken.append(
                Found(
                    document_id,
                    rule.id,
                    f"{check.name}|{other.id}|{words[:20]}",
                    state="fail",
                    form=form,
                    key=number,
                    left=Decimal(re.sub(r"\D", "", number)),
                    right=Decimal(re.sub(r"\D", "", first)),
                    unit="count",
                    left_cells=(other.id,),
                    right_cells=(piece.id,),
                )
            )
    yield from looked_at(connection, rule, check, broken, where)
