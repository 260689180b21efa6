"""What a user wants to be told, as the notifier keeps it, put there without an event."""

from typing import Any

from contracts.notification_settings import NotificationSettings
from servicekit.db import Database

_ENTER = """
INSERT INTO notification_settings (telegram_id, revision, document) VALUES ($1, 1, $2)
ON CONFLICT (telegram_id) DO UPDATE SET
    revision = notification_settings.revision + 1, document = excluded.document, entered_at = now()
"""


async def want(database: Database, telegram_id: int, **settings: Any) -> None:
    """Let the user have said this: fields of `NotificationSettings`."""
    document = NotificationSettings(**settings).model_dump_json()
    async with database.transaction() as connection:
        await connection.exec_driver_sql(_ENTER, (telegram_id, document))
