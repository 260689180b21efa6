"""Targets as they are kept; every change is told to the notifier as a whole."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Event
from contracts.notification_targets import (
    Confirmation,
    NotificationTargetEnteredV1,
    NotificationTargetRemovedV1,
    NotificationTargetTestedV1,
    TargetChannel,
    address_belongs_to,
)
from contracts.webhooks import owner_id
from servicekit import clock, crypto, outbox
from servicekit.events import new_event
from sqlalchemy import RowMapping, text
from sqlalchemy.ext.asyncio import AsyncConnection
from uuid_utils.compat import uuid7

from gateway import noting
from gateway.targets import codes
from gateway.targets.addresses import Address, fields_of

MOST_OF_A_USER = 20
KEEP_DAYS = 100

# The update that changes nothing locks the user: of two who enter at once the second counts the first's.
_LOCK_USER = text("""
INSERT INTO users (telegram_id) VALUES (:user)
ON CONFLICT (telegram_id) DO UPDATE SET telegram_id = excluded.telegram_id
""")
_COUNT = text("""
SELECT count(*) FILTER (WHERE removed_at IS NULL) AS targets,
       coalesce(sum(codes_sent) FILTER (WHERE code_sent_at > CAST(:now AS timestamptz) - interval '1 day'), 0) AS codes
FROM notification_targets WHERE telegram_id = :user
""")
_KEPT = (
    "target_id", "telegram_id", "channel", "label", "hint", "cabinets", "chat_id", "topic_id", "sealed_address",
    "fingerprint", "unsubscribe_hash", "is_confirmed", "code_hash", "code_expires_at", "code_tries", "codes_sent",
    "code_sent_at", "revision", "created_at", "updated_at",
)  # fmt: skip
_COLUMNS = ", ".join(_KEPT)
_SAME = ("target_id", "telegram_id", "channel", "created_at")
_STORE = text(f"""
INSERT INTO notification_targets ({_COLUMNS})
VALUES ({", ".join("CAST(:cabinets AS uuid[])" if name == "cabinets" else f":{name}" for name in _KEPT)})
ON CONFLICT (target_id) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in _KEPT if name not in _SAME)}
""")
_OF_USER = f"SELECT {_COLUMNS} FROM notification_targets WHERE telegram_id = :user AND removed_at IS NULL"
_LIST = text(f"{_OF_USER} ORDER BY target_id")
_SAME_ADDRESS = text(f"{_OF_USER} AND channel = :channel AND fingerprint = :fingerprint FOR UPDATE")
# What was removed holds no address any more, and its link is still known: it was followed, and may be again.
_REMOVE = """
UPDATE notification_targets SET removed_at = now(), sealed_address = NULL, fingerprint = NULL, code_hash = NULL,
    revision = revision + 1
WHERE removed_at IS NULL AND %s RETURNING target_id, telegram_id, revision
"""
_REMOVE_ONE = text(_REMOVE % "target_id = :target_id AND telegram_id = :user")
_REMOVE_BY_LINK = text(_REMOVE % "unsubscribe_hash = :hash")
_BY_LINK = text("SELECT hint FROM notification_targets WHERE unsubscribe_hash = :hash")


@dataclass(frozen=True)
class Target:
    """A target as it is kept."""

    target_id: UUID
    telegram_id: int
    channel: TargetChannel
    label: str | None
    hint: str
    cabinets: tuple[UUID, ...] | None
    chat_id: int | None
    topic_id: int | None
    sealed_address: str | None
    fingerprint: bytes | None
    unsubscribe_hash: bytes | None
    is_confirmed: bool
    code: codes.Code | None
    codes_sent: int
    code_sent_at: datetime | None
    revision: int
    created_at: datetime
    updated_at: datetime

    def covered(self, cabinets: tuple[UUID, ...] | list[UUID]) -> list[UUID]:
        """Those of the user's cabinets that it is told of."""
        return [each for each in cabinets if self.cabinets is None or each in self.cabinets]


class TooMany(Exception):
    """The user has as many targets as a user may have."""


