"""Telling sellers that a webhook of theirs takes nothing for long, once, and once more when it does again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from servicekit.db import Database
from sqlalchemy import Row, text

from notifier.messages.kind import Kind
from notifier.messages.webhook_failing import Endpoint

log = structlog.get_logger()

FAILING_SECONDS = 60 * 60.0
"""An endpoint that is away for less, as while it is set up anew, gets everything soon after and is not worth a word."""

BATCH = 200

# The cabinet's lock holds back a disconnect until these deliveries are there to be forgotten. Rows that others hold
# are told of the next time: who disconnects locks them in the other order.
_TURNED = text("""
SELECT w.cabinet_id, w.id, w.url, w.told_failing_since, w.disabled_at, r.refusing_since, r.last_error,
       coalesce(w.disabled_at, least(r.failing_since, r.refusing_since)) AS since, now() AS at
FROM webhooks w
JOIN cabinets c ON c.cabinet_id = w.cabinet_id AND c.disconnected_at IS NULL
LEFT JOIN receivers r ON (r.channel, r.recipient) = ('webhook', CAST(w.id AS text))
WHERE CASE WHEN w.told_failing_since IS NULL
           THEN w.disabled_at IS NOT NULL
                OR least(r.failing_since, r.refusing_since) < now() - make_interval(secs => :failing_seconds)
           ELSE w.disabled_at IS NULL AND r.failing_since IS NULL AND r.refusing_since IS NULL END
ORDER BY w.cabinet_id, w.id LIMIT :batch
FOR UPDATE OF w SKIP LOCKED FOR SHARE OF c SKIP LOCKED
""")
_TOLD = text("""
UPDATE webhooks w SET told_failing_since = told.since
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[]), CAST(:since AS timestamptz[]))
     AS told (cabinet_id, id, since)
WHERE (w.cabinet_id, w.id) = (told.cabinet_id, told.id)
""")
# Only people: a program cannot mend another program's endpoint.
_TELL = text("""
INSERT INTO deliveries (cabinet_id, subject, channel, recipient, kind, payload, reported_at, event_id, correlation_id)
SELECT told.cabinet_id, told.subject, 'telegram', CAST(m.telegram_id AS text), told.kind, told.payload, now(),
       told.notice_id, told.notice_id
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:subject AS text[]), CAST(:kind AS text[]), CAST(:payload AS jsonb[]),
            CAST(:notice_id AS uuid[])) AS told (cabinet_id, subject, kind, payload, notice_id)
JOIN members m USING (cabinet_id)
ON CONFLICT DO NOTHING
""")


async def tell_outages(database: Database) -> None:
    """Tell of webhooks that have taken nothing for `FAILING_SECONDS` or are gone, and of told ones that are back.

    Webhooks that were rotated begin anew without a word: somebody has just done something about them.
    """
    turned = BATCH
    while turned == BATCH:
        async with database.transaction() as connection:
            values = {"failing_seconds": FAILING_SECONDS, "batch": BATCH}
            rows = (await connection.execute(_TURNED, values)).all()
            if rows:
                await connection.execute(_TOLD, _told(rows))
                await connection.execute(_TELL, _notices(rows))
        turned = len(rows)
        for row in rows:
            kind = _kind(row)
            log.warning(kind.replace("_", "."), webhook_id=str(row.id), cabinet_id=str(row.cabinet_id))


def _told(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {
        "cabinet_id": [row.cabinet_id for row in rows],
        "id": [row.id for row in rows],
        "since": [row.since if _kind(row) == "webhook_failing" else None for row in rows],
    }


def _notices(rows: Sequence[Row[Any]]) -> dict[str, Any]:
    return {
        "cabinet_id": [row.cabinet_id for row in rows],
        "subject": [f"{_kind(row)}/{row.id}/{_since(row).isoformat()}" for row in rows],
        "kind": [_kind(row) for row in rows],
        "payload": [_endpoint(row).model_dump_json() for row in rows],
        "notice_id": [uuid4() for _ in rows],
    }


def _kind(row: Row[Any]) -> Kind:
    return "webhook_failing" if row.told_failing_since is None else "webhook_recovered"


def _since(row: Row[Any]) -> datetime:
    since: datetime = row.told_failing_since or row.since
    return since


def _endpoint(row: Row[Any]) -> Endpoint:
    host = urlsplit(row.url).hostname or ""  # the rest of a URL may be a secret
    if row.disabled_at is not None:
        return Endpoint(webhook_id=row.id, host=host, since=_since(row), state="gone")
    state = "unavailable" if row.refusing_since is None else "refused"
    return Endpoint(webhook_id=row.id, host=host, since=_since(row), state=state, error=row.last_error)
