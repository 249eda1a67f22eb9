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


_THING: Final = re.compile(
    r"(?P<name>[^。；，：]*)(?:支出|收入|经费|费用|费|补助|补贴|资金|采购)"
    r"(?:预算|决算|支出|收入|安排|总额|总数|金额|合计|共计|实际|净|各|均|分别|同比|同口径|[为是共计数达约了]"
    r"|增加|增长|减少|下降|上升|降低|压减|追加|增|减)*$"
)
_OF_ANY_THING: Final = re.compile(
    r"20\d\d年度?|[本我](?:部门|单位|局|院|校|馆|委|办)|基本$|项目$|[当本全上]年度?|年[初末度]|一般公共预算|政府性基金|国有资本经营|财政|拨款|预算|决算|执行|安排|支出|收入|经费|资金"
    r"|费用|金额|总额|实际|合计|全部|各项|其中|其|使用|开支|相应|日常|[为是共达计总数的中年与较比由和及用以各均]|同口径|同比"
)
_BODY: Final = re.compile(
    r"(?:局|馆|院|校|学|中心|委|委员会|办|办公室|部门|单位|政府|街道|镇|乡|队|站|所|会|园|处|科|厅|部|市|区|县|省|本级)$"
)
_VERB_LAST: Final = re.compile(r"，(?:增加|增长|减少|下降|上升|降低|压减|追加|增|减)(?:了|约)?$")
"""A comparison taken out leaves its verb behind a comma: 工资福利支出，增加."""
_PURPOSE: Final = re.compile(r"用于|保障|维持|完成|开展|履行")
_SHORTEST: Final = 2


def names_another(words: str) -> bool:
    """Do the words before a figure name a thing of money by a name that says more: 医疗业务支出?"""
    found = _THING.search(CLAUSE.split(_VERB_LAST.sub("", words))[-1])
    if not found:
        return False
    name = _OF_ANY_THING.sub("", found["name"]).strip('"()、')
    return len(name) >= _SHORTEST and not _BODY.search(name) and not _PURPOSE.search(found["name"])


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
