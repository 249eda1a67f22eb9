"""Reasons and uses that the text gives for its figures: copied from another account, given for opposite
changes, or a sentence printed twice in a row.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from dagster_project.reconciliation.linear import quoted
from dagster_project.reconciliation.naming import marked
from dagster_project.reconciliation.pieces import FIGURES, Piece, looked_at, pieces, shown
from dagster_project.reconciliation.verdicts import Found
from expectations.model import Reasons, Rule

_WHERE: Final = f"p.kind = 'sentence' AND {FIGURES}"
_LEAST_NAME: Final = 4
_LEAST_REASON: Final = 6
_LEAST_SENTENCE: Final = 16


@dataclass(frozen=True, slots=True)
class _Given:
    """A reason or a use, the piece it stands in, the account it is given for and the way it explains."""

    words: str
    piece: Piece
    item: str = ""
    path: str = ""
    up: bool = False


def evaluate(connection: duckdb.DuckDBPyConnection, rule: Rule, check: Reasons) -> Iterator[Found]:
    """What a check of reasons finds, document by document; one passed row where it finds nothing."""
    documents: dict[str, list[Piece]] = defaultdict(list)
    for piece in _concerned(connection, check):
        documents[piece.document_id].append(piece)
    broken = {}
    for found in (found for printed in documents.values() for found in _LOOKS[check.check](printed, check)):
        words, piece, other = found
        broken[words, piece.id] = Found(
            piece.document_id, rule.id, f"{check.name}|{piece.id}|{words}", state="fail",
            key=shown(words), left_cells=(piece.id,), right_cells=(other.id,),
        )  # fmt: skip
    yield from looked_at(connection, rule, check, broken.values(), _WHERE)


def _concerned(connection: duckdb.DuckDBPyConnection, check: Reasons) -> list[Piece]:
    """The pieces that the check is about, in printed order."""
    speaks = f"regexp_matches(p.text, {quoted(check.pattern)})"
    if check.check == "other_item":
        return pieces(
            connection, f"(p.kind = 'heading' OR {_WHERE} AND (contains(p.text, '项)') OR {speaks}))"
        )
    return pieces(connection, f"{_WHERE} AND {speaks}", neighbours=check.check == "repeated")


Copied = tuple[str, Piece, Piece]
"""What is told, the piece that is wrong, and the piece it is compared with."""


def _of_another_item(printed: Sequence[Piece], check: Reasons) -> Iterator[Copied]:
    """Accounts that words given under them and under another account name, and not that other."""
    for words, of_words in _by_words(_under_items(printed, check)).items():
        for first, second in itertools.permutations(of_words, 2):
            foreign = len(first.item) >= _LEAST_NAME and first.item in words
            own = second.item in words or first.item in second.path or second.item in first.item
            if foreign and not own:
                yield first.item, second.piece, first.piece
                break


def _under_items(printed: Sequence[Piece], check: Reasons) -> Iterator[_Given]:
    """What is given under each account that a heading or a sentence names by its path 类、款、项."""
    item = path = ""
    chapter = None
    for piece in printed:
        names = [(name, level) for _, found in marked([piece]) for name, level, _ in found]
        items = [name.strip("“”") for name, level in names if level == "项"]
        if len(items) == 1:
            item, path = items[0], "".join(name for name, _ in names)
            chapter = piece.text if piece.kind == "heading" else piece.heading
        elif items or piece.kind == "heading" or piece.heading != chapter:
            item = path = ""
        if item:
            for found in re.finditer(check.pattern, piece.text):
                yield _Given(found["found"], piece, item, path)


def _for_opposite_changes(printed: Sequence[Piece], check: Reasons) -> Iterator[Copied]:
    """One reason for an increase and a decrease: the later of the two is told."""
    given = (each for each in _with_direction(printed, check) if len(each.words) >= _LEAST_REASON)
    for words, (first, *others) in _by_words(given).items():
        opposite = next((each for each in others if each.up is not first.up), None)
        if opposite and not (check.unless and re.search(check.unless, words)):
            yield words, opposite.piece, first.piece


def _with_direction(printed: Sequence[Piece], check: Reasons) -> Iterator[_Given]:
    """Reasons and whether the last word of change before them speaks of an increase."""
    assert check.up
    assert check.down
    for piece in printed:
        for found in re.finditer(check.pattern, piece.text):
            said = piece.text[: found.start("found")]
            up, down = (max((m.end() for m in re.finditer(words, said)), default=0)
                        for words in (check.up, check.down))  # fmt: skip
            if up or down:
                yield _Given(found["found"], piece, up=up > down)


def _repeated(printed: Sequence[Piece], _: Reasons) -> Iterator[Copied]:
    """A sentence with a figure that is printed twice in a row below one heading."""
    for first, second in itertools.pairwise(printed):
        same = first.text == second.text == second.before and first.heading == second.heading
        if same and len(first.text) >= _LEAST_SENTENCE:
            yield first.text, second, first


def _by_words(given: Iterator[_Given]) -> dict[str, list[_Given]]:
    found: dict[str, list[_Given]] = defaultdict(list)
    for each in given:
        found[each.words].append(each)
    return found


_LOOKS: Final[dict[str, Callable[[Sequence[Piece], Reasons], Iterator[Copied]]]] = {
    "other_item": _of_another_item,
    "opposite": _for_opposite_changes,
    "repeated": _repeated,
}
