"""The equations of the reconciliation rules over the rows of a document's tables, before they are cells.

The rules say how the forms add up (``expectations/rules``); here their equations are laid over rows whose
figures may still be without a column. What a rule settles carries the rule's name, because a rule that placed
a figure must not judge it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.table import FormTable, TableRow
from dagster_project.proof import propagation
from dagster_project.proof.assignments import RowSum
from dagster_project.proof.propagation import Group
from expectations import lines
from expectations.model import Equation, Guard, Rule, Term
from expectations.rules import load_rules

_PRIOR: Final = "prior_year_"
_LEVELS: Final = {3: 1, 5: 2, 7: 3}
_UNIT_LEVELS: Final = {3: 1, 6: 2, 9: 3}
_LONG_CODE: Final = 12
_BALANCES: Final = {"opening": "opening_balance", "closing": "closing_balance"}
_FAMILIES: Final = frozenset({"COL", "SIDE", "FORM"})


@dataclass(frozen=True)
class Place:
    """One row of one table: its number among all rows of the document, and what rules select rows by."""

    index: int
    form: str
    row: TableRow
    columns: tuple[str, ...]
    section: str = ""
    is_parent: bool = False
    by_units: bool = False

    @cached_property
    def code(self) -> str | None:
        """The code without white space."""
        return re.sub(r"\s", "", self.row.code or "") or None

    @cached_property
    def name(self) -> str:
        """The label as wordings are compared, without its list number."""
        return vocabulary.bare_label(vocabulary.key(self.row.label))

    @cached_property
    def line(self) -> tuple[str | None, str | None]:
        """The line of a summary or total that the label names, and its function class."""
        return lines.line_of(self.row.side or "", self.section, self.name)

    @property
    def is_total(self) -> bool:
        """A row of the whole form: by its name, or a row without code and label."""
        return self.code is None and (self.line[0] == "grand_total" or not self.name)

    @property
    def is_leaf(self) -> bool:
        """A row without rows below it; in the project form a project."""
        if self.form == "budget_project":
            return len(self.code or "") > _LONG_CODE or bool(self.row.attributes)
        return not self.is_total and not self.is_parent

    @property
    def level(self) -> int | None:
        """1 class, 2 section, 3 item of an account code, or of a unit's code."""
        return (_UNIT_LEVELS if self.by_units else _LEVELS).get(len(self.code or ""))

    @property
    def parent(self) -> str | None:
        """The code one level up."""
        if self.code is None or self.level in (None, 1):
            return None
        return self.code[: -3 if self.by_units else -2]

    @property
    def has_figures(self) -> bool:
        """Whether the row prints anything; a row of blanks is not zero."""
        return bool(self.row.values or self.row.open_values)

    def choices(self) -> Iterator[tuple[str, str]]:
        """The choices of rows (kind, value) that this row belongs to."""
        yield "all", ""
        if self.is_total:
            yield "total", ""
        if self.is_leaf:
            yield "leaf", ""
        if self.level:
            yield "unit_level" if self.by_units else "level", str(self.level)
        if self.code:
            yield "code", self.code
        if self.line[0]:
            yield "line", self.line[0]

    def match(self, kind: str) -> str | None:
        """What ties the row to rows of the other side of an equation; ``None``: nothing."""
        match kind:
            case "code":
                return self.code
            case "parent":
                return self.parent
            case "class":
                return self.line[1] or (self.code if self.level == 1 and not self.by_units else None)
        return ""


@cache
def _rules() -> tuple[Rule, ...]:
    """The rules that place figures: arithmetic within a document that no legitimate reason excuses."""
    return tuple(rule for rule in load_rules() if rule.severity == "error" and not rule.exceptions)


@cache
def _row_equations(form: str) -> tuple[tuple[str, Equation], ...]:
    return tuple(
        (rule.id, equation)
        for rule in _rules()
        for equation in rule.equations
        if rule.family == "ROW" and equation.single_form == form and _is_within_a_row(equation)
    )


