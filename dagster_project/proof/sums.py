"""The sums that can tell where a figure stands: within a row, down a column, between the forms of a document.

Tables become ``TableRow`` places (table number, row number); the relations are those of the reconciliation
rules and carry their names, because a rule that placed a figure must not judge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.table import FormTable, TableRow
from dagster_project.proof.assignments import RowSum
from dagster_project.proof.propagation import Equation, Group, Term

_PRIOR: Final = "prior_year_"
_CODE: Final = re.compile(r"\d{3}(?:\d{2}){0,3}|\d{6}|\d{9}")

_FUNDS: Final = ("general_public_budget", "government_fund", "state_capital")
_PARTS: Final = ("basic", "project", "operating", "remit_superior", "subsidise_affiliates")
_SOURCES: Final = (
    *_FUNDS,
    "fiscal_appropriation",
    "fiscal_account",
    "undertaking",
    "operating",
    "superior_subsidy",
    "affiliate_remittance",
    "other",
)
_THREE: Final = ("abroad", "vehicle", "reception")
_VEHICLE: Final = ("vehicle_purchase", "vehicle_operation")

_ROW_SUMS: Final[dict[str, tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    "budget_summary": (("B-ROW-17", "total", ("basic_personnel", "basic_operating", "project")),),
    "budget_income": (
        ("B-ROW-06", "total", ("current_year", "carried_over")),
        ("B-ROW-06", "current_year", _SOURCES),
    ),
    "budget_expenditure": (("X-ROW-01", "total", _PARTS),),
    "budget_appropriation_summary": (("X-ROW-09", "total", _FUNDS),),
    "budget_general_by_function": (
        ("X-ROW-02", "total", ("basic", "project")),
        ("B-ROW-03", "basic", ("basic_personnel", "basic_operating")),
    ),
    "budget_general_basic_by_economic": (("B-ROW-04", "total", ("basic_personnel", "basic_operating")),),
    "budget_three_public": (("X-ROW-12", "total", _THREE), ("X-ROW-13", "vehicle", _VEHICLE)),
    "budget_government_fund": (("X-ROW-10", "total", ("basic", "project")),),
    "budget_project": (
        (
            "B-ROW-14",
            "total",
            (*_FUNDS, *(f"carried_{fund}" for fund in _FUNDS), "fiscal_account", "unit_funds"),
        ),
    ),
    "final_income": (("F-ROW-08", "total", _SOURCES),),
    "final_government_fund": (("X-ROW-10", "total", ("basic", "project")),),
    "final_three_public": (
        ("X-ROW-12", "budget_total", tuple(f"budget_{part}" for part in _THREE)),
        ("X-ROW-13", "budget_vehicle", tuple(f"budget_{part}" for part in _VEHICLE)),
        ("X-ROW-12", "final_total", tuple(f"final_{part}" for part in _THREE)),
        ("X-ROW-13", "final_vehicle", tuple(f"final_{part}" for part in _VEHICLE)),
    ),
}
_SAME_ROW_SUMS: Final = {
    "budget_general_by_unit": "budget_general_by_function",
    "budget_state_capital": "budget_government_fund",
    "final_expenditure": "budget_expenditure",
    "final_appropriation_summary": "budget_appropriation_summary",
    "final_general_by_function": "budget_general_by_function",
    "final_state_capital": "final_government_fund",
}


def row_sums(form: str, columns: Sequence[str]) -> list[RowSum]:
    """The sums every row of the form obeys, for the columns that this print has.

    A sum is left out where its left column or all of its right columns are not printed. In forms that print
    last year's columns beside this year's, the same sums hold for both.
    """
    printed = set(columns)
    found: list[RowSum] = []
    for rule, left, right in _ROW_SUMS.get(_SAME_ROW_SUMS.get(form, form), ()):
        for prefix in ("", _PRIOR):
            parts = tuple(prefix + part for part in right if prefix + part in printed)
            if prefix + left in printed and parts:
                found.append(RowSum(rule, prefix + left, parts, (1,) * len(parts)))
    if {"opening_balance", "income", "total", "closing_balance"} <= printed:
        found.append(
            RowSum("F-ROW-11", "closing_balance", ("opening_balance", "income", "total"), (1, 1, -1))
        )
    if form == "budget_income" and not {"current_year", "carried_over"} & printed and "total" in printed:
        sources = tuple(source for source in _SOURCES if source in printed)
        found.append(RowSum("B-ROW-07", "total", sources, (1,) * len(sources)))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """One row of one table: its index among all rows of the document, and what it is keyed by."""

    index: int
    form: str
    row: TableRow
    columns: tuple[str, ...]

    @property
    def code(self) -> str | None:
        """The code in digits, where it is one that forms a hierarchy (3, 5, 7 or 6, 9 digits)."""
        digits = re.sub(r"\s", "", self.row.code or "")
        return digits if _CODE.fullmatch(digits) else None

    @property
    def name(self) -> str:
        """The label as wordings are compared, without its list number."""
        return vocabulary.without_number(vocabulary.key(self.row.label))

    @property
    def is_total(self) -> bool:
        """A row of the whole form: 合计, 总计, or the first row without any label."""
        return self.code is None and self.name in _TOTALS

    @property
    def has_figures(self) -> bool:
        """Whether the row prints anything; a row of blanks is not zero."""
        return bool(self.row.values or self.row.open_values)


_TOTALS: Final = frozenset({"合计", "总计", "总合计", ""})
_ROUND: Final = {
    "function": (("X-COL-01",), ("X-COL-02",), ("X-COL-03",)),
    "economic": (("B-COL-08",), ("X-COL-07",), ("X-COL-07",)),
    "unit": (("B-COL-12",), ("B-COL-12",), ("B-COL-12",)),
}


def places(tables: Sequence[FormTable]) -> list[Place]:
    """All rows of all tables, in order, with the columns of their table and side."""
    found: list[Place] = []
    for table in tables:
        by_side: dict[str | None, dict[str, None]] = {}
        for row in table.rows:
            by_side.setdefault(row.side, {}).update(dict.fromkeys((*row.open_columns, *row.values)))
        for row in table.rows:
            found.append(Place(len(found), table.form, row, tuple(by_side[row.side])))
    return found


def groups(every: Sequence[Place]) -> list[Group]:
    """The relations between rows: totals and parents with their children, and ties between forms."""
    by_form: dict[str, list[Place]] = {}
    for place in every:
        by_form.setdefault(place.form, []).append(place)
    found: list[Group] = []
    for rows in by_form.values():
        found += _tree(rows)
        found += _sides(rows)
    found += _ties(by_form)
    return found


def _tree(rows: Sequence[Place]) -> Iterator[Group]:
    """Total = classes, class = sections, section = items; by the codes of the form."""
    coded = [place for place in rows if place.code and place.row.side is None and place.has_figures]
    codes = {place.code: place for place in coded}
    if len(codes) < len(coded):
        return
    children: dict[str | None, list[Place]] = {}
    for place in coded:
        children.setdefault(_parent(place.code or "", codes), []).append(place)
    kind = _kind_of_codes(coded)
    totals = [place for place in rows if place.is_total and place.has_figures]
    for code, below in children.items():
        above = totals if code is None else [codes[code]]
        level = 0 if code is None else 1 if len(code) == 3 else 2
        for parent in above[:1]:
            yield _sum_group(parent, below, _ROUND[kind][level])


def _kind_of_codes(coded: Sequence[Place]) -> str:
    if coded and all("unit" in place.form or len(place.code or "") in (3, 6, 9) for place in coded):
        return "unit" if any(len(place.code or "") == 6 for place in coded) else "function"
    return "economic" if coded and "economic" in coded[0].form else "function"


def _parent(code: str, codes: dict[str | None, Place]) -> str | None:
    """The longest shorter code of the form that this one begins with."""
    return next((code[:length] for length in range(len(code) - 1, 2, -1) if code[:length] in codes), None)


def _sum_group(parent: Place, children: Sequence[Place], rules: tuple[str, ...]) -> Group:
    """Parent = sum of its children in every column; one only child prints its parent's figures."""
    only = len(children) == 1
    columns = dict.fromkeys((*parent.columns, *(column for child in children for column in child.columns)))
    equations = tuple(
        Equation(
            (Term(parent.index, column, 1), *(Term(child.index, column, -1) for child in children)),
            exact=only,
        )
        for column in columns
    )
    return Group((*rules, "X-COL-04") if only else rules, equations)


