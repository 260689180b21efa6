"""Runs the audit's migrations in its schema."""

from audit import tables
from servicekit.migrations import run_env

run_env(tables.metadata, schema="audit")
