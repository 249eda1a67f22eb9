"""What codes are called in the report, in Chinese and in English."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import Final

from dagster_project import vocabulary
from dagster_project.page_picture import KINDS
from dagster_project.reconciliation.messages import figure, unit_words
from dagster_project.rows import Row

_REGION: Final = re.compile(
    r"(?:[^省市区县局厅]{2,8}(?:省|自治区))?(?:[^省市区县局厅]{1,7}(?:市|自治州|盟))?"
    r"(?:[^省市区县局厅]{1,6}(?:区|县|旗))?"
)
_NO_REGION: Final = ("城市", "社区", "小区", "园区", "校区")
_CLAUSE: Final = re.compile(r"(?:[^，。；：,;:]|[,:](?=\d))+")
_ITEM: Final = re.compile(r"[a-z_]+(\.\w+)+")

Name = tuple[str, str]
"""Chinese and English."""

NAMES: Final[dict[str, dict[str, Name]]] = {
    "severity": {"error": ("错误", "error"), "warning": ("警示", "warning"), "info": ("提示", "info")},
    "cause": {
        "publisher": ("公布方", "publisher"),
        "reading": ("读取", "reading"),
        "undecided": ("未定", "undecided"),
    },
    "diagnosis": {
        "DIAG-DIGIT": ("错漏数字", "a digit"),
        "DIAG-SHIFT": ("错行", "shifted rows"),
        "DIAG-COPY": ("误抄上级", "a copied parent"),
        "DIAG-UNIT": ("单位", "the unit"),
        "DIAG-SCOPE": ("口径", "the scope"),
        "DIAG-BASE": ("基期", "the base year"),
        "DIAG-STALE": ("旧文", "text of another year or body"),
        "DIAG-EXTRACT": ("读取", "reading"),
        "DIAG-ROW": ("少列一行", "a missing row"),
    },
    "version_status": {
        "new": ("新增", "new"),
        "still_there": ("仍在", "still there"),
        "corrected": ("已更正", "corrected"),
    },
    "status": {
        "loaded": ("已读", "read"),
        "partial": ("部分读出", "partly read"),
        "quarantined": ("未能读取", "not read"),
        "superseded": ("已被替代", "superseded"),
        "unsupported_kind": ("种类不支持", "of another kind"),
    },
    "kind": {"budget": ("预算", "budget"), "final": ("决算", "final account")},
    "state": {
        "fail": ("不符", "failed"),
        "not_evaluable": ("无法评判", "not evaluable"),
        "explained": ("有原因", "explained"),
        "pass": ("通过", "passed"),
        "not_applicable": ("不适用", "not applicable"),
    },
    "form_state": {
        "read": ("已读", "read"),
        "printed_blank": ("空表", "printed blank"),
        "declared_empty": ("声明无", "declared empty"),
        "unreadable": ("无法读取", "unreadable"),
        "missing": ("缺失", "missing"),
    },
    "verification": {name: (kind.chinese, kind.english) for name, kind in KINDS.items()},
    "side": {"income": ("收入", "income"), "expenditure": ("支出", "expenditure")},
    "basis": {
        "arithmetic": ("算术", "arithmetic"),
        "law": ("法律", "law"),
        "notice": ("规定", "notice"),
        "practice": ("惯例", "practice"),
    },
}


def name(group: str, code: str | None) -> Name:
    """What a code of a group is called; an unknown one by itself, nothing as a dash."""
    if code is None:
        return ("—", "")
    return NAMES[group].get(code, (code, ""))


def both(pair: Name) -> str:
    """Chinese, then English."""
    return " ".join(pair).rstrip()


def form_name(form: str | None) -> Name:
    """A form's names."""
    known = vocabulary.forms().get(form or "")
    return (known.name_zh, known.name_en) if known else (form or "", "")


@cache
def _columns() -> dict[str, Name]:
    rows = vocabulary.seed_rows("measure_column")
    return {row["column_key"]: (row["name_zh"], row["name_en"]) for row in rows}


def column_name(column: str | None) -> Name:
    """A column's names."""
    return _columns().get(column or "", (column or "", ""))


def region_of(organisation: str | None) -> str | None:
    """The province, city or county that a body's name begins with; the list of regions may not know it."""
    found = _REGION.match(organisation or "")
    said = found.group() if found else ""
    return said if said and not said.endswith(_NO_REGION) else None


def amount(value: Decimal | None, unit: str | None = None) -> str:
    """An amount with thousands separators, nothing for NULL."""
    return "" if value is None else figure(value, unit)


def row_name(key: str | None) -> str:
    """A row as a reader knows it: the code or label; of a stated item such as ``function.2080506.budget`` the
    code in it, if any.
    """
    if key and _ITEM.fullmatch(key):
        return next((part for part in key.split(".") if part.isdigit()), "")
    return key or ""


def printed(row: Row) -> str:
    """A figure as it is printed, with its unit, which a sentence prints itself."""
    unit = unit_name(row["unit"])
    text = row["text_printed"] or ""
    return text if unit and unit in text else text + unit


def clause(figure: Row) -> str:
    """The clause of its sentence in which a stated figure stands, as printed; else the sentence."""
    sentence, text = figure["sentence"] or "", figure["text_printed"] or ""
    at = sentence.find(text, max(0, sentence.find(figure["context"] or "")))
    clauses = (found for found in _CLAUSE.finditer(sentence) if found.start() <= at < found.end())
    return next((found.group() for found in clauses), sentence)


def reason(said: str) -> Name:
    """Why a rule has its state, as the warehouse says it: English, a bar, Chinese."""
    english, _, chinese = said.partition("|")
    return (chinese, english) if chinese else (english, "")


def unit_name(unit: str | None) -> str:
    """A unit as it follows a figure in Chinese."""
    return unit_words(unit)[0]


def basis_name(basis: str | None) -> tuple[Name, str]:
    """A rule's basis: what kind it is, and the law, notice or argument itself."""
    kind, _, text = (basis or "").partition(": ")
    return name("basis", kind), text
