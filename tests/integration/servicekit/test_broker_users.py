"""Each service's user does at a real broker what its service does, and reaches nothing of any other's."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractConnection
from aio_pika.exceptions import ProbableAuthenticationError
from contracts.envelope import SERVICES, Event, Origin
from contracts.registry import EVENTS
from contracts.syncs import SyncRequestedV1
from contracts.topics import (
    DEAD_EXCHANGE,
    EVENTS_EXCHANGE,
    INGESTOR_SYNCS,
    INGESTOR_WB_COMMANDS,
    QUEUES,
    QUEUES_EXCHANGE,
    RETRY_TIERS_SECONDS,
    Queue,
    routing_key,
)
from faststream.rabbit import RabbitBroker
from local import servers as local_servers
from servicekit import broker_users
from servicekit.broker import event_publisher
from servicekit.broker_users import ADMIN, SCALER, USERS
from servicekit.consume import Rejected, consume
from servicekit.crowd import Crowd
from servicekit.db import Database
from servicekit.dead_letters import count_dead, list_dead, redrive
from servicekit.topology import declare_topology, retry_exchange, retry_name
from sqlalchemy.ext.asyncio import AsyncConnection
from support.events import sync_requested
from support.eventually import eventually
from support.outbox_rows import row_of
from support.rabbitmqctl import control
from support.refused import is_refused, publishing, reading
from support.servicekit_cli import run

StartBroker = Callable[..., Awaitable[RabbitBroker]]

CROWDED = Queue(INGESTOR_WB_COMMANDS.name, (), prefetch=1, origins=(), takes_from=(INGESTOR_SYNCS,))


@dataclass
class Users:
    """The URL of each user in a vhost with the whole topology."""

    urls: dict[str, str]

    @asynccontextmanager
    async def connected(self, user: str) -> AsyncIterator[AbstractConnection]:
        async with await aio_pika.connect(self.urls[user]) as connection:
            yield connection


@pytest.fixture(scope="module")
async def users(servers: local_servers.Servers, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Users]:
    name = f"users-{os.getpid()}"
    vhost = local_servers.add_vhost(servers, name)
    urls = {each: as_user(vhost, f"{name}.{each}", f'{each}\'s "secret"') for each in USERS}
    variables = {"RABBITMQ_URL" if each == ADMIN else f"{each.upper()}_RABBITMQ_URL": urls[each] for each in USERS}
    printed = await run("definitions", env=variables)
    assert printed.exit_code == 0
    assert "secret" not in printed.output
    file = tmp_path_factory.mktemp("broker") / "definitions.json"
    file.write_text(printed.output)
    await control(servers, "import_definitions", str(file))
    await declare_topology(urls[ADMIN])
    yield Users(urls)
    local_servers.delete_vhost(servers, name)


def as_user(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    quoted = password.replace("'", "%27").replace(" ", "%20").replace('"', "%22")
    return parts._replace(netloc=f"{user}:{quoted}@{parts.netloc.rpartition('@')[2]}").geturl()


def changes(queue: str) -> Iterator[Callable[[AbstractChannel], Awaitable[object]]]:
    async def changed(channel: AbstractChannel, how: str, *arguments: str) -> object:
        return await getattr(await channel.get_queue(queue, ensure=False), how)(*arguments)

    yield lambda channel: changed(channel, "delete")
    yield lambda channel: changed(channel, "bind", EVENTS_EXCHANGE, "#")
    yield lambda channel: changed(channel, "unbind", QUEUES_EXCHANGE, queue)


def purging(queue: str) -> Callable[[AbstractChannel], Awaitable[object]]:
    async def purge(channel: AbstractChannel) -> object:
        return await (await channel.get_queue(queue, ensure=False)).purge()

    return purge


@pytest.mark.parametrize("user", [*SERVICES, SCALER])
async def test_what_is_not_its_own_is_refused(users: Users, user: str) -> None:
    everywhere = [name for queue in QUEUES for name in (queue.name, queue.dead)]
    own = {queue.name for queue in QUEUES if queue.service == user}
    readable = own | ({queue.dead for queue in QUEUES} if user == "gateway" else set())
    reached = own | {f"{name}.dead" for name in own}
    if user == "gateway":  # where administrators redrive what died
        reached |= {queue.name for queue in QUEUES}
    published = {each.TYPE for each in EVENTS.values() if user == each.PUBLISHER}
    assert user == SCALER or own
    async with users.connected(user) as connection:
        for name in everywhere:
            assert await is_refused(connection, reading(name)) is (name not in readable), name
            assert await is_refused(connection, publishing(QUEUES_EXCHANGE, name)) is (name not in reached), name
        for seconds in RETRY_TIERS_SECONDS:
            assert await is_refused(connection, reading(retry_name(seconds)))
            for queue in QUEUES:
                later = publishing(retry_exchange(seconds), queue.name)
                assert await is_refused(connection, later) is (queue.service != user), queue.name
        for event_type in EVENTS:
            for origin in Origin:
                event = publishing(EVENTS_EXCHANGE, routing_key(event_type, origin))
                assert await is_refused(connection, event) is (event_type not in published), event_type
        for exchange in ("", DEAD_EXCHANGE, "amq.topic", "amq.direct", "amq.fanout"):
            assert await is_refused(connection, publishing(exchange, QUEUES[0].name)), exchange
        assert await is_refused(connection, lambda channel: channel.declare_queue("other", durable=True))
        assert await is_refused(connection, lambda channel: channel.declare_exchange("other"))
        for name in everywhere:
            if name not in readable:
                assert await is_refused(connection, purging(name)), name
        for change in changes(QUEUES[0].name):
            assert await is_refused(connection, change)
        # All may ask how long a queue is: that changes nothing, and whoever adds processes needs it.
        async with connection.channel() as channel:
            await channel.declare_queue(QUEUES[0].name, passive=True)


async def test_a_service_does_all_of_its_work_as_its_own_user(
    users: Users, db: Database, start_broker: StartBroker
) -> None:
    """The gateway publishes; the ingestor handles, moves, tries again and gives up; the gateway looks and puts back."""
    await emptied(users)
    requests = [sync_requested() for _ in range(3)]
    fails_once, dies = requests[:2]
    calls: list[Any] = []

    async def handle(_: AsyncConnection, event: Event[Any]) -> None:
        is_first = event.id not in calls
        calls.append(event.id)
        if is_first and event.id == fails_once.id:
            raise ValueError("not yet")
        if is_first and event.id == dies.id:
            raise Rejected("never")

    def prepare(broker: RabbitBroker) -> None:
        consume(broker, db, INGESTOR_SYNCS, {SyncRequestedV1: handle}, crowd=Crowd(CROWDED, share=0))
        consume(broker, db, CROWDED, {SyncRequestedV1: handle})

    gateway = await start_broker(url=users.urls["gateway"])
    publish = event_publisher(gateway)
    for each in requests:
        await publish(row_of(each))
    await start_broker(prepare, url=users.urls["ingestor"])

    def counted(*expected: int) -> Callable[[], bool]:
        return lambda: tuple(calls.count(each.id) for each in requests) == expected

    await eventually(lambda: asyncio.sleep(0, counted(2, 1, 1)()))
    url = users.urls["gateway"]
    assert await eventually(lambda: count_dead(url)) == {INGESTOR_WB_COMMANDS: 1}
    [letter] = await list_dead(url, CROWDED, limit=10)
    assert (letter.event_id, letter.reason) == (str(dies.id), "Rejected: never")
    assert await redrive(url, CROWDED, limit=10) == 1
    await eventually(lambda: asyncio.sleep(0, counted(2, 2, 1)()))


async def emptied(users: Users) -> None:
    async with users.connected(ADMIN) as connection:
        channel = await connection.channel()
        for name in [*(queue.name for queue in QUEUES), *(queue.dead for queue in QUEUES)]:
            await (await channel.get_queue(name, ensure=False)).purge()
        for seconds in RETRY_TIERS_SECONDS:
            await (await channel.get_queue(retry_name(seconds), ensure=False)).purge()


async def test_a_user_of_another_password_is_not_let_in(users: Users) -> None:
    for user in SERVICES:
        name = urlsplit(users.urls[user]).username
        with pytest.raises(ProbableAuthenticationError):
            await aio_pika.connect(as_user(users.urls[user], str(name), "wrong"))


async def test_limits_and_policies_are_the_brokers(users: Users, servers: local_servers.Servers) -> None:
    vhost = urlsplit(users.urls[ADMIN]).path[1:]
    limits = json.loads(await control(servers, "list_vhost_limits", "-p", vhost, "--formatter", "json"))
    assert str(broker_users.VHOST_LIMITS["max-queues"]) in json.dumps(limits)
    listed = await control(servers, "list_queues", "-p", vhost, "name", "policy", "--formatter", "json")
    policies = {row["name"]: row["policy"] for row in json.loads(listed)}
    assert {policies[queue.name] for queue in QUEUES} == {"pulse-queues"}
    assert {policies[queue.dead] for queue in QUEUES} == {"pulse-dead"}
    assert {policies[retry_name(seconds)] for seconds in RETRY_TIERS_SECONDS} == {"pulse-retries"}


async def test_the_file_without_passwords_is_written_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "definitions.json"
    assert (await run("definitions", "--check", str(file))).exit_code == 2
    assert (await run("definitions", "--write", str(file))).exit_code == 0
    assert {each["password_hash"] for each in json.loads(file.read_text())["users"]} == {""}
    assert (await run("definitions", "--check", str(file))).exit_code == 0
    file.write_text(file.read_text().replace("pulse_scaler", "pulse_other"))
    assert "is not what the contracts say" in (await run("definitions", "--check", str(file))).output


async def test_what_is_missing_or_does_not_fit_is_told() -> None:
    urls = {f"{each.upper()}_RABBITMQ_URL": f"amqp://{each}:x@broker/" for each in SERVICES}
    without = await run("definitions", env=urls)
    assert (without.exit_code, without.output.splitlines()[0][:16]) == (2, "Set RABBITMQ_URL")
    unnamed = await run("definitions", env={**urls, "RABBITMQ_URL": "amqp://broker/"})
    assert "needs a user name and a password" in unnamed.output
    elsewhere = await run("definitions", env={**urls, "RABBITMQ_URL": "amqp://admin:x@broker/other"})
    assert "several vhosts: /, other" in elsewhere.output
