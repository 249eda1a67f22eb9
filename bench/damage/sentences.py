"""Damage to figures that a sentence states: amount, percentage, count, verb, year, base."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

from bench.damage.model import Damage, Patient, shuffled, stated
from dagster_project.records import PassageRecord, StatementRecord
from dagster_project.vocabulary import compact

_OPPOSITES: Final = (("增加", "减少"), ("增长", "下降"), ("提高", "降低"), ("大于", "小于"), ("高于", "低于"))
_NOT_COUNTED: Final = ("wan", "yuan", "pct")
_BASE: Final = re.compile(r"([比较](?:20\d\d年|上年)(?:度)?(?:年初)?)(预算数?|执行数|决算数)")
_OTHER_BASE: Final = {"预算数": "执行数", "预算": "执行数", "执行数": "预算数", "决算数": "预算数"}


def sentence_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An amount in a sentence has one wrong digit."""
    for statement in stated(patient, rng, "wan", "yuan"):
        yield _misstated("sentence_changed", patient, statement, rng)


def percentage_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A percentage in a sentence has one wrong digit."""
    for statement in stated(patient, rng, "pct"):
        yield _misstated("percentage_changed", patient, statement, rng)


def count_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A number of persons, vehicles, projects or units in a sentence has one wrong digit."""
    for statement in stated(patient, rng):
        if statement.unit not in _NOT_COUNTED:
            yield _misstated("count_changed", patient, statement, rng)


def counts_swapped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """Two numbers of one sentence change places, such as 批次 and 人次."""
    said = [each for each in patient.parsed.statements if each.unit not in _NOT_COUNTED]
    for one in shuffled(said, rng):
        beside = [
            other
            for other in said
            if other.sentence == one.sentence and (other.unit, other.amount) != (one.unit, one.amount)
        ]
        once = [each for each in (one, *beside) if one.sentence.count(each.text_printed) == 1]
        if one not in once or len(once) < 2:
            continue
        other = rng.choice(once[1:])
        marked = one.sentence.replace(one.text_printed, "\0", 1).replace(other.text_printed, "\1", 1)
        sentence = marked.replace("\0", _counting(one, other)).replace("\1", _counting(other, one))
        wrong = replace(one, amount=other.amount, sentence=sentence)
        damage = retold("counts_swapped", patient, wrong)
        yield replace(
            damage,
            target=None,
            statements={
                **damage.statements,
                other.statement_id: replace(other, amount=one.amount, sentence=sentence),
            },
        )


def verb_flipped(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """An increase is called a decrease, or the other way round."""
    for statement in stated(patient, rng):
        if not statement.verb or not statement.amount or "change" not in statement.item:
            continue
        verb = flipped(statement.verb)
        if verb != statement.verb:
            sentence = statement.sentence.replace(statement.verb, verb)
            said = replace(statement, amount=-statement.amount, verb=verb, sentence=sentence)
            yield retold("verb_flipped", patient, said)


def year_changed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A sentence that names the year names the one before or after it."""
    for statement in stated(patient, rng):
        if str(statement.year) not in statement.sentence:
            continue
        year = statement.year + rng.choice((1, -1))
        sentence = statement.sentence.replace(str(statement.year), str(year))
        said = replace(statement, year=year, sentence=sentence)
        yield retold("year_changed", patient, said)


def base_is_nothing(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """A sentence measures a percentage against an amount that it states as 0."""
    for percent in shuffled(patient.parsed.statements, rng):
        subject, _, measure = percent.item.rpartition(".")
        if measure not in ("completion_pct", "change_pct") or not percent.amount:
            continue
        for base in patient.parsed.statements:
            before = measure == "completion_pct" and base.item == f"{subject}.budget"
            before |= measure == "change_pct" and base.year < percent.year
            if base.sentence == percent.sentence and before and base.unit == "wan" and base.amount:
                said = replace(base, amount=Decimal(0), text_printed="0.00万元", decimals=2)
                sentence = base.sentence.replace(base.text_printed, "0.00万元", 1)
                yield retold("base_is_nothing", patient, replace(said, sentence=sentence))


def bases_mixed(patient: Patient, rng: random.Random) -> Iterator[Damage]:
    """One sentence compares revenue with the budget and expenditure with the execution of the year before."""
    for piece in shuffled(patient.parsed.passages, rng):
        found = list(_BASE.finditer(piece.text))
        if piece.kind != "sentence" or len(found) < 2 or found[0].group(2) != found[-1].group(2):
            continue
        first, last = found[0], found[-1]
        both = "收入" in piece.text[: first.start()], "支出" in piece.text[first.end() : last.start()]
        if not all(both) or "支出" in piece.text[: first.start()]:
            continue
        text = f"{piece.text[: last.start(2)]}{_OTHER_BASE[last.group(2)]}{piece.text[last.end(2) :]}"
        yield Damage(
            "bases_mixed", patient.document_id, passages={piece.passage_id: replace(piece, text=text)}
        )


def _counting(one: StatementRecord, other: StatementRecord) -> str:
    """The words of a number with the number of another."""
    return one.text_printed.replace(f"{one.amount:f}", f"{other.amount:f}")


def flipped(words: str) -> str:
    """The words of the opposite change."""
    for one, other in _OPPOSITES:
        if one in words:
            return words.replace(one, other)
        if other in words:
            return words.replace(other, one)
    return words


def retold(kind: str, patient: Patient, said: StatementRecord) -> Damage:
    """The statement as damaged; the others of its sentence and the running text as they read now."""
    before = next(each for each in patient.parsed.statements if each.statement_id == said.statement_id)
    told = {said.statement_id: said}
    for each in patient.parsed.statements:
        if each.sentence == before.sentence and each.statement_id not in told:
            year = said.year if each.year == before.year else each.year
            told[each.statement_id] = replace(each, sentence=said.sentence, year=year)
    pieces = _pieces(patient, compact(before.sentence), compact(said.sentence))
    return Damage(kind, said.document_id, said.statement_id, statements=told, passages=pieces)


def _pieces(patient: Patient, old: str, new: str) -> dict[str, PassageRecord | None]:
    """The pieces of running text in which the sentence stands, as they read now."""
    return {
        piece.passage_id: replace(piece, text=piece.text.replace(old, new))
        for piece in patient.parsed.passages
        if old and old != new and old in piece.text
    }


def _misstated(kind: str, patient: Patient, statement: StatementRecord, rng: random.Random) -> Damage:
    text = f"{abs(statement.amount):.{statement.decimals}f}"
    at = rng.choice([n for n, sign in enumerate(text) if sign.isdigit()])
    wrong = text[:at] + rng.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]
    amount = Decimal(wrong) * (-1 if statement.amount < 0 else 1)
    printed = statement.text_printed.replace(text, wrong)
    sentence = statement.sentence.replace(statement.text_printed, printed, 1)
    said = replace(statement, amount=amount, text_printed=printed, sentence=sentence)
    return retold(kind, patient, said)
