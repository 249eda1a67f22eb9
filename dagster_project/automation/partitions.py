"""What follows discovery is cut by fiscal year. A new year is added by discovery, never by code."""

import warnings

import dagster as dg

# Backfill policies are marked as beta; the version is pinned, and nobody can act on the warning.
warnings.filterwarnings("ignore", category=dg.BetaWarning)

FISCAL_YEAR = dg.DynamicPartitionsDefinition(name="fiscal_year")
SINGLE_RUN = dg.BackfillPolicy.single_run()
