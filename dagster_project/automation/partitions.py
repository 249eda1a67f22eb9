"""What follows discovery is cut by fiscal year. A new year is added by discovery, never by code."""

import dagster as dg

FISCAL_YEAR = dg.DynamicPartitionsDefinition(name="fiscal_year")
SINGLE_RUN = dg.BackfillPolicy.single_run()
