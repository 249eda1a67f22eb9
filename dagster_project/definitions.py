"""The only ``Definitions``: a registry without logic of what the other modules declare."""

import dagster as dg

from dagster_project.assets.dbt_models import star
from dagster_project.assets.documents import parsed_documents, raw_documents, recognised_documents
from dagster_project.assets.publication import publication
from dagster_project.assets.reconciliation import reconciliation
from dagster_project.assets.report import findings_report
from dagster_project.assets.staging import staging_tables
from dagster_project.automation.jobs import (
    discover_job,
    everything_job,
    load_years_job,
    recognise_job,
    report_job,
)
from dagster_project.automation.schedules import publication_calendar
from dagster_project.automation.sensors import changed_years, new_files, recognised_years
from dagster_project.checks.reading import reading_checks
from dagster_project.checks.rules import rule_checks
from dagster_project.checks.waivers import waiver_check
from dagster_project.resources import WarehouseResource


@dg.definitions
def defs() -> dg.Definitions:
    """Everything Dagster runs. One process a run: DuckDB has one writer."""
    return dg.Definitions(
        assets=[
            raw_documents,
            recognised_documents,
            parsed_documents,
            staging_tables,
            reconciliation,
            star,
            publication,
            findings_report,
        ],
        asset_checks=[reading_checks, rule_checks, waiver_check],
        jobs=[discover_job, recognise_job, load_years_job, everything_job, report_job],
        schedules=[publication_calendar],
        sensors=[new_files, changed_years, recognised_years],
        resources={"warehouse": WarehouseResource()},
        executor=dg.in_process_executor,
    )
