"""The explanations of a document: the forms' figures in words, and the statements to be found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from dagster_project.samples.figures import Figures, account_name, data

CENT: Final = Decimal("0.01")
_PLACE: Final = re.compile(r"\{([^}]+)\}")


@dataclass(frozen=True, slots=True)
class Statement:
    """One figure stated in prose: its key, the year it speaks of, its value (a decrease is negative)."""

    item: str
    year: int
    amount: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Stated:
    """A figure that prose can state."""

    year: int
    amount: Decimal
    unit: str = "wan"


def wan(yuan: Decimal) -> Decimal:
    """Yuan as printed in 万元."""
    return (yuan / 10_000).quantize(CENT, ROUND_HALF_UP)


def percent(part: Decimal, whole: Decimal) -> Decimal:
    """A share in per cent of the printed figures; nothing of nothing is 0."""
    return (part / whole * 100).quantize(CENT, ROUND_HALF_UP) if whole else Decimal(0)


class Prose:
    """Writes sentences and keeps what they state; ``earlier`` holds what figures are compared with."""

    def __init__(
        self, figures: Figures, earlier: Mapping[str, Figures], names: Mapping[str, Any], style: str
    ) -> None:
        self.figures = figures
        self.earlier = earlier
        self.names = names
        self.style = style
        self.statements: list[Statement] = []
        self.values = _values(figures)
        self.before = _values(earlier["budget" if figures.kind == "budget" else "final"])
        if figures.kind == "final":
            self._compare_with_budget(_values(earlier["same_year_budget"]))

    def _compare_with_budget(self, budget: Mapping[str, Stated]) -> None:
        """Initial budget, final account and completion of what the final account states beside its budget."""
        for name, planned in budget.items():
            subject, _, measure = name.rpartition(".")
            if measure != "amount" or not name.startswith(
                ("three_public.", "function.", "general.expenditure.")
            ):
                continue
            spent = self.values.get(name, Stated(self.figures.year, Decimal(0)))
            self.values[f"{subject}.budget"] = planned
            self.values[f"{subject}.final"] = spent
            self.values[f"{subject}.completion_pct"] = Stated(
                spent.year, percent(spent.amount, planned.amount), "pct"
            )

    def misstate(self, item: str, add: Decimal) -> None:
        """Let the prose state a figure wrongly. Raises ``KeyError`` for an item that it cannot state."""
        value = self.values[item]
        self.values[item] = replace(value, amount=value.amount + add)

    def misremember(self, item: str, add: Decimal) -> None:
        """Let the prose compare with a wrong figure of the year before. Raises as ``misstate`` does."""
        value = self.before[item]
        self.before[item] = replace(value, amount=value.amount + add)

    def chapters(self, *, remarks: bool = False) -> Iterator[list[str]]:
        """The chapters, each a heading and its paragraphs; ``remarks`` are those printed after the forms."""
        for chapter in _of_family(data("prose.yaml")[self.figures.kind], self.style):
            if bool(chapter.get("remark")) == remarks:
                yield [self.fill(chapter["heading"]), *self._paragraphs(chapter["paragraphs"])]

    def fixed(self, name: str) -> list[str]:
        """Sentences without figures: ``duties`` or ``glossary``."""
        texts: list[str] = data("prose.yaml")[name]
        return [self.fill(text) for text in texts]

    def _paragraphs(self, paragraphs: list[str]) -> Iterator[str]:
        for text in paragraphs:
            if text == "functions":
                yield from self._functions()
            elif text == "projects":
                yield from self._projects()
            else:
                yield self.fill(text)

    def fill(self, text: str, more: Mapping[str, Any] | None = None) -> str:
        """Print the figures of a sentence and record that they were stated."""
        names = {**self.names, **(more or {})}

        def put(match: re.Match[str]) -> str:
            name = match.group(1)
            if name in names:
                return str(names[name])
            if name.startswith("~"):
                return self._change(name[1:])
            if name == "income.rest":
                return self._other_income()
            return self._state(name)

        return _PLACE.sub(put, text)

    def _state(self, item: str) -> str:
        value = self.values[item]
        self.statements.append(Statement(item, value.year, value.amount, value.unit))
        return f"{value.amount:f}"

    def _change(self, subject: str) -> str:
        """How a figure changed: amount and rate; no rate where there was nothing before."""
        name = f"{subject}.amount"
        now, before = self.values[name].amount, self.before[name].amount
        base = f"{self.figures.year - 1}年{'预算' if self.figures.kind == 'budget' else '度'}"
        if now == before:
            return f"与{base}持平"
        change = now - before
        verb, rate = ("增加", "增长") if change > 0 else ("减少", "下降")
        self.statements.append(Statement(f"{subject}.change_amount", self.figures.year, change, "wan"))
        words = f"比{base}{verb}{abs(change):f}万元"
        if not before:
            return words
        share = percent(change, before)
        self.statements.append(Statement(f"{subject}.change_pct", self.figures.year, share, "pct"))
        return f"{words}，{rate}{abs(share):f}%"

    def _other_income(self) -> str:
        """The enumeration goes on with every other source that has money."""
        words = ""
        sources = {
            "government_fund": "政府性基金预算拨款收入",
            "other": "其他收入",
            "opening": "上年结转结余",
        }
        for key, name in sources.items():
            if self.values[f"income.{key}.amount"].amount:
                words += f"；{name}{self._state(f'income.{key}.amount')}万元"
                words += f"，占{self._state(f'income.{key}.share_pct')}%"
        return words

    def _functions(self) -> Iterator[str]:
        template = data("prose.yaml")["functions"][self.figures.kind]
        if self.figures.kind == "budget":
            template = _of_family(template, self.style)
            for number, code in enumerate(self._classes(), start=1):
                items = [
                    line.code for line in self.figures.lines if line.code.startswith(code) and line.general
                ]
                more = {"number": number, "class": account_name(code), "item": account_name(items[0])}
                yield self.fill(template.replace("<class>", code), more)
            return
        for number, line in enumerate((line for line in self.figures.lines if line.general), start=1):
            more = {
                "number": number,
                "code": line.code,
                "class": account_name(line.code[:3]),
                "sub": account_name(line.code[:5]),
                "item": account_name(line.code),
            }
            yield self.fill(template.replace("<code>", line.code), more)

    def _classes(self) -> list[str]:
        return sorted({line.code[:3] for line in self.figures.lines if line.general})

    def _projects(self) -> Iterator[str]:
        for number, project in enumerate(self.figures.projects, start=1):
            amount = wan(project.total)
            self.statements.append(
                Statement(f"project.{project.name}.amount", self.figures.year, amount, "wan")
            )
            yield f"{number}.{project.name}{amount:f}万元。"


def _of_family(words: Mapping[str, Any], family: str) -> Any:
    """A family's own words, else those of the ministries."""
    return words.get(family, words["central"])


