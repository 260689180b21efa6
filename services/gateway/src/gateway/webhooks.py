"""Webhook subscriptions: users' own, each told to the notifier as a whole whenever it changes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.webhooks import (
    SealedSecret,
    WebhooksEnteredV1,
    WebhooksRemovedV1,
    WebhooksReplayRequestedV1,
    WebhooksTestedV1,
    owner_id,
)
from servicekit import clock, outbox
from servicekit.events import new_event
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import noting
from gateway.webhook_secrets import KeptSecret, new_secret, rotated

MOST_OF_A_USER = 20

# The update that changes nothing locks the user: of two who subscribe at once the second counts the first's.
_LOCK_USER = text("""
INSERT INTO users (telegram_id) VALUES (:user)
ON CONFLICT (telegram_id) DO UPDATE SET telegram_id = excluded.telegram_id
""")
_COUNT = text("SELECT count(*) FROM webhook_subscriptions WHERE telegram_id = :user")
_COLUMNS = """
webhook_id, telegram_id, url, description, cabinets, event_types, is_active, resumes, secrets, revision, created_at,
updated_at
"""
_STORE = text(f"""
INSERT INTO webhook_subscriptions ({_COLUMNS})
VALUES (:webhook_id, :telegram_id, :url, :description, CAST(:cabinets AS uuid[]), CAST(:event_types AS text[]),
        :is_active, :resumes, CAST(:secrets AS jsonb), :revision, :created_at, :updated_at)
ON CONFLICT (webhook_id) DO UPDATE SET
    url = excluded.url, description = excluded.description, cabinets = excluded.cabinets,
    event_types = excluded.event_types, is_active = excluded.is_active, resumes = excluded.resumes,
    secrets = excluded.secrets, revision = excluded.revision, updated_at = excluded.updated_at
""")
_LIST = text(f"SELECT {_COLUMNS} FROM webhook_subscriptions WHERE telegram_id = :user ORDER BY webhook_id")
_FIND = f"SELECT {_COLUMNS} FROM webhook_subscriptions WHERE webhook_id = :webhook_id AND telegram_id = :user"
_REMOVE = text(f"""
DELETE FROM webhook_subscriptions WHERE webhook_id = :webhook_id AND telegram_id = :user RETURNING {_COLUMNS}
""")


@dataclass(frozen=True)
class Wanted:
    """What a user may say of a subscription."""

    url: str
    description: str | None
    cabinets: tuple[UUID, ...] | None
    """None: every cabinet of the user."""
    event_types: tuple[str, ...]


@dataclass(frozen=True)
class Subscription:
    """A subscription as it is kept."""

    webhook_id: UUID
    telegram_id: int
    wanted: Wanted
    is_active: bool
    resumes: int
    secrets: tuple[KeptSecret, ...]
    revision: int
    created_at: datetime
    updated_at: datetime

    def covered(self, cabinets: Sequence[UUID]) -> list[UUID]:
        """Those of the user's cabinets that it is told of."""
        return [each for each in cabinets if self.wanted.cabinets is None or each in self.wanted.cabinets]


class TooMany(Exception):
    """The user has as many subscriptions as a user may have."""


async def subscribe(
    connection: AsyncConnection, user: int, wanted: Wanted, *, public_key: str
) -> tuple[Subscription, str]:
    """Store and announce a subscription; with its secret, which is never shown again.

    Raises:
        TooMany: nothing was stored.
    """
    await connection.execute(_LOCK_USER, {"user": user})
    if int(await connection.scalar(_COUNT, {"user": user}) or 0) >= MOST_OF_A_USER:
        raise TooMany(f"a user has {MOST_OF_A_USER} webhooks at most")
    now, webhook_id, secret = clock.now(), uuid7(), new_secret()
    made = Subscription(
        webhook_id=webhook_id,
        telegram_id=user,
        wanted=wanted,
        is_active=True,
        resumes=0,
        secrets=(KeptSecret.made(secret, webhook_id, public_key=public_key, at=now),),
        revision=1,
        created_at=now,
        updated_at=now,
    )
    noting.done_to(webhook_id=webhook_id)
    await _store(connection, made)
    return made, secret


async def list_of(connection: AsyncConnection, user: int) -> list[Subscription]:
    """The user's subscriptions, oldest first."""
    return [_read(row) for row in (await connection.execute(_LIST, {"user": user})).mappings()]


async def find(
    connection: AsyncConnection, user: int, webhook_id: UUID, *, to_change: bool = False
) -> Subscription | None:
    """One subscription of the user; None: it is another's or nobody's. To change it, it is held."""
    values = {"user": user, "webhook_id": webhook_id}
    found = await connection.execute(text(_FIND + (" FOR UPDATE" if to_change else "")), values)
    row = found.mappings().first()
    return None if row is None else _read(row)


