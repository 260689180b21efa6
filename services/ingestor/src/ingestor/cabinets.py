"""Cabinets as the ingestor knows them: sealed token, claims, and whether WB accepts it."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.cabinets import CabinetConnectedV1, CabinetDisconnectedV1, CabinetSuspendedV1
from contracts.envelope import Event
from contracts.syncs import SyncFailedV1
from contracts.wb_token import TokenKind
from servicekit import clock, outbox, tombstones
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.causes import Cause, cause_of, make_event
from ingestor.commands import journal
from ingestor.refusals import RefusalReason, Streak, SuspensionReason
from ingestor.sync import cabinet_syncs, schedule

# An event older than the token (or the disconnection) that is stored came late and changes nothing but
# the moment of the first connection.
_CONNECT = text("""
    INSERT INTO cabinets AS known (cabinet_id, status, seller_id, kind, categories, sealed_token, connected_at,
        token_at, expires_at, cause, next_check_at)
    VALUES (:cabinet_id, 'unchecked', :seller_id, :kind, :categories, :sealed_token, :time, :time, :expires_at,
        CAST(:cause AS jsonb), now())
    ON CONFLICT (cabinet_id) DO UPDATE SET status = 'unchecked', reason = NULL, detail = NULL,
        seller_id = excluded.seller_id, kind = excluded.kind, categories = excluded.categories,
        sealed_token = excluded.sealed_token,
        seller_name = CASE WHEN known.seller_id = excluded.seller_id THEN known.seller_name END,
        currency = CASE WHEN known.seller_id = excluded.seller_id THEN known.currency END,
        connected_at = coalesce(known.connected_at, excluded.connected_at), token_at = excluded.token_at,
        expires_at = excluded.expires_at, expiry_told_days = NULL, active_at = now(),
        cause = excluded.cause, next_check_at = now(), check_failures = 0, refusals = 0, refused_since = NULL,
        refused_reason = NULL, doubt = NULL, checked_at = NULL, lease_token = NULL, lease_until = NULL
    WHERE known.token_at < excluded.token_at AND known.status <> 'disconnected'
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
        lease_token = NULL, lease_until = NULL, verified_at = NULL, refusals = 0, refused_since = NULL,
        refused_reason = NULL, doubt = NULL, checked_at = NULL, currency = NULL,
        expires_at = NULL, expiry_told_days = NULL, active_at = NULL
    WHERE known.token_at < excluded.token_at
    RETURNING cabinet_id
