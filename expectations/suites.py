"""Great Expectations judges the results of the rules: one suite a family of rules, one expectation a rule.

One checkpoint runs the suites, all over one row of counts, so that Data Docs have a page a family. A rule
without any result row does not pass: silence is no agreement. Every rule has a column of its own, for a
condition on rows costs Great Expectations ten times what a column does. Importing it takes seconds, so that
is left until a judgement is asked for.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from expectations import data_docs
from expectations.model import Rule
from expectations.rules import FAMILIES, load_rules

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

CHECKPOINT: Final = "reconciliation"
FIRST_ROWS: Final = 5
_SEVERITY: Final = {"error": "critical", "warning": "warning", "info": "info"}
_SHOWN: Final = (
    "document",
    "form",
    "key",
    "column",
    "left_value",
    "right_value",
    "difference",
    "tolerance",
    "unit",
)


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What Great Expectations says about one rule.

    ``evaluated`` counts its result rows, ``failed`` those that broke the rule; ``first_rows``
    are the first of these, ready for display. ``exception`` says why no judgement was possible.
    """

    rule_id: str
    success: bool
    severity: str
    evaluated: int
    failed: int
    first_rows: list[dict[str, Any]] = field(default_factory=list)
    exception: str | None = None


_last_context: list[Any] = []


def prepare() -> None:
    """Import Great Expectations, which takes seconds, ahead of the first judgement."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations  # noqa: F401, PLC0415


def judge(
    results: duckdb.DuckDBPyConnection | pd.DataFrame, rules: Sequence[Rule] | None = None
) -> list[RuleVerdict]:
    """Judge every rule by its results.

    ``results`` is a connection that holds ``reconciliation.result``, or a frame with (at least) the columns
    rule_id, state, document, form, key, column, left_value, right_value, difference, tolerance, unit.
    A rule with no row at all, or whose expectation raised, does not succeed; its ``exception`` says so.
    """
    rules = tuple(rules) if rules is not None else load_rules()
    counted, failing = _frames(results)
    counts = _counts(counted, rules)
    outcomes = _validate(_summary(counts), rules)
    verdicts = []
    for rule, outcome in zip(rules, outcomes, strict=True):
        rows, failed = counts[rule.id]
        exception = outcome["exception"]
        if not rows:
            exception = "no result row: the rule was not evaluated at all"
        verdicts.append(
            RuleVerdict(
                rule_id=rule.id,
                success=bool(outcome["success"]) and exception is None,
                severity=rule.severity,
                evaluated=rows,
                failed=failed,
                first_rows=_first_rows(failing, rule.id),
                exception=exception,
            )
        )
    return verdicts


def build_data_docs(folder: Path) -> Path:
    """Write the Data Docs of the last judgement into ``folder`` and return their first page.

    Raises ``RuntimeError`` if nothing was judged in this process.
    """
    if not _last_context:
        raise RuntimeError("nothing was judged yet: call judge first")
    context = _last_context[0]
    context.build_data_docs()
    for site in context.get_docs_sites_urls():
        built = Path(str(site["site_url"]).removeprefix("file://")).parent
        if folder.exists():
            shutil.rmtree(folder)
        shutil.copytree(built, folder)
    return data_docs.keep_here(folder, FAMILIES)


def _frames(results: duckdb.DuckDBPyConnection | pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(rule_id, state, rows) counts and the first failing rows of each rule."""
    import pandas as pd  # noqa: PLC0415

    if isinstance(results, pd.DataFrame):
        counts = results.groupby(["rule_id", "state"]).size().reset_index(name="rows")
        failing = results.loc[results["state"] == "fail"].groupby("rule_id").head(FIRST_ROWS)
        return counts, failing
    counts = results.execute(
        "SELECT rule_id, state, count(*) AS rows FROM reconciliation.result GROUP BY ALL"
    ).df()
    failing = results.execute(
        f"""SELECT * FROM reconciliation.result WHERE state = 'fail'
        QUALIFY row_number() OVER (
            PARTITION BY rule_id ORDER BY document, form, key, result_id) <= {FIRST_ROWS}"""
    ).df()
    return counts, failing


