"""The performance chapter's own way of speaking: projects evaluated, scores, goals, money under review."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from dagster_project.forms.narrative.names import project_name
from dagster_project.forms.narrative.words import Measure
from dagster_project.vocabulary import seed_rows

_REVIEW: Final = re.compile(
    r"(?P<name>[^。；：，]{2,50}?)(?:项目)?(?:支出)?(?:绩效)?自评(?:情况)?(?:的)?(?:综述|结果)?[：。]?"
    r"(?=(?:根据|项目)?[^。；]{0,24}全年预算数)"
)
_REVIEWS_AHEAD: Final = re.compile(r"共涉及\d+个(?:一级|二级)?项目")
_GOAL: Final = re.compile(r"年度目标(\d{1,2})：")
_WHOLE_BODY: Final = re.compile(r"(?:部门|单位)?整体.{0,12}(?:绩效)?自评")
_PART: Final = re.compile(r"(?P<part>基本|项目)支出(?:总额)?$")
_MANAGED: Final = re.compile(
    r"预算支出(?:资金)?$|纳入[^，。；]{0,20}绩效[^，。；]{0,10}(?:金额|资金)(?:为|共|合计)?$"
)
_CONCERNED: Final = re.compile(r"涉及[^，。；]{0,8}(?:预算|资金)|资金(?:总额|量|规模)?(?:为|共|合计)?$")
_BODY_AMOUNT: Final = re.compile(
    r"(?:整体|部门|单位|全年).{0,12}(?:预算|执行|支出)(?:金额|数|总额)?(?:为|：)?$"
)
_UNREVIEWED: Final = "performance.self_evaluation.project"
_BODY: Final = "performance.department"
_MANAGED_MONEY: Final = "performance.managed"


@dataclass(slots=True)
class Performance:
    """What the chapter speaks of: a reviewed project, a goal, a kind of indicator, a group counted."""

    reviewed: str | None = None
    goal: str | None = None
    indicator: str | None = None
    group: str | None = None
    stage: str = "amount"

    def enter(self, text: str) -> None:
        """Take notice of the goal, project or kind of indicator that a paragraph turns to."""
        goal = _GOAL.search(text)
        if goal:
            self.goal, self.reviewed = f"goal{goal.group(1)}", None
        reviewed = reviewed_project(text)
        if reviewed:
            self.reviewed = reviewed
        indicator = _indicator_pattern().search(text)
        if indicator:
            self.indicator = _indicators()[indicator["kind"]]

    def subject(self, lead: str, measure: Measure) -> str:
        """Whom a figure of this chapter is about."""
        if self.reviewed:
            return f"performance.project.{self.reviewed}"
        if _WHOLE_BODY.search(lead):
            self.group = _BODY
        if measure.name == "share_pct":
            return self.group or _UNREVIEWED
        if measure.name in ("amount", "budget"):
            return self._of_amount(lead, measure.name)
        return _BODY

    def _of_amount(self, lead: str, measure: str) -> str:
        """Whose amount of money: a part of the body's, what is managed, what the counted group concerns."""
        part = _PART.search(lead)
        if part and measure == "amount":
            return f"{_BODY}.{self.stage}." + ("basic" if part["part"] == "基本" else "project")
        if measure == "amount" and _MANAGED.search(lead):
            return _MANAGED_MONEY
        if _CONCERNED.search(lead):
            return self.group or _MANAGED_MONEY
        return _BODY if measure == "budget" or _BODY_AMOUNT.search(lead) else "performance.other"

    def item(self, subject: str, measure: str) -> str:
        """The key of an amount; the stage of a body's amount is remembered for its parts."""
        if subject.startswith(f"{_BODY}."):
            return subject
        if subject in (self.group, _MANAGED_MONEY) and subject != _BODY:
            return f"{subject}.amount"
        self.stage = measure
        return f"{subject}.{measure}"

    def counted(self, item: str) -> str:
        """The key of a count or score, with the project, goal and indicator it belongs to."""
        if item.endswith(".count"):
            self.group = item.removesuffix(".count")
        if not item.startswith("performance.indicator"):
            return item
        place = f"performance.project.{self.reviewed}" if self.reviewed else _BODY
        goal = f".{self.goal}" if self.goal and not self.reviewed else ""
        return f"{place}{goal}.{self.indicator or 'indicator'}.{item.removeprefix('performance.indicator.')}"


def reviewed_project(text: str) -> str | None:
    """The project whose self-evaluation a paragraph sums up (自评综述)."""
    found = _REVIEW.search(text) if "全年预算数" in text else None
    return project_name(found["name"]) if found else None


def is_review(text: str) -> bool:
    """Is this a running text between performance forms, and not one of the form's own cells?"""
    return reviewed_project(text) is not None or bool(_REVIEWS_AHEAD.search(text))


@cache
def _indicators() -> dict[str, str]:
    return {row["name"]: row["key"] for row in seed_rows("narrative_indicator")}


@cache
def _indicator_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(_indicators(), key=len, reverse=True))
    return re.compile(rf"(?P<kind>{names})指标(?:共)?设置")
