"""What a rule is once its file is read: equations made of terms, free of any engine that evaluates them.

An equation selects printed cells by *terms*. A term says which cells (form, side, rows, columns) and what
the selected cells have in common with the other side (``match``); cells of both sides with equal matches
form one instance. The same objects are compiled to SQL (reconciliation) and walked in Python (proof).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Match = Literal["none", "row", "code", "parent", "class"]
"""What ties the cells of both sides together: nothing (one instance a form), the printed row, the code,
the parent's code (children under their parent), the function class."""

ToleranceKind = Literal["rounding", "exact", "last_unit", "coarser", "percent", "count"]


@dataclass(frozen=True, slots=True)
class Rows:
    """A choice of rows: ``all``, ``total``, ``leaf``, ``level`` (of an account code: 1 class, 2 section, 3
    item), ``unit_level`` (of a unit's code), ``code`` or ``line``."""

    kind: str = "all"
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """Cells of one form that stand on one side of an equation, each taken ``weight`` times.

    ``columns`` empty means every money column. With ``by_column`` each column is an instance of its own; with
    ``each_column`` the columns are parts that stand beside each other, else they are names of one column.
    """

    form: str
    rows: Rows = Rows()
    columns: tuple[str, ...] = ()
    side: str | None = None
    match: Match = "none"
    by_column: bool = False
    weight: int = 1
    each_column: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the document: some cell that the term selects is printed (``wanted``) or none is.

    ``nonzero`` looks at cells other than zero only. The term's ``match`` has no meaning here.
    """

    term: Term
    wanted: bool = True
    nonzero: bool = False


@dataclass(frozen=True, slots=True)
class Equation:
    """Sum of the left cells ``compare`` sum of the right cells, per match (and column).

    ``presence``: what must be printed on the right for an instance to exist: ``cells`` a figure, ``rows`` a
    row (its figure may be blank, then 0), ``none`` nothing. ``outer``: a match found on the right only is an
    instance too, its left side being 0. ``only_child``: exactly one row on the right.
    """

    name: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    tolerance: ToleranceKind
    compare: Literal["equal", "at_most"] = "equal"
    presence: Literal["cells", "rows", "none"] = "cells"
    outer: bool = False
    only_child: bool = False
    guards: tuple[Guard, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that must be read for the equation to be evaluated."""
        wanted = [term.form for term in (*self.left, *self.right)]
        return tuple(dict.fromkeys(wanted))

    @property
    def single_form(self) -> str | None:
        """The form of an equation within one form, ``None`` for one between forms."""
        return self.forms[0] if len(self.forms) == 1 else None


@dataclass(frozen=True, slots=True)
class RowsCheck:
    """A check of the rows of a form.

    ``orphan``: a code without its parent row; ``childless``: a class without any section where others have
    some; ``duplicate``: a code printed twice; ``blank_parent``: a parent blank over children that are not.
    """

    name: str
    check: Literal["orphan", "childless", "duplicate", "blank_parent"]
    form: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The form that must be read."""
        return (self.form,)


@dataclass(frozen=True, slots=True)
class StatementTie:
    """A stated figure equals cells of a form. ``blank_is_zero``: the column of the whole; a blank cell
    counts 0 where the rules within a row find that this whole is the sum of its printed parts.

    ``<code>`` in the item is matched with the codes of the form. ``other_base`` are words of the sentence
    that say another budget figure is meant: then a difference proves nothing.
    """

    name: str
    items: tuple[str, ...]
    right: tuple[Term, ...]
    compare: Literal["equal", "at_most"] = "equal"
    tolerance: ToleranceKind = "coarser"
    blank_is_zero: str | None = None
    other_base: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that must be read."""
        return tuple(dict.fromkeys(term.form for term in self.right))


@dataclass(frozen=True, slots=True)
class StatementSum:
    """A stated whole equals the sum of stated parts: of a printed list (``listed``) or of named items.

    ``paired_with``: item pattern; the parts are complete only if as many of these are stated.
    ``leaves``: accounts below which no other stated part lies. ``unless``: no instance where an item of this
    pattern is stated. ``required``: parts that must be stated.
    ``document_kind``: only in budgets or only in final accounts.
    """

    name: str
    wholes: tuple[str, ...]
    parts: tuple[str, ...] = ()
    listed: bool = False
    required: tuple[str, ...] = ()
    paired_with: str | None = None
    unless: str | None = None
    document_kind: str | None = None
    leaves: bool = False

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """A stated percentage follows from stated amounts of the same subject.

    ``share``: part / base; ``change``: change / (amount − change). ``bases`` after the first are other
    wholes that the words may mean: fitting one of them explains a difference. ``when_equal``: the equation
    holds only where these two items are stated with the same amount. ``named``: regular expression → items;
    where the sentence names its whole (占基本支出的) these decide; a whole of an unknown name proves nothing.
    """

    name: str
    percent: str
    part: tuple[str, ...]
    bases: tuple[str, ...]
    formula: Literal["share", "change"]
    when_equal: tuple[str, str] | None = None
    unless: tuple[str, ...] = ()
    document_kind: str | None = None
    named: tuple[tuple[str, tuple[str, ...]], ...] = ()

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Same:
    """One concept stated in several places has one amount. ``items`` are the keys it is stated under.

    ``any_of``: the first item must agree with at least one of the others instead of with each.
    """

    name: str
    items: tuple[str, ...]
    any_of: bool = False

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Direction:
    """Words against signs: ``signs`` (amount and percentage of one change) or ``compared`` (larger, smaller,
    equal against the two figures)."""

    name: str
    check: Literal["signs", "compared"]

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that no finished text carries: no sentence that states a figure matches ``pattern``.

    ``pattern`` is a regular expression. ``says_zh``, ``says_en``: what a finding says of the words it found.
    """

    name: str
    pattern: str
    says_zh: str
    says_en: str

    forms: tuple[str, ...] = ()


Check = Equation | RowsCheck | StatementTie | StatementSum | Ratio | Same | Direction | Wording


@dataclass(frozen=True, slots=True)
class LegitimateReason:
    """A legitimate reason for a broken equation, with the equation that proves it.

    ``only``: it explains left sides that are ``smaller`` or ``larger`` than the right, or ``any``.
    """

    id: str
    title_zh: str
    title_en: str
    equations: tuple[Equation, ...]
    only: Literal["any", "smaller", "larger"] = "any"


@dataclass(frozen=True, slots=True)
class Plug:
    """A cent that a summary carries: its rule ``closes`` holds exactly, the detail's ``open`` by rounding."""

    closes: str
    open: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of ``expectations/rules``. ``examples`` as written; the tests lay them into tables."""

    id: str
    version: int
    tier: int
    family: str
    scope: str
    severity: str
    title_zh: str
    title_en: str
    formula_zh: str
    formula_en: str
    basis: str
    tolerance: str
    file: str
    checks: tuple[Check, ...]
    exceptions: tuple[LegitimateReason, ...] = ()
    plug: Plug | None = None
    examples: tuple[dict[str, Any], ...] = field(default=(), compare=False, hash=False)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The linear equations over cells, those that proof can use."""
        return tuple(check for check in self.checks if isinstance(check, Equation))
