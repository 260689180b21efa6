"""What members of cabinets want to be told: told to the notifier as a whole whenever it changes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from contracts.preferences import PreferencesEnteredV1
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Held: what is entered must not meet a disconnect of its cabinet.
_HOLD = text("""
SELECT cabinet_id FROM cabinet_members m JOIN wb_cabinets c USING (cabinet_id)
WHERE telegram_id = :user AND cabinet_id = ANY (CAST(:cabinets AS uuid[])) FOR KEY SHARE OF c
""")
_ENTER = text("""
INSERT INTO notification_preferences AS p (cabinet_id, telegram_id, channel, off, revision, entered_at)
SELECT cabinet_id, :user, 'telegram', off, 1, :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS given (cabinet_id uuid, off text[])
ON CONFLICT (cabinet_id, telegram_id, channel)
DO UPDATE SET off = excluded.off, revision = p.revision + 1, entered_at = excluded.entered_at
WHERE p.off <> excluded.off
RETURNING cabinet_id, off, revision
""")
_LIST = text("""
SELECT m.cabinet_id, coalesce(p.off, '{}') AS off
FROM cabinet_members m
LEFT JOIN notification_preferences p
    ON (p.cabinet_id, p.telegram_id, p.channel) = (m.cabinet_id, m.telegram_id, 'telegram')
WHERE m.telegram_id = :user ORDER BY m.cabinet_id
""")


@dataclass(frozen=True)
class Preferences:
    """The kinds of messages that a member does not want of a cabinet, in Telegram."""

    cabinet_id: UUID
    off: frozenset[str]


class NotAMember(Exception):
    """The user is no member of one of the cabinets."""


async def enter(connection: AsyncConnection, user: int, off: Mapping[UUID, frozenset[str]]) -> None:
    """Store and announce what differs: of each cabinet the kinds that are not wanted, whatever was before.

    Raises:
        NotAMember: nothing was stored.
    """
    held = set((await connection.execute(_HOLD, {"user": user, "cabinets": sorted(off)})).scalars())
    if held != set(off):
        raise NotAMember
    given = [{"cabinet_id": str(cabinet_id), "off": sorted(kinds)} for cabinet_id, kinds in sorted(off.items())]
    values = {"user": user, "now": clock.now(), "rows": json.dumps(given)}
    changed = (await connection.execute(_ENTER, values)).all()
    events = [
        new_event(
            PreferencesEnteredV1(telegram_id=user, channel="telegram", off=row.off, revision=row.revision),
            cabinet_id=row.cabinet_id,
        )
        for row in changed
    ]
    await outbox.append(connection, events)


async def list_of(connection: AsyncConnection, user: int) -> Sequence[Preferences]:
    """Of every cabinet of the user, by their ids; where nothing was entered, everything is wanted."""
    return [Preferences(row.cabinet_id, frozenset(row.off)) for row in await connection.execute(_LIST, {"user": user})]
