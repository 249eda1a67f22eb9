"""The rules over staging: what holds, what does not, and what a person should look at."""

from collections.abc import Iterator

import dagster as dg

from dagster_project import inventory, kept
from dagster_project.assets.documents import OWNERS
from dagster_project.automation.partitions import FISCAL_YEAR, SINGLE_RUN
from dagster_project.contract import TABLES
from dagster_project.progress import listener
from dagster_project.reconciliation import schema, waiving
from dagster_project.resources import WarehouseResource
from dagster_project.waivers import read_waivers

_FEW_CELLS = 50_000
"""Up to here, threads cost more than they save: hundreds of statements, each over next to nothing."""

_DESCRIPTIONS = {
    "link": "互相比较的文件。 / One row a document and another that it is compared with.",
    "rule": "勾稽规则。 / One row a reconciliation rule.",
    "result": "规则 × 文件 × 实例的结果。 / One row a rule, document and instance, passed ones too.",
    "waiver": "人工豁免。 / Findings that a person accepted, and whether that still holds.",
    "finding": "值得人看的问题，一行一个原因。 / One row a root cause that a person should look at.",
}


def _spec(name: str) -> dg.AssetSpec:
    columns = schema.TABLES[name]
    table_schema = dg.TableSchema([dg.TableColumn(column, kind) for column, kind in columns.items()])
    return dg.AssetSpec(
        ["reconciliation", name],
        deps=[["staging", table.name] for table in TABLES],
        partitions_def=FISCAL_YEAR,
        group_name="reconciliation",
        kinds={"duckdb", "sql"},
        owners=OWNERS,
        description=_DESCRIPTIONS[name],
        metadata={"dagster/column_schema": table_schema, "dagster/table_name": f"reconciliation.{name}"},
    )


@dg.multi_asset(specs=[_spec(name) for name in schema.TABLES], backfill_policy=SINGLE_RUN, can_subset=True)
def reconciliation(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.MaterializeResult]:
    """Evaluate every rule over the documents of these years, in SQL over exact decimals."""
    from dagster_project.reconciliation.run import reconcile  # noqa: PLC0415  (loads every rule)

    listener().stage("reconcile")
    with warehouse.connect() as connection:
        schema.create(connection)
        documents = connection.execute(
            "select document_id from staging.document join control.loaded using (document_id)"
            " where list_contains(?::varchar[], partition)",
            [list(context.partition_keys)],
        ).fetchall()
        ((cells,),) = connection.execute("select count(*) from staging.cell").fetchall()
        if cells <= _FEW_CELLS:
            connection.execute("set threads = 1")
        reconcile(connection, [document_id for (document_id,) in documents])
        waiving.apply(connection, read_waivers(warehouse.settings.raw))
        inventory.mark_built(connection, context.partition_keys, kept.building_version())
        counts = {
            name: connection.execute(f"select count(*) from reconciliation.{name}").fetchall()[0][0]
            for name in schema.TABLES
        }
    for name, rows in counts.items():
        key = dg.AssetKey(["reconciliation", name])
        if key not in context.selected_asset_keys:
            continue
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={"dagster/row_count": rows, "documents": len(documents)},
        )
