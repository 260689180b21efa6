"""A target was removed."""

from contracts.envelope import Event
from contracts.notification_targets import NotificationTargetRemovedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import targets


async def notification_target_removed(connection: AsyncConnection, event: Event[NotificationTargetRemovedV1]) -> None:
    """It is told nothing more, whatever older state of it comes."""
    await targets.remove(connection, event)
