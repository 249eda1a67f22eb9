"""Names of projects in running text."""

from __future__ import annotations

import re
from typing import Final

from dagster_project.forms.narrative.text import marker_of

CLAUSE: Final = re.compile(r"[。；，：！？]")
"""What ends a clause."""

_HEAD: Final = re.compile(
    r"^(?:(?:其中|[一二三四五六七]是|及|和|以及|用于|主要用于|安排|20\d\d年度?)+：?|项目支出|项目(?=.{4})|\"+)"
)
_TAIL: Final = re.compile(r"(?:(?:项目)+|\"+|(?:预算|金额|资金)?(?:为|共|共计|合计|安排|预算)|：)+$")


def project_name(clause: str) -> str:
    """A project's name as a clause gives it: without list number, year, quotes and 项目 at either end."""
    marker = marker_of(clause)
    name = clause[marker[1] :] if marker else clause
    previous = None
    while name != previous:
        previous = name
        name = _TAIL.sub("", _HEAD.sub("", name))
    return name


def last_clause(lead: str) -> str:
    """The clause that a figure stands in, as far as it is said before it."""
    return CLAUSE.split(lead.rstrip("："))[-1]
