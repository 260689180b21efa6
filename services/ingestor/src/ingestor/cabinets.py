"""Cabinets as the ingestor knows them: sealed token, claims, and whether WB accepts it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetSuspendedV1
from contracts.envelope import Event
from contracts.syncs import SyncFailedV1
from contracts.wb_token import Category, TokenKind
from servicekit import outbox
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor import tables
from ingestor.causes import Cause, cause_of, make_event
from ingestor.sync import schedule
from ingestor.sync.schedule import SuspensionReason

# An event older than the token (or the disconnection) that is stored came late and changes nothing but
# the moment of the first connection.
_CONNECT = text("""
    INSERT INTO cabinets AS known (cabinet_id, status, seller_id, kind, categories, sealed_token, connected_at,
        token_at, cause, next_check_at)
    VALUES (:cabinet_id, 'unchecked', :seller_id, :kind, :categories, :sealed_token, :time, :time,
        CAST(:cause AS jsonb), now())
    ON CONFLICT (cabinet_id) DO UPDATE SET status = 'unchecked', reason = NULL, detail = NULL,
        seller_id = excluded.seller_id, kind = excluded.kind, categories = excluded.categories,
        sealed_token = excluded.sealed_token,
        seller_name = CASE WHEN known.seller_id = excluded.seller_id THEN known.seller_name END,
        connected_at = coalesce(known.connected_at, excluded.connected_at), token_at = excluded.token_at,
        cause = excluded.cause, next_check_at = now(), check_failures = 0, lease_token = NULL, lease_until = NULL
    WHERE known.token_at < excluded.token_at
    RETURNING cabinet_id
""")
_EARLIER = text("""
    UPDATE cabinets SET connected_at = least(connected_at, :time)
    WHERE cabinet_id = :cabinet_id AND status <> 'disconnected'
""")
_DISCONNECT = text("""
    INSERT INTO cabinets AS known (cabinet_id, status, token_at) VALUES (:cabinet_id, 'disconnected', :time)
    ON CONFLICT (cabinet_id) DO UPDATE SET status = 'disconnected', token_at = excluded.token_at,
        reason = NULL, detail = NULL, seller_id = NULL, kind = NULL, categories = NULL, sealed_token = NULL,
        seller_name = NULL, trade_mark = NULL, connected_at = NULL, cause = NULL, next_check_at = NULL,
        lease_token = NULL, lease_until = NULL, verified_at = NULL
    WHERE known.token_at < excluded.token_at
    RETURNING cabinet_id
