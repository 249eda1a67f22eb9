"""Lays the examples of rule files into parsed documents: rows of figures as a form prints them."""

from __future__ import annotations

from typing import Any

from dagster_project.money import parse_amount
from dagster_project.records import (
    CellRecord,
    DocumentRecord,
    FormRecord,
    ParsedDocument,
    StatementRecord,
)
from expectations.lines import line_of
from expectations.model import Rule

TOTALS = ("grand_total", "current_total", "personnel_total", "operating_total")


def lay(rule: Rule, number: int, example: dict[str, Any]) -> ParsedDocument:
    """One example as a document of its own, named after the rule and its place in the file."""
    document_id = f"{rule.id}-{number}"
    kind = kind_of(rule, example)
    record = DocumentRecord(document_id, f"{document_id}.txt", document_id, kind, 2024, "示例市档案馆")
    parsed = ParsedDocument(record)
    for place, form in (example.get("forms") or {}).items():
        lay_form(parsed, place, form["columns"], form["rows"], example.get("unit", "wan"))
    for form, state in (example.get("form_states") or {}).items():
        parsed.forms.append(FormRecord(document_id, record.document, form, None, None, None, None, state))
    for position, statement in enumerate(example.get("statements") or ()):
        parsed.statements.append(lay_statement(record, position, statement))
    return parsed


def kind_of(rule: Rule, example: dict[str, Any]) -> str:
    """The kind of document an example stands for: that of its forms, else that of its rule."""
    for place in (*(example.get("forms") or {}), *(example.get("form_states") or {})):
        return str(place).split("_")[0]
    return rule.scope if rule.scope != "both" else "final"


def lay_form(
    parsed: ParsedDocument, place: str, columns: list[str], rows: list[list[str]], unit: str = "wan"
) -> None:
    """Append a form (``form`` or ``form.side``); each row is code, label and one printed text a column."""
    record = parsed.document
    form, _, side = place.partition(".")
    if not any(each.form == form for each in parsed.forms):
        parsed.forms.append(
            FormRecord(record.document_id, record.document, form, form, unit, None, None, "read")
        )
    for number, (code, label, *texts) in enumerate(rows, start=1):
        for column, text in zip(columns, texts, strict=True):
            printed = parse_amount(text)
            if printed is None:
                continue
            parsed.cells.append(
                CellRecord(
                    cell_id=f"{record.document_id}:{place}:{number}:{column}",
                    document_id=record.document_id,
                    document=record.document,
                    form=form,
                    side=side or None,
                    section=None,
                    row_kind=row_kind(form, side, code, label),
                    code=code or None,
                    code_printed=code or None,
                    label=label,
                    label_printed=label,
                    column=column,
                    header_printed=None,
                    amount=printed.amount,
                    unit=unit,
                    page=None,
                    bbox=None,
                    line=number,
                    row_number=number,
                    text_printed=text,
                    decimals=printed.decimals,
                )
            )


def row_kind(form: str, side: str, code: str, label: str) -> str:
    """What a row is by its code or its label, as the reader would say it."""
    if line_of(side, "", label)[0] in TOTALS and not code:
        return "total"
    if form in ("budget_project", "budget_procurement"):
        return "leaf" if len(code) > 9 or form == "budget_procurement" else "parent"
    return "parent" if len(code) in (3, 5) else "leaf"


def lay_statement(record: DocumentRecord, position: int, given: Any) -> StatementRecord:
    """A statement from ``[item, figure, unit]`` or a mapping of record fields."""
    fields = (
        dict(given) if isinstance(given, dict) else dict(zip(("item", "amount", "unit"), given, strict=True))
    )
    text = str(fields.pop("amount"))
    printed = parse_amount(text)
    assert printed is not None
    sentence = fields.pop("sentence", "")
    return StatementRecord(
        statement_id=f"{record.document_id}:{position}",
        document_id=record.document_id,
        document=record.document,
        item=fields.pop("item"),
        year=record.fiscal_year or 0,
        amount=printed.amount,
        unit=fields.pop("unit", "wan"),
        decimals=printed.decimals,
        page=None,
        line=position + 1,
        context=text,
        text_printed=text,
        sentence=sentence,
        position=position,
        **fields,
    )
