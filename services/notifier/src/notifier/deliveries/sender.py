"""The sender: claims due deliveries, sends them side by side, and records every answer at once."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import structlog
from contracts.notifications import Channel
from opentelemetry.trace import Status, StatusCode
from servicekit import clock
from servicekit.background import cancelled, every, forever, running
from servicekit.db import Database
from servicekit.faults import is_away
from servicekit.telemetry import continued_trace, current_traceparent, links, tracer

from notifier.deliveries.claim import claim, renew
from notifier.deliveries.model import Delivery, Outcome, Result, Send
from notifier.deliveries.plan import Plan, Slots
from notifier.deliveries.record import Ended, record
from notifier.deliveries.throttle import Throttle
from notifier.deliveries.wakeup import count_listening, listening
from notifier.metrics import ATTEMPTS, FINISHED, LATE_SECONDS, TOLD_SECONDS

log = structlog.get_logger()

POLL_SECONDS = 1.0
"""How long a delivery can wait if its notification was lost, or it came due by time."""

LOOK_AHEAD = 200
"""Receivers looked at in one claim."""

DRAIN_SECONDS = 4.0
"""How long a stopping sender waits for answers that are under way; consumers took up to 20 s of the 30 s before it."""

FAILED = frozenset({Outcome.REFUSED, Outcome.BROKEN, Outcome.UNAVAILABLE, Outcome.UNANSWERED, Outcome.RATE_LIMITED})
"""What keeps a delivery's trace."""


