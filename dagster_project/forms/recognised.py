"""Wordings recognised from pictures: what is doubtful and nearly a known wording is that wording.

Titles, headers and labels are statutory, so a misread character of theirs can be put right by the vocabulary;
codes and names of accounts vouch for each other. What was put right is a problem on record, as is what stays
doubtful. Text that was given as characters is never touched.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from dagster_project import money, vocabulary
from dagster_project.forms.table import FormTable, TableProblem, TableRow
from dagster_project.readers.page import GridCell, Line, Page, ReadProblem, Source, Word

SURE: Final = 0.9
"""A wording whose least certain character is less certain than this may be another one."""

_LONGEST_TITLE: Final = 48
_SHORTEST_TITLE: Final = 6
_SHORTEST: Final = 3
"""Characters of a wording that can be put right; shorter ones are near to too many."""

_DIGITS: Final = re.compile(r"[0-9]+")

Pair = tuple[str | None, str]
"""Code and name of an account, the name as wordings are compared."""


def mended(source: Source) -> Source:
    """The document with doubtful wordings of its recognised pages replaced by the known ones they nearly
    are; each page with such has a problem that names them.
    """
    pages: list[Page] = []
    problems: list[ReadProblem] = []
    for page in source.pages:
        if page.read_by != "ocr":
            pages.append(page)
            continue
        lines = tuple(_mended_line(line) for line in page.lines)
        changes = [pair for old, new in zip(page.lines, lines, strict=True) for pair in _changes(old, new)]
        pages.append(replace(page, lines=lines))
        if changes:
            problems.append(_mended_problem(page.number, changes))
    return replace(source, pages=tuple(pages), problems=(*source.problems, *problems)) if problems else source


def _mended_line(line: Line) -> Line:
    if line.cells:
        cells = tuple(_mended_cell(cell) for cell in line.cells)
        if cells == line.cells:
            return line
        texts = line.text.split("\t")
        for cell in cells:
            texts[cell.column] = cell.text
        return replace(line, cells=cells, text="\t".join(texts))
    doubtful = any(word.confidence is not None and word.confidence < SURE for word in line.words)
    if not doubtful or line.bbox is None:
        return line
    title = _title(line.text) if len(line.text) <= _LONGEST_TITLE else None
    if title:
        return replace(line, text=title, words=(Word(title, line.bbox, SURE),))
    words = tuple(_mended_word(word) for word in line.words)
    text = line.text
    for old, new in zip(line.words, words, strict=True):
        text = text.replace(old.text, new.text, 1)
    return replace(line, words=words, text=text)


def _mended_word(word: Word) -> Word:
    if word.confidence is None or word.confidence >= SURE or money.parse_amount(word.text):
        return word
    return word._replace(text=nearest(word.text) or word.text)


def _mended_cell(cell: GridCell) -> GridCell:
    if cell.confidence is None or cell.confidence >= SURE or money.parse_amount(cell.text):
        return cell
    meant = nearest(cell.text)
    return cell._replace(text=meant) if meant else cell


def _changes(old: Line, new: Line) -> Iterator[tuple[str, str]]:
    if old.cells:
        for before, after in zip(old.cells, new.cells, strict=True):
            if before.text != after.text:
                yield before.text, after.text
    elif old.text != new.text:
        yield old.text, new.text


def _mended_problem(page: int | None, changes: Sequence[tuple[str, str]]) -> ReadProblem:
    named = "、".join(f"{before}→{after}" for before, after in changes)
    return ReadProblem(
        kind="mended_wording",
        message=f"第{page}页由图像识别，{len(changes)}处用语按词表改正：{named}"
        f" / {len(changes)} wordings recognised on page {page} were corrected by the vocabulary",
        action="对照原件确认 / compare with the document as published",
        page=page,
        severity="info",
    )


@lru_cache(maxsize=4096)
def nearest(text: str) -> str | None:
    """The one known header or label that a text nearly is, with the text's own list number; ``None`` where
    the text is known itself, or several or none are near.
    """
    printed = vocabulary.compact(text)
    bare = vocabulary.bare_label(printed)
    wanted = vocabulary.key(bare)
    if wanted in vocabulary.wordings() or len(wanted) < _SHORTEST:
        return None
    near = [word for word in _of_length(len(wanted)) if is_near(wanted, word)]
    if len(wanted) == _SHORTEST:
        # Two characters and one too many (a scrap of a seal, 合计) are as near as three with one misread.
        near += {wanted[:place] + wanted[place + 1 :] for place in range(_SHORTEST)} & vocabulary.wordings()
    return printed[: len(printed) - len(bare)] + near[0] if len(near) == 1 else None


@cache
def _of_length(length: int) -> tuple[str, ...]:
    return tuple(sorted(word for word in vocabulary.wordings() if abs(len(word) - length) <= 2))


def is_near(read: str, meant: str) -> bool:
    """Whether one text can be a misreading of another: one character in five exchanged, lost or added, of
    short ones one.
    """
    most = max(1, min(len(read), len(meant)) // 5)
    if min(len(read), len(meant)) < 3 or abs(len(read) - len(meant)) > most:
        return False
    if sum((Counter(read) & Counter(meant)).values()) < max(len(read), len(meant)) - most:
        return False
    return _distance(read, meant) <= most


def _distance(one: str, other: str) -> int:
    """Fewest characters to exchange, leave out or put in."""
    row = list(range(len(other) + 1))
    for index, mine in enumerate(one, start=1):
        last, row[0] = row[0], index
        for place, theirs in enumerate(other, start=1):
            last, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, last + (mine != theirs))
    return row[-1]


@lru_cache(maxsize=1024)
def _title(text: str) -> str | None:
    """The text with the title it nearly ends in."""
    printed = vocabulary.key(text)
    if any(printed.endswith(title) for title in vocabulary.titles()):
        return None
    near = [
        title
        for title in vocabulary.titles()
        if len(title) >= _SHORTEST_TITLE and is_near(printed[-len(title) :], title)
    ]
    longest = [title for title in near if len(title) == max(map(len, near))]
    return printed[: -len(longest[0])] + longest[0] if len(longest) == 1 else None


def settle_keys(tables: Sequence[FormTable], source: Source) -> None:
    """Put misread codes and labels of recognised pages right in place, where code and name vouch for each
    other; what stays doubtful is marked on its row.

    A pair of code and name is vouched for by the classification, or by another row of the document that
    prints the same pair. Each table with rows put right or doubtful has a problem that names them.
    """
    certainty = _certainty(source)
    if not certainty:
        return
    printed = Counter((row.code, vocabulary.key(row.label)) for table in tables for row in table.rows)
    vouched = vocabulary.account_names() | {pair for pair, count in printed.items() if count > 1}
    names = _names(vouched | printed.keys())
    for table in tables:
        rows = [row for row in table.rows if row.line in certainty and (row.code or row.label)]
        codes = {row.code for row in table.rows if row.code}
        doubtful = [row for row in rows if _is_doubtful(row, codes, vouched, certainty[row.line or 0])]
        changes = [change for row in doubtful if (change := _put_right(row, codes, vouched))]
        kept = [row for row in rows if not row.recognised]
        left = [row for row in kept if row in doubtful or _is_odd(row, table.rows, names)]
        for row in left:
            row.recognised["doubted"] = "code or label"
        if changes:
            table.problems.append(_keys_mended(table.form, rows[0], changes))
        if left:
            table.problems.append(_keys_doubtful(table.form, left))


def _is_doubtful(
    row: TableRow, codes: Collection[str], vouched: Collection[Pair], certainty: Mapping[str, float]
) -> bool:
    label = vocabulary.key(row.label)
    if (row.code, label) in vouched:
        return False
    if row.code is None:
        if vocabulary.is_whole_label(row.label):
            return False
        return _sureness(label, certainty) < SURE or _hides_a_total(label)
    orphan = len(row.code) > 3 and not any(row.code[:length] in codes for length in (3, 5, 6))
    # A scrap of a rule or of a seal is read as one character, with certainty: no account has such a name.
    return (
        orphan or len(label) == 1 or min(_sureness(label, certainty), _sureness(row.code, certainty)) < SURE
    )


def _names(pairs: Collection[Pair]) -> Mapping[str, frozenset[str]]:
    """Code → the names that the classification lists or the document prints for it."""
    found: dict[str, set[str]] = defaultdict(set)
    for code, name in pairs:
        if code and name:
            found[code].add(name)
    return {code: frozenset(names) for code, names in found.items()}


def _is_odd(row: TableRow, rows: Sequence[TableRow], names: Mapping[str, Collection[str]]) -> bool:
    """Whether a label says by its wording that it was misread, however sure the recogniser is: none where
    the table's other codes have one, almost another name of its code, almost a known label, or a code.

    That the document prints it twice says nothing for it: what is misread once is misread again.
    """
    label = vocabulary.key(row.label)
    if (row.code, label) in vocabulary.account_names():
        return False
    if not label:
        return any(other.code and other.label for other in rows)
    if row.code:
        return any(name != label and _resembles(label, name) for name in names.get(row.code, ()))
    return nearest(row.label) is not None or any(run in names for run in _DIGITS.findall(label))


def _resembles(read: str, meant: str) -> bool:
    """Whether one text may be the other with characters misread or cut off."""
    return read in meant or meant in read or is_near(read, meant) or _distance(read, meant) <= 1


def _hides_a_total(label: str) -> bool:
    """Whether a total and one more character is printed: a part of a seal, say, read with certainty."""
    return any(
        vocabulary.row_label(label[:place] + label[place + 1 :]).kind == "total"
        for place in range(len(label))
    )


def _sureness(text: str, certainty: Mapping[str, float]) -> float:
    """How sure the recogniser is of a text of a line, or of the pieces that it was put together from."""
    if text in certainty:
        return certainty[text]
    return min((said for piece, said in certainty.items() if piece and piece in text), default=1.0)


def _put_right(row: TableRow, codes: Collection[str], vouched: Collection[Pair]) -> tuple[str, str] | None:
    """The one vouched pair of which the row's code and label are nearly: (as read, as put right)."""
    label, code = vocabulary.key(row.label), row.code
    if not code:
        return None
    near = {
        pair
        for pair in vouched
        if (pair[0] == code and is_near(label, pair[1]))
        or (pair[1] == label and pair[0] and pair[0] not in codes and _is_near_code(code, pair[0], codes))
    }
    if len(near) != 1:
        return None
    meant = near.pop()
    before = f"{code} {row.label}"
    if meant[0] != code:
        row.code, row.recognised["code_read_as"] = meant[0], code
    else:
        row.recognised["label_read_as"], row.label = row.label, meant[1]
    return before, f"{row.code} {row.label}"


