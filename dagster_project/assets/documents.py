"""From the raw folder to parsed documents: what lies there, of which year, and what is printed in it."""

import dagster as dg

from dagster_project import inventory, kept, parsing
from dagster_project.automation.partitions import FISCAL_YEAR, SINGLE_RUN
from dagster_project.resources import WarehouseResource

OWNERS = ["team:data"]


@dg.asset(group_name="documents", kinds={"file"}, owners=OWNERS)
def raw_documents(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult:
    """原始文件清单：按内容识别，确定年度。 / The published files by content, each with its fiscal year.

    Adds a partition for every year met. Changes nothing in the raw folder.
    """
    with warehouse.connect() as connection:
        found = parsing.take_inventory(connection, warehouse.settings)
        years = sorted({item.partition for item in found.items})
        pending = inventory.partitions_to_load(connection, kept.building_version())
    context.instance.add_dynamic_partitions(FISCAL_YEAR.name, sorted({*years, *pending}))
    return dg.MaterializeResult(
        metadata={
            "documents": len(found.items),
            "copies": sum(len(item.copies) for item in found.items),
            "years": ", ".join(years),
            "years_to_load": dg.MetadataValue.json(pending),
            "notices": dg.MetadataValue.md("\n".join(f"- {notice}" for notice in found.notices) or "none"),
        }
    )


@dg.asset(
    deps=[raw_documents],
    partitions_def=FISCAL_YEAR,
    backfill_policy=SINGLE_RUN,
    group_name="documents",
    kinds={"python", "file"},
    owners=OWNERS,
)
def parsed_documents(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult:
    """解析结果：逐份读出，能验则验。 / What is printed in each document, proved where arithmetic can.

    Kept under ``parsed/`` by content and reader version: only what is not there yet is parsed.
    """
    with warehouse.connect() as connection:
        items = inventory.items(connection, context.partition_keys)
    report = parsing.parse_missing(items, warehouse.settings)
    return dg.MaterializeResult(
        metadata={
            "documents": len(items),
            "parsed_now": len(report.outcomes),
            "set_aside": sum(outcome.status == "quarantined" for outcome in report.outcomes),
            "cells": sum(outcome.cells for outcome in report.outcomes),
            "reader_version": report.reader_version,
        }
    )
