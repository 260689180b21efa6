"""Checking cabinets at WB: does it accept the token, and is the seller who the token says."""

import asyncio
from datetime import timedelta

import msgspec
import structlog
from contracts.cabinets import CabinetVerifiedV1
from opentelemetry.trace import Status, StatusCode
from servicekit import outbox
from servicekit.crypto import CannotOpen, unseal
from servicekit.db import Database
from servicekit.telemetry import continued_trace, tracer

from ingestor import cabinets
from ingestor.backoff import backoff_seconds
from ingestor.cabinets import Check
from ingestor.causes import make_event
from ingestor.resources import RESOURCES
from ingestor.sync import schedule
from ingestor.sync.schedule import SuspensionReason
from ingestor.wb.client import Access, WbClient
from ingestor.wb.errors import MustWait, PaymentRequired, ScopeRefused, TokenRejected, Unavailable, WbError
from ingestor.wb.methods import METHODS

log = structlog.get_logger()

LEASE_SECONDS = timedelta(minutes=2).total_seconds()
PATIENCE_SECONDS = 5.0

REASONS: dict[type[Exception], SuspensionReason] = {
    TokenRejected: "token_rejected",
    PaymentRequired: "payment_required",
    ScopeRefused: "scope_refused",
    CannotOpen: "token_unreadable",
}


class _Seller(msgspec.Struct):
    sid: str
    name: str = ""
    trade_mark: str | None = msgspec.field(name="tradeMark", default=None)


class _OtherSeller(Exception):
    """WB names another seller than the token does."""


class Checker:
    """Checks cabinets, each in the trace of the event that brought its token."""

    def __init__(self, database: Database, client: WbClient, *, private_keys: str) -> None:
        self._database = database
        self._client = client
        self._private_keys = private_keys

    async def claim(self, limit: int) -> list[Check]:
        """A cabinet whose check is due."""
        check = await cabinets.claim_check(self._database, lease_seconds=LEASE_SECONDS)
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
            except (TokenRejected, PaymentRequired, ScopeRefused, CannotOpen, _OtherSeller) as error:
                reason = REASONS.get(type(error), "seller_mismatch")
                span.set_status(Status(StatusCode.ERROR, reason))
                await self._suspend(check, reason, str(error))
            except WbError as error:
                await self._postpone(check, error)
            else:
                await self._verify(check, seller)

    async def _ask_wb(self, check: Check) -> _Seller:
        token = unseal(check.sealed_token, private_keys=self._private_keys, belongs_to=str(check.cabinet_id))
        access = Access(check.seller_id, check.kind, token)
        await self._client.call(METHODS["ping"], access, patience_seconds=PATIENCE_SECONDS)
        if check.seller_name is not None and check.reason != "payment_required":
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
                connection, check, seller_name=seller.name, trade_mark=seller.trade_mark or None
            )
            if verified_at is None:
                return
            await schedule.begin(connection, check.cabinet_id, RESOURCES.values())
            data = CabinetVerifiedV1(
                seller_id=check.seller_id,
                seller_name=seller.name,
                trade_mark=seller.trade_mark or None,
                verified_at=verified_at,
            )
            await outbox.append(connection, [make_event(data, check.cabinet_id, check.cause)])
        log.info("cabinet.verified", cabinet_id=str(check.cabinet_id))

    async def _suspend(self, check: Check, reason: SuspensionReason, detail: str) -> None:
        async with self._database.transaction() as connection:
            await cabinets.suspend_checked(connection, check, reason, detail)
        log.warning("cabinet.suspended", cabinet_id=str(check.cabinet_id), reason=reason, detail=detail)

    async def _postpone(self, check: Check, error: WbError) -> None:
        failures = check.check_failures + 1
        seconds = backoff_seconds(failures)
        if isinstance(error, MustWait):
            seconds = max(seconds, error.seconds)
        async with self._database.transaction() as connection:
            await cabinets.postpone(connection, check, seconds=seconds, failures=failures, detail=str(error))
        log.warning("cabinet.unchecked", cabinet_id=str(check.cabinet_id), failures=failures, error=str(error))
