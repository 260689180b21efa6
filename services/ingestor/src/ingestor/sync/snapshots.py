"""Rows as their events tell them: JSON objects, made without a model for each row."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec

from ingestor.resources.resource import Resource, Row, as_stored
from ingestor.sync.statements import statements

_encoder = msgspec.json.Encoder()


def snapshots(resource: Resource, cabinet_id: UUID) -> Callable[[Row], bytes]:
    """What encodes a cabinet's rows that no other source wrote to."""
    if resource.publishing.snapshot is not as_stored and not resource.publishing.derived:
        return lambda row: encoded(resource, dict(zip(resource.storage.names, row, strict=True)), cabinet_id)
    shape = msgspec.defstruct("Snapshot", [*resource.storage.names, *resource.publishing.derived], gc=False)
    json = [position for position, name in enumerate(resource.storage.names) if name in statements(resource).json]
    derived = [make(cabinet_id) for make in resource.publishing.derived.values()]

    def snapshot(row: Row) -> bytes:
        values = [*row, *[derive(row) for derive in derived]]
        for position in json:
            values[position] = _raw(values[position])
        return _encoder.encode(shape(*values))

    return snapshot


def encoded(resource: Resource, values: dict[str, Any], cabinet_id: UUID) -> bytes:
    """A row given by its columns, those of other sources among them."""
    for name in statements(resource).json & values.keys():
        values[name] = _raw(values[name])
    return _encoder.encode(resource.publishing.snapshot(values, cabinet_id))


def _raw(text: str | None) -> msgspec.Raw | None:
    return None if text is None else msgspec.Raw(text.encode())
