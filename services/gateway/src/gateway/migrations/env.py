"""Runs the gateway's migrations in its schema."""

from gateway import tables
from servicekit.migrations import run_env

run_env(tables.metadata, schema="gateway")
