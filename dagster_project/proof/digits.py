"""Figures recognised from pictures: doubted until arithmetic settles them.

No confidence tells a wrong digit from a right one, the forms' equations do. Where they contradict, the
misreadings of recognition are tried: one character of a figure exchanged, lost or added. A change is made
only where it is the one way to make every equation of the figures concerned hold. What was changed is never
proved by the equations that changed it; what no equation confirms is a problem on record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from dagster_project import money
from dagster_project.forms.table import TableProblem
from dagster_project.proof.equations import SCALE, EquationInstance, equations
from dagster_project.proof.verification import contradicts
from dagster_project.readers.page import Page
from dagster_project.records import BBox, CellRecord

_MOST_CHANGES: Final = 3
"""More misread figures in equations that hang together leave more than one way to settle them."""
_WIDEST: Final = 40
"""Equations of more figures than this say that something is wrong, and not where."""

_DIGITS: Final = "0123456789"
_CHARACTERS: Final = "0123456789.-"

_FAINT: Final = 0.9


@dataclass(frozen=True, slots=True)
class Reading:
    """What the recogniser says of one figure: its confidence, and what else the figure may be."""

    confidence: float | None
    alternatives: tuple[str, ...]


_SURE_READING: Final = Reading(None, ())

Readings = Mapping[tuple[int | None, BBox], Reading]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure read anew. ``seen``: the recogniser itself held the new reading for possible."""

    index: int
    text: str
    printed: money.Printed
    seen: bool


def recognised(cells: Sequence[CellRecord], pages: Iterable[Page]) -> frozenset[int]:
    """Indices of the cells that were recognised from pictures."""
    pictures = {page.number for page in pages if page.read_by == "ocr"}
    return (
        frozenset(index for index, cell in enumerate(cells) if cell.page in pictures)
        if pictures
        else frozenset()
    )


def readings(pages: Iterable[Page]) -> Readings:
    """How sure the recogniser is of each piece of text and what else it may be, by its page and place."""
    found: dict[tuple[int | None, BBox], Reading] = {}
    for page in pages:
        for line in page.lines if page.read_by == "ocr" else ():
            for word in line.words:
                found[page.number, word.bbox] = Reading(word.confidence, word.alternatives)
            for cell in line.cells:
                if cell.bbox:
                    found[page.number, cell.bbox] = Reading(cell.confidence, cell.alternatives)
    return found


def doubt_faint_zeros(cells: Sequence[CellRecord], doubted: Collection[int], seen: Readings) -> None:
    """Mark zeros that the recogniser is not sure of: dust reads like a dash or a 0, and adds nothing to any
    sum.
    """
    for index in doubted:
        cell = cells[index]
        reading = seen.get((cell.page, cell.bbox), _SURE_READING) if cell.bbox else _SURE_READING
        if cell.amount == 0 and reading.confidence is not None and reading.confidence < _FAINT:
            cell.attributes = {**cell.attributes, "doubted": "figure"}


def settle_digits(cells: Sequence[CellRecord], doubted: Collection[int], seen: Readings) -> int:
    """Correct doubted figures in place where arithmetic leaves one way; returns how many were corrected.

    A corrected cell has ``placement`` arithmetic and keeps what was read in ``text_printed``; ``read_as`` and
    ``settled_by`` among its attributes name the first reading and the rules that decided.
    """
    if not doubted:
        return 0
    system = _System(cells, doubted, seen, equations(cells))
    changes = [change for group in system.groups() for change in system.solve(group)]
    for change in changes:
        cell = cells[change.index]
        rules = sorted({system.instances[number].rule_id for number in system.of_cell[change.index]})
        cell.attributes = {**cell.attributes, "read_as": cell.text_printed, "settled_by": ";".join(rules)}
        cell.amount, cell.decimals = change.printed.amount, change.printed.decimals
        cell.placement = "arithmetic"
    return len(changes)


def misreadings(text: str) -> Iterator[str]:
    """Texts of which ``text`` may be a misreading: one digit, point or minus exchanged, lost or added."""
    for place, printed in enumerate(text):
        if printed not in _CHARACTERS:
            continue
        yield text[:place] + text[place + 1 :]
        if printed.isdigit():
            yield from (text[:place] + digit + text[place + 1 :] for digit in _DIGITS if digit != printed)
    for place in range(len(text) + 1):
        yield from (text[:place] + one + text[place:] for one in _CHARACTERS)


