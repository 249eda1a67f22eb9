"""The findings report, written on demand: no load waits for its thousands of pages."""

import dagster as dg
import duckdb

from dagster_project.assets.documents import OWNERS
from dagster_project.assets.publication import publication
from dagster_project.report import write_report
from dagster_project.resources import WarehouseResource


@dg.asset(deps=[publication], group_name="publication", kinds={"html", "excel"}, owners=OWNERS)
def findings_report(warehouse: WarehouseResource) -> dg.MaterializeResult:
    """发现报告：可离线打开、可打印的网页和工作簿。 / Pages to read and print, and a workbook, of what is
    published. Job ``report`` writes it; loads do not.
    """
    settings = warehouse.settings
    folder = settings.folder
    with duckdb.connect(str(folder.database.resolve()), read_only=True) as connection:
        done = write_report(connection, raw=settings.raw, out=folder.findings, data_docs=folder.data_docs)
    return dg.MaterializeResult(
        metadata={
            "overview": dg.MetadataValue.path(done.folder / "index.html"),
            "findings": done.findings,
            "documents": done.documents,
            "pictures": done.pictures,
        }
    )