def _sides(rows: Sequence[Place]) -> Iterator[Group]:
    """本年合计 = lines above it; 总计 = 本年合计 and the lines between; per side of a summary."""
    for side, rule in (("income", "X-COL-10"), ("expenditure", "X-COL-11")):
        own = [place for place in rows if place.row.side == side and place.has_figures]
        if all(len(place.columns) < 2 for place in own):
            continue
        year = next(
            (n for n, place in enumerate(own) if place.name in ("本年支出合计", "本年收入合计")), None
        )
        if year is not None and year:
            yield _sum_group(own[year], own[:year], (rule,))


def _ties(by_form: dict[str, list[Place]]) -> Iterator[Group]:
    for kind in ("budget", "final"):
        general = by_form.get(f"{kind}_general_by_function", [])
        yield from _at_least(by_form.get(f"{kind}_expenditure", []), general)
        yield from _appropriation(by_form.get(f"{kind}_appropriation_summary", []), general)
        yield from _sources(
            by_form.get(f"{kind}_summary", []), by_form.get(f"{kind}_income", []), final=kind == "final"
        )
    yield from _same_total(
        by_form.get("budget_general_by_unit", []), by_form.get("budget_general_by_function", [])
    )
    yield from _basic_total(
        by_form.get("budget_general_by_function", []), by_form.get("budget_general_basic_by_economic", [])
    )


