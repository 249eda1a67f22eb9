"""The statutory forms of one body as tables of printed text, with the cells that a reader has to find.

A table consists of halves printed side by side: the two sides of a summary, the panels of the economic form,
or just one. How the table is laid out on lines is no matter of this module.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import zip_longest
from typing import Any, Final

from dagster_project.samples.figures import ZERO, Figures, account_name, data

EMPTY: Final = "注：{name}{year}年无此项收支，本表为空表。"
"""What stands below a form without figures, where the family has no words of its own for it."""

NUMERALS: Final = "一二三四五六七八九"
TEXT_COLUMNS: Final = frozenset(
    {"code", "code1", "code2", "code3", "label", "line", "unit_code", "unit_name", "project_name", "item"}
    | {"function", "economic", "source", "nature", "measure", "remark"}
)
"""Columns of a form that hold no figure."""
THREE_PUBLIC: Final = "“三公”经费"
"""The label of the row of the three-public form, however it is printed."""
DASHES: Final = frozenset({"-", "－"})
"""What some print for a zero."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed figure that a reader has to find. ``unit``: wan, yuan, pct or a unit of measure."""

    form: str
    side: str
    code: str
    label: str
    column: str
    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Column:
    """One printed column: its key and the wording of its header, group heads first."""

    key: str
    header: tuple[str, ...]


@dataclass(slots=True)
class Half:
    """Columns and rows printed as one block; each row has one text a column."""

    columns: list[Column]
    rows: list[list[str]] = field(default_factory=list)


@dataclass(slots=True)
class Table:
    """One form as printed. ``cells`` is what is to be read from it; none means that it is declared empty."""

    form: str
    title: str
    unit: str
    number: str = ""
    owner: str = ""
    column_numbers: bool = False
    halves: list[Half] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)

    @property
    def columns(self) -> list[Column]:
        return [column for half in self.halves for column in half.columns]

    @property
    def rows(self) -> list[list[str]]:
        """The rows of all halves side by side; the shorter half is filled up with blank cells."""
        blank = [[""] * len(half.columns) for half in self.halves]
        rows = zip_longest(*(half.rows for half in self.halves))
        return [
            [
                text
                for part, empty in zip(row, blank, strict=True)
                for text in (part if part is not None else empty)
            ]
            for row in rows
        ]

    @property
    def state(self) -> str:
        return "read" if self.cells else "declared_empty"


@dataclass(frozen=True, slots=True)
class Style:
    """How amounts are printed: ``unit``, decimals, thousands separators, and what stands for nothing."""

    unit: str = "wan"
    decimals: int = 2
    separator: bool = True
    zero: str = ""

    def text(self, amount: Decimal | None) -> str:
        """The printed figure; ``None`` and zero print as ``zero``, which is blank or a printed zero."""
        if not amount:
            return self.zero
        return f"{self.printed(amount):{',' if self.separator else ''}.{self.decimals}f}"

    def printed(self, yuan: Decimal) -> Decimal:
        """The value that the print shows."""
        scaled = yuan / 10_000 if self.unit == "wan" else yuan
        return scaled.quantize(Decimal(1).scaleb(-self.decimals), ROUND_HALF_UP)


def printed_value(text: str) -> Decimal:
    """The amount that a printed figure says; a dash is a zero."""
    return ZERO if text in DASHES else Decimal(text.replace(",", ""))


