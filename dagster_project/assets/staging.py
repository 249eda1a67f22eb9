"""The tables of schema ``staging``, one asset a table, written together in one transaction."""

from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg

from dagster_project import corrections, inventory, parsing
from dagster_project.assets.documents import OWNERS, parsed_documents
from dagster_project.automation.partitions import FISCAL_YEAR, SINGLE_RUN
from dagster_project.contract import TABLES, Table
from dagster_project.progress import listener
from dagster_project.resources import WarehouseResource
from dagster_project.staging import Batch, replace_documents

_DESCRIPTIONS = {
    "document": "文件版本，一行一份内容。 / One row a file version.",
    "page": "页或工作表，如何读出。 / One row a page or sheet: how it was read, and how much of it.",
    "form": "见到或应有的表，及其状态。 / One row a form met or required, with its state.",
    "cell": "表中印出的每个数字，附校验状态。 / One row a printed figure of a form, with its verification.",
    "statement": "文字说明中的数字。 / One row a figure stated in prose.",
    "indicator": "绩效表的行。 / One row of the performance forms.",
    "project_detail": "项目支出明细。 / One row an amount of a project's details.",
    "project_funding": "项目资金来源。 / One row an amount of a project's funding.",
    "problem": "读不出或存疑之处。 / One row something that could not be read or was doubtful.",
    "passage": "封面、目录、标题和文字说明的句子。 / One row a heading, contents entry or sentence.",
}


def _spec(table: Table) -> dg.AssetSpec:
    schema = dg.TableSchema([dg.TableColumn(name, kind) for name, kind in table.all_columns.items()])
    return dg.AssetSpec(
        ["staging", table.name],
        deps=[parsed_documents],
        partitions_def=FISCAL_YEAR,
        group_name="staging",
        kinds={"duckdb", "table"},
        owners=OWNERS,
        description=_DESCRIPTIONS[table.name],
        metadata={"dagster/column_schema": schema, "dagster/table_name": f"staging.{table.name}"},
    )


@dg.multi_asset(specs=[_spec(table) for table in TABLES], backfill_policy=SINGLE_RUN, can_subset=True)
def staging_tables(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult]:
    """Write the changed documents of these years; take out those that have left the folder or the year.

    The tables are always written together; whoever asks for one of them gets all.
    """
    listener().stage("stage")
    settings = warehouse.settings
    with warehouse.connect() as connection:
        changed, gone = inventory.changes(connection, context.partition_keys)
        results = {item.document_id: parsing.kept_result(item, settings) for item in changed}
        batch = [
            Batch(
                item.document_id,
                item.document,
                results[item.document_id][0],
                (item.document, *item.copies),
                item.size,
                item.source_url,
                item.published_on,
            )
            for item in changed
        ]
        counts = replace_documents(
            connection,
            batch,
            gone,
            load_id=context.run.run_id,
            loaded_at=datetime.now(UTC).replace(tzinfo=None),
            scratch=settings.folder.scratch,
        )
        stated = corrections.read_corrections(settings.raw)
        for item in (item for item in changed if item.corrections):
            own = corrections.of_document(stated, (item.document, *item.copies), item.sha256)
            corrections.apply(connection, item.document_id, item.sha256, own)
        unsettled = [key for key, (_, settled) in results.items() if not settled]
        inventory.mark_loaded(connection, changed, gone, unsettled)
    for table in TABLES:
        key = dg.AssetKey(["staging", table.name])
        if key not in context.selected_asset_keys:
            continue
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "rows_written": counts[table.name],
                "documents_written": len(changed),
                "documents_removed": len(gone),
            },
        )
