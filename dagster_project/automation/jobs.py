"""Jobs: take stock, load years, everything, the report."""

import dagster as dg

from dagster_project.assets.documents import raw_documents, recognised_documents
from dagster_project.assets.report import findings_report

DISCOVER = "discover"
RECOGNISE = "recognise"
LOAD_YEARS = "load_years"
EVERYTHING = "load_everything"
REPORT = "report"

discover_job = dg.define_asset_job(
    DISCOVER,
    selection=dg.AssetSelection.assets(raw_documents),
    description="清点原始文件夹，读出新文件。 / Take stock of the raw folder and read what is new.",
)

recognise_job = dg.define_asset_job(
    RECOGNISE,
    selection=dg.AssetSelection.assets(recognised_documents),
    description="识别一批扫描页。 / Recognise a batch of scanned pages and add the years they speak of.",
)

load_years_job = dg.define_asset_job(
    LOAD_YEARS,
    selection=dg.AssetSelection.all()
    - dg.AssetSelection.assets(raw_documents, recognised_documents, findings_report),
    description="读取、校验、建模并发布某些年度。 / Read, reconcile, model and publish fiscal years.",
)

everything_job = dg.define_asset_job(
    EVERYTHING,
    selection=dg.AssetSelection.all() - dg.AssetSelection.assets(findings_report),
    description="从原始文件到发布的全部步骤。 / Everything from the raw folder to the published warehouse.",
)
"""The job for everything. A year that is new since the last discovery needs ``discover`` first."""

report_job = dg.define_asset_job(
    REPORT,
    selection=dg.AssetSelection.assets(findings_report),
    description="生成发现报告。 / Write the findings report of what is published.",
)
