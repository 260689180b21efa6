"""Targets as the gateway tells them: the newest revision of each, in whatever order they come."""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.notification_targets import (
    NotificationTargetEnteredV1,
    NotificationTargetRemovedV1,
    NotificationTargetTestedV1,
    Target,
)
from servicekit.telemetry import current_traceparent
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Before the target, as whoever records attempts: in one order nobody waits for another in a ring.
_LOCK_RECEIVER = text("SELECT FROM receivers WHERE channel = :channel AND recipient = :recipient FOR UPDATE")
_ENTER = text("""
INSERT INTO targets AS t (id, owner_id, telegram_id, revision, channel, recipient, label, cabinets, sealed_address,
                          is_confirmed)
VALUES (:id, :owner_id, :telegram_id, :revision, :channel, :recipient, :label, CAST(:cabinets AS uuid[]),
        :sealed_address, :is_confirmed)
ON CONFLICT (id) DO UPDATE SET
    revision = excluded.revision, recipient = excluded.recipient, label = excluded.label, cabinets = excluded.cabinets,
    sealed_address = excluded.sealed_address, is_confirmed = excluded.is_confirmed, ended_at = NULL,
    ended_because = NULL, told_ended_at = NULL
WHERE t.revision < excluded.revision AND t.removed_at IS NULL
RETURNING id
""")
# The row stays for as long as an older state of it may come.
_REMOVE = text("""
INSERT INTO targets AS t (id, owner_id, telegram_id, revision, channel, recipient, label, is_confirmed, removed_at)
VALUES (:id, :owner_id, :telegram_id, :revision, '', '', '', false, clock_timestamp())
ON CONFLICT (id) DO UPDATE SET revision = excluded.revision, removed_at = excluded.removed_at, sealed_address = NULL
WHERE t.removed_at IS NULL
RETURNING channel, recipient
""")
_BEGIN_ANEW = text("""
UPDATE receivers SET paused_until = NULL, failures = 0, failing_since = NULL, refusing_since = NULL,
    gone_said_at = NULL, gone_at = NULL, due_at = LEAST(due_at, now())
WHERE channel = :channel AND recipient = :recipient
""")
_STATE = text("SELECT revision, channel, recipient, removed_at IS NOT NULL AS is_removed FROM targets WHERE id = :id")
_TELL = text("""
INSERT INTO deliveries (cabinet_id, id, subject, channel, recipient, kind, payload, reported_at, event_id,
                        correlation_id, traceparent)
SELECT owner_id, coalesce(CAST(:delivery_id AS uuid), gen_random_uuid()), :subject, channel, recipient, :kind,
       CAST(:payload AS jsonb), :reported_at, :event_id, :correlation_id, CAST(:traceparent AS text)
FROM targets WHERE id = :id
ON CONFLICT DO NOTHING
""")
# What was entered anew meanwhile is another address.
_END = text("""
UPDATE targets t SET ended_at = clock_timestamp(), ended_because = ended.reason
FROM unnest(CAST(:id AS uuid[]), CAST(:revision AS integer[]), CAST(:reason AS text[])) AS ended (id, revision, reason)
WHERE t.id = ended.id AND t.revision = ended.revision AND t.ended_at IS NULL AND t.removed_at IS NULL
""")
_MOVE = text("""
UPDATE targets t SET recipient = CAST(move.becomes AS text) || substr(recipient, length(CAST(move.was AS text)) + 1)
FROM unnest(CAST(:was AS bigint[]), CAST(:becomes AS bigint[])) AS move (was, becomes)
WHERE t.channel = 'telegram'
  AND (t.recipient = CAST(move.was AS text) OR t.recipient LIKE CAST(move.was AS text) || '/%')
""")


class NotEntered(Exception):
    """An event came before the state of the target that it is about: try again later."""


