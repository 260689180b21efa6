"""Users, as administrators enter and remove them."""

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

_ADD = text("""
INSERT INTO users (telegram_id, note) VALUES (:telegram_id, :note) ON CONFLICT DO NOTHING RETURNING telegram_id
""")
_NOTE = text("UPDATE users SET note = :note WHERE telegram_id = :telegram_id")
_HAS_KEYS = text("SELECT EXISTS (SELECT FROM api_keys WHERE telegram_id = :telegram_id AND revoked_at IS NULL)")
_REMOVE = text("DELETE FROM users WHERE telegram_id = :telegram_id")


class InUse(Exception):
    """Something belongs to the user."""


async def add(connection: AsyncConnection, telegram_id: int, note: str) -> bool:
    """Store a user; False if there is one already."""
    added = await connection.execute(_ADD, {"telegram_id": telegram_id, "note": note})
    return added.first() is not None


async def change_note(connection: AsyncConnection, telegram_id: int, note: str) -> None:
    await connection.execute(_NOTE, {"telegram_id": telegram_id, "note": note})


async def remove(connection: AsyncConnection, telegram_id: int) -> None:
    """Delete a user whom nothing belongs to.

    Raises:
        InUse: cabinets, memberships or keys that are not revoked do; the transaction is over.
    """
    if await connection.scalar(_HAS_KEYS, {"telegram_id": telegram_id}):
        raise InUse
    try:
        await connection.execute(_REMOVE, {"telegram_id": telegram_id})
    except IntegrityError as error:
        raise InUse from error