class _System:
    """The equations that can contradict, and what happens to them when figures change."""

    def __init__(
        self,
        cells: Sequence[CellRecord],
        doubted: Collection[int],
        seen: Readings,
        instances: Iterable[EquationInstance],
    ) -> None:
        self.cells, self.doubted, self.seen = cells, doubted, seen
        self.instances = [
            instance
            for instance in instances
            if contradicts(instance) and instance.state != "not_evaluable" and len(instance.terms) > 1
        ]
        self.difference = [instance.difference for instance in self.instances]
        self._known: dict[int, list[Change]] = {}
        self.of_cell: dict[int, list[int]] = defaultdict(list)
        for number, instance in enumerate(self.instances):
            for index in dict.fromkeys(instance.cells):
                self.of_cell[index].append(number)

    def fails(self, number: int) -> bool:
        """Whether an equation is broken as the figures stand now."""
        return abs(self.difference[number]) > self.instances[number].tolerance

    def groups(self) -> Iterator[list[int]]:
        """Broken equations that share doubted figures, directly or through others."""
        broken = {number for number in range(len(self.instances)) if self.fails(number)}
        while broken:
            group, edge = set[int](), [broken.pop()]
            while edge:
                number = edge.pop()
                group.add(number)
                near = {
                    other
                    for index in self.instances[number].cells
                    if index in self.doubted
                    for other in self.of_cell[index]
                }
                found = near & broken
                broken -= found
                edge.extend(found)
            yield sorted(group)

    def solve(self, group: Sequence[int]) -> list[Change]:
        """The one set of changes, as small as possible, after which every equation of the group holds; else
        the changes of single figures that each mend all equations of theirs; else none.
        """
        for most in range(1, _MOST_CHANGES + 1):
            ways = {frozenset(way) for way in self._ways(group, most, ())}
            if not ways:
                continue
            # What the recogniser itself held for possible comes before what it did not think of.
            thought_of = {way for way in ways if all(one.seen for one in way)}
            if len(thought_of or ways) > 1:
                return []
            way = (thought_of or ways).pop()
            return list(way) if all(self._is_borne_out(one) for one in way) else []
        return list(self._singles(group))

    def _ways(
        self, group: Sequence[int], left: int, made: tuple[Change, ...]
    ) -> Iterator[tuple[Change, ...]]:
        broken = [number for number in group if self.fails(number)]
        if not broken:
            if not any(self.fails(number) for one in made for number in self.of_cell[one.index]):
                yield made
            return
        if not left:
            return
        narrowest = min(broken, key=lambda number: len(self.instances[number].terms))
        taken = {one.index for one in made}
        for change in self._mending(narrowest):
            if change.index not in taken:
                before = self._apply(change)
                yield from self._ways(group, left - 1, (*made, change))
                self._restore(before)

    def _singles(self, group: Sequence[int]) -> Iterator[Change]:
        """Figures whose change alone mends all broken equations of theirs, at least two, and breaks none."""
        found: dict[int, list[Change]] = defaultdict(list)
        for number in group:
            for change in self._mending(number):
                before = self._apply(change)
                if not any(self.fails(other) for other in self.of_cell[change.index]):
                    found[change.index].append(change)
                self._restore(before)
        for changes in found.values():
            amounts = {change.printed.amount for change in changes}
            if len(amounts) == 1 and self._asking(changes[0]) >= 2:
                yield changes[0]

    def _is_borne_out(self, change: Change) -> bool:
        """A reading that the recogniser did not think of needs two equations that ask for it."""
        return change.seen or self._asking(change) >= 2

    def _asking(self, change: Change) -> int:
        """How many equations are broken as the figures were read and have the figure among theirs."""
        return sum(
            abs(self.instances[number].difference) > self.instances[number].tolerance
            for number in self.of_cell[change.index]
        )

    def _mending(self, number: int) -> Iterator[Change]:
        """The misreadings that, put right, make one broken equation hold."""
        instance = self.instances[number]
        if len(instance.terms) > _WIDEST:
            return
        for weight, index in instance.terms:
            if index in self.doubted:
                yield from self._readings(index, weight, number)

    def _readings(self, index: int, weight: int, number: int) -> Iterator[Change]:
        cell = self.cells[index]
        factor = int(money.UNIT_IN_YUAN[cell.unit]) * SCALE * weight
        wanted = cell.amount - Decimal(self.difference[number]) / factor
        slack = Decimal(self.instances[number].tolerance) / abs(factor)
        for change in self._candidates(index):
            if abs(change.printed.amount - wanted) <= slack:
                yield change

    def _candidates(self, index: int) -> list[Change]:
        """Every reading of a figure that differs in one character, those the recogniser thought of first."""
        if index not in self._known:
            cell = self.cells[index]
            thought_of = self._reading(cell).alternatives
            found: dict[Decimal, Change] = {}
            for text in (*thought_of, *misreadings(cell.text_printed)):
                printed = money.parse_amount(text)
                if printed and printed.amount != cell.amount and printed.amount not in found:
                    found[printed.amount] = Change(index, text, printed, text in thought_of)
            self._known[index] = list(found.values())
        return self._known[index]

    def _reading(self, cell: CellRecord) -> Reading:
        return self.seen.get((cell.page, cell.bbox), _SURE_READING) if cell.bbox else _SURE_READING

    def _apply(self, change: Change) -> list[tuple[int, int]]:
        cell = self.cells[change.index]
        moved = int((change.printed.amount - cell.amount) * int(money.UNIT_IN_YUAN[cell.unit]) * SCALE)
        before = [(number, self.difference[number]) for number in self.of_cell[change.index]]
        for number, _ in before:
            weight = sum(w for w, index in self.instances[number].terms if index == change.index)
            self.difference[number] += weight * moved
        return before

    def _restore(self, before: Iterable[tuple[int, int]]) -> None:
        for number, difference in before:
            self.difference[number] = difference


