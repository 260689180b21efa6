"""An administrator wants a message that was given up to be sent after all."""

from contracts.envelope import Event
from contracts.notifications import NotificationRetryRequestedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier.failed import retry_one


async def notification_retry_requested(connection: AsyncConnection, event: Event[NotificationRetryRequestedV1]) -> None:
    """It begins its schedule anew; one that did not fail, or is no more, stays as it is."""
    await retry_one(connection, event.cabinetid, event.data.delivery_id)
