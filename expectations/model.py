"""What a rule is once its file is read: equations made of terms, free of any engine that evaluates them.

An equation selects printed cells by *terms*. A term says which cells (form, side, rows, columns) and what
the selected cells have in common with the other side (``match``); cells of both sides with equal matches
form one instance. The same objects are compiled to SQL (reconciliation) and walked in Python (proof).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

Match = Literal["none", "row", "code", "parent", "class", "key", "label"]
"""What ties the cells of both sides together: nothing (one instance a form), the printed row, the code,
the parent's code (children under their parent), the function class, the row's key (its side and its code,
line or label, as the same row of another document has it), its label."""

Role = Literal[
    "budget", "previous", "previous_final", "department", "units", "known_units", "only_unit", "earlier"
]
"""Another document, seen from the document that is judged: its budget of the year, the same publication of
the year before, last year's final account, the department of a unit, all units of a department, those of its
units that are loaded where some are not, its unit where it has one only, the version before."""

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

    ``document``: the cells of another document, which a role names; else the document's own.
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
    document: Role | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on the document: some cell that the term selects is printed (``wanted``) or none is.

    ``nonzero`` looks at cells other than zero only. The term's ``match`` has no meaning here.
    """

    term: Term
    wanted: bool = True
    nonzero: bool = False


def _roles(terms: tuple[Term, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term.document for term in terms if term.document))


@dataclass(frozen=True, slots=True)
class Equation:
    """Sum of the left cells ``compare`` sum of the right cells, per match (and column).

    ``presence``: what must be printed on the right for an instance to exist: ``cells`` a figure, ``rows`` a
    row (its figure may be blank, then 0), ``none`` nothing. ``outer``: a match found on the right only is an
    instance too, its left side being 0. ``only_child``: exactly one row on the right. ``proves``: false where
    the equation says what is usual only, so that it confirms no figure. ``other_base``: words under or above
    the left form that say that its figures are taken on another base; a difference proves nothing then.
    """

    name: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    tolerance: ToleranceKind
    compare: Literal["equal", "at_most", "at_least"] = "equal"
    presence: Literal["cells", "rows", "none"] = "cells"
    outer: bool = False
    only_child: bool = False
    guards: tuple[Guard, ...] = ()
    proves: bool = True
    other_base: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the document itself that must be read for the equation to be evaluated."""
        wanted = [term.form for term in (*self.left, *self.right) if term.document is None]
        return tuple(dict.fromkeys(wanted))

    @property
    def roles(self) -> tuple[str, ...]:
        """The other documents that the equation looks into."""
        return _roles(self.left + self.right + tuple(guard.term for guard in self.guards))

    @property
    def single_form(self) -> str | None:
        """The form of an equation within one form, ``None`` for one between forms or documents."""
        return self.forms[0] if len(self.forms) == 1 and not self.roles else None


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
    that say another budget figure is meant: then a difference proves nothing. ``change``: items of the change
    that the same sentence states; what is compared is then the figure less that change. ``absent_is_zero``: a
    code that the form does not print, though it prints others of that level, counts 0, as does a form that
    is empty.
    """

    name: str
    items: tuple[str, ...]
    right: tuple[Term, ...]
    compare: Literal["equal", "at_most"] = "equal"
    tolerance: ToleranceKind = "coarser"
    blank_is_zero: str | None = None
    other_base: tuple[str, ...] = ()
    guards: tuple[Guard, ...] = ()
    change: tuple[str, ...] = ()
    absent_is_zero: bool = False

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the document itself that must be read."""
        return tuple(dict.fromkeys(term.form for term in self.right if term.document is None))

    @property
    def roles(self) -> tuple[str, ...]:
        """The other documents that the figures are compared with."""
        return _roles(self.right)


@dataclass(frozen=True, slots=True)
class StatementSum:
    """A stated whole equals the sum of stated parts: of a printed list (``listed``) or of named items.

    ``paired_with``: item pattern; the parts are complete only if as many of these are stated.
    ``leaves``: accounts below which no other stated part lies. ``unless``: no instance where an item of this
    pattern is stated. ``required``: parts that must be stated.
    ``document_kind``: only in budgets or only in final accounts. ``counts``: things are counted, not money.
    ``unchanged``: part → the words that say that it is 0; other parts that are not stated leave it open.
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
    counts: bool = False
    unchanged: tuple[tuple[str, str], ...] = ()

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """A stated percentage follows from stated amounts of the same subject.

    ``share``: part / base; ``change``: change / (amount − change); ``growth``: (part − base) / base, the base
    being stated for the year before; ``excess``: the same over a base of the document's own year, which the
    sentence itself states. ``bases`` after the first are other
    wholes that the words may mean: fitting one of them explains a difference. ``when_equal``: the equation
    holds only where these two items are stated with the same amount. ``named``: regular expression → items;
    where the sentence names its whole (占基本支出的) these decide; a whole of an unknown name proves nothing.
    """

    name: str
    percent: str
    part: tuple[str, ...]
    bases: tuple[str, ...]
    formula: Literal["share", "change", "growth", "excess"]
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


