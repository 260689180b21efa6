"""Alembic's entry point."""

from reporter import tables
from servicekit.migrations import run_env

run_env(tables.metadata, schema="reporter")