def recipient_of(data: NotificationTargetEnteredV1) -> str:
    """As deliveries name it: a group, or `group/topic`, else the target's id."""
    if data.channel != "telegram":
        return str(data.target_id)
    return str(data.chat_id) if data.topic_id is None else f"{data.chat_id}/{data.topic_id}"


async def enter(connection: AsyncConnection, event: Event[NotificationTargetEnteredV1]) -> None:
    """Keep the state if it is the newest, begin anew with it, and send its code if there is one."""
    data = event.data
    receiver = {"channel": data.channel, "recipient": recipient_of(data)}
    values = {
        **_key(event),
        **receiver,
        "label": data.label,
        "cabinets": None if data.cabinets is None else list(data.cabinets),
        "sealed_address": data.sealed_address,
        "is_confirmed": data.state == "active",
    }
    await connection.execute(_LOCK_RECEIVER, receiver)
    if (await connection.execute(_ENTER, values)).first() is None:
        return
    await connection.execute(_BEGIN_ANEW, receiver)
    if data.confirmation is not None:
        await _tell(
            connection,
            event,
            kind="target_confirmation",
            subject=f"target_confirmation/{data.target_id}/{data.revision}",
            payload=data.confirmation.model_dump(mode="json") | {"target_id": str(data.target_id)},
        )


async def remove(connection: AsyncConnection, event: Event[NotificationTargetRemovedV1]) -> None:
    """Tell it nothing more; what is still to be delivered to it fails."""
    found = (await connection.execute(_STATE, {"id": event.data.target_id})).first()
    if found is not None:
        await connection.execute(_LOCK_RECEIVER, {"channel": found.channel, "recipient": found.recipient})
    row = (await connection.execute(_REMOVE, _key(event))).first()
    if row is not None:
        await connection.execute(_BEGIN_ANEW, {"channel": row.channel, "recipient": row.recipient})


async def test(connection: AsyncConnection, event: Event[NotificationTargetTestedV1]) -> None:
    """A delivery like any other.

    Raises:
        NotEntered: nothing was stored; the event has to be handled again.
    """
    data = event.data
    found = (await connection.execute(_STATE, {"id": data.target_id})).first()
    if found is None or (found.revision < data.revision and not found.is_removed):
        raise NotEntered(f"revision {data.revision} of target {data.target_id} has not come yet")
    if not found.is_removed:
        await _tell(
            connection,
            event,
            kind="target_test",
            subject=f"target_test/{data.test_id}",
            payload={"target_id": str(data.target_id)},
            delivery_id=data.test_id,
        )


async def end(connection: AsyncConnection, ended: Mapping[tuple[UUID, int], str | None]) -> None:
    """Targets that are no more, by id and revision, each with what was said of it: nothing is sent there until they are
    entered anew."""
    each = sorted(ended.items(), key=lambda target: target[0])
    values = {
        "id": [target_id for (target_id, _), _ in each],
        "revision": [revision for (_, revision), _ in each],
        "reason": [reason for _, reason in each],
    }
    await connection.execute(_END, values)


async def move(connection: AsyncConnection, moved: Mapping[str, Sequence[int]]) -> None:
    """Groups that have other ids now: `was` and `becomes`."""
    await connection.execute(_MOVE, moved)


async def _tell(
    connection: AsyncConnection,
    event: Event[Any],
    *,
    kind: str,
    subject: str,
    payload: dict[str, Any],
    delivery_id: UUID | None = None,
) -> None:
    values = {
        "id": event.data.target_id,
        "delivery_id": delivery_id,
        "subject": subject,
        "kind": kind,
        "payload": json.dumps(payload),
        "reported_at": event.time,
        "event_id": event.id,
        "correlation_id": event.correlationid,
        "traceparent": current_traceparent() or event.traceparent,
    }
    await connection.execute(_TELL, values)


def _key(event: Event[Any]) -> dict[str, Any]:
    data: Target = event.data
    return {
        "id": data.target_id,
        "owner_id": event.cabinetid,
        "telegram_id": data.telegram_id,
        "revision": data.revision,
    }
