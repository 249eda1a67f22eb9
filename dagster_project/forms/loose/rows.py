"""Rows of a loose table: code, label and figures found again in a run of pieces.

Cells follow each other row by row, each cell whole, so a code or a text after figures begins a row. Where a
label is set in the middle of its row, parts of it stand before and after the code and the figures; those
parts are dealt out afterwards by known account names and by symmetry.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.loose.tokens import Kind, Piece
from dagster_project.forms.loose.words import CODE, LABEL, OWNER, OWNER_CODE

_CODE_LENGTHS: Final = frozenset({3, 5, 7})
_UNIT_CODE_LENGTHS: Final = frozenset({3, 6, 9, 12})
_LONGEST_PART: Final = 2
_LONG_CODE: Final = re.compile(r"\d{6,}[A-Z]\d{5,}|[A-Z]?\d{12,}")
_NUMBERED: Final = re.compile(
    r"[一二三四五六七八九十廿卅]{1,4}[、.．]|[(（][一二三四五六七八九十廿卅]{1,4}[)）]|\d{1,2}[、.．]\D"
)

_FAULTS_ALLOWED: Final = 8
"""One row in so many may be out of order: an unusual name, a code printed twice."""

_OWNER: Final = frozenset({OWNER_CODE, OWNER})
_TOTAL: Final = re.compile(r".{0,6}(?:合计|总计)")


@dataclass(slots=True)
class LooseRow:
    """A row as assembled: pieces of its code, its label and its figures, in printed order.

    ``owner_code`` and ``owner`` are code and name of the spending unit that stand beside the account's.
    """

    code: list[Piece] = field(default_factory=list)
    label: list[Piece] = field(default_factory=list)
    figures: list[Piece] = field(default_factory=list)
    line_number: str | None = None
    panel: int = 0
    owner_code: Piece | None = None
    owner: list[Piece] = field(default_factory=list)

    @property
    def first(self) -> Piece | None:
        """The piece printed first."""
        found = [*self.code, *self.label, *self.figures, *self.owner]
        found += [self.owner_code] if self.owner_code else []
        return min(found, key=lambda piece: piece.line.number) if found else None

    @property
    def text(self) -> str:
        """The label as printed, its lines joined."""
        return "".join(piece.text for piece in self.label)

    @property
    def owner_text(self) -> str:
        """The spending unit's name as printed, its lines joined."""
        return "".join(piece.text for piece in self.owner)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row of the table consists of; ``keys``: columns of codes and names, from left to right."""

    keys: tuple[str, ...]
    panels: int
    codes: frozenset[int]
    has_line_numbers: bool
    whole_figures: bool
    labels: frozenset[str]
    names: Mapping[str, str]

    @property
    def has_code(self) -> bool:
        """Whether rows have a code."""
        return CODE in self.keys

    @property
    def owner_first(self) -> bool:
        """Whether code or name of the spending unit stand before the account's code."""
        return self.has_code and any(key in _OWNER for key in self.keys[: self.keys.index(CODE)])

    @property
    def owner_last(self) -> bool:
        """Whether the spending unit stands behind the account's name."""
        return LABEL in self.keys and any(key in _OWNER for key in self.keys[self.keys.index(LABEL) :])


def shape_codes(*, units: bool) -> frozenset[int]:
    """Lengths of codes: accounts have 3, 5 or 7 digits, units 3 and further groups of three."""
    return _UNIT_CODE_LENGTHS if units else _CODE_LENGTHS


def assemble(pieces: Sequence[Piece], shape: Shape) -> list[LooseRow]:
    """The rows in printed order. Pieces of one row stay in printed order within code, label and figures."""
    builder = _Builder(pieces, shape)
    return _deal_out(builder.rows(), shape) if shape.has_code else builder.rows()