""")
_CLAIM = text("""
    UPDATE cabinets SET lease_token = :token, lease_until = now() + make_interval(secs => :lease_seconds)
    WHERE cabinet_id = (
        SELECT cabinet_id FROM cabinets
        WHERE next_check_at <= now() AND (lease_until IS NULL OR lease_until < now())
        ORDER BY next_check_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING cabinet_id, lease_token AS token, seller_id, kind, categories, sealed_token, seller_name,
        trade_mark, cause, check_failures, reason
""")
_VERIFY = text("""
    UPDATE cabinets SET status = 'verified', reason = NULL, detail = NULL, seller_name = :seller_name,
        trade_mark = :trade_mark, verified_at = now(), next_check_at = NULL, check_failures = 0,
        lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id AND lease_token = :token RETURNING verified_at
""")
_POSTPONE = text("""
    UPDATE cabinets SET next_check_at = now() + make_interval(secs => :seconds), check_failures = :failures,
        detail = :detail, lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id AND lease_token = :token
""")
_RELEASE = text("""
    UPDATE cabinets SET lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id AND lease_token = :token
""")
_LOCK = text("SELECT status, reason, lease_token FROM cabinets WHERE cabinet_id = :cabinet_id FOR UPDATE")
_SUSPEND = text("""
    UPDATE cabinets SET status = 'suspended', reason = :reason, detail = :detail, check_failures = 0,
        next_check_at = now() + make_interval(secs => CAST(:seconds AS double precision)),
        lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id
""")

PAYMENT_CHECK_SECONDS = 30 * 60
"""A seller who topped up WB's balance does not tell us."""


@dataclass(frozen=True, slots=True)
class Check:
    """A claimed check of one cabinet."""

    cabinet_id: UUID
    token: UUID
    seller_id: UUID
    kind: TokenKind
    categories: frozenset[Category]
    sealed_token: str
    seller_name: str | None
    trade_mark: str | None
    cause: Cause
    check_failures: int
    reason: SuspensionReason | None


async def connect(connection: AsyncConnection, event: Event[CabinetConnectedV1]) -> bool:
    """Take a cabinet in, or its new token, to be checked; False for an event that came too late.

    Data, cursors and the moment of the first connection stay; syncs wait for the check.
    """
    claims = event.data.claims
    values = {
        "cabinet_id": event.cabinetid,
        "seller_id": claims.seller_id,
        "kind": claims.kind.value,
        "categories": sorted(claims.categories),
        "sealed_token": event.data.sealed_token,
        "time": event.time,
        "cause": json.dumps(cause_of(event)),
    }
    if (await connection.execute(_CONNECT, values)).first() is None:
        await connection.execute(_EARLIER, {"cabinet_id": event.cabinetid, "time": event.time})
        return False
    await schedule.halt(connection, event.cabinetid)
    return True


async def disconnect(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> bool:
    """Forget a cabinet's token, rows and events; a tombstone keeps late events and runs from bringing it back."""
    values = {"cabinet_id": event.cabinetid, "time": event.time}
    if (await connection.execute(_DISCONNECT, values)).first() is None:
        return False
    # sync_state goes first: a page that is being stored holds its row, so what it stores is deleted after it.
    rest = [t for t in tables.metadata.tables.values() if t not in {tables.cabinets, tables.sync_state}]
    for table in (tables.sync_state, *rest):
        await connection.execute(table.delete().where(table.c.cabinet_id == event.cabinetid))
    await outbox.forget(connection, event.cabinetid)
    return True


async def claim_check(database: Database, *, lease_seconds: float) -> Check | None:
    """One cabinet whose check is due, leased to the caller."""
    async with database.transaction() as connection:
        row = (await connection.execute(_CLAIM, {"token": uuid4(), "lease_seconds": lease_seconds})).mappings().first()
    if row is None:
        return None
    categories = frozenset(Category if row["categories"] is None else map(Category, row["categories"]))
    return Check(**{**row, "kind": TokenKind(row["kind"]), "categories": categories})


async def verify(
    connection: AsyncConnection, check: Check, *, seller_name: str, trade_mark: str | None
) -> datetime | None:
    """Mark a checked cabinet verified; when, or none if the check was no longer wanted."""
    values = {"cabinet_id": check.cabinet_id, "token": check.token}
    row = (await connection.execute(_VERIFY, {**values, "seller_name": seller_name, "trade_mark": trade_mark})).first()
    return None if row is None else row[0]


async def postpone(connection: AsyncConnection, check: Check, *, seconds: float, failures: int, detail: str) -> None:
    """WB could not say: the cabinet stays as it is and is checked again."""
    values = {"cabinet_id": check.cabinet_id, "token": check.token}
    await connection.execute(_POSTPONE, {**values, "seconds": seconds, "failures": failures, "detail": detail})


async def release(connection: AsyncConnection, check: Check) -> None:
    """Give a check back unfinished: it is due for anyone at once."""
    await connection.execute(_RELEASE, {"cabinet_id": check.cabinet_id, "token": check.token})


async def lock(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """Let no other transaction change the cabinet until this one ends."""
    await connection.execute(_LOCK, {"cabinet_id": cabinet_id})


async def suspend_checked(connection: AsyncConnection, check: Check, reason: SuspensionReason, detail: str) -> None:
    """WB refused the token at its check, if that check is still wanted; told once per reason."""
    before = (await connection.execute(_LOCK, {"cabinet_id": check.cabinet_id})).one()
    if before.lease_token == check.token:
        is_news = before.reason != reason
        await suspend(connection, check.cabinet_id, reason, detail, check.cause, is_news=is_news)


async def suspend(
    connection: AsyncConnection,
    cabinet_id: UUID,
    reason: SuspensionReason,
    detail: str,
    cause: Cause | None = None,
    *,
    is_news: bool = True,
) -> None:
    """Stop everything of a cabinet until the seller acts; what is stored stays, who waits for a sync is answered."""
    seconds = PAYMENT_CHECK_SECONDS if reason == "payment_required" else None
    await connection.execute(
        _SUSPEND, {"cabinet_id": cabinet_id, "reason": reason, "detail": detail, "seconds": seconds}
    )
    await schedule.halt(connection, cabinet_id)
    events = [
        make_event(
            SyncFailedV1(sync_id=asked["sync_id"], resource=resource, reason=detail, failed_at=datetime.now(UTC)),
            cabinet_id,
            asked["cause"],
        )
        for resource, asked in await schedule.dismiss(connection, cabinet_id)
    ]
    if is_news:
        events.append(make_event(CabinetSuspendedV1(reason=reason, detail=detail), cabinet_id, cause))
    await outbox.append(connection, events)
