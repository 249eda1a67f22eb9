"""The figures of one invented body: a budget and its final account that reconcile by construction.

Everything is drawn from a seed and kept in yuan as ``Decimal``. The smallest part is a line: one function
account (项) with what is spent on it and from which money. Every total of every form is a sum of lines, so
whatever is printed from the same figures agrees with itself.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final, NamedTuple

import yaml

from dagster_project.vocabulary import seed_rows

ZERO: Final = Decimal(0)
PRINTABLE: Final = Decimal(100)
"""Yuan: amounts in whole hundreds of yuan print exactly in 万元 with two decimals."""

MONEY: Final = ("personnel", "operating", "project", "fund", "undertaking", "other")
"""What a line is spent on: the first three are general public budget, the others finance projects."""


class Grains(NamedTuple):
    """The yuan that all amounts are multiples of, in the budgets and in the final accounts of a body."""

    budget: Decimal = PRINTABLE
    final: Decimal = PRINTABLE


GRAINS: Final = Grains()


@dataclass(frozen=True, slots=True)
class Line:
    """Spending on one function account; ``opening``, ``closing``: balances of general public budget money."""

    code: str
    personnel: Decimal = ZERO
    operating: Decimal = ZERO
    project: Decimal = ZERO
    fund: Decimal = ZERO
    undertaking: Decimal = ZERO
    other: Decimal = ZERO
    opening: Decimal = ZERO
    closing: Decimal = ZERO

    @property
    def basic(self) -> Decimal:
        return self.personnel + self.operating

    @property
    def general(self) -> Decimal:
        return self.basic + self.project

    @property
    def projects(self) -> Decimal:
        return self.project + self.fund + self.undertaking + self.other

    @property
    def total(self) -> Decimal:
        return self.basic + self.projects

    @property
    def general_income(self) -> Decimal:
        """What the year's general public budget gave: spending less opening plus closing balance."""
        return self.general - self.opening + self.closing


@dataclass(frozen=True, slots=True)
class Project:
    """One project: ``general``, ``fund`` and ``other`` money add up to its amount."""

    name: str
    code: str
    function: str
    general: Decimal
    fund: Decimal = ZERO
    other: Decimal = ZERO
    carried: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.general + self.fund + self.other


@dataclass(frozen=True, slots=True)
class Purchase:
    """One row of the procurement form; ``price`` times ``quantity`` is its amount."""

    project: str
    item: str
    function: str
    economic: str
    quantity: int
    measure: str
    price: Decimal
    kind: str

    @property
    def total(self) -> Decimal:
        return self.price * self.quantity


@dataclass(frozen=True, slots=True)
class People:
    """Accounts of expenditure on people: ``wages`` and ``retired`` by economic account, ``contributions`` by
    function account with the economic account and the per cent of wages.
    """

    wages: tuple[str, ...]
    contributions: Mapping[str, tuple[str, int]]
    retired: tuple[str, str]

    def allowances(self) -> list[str]:
        """Contributions that are printed with the wages, by function account."""
        return [code for code, (economic, _) in self.contributions.items() if economic in self.wages]


