"""Events in the logs of the services that publish them, as if they had been published at a time."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from contracts.envelope import Event
from servicekit import outbox
from servicekit.db import Database
from sqlalchemy import text


async def log_events(databases: Mapping[str, Database], *events: Event[Any], at: datetime | None = None) -> None:
    """Put events into the outbox of their publisher; `at`: when their transactions began, else now."""
    by_publisher: dict[str, list[Event[Any]]] = defaultdict(list)
    for event in events:
        by_publisher[event.data.PUBLISHER].append(event)
    for publisher, published in by_publisher.items():
        async with databases[publisher].transaction() as connection:
            await outbox.append(connection, published)
            if at is not None:
                ids = [event.id for event in published]
                await connection.execute(
                    text("UPDATE outbox SET created_at = :at WHERE id = ANY (:ids)"), {"at": at, "ids": ids}
                )
