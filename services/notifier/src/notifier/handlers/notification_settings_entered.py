"""A user entered what he wants to be told."""

from contracts.envelope import Event
from contracts.notification_settings import NotificationSettingsEnteredV1 as Entered
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import notification_settings
from notifier.deliveries import receivers


async def notification_settings_entered(connection: AsyncConnection, event: Event[Entered]) -> None:
    """The newest revision counts, also for what waits already. Whoever enters something has not left."""
    data = event.data
    await notification_settings.enter(connection, data.telegram_id, revision=data.revision, settings=data.settings)
    await receivers.is_back(connection, "telegram", str(data.telegram_id))
