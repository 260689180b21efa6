"""Claiming due deliveries: whose turn it is, a lease and the start of an attempt, in one transaction.

Receivers stand in line, not deliveries: a chat or an endpoint with a million rows due takes one place in it, goes to
the end once it was served, and costs no more to look at than one with a single row.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any
from uuid import UUID

from contracts.notifications import Channel
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.model import Delivery, Receiver, WebhookTarget
from notifier.deliveries.plan import InLine, Plan

# While a delivery is leased, next_attempt_at is the end of the lease: a dead sender's come due by themselves.
# Not NOT EXISTS: as a join it would read, and sort, all that waits for a receiver.
_WANTED = "coalesce((SELECT false FROM disconnected_cabinets gone WHERE gone.cabinet_id = d.cabinet_id), true)"
_LOOK = text(f"""
SELECT r.recipient AS in_line, r.failures AS receiver_failures,
       CAST(extract(epoch FROM statement_timestamp() - r.refusing_since) AS double precision) AS refusing_seconds,
       d.cabinet_id, d.id, d.order_id, d.order_revision, d.channel, d.recipient, d.kind, d.payload, d.reported_at,
       d.event_id, d.correlation_id, d.traceparent, d.attempt, d.failures, d.created_at,
       CASE WHEN d.failures > 0 THEN (
           SELECT count(*) FROM delivery_attempts a
           WHERE (a.cabinet_id, a.delivery_id) = (d.cabinet_id, d.id) AND a.outcome = 'refused') ELSE 0 END AS refusals,
       coalesce(c.name, c.seller_name) AS shop_name, p.file_id AS photo_file_id,
       w.url, NOT w.is_active OR w.paused_at IS NOT NULL AS is_paused, ARRAY(
           SELECT secret ->> 'sealed' FROM jsonb_array_elements(w.secrets) WITH ORDINALITY AS each (secret, place)
           WHERE coalesce(CAST(secret ->> 'until' AS timestamptz), 'infinity') > now() ORDER BY place
       ) AS sealed_secrets
FROM (
    SELECT recipient, due_at, failures, refusing_since FROM receivers
    WHERE channel = :channel AND due_at <= statement_timestamp() AND recipient <> ALL (CAST(:full AS text[]))
      AND NOT EXISTS (SELECT FROM pauses WHERE pauses.channel = :channel AND pauses.until > statement_timestamp())
    ORDER BY due_at LIMIT :receivers FOR UPDATE SKIP LOCKED
) r
LEFT JOIN LATERAL (
    SELECT cabinet_id, id, order_id, order_revision, channel, recipient, kind, CAST(payload AS text) AS payload,
           payload #>> '{{product,photo}}' AS photo_url, reported_at, event_id, correlation_id, traceparent,
           attempts AS attempt, failures, created_at, next_attempt_at
    FROM deliveries d
    WHERE channel = :channel AND recipient = r.recipient AND status IN ('pending', 'sending')
      AND next_attempt_at <= statement_timestamp() AND {_WANTED}
    ORDER BY next_attempt_at LIMIT :rows FOR UPDATE SKIP LOCKED
) d ON true
LEFT JOIN cabinets c ON c.cabinet_id = d.cabinet_id
LEFT JOIN photos p ON d.channel = 'telegram' AND (p.cabinet_id, p.url) = (d.cabinet_id, d.photo_url)
LEFT JOIN webhooks w ON w.id = CASE d.channel WHEN 'webhook' THEN CAST(d.recipient AS uuid) END
    AND w.removed_at IS NULL
    AND EXISTS (SELECT FROM members m WHERE (m.cabinet_id, m.telegram_id) = (d.cabinet_id, w.telegram_id))
ORDER BY r.due_at, r.recipient, d.next_attempt_at
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
# A statement of its own: it sees what was committed while the rows of `_LOOK` were being locked.
_LINE_UP = text(f"""
UPDATE receivers r
SET due_at = GREATEST(
    r.paused_until,
    clock_timestamp() + make_interval(secs => coalesce(line.seconds, 0)),
    CASE WHEN line.seconds IS NULL THEN coalesce(
        (SELECT min(d.next_attempt_at) FROM deliveries d
         WHERE (d.channel, d.recipient) = (r.channel, r.recipient) AND d.status IN ('pending', 'sending')
           AND {_WANTED}),
        'infinity') END)
FROM unnest(CAST(:recipient AS text[]), CAST(:seconds AS double precision[])) AS line (recipient, seconds)
WHERE (r.channel, r.recipient) = (:channel, line.recipient)
""")
_RENEW = text(f"""
UPDATE deliveries d SET next_attempt_at = clock_timestamp() + make_interval(secs => :lease_seconds)
FROM {_KEYS} AS held (cabinet_id, id)
WHERE (d.cabinet_id, d.id) = (held.cabinet_id, held.id) AND d.lease_token = :token AND d.status = 'sending'
""")


async def claim(
    connection: AsyncConnection,
    channel: Channel,
    *,
    token: UUID,
    lease_seconds: float,
    receivers: int,
    rows: int,
    full: Sequence[str],
    plan: Callable[[Sequence[InLine]], Plan],
) -> tuple[Plan, bool]:
    """Lease what `plan` lets go and write down that its attempt began; whether the line may be longer than this look.

    At most `rows` deliveries of each of the first `receivers` in line are looked at. Receivers that another sender
    looks at are passed over, and those in `full`, who have enough on its way.
    """
    look = {"channel": channel, "receivers": receivers, "rows": rows, "full": list(full)}
    found = (await connection.execute(_LOOK, look)).mappings().all()
    if not found:
        return Plan((), {}), False
    line = [InLine(name, _deliveries(each)) for name, each in groupby(found, key=lambda row: row["in_line"])]
    planned = plan(line)
    if planned.go:
        await connection.execute(_LEASE, {**_keys(planned.go), "token": token, "lease_seconds": lease_seconds})
    if planned.again_seconds:
        names, seconds = zip(*planned.again_seconds.items(), strict=True)
        await connection.execute(_LINE_UP, {"channel": channel, "recipient": list(names), "seconds": list(seconds)})
    begun = [replace(delivery, attempt=delivery.attempt + 1) for delivery in planned.go]
    return replace(planned, go=begun), len(line) == receivers


async def renew(connection: AsyncConnection, held: Sequence[Delivery], *, token: UUID, lease_seconds: float) -> None:
    """Lengthen the leases of deliveries still on their way: a slow answer is not a dead sender."""
    await connection.execute(_RENEW, {**_keys(held), "token": token, "lease_seconds": lease_seconds})


def _keys(deliveries: Sequence[Delivery]) -> dict[str, list[UUID]]:
    return {
        "cabinet_id": [delivery.cabinet_id for delivery in deliveries],
        "id": [delivery.id for delivery in deliveries],
    }


def _deliveries(rows: Iterable[RowMapping]) -> list[Delivery]:
    return [_delivery(row) for row in rows if row["id"] is not None]


def _delivery(row: RowMapping) -> Delivery:
    fields: dict[str, Any] = dict(row)
    del fields["in_line"]
    receiver = Receiver(fields.pop("receiver_failures"), fields.pop("refusing_seconds"))
    url = fields.pop("url")
    secrets, is_paused = fields.pop("sealed_secrets"), fields.pop("is_paused")
    target = WebhookTarget(url, tuple(secrets), is_paused) if url else None
    return Delivery(**fields, webhook=target, receiver=receiver)
