"""The state of every form met or required: read, printed blank, declared empty, unreadable or missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dagster_project import vocabulary
from dagster_project.forms.outline import Block
from dagster_project.forms.reading import FormReading
from dagster_project.records import FormRecord

_STATUTORY_EMPTY: Final = {
    "budget_government_fund": "政府性基金",
    "final_government_fund": "政府性基金",
    "budget_state_capital": "国有资本经营",
    "final_state_capital": "国有资本经营",
}
_FIGURES_LOST: Final = frozenset({"unknown_header", "rows_outside_grid", "strange_row"})
_NONE: Final = r"(?:无|没有|未安排|未发生|未使用|不涉及)"
_SENTENCE_END: Final = re.compile("[。；]")
_RANK: Final = ("read", "declared_empty", "printed_blank", "unreadable", "missing")


def form_records(
    document_id: str,
    document: str,
    *,
    kind: str | None,
    readings: Sequence[FormReading],
    filled: frozenset[str],
    listed: Mapping[str, str],
    blocks: Sequence[Block],
) -> list[FormRecord]:
    """One record a form, in statutory order.

    ``filled``: forms that gave a cell. ``listed``: what the document's contents page lists; required is what
    it lists, else the statutory list of the kind. A required form that is not printed is ``unreadable`` in
    a document none of whose forms could be read (its tables are pictures), else ``missing``.
    """
    required = [form for form in listed if _is_statutory(form)] or _statutory(kind)
    met: dict[str, list[FormReading]] = {}
    for reading in readings:
        met.setdefault(reading.table.form, []).append(reading)
    pictures = bool(required) and not filled
    records: list[FormRecord] = []
    for form in sorted({*met, *required}, key=lambda name: vocabulary.forms()[name].order):
        record = _met(form, met[form], filled) if form in met else _absent(form, listed, pictures=pictures)
        if record.state in ("unreadable", "missing"):
            _look_for_declaration(record, blocks)
        record.document_id, record.document = document_id, document
        records.append(record)
    return records


def _is_statutory(form: str) -> bool:
    return vocabulary.forms()[form].family == "statutory"


def _statutory(kind: str | None) -> list[str]:
    return [form.key for form in vocabulary.forms().values() if form.required and form.kind == kind]


def _met(form: str, readings: Sequence[FormReading], filled: frozenset[str]) -> FormRecord:
    best = min(readings, key=lambda reading: _RANK.index(_state(form, reading, filled)))
    shown = [reading for reading in readings if reading.block.confirmed] or readings
    lines = [line for reading in shown for line in reading.block.lines if line.text.strip()]
    return FormRecord(
        document_id="",
        document="",
        form=form,
        title_printed=shown[0].block.title_printed,
        unit=next((reading.table.unit for reading in shown if reading.table.unit), None),
        first_page=lines[0].page,
        last_page=lines[-1].page,
        state=_state(form, best, filled),
        first_line=lines[0].number,
        declaration=next((reading.declaration for reading in shown if reading.declaration), None),
    )


def _state(form: str, reading: FormReading, filled: frozenset[str]) -> str:
    if form in filled:
        return "read"
    if reading.declaration:
        return "declared_empty"
    # No cell although figures are printed: none of them found its column.
    broken = any(
        problem.severity == "error" or (problem.kind in _FIGURES_LOST and problem.severity == "warning")
        for problem in reading.table.problems
    )
    return "printed_blank" if reading.has_grid and reading.block.confirmed and not broken else "unreadable"


def _absent(form: str, listed: Mapping[str, str], *, pictures: bool) -> FormRecord:
    return FormRecord(
        document_id="",
        document="",
        form=form,
        title_printed=listed.get(form),
        unit=None,
        first_page=None,
        last_page=None,
        state="unreadable" if pictures else "missing",
    )


def _look_for_declaration(record: FormRecord, blocks: Sequence[Block]) -> None:
    """A sentence of the document's prose that there is no such money makes an absent form
    ``declared_empty``.
    """
    subject = _STATUTORY_EMPTY.get(record.form)
    if subject is None:
        return
    pattern = re.compile(f"{_NONE}[^，]{{0,14}}{subject}|{subject}.{{0,24}}(?:无|没有|未安排)")
    for block in blocks:
        if block.kind != "prose" or not any(subject in line.text for line in block.lines):
            continue
        text = vocabulary.compact("".join(line.text.strip() for line in block.lines))
        for sentence in _SENTENCE_END.split(text):
            if subject in sentence and pattern.search(sentence):
                record.state, record.declaration = "declared_empty", sentence
                record.first_line = record.first_line or block.lines[0].number
                return
