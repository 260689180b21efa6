"""Events that webhooks are told as they are, beside the messages that are made from them."""

from collections.abc import Mapping
from typing import Any

from contracts.envelope import Event, EventData, Origin
from contracts.webhooks import DOMAIN_EVENTS
from servicekit.consume import Handler
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.deliveries.enqueue import enqueue_event


def told_to_programs(handlers: Mapping[type[EventData], Handler]) -> Mapping[type[EventData], Handler]:
    """The handlers; after those of `DOMAIN_EVENTS` the event itself is enqueued for the webhooks that chose it."""
    return {data: _and_told(handler) if data in DOMAIN_EVENTS else handler for data, handler in handlers.items()}


def _and_told(handler: Handler) -> Handler:
    async def handle(connection: AsyncConnection, event: Event[Any]) -> Any:
        result = await handler(connection, event)
        if event.origin is Origin.LIVE:
            await enqueue_event(connection, event)
        return result

    return handle