def _total(rows: Sequence[Place]) -> Place | None:
    return next((place for place in rows if place.is_total and place.has_figures), None)


def _equal(rule: str, *pairs: tuple[Place, str, Place, str]) -> Group:
    return Group(
        (rule,),
        tuple(
            Equation((Term(one.index, column, 1), Term(other.index, same, -1)), exact=True)
            for one, column, other, same in pairs
        ),
    )


def _same_total(by_unit: Sequence[Place], by_function: Sequence[Place]) -> Iterator[Group]:
    one, other = _total(by_unit), _total(by_function)
    if one and other:
        columns = [column for column in one.columns if column in other.columns]
        yield _equal("B-FORM-13", *((one, column, other, column) for column in columns))


def _basic_total(general: Sequence[Place], economic: Sequence[Place]) -> Iterator[Group]:
    one, other = _total(general), _total(economic)
    if one and other:
        same = (
            ("basic", "total"),
            ("basic_personnel", "basic_personnel"),
            ("basic_operating", "basic_operating"),
        )
        yield _equal(
            "X-FORM-11",
            *(
                (one, left, other, right)
                for left, right in same
                if left in one.columns and right in other.columns
            ),
        )


def _at_least(expenditure: Sequence[Place], general: Sequence[Place]) -> Iterator[Group]:
    """All money spent on an account is at least its general public budget, column by column."""
    whole = {place.code or place.name: place for place in expenditure if place.has_figures}
    for part in general:
        place = whole.get(part.code or part.name)
        if place and part.has_figures:
            columns = [column for column in ("total", "basic", "project") if column in place.columns]
            yield Group(
                ("X-FORM-08", "X-FORM-09"),
                tuple(
                    Equation((Term(part.index, column, 1), Term(place.index, column, -1)), at_most=True)
                    for column in columns
                ),
            )


def _appropriation(summary: Sequence[Place], general: Sequence[Place]) -> Iterator[Group]:
    """The general public budget column of the summary restates the form by function, in total and by class."""
    named = {place.name: place for place in general if place.code and len(place.code) == 3}
    total = _total(general)
    for place in summary:
        if place.row.side != "expenditure" or "general_public_budget" not in place.columns:
            continue
        other = total if place.name == "本年支出合计" else named.get(place.name)
        if other and place.has_figures and other.has_figures:
            yield Group(
                ("X-FORM-06",),
                (Equation((Term(place.index, "general_public_budget", 1), Term(other.index, "total", -1))),),
            )


def _sources(summary: Sequence[Place], income: Sequence[Place], *, final: bool) -> Iterator[Group]:
    """Each source line of the summary is the total of its column in the income form."""
    total = _total(income)
    if not total:
        return
    lines: dict[str, list[Place]] = {}
    for place in summary:
        column = _source_column(place.name, final=final) if place.row.side == "income" else None
        if column in total.columns:
            lines.setdefault(column or "", []).append(place)
    for column, own in lines.items():
        if any(place.has_figures for place in own):
            terms = (Term(place.index, "amount", -1) for place in own)
            yield Group(("X-FORM-02",), (Equation((Term(total.index, column, 1), *terms)),))


def _source_column(name: str, *, final: bool) -> str | None:
    """The column of the income form that a source line of the summary totals."""
    for beginning, column in _SOURCE_LINES:
        if name.startswith(beginning):
            return "fiscal_appropriation" if final and column in _FUNDS else column
    return None


_SOURCE_LINES: Final = (
    ("一般公共预算", "general_public_budget"),
    ("政府性基金", "government_fund"),
    ("国有资本经营", "state_capital"),
    ("财政专户管理资金", "fiscal_account"),
    ("事业单位经营收入", "operating"),
    ("经营收入", "operating"),
    ("事业收入", "undertaking"),
    ("上级补助收入", "superior_subsidy"),
    ("附属单位上缴收入", "affiliate_remittance"),
    ("其他收入", "other"),
)
