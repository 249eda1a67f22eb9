"""Which form a printed title names: the longest known title at its end, whatever year and body precede."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from dagster_project import vocabulary

_TAIL: Final = re.compile(r"(?:/结果)?(?:\([^()]*\)){0,2}[.。…·]*\d{0,3}$")
_COUNT: Final = r"[\d一二三四五六七八九十百廿]+"
_NUMBER: Final = (
    rf"(?:附?[表件]{_COUNT}(?:[-—.]\d+)*|(?:部门|单位|预算|决算)*(?:公开)?(?:\d+表|表\d+)"
    rf"|{_COUNT}(?:[-—]\d+)*|[A-Z]{{1,3}}\d{{1,3}}表?)"
)
_CLASSED: Final = re.compile(r"\([^()]*(?:分类|科目|经济|功能|分单位|按单位)[^()]*\)")
_LEAD: Final = re.compile(rf"^(?:{_NUMBER}|附表|附件)?[、.:：．)）\s-]*")
_YEAR: Final = re.compile(
    r"(?:20)?\d{2}年度?|二〇[〇一二三四五六七八九]{2}年度?|(?:本|当)年度?|[X×]+年度?", re.IGNORECASE
)
_YEAR_END: Final = re.compile(r"(?:年(?:度)?)+$")
_BODY_WORDS: Final = re.compile(
    r"(?:^|[局委办院室校所站部处会署厅府馆园队社台场庭行司团组镇乡街道区县市省旗村中心学库联科盟州港协狱地]|级"
    r"|单位|本级|机关|公司|部门|(?:部门|单位|综合)[预决]算|[)）]|[、.:：．-])$"
)
_OTHER_MONEY: Final = re.compile(r"一般公共预算|政府性基金|国有资本经营|财政拨款|三公")
"""Money that a title names before the words of a shorter title: it is the title of another table."""
_SENTENCE: Final = re.compile("[。;,!?]|详见|参见|反映|如下|依据|根据|填报|公开了|编制")
_FORM_NUMBER: Final = re.compile(r"\(?\D{0,8}\d+(?:[-—.]\d+)*表?\)?")
_SECTION: Final = re.compile(
    r"^第[一二三四五六七八九十]+部分|(?:附|报|公开)表$|(?:部门|单位|年度?)[预决]算表$"
)
"""A heading of the part that holds the tables (第二部分 部门决算表) and no title of one."""
_LONGEST: Final = 70


@dataclass(frozen=True, slots=True)
class TitleMatch:
    """A line that reads as a form's title. ``form`` is ``None`` for a table title nobody declared."""

    form: str | None
    title: str
    prefix: str


def match_title(text: str, kind: str | None) -> TitleMatch | None:
    """The form whose title ``text`` prints, or ``None`` where the line is no title.

    ``kind`` (``budget``, ``final``) decides wordings that both kinds use (支出总表); where it is ``None``,
    the budget form is meant unless the title stands for a final account only.
    """
    printed = vocabulary.key(text)
    if not 3 < len(printed) <= _LONGEST or ("表" not in printed and "结果" not in printed):
        return None
    bare = _TAIL.sub("", printed)
    found = _longest(printed, kind)
    if found:
        return found
    found = _longest(bare, kind)
    found = found or _by_core(bare, kind)
    if found and found.form and not _classes_alike(printed[printed.rindex(bare) + len(bare) :], found):
        return None
    return found


def _by_core(printed: str, kind: str | None) -> TitleMatch | None:
    """The form whose title differs only in words that publishers fill in at will (安排的, 情况, 明细 …)."""
    core = vocabulary.title_core(printed)
    cores = vocabulary.title_cores(kind)
    longest = next((core[start:] for start in range(len(core)) if core[start:] in cores), None)
    if longest is None:
        return None
    title = cores[longest]
    form = form_of_title(title, kind)
    prefix = core[: -len(longest)]
    if vocabulary.forms()[form].family == "performance" or not _is_heading(prefix, performance=False):
        return None
    return TitleMatch(form=form, title=title, prefix=prefix)


def _classes_alike(bracket: str, found: TitleMatch) -> bool:
    """Whether a bracket behind the title names the classification of the form: another one makes another
    table.
    """
    if not _CLASSED.search(bracket):
        return True
    keyed_by = vocabulary.forms()[found.form].keyed_by if found.form else ""
    word = {"function": "功能", "economic": "经济", "unit": "单位"}.get(keyed_by)
    return word is not None and word in bracket and "政府" not in bracket


def _longest(printed: str, kind: str | None) -> TitleMatch | None:
    """The longest title of the document's kind that ends the line, else the longest of the other kind."""
    fitting = [title for title in vocabulary.title_endings().get(printed[-2:], ()) if printed.endswith(title)]
    of_kind = [title for title in fitting if kind in vocabulary.titles().get(title, ())]
    for title in dict.fromkeys((*of_kind[:1], *fitting[:1])):
        prefix = printed[: -len(title)]
        if title in vocabulary.other_tables(kind):
            return TitleMatch(form=None, title=title, prefix=prefix)
        if title not in vocabulary.titles():
            continue
        form = form_of_title(title, kind)
        if _is_heading(prefix, performance=vocabulary.forms()[form].family == "performance"):
            return TitleMatch(form=form, title=title, prefix=prefix)
    return None


def form_of_title(title: str, kind: str | None) -> str:
    """The form key of a known title (its ``vocabulary.key``). Raises ``KeyError`` for an unknown title."""
    by_kind = vocabulary.titles()[title]
    if kind in by_kind:
        return by_kind[kind]
    return by_kind.get("budget") or by_kind["final"]


def _is_heading(prefix: str, *, performance: bool) -> bool:
    """Whether only number, year and body precede the title: no words of a longer, unknown title."""
    if _SENTENCE.search(prefix):
        return False
    if performance:
        return True
    if _OTHER_MONEY.search(prefix):
        return False
    rest = _YEAR_END.sub("", _YEAR.sub("年", _LEAD.sub("", prefix)))
    return not rest or bool(_BODY_WORDS.search(rest))


def reads_as_table_title(text: str) -> bool:
    """Whether a line looks like some table's title: short, ends in 表, no sentence."""
    whole = vocabulary.key(text)
    if _FORM_NUMBER.fullmatch(whole):
        return False
    printed = _TAIL.sub("", whole)
    if _SECTION.search(printed):
        return False
    return 4 <= len(printed) <= 40 and printed.endswith("表") and not _SENTENCE.search(printed)
