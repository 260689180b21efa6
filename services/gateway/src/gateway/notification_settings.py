"""What users want to be told: one document each, told to the notifier as a whole whenever it changes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.notification_settings import (
    MOST,
    MOST_ITEMS,
    VALUES,
    Mute,
    NotificationSettings,
    NotificationSettingsEnteredV1,
    SettingsRule,
)
from contracts.webhooks import owner_id
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import noting

_BEGIN = text("""
INSERT INTO notification_settings (telegram_id, revision, document) VALUES (:user, 0, '{}') ON CONFLICT DO NOTHING
""")
_FIND = "SELECT revision, document, entered_at FROM notification_settings WHERE telegram_id = :user"
_READ, _HOLD = text(_FIND), text(f"{_FIND} FOR UPDATE")
_STORE = text("""
UPDATE notification_settings SET revision = :revision, document = CAST(:document AS jsonb), entered_at = :now
WHERE telegram_id = :user
""")


@dataclass(frozen=True)
class Stored:
    """A user's document; revision 0: he has entered nothing himself."""

    revision: int
    settings: NotificationSettings
    entered_at: datetime | None


async def read(connection: AsyncConnection, user: int) -> Stored:
    """What the user wants; the defaults, if he said nothing."""
    row = (await connection.execute(_READ, {"user": user})).first()
    if row is None:
        return Stored(0, NotificationSettings(), None)
    return Stored(row.revision, NotificationSettings.model_validate(row.document), row.entered_at)


async def hold(connection: AsyncConnection, user: int) -> Stored:
    """The same, and nobody else changes it until the transaction ends."""
    await connection.execute(_BEGIN, {"user": user})
    row = (await connection.execute(_HOLD, {"user": user})).one()
    return Stored(row.revision, NotificationSettings.model_validate(row.document), row.entered_at)


async def enter(connection: AsyncConnection, user: int, held: Stored, settings: NotificationSettings) -> Stored:
    """Store and announce the document as the next revision; without a difference nothing happens."""
    if settings == held.settings:
        return held
    noting.changed(
        {"revision": held.revision, **held.settings.model_dump(mode="json", exclude_none=True)},
        {"revision": held.revision + 1},
    )
    entered = Stored(held.revision + 1, settings, clock.now())
    document = settings.model_dump_json(exclude_none=True)
    values = {"user": user, "revision": entered.revision, "document": document, "now": entered.entered_at}
    await connection.execute(_STORE, values)
    event = NotificationSettingsEnteredV1(telegram_id=user, revision=entered.revision, settings=settings)
    await outbox.append(connection, [new_event(event, cabinet_id=owner_id(user))])
    return entered


def visible(settings: NotificationSettings, cabinets: Collection[UUID], now: datetime) -> NotificationSettings:
    """Without what is about other cabinets than these, and mutes that have ended."""
    mutes = tuple(mute for mute in settings.mutes if mute.until > now and _is_of(mute, cabinets))
    rules = tuple(rule for rule in settings.rules if _is_of(rule, cabinets))
    return settings.having(rules=rules, mutes=mutes)


def with_hidden(
    entered: NotificationSettings, stored: NotificationSettings, cabinets: Collection[UUID], now: datetime
) -> NotificationSettings:
    """What a user entered of what he sees, beside what he does not see: settings of a cabinet that he left wait for
    his return, as far as there is room."""
    rules = [rule for rule in stored.rules if not _is_of(rule, cabinets)]
    mutes = [mute for mute in stored.mutes if not _is_of(mute, cabinets) and mute.until > now]
    room = MOST_ITEMS - sum(len(rule.only_nm_ids or ()) for rule in entered.rules)
    fitting = []
    for rule in rules[: MOST - len(entered.rules)]:
        room -= len(rule.only_nm_ids or ())
        fitting += [rule] if room >= 0 else []
    return entered.having(rules=(*entered.rules, *fitting), mutes=(*entered.mutes, *mutes)[:MOST])


def changed(rules: Iterable[SettingsRule], changes: Sequence[SettingsRule]) -> tuple[SettingsRule, ...]:
    """The rules with what the changes set: of each the fields that were given, null among them."""
    found = {rule.place: rule for rule in rules}
    for change in changes:
        said = {name: getattr(change, name) for name in VALUES if name in change.model_fields_set}
        found[change.place] = found.get(change.place, change).model_copy(update=said)
    return saying(found.values())


def saying(rules: Iterable[SettingsRule]) -> tuple[SettingsRule, ...]:
    """Those that say anything."""
    return tuple(rule for rule in rules if any(getattr(rule, name) is not None for name in VALUES))


def without(mutes: Iterable[Mute], mute: Mute) -> tuple[Mute, ...]:
    """Those that name something else than the mute."""
    named = (mute.cabinet_id, mute.kind, mute.nm_id)
    return tuple(each for each in mutes if (each.cabinet_id, each.kind, each.nm_id) != named)


def _is_of(part: SettingsRule | Mute, cabinets: Collection[UUID]) -> bool:
    return part.cabinet_id is None or part.cabinet_id in cabinets
