"""Webhooks that have taken nothing for days are left alone, and what they miss is kept."""

import structlog
from servicekit.db import Database
from sqlalchemy import text

from notifier import webhooks
from notifier.deliveries.schedule import TRIES_BEFORE_PAUSE
from notifier.waiting import DAYS_BEFORE_PAUSE

log = structlog.get_logger()

_PAUSE = text("""
UPDATE webhooks w SET paused_at = now(), paused_because = 'unavailable'
FROM receivers r
WHERE (r.channel, r.recipient) = ('webhook', CAST(w.id AS text))
  AND r.failures >= :tries AND r.failing_since <= now() - make_interval(days => :days)
  AND w.is_active AND w.paused_at IS NULL AND w.removed_at IS NULL
RETURNING w.id
""")


async def pause_webhooks(database: Database) -> None:
    """Pause the active webhooks whose endpoint took nothing in `TRIES_BEFORE_PAUSE` tries or more, over
    `DAYS_BEFORE_PAUSE` days or more; and keep what waits for paused ones, in short transactions."""
    async with database.transaction() as connection:
        values = {"tries": TRIES_BEFORE_PAUSE, "days": DAYS_BEFORE_PAUSE}
        for webhook_id in (await connection.execute(_PAUSE, values)).scalars():
            log.warning("webhook.paused", webhook_id=str(webhook_id))
    held = webhooks.HOLD_BATCH
    while held == webhooks.HOLD_BATCH:
        async with database.transaction() as connection:
            held = await webhooks.hold(connection)