class Sender:
    """One channel's part of one process's work; any number may run, and no channel waits for another.

    A delivery is held from its claim until its result is recorded, and its lease is renewed for as long.
    A killed sender's leases run out and others send again: at least once, with an attempt that never ended
    as the mark of a possible repeat.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        send: Send,
        throttle: Throttle | None = None,
        *,
        slots: int,
        lease_seconds: float,
    ) -> None:
        self._database = database
        self.channel = channel
        self._send = send
        self._throttle = throttle
        self._slots = Slots(slots, throttle, lease_seconds)
        self._total = slots
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
        self._look_again_seconds = POLL_SECONDS
        for outcome in Outcome:
            ATTEMPTS.labels(channel, outcome.value)
        for result in ("delivered", "failed"):
            FINISHED.labels(channel, result)
        for seconds in (TOLD_SECONDS, LATE_SECONDS):
            seconds.labels(channel)

    async def run(self) -> None:
        """Send until cancelled, whatever the database does; what is under way then is waited for and recorded."""
        beside = {
            f"{self.channel}.record": self._record_forever,
            f"{self.channel}.renew": every(self._lease_seconds / 3, self._renew),
        }
        try:
            async with running(beside):
                try:
                    # Begun again within this sender: answers that the database has not taken yet live in it.
                    await forever(f"{self.channel}.claim", self._claim_forever)()
                finally:
                    await self.idle()
        finally:
            await self.record_ended()

    async def _claim_forever(self) -> None:
        async with listening(self._database.dsn, self._news, self.channel) as wakeup:
            while True:
                await self.claim_due()
                if not self._more_is_due:
                    await wakeup.wait(self._look_again_seconds)

    async def claim_due(self) -> int:
        """Claim what is due and there is room for, and begin to send it; how many."""
        self._more_is_due = False
        self._look_again_seconds = POLL_SECONDS
        room = self._total - len(self._held)
        if room <= 0:
            self._left_behind = True
            return 0
        if self._throttle:
            await self._count_processes(self._throttle)
            room = min(room, self._throttle.room())
            if room == 0:
                self._look_again_seconds = self._throttle.look_again_seconds()
                return 0
        held = Counter(delivery.recipient for delivery in self._held.values())
        full = [recipient for recipient, count in held.items() if count >= self._slots.per_receiver]
        async with self._database.transaction() as connection:
            planned, is_longer = await claim(
                connection,
                self.channel,
                token=self._token,
                lease_seconds=self._lease_seconds,
                receivers=min(room, LOOK_AHEAD),
                rows=min(room, self._slots.per_receiver),
                full=full,
                plan=lambda line: self._slots.plan(line, self._held.values()),
                now=clock.now(),
            )
        self._left_behind = planned.is_short_of_slots or bool(full)
        self._more_is_due = is_longer and bool(planned.go or planned.again_seconds)
        self._look_again_seconds = self._next_look_seconds(planned)
        for delivery in planned.go:
            self._held[delivery.key] = delivery
            task = asyncio.create_task(self._deliver(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(planned.go)

    def _next_look_seconds(self, planned: Plan) -> float:
        """When somebody's turn comes of whom nobody tells."""
        waits = [seconds for seconds in planned.again_seconds.values() if seconds is not None]
        if self._throttle and planned.is_short_of_turns:
            waits.append(self._throttle.look_again_seconds())
        return min([POLL_SECONDS, *waits])

    async def _count_processes(self, throttle: Throttle) -> None:
        if throttle.wants_count():
            async with self._database.transaction() as connection:
                throttle.shared_by(await count_listening(connection, self.channel))

    async def _deliver(self, delivery: Delivery) -> None:
        started = time.monotonic()
        with (
            continued_trace(delivery.traceparent),
            tracer.start_as_current_span(
                f"{delivery.channel} deliver",
                attributes=_told_of(delivery),
                links=links([each.traceparent for each in delivery.beside if each.traceparent != delivery.traceparent]),
            ) as span,
        ):
            result = await self._attempt(delivery)
            span.set_attribute("delivery.outcome", result.outcome.value)
            if result.outcome in FAILED:
                span.set_status(Status(StatusCode.ERROR, result.outcome.value))
            ATTEMPTS.labels(self.channel, result.outcome.value).inc()
            traceparent = current_traceparent()
        duration_ms = round((time.monotonic() - started) * 1000)
        now = clock.now()
        self._observe(delivery, result, now)
        self._ended.append(Ended(delivery, result, now, duration_ms, traceparent))
        self._has_ended.set()

    def _observe(self, delivery: Delivery, result: Result, now: datetime) -> None:
        if delivery.due_at is not None:
            LATE_SECONDS.labels(self.channel).observe(max(0.0, (now - delivery.due_at).total_seconds()))
        if result.outcome is Outcome.DELIVERED and not delivery.is_group and not delivery.was_put_off:
            TOLD_SECONDS.labels(self.channel).observe(max(0.0, (now - delivery.reported_at).total_seconds()))

    async def _attempt(self, delivery: Delivery) -> Result:
        if self._throttle and (seconds := await self._throttle.turn(delivery.recipient, delivery.send_at)):
            return Result(Outcome.NOT_SENT, "not its turn any more", retry_after_seconds=seconds)
        try:
            result = await self._send(delivery)
        except Exception as error:
            log.exception("delivery.broke", delivery_id=str(delivery.id), channel=delivery.channel)
            return Result(Outcome.BROKEN, f"our own error: {type(error).__name__}")
        if result.outcome is not Outcome.DELIVERED:
            log.warning(
                "delivery.not_delivered",
                delivery_id=str(delivery.id),
                channel=delivery.channel,
                attempt=delivery.attempt,
                outcome=result.outcome.value,
                reason=result.reason,
            )
        return await self._heeded(delivery, result)

    async def _heeded(self, delivery: Delivery, result: Result) -> Result:
        """The result with what it means to the channel's limits."""
        if self._throttle and result.outcome is Outcome.DELIVERED:
            self._throttle.got_through()
        if self._throttle and result.outcome is Outcome.RATE_LIMITED:
            pause_seconds = await self._throttle.limited(delivery.recipient, result.retry_after_seconds or 0.0)
            return replace(result, channel_pause_seconds=pause_seconds)
        return result

    async def _record_forever(self) -> None:
        while True:
            await self.record_ended()
            if self._left_behind:
                self._news.set()
            await self._has_ended.wait()

    async def record_ended(self) -> None:
        """Record every result there is. If the database is away they are kept, and recorded once it is back."""
        while self._ended:
            batch = list(self._ended)
            await self._record_apart(batch)
            del self._ended[: len(batch)]
            for ended in batch:
                self._held.pop(ended.delivery.key, None)
        self._has_ended.clear()

    async def _record_apart(self, batch: Sequence[Ended]) -> None:
        """Record a batch; what one of its results breaks is halved until that one is alone."""
        try:
            # Two updates of the same rows in different order would lock one another.
            async with self._writing, self._database.transaction() as connection:
                finished = await record(connection, batch, token=self._token)
            for result in finished:
                FINISHED.labels(self.channel, result).inc()
        except Exception as error:
            if is_away(error):
                raise
            if len(batch) > 1:
                half = len(batch) // 2
                await self._record_apart(batch[:half])
                await self._record_apart(batch[half:])
                return
            # Its lease runs out, and it is sent again: at least once.
            log.exception("delivery.not_recorded", delivery_id=str(batch[0].delivery.id), channel=self.channel)

    async def _renew(self) -> None:
        if held := list(self._held.values()):
            async with self._writing, self._database.transaction() as connection:
                await renew(connection, held, token=self._token, lease_seconds=self._lease_seconds)

    async def idle(self, timeout_seconds: float = DRAIN_SECONDS) -> None:
        """Wait until everything that was claimed has been answered, then give up what was not."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=timeout_seconds)
        finally:
            await cancelled(set(self._tasks))


def _told_of(delivery: Delivery) -> dict[str, Any]:
    """What a delivery's trace is found by, those that its message speaks for as well among it."""
    everything = (delivery, *delivery.beside)
    attributes: dict[str, Any] = {
        "delivery.id": [str(each.id) for each in everything],
        "delivery.kind": delivery.kind,
        "delivery.attempt": delivery.attempt,
        "delivery.waited_seconds": round((clock.now() - delivery.created_at).total_seconds(), 4),
        "cabinet.id": str(delivery.cabinet_id),
    }
    if orders := [str(each.order_id) for each in everything if each.order_id is not None]:
        attributes["order.id"] = orders
    return attributes