def _is_within_a_row(equation: Equation) -> bool:
    """Whether columns of one row are added, not the lines of a form."""
    return all(term.match == "row" and term.columns for term in (*equation.left, *equation.right))


@cache
def row_sums(form: str, columns: tuple[str, ...]) -> tuple[RowSum, ...]:
    """The sums every row of the form obeys, for the columns that this print has.

    A sum is left out where its whole or all of its parts are not printed. In forms that print last year's
    columns beside this year's, the same sums hold for both.
    """
    printed = set(columns)
    found: list[RowSum] = []
    for rule, equation in _row_equations(form):
        if equation.left[0].columns[0].startswith(_PRIOR):
            continue  # the same sum as this year's, which is taken for both
        for prefix in ("", _PRIOR):
            whole = prefix + equation.left[0].columns[0]
            parts = {
                prefix + column: term.weight
                for term in equation.right
                for column in term.columns
                if prefix + column in printed
            }
            meant = all(_is_met(guard, printed, prefix) for guard in equation.guards)
            if whole in printed and parts and meant:
                found.append(RowSum(rule, whole, tuple(parts), tuple(parts.values())))
    return tuple(found)


def _is_met(guard: Guard, printed: set[str], prefix: str) -> bool:
    return any(prefix + column in printed for column in guard.term.columns) == guard.wanted


def places(tables: Sequence[FormTable]) -> list[Place]:
    """All rows of all tables, in order, with the columns of their table and side."""
    found: list[Place] = []
    for table in tables:
        own = list(_places(table, len(found)))
        parents = {place.parent for place in own}
        found += [replace(place, is_parent=place.code is not None and place.code in parents) for place in own]
    return found


def _places(table: FormTable, start: int) -> Iterator[Place]:
    by_side: dict[str | None, dict[str, None]] = {}
    for row in table.rows:
        by_side.setdefault(row.side, {}).update(dict.fromkeys((*row.open_columns, *row.values)))
    sections: dict[str | None, str] = {}
    by_units = _is_keyed_by_units(table)
    for number, row in enumerate(table.rows):
        place = Place(
            index=start + number,
            form=table.form,
            row=row,
            columns=tuple(by_side[row.side]),
            section=row.section or sections.get(row.side, ""),
            by_units=by_units,
        )
        if row.side and place.line[0] in _BALANCES:
            sections[row.side] = _BALANCES[place.line[0] or ""]
        yield place


def _is_keyed_by_units(table: FormTable) -> bool:
    keyed_by = vocabulary.forms()[table.form].keyed_by
    lengths = {len(re.sub(r"\s", "", row.code)) for row in table.rows if row.code}
    if keyed_by == "function_or_unit":
        return bool(lengths & {6, 9}) and not lengths & {5, 7}
    return keyed_by in ("unit", "project")


def groups(every: Sequence[Place]) -> list[Group]:
    """The relations between the rows of a document, as the rules declare them."""
    chosen: dict[tuple[str, str | None, str, str], list[Place]] = defaultdict(list)
    for place in every:
        if not place.has_figures:
            continue
        for kind, value in place.choices():
            chosen[place.form, None, kind, value].append(place)
            if place.row.side:
                chosen[place.form, place.row.side, kind, value].append(place)
    forms = {place.form for place in every}
    found = [
        group
        for rule in _rules()
        if rule.family in _FAMILIES
        for equation in rule.equations
        if equation.left[0].form in forms
        for group in _instances(rule.id, equation, chosen)
    ]
    return [*found, *_bounds(every)]


_Chosen = dict[tuple[str, str | None, str, str], list[Place]]


def _select(term: Term, chosen: _Chosen) -> Iterator[tuple[Place, str, str]]:
    """The places of a term with their columns and what ties each to the other side."""
    for value in term.rows.values or ("",):
        for place in chosen.get((term.form, term.side, term.rows.kind, value), ()):
            tie = place.match(term.match)
            if tie is None:
                continue
            for column in place.columns:
                if column in term.columns if term.columns else _is_money(place.form, column):
                    yield place, column, tie


