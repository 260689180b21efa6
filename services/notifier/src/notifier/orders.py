"""Reported orders become deliveries: one for every changed order and everyone who is told of it."""

from contracts.envelope import Event, Origin
from contracts.orders import OrderChange, OrdersReportedV1
from contracts.topics import NOTIFIER_ORDERS
from servicekit import inbox
from servicekit.telemetry import current_traceparent
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.messages.kind import Kind

KINDS: dict[OrderChange, Kind] = {"new": "order_new", "changed": "order_changed", "cancelled": "order_cancelled"}

# The lock holds back a disconnect until these deliveries are there to be forgotten.
_CABINET = text("""
SELECT connected_at IS NOT NULL AS is_connected, disconnected_at IS NOT NULL AS is_disconnected
FROM cabinets WHERE cabinet_id = :cabinet_id FOR SHARE
""")
_INSERT = text("""
INSERT INTO deliveries (cabinet_id, order_id, order_revision, channel, recipient, kind, payload,
                        reported_at, event_id, correlation_id, traceparent)
SELECT :cabinet_id, reported.order_id, reported.revision, recipients.channel, recipients.recipient, reported.kind,
       reported.payload, :reported_at, :event_id, :correlation_id, CAST(:traceparent AS text)
FROM unnest(CAST(:order_id AS uuid[]), CAST(:revision AS integer[]), CAST(:kind AS text[]), CAST(:payload AS jsonb[]))
     WITH ORDINALITY AS reported (order_id, revision, kind, payload, position),
     (SELECT 'telegram' AS channel, CAST(telegram_id AS text) AS recipient
      FROM members WHERE cabinet_id = :cabinet_id
      UNION ALL
      SELECT 'webhook', CAST(id AS text)
      FROM webhooks WHERE cabinet_id = :cabinet_id AND disabled_at IS NULL) AS recipients
ORDER BY reported.position
ON CONFLICT DO NOTHING
""")


class CabinetUnknown(Exception):
    """An order came before the news of its cabinet, which travels by another queue: try again later."""


async def on_orders_reported(connection: AsyncConnection, event: Event[OrdersReportedV1]) -> None:
    """Each change becomes one delivery a recipient, whatever is delivered again; only `live` events tell anyone.

    Raises:
        CabinetUnknown: nothing was stored; the event has to be handled again.
    """
    if event.origin is not Origin.LIVE:
        return
    if not await inbox.first_time(connection, NOTIFIER_ORDERS.name, event.id):
        return
    cabinet = (await connection.execute(_CABINET, {"cabinet_id": event.cabinetid})).first()
    if cabinet is not None and cabinet.is_disconnected:
        return
    if cabinet is None or not cabinet.is_connected:
        raise CabinetUnknown(f"cabinet {event.cabinetid} has not been announced yet")
    reported = event.data.orders
    await connection.execute(
        _INSERT,
        {
            "cabinet_id": event.cabinetid,
            "order_id": [each.order.order_id for each in reported],
            "revision": [each.order.revision for each in reported],
            "kind": [KINDS[each.order.change] for each in reported],
            "payload": [each.model_dump_json() for each in reported],
            "reported_at": event.time,
            "event_id": event.id,
            "correlation_id": event.correlationid,
            "traceparent": current_traceparent() or event.traceparent,
        },
    )
