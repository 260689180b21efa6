"""A user entered, changed or confirmed a target."""

from contracts.envelope import Event
from contracts.notification_targets import NotificationTargetEnteredV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import targets


async def notification_target_entered(connection: AsyncConnection, event: Event[NotificationTargetEnteredV1]) -> None:
    """From now on it is told what its user is told."""
    await targets.enter(connection, event)