@dataclass(frozen=True, slots=True)
class Organisation:
    """An invented body. ``code``: its budget code; ``units``: what it consists of, itself first; ``people``:
    the accounts that it budgets for them. ``first``: the number of its first unit within its department.
    """

    name: str
    place: str
    region_code: str
    code: str
    profile: Mapping[str, Any]
    units: tuple[str, ...]
    people: People
    first: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """One year of one body, ``kind`` budget or final. Amounts in yuan."""

    organisation: Organisation
    kind: str
    year: int
    lines: tuple[Line, ...]
    economic: Mapping[str, Decimal]
    projects: tuple[Project, ...]
    purchases: tuple[Purchase, ...]
    abroad: Decimal
    vehicle_purchase: Decimal
    counts: Mapping[str, int]
    parts: tuple[Figures, ...] = field(default=())

    def total(self, *names: str) -> Decimal:
        """The sum of the named properties over all lines."""
        return sum((getattr(line, name) for line in self.lines for name in names), ZERO)

    @property
    def reception(self) -> Decimal:
        return self.economic.get("30217", ZERO)

    @property
    def vehicle_operation(self) -> Decimal:
        return self.economic.get("30231", ZERO)

    @property
    def vehicle(self) -> Decimal:
        return self.vehicle_purchase + self.vehicle_operation

    @property
    def three_public(self) -> Decimal:
        return self.abroad + self.vehicle + self.reception

    def of_class(self, code: str, *names: str) -> Decimal:
        """The same for the lines below a class, subclass or item (code prefix)."""
        found = (line for line in self.lines if line.code.startswith(code))
        return sum((getattr(line, name) for line in found for name in names), ZERO)

    def codes(self) -> list[str]:
        """All accounts in print order: each class (3 digits), its subclasses (5), their items (7)."""
        items = sorted(line.code for line in self.lines)
        return sorted({code[:length] for code in items for length in (3, 5, 7)})

    def economic_codes(self) -> list[str]:
        """Classes (3 digits) and items (5) of the economic classification with money, in print order."""
        used = [code for code, amount in self.economic.items() if amount]
        return sorted({code[:length] for code in used for length in (3, 5)})

    def economic_total(self, code: str) -> Decimal:
        """Basic expenditure from the general public budget below an economic code."""
        return sum((amount for key, amount in self.economic.items() if key.startswith(code)), ZERO)


@cache
def data(name: str) -> dict[str, Any]:
    """A data file of this package."""
    text = resources.files("dagster_project.samples").joinpath("data", name).read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def account_name(code: str) -> str:
    """The published name of an account. Raises ``KeyError`` for a code that no seed has."""
    return _account_names()[code]


@cache
def _account_names() -> dict[str, str]:
    """Names of function accounts and of the departments' economic accounts that are in force."""
    rows = (*seed_rows("account_function"), *seed_rows("account_economic"))
    schemes = ("function", "economic_department")
    return {row["code"]: row["name"] for row in rows if row["scheme"] in schemes and not row["valid_to"]}


