"""Where the columns of a space-aligned table stand, and which header cells stand over each of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice, product
from typing import Final, Protocol

from dagster_project import vocabulary
from dagster_project.forms import headers
from dagster_project.forms.aligned.tokens import Token
from dagster_project.forms.grid import is_figure
from dagster_project.forms.header_band import is_total_label

NAMELESS: Final = "（无表头）"
"""Stands for the header of a column over which nothing is printed; no vocabulary holds it."""

_WORDED: Final = re.compile(r"[\u4e00-\u9fff]")
_SHORTEST_BARE: Final = 4
_FEWEST_UNNAMED: Final = 4
"""So many whole numbers without a word are a row of amounts: a code has no more than three parts."""
_LINE_NUMBERS: Final = frozenset({"行次", "行", "次", "序号"})
_NEAR: Final = 1
_RAGGED: Final = 5
_CENTRED: Final = 0.12
_CENTRE_BLUR: Final = 1.5
_UNLIKE: Final = 3.0
_CHOICES: Final = 5
_MOST_CHOICES: Final = 400
_LONGEST_BREAK: Final = 5
_LINES_APART: Final = 4
_UNMATCHED: Final = 40.0
_SHIFTED: Final = 0.25
_KEY_ROLES: Final = frozenset({"code", "code_part", "label", "attribute", "ignored"})


@dataclass(slots=True)
class Column:
    """A column of the table: its positions, whether figures stand in it, and the header cells over it.

    ``path`` is outermost first; ``role`` is what it says: ``value``, ``code``, ``label`` …
    """

    start: float
    end: float
    holds_figures: bool
    path: list[str] = field(default_factory=list)
    role: str = "value"

    def distance(self, token: Token) -> float:
        """Nought where the token lies over the column, else the positions between them; edges count a
        little.
        """
        gap = max(self.start - token.end, token.start - self.end, 0)
        edges = min(abs(self.start - token.start), abs(self.end - token.end), abs(self.centre - token.centre))
        return gap * 10 + edges

    @property
    def centre(self) -> float:
        """Middle of the column."""
        return (self.start + self.end) / 2

    def cell(self, level: int, depth: int) -> str:
        """The header cell of a level, 0 the outermost of ``depth``; the outermost cell fills the levels
        over it.
        """
        return self.path[max(level - (depth - len(self.path)), 0)] if self.path else NAMELESS


@dataclass(slots=True)
class _Word:
    """A whole header cell: its text, header lines ``top`` to ``bottom``, positions, and the cells over it."""

    text: str
    top: int
    bottom: int
    start: float
    end: float
    known: bool
    above: list[str] = field(default_factory=list)
    under: int = 0
    left: float = 0
    right: float = 0

    @property
    def centre(self) -> float:
        """Middle of the cell's text."""
        return (self.start + self.end) / 2

    def overlap(self, other: _Word) -> float:
        """Positions that two cells share."""
        return min(self.end, other.end) - max(self.start, other.start)

    @property
    def path(self) -> list[str]:
        """Header cells from the outermost to this one."""
        return [*self.above, self.text]


class _HasTokens(Protocol):
    tokens: list[Token]


def data_columns(body: Sequence[_HasTokens], header: Sequence[Sequence[Token]]) -> list[Column]:
    """Columns of figures, from the positions of the figures in the body.

    Where amounts are whole numbers, numbers behind a row's words are amounts unless ``header`` has the word
    for line numbers over them.
    """
    whole = _prints_whole_numbers(body)
    counted = [token for line in header for token in line if vocabulary.key(token.text) in _LINE_NUMBERS]
    rows = [
        [
            token
            for token in _amounts(line.tokens, whole=whole)
            if not any(_is_under(token, c) for c in counted)
        ]
        for line in body
    ]
    segments: list[list[Token]] = []
    for token in sorted((token for row in rows for token in row), key=lambda token: token.start):
        if segments and token.start < max(known.end for known in segments[-1]) + _NEAR:
            segments[-1].append(token)
        else:
            segments.append([token])
    parts = sorted((part for segment in segments for part in _split_shared(segment, rows)), key=_right_edge)
    merged: list[list[Token]] = []
    for part in parts:
        if (
            merged
            and _right_edge(part) - _right_edge(merged[-1]) <= _RAGGED
            and not _side_by_side(merged[-1], part, rows)
        ):
            merged[-1].extend(part)
        else:
            merged.append(part)
    return [Column(min(t.start for t in part), _right_edge(part), holds_figures=True) for part in merged]


