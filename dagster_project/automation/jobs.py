"""Jobs: take stock, load years, everything."""

import dagster as dg

from dagster_project.assets.documents import raw_documents

DISCOVER = "discover"
LOAD_YEARS = "load_years"
EVERYTHING = "load_everything"

discover_job = dg.define_asset_job(
    DISCOVER,
    selection=dg.AssetSelection.assets(raw_documents),
    description="看一看原始文件夹里有什么。 / Take stock of the raw folder and add the years it holds.",
)

load_years_job = dg.define_asset_job(
    LOAD_YEARS,
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(raw_documents),
    description="读取、校验、建模并发布某些年度。 / Read, reconcile, model and publish fiscal years.",
)

everything_job = dg.define_asset_job(
    EVERYTHING,
    selection=dg.AssetSelection.all(),
    description="从原始文件到发布的全部步骤。 / Everything from the raw folder to the published warehouse.",
)
"""The job for everything. A year that is new since the last discovery needs ``discover`` first."""
