"""From failing results to findings: one row a root cause, with evidence, a suspected cause and a message.

Failing instances belong together when one wrong figure explains them: they differ by the same amount, they
state the same pair of figures, or the differences of the parts add up to that of the whole.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import duckdb

from dagster_project.reconciliation import blame, schema
from dagster_project.reconciliation.evidence import Evidence, Failure
from dagster_project.reconciliation.messages import message
from expectations.model import Direction, Ratio, RowsCheck, Rule, StatementSum, StatementTie, Wording

_FAMILY_ORDER: Final = {"ROW": 0, "COL": 1, "SIDE": 2, "FORM": 3, "NAR": 4, "COMP": 5}
_SAME_GAP: Final = Decimal(500)
"""Differences (yuan) further apart than this are not the same one, however coarse the print."""
_SEVERITY_ORDER: Final = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all documents with failing results."""

    evidence: dict[str, Evidence]
    problems: dict[tuple[str, str], str]
    documents: dict[str, dict[str, Any]]
    elsewhere: frozenset[str]
    holding: Mapping[str, int]


def diagnose(connection: duckdb.DuckDBPyConnection, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """The findings of the results in ``rc_result``, as rows of ``reconciliation.finding``."""
    by_id = {rule.id: rule for rule in rules}
    failures = _failures(connection, by_id)
    if not failures:
        return []
    known = _Known(
        _evidence(connection),
        _problems(connection),
        _documents(connection),
        _printed_elsewhere(connection),
        blame.held(connection, rules),
    )
    for failure in itertools.chain.from_iterable(failures.values()):
        failure.line = next((known.evidence[i].line for i in failure.left_cells if i in known.evidence), None)
    return [
        _finding(group, known)
        for of_document in failures.values()
        for group in _groups(of_document, known.evidence)
    ]


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
            difference, tolerance, unit, left_cells, right_cells
        FROM rc_result WHERE state = 'fail' ORDER BY document_id, rule_id, result_id"""
    ).fetchall()
    failures: dict[str, list[Failure]] = defaultdict(list)
    for row in rows:
        rule = rules[row[1]]
        name = row[3].split("|")[0]
        check = next((check for check in rule.checks if check.name == name), rule.checks[0])
        failures[row[2]].append(Failure(row[0], rule, check, *row[2:3], *row[4:]))
    return failures


def _evidence(connection: duckdb.DuckDBPyConnection) -> dict[str, Evidence]:
    ids = """SELECT DISTINCT unnest(left_cells || right_cells) AS id FROM rc_result WHERE state = 'fail'"""
    cells = connection.execute(
        f"""SELECT cell_id, form, label, "column", coalesce(code, nullif(label, '')), amount, unit, page,
            line, bbox, text_printed, placement, NULL
        FROM staging.cell WHERE cell_id IN ({ids})"""
    ).fetchall()
    stated = connection.execute(
        f"""SELECT statement_id, NULL, context, NULL, item, amount, unit, page, line, NULL, text_printed,
            'layout', sentence
        FROM staging.statement WHERE statement_id IN ({ids})"""
    ).fetchall()
    return {row[0]: Evidence(*row) for row in (*cells, *stated)}


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


def _documents(connection: duckdb.DuckDBPyConnection) -> dict[str, dict[str, Any]]:
    rows = connection.execute(
        "SELECT document_id, document, fiscal_year, organisation, load_id FROM rc_document"
    ).fetchall()
    names = ("document_id", "document", "fiscal_year", "organisation", "load_id")
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


# -- what belongs together ------------------------------------------------------------------------------


def _groups(failures: list[Failure], evidence: Mapping[str, Evidence]) -> list[list[Failure]]:
    """Connected failures of one document, the most telling first in each group."""
    parent = list(range(len(failures)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for group in _related(failures, evidence):
        first, *others = group
        for other in others:
            parent[root(other)] = root(first)
    groups: dict[int, list[Failure]] = defaultdict(list)
    for index, failure in enumerate(failures):
        groups[root(index)].append(failure)
    return [sorted(group, key=_telling) for group in groups.values()]


def _related(failures: list[Failure], evidence: Mapping[str, Evidence]) -> Iterable[list[int]]:
    yield from _same_matter(failures)
    yield from _same_difference(failures)
    yield from _same_figures(failures)
    yield from _parts_of_a_whole(failures)
    yield from _consequences_of_a_figure(failures, evidence)


def _consequences_of_a_figure(
    failures: list[Failure], evidence: Mapping[str, Evidence]
) -> Iterable[list[int]]:
    """A figure that breaks a sum also exceeds its limit, or spoils a percentage, by quite another amount."""
    holders: dict[str, list[int]] = defaultdict(list)
    stated: dict[str, list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        for cell in failure.cells:
            holders[cell].append(index)
        for cell in failure.left_cells:
            stated[cell].append(index)
    for index, failure in enumerate(failures):
        if isinstance(failure.check, Direction):
            yield [index, *(other for cell in failure.left_cells for other in stated[cell] if other != index)]
        elif isinstance(failure.check, Ratio):
            wrong = {other for cell in failure.right_cells for other in holders[cell]} - {index}
            yield [index, *(other for other in sorted(wrong) if _mends(failures[other], failure, evidence))]
        elif getattr(failure.check, "compare", "equal") == "at_most":
            yield [index, *sorted({other for cell in failure.cells for other in holders[cell]} - {index})]


def _mends(wrong: Failure, ratio: Failure, evidence: Mapping[str, Evidence]) -> bool:
    """Whether the percentage is right once the wrong figure is replaced by what is expected of it."""
    assert isinstance(ratio.check, Ratio)
    if wrong.right is None or ratio.left is None or not all(i in evidence for i in ratio.right_cells):
        return False
    printed = [evidence[cell].amount for cell in ratio.right_cells]
    for at, cell in enumerate(ratio.right_cells):
        part, base = (_corrected(cell, wrong, evidence) if at == n else printed[n] for n in (0, 1))
        if ratio.check.formula == "change":
            base -= part
        if base and abs(100 * part / base - ratio.left) <= (ratio.tolerance or 0):
            return True
    return False


def _corrected(cell: str, wrong: Failure, evidence: Mapping[str, Evidence]) -> Decimal:
    """A stated figure as it would have to be for the other equation to hold."""
    amount = evidence[cell].amount
    if cell in wrong.left_cells:
        return wrong.right if wrong.right is not None else amount
    if cell in wrong.right_cells and isinstance(wrong.check, StatementSum):
        return amount + (wrong.difference or 0)
    return amount


def _same_matter(failures: list[Failure]) -> Iterable[list[int]]:
    """Missing, doubled or blank rows of one form, and template words left in the text, are one matter."""
    found: dict[tuple[str, str | None], list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        if isinstance(failure.check, RowsCheck):
            found[failure.rule.id, failure.form].append(index)
        elif isinstance(failure.check, Wording):
            found[failure.rule.id, failure.check.name].append(index)
    yield from found.values()


def _same_difference(failures: list[Failure]) -> Iterable[list[int]]:
    """Sums of money off by one amount: a wrong figure shows in its row, its column, its ties."""
    money = sorted(
        (index for index, failure in enumerate(failures) if failure.gap),
        key=lambda index: failures[index].gap or Decimal(0),
    )
    for first, second in itertools.pairwise(money):
        one, other = failures[first], failures[second]
        assert one.gap is not None and other.gap is not None
        if other.gap - one.gap <= min(one.room + other.room, _SAME_GAP):
            yield [first, second]


def _same_figures(failures: list[Failure]) -> Iterable[list[int]]:
    """The same stated and expected figures, printed in several places."""
    found: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for index, failure in enumerate(failures):
        if failure.left is not None and failure.right is not None:
            found[failure.unit, abs(failure.left), abs(failure.right)].append(index)
    yield from found.values()


def _parts_of_a_whole(failures: list[Failure]) -> Iterable[list[int]]:
    """Differences of several codes that add up to the difference of the code they belong to."""
    coded = [(index, failure) for index, failure in enumerate(failures) if failure.code and failure.gap]
    for index, whole in coded:
        buckets: dict[tuple[str, str | None], list[tuple[int, Failure]]] = defaultdict(list)
        for other_index, part in coded:
            if part.code != whole.code and str(part.code).startswith(str(whole.code)):
                buckets[part.rule.id, part.column].append((other_index, part))
        for parts in buckets.values():
            gaps = [part.gap or Decimal(0) for _, part in parts]
            room = whole.room + sum((part.room for _, part in parts), Decimal(0))
            if len(parts) > 1 and abs(sum(gaps) - (whole.gap or Decimal(0))) <= room:
                yield [index, *(other_index for other_index, _ in parts)]


def _telling(failure: Failure) -> tuple[Any, ...]:
    """The failure nearest to the wrong figure first: within a row, then down a column, then between forms,
    then the text against a form."""
    return (
        _SEVERITY_ORDER[failure.rule.severity],
        _FAMILY_ORDER[failure.rule.family],
        not isinstance(failure.check, StatementTie),
        -len(failure.code or ""),
        failure.rule.id,
        failure.line if failure.line is not None else 0,
        failure.result_id,
    )


# -- what a person reads --------------------------------------------------------------------------------


def _finding(group: list[Failure], known: _Known) -> dict[str, Any]:
    evidence = known.evidence
    chosen = blame.accused(group, evidence, known.holding)
    document = known.documents[chosen.document_id]
    at = next((evidence[i] for i in (*chosen.left_cells, *chosen.right_cells) if i in evidence), None)
    cause, reason = _cause(group, known)
    words = message(chosen, evidence)
    text = "|".join(
        (document["document_id"], chosen.rule.id, *map(str, (chosen.form, chosen.key, chosen.column)))
    )
    return {
        **document,
        "finding_id": hashlib.sha256(text.encode()).hexdigest()[:16],
        "rule_id": chosen.rule.id,
        "rule_version": chosen.rule.version,
        "severity": chosen.rule.severity,
        "form": chosen.form,
        "key": chosen.key,
        "column": chosen.column,
        "cell_id": at.id if at else None,
        "stated": chosen.left,
        "expected": chosen.right,
        "difference": chosen.difference,
        "unit": chosen.unit,
        "page": at.page if at else None,
        "line": at.line if at else None,
        "bbox": at.bbox if at else None,
        "text_printed": at.text if at else None,
        "sentence": at.sentence if at else None,
        "diagnosis": None,
        "cause": cause,
        "cause_reason": reason,
        "cause_reason_zh": reason,
        "message_zh": words[0],
        "message_en": words[1],
        "related": len(group) - 1,
        "related_results": [failure.result_id for failure in group],
        "waived": False,
        "waiver_reason": None,
        "waived_by": None,
        "waived_on": None,
        "version_status": "new",
        "earlier_finding_id": None,
    }


def _cause(group: list[Failure], known: _Known) -> tuple[str, str]:
    """Whose error it most likely is: ``reading``, ``undecided`` or ``publisher``, with the reason."""
    used = [known.evidence[i] for failure in group for i in failure.cells if i in known.evidence]
    if any(at.placement == "arithmetic" for at in used):
        return "reading", "one of the figures was placed by arithmetic, not by the print"
    forms = {at.form for at in used if at.form}
    worst = {known.problems.get((group[0].document_id, form)) for form in forms}
    if "error" in worst:
        return "reading", "the form has lines that could not be read"
    if "warning" in worst:
        return "undecided", "something on the form was doubtful to read"
    if any(failure.result_id in known.elsewhere for failure in group):
        return "undecided", "the missing amount is printed elsewhere on the form"
    return "publisher", "every figure was read at its printed place"
