"""Which column a printed header cell means: its own wording under the wordings printed above it.

A header is a path of cells from the top of the table down (``预算数`` over ``合计``). Words for the stage
(预算数, 决算数, 年初预算数) and the year are taken apart from words for the column (基本支出, 小计); both
together give the column key. Nothing is guessed: a path with an unknown word is ``unknown``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from dagster_project import vocabulary

_YEAR: Final = re.compile(r"(20\d\d)年?(?:度)?|[X×]{2,4}年度?")
_UNIT_TAIL: Final = re.compile(r"\((?:单位:?)?(?:人民币)?(?:万元|千元|元|%|万元\)?|\d+(?:[=+\-]\d+)*)\)$")
_BASIS_TAIL: Final = re.compile(r"\((?:按|分)[^()]*\)$")
_NAMED_KEY: Final = re.compile(r"科目|分类|单位|部门")
_COMPARED: Final = re.compile(
    r"^(?:本年度?|当年|今年|年度)?(?:预算数?|执行数?|决算数?)?(?:比|较|与).*(?:预算|执行|决算|上年|完成|同期|相比|增减)"
)
_NO_HEADER: Final = re.compile(r"单位:|编制单位|金额单位|表$|^\d+$")
_JOIN_LIMIT: Final = 7
_SHORTEST_CUT: Final = 3
_SIDES: Final = frozenset({"收入", "支出"})
_UNREAD: Final = frozenset({"unknown", "empty"})
_OF_WHICH: Final = "其中:"
_KEYS: Final = frozenset({"code", "label"})
_PRIOR: Final = {"prior_budget": "budget", "prior_actual": "actual", "prior": None}
_PRIOR_AND: Final = {
    "budget": "prior_budget",
    "budget_initial": "prior_budget",
    "final": "prior_actual",
    "actual": "prior_actual",
}
_THREE_PUBLIC: Final = re.compile(r"三公经费(?:财政拨款|支出|预算|决算|安排|数)*$")
_OWNER: Final = re.compile(r"^(?!.*科目).*(?:单位|部门(?!预算|支出|经济))")


@dataclass(frozen=True, slots=True)
class Header:
    """What a header cell means.

    ``role``: ``value``, ``code``, ``code_part``, ``label``, ``attribute``, ``ignored``, ``group``, ``cut``
    (the print cuts the wording off: ``candidates`` are what it may be) or ``unknown``. ``column``: key of a
    value.
    """

    role: str
    column: str
    printed: str
    candidates: tuple[str, ...] = ()


def resolve(form: str, path: Sequence[str], fiscal_year: int | None) -> Header:
    """The meaning of a header path, outermost cell first, as printed; wrapped wordings may be several
    cells.
    """
    printed = "/".join(vocabulary.compact(cell) for cell in path if cell.strip())
    words = tuple(_cleaned(path))
    found = _resolve_words(form, words, fiscal_year)
    role, column, candidates = found
    return Header(role=role, column=column, printed=printed, candidates=candidates)


def is_header_word(form: str, text: str) -> bool:
    """Whether a cell's text alone is a header wording of the form, a stage or a year, whole."""
    word = _clean(text)
    if not word:
        return False
    return (
        _known(form, word) or _stage_of(form, word) is not None or bool(_COMPARED.match(_YEAR.sub("", word)))
    )


def names_owner(text: str) -> bool:
    """Whether the header cell of a code or a label is about the spending unit (单位编码, 部门名称)."""
    return bool(_OWNER.search(text))


def names_no_amount(form: str, text: str) -> bool:
    """Whether a header word is a code, label, attribute or stage: something that no row of figures is
    labelled.
    """
    word = _clean(text)
    found = vocabulary.header_words(form).get(("", word))
    if found is not None:
        return found.role not in ("value", "base", "ignored")
    return word in vocabulary.group_words() or _stage_of(form, word) is not None


def _cleaned(path: Sequence[str]) -> Iterator[str]:
    previous = None
    for cell in path:
        word = _clean(cell)
        if not word or word == previous or _NO_HEADER.search(word):
            continue
        previous = word
        yield word