class TooManyCodes(Exception):
    """As many codes were sent today as may be."""


async def enter(
    connection: AsyncConnection,
    user: int,
    address: Address,
    *,
    target_id: UUID,
    label: str | None,
    cabinets: tuple[UUID, ...] | None,
    unsubscribe: str | None,
    public_key: str,
) -> tuple[Target, bool]:
    """Store and announce a target; one of the same address is changed instead. Whether it is a new one.

    Raises:
        TooMany, TooManyCodes: nothing was stored.
    """
    await connection.execute(_LOCK_USER, {"user": user})
    now = clock.now()
    same = {"user": user, "channel": address.channel, "fingerprint": address.fingerprint}
    row = (await connection.execute(_SAME_ADDRESS, same)).mappings().first()
    if row is not None:
        held = _read(row)
        sealed = _sealed(address, held.target_id, public_key)
        changed = replace(
            held, label=label, cabinets=cabinets, hint=address.hint, sealed_address=sealed, updated_at=now,
            revision=held.revision + 1,
        )  # fmt: skip
        await _store(connection, changed)
        return changed, False
    count = (await connection.execute(_COUNT, {"user": user, "now": now})).one()
    if count.targets >= MOST_OF_A_USER:
        raise TooMany
    made = Target(
        target_id=target_id, telegram_id=user, label=label, cabinets=cabinets, **fields_of(address),
        sealed_address=_sealed(address, target_id, public_key),
        unsubscribe_hash=None if unsubscribe is None else codes.hash_of(unsubscribe),
        is_confirmed=address.channel != "email", code=None, codes_sent=0, code_sent_at=None, revision=1,
        created_at=now, updated_at=now,
    )  # fmt: skip
    if made.is_confirmed:
        await _store(connection, made)
        return made, True
    return await _send_code(connection, made, int(count.codes), public_key=public_key, at=now), True


async def send_code(connection: AsyncConnection, held: Target, *, public_key: str) -> Target:
    """Have another code sent, which alone counts from now on.

    Raises:
        TooManyCodes: none was sent.
    """
    await connection.execute(_LOCK_USER, {"user": held.telegram_id})
    now = clock.now()
    count = (await connection.execute(_COUNT, {"user": held.telegram_id, "now": now})).one()
    again = replace(held, revision=held.revision + 1, updated_at=now)
    return await _send_code(connection, again, int(count.codes), public_key=public_key, at=now)


async def confirm(connection: AsyncConnection, held: Target, code: str) -> Target | None:
    """The target, told of from now on; None where the code is wrong, past its time or tried too often: that counts."""
    now = clock.now()
    if held.code is None or not held.code.is_open(now):
        return None
    if held.code.is_it(code, held.target_id):
        confirmed = replace(held, is_confirmed=True, code=None, revision=held.revision + 1, updated_at=now)
        await _store(connection, confirmed)
        return confirmed
    await _keep(connection, replace(held, code=replace(held.code, tries=held.code.tries + 1)))
    return None


async def list_of(connection: AsyncConnection, user: int) -> list[Target]:
    """The user's targets, oldest first."""
    return [_read(row) for row in (await connection.execute(_LIST, {"user": user})).mappings()]


async def find(connection: AsyncConnection, user: int, target_id: UUID, *, to_change: bool = False) -> Target | None:
    """One target of the user; None: it is another's or nobody's. To change it, it is held."""
    statement = text(f"{_OF_USER} AND target_id = :target_id" + (" FOR UPDATE" if to_change else ""))
    row = (await connection.execute(statement, {"user": user, "target_id": target_id})).mappings().first()
    return None if row is None else _read(row)


async def remove(connection: AsyncConnection, user: int, target_id: UUID) -> bool:
    """Forget its address and announce that; whether there was one."""
    return await _removed(connection, _REMOVE_ONE, {"user": user, "target_id": target_id})


async def unsubscribe(connection: AsyncConnection, token: str) -> str | None:
    """End the target of a link in a mail, if it did not end before; what is shown of it, None: of no target."""
    values = {"hash": codes.hash_of(token)}
    await _removed(connection, _REMOVE_BY_LINK, values)
    return await of_link(connection, token)


