"""Writes the report: one folder of plain files that opens from disk, the same bytes for the same warehouse.

``index.html`` overview and list of findings, ``documents.html``, ``rules.html``, ``documents/<id>.html`` a
document with its forms, ``findings/<id>.html`` one finding on one printed page, ``pages/`` pictures,
``data/`` the lists for the scripts, ``findings.xlsx``.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dagster_project.page_picture import KINDS
from dagster_project.reconciliation.evidence import FACTOR
from dagster_project.report import data, names
from dagster_project.report.pictures import Picture, pictured, write_pictures
from dagster_project.report.workbook import write_workbook
from dagster_project.rows import Row

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_HERE: Final = Path(__file__).resolve().parent
_CHUNK: Final = 5_000
"""Rows in one data file of a list."""
_SHOWN: Final = 12
"""Rows of a table of the overview; the list below it holds everything."""
_TERMS: Final = 10
"""Figures of one side that fit on the printed page of a finding."""
_RELATED: Final = 4
"""Related results that fit on it."""
_MARGIN: Final = 36.0
"""Points of the page shown around the figures of a finding."""
_CLIP: Final = (0.2, 0.32)
"""Height of a clipping beside the width of its page, at least and at most."""
_NEAR: Final = 0.5
"""Width of the clipping for narrow screens, beside the width of its page."""
_MARK: Final = "gouji-report.json"

SEVERITIES: Final = ("error", "warning", "info")


class ReportError(ValueError):
    """The report cannot be written there. The message says why, in both languages."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A table of the overview: the values of a ``facet`` of the list, each with its findings by severity and,
    where ``documents`` is true, the documents that have it; ``more`` values are not shown. ``group`` names
    the codes that the values are.
    """

    title: names.Name
    facet: str
    rows: list[tuple[Any, dict[str, int]]]
    more: int
    documents: bool
    group: str | None = None

    @property
    def most(self) -> int:
        """The most findings that a value has."""
        return max(sum(counts[each] for each in SEVERITIES) for _, counts in self.rows)

    @property
    def by_name(self) -> bool:
        """Whether a region is taken from the name of a body."""
        return self.facet == "region" and any(str(value).endswith("*") for value, _ in self.rows)

    def said(self, value: Any) -> names.Name:
        """What a value is called."""
        if value is None:
            return ("未知", "unknown")
        return names.name(self.group, value) if self.group else (str(value), "")

    def address(self, value: Any, severity: str | None = None) -> str:
        """The fragment of an address that chooses a value, and a severity, in the list."""
        chosen = {self.facet: "-" if value is None else value, "severity": severity}
        return urlencode({key: each for key, each in chosen.items() if each is not None})


@dataclass(frozen=True, slots=True)
class Report:
    """Where the report lies, and what it holds."""

    folder: Path
    documents: int
    findings: int
    pictures: int


def write_report(connection: DuckDBPyConnection, *, raw: Path, out: Path, data_docs: Path) -> Report:
    """Write the report of a published file into ``out``, replacing the report that lies there.

    Pictures of pages come from the documents below ``raw``. ``data_docs`` is linked where it exists. Raises
    :class:`ReportError` where ``out`` holds something that is no report.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / _MARK).is_file())):
        raise ReportError(
            f"{out} holds something else; name a folder that is empty or does not exist."
            f"\n{out} 中有其他内容：请指定空文件夹或新文件夹。"
        )
    partial = out.with_name(f".{out.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    for name in ("documents", "findings", "pages", "data"):
        (partial / name).mkdir(parents=True)
    done = _Site(connection, raw, partial, _link(data_docs / "index.html", out)).write()
    (partial / _MARK).write_text(json.dumps(done) + "\n", encoding="utf-8")
    _swap(partial, out)
    return Report(out, **done)


def _link(target: Path, out: Path) -> str | None:
    """A page outside the report as seen from its first page, if it is there."""
    return Path(os.path.relpath(target, out)).as_posix() if target.is_file() else None


def _swap(partial: Path, out: Path) -> None:
    old = out.with_name(f".{out.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.rename(old)
    partial.rename(out)
    shutil.rmtree(old, ignore_errors=True)


class _Site:
    """One writing of the report into a folder."""

    def __init__(
        self, connection: DuckDBPyConnection, raw: Path, folder: Path, data_docs: str | None
    ) -> None:
        self._connection, self._raw, self._folder = connection, raw, folder
        self._templates = _templates()
        ((as_of,),) = connection.execute("select max(loaded_at) from marts.dim_document").fetchall()
        self._templates.globals |= {"as_of": as_of, "data_docs": data_docs}

    def write(self) -> dict[str, int]:
        """Write everything; returns what was counted."""
        findings = list(data.findings(self._connection))
        documents = data.document_rows(self._connection)
        rules = data.rules(self._connection)
        self._assets(rules)
        chunks = {
            "findings": self._data("findings", map(_listed_finding, findings)),
            "documents": self._data("documents", map(_listed_document, documents)),
        }
        self._templates.globals["rules"] = {rule["rule_id"]: rule for rule in rules}
        self._overview(findings, documents, rules, chunks["findings"])
        self._page("documents.html", "documents.html", chunks=chunks["documents"])
        self._page("rules.html", "rules.html", rules=rules)
        pictures = sum(self._document(document) for document in data.documents(self._connection))
        write_workbook(self._connection, findings, documents, rules, self._folder / "findings.xlsx")
        return {"documents": len(documents), "findings": len(findings), "pictures": pictures}

    def _page(self, template: str, path: str, **values: Any) -> None:
        root = "../" * path.count("/")
        page = self._templates.get_template(f"{template}.j2").render(root=root, here=path, **values)
        (self._folder / path).write_text(page, encoding="utf-8")

    def _assets(self, rules: Sequence[Row]) -> None:
        shutil.copyfile(_HERE / "static" / "report.js", self._folder / "report.js")
        style = (_HERE / "static" / "report.css").read_text(encoding="utf-8")
        colours = "".join(f".v-{name} {{ --mark: rgb{kind.colour} }}\n" for name, kind in KINDS.items())
        (self._folder / "report.css").write_text(style + colours, encoding="utf-8")
        titles = {rule["rule_id"]: (rule["title_zh"], rule["title_en"]) for rule in rules}
        known = {**names.NAMES, "rule": titles}
        self._script("names", f"gouji.names = {_json(known)};\n")

    def _data(self, table: str, rows: Iterable[Sequence[Any]]) -> list[str]:
        """The rows of a list as scripts, for a page opened from disk may not fetch; returns their names."""
        rows = iter(rows)
        found: list[str] = []
        while chunk := list(islice(rows, _CHUNK)):
            found.append(f"{table}-{len(found):03}")
            lines = ",\n".join(_json(row) for row in chunk)
            self._script(found[-1], f'gouji.add("{table}", [\n{lines}\n]);\n')
        return found

    def _script(self, name: str, text: str) -> None:
        (self._folder / "data" / f"{name}.js").write_text(text, encoding="utf-8")

    def _overview(
        self, findings: Sequence[Row], documents: Sequence[Row], rules: Sequence[Row], chunks: list[str]
    ) -> None:
        broken = [rule for rule in rules if rule["findings"]]
        broken.sort(key=lambda rule: (-rule["findings"], rule["rule_id"]))
        self._page(
            "index.html",
            "index.html",
            totals=_totals(documents),
            panels=_panels(findings, documents),
            severities={each: sum(row["severity"] == each for row in findings) for each in SEVERITIES},
            findings=findings,
            rules=broken[:_SHOWN],
            more_rules=len(broken[_SHOWN:]),
            chunks=chunks,
        )

    def _document(self, document: data.Document) -> int:
        """Write the page of a document and one for each of its findings; returns how many pictures."""
        pictures = write_pictures(self._connection, document, self._raw, self._folder / "pages")
        accused = _accused(document)
        outlines = {number: _outlines(document, number) for number in pictures}
        self._page(
            "document.html",
            f"documents/{document.row['document_id']}.html",
            document=document,
            pictures=pictures,
            outlines=outlines,
            accused=accused,
            states=_states(document.coverage),
        )
        names_of = [finding.row["finding_id"] for finding in document.findings]
        for finding, before, after in zip(
            document.findings, (None, *names_of), (*names_of[1:], None), strict=False
        ):
            self._finding(document, finding, pictures, before=before, after=after)
        return len(pictures)

    def _finding(
        self,
        document: data.Document,
        finding: data.Finding,
        pictures: dict[int, Picture],
        *,
        before: str | None,
        after: str | None,
    ) -> None:
        self._page(
            "finding.html",
            f"findings/{finding.row['finding_id']}.html",
            document=document,
            finding=finding,
            own=finding.equations[:1],
            related=finding.equations[1:],
            terms=_TERMS,
            most=_RELATED,
            clipping=_clipping(document, finding, pictures),
            unpictured=_unpictured(document, finding),
            before=before,
            after=after,
        )


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "name": names.name,
        "form_name": names.form_name,
        "column_name": names.column_name,
        "basis_name": names.basis_name,
        "printed": names.printed,
        "clause": names.clause,
        "reason": names.reason,
        "row_name": names.row_name,
        "unit_name": names.unit_name,
        "kinds": KINDS,
        "severity_names": SEVERITIES,
    }
    environment.filters["amount"] = names.amount
    return environment


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _listed_finding(row: Row) -> list[Any]:
    """A row of the list of findings, in the order that report.js names."""
    size = None
    if row["difference"] is not None:
        size = str(abs(row["difference"]) * FACTOR.get(row["unit"], 1))
    # Years and counts have no unit: how far they are apart says nothing.
    difference = names.amount(row["difference"], row["unit"]) if names.unit_name(row["unit"]) else ""
    return [
        row["finding_id"],
        row["severity"],
        row["fiscal_year"],
        _region(row),
        row["organisation"],
        row["document_id"],
        row["document"],
        row["rule_id"],
        row["cause"],
        row["message_zh"],
        row["message_en"],
        difference + names.unit_name(row["unit"]) if difference else "",
        float(size) if size else 0,
        row["page"],
        names.form_name(row["form"])[0],
        "waived" if row["waived"] else row["version_status"],
    ]


def _listed_document(row: Row) -> list[Any]:
    """A row of the list of documents, in the order that report.js names."""
    return [
        row["document_id"],
        row["document"],
        row["organisation"],
        row["fiscal_year"],
        row["kind"],
        _region(row),
        row["status"],
        *(row[name] or 0 for name in _COUNTED),
    ]


def _region(row: Row) -> str | None:
    """The region; a star where it is taken from the body's name."""
    return f"{row['region']}*" if row["region_by_name"] else row["region"]


_COUNTED: Final = (
    "forms_read",
    "forms_unreadable",
    "forms_missing",
    "cells",
    "cells_proved",
    "cells_contradicted",
    "finding_errors",
    "finding_warnings",
    "finding_infos",
    "problem_errors",
    "problem_warnings",
)


def _totals(documents: Sequence[Row]) -> dict[str, int]:
    counted = {name: sum(row[name] or 0 for row in documents) for name in _COUNTED}
    read = sum(row["status"] == "loaded" for row in documents)
    clean = sum(not (row["finding_errors"] or row["finding_warnings"]) for row in documents)
    return {"documents": len(documents), "loaded": read, "clean": clean, **counted}


_year, _cause, _organisation = (itemgetter(column) for column in ("fiscal_year", "cause", "organisation"))


def _panels(findings: Sequence[Row], documents: Sequence[Row]) -> list[Panel]:
    return [
        Panel(("按年度", "by year"), "year", *_counts(_year, findings, documents), documents=True),
        Panel(("按地区", "by region"), "region", *_counts(_region, findings, documents), documents=True),
        Panel(("按成因", "by cause"), "cause", *_counts(_cause, findings), documents=False, group="cause"),
        Panel(
            ("按单位", "by body"),
            "organisation",
            *_counts(_organisation, findings, documents),
            documents=True,
        ),
    ]


def _counts(
    value: Callable[[Row], Any], findings: Iterable[Row], documents: Iterable[Row] = ()
) -> tuple[list[tuple[Any, dict[str, int]]], int]:
    """The values, those of documents without findings too, with their findings by severity and their
    documents; most findings first, years newest first. Also how many values there are beyond those.
    """
    found: dict[Any, dict[str, int]] = {}

    def counts(row: Row) -> dict[str, int]:
        return found.setdefault(value(row) or None, dict.fromkeys((*SEVERITIES, "documents"), 0))

    for row in findings:
        counts(row)[row["severity"]] += 1
    for row in documents:
        counts(row)["documents"] += 1
    rows = sorted(found.items(), key=_newest if value is _year else _most)
    return rows[:_SHOWN], len(rows[_SHOWN:])


def _newest(item: tuple[int | None, dict[str, int]]) -> int:
    return -(item[0] or 0)


def _most(item: tuple[str | None, dict[str, int]]) -> tuple[int, int, str]:
    value, counts = item
    return -sum(counts[each] for each in SEVERITIES), -counts["documents"], value or ""


def _unpictured(document: data.Document, finding: data.Finding) -> names.Name:
    """Why a finding has no picture of its place."""
    if not pictured(document):
        return (
            "此种文件没有固定的页面，请按位置一栏查找。",
            "a file of this kind has no fixed pages; the place is named above",
        )
    if finding.row["bbox"] is None:
        return (
            "所指并非印在某一处的内容。" if finding.row["page"] is None else "请按位置一栏的页和行查找。",
            "it is about nothing that is printed in one place"
            if finding.row["page"] is None
            else "look for the page and line named above",
        )
    return ("原文件不在原处，无法附图。", "the original file is no longer there to be pictured")


def _accused(document: data.Document) -> dict[str, str]:
    """Figures of this document → the first finding that they belong to; accused figures before others."""
    found: dict[str, str] = {}
    for finding in document.findings:
        if finding.row["cell_id"]:
            found.setdefault(finding.row["cell_id"], finding.row["finding_id"])
    for finding in document.findings:
        for figure in finding.figures:
            found.setdefault(figure["figure_id"], finding.row["finding_id"])
    return found


def _states(coverage: Sequence[Row]) -> dict[str, list[Row]]:
    return {state: [row for row in coverage if row["state"] == state] for state in names.NAMES["state"]}


Box = tuple[str, str, tuple[float, float, float, float]]
"""A finding's id, ``accused`` or ``term``, and the box in points."""


def _boxes(
    document: data.Document, finding: data.Finding, figures: Iterable[Row], number: int
) -> Iterator[Box]:
    """What of a finding stands on a page, the accused figure last, so that it is drawn over the others."""
    row = finding.row

    def here(figure: Row) -> bool:
        same = figure["document_id"] == document.row["document_id"] and figure["page"] == number
        return bool(same and figure["bbox"])

    for figure in figures:
        if here(figure) and figure["figure_id"] != row["cell_id"]:
            yield row["finding_id"], "term", tuple(figure["bbox"])
    if here(row):
        yield row["finding_id"], "accused", tuple(row["bbox"])


def _outlines(document: data.Document, number: int) -> list[Box]:
    found = {
        box for finding in document.findings for box in _boxes(document, finding, finding.figures, number)
    }
    return sorted(found, key=lambda box: (box[1] == "accused", box[2], box[0]))


@dataclass(frozen=True, slots=True)
class Clipping:
    """The part of a page that shows a finding, in points: all its ``width``, or what is ``near`` for narrow
    screens, which begins at ``left``. ``boxes`` are outlined in it.
    """

    picture: Picture
    boxes: list[Box]
    top: float
    height: float
    left: float

    @property
    def whole(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of the part, as wide as the page."""
        return 0.0, self.top, self.picture.width, self.height

    @property
    def near(self) -> tuple[float, float, float, float]:
        """Left, top, width and height of what lies around the accused figure."""
        return self.left, self.top, round(self.picture.width * _NEAR, 2), self.height


def _clipping(
    document: data.Document, finding: data.Finding, pictures: dict[int, Picture]
) -> Clipping | None:
    """The part of the page where a finding stands, with the figures of its own equation outlined."""
    figures = [figure for each in finding.equations[:1] for figure in (*each.left, *each.right)]
    for number in (finding.row["page"], *(figure["page"] for figure in figures)):
        boxes = list(_boxes(document, finding, figures, number)) if number in pictures else []
        if boxes:
            return _part(pictures[number], boxes)
    return None


def _part(picture: Picture, boxes: list[Box]) -> Clipping:
    """All boxes with a margin if they fit, else the last, the accused one, or where it begins."""
    least, most = (min(picture.height, picture.width * share) for share in _CLIP)
    top = min(box[2][1] for box in boxes) - _MARGIN
    bottom = max(box[2][3] for box in boxes) + _MARGIN
    height = max(least, bottom - top)
    if height > most:
        _, _, (_, top, _, bottom) = boxes[-1]
        # What is taller than the clipping is shown from where it begins.
        bottom = min(bottom, top + most - 2 * _MARGIN)
        height = most
    top = _within((top + bottom - height) / 2, height, picture.height)
    _, _, (begins, _, ends, _) = boxes[-1]
    width = picture.width * _NEAR
    return Clipping(
        picture, boxes, top, round(height, 2), _within((begins + ends - width) / 2, width, picture.width)
    )


def _within(start: float, size: float, whole: float) -> float:
    """Where a stretch begins so that it lies inside the whole."""
    return round(max(0.0, min(start, whole - size)), 2)