def _counts(counted: pd.DataFrame, rules: Sequence[Rule]) -> dict[str, tuple[int, int]]:
    """Result rows and failed ones of each rule, those without any result included."""
    rows = counted.groupby("rule_id")["rows"].sum()
    failed = counted.loc[counted["state"] == "fail"].groupby("rule_id")["rows"].sum()
    return {rule.id: (int(rows.get(rule.id, 0)), int(failed.get(rule.id, 0))) for rule in rules}


def _summary(counts: Mapping[str, tuple[int, int]]) -> pd.DataFrame:
    """One row with a column a rule: how many of its results failed, nothing where it has none."""
    import pandas as pd  # noqa: PLC0415

    return pd.DataFrame(
        {rule_id: [float(failed) if rows else None] for rule_id, (rows, failed) in counts.items()}
    )


def _first_rows(failing: pd.DataFrame, rule_id: str) -> list[dict[str, Any]]:
    import pandas as pd  # noqa: PLC0415

    own = failing.loc[failing["rule_id"] == rule_id, [name for name in _SHOWN if name in failing.columns]]
    return [
        {str(name): None if pd.isna(value) else str(value) for name, value in row.items()}
        for row in own.head(FIRST_ROWS).to_dict("records")
    ]


def _validate(summary: pd.DataFrame, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """Run one expectation a rule; returns success and exception of each, in the order of the rules."""
    prepare()
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    source = context.data_sources.add_pandas(CHECKPOINT)
    validations = [
        _validation(gx, context, source, family, [rule for rule in rules if rule.family == family])
        for family in dict.fromkeys(rule.family for rule in rules)
    ]
    checkpoint = context.checkpoints.add(
        gx.Checkpoint(name=CHECKPOINT, validation_definitions=validations, result_format="SUMMARY")
    )
    run = checkpoint.run(batch_parameters={"dataframe": summary})
    _last_context[:] = [context]
    outcomes = {}
    for result in itertools.chain.from_iterable(each.results for each in run.run_results.values()):
        config = result.expectation_config
        meta = (config.meta if config else None) or {}
        outcomes[meta["rule_id"]] = {"success": result.success, "exception": _exception(result)}
    nothing = {"success": False, "exception": "Great Expectations returned no result for this rule"}
    return [outcomes.get(rule.id, nothing) for rule in rules]


def _validation(gx: Any, context: Any, source: Any, family: str, rules: Sequence[Rule]) -> Any:
    """The suite of one family, over the row of counts that it shares with the others."""
    rows = source.add_dataframe_asset(family).add_batch_definition_whole_dataframe(family)
    # All at once: a suite that is stored already is stored again with each expectation added.
    suite = context.suites.add(
        gx.ExpectationSuite(
            name=family, expectations=[_expectation(gx, rule) for rule in rules], notes=FAMILIES[family]
        )
    )
    return context.validation_definitions.add(gx.ValidationDefinition(name=family, data=rows, suite=suite))


def _expectation(gx: Any, rule: Rule) -> Any:
    """The rule has results, and none of them failed."""
    return gx.expectations.ExpectColumnMaxToBeBetween(
        column=rule.id,
        min_value=0,
        max_value=0,
        severity=_SEVERITY[rule.severity],
        notes=f"{rule.title_zh} / {rule.title_en}",
        meta={"rule_id": rule.id, "rule_version": rule.version, "formula": rule.formula_zh},
    )


def _exception(result: Any) -> str | None:
    """The text of an exception that was raised while judging, wherever Great Expectations put it."""
    info = result.exception_info or {}
    found = (
        [info] if "raised_exception" in info else [each for each in info.values() if isinstance(each, dict)]
    )
    raised = [each.get("exception_message") for each in found if each.get("raised_exception")]
    return "; ".join(str(message) for message in raised) or None
