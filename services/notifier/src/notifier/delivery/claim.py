"""Claiming due deliveries: a lease and the start of an attempt, in one transaction and a fixed number of statements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.delivery.model import Delivery, WebhookTarget

LOOK_AHEAD = 200
"""Due rows looked at in one claim: those of one busy chat do not hide everybody else's."""

# While a delivery is leased, next_attempt_at is the end of the lease: a dead sender's come due by themselves.
_DUE = text("""
SELECT d.cabinet_id, d.id, d.order_id, d.order_revision, d.channel, d.recipient, d.kind,
       CAST(d.payload AS text) AS payload, d.reported_at, d.event_id, d.correlation_id, d.traceparent,
       d.attempts AS attempt, d.failures, d.created_at,
       coalesce(c.name, c.seller_name) AS shop_name, p.file_id AS photo_file_id,
       w.url, w.sealed_secret, w.disabled_at IS NOT NULL AS is_disabled,
       CASE WHEN w.previous_until > now() THEN w.sealed_previous_secret END AS sealed_previous_secret
FROM deliveries d
JOIN cabinets c ON c.cabinet_id = d.cabinet_id
LEFT JOIN photos p
    ON d.channel = 'telegram' AND (p.cabinet_id, p.url) = (d.cabinet_id, d.payload #>> '{product,photo}')
LEFT JOIN webhooks w
    ON d.channel = 'webhook' AND (w.cabinet_id, CAST(w.id AS text)) = (d.cabinet_id, d.recipient)
WHERE d.status IN ('pending', 'sending') AND d.next_attempt_at <= clock_timestamp()
  AND NOT EXISTS (SELECT FROM pauses WHERE pauses.channel = d.channel AND pauses.until > clock_timestamp())
ORDER BY d.next_attempt_at LIMIT :limit FOR UPDATE OF d SKIP LOCKED
""")
_KEYS = "unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[]))"
_LEASE = text(f"""
WITH leased AS (
    UPDATE deliveries d
    SET status = 'sending', lease_token = :token, attempts = d.attempts + 1,
        next_attempt_at = clock_timestamp() + make_interval(secs => :lease_seconds)
    FROM {_KEYS} AS claimed (cabinet_id, id)
    WHERE (d.cabinet_id, d.id) = (claimed.cabinet_id, claimed.id)
    RETURNING d.cabinet_id, d.id, d.attempts
)
INSERT INTO delivery_attempts (cabinet_id, delivery_id, attempt) SELECT cabinet_id, id, attempts FROM leased
""")
_DEFER = text("""
UPDATE deliveries d SET next_attempt_at = clock_timestamp() + make_interval(secs => deferred.seconds)
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[]), CAST(:seconds AS double precision[]))
     AS deferred (cabinet_id, id, seconds)
WHERE (d.cabinet_id, d.id) = (deferred.cabinet_id, deferred.id)
""")
_RENEW = text(f"""
UPDATE deliveries d SET next_attempt_at = clock_timestamp() + make_interval(secs => :lease_seconds)
FROM {_KEYS} AS held (cabinet_id, id)
WHERE (d.cabinet_id, d.id) = (held.cabinet_id, held.id) AND d.lease_token = :token AND d.status = 'sending'
""")


@dataclass(frozen=True)
class Plan:
    """Which due deliveries go now, and which come due again in how many seconds; the rest stays as it is."""

    go: Sequence[Delivery]
    defer: Sequence[tuple[Delivery, float]]


async def claim(
    connection: AsyncConnection, *, token: UUID, lease_seconds: float, plan: Callable[[Sequence[Delivery]], Plan]
) -> list[Delivery]:
    """Lease what `plan` lets go and write down that its attempt began; rows another sender looks at are passed over."""
    rows = (await connection.execute(_DUE, {"limit": LOOK_AHEAD})).mappings().all()
    if not rows:
        return []
    planned = plan([_delivery(row) for row in rows])
    if planned.go:
        await connection.execute(_LEASE, {**_keys(planned.go), "token": token, "lease_seconds": lease_seconds})
    if planned.defer:
        keys = _keys([delivery for delivery, _ in planned.defer])
        await connection.execute(_DEFER, {**keys, "seconds": [seconds for _, seconds in planned.defer]})
    return [replace(delivery, attempt=delivery.attempt + 1) for delivery in planned.go]


async def renew(connection: AsyncConnection, held: Sequence[Delivery], *, token: UUID, lease_seconds: float) -> None:
    """Lengthen the leases of deliveries still on their way: a slow answer is not a dead sender."""
    await connection.execute(_RENEW, {**_keys(held), "token": token, "lease_seconds": lease_seconds})


def _keys(deliveries: Sequence[Delivery]) -> dict[str, list[UUID]]:
    return {
        "cabinet_id": [delivery.cabinet_id for delivery in deliveries],
        "id": [delivery.id for delivery in deliveries],
    }


def _delivery(row: RowMapping) -> Delivery:
    fields: dict[str, Any] = dict(row)
    url = fields.pop("url")
    secrets = (fields.pop("sealed_secret"), fields.pop("sealed_previous_secret"))
    is_disabled = fields.pop("is_disabled")
    target = WebhookTarget(url, tuple(filter(None, secrets)), is_disabled) if url else None
    return Delivery(**fields, webhook=target)
