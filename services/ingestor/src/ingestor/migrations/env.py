"""Alembic's entry: the ingestor's tables in its schema."""

from ingestor import ledger_tables, wb_tables
from ingestor.resources import RESOURCES
from ingestor.tables import metadata
from servicekit.migrations import run_env

assert RESOURCES, (ledger_tables, wb_tables)  # noqa: S101  # importing them is what puts their tables into the metadata
run_env(metadata, schema="ingestor")
