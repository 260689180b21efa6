"""A real set of private servers: kept over a kill and a restart, apart from others, gone when destroyed."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aio_pika
import asyncpg
import httpx
import psutil
import pytest
import redis.asyncio
from aiormq.exceptions import ChannelNotFoundEntity
from local import processes, rabbitmq
from local import servers as local_servers
from local.__main__ import main
from local.errors import LocalError
from local.finding import binaries_of
from local.instance import Instance
from local.kind import Kind
from local.postgres import POSTGRES
from local.rabbitmq import RABBITMQ, control
from local.redis import REDIS

pytestmark = pytest.mark.usefixtures("nothing_given")


@pytest.fixture
def nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about servers of our own, whatever the environment offers."""
    for kind in local_servers.KINDS:
        monkeypatch.delenv(kind.variable, raising=False)


@pytest.fixture
async def name() -> AsyncIterator[str]:
    """A name of this test's own; nothing of it is left afterwards."""
    name = f"test-local-{os.getpid()}"
    yield name
    await asyncio.to_thread(local_servers.destroy, name)


async def write(servers: local_servers.Servers) -> None:
    connection = await asyncpg.connect(servers.database_url)
    await connection.execute("CREATE TABLE kept AS SELECT 'postgres' AS word")
    await connection.close()
    async with redis.asyncio.from_url(servers.redis_url) as client:
        await client.set("kept", "redis")
    async with await aio_pika.connect(servers.rabbitmq_url) as amqp:
        channel = await amqp.channel()
        await channel.declare_queue("kept", durable=True)
        message = aio_pika.Message(b"rabbitmq", delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "kept")


async def read(servers: local_servers.Servers) -> list[str]:
    connection = await asyncpg.connect(servers.database_url)
    words = [str(await connection.fetchval("SELECT word FROM kept"))]
    await connection.close()
    async with redis.asyncio.from_url(servers.redis_url, decode_responses=True) as client:
        words.append(str(await client.get("kept")))
    async with await aio_pika.connect(servers.rabbitmq_url) as amqp:
        try:
            queue = await (await amqp.channel()).get_queue("kept")
        except ChannelNotFoundEntity:
            pytest.fail(f"RabbitMQ says:\n{processes.tail(servers.instance.log('rabbitmq'), 200)}")
        message = await queue.get()
        await message.reject(requeue=True)
        words.append(message.body.decode())
    return words


def pids(instance: Instance) -> list[int]:
    records = sorted(instance.folder.glob("*/*.json"))
    return [pid for record in records if (pid := processes.running(record))]


def addresses(pid: int) -> set[str]:
    return {c.laddr.ip for c in psutil.Process(pid).net_connections("tcp") if c.status == psutil.CONN_LISTEN}


async def test_servers_keep_their_data_and_ports_over_a_kill_and_a_restart(name: str) -> None:
    said: list[str] = []
    servers = await asyncio.to_thread(local_servers.start, name, progress=said.append)
    assert {line.split(" is ready")[0] for line in said if " is ready" in line} == {"PostgreSQL", "Redis", "RabbitMQ"}
    await write(servers)
    [address] = rabbitmq.metrics_target(servers.instance).values()
    async with httpx.AsyncClient() as client:
        assert "rabbitmq_build_info{" in (await client.get(address)).raise_for_status().text
    binaries = binaries_of(RABBITMQ, servers.instance)
    assert binaries is not None
    # A message is on the disk when it is confirmed; that its queue was declared, only some seconds later.
    await asyncio.to_thread(control, binaries, servers.instance, "eval", "mnesia:sync_log().")
    again = await asyncio.to_thread(local_servers.start, name)
    assert again.env == servers.env

    running = pids(servers.instance)
    assert len(running) == 4  # the three servers and RabbitMQ's port mapper
    assert set().union(*map(addresses, running)) <= {"127.0.0.1", "::1"}
    for kind in local_servers.KINDS:
        processes.kill(servers.instance.folder / kind.name / "process.json")
    assert set(local_servers.status(servers.instance).values()) == {"stopped"}
    restarted = await asyncio.to_thread(local_servers.start, name)
    assert restarted.env == servers.env
    assert await read(restarted) == ["postgres", "redis", "rabbitmq"]

    await asyncio.to_thread(control, binaries, servers.instance, "stop_app")
    starting = asyncio.create_task(asyncio.to_thread(control, binaries, servers.instance, "start_app"))
    assert await asyncio.to_thread(local_servers.add_vhost, restarted, "asked too early")
    await starting

    await asyncio.to_thread(local_servers.stop, name)
    assert pids(servers.instance) == []
    with pytest.raises(ConnectionRefusedError):
        await asyncpg.connect(servers.database_url)
    await asyncio.to_thread(local_servers.destroy, name)
    assert not servers.instance.folder.exists()


