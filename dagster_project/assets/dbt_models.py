"""The star: every dbt seed and model is an asset, every dbt data test an asset check on it."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context

from dagster_project import inventory, kept, transform
from dagster_project.assets.documents import OWNERS
from dagster_project.progress import listener
from dagster_project.resources import WarehouseResource

MANIFEST = transform.load_manifest()


class StarTranslator(DagsterDbtTranslator):
    """Keys are schema and name of the table (``marts/fct_finding``); groups are dbt's schemas."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Schema and name, as in the published file."""
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The schema."""
        return dbt_resource_props["schema"]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """One team owns the house."""
        return OWNERS


_TRANSLATOR = StarTranslator(DagsterDbtTranslatorSettings(enable_asset_checks=True))


@dbt_assets(manifest=MANIFEST, name="star", dagster_dbt_translator=_TRANSLATOR)
def star(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> Iterator[Any]:
    """Build the selected seeds, views, dimensions, facts and marts in the working file, and test them."""
    seeds_version = kept.seeds_version()
    parameters = get_updated_cli_invocation_params_for_context(
        context=context, manifest=MANIFEST, dagster_dbt_translator=_TRANSLATOR
    )
    listener().stage("transform", len(context.op_execution_context.selected_output_names))
    yield from transform.build(context, parameters.selection_args, warehouse.settings, MANIFEST)
    if context.selected_asset_keys.issuperset(SEED_KEYS):
        with warehouse.connect() as connection:
            inventory.mark_seeds(connection, seeds_version)


def _keys(resource_type: str, schema: str) -> list[dg.AssetKey]:
    return [
        dg.AssetKey([node["schema"], node["name"]])
        for node in MANIFEST["nodes"].values()
        if (node["resource_type"], node["schema"]) == (resource_type, schema)
    ]


MART_KEYS = _keys("model", "marts")
"""What is published: every table of schema ``marts``."""

SEED_KEYS = _keys("seed", "seeds")
"""The vocabulary, as tables of schema ``seeds``."""
