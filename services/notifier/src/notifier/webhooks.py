"""Webhook subscriptions as the gateway tells them: the newest revision of each, in whatever order they come."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.webhooks import Subscription, WebhooksEnteredV1, WebhooksRemovedV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.recipients import IS_PAUSED

HOLD_BATCH = 2_000

# Before the webhook, as whoever records attempts: in one order nobody waits for another in a ring.
_LOCK_RECEIVER = text("SELECT FROM receivers WHERE channel = 'webhook' AND recipient = :id FOR UPDATE")
_ENTER = text("""
INSERT INTO webhooks AS w (id, owner_id, telegram_id, revision, url, cabinets, event_types, is_active, resumes, secrets)
VALUES (:id, :owner_id, :telegram_id, :revision, :url, CAST(:cabinets AS uuid[]), CAST(:event_types AS text[]),
        :is_active, :resumes, CAST(:secrets AS jsonb))
ON CONFLICT (id) DO UPDATE SET
    revision = excluded.revision, url = excluded.url, cabinets = excluded.cabinets, event_types = excluded.event_types,
    is_active = excluded.is_active, resumes = excluded.resumes, secrets = excluded.secrets, told_failing_since = NULL,
    paused_at = CASE WHEN excluded.resumes = w.resumes THEN w.paused_at END,
    paused_because = CASE WHEN excluded.resumes = w.resumes THEN w.paused_because END
WHERE w.revision < excluded.revision AND w.removed_at IS NULL
RETURNING id
""")
# The row stays for as long as an older state of it may come.
_REMOVE = text("""
INSERT INTO webhooks AS w (id, owner_id, telegram_id, revision, event_types, is_active, resumes, removed_at)
VALUES (:id, :owner_id, :telegram_id, :revision, '{}', false, 0, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET
    revision = excluded.revision, removed_at = excluded.removed_at, url = NULL, secrets = NULL, event_types = '{}',
    is_active = false
WHERE w.removed_at IS NULL
RETURNING id
""")
_BEGIN_ANEW = text("""
UPDATE receivers SET paused_until = NULL, failures = 0, failing_since = NULL, refusing_since = NULL,
    due_at = LEAST(due_at, now())
WHERE channel = 'webhook' AND recipient = :id
""")
_HOLD = text(f"""
UPDATE deliveries d SET status = 'held', finished_at = clock_timestamp()
FROM (
    SELECT waiting.cabinet_id, waiting.id
    FROM webhooks w JOIN deliveries waiting ON waiting.channel = 'webhook' AND waiting.recipient = CAST(w.id AS text)
    WHERE w.removed_at IS NULL AND {IS_PAUSED} AND waiting.status = 'pending'
      AND (CAST(:id AS uuid) IS NULL OR w.id = :id)
    LIMIT :batch FOR UPDATE OF waiting SKIP LOCKED
) held
WHERE (d.cabinet_id, d.id) = (held.cabinet_id, held.id)
""")
_REVISION = text("SELECT revision, removed_at IS NOT NULL AS is_removed FROM webhooks WHERE id = :id")
_LIST = text("""
SELECT w.id, w.telegram_id, w.url, w.is_active, w.paused_at, w.paused_because, coalesce(r.failures, 0) AS failures,
       r.failing_since, CASE WHEN r.paused_until > now() THEN r.paused_until END AS asked_again_at, r.last_error,
       (SELECT count(*) FROM deliveries d WHERE d.channel = 'webhook' AND d.recipient = CAST(w.id AS text)
        AND d.status IN ('pending', 'sending')) AS waiting
FROM webhooks w LEFT JOIN receivers r ON (r.channel, r.recipient) = ('webhook', CAST(w.id AS text))
WHERE w.removed_at IS NULL ORDER BY w.id
""")


class NotEntered(Exception):
    """An event came before the state of the subscription that it is about: try again later."""


@dataclass(frozen=True)
class StoredWebhook:
    """A subscription without its secrets; since when and why it fails, and how many deliveries wait for it."""

    id: UUID
    telegram_id: int
    url: str
    is_active: bool
    paused_at: datetime | None
    paused_because: str | None
    failures: int
    failing_since: datetime | None
    asked_again_at: datetime | None
    last_error: str | None
    waiting: int


async def enter(connection: AsyncConnection, event: Event[WebhooksEnteredV1]) -> None:
    """Keep the state if it is the newest. Whoever changed it has just done something about it: it is asked at once."""
    data = event.data
    values = {
        **_key(event),
        "url": data.url,
        "cabinets": None if data.cabinets is None else list(data.cabinets),
        "event_types": list(data.event_types),
        "is_active": data.state == "active",
        "resumes": data.resumes,
        "secrets": json.dumps([secret.model_dump(mode="json") for secret in data.secrets]),
    }
    await connection.execute(_LOCK_RECEIVER, {"id": str(data.webhook_id)})
    if (await connection.execute(_ENTER, values)).first():
        await connection.execute(_BEGIN_ANEW, {"id": str(data.webhook_id)})
        await hold(connection, data.webhook_id)


async def remove(connection: AsyncConnection, event: Event[WebhooksRemovedV1]) -> None:
    """Tell it nothing more; what is still to be delivered to it fails."""
    await connection.execute(_LOCK_RECEIVER, {"id": str(event.data.webhook_id)})
    if (await connection.execute(_REMOVE, _key(event))).first():
        await connection.execute(_BEGIN_ANEW, {"id": str(event.data.webhook_id)})


async def hold(connection: AsyncConnection, webhook_id: UUID | None = None) -> int:
    """Keep what waits for paused webhooks (or one, if it is paused) until it is asked for: `HOLD_BATCH` deliveries at
    most; how many there were."""
    return (await connection.execute(_HOLD, {"id": webhook_id, "batch": HOLD_BATCH})).rowcount


async def is_there(connection: AsyncConnection, asked: Subscription) -> bool:
    """Whether the subscription, in the state that the event knew or a newer one, is there still.

    Raises:
        NotEntered: that state is yet to come.
    """
    found = (await connection.execute(_REVISION, {"id": asked.webhook_id})).first()
    if found is None or (found.revision < asked.revision and not found.is_removed):
        raise NotEntered(f"revision {asked.revision} of webhook {asked.webhook_id} has not come yet")
    return not found.is_removed


async def all_webhooks(connection: AsyncConnection) -> Sequence[StoredWebhook]:
    """Every webhook of this installation."""
    return [StoredWebhook(**row) for row in (await connection.execute(_LIST)).mappings()]


def _key(event: Event[Any]) -> dict[str, Any]:
    data: Subscription = event.data
    return {
        "id": data.webhook_id,
        "owner_id": event.cabinetid,
        "telegram_id": data.telegram_id,
        "revision": data.revision,
    }