def _is_money(form: str, column: str) -> bool:
    """Whether figures of the column add up: counts, prices, percentages and unknown columns do not."""
    return not column.startswith("?") and vocabulary.column_measure(form).get(column, "money") == "money"


def _instances(rule: str, equation: Equation, chosen: _Chosen) -> Iterator[Group]:
    """One group a match: its equations are those of the columns."""
    if not all(_is_printed(guard, chosen) for guard in equation.guards):
        return
    sides = (_terms(equation.left, chosen, 1), _terms(equation.right, chosen, -1))
    ties: dict[str, list[propagation.Equation]] = defaultdict(list)
    for tie, column in dict.fromkeys((*sides[0], *sides[1])):
        left, right = (side.get((tie, column), []) for side in sides)
        rows = {term.row for term in right}
        known = any(key[0] == tie for key in sides[1]) or equation.presence == "none"
        if not left or not (right or known) or (equation.only_child and len(rows) != 1):
            continue
        exact = equation.tolerance == "exact"
        at_most = equation.compare == "at_most"
        ties[tie].append(propagation.Equation((*left, *right), exact=exact, at_most=at_most))
    for equations in ties.values():
        yield Group((rule,), tuple(equations))


def _terms(
    terms: Sequence[Term], chosen: _Chosen, sign: int
) -> dict[tuple[str, str], list[propagation.Term]]:
    found: dict[tuple[str, str], list[propagation.Term]] = defaultdict(list)
    for term in terms:
        for place, column, tie in _select(term, chosen):
            key = (tie, column if term.by_column else "")
            found[key].append(propagation.Term(place.index, column, sign * term.weight))
    return found


def _is_printed(guard: Guard, chosen: _Chosen) -> bool:
    return any(True for _ in _select(guard.term, chosen)) == guard.wanted


_SOURCES: Final[dict[str, tuple[str, ...]]] = {
    "general_public_budget": ("source_general",),
    "government_fund": ("source_fund",),
    "state_capital": ("source_capital",),
    "fiscal_account": ("source_fiscal_account",),
    "unit_funds": (
        "source_unit_funds",
        "source_undertaking",
        "source_operating",
        "source_superior",
        "source_affiliate",
        "source_other",
    ),
    "carried_general_public_budget": ("opening", "opening_general"),
    "carried_government_fund": ("opening", "opening_fund"),
    "carried_state_capital": ("opening", "opening_capital"),
}
"""Source column of the project form → the lines of the revenue side that can feed it."""


_CARRIED: Final[dict[str, tuple[str, ...]]] = {
    "carried_general_public_budget": ("opening_general",),
    "carried_government_fund": ("opening_fund",),
    "carried_state_capital": ("opening_capital",),
}
"""The same for the lines of the appropriation summary, which divides what is carried over."""


def _bounds(every: Sequence[Place]) -> Iterator[Group]:
    """No project spends more of a source than the document says comes in (B-FORM-15, row by row)."""
    projects = [place for place in every if place.form == "budget_project" and place.has_figures]
    for form, sources in (("budget_summary", _SOURCES), ("budget_appropriation_summary", _CARRIED)):
        feeding: dict[str, list[Place]] = defaultdict(list)
        for place in every:
            if place.form == form and place.row.side == "income" and place.line[0]:
                feeding[place.line[0]].append(place)
        if any(place.has_figures for own in feeding.values() for place in own):
            for place in projects:
                yield from _bounded(place, feeding, sources)


def _bounded(
    place: Place, feeding: dict[str, list[Place]], sources: dict[str, tuple[str, ...]]
) -> Iterable[Group]:
    for column, names in sources.items():
        own = [line for name in names for line in feeding.get(name, ())]
        if own and column in place.columns:
            terms = (
                propagation.Term(place.index, column, 1),
                *(propagation.Term(line.index, "amount", -1) for line in own),
            )
            yield Group(("B-FORM-15",), (propagation.Equation(terms, at_most=True),))
