"""Messages to be sent become deliveries: one for everyone who is told of the cabinet, and never two of one subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from servicekit.telemetry import current_traceparent
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.messages.kind import Kind

# The lock holds back a disconnect until these deliveries are there to be forgotten.
_CABINET = text("""
SELECT connected_at IS NOT NULL AS is_connected, disconnected_at IS NOT NULL AS is_disconnected
FROM cabinets WHERE cabinet_id = :cabinet_id FOR SHARE
""")
_INSERT = text("""
INSERT INTO deliveries (cabinet_id, subject, order_id, order_revision, channel, recipient, kind, payload,
                        reported_at, event_id, correlation_id, traceparent)
SELECT :cabinet_id, told.subject, told.order_id, told.order_revision, recipients.channel, recipients.recipient,
       told.kind, told.payload, :reported_at, :event_id, :correlation_id, CAST(:traceparent AS text)
FROM unnest(CAST(:subject AS text[]), CAST(:order_id AS uuid[]), CAST(:order_revision AS integer[]),
            CAST(:kind AS text[]), CAST(:payload AS jsonb[]), CAST(:is_shown AS boolean[]))
     WITH ORDINALITY AS told (subject, order_id, order_revision, kind, payload, is_shown, position),
     (SELECT 'telegram' AS channel, CAST(telegram_id AS text) AS recipient
      FROM members WHERE cabinet_id = :cabinet_id
      UNION ALL
      SELECT 'webhook', CAST(id AS text)
      FROM webhooks WHERE cabinet_id = :cabinet_id AND disabled_at IS NULL) AS recipients
WHERE told.is_shown OR recipients.channel = 'webhook'
ORDER BY told.position
ON CONFLICT DO NOTHING
""")


class CabinetUnknown(Exception):
    """An event came before the news of its cabinet, which travels by another queue: try again later."""


@dataclass(frozen=True)
class Notice:
    """What is to be told. Of one `subject` nobody is told twice; `payload` is the JSON its kind is rendered from.

    `is_shown`: there is something in it to show people; without, only programs are told.
    """

    kind: Kind
    subject: str
    payload: str
    order_id: UUID | None = None
    order_revision: int | None = None
    is_shown: bool = True


async def enqueue(connection: AsyncConnection, event: Event[Any], notices: Sequence[Notice]) -> None:
    """Store a delivery of each notice for each recipient; a disconnected cabinet has none.

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
            "cabinet_id": event.cabinetid,
            "subject": [notice.subject for notice in notices],
            "order_id": [notice.order_id for notice in notices],
            "order_revision": [notice.order_revision for notice in notices],
            "kind": [notice.kind for notice in notices],
            "payload": [notice.payload for notice in notices],
            "is_shown": [notice.is_shown for notice in notices],
            "reported_at": event.time,
            "event_id": event.id,
            "correlation_id": event.correlationid,
            "traceparent": current_traceparent() or event.traceparent,
        },
    )
