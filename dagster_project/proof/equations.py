"""The rules' equations over the cells of one document, in plain Python: the SQL without a database.

Values are integers in ten-millionths of a yuan, so that every half width of a printed figure is exact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.money import UNIT_IN_YUAN
from dagster_project.records import CellRecord
from expectations import lines
from expectations.model import Equation, Guard, Rows, Rule, Term
from expectations.rules import load_rules

SCALE: Final = 10_000_000
"""Amounts are compared as whole numbers of this part of a yuan."""
_NOT_MONEY: Final = frozenset({"quantity", "unit_price", "change_percent"})
_LEVELS: Final = {
    "function": {3: 1, 5: 2, 7: 3},
    "economic": {3: 1, 5: 2, 7: 3},
    "unit": {3: 1, 6: 2, 9: 3},
}
_STEP: Final = {"function": 2, "economic": 2, "unit": 3}

PROVING: Final = frozenset({"pass_exact", "pass_rounding"})
"""States in which an equation holds."""


@dataclass(slots=True)
class EquationInstance:
    """One equation at one place. ``terms`` are (weight, index of the cell), right ones with opposite sign;
    ``difference`` and ``tolerance`` in ten-millionths of a yuan; ``state`` as in the results."""

    rule: Rule
    equation: Equation
    terms: tuple[tuple[int, int], ...]
    difference: int
    tolerance: int
    state: str
    independent: bool

    @property
    def rule_id(self) -> str:
        """The rule whose equation it is."""
        return self.rule.id

    @property
    def cells(self) -> tuple[int, ...]:
        """The cells of both sides, as indices into the cells given."""
        return tuple(index for _, index in self.terms)


@dataclass(slots=True)
class _Fact:
    """What rules select a cell by; the counterpart of a row of ``rc_cell``."""

    index: int
    form: str
    side: str
    block: str
    scheme: str | None
    row: tuple[object, ...]
    code: str | None
    level: int | None
    parent: str | None
    line: str | None
    class_code: str | None
    is_total: bool
    is_leaf: bool
    column: str
    is_money: bool
    value: int
    half: int
    factor: int
    arithmetic: bool
    settled_by: frozenset[str]


@cache
def _proving_rules() -> tuple[Rule, ...]:
    return tuple(rule for rule in load_rules() if rule.family in ("ROW", "COL", "SIDE", "FORM"))


@cache
def _equations_by_form() -> dict[str, tuple[tuple[Rule, Equation], ...]]:
    """First left form → the equations that start there."""
    found: dict[str, list[tuple[Rule, Equation]]] = defaultdict(list)
    for rule in _proving_rules():
        for equation in rule.equations:
            found[equation.left[0].form].append((rule, equation))
    return {form: tuple(equations) for form, equations in found.items()}


@cache
def row_equations(form: str) -> tuple[tuple[str, str, tuple[tuple[int, str], ...]], ...]:
    """The equations within a row of a form: (rule, whole column, ((weight, part column), …))."""
    found = []
    for rule in _proving_rules():
        for equation in rule.equations:
            within = all(term.match == "row" and term.columns for term in (*equation.left, *equation.right))
            if rule.family == "ROW" and equation.single_form == form and within:
                parts = tuple((term.weight, column) for term in equation.right for column in term.columns)
                found.append((rule.id, equation.left[0].columns[0], parts))
    return tuple(found)


def equations(cells: Sequence[CellRecord], rules: Iterable[Rule] | None = None) -> list[EquationInstance]:
    """Every instance of every equation of the families ROW, COL, SIDE and FORM in one document's cells."""
    table = _Table(cells)
    if rules is None:
        pairs: Iterable[tuple[Rule, Equation]] = (
            pair for form in table.forms for pair in _equations_by_form().get(form, ())
        )
    else:
        pairs = ((rule, equation) for rule in rules for equation in rule.equations)
    found: list[EquationInstance] = []
    for rule, equation in pairs:
        if equation.left[0].form in table.forms or equation.outer:
            found.extend(table.instances(rule, equation))
    return found


def _facts(cells: Sequence[CellRecord]) -> list[_Fact]:
    """Cells with levels, lines and half widths; forms decide together what their codes mean."""
    by_form: dict[str, list[tuple[int, CellRecord]]] = defaultdict(list)
    for index, cell in enumerate(cells):
        by_form[cell.form].append((index, cell))
    facts: list[_Fact] = []
    for form, members in by_form.items():
        printed = [cell for _, cell in members]
        scheme, by_block = _scheme(form, printed), _codes_repeat(printed)
        finest = _finest(printed)
        facts.extend(_fact(index, cell, scheme, by_block, finest) for index, cell in members)
    facts.sort(key=lambda fact: fact.index)
    return facts


def _scheme(form: str, cells: Sequence[CellRecord]) -> str | None:
    declared = vocabulary.forms().get(form)
    keyed_by = declared.keyed_by if declared else None
    if keyed_by == "project":
        return "unit"
    if keyed_by != "function_or_unit":
        return keyed_by
    lengths = {len(cell.code) for cell in cells if cell.code}
    return "unit" if lengths & {6, 9} and not lengths & {5, 7} else "function"


