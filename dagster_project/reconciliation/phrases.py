"""What a finding says of each kind of check that compares no two sides of an equation.

``{form}``, ``{row}`` and ``{column}`` say where, ``{key}`` what was found (``{named}``: in quotation marks),
``{stated}`` and ``{expected}`` the two figures with their unit, ``{difference}`` how far they are apart,
``{year}`` and ``{due_year}`` two years, ``{due}`` a year that words should name, ``{listed}`` what a code is
called in the classification, ``{words}`` the piece of text as printed, ``{clause}`` the clause of its figure,
``{other}`` where the other figure stands and ``{whose}`` whose document it is of.
"""

from __future__ import annotations

from typing import Final

from expectations.model import (
    AccountCheck,
    Average,
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
    Reasons,
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
        "{form}科目“{row}”的编码与名称不对应{listed}。",
        "{form}: code and name of the account “{row}” do not belong together{listed}.",
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
        "{form}“{row}”只列项目支出，同款的一般行政管理事务只列基本支出，两栏可能互换，请核对。",
        "{form}, “{row}” has project expenditure only, its neighbour basic expenditure only: "
        "the columns may be exchanged; worth a look.",
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
    (FormCheck, "declared_zero"): (
        "{form}说明为空表，财政拨款收支总表却列有该项资金。",
        "{form} is said to be empty, and the summary of appropriations shows money of this budget.",
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
        "正文“{key}”写为 {stated}，各分项合计为 {expected}，相差 {difference}。",
        "The text “{key}” states {stated}, its parts add up to {expected}, {difference} apart.",
    ),
    (Said, "difference"): (
        "正文“{key}”所写增减为 {stated}，其中两数之差为 {expected}，相差 {difference}。",
        "The text “{key}” states a change of {stated}, its figures differ by {expected}: {difference} apart.",
    ),
    (Said, "percent"): (
        "正文“{key}”写为 {stated}，按其中两数计算为 {expected}，相差 {difference}。",
        "The text “{key}” states {stated}, its figures make {expected}, {difference} apart.",
    ),
    (Said, "range"): (
        "正文“{key}”按其中的数计算变动 {expected}，不在所写的范围内（界限为 {stated}）。",
        "The text “{key}”: its figures make a change of {expected}, beyond the {stated} that it names.",
    ),
    (Said, "zero_base"): (
        "正文“{key}”作为基数的数为零，不应有百分比 {stated}。",
        "The text “{key}”: the base is zero, of which {stated} is no percentage.",
    ),
    (Said, "larger"): (
        "正文“{key}”称前者大于后者，而前者为 {stated}，后者为 {expected}。",
        "The text “{key}” says that one figure is larger than another: {stated} against {expected}.",
    ),
    (Said, "smaller"): (
        "正文“{key}”称前者小于后者，而前者为 {stated}，后者为 {expected}。",
        "The text “{key}” says that one figure is smaller than another: {stated} against {expected}.",
    ),
    (Outline, "listed"): (
        "目录所列“{key}”在正文中没有找到。",
        "The contents list “{key}”, which the document does not have.",
    ),
    (Outline, "unlisted"): (
        "正文标题“{key}”没有列入目录。",
        "The heading “{key}” is not listed in the contents.",
    ),
    (Outline, "forms"): (
        "报表“{key}”没有列入目录。",
        "The form “{key}” is not listed in the contents.",
    ),
    (Outline, "order"): (
        "“{key}”在目录与正文中的先后顺序不同。",
        "“{key}” stands at another place in the document than in its contents.",
    ),
    (Outline, "numbering"): (
        "标题“{key}”之前的编号不连续。",
        "The numbering of headings has a gap before “{key}”.",
    ),
    (Named, "amounts"): (
        "正文列举了“{key}”（“{words}”），{form}中该科目没有金额。",
        "The text names “{key}” (“{words}”); {form} has no amount for it.",
    ),
    (Named, "unlisted"): (
        "正文列举的科目（“{words}”）中没有“{key}”，{form}中该科目有金额。",
        "The text lists accounts (“{words}”) without “{key}”, for which {form} has an amount.",
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
        "{form}{named}的分值（权重）合计为 {stated}，应为 {expected}，相差 {difference}。",
        "{form} {named}: weights add up to {stated}, {expected} is expected, {difference} apart.",
    ),
    (IndicatorCheck, "score"): (
        "{form}{named}的得分为 {stated}，应在零与分值之间（至多或至少 {expected}）。",
        "{form} {named}: the score is {stated}, outside zero and its weight (bound: {expected}).",
    ),
    (IndicatorCheck, "met"): (
        "{form}{named}的指标“{words}”未达到目标值，却得满分 {stated}。",
        "{form} {named}: full marks, {stated}, for “{words}”, whose target was not met.",
    ),
    (IndicatorCheck, "same"): (
        "绩效表中同一指标“{key}”有两个不同的值：{stated} 与 {expected}。",
        "Performance forms give the indicator “{key}” two values: {stated} and {expected}.",
    ),
    (IndicatorCheck, "rate"): (
        "{form}{named}的执行率印为 {stated}，执行数除以预算数为 {expected}，相差 {difference}。",
        "{form} {named}: the execution rate is printed as {stated}, the share of the budget that was spent "
        "is {expected}, {difference} apart.",
    ),
    (IndicatorCheck, "execution"): (
        "{form}{named}的预算执行得分印为 {stated}，按分值乘以执行率应为 {expected}。",
        "{form} {named}: the score of the execution rate is {stated}, weight times rate makes {expected}.",
    ),
    (IndicatorCheck, "total"): (
        "{form}{named}的总分印为 {stated}，各项得分之和为 {expected}，相差 {difference}。",
        "{form} {named}: the total score is printed as {stated}, the scores add up to {expected}, "
        "{difference} apart.",
    ),
    (IndicatorCheck, "growth"): (
        "{form}{named}印为 {stated}，按表中该指标的前后两个数计算为 {expected}，相差 {difference}。",
        "{form} {named}: {stated} is printed, the two values of the indicator make {expected}, "
        "{difference} apart.",
    ),
    (IndicatorCheck, "funding"): (
        "{form}资金{named}印为 {stated}，其各部分之和（或收支总表总计）为 {expected}，相差 {difference}。",
        "{form}, funding {named}: {stated} is printed, its parts (or the total of the summary) make "
        "{expected}, {difference} apart.",
    ),
    (IndicatorCheck, "history"): (
        "{form}资金{named}所列上年数为 {stated}，上年公开的预算、决算总计为 {expected}，相差 {difference}。",
        "{form}, funding {named}: {stated} is printed for the year before, whose documents have {expected}, "
        "{difference} apart.",
    ),
    (IndicatorCheck, "described"): (
        "{form}{named}的说明写 {stated}，同行金额为 {expected}，相差 {difference}。",
        "{form} {named}: the description states {stated}, the amount of the row is {expected}, "
        "{difference} apart.",
    ),
    (Count, "projects"): (
        "正文“{clause}”写 {stated}，{form}所列项目为 {expected}，相差 {difference}。",
        "The text “{clause}” states {stated}; {form} lists {expected}, {difference} apart.",
    ),
    (Count, "units"): (
        "正文“{clause}”写 {stated}，{form}所列单位为 {expected}，相差 {difference}。",
        "The text “{clause}” states {stated}; {form} lists {expected}, {difference} apart.",
    ),
    (Count, "spent"): (
        "正文“{clause}”写 {stated}，{form}各项目执行数合计为 {expected}，相差 {difference}。",
        "The text “{clause}” states {stated}; the projects of {form} spent {expected}, {difference} apart.",
    ),
    (Count, "scores"): (
        "正文“{clause}”写平均得分 {stated}，不在{form}各项目得分的范围内（界限为 {expected}）。",
        "The text “{clause}” states an average of {stated}, beyond the scores of {form} ({expected}).",
    ),
    (Ordered, "at_most"): (
        "正文“{clause}”为 {stated}，大于{other}的 {expected}，前者不应更大。",
        "The text “{clause}” states {stated}, more than the {expected} of {other}.",
    ),
    (Ordered, "equal"): (
        "正文“{clause}”为 {stated}，{other}所述同一事项为 {expected}，相差 {difference}。",
        "The text “{clause}” states {stated}; {other} states {expected} of the same, {difference} apart.",
    ),
    (Ordered, "zero_together"): (
        "正文“{clause}”为 {stated}，{other}为 {expected}，两者应同为零或同不为零。",
        "The text “{clause}” states {stated}, {other} {expected}: both should be zero, or neither.",
    ),
    (Ordered, "needs"): (
        "正文“{clause}”为 {stated}，{other}为 {expected}：有前者就应有后者。",
        "The text “{clause}” states {stated}, {other} {expected}: the first needs the second.",
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
        "同一项目两处同样的文字数字不同：一处为“{key}”，另一处为 {expected}。",
        "The same words about one project state different numbers: “{key}” and {expected}.",
    ),
    Average: (
        "正文“{clause}”与{other}相除，平均为 {stated}，通常的界限为 {expected}，请核对。",
        "The text “{clause}” by {other}: {stated} each, where {expected} is the usual bound; worth a look.",
    ),
    Misdated: (
        "正文“{words}”写为 {year} 年，这个数是本文件报表所列 {due_year} 年的数。",
        "The text “{words}” speaks of {year}; the figure is the one that the forms print for {due_year}.",
    ),
    Restated: (
        "正文“{clause}”为 {stated}，{whose}所述同一事项为 {expected}，相差 {difference}。",
        "The text “{clause}” states {stated}; {whose} states {expected} of the same, {difference} apart.",
    ),
    Declared: (
        "项目“{key}”写为 {stated}，按其各组成部分计算为 {expected}，相差 {difference}。",
        "The project “{key}” states {stated}; its parts make {expected}, {difference} apart.",
    ),
    Shares: (
        "正文“{words}”所列各项占比合计为 {stated}，应为 {expected}，相差 {difference}。",
        "The text “{words}”: its shares add up to {stated}, not to {expected}, {difference} apart.",
    ),
    Product: (
        "{form}“{row}”印为 {stated}，数量乘单价为 {expected}，相差 {difference}。",
        "{form}, “{row}”: {stated} is printed, quantity times price makes {expected}, {difference} apart.",
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
    if isinstance(check, Wording | Mentions | Reasons):
        zh, en = _braced(check.says_zh), _braced(check.says_en)
        return f"正文“{{key}}”{zh}{{due}}（“{{words}}”）。", f"The text “{{key}}” {en}{{due}} (“{{words}}”)."
    kinds = (getattr(check, name, None) for name in ("check", "equation", "relation", "counted"))
    looked_at = next((kind for kind in kinds if isinstance(kind, str)), "")
    return PHRASES.get((type(check), looked_at)) or OF_A_KIND.get(type(check))


def _braced(text: str) -> str:
    """A text that ``str.format`` leaves as it is."""
    return text.replace("{", "{{").replace("}", "}}")