def _right_edge(tokens: Sequence[Token]) -> int:
    return max(token.end for token in tokens)


def _side_by_side(one: Sequence[Token], other: Sequence[Token], rows: Sequence[Sequence[Token]]) -> bool:
    """Whether any row has figures of both groups: then they are two columns, however near."""
    first, second = set(map(id, one)), set(map(id, other))
    return any(any(id(t) in first for t in row) and any(id(t) in second for t in row) for row in rows)


def _prints_whole_numbers(body: Sequence[_HasTokens]) -> bool:
    """Whether hardly an amount of the table has decimals, so that bare numbers are amounts as well."""
    printed = [token.text for line in body for token in line.tokens if is_amount(token)]
    return not any("." in text and text.strip("0.") for text in printed)


def _is_under(token: Token, cell: Token) -> bool:
    return token.text.isdigit() and token.start < cell.end and cell.start < token.end


def _amounts(tokens: Sequence[Token], *, whole: bool) -> Iterator[Token]:
    """The amounts of a line; where places are known or amounts are ``whole`` numbers, bare numbers behind a
    row's words are amounts as well, before words they are codes.
    """
    worded = any(_WORDED.search(token.text) for token in tokens)
    for place, token in enumerate(tokens):
        behind = any(_WORDED.search(before.text) for before in tokens[:place])
        last = all(is_figure(after.text) for after in tokens[place + 1 : place + 2])
        shortest = 1 if whole else _SHORTEST_BARE
        bare = (whole or token.box is not None) and token.text.isdigit() and len(token.text) >= shortest
        unnamed = whole and not worded and len(tokens) >= _FEWEST_UNNAMED
        if is_amount(token) or (bare and (behind or unnamed) and last):
            yield token


def is_amount(token: Token) -> bool:
    """Figures with a point or separator, zeros and dashes; bare numbers may be codes or line numbers."""
    bare = token.text.isdigit() and int(token.text) != 0 and len(token.text) <= 9
    return is_figure(token.text) and not bare


def _split_shared(segment: Sequence[Token], rows: Sequence[Sequence[Token]]) -> Iterator[list[Token]]:
    """Columns so near that their figures touch: as many as a row has figures there, told by their right
    edges.
    """
    members = set(map(id, segment))
    count = max(sum(id(token) in members for token in row) for row in rows)
    if count <= 1:
        yield list(segment)
        return
    widest = next(row for row in rows if sum(id(token) in members for token in row) == count)
    centres = [float(token.end) for token in widest if id(token) in members]
    parts: list[list[Token]] = [[] for _ in centres]
    for token in segment:
        nearest = min(range(count), key=lambda index: abs(centres[index] - token.end))
        parts[nearest].append(token)
    yield from (part for part in parts if part)


def hang_header(
    form: str, header: Sequence[Sequence[Token]], figures: Sequence[Column], fiscal_year: int | None
) -> list[Column]:
    """All columns of the table with the header cells over them, from left to right.

    Broken header cells are joined to words of the vocabulary. Words with nothing below are columns; the
    others stand over the neighbouring columns that they are the centre of. Columns of figures take the names
    nearest to them in order.
    """
    words = _whole_words(form, header)
    leaves = sorted((word for word in words if not _is_over(word, words)), key=lambda word: word.centre)
    parents = [word for word in words if word not in leaves]
    _set_borders(leaves)
    between = [leaf for leaf in leaves if _stands_between(leaf, leaves) and not _heads(leaf, leaves, figures)]
    for word in between:
        others = [leaf for leaf in leaves if leaf is not word]
        off_centre = 1.0 if headers.is_side(form, word.text) else _CENTRED
        spans = _spans(form, word, others, fiscal_year, off_centre)
        if spans and len(spans[0].columns) > 1:
            leaves = others
            parents.append(word)
    _set_borders(leaves)
    for _, line in groupby(sorted(parents, key=lambda word: -word.bottom), key=lambda word: word.bottom):
        _hang_line(form, list(line), leaves, fiscal_year)
    _leave_open_what_is_misread(form, leaves, fiscal_year)
    return _named_columns(form, leaves, figures, fiscal_year)