def _values(figures: Figures) -> dict[str, Stated]:
    """Every figure that the templates can name, as printed."""
    total = figures.total
    amounts = {
        "total": total("general_income", "fund", "undertaking", "other", "opening"),
        "income.total": total("general_income", "fund", "undertaking", "other"),
        "income.general_public_budget": total("general_income"),
        "income.fiscal_appropriation": total("general_income", "fund"),
        "income.government_fund": total("fund"),
        "income.other": total("other", "undertaking"),
        "income.opening": total("opening"),
        "expenditure.total": total("total"),
        "expenditure.basic": total("basic"),
        "expenditure.project": total("projects"),
        "expenditure.project_chapter.total": total("projects"),
        "appropriation.total": total("general", "fund"),
        "general.expenditure": total("general"),
        "general.personnel": total("personnel"),
        "general.operating": total("operating"),
        "general.project": total("project"),
        "basic.total": total("basic"),
        "basic.personnel": total("personnel"),
        "basic.operating": total("operating"),
        "three_public.total": figures.three_public,
        "three_public.abroad": figures.abroad,
        "three_public.reception": figures.reception,
        "three_public.vehicle": figures.vehicle,
        "three_public.vehicle_purchase": figures.vehicle_purchase,
        "three_public.vehicle_operation": figures.vehicle_operation,
        "agency_operating": total("operating"),
        "procurement.total": sum((p.total for p in figures.purchases), Decimal(0)),
    }
    for kind in ("goods", "works", "services"):
        amounts[f"procurement.{kind}"] = sum(
            (p.total for p in figures.purchases if p.kind == kind), Decimal(0)
        )
    for code in figures.codes():
        amounts[f"function.{code}"] = figures.of_class(code, "general")
    printed = {f"{name}.amount": Stated(figures.year, wan(amount)) for name, amount in amounts.items()}
    for name, value in [(n, v) for n, v in printed.items() if n.startswith("function.")]:
        printed[name.replace(".amount", ".budget")] = value
    _shares(printed, figures)
    stock_year = figures.year if figures.kind == "final" else figures.year - 1
    printed["assets.vehicles.total.count"] = Stated(
        stock_year, Decimal(figures.counts["vehicles"]), "vehicles"
    )
    return printed


def _shares(printed: dict[str, Stated], figures: Figures) -> None:
    """Shares of income sources in all income, of expenditure parts in all expenditure."""
    # A budget's income adds up with what was carried over, a final account's without it.
    income = "total.amount" if figures.kind == "budget" else "income.total.amount"
    wholes = {"income": printed[income].amount, "expenditure": printed["expenditure.total.amount"].amount}
    for name, value in list(printed.items()):
        group, _, rest = name.partition(".")
        if group in wholes and rest.count(".") == 1:
            share = percent(value.amount, wholes[group])
            printed[name.replace(".amount", ".share_pct")] = Stated(figures.year, share, "pct")
