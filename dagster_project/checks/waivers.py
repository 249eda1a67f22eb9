"""Does what persons accepted still hold? A waiver whose figures have changed is noticed, not followed."""

import dagster as dg

from dagster_project.reconciliation import waiving
from dagster_project.resources import WarehouseResource


@dg.asset_check(
    asset=["reconciliation", "waiver"],
    name="every_waiver_holds",
    description="人工豁免与现有数字相符。 / Every waiver names a finding whose figures were accepted.",
)
def waiver_check(warehouse: WarehouseResource) -> dg.AssetCheckResult:
    """List the waivers whose finding is gone or has other figures."""
    with warehouse.connect() as connection:
        broken = waiving.broken(connection)
    return dg.AssetCheckResult(
        passed=not broken,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"broken": len(broken), "first_rows": dg.MetadataValue.json(broken[:5])},
    )