def _hang_line(form: str, line: Sequence[_Word], leaves: Sequence[_Word], fiscal_year: int | None) -> None:
    """Hang the cells of one header line over their columns: all of them known if possible, then the
    nearest.
    """
    choices = [_spans(form, parent, leaves, fiscal_year)[:_CHOICES] or [_Span((), 0.0)] for parent in line]
    best: tuple[tuple[int, float], Sequence[_Span]] | None = None
    for spans in islice(product(*choices), _MOST_CHOICES):
        hung = [id(leaf) for span in spans for leaf in span.columns]
        if len(set(hung)) < len(hung):
            continue
        paths = {
            id(leaf): [parent.text, *leaf.path]
            for parent, span in zip(line, spans, strict=True)
            for leaf in span.columns
        }
        misread = _misread(form, [paths.get(id(leaf), leaf.path) for leaf in leaves], fiscal_year)
        rank = (misread, sum(span.rank for span in spans) + _UNLIKE * _unlike(line, spans))
        if best is None or rank < best[0]:
            best = (rank, spans)
    for parent, span in zip(line, best[1] if best else (), strict=False):
        for leaf in span.columns:
            leaf.above.insert(0, parent.text)
            leaf.under = id(parent)


def _unlike(line: Sequence[_Word], spans: Sequence[_Span]) -> int:
    """How many cells of a header line have another part below them than the cell of the same wording."""
    parts: dict[str, set[tuple[tuple[str, ...], ...]]] = {}
    for cell, span in zip(line, spans, strict=True):
        parts.setdefault(cell.text, set()).add(tuple(tuple(leaf.path) for leaf in span.columns))
    return sum(len(found) - 1 for found in parts.values())


def _misread(form: str, paths: Sequence[Sequence[str]], fiscal_year: int | None) -> int:
    """How many columns have no meaning, or that of another column of their panel."""
    count = 0
    seen: set[str] = set()
    for path in paths:
        header = headers.resolve(form, path, fiscal_year)
        if header.role in _KEY_ROLES:
            seen = set()
        elif header.role != "value" or header.column in seen:
            count += 1
        seen.add(header.column)
    return count


def _leave_open_what_is_misread(form: str, leaves: Sequence[_Word], fiscal_year: int | None) -> None:
    """Where a known word hangs below cells that make no sense of it, no column that needs its upper cells
    is sure.
    """
    reads = [headers.resolve(form, leaf.path, fiscal_year) for leaf in leaves]
    alone = [headers.resolve(form, [leaf.text], fiscal_year) for leaf in leaves]
    if not any(
        read.role in ("unknown", "cut") and single.role == "value"
        for read, single in zip(reads, alone, strict=True)
    ):
        return
    for leaf, read, single in zip(leaves, reads, alone, strict=True):
        if read.role == "value" and read.column != single.column:
            leaf.above.insert(0, NAMELESS)


def _stands_between(word: _Word, leaves: Sequence[_Word]) -> bool:
    """Whether cells are printed lower than a cell on both of its sides: it may stand over them."""
    lower = [leaf.centre for leaf in leaves if leaf.top > word.bottom]
    return bool(lower) and min(lower) < word.centre < max(lower)


def _heads(word: _Word, leaves: Sequence[_Word], figures: Sequence[Column]) -> bool:
    """Whether figures stand right under a cell and under no lower cell: the cell is their column's header."""
    lower = [leaf for leaf in leaves if leaf.top > word.bottom]
    return any(
        figure.start < word.end
        and word.start < figure.end
        and not any(figure.start < leaf.end and leaf.start < figure.end for leaf in lower)
        for figure in figures
    )


def _whole_words(form: str, header: Sequence[Sequence[Token]]) -> list[_Word]:
    """Header cells, pieces of one wording on neighbouring lines joined."""
    pieces = [
        _Word(token.text, level, level, token.start, token.end, headers.is_header_word(form, token.text))
        for level, line in enumerate(header)
        for token in line
    ]
    words: list[_Word] = []
    used: set[int] = set()
    for piece in pieces:
        if id(piece) in used:
            continue
        chain = _longest_wording(form, [piece], pieces, used)
        used.update(map(id, chain))
        words.append(_joined(chain))
    return words