def doubts(cells: Sequence[CellRecord], doubted: Collection[int]) -> Iterator[tuple[str, TableProblem]]:
    """A problem for each page and form with recognised figures that no equation confirms, and one for each
    with figures that arithmetic corrected; form and problem. To be asked after ``verify``.
    """
    found: dict[tuple[str, int | None, str], list[CellRecord]] = defaultdict(list)
    for index in sorted(doubted):
        cell = cells[index]
        if cell.placement == "arithmetic" and "read_as" in cell.attributes:
            found["settled_digits", cell.page, cell.form].append(cell)
        elif cell.verification == "unchecked":
            found["unproved_figures", cell.page, cell.form].append(cell)
    for (kind, page, form), members in found.items():
        word = _settled if kind == "settled_digits" else _unproved
        yield form, word(form, page, members)


def _unproved(form: str, page: int | None, cells: Sequence[CellRecord]) -> TableProblem:
    named = _named(cells, lambda cell: cell.text_printed)
    return TableProblem(
        kind="unproved_figures",
        message=f"第{page}页由图像识别，{len(cells)}个数字没有勾稽关系可以证实：{named}"
        f" / {len(cells)} figures recognised on page {page} are confirmed by no equation",
        action="对照原件核对这些数字 / compare these figures with the document as published",
        cause_key=f"unproved_figures:{form}",
        line=cells[0].line,
        page=page,
    )


def _settled(form: str, page: int | None, cells: Sequence[CellRecord]) -> TableProblem:
    named = _named(cells, lambda cell: f"{cell.text_printed}→{cell.amount}")
    return TableProblem(
        kind="settled_digits",
        message=f"第{page}页由图像识别，{len(cells)}个数字按勾稽关系改正：{named}"
        f" / {len(cells)} figures recognised on page {page} were corrected by arithmetic",
        action="对照原件确认改正 / see in the document as published whether it prints the corrected figures",
        cause_key=f"settled_digits:{form}",
        line=cells[0].line,
        page=page,
    )


def _named(cells: Sequence[CellRecord], shown: Callable[[CellRecord], str]) -> str:
    """Which cells: row, column and figure."""
    named = [f"{cell.code or cell.label}·{cell.column} {shown(cell)}" for cell in cells]
    return "、".join(named)
