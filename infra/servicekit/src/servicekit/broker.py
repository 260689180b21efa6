"""A broker connection with safe defaults."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

import aiormq
import structlog
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AuthenticationError, ProbableAuthenticationError
from contracts.envelope import CONTENT_TYPE, Origin
from contracts.topics import EVENTS_EXCHANGE, has_consumers, routing_key
from faststream import BaseMiddleware, StreamMessage
from faststream.rabbit import Channel, RabbitBroker

from servicekit.message_spans import sending
from servicekit.outbox.relay import OutboxRow, Publish

log = structlog.get_logger()

T = TypeVar("T")

CONFIRM_TIMEOUT_SECONDS = 10.0
"""A confirm takes 1-2 ms; past this the relay gives its rows back."""

GRACEFUL_TIMEOUT_SECONDS = 20.0
"""For handlers to end after SIGTERM; below the 30 s that Compose and Kubernetes wait."""

CLOSE_TIMEOUT_SECONDS = 2.0

START_PATIENCE_SECONDS = 20.0
"""For a broker that is away when a process starts: it restarts in half of it, and who is told to stop meanwhile still
ends within the 30 s that Compose and Kubernetes wait."""

RETRY_SECONDS = 1.0
# aio-pika says in both ways that there is no connection, or none any more.
_AWAY = (OSError, RuntimeError)
_REFUSED = (AuthenticationError, ProbableAuthenticationError)


class RejectUnsettled(BaseMiddleware[Any, Any]):
    """Dead-letters a message that fails before its handler sees it, for instance over a damaged header.

    Nobody else would settle it: it would hold its place in the prefetch until the connection ends.
    """

    async def consume_scope(self, call_next: Any, msg: StreamMessage[Any]) -> Any:
        try:
            return await call_next(msg)
        except Exception as error:
            log.error("message.failed", message_id=msg.message_id, exc_info=error)  # noqa: TRY400  # structlog's way
            if msg.committed is None:
                await msg.reject()
            raise


def make_broker(url: str, service: str) -> RabbitBroker:
    """A broker that raises when a message reaches no queue, and lets handlers finish when it stops.

    FastStream's defaults would return silently for an unroutable message.
    """
    return RabbitBroker(
        url,
        default_channel=Channel(on_return_raises=True),
        graceful_timeout=GRACEFUL_TIMEOUT_SECONDS,
        reconnect_interval=1.0,
        app_id=service,
        middlewares=[RejectUnsettled],
        logger=None,
        apply_types=True,
        specification_url="amqp://broker",
    )


@asynccontextmanager
async def connected(broker: RabbitBroker) -> AsyncIterator[None]:
    """Within the block the broker is connected; `start_consuming` begins to consume.

    One that is away is tried again for `START_PATIENCE_SECONDS`; then, or where it refuses the password, the error is
    raised. At the end handlers may finish, then the connection is closed. A connection that is lost by then is no
    error: what was not acknowledged is delivered again.
    """
    connection = await _patiently(broker.connect)
    try:
        yield
    finally:
        await stop_consuming(broker)
        # The connection too: a broker that failed to stop has left it trying to come back.
        for close in (broker.stop, connection.close):
            try:
                async with asyncio.timeout(CLOSE_TIMEOUT_SECONDS):
                    await close()
            except Exception as error:
                log.warning("broker.stop_failed", error=f"{type(error).__name__}: {error}")


async def start_consuming(broker: RabbitBroker) -> None:
    """Begin to take messages. A broker that goes away meanwhile is waited for, as by `connected`."""
    # One after the other, and not `broker.start()`: begun again as a whole, it would consume some queues twice.
    for each in broker.subscribers:
        await _patiently(each.start)


async def _patiently(step: Callable[[], Awaitable[T]]) -> T:
    deadline = time.monotonic() + START_PATIENCE_SECONDS
    while True:
        try:
            return await step()
        except _AWAY as error:
            if isinstance(error, _REFUSED) or time.monotonic() > deadline:
                raise
            log.warning("broker.awaited", error=f"{type(error).__name__}: {error}")
        await asyncio.sleep(RETRY_SECONDS)


async def stop_consuming(broker: RabbitBroker) -> None:
    """Take no more messages, and wait up to `GRACEFUL_TIMEOUT_SECONDS` for the handlers that run."""
    results = await asyncio.gather(*(each.stop() for each in broker.subscribers), return_exceptions=True)
    for error in results:
        if isinstance(error, BaseException):
            log.warning("consumer.stop_failed", error=f"{type(error).__name__}: {error}")


def event_publisher(broker: RabbitBroker) -> Publish:
    """What the relay publishes with: persistent, confirmed, routed to the queues of its type and origin.

    On a channel of its own, without what FastStream does for each message: that costs more than the message does.
    The trace that made the event goes on at its consumer.
    """
    opening = asyncio.Lock()
    own: AbstractChannel | None = None

    async def channel() -> aiormq.Channel:
        nonlocal own
        async with opening:
            if own is None:
                own = await (await broker.connect()).channel(on_return_raises=True)
        return cast(aiormq.Channel, await own.get_underlay_channel())

    async def publish(row: OutboxRow) -> None:
        key = routing_key(row.type, Origin(row.origin))
        with sending(row, f"{EVENTS_EXCHANGE}:{key}") as headers:
            await confirmed(row, key, headers)

    async def confirmed(row: OutboxRow, key: str, headers: dict[str, Any]) -> None:
        # The client's own timeout does not cover its wait for a lost connection.
        async with asyncio.timeout(CONFIRM_TIMEOUT_SECONDS):
            await (await channel()).basic_publish(
                row.body,
                exchange=EVENTS_EXCHANGE,
                routing_key=key,
                mandatory=has_consumers(key),
                properties=aiormq.spec.Basic.Properties(
                    content_type=CONTENT_TYPE,
                    headers=headers,
                    delivery_mode=2,
                    message_id=str(row.id),
                    message_type=row.type,
                    app_id=broker.config.app_id,
                ),
                wait=False,  # for the socket: the batch is bounded, and each is confirmed
            )

    return publish