def chinese_number(number: int) -> str:
    """1 is 一, 12 is 十二, 26 is 二十六."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else NUMERALS[tens - 1] + "十"
    return head + (NUMERALS[ones - 1] if ones else "")


class Builder:
    """Makes one table from a family's description. ``earlier``: last year's budget and final account."""

    def __init__(
        self,
        spec: Mapping[str, Any],
        figures: Figures,
        style: Style,
        names: Mapping[str, Any],
        earlier: Mapping[str, Figures],
    ) -> None:
        self.spec = spec
        self.figures = figures
        self.style = style
        self.names = names
        self.earlier = earlier
        self.table = Table(
            form=spec["form"],
            title=spec["title"].format(**names),
            unit=style.unit,
            number=spec.get("number", ""),
            owner=figures.organisation.name if spec.get("owner") else "",
            column_numbers=bool(spec.get("column_numbers")),
        )

    def build(self) -> Table:
        """The finished table."""
        shapes: dict[str, Callable[[], None]] = {
            "summary": self.summary,
            "by_code": self.by_code,
            "by_unit": self.by_unit,
            "by_economic": self.by_economic,
            "panels": self.panels,
            "by_unit_and_code": self.by_unit_and_code,
            "one_row": self.one_row,
            "upright": self.upright,
            "projects": self.projects,
            "procurement": self.procurement,
        }
        shapes[self.spec["shape"]]()
        if not self.table.cells:
            for half in self.table.halves:
                half.rows.clear()
            self.table.notes.append(self.spec.get("empty", EMPTY).format(**self.names))
        self.table.notes += self.spec.get("notes", ())
        return self.table

    def columns(self, name: str = "columns", *above: str) -> list[Column]:
        """The described columns; ``above`` are the group heads that stand over all of them."""
        return [
            Column(key, (*above, *(part.strip() for part in header.format(**self.names).split(" > "))))
            for key, header in self.spec[name]
        ]

    def add(
        self,
        half: Half,
        texts: Mapping[str, str],
        amounts: Mapping[str, Decimal | None],
        *,
        side: str = "",
        units: Mapping[str, str] | None = None,
    ) -> None:
        """Print one row. A column without an amount prints the family's zero, ``None`` prints nothing."""
        row: list[str] = []
        for column in half.columns:
            if column.key in TEXT_COLUMNS:
                row.append(texts.get(column.key, ""))
                continue
            amount = amounts.get(column.key, ZERO)
            unit = (units or {}).get(column.key, self.style.unit)
            text = "" if amount is None else self._figure(amount, unit)
            row.append(text)
            if text:
                code = (
                    "" if self.spec["shape"] == "summary" else texts.get("code_plain", texts.get("code", ""))
                )
                value = printed_value(text)
                label = plain_label(texts.get("label_plain", texts["label"]))
                self.table.cells.append(Cell(self.table.form, side, code, label, column.key, value, unit))
        half.rows.append(row)

    def _figure(self, amount: Decimal, unit: str) -> str:
        if unit in ("wan", "yuan"):
            return self.style.text(amount)
        return f"{amount:.2f}" if unit == "pct" else f"{amount:f}"

    # Two-sided summaries

    def summary(self) -> None:
        left, right = self.spec["sides"]
        income = Half(self.columns("income_columns", left))
        spending = Half(self.columns("expenditure_columns", right))
        self.table.halves += [income, spending]
        for label, key in self.spec["income"]:
            self.add(income, {"label": label}, self.income_line(key), side="income")
        for label, key in self.spec.get("expenditure_head", ()):
            self.add(spending, {"label": label}, self.spending_line(key), side="expenditure")
        for number, (code, name) in enumerate(self.classes(), start=1):
            label = self.spec["numbering"].format(chinese_number(number)) + name
            texts = {"label": label, "label_plain": name}
            self.add(spending, texts, self.class_line(code), side="expenditure")
        for label, key in self.spec.get("expenditure_tail", ()):
            self.add(spending, {"label": label}, self.spending_line(key), side="expenditure")
        height = max(len(income.rows), len(spending.rows))
        for half in self.table.halves:
            half.rows += [[""] * len(half.columns) for _ in range(height - len(half.rows))]
        for left_label, left_key, right_label, right_key in self.spec["foot"]:
            self.add(income, {"label": left_label}, self.income_line(left_key), side="income")
            if right_label:
                self.add(spending, {"label": right_label}, self.spending_line(right_key), side="expenditure")
            else:
                spending.rows.append([""] * len(spending.columns))
        self._number_lines()

    def _number_lines(self) -> None:
        """Line numbers (行次) run down the left side, then down the right one."""
        number = 0
        for half in self.table.halves:
            for position, column in enumerate(half.columns):
                if column.key == "line":
                    for row in half.rows:
                        number += 1
                        row[position] = str(number)

    def classes(self) -> list[tuple[str, str]]:
        which = self.spec["classes"]
        if which != "used":
            return [(code, name) for code, name in data("classes.yaml")[which]]
        parts = ("total",) if self.spec["scope"] == "all" else ("general", "fund")
        codes = sorted({line.code[:3] for line in self.figures.lines})
        return [(code, account_name(code)) for code in codes if self.figures.of_class(code, *parts)]

    def income_line(self, key: str) -> dict[str, Decimal | None]:
        """One income line in every column that an income side can have."""
        return self._beside(lambda: {"amount": self.income(key)})

    def spending_line(self, key: str) -> dict[str, Decimal | None]:
        """One line of the expenditure side in every column, the years beside the year included."""
        return self._beside(lambda: self.spending(key))

    def class_line(self, code: str) -> dict[str, Decimal | None]:
        """The same for a class."""
        return self._beside(lambda: self.class_spending(code))

    def _beside(self, amounts: Callable[[], dict[str, Decimal]]) -> dict[str, Decimal | None]:
        """The amounts of the document's year, and what stands beside them: the year before in a budget; in a
        final account its initial budget and the adjusted one, which was spent to the last.
        """
        here: dict[str, Decimal | None] = {**amounts()}
        others = {"prior_year_budget": "budget", "prior_year_actual": "final"}
        if self.figures.kind == "final":
            others = {"budget_initial": "same_year_budget"}
            here["budget_adjusted"] = here.get("amount")
        whole = self.figures
        for column, which in others.items():
            self.figures = self.earlier[which]
            here[column] = amounts().get("amount", ZERO)
        self.figures = whole
        return here

    def income(self, key: str) -> Decimal:
        total = self.figures.total
        everything = self.spec["scope"] == "all"
        appropriated = total("general_income", "fund")
        own = total("undertaking", "other") if everything else ZERO
        values = {
            "general_public_budget": total("general_income"),
            "government_fund": total("fund"),
            "fiscal_appropriation": appropriated,
            "undertaking": total("undertaking"),
            "other": total("other"),
            "opening": total("opening"),
            "current_income": appropriated + own,
            "grand_total": appropriated + own + total("opening"),
        }
        return values.get(key, ZERO)

    def class_spending(self, code: str) -> dict[str, Decimal]:
        """One class in every column that an expenditure side can have."""
        of = self.figures.of_class
        whole = of(code, "total") if self.spec["scope"] == "all" else of(code, "general", "fund")
        return {
            "amount": whole,
            "total": whole,
            "general_public_budget": of(code, "general"),
            "government_fund": of(code, "fund"),
        }

    def spending(self, key: str) -> dict[str, Decimal]:
        closing = self.figures.total("closing")
        if key == "none":
            return {}
        if key == "closing":
            return {"amount": closing, "total": closing, "general_public_budget": closing}
        spent = self.class_spending("")
        if key == "grand_total":
            spent = {
                name: value + (ZERO if name == "government_fund" else closing)
                for name, value in spent.items()
            }
        return spent

    # Forms with one row an account

    def by_code(self) -> None:
        half = Half(self.columns())
        self.table.halves.append(half)
        codes = self._codes_of_scope()
        if not codes:
            return
        total = ({"label": self.spec.get("total_label", "合计")}, self.line_amounts(""))
        if self.spec.get("total_row", "first") == "first":
            self.add(half, *total, units={"change_percent": "pct"})
        for code in codes:
            self.add(
                half, self._account_texts(code), self.line_amounts(code), units={"change_percent": "pct"}
            )
        if self.spec.get("total_row") == "last":
            self.add(half, *total, units={"change_percent": "pct"})

    def _codes_of_scope(self) -> list[str]:
        names = {"all": ("total",), "income": ("total",), "general": ("general",), "fund": ("fund",)}
        wanted = names.get(self.spec["scope"], ())
        return [code for code in self.figures.codes() if wanted and self.figures.of_class(code, *wanted)]

    def _account_texts(self, code: str) -> dict[str, str]:
        deep = self._code_depth()
        parts = {"code": code} if deep == 1 else {"code1": code[:3], "code2": code[3:5], "code3": code[5:7]}
        body = self.figures.organisation
        unit = f"{body.code}{body.first:03d}" if len(code) == 7 else ""
        return {**parts, "label": account_name(code), "code_plain": code, "unit_code": unit}

    def _code_depth(self) -> int:
        return sum(1 for key, _ in self.spec["columns"] if key.startswith("code"))

    def line_amounts(self, code: str) -> dict[str, Decimal | None]:
        """Everything that any form prints of one account (or, for ``""``, of all accounts)."""
        of = self.figures.of_class
        scope = self.spec["scope"]
        if scope == "income":
            return self._income_amounts(code)
        if scope == "fund":
            fund = of(code, "fund")
            return {"total": fund, "project": fund, "income": fund}
        everything = scope == "all"
        spent = of(code, "total") if everything else of(code, "general")
        amounts: dict[str, Decimal | None] = {
            "total": spent,
            "basic": of(code, "basic"),
            "basic_personnel": of(code, "personnel"),
            "basic_operating": of(code, "operating"),
            "project": of(code, "projects") if everything else of(code, "project"),
        }
        if "final" in self.earlier:
            amounts |= self._change(spent, self.earlier["final"].of_class(code, "general"))
        return amounts

    def _change(self, now: Decimal, before: Decimal) -> dict[str, Decimal | None]:
        """The year before and the change; printed from the printed figures, so that the columns agree."""
        first, second = self.style.printed(now), self.style.printed(before)
        percent = (
            ((first - second) / second * 100).quantize(Decimal("0.01"), ROUND_HALF_UP) if second else None
        )
        return {"prior_year_actual": before, "change_amount": now - before, "change_percent": percent}

    def _income_amounts(self, code: str) -> dict[str, Decimal | None]:
        of = self.figures.of_class
        current = of(code, "general_income", "fund", "undertaking", "other")
        carried = of(code, "opening")
        printed = {key for key, _ in self.spec["columns"]}
        return {
            "total": current + (carried if "carried_over" in printed else ZERO),
            "current_year": current,
            "fiscal_appropriation": of(code, "general_income", "fund"),
            "general_public_budget": of(code, "general_income"),
            "government_fund": of(code, "fund"),
            "undertaking": of(code, "undertaking"),
            "other": of(code, "other"),
            "carried_over": carried,
        }

    def by_unit(self) -> None:
        half = Half(self.columns())
        self.table.halves.append(half)
        body = self.figures.organisation
        self.add(half, {"label": "合计"}, self.line_amounts(""))
        self.add(half, {"code": body.code, "label": body.name}, self.line_amounts(""))
        whole = self.figures
        for number, part in enumerate(whole.parts or (whole,), start=whole.organisation.first):
            self.figures = part
            texts = {"code": f"{body.code}{number:03d}", "label": part.organisation.units[0]}
            self.add(half, texts, self.line_amounts(""))
        self.figures = whole

    def by_unit_and_code(self) -> None:
        """Every unit with its accounts; the unit stands before the account on each row."""
        half = Half(self.columns())
        self.table.halves.append(half)
        self.add(half, {"label": "合计"}, self.line_amounts(""))
        whole = self.figures
        for number, part in enumerate(whole.parts or (whole,), start=whole.organisation.first):
            self.figures = part
            unit = {
                "unit_code": f"{whole.organisation.code}{number:03d}",
                "unit_name": part.organisation.units[0],
            }
            for code in self._codes_of_scope():
                self.add(half, {**self._account_texts(code), **unit}, self.line_amounts(code))
        self.figures = whole

    # Economic classification

    def by_economic(self) -> None:
        half = Half(self.columns())
        self.table.halves.append(half)
        total = ({"label": "合计"}, self._economic_amounts(""))
        if self.spec.get("total_row", "first") == "first":
            self.add(half, *total)
        for code in self.figures.economic_codes():
            self.add(half, self._account_texts(code), self._economic_amounts(code))
        if self.spec.get("total_row") == "last":
            self.add(half, *total)

    def _economic_amounts(self, code: str) -> dict[str, Decimal | None]:
        of = self.figures.economic_total
        personnel = of(code) if code else of("301") + of("303")
        if code:
            people = code[:3] in ("301", "303")
            return {"total": personnel, "basic_personnel": personnel if people else ZERO,
                    "basic_operating": ZERO if people else personnel}  # fmt: skip
        operating = of("302") + of("310")
        return {"total": personnel + operating, "basic_personnel": personnel, "basic_operating": operating}

    def panels(self) -> None:
        """Every account of the classification is printed, side by side; the totals stand in the last row."""
        every = data("profiles.yaml")["economic_lines"]
        for panel in self.spec["panels"]:
            half = Half(self.columns("columns", panel["head"]))
            self.table.halves.append(half)
            for first in panel["classes"]:
                for code in every[first]:
                    texts = {"code": code, "label": account_name(code)}
                    self.add(half, texts, {"amount": self.figures.economic_total(code)})
        height = max(len(half.rows) for half in self.table.halves)
        for half in self.table.halves:
            half.rows += [[""] * len(half.columns) for _ in range(height - len(half.rows))]
        of = self.figures.economic_total
        self._panel_total("人员经费合计", of("301") + of("303"), 0, 0)
        self._panel_total("公用经费合计", of("302") + of("310"), 1, len(self.table.halves) - 1)
        for half in self.table.halves[2:]:
            half.rows[-1:] = [half.rows[-1]]

    def _panel_total(self, label: str, amount: Decimal, first: int, last: int) -> None:
        """A total whose label stands in one panel and whose amount ends another."""
        for position in range(first, last + 1):
            self.table.halves[position].rows.append([""] * 3)
        self.table.halves[first].rows[-1][0] = label
        text = self.style.text(amount)
        self.table.halves[last].rows[-1][2] = text
        cell = Cell(self.table.form, "", "", label, "amount", printed_value(text), self.style.unit)
        self.table.cells.append(cell)

    # One row, projects, procurement

    def one_row(self) -> None:
        half = Half(self.columns())
        self.table.halves.append(half)
        self.add(half, {"label": THREE_PUBLIC}, self._three_public())

    def _three_public(self) -> dict[str, Decimal | None]:
        amounts: dict[str, Decimal | None] = {}
        for prefix, figures in self._three_public_years():
            amounts |= {
                f"{prefix}total": figures.three_public,
                f"{prefix}abroad": figures.abroad,
                f"{prefix}vehicle": figures.vehicle,
                f"{prefix}vehicle_purchase": figures.vehicle_purchase,
                f"{prefix}vehicle_operation": figures.vehicle_operation,
                f"{prefix}reception": figures.reception,
                f"{prefix}meeting": figures.economic_total("30215"),
                f"{prefix}training": figures.economic_total("30216"),
            }
        amounts["agency_operating"] = self.figures.total("operating")
        return amounts

    def upright(self) -> None:
        """The one row turned: an item a row, a year or stage a column (its key is what the items' keys begin
        with).
        """
        half = Half(self.columns())
        self.table.halves.append(half)
        amounts = self._three_public()
        for label, key in self.spec["items"]:
            row = [label]
            for column in half.columns[1:]:
                name = f"{column.key}{key}"
                row.append(self.style.text(amounts[name]))
                if row[-1]:
                    value = printed_value(row[-1])
                    form, unit = self.table.form, self.style.unit
                    self.table.cells.append(Cell(form, "", "", THREE_PUBLIC, name, value, unit))
            half.rows.append(row)

    def _three_public_years(self) -> Iterable[tuple[str, Figures]]:
        if self.figures.kind == "final":
            return (("budget_", self.earlier["same_year_budget"]), ("final_", self.figures))
        return (("", self.figures), ("prior_year_", self.earlier["budget"]))

    def projects(self) -> None:
        half = Half(self.columns())
        self.table.halves.append(half)
        body = self.figures.organisation
        self.add(half, {"label": "合计"}, self._project_amounts(self.figures))
        self.add(half, {"code": body.code, "label": body.name}, self._project_amounts(self.figures))
        for number, part in enumerate(self.figures.parts or (self.figures,), start=body.first):
            unit = part.organisation.units[0]
            self.add(half, {"code": f"{body.code}{number:03d}", "label": unit}, self._project_amounts(part))
            self.add(half, {"code": "31", "label": "本级支出项目"}, self._project_amounts(part))
            for project in part.projects:
                texts = {"code": project.code, "label": project.name, "unit_name": unit}
                self.add(half, texts, self._project_amounts(part, project.code))

    def _project_amounts(self, figures: Figures, code: str = "") -> dict[str, Decimal | None]:
        chosen = [project for project in figures.projects if project.code.startswith(code)]
        return {
            "total": sum((p.total for p in chosen), ZERO),
            "general_public_budget": sum((p.general - p.carried for p in chosen), ZERO),
            "government_fund": sum((p.fund for p in chosen), ZERO),
            "carried_general_public_budget": sum((p.carried for p in chosen), ZERO),
            "unit_funds": sum((p.other for p in chosen), ZERO),
        }

    def procurement(self) -> None:
        half = Half(self.columns())
        self.table.halves.append(half)
        if not self.figures.purchases:
            return
        whole = sum((purchase.total for purchase in self.figures.purchases), ZERO)
        blank: dict[str, Decimal | None] = {"quantity": None, "unit_price": None}
        self.add(
            half, {"label": "合计"}, {**blank, "total": whole, "of_which_sme": whole, "of_which_micro": ZERO}
        )
        body = self.figures.organisation
        for number, part in enumerate(self.figures.parts or (self.figures,), start=body.first):
            for purchase in part.purchases:
                texts = {
                    "code": f"{body.code}{number:03d}",
                    "label": part.organisation.units[0],
                    "project_name": purchase.project,
                    "item": purchase.item,
                    "function": f"[{purchase.function}]{account_name(purchase.function)}",
                    "economic": f"[{purchase.economic}]{account_name(purchase.economic)}",
                    "source": "年初部门预算",
                    "nature": "一般公共预算资金",
                    "measure": purchase.measure,
                }
                amounts: dict[str, Decimal | None] = {
                    "quantity": Decimal(purchase.quantity),
                    "unit_price": purchase.price,
                    "total": purchase.total,
                    "of_which_sme": purchase.total,
                    "of_which_micro": ZERO,
                }
                self.add(half, texts, amounts, units={"quantity": purchase.measure})


def plain_label(text: str) -> str:
    """A label as the staging contract has it: no white space, no list number, full-width brackets."""
    joined = "".join(text.split()).replace("(", "（").replace(")", "）")
    for opening, closing in (("", "、"), ("（", "）"), ("", ".")):
        head, mark, rest = joined.partition(closing)
        if (
            mark
            and head.startswith(opening)
            and rest
            and set(head.removeprefix(opening)) <= set("一二三四五六七八九十0123456789")
        ):
            return rest
    return joined


def merged_header(columns: Sequence[Column]) -> list[list[str]]:
    """Header rows, group heads first: a text stands in the first column that it covers, blanks follow."""
    depth = max(len(column.header) for column in columns)
    rows: list[list[str]] = []
    for level in range(depth):
        row: list[str] = []
        for position, column in enumerate(columns):
            path = column.header
            here = path[level] if level < len(path) else ""
            before = columns[position - 1].header if position else ()
            same = position > 0 and before[: level + 1] == path[: level + 1] and len(path) > level + 1
            row.append("" if same else here)
        rows.append(row)
    return rows
