"""Messages to be sent become deliveries: one for everyone who is told of the cabinet, and never two of one subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.message_kinds import KINDS, MessageKind, webhook_type
from servicekit.telemetry import current_traceparent
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.recipients import COVERS, IS_PAUSED, IS_TOLD

# The lock holds back a disconnect until these deliveries are there to be forgotten.
_CABINET = text("""
SELECT connected_at IS NOT NULL AS is_connected, disconnected_at IS NOT NULL AS is_disconnected
FROM cabinets WHERE cabinet_id = :cabinet_id FOR SHARE
""")
_INSERT = text(f"""
WITH told AS (
    SELECT * FROM unnest(CAST(:subject AS text[]), CAST(:order_id AS uuid[]), CAST(:order_revision AS integer[]),
                         CAST(:kind AS text[]), CAST(:type AS text[]), CAST(:payload AS jsonb[]),
                         CAST(:is_shown AS boolean[]), CAST(:thread AS text[]), CAST(:only_edits AS boolean[]),
                         CAST(:is_critical AS boolean[]), CAST(:also AS text[]), CAST(:nm_id AS bigint[]),
                         CAST(:amount AS numeric[]), CAST(:currency AS text[]))
        WITH ORDINALITY AS told (subject, order_id, order_revision, kind, type, payload, is_shown, thread, only_edits,
                                 is_critical, also, nm_id, amount, currency, position)
), recipients AS (
    SELECT told.*, 'telegram' AS channel, CAST(m.telegram_id AS text) AS recipient, m.telegram_id, false AS is_held
    FROM told, members m
    WHERE m.cabinet_id = :cabinet_id AND told.is_shown
    UNION ALL
    SELECT told.*, t.channel, t.recipient, t.telegram_id, false
    FROM told, members m JOIN targets t USING (telegram_id)
    WHERE m.cabinet_id = :cabinet_id AND told.is_shown AND {IS_TOLD}
      AND (t.channel = 'telegram' OR NOT told.only_edits)
    UNION ALL
    SELECT told.*, 'webhook', CAST(w.id AS text), NULL, {IS_PAUSED}
    FROM told, members m JOIN webhooks w USING (telegram_id)
    WHERE m.cabinet_id = :cabinet_id AND {COVERS} AND NOT told.only_edits
      AND w.event_types && ARRAY['*', split_part(told.type, '.', 1) || '.*', told.type]
)
INSERT INTO deliveries (cabinet_id, subject, order_id, order_revision, channel, recipient, kind, payload,
                        reported_at, event_id, correlation_id, traceparent, status, finished_at, telegram_id,
                        thread, only_edits, is_critical, also, nm_id, amount, currency)
SELECT :cabinet_id, subject, order_id, order_revision, channel, recipient, kind, payload, :reported_at, :event_id,
       :correlation_id, CAST(:traceparent AS text), CASE WHEN is_held THEN 'held' ELSE 'pending' END,
       CASE WHEN is_held THEN clock_timestamp() END, telegram_id,
       thread, only_edits, is_critical, CAST(also AS text[]), nm_id, amount, currency
FROM recipients ORDER BY position
ON CONFLICT DO NOTHING
""")
_INSERT_EVENT = text(f"""
INSERT INTO deliveries (cabinet_id, subject, channel, recipient, kind, payload, reported_at, event_id, correlation_id,
                        traceparent, status, finished_at)
SELECT c.cabinet_id, :subject, 'webhook', CAST(w.id AS text), CAST(:type AS text), CAST(:payload AS jsonb),
       :reported_at, :event_id, :correlation_id, CAST(:traceparent AS text),
       CASE WHEN {IS_PAUSED} THEN 'held' ELSE 'pending' END, CASE WHEN {IS_PAUSED} THEN clock_timestamp() END
FROM (SELECT * FROM cabinets WHERE cabinet_id = :cabinet_id FOR SHARE) c
JOIN members m USING (cabinet_id) JOIN webhooks w USING (telegram_id)
WHERE c.connected_at IS NOT NULL AND c.disconnected_at IS NULL AND {COVERS}
  AND CAST(:type AS text) = ANY (w.event_types)
ON CONFLICT DO NOTHING
""")


class CabinetUnknown(Exception):
    """An event came before the news of its cabinet, which travels by another queue: try again later."""


@dataclass(frozen=True)
class Notice:
    """What is to be told. Of one `subject` nobody is told twice; `payload` is the JSON its kind is rendered from.

    `is_shown`: there is something in it to show people; without, only programs are told. Messages of one `thread` edit
    one another; where `only_edits` nothing is sent but an edit, and no program is told. `also`: kinds that it is an
    instance of beside its own, the more special first. `nm_id`, `amount` and `currency`: what settings go by.
    """

    kind: MessageKind
    subject: str
    payload: str
    order_id: UUID | None = None
    order_revision: int | None = None
    is_shown: bool = True
    thread: str | None = None
    only_edits: bool = False
    also: tuple[MessageKind, ...] = ()
    nm_id: int | None = None
    amount: Decimal | None = None
    currency: str | None = None


async def enqueue(connection: AsyncConnection, event: Event[Any], notices: Sequence[Notice]) -> None:
    """Store a delivery of each notice for each recipient; a disconnected cabinet has none. Whether a person wants it
    is decided when it goes.

    Raises:
        CabinetUnknown: nothing was stored; the event has to be handled again.
    """
    cabinet = (await connection.execute(_CABINET, {"cabinet_id": event.cabinetid})).first()
    if cabinet is not None and cabinet.is_disconnected:
        return
    if cabinet is None or not cabinet.is_connected:
        raise CabinetUnknown(f"cabinet {event.cabinetid} has not been announced yet")
    await connection.execute(
        _INSERT,
        {
            **_of(event),
            "subject": [notice.subject for notice in notices],
            "order_id": [notice.order_id for notice in notices],
            "order_revision": [notice.order_revision for notice in notices],
            "kind": [notice.kind for notice in notices],
            "type": [webhook_type(notice.kind) for notice in notices],
            "payload": [notice.payload for notice in notices],
            "is_shown": [notice.is_shown for notice in notices],
            "thread": [notice.thread for notice in notices],
            "only_edits": [notice.only_edits for notice in notices],
            "is_critical": [KINDS[notice.kind].is_critical for notice in notices],
            # An array of arrays has to be even: each is told as the text of an array.
            "also": ["{" + ",".join(notice.also) + "}" for notice in notices],
            "nm_id": [notice.nm_id for notice in notices],
            "amount": [notice.amount for notice in notices],
            "currency": [notice.currency for notice in notices],
        },
    )


async def enqueue_event(connection: AsyncConnection, event: Event[Any]) -> None:
    """Store a delivery of the event itself for each webhook that chose its type; none if its cabinet is not known."""
    values = {"subject": f"event/{event.id}", "type": event.type, "payload": event.data.model_dump_json()}
    await connection.execute(_INSERT_EVENT, {**_of(event), **values})


def _of(event: Event[Any]) -> dict[str, Any]:
    return {
        "cabinet_id": event.cabinetid,
        "reported_at": event.time,
        "event_id": event.id,
        "correlation_id": event.correlationid,
        "traceparent": current_traceparent() or event.traceparent,
    }
