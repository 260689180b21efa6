"""Reading answers of WB as the sync engine does, without a database."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from ingestor.resources.resource import Resource
from ingestor.sync.look import UNREADABLE, look
from ingestor.sync.page import read

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EXAMPLES = Path(__file__).parents[3] / "shared/wb/samples/official-examples"


def raw(row: Any) -> msgspec.Raw:
    """A row as WB sends it."""
    return msgspec.Raw(json.dumps(row).encode())


def fields(resource: Resource, row: Any, observed_at: datetime = NOW) -> dict[str, Any]:
    """A row's columns by name."""
    return dict(zip(resource.names, resource.parse(raw(row), observed_at), strict=True))


def read_rows(resource: Resource, body: bytes) -> tuple[list[dict[str, Any]], list[bytes]]:
    """The rows of an answer, each key once, by column; and the bodies of those that cannot be read."""
    looked = look(resource, read(resource, body).rows, NOW)
    rows, broken = [], [each.body for each in looked.broken]
    for found in looked.rows:
        try:
            rows.append(dict(zip(resource.names, resource.parse(found, NOW), strict=True)))
        except UNREADABLE:
            broken.append(bytes(found))
    return rows, broken
