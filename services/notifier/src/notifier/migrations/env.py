"""Runs the notifier's migrations in its schema."""

from notifier import tables
from servicekit.migrations import run_env

run_env(tables.metadata, schema="notifier")