async def change(connection: AsyncConnection, held: Subscription, **fields: Any) -> Subscription:
    """Store and announce what differs, as the next revision; without a difference nothing happens."""
    changed = replace(held, **fields)
    if changed == held:
        return held
    noting.changed({"revision": held.revision, "is_active": held.is_active, **asdict(held.wanted)})
    changed = replace(changed, revision=held.revision + 1, updated_at=clock.now())
    await _store(connection, changed)
    return changed


async def rotate(
    connection: AsyncConnection, held: Subscription, *, public_key: str, older_for: timedelta
) -> tuple[Subscription, str]:
    """Give it one more secret, shown once; those before sign beside it for `older_for`, or as long as they had.

    Raises:
        TooManySecrets: as many sign already as may.
    """
    now, secret = clock.now(), new_secret()
    newer = KeptSecret.made(secret, held.webhook_id, public_key=public_key, at=now)
    return await change(connection, held, secrets=rotated(held.secrets, newer, until=now + older_for)), secret


async def unsubscribe(connection: AsyncConnection, user: int, webhook_id: UUID) -> bool:
    """Forget it and announce that; whether there was one."""
    row = (await connection.execute(_REMOVE, {"user": user, "webhook_id": webhook_id})).mappings().first()
    if row is None:
        return False
    removed = _read(row)
    noting.changed({"revision": removed.revision, "is_active": removed.is_active, **asdict(removed.wanted)})
    data = WebhooksRemovedV1(webhook_id=webhook_id, telegram_id=user, revision=removed.revision + 1)
    await outbox.append(connection, [_event(removed, data)])
    return True


async def ask_for_test(connection: AsyncConnection, subscription: Subscription, cabinet_id: UUID) -> UUID:
    """Announce that a test event of this cabinet is wanted; the id of its delivery to come."""
    test_id = uuid7()
    noting.done_to(test_id=test_id)
    data = WebhooksTestedV1(**_state(subscription), test_id=test_id)
    await outbox.append(connection, [_event(subscription, data, cabinet_id)])
    return test_id


async def ask_for_replay(
    connection: AsyncConnection, subscription: Subscription, *, since: datetime, until: datetime
) -> UUID:
    """Announce that what was missed is wanted; the id of the request."""
    replay_id = uuid7()
    noting.done_to(replay_id=replay_id)
    data = WebhooksReplayRequestedV1(**_state(subscription), replay_id=replay_id, since=since, until=until)
    await outbox.append(connection, [_event(subscription, data)])
    return replay_id


async def _store(connection: AsyncConnection, subscription: Subscription) -> None:
    wanted = subscription.wanted
    values = {name: value for name, value in vars(subscription).items() if name not in ("wanted", "secrets")}
    values |= {**asdict(wanted), "event_types": list(wanted.event_types)}
    values["cabinets"] = None if wanted.cabinets is None else list(wanted.cabinets)
    values["secrets"] = json.dumps([secret.model_dump(mode="json") for secret in subscription.secrets])
    await connection.execute(_STORE, values)
    data = WebhooksEnteredV1(
        **_state(subscription),
        url=wanted.url,
        cabinets=wanted.cabinets,
        event_types=wanted.event_types,
        state="active" if subscription.is_active else "paused",
        resumes=subscription.resumes,
        secrets=tuple(SealedSecret(sealed=secret.sealed, until=secret.until) for secret in subscription.secrets),
    )
    await outbox.append(connection, [_event(subscription, data)])


def _state(subscription: Subscription) -> dict[str, Any]:
    return {name: getattr(subscription, name) for name in ("webhook_id", "telegram_id", "revision")}


def _event(subscription: Subscription, data: Any, cabinet_id: UUID | None = None) -> Event[Any]:
    event: Event[Any] = new_event(data, cabinet_id=cabinet_id or owner_id(subscription.telegram_id))
    return event.model_copy(update={"subject": f"webhook/{subscription.webhook_id}"})


def _read(row: RowMapping) -> Subscription:
    fields = dict(row)
    cabinets, event_types = fields.pop("cabinets"), fields.pop("event_types")
    wanted = Wanted(
        url=fields.pop("url"),
        description=fields.pop("description"),
        cabinets=None if cabinets is None else tuple(cabinets),
        event_types=tuple(event_types),
    )
    secrets = tuple(map(KeptSecret.model_validate, fields.pop("secrets")))
    return Subscription(wanted=wanted, secrets=secrets, **fields)
