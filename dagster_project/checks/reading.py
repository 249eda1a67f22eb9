"""Did we read the documents? Checks over ``staging``: they set documents aside, never the batch.

Each check is one SQL statement that returns the rows which should not be there; an empty answer passes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import dagster as dg

from dagster_project.resources import WarehouseResource

_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class ReadingCheck:
    """A check: the staging table it is about, what it demands in both languages, the SQL of its breaches."""

    name: str
    table: str
    demand: str
    breaches: str


CHECKS: Final = (
    ReadingCheck(
        "every_document_is_readable",
        "document",
        "没有文件因读不出而被搁置。 / No document was set aside.",
        "select document, message, action from staging.problem"
        " join staging.document using (document_id, document) where status = 'quarantined'",
    ),
    ReadingCheck(
        "every_document_says_what_it_is",
        "document",
        "预决算类别、年度、单位都已读出。 / Kind, year and organisation of every loaded document are known.",
        "select document, kind, fiscal_year, organisation from staging.document"
        " where status in ('loaded', 'partial')"
        " and (kind is null or fiscal_year is null or organisation is null)",
    ),
    ReadingCheck(
        "every_page_was_read",
        "page",
        "没有待识别或读不出的页。 / No page waits to be recognised or could not be read.",
        "select document, page, reason from staging.page where reason is not null and lines = 0",
    ),
    ReadingCheck(
        "every_printed_amount_is_a_record",
        "page",
        "印出的金额都已读入。 / Every printed amount became a record.",
        "select document, page, figures_unread from staging.page where figures_unread > 0",
    ),
    ReadingCheck(
        "every_header_has_a_key",
        "cell",
        "没有不认识的表头。 / No printed column header is unknown.",
        "select cause_key, count(distinct document_id) as documents, min(message) as message"
        " from staging.problem where kind like '%header%' and severity <> 'info' group by cause_key",
    ),
    ReadingCheck(
        "a_form_that_was_read_has_figures",
        "form",
        "读出的表都有数字。 / A form in state read has at least one figure.",
        "select form.document, form.form from staging.form"
        " where state = 'read' and not exists (select 1 from staging.cell"
        "  where cell.document_id = form.document_id and cell.form = form.form)",
    ),
    ReadingCheck(
        "no_figure_is_contradicted",
        "cell",
        "没有与算术关系矛盾的数字。 / No figure stands in an equation that fails.",
        'select document, form, label, "column", text_printed, line from staging.cell'
        " where verification = 'contradicted'",
    ),
)


@dg.multi_asset_check(
    name="reading",
    specs=[
        dg.AssetCheckSpec(check.name, asset=["staging", check.table], description=check.demand)
        for check in CHECKS
    ],
    can_subset=True,
)
def reading_checks(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.AssetCheckResult]:
    """Judge what was read; a breach is a warning that names the first rows."""
    with warehouse.connect() as connection:
        for check in CHECKS:
            asset = dg.AssetKey(["staging", check.table])
            if dg.AssetCheckKey(asset, check.name) not in context.selected_asset_check_keys:
                continue
            found = connection.sql(check.breaches)
            columns = found.columns
            rows = found.limit(_SHOWN).fetchall()
            count = connection.execute(f"select count(*) from ({check.breaches})").fetchall()[0][0]
            shown = [dict(zip(columns, map(str, row), strict=True)) for row in rows]
            yield dg.AssetCheckResult(
                check_name=check.name,
                asset_key=asset,
                passed=count == 0,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"breaches": count, "first_rows": dg.MetadataValue.json(shown)},
            )