@dataclass(frozen=True, slots=True)
class CellCheck:
    """What the cells of one form must be by themselves.

    ``blank``: blank or zero where the code begins with one of ``under``; ``not_negative``; ``decimals``: all
    with as many decimals as the others; ``repeated``: no amount of a leaf row stands in three of them.
    """

    name: str
    check: Literal["blank", "not_negative", "decimals", "repeated"]
    form: str
    columns: tuple[str, ...] = ()
    under: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """The form that must be read."""
        return (self.form,)


@dataclass(frozen=True, slots=True)
class AccountCheck:
    """What the codes and names of a form must be by the classification of the document's year.

    ``listed``: the code is in the list; ``named``: its name is the list's; ``shape``: digits, class and
    prefix; ``order``: classes ascend; ``renamed``: no name that the list had given up before the year;
    ``apart``: no code of the other budget; ``basic_only``: no class that basic expenditure does not know;
    ``nature``: running costs are basic, administration projects are projects.
    """

    name: str
    check: Literal["listed", "named", "shape", "order", "renamed", "apart", "basic_only", "nature"]
    form: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The form that must be read."""
        return (self.form,)


@dataclass(frozen=True, slots=True)
class FormCheck:
    """What the document as a publication must have.

    ``present``: a required form is printed; ``declared``: a form without figures says that there are none;
    ``contradicted``: no form with figures says that it is empty; ``declared_zero``: a fund whose form is said
    to be empty has no money in the appropriation summary; ``unit``: every form states its unit;
    ``readable``: no form is a picture or broken; ``broken_down``: a fund with money in the appropriation
    summary has a form that is not empty.
    """

    name: str
    check: Literal["present", "declared", "contradicted", "declared_zero", "unit", "readable", "broken_down"]

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mentions:
    """What pieces of the running text say.

    A piece (of one of ``kinds``, under a heading that matches ``under``) that matches ``pattern`` is an
    instance. It fails where it matches ``also`` (without it: always) and not ``unless``, the piece before it
    matches ``follows`` and the text after it ``precedes``. ``unread``: only pieces that no stated figure was
    read from, which other checks look at. ``expects``: what the group ``found`` of the pattern must be: the
    year of the document (``year``), the year before (``previous_year``), that year or an earlier one
    (``no_later``), that year or a later one (``no_earlier``), it or the year before (``recent``), a span with
    that year (``span``), a year after that of the group ``again``
    (``after_again``), the year before it (``before_again``), its organisation (``organisation``; ``subject``:
    as the subject of a sentence, with the group ``total`` where that is about totals) or edition
    (``edition``).
    """

    name: str
    pattern: str
    says_zh: str
    says_en: str
    kinds: tuple[str, ...] = ("sentence",)
    under: str | None = None
    also: str | None = None
    unless: str | None = None
    follows: str | None = None
    precedes: str | None = None
    expects: (
        Literal[
            "year",
            "previous_year",
            "no_later",
            "no_earlier",
            "recent",
            "span",
            "after_again",
            "before_again",
            "organisation",
            "subject",
            "edition",
        ]
        | None
    ) = None
    document_kind: str | None = None
    unread: bool = False

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Figures of one piece of text: the groups of ``pattern`` put into ``equation``.

    ``change`` may stand for ``now``. Where the pattern has the groups ``year`` and ``again``, both must be
    one year, or the figures are not about each other.

    ``sum``: ``whole`` = ``part`` + ``part2`` + …; ``difference``: ``change`` = ∣``now`` − ``before``∣;
    ``percent``: ``percent`` = ∣``now`` − ``before``∣ / ``before``; ``range``: that percentage lies between
    ``low`` and ``high``; ``zero_base``: a percentage of the change from ``before`` 0 is not stated;
    ``larger``, ``smaller``: ``now`` against ``before``.
    """

    name: str
    pattern: str
    equation: Literal["sum", "difference", "percent", "range", "zero_base", "larger", "smaller"]
    kinds: tuple[str, ...] = ("sentence", "entry")

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reasons:
    """Reasons and uses that the text gives: the group ``found`` of ``pattern``.

    ``other_item``: under one account the words given under another account, which name that one;
    ``opposite``: one reason (without a word of ``unless``) for an increase and for a decrease, which the
    words before it tell by ``up`` and ``down``; ``repeated``: a sentence that is printed twice in a row.
    """

    name: str
    check: Literal["other_item", "opposite", "repeated"]
    pattern: str
    says_zh: str
    says_en: str
    unless: str | None = None
    up: str | None = None
    down: str | None = None

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SameWords:
    """Clauses of one form that are the same word for word state one number of what is ``counted``."""

    name: str
    counted: tuple[str, ...]
    kinds: tuple[str, ...] = ("entry",)

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """The contents page against the document. ``listed``: what it lists is there; ``unlisted``: the chapters
    that are there are listed, ``forms``: the forms; ``order``: both have one order; ``numbering``: the
    numbers of one level run without a gap."""

    name: str
    check: Literal["listed", "unlisted", "forms", "order", "numbering"]

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Accounts that the text names.

    ``amounts``: each economic account that a sentence names (between ``after`` and its end) below the classes
    ``under`` has an amount in ``form``; ``unlisted``: a list without 等 leaves none of them out that has one;
    ``path``: the names of a path 类、款、项 lead to one account;
    ``renamed``: no class, section or item bears a name that was given up before the year.
    """

    name: str
    check: Literal["amounts", "unlisted", "path", "renamed"]
    form: str | None = None
    after: str | None = None
    until: str | None = None
    under: tuple[str, ...] = ()
    scheme: Literal["function", "economic_department"] = "function"

    @property
    def forms(self) -> tuple[str, ...]:
        """The form that must be read, if one is needed."""
        return (self.form,) if self.form else ()


@dataclass(frozen=True, slots=True)
class IndicatorCheck:
    """Rows of the performance forms against each other.

    ``weights``: add up to 100, with or without that of the execution rate; ``score``: between 0 and its
    weight; ``rate``: execution rate = actual / budget; ``execution``: its score = weight × rate;
    ``total``: the total score = sum of the scores; ``met``: full marks only for a target that is met;
    ``same``: one indicator of one name and target has one actual value; ``growth``: a growth rate follows
    from the values; ``funding``: a total of the funding = its parts; ``described``: the words of a project's
    row state the amount of the row; ``history``: last year's total is that of last year's documents.
    """

    name: str
    check: Literal[
        "weights",
        "score",
        "rate",
        "execution",
        "total",
        "met",
        "same",
        "growth",
        "funding",
        "described",
        "history",
    ]
    form_keys: tuple[str, ...] = ()

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """Amounts of a project's declaration: ``whole`` = sum of ``parts`` (a minus subtracts).

    ``details``: the parts are the detail lines of the estimate. ``signed``: the change may be stated without
    its sign.
    """

    name: str
    whole: str
    parts: tuple[str, ...] = ()
    details: bool = False
    signed: bool = True

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """A stated number (one of ``items``) equals what is counted: distinct ``projects`` of a performance form,
    ``units`` of a form by unit, or the amounts ``spent`` that the performance forms print; or it lies within
    the total ``scores`` of the forms, where there are as many of them as the text says."""

    name: str
    items: tuple[str, ...]
    counted: Literal["projects", "units", "spent", "scores"]
    form: str

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Restated:
    """A stated figure against the same figure stated in another document: the same item, year and unit.

    ``earlier``: against that of the year before; ``plus``: what the year may have added to it, of which
    something must be stated.
    """

    name: str
    items: tuple[str, ...]
    document: Role
    compare: Literal["equal", "at_most"] = "equal"
    earlier: bool = False
    plus: tuple[str, ...] = ()

    forms: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """The other document."""
        return (self.document,)


@dataclass(frozen=True, slots=True)
class Ordered:
    """Stated figures of one document against each other: ``at_most`` (first ≤ second), ``zero_together``,
    ``needs`` (no first without the second), ``equal``. ``when_equal``: only where these two items are stated
    with one amount."""

    name: str
    first: str
    second: str
    relation: Literal["at_most", "zero_together", "needs", "equal"]
    when_equal: tuple[str, ...] = ()

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Misdated:
    """No figure of the document's own forms is stated for another year, and for no other.

    ``items``: what is stated. Figures that several years share, and round ones, prove nothing. ``due``: what
    a document states of its own year, so that a sentence of it that begins with another one, the only one
    that it is stated for, is a slip whatever its figure.
    """

    name: str
    items: tuple[str, ...]
    due: tuple[str, ...] = ()

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shares:
    """Stated shares of one list add up to 100, where the amounts of the list add up to its whole."""

    name: str
    shares: tuple[str, ...]
    amounts: tuple[str, ...]
    whole: str

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounds:
    """Screening: left / right lies between ``low`` and ``high`` where they differ by at least ``least`` yuan.

    No reconciliation: what lies outside deserves a look, no more.
    """

    name: str
    left: tuple[Term, ...]
    right: tuple[Term, ...]
    low: Decimal
    high: Decimal
    least: Decimal = Decimal(0)

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms of the document itself that must be read."""
        terms = (*self.left, *self.right)
        return tuple(dict.fromkeys(term.form for term in terms if term.document is None))

    @property
    def roles(self) -> tuple[str, ...]:
        """The other documents that are looked into."""
        return _roles((*self.left, *self.right))


