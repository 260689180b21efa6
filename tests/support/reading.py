"""Reading answers of WB and telling of rows as the sync engine does, without a database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.registry import parse_event
from ingestor.resources.resource import Change, Page, Resource, Row
from ingestor.sync.look import UNREADABLE, broken, look
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


def parsed(resource: Resource, answer: bytes | Page) -> Parsed:
    """What becomes of an answer's rows.

    Raises:
        Unavailable: it is none of the method.
    """
    page = read(resource, answer) if isinstance(answer, bytes) else answer
    looked = look(resource, page.rows, NOW)
    found = Parsed([], list(looked.broken))
    for raw in looked.rows:
        try:
            found.rows.append(resource.parse(raw, NOW))
        except UNREADABLE as error:
            found.broken.append(broken(raw, error))
    return found


def fields(resource: Resource, row: Row) -> dict[str, Any]:
    """A row's columns by name."""
    return dict(zip(resource.names, row, strict=True))


def change(
    resource: Resource, row: Row, revision: int = 1, previous: dict[str, Any] | None = None, *, gone: bool = False
) -> Change:
    """The change that made a row what it is."""
    values = fields(resource, row)
    moment = values[resource.dated] if resource.dated else None
    key = tuple(values[name] for name in resource.keys)
    return Change(key, snapshots(resource, CABINET)(row), revision, previous, moment, gone=gone)


def told(resource: Resource, *changes: Change, connected_at: datetime = NOW) -> list[Event[Any]]:
    """The events of the changes, read back."""
    announcement = Announcement(resource, CABINET, connected_at=connected_at, first_load=False)
    for each in changes:
        announcement.tell(each)
    return [parse_event(body) for _, body in announcement.events()]
