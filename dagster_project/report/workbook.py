"""The findings as an Excel workbook: numbers as numbers with their decimals, headers in two languages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

import xlsxwriter

from dagster_project.report import names
from dagster_project.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ROWS: Final = 1_048_575
"""Rows of a sheet below its header; what is beyond goes on in another sheet."""
_TEXT: Final = 32_767
"""Characters that a cell can hold."""
_LINKED: Final = 30_000
"""Rows of a sheet that link to the report: Excel allows 65,530 links a sheet, and a row has two at most."""
_WRAPPED: Final = 30
"""Columns so wide hold sentences, which are broken into lines."""
_LINE: Final = 15
"""Points that a line of a row takes."""
_MOST_LINES: Final = 8
_MADE: Final = datetime(2000, 1, 1)
"""Date of making in the file, so that the same findings give the same bytes."""

Columns = Mapping[str, tuple[str, str, float]]
"""Column of a row → its Chinese and English heading, and its width in characters."""

FINDING_COLUMNS: Final[Columns] = {
    "finding_id": ("编号", "finding", 18),
    "severity": ("程度", "severity", 12),
    "fiscal_year": ("年度", "year", 8),
    "organisation": ("单位", "body", 28),
    "message_zh": ("说明", "message in Chinese", 60),
    "stated": ("所写", "stated", 16),
    "expected": ("应为", "expected", 16),
    "difference": ("相差", "difference", 16),
    "unit": ("计量", "unit", 8),
    "document": ("文件", "document", 34),
    "page": ("页", "page", 7),
    "line": ("行", "line", 7),
    "message_en": ("英文说明", "message", 60),
    "kind": ("种类", "kind", 14),
    "region": ("地区", "region", 16),
    "form": ("表", "form", 30),
    "key": ("科目或项目", "row", 18),
    "column": ("栏", "column", 16),
    "text_printed": ("印出", "as printed", 30),
    "sentence": ("原句", "sentence", 50),
    "rule_id": ("规则", "rule", 12),
    "rule_title": ("规则内容", "what must hold", 36),
    "basis": ("依据", "basis", 36),
    "cause": ("成因", "cause", 14),
    "diagnosis": ("诊断", "diagnosis", 14),
    "cause_reason_zh": ("理由", "why, in Chinese", 36),
    "cause_reason": ("英文理由", "why", 36),
    "related": ("相关结果数", "related results", 10),
    "version_status": ("与前版相比", "beside the earlier version", 14),
    "waived": ("已豁免", "waived", 10),
    "waiver_reason": ("豁免理由", "reason of the waiver", 30),
}
RESULT_COLUMNS: Final[Columns] = {
    "finding_id": ("发现编号", "finding", 18),
    "result_id": ("结果编号", "result", 18),
    "rule_id": ("规则", "rule", 12),
    "document": ("文件", "document", 34),
    "form": ("表", "form", 26),
    "key": ("科目或项目", "row", 18),
    "column": ("栏", "column", 16),
    "left_value": ("左边", "left side", 16),
    "right_value": ("右边", "right side", 16),
    "difference": ("差额", "difference", 16),
    "tolerance": ("容差", "tolerance", 12),
    "unit": ("计量", "unit", 8),
    "terms": ("项数", "terms", 8),
}
PROBLEM_COLUMNS: Final[Columns] = {
    "severity": ("程度", "severity", 12),
    "kind_of_problem": ("类别", "kind", 18),
    "document": ("文件", "document", 34),
    "page": ("页", "page", 7),
    "line": ("行", "line", 7),
    "form": ("表", "form", 26),
    "message": ("问题", "problem", 60),
    "action": ("办法", "what to do", 60),
}
DOCUMENT_COLUMNS: Final[Columns] = {
    "document": ("文件", "document", 34),
    "organisation": ("单位", "organisation", 28),
    "fiscal_year": ("年度", "year", 8),
    "kind": ("种类", "kind", 14),
    "status": ("状态", "status", 18),
    "forms_read": ("已读表", "forms read", 9),
    "forms_unreadable": ("读不出的表", "forms unreadable", 9),
    "forms_missing": ("缺表", "forms missing", 9),
    "cells": ("数字", "figures", 9),
    "cells_proved": ("已证", "proved", 9),
    "cells_contradicted": ("矛盾", "contradicted", 9),
    "pass": ("规则通过", "rules passed", 9),
    "fail": ("规则不符", "rules failed", 9),
    "explained": ("有原因", "explained", 9),
    "not_evaluable": ("无法评判", "not evaluable", 9),
    "not_applicable": ("不适用", "not applicable", 9),
}
RULE_COLUMNS: Final[Columns] = {
    "rule_id": ("规则", "rule", 12),
    "severity": ("程度", "severity", 12),
    "title_zh": ("内容", "what must hold, in Chinese", 40),
    "title_en": ("英文内容", "what must hold", 40),
    "basis": ("依据", "basis", 40),
    "findings": ("发现", "findings", 9),
    "pass": ("通过", "passed", 9),
    "fail": ("不符", "failed", 9),
    "explained": ("有原因", "explained", 9),
    "not_evaluable": ("无法评判", "not evaluable", 9),
    "not_applicable": ("不适用", "not applicable", 9),
}

_COVERAGE: Final = (
    "select document_id, "
    + ", ".join(f"count(*) filter (state = '{state}') as \"{state}\"" for state in names.NAMES["state"])
    + " from marts.rule_coverage group by document_id"
)
_RESULTS: Final = (
    "select finding.finding_id, result.* from marts.fct_finding as finding,"
    " unnest(finding.related_results) as named(result_id)"
    " join marts.fct_reconciliation_result as result on result.result_id = named.result_id"
    " order by finding.document, finding.finding_id, result.rule_id <> finding.rule_id, result.result_id"
)
_PROBLEMS: Final = (
    "select *, kind as kind_of_problem from staging.problem"
    " order by case severity when 'error' then 0 when 'warning' then 1 else 2 end, document, page, line,"
    " kind, message"
)
_CODES: Final = ("severity", "kind", "cause", "diagnosis", "version_status", "status")
_LINKS: Final = {"finding_id": "findings/{finding_id}.html", "document": "documents/{document_id}.html"}
"""Columns that link to a page of the report, which lies beside the workbook."""
_ON_PAPER: Final = 216
"""Characters that a printed sheet is wide; columns beyond are left to the screen."""


def write_workbook(
    connection: DuckDBPyConnection,
    findings: Iterable[Row],
    documents: Sequence[Row],
    rules: Sequence[Row],
    path: Path,
) -> None:
    """Write findings, their results, problems and coverage, one sheet each."""
    titles = {rule["rule_id"]: rule for rule in rules}
    coverage = {row["document_id"]: row for row in fetch(connection, _COVERAGE)}
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as workbook:
        workbook.set_properties({"title": "勾稽发现 Gouji findings", "created": _MADE})
        book = _Book(workbook, {})
        book.sheet("发现 findings", FINDING_COLUMNS, (_finding(row, titles) for row in findings))
        book.sheet("相关结果 results", RESULT_COLUMNS, fetch(connection, _RESULTS))
        book.sheet("问题 problems", PROBLEM_COLUMNS, fetch(connection, _PROBLEMS))
        book.sheet(
            "覆盖 coverage",
            DOCUMENT_COLUMNS,
            ({**row, **coverage.get(row["document_id"], {})} for row in documents),
        )
        book.sheet("规则 rules", RULE_COLUMNS, ({**rule, "basis": _basis(rule)} for rule in rules))


def _finding(row: Row, rules: Mapping[str, Row]) -> Row:
    rule = rules[row["rule_id"]]
    return {
        **row,
        "rule_title": f"{rule['title_zh']} / {rule['title_en']}",
        "basis": _basis(rule),
        "waived": "是 yes" if row["waived"] else None,
    }


def _basis(rule: Row) -> str:
    kind, text = names.basis_name(rule["basis"])
    return f"{names.both(kind)}：{text}"


@dataclass(frozen=True, slots=True)
class _Book:
    """A workbook with the number formats made so far."""

    workbook: Any
    formats: dict[Any, Any]

    def sheet(self, title: str, columns: Columns, rows: Iterable[Row]) -> None:
        """A sheet with frozen headers and filters; a second one where the rows exceed what one can hold."""
        for part, block in enumerate(_blocks(rows), start=1):
            sheet = self.workbook.add_worksheet(title if part == 1 else f"{title} {part}")
            sheet.freeze_panes(1, 1)
            sheet.set_row(0, 48)
            for at, (chinese, english, width) in enumerate(columns.values()):
                sheet.set_column(at, at, width)
                sheet.write_string(0, at, f"{chinese}\n{english}", self._format("header"))
            last = 0
            for last, row in enumerate(block, start=1):
                sheet.set_row(last, _LINE * _lines(columns, row))
                for at, (column, (_, _, width)) in enumerate(columns.items()):
                    self._write(sheet, (last, at), column, row, "wrapped" if width >= _WRAPPED else "text")
            sheet.autofilter(0, 0, last, len(columns) - 1)
            _set_up_paper(sheet, columns, last)

    def _write(self, sheet: Any, cell: tuple[int, int], key: str, row: Row, kind: str) -> None:
        value = row.get(key)
        if value is None:
            return
        if isinstance(value, Decimal):
            sheet.write_number(*cell, value, self._format(_decimals(value, row.get("unit"))))
        elif isinstance(value, int):
            sheet.write_number(*cell, value, self._format("year" if key == "fiscal_year" else 0))
        elif key in _LINKS and cell[0] <= _LINKED:
            address = f"external:{_LINKS[key].format_map(row)}"
            sheet.write_url(*cell, address, self._format("link"), str(value)[:_TEXT])
        elif text := _said(key, value)[:_TEXT]:
            sheet.write_string(*cell, text, self._format(value if key == "severity" else kind))

    def _format(self, kind: str | int) -> Any:
        if kind not in self.formats:
            self.formats[kind] = self.workbook.add_format(_look(kind))
        return self.formats[kind]


def _lines(columns: Columns, row: Row) -> int:
    """The lines that the longest sentence of a row is broken into: not every program finds out by itself."""
    found = 1
    for key, (_, _, width) in columns.items():
        if width >= _WRAPPED and (value := row.get(key)) is not None:
            wide = sum(2 if east_asian_width(each) in "WFA" else 1 for each in _said(key, value))
            found = max(found, math.ceil(wide / (width - 2)))
    return min(found, _MOST_LINES)


def _set_up_paper(sheet: Any, columns: Columns, last: int) -> None:
    """A4 across, one sheet wide, the header on each; the columns that fit."""
    widths = itertools.accumulate(width for _, _, width in columns.values())
    fitting = sum(width <= _ON_PAPER for width in widths)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.print_area(0, 0, last, fitting - 1)
    sheet.set_footer("&L&A&R&P / &N")


def _look(kind: str | int) -> dict[str, Any]:
    if isinstance(kind, int):
        decimals = "." + "0" * kind if kind else ""
        return {"num_format": f"#,##0{decimals}", "valign": "top"}
    return {"valign": "top", **_LOOKS[kind]}


_LOOKS: Final[dict[str, dict[str, Any]]] = {
    "header": {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#EEF1F4"},
    "text": {},
    "wrapped": {"text_wrap": True},
    "year": {"num_format": "0", "align": "left"},
    "link": {"font_color": "#0B5394", "text_wrap": True},
    "error": {"font_color": "#B3141D"},
    "warning": {"font_color": "#8A5200"},
    "info": {"font_color": "#37618E"},
}


def _decimals(value: Decimal, unit: str | None) -> int:
    """The decimals that an amount has; 万元 are printed with two at least."""
    text = names.amount(value, unit)
    return len(text.partition(".")[2])


def _said(key: str, value: Any) -> str:
    if key in _CODES:
        return " ".join(names.name(key, value))
    if key == "key":
        return names.row_name(value)
    if key == "form":
        return names.form_name(value)[0]
    if key == "column":
        return names.column_name(value)[0]
    if key == "unit":
        return names.unit_name(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _blocks(rows: Iterable[Row]) -> Iterator[Iterable[Row]]:
    """The rows in blocks that one sheet can hold; one empty block where there are none."""
    block: list[Row] = []
    for row in rows:
        block.append(row)
        if len(block) == _ROWS:
            yield block
            block = []
    yield block
