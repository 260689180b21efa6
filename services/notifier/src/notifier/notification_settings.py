"""What users want to be told, as the gateway tells it: the newest revision of each user's document."""

from contracts.notification_settings import NotificationSettings
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_ENTER = text("""
INSERT INTO notification_settings AS s (telegram_id, revision, document)
VALUES (:telegram_id, :revision, CAST(:document AS jsonb))
ON CONFLICT (telegram_id) DO UPDATE
SET revision = excluded.revision, document = excluded.document, entered_at = excluded.entered_at
WHERE s.revision < excluded.revision
""")
# What was put off for a cause that is not in its settings, such as a failing chat, waits on.
_ASK_AGAIN = text("""
UPDATE deliveries SET next_attempt_at = clock_timestamp()
WHERE (channel, recipient) IN (
        SELECT 'telegram', CAST(CAST(:telegram_id AS bigint) AS text)
        UNION ALL SELECT channel, recipient FROM targets WHERE telegram_id = :telegram_id)
    AND telegram_id = :telegram_id AND status = 'pending' AND reason IN ('quiet', 'digest_at')
    AND next_attempt_at > clock_timestamp()
""")
_BEGIN = text("""
INSERT INTO notification_settings (telegram_id, revision, document) VALUES (:telegram_id, 0, '{}')
ON CONFLICT DO NOTHING
""")
_CARRIED = text(
    "SELECT document FROM notification_settings WHERE telegram_id = :telegram_id AND revision = 0 FOR UPDATE"
)
_CARRY = text("""
UPDATE notification_settings SET document = CAST(:document AS jsonb) WHERE telegram_id = :telegram_id AND revision = 0
""")


async def enter(
    connection: AsyncConnection, telegram_id: int, *, revision: int, settings: NotificationSettings
) -> None:
    """Keep the document if it is the newest; what waits for the end of quiet hours, or for the hour of digests, is
    decided anew."""
    values = {"telegram_id": telegram_id, "revision": revision, "document": stored(settings)}
    if (await connection.execute(_ENTER, values)).rowcount:
        await connection.execute(_ASK_AGAIN, {"telegram_id": telegram_id})


async def carried_over(connection: AsyncConnection, telegram_id: int) -> NotificationSettings | None:
    """What was made of a user's preferences, held until the transaction ends; none: he has entered settings since."""
    await connection.execute(_BEGIN, {"telegram_id": telegram_id})
    found = (await connection.execute(_CARRIED, {"telegram_id": telegram_id})).first()
    return None if found is None else NotificationSettings.model_validate(found.document)


async def carry_over(connection: AsyncConnection, telegram_id: int, settings: NotificationSettings) -> None:
    """Store it as what was made of a user's preferences: whatever he enters himself is newer."""
    await connection.execute(_CARRY, {"telegram_id": telegram_id, "document": stored(settings)})


def stored(settings: NotificationSettings) -> str:
    """The document as its JSON: what is not said is left out."""
    return settings.model_dump_json(exclude_none=True)