""")
_CLAIM = text(f"""
    UPDATE cabinets SET lease_token = :token, lease_holder = :holder,
        lease_until = now() + make_interval(secs => :lease_seconds)
    WHERE cabinet_id = (
        SELECT cabinet_id FROM cabinets
        WHERE next_check_at <= now()
            AND (lease_until IS NULL OR lease_until < now() OR lease_holder NOT IN ({schedule.LIVING}))
        ORDER BY next_check_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING cabinet_id, lease_token AS token, seller_id, kind, sealed_token, seller_name, trade_mark, cause,
        check_failures, status, reason, doubt, refusals, refused_reason,
        coalesce(extract(epoch FROM now() - refused_since), 0)::float AS refused_seconds
""")
_VERIFY = text("""
    UPDATE cabinets SET status = 'verified', reason = NULL, detail = NULL, seller_name = :seller_name,
        trade_mark = :trade_mark, currency = coalesce(currency, CAST(:currency AS text)),
        verified_at = CASE WHEN status = 'verified' THEN verified_at ELSE now() END,
        checked_at = now(), next_check_at = NULL, check_failures = 0, refusals = 0, refused_since = NULL,
        refused_reason = NULL, doubt = NULL, lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id AND lease_token = :token RETURNING verified_at
""")
_POSTPONE = text("""
    UPDATE cabinets SET next_check_at = now() + make_interval(secs => :seconds), check_failures = :failures,
        detail = CASE WHEN status = 'unchecked' THEN :detail ELSE detail END, lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id AND lease_token = :token
""")
_RELEASE = text("""
    UPDATE cabinets SET lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id AND lease_token = :token
""")
_LOCK = text("SELECT lease_token FROM cabinets WHERE cabinet_id = :cabinet_id FOR UPDATE")
_REFUSE = text("""
    UPDATE cabinets SET refusals = :refusals, refused_reason = :refused_reason,
        refused_since = CASE WHEN :refusals = 1 THEN now() ELSE refused_since END, check_failures = 0,
        next_check_at = now() + make_interval(secs => CAST(:seconds AS double precision)),
        status = CASE WHEN :counts THEN 'suspended' ELSE status END,
        reason = CASE WHEN :counts THEN :refused_reason ELSE reason END,
        detail = CASE WHEN :counts OR status = 'unchecked' THEN :detail ELSE detail END,
        lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id
""")
_VOUCH = text("""
    UPDATE cabinets SET checked_at = now(), next_check_at = NULL, check_failures = 0, refusals = 0,
        refused_since = NULL, refused_reason = NULL, doubt = NULL, lease_token = NULL, lease_until = NULL
    WHERE cabinet_id = :cabinet_id
""")
_IS_DISCONNECTED = text("SELECT status = 'disconnected' FROM cabinets WHERE cabinet_id = :cabinet_id")
_CHECK_NOW = text("UPDATE cabinets SET next_check_at = now() WHERE cabinet_id = :cabinet_id AND status = 'suspended'")
_IS_READ = text("""
    SELECT EXISTS (
        SELECT 1 FROM sync_state s JOIN cabinets c USING (cabinet_id)
        WHERE cabinet_id = :cabinet_id AND s.accepted_at > c.refused_since)
""")


@dataclass(frozen=True, slots=True)
class Check:
    """A claimed check of one cabinet.

    `doubt` is what a sync was refused for. Checks were refused `refusals` times in a row for `refused_reason`, first
    `refused_seconds` ago.
    """

    cabinet_id: UUID
    token: UUID
    seller_id: UUID
    kind: TokenKind
    sealed_token: str
    seller_name: str | None
    trade_mark: str | None
    cause: Cause
    check_failures: int
    status: str
    reason: SuspensionReason | None
    doubt: RefusalReason | None
    refusals: int
    refused_reason: SuspensionReason | None
    refused_seconds: float


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
        "expires_at": claims.expires_at,
        "cause": json.dumps(cause_of(event)),
    }
    if (await connection.execute(_CONNECT, values)).first() is None:
        await connection.execute(_EARLIER, {"cabinet_id": event.cabinetid, "time": event.time})
        return False
    await cabinet_syncs.halt(connection, event.cabinetid)
    return True


async def disconnect(connection: AsyncConnection, event: Event[CabinetDisconnectedV1]) -> bool:
    """Forget a cabinet's token at once and for good, and stop its syncs and commands; `jobs/purge.py` deletes its rows.

    Nothing brings it back: who connects the same seller again gets another id.
    """
    values = {"cabinet_id": event.cabinetid, "time": event.time}
    if (await connection.execute(_DISCONNECT, values)).first() is None:
        return False
    await cabinet_syncs.abandon(connection, event.cabinetid)
    await journal.cancel(connection, event.cabinetid)
    await tombstones.leave(connection, event.cabinetid, event.time)
    return True


async def is_disconnected(connection: AsyncConnection, cabinet_id: UUID) -> bool:
    """Whether the cabinet is gone for good: nothing may be written of it."""
    return (await connection.execute(_IS_DISCONNECTED, {"cabinet_id": cabinet_id})).scalar() is True


async def claim_check(database: Database, *, lease_seconds: float, holder: int | None = None) -> Check | None:
    """One cabinet whose check is due, leased to the caller for as long as `holder`, if it says who it is, lives."""
    values = {"token": uuid4(), "lease_seconds": lease_seconds, "holder": holder}
    async with database.transaction() as connection:
        row = (await connection.execute(_CLAIM, values)).mappings().first()
    if row is None:
        return None
    return Check(**{**row, "kind": TokenKind(row["kind"])})


async def verify(
    connection: AsyncConnection, check: Check, *, seller_name: str, trade_mark: str | None, currency: str | None
) -> datetime | None:
    """Mark a checked cabinet verified; since when it is, or none if the check was no longer wanted.

    `currency` counts until WB states the seller's beside an amount.
    """
    values = {
        "cabinet_id": check.cabinet_id,
        "token": check.token,
        "seller_name": seller_name,
        "trade_mark": trade_mark,
        "currency": currency,
    }
    row = (await connection.execute(_VERIFY, values)).first()
    return None if row is None else row[0]


async def postpone(connection: AsyncConnection, check: Check, *, seconds: float, failures: int, detail: str) -> None:
    """WB could not say: the cabinet stays as it is and is checked again."""
    values = {"cabinet_id": check.cabinet_id, "token": check.token}
    await connection.execute(_POSTPONE, {**values, "seconds": seconds, "failures": failures, "detail": detail})


async def release(connection: AsyncConnection, check: Check) -> None:
    """Give a check back unfinished: it is due for anyone at once."""
    await connection.execute(_RELEASE, {"cabinet_id": check.cabinet_id, "token": check.token})


async def check_now(connection: AsyncConnection, cabinet_id: UUID) -> None:
    """A seller asks for a suspended cabinet: perhaps WB accepts it by now. Locks the cabinet in any case."""
    await connection.execute(_LOCK, {"cabinet_id": cabinet_id})
    await connection.execute(_CHECK_NOW, {"cabinet_id": cabinet_id})


async def refuse(
    connection: AsyncConnection, check: Check, reason: SuspensionReason, detail: str, *, rate: float
) -> bool:
    """WB refused the token at its check, if that is still wanted; whether the cabinet is suspended for it now.

    A refusal that is not confirmed leaves the cabinet as it is. One that is stops everything of it; what is stored
    stays, who waits for a sync is answered, and checks go on. It is told once.
    """
    if (await connection.execute(_LOCK, {"cabinet_id": check.cabinet_id})).scalar() != check.token:
        return False
    again = reason == check.refused_reason
    lasted = timedelta(seconds=check.refused_seconds if again else 0) * rate
    streak = Streak(reason, check.refusals + 1 if again else 1, lasted)
    counts = streak.counts
    if counts and await _is_read(connection, check):
        await connection.execute(_VOUCH, {"cabinet_id": check.cabinet_id})
        return False
    values = {"refusals": streak.answers, "refused_reason": reason, "counts": counts, "detail": detail}
    seconds = streak.wait(suspended=counts).total_seconds() / rate
    await connection.execute(_REFUSE, {"cabinet_id": check.cabinet_id, "seconds": seconds, **values})
    if counts:
        await cabinet_syncs.stop(connection, check.cabinet_id)
    events = []
    if counts or check.status == "suspended":
        events += await _dismissed(connection, check.cabinet_id, detail)
    if counts and check.reason != reason:
        events.append(make_event(CabinetSuspendedV1(reason=reason, detail=detail), check.cabinet_id, check.cause))
    await outbox.append(connection, events)
    return counts


async def _is_read(connection: AsyncConnection, check: Check) -> bool:
    """Whether syncs succeed all the same: then it is the check that WB refuses, not the token."""
    if check.status != "verified":
        return False
    return bool((await connection.execute(_IS_READ, {"cabinet_id": check.cabinet_id})).scalar())


async def _dismissed(connection: AsyncConnection, cabinet_id: UUID, detail: str) -> list[Event[Any]]:
    now = clock.now()
    return [
        make_event(
            SyncFailedV1(sync_id=asked["sync_id"], resource=resource, reason=detail, failed_at=now),
            cabinet_id,
            asked["cause"],
        )
        for resource, asked in await cabinet_syncs.dismiss(connection, cabinet_id)
    ]
