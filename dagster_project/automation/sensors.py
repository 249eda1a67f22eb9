"""New files start a discovery; a discovery starts one run for each fiscal year that it found changed, and one
for pages that wait to be recognised.
"""

import hashlib
import os
from pathlib import Path

import dagster as dg

from dagster_project.assets.documents import raw_documents, recognised_documents
from dagster_project.automation.jobs import discover_job, load_years_job, recognise_job
from dagster_project.resources import close_dead_runs
from dagster_project.settings import Settings

LOAD_TAG = "gouji/load"
"""On runs of ``gouji load``, which starts the runs of its years itself."""


@dg.sensor(job=discover_job, minimum_interval_seconds=60)
def new_files(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """原始文件夹有变动时清点一次。 / Take stock when names, sizes or times in the raw folder have changed."""
    close_dead_runs(context.instance)
    state = _folder_state(Settings().raw)
    if state == context.cursor:
        return dg.SkipReason("Nothing has changed in the raw folder.")
    context.update_cursor(state)
    return dg.RunRequest(run_key=state)


@dg.asset_sensor(
    asset_key=raw_documents.key, jobs=[load_years_job, recognise_job], minimum_interval_seconds=30
)
def changed_years(
    context: dg.SensorEvaluationContext, event: dg.EventLogEntry
) -> list[dg.RunRequest] | dg.SkipReason:
    """清点后，每个变动的年度运行一次，然后识别扫描页。 / After a discovery, one run for each year it found
    changed, then one for the pages that wait.
    """
    return _what_follows(context, event)


@dg.asset_sensor(
    asset_key=recognised_documents.key, jobs=[load_years_job, recognise_job], minimum_interval_seconds=30
)
def recognised_years(
    context: dg.SensorEvaluationContext, event: dg.EventLogEntry
) -> list[dg.RunRequest] | dg.SkipReason:
    """识别一批后，装载其年度，再识别下一批。 / After a batch of pages, one run for each year, then the next
    batch.
    """
    return _what_follows(context, event)


def _what_follows(
    context: dg.SensorEvaluationContext, event: dg.EventLogEntry
) -> list[dg.RunRequest] | dg.SkipReason:
    run = context.instance.get_run_by_id(event.run_id)
    if run is not None and LOAD_TAG in run.tags:
        return dg.SkipReason("This run belongs to a load, which does by itself what follows.")
    said = event.asset_materialization.metadata if event.asset_materialization else {}
    years = said["years_to_load"].value if "years_to_load" in said else None
    if not isinstance(years, list):
        return dg.SkipReason("The run names no years.")
    requests = [
        dg.RunRequest(run_key=f"{event.run_id}:{year}", partition_key=str(year), job_name=load_years_job.name)
        for year in years
    ]
    if said["pages_to_recognise"].value:
        requests.append(dg.RunRequest(run_key=f"{event.run_id}:recognise", job_name=recognise_job.name))
    return requests


def _folder_state(raw: Path) -> str:
    digest = hashlib.sha256()
    for folder, _, names in sorted(os.walk(raw)):
        for name in sorted(names):
            status = Path(folder, name).stat()
            digest.update(f"{folder}/{name}:{status.st_size}:{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]
