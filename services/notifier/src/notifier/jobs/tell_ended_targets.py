"""Telling users, in their own chat, that something else that they entered takes nothing any more: once."""

from uuid import uuid4

import structlog
from servicekit.db import Database
from sqlalchemy import text

from notifier.kinds.target_ended import EndedTarget

log = structlog.get_logger()

BATCH = 200

# Rows that others hold are told of the next time. Nobody's cabinet ended: it is filed under the user himself.
_ENDED = text("""
UPDATE targets t SET told_ended_at = now()
FROM (
    SELECT id FROM targets
    WHERE ended_at IS NOT NULL AND told_ended_at IS NULL AND removed_at IS NULL
    ORDER BY id LIMIT :batch FOR UPDATE SKIP LOCKED
) ended
WHERE t.id = ended.id RETURNING t.id, t.owner_id, t.telegram_id, t.channel, t.label, t.revision
""")
_TELL = text("""
INSERT INTO deliveries (cabinet_id, subject, channel, recipient, kind, payload, reported_at, event_id, correlation_id)
SELECT owner_id, subject, 'telegram', CAST(telegram_id AS text), 'target_ended', payload, now(), notice_id, notice_id
FROM unnest(CAST(:owner_id AS uuid[]), CAST(:telegram_id AS bigint[]), CAST(:subject AS text[]),
            CAST(:payload AS jsonb[]), CAST(:notice_id AS uuid[]))
     AS told (owner_id, telegram_id, subject, payload, notice_id)
ON CONFLICT DO NOTHING
""")


async def tell_ended_targets(database: Database) -> None:
    """Tell of targets that ended since the last time. Where a user entered one anew there is nothing to tell."""
    told = BATCH
    while told == BATCH:
        async with database.transaction() as connection:
            rows = (await connection.execute(_ENDED, {"batch": BATCH})).all()
            if rows:
                notices = {
                    "owner_id": [row.owner_id for row in rows],
                    "telegram_id": [row.telegram_id for row in rows],
                    "subject": [f"target_ended/{row.id}/{row.revision}" for row in rows],
                    "payload": [EndedTarget(channel=row.channel, label=row.label).model_dump_json() for row in rows],
                    "notice_id": [uuid4() for _ in rows],
                }
                await connection.execute(_TELL, notices)
        told = len(rows)
        for row in rows:
            log.warning("target.ended", channel=row.channel, target_id=str(row.id))
