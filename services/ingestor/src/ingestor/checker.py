"""Checking cabinets at WB: does it accept the token, and is the seller who the token says."""

import asyncio
import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from contracts.cabinets import CabinetVerifiedV1
from contracts.currency import currency_of_country
from opentelemetry.trace import Status, StatusCode
from servicekit import outbox
from servicekit.crypto import unseal
from servicekit.db import Database
from servicekit.telemetry import continued_trace, tracer

from ingestor import cabinets
from ingestor.backoff import backoff_seconds
from ingestor.cabinets import Check
from ingestor.causes import make_event
from ingestor.commands import journal
from ingestor.refusals import REASONS, SuspensionReason
from ingestor.resources import RESOURCES
from ingestor.sync import cabinet_syncs
from ingestor.sync.leases import Leases
from ingestor.wb.client import Access, WbClient
from ingestor.wb.errors import MustWait, Unavailable, WbError
from ingestor.wb.methods import METHODS

log = structlog.get_logger()

LEASE_SECONDS = timedelta(minutes=2).total_seconds()
PATIENCE_SECONDS = 5.0


class _Seller(msgspec.Struct):
    sid: str
    name: str = ""
    trade_mark: str | None = msgspec.field(name="tradeMark", default=None)
    country: Any = None


class _OtherSeller(Exception):
    """WB names another seller than the token does."""


REFUSALS: tuple[type[Exception], ...] = (*REASONS, _OtherSeller)


class Checker:
    """Checks cabinets, each in the trace of the event that brought its token."""

    def __init__(self, database: Database, client: WbClient, leases: Leases, *, private_keys: str, rate: float) -> None:
        self._database = database
        self._leases = leases
        self._client = client
        self._private_keys = private_keys
        self._rate = rate

    async def claim(self, limit: int) -> list[Check]:
        """A cabinet whose check is due."""
        holder = await self._leases.holder()
        check = await cabinets.claim_check(self._database, lease_seconds=LEASE_SECONDS, holder=holder)
        return [] if check is None else [check]

    async def run(self, check: Check) -> None:
        """Check once and store the verdict, giving the check back if cancelled; no failure of WB removes anything."""
        try:
            await self._check(check)
        except asyncio.CancelledError:
            async with self._database.transaction() as connection:
                await cabinets.release(connection, check)
            raise

    async def _check(self, check: Check) -> None:
        with continued_trace(check.cause["traceparent"]), tracer.start_as_current_span("check cabinet") as span:
            span.set_attribute("cabinet.id", str(check.cabinet_id))
            try:
                seller = await self._ask_wb(check)
            except REFUSALS as error:
                reason = REASONS.get(type(error), "seller_mismatch")
                span.set_status(Status(StatusCode.ERROR, reason))
                await self._refuse(check, reason, str(error))
            except WbError as error:
                await self._postpone(check, error)
            else:
                await self._verify(check, seller)

    async def _ask_wb(self, check: Check) -> _Seller:
        token = unseal(check.sealed_token, private_keys=self._private_keys, belongs_to=str(check.cabinet_id))
        access = Access(_who_spends(check, token), check.kind, token)
        await self._client.call(METHODS["ping"], access, patience_seconds=PATIENCE_SECONDS)
        looks_unpaid = "payment_required" in {check.refused_reason, check.reason, check.doubt}
        if check.seller_name is not None and not looks_unpaid:
            # WB named this seller before, and has just accepted a token that says it is the same one.
            # An empty balance `ping` never tells, so there it is asked for all the same.
            return _Seller(str(check.seller_id), check.seller_name, check.trade_mark)
        reply = await self._client.call(METHODS["seller-info"], access, patience_seconds=PATIENCE_SECONDS)
        try:
            seller = msgspec.json.decode(reply.body, type=_Seller)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise Unavailable(f"seller-info: not the answer of this method ({error})") from error
        if seller.sid.lower() != str(check.seller_id):
            raise _OtherSeller("the token names another seller than WB does")
        return seller

    async def _verify(self, check: Check, seller: _Seller) -> None:
        async with self._database.transaction() as connection:
            verified_at = await cabinets.verify(
                connection,
                check,
                seller_name=seller.name,
                trade_mark=seller.trade_mark or None,
                currency=currency_of_country(str(seller.country)),
            )
            if verified_at is None:
                return
            await journal.hurry(connection, check.cabinet_id)
            if check.status == "verified":
                return
            await cabinet_syncs.begin(connection, check.cabinet_id, RESOURCES.values())
            data = CabinetVerifiedV1(
                seller_id=check.seller_id,
                seller_name=seller.name,
                trade_mark=seller.trade_mark or None,
                verified_at=verified_at,
            )
            await outbox.append(connection, [make_event(data, check.cabinet_id, check.cause)])
        log.info("cabinet.verified", cabinet_id=str(check.cabinet_id))

    async def _refuse(self, check: Check, reason: SuspensionReason, detail: str) -> None:
        async with self._database.transaction() as connection:
            suspended = await cabinets.refuse(connection, check, reason, detail, rate=self._rate)
        is_news = suspended and check.reason != reason
        log.warning(
            "cabinet.suspended" if is_news else "cabinet.refused",
            cabinet_id=str(check.cabinet_id),
            reason=reason,
            detail=detail,
        )

    async def _postpone(self, check: Check, error: WbError) -> None:
        failures = check.check_failures + 1
        seconds = backoff_seconds(failures)
        if isinstance(error, MustWait):
            seconds = max(seconds, error.seconds)
        async with self._database.transaction() as connection:
            await cabinets.postpone(connection, check, seconds=seconds, failures=failures, detail=str(error))
        log.warning("cabinet.unchecked", cabinet_id=str(check.cabinet_id), failures=failures, error=str(error))


def _who_spends(check: Check, token: str) -> UUID:
    """Whose budget a check spends: the seller's, or, until WB has confirmed whose the token is, the token's own.

    Anyone can write another seller's id into a token.
    """
    if check.status == "verified":
        return check.seller_id
    return UUID(bytes=hashlib.blake2b(token.encode(), digest_size=16).digest())