def organisation(seed: int) -> Organisation:
    """An invented body; every third one has a subordinate unit."""
    rng = random.Random(f"organisation {seed}")
    profiles, places = data("profiles.yaml")["profiles"], data("profiles.yaml")["places"]
    profile = profiles[seed % len(profiles)]
    place, region_code = rng.choice(places)
    serial = "" if seed < len(profiles) else f"第{seed // len(profiles)}"
    name = f"{place}{serial}{profile['name']}"
    units = (
        (f"{name}本级", f"{place}{serial}{profile['name'].removesuffix('局')}服务中心")
        if seed % 3 == 0
        else ()
    )
    people = _people(profile["people"], seed // len(profiles))
    code = str(101 + seed % 800)
    return Organisation(name, place, region_code, code, profile, units or (f"{name}本级",), people)


def _people(form: str, turn: int) -> People:
    """A way of budgeting for people; with every turn through the profiles it is the next one."""
    forms = data("profiles.yaml")["people"]
    names = list(forms)
    spec = forms[names[(names.index(form) + turn) % len(names)]]
    contributions = {function: (economic, percent) for function, economic, percent in spec["contributions"]}
    function, economic = spec["retired"]
    return People(tuple(spec["wages"]), contributions, (function, economic))


def figures(seed: int, year: int, kind: str, *, grains: Grains = GRAINS) -> Figures:
    """The figures of the body of this seed.

    All years of one body fit each other: the final account of a year executes the budget of that year, opens
    with what the final account of the year before closed with, and the budget carries over no more than that.
    With finer ``grains`` than ``PRINTABLE`` the printed 万元 carry rounding differences.
    """
    body = organisation(seed)
    parts = tuple(
        _part(seed, number, body, year, kind=kind, grains=grains) for number in range(len(body.units))
    )
    return merged(body, parts) if len(parts) > 1 else replace(parts[0], organisation=body)


def merged(body: Organisation, parts: tuple[Figures, ...]) -> Figures:
    """The department: the sum of its units."""
    first = parts[0]
    lines: dict[str, Line] = {}
    for part in parts:
        for line in part.lines:
            lines[line.code] = _sum_lines(lines[line.code], line) if line.code in lines else line
    economic: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for part in parts:
        for code, amount in part.economic.items():
            economic[code] = economic.get(code, ZERO) + amount
        for name, number in part.counts.items():
            counts[name] = counts.get(name, 0) + number
    return Figures(
        organisation=body,
        kind=first.kind,
        year=first.year,
        lines=tuple(lines[code] for code in sorted(lines)),
        economic=dict(sorted(economic.items())),
        projects=tuple(project for part in parts for project in part.projects),
        purchases=tuple(purchase for part in parts for purchase in part.purchases),
        abroad=sum((part.abroad for part in parts), ZERO),
        vehicle_purchase=sum((part.vehicle_purchase for part in parts), ZERO),
        counts=counts,
        parts=parts,
    )


def _sum_lines(one: Line, two: Line) -> Line:
    names = (*MONEY, "opening", "closing")
    return Line(one.code, **{name: getattr(one, name) + getattr(two, name) for name in names})


class _Draw:
    """Amounts of one unit, all multiples of the grain; the same every year but for ``yearly``."""

    def __init__(self, key: str, grain: Decimal, year: int) -> None:
        self.rng = random.Random(key)
        self.grain = grain
        self._year = random.Random(f"{key} {year}")

    def amount(self, low: int, high: int) -> Decimal:
        """Between ``low`` and ``high`` thousand yuan, a few per cent more or less from year to year."""
        return self.yearly(Decimal(1000) * self.rng.randint(low, high))

    def yearly(self, amount: Decimal) -> Decimal:
        """About that amount in this year."""
        return amount * self._year.randint(9000, 11200) // 10_000 // self.grain * self.grain

    def share(self, whole: Decimal, percent: int) -> Decimal:
        """About that share of an amount."""
        jitter = Decimal(self._year.randint(-15, 15)) / 10
        return (whole * (percent + jitter) / 100 // self.grain) * self.grain

    def split(self, whole: Decimal, count: int) -> list[Decimal]:
        """``count`` parts of a whole by drawn weights; the last takes what rounding leaves."""
        weights = [self.rng.randint(2, 30) for _ in range(count)]
        parts = [whole * weight / sum(weights) // self.grain * self.grain for weight in weights[:-1]]
        return [*parts, whole - sum(parts, ZERO)]


def _part(seed: int, number: int, body: Organisation, year: int, *, kind: str, grains: Grains) -> Figures:
    """One unit: drawn for the budget, drifted from it for the final account; either takes over what the
    final account of the year before closed with.
    """
    plan, before = (_budget(seed, number, body, y, grains.budget) for y in (year, year - 1))
    closed = {line.code: line.closing for line in _executed(seed, number, before, grains.final).lines}
    if kind == "budget":
        return _carried_over(plan, closed, grains.budget)
    spent = _executed(seed, number, plan, grains.final)
    return replace(spent, lines=tuple(replace(line, opening=closed[line.code]) for line in spent.lines))


def _carried_over(budget: Figures, closed: Mapping[str, Decimal], grain: Decimal) -> Figures:
    """The first project of an account is paid in part from what the account had left, to a third at most."""
    carried: dict[str, Decimal] = {}
    projects: list[Project] = []
    for project in budget.projects:
        first = project.function not in carried
        left = min(closed[project.function], project.general / 3 // grain * grain) if first else ZERO
        carried.setdefault(project.function, left)
        projects.append(replace(project, carried=left))
    lines = tuple(replace(line, opening=carried.get(line.code, ZERO)) for line in budget.lines)
    return replace(budget, lines=lines, projects=tuple(projects))


def _budget(seed: int, number: int, body: Organisation, year: int, grain: Decimal) -> Figures:
    """The budget of one unit before it is known what is left from the year before."""
    draw = _Draw(f"budget {seed} {number}", grain, year)
    staff = draw.rng.randint(12, 60) if number == 0 else draw.rng.randint(5, 20)
    wages = draw.amount(staff * 80, staff * 140)
    people = body.people
    social = {code: draw.share(wages, percent) for code, (_, percent) in people.contributions.items()}
    retired = draw.amount(10, staff * 9)
    operating = draw.amount(staff * 14, staff * 30)
    projects, lines = _projects(draw, number, body, year)
    economic = {**_wages(draw, people, wages, social), **_operating(draw, operating)}
    economic[people.retired[1]] = retired
    spent = {line.code: line for line in lines}
    main = str(body.profile["main"])
    for code, personnel in {main: wages, people.retired[0]: retired, **social}.items():
        spent[code] = replace(spent.get(code, Line(code)), personnel=personnel)
    spent[main] = replace(spent[main], operating=operating)
    return Figures(
        organisation=replace(body, units=(body.units[number],)),
        kind="budget",
        year=year,
        lines=tuple(spent[code] for code in sorted(spent)),
        economic={code: economic[code] for code in sorted(economic) if economic[code]},
        projects=projects,
        purchases=_purchases(draw, body, projects),
        abroad=draw.rng.choice([ZERO, ZERO, draw.amount(20, 90)]),
        vehicle_purchase=ZERO,
        counts=_counts(draw.rng, staff),
    )


def _wages(draw: _Draw, people: People, wages: Decimal, social: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Wages and contributions by economic account."""
    amounts = dict(zip(people.wages, draw.split(wages, len(people.wages)), strict=True))
    for code, (economic, _) in people.contributions.items():
        amounts[economic] = amounts.get(economic, ZERO) + social[code]
    return amounts


_ALWAYS: Final = ("30201", "30216", "30217", "30231")
_OPERATING: Final = (
    "30202",
    "30203",
    "30205",
    "30206",
    "30207",
    "30209",
    "30211",
    "30213",
    "30214",
    "30215",
    "30218",
    "30224",
    "30225",
    "30226",
    "30227",
    "30228",
    "30229",
    "30239",
    "30240",
    "30299",
    "31002",
    "31003",
)
"""Accounts of operating costs: those that every body has, and those of which each has some."""


def _operating(draw: _Draw, whole: Decimal) -> dict[str, Decimal]:
    some = draw.rng.sample(_OPERATING, draw.rng.randint(5, 10))
    chosen = sorted({*_ALWAYS, *some})
    return dict(zip(chosen, draw.split(whole, len(chosen)), strict=True))


def _projects(
    draw: _Draw, number: int, body: Organisation, year: int
) -> tuple[tuple[Project, ...], list[Line]]:
    """Projects of one unit and the lines they are spent on; the last may be paid from other money."""
    names = body.profile["projects"] if number == 0 else body.profile["projects"][:1]
    projects: list[Project] = []
    lines: dict[str, Line] = {}
    for position, (function, name) in enumerate(names):
        whole = draw.amount(50, 3000)
        other = draw.share(whole, 20) if position == 1 and draw.rng.random() < 0.5 else ZERO
        title = name if number == 0 else name.removesuffix("项目").removesuffix("经费") + "配套经费"
        code = f"{body.region_code}{year % 100}{body.code}T{number + 1:06d}{101 + position}"
        projects.append(Project(title, code, function, whole - other, other=other))
        line = lines.get(function, Line(function))
        lines[function] = replace(line, project=line.project + whole - other, other=line.other + other)
    if number == 0 and draw.rng.random() < 0.25:
        whole = draw.amount(100, 900)
        code = f"{body.region_code}{year % 100}{body.code}T{number + 1:06d}190"
        projects.append(Project("城乡公共设施配套建设项目", code, "2120899", ZERO, fund=whole))
        lines["2120899"] = Line("2120899", fund=whole)
    return tuple(projects), list(lines.values())


_CATALOGUE: Final = [
    ("[A02010105]台式计算机", "31002", "台", "goods"),
    ("[A02020400]多功能一体机", "31002", "台", "goods"),
    ("[A05010201]办公桌", "31002", "张", "goods"),
    ("[C23090199]其他印刷服务", "30202", "批", "services"),
    ("[C21040000]物业管理服务", "30209", "项", "services"),
    ("[B08010000]房屋修缮", "30213", "项", "works"),
]


def _purchases(draw: _Draw, body: Organisation, projects: Iterable[Project]) -> tuple[Purchase, ...]:
    rows: list[Purchase] = []
    for project in projects:
        for item, economic, measure, kind in draw.rng.sample(_CATALOGUE, draw.rng.randint(0, 2)):
            quantity = draw.rng.randint(1, 8) if kind == "goods" else 1
            price = draw.share(project.total, 9) // quantity // draw.grain * draw.grain
            if price:
                rows.append(
                    Purchase(project.name, item, project.function, economic, quantity, measure, price, kind)
                )
    return tuple(rows)


def _counts(rng: random.Random, staff: int) -> dict[str, int]:
    administrative = staff - rng.randint(0, staff // 3)
    vehicles = {name: rng.randint(0, 2) for name in ("confidential", "emergency", "law_enforcement", "other")}
    return {
        "establishment": staff + rng.randint(0, 4),
        "active": staff,
        "administrative": administrative,
        "institution": staff - administrative,
        "retired": rng.randint(1, staff),
        "vehicles": sum(vehicles.values()),
        **{f"vehicles.{name}": number for name, number in vehicles.items()},
        "equipment": rng.randint(0, 3),
    }


def _executed(seed: int, number: int, budget: Figures, grain: Decimal) -> Figures:
    """The final account: every amount of the budget drifts; economic accounts follow function accounts. With
    what is left at the end of the year, without what the year opened with.
    """
    draw = _Draw(f"final {seed} {number} {budget.year}", grain, budget.year)

    def drift(amount: Decimal) -> Decimal:
        return amount * draw.rng.randint(82, 112) // 100 // grain * grain

    people = budget.organisation.people
    economic = {code: drift(amount) for code, amount in budget.economic.items()}
    allowances = people.allowances()
    allowed = {line.code: drift(line.personnel) for line in budget.lines if line.code in allowances}
    for account in people.wages:
        within = (amount for code, amount in allowed.items() if people.contributions[code][0] == account)
        economic[account] = max(economic[account], sum(within, ZERO))
    personnel = {code: economic[account] for code, (account, _) in people.contributions.items()} | allowed
    personnel[people.retired[0]] = economic[people.retired[1]]
    main = str(budget.organisation.profile["main"])
    personnel[main] = sum((economic[code] for code in people.wages), ZERO) - sum(allowed.values(), ZERO)
    operating = sum((amount for code, amount in economic.items() if code[:3] in ("302", "310")), ZERO)
    lines: list[Line] = []
    for line in budget.lines:
        spent = Line(
            line.code,
            personnel=personnel.get(line.code, ZERO),
            operating=operating if line.code == main else ZERO,
            project=drift(line.project),
            fund=drift(line.fund),
            other=drift(line.other),
        )
        if spent.project and draw.rng.random() < 0.4:
            spent = replace(spent, closing=draw.share(spent.project, 6))
        lines.append(spent)
    return replace(
        budget,
        kind="final",
        lines=tuple(lines),
        economic=economic,
        projects=_executed_projects(budget.projects, lines),
        purchases=tuple(p for p in budget.purchases if draw.rng.random() < 0.8),
        abroad=ZERO if draw.rng.random() < 0.7 else drift(budget.abroad),
    )


def _executed_projects(projects: tuple[Project, ...], lines: list[Line]) -> tuple[Project, ...]:
    """Projects share out what their line spent: in proportion, the last takes the rest."""
    done: list[Project] = []
    for line in lines:
        group = [project for project in projects if project.function == line.code]
        left = {"general": line.project, "fund": line.fund, "other": line.other}
        for position, project in enumerate(group):
            share: dict[str, Any] = {}
            for name, rest in left.items():
                planned = sum((getattr(p, name) for p in group[position:]), ZERO)
                mine = getattr(project, name)
                share[name] = (
                    rest if position == len(group) - 1 or not planned else rest * mine // planned // 100 * 100
                )
            left = {name: rest - share[name] for name, rest in left.items()}
            done.append(replace(project, **share, carried=ZERO))
    order = {project.code: position for position, project in enumerate(projects)}
    return tuple(sorted(done, key=lambda project: order[project.code]))
