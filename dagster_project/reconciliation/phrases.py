"""What a finding says of each kind of check that compares no two sides of an equation.

``{form}``, ``{row}`` and ``{column}`` say where, ``{key}`` what was found, ``{stated}`` and ``{expected}``
the two figures with their unit, ``{words}`` the piece of text as printed.
"""

from __future__ import annotations

from typing import Final

from expectations.model import (
    AccountCheck,
    Average,
    Bounds,
    CellCheck,
    Check,
    Count,
    Declared,
    Due,
    FormCheck,
    IndicatorCheck,
    Mentions,
    Misdated,
    Named,
    Ordered,
    Outline,
    Product,
    Purchase,
    Restated,
    Said,
    SameWords,
    Shares,
    Slip,
    Twins,
    Wording,
)

Phrase = tuple[str, str]
"""Chinese and English."""

_INDICATOR_ZH: Final = "{form}“{key}”印为 {stated}，按同表其他数字应为 {expected}。"
_INDICATOR_EN: Final = "{form}, “{key}”: {stated} is printed, the other figures of the form make {expected}."

PHRASES: Final[dict[tuple[type, str], Phrase]] = {
    (CellCheck, "blank"): (
        "{form}“{row}”的{column}应为空，印为 {stated}。",
        "{form}, “{row}”: {column} should be blank, {stated} is printed.",
    ),
    (CellCheck, "not_negative"): (
        "{form}“{row}”的{column}印为负数 {stated}。",
        "{form}, “{row}”: {column} is negative, {stated}.",
    ),
    (CellCheck, "decimals"): (
        "{form}“{row}”的{column}印为整数 {stated}，各行合计为 {expected}。",
        "{form}, “{row}”: {column} is printed without decimals, {stated}; its rows add up to {expected}.",
    ),
    (CellCheck, "repeated"): (
        "{form}中互不相干的三个以上科目同为 {stated}（{column}），请核对是否误填。",
        "{form}: three or more unrelated accounts print the same amount, {stated} ({column}); worth a look.",
    ),
    (AccountCheck, "listed"): (
        "{form}所列科目“{row}”不在该年度政府收支分类科目中。",
        "{form}: the account “{row}” is not in the classification of the year.",
    ),
    (AccountCheck, "named"): (
        "{form}科目“{row}”的编码与名称不对应。",
        "{form}: code and name of the account “{row}” do not belong together.",
    ),
    (AccountCheck, "shape"): (
        "{form}科目编码“{row}”的位数或类级不符合规定。",
        "{form}: the code “{row}” has a number of digits, or a class, that no account has.",
    ),
    (AccountCheck, "order"): (
        "{form}中“{row}”未按科目编码顺序排列。",
        "{form}: “{row}” stands out of the order of the codes.",
    ),
    (AccountCheck, "renamed"): (
        "{form}“{row}”用的是已停用的科目名称。",
        "{form}: “{row}” bears a name that was given up before the year.",
    ),
    (AccountCheck, "apart"): (
        "{form}列有属于另一本预算的科目“{row}”。",
        "{form}: the account “{row}” belongs to another of the budgets.",
    ),
    (AccountCheck, "basic_only"): (
        "{form}是基本支出，却列有“{row}”。",
        "{form} is about basic expenditure and prints “{row}”.",
    ),
    (AccountCheck, "nature"): (
        "{form}“{row}”的基本支出与项目支出像是互换了。",
        "{form}, “{row}”: basic and project expenditure look exchanged.",
    ),
    (FormCheck, "present"): (
        "文件中没有应公开的{form}。",
        "{form}, which has to be published, is not there.",
    ),
    (FormCheck, "declared"): (
        "{form}为空表，却没有说明没有该项数据。",
        "{form} is empty, and nothing says that there is nothing to report.",
    ),
    (FormCheck, "contradicted"): (
        "{form}印有数字，文中却说明该表为空。",
        "{form} prints figures, and the text says that it is empty.",
    ),
    (FormCheck, "unit"): ("{form}没有注明金额单位。", "{form} does not say the unit of its amounts."),
    (FormCheck, "readable"): (
        "{form}是图片或无法读出，数字未能核对。",
        "{form} is a picture or cannot be read; its figures were not checked.",
    ),
    (FormCheck, "broken_down"): (
        "财政拨款收支总表列有该项资金，{form}却为空。",
        "The summary of appropriations shows money of this budget, and {form} is empty.",
    ),
    (Purchase, "accounts"): (
        "{form}“{row}”所列科目 {key} 不在支出表中，或不是采购支出的经济科目。",
        "{form}, “{row}”: the account {key} is not in the expenditure forms, or is none that buys.",
    ),
    (Purchase, "procured"): (
        "{form}“{key}”标明含政府采购，金额 {stated}，政府采购表中同一项目为 {expected}。",
        "{form}, “{key}” is marked as procurement, {stated}; the procurement form has {expected} of it.",
    ),
    (Said, "sum"): (
        "正文“{key}”各分项合计为 {expected}，写为 {stated}。",
        "The text “{key}”: its parts add up to {expected}, {stated} is stated.",
    ),
    (Said, "difference"): (
        "正文“{key}”两数相差 {expected}，写为 {stated}。",
        "The text “{key}”: its figures differ by {expected}, {stated} is stated.",
    ),
    (Said, "percent"): (
        "正文“{key}”按其中两数计算为 {expected}，写为 {stated}。",
        "The text “{key}”: its figures make {expected}, {stated} is stated.",
    ),
    (Said, "range"): (
        "正文“{key}”的变动幅度为 {stated}，不在所写的范围内。",
        "The text “{key}”: the change is {stated}, outside the range that it names.",
    ),
    (Said, "zero_base"): (
        "正文“{key}”上年为零，不应有增减百分比。",
        "The text “{key}”: a change from zero has no percentage.",
    ),
    (Said, "larger"): (
        "正文“{key}”说前者大于后者，数字并非如此。",
        "The text “{key}” says that one figure is larger than another, which it is not.",
    ),
    (Said, "smaller"): (
        "正文“{key}”说前者小于后者，数字并非如此。",
        "The text “{key}” says that one figure is smaller than another, which it is not.",
    ),
    (Outline, "listed"): (
        "目录所列“{key}”在正文中没有找到。",
        "The contents list “{key}”, which the document does not have.",
    ),
    (Outline, "unlisted"): (
        "正文标题“{key}”没有列入目录。",
        "The heading “{key}” is not listed in the contents.",
    ),
    (Outline, "numbering"): (
        "标题“{key}”之前的编号不连续。",
        "The numbering of headings has a gap before “{key}”.",
    ),
    (Named, "amounts"): (
        "正文列举了“{key}”（“{words}”），{form}中该科目没有金额。",
        "The text names “{key}” (“{words}”); {form} has no amount for it.",
    ),
    (Named, "path"): (
        "正文科目“{key}”与其上级类、款名称不对应（“{words}”）。",
        "The account “{key}” does not lie below the class and section that the text names (“{words}”).",
    ),
    (Named, "renamed"): (
        "正文“{key}”是该年度已停用的科目名称（“{words}”）。",
        "The text uses “{key}”, a name of an account that was given up (“{words}”).",
    ),
    (IndicatorCheck, "weights"): (
        "{form}“{key}”的分值（权重）合计为 {stated}，应为 {expected}。",
        "{form}, “{key}”: weights add up to {stated}, {expected} is expected.",
    ),
    (IndicatorCheck, "score"): (
        "{form}“{key}”的得分 {stated} 超出分值 {expected}。",
        "{form}, “{key}”: the score {stated} is outside its weight {expected}.",
    ),
    (IndicatorCheck, "met"): (
        "{form}“{key}”未达到目标值，却得满分。",
        "{form}, “{key}”: full marks for a target that was not met.",
    ),
    (IndicatorCheck, "same"): (
        "绩效表中同一指标“{key}”有两个不同的值：{stated} 与 {expected}。",
        "Performance forms give the indicator “{key}” two values: {stated} and {expected}.",
    ),
    **{
        (IndicatorCheck, check): (_INDICATOR_ZH, _INDICATOR_EN)
        for check in ("rate", "execution", "total", "growth", "funding", "rating", "described")
    },
    (Count, "projects"): (
        "正文写 {stated}，{form}所列项目为 {expected}。",
        "The text states {stated}; {form} lists {expected} projects.",
    ),
    (Count, "units"): (
        "正文写 {stated}，{form}所列单位为 {expected}。",
        "The text states {stated}; {form} lists {expected} units.",
    ),
    (Count, "spent"): (
        "正文写 {stated}，{form}各项目执行数合计为 {expected}。",
        "The text states {stated}; the projects of {form} spent {expected}.",
    ),
    (Ordered, "at_most"): (
        "正文“{words}”为 {stated}，大于其所属的 {expected}。",
        "The text “{words}” states {stated}, more than the {expected} it is part of.",
    ),
    (Ordered, "equal"): (
        "正文“{words}”为 {stated}，另一处同一事项为 {expected}。",
        "The text “{words}” states {stated}; elsewhere the same is {expected}.",
    ),
    (Ordered, "zero_together"): (
        "正文“{words}”为 {stated}，与之对应的数为 {expected}，应同为零或同不为零。",
        "The text “{words}” states {stated} beside {expected}: both should be zero, or neither.",
    ),
    (Slip, "unit"): (
        "{form}“{row}”的{column}印为 {stated}，是应有数 {expected} 的一万倍（或万分之一），单位可能有误。",
        "{form}, “{row}”, {column}: {stated} is ten thousand times {expected} (or the reverse): "
        "possibly another unit.",
    ),
    (Slip, "digit"): (
        "{form}“{row}”的{column}印为 {stated}，增减一位数字即为 {expected}。",
        "{form}, “{row}”, {column}: {stated} is {expected} with a digit too many or too few.",
    ),
    (Slip, "swap"): (
        "{form}“{row}”的{column}印为 {stated}，两位数字互换即为 {expected}。",
        "{form}, “{row}”, {column}: {stated} is {expected} with two digits swapped.",
    ),
    (Slip, "shift"): (
        "{form}的行名称与金额错位，移动一行后各等式成立。",
        "{form}: labels stand beside the figures of other rows; moved by one row the equations hold.",
    ),
}
"""(kind of check, what it looks at) → phrase."""

