"""A user asked for a test event to an endpoint."""

import json

from contracts.envelope import Event
from contracts.message_kinds import WEBHOOK_TEST
from contracts.webhooks import WebhooksTestedV1
from servicekit.telemetry import current_traceparent
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import webhooks
from notifier.deliveries.recipients import COVERS, IS_PAUSED

_INSERT = text(f"""
INSERT INTO deliveries (cabinet_id, id, subject, channel, recipient, kind, payload, reported_at, event_id,
                        correlation_id, traceparent, status, finished_at)
SELECT c.cabinet_id, :id, :subject, 'webhook', CAST(w.id AS text), :kind, CAST(:payload AS jsonb), :reported_at,
       :event_id, :correlation_id, CAST(:traceparent AS text), CASE WHEN {IS_PAUSED} THEN 'held' ELSE 'pending' END,
       CASE WHEN {IS_PAUSED} THEN clock_timestamp() END
FROM (SELECT * FROM cabinets WHERE cabinet_id = :cabinet_id AND disconnected_at IS NULL FOR SHARE) c
JOIN members m USING (cabinet_id) JOIN webhooks w USING (telegram_id)
WHERE w.id = :webhook_id AND {COVERS}
ON CONFLICT DO NOTHING
""")


async def webhooks_tested(connection: AsyncConnection, event: Event[WebhooksTestedV1]) -> None:
    """A delivery like any other, whatever types the subscription names.

    Raises:
        NotEntered: nothing was stored; the event has to be handled again.
    """
    data = event.data
    if not await webhooks.is_there(connection, data):
        return
    values = {
        "id": data.test_id,
        "webhook_id": data.webhook_id,
        "cabinet_id": event.cabinetid,
        "subject": f"{WEBHOOK_TEST}/{data.test_id}",
        "kind": WEBHOOK_TEST,
        "payload": json.dumps({"webhook_id": str(data.webhook_id), "asked_at": event.time.isoformat()}),
        "reported_at": event.time,
        "event_id": event.id,
        "correlation_id": event.correlationid,
        "traceparent": current_traceparent() or event.traceparent,
    }
    await connection.execute(_INSERT, values)
