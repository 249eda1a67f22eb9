"""Bytes to pages: one module a format, one ``Page`` model for all of them. Pure: no database, no Dagster."""