def _longest_wording(form: str, chain: list[_Word], pieces: Sequence[_Word], used: set[int]) -> list[_Word]:
    """The longest chain of pieces downwards that is a header wording; the first piece alone if there is
    none.
    """
    best = chain[:1]
    if len(chain) > 1 and _known(form, chain):
        best = list(chain)
    if len(chain) == _LONGEST_BREAK:
        return best
    last = chain[-1]
    for piece in pieces:
        near = 0 < piece.top - last.bottom <= _LINES_APART and id(piece) not in used
        if not near or piece.overlap(last) <= 0 or _something_between(last, piece, pieces):
            continue
        if piece.known and _known(form, chain) and not _says_the_same(form, chain, piece):
            continue
        found = _longest_wording(form, [*chain, piece], pieces, used)
        if len(found) > len(best):
            best = found
    return best


def _something_between(upper: _Word, lower: _Word, pieces: Sequence[_Word]) -> bool:
    """Whether another cell is printed between two lines, under the one and over the other."""
    return any(
        upper.bottom < piece.top < lower.top
        and min(piece.overlap(upper), piece.overlap(lower)) * 2 >= piece.end - piece.start
        for piece in pieces
    )


def _says_the_same(form: str, chain: Sequence[_Word], piece: _Word) -> bool:
    """Whether a wording goes on in a piece without becoming another column (…拨款 and 收入 below it)."""
    text = "".join(part.text for part in chain)
    if headers.is_stage(form, piece.text) or headers.is_stage(form, text):
        return False
    if is_total_label(piece.text) and piece.top - chain[-1].bottom > 1:
        return False
    shorter, longer = (headers.resolve(form, [word], None) for word in (text, text + piece.text))
    return shorter.role == longer.role == "value" and shorter.column == longer.column


def _known(form: str, chain: Sequence[_Word]) -> bool:
    return headers.is_header_word(form, "".join(piece.text for piece in chain))


def _joined(chain: Sequence[_Word]) -> _Word:
    return _Word(
        text="".join(piece.text for piece in chain),
        top=chain[0].top,
        bottom=chain[-1].bottom,
        start=min(piece.start for piece in chain),
        end=max(piece.end for piece in chain),
        known=len(chain) > 1 or chain[0].known,
    )


def _is_over(word: _Word, words: Sequence[_Word]) -> bool:
    """Whether other header cells are printed below a cell."""
    return any(other.top > word.bottom and other.overlap(word) > 0 for other in words)


def _set_borders(leaves: Sequence[_Word]) -> None:
    """Where the cells of neighbouring columns meet: midway between their names."""
    for index, leaf in enumerate(leaves):
        leaf.left = (leaves[index - 1].end + leaf.start) / 2 if index else leaf.start
        leaf.right = (leaf.end + leaves[index + 1].start) / 2 if index + 1 < len(leaves) else leaf.end


@dataclass(frozen=True, slots=True)
class _Span:
    """Neighbouring columns under a header cell; ``rank`` is how far the cell is from their centre."""

    columns: Sequence[_Word]
    rank: float


def _spans(
    form: str,
    parent: _Word,
    leaves: Sequence[_Word],
    fiscal_year: int | None,
    off_centre: float = 1.0,
) -> list[_Span]:
    """Neighbouring columns that a header cell can stand over, the ones it is the centre of first, the most
    first.
    """
    found: list[tuple[float, int, _Span]] = []
    for first in range(len(leaves)):
        for last in range(first, len(leaves)):
            span = leaves[first : last + 1]
            if span[-1].top <= parent.bottom:
                break
            if span[0].top <= parent.bottom or not span[0].left <= parent.centre <= span[-1].right:
                continue
            if _cuts_group(leaves, first) or _cuts_group(leaves, last + 1):
                continue
            centres = ((span[0].left + span[-1].right) / 2, (span[0].centre + span[-1].centre) / 2)
            off = min(abs(centre - parent.centre) for centre in centres)
            if off > off_centre * (span[-1].right - span[0].left):
                continue
            if _says_twice(form, span, fiscal_year):
                continue
            if headers.can_head(form, parent.text, [leaf.path for leaf in span], fiscal_year):
                rank = max(off - _CENTRE_BLUR, 0.0)
                found.append((rank, -len(span), _Span(span, rank)))
    return [span for _, _, span in sorted(found, key=lambda ranked: ranked[:2])]


