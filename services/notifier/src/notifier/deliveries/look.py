"""What is due: whose turn it is, and the first deliveries of each receiver with all that sending them needs.

Receivers stand in line, not deliveries: a chat or an endpoint with a million rows due takes one place in it, goes to
the end once it was served, and costs no more to look at than one with a single row.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from contracts.notification_settings import NotificationSettings
from contracts.notifications import Channel
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.model import Delivery, Living, Receiver, Target, WebhookTarget
from notifier.deliveries.plan import InLine

EDITED_HOURS = 48
"""A message older than this is out of sight, and Telegram may refuse to edit it: a new one is sent."""

COUNTED = 100
"""How many of what waits for a receiver are counted; it is enough to know that they are many."""

MOST_TOGETHER = 1_000
"""Deliveries told in one message."""

# Not NOT EXISTS: as a join it would read, and sort, all that waits for a receiver.
WANTED = "coalesce((SELECT false FROM disconnected_cabinets gone WHERE gone.cabinet_id = d.cabinet_id), true)"
_DUE = f"""
    channel = :channel AND recipient = r.recipient AND status IN ('pending', 'sending')
    AND next_attempt_at <= statement_timestamp() AND {WANTED}
"""
_SELECT = """
SELECT r.recipient AS in_line, r.failures AS receiver_failures,
       CAST(extract(epoch FROM statement_timestamp() - r.refusing_since) AS double precision) AS refusing_seconds,
       CAST(extract(epoch FROM statement_timestamp() - r.grouped_at) AS double precision) AS grouped_seconds,
       CAST(extract(epoch FROM statement_timestamp() - r.gone_said_at) AS double precision) AS gone_said_seconds,
       CAST(extract(epoch FROM statement_timestamp() - r.gone_at) AS double precision) AS gone_seconds,
       n.waiting, d.cabinet_id, d.id, d.order_id, d.order_revision, d.channel, d.recipient, d.kind,
       CAST(d.payload AS text) AS payload, d.reported_at, d.event_id, d.correlation_id, d.traceparent,
       d.attempts AS attempt, d.failures, d.created_at, d.next_attempt_at AS due_at, d.telegram_id,
       d.thread, d.only_edits, d.also, d.nm_id, d.amount, d.currency, d.is_critical,
       CASE WHEN d.failures > 0 THEN (
           SELECT count(*) FROM delivery_attempts a
           WHERE (a.cabinet_id, a.delivery_id) = (d.cabinet_id, d.id) AND a.outcome = 'refused') ELSE 0 END AS refusals,
       coalesce(c.name, c.seller_name) AS shop_name, p.file_id AS photo_file_id,
       s.revision AS settings_revision, CAST(s.document AS text) AS settings_document,
       w.url, NOT w.is_active OR w.paused_at IS NOT NULL AS is_paused, ARRAY(
           SELECT secret ->> 'sealed' FROM jsonb_array_elements(w.secrets) WITH ORDINALITY AS each (secret, place)
           WHERE coalesce(CAST(secret ->> 'until' AS timestamptz), 'infinity') > now() ORDER BY place
       ) AS sealed_secrets, t.id AS target_id, t.revision AS target_revision, t.sealed_address, t.is_told
