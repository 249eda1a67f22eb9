"""From failing results to findings: one row a root cause, with evidence, a suspected cause and a message."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import duckdb

from dagster_project.money import parse_amount
from dagster_project.reconciliation import blame, diagnosis, schema
from dagster_project.reconciliation.diagnosis import Diagnosis, Document, Unread
from dagster_project.reconciliation.evidence import Evidence, Failure
from dagster_project.reconciliation.groups import groups
from dagster_project.reconciliation.messages import message, shift_message
from dagster_project.reconciliation.shift import Shift, shifts
from expectations.model import Equation, Rule

_SHIFTED: Final = ("标签移动一行后各等式成立", "with the labels moved by one row the equations hold")
_AT_ONCE: Final = 200
"""Documents whose figures are held in memory at the same time."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of some documents with failing results.

    ``problems``: (document, form) → severity of its worst problem; ``elsewhere``: results whose missing
    amount another row of the column prints; ``holding``: figure → equations that hold with it.
    """

    figures: dict[str, Evidence]
    documents: dict[str, dict[str, Any]]
    printed: dict[str, Document]
    problems: dict[tuple[str, str], str]
    elsewhere: frozenset[str]
    holding: Mapping[str, int]


def diagnose(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The findings of the results in ``rc_result``, as rows of ``reconciliation.finding``."""
    failures = _failures(connection, {rule.id: rule for rule in rules})
    if not failures:
        return []
    holding = blame.held(connection, rules)
    problems, elsewhere = _problems(connection), _printed_elsewhere(connection)
    found = []
    for documents in _portions(list(failures)):
        figures = _figures(connection, documents, [f for each in documents for f in failures[each]])
        known = _Known(
            figures,
            _documents(connection, documents),
            _printed(connection, documents, figures),
            problems,
            elsewhere,
            holding,
        )
        for document_id in documents:
            found += _of_document(failures[document_id], known)
    return found


def _portions(documents: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(documents), _AT_ONCE):
        yield documents[start : start + _AT_ONCE]


def _of_document(failures: list[Failure], known: _Known) -> list[dict[str, Any]]:
    for failure in failures:
        failure.line = next((known.figures[i].line for i in failure.left_cells if i in known.figures), None)
    found = []
    for shift in shifts(failures, known.printed[failures[0].document_id].figures):
        of_form = [failure for failure in failures if _concerns(shift, failure)]
        failures = [failure for failure in failures if not _concerns(shift, failure)]
        found.append(_shifted(shift, of_form, known))
    return told_apart(found + [_finding(group, known) for group in groups(failures, known.figures)])


def _concerns(shift: Shift, failure: Failure) -> bool:
    """Whether a failure uses a figure of the shifted form, or misses a row there."""
    if shift.figures & set(failure.cells):
        return True
    return (
        isinstance(failure.check, Equation) and not failure.check.roles and shift.form in failure.check.forms
    )


