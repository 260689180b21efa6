"""Everything that a running Pulse keeps, says and sends, as files that can be searched; a folder for each kind."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import aio_pika
import asyncpg
import httpx
import psutil
import redis.asyncio
from contracts.topics import EVENTS_EXCHANGE, QUEUES, QUEUES_EXCHANGE, RETRY_TIERS_SECONDS
from demo.installation import Installation
from servicekit.topology import retry_name

from support.openapi import operations

TAP = "tests.tap"
"""A queue of ours that gets whatever is published."""

TABLES = """
SELECT n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
"""
OF_THE_SERVER = {
    "roles": "TABLE pg_authid",
    "activity": "TABLE pg_stat_activity",
    "functions": "SELECT prosrc FROM pg_proc",
}


async def tap(rabbitmq_url: str) -> None:
    """From now on a copy of every message is kept."""
    async with await aio_pika.connect(rabbitmq_url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue(TAP, durable=True)
        for exchange in (EVENTS_EXCHANGE, QUEUES_EXCHANGE):
            await queue.bind(exchange, routing_key="#")


async def gather(pulse: Installation, store: Path, keys: dict[str, str], into: Path) -> dict[str, Path]:
    """Write all of it into folders under `into`; by the kind of place, the folder.

    `store` is where spans are, `keys` are API keys by whose they are, of sellers and of administrators.
    """
    places: dict[str, Callable[[Path], Awaitable[None]]] = {
        "logs": lambda folder: asyncio.to_thread(_logs, pulse, folder),
        "traces": lambda folder: asyncio.to_thread(_traces, store, folder),
        "metrics": lambda folder: _metrics(pulse, folder),
        "tables": lambda folder: _tables(pulse.admin_database_url, folder),
        "messages": lambda folder: _messages(pulse.rabbitmq_url, folder),
        "redis": lambda folder: _redis(pulse, folder),
        "answers": lambda folder: _answers(pulse, keys, folder),
        "processes": lambda folder: asyncio.to_thread(_processes, folder),
        "told": lambda folder: asyncio.to_thread(_told, pulse, folder),
    }
    for name, write in places.items():
        folder = into / name
        folder.mkdir(parents=True)
        await write(folder)
        assert any(folder.iterdir()), f"{name}: nothing is there"
    return {name: into / name for name in places}


def _logs(pulse: Installation, folder: Path) -> None:
    """Of services and servers."""
    shutil.copytree(pulse.platform.instance.folder / "logs", folder, dirs_exist_ok=True)


def _traces(store: Path, folder: Path) -> None:
    """What can be asked of the store, and its files as they are."""
    for path in sorted(store.rglob("*.sqlite")):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            lines = [str(row) for table in ("spans", "ids") for row in connection.execute(f"SELECT * FROM {table}")]
        (folder / f"{path.stem}.txt").write_text("\n".join(lines))
        for file in path.parent.glob(f"{path.name}*"):
            shutil.copy(file, folder / file.name)


async def _metrics(pulse: Installation, folder: Path) -> None:
    """Of every process, and the page that shows them to people."""
    async with httpx.AsyncClient(timeout=30) as client:
        for service in pulse.platform.environments:
            url = pulse.platform.metrics_url(service)
            (folder / service).write_bytes((await client.get(url)).raise_for_status().content)
        status = pulse.platform.metrics_url("gateway").removesuffix("/metrics") + "/status"
        (folder / "status").write_bytes((await client.get(status)).raise_for_status().content)


async def _tables(url: str, folder: Path) -> None:
    """Every row of every schema in PostgreSQL's binary format, in which bodies of events are as they are, and what the
    server itself shows of roles, statements and functions."""
    connection = await asyncpg.connect(url)
    try:
        for table in await connection.fetch(TABLES):
            schema, name = table["schema"], table["name"]
            await connection.copy_from_table(
                name, schema_name=schema, output=folder / f"{schema}.{name}", format="binary"
            )
        for name, query in OF_THE_SERVER.items():
            await connection.copy_from_query(query, output=folder / name, format="text")
    finally:
        await connection.close()


async def _messages(url: str, folder: Path) -> None:
    """What was published, with its headers, and what is dead or waits to be tried again."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for name in [TAP, *(queue.dead for queue in QUEUES), *map(retry_name, RETRY_TIERS_SECONDS)]:
            queue = await channel.get_queue(name, ensure=False)
            with (folder / name).open("wb") as file:
                while message := await queue.get(no_ack=True, fail=False):
                    file.write(message.body + f"\n{message.routing_key} {message.headers}\n".encode())


async def _redis(pulse: Installation, folder: Path) -> None:
    """Every key under the prefix of the installation, with its value."""
    environment = pulse.platform.environments["gateway"]
    client = redis.asyncio.from_url(environment["REDIS_URL"])
    reading: dict[bytes | str, Callable[[bytes], Awaitable[Any]]] = {
        b"string": client.get,
        b"hash": client.hgetall,
        b"list": lambda key: client.lrange(key, 0, -1),
        b"set": client.smembers,
        b"zset": lambda key: client.zrange(key, 0, -1, withscores=True),
        b"stream": client.xrange,
    }
    try:
        with (folder / "values").open("wb") as file:
            async for key in client.scan_iter(match=f"{environment['REDIS_KEY_PREFIX']}*", count=1000):
                # One that expired meanwhile has no type any more.
                read = reading.get(await client.type(key), client.get)
                value = await read(key)
                file.write(key + b" " + (value if isinstance(value, bytes) else repr(value).encode()) + b"\n")
    finally:
        await client.aclose()


async def _answers(pulse: Installation, keys: dict[str, str], folder: Path) -> None:
    """Of every operation that reads and needs nothing named, to each key; headers too."""
    reads = [each for each in operations() if each.method == "GET" and "{" not in each.path]
    async with httpx.AsyncClient(base_url=pulse.platform.url("gateway"), timeout=30) as client:
        for whose, key in keys.items():
            for operation in reads:
                answer = await client.get(operation.path, headers={"Authorization": f"Bearer {key}"})
                assert answer.status_code < 500, (operation.name, answer.text)
                written = f"{answer.status_code} {dict(answer.headers)}\n".encode() + answer.content
                (folder / f"{operation.name}.{whose}").write_bytes(written)


def _processes(folder: Path) -> None:
    """How each process was called, which everybody on the machine may see."""
    called = [process.info["cmdline"] or () for process in psutil.process_iter(["cmdline"])]
    (folder / "processes").write_text("\n".join(" ".join(words) for words in called))


def _told(pulse: Installation, folder: Path) -> None:
    """What was sent to people in Telegram, and to the receivers of webhooks."""
    control = pulse.telegram.control
    (folder / "messages").write_text(json.dumps(pulse.telegram.raw_messages(), ensure_ascii=False))
    (folder / "webhooks").write_text(control.get("/_sim/webhooks").raise_for_status().text)
