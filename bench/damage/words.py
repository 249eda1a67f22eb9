"""Damage to the publication itself: remainders of the template, headings, titles, dates, empty forms."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Final

from bench.damage.model import Damage, Patient, in_turn, shuffled
from bench.damage.rows import former_names
from bench.damage.sentences import flipped
from dagster_project import vocabulary
from dagster_project.records import PassageRecord, StatementRecord
from dagster_project.vocabulary import compact

_TEXT: Final = ("sentence", "note")
_TITLES: Final = ("title", "cover")
_REASON: Final = re.compile(r"(?<=原因是|原因为|主要是|主要系)[:：]?([^\d。;]{4,})(?=[。;])")
_YEAR: Final = re.compile(r"20\d\d")
_STOCK: Final = re.compile(r"(?<=截[至止])(20\d\d)(?=年12月)")
_PERIOD: Final = re.compile(r"实施周期|项目周期|实施期限")
_DEFINED: Final = re.compile("名词解释|是?指")
_GRADE: Final = re.compile(r"(?<=等级为|评级为|结果为)[“\"]?(优|良|中|差)")
_PATH: Final = re.compile(r"(?<![一-龥])([一-龥]{2,30})\((?:\d{2,3})?([类款项])\)")
_LEVELS: Final = {"类": 3, "款": 5, "项": 7}
_EMPTY: Final = "本表为空表"
_HEADS: Final = ("第.{1,3}部分", "[一二三四五六七八九十]{1,3}、", r"\([一二三四五六七八九十]{1,3}\)")


def both_words_left(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A sentence still has both words of the template: 增加（减少）."""
    for said in _said(patient, rng):
        if said.verb and (other := flipped(said.verb)) != said.verb:
            yield from _reworded("both_words_left", patient, said, said.verb, f"{said.verb}({other})")