def told_apart(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings of one document, each with an id of its own: one name may be wrong in two sentences."""
    met: dict[str, int] = {}
    for row in found:
        before = met.get(row["finding_id"], 0)
        met[row["finding_id"]] = before + 1
        if before:
            row["finding_id"] = _short_hash(f"{row['finding_id']}|{before}")
    return found


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _shifted(shift: Shift, failures: list[Failure], known: _Known) -> dict[str, Any]:
    """All that fails for one reason: the labels of a form stand beside the figures of other rows."""
    at = known.figures[shift.at]
    words = shift_message(shift.form, shift.first, shift.rows)
    of_the_form = sorted(failures, key=lambda failure: (failure.form != shift.form, not failure.equates))
    return _finding(of_the_form, known, Diagnosis(diagnosis.SHIFT, *_SHIFTED)) | {
        "form": shift.form,
        "key": at.key,
        "column": None,
        "cell_id": at.id,
        "stated": None,
        "expected": None,
        "difference": None,
        "unit": None,
        "page": at.page,
        "line": at.line,
        "bbox": at.bbox,
        "text_printed": at.text,
        "message_zh": words[0],
        "message_en": words[1],
    }


def write(connection: duckdb.DuckDBPyConnection, found: Sequence[dict[str, Any]]) -> None:
    """Append findings to ``reconciliation.finding``."""
    if not found:
        return
    kinds = {name: kind.removesuffix(" NOT NULL") for name, kind in schema.FINDING_COLUMNS.items()}
    columns = ", ".join(f"unnest(?::{kind}[])" for kind in kinds.values())
    connection.execute(
        f"INSERT INTO reconciliation.finding SELECT {columns}",
        [[row[name] for row in found] for name in kinds],
    )


# -- what failed ----------------------------------------------------------------------------------------


def _failures(connection: duckdb.DuckDBPyConnection, rules: dict[str, Rule]) -> dict[str, list[Failure]]:
    rows = connection.execute(
        """SELECT result_id, rule_id, document_id, instance, form, key, "column", left_value, right_value,
            difference, tolerance, unit, left_cells, right_cells, region
        FROM rc_result JOIN (SELECT document_id, region FROM rc_document) USING (document_id)
        WHERE state = 'fail' ORDER BY document_id, rule_id, result_id"""
    ).fetchall()
    failures: dict[str, list[Failure]] = defaultdict(list)
    for *row, region in rows:
        rule = rules[row[1]]
        if rule.regional:
            rule = replace(rule, severity=rule.severity_in(region))
        name = row[3].split("|")[0]
        check = next((check for check in rule.checks if check.name == name), rule.checks[0])
        failures[row[2]].append(Failure(row[0], rule, check, *row[2:3], *row[4:]))
    return failures


def _figures(
    connection: duckdb.DuckDBPyConnection, documents: Sequence[str], failures: Iterable[Failure]
) -> dict[str, Evidence]:
    """Every figure of these documents, and those of other documents that their failures name."""
    named = sorted({cell for failure in failures for cell in failure.cells})
    wanted = "document_id IN (SELECT unnest(?::VARCHAR[])) OR {} IN (SELECT unnest(?::VARCHAR[]))"
    pictures = "(SELECT document_id, page FROM staging.page WHERE read_by = 'ocr')"
    cells = connection.execute(
        f"""SELECT cell_id, document_id, form, side, section, row_number, row_kind, code, nullif(label, ''),
            "column", coalesce(code, nullif(label, '')), amount, decimals, unit, page, line, bbox,
            text_printed, placement, (document_id, page) IN {pictures}, NULL
        FROM staging.cell WHERE {wanted.format("cell_id")}""",
        [list(documents), named],
    ).fetchall()
    stated = connection.execute(
        f"""SELECT statement_id, document_id, NULL, NULL, NULL, 0, NULL, NULL, context,
            NULL, item, amount, decimals, unit, page, line, bbox,
            text_printed, 'layout', (document_id, page) IN {pictures}, sentence
        FROM staging.statement WHERE {wanted.format("statement_id")}""",
        [list(documents), named],
    ).fetchall()
    pieces = connection.execute(
        """SELECT passage_id, document_id, NULL, NULL, NULL, 0, kind, NULL, heading, NULL, NULL, 0, 0, NULL,
            page, line, bbox, text, 'layout', FALSE, text
        FROM staging.passage WHERE passage_id IN (SELECT unnest(?::VARCHAR[]))""",
        [named],
    ).fetchall()
    rows = connection.execute(
        """SELECT document_id || ':i' || row_number AS id, document_id, form, NULL, NULL, row_number, 'leaf',
            NULL, coalesce(level3, level2, level1, project), NULL, NULL, 0, 0, NULL, page, line, bbox,
            concat_ws(' ', level3, target, actual, weight, score), 'layout', FALSE, NULL
        FROM staging.indicator WHERE id IN (SELECT unnest(?::VARCHAR[]))""",
        [named],
    ).fetchall()
    return {row[0]: Evidence(*row) for row in (*cells, *stated, *pieces, *rows)}


def _printed(
    connection: duckdb.DuckDBPyConnection, documents: Sequence[str], figures: Mapping[str, Evidence]
) -> dict[str, Document]:
    by_document: dict[str, dict[str, Evidence]] = {document_id: {} for document_id in documents}
    for at in figures.values():
        if at.document_id in by_document:
            by_document[at.document_id][at.id] = at
    stale = _stale(connection)
    unread = _unread(connection, documents)
    return {
        document_id: Document(of_document, stale, unread.get(document_id, []))
        for document_id, of_document in by_document.items()
    }


def _stale(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Stated figures of failing results that the document of the year before states of the same item."""
    rows = connection.execute(
        """SELECT s.statement_id, o.fiscal_year FROM rc_statement s
        JOIN rc_link l ON l.document_id = s.document_id AND l.role IN ('previous', 'previous_final')
        JOIN rc_statement o ON o.document_id = l.other_id AND o.item_id = s.item_id AND o.yuan = s.yuan
        WHERE s.yuan <> 0 AND s.year = s.fiscal_year AND o.year = o.fiscal_year AND s.statement_id IN
            (SELECT unnest(left_cells) FROM rc_result WHERE state = 'fail')"""
    ).fetchall()
    return dict(rows)


def _unread(connection: duckdb.DuckDBPyConnection, documents: Sequence[str]) -> dict[str, list[Unread]]:
    """Document → printed amounts that became no record."""
    rows = connection.execute(
        """SELECT document_id, page, amounts_unread FROM staging.page
        WHERE figures_unread > 0 AND document_id IN (SELECT unnest(?::VARCHAR[]))""",
        [list(documents)],
    ).fetchall()
    found: dict[str, list[Unread]] = defaultdict(list)
    for document_id, page, unread in rows:
        for line, texts in json.loads(unread or "{}").items():
            for text in texts.split():
                if printed := parse_amount(text):
                    found[document_id].append(Unread(page, int(line), text, printed.amount))
    return found


def _problems(connection: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], str]:
    """(document, form) → severity of the worst problem there."""
    rows = connection.execute(
        """SELECT document_id, form, min(CASE severity WHEN 'error' THEN 0 WHEN 'warning' THEN 1 ELSE 2 END)
        FROM rc_problem GROUP BY ALL"""
    ).fetchall()
    return {(row[0], row[1]): ("error", "warning", "info")[row[2]] for row in rows}


