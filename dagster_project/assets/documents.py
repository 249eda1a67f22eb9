"""From the raw folder to parsed documents: what lies there, of which year, and what is printed in it."""

from typing import Any

import dagster as dg
from duckdb import DuckDBPyConnection

from dagster_project import inventory, kept, parsing
from dagster_project.automation.partitions import FISCAL_YEAR, SINGLE_RUN
from dagster_project.resources import WarehouseResource
from dagster_project.settings import Settings

OWNERS = ["team:data"]


@dg.asset(group_name="documents", kinds={"python", "file"}, owners=OWNERS)
def raw_documents(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult:
    """原始文件清单：按内容识别，新文件逐份读出，确定年度。 / The published files by content, each read once,
    with its fiscal year.

    What is read is kept under ``parsed/`` by content and reader version. Pictures of pages are left for
    ``recognised_documents``. Adds a partition for every year met; changes nothing in the raw folder.
    """
    with warehouse.connect() as connection:
        report = parsing.take_inventory(connection, warehouse.settings)
        pending = _add_years(context, connection, report)
    return dg.MaterializeResult(
        metadata={
            "documents": len(report.items),
            "copies": sum(len(item.copies) for item in report.items),
            "years": ", ".join(sorted({item.partition for item in report.items})),
            "notices": dg.MetadataValue.md("\n".join(f"- {notice}" for notice in report.notices) or "none"),
            **_metadata(report, pending, warehouse.settings),
        }
    )


@dg.asset(deps=[raw_documents], group_name="documents", kinds={"python", "file"}, owners=OWNERS)
def recognised_documents(
    context: dg.AssetExecutionContext, warehouse: WarehouseResource
) -> dg.MaterializeResult:
    """扫描页识别（OCR）：按批进行，每批之后即可发布。 / Pictures of pages recognised, a batch at a time, so
    that what is recognised can be published before the queue has ended.
    """
    with warehouse.connect() as connection:
        report = parsing.recognise(connection, warehouse.settings)
        pending = _add_years(context, connection, report)
    return dg.MaterializeResult(metadata=_metadata(report, pending, warehouse.settings))


@dg.asset(
    deps=[raw_documents, recognised_documents],
    partitions_def=FISCAL_YEAR,
    backfill_policy=SINGLE_RUN,
    group_name="documents",
    kinds={"python", "file"},
    owners=OWNERS,
)
def parsed_documents(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult:
    """解析结果：每份文件一份，能验则验。 / What is printed in each document of the year, proved where
    arithmetic can. Reads what is no longer kept.
    """
    with warehouse.connect() as connection:
        items = inventory.items(connection, context.partition_keys)
    outcomes = parsing.parse_missing(items, warehouse.settings)
    return dg.MaterializeResult(
        metadata={
            "documents": len(items),
            "parsed_now": len(outcomes),
            "pages_waiting": sum(item.waiting for item in items),
            "reader_version": kept.reader_version(),
        }
    )


def _add_years(
    context: dg.AssetExecutionContext, connection: DuckDBPyConnection, report: parsing.Report
) -> list[str]:
    """Add partitions for the years met; returns the years that differ from what staging holds."""
    pending = inventory.partitions_to_load(connection, kept.building_version())
    years = sorted({*(item.partition for item in report.items), *pending})
    context.instance.add_dynamic_partitions(FISCAL_YEAR.name, years)
    return pending


def _metadata(report: parsing.Report, pending: list[str], settings: Settings) -> dict[str, Any]:
    return {
        "parsed_now": len(report.outcomes),
        "set_aside": sum(outcome.status == "quarantined" for outcome in report.outcomes),
        "cells": sum(outcome.cells for outcome in report.outcomes),
        "pages_to_recognise": sum(item.waiting for item in parsing.waiting(report.items, settings)),
        "years_to_load": dg.MetadataValue.json(pending),
    }