@dataclass(frozen=True, slots=True)
class Average:
    """Screening: a stated amount by the stated number of those it is spent on lies between ``low`` and
    ``high`` (yuan). The first stated item of each list counts."""

    name: str
    amounts: tuple[str, ...]
    counts: tuple[str, ...]
    low: Decimal
    high: Decimal

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """What the running text of a document has to speak of: some piece of it matches ``pattern``.

    ``least``: pieces of running text from which on a document is more than tables and their notes.
    ``says_zh``, ``says_en``: what is missing.
    """

    name: str
    pattern: str
    says_zh: str
    says_en: str
    document_kind: str | None = None
    least: int = 30

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """Rows of the purchase forms against other forms.

    ``accounts``: the functional code that a row names is in the expenditure forms, and its economic code is
    one that buys; ``procured``: a service marked as procurement has rows of its project in the procurement
    form that reach its amount.
    """

    name: str
    check: Literal["accounts", "procured"]
    form: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The form that must be read."""
        return (self.form,)


@dataclass(frozen=True, slots=True)
class Product:
    """In every leaf row of the form: ``whole`` = ``quantity`` × ``price``."""

    name: str
    form: str
    whole: str
    quantity: str
    price: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The form that must be read."""
        return (self.form,)


@dataclass(frozen=True, slots=True)
class Slip:
    """A broken equation that one slip explains: ``unit`` (元 for 万元), ``digit`` (one too many or too few),
    ``swap`` (two neighbouring digits), ``shift`` (labels moved by a row against the figures)."""

    name: str
    check: Literal["unit", "digit", "swap", "shift"]

    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Twins:
    """No two documents of different bodies print the same amounts throughout (at least ``least`` of them)."""

    name: str
    least: int = 30

    forms: tuple[str, ...] = ()