def _printed_elsewhere(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Failing sums down a column whose missing amount another row of that column prints."""
    rows = connection.execute(
        """SELECT DISTINCT r.result_id FROM rc_result r JOIN rc_cell c ON c.document_id = r.document_id
            AND c.form = r.form AND c."column" = r."column" AND abs(c.amount) = abs(r.difference)
        WHERE r.state = 'fail' AND split_part(r.rule_id, '-', 2) = 'COL' AND r.difference <> 0
            AND NOT list_contains(r.left_cells || r.right_cells, c.cell_id)"""
    ).fetchall()
    return frozenset(row[0] for row in rows)


def _documents(connection: duckdb.DuckDBPyConnection, documents: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = connection.execute(
        """SELECT document_id, document, fiscal_year, organisation, load_id FROM rc_document
        WHERE document_id IN (SELECT unnest(?::VARCHAR[]))""",
        [list(documents)],
    ).fetchall()
    names = ("document_id", "document", "fiscal_year", "organisation", "load_id")
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


# -- what a person reads --------------------------------------------------------------------------------


def _finding(group: list[Failure], known: _Known, explained: Diagnosis | None = None) -> dict[str, Any]:
    figures = known.figures
    blamed = blame.accused(group, figures, known.holding)
    told, printed = blamed.told, known.printed[blamed.told.document_id]
    document = known.documents[told.document_id]
    explained = explained or diagnosis.diagnose(blamed, group, printed)
    at = next((figures[i] for i in (*told.left_cells, *told.right_cells) if i in figures), None)
    cause, reason_zh, reason_en = _cause(group, explained, known)
    message_zh, message_en = _told_with(message(told, figures), explained)
    text = "|".join((document["document_id"], told.rule.id, *map(str, (told.form, told.key, told.column))))
    return {
        **document,
        "finding_id": _short_hash(text),
        "rule_id": told.rule.id,
        "rule_version": told.rule.version,
        "severity": (explained and explained.severity) or told.rule.severity,
        "form": told.form,
        "key": told.key,
        "column": told.column,
        "cell_id": at.id if at else None,
        "stated": told.left,
        "expected": told.right,
        "difference": told.difference,
        "unit": told.unit,
        "page": at.page if at else None,
        "line": at.line if at else None,
        "bbox": at.bbox if at else None,
        "text_printed": at.text if at else None,
        "sentence": at.sentence if at else None,
        "diagnosis": explained.id if explained else None,
        "cause": cause,
        "cause_reason": reason_en,
        "cause_reason_zh": reason_zh,
        "message_zh": message_zh,
        "message_en": message_en,
        "related": len(group) - 1,
        "related_results": [failure.result_id for failure in group],
        "waived": False,
        "waiver_reason": None,
        "waived_by": None,
        "waived_on": None,
        "version_status": "new",
        "earlier_finding_id": None,
    }


def _told_with(words: tuple[str, str], explained: Diagnosis | None) -> tuple[str, str]:
    """The message with an explanation that belongs into it."""
    if explained is None or not explained.told:
        return words
    zh, en = words
    return f"{zh}{explained.zh}。", f"{en} {explained.en[0].upper()}{explained.en[1:]}."


def _cause(group: list[Failure], explained: Diagnosis | None, known: _Known) -> tuple[str, str, str]:
    """Whose error it most likely is: ``reading``, ``undecided`` or ``publisher``, and why, zh and en.

    Our own reading is suspected first.
    """
    cause, zh, en = _own_doubts(group, explained, known)
    if explained:
        zh, en = f"{zh}；{explained.zh}", f"{en}; {explained.en}"
    return cause, zh, en


def _is_doubtful(explained: Diagnosis | None) -> bool:
    """Whether an amount that another row prints may still be one that we read into the wrong row: not where
    the figure itself is seen to be a slip."""
    return explained is None or explained.id not in (diagnosis.COPY, diagnosis.DIGIT, diagnosis.UNIT)


def _own_doubts(group: list[Failure], explained: Diagnosis | None, known: _Known) -> tuple[str, str, str]:
    document_id = group[0].document_id
    used = [known.figures[i] for failure in group for i in failure.cells if i in known.figures]
    worst = {known.problems.get((document_id, at.form)) for at in used if at.form}
    pages = {at.page for at in used if at.document_id == document_id and at.page is not None}
    unread = sum(each.page in pages for each in known.printed[document_id].unread)
    doubts = (
        (
            any(at.placement == "arithmetic" for at in used),
            "reading",
            "其中一个数的位置由算术推定，不是由版面确定",
            "one of the figures was placed by arithmetic, not by the print",
        ),
        (
            explained is not None and explained.reading,
            "reading",
            "可能是读取有误",
            "our reading may be wrong",
        ),
        (
            "error" in worst,
            "reading",
            "该表有未能读出的行",
            "the form has lines that could not be read",
        ),
        (
            "warning" in worst,
            "undecided",
            "该表读取时有存疑之处",
            "something on the form was doubtful to read",
        ),
        (
            unread > 0,
            "undecided",
            f"所在页有 {unread} 个印出的数未能归入任何表",
            f"{unread} printed figures of its pages became no record",
        ),
        (
            _is_doubtful(explained) and any(failure.result_id in known.elsewhere for failure in group),
            "undecided",
            "所缺的金额印在该表另一行",
            "the missing amount is printed elsewhere on the form",
        ),
        (
            any(at.recognised for at in used),
            "undecided",
            "数字从图像识别而来",
            "the figures were recognised from pictures",
        ),
    )
    sure = ("publisher", "所有数字均按印出的位置读取", "every figure was read at its printed place")
    return next(((cause, zh, en) for holds, cause, zh, en in doubts if holds), sure)
