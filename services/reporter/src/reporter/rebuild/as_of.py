"""Reports as they were at a time: a shadow of what had been published by then, on the day that it was."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import EventData
from servicekit.consume import Handler
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from reporter.rebuild.building import Built, analyze, count
from reporter.rebuild.folding import Window, fold
from reporter.rebuild.keeping import keep, note_later
from reporter.subscribers import row_handlers

_FIGURES = {
    "analytics": "SELECT * FROM analytics_cache WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id ORDER BY 3, currency",
    "sections": """
        SELECT section, currency, as_of, body FROM item_figures
        WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id ORDER BY section, currency
    """,
}


class NotInTheLog(Exception):
    """The log does not reach back to that time; the message says how far it does."""


async def build_as_of(shadow: Database, cabinet_id: UUID, at: datetime) -> Built:
    """Build the cabinet's shadow as of a time.

    Facts of which the log has no event at all are older than the log, and so than `at`: they are kept. Of a fact that
    changed later the log has the state from its beginning on.

    Raises:
        NotInTheLog: the log of the cabinet begins later.
    """
    handlers: Mapping[type[EventData], Handler] = row_handlers(lambda: at)
    # A publisher that has nothing later leaves its part of the window open.
    later = await fold(shadow, cabinet_id, handlers, Window(since=_everywhere(handlers, at), unhandled_too=True))
    if later.begins_at is None or later.begins_at > at:
        begins = "has no events" if later.begins_at is None else f"begins at {later.begins_at.isoformat()}"
        raise NotInTheLog(f"the log of cabinet {cabinet_id} {begins}")
    await note_later(shadow)
    folded = await fold(shadow, cabinet_id, handlers, Window(until=at, unhandled_too=True))
    await analyze(shadow)
    kept = await keep(shadow, cabinet_id, but_later=True)
    await count(shadow, at)
    return Built(cabinet_id, folded.events, folded.unreadable, 0, folded.begins_at, kept)


def _everywhere(handlers: Mapping[type[EventData], Handler], at: datetime) -> dict[str, datetime]:
    return {each.PUBLISHER: at for each in handlers}


async def figures(connection: AsyncConnection, cabinet_id: UUID, nm_id: int) -> dict[str, list[dict[str, Any]]]:
    """Periods and sections of an item (0: the whole cabinet), wherever the connection finds them."""
    values = {"cabinet_id": cabinet_id, "nm_id": nm_id}
    return {
        name: [dict(row) for row in (await connection.execute(text(query), values)).mappings()]
        for name, query in _FIGURES.items()
    }
