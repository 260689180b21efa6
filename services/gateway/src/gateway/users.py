"""People who connected a cabinet, joined one or signed in."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.telegram_sign_in import Person

# Also locks the user: sessions of one user are opened one after the other.
_REMEMBER = text("""
INSERT INTO users (telegram_id, first_name, last_name, username) VALUES (:id, :first_name, :last_name, :username)
ON CONFLICT (telegram_id) DO UPDATE SET
    first_name = excluded.first_name, last_name = excluded.last_name, username = excluded.username
""")
# The update that changes nothing locks the user.
_HOLD = text("""
INSERT INTO users (telegram_id) VALUES (:user)
ON CONFLICT (telegram_id) DO UPDATE SET telegram_id = excluded.telegram_id
""")
_FIND = text("SELECT first_name, last_name, username, created_at FROM users WHERE telegram_id = :user")
_CABINETS = text("""
SELECT cabinet_id, name, role FROM cabinet_members JOIN wb_cabinets USING (cabinet_id)
WHERE telegram_id = :user ORDER BY cabinet_id
""")


@dataclass(frozen=True)
class User:
    """A user; the names are those of the last sign-in."""

    first_name: str | None
    last_name: str | None
    username: str | None
    created_at: datetime


@dataclass(frozen=True)
class Membership:
    """A cabinet that a user may see, and what he may do there."""

    cabinet_id: UUID
    name: str | None
    role: str


async def remember(connection: AsyncConnection, person: Person) -> None:
    """Note who a person is, as Telegram says now; his row is held until the transaction ends."""
    await connection.execute(_REMEMBER, person.model_dump())


async def hold(connection: AsyncConnection, user: int) -> None:
    """Hold the user's row, which there is from now on, until the transaction ends."""
    await connection.execute(_HOLD, {"user": user})


async def find(connection: AsyncConnection, user: int) -> User | None:
    """The user; None when nobody by this id was ever here."""
    row = (await connection.execute(_FIND, {"user": user})).mappings().first()
    return User(**row) if row else None


async def memberships(connection: AsyncConnection, user: int) -> list[Membership]:
    """The user's cabinets, oldest first."""
    return [Membership(**row) for row in (await connection.execute(_CABINETS, {"user": user})).mappings()]
