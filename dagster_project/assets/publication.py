"""The last asset: what was built and judged becomes what everybody reads."""

import dagster as dg

from dagster_project import inventory, kept, parsing, publish
from dagster_project.assets.dbt_models import MART_KEYS
from dagster_project.assets.documents import OWNERS
from dagster_project.progress import listener
from dagster_project.resources import WarehouseResource


@dg.asset(deps=MART_KEYS, group_name="publication", kinds={"duckdb", "parquet", "csv"}, owners=OWNERS)
def publication(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult:
    """发布：一次性替换仓库文件与导出文件。 / One atomic swap of the warehouse file and its exports.

    Runs after the checks. Whoever has the old file open keeps it; the newest releases stay for a rollback.
    """
    listener().stage("publish")
    settings = warehouse.settings
    with warehouse.connect() as connection:
        complete = inventory.is_complete(connection, kept.building_version())
        items = inventory.items(connection)
        complete = complete and not parsing.waiting(items, settings)
        versions = {item.reader_version for item in items}
        fingerprint = inventory.fingerprint(connection) if complete else None
    release = publish.publish(
        settings.folder, run_id=context.run.run_id, fingerprint=fingerprint, keep=settings.keep_releases
    )
    if complete:
        kept.drop_other_versions(settings.folder.parsed, versions)
    return dg.MaterializeResult(
        metadata={
            "release": release.name,
            "database": dg.MetadataValue.path(settings.folder.database),
            "exports": dg.MetadataValue.path(settings.folder.exports),
            "complete": complete,
        }
    )