class _Builder:
    """Walks over the pieces and opens a row wherever one begins."""

    def __init__(self, pieces: Sequence[Piece], shape: Shape) -> None:
        self._pieces = pieces
        self._shape = shape
        self._rows: list[LooseRow] = []
        self._line_numbers: list[int] = []

    def rows(self) -> list[LooseRow]:
        """Assemble all rows."""
        self._rows = []
        for number, piece in enumerate(self._pieces):
            if piece.kind is Kind.TEXT:
                self._text(piece)
            elif self._is_owner_code(number):
                self._owner_code(piece)
            elif self._is_code(number):
                self._code(piece)
            elif self._is_line_number(piece):
                self._line_number(piece)
            else:
                self._figure(piece)
        return self._rows

    @property
    def _row(self) -> LooseRow:
        return self._rows[-1] if self._rows else self._open()

    def _open(self) -> LooseRow:
        self._rows.append(LooseRow())
        return self._rows[-1]

    def _text(self, piece: Piece) -> None:
        if self._rows and _LONG_CODE.fullmatch(piece.text):
            self._open().code.append(piece)
            return
        row = self._row
        if row.figures or row.line_number or self._begins_label(row, piece):
            row = self._open()
        named = row.owner_code and row.label and self._shape.owner_last and OWNER in self._shape.keys
        (row.owner if named else row.label).append(piece)

    def _begins_label(self, row: LooseRow, piece: Piece) -> bool:
        """A second label while the first has no figures: a numbered line, or both are known lines."""
        if not row.label:
            return False
        if self._shape.has_code:
            return piece.first and bool(_TOTAL.fullmatch(piece.key))
        if _NUMBERED.match(piece.key):
            return True
        return (
            vocabulary.without_number(vocabulary.key(row.text)) in self._shape.labels
            and vocabulary.without_number(vocabulary.key(row.text + piece.text)) not in self._shape.labels
        )

    def _is_code(self, number: int) -> bool:
        piece = self._pieces[number]
        if not self._shape.has_code or piece.kind is not Kind.DIGITS:
            return False
        row = self._row
        if row.code and not row.label and not row.figures and self._extends_code(row, piece):
            return True
        if len(piece.text) not in self._shape.codes:
            return self._is_odd_code(number)
        if row.label and not row.figures and not row.code:
            if self._shape.whole_figures:
                return self._shape.owner_first and self._names_account(number)
            return piece.text != "000"
        return self._begins_row(number)

    def _begins_row(self, number: int) -> bool:
        """Whether digits as long as a code are one by what follows: a name, or right away figures."""
        piece, following = self._pieces[number], self._after_code(number)
        if self._shape.whole_figures:
            begins = piece.first or self._shape.panels > 1 or self._row.owner_code is not None
            return begins and following is not None and _names_row(following)
        if following is None or following.kind is Kind.TEXT:
            return True
        return following.kind is Kind.FIGURE and piece.first

    def _is_odd_code(self, number: int) -> bool:
        """Digits of another length that begin a line before a label, where figures print decimals."""
        piece = self._pieces[number]
        if self._shape.whole_figures or not piece.first or len(piece.text) < 2 or piece.text[0] == "0":
            return False
        following = self._after_code(number)
        return following is not None and following.kind is Kind.TEXT

    def _after_code(self, number: int) -> Piece | None:
        """The first piece after a code, the further digits of its 款 and 项 and a spending unit's code."""
        for piece in self._pieces[number + 1 : number + 5]:
            is_part = len(piece.text) <= _LONGEST_PART or not self._shape.whole_figures
            is_owner = OWNER_CODE in self._shape.keys and len(piece.text) in _UNIT_CODE_LENGTHS
            if piece.kind is not Kind.DIGITS or not (is_part or is_owner):
                return piece
        return None

    def _names_account(self, number: int) -> bool:
        """Whether digits are an account's code before its name."""
        piece = self._pieces[number]
        following = self._after_code(number)
        is_code = piece.kind is Kind.DIGITS and len(piece.text) in _CODE_LENGTHS and piece.text[0] != "0"
        return is_code and following is not None and following.kind is Kind.TEXT

    def _is_owner_code(self, number: int) -> bool:
        """Digits of a unit code where the columns of the spending unit stand: before, within, behind the
        account.
        """
        piece, keys = self._pieces[number], self._shape.keys
        if OWNER_CODE not in keys or len(piece.text) not in _UNIT_CODE_LENGTHS:
            return False
        following = number + 1
        while following < len(self._pieces) and self._pieces[following].kind is Kind.TEXT:
            following += 1
        is_named = following > number + 1
        if self._shape.owner_first:
            follows = following < len(self._pieces) and self._names_account(following)
            return follows and is_named == (OWNER in keys)
        row = self._row
        begun = bool(row.code) and not row.figures and row.owner_code is None
        awaited = bool(row.label) == self._shape.owner_last
        return begun and awaited and (is_named or not self._shape.whole_figures)

    def _owner_code(self, piece: Piece) -> None:
        row = self._open() if self._shape.owner_first else self._row
        row.owner_code = piece

    def _extends_code(self, row: LooseRow, piece: Piece) -> bool:
        printed = sum(len(part.text) for part in row.code)
        return (len(piece.text) <= 2 and printed < 7) or printed + len(piece.text) in self._shape.codes

    def _code(self, piece: Piece) -> None:
        row = self._row
        bare = not row.label and not row.figures
        if self._shape.owner_first and not (row.code or row.figures):
            row.owner, row.label = row.label, []
        elif not (row.code and bare and row.owner_code is None and self._extends_code(row, piece)):
            row = self._open()
        row.code.append(piece)

    def _is_line_number(self, piece: Piece) -> bool:
        return self._shape.has_line_numbers and piece.kind is Kind.DIGITS and len(piece.text) <= 3

    def _line_number(self, piece: Piece) -> None:
        """A line number closes a label; two in a row belong to two rows, the first without a label."""
        row = self._row
        if row.figures or row.line_number:
            row = self._open()
        row.line_number = piece.text

    def _figure(self, piece: Piece) -> None:
        self._row.figures.append(piece)