def _says_twice(form: str, span: Sequence[_Word], fiscal_year: int | None) -> bool:
    """Whether two columns of figures read the same, with no column of names between them to part panels:
    below one cell nothing would tell them apart.
    """
    paths = [tuple(leaf.path) for leaf in span]
    if len(set(paths)) == len(paths):
        return False
    return all(headers.resolve(form, path, fiscal_year).role not in _KEY_ROLES for path in paths)


def _cuts_group(leaves: Sequence[_Word], place: int) -> bool:
    """Whether two neighbours, the second at ``place``, stand under one header cell already."""
    return 0 < place < len(leaves) and leaves[place].under == leaves[place - 1].under != 0


def _named_columns(
    form: str, leaves: Sequence[_Word], figures: Sequence[Column], fiscal_year: int | None
) -> list[Column]:
    """Names and columns of figures brought together, in order, each name to the nearest column."""
    roles = [headers.resolve(form, leaf.path, fiscal_year).role for leaf in leaves]
    names = [leaf for leaf, role in zip(leaves, roles, strict=True) if role not in _KEY_ROLES]
    columns = [
        Column(leaf.start, leaf.end, False, leaf.path, role)
        for leaf, role in zip(leaves, roles, strict=True)
        if role in _KEY_ROLES
    ]
    for name, figure in _matched(names, figures):
        if figure is None and name is not None:
            columns.append(Column(name.start, name.end, True, name.path))
        elif figure is not None:
            figure.path = name.path if name else []
            columns.append(figure)
    return sorted(columns, key=lambda column: column.centre)


def _matched(names: Sequence[_Word], figures: Sequence[Column]) -> list[tuple[_Word | None, Column | None]]:
    """The pairing in order that brings names and columns nearest; what pairs with nothing stands alone."""
    costs = [[0.0] * (len(figures) + 1) for _ in range(len(names) + 1)]
    for i in range(len(names) + 1):
        for j in range(len(figures) + 1):
            options = []
            if i and j:
                options.append(costs[i - 1][j - 1] + abs(names[i - 1].centre - figures[j - 1].centre))
            if i:
                options.append(costs[i - 1][j] + (0.0 if len(names) > len(figures) else _UNMATCHED))
            if j:
                options.append(costs[i][j - 1] + _UNMATCHED)
            costs[i][j] = min(options, default=0.0)
    pairs: list[tuple[_Word | None, Column | None]] = []
    i, j = len(names), len(figures)
    while i or j:
        if i and j and costs[i][j] == costs[i - 1][j - 1] + abs(names[i - 1].centre - figures[j - 1].centre):
            i, j = i - 1, j - 1
            pairs.append((names[i], figures[j]))
        elif i and costs[i][j] == costs[i - 1][j] + (0.0 if len(names) > len(figures) else _UNMATCHED):
            i -= 1
            pairs.append((names[i], None))
        else:
            j -= 1
            pairs.append((None, figures[j]))
    return pairs


def in_order(tokens: Sequence[Token], columns: Sequence[Column]) -> dict[int, int]:
    """Each token (by its place) to a column of its own (by its place), in order, as near as can be.

    Empty where there are more tokens than columns.
    """
    if len(tokens) > len(columns):
        return {}
    width = len(columns) + 1
    costs = [[0.0] * width] + [[float("inf")] * width for _ in tokens]
    for i, token in enumerate(tokens, start=1):
        for j in range(i, width):
            taken = costs[i - 1][j - 1] + columns[j - 1].distance(token)
            costs[i][j] = min(taken, costs[i][j - 1])
    found: dict[int, int] = {}
    j = len(columns)
    for i in range(len(tokens), 0, -1):
        while costs[i][j] == costs[i][j - 1]:
            j -= 1
        found[i - 1] = j - 1
        j -= 1
    return found


def shift(tokens: Sequence[Token], columns: Sequence[Column], furthest: int = 16) -> int:
    """By how many positions a page stands to the right of the columns: what brings its figures nearest to
    them.
    """
    if not tokens or not columns:
        return 0
    ends = [column.end for column in columns]
    printed = Counter(token.end for token in tokens)
    return min(
        range(-furthest, furthest + 1),
        key=lambda by: sum(
            count * (min(abs(at - by - end) for end in ends) + _SHIFTED * abs(by))
            for at, count in printed.items()
        ),
    )
