"""``raw/corrections.csv``: figures that a person read where the print cannot be read, or was misread.

One row a figure, bound to the content of the file and to the cell. The text that was read stays with the
cell, its amount is what the person states, and its verification says ``human``. When the file is replaced by
another content the correction lapses: it is not applied, and a problem on record says so.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dagster_project import vocabulary
from dagster_project.manifest import ManifestError, decode
from dagster_project.money import Printed, parse_amount
from dagster_project.proof.verification import verify
from dagster_project.records import CellRecord

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILE_NAME: Final = "corrections.csv"
HUMAN: Final = "human"
"""Verification of a figure that a person supplied."""

REQUIRED: Final = ("document", "sha256", "form", "row", "column", "amount", "reason", "name", "date")
COLUMNS: Final = (*REQUIRED, "side", "section")

_HASH: Final = re.compile(r"[0-9a-f]{16,64}")
_SIDES: Final = ("income", "expenditure")


@dataclass(frozen=True, slots=True)
class Correction:
    """One row. ``row`` is the code of the figure's row, or its label where it has none; ``amount`` as printed
    on paper, in the unit of the form; ``line`` where it stands in the file."""

    line: int
    document: str
    sha256: str
    form: str
    row: str
    column: str
    amount: str
    reason: str
    name: str
    date: str
    side: str = ""
    section: str = ""

    @property
    def printed(self) -> Printed:
        """The figure."""
        printed = parse_amount(self.amount)
        assert printed is not None
        return printed

    def is_of(self, sha256: str) -> bool:
        """Whether it was made for this content."""
        return sha256.startswith(self.sha256)

    @property
    def stated(self) -> list[str]:
        """All that it says, its place in the file left out."""
        return [str(value) for name, value in asdict(self).items() if name != "line"]


def read_corrections(raw: Path) -> tuple[Correction, ...]:
    """The rows of ``raw/corrections.csv`` in their order; none if there is no such file.

    Raises :class:`~dagster_project.manifest.ManifestError` with every mistake, its line and its column.
    """
    path = raw / FILE_NAME
    if not path.is_file():
        return ()
    reader = csv.reader(io.StringIO(decode(path)))
    header = [name.strip() for name in next(reader, [])]
    errors = [
        f"line 1, column {name!r}: unknown; known are {', '.join(COLUMNS)}"
        for name in header
        if name not in COLUMNS
    ]
    errors += [f"line 1: the column {name} is missing" for name in REQUIRED if name not in header]
    found: list[Correction] = []
    for row in reader if not errors else ():
        values = {name: value.strip() for name, value in zip(header, row, strict=False) if value.strip()}
        if not values:
            continue
        wrong = [f"line {reader.line_num}, {reason}" for reason in _mistakes(values)]
        errors += wrong
        if not wrong:
            found.append(Correction(reader.line_num, **values))
    errors += _stated_twice(found)
    if errors:
        listed = "\n".join(f"  {error}" for error in errors)
        raise ManifestError(f"{path} cannot be used:\n{listed}\nCorrect these lines and load again.")
    return tuple(found)


def of_document(corrections: Iterable[Correction], paths: Iterable[str], sha256: str) -> list[Correction]:
    """The corrections of a content, and those that were made for what lay at its paths before."""
    at = set(paths)
    return [each for each in corrections if each.is_of(sha256) or each.document in at]


def apply(
    connection: DuckDBPyConnection, document_id: str, sha256: str, corrections: Sequence[Correction]
) -> None:
    """Put the corrections of one document into ``staging``, and prove its cells again with them.

    A correction of another content, or of a row that the document does not have, becomes a problem on record.
    """
    cells = _cells(connection, document_id)
    before = {cell.cell_id for cell in cells}
    changed: set[str] = set()
    for correction in corrections:
        if not correction.is_of(sha256):
            _report(connection, document_id, correction, _LAPSED)
            continue
        corrected = _corrected(cells, correction)
        if corrected is None:
            _report(connection, document_id, correction, _WITHOUT_PLACE)
            continue
        changed.add(corrected.cell_id)
        cells = [cell for cell in cells if cell.cell_id != corrected.cell_id] + [corrected]
    if not changed:
        return
    verify(cells)
    for cell in cells:
        if cell.cell_id in changed:
            cell.verification = HUMAN
    _write(connection, cells, before)


@dataclass(frozen=True, slots=True)
class _Refusal:
    """Why a correction is not applied, and what its writer can do."""

    kind: str
    zh: str
    en: str
    action: str


_LAPSED: Final = _Refusal(
    "correction_lapsed",
    "原文件已更换，人工更正不再适用",
    "the file was replaced: the correction no longer applies",
    "look at the new file, and correct or remove the line of corrections.csv",
)
_WITHOUT_PLACE: Final = _Refusal(
    "correction_without_place",
    "文件中没有该行，人工更正未能采用",
    "the document has no such row: the correction was not applied",
    "write form, row and column as `gouji show` prints them",
)


def _mistakes(values: Mapping[str, str]) -> Iterable[str]:
    for name in REQUIRED:
        if name not in values:
            yield f"column {name}: empty"
    if not _HASH.fullmatch(values.get("sha256", "0" * 16)):
        yield f"column sha256: {values['sha256']!r} is not the document's id or hash, 16 to 64 hex digits"
    form = vocabulary.forms().get(values.get("form", ""))
    if "form" in values and form is None:
        yield f"column form: {values['form']!r} is no form; see dbt/seeds/form.csv"
    columns = {row["column_key"] for row in vocabulary.seed_rows("measure_column")}
    if values.get("column", next(iter(columns))) not in columns:
        yield f"column column: {values['column']!r} is no column; see dbt/seeds/measure_column.csv"
    if "amount" in values and parse_amount(values["amount"]) is None:
        yield f"column amount: {values['amount']!r} is no figure, such as 1,234.50"
    if values.get("side", "income") not in _SIDES:
        yield f"column side: {values['side']!r} is none of {', '.join(_SIDES)}"
    if form is not None and form.has_sides and "side" not in values:
        yield f"column side: empty; {form.key} has two"
    try:
        date.fromisoformat(values.get("date", "2024-01-01"))
    except ValueError:
        yield f"column date: {values['date']!r} is no date, such as 2024-02-01"


def _stated_twice(corrections: Sequence[Correction]) -> Iterable[str]:
    first: dict[tuple[str, ...], int] = {}
    for each in corrections:
        place = (each.sha256[:16], each.form, each.side, each.section, each.row, each.column)
        if place in first:
            yield f"line {each.line}: the same figure stands in line {first[place]}"
        first.setdefault(place, each.line)


def _corrected(cells: Sequence[CellRecord], correction: Correction) -> CellRecord | None:
    """The cell as the person reads it: a printed one, or a new one in a printed row."""
    row = [
        cell
        for cell in cells
        if cell.form == correction.form
        and (cell.side or "") == correction.side
        and (not correction.section or cell.section == correction.section)
        and correction.row in (cell.code, vocabulary.key(cell.label), cell.label)
    ]
    if not row or len({cell.row_number for cell in row}) > 1:
        return None
    printed = next((cell for cell in row if cell.column == correction.column), None)
    blank = replace(
        row[0],
        cell_id=f"{row[0].cell_id}:{correction.column}",
        column=correction.column,
        header_printed=None,
        text_printed="",
        bbox=None,
        attributes={},
    )
    cell = printed or blank
    stated = correction.printed
    said = {
        "amount_read": cell.text_printed,
        "corrected_by": correction.name,
        "corrected_on": correction.date,
        "correction_reason": correction.reason,
    }
    attributes = {name: value for name, value in cell.attributes.items() if name != "settled_by"} | said
    return replace(
        cell, amount=stated.amount, decimals=stated.decimals, placement="layout", attributes=attributes
    )


def _cells(connection: DuckDBPyConnection, document_id: str) -> list[CellRecord]:
    names = CellRecord.__slots__
    listed = ", ".join(f'"{name}"' for name in names)
    rows = connection.execute(
        f"select {listed} from staging.cell where document_id = ?", [document_id]
    ).fetchall()
    found = []
    for row in rows:
        values = dict(zip(names, row, strict=True))
        values["attributes"] = json.loads(values["attributes"] or "{}")
        found.append(CellRecord(**values))
    return found


_SETTABLE: Final = {
    "amount": "DECIMAL(20,6)",
    "decimals": "INTEGER",
    "placement": "VARCHAR",
    "verification": "VARCHAR",
    "independent_equations": "INTEGER",
    "attributes": "VARCHAR",
}


def _write(connection: DuckDBPyConnection, cells: Sequence[CellRecord], before: set[str]) -> None:
    """Update the cells that were there, add those that a person read in a blank."""
    names = ", ".join(f'"{name}"' for name in CellRecord.__slots__)
    for cell in (cell for cell in cells if cell.cell_id not in before):
        row_of = cell.cell_id.rpartition(":")[0]
        given = {"cell_id": cell.cell_id, "column": cell.column}
        copied = ", ".join(
            "?" if name in given else "NULL" if name in ("header_printed", "bbox") else
            "''" if name == "text_printed" else f'"{name}"'
            for name in CellRecord.__slots__
        )  # fmt: skip
        connection.execute(
            f"insert into staging.cell ({names}) select {copied} from staging.cell where cell_id = ?",
            [*(given[name] for name in CellRecord.__slots__ if name in given), row_of],
        )
    unnested = ", ".join(f"unnest(?::{kind}[]) as {name}" for name, kind in _SETTABLE.items())
    values: list[list[Any]] = [[getattr(cell, name) for cell in cells] for name in _SETTABLE]
    values[-1] = [json.dumps(dict(cell.attributes), ensure_ascii=False) for cell in cells]
    settings = ", ".join(f"{name} = new.{name}" for name in _SETTABLE if name != "attributes")
    connection.execute(
        f"update staging.cell set {settings}, attributes = new.attributes::json"
        f" from (select unnest(?::varchar[]) as cell_id, {unnested}) as new"
        " where cell.cell_id = new.cell_id",
        [[cell.cell_id for cell in cells], *values],
    )


def _report(
    connection: DuckDBPyConnection, document_id: str, correction: Correction, refusal: _Refusal
) -> None:
    place = " ".join(filter(None, (correction.side, correction.row, correction.column)))
    connection.execute(
        "insert into staging.problem"
        " (document_id, document, form, kind, severity, message, action, cause_key)"
        " select document_id, document, ?, ?, 'warning', ?, ?, ? from staging.document where document_id = ?",
        [
            correction.form,
            refusal.kind,
            f"corrections.csv 第 {correction.line} 行（{place}）：{refusal.zh}"
            f" / corrections.csv, line {correction.line} ({place}): {refusal.en}",
            refusal.action,
            refusal.kind,
            document_id,
        ],
    )
