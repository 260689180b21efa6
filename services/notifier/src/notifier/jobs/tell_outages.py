"""Telling users that a webhook of theirs takes nothing for long or was paused, once, and once more when it is back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from contracts.message_kinds import EndpointKind
from servicekit.db import Database
from sqlalchemy import Row, text

from notifier.deliveries.recipients import COVERS, IS_WANTED
from notifier.messages.endpoint import Endpoint

log = structlog.get_logger()

FAILING_SECONDS = 60 * 60.0
"""An endpoint that is away for less, as while it is set up anew, gets everything soon after and is not worth a word."""

BATCH = 200

# Rows that others hold are told of the next time.
_TURNED = text("""
SELECT w.id, w.telegram_id, w.url, w.told_failing_since, w.paused_at, w.paused_because, r.refusing_since,
       r.last_error, least(r.failing_since, r.refusing_since) AS since, now() AS at
FROM webhooks w LEFT JOIN receivers r ON (r.channel, r.recipient) = ('webhook', CAST(w.id AS text))
WHERE w.removed_at IS NULL AND w.is_active AND CASE
    WHEN w.paused_at IS NOT NULL THEN w.told_paused_at IS DISTINCT FROM w.paused_at
    WHEN w.told_failing_since IS NULL
    THEN least(r.failing_since, r.refusing_since) < now() - make_interval(secs => :failing_seconds)
    ELSE r.failing_since IS NULL AND r.refusing_since IS NULL END
ORDER BY w.id LIMIT :batch FOR UPDATE OF w SKIP LOCKED
""")
_TOLD = text("""
UPDATE webhooks w SET told_failing_since = told.since, told_paused_at = w.paused_at
FROM unnest(CAST(:id AS uuid[]), CAST(:since AS timestamptz[])) AS told (id, since) WHERE w.id = told.id
""")
# Only the user: a program cannot mend another program's endpoint. His cabinets are where he is told of anything; the
# lock holds back a disconnect until these deliveries are there to be forgotten.
_TELL = text(f"""
INSERT INTO deliveries (cabinet_id, subject, channel, recipient, kind, payload, reported_at, event_id, correlation_id,
                        telegram_id)
SELECT cabinet.cabinet_id, told.subject, 'telegram', CAST(told.telegram_id AS text), told.kind, told.payload, now(),
       told.notice_id, told.notice_id, told.telegram_id
FROM unnest(CAST(:id AS uuid[]), CAST(:telegram_id AS bigint[]), CAST(:subject AS text[]), CAST(:kind AS text[]),
            CAST(:payload AS jsonb[]), CAST(:notice_id AS uuid[]))
     AS told (id, telegram_id, subject, kind, payload, notice_id)
CROSS JOIN LATERAL (
    SELECT c.cabinet_id FROM webhooks w JOIN members m USING (telegram_id) JOIN cabinets c USING (cabinet_id)
    WHERE w.id = told.id AND c.disconnected_at IS NULL AND {COVERS} AND {IS_WANTED}
    ORDER BY c.cabinet_id LIMIT 1 FOR SHARE OF c
) AS cabinet
ON CONFLICT DO NOTHING
""")


async def tell_outages(database: Database) -> None:
    """Tell of webhooks that have taken nothing for `FAILING_SECONDS` or were paused, and of told ones that are back.

    Webhooks that were entered anew or resumed begin without a word: somebody has just done something about them.
    """
    turned = BATCH
    while turned == BATCH:
        async with database.transaction() as connection:
            values = {"failing_seconds": FAILING_SECONDS, "batch": BATCH}
            rows = (await connection.execute(_TURNED, values)).all()
            if rows:
                await connection.execute(_TELL, _notices(rows))
                await connection.execute(_TOLD, _told(rows))
        turned = len(rows)
        for row in rows:
            log.warning("webhook.turned", kind=_kind(row), webhook_id=str(row.id))


def _told(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {
        "id": [row.id for row in rows],
        "since": [row.since if _kind(row) == "webhook_failing" else None for row in rows],
    }


def _notices(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {
        "id": [row.id for row in rows],
        "telegram_id": [row.telegram_id for row in rows],
        "subject": [f"{_kind(row)}/{row.id}/{_since(row).isoformat()}" for row in rows],
        "kind": [_kind(row) for row in rows],
        "payload": [_endpoint(row).model_dump_json() for row in rows],
        "notice_id": [uuid4() for _ in rows],
    }


def _kind(row: Row[Any]) -> EndpointKind:
    if row.paused_at is not None:
        return "webhook_paused"
    return "webhook_failing" if row.told_failing_since is None else "webhook_recovered"


def _since(row: Row[Any]) -> datetime:
    since: datetime = row.paused_at or row.told_failing_since or row.since
    return since


def _endpoint(row: Row[Any]) -> Endpoint:
    host = urlsplit(row.url).hostname or ""  # the rest of a URL may be a secret
    if row.paused_at is not None:
        state = "gone" if row.paused_because == "gone" else "unavailable"
    else:
        state = "unavailable" if row.refusing_since is None else "refused"
    return Endpoint(webhook_id=row.id, host=host, since=_since(row), state=state, error=row.last_error)
