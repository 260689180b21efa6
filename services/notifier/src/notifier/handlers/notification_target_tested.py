"""A user asked for a test message to a target."""

from contracts.envelope import Event
from contracts.notification_targets import NotificationTargetTestedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import targets


async def notification_target_tested(connection: AsyncConnection, event: Event[NotificationTargetTestedV1]) -> None:
    """A delivery like any other.

    Raises:
        NotEntered: nothing was stored; the event has to be handled again.
    """
    await targets.test(connection, event)
