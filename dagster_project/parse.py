"""The one entry from a file to its records: ``parse(path) → ParsedDocument``. Pure; no database, no
Dagster.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from dagster_project import readers, vocabulary
from dagster_project.forms import (
    codes,
    cut_sheets,
    furniture,
    outline,
    recognised,
    repeats,
    rows,
    states,
    strips,
    titles,
    torn,
)
from dagster_project.forms.identity import DocumentIdentity, identify
from dagster_project.forms.narrative.prose import statements
from dagster_project.forms.outline import Block
from dagster_project.forms.passages import passages
from dagster_project.forms.performance.reading import read_performance
from dagster_project.forms.reading import FormReading, read_forms
from dagster_project.forms.table import FormTable, TableProblem
from dagster_project.proof import digits
from dagster_project.proof.coverage import page_records
from dagster_project.proof.placement import settle
from dagster_project.proof.verification import verify
from dagster_project.readers import archive
from dagster_project.readers.limits import NEEDS_OCR
from dagster_project.readers.page import ReadProblem, Source
from dagster_project.records import CellRecord, DocumentRecord, ParsedDocument, ProblemRecord


def parse(
    path: Path, document: str | None = None, override: Mapping[str, str] | None = None
) -> ParsedDocument:
    """Read one document, a file or a file inside a ZIP archive (``readers.archive``).

    ``document`` is its path relative to the raw folder (the file name if not given). ``override`` holds
    what a person states against the document's own words: ``kind``, ``fiscal_year``, ``organisation``,
    ``edition``,
    ``region``; where the document says otherwise, the difference is a problem on record.

    Raises ``readers.ReadError`` for a file that is no readable document. A government-level document comes
    back with status ``unsupported_kind`` and no cells.
    """
    with archive.opened(path) as file:
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        source = readers.read(file)
    record = DocumentRecord(
        document_id=sha256[:16],
        document=document or path.name,
        sha256=sha256,
        media_type=source.media_type,
        pages=len(source.pages) if source.pages[-1].number is not None else None,
        reader=source.reader,
        reader_version=readers.READER_VERSION,
    )
    return parse_source(source, record, override)


def parse_source(
    source: Source, record: DocumentRecord, override: Mapping[str, str] | None = None
) -> ParsedDocument:
    """Read a document whose file a reader has already understood; ``record`` says which file it is."""
    parsed = ParsedDocument(record)
    source = recognised.mended(source)
    parsed.problems.extend(_read_problem(record, problem) for problem in source.problems)
    if _is_waiting(source):
        record.status = "quarantined"
        parsed.pages = page_records(source, parsed)
        return parsed
    said = identify(source.lines, Path(record.document).name)
    identity = _overridden(said, override or {})
    _describe(record, identity)
    parsed.problems.extend(problem.record(record.document_id, record.document) for problem in said.problems)
    parsed.problems.extend(_conflicts(record, said, identity))
    if identity.government_level:
        record.status = "unsupported_kind"
        parsed.pages = page_records(source, parsed)
        return parsed
    whole = cut_sheets.refused(strips.joined(torn.joined(furniture.without(source))))
    parsed.problems.extend(_read_problem(record, found) for found in whole.problems[len(source.problems) :])
    blocks = outline.outline(whole, identity.kind)
    readings = _read_forms(parsed, source, blocks, identity)
    _read_prose(parsed, blocks, identity)
    statutory = states.form_records(
        record.document_id,
        record.document,
        kind=identity.kind,
        readings=readings,
        filled=frozenset(cell.form for cell in parsed.cells),
        listed=outline.listed_titles(blocks, identity.kind),
        blocks=blocks,
    )
    parsed.forms = [*statutory, *parsed.forms]
    parsed.pages = page_records(source, parsed)
    record.status = _status(parsed)
    return parsed


def _is_waiting(source: Source) -> bool:
    """Whether nothing of a document can be read before its pages are recognised."""
    waiting = any(problem.kind == NEEDS_OCR for problem in source.problems)
    return waiting and not any(line.text.strip() for line in source.lines)


def _overridden(said: DocumentIdentity, override: Mapping[str, str]) -> DocumentIdentity:
    year = override.get("fiscal_year")
    return replace(
        said,
        kind=override.get("kind", said.kind),
        fiscal_year=int(year) if year else said.fiscal_year,
        organisation=override.get("organisation", said.organisation),
        edition=override.get("edition", said.edition),
        region=override.get("region", said.region),
    )


def _describe(record: DocumentRecord, identity: DocumentIdentity) -> None:
    record.kind = identity.kind
    record.fiscal_year = identity.fiscal_year
    record.organisation = identity.organisation
    record.edition = identity.edition
    record.region = identity.region


def _conflicts(
    record: DocumentRecord, said: DocumentIdentity, meant: DocumentIdentity
) -> Iterable[ProblemRecord]:
    for name in ("kind", "fiscal_year", "organisation", "edition", "region"):
        printed, stated = getattr(said, name), getattr(meant, name)
        if printed is not None and printed != stated:
            yield ProblemRecord(
                document_id=record.document_id,
                document=record.document,
                page=None,
                line=None,
                form=None,
                kind="manifest_conflict",
                severity="warning",
                message=f"清单写 {name}={stated}，文件自称 {printed} / the manifest says {name} {stated},"
                f" the document says {printed}",
                action="check which is right; the manifest was followed",
                cause_key=f"manifest_conflict:{name}",
            )


def _read_forms(
    parsed: ParsedDocument, source: Source, blocks: Sequence[Block], identity: DocumentIdentity
) -> list[FormReading]:
    """Read the form blocks into ``parsed.cells``."""
    record = parsed.document
    readings = read_forms(blocks, identity.fiscal_year)
    tables = [reading.table for reading in readings]
    printed = {table.form for table in tables if table.unit}
    _agree_on_units(readings)
    recognised.settle_keys(tables, source)
    recognised.doubt_units([table for table in tables if table.form not in printed], source)
    settle(tables)
    repeats.tell_apart(readings)
    codes_printed = codes.complete(tables)
    parsed.cells = rows.cells(record.document_id, record.document, tables, codes_printed)
    doubted = digits.recognised(parsed.cells, source.pages)
    seen = digits.readings(source.pages)
    digits.doubt_faint_zeros(parsed.cells, doubted, seen)
    digits.settle_digits(parsed.cells, doubted, seen)
    verify(parsed.cells, doubted)
    doubts = digits.doubts(parsed.cells, doubted)
    parsed.problems.extend(_problem(record, form, problem) for form, problem in doubts)
    for table in tables:
        parsed.problems.extend(_problem(record, table.form, problem) for problem in table.problems)
    for block in blocks:
        if block.kind == "form" and block.form is None:
            known = titles.match_title(block.title_printed or "", identity.kind) is not None
            parsed.problems.append(
                _problem(record, None, _other_table(block) if known else _unknown_form(block))
            )
    return readings


def _agree_on_units(readings: Sequence[FormReading]) -> None:
    """A table that states no unit is in the unit of the same form's other parts, else of the document's
    tables.
    """
    printed = [reading.table for reading in readings if reading.table.unit]
    for reading in readings:
        table = reading.table
        if table.unit or not table.rows:
            continue
        same_form = {other.unit for other in printed if other.form == table.form}
        units = same_form or {other.unit for other in printed}
        table.unit = units.pop() if len(units) == 1 else None
        table.problems.append(_no_unit(reading.block, table))


def _no_unit(block: Block, table: FormTable) -> TableProblem:
    taken = {"wan": "万元", "yuan": "元"}.get(table.unit or "")
    return TableProblem(
        kind="no_unit",
        message=f"“{block.title_printed}”未注明金额单位，按{taken or '万元'}载入"
        f" / {block.title_printed} states no unit; loaded in {taken or '万元'}",
        action="check the unit in the document as published",
        cause_key="no_unit",
        severity="info" if taken else "error",
        line=block.lines[0].number,
        page=block.lines[0].page,
    )


def _read_prose(parsed: ParsedDocument, blocks: Sequence[Block], identity: DocumentIdentity) -> None:
    record = parsed.document
    accounts = _accounts(parsed.cells)
    parsed.statements, problems = statements(record.document_id, record.document, identity, blocks, accounts)
    parsed.problems.extend(problems)
    performance = read_performance(record.document_id, record.document, identity, blocks)
    parsed.forms.extend(performance.forms)
    parsed.indicators = performance.indicators
    parsed.project_details = performance.details
    parsed.project_funding = performance.funding
    parsed.problems.extend(performance.problems)
    parsed.passages = passages(record.document_id, record.document, blocks)


def _accounts(cells: Iterable[CellRecord]) -> dict[str, str]:
    """Codes and names of functional accounts that the document's own forms print."""
    named: dict[str, str] = {}
    for cell in cells:
        if cell.code and "function" in vocabulary.forms()[cell.form].keyed_by:
            named.setdefault(cell.code, cell.label)
    return named


