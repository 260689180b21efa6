"""A user asked for what an endpoint missed."""

from contracts.envelope import Event
from contracts.webhooks import WebhooksReplayRequestedV1
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import webhooks

_REQUEST = text("""
INSERT INTO webhook_replays (id, webhook_id, since, until) VALUES (:id, :webhook_id, :since, :until)
ON CONFLICT DO NOTHING
""")


async def webhooks_replay_requested(connection: AsyncConnection, event: Event[WebhooksReplayRequestedV1]) -> None:
    """`jobs/replay_missed.py` sends it.

    Raises:
        NotEntered: the event came before the resume that it follows; it has to be handled again.
    """
    data = event.data
    if await webhooks.is_there(connection, data):
        values = {"id": data.replay_id, "webhook_id": data.webhook_id, "since": data.since, "until": data.until}
        await connection.execute(_REQUEST, values)
