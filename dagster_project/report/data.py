"""What the report shows, from the published file: counts, and document by document everything about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Final

from dagster_project import vocabulary
from dagster_project.report import equations, names
from dagster_project.rows import Row, fetch

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TOGETHER: Final = 50
"""Documents whose rows are fetched at once: few queries, and never a whole warehouse in memory."""

_LONG: Final = 5_000
"""Figures of a long document; the forms of one body have some hundreds."""

_SEVERITY: Final = "case severity when 'error' then 0 when 'warning' then 1 else 2 end"
_REGION: Final = "coalesce(publication.region_path, dim_document.region_path)"

FINDINGS: Final = f"""
select
    fct_finding.*,
    {_REGION} as region_path,
    concat_ws(' ', nullif(dim_region.province_name, dim_region.region_name), dim_region.region_name)
        as region,
    dim_document.kind
from marts.fct_finding
join marts.dim_document using (document_id)
left join marts.dim_publication as publication
    on fct_finding.publication_id = publication.publication_id
left join marts.dim_region on dim_region.region_path = {_REGION}
"""
FINDING_ORDER: Final = (
    f"order by {_SEVERITY}, document, page nulls last, line nulls last, rule_id, finding_id"
)

DOCUMENTS: Final = f"""
select
    dim_document.*,
    dim_document.document_id,
    nullif(concat_ws(' ', nullif(dim_region.province_name, dim_region.region_name), dim_region.region_name),
        '') as region,
    coalesce(publication.is_current, false) as is_current,
    quality.* exclude (document_id, document, publication_id, organisation, fiscal_year, kind, status)
from marts.dim_document
left join marts.document_quality as quality using (document_id)
left join marts.dim_publication as publication
    on quality.publication_id = publication.publication_id
left join marts.dim_region on dim_region.region_path = {_REGION}
"""

_FIGURES: Final = """
select
    cell_id as figure_id, document_id, document, form, side, code, label, "column", header_printed,
    amount, text_printed, unit, page, line, row_number, bbox, verification, null as sentence, null as context
from staging.cell where cell_id in (select unnest($1::varchar[]))
union all
select
    statement_id, document_id, document, null, null, null, null, item, null,
    amount, text_printed, unit, page, line, position, bbox, 'statement', sentence, context
from staging.statement where statement_id in (select unnest($1::varchar[]))
"""
_CHANGES: Final = """
select stated.statement_id as of_figure, change.statement_id as figure_id
from staging.statement as stated
join staging.statement as change
    on stated.document_id = change.document_id and stated.sentence = change.sentence
where change.item like '%.change_amount' and stated.statement_id in (select unnest($1::varchar[]))
order by of_figure, change.position
"""
"""Changes stated beside a figure: some rules compare the figure less its change."""


@dataclass(frozen=True, slots=True)
class Equation:
    """One failing result: its row, and the figures of both sides in the order they are printed, each with the
    ``sign`` it is added with (blank where they are added otherwise).
    """

    result: Row
    left: list[Row]
    right: list[Row]

    @property
    def shows_figures(self) -> bool:
        """Whether it has a value; a rule over wording has none."""
        return self.result["left_value"] is not None or self.result["right_value"] is not None


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its rule; ``equations`` are its results that failed, its own first."""

    row: Row
    rule: Row
    equations: list[Equation]

    @property
    def figures(self) -> list[Row]:
        """Every figure of its equations, each once."""
        sides = (side for each in self.equations for side in (each.left, each.right))
        return list({figure["figure_id"]: figure for side in sides for figure in side}.values())


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells of a form that stand in one table: ``columns`` are key and printed header; a row is its first
    cell and its cells by column.
    """

    side: str | None
    columns: list[tuple[str, str]]
    rows: list[tuple[Row, dict[str, Row]]]


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a document, with what was read from it."""

    row: Row
    grids: list[Grid]


