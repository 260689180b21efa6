"""On servers that were given, only what is our own is made, used and deleted."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import aio_pika
import asyncpg
import pytest
from contracts.topics import QUEUES
from local import broker_logins, management, prepare, rabbitmq
from local import servers as local_servers
from local.environments import SERVICES
from local.errors import LocalError
from local.finding import binaries_of
from local.ports import free_port
from servicekit.topology import declare_topology
from support.rabbitmqctl import control
from support.refused import is_refused, reading


@pytest.fixture(scope="module")
def management_url(servers: local_servers.Servers) -> str:
    """The session's broker with its management API switched on, on a port of its own."""
    binaries = binaries_of(rabbitmq.RABBITMQ, servers.instance)
    assert binaries is not None
    port = free_port(None)
    listener = f'application:set_env(rabbitmq_management, tcp_config, [{{port, {port}}}, {{ip, "127.0.0.1"}}]).'
    rabbitmq.control(binaries, servers.instance, "eval", listener)
    rabbitmq.control(binaries, servers.instance, "enable", "rabbitmq_management", program="rabbitmq-plugins")
    return f"http://127.0.0.1:{port}"


@pytest.fixture
def given(
    servers: local_servers.Servers, management_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[local_servers.Servers]:
    """The same servers, as if somebody had named them in the environment."""
    for variable, url in servers.env.items():
        monkeypatch.setenv(variable, url)
    monkeypatch.setenv(management.VARIABLE, management_url)
    yield local_servers.start("given", root=tmp_path)
    local_servers.destroy("given", root=tmp_path)


async def test_a_vhost_is_made_over_the_management_api_and_deleted(given: local_servers.Servers) -> None:
    url = await asyncio.to_thread(local_servers.add_vhost, given, "our own/1")
    assert url != given.rabbitmq_url
    async with await aio_pika.connect(url) as amqp:
        assert await (await amqp.channel()).declare_queue("mine", exclusive=True)
    await asyncio.to_thread(local_servers.delete_vhost, given, "our own/1")
    with pytest.raises(LocalError, match="404"):
        await asyncio.to_thread(local_servers.delete_vhost, given, "our own/1")


def test_a_broker_without_one_is_not_used(given: local_servers.Servers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(management.VARIABLE, f"http://127.0.0.1:{free_port(None)}")
    with pytest.raises(LocalError, match="unset RABBITMQ_URL"):
        local_servers.add_vhost(given, "ours")


async def test_users_are_made_over_it_and_deleted_and_the_administrator_and_the_vhost_stay_as_they_are(
    given: local_servers.Servers, servers: local_servers.Servers
) -> None:
    before = await control(servers, "list_users", "--formatter", "json")
    limits = await control(servers, "list_vhost_limits", "-p", "/", "--formatter", "json")
    urls, said = await asyncio.to_thread(users_given, given)
    assert said == []
    assert {service: urlsplit(url).username for service, url in urls.items()} == {
        service: f"given_ours_{service}" for service in SERVICES
    }
    await declare_topology(given.rabbitmq_url)
    for service, url in urls.items():
        async with await aio_pika.connect(url) as connection:
            for queue in QUEUES:
                if queue.service != service:
                    assert await is_refused(connection, reading(queue.name)), (service, queue.name)
            own = next(queue.name for queue in QUEUES if queue.service == service)
            assert not await is_refused(connection, reading(own)), service
    assert await asyncio.to_thread(users_given, given) == (urls, [])
    await asyncio.to_thread(broker_logins.drop, given, "given_ours")
    await asyncio.to_thread(broker_logins.drop, given, "given_ours")
    assert await control(servers, "list_users", "--formatter", "json") == before
    assert await control(servers, "list_vhost_limits", "-p", "/", "--formatter", "json") == limits


def test_without_it_services_keep_the_user_that_was_given_and_that_is_told(
    given: local_servers.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"http://127.0.0.1:{free_port(None)}"
    monkeypatch.setenv(management.VARIABLE, nowhere)
    urls, [said] = users_given(given)
    assert urls == dict.fromkeys(SERVICES, given.rabbitmq_url)
    assert said.startswith("all services connect to RabbitMQ as pulse, with all the rights that has")
    assert nowhere in said
    assert str(urlsplit(given.rabbitmq_url).password) not in said


def users_given(given: local_servers.Servers) -> tuple[Mapping[str, str], list[str]]:
    said: list[str] = []
    urls = broker_logins.give(
        given, database="given_ours", rabbitmq_url=given.rabbitmq_url, env=os.environ, progress=said.append
    )
    return urls, said


async def test_a_database_is_dropped_with_its_roles_and_no_other(given: local_servers.Servers) -> None:
    admin = await asyncpg.connect(given.database_url)
    for name in ("given_ours", "given_other"):
        await admin.execute(f"CREATE DATABASE {name}")
        for service in SERVICES:
            await admin.execute(f"CREATE ROLE {name}_{service}")
    await asyncio.to_thread(prepare.drop, given, "given_ours")
    await asyncio.to_thread(prepare.drop, given, "given_ours")
    left = await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'given%'")
    roles = await admin.fetch("SELECT rolname FROM pg_roles WHERE rolname LIKE 'given%'")
    assert [row["datname"] for row in left] == ["given_other"]
    assert sorted(row["rolname"] for row in roles) == sorted(f"given_other_{service}" for service in SERVICES)
    await asyncio.to_thread(prepare.drop, given, "given_other")
    await admin.close()