def _names_row(piece: Piece) -> bool:
    """Whether a text can be the name behind a code: no total has one."""
    return piece.kind is Kind.TEXT and not is_total(piece.text)


def _deal_out(rows: Sequence[LooseRow], shape: Shape) -> list[LooseRow]:
    """Give label parts that stand alone, before or after a coded row, to the row they belong to."""
    kept: list[LooseRow] = []
    gap: list[Piece] = []
    gaps: list[list[Piece]] = []
    for row in rows:
        if row.label and not row.code and not row.figures and row.owner_code is None:
            gap.extend(row.label)
            continue
        kept.append(row)
        gaps.append(gap)
        gap = []
    gaps.append(gap)
    if any(gaps):
        for row, before, after in _shared(kept, gaps, shape):
            row.label = [*before, *row.label, *after]
    return kept


def _shared(
    rows: Sequence[LooseRow], gaps: Sequence[Sequence[Piece]], shape: Shape
) -> list[tuple[LooseRow, Sequence[Piece], Sequence[Piece]]]:
    """The cheapest way to cut every gap between the row above it and the row below it."""
    reach: list[dict[int, tuple[float, list[int]]]] = [{len(gaps[0]): (0.0, [0])}]
    for number, row in enumerate(rows):
        following = gaps[number + 1]
        options: dict[int, tuple[float, list[int]]] = {}
        for before, (cost, cuts) in reach[-1].items():
            for after in range(len(following) + 1):
                parts = [*gaps[number][len(gaps[number]) - before :], *row.label, *following[:after]]
                total = cost + _oddness(row, parts, before, after, shape)
                left = len(following) - after
                if left not in options or total < options[left][0]:
                    options[left] = (total, [*cuts, after])
        reach.append(options)
    _, cuts = min(((cost + 3.0 * left, cuts) for left, (cost, cuts) in reach[-1].items()), key=lambda o: o[0])
    return [
        (row, gaps[number][cuts[number] :], gaps[number + 1][: cuts[number + 1]])
        for number, row in enumerate(rows)
    ]