"""
# Several users may have entered one group: that one of them is told of the cabinet still is enough.
_BESIDE = """
LEFT JOIN cabinets c ON c.cabinet_id = d.cabinet_id
LEFT JOIN photos p ON d.channel = 'telegram' AND (p.cabinet_id, p.url) = (d.cabinet_id, d.payload #>> '{product,photo}')
LEFT JOIN notification_settings s ON s.telegram_id = d.telegram_id
LEFT JOIN webhooks w ON w.id = CASE d.channel WHEN 'webhook' THEN CAST(d.recipient AS uuid) END
    AND w.removed_at IS NULL
    AND EXISTS (SELECT FROM members m WHERE (m.cabinet_id, m.telegram_id) = (d.cabinet_id, w.telegram_id))
LEFT JOIN LATERAL (
    SELECT id, revision, sealed_address, removed_at IS NULL AND ended_at IS NULL
           AND (owner_id = d.cabinet_id OR is_confirmed
                AND (cabinets IS NULL OR d.cabinet_id = ANY (cabinets))
                AND EXISTS (
                    SELECT FROM members m WHERE (m.cabinet_id, m.telegram_id) = (d.cabinet_id, targets.telegram_id))
           ) AS is_told
    FROM targets WHERE (channel, recipient) = (d.channel, d.recipient) ORDER BY is_told DESC, id LIMIT 1
) t ON d.channel <> 'webhook'
"""
_IN_LINE = """
    SELECT * FROM receivers
    WHERE channel = :channel AND due_at <= statement_timestamp() AND recipient <> ALL (CAST(:full AS text[]))
      AND NOT EXISTS (SELECT FROM pauses WHERE pauses.channel = :channel AND pauses.until > statement_timestamp())
"""
# Critical ones first, among receivers and among what waits for one: two looks at an index, each of as many as are
# wanted, whatever else waits.
_LOOK = text(f"""
{_SELECT}
FROM (
    SELECT *, 1 AS place FROM (
        {_IN_LINE} AND critical_due_at <= statement_timestamp()
        ORDER BY critical_due_at LIMIT :receivers FOR UPDATE SKIP LOCKED) AS critical
    UNION ALL
    SELECT *, 2 AS place FROM (
        {_IN_LINE} AND (critical_due_at IS NULL OR critical_due_at > statement_timestamp())
        ORDER BY due_at LIMIT :receivers FOR UPDATE SKIP LOCKED) AS others
) r
CROSS JOIN LATERAL (
    SELECT count(*) AS waiting FROM (SELECT FROM deliveries d WHERE {_DUE} LIMIT {COUNTED}) AS due
) n
LEFT JOIN LATERAL (
    SELECT * FROM (SELECT * FROM deliveries d WHERE {_DUE} AND is_critical
                   ORDER BY next_attempt_at LIMIT :rows FOR UPDATE SKIP LOCKED) AS critical
    UNION ALL
    SELECT * FROM (SELECT * FROM deliveries d WHERE {_DUE} AND NOT is_critical
                   ORDER BY next_attempt_at LIMIT :rows FOR UPDATE SKIP LOCKED) AS others
) d ON true
{_BESIDE}
ORDER BY r.place, r.due_at, r.recipient, d.is_critical DESC, d.next_attempt_at
""")
_GATHER = text(f"""
{_SELECT}
FROM receivers r
CROSS JOIN (SELECT {COUNTED} AS waiting) n
CROSS JOIN LATERAL (
    SELECT * FROM deliveries d WHERE {_DUE} AND NOT is_critical AND telegram_id IS NOT NULL
    ORDER BY next_attempt_at LIMIT {MOST_TOGETHER} FOR UPDATE SKIP LOCKED
) d
{_BESIDE}
WHERE r.channel = :channel AND r.recipient = ANY (CAST(:recipients AS text[]))
ORDER BY r.recipient, d.next_attempt_at
""")
# A statement of its own: it sees what was committed while the rows of `_LOOK` were being locked.
_THREADS = text(f"""
SELECT d.cabinet_id, d.id, l.message_id, l.has_photo, l.sent_at, l.newest_at, l.kind, (
    SELECT CAST(extract(epoch FROM max(
        CASE b.status WHEN 'sending' THEN least(b.next_attempt_at, statement_timestamp() + interval '1 second')
        ELSE b.next_attempt_at END) - statement_timestamp()) AS double precision)
    FROM deliveries b
    WHERE (b.cabinet_id, b.channel, b.recipient, b.thread) = (d.cabinet_id, d.channel, d.recipient, d.thread)
      AND b.id <> d.id AND b.status IN ('pending', 'sending')
      AND (b.status = 'sending' AND b.next_attempt_at > statement_timestamp()
           OR d.only_edits AND NOT b.only_edits AND b.next_attempt_at > statement_timestamp())
) AS blocked_seconds
FROM unnest(CAST(:cabinet_id AS uuid[]), CAST(:id AS uuid[])) AS looked (cabinet_id, id)
JOIN deliveries d USING (cabinet_id, id)
LEFT JOIN messages l ON (l.cabinet_id, l.thread, l.channel, l.recipient)
    = (d.cabinet_id, d.thread, d.channel, d.recipient)
  AND l.sent_at > statement_timestamp() - make_interval(hours => {EDITED_HOURS})
""")


async def look(
    connection: AsyncConnection, channel: Channel, *, receivers: int, rows: int, full: Sequence[str]
) -> list[InLine]:
    """The first `receivers` in line, and as many of those with critical deliveries before them, with at most `rows` due
    deliveries of each, and as many critical ones before them.

    Receivers that another sender looks at are passed over, and those in `full`.
    """
    values = {"channel": channel, "receivers": receivers, "rows": rows, "full": list(full)}
    return await _in_line(connection, (await connection.execute(_LOOK, values)).mappings().all())


async def gather(connection: AsyncConnection, channel: Channel, recipients: Sequence[str]) -> list[InLine]:
    """All that is due to people of these receivers, and not critical: `MOST_TOGETHER` each at most."""
    values = {"channel": channel, "recipients": list(recipients)}
    return await _in_line(connection, (await connection.execute(_GATHER, values)).mappings().all())


async def _in_line(connection: AsyncConnection, rows: Sequence[RowMapping]) -> list[InLine]:
    line = [InLine(name, _deliveries(each)) for name, each in groupby(rows, key=lambda row: row["in_line"])]
    threaded = [delivery for each in line for delivery in each.due if delivery.thread is not None]
    if not threaded:
        return line
    found = (await connection.execute(_THREADS, keys(threaded))).mappings()
    beside = {(row["cabinet_id"], row["id"]): row for row in found}
    return [InLine(each.recipient, [_with_thread(delivery, beside) for delivery in each.due]) for each in line]


def keys(deliveries: Iterable[Delivery]) -> dict[str, list[UUID]]:
    """Their primary keys, as parameters of a statement."""
    pairs = [delivery.key for delivery in deliveries]
    return {"cabinet_id": [cabinet_id for cabinet_id, _ in pairs], "id": [delivery_id for _, delivery_id in pairs]}


def _with_thread(delivery: Delivery, beside: dict[tuple[UUID, UUID], RowMapping]) -> Delivery:
    row = beside.get(delivery.key)
    if row is None:
        return delivery
    living = None
    if row["message_id"] is not None:
        living = Living(row["message_id"], row["has_photo"], row["sent_at"], row["newest_at"], row["kind"])
    return replace(delivery, living=living, blocked_seconds=row["blocked_seconds"])


def _deliveries(rows: Iterable[RowMapping]) -> list[Delivery]:
    return [_delivery(row) for row in rows if row["id"] is not None]


def _delivery(row: RowMapping) -> Delivery:
    fields: dict[str, Any] = dict(row)
    del fields["in_line"]
    receiver = Receiver(
        fields.pop("receiver_failures"),
        fields.pop("refusing_seconds"),
        fields.pop("grouped_seconds"),
        fields.pop("gone_said_seconds"),
        fields.pop("gone_seconds"),
    )
    url = fields.pop("url")
    secrets, is_paused = fields.pop("sealed_secrets"), fields.pop("is_paused")
    target = WebhookTarget(url, tuple(secrets), is_paused) if url else None
    entered = _target(fields)
    revision, document = fields.pop("settings_revision"), fields.pop("settings_document")
    settings = None if document is None else _settings(fields["telegram_id"], revision, document)
    fields["also"] = tuple(fields["also"])
    return Delivery(**fields, webhook=target, receiver=receiver, target=entered, settings=settings)


def _target(fields: dict[str, Any]) -> Target | None:
    names = ("target_id", "target_revision", "sealed_address", "is_told")
    target_id, revision, sealed, is_told = (fields.pop(name) for name in names)
    return None if target_id is None else Target(target_id, revision, sealed, is_told)


@lru_cache(maxsize=10_000)
def _settings(telegram_id: int, revision: int, document: str) -> NotificationSettings:
    return NotificationSettings.model_validate_json(document)