def figure_not_filled_in(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A sentence still has the signs of the template in place of an amount."""
    for said in _said(patient, rng):
        if said.unit in ("wan", "pct"):
            unit = compact(said.text_printed).lstrip("-0123456789.,")
            yield from _reworded(
                "figure_not_filled_in", patient, said, compact(said.text_printed), f"XX{unit}", unread=True
            )


def reason_not_filled_in(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A sentence announces a reason and gives none."""
    for piece in shuffled(patient.parsed.passages, rng):
        if piece.kind in _TEXT and (found := _REASON.search(piece.text)):
            old = piece.text[: found.end()]
            yield _of_piece(
                "reason_not_filled_in", patient, piece, old, old[: found.start(1)], reads_again=True
            )


def section_removed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A heading and all that is said below it are not there, though the numbers or the contents go on."""
    pieces = sorted(patient.parsed.passages, key=lambda piece: piece.position)
    for at, _ in shuffled(_missed(pieces), rng):
        section = _section(pieces, at)
        if len(section) < 2 or any(piece.kind == "title" for piece in section):
            continue
        said = " ".join(piece.text for piece in section)
        gone = {s.statement_id for s in patient.parsed.statements if compact(s.sentence) in said}
        yield Damage(
            "section_removed", patient.document_id, statements=dict.fromkeys(gone),
            passages={piece.passage_id: None for piece in section},
        )  # fmt: skip


def heading_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A heading is not there, what is said below it is, and the numbers or the contents go on."""
    pieces = sorted(patient.parsed.passages, key=lambda piece: piece.position)
    for at, heading in shuffled(_missed(pieces), rng):
        above = next((piece.text for piece in reversed(pieces[:at]) if piece.kind == "heading"), None)
        below = [piece for piece in pieces if compact(piece.heading or "") == heading.text]
        passages: dict[str, PassageRecord | None] = {
            piece.passage_id: replace(piece, heading=above) for piece in below
        }
        yield Damage("heading_lost", patient.document_id, passages={**passages, heading.passage_id: None})


def entry_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The contents page does not list one of the headings that are there, the others it does."""
    headings = {piece.text for piece in patient.parsed.passages if piece.kind == "heading"}
    for piece in shuffled(patient.parsed.passages, rng):
        if piece.kind == "contents" and piece.text in headings:
            yield Damage("entry_lost", patient.document_id, passages={piece.passage_id: None})


def _missed(pieces: Sequence[PassageRecord]) -> list[tuple[int, PassageRecord]]:
    """Numbered headings, with their places, that the contents list or after which the numbers go on."""
    listed = {piece.text for piece in pieces if piece.kind == "contents"}
    found = []
    for at, piece in enumerate(pieces):
        if piece.kind != "heading" or (level := _level(piece.text)) == len(_HEADS):
            continue
        end = at + len(_section(pieces, at))
        goes_on = end < len(pieces) and _level(pieces[end].text) == level
        if piece.text in listed or goes_on:
            found.append((at, piece))
    return found


def title_of_another_year(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The title of a form bears the year before."""
    year = str(patient.parsed.document.fiscal_year)
    for piece in shuffled(patient.parsed.passages, rng):
        if piece.kind == "title" and year in piece.text:
            old = str(int(year) - 1)
            yield _of_piece("title_of_another_year", patient, piece, year, old)


def another_body_named(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A heading or title names the same office of another place."""
    name = compact(patient.parsed.document.organisation or "")
    for piece in shuffled(patient.parsed.passages, rng):
        if piece.kind not in ("heading", "title") or len(name) < 6 or name not in piece.text:
            continue
        at = rng.randrange(1, len(name) // 2)
        other = rng.choice([sign for sign in "东西南北" if sign != name[at]])
        yield _of_piece("another_body_named", patient, piece, name, f"{name[:at]}{other}{name[at + 1 :]}")


def stock_of_another_year(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The assets are those at the end of another year."""
    for piece in shuffled(patient.parsed.passages, rng):
        if piece.kind in _TEXT and (found := _STOCK.search(piece.text)):
            year = int(found.group()) + rng.choice((1, -1))
            yield _of_piece("stock_of_another_year", patient, piece, found.group(), str(year))


def period_of_another_year(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A project's period lies in the year before."""
    year = str(patient.parsed.document.fiscal_year)
    for piece in shuffled(patient.parsed.passages, rng):
        period = piece.kind in ("sentence", "entry") and _PERIOD.search(piece.heading or "")
        if period and set(_YEAR.findall(piece.text)) == {year}:
            yield _of_piece("period_of_another_year", patient, piece, year, str(int(year) - 1), every=True)


def grade_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The grade of an evaluation is another."""
    for piece in shuffled(patient.parsed.passages, rng):
        found = _GRADE.search(piece.text)
        if piece.kind in ("sentence", "entry") and found:
            other = rng.choice([grade for grade in "优良中差" if grade != found.group(1)])
            old = piece.text[: found.end()]
            yield _of_piece("grade_changed", patient, piece, old, f"{old[:-1]}{other}")


def account_named_amiss(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A list of what basic expenditure was spent on names an account without any amount."""
    printed = {c.code for c in patient.parsed.cells if c.form.endswith("basic_by_economic") and c.amount}
    if not printed:
        return
    for piece in shuffled(patient.parsed.passages, rng):
        named = [name for name in re.split("[、,:;。和及]", piece.text) if name in _economic()]
        if piece.kind != "sentence" or len(named) < 3 or _DEFINED.search(f"{piece.heading}{piece.text[:24]}"):
            continue
        name = rng.choice(named)
        idle = [
            other
            for other, code in _economic().items()
            if code[:3] == _economic()[name][:3] and code not in printed and other not in piece.text
        ]
        if idle:
            yield _of_piece("account_named_amiss", patient, piece, name, rng.choice(idle))


def path_broken(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The text names a section or an item below a class that it does not belong to."""
    for piece in shuffled(patient.parsed.passages, rng):
        parts = list(_PATH.finditer(piece.text)) if piece.kind in ("sentence", "heading") else []
        if len({part.group(2) for part in parts[:3]}) < 2:
            continue
        part = parts[1]
        others = _function_names(_LEVELS[part.group(2)])
        own = {code[:3] for name, code in others if part.group(1).endswith(name)}
        strange = [name for name, code in others if own and code[:3] not in own]
        if strange:
            old = piece.text[: part.end()]
            new = f"{piece.text[: part.start(1)]}{rng.choice(strange)}{piece.text[part.end(1) : part.end()]}"
            yield _of_piece("path_broken", patient, piece, old, new)


def former_name_in_text(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """The text calls an account by a name that the list had given up before the year."""
    year = patient.parsed.document.fiscal_year or 0
    codes = {
        vocabulary.key(name): code for length in _LEVELS.values() for name, code in _function_names(length)
    }
    for piece in shuffled(patient.parsed.passages, rng):
        for part in _PATH.finditer(piece.text) if piece.kind in ("sentence", "heading") else ():
            former = former_names().get(codes.get(part.group(1), ""), ())
            old = [name for name, until in former if until < year and name != part.group(1)]
            if old:
                mark = piece.text[part.end(1) : part.end()]
                yield _of_piece("former_name_in_text", patient, piece, part.group(), f"{old[0]}{mark}")


def declaration_lost(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A form without figures does not say any more that there are none."""
    forms = patient.parsed.forms
    for form in shuffled(forms, rng):
        if form.state == "declared_empty" and not form.form.startswith("perf_"):
            now = replace(form, state="printed_blank", declaration=None)
            notes = [
                piece.passage_id
                for piece in patient.parsed.passages
                if piece.form == form.form and piece.kind == "note"
            ]
            yield Damage(
                "declaration_lost", patient.document_id, passages=dict.fromkeys(notes),
                lists={"forms": [now if each is form else each for each in forms]},
            )  # fmt: skip


def declared_beside_figures(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A form with figures carries the sentence that there are none."""
    forms = patient.parsed.forms
    filled = {cell.form for cell in patient.parsed.cells if cell.amount}
    for form in shuffled(forms, rng):
        if form.state == "read" and form.form in filled:
            now = replace(form, declaration=_EMPTY)
            yield Damage(
                "declared_beside_figures", patient.document_id,
                lists={"forms": [now if each is form else each for each in forms]},
            )  # fmt: skip


def form_emptied(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A form is printed as empty, and says so, though there are figures for it."""
    yield from _without_cells("form_emptied", patient, rng, "declared_empty", _EMPTY)


def form_as_picture(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A form is printed as a picture that nobody can read."""
    yield from _without_cells("form_as_picture", patient, rng, "unreadable", None)


def _without_cells(
    kind: str, patient: Patient, rng: random.Random, state: str, declaration: str | None
) -> Iterator[Damage]:
    parsed = patient.parsed
    filled = {cell.form for cell in parsed.cells if cell.amount}
    for form in in_turn(parsed.forms, lambda form: form.form.endswith(("fund", "capital")), rng):
        if form.form in filled:
            now = replace(form, state=state, declaration=declaration)
            yield Damage(
                kind, patient.document_id,
                cells={cell.cell_id: None for cell in parsed.cells if cell.form == form.form},
                lists={"forms": [now if each is form else each for each in parsed.forms]},
            )  # fmt: skip


@cache
def _economic() -> dict[str, str]:
    """Name → code of the departments' economic accounts below their classes."""
    return {
        vocabulary.key(row["name"]): row["code"]
        for row in vocabulary.seed_rows("account_economic")
        if row["scheme"] == "economic_department" and len(row["code"]) == 5 and not row["valid_to"]
    }


@cache
def _function_names(length: int) -> tuple[tuple[str, str], ...]:
    """Names and codes of the functional accounts of a level."""
    return tuple(
        (row["name"], row["code"])
        for row in vocabulary.seed_rows("account_function")
        if row["scheme"] == "function" and len(row["code"]) == length and not row["valid_to"]
    )


def _said(patient: Patient, rng: random.Random) -> list[StatementRecord]:
    return in_turn(patient.parsed.statements, lambda said: said.item.partition(".")[0], rng)


def _section(pieces: Sequence[PassageRecord], at: int) -> list[PassageRecord]:
    """The heading at this place and everything up to the next one of its level or above."""
    level = _level(pieces[at].text)
    section = [pieces[at]]
    for piece in pieces[at + 1 :]:
        if piece.kind == "heading" and _level(piece.text) <= level:
            break
        section.append(piece)
    return section


def _level(heading: str) -> int:
    return next((n for n, head in enumerate(_HEADS) if re.match(head, heading)), len(_HEADS))


def _reworded(
    kind: str, patient: Patient, said: StatementRecord, old: str, new: str, *, unread: bool = False
) -> Iterator[Damage]:
    """The sentence of a stated figure with other words; ``unread``: no figure can be read there any more."""
    sentence = compact(said.sentence)
    if sentence.count(old) != 1:
        return
    for piece in patient.parsed.passages:
        if sentence in piece.text:
            words = replace(piece, text=piece.text.replace(sentence, sentence.replace(old, new)))
            told = _told(patient, sentence, sentence.replace(old, new), {said.statement_id} if unread else ())
            yield Damage(kind, patient.document_id, statements=told, passages={piece.passage_id: words})
            return


def _of_piece(
    kind: str,
    patient: Patient,
    piece: PassageRecord,
    old: str,
    new: str,
    *,
    every: bool = False,
    reads_again: bool = False,
) -> Damage:
    """A piece of running text with other words; ``reads_again``: so have the sentences of its figures."""
    text = piece.text.replace(old, new) if every else piece.text.replace(old, new, 1)
    told: dict[str, StatementRecord | None] = {}
    if reads_again:
        for said in patient.parsed.statements:
            if compact(said.sentence) in piece.text and compact(said.sentence) not in text:
                told[said.statement_id] = replace(said, sentence=text)
    return Damage(
        kind, patient.document_id, statements=told, passages={piece.passage_id: replace(piece, text=text)}
    )


def _told(patient: Patient, old: str, new: str, unread: Collection[str]) -> dict[str, StatementRecord | None]:
    """The stated figures of a sentence as it reads now."""
    return {
        said.statement_id: None if said.statement_id in unread else replace(said, sentence=new)
        for said in patient.parsed.statements
        if compact(said.sentence) == old
    }
