"""Reading answers of WB and telling of rows as the sync engine does, without a database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.registry import parse_event
from ingestor.resources.resource import Change, Page, Resource, Row
from ingestor.sync.keyed_rows import key_rows
from ingestor.sync.lenient import UNREADABLE
from ingestor.sync.page import read
from ingestor.sync.publish import Announcement
from ingestor.sync.quarantine import Broken
from ingestor.sync.snapshots import snapshots

CABINET = UUID(int=1)
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Parsed:
    """The rows of a page, each key once, and those that cannot be read."""

    rows: list[Row]
    broken: list[Broken]


def parsed(resource: Resource, answer: bytes | Page, observed_at: datetime = NOW) -> Parsed:
    """What becomes of an answer's rows that were read at a moment.

    Raises:
        Unavailable: it is none of the method.
    """
    page = read(resource, answer) if isinstance(answer, bytes) else answer
    keyed = key_rows(resource, page.rows, observed_at)
    found = Parsed([], keyed.broken)
    for raw in keyed.rows:
        try:
            found.rows.append(resource.storage.parse(raw, observed_at))
        except UNREADABLE:
            if (better := keyed.mend(resource, raw, observed_at)) is not None:
                found.rows.append(resource.storage.parse(better, observed_at))
    return found


def fields(resource: Resource, row: Row) -> dict[str, Any]:
    """A row's columns by name."""
    return dict(zip(resource.storage.names, row, strict=True))


def change(
    resource: Resource, row: Row, revision: int = 1, previous: dict[str, Any] | None = None, *, gone: bool = False
) -> Change:
    """The change that made a row what it is."""
    values = fields(resource, row)
    moment = values[resource.storage.event_time] if resource.storage.event_time else None
    key = tuple(values[name] for name in resource.storage.keys)
    return Change(key, snapshots(resource, CABINET)(row), revision, previous, moment, gone=gone)


def told(resource: Resource, *changes: Change, connected_at: datetime = NOW) -> list[Event[Any]]:
    """The events of the changes, read back."""
    announcement = Announcement(resource, CABINET, connected_at=connected_at, first_load=False)
    for each in changes:
        announcement.add(each)
    return [parse_event(body) for _, body in announcement.events()]