def _status(parsed: ParsedDocument) -> str:
    """``partial`` where pages wait to be recognised, a form of the document could not be read or a table
    brought an error; else ``loaded``.
    """
    waiting = any(problem.kind == NEEDS_OCR for problem in parsed.problems)
    lost = any(form.state == "unreadable" for form in parsed.forms)
    broken = any(problem.severity == "error" for problem in parsed.problems)
    return "partial" if waiting or lost or broken else "loaded"


def _problem(record: DocumentRecord, form: str | None, problem: TableProblem) -> ProblemRecord:
    return ProblemRecord(
        document_id=record.document_id,
        document=record.document,
        page=problem.page,
        line=problem.line,
        form=form,
        kind=problem.kind,
        severity=problem.severity,
        message=problem.message,
        action=problem.action,
        cause_key=problem.cause_key,
    )


def _read_problem(record: DocumentRecord, problem: ReadProblem) -> ProblemRecord:
    return ProblemRecord(
        document_id=record.document_id,
        document=record.document,
        page=problem.page,
        line=None,
        form=None,
        kind=problem.kind,
        severity=problem.severity,
        message=problem.message,
        action=problem.action,
        cause_key=problem.kind,
    )


def _other_table(block: Block) -> TableProblem:
    title = block.title_printed or ""
    return TableProblem(
        kind="other_table",
        message=f"表“{title}”不在公开报表之列，未载入"
        f" / table {title} is none of the statutory forms: not loaded",
        action="nothing to do",
        cause_key=f"other_table:{vocabulary.key(title)}",
        severity="info",
        line=block.lines[0].number,
        page=block.lines[0].page,
    )


def _unknown_form(block: Block) -> TableProblem:
    title = block.title_printed or ""
    return TableProblem(
        kind="unknown_form",
        message=f"表“{title}”不是已知的公开报表，未载入 / table {title} is no declared form: not loaded",
        action="add its title to dbt/seeds/form_title.csv if it is a variant of a form",
        cause_key=f"unknown_form:{vocabulary.key(title)}",
        line=block.lines[0].number,
        page=block.lines[0].page,
    )
