"""Rows that PostgreSQL tells as JSON: several queries are then one statement, and one round trip."""

import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any


def rows_column(name: str, query: str) -> str:
    """SQL of a column that holds the rows of a query, as text: numbers stay exact."""
    return f"(SELECT CAST(jsonb_agg(part) AS text) FROM ({query}) AS part) AS {name}"


def as_objects(rows: str | None) -> list[Any]:
    """The rows with their columns as attributes: every number a decimal, days and ids as text."""
    return json.loads(rows, object_hook=_object, parse_int=Decimal, parse_float=Decimal) if rows else []


def as_mappings(rows: str | None) -> list[dict[str, Any]]:
    """The rows as they are: what is no whole number a decimal."""
    return json.loads(rows, parse_float=Decimal) if rows else []


def _object(columns: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**columns)