def _oddness(row: LooseRow, parts: Sequence[Piece], before: int, after: int, shape: Shape) -> float:
    """How unlikely a label is: it should be there, be the known name, or stand evenly around its row."""
    label = vocabulary.key("".join(piece.text for piece in parts))
    code = "".join(piece.text for piece in row.code)
    if not row.code:
        return 4.0 * (before + after)
    if shape.names.get(code) == label:
        return 0.0
    return (1.0 if code in shape.names else 0.0) + abs(before - after) + (6.0 if not label else 0.0)


def split_nameless(rows: Sequence[LooseRow], figures: int) -> list[LooseRow]:
    """Rows without code and label, whose figures followed those of the row above, as rows of their own.

    Only where the figures fill several rows exactly; other surplus figures stay where they are.
    """
    found: list[LooseRow] = []
    for row in rows:
        surplus = row.figures[figures:]
        found.append(row)
        if figures and surplus and len(surplus) % figures == 0:
            row.figures = row.figures[:figures]
            found += [
                LooseRow(figures=surplus[start : start + figures])
                for start in range(0, len(surplus), figures)
            ]
    return _named_behind(found)


def _named_behind(rows: Sequence[LooseRow]) -> list[LooseRow]:
    """A total's name that is printed behind its figures belongs to them."""
    found: list[LooseRow] = []
    for row in rows:
        above = found[-1] if found else None
        if above and not (above.code or above.label) and not (row.code or row.figures) and is_total(row.text):
            above.label = row.label
        else:
            found.append(row)
    return found


def in_order(rows: Sequence[LooseRow], shape: Shape) -> bool:
    """Whether codes, labels and figures of coded rows stand together: known names fit, no code comes twice.

    Text taken out of a page column by column or block by block gives labels to the wrong codes; then nothing
    of it can be trusted.
    """
    coded = [row for row in rows if row.code]
    codes = ["".join(piece.text for piece in row.code) for row in coded]
    known = [(shape.names[code], row) for code, row in zip(codes, coded, strict=True) if code in shape.names]
    strange = sum(not _fits(name, vocabulary.key(row.text)) for name, row in known)
    nameless = sum(1 for row in rows if row.figures and not row.code and not is_total(row.text))
    owners = [row.owner_code.text if row.owner_code else "" for row in coded]
    lost = strange + nameless + len(codes) - len(set(zip(owners, codes, strict=True)))
    return lost * _FAULTS_ALLOWED <= len(rows)


def _fits(name: str, label: str) -> bool:
    """Whether a label can be the name: equal, cut off, or worded a little differently in another year."""
    return label[:2] == name[:2] or label in name or name in label or label[-4:] == name[-4:]


def is_total(text: str) -> bool:
    """Whether a label names a total of the form."""
    return not text or bool(_TOTAL.fullmatch(vocabulary.key(text)))


def by_streams(pieces: Sequence[Piece], shape: Shape) -> list[LooseRow] | None:
    """The rows of a table whose codes were taken out of the page apart from their labels and figures.

    Both keep their order, so the first code belongs to the first row. ``None`` where their numbers differ.
    """
    codes: list[list[Piece]] = []
    rows: list[LooseRow] = []
    for piece in pieces:
        if piece.kind is Kind.DIGITS:
            if len(piece.text) > 2 or not codes:
                codes.append([])
            codes[-1].append(piece)
        elif piece.kind is Kind.TEXT:
            if not rows or rows[-1].figures:
                rows.append(LooseRow())
            rows[-1].label.append(piece)
        elif rows:
            rows[-1].figures.append(piece)
    keyed = [row for row in rows if not is_total(row.text)]
    if len(keyed) != len(codes):
        return None
    for row, code in zip(keyed, codes, strict=True):
        row.code = code
    return rows


def numbered(text: str) -> bool:
    """Whether a label begins with a list number (一、 （一） 1.)."""
    return bool(_NUMBERED.match(vocabulary.key(text)))