def _codes_repeat(cells: Sequence[CellRecord]) -> bool:
    """Whether a code stands in several sections: then each section is a form of its own."""
    sections: dict[str, set[str]] = defaultdict(set)
    for cell in cells:
        if cell.code:
            sections[cell.code].add(cell.section or "")
    return any(len(found) > 1 for found in sections.values())


def _finest(cells: Sequence[CellRecord]) -> Mapping[str | None, int]:
    """Column (``None``: the form) → the most decimals of its figures other than zero."""
    found: dict[str | None, int] = {}
    for cell in cells:
        if cell.amount != 0:
            found[cell.column] = max(found.get(cell.column, 0), cell.decimals)
            found[None] = max(found.get(None, 0), cell.decimals)
    return found


def _fact(
    index: int, cell: CellRecord, scheme: str | None, by_block: bool, finest: Mapping[str | None, int]
) -> _Fact:
    side, section = cell.side or "", cell.section or ""
    line, class_code = None, None
    if scheme == "label":
        line, class_code = lines.line_of(side, section, cell.label)
    elif cell.code is None:
        line, class_code = lines.line_of("", section, cell.label)
    level = _LEVELS.get(scheme or "", {}).get(len(cell.code)) if cell.code else None
    if class_code is None and level == 1 and scheme == "function":
        class_code = cell.code
    decimals = cell.decimals
    if cell.amount == 0 and decimals == 0:
        decimals = finest.get(cell.column, finest.get(None, 0))
    factor = int(UNIT_IN_YUAN.get(cell.unit, 1))
    settled = cell.attributes.get("settled_by", "") if cell.attributes else ""
    return _Fact(
        index=index,
        form=cell.form,
        side=side,
        block=section if by_block else "",
        scheme=scheme,
        row=(side, section, cell.row_number, cell.code, cell.label),
        code=cell.code,
        level=level,
        parent=cell.code[: -_STEP[scheme]] if cell.code and scheme and level and level > 1 else None,
        line=line,
        class_code=class_code,
        is_total=line == "grand_total" or (cell.row_kind == "total" and line is None and cell.code is None),
        is_leaf=cell.row_kind == "leaf",
        column=cell.column,
        is_money=cell.unit in UNIT_IN_YUAN and cell.column not in _NOT_MONEY,
        value=int(cell.amount * factor * SCALE),
        half=max(5 * 10 ** (6 - decimals), 5) * factor if decimals <= 6 else 5 * factor,
        factor=factor,
        arithmetic=cell.placement == "arithmetic",
        settled_by=frozenset(filter(None, settled.split(";"))),
    )


Key = tuple[object, ...]


@dataclass(slots=True)
class _Side:
    """The weighted cells of one side of an instance; ``twice``: a place that holds one cell holds more."""

    members: list[tuple[int, _Fact]]
    twice: bool = False

    @property
    def value(self) -> int:
        """The weighted sum."""
        return sum(weight * fact.value for weight, fact in self.members)


_NOTHING: Final = _Side([])


