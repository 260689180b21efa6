"""What users notice soon, broken on purpose: services and servers that are away."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import cycle

import aio_pika
import httpx
from contracts.topics import QUEUES
from demo.installation import Installation
from local import rabbitmq, servers
from local.commands import run_module
from local.errors import LocalError
from local.finding import binaries_of
from local.kind import Kind
from local.postgres import POSTGRES
from local.rabbitmq import RABBITMQ
from local.redis import REDIS

from alarms.beside import repeated
from alarms.faults import UNAVAILABLE, faulty
from alarms.trial import Trial

MANY = 1500
"""Orders at once, more than a queue may hold without a word."""
SOME = 2.0
"""Changes a second while something is broken."""
POISONED = "reporter.orders"


@contextmanager
def killed(service: str, pulse: Installation) -> Iterator[None]:
    """Nothing starts it again, as on a machine without Docker."""
    pulse.platform.kill(service)
    if service == "reporter":
        pulse.wildberries.order(MANY)
    try:
        yield
    finally:
        pulse.platform.start_service(service)
        pulse.platform.wait_ready(service)


@contextmanager
def stopped(kind: Kind, pulse: Installation) -> Iterator[None]:
    """A server is stopped, and started with its data."""
    instance = pulse.platform.instance
    kind.stop(instance)
    try:
        yield
    finally:
        servers.start(instance.name, root=instance.root)


@contextmanager
def blocked_broker(pulse: Installation) -> Iterator[None]:
    """RabbitMQ is given no memory: it takes no events from anybody."""
    binaries = binaries_of(RABBITMQ, pulse.platform.instance)
    if binaries is None:
        raise LocalError("the programs of RabbitMQ have disappeared")
    give = partial(rabbitmq.control, binaries, pulse.platform.instance, "set_vm_memory_high_watermark")
    give("0.00001")
    try:
        yield
    finally:
        give("0.3")


@contextmanager
def refusing_wildberries(pulse: Installation) -> Iterator[None]:
    """Every method of every host answers 503."""
    with faulty(pulse.wildberries.control, {"path": "/", **UNAVAILABLE}):
        yield


@contextmanager
def refusing_telegram(pulse: Installation) -> Iterator[None]:
    """Telegram answers every call with 502."""
    with faulty(pulse.telegram.control, {"kind": "status", "status": 502, "times": 1_000_000}):
        yield


@contextmanager
def poisoned(pulse: Installation) -> Iterator[None]:
    """What is no event is in a queue: it can never be handled, and is taken out of the dead letters by hand."""
    queue = next(queue for queue in QUEUES if queue.name == POISONED)
    asyncio.run(_publish(pulse.rabbitmq_url, queue.name))
    try:
        yield
        environment = pulse.platform.environments["gateway"]
        shown = run_module("servicekit", "dead", queue.name, env=environment, cwd=pulse.platform.instance.folder)
        if "no event" not in shown:
            raise LocalError(f"`servicekit dead {queue.name}` does not show what was poisoned: {shown!r}")
    finally:
        asyncio.run(_purge(pulse.rabbitmq_url, queue.dead))


@contextmanager
def busy(pulse: Installation) -> Iterator[None]:
    """Somebody reads, eight times a second, and a person writes to the bot, twice."""
    # What changes all the time, and what stays, and is kept: most reads are answered by the cache.
    paths = cycle(("orders", "reviews", *["cabinets"] * 14))
    texts = cycle(("/orders", "/help"))

    def read() -> None:
        for _ in range(4):
            pulse.api.get(f"/api/v1/{next(paths)}", timeout=5)

    def write() -> None:
        pulse.telegram.control.post("/_sim/chats/100200300/send", json={"from": 100200300, "text": next(texts)})

    def live() -> None:
        for act in (read, write):
            with suppress(httpx.HTTPError):  # that is what is tried
                act()

    pulse.wildberries.life(SOME)
    try:
        with repeated(live, 0.5):
            yield
    finally:
        pulse.wildberries.life(0)


async def _publish(url: str, queue: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.default_exchange.publish(aio_pika.Message(b'"no event"'), routing_key=queue)


async def _purge(url: str, queue: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await (await channel.get_queue(queue, ensure=False)).purge()


TRIALS = (
    Trial("a poisoned message", frozenset({"DeadLetters"}), poisoned),
    Trial("Wildberries refuses", frozenset({"WildberriesIsDown"}), refusing_wildberries),
    Trial(
        "reporter killed",
        frozenset({"ServiceIsDown", "QueueHasNoConsumer", "QueueGrows"}),
        partial(killed, "reporter"),
    ),
    Trial("gateway killed", frozenset({"ServiceIsDown", "BotIsCutOff"}), partial(killed, "gateway")),
    Trial("notifier killed", frozenset({"ServiceIsDown", "QueueHasNoConsumer"}), partial(killed, "notifier")),
    Trial("RabbitMQ stopped", frozenset({"ServerIsNotSeen", "EventsStop"}), partial(stopped, RABBITMQ)),
    Trial("RabbitMQ without memory", frozenset({"BrokerBlocks", "EventsStop"}), blocked_broker),
    Trial("Redis stopped", frozenset({"ServerIsDown", "TelegramLimitsAlone"}), partial(stopped, REDIS)),
    Trial(
        "PostgreSQL stopped",
        frozenset({"ServerIsDown", "ServerIsNotSeen", "AnswersArePast", "ApiFails"}),
        partial(stopped, POSTGRES),
    ),
    Trial("Telegram refuses", frozenset({"ChannelIsAway", "MessagesFail"}), refusing_telegram),
)