async def test_a_vhost_is_made_and_deleted(servers: local_servers.Servers) -> None:
    url = await asyncio.to_thread(local_servers.add_vhost, servers, "one")
    if servers.sources["rabbitmq"] != local_servers.PRIVATE:
        assert url == servers.rabbitmq_url
        return
    async with await aio_pika.connect(url) as amqp:
        assert await (await amqp.channel()).declare_queue("mine", exclusive=True)
    await asyncio.to_thread(local_servers.delete_vhost, servers, "one")
    with pytest.raises(LocalError, match=r"rabbitmqctl delete_vhost: .*does not exist"):
        await asyncio.to_thread(local_servers.delete_vhost, servers, "one")


async def test_given_servers_are_used_and_never_stopped(
    servers: local_servers.Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, url in servers.env.items():
        monkeypatch.setenv(variable, url)
    given = await asyncio.to_thread(local_servers.start, "given", root=tmp_path)
    assert given.env == servers.env
    assert set(given.sources.values()) == {"given"}
    assert local_servers.status(given.instance) == dict.fromkeys(("postgres", "redis", "rabbitmq"), "given")
    await asyncio.to_thread(local_servers.destroy, "given", root=tmp_path)
    for kind in local_servers.KINDS:
        await asyncio.to_thread(kind.probe, servers.env[kind.variable])


def answer_as_http(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    with connection:
        connection.recv(64)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")


class TestProbe:
    """What listens must be the server it is said to be."""

    @pytest.mark.parametrize("kind", [REDIS, RABBITMQ], ids=lambda kind: kind.name)
    def test_another_server_is_recognised(self, kind: Kind) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
            answered = pool.submit(answer_as_http, listener)
            with pytest.raises(LocalError, match="is not a"):
                kind.probe(kind.url("x", listener.getsockname()[1]))
            answered.result(timeout=60)

    async def test_a_wrong_password_is_told(self, servers: local_servers.Servers) -> None:
        wrong = servers.database_url.replace("postgres:", "postgres:wrong", 1)
        with pytest.raises(LocalError, match="password authentication failed"):
            await asyncio.to_thread(POSTGRES.probe, wrong)


class TestCommandLine:
    def test_a_given_server_that_does_not_answer_is_one_line_and_exit_code_2(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for kind in local_servers.KINDS:
            monkeypatch.setenv(kind.variable, kind.url("x", 1))
        monkeypatch.setattr("sys.argv", ["local", "servers", "start", "one", "--root", str(tmp_path)])
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr().err.splitlines()
        assert end.value.code == 2
        assert len(said) == 1
        assert said[0].startswith("local: DATABASE_URL is set, but PostgreSQL does not answer there")

    def test_urls_are_printed_as_a_shell_reads_them(
        self,
        servers: local_servers.Servers,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        for variable, url in servers.env.items():
            monkeypatch.setenv(variable, url)
        for command in ("start", "status", "stop", "destroy"):
            monkeypatch.setattr("sys.argv", ["local", "servers", command, "one", "--root", str(tmp_path)])
            with pytest.raises(SystemExit) as end:
                main()
            assert end.value.code == 0
        said = capsys.readouterr().out.splitlines()
        assert said[:3] == [f"export {variable}='{url}'" for variable, url in servers.env.items()]
        assert [line.split() for line in said[3:]] == [[kind.name, "given"] for kind in local_servers.KINDS]
