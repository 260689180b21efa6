"""Giving up what no receiver has taken for too long, and saying so."""

import structlog
from servicekit import outbox
from servicekit.db import Database
from sqlalchemy import text

from notifier.deliveries.events import failed
from notifier.metrics import FINISHED
from notifier.waiting import KEEP_DAYS

log = structlog.get_logger()

BATCH = 500

_GIVE_UP = text("""
UPDATE deliveries d SET status = 'failed', finished_at = clock_timestamp()
FROM (
    SELECT cabinet_id, id FROM deliveries
    WHERE status = 'pending' AND created_at < now() - make_interval(days => :days)
      AND coalesce(resent_at, created_at) < now() - make_interval(days => :days)
    ORDER BY created_at LIMIT :batch FOR UPDATE SKIP LOCKED
) old
WHERE (d.cabinet_id, d.id) = (old.cabinet_id, old.id)
RETURNING d.cabinet_id, d.id, d.channel, d.kind, d.order_id, d.order_revision, d.attempts AS attempt, d.last_error,
          d.event_id, d.correlation_id, d.traceparent, d.finished_at
""")


async def give_up(database: Database) -> None:
    """Fail deliveries that have waited for `KEEP_DAYS`, with an event for each, in short transactions."""
    given_up = BATCH
    while given_up == BATCH:
        async with database.transaction() as connection:
            rows = (await connection.execute(_GIVE_UP, {"days": KEEP_DAYS, "batch": BATCH})).all()
            events = [
                failed(
                    row,
                    reason=f"not taken within {KEEP_DAYS} days: {row.last_error or 'its receiver was paused'}",
                    at=row.finished_at,
                    traceparent=row.traceparent,
                )
                for row in rows
            ]
            await outbox.append(connection, events)
        for row in rows:
            FINISHED.labels(row.channel, "failed").inc()
        given_up = len(rows)
        if rows:
            log.warning("deliveries.given_up", count=given_up)