OF_A_KIND: Final[dict[type, Phrase]] = {
    SameWords: (
        "同一项目两处同样的文字数字不同：“{key}”。",
        "The same words about one project state different numbers: “{key}”.",
    ),
    Average: (
        "正文“{words}”平均为 {stated}，超出通常的范围（{expected}），请核对。",
        "The text “{words}”: {stated} each on average, beyond what is usual ({expected}); worth a look.",
    ),
    Misdated: (
        "正文“{words}”写为 {stated} 年，这个数是本文件报表所列 {expected} 年的数。",
        "The text “{words}” speaks of {stated}; the figure is the one that the forms print for {expected}.",
    ),
    Restated: (
        "正文“{words}”为 {stated}，另一份文件中同一事项为 {expected}。",
        "The text “{words}” states {stated}; another document states {expected} of the same.",
    ),
    Declared: (
        "项目“{key}”写为 {stated}，其各组成部分合计为 {expected}。",
        "The project “{key}” states {stated}; its parts add up to {expected}.",
    ),
    Shares: (
        "正文“{words}”所列各项占比合计为 {stated}，应为 {expected}。",
        "The text “{words}”: the shares of the list add up to {stated}, not to {expected}.",
    ),
    Bounds: (
        "{form}“{row}”的{column}为 {stated}，与对照数 {expected} 相差悬殊，请核对。",
        "{form}, “{row}”, {column}: {stated} is far from the {expected} that it is compared with; "
        "worth a look.",
    ),
    Product: (
        "{form}“{row}”的数量乘单价为 {expected}，印为 {stated}。",
        "{form}, “{row}”: quantity times price makes {expected}, {stated} is printed.",
    ),
    Twins: (
        "全部金额与另一单位的文件“{key}”相同。",
        "All amounts are those of “{key}”, a document of another body.",
    ),
}
"""Kinds of check that look at one thing only."""


def phrase(check: Check) -> Phrase | None:
    """The phrase of a check; ``None`` for those that have words of their own."""
    if isinstance(check, Due):
        zh, en = _braced(check.says_zh), _braced(check.says_en)
        return f"正文没有说明{zh}。", f"The text does not speak of {en}."
    if isinstance(check, Wording | Mentions):
        zh, en = _braced(check.says_zh), _braced(check.says_en)
        return f"正文“{{key}}”{zh}（“{{words}}”）。", f"The text “{{key}}” {en} (“{{words}}”)."
    kinds = (getattr(check, name, None) for name in ("check", "equation", "relation", "counted"))
    looked_at = next((kind for kind in kinds if isinstance(kind, str)), "")
    return PHRASES.get((type(check), looked_at)) or OF_A_KIND.get(type(check))


def _braced(text: str) -> str:
    """A text that ``str.format`` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")
