"""Names of bodies in the running text: is a name the document's own, a form of it, or that of another body.

A wrong alarm is worse than a miss here: short and long forms, units that the document lists and bodies that
it mentions elsewhere are its own affair.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from dagster_project import vocabulary
from dagster_project.reconciliation.links import body_of
from dagster_project.reconciliation.pieces import Piece
from expectations.model import Mentions

_PLACE: Final = re.compile(
    r"[一-龥]{1,9}?(?:自治区|自治州|自治县|自治旗|街道|[省市区县旗盟镇乡])(?![场容域村])"
)
_NO_PLACE: Final = re.compile(
    r"(?:城市|都市|门市|超市|社区|园区|小区|城区|辖区|灾区|景区|库区|校区|院区|保护区|县区|市区|城镇|乡镇|城乡)$"
)
_BRACKETS: Final = re.compile(r"[(（]([^()（）]*)[)）]")
_NUMERAL: Final = re.compile(r"[一二三四五六七八九十\d东南西北中上下前后新老]")
_LEAST_SLIP: Final = 8
_LEAST_CORE: Final = 4


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as names are compared: its places, from the largest down, and what the body is."""

    whole: str
    places: tuple[str, ...]
    core: str


def _parted(text: str) -> _Name:
    whole = body_of(_BRACKETS.sub("", text))
    places: list[str] = []
    rest = whole
    while (found := _PLACE.match(rest)) and not _NO_PLACE.search(found.group()):
        places.append(found.group())
        rest = rest[found.end() :]
    return _Name(whole, tuple(places), rest)


def is_short_form(one: str, other: str) -> bool:
    """Whether the characters of one name stand in the other, in order: 区政府办 of 示例区人民政府办公室."""
    short, long = sorted((one, other), key=len)
    characters = iter(long)
    return all(character in characters for character in short)


def is_another(own: str, name: str) -> bool:
    """Whether a name is one of the same kind of body elsewhere (示例市西湖区档案馆 for 东湖区), or a slip of
    one character; what looks like a form of the own name, or like nothing comparable, is not."""
    mine, other = _parted(own), _parted(name)
    if not other.core or mine.whole in other.whole or other.whole in mine.whole:
        return False
    if any(is_short_form(part, other.whole) for part in _BRACKETS.findall(own) if len(part) >= _LEAST_CORE):
        return False
    alike = mine.core == other.core
    if alike and mine.places and other.places:
        return not _same_place(mine.places, other.places)
    return not is_short_form(mine.whole, other.whole) and _one_slip(mine.whole, other.whole)


def _same_place(own: Sequence[str], other: Sequence[str]) -> bool:
    """Whether the other names the own place, and no other place of the level of one above it."""
    if not any(is_short_form(own[-1], place) for place in other):
        return False
    above = [(one, two) for one in own[:-1] for two in other[:-1] if one[-1] == two[-1]]
    return all(is_short_form(one, two) for one, two in above)


def _one_slip(one: str, other: str) -> bool:
    """One character differs, and is no number or direction: 第一小学 and 第二小学 are two bodies."""
    if len(one) != len(other) or len(one) < _LEAST_SLIP:
        return False
    wrong = [a for a, b in zip(one, other, strict=True) if a != b]
    return len(wrong) == 1 and not _NUMERAL.match(wrong[0])


