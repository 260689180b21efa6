"""A user entered, changed, paused or resumed a webhook subscription."""

from contracts.envelope import Event
from contracts.webhooks import WebhooksEnteredV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import webhooks


async def webhooks_entered(connection: AsyncConnection, event: Event[WebhooksEnteredV1]) -> None:
    """From now on it is told what it asks for."""
    await webhooks.enter(connection, event)
