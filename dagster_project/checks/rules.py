"""Does each document agree with itself? One check a reconciliation rule, judged by Great Expectations.

A broken rule is a finding about a publisher: it blocks nothing. What blocks publishing is a rule that could
not be judged at all, for silence is no pass.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from dagster_project.progress import listener
from dagster_project.resources import WarehouseResource
from expectations.rules import load_rules

if TYPE_CHECKING:
    from expectations.suites import RuleVerdict

RESULTS = dg.AssetKey(["marts", "fct_reconciliation_result"])
ALL_JUDGED = "every_rule_was_judged"
_SEVERITY = {"error": dg.AssetCheckSeverity.ERROR}


def check_name(rule_id: str) -> str:
    """The check of a rule: Dagster allows no hyphens."""
    return rule_id.replace("-", "_")


def _specs() -> list[dg.AssetCheckSpec]:
    judged = dg.AssetCheckSpec(
        ALL_JUDGED,
        asset=RESULTS,
        description="每条规则都有结果。 / Every rule has result rows and could be judged.",
        blocking=True,
    )
    rules = [
        dg.AssetCheckSpec(
            check_name(rule.id),
            asset=RESULTS,
            description=f"{rule.title_zh} / {rule.title_en}",
            metadata={"rule_id": rule.id, "rule_severity": rule.severity, "formula": rule.formula_zh},
        )
        for rule in load_rules()
    ]
    return [judged, *rules]


@dg.multi_asset_check(name="rules", specs=_specs(), can_subset=True)
def rule_checks(
    context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource
) -> Iterator[dg.AssetCheckResult]:
    """Let Great Expectations judge the results of every rule, and build its Data Docs."""
    from expectations import suites  # noqa: PLC0415  (great_expectations takes seconds to import)

    listener().stage("judge")
    with warehouse.connect() as connection:
        verdicts = suites.judge(connection)
    suites.build_data_docs(warehouse.settings.folder.data_docs)
    for result in _results(verdicts):
        if dg.AssetCheckKey(RESULTS, result.check_name or "") in context.selected_asset_check_keys:
            yield result


def _results(verdicts: "Sequence[RuleVerdict]") -> Iterator[dg.AssetCheckResult]:
    unjudged = [verdict.rule_id for verdict in verdicts if verdict.exception or not verdict.evaluated]
    yield dg.AssetCheckResult(
        check_name=ALL_JUDGED,
        asset_key=RESULTS,
        passed=not unjudged,
        metadata={"rules": len(verdicts), "not_judged": dg.MetadataValue.json(unjudged)},
    )
    for verdict in verdicts:
        yield dg.AssetCheckResult(
            check_name=check_name(verdict.rule_id),
            asset_key=RESULTS,
            passed=verdict.success,
            severity=_SEVERITY.get(verdict.severity, dg.AssetCheckSeverity.WARN),
            metadata={
                "severity": verdict.severity,
                "evaluated": verdict.evaluated,
                "failed": verdict.failed,
                "first_rows": dg.MetadataValue.json(verdict.first_rows),
                "exception": str(verdict.exception or ""),
            },
        )