class _Table:
    """The cells of one document, found by form and choice of rows."""

    def __init__(self, cells: Sequence[CellRecord]) -> None:
        self._rows: dict[tuple[str, str | None, Rows], list[_Fact]] = defaultdict(list)
        self._doubtful: set[tuple[str, str | None]] = set()
        self.forms: dict[str, None] = {}
        for fact in _facts(cells):
            self.forms[fact.form] = None
            self._note_doubts(fact)
            for rows in _choices(fact):
                self._rows[fact.form, None, rows].append(fact)
                if fact.side:
                    self._rows[fact.form, fact.side, rows].append(fact)

    def _note_doubts(self, fact: _Fact) -> None:
        if not fact.value:
            return
        if fact.line == lines.UNKNOWN:
            self._doubtful.add((fact.form, fact.side))
        if fact.level is None and fact.line is None and fact.scheme in ("function", "economic"):
            self._doubtful.add((fact.form, None))

    def place(self, term: Term) -> list[_Fact]:
        """Cells of the term's form, side and rows, of whatever column."""
        values = term.rows.values
        if len(values) < 2:
            return self._rows.get((term.form, term.side, term.rows), [])
        return [
            fact
            for value in values
            for fact in self._rows.get((term.form, term.side, Rows(term.rows.kind, (value,))), ())
        ]

    def cells(self, term: Term) -> Iterator[_Fact]:
        """Cells of the term."""
        for fact in self.place(term):
            if fact.column in term.columns if term.columns else fact.is_money:
                yield fact

    def holds(self, guard: Guard) -> bool:
        """Whether the document meets a condition."""
        found = any(fact.value or not guard.nonzero for fact in self.cells(guard.term))
        return found == guard.wanted

    def instances(self, rule: Rule, equation: Equation) -> Iterator[EquationInstance]:
        """All instances of one equation."""
        if not all(self.holds(guard) for guard in equation.guards):
            return
        within = equation.single_form is not None
        left = self._side(equation.left, within)
        if not left and not equation.outer:
            return
        right = self._side(equation.right, within)
        rows = self._presence(equation.right, within) if equation.presence == "rows" else {}
        doubtful = self._is_doubtful(equation)
        for key in dict.fromkeys((*left, *right)) if equation.outer else left:
            ours, theirs = left.get(key), right.get(key)
            if equation.presence == "rows":
                found = rows.get(key[0], 0)
                if found == 0 or (equation.only_child and found != 1):
                    continue
            elif equation.presence == "cells" and not equation.outer and theirs is None:
                continue
            if equation.outer and not ((ours and ours.value) or (theirs and theirs.value)):
                continue
            yield _judge(rule, equation, ours or _NOTHING, theirs or _NOTHING, doubtful)

    def _side(self, terms: Sequence[Term], within: bool) -> dict[Key, _Side]:
        sides: dict[Key, _Side] = {}
        for term in terms:
            single, seen, by_column = _is_single(term), set[Key](), term.by_column
            leveled = not single and term.rows.kind in ("level", "unit_level")
            for fact in self.cells(term):
                match = _match(term, fact, within)
                if match is None:
                    continue
                key = (match, fact.column if by_column else "")
                side = sides.get(key)
                if side is None:
                    side = sides[key] = _Side([])
                side.members.append((term.weight, fact))
                if single or leveled:
                    apart = fact.code if leveled else fact.column if term.each_column else None
                    place = (key, apart)
                    side.twice |= place in seen
                    seen.add(place)
        return sides

    def _presence(self, terms: Sequence[Term], within: bool) -> dict[object, int]:
        rows: dict[object, set[object]] = defaultdict(set)
        for term in terms:
            for fact in self.place(term):
                match = _match(term, fact, within)
                if match is not None:
                    rows[match].add(fact.row)
        return {match: len(found) for match, found in rows.items()}

    def _is_doubtful(self, equation: Equation) -> bool:
        for term in (*equation.left, *equation.right):
            if term.rows.kind == "line" and term.side and (term.form, term.side) in self._doubtful:
                return True
            if term.rows.kind == "level" and (term.form, None) in self._doubtful:
                return True
        return False


def _choices(fact: _Fact) -> Iterator[Rows]:
    """The choices of rows that hold a cell."""
    yield Rows()
    if fact.is_total:
        yield Rows("total")
    if fact.is_leaf:
        yield Rows("leaf")
    if fact.level is not None:
        yield Rows("unit_level" if fact.scheme == "unit" else "level", (str(fact.level),))
    if fact.code is not None:
        yield Rows("code", (fact.code,))
    if fact.line is not None:
        yield Rows("line", (fact.line,))


def _match(term: Term, fact: _Fact, within: bool) -> object | None:
    block = fact.block if within else ""
    match term.match:
        case "row":
            return fact.row
        case "code":
            return (block, fact.code) if fact.code is not None else None
        case "parent":
            return (block, fact.parent) if fact.parent is not None else None
        case "class":
            return (block, fact.class_code) if fact.class_code is not None else None
    return (block,)


def _is_single(term: Term) -> bool:
    values = term.rows.values
    one_place = term.rows.kind in ("line", "code") and len(values) == 1 and values != ("class",)
    all_rows = term.rows.kind == "all" and term.match == "none"
    return term.match in ("row", "code", "class") or term.rows.kind == "total" or one_place or all_rows


def _tolerance(kind: str, left: _Side, right: _Side) -> int:
    members = [*left.members, *right.members]
    halves = [fact.half for _, fact in members]
    widest = max(halves)
    if kind == "exact":
        return 0 if widest == min(halves) else widest
    if kind == "count":
        return 0
    ours, theirs = (sum(abs(weight) * fact.half for weight, fact in side.members) for side in (left, right))
    if kind == "rounding" or (ours and theirs and len({fact.factor for _, fact in members}) > 1):
        return ours + theirs
    return 2 * widest if kind == "last_unit" else max(ours, theirs)


def _judge(rule: Rule, equation: Equation, left: _Side, right: _Side, doubtful: bool) -> EquationInstance:
    difference = left.value - right.value
    broken = max(difference, 0) if equation.compare == "at_most" else abs(difference)
    tolerance = _tolerance(equation.tolerance, left, right)
    independent = not any(
        fact.arithmetic and (not fact.settled_by or rule.id in fact.settled_by)
        for _, fact in (*left.members, *right.members)
    )
    if left.twice or right.twice or not independent:
        state = "not_evaluable"
    elif broken == 0:
        state = "pass_exact"
    elif broken <= tolerance:
        state = "pass_rounding"
    else:
        state = "not_evaluable" if doubtful else "fail"
    return EquationInstance(
        rule,
        equation,
        tuple(
            [(weight, fact.index) for weight, fact in left.members]
            + [(-weight, fact.index) for weight, fact in right.members]
        ),
        difference,
        tolerance,
        state,
        independent,
    )
