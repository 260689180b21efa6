"""The sender: claims due deliveries, sends them side by side, and records every answer at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import structlog
from servicekit.background import every, forever, running
from servicekit.db import Database
from servicekit.telemetry import continued_trace, current_traceparent, tracer

from notifier.delivery.claim import LOOK_AHEAD, Plan, claim, renew
from notifier.delivery.model import Delivery, Outcome, Result, Send
from notifier.delivery.record import Ended, record
from notifier.delivery.throttle import HORIZON_SECONDS, Throttle
from notifier.delivery.wakeup import listening

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How long a delivery can wait if its notification was lost, or it came due by time."""

DRAIN_SECONDS = 4.0
"""How long a stopping sender waits for answers that are under way; consumers took up to 20 s of the 30 s before it."""


class Sender:
    """One process's part of the work; any number may run.

    A delivery is held from its claim until its result is recorded, and its lease is renewed for as long.
    A killed sender's leases run out and others send again: at least once, with an attempt that never ended
    as the mark of a possible repeat.
    """

    def __init__(
        self,
        database: Database,
        channels: Mapping[str, Send],
        throttles: Mapping[str, Throttle],
        *,
        senders: int,
        lease_seconds: float,
    ) -> None:
        self._database = database
        self._channels = channels
        self._throttles = throttles
        self._senders = senders
        self._lease_seconds = lease_seconds
        self._token = uuid4()
        self._held: dict[tuple[UUID, UUID], Delivery] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: list[Ended] = []
        self._has_ended = asyncio.Event()
        self._news = asyncio.Event()
        self._writing = asyncio.Lock()
        self._left_behind = False
        self._more_is_due = False

    async def run(self) -> None:
        """Send until cancelled, whatever the database does; what is under way then is waited for and recorded."""
        beside = {
            "deliveries.record": self._record_forever,
            "deliveries.renew": every(self._lease_seconds / 3, self._renew),
        }
        try:
            async with running(beside):
                try:
                    # Begun again within this sender: answers that the database has not taken yet live in it.
                    await forever("deliveries.claim", self._claim_forever)()
                finally:
                    await self.idle()
        finally:
            await self.record_ended()

    async def _claim_forever(self) -> None:
        async with listening(self._database.dsn, self._news) as wakeup:
            while True:
                await self.claim_due()
                if not self._more_is_due:
                    await wakeup.wait(POLL_SECONDS)

    async def claim_due(self) -> int:
        """Claim what is due and there is room for, and begin to send it; how many."""
        self._more_is_due = False
        if len(self._held) >= self._senders:
            self._left_behind = True
            return 0
        async with self._database.transaction() as connection:
            claimed = await claim(connection, token=self._token, lease_seconds=self._lease_seconds, plan=self._plan)
        for delivery in claimed:
            self._held[delivery.key] = delivery
            task = asyncio.create_task(self._deliver(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed)

    def _plan(self, due: Sequence[Delivery]) -> Plan:
        room = self._senders - len(self._held)
        go: list[Delivery] = []
        defer: list[tuple[Delivery, float]] = []
        deferred: Counter[tuple[str, str]] = Counter()
        for delivery in due:
            if delivery.key in self._held:
                # Its answer is known and only waits for the database to come back.
                continue
            throttle = self._throttles.get(delivery.channel)
            wait_seconds = throttle.wait_seconds(delivery.recipient) if throttle else 0.0
            if throttle and wait_seconds > HORIZON_SECONDS:
                place = (delivery.channel, delivery.recipient)
                behind_seconds = deferred[place] * throttle.recipient_interval_seconds
                deferred[place] += 1
                # Due one poll early, so that the turn itself is not missed.
                defer.append((delivery, wait_seconds + behind_seconds - POLL_SECONDS))
            elif len(go) < room:
                send_at = throttle.take(delivery.recipient) if throttle else 0.0
                go.append(replace(delivery, send_at=send_at))
        self._left_behind = len(go) == room
        # A full look that moved nothing would only be looked at again.
        self._more_is_due = len(due) == LOOK_AHEAD and bool(go or defer)
        return Plan(go, defer)

    async def _deliver(self, delivery: Delivery) -> None:
        started = time.monotonic()
        with (
            continued_trace(delivery.traceparent),
            tracer.start_as_current_span(
                f"{delivery.channel} deliver",
                attributes={"delivery.id": str(delivery.id), "delivery.attempt": delivery.attempt},
            ) as span,
        ):
            result = await self._attempt(delivery)
            span.set_attribute("delivery.outcome", result.outcome.value)
            traceparent = current_traceparent()
        duration_ms = round((time.monotonic() - started) * 1000)
        self._ended.append(Ended(delivery, result, datetime.now(UTC), duration_ms, traceparent))
        self._has_ended.set()

    async def _attempt(self, delivery: Delivery) -> Result:
        throttle = self._throttles.get(delivery.channel)
        if throttle and (pause_seconds := await throttle.turn(delivery.send_at)):
            return Result(Outcome.NOT_SENT, "the channel is paused", retry_after_seconds=pause_seconds)
        try:
            result = await self._channels[delivery.channel](delivery)
        except Exception as error:
            log.exception("delivery.broke", delivery_id=str(delivery.id), channel=delivery.channel)
            return Result(Outcome.UNAVAILABLE, f"our own error: {type(error).__name__}")
        if throttle and result.outcome is Outcome.RATE_LIMITED:
            throttle.pause(result.retry_after_seconds or 0.0)
        if result.outcome is not Outcome.DELIVERED:
            log.warning(
                "delivery.not_delivered",
                delivery_id=str(delivery.id),
                channel=delivery.channel,
                attempt=delivery.attempt,
                outcome=result.outcome.value,
                reason=result.reason,
            )
        return result

    async def _record_forever(self) -> None:
        while True:
            await self.record_ended()
            if self._left_behind:
                self._news.set()
            await self._has_ended.wait()

    async def record_ended(self) -> None:
        """Record every result there is. If the database fails they are kept, and recorded once it is back."""
        while self._ended:
            batch = list(self._ended)
            # Two updates of the same rows in different order would lock one another.
            async with self._writing, self._database.transaction() as connection:
                await record(connection, batch, token=self._token)
            del self._ended[: len(batch)]
            for ended in batch:
                del self._held[ended.delivery.key]
        self._has_ended.clear()

    async def _renew(self) -> None:
        if held := list(self._held.values()):
            async with self._writing, self._database.transaction() as connection:
                await renew(connection, held, token=self._token, lease_seconds=self._lease_seconds)

    async def idle(self, timeout_seconds: float = DRAIN_SECONDS) -> None:
        """Wait until everything that was claimed has been answered, then give up what was not."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout_seconds)
        for task in self._tasks:
            task.cancel()
