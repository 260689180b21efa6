"""A user removed a webhook subscription."""

from contracts.envelope import Event
from contracts.webhooks import WebhooksRemovedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import webhooks


async def webhooks_removed(connection: AsyncConnection, event: Event[WebhooksRemovedV1]) -> None:
    """It is told nothing more, whatever older state of it comes."""
    await webhooks.remove(connection, event)
