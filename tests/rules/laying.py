"""Lays the examples of rule files into parsed documents: rows of figures as a form prints them."""

from __future__ import annotations

from typing import Any

from dagster_project.money import parse_amount
from dagster_project.records import (
    CellRecord,
    DocumentRecord,
    FormRecord,
    IndicatorRecord,
    ParsedDocument,
    PassageRecord,
    ProblemRecord,
    ProjectAmountRecord,
    StatementRecord,
)
from expectations.lines import line_of
from expectations.model import Rule

TOTALS = ("grand_total", "current_total", "personnel_total", "operating_total")


def lay(rule: Rule, number: int, example: dict[str, Any]) -> list[ParsedDocument]:
    """One example as documents of a body of its own: the one it is about, and the others it names.

    An example maps: ``forms``, ``form_states`` (``missing 收入表``: with its title in the contents),
    ``statements``, ``passages`` (kind, text, heading, form), ``indicators``,
    ``declared`` (project, item, amount), ``problems`` (kind, form), ``document`` (fields of the document);
    ``others``: documents of the same body, with the same keys.
    """
    name = f"{rule.id}-{number}"
    documents = [_document(name, name, kind_of(rule, example), example)]
    for position, other in enumerate(example.get("others") or ()):
        kind = kind_of(rule, other)
        documents.append(_document(f"{name}-other{position}", name, kind, other))
    return documents


def _document(document_id: str, body: str, kind: str, example: dict[str, Any]) -> ParsedDocument:
    record = DocumentRecord(
        document_id, f"{document_id}.txt", document_id, kind, 2024, f"示例市{body}档案馆", "department"
    )
    for name, value in (example.get("document") or {}).items():
        setattr(record, name, value)
    parsed = ParsedDocument(record)
    for place, form in (example.get("forms") or {}).items():
        lay_form(parsed, place, form["columns"], form["rows"], example.get("unit", "wan"))
        parsed.forms[-1].declaration = form.get("declaration")
    for form, given in (example.get("form_states") or {}).items():
        state, _, title = given.partition(" ")
        parsed.forms.append(
            FormRecord(document_id, record.document, form, title or None, None, None, None, state)
        )
    for position, statement in enumerate(example.get("statements") or ()):
        parsed.statements.append(lay_statement(record, position, statement))
    _lay_texts(parsed, example)
    return parsed


def _lay_texts(parsed: ParsedDocument, example: dict[str, Any]) -> None:
    """Append passages, rows of performance forms, declared amounts and problems.

    A document with passages states some figure too: one without any is a blank template, and is not judged.
    """
    record = parsed.document
    if example.get("passages"):
        parsed.statements.append(lay_statement(record, 99, ["staff.total.count", "12", "persons"]))
    for position, (kind, text, *rest) in enumerate(example.get("passages") or ()):
        heading, form = (*rest, None, None)[:2]
        passage_id = f"{record.document_id}:p{position}"
        parsed.passages.append(
            PassageRecord(
                passage_id, record.document_id, record.document, position, kind, form, heading, text
            )
        )
    for number, given in enumerate(example.get("indicators") or (), start=1):
        fields = {"form": "perf_project_self_evaluation", "horizon": "annual", **given}
        parsed.indicators.append(
            IndicatorRecord(record.document_id, record.document, row_number=number, **fields)
        )
    for project, item, amount in example.get("declared") or ():
        printed = parse_amount(amount)
        assert printed is not None
        target = parsed.project_details if item.startswith("detail:") else parsed.project_funding
        name = item.removeprefix("detail:")
        target.append(
            ProjectAmountRecord(record.document_id, record.document, project, name, printed.amount, "wan")
        )
    for kind, form in example.get("problems") or ():
        parsed.problems.append(
            ProblemRecord(
                record.document_id, record.document, None, None, form, kind, "error", kind, "look", kind
            )
        )


def kind_of(rule: Rule, example: dict[str, Any]) -> str:
    """The kind of document an example stands for: as it says, else that of its forms, else of its rule."""
    if "kind" in (example.get("document") or {}):
        return str(example["document"]["kind"])
    for place in (*(example.get("forms") or {}), *(example.get("form_states") or {})):
        kind = str(place).split("_")[0]
        if kind in ("budget", "final"):
            return kind
    return rule.scope if rule.scope != "both" else "final"


def lay_form(
    parsed: ParsedDocument, place: str, columns: list[str], rows: list[list[str]], unit: str = "wan"
) -> None:
    """Append a form (``form`` or ``form.side``); each row is code, label and one printed text a column.

    A column ``@name`` is no amount but what the row prints beside them under that header; what stands before
    a stroke in the label is the row's section (``opening_balance/一般公共预算``).
    """
    record = parsed.document
    form, _, side = place.partition(".")
    if not any(each.form == form for each in parsed.forms):
        parsed.forms.append(
            FormRecord(record.document_id, record.document, form, form, unit, None, None, "read")
        )
    for number, (code, printed_label, *texts) in enumerate(rows, start=1):
        section, _, label = printed_label.rpartition("/")
        values = dict(zip(columns, texts, strict=True))
        beside = {name[1:]: text for name, text in values.items() if name.startswith("@")}
        for column, text in values.items():
            printed = None if column.startswith("@") else parse_amount(text)
            if printed is None:
                continue
            parsed.cells.append(
                CellRecord(
                    cell_id=f"{record.document_id}:{place}:{number}:{column}",
                    document_id=record.document_id,
                    document=record.document,
                    form=form,
                    side=side or None,
                    section=section or None,
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
                    attributes=beside,
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
        year=fields.pop("year", record.fiscal_year or 0),
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