Check = (
    Equation
    | RowsCheck
    | StatementTie
    | StatementSum
    | Ratio
    | Same
    | Direction
    | Wording
    | CellCheck
    | AccountCheck
    | FormCheck
    | Mentions
    | Said
    | Reasons
    | SameWords
    | Outline
    | Named
    | IndicatorCheck
    | Declared
    | Count
    | Restated
    | Ordered
    | Misdated
    | Shares
    | Bounds
    | Average
    | Due
    | Purchase
    | Product
    | Slip
    | Twins
)


@dataclass(frozen=True, slots=True)
class LegitimateReason:
    """A legitimate reason for a broken equation, with the equation that proves it.

    ``equations`` hold in the document as a whole. The others are about each broken instance. ``difference``:
    what is missing is the sum of these terms, of the same row where they have a match. ``stated``: the text
    names it, in the groups ``amount`` and ``unit`` of a pattern; one of the amounts, or all of them together,
    is what is missing. ``moved``: the figure of an account that the other document does not have is that of
    an account there that this document does not have. ``only``: it explains left sides that are ``smaller``
    or ``larger`` than the right, or ``any``.
    """

    id: str
    title_zh: str
    title_en: str
    equations: tuple[Equation, ...] = ()
    difference: tuple[Term, ...] = ()
    stated: str | None = None
    moved: Term | None = None
    only: Literal["any", "smaller", "larger"] = "any"


@dataclass(frozen=True, slots=True)
class Plug:
    """A cent that a summary carries: its rule ``closes`` holds exactly, the detail's ``open`` by rounding."""

    closes: str
    open: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One file of ``expectations/rules``. ``examples`` as written; the tests lay them into tables.

    ``in_force``: first and last fiscal year that the rule's law or notice holds for (``None``: open).
    ``left_out``: what the catalogue asks beside this and no equation of the file judges, and why (zh, en).
    ``regional``: region (the beginning of a path such as ``上海市/普陀区``) → the severity there.
    """

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
    in_force: tuple[int | None, int | None] = (None, None)
    regional: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, str] | None = None
    examples: tuple[dict[str, Any], ...] = field(default=(), compare=False, hash=False)

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The linear equations over cells of one document, those that proof can use."""
        found = (check for check in self.checks if isinstance(check, Equation))
        return tuple(equation for equation in found if equation.proves and not equation.roles)

    def severity_in(self, region: str | None) -> str:
        """The severity in a document of that region (a path of names, ``None`` where it is not known)."""
        path = (region or "").split("/")
        return next((severity for name, severity in self.regional if name in path), self.severity)
