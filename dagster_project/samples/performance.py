"""Performance forms of a document: targets in a budget, self-evaluations in a final account.

They follow the national model forms (项目支出绩效目标表, 项目支出绩效自评表). A form is a grid of texts, in
which merged cells leave blanks; the layouts print it like any other grid.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from dagster_project.samples.figures import Figures, Project, data
from dagster_project.samples.prose import percent, wan


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of a performance form that a reader has to find; blank text is no value."""

    form: str
    project: str
    level1: str
    level2: str
    level3: str
    target: str = ""
    actual: str = ""
    weight: str = ""
    score: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A printed form: its title, the line below it, and rows of cells."""

    title: str
    subtitle: str
    rows: list[list[str]]
    indicators: list[Indicator]


def forms(figures: Figures, planned: Figures | None, rng: random.Random) -> list[Grid]:
    """One form a project; ``planned`` is the budget that a final account is measured against."""
    if figures.kind == "budget":
        return [_target(figures, project, rng) for project in figures.projects]
    budget = {project.code: project for project in planned.projects} if planned else {}
    return [
        _evaluation(figures, project, budget.get(project.code, project), rng) for project in figures.projects
    ]


def _chosen(rng: random.Random) -> list[list[str]]:
    """Some indicators in the order of the model form, numbers filled in."""
    every = data("performance.yaml")["indicators"]
    keep = sorted(rng.sample(range(len(every)), rng.randint(5, len(every))))
    chosen = []
    for position in keep:
        number = rng.randint(2, 30)
        chosen.append([text.format(n=number, m=number + rng.randint(0, 5)) for text in every[position]])
    return chosen


def _weights(count: int, whole: int) -> list[int]:
    each = whole // count
    return [each + (1 if position < whole - each * count else 0) for position in range(count)]


def _blank_repeats(rows: list[list[str]], columns: int) -> list[list[str]]:
    """Merged cells: a text that repeats the one above is printed once."""
    printed: list[list[str]] = []
    for position, row in enumerate(rows):
        above = rows[position - 1] if position else [""] * len(row)
        same = [row[column] == above[column] and row[:column] == above[:column] for column in range(columns)]
        printed.append(["" if column < columns and same[column] else text for column, text in enumerate(row)])
    return printed


def _target(figures: Figures, project: Project, rng: random.Random) -> Grid:
    form, name = "perf_project_target", project.name
    chosen = _chosen(rng)
    weights = _weights(len(chosen), 90)
    found = [
        Indicator(form, name, row[0], row[1], row[2], target=row[3], weight=str(weight))
        for row, weight in zip(chosen, weights, strict=True)
    ]
    rows = [[i.level1, i.level2, i.level3, i.target, i.weight] for i in found]
    head = [
        ["项目名称", name, "", "", ""],
        ["主管部门", figures.organisation.name, "实施单位", figures.organisation.units[0], ""],
        ["年度总体目标", f"按计划完成{name}的各项任务。", "", "", ""],
        ["一级指标", "二级指标", "三级指标", "指标值", "分值权重"],
    ]
    return Grid("项目支出绩效目标表", f"（{figures.year}年度）", [*head, *_blank_repeats(rows, 2)], found)


def _evaluation(figures: Figures, project: Project, planned: Project, rng: random.Random) -> Grid:
    form, name = "perf_project_self_evaluation", project.name
    chosen = _chosen(rng)
    weights = _weights(len(chosen), 90)
    budget, spent = wan(planned.total), wan(project.total)
    rate = min(percent(spent, budget), Decimal(100))
    points = (rate / 10).quantize(Decimal("0.01"))
    found = [
        Indicator(
            form, name, row[0], row[1], row[2], target=row[3], actual=row[4], weight=str(w), score=str(w)
        )
        for row, w in zip(chosen, weights, strict=True)
    ]
    rows = [[i.level1, i.level2, i.level3, i.target, i.actual, i.weight, i.score] for i in found]
    head = [
        ["项目名称", name, "", "", "", "", ""],
        ["主管部门", figures.organisation.name, "", "实施单位", figures.organisation.units[0], "", ""],
        ["项目资金（万元）", "", "年初预算数", "全年预算数", "全年执行数", "分值", "得分"],
        ["", "年度资金总额", f"{budget:f}", f"{budget:f}", f"{spent:f}", "10", f"{points:f}"],
        ["一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分"],
    ]
    total = ["总分", "", "", "", "", "100", f"{points + 90:f}"]
    return Grid(
        "项目支出绩效自评表", f"（{figures.year}年度）", [*head, *_blank_repeats(rows, 2), total], found
    )