def _is_near_code(read: str, meant: str, codes: Collection[str]) -> bool:
    """Whether one digit of a code was misread, and the code fits below one that the table prints."""
    one_digit = len(read) == len(meant) and sum(a != b for a, b in zip(read, meant, strict=True)) == 1
    return one_digit and (len(meant) <= 3 or any(meant[:length] in codes for length in (3, 5, 6)))


def doubt_units(tables: Sequence[FormTable], source: Source) -> None:
    """Mark the recognised rows of tables of which no part prints a unit of money: sums hold in any unit, and
    the one that was taken is that of other forms, or a guess.
    """
    lines = _certainty(source)
    for table in tables:
        for row in table.rows:
            if row.line in lines:
                row.recognised.setdefault("doubted", "unit")


def _certainty(source: Source) -> Mapping[int, Mapping[str, float]]:
    """Line number → text → confidence, of the recognised pages."""
    found: dict[int, dict[str, float]] = {}
    for page in source.pages:
        for line in page.lines if page.read_by == "ocr" else ():
            texts = found.setdefault(line.number, {})
            pieces = [(cell.text, cell.confidence) for cell in line.cells]
            pieces += [(word.text, word.confidence) for word in line.words]
            for printed, said in pieces:
                text = vocabulary.key(printed)
                texts[text] = min(1.0 if said is None else said, texts.get(text, 1.0))
    return found


def _keys_mended(form: str, first: TableRow, changes: Sequence[tuple[str, str]]) -> TableProblem:
    named = "、".join(f"{before}→{after}" for before, after in changes)
    return TableProblem(
        kind="mended_key",
        message=f"由图像识别的{len(changes)}行按科目编码与名称改正：{named}"
        f" / {len(changes)} recognised rows were corrected by code and name of the account",
        action="对照原件确认 / compare with the document as published",
        cause_key=f"mended_key:{form}",
        severity="info",
        line=first.line,
        page=first.page,
    )


def _keys_doubtful(form: str, rows: Sequence[TableRow]) -> TableProblem:
    named = "、".join(f"{row.code or ''} {row.label}".strip() for row in rows)
    return TableProblem(
        kind="doubtful_key",
        message=f"由图像识别的{len(rows)}行，科目编码或名称存疑：{named}"
        f" / code or label of {len(rows)} recognised rows is doubtful",
        action="对照原件核对这些行 / compare these rows with the document as published",
        cause_key=f"doubtful_key:{form}",
        line=rows[0].line,
        page=rows[0].page,
    )