@dataclass(slots=True)
class Document:
    """A document with everything the report says of it."""

    row: Row
    forms: list[Form] = field(default_factory=list)
    statements: list[list[Row]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    problems: list[Row] = field(default_factory=list)
    coverage: list[Row] = field(default_factory=list)
    pages: dict[int, Row] = field(default_factory=dict)

    @property
    def is_long(self) -> bool:
        """Whether it has so many figures that a browser takes seconds to lay its page out at once."""
        return (self.row["cells"] or 0) > _LONG

    @property
    def pages_of_findings(self) -> list[int]:
        """The pages on which figures of its findings stand with a box."""
        own = [finding.row for finding in self.findings]
        figures = [figure for finding in self.findings for figure in finding.figures]
        return sorted(
            {
                row["page"]
                for row in (*own, *figures)
                if row["document_id"] == self.row["document_id"] and row["bbox"] and row["page"] is not None
            }
        )


def findings(connection: DuckDBPyConnection) -> Iterator[Row]:
    """Every finding, the gravest first."""
    yield from map(_placed, fetch(connection, f"select * from ({FINDINGS}) {FINDING_ORDER}"))


def document_rows(connection: DuckDBPyConnection) -> list[Row]:
    """Every document with its counts, by name."""
    rows = fetch(connection, f"select * from ({DOCUMENTS}) order by document, document_id")
    return [_placed(row) for row in rows]


def _placed(row: Row) -> Row:
    """A row with its region, and whether that is only what the body's name begins with."""
    named = names.region_of(row["organisation"]) if not row["region"] else None
    return {**row, "region": named or row["region"] or None, "region_by_name": named is not None}


def rules(connection: DuckDBPyConnection) -> list[Row]:
    """Every rule with the documents in each state, and its findings."""
    return fetch(
        connection,
        "select dim_rule.*, states.* exclude (rule_id), coalesce(found.findings, 0) as findings"
        " from marts.dim_rule left join (select rule_id,"
        " count(*) filter (state = 'fail') as fail, count(*) filter (state = 'pass') as pass,"
        " count(*) filter (state = 'explained') as explained,"
        " count(*) filter (state = 'not_evaluable') as not_evaluable,"
        " count(*) filter (state = 'not_applicable') as not_applicable"
        " from marts.rule_coverage group by rule_id) as states using (rule_id)"
        " left join (select rule_id, count(*) as findings from marts.fct_finding group by rule_id) as found"
        " using (rule_id) order by rule_id",
    )


def documents(connection: DuckDBPyConnection) -> Iterator[Document]:
    """Every document in full, by name, a few at a time."""
    known = {rule["rule_id"]: rule for rule in rules(connection)}
    everything = document_rows(connection)
    for start in range(0, len(everything), _TOGETHER):
        yield from _some(connection, everything[start : start + _TOGETHER], known)


def _some(
    connection: DuckDBPyConnection, rows: Sequence[Row], known: Mapping[str, Row]
) -> Iterator[Document]:
    identifiers = [row["document_id"] for row in rows]

    def of(query: str, order: str) -> dict[str, list[Row]]:
        found = fetch(
            connection,
            f"select * from ({query}) where document_id in (select unnest($1::varchar[])) order by {order}",
            [identifiers],
        )
        return _grouped(found, "document_id")

    forms = of("select * from staging.form", "first_page nulls last, first_line nulls last, form")
    cells = of("select *, rowid as position from staging.cell", "side desc nulls first, row_number, position")
    statements = of("select *, rowid from staging.statement", "position, rowid")
    problems = of("select *, rowid from staging.problem", f"{_SEVERITY}, page, line, rowid")
    coverage = of("select * from marts.rule_coverage", "rule_id")
    pages = of("select *, rowid from staging.page", "page nulls first, rowid")
    found = _findings(connection, "document_id", identifiers, known)
    for row in rows:
        name = row["document_id"]
        printed = _grouped(cells.get(name, ()), "form")
        yield Document(
            row,
            [Form(form, grids(form["form"], printed.get(form["form"], ()))) for form in forms.get(name, ())],
            _sentences(statements.get(name, ())),
            found.get(name, []),
            problems.get(name, []),
            coverage.get(name, []),
            {page["page"]: page for page in pages.get(name, ()) if page["page"] is not None},
        )


def finding(connection: DuckDBPyConnection, finding_id: str) -> Finding:
    """One finding with its rule and the figures of its equations.

    Raises ``KeyError`` where there is none of this id.
    """
    known = {row["rule_id"]: row for row in rules(connection)}
    for found in _findings(connection, "finding_id", [finding_id], known).values():
        return found[0]
    raise KeyError(finding_id)


def _findings(
    connection: DuckDBPyConnection, column: str, identifiers: list[str], known: Mapping[str, Row]
) -> dict[str, list[Finding]]:
    """The findings with these values of a column, by document, with the figures of their equations wherever
    those stand.
    """
    query = f"select * from ({FINDINGS}) where {column} in (select unnest($1::varchar[])) {FINDING_ORDER}"
    rows = [_placed(row) for row in fetch(connection, query, [identifiers])]
    related = sorted({name for row in rows for name in row["related_results"] or ()})
    results = fetch(
        connection,
        "select * from marts.fct_reconciliation_result where result_id in (select unnest($1::varchar[]))"
        " and state = 'fail' order by result_id",
        [related],
    )
    sides = [result[side] or () for result in results for side in ("left_cells", "right_cells")]
    cited = {name for side in sides for name in side}
    cited |= {row["cell_id"] for row in rows if row["cell_id"]}
    changes = _grouped(fetch(connection, _CHANGES, [sorted(cited)]), "of_figure")
    cited |= {row["figure_id"] for group in changes.values() for row in group}
    figures = {row["figure_id"]: row for row in fetch(connection, _FIGURES, [sorted(cited)])}
    beside = {of: [figures[row["figure_id"]] for row in group] for of, group in changes.items()}
    failed = {result["result_id"]: _equation(result, figures, beside) for result in results}
    found: dict[str, list[Finding]] = defaultdict(list)
    for row in rows:
        own = [failed[name] for name in row["related_results"] or () if name in failed]
        own.sort(key=lambda equation: equation.result["rule_id"] != row["rule_id"])
        found[row["document_id"]].append(Finding(row, known[row["rule_id"]], own))
    return found


def _equation(result: Row, figures: Mapping[str, Row], beside: Mapping[str, Sequence[Row]]) -> Equation:
    left, right = (
        sorted((figures[name] for name in result[side] or () if name in figures), key=_as_printed)
        for side in ("left_cells", "right_cells")
    )
    if len(left) == 1 and equations.signs(left, result["left_value"], result["unit"]) is None:
        for change in beside.get(left[0]["figure_id"], ()):
            if equations.signs([*left, change], result["left_value"], result["unit"]):
                left = [*left, change]
                break
    return Equation(
        result,
        _signed(left, result["left_value"], result["unit"]),
        _signed(right, result["right_value"], result["unit"]),
    )


def _signed(figures: Sequence[Row], value: Decimal | None, unit: str | None) -> list[Row]:
    found = equations.signs(figures, value, unit) or [""] * len(figures)
    return [{**figure, "sign": sign} for figure, sign in zip(figures, found, strict=True)]


def _as_printed(figure: Row) -> tuple[str, int, int, int, int, str]:
    return (
        figure["document"],
        figure["page"] or 0,
        figure["line"] or 0,
        figure["row_number"] or 0,
        vocabulary.column_order(figure["form"] or "").get(figure["column"], 0),
        figure["figure_id"],
    )


def grids(form: str, cells: Iterable[Row]) -> list[Grid]:
    """The cells of a form as tables, one a side, columns in the order of the form."""
    order = vocabulary.column_order(form)
    return [_grid(side, list(rows), order) for side, rows in groupby(cells, key=lambda cell: cell["side"])]


def _grid(side: str | None, cells: list[Row], order: Mapping[str, int]) -> Grid:
    headers = {cell["column"]: cell["header_printed"] or "" for cell in reversed(cells)}
    columns = sorted(headers, key=lambda each: (order.get(each, len(order)), each))
    rows = []
    for _, row in groupby(cells, key=lambda cell: (cell["row_number"], cell["section"])):
        printed = list(row)
        rows.append((printed[0], {cell["column"]: cell for cell in printed}))
    return Grid(side, [(column, headers[column]) for column in columns], rows)


def _sentences(statements: Iterable[Row]) -> list[list[Row]]:
    """The stated figures, those of one sentence together, though it is printed on several lines."""
    return [list(group) for _, group in groupby(statements, key=lambda row: row["sentence"])]


def _grouped(rows: Iterable[Row], column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found