async def of_link(connection: AsyncConnection, token: str) -> str | None:
    """What is shown of the target of a link in a mail; None: there is none."""
    hint: str | None = await connection.scalar(_BY_LINK, {"hash": codes.hash_of(token)})
    return hint


async def ask_for_test(connection: AsyncConnection, target: Target) -> UUID:
    """Announce that a test message is wanted; the id of its delivery to come."""
    test_id = uuid7()
    noting.done_to(test_id=test_id)
    data = NotificationTargetTestedV1(**_state(target), test_id=test_id)
    await outbox.append(connection, [_event(target.telegram_id, target.target_id, data)])
    return test_id


async def _send_code(
    connection: AsyncConnection, target: Target, sent_today: int, *, public_key: str, at: datetime
) -> Target:
    if sent_today >= codes.MOST_A_DAY:
        raise TooManyCodes
    code = codes.new_code()
    sealed = crypto.seal(code, public_key=public_key, belongs_to=address_belongs_to(target.target_id))
    kept = codes.Code(codes.hash_of(code, target.target_id), at + codes.LIFE)
    asked = replace(target, code=kept, codes_sent=target.codes_sent + 1, code_sent_at=at)
    await _store(connection, asked, Confirmation(sealed=sealed, expires_at=kept.expires_at))
    return asked


async def _store(connection: AsyncConnection, target: Target, confirmation: Confirmation | None = None) -> None:
    noting.done_to(target_id=target.target_id)
    noting.changed(after={"revision": target.revision, "is_confirmed": target.is_confirmed})
    await _keep(connection, target)
    data = NotificationTargetEnteredV1(
        **_state(target),
        channel=target.channel,
        label=target.label or target.hint,
        cabinets=target.cabinets,
        chat_id=target.chat_id,
        topic_id=target.topic_id,
        sealed_address=target.sealed_address,
        state="active" if target.is_confirmed else "unconfirmed",
        confirmation=confirmation,
    )
    await outbox.append(connection, [_event(target.telegram_id, target.target_id, data)])


async def _keep(connection: AsyncConnection, target: Target) -> None:
    code = target.code
    values = {name: value for name, value in vars(target).items() if name != "code"}
    values |= {
        "cabinets": None if target.cabinets is None else list(target.cabinets),
        "code_hash": code and code.hash,
        "code_expires_at": code and code.expires_at,
        "code_tries": code.tries if code else 0,
    }
    await connection.execute(_STORE, values)


async def _removed(connection: AsyncConnection, statement: Any, values: dict[str, Any]) -> bool:
    row = (await connection.execute(statement, values)).first()
    if row is None:
        return False
    noting.by(row.telegram_id)
    noting.done_to(target_id=row.target_id)
    data = NotificationTargetRemovedV1(target_id=row.target_id, telegram_id=row.telegram_id, revision=row.revision)
    await outbox.append(connection, [_event(row.telegram_id, row.target_id, data)])
    return True


def _sealed(address: Address, target_id: UUID, public_key: str) -> str | None:
    if address.sealed is None:
        return None
    return crypto.seal(
        address.sealed.model_dump_json(), public_key=public_key, belongs_to=address_belongs_to(target_id)
    )


def _state(target: Target) -> dict[str, Any]:
    return {name: getattr(target, name) for name in ("target_id", "telegram_id", "revision")}


def _event(user: int, target_id: UUID, data: Any) -> Event[Any]:
    event: Event[Any] = new_event(data, cabinet_id=owner_id(user))
    return event.model_copy(update={"subject": f"target/{target_id}"})


def _read(row: RowMapping) -> Target:
    fields = dict(row)
    code_hash, expires_at, tries = (fields.pop(name) for name in ("code_hash", "code_expires_at", "code_tries"))
    cabinets = fields.pop("cabinets")
    return Target(
        **fields,
        cabinets=None if cabinets is None else tuple(cabinets),
        code=codes.Code(code_hash, expires_at, tries) if code_hash else None,
    )