@lru_cache(maxsize=16384)
def _clean(cell: str) -> str:
    word = _UNIT_TAIL.sub("", vocabulary.key(cell)).rstrip(":")
    return _BASIS_TAIL.sub("", word) or word


@lru_cache(maxsize=16384)
def _resolve_words(
    form: str, words: tuple[str, ...], fiscal_year: int | None
) -> tuple[str, str, tuple[str, ...]]:
    if not words:
        return "empty", "", ()
    # Wordings that are declared one over the other are two (本年收入 over 合计 is not 本年收入合计).
    two = words[-2:] in vocabulary.header_words(form)
    for joined in (words, *_joinings(words)) if two else _joinings(words):
        found = _resolve_joined(form, joined, fiscal_year)
        if found:
            return found[0], found[1], ()
    candidates = _cut_candidates(form, words, fiscal_year)
    if len(candidates) == 1:
        return "value", candidates[0], ()
    return ("cut" if candidates else "unknown"), "", candidates


def _joinings(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All ways to read neighbouring cells as one wrapped wording, the least pieces first."""
    if len(words) > _JOIN_LIMIT:
        yield words
        return
    count = len(words) - 1
    for cuts in sorted(range(2**count), key=int.bit_count):
        pieces, piece = [], words[0]
        for index in range(count):
            if cuts >> index & 1:
                pieces.append(piece)
                piece = words[index + 1]
            else:
                piece += words[index + 1]
        yield (*pieces, piece)


def _resolve_joined(form: str, words: tuple[str, ...], fiscal_year: int | None) -> tuple[str, str] | None:
    stage: str | None = None
    prior = False
    items: list[str] = []
    for word in words:
        read = _stage_of(form, word)
        if read is None:
            items.append(word)
            continue
        year, found, rest = read
        if found:
            stage = _more_special(stage, found)
        if year is not None and fiscal_year is not None and year != fiscal_year:
            prior = True
        if rest:
            items.append(rest)
    role, column = _item(form, items)
    if role is None:
        return None
    if role not in ("value", "base") and stage and set(items) <= vocabulary.group_words():
        role = "base"
    if role not in ("value", "base"):
        return (role, column) if stage is None else None
    staged = _staged(form, "" if role == "base" else column, stage, prior=prior)
    return ("value", staged) if staged else None


def _more_special(stage: str | None, found: str) -> str:
    """Of two stages on one path the one that says more (增减情况 over 增减额; 上年预算数 over 预算数)."""
    if "prior" in (stage, found):
        other = found if stage == "prior" else stage
        return _PRIOR_AND.get(other or "", "prior")
    if stage in ("change_amount", "change_percent") or (
        stage in _PRIOR and found in ("budget", "actual", "final")
    ):
        return stage
    return found


@lru_cache(maxsize=16384)
def _stage_of(form: str, word: str) -> tuple[int | None, str | None, str] | None:
    """(year, stage, remaining item) where the word names a year or stage, else ``None``."""
    year_match = _YEAR.match(word)
    year = int(year_match.group(1)) if year_match and year_match.group(1) else None
    rest = _YEAR.sub("", word, count=1) if year_match else word
    if not rest:
        return year, None, ""
    if rest in vocabulary.stages():
        return year, vocabulary.stages()[rest], ""
    if _COMPARED.match(_YEAR.sub("", rest)):
        return None, _change(rest), ""
    if _known(form, rest):
        return (year, None, rest) if year_match else None
    for size in range(min(8, len(rest) - 2), 1, -1):
        stage = vocabulary.stages().get(rest[-size:])
        if stage and _known(form, rest[:-size]):
            return year, stage, rest[:-size]
    return None


def _change(word: str) -> str:
    if "%" in word or word.endswith(("率", "幅度", "比例")):
        return "change_percent"
    return "change_amount" if word.endswith(("额", "数", "量")) and "增减" in word else "change"


def _known(form: str, word: str) -> bool:
    return word in _known_words(form)


@lru_cache(maxsize=64)
def _known_words(form: str) -> frozenset[str]:
    return frozenset(header for _, header in vocabulary.header_words(form)) | vocabulary.group_words()


def _item(form: str, items: Sequence[str]) -> tuple[str | None, str]:
    """Role and column key of the words that are left when year and stage are taken off."""
    if not items:
        return "base", ""
    words = vocabulary.header_words(form)
    leaf, above = items[-1], items[:-1]
    if any(word not in _parents(form) and not _names_all(form, word) for word in above):
        return _key_below(form, above, leaf)
    below = (words[parent, leaf] for parent in reversed(above) if (parent, leaf) in words)
    found = next(below, None)
    if found is None and ("", leaf) in words:
        return _alone(form, above, words["", leaf])
    if found is not None:
        return found.role, found.column
    if leaf.startswith(_OF_WHICH):
        return _item(form, [*above, leaf.removeprefix(_OF_WHICH)])
    return ("base" if leaf in vocabulary.group_words() else None), ""


def _alone(form: str, above: Sequence[str], leaf: vocabulary.HeaderWord) -> tuple[str | None, str]:
    """A word that is declared for itself, below words that it is not declared below."""
    if leaf.role == "base":
        return _base_below(form, above)
    if leaf.column == "total" and any(word in _columns(form) for word in above):
        return None, ""
    return leaf.role, leaf.column


def _base_below(form: str, above: Sequence[str]) -> tuple[str, str]:
    """金额 below the name of a column is that column's, below anything else the whole row's."""
    for word in reversed(above):
        found = vocabulary.header_words(form).get(("", word))
        if found is None or found.role != "value":
            continue
        # A word that also groups columns (财政拨款收入) is one only where the form has such a column.
        if word in _columns(form) or (
            found.column in _parts(form) and not vocabulary.forms()[form].has_sides
        ):
            return "value", found.column
    return "base", ""


@lru_cache(maxsize=64)
def _parts(form: str) -> frozenset[str]:
    """Column keys of the form that are a part of the row's whole."""
    return frozenset(vocabulary.column_order(form)) - {"total", "amount", "current_year"}


def _key_below(form: str, above: Sequence[str], leaf: str) -> tuple[str | None, str]:
    """A code or label below words that only say which classification or body it is of."""
    key = vocabulary.header_words(form).get(("", leaf))
    if key is None or key.role not in _KEYS or not all(map(_NAMED_KEY.search, above)):
        return None, ""
    return key.role, key.column


def _names_all(form: str, word: str) -> bool:
    """Whether a word over a header only says what the whole form of the “三公”经费 is about."""
    one_row = vocabulary.forms()[form].keyed_by == "single_row"
    staged = word.startswith(tuple(vocabulary.stages())) or _YEAR.match(word)
    return one_row and not staged and _THREE_PUBLIC.search(word) is not None


@lru_cache(maxsize=64)
def _parents(form: str) -> frozenset[str]:
    """Words that may stand over a header: groups, declared parents, columns that have parts, 编码 over 类
    款 项.
    """
    words = vocabulary.header_words(form)
    keys = {header for (_, header), word in words.items() if word.role in ("code", "label")}
    return vocabulary.group_words() | {parent for parent, _ in words} | _columns(form) | keys


@lru_cache(maxsize=64)
def _columns(form: str) -> frozenset[str]:
    """Header words that name a column of their own wherever they stand, 合计 and its like excepted."""
    groups = vocabulary.group_words()
    return frozenset(
        header
        for (parent, header), word in vocabulary.header_words(form).items()
        if word.role == "value" and not parent and word.column != "total" and header not in groups
    )


def base_column(form: str) -> str:
    """The column key of an amount that stands for the whole row (金额, 预算数 alone)."""
    two_sided = vocabulary.forms()[form].has_sides
    return "amount" if two_sided or form == "final_general_basic_by_economic" else "total"


def _staged(form: str, item: str, stage: str | None, *, prior: bool) -> str | None:
    """Item and stage together as one column key; ``None`` where the form has no such combination."""
    whole = item in ("", "total", "amount")
    final = stage in ("final", "actual")
    budget = vocabulary.forms()[form].kind == "budget"
    if stage is not None and stage.startswith("change"):
        change = "change_percent" if stage == "change_percent" else "change_amount"
        return change if whole else f"{change}_{item}"
    if prior or stage in _PRIOR or (budget and final):
        return _of_prior_year(item, _PRIOR.get(stage or "", stage), whole=whole, form=form)
    if form == "final_three_public":
        return _three_public_final(item or "total", stage)
    if budget or final or stage is None:
        return item or base_column(form)
    return stage if whole else f"{stage}_{item}"


def _of_prior_year(item: str, stage: str | None, *, whole: bool, form: str) -> str:
    if stage is None and vocabulary.forms()[form].kind == "final":
        stage = "final"
    if item in ("", "amount") or (whole and stage in ("actual", "final")):
        return "prior_year_actual" if stage in ("actual", "final") else "prior_year_budget"
    if form == "final_three_public":
        return f"prior_year_{stage or 'final'}_{item}"
    return f"prior_year_{item}"


def _three_public_final(item: str, stage: str | None) -> str | None:
    if stage is None:
        return None
    side = "final" if stage in ("final", "actual") else "adjusted" if stage == "budget_adjusted" else "budget"
    return f"agency_operating_{side}" if item == "agency_operating" else f"{side}_{item}"


def _cut_candidates(form: str, words: tuple[str, ...], fiscal_year: int | None) -> tuple[str, ...]:
    """Columns whose header begins with a last word that the print cuts off, in statutory order."""
    *above, leaf = words
    if len(leaf) < _SHORTEST_CUT:
        return ()
    found: dict[str, None] = {}
    for header in _columns(form):
        if header.startswith(leaf) and header != leaf:
            read = _resolve_joined(form, (*above, header), fiscal_year)
            if read and read[0] == "value":
                found[read[1]] = None
    order = vocabulary.column_order(form)
    return tuple(sorted(found, key=lambda column: order.get(column, 99)))


def is_side(form: str, text: str) -> bool:
    """Whether a header cell only names a side of a two-sided form (收入, 本年支出)."""
    word = _clean(text)
    if word in _SIDES:
        return True
    ends = word.endswith(tuple(_SIDES)) and word in vocabulary.group_words()
    return ends and vocabulary.forms()[form].has_sides


def is_group(text: str) -> bool:
    """Whether a header cell is a word that only groups columns (收入, 项目, 基本支出)."""
    return _clean(text) in vocabulary.group_words()


def is_stage(form: str, text: str) -> bool:
    """Whether a header cell is a year, a stage or a comparison (2024年, 预算数, 增减率)."""
    return _stage_of(form, _clean(text)) is not None


def says_actual(form: str, path: Sequence[str]) -> bool:
    """Whether a header path names figures of execution (执行数, 决算数)."""
    read = (_stage_of(form, _clean(cell)) for cell in path)
    stages = {stage for found in read if found for stage in (found[1],)}
    return bool(stages & {"actual", "final", "prior_actual"})


def can_head(form: str, text: str, below: Sequence[Sequence[str]], fiscal_year: int | None) -> bool:
    """Whether a header cell can stand over the columns whose header cells so far are ``below``.

    Groups and stages stand over anything; a word with declared parts over those parts; anything, also a piece
    of a broken wording, over columns that are told apart by their stage alone (预算数, 决算数).
    """
    word = _clean(text)
    if all(path and all(_stage_of(form, _clean(cell)) for cell in path) for path in below):
        return len({_clean(path[-1]) for path in below}) == len(below)
    if word in vocabulary.group_words() or _stage_of(form, word):
        return all(resolve(form, [text, *path], fiscal_year).role not in _UNREAD for path in below)
    return all(_is_part(form, word, path) for path in below)


def _is_part(form: str, word: str, path: Sequence[str]) -> bool:
    """Whether a path's outermost cells are declared below a word, or are a column whose key goes on from
    its key.
    """
    words = vocabulary.header_words(form)
    own = words.get(("", word))
    for size in range(1, len(path) + 1):
        part = "".join(map(_clean, path[:size]))
        named = words.get(("", part))
        if (word, part) in words or (own and named and named.column.startswith(f"{own.column}_")):
            return True
    return False


@lru_cache(maxsize=4096)
def is_form_title(text: str) -> bool:
    """Whether a text (``vocabulary.key``) ends with the title of a form: a title printed inside the table."""
    return len(text) > 4 and any(
        text.endswith(title) for title in vocabulary.title_endings().get(text[-2:], ())
    )
