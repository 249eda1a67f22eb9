"""Figures stated in prose: the sentences of the explanatory chapters → ``staging.statement``.

One way for every publisher: paragraphs under their headings (``text``), figures with their units
(``figures``), what the words say they measure and of whom (``words``, seeds
``narrative_*``), lists of parts (``lists``). A figure that only sets a limit, counts something else
or stands in a definition is no statement.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from dagster_project.forms.identity import DocumentIdentity
from dagster_project.forms.narrative.lists import lists_of
from dagster_project.forms.narrative.performance import is_review
from dagster_project.forms.narrative.reader import Fact, Reader
from dagster_project.forms.narrative.text import Headings, Paragraph, full_width, paragraphs
from dagster_project.forms.narrative.words import Accounts
from dagster_project.forms.outline import Block
from dagster_project.records import ProblemRecord, StatementRecord

_CONTEXT_BEFORE: Final = 10
_CONTEXT: Final = 20
_SENTENCE: Final = re.compile(r"[。！？]")
_PROSE: Final = ("front", "prose")
_GRAND_TOTAL: Final = "total.amount"
_BOTH: Final = re.compile(r"收(?:入)?[、，及和与]?支(?:出)?")
_BALANCES: Final = (".carried_over", ".use_of_surplus", ".closing_balance", ".surplus_distribution")
_RESTATED: Final = "appropriation."


def statements(
    document_id: str,
    document: str,
    identity: DocumentIdentity,
    blocks: Sequence[Block],
    accounts: Mapping[str, str] | None = None,
) -> tuple[list[StatementRecord], list[ProblemRecord]]:
    """Every figure that the document's prose states about the body's money, staff, vehicles and performance.

    ``accounts`` are the codes and names that the document's own forms print: a path 类款项 becomes a code by
    them before the account lists are asked. Amounts are as printed (亿元 exactly in 万元), a decrease is
    negative; an account no list knows keeps its name in the key and is a problem.
    """
    reader = Reader(identity.kind, identity.fiscal_year or 0, Accounts(accounts))
    headings = Headings()
    width = full_width(line for block in blocks if block.kind in _PROSE for line in block.lines)
    facts: list[Fact] = []
    for block in blocks:
        if block.kind in _PROSE:
            facts.extend(reader.facts(paragraphs(block.lines, headings, width)))
        elif block.kind == "performance":
            facts.extend(reader.facts(_reviews(block, headings, width)))
    _settle(facts)
    return _records(document_id, document, facts), _problems(document_id, document, reader.unresolved)


def _reviews(block: Block, headings: Headings, width: int) -> list[Paragraph]:
    """The running text between performance forms (自评综述): all else in such a block is the form's own."""
    found = paragraphs(block.lines, Headings(headings.path), width)
    return [paragraph for paragraph in found if is_review(paragraph.text)]


def _settle(facts: list[Fact]) -> None:
    """Marks the lists of parts; the document's only list of functions bears the plain keys."""
    for fact, listed in zip(facts, lists_of(facts), strict=True):
        fact.listed = listed
    _take_sides(facts)
    if any(fact.item.startswith("function.") for fact in facts):
        return
    for fact in facts:
        if fact.item.startswith(f"{_RESTATED}function."):
            fact.item = fact.item.removeprefix(_RESTATED)


def _take_sides(facts: Sequence[Fact]) -> None:
    """A total of one side (支出总计) that is exactly its 基本支出 and 项目支出 is that of the year alone."""
    for whole in facts:
        if whole.item != _GRAND_TOTAL or whole.listed.whole_of is None or _BOTH.search(whole.figure.near):
            continue
        parts = [fact for fact in facts if fact.listed.part_of == whole.listed.whole_of]
        side = {fact.subject.partition(".")[0] for fact in parts}
        balanced = any(fact.subject.endswith(_BALANCES) for fact in parts)
        if len(side) == 1 and not balanced and sum(fact.amount for fact in parts) == whole.amount:
            whole.subject = f"{side.pop()}.total"
            whole.item = f"{whole.subject}.amount"


def _records(document_id: str, document: str, facts: Sequence[Fact]) -> list[StatementRecord]:
    seen: Counter[str] = Counter()
    records = []
    for position, fact in enumerate(facts, start=1):
        seen[fact.item] += 1
        identifier = hashlib.sha256(f"{document_id}|{fact.item}|{seen[fact.item]}".encode()).hexdigest()[:16]
        line = fact.paragraph.line_at(fact.figure.start)
        records.append(
            StatementRecord(
                statement_id=identifier,
                document_id=document_id,
                document=document,
                item=fact.item,
                year=fact.year,
                amount=fact.amount,
                unit=fact.unit,
                decimals=fact.figure.decimals,
                page=line.page,
                line=line.number,
                context=_context(fact),
                text_printed=fact.paragraph.printed[fact.figure.start : fact.figure.end],
                sentence=_sentence(fact),
                scope=fact.scope,
                verb=fact.measure.verb,
                base=fact.base,
                position=position,
                part_of=fact.listed.part_of,
                whole_of=fact.listed.whole_of,
                exhaustive=fact.listed.exhaustive,
                bbox=fact.paragraph.box(fact.figure.start, fact.figure.end),
            )
        )
    return records


def _context(fact: Fact) -> str:
    start = max(0, fact.figure.start - _CONTEXT_BEFORE)
    return fact.paragraph.printed[start : start + _CONTEXT]


def _sentence(fact: Fact) -> str:
    """The sentence a figure stands in, as printed, without white space."""
    text = fact.paragraph.text
    start = max((found.end() for found in _SENTENCE.finditer(text, 0, fact.figure.start)), default=0)
    following = _SENTENCE.search(text, fact.figure.end)
    return fact.paragraph.printed[start : following.end() if following else len(text)]


def _problems(document_id: str, document: str, unresolved: Mapping[str, int]) -> list[ProblemRecord]:
    return [
        ProblemRecord(
            document_id=document_id,
            document=document,
            page=None,
            line=line,
            form=None,
            kind="unknown_account_path",
            severity="info",
            message=f"正文科目名称无对应编码 / no code is known for the account the text names: {name}",
            action="add the account to dbt/seeds/account_function.csv",
            cause_key=f"unknown_account_path:{name}",
        )
        for name, line in unresolved.items()
    ]