def wrong_subjects(
    connection: duckdb.DuckDBPyConnection, pieces: Sequence[Piece], check: Mentions
) -> Iterator[tuple[Piece, re.Match[str]]]:
    """Sentences whose subject is another body than the document's: the first of each piece.

    A body of another kind in the same place counts where nothing else in the document speaks of it and the
    document's own body is the subject of more sentences.
    """
    subjects = [
        _Subject(piece, match, _relation(piece, match["found"]))
        for piece in pieces
        for match in _subjects(piece, check)
    ]
    tally = Counter((each.piece.document_id, each.relation) for each in subjects)
    foreign = [each for each in subjects if each.relation != "own" and _tells(each, tally)]
    texts = _texts(connection, {each.piece.document_id for each in foreign})
    recognised = _recognised(connection) if foreign else set()
    told: set[str] = set()
    for each in foreign:
        piece, of_document = each.piece, texts[each.piece.document_id]
        known = each.relation == "stranger" and _known_elsewhere(each, of_document, subjects)
        if piece.document_id in recognised or known or piece.id in told:
            continue
        if _own_stands_in(piece, of_document):
            told.add(piece.id)
            yield piece, each.match


@dataclass(frozen=True, slots=True)
class _Subject:
    """A name as the subject of a sentence; ``relation``: ``own``, ``another`` or ``stranger``."""

    piece: Piece
    match: re.Match[str]
    relation: str


def _tells(subject: _Subject, tally: Mapping[tuple[str, str], int]) -> bool:
    """A body of another kind is told only of sentences about totals, where the own body has more of them."""
    if subject.relation == "another":
        return True
    of_document = subject.piece.document_id
    return bool(subject.match["total"]) and tally[of_document, "own"] > tally[of_document, "stranger"]


def _subjects(piece: Piece, check: Mentions) -> Iterator[re.Match[str]]:
    spoken_of = check.also is None or re.search(check.also, piece.text)
    if piece.organisation and spoken_of and not (check.unless and re.search(check.unless, piece.text)):
        yield from re.finditer(check.pattern, piece.text)


def _relation(piece: Piece, name: str) -> str:
    """``own``, ``another`` (the same kind of body elsewhere), ``stranger`` (a body of the same place)."""
    own = piece.organisation or ""
    if is_another(own, name):
        return "another"
    mine, other = _parted(own), _parted(name)
    if mine.whole in other.whole or other.whole in mine.whole or is_short_form(mine.whole, other.whole):
        return "own"
    same_place = bool(mine.places and other.places) and mine.places[-1] == other.places[-1]
    return "stranger" if same_place and len(other.core) >= 2 else "own"


def _own_stands_in(piece: Piece, texts: Iterable[tuple[str, str, str]]) -> bool:
    """Whether the text below the cover uses the name of the cover: if not, the cover may be misread."""
    own = _parted(piece.organisation or "")
    name = "".join((*own.places[-1:], own.core))
    return any(kind not in ("cover", "contents") and name in vocabulary.key(text) for _, kind, text in texts)


def _known_elsewhere(
    subject: _Subject, texts: Iterable[tuple[str, str, str]], subjects: Iterable[_Subject]
) -> bool:
    """Whether the document speaks of the body anywhere but as the subject of such sentences."""
    name = subject.match["found"]
    own = {each.piece.id for each in subjects if each.match["found"] == name}
    return any(name in text for passage, _, text in texts if passage not in own)


def _texts(
    connection: duckdb.DuckDBPyConnection, documents: set[str]
) -> Mapping[str, list[tuple[str, str, str]]]:
    """Document → passage, kind and text of its running text, and the labels of its forms."""
    found: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    rows = connection.execute(
        """SELECT document_id, passage_id, kind, text FROM staging.passage
            WHERE list_contains(?::VARCHAR[], document_id)
        UNION ALL SELECT DISTINCT document_id, '', 'label', label FROM staging.cell
            WHERE label <> '' AND list_contains(?::VARCHAR[], document_id)""",
        [sorted(documents)] * 2,
    ).fetchall()
    for document_id, passage, kind, text in rows:
        found[document_id].append((passage, kind, vocabulary.compact(text)))
    return found


def _recognised(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Documents with pages whose characters were recognised in pictures: a slip there is the reader's."""
    rows = connection.execute("SELECT DISTINCT document_id FROM staging.page WHERE read_by = 'ocr'")
    return {document_id for (document_id,) in rows.fetchall()}
