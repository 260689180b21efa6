"""What webhooks missed is sent again, as their users asked."""

import structlog
from servicekit.db import Database
from sqlalchemy import text

from notifier.deliveries.recipients import COVERS

log = structlog.get_logger()

BATCH = 1_000

_NEXT = text("""
SELECT id, webhook_id, since, until, requested_at, resent FROM webhook_replays
WHERE done_at IS NULL ORDER BY requested_at LIMIT 1 FOR UPDATE SKIP LOCKED
""")
# What was sent again since the request is not missed any more, even if it failed anew: each goes once.
_RESEND = text(f"""
WITH missed AS (
    SELECT d.cabinet_id, d.id FROM webhooks w JOIN members m USING (telegram_id)
    CROSS JOIN LATERAL (
        SELECT cabinet_id, id FROM deliveries d
        WHERE d.cabinet_id = m.cabinet_id AND d.recipient = CAST(w.id AS text)
          AND d.channel = 'webhook' AND d.status IN ('failed', 'held')
          AND d.created_at >= :since AND d.created_at < :until
          AND coalesce(d.resent_at, '-infinity') < :requested_at
        ORDER BY created_at LIMIT :batch FOR UPDATE
    ) d
    WHERE w.id = :webhook_id AND {COVERS} LIMIT :batch
), resent AS (
    UPDATE deliveries d
    SET status = 'pending', failures = 0, finished_at = NULL, resent_at = clock_timestamp(),
        next_attempt_at = clock_timestamp()
    FROM missed WHERE (d.cabinet_id, d.id) = (missed.cabinet_id, missed.id)
    RETURNING d.id
)
SELECT count(*), pg_notify(current_schema() || '.deliveries', '') FROM resent
""")
_NOTE = text("""
UPDATE webhook_replays SET resent = resent + :resent, done_at = CASE WHEN :is_done THEN clock_timestamp() END
WHERE id = :id
""")


async def replay_missed(database: Database) -> None:
    """Let what failed or was kept, and was asked for, be due again: each once a request, in short transactions."""
    while True:
        async with database.transaction() as connection:
            asked = (await connection.execute(_NEXT)).mappings().first()
            if asked is None:
                return
            within = {name: asked[name] for name in ("webhook_id", "since", "until", "requested_at")}
            resent = int(await connection.scalar(_RESEND, {**within, "batch": BATCH}) or 0)
            note = {"id": asked["id"], "resent": resent, "is_done": resent < BATCH}
            await connection.execute(_NOTE, note)
        if resent < BATCH:
            log.info("webhook.replayed", webhook_id=str(asked["webhook_id"]), resent=asked["resent"] + resent)
