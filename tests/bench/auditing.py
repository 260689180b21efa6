"""The audit: how many records a second are added, by one transaction after the other and from the broker, and how long
it takes to look through millions, beside a scan of the same table that computes nothing.
"""

import asyncio
import base64
import itertools
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from audit import store
from audit.chain import Personal, Record, body_of, genesis, personal_of
from audit.verifying.verify import verify
from contracts.audit import AuditRecordedV1, cabinets_chain
from contracts.envelope import Event
from servicekit.batches import MAX_EVENTS
from servicekit.broker import connected, event_publisher, make_broker
from servicekit.db import Database, driver
from servicekit.topology import declare_topology
from sqlalchemy import make_url, text
from support.auditing import KEY, recorded
from support.databases import Databases, fresh_databases
from support.eventually import eventually
from support.outbox_rows import row_of
from support.rows import execute, rows

from bench.command import run, say
from bench.figures import Figures, entry
from bench.processes import cpu_seconds, running_service, server_cpu_seconds

AT_ONCE = 500
COPIED = 200_000
MAKING_SECONDS = 3_000.0


@dataclass(frozen=True)
class Sizes:
    """Records that are looked through, of how many tenants; how many are added, and how many come from the broker."""

    records: int = 10_000_000
    tenants: int = 1_000
    added: int = 50_000
    sent: int = 20_000
    at_once: int = 2


async def measure(sizes: Sizes) -> Figures:
    """Needs DATABASE_URL and RABBITMQ_URL."""
    await declare_topology(os.environ["RABBITMQ_URL"])
    async with AsyncExitStack() as stack:
        databases = await stack.enter_async_context(fresh_databases(os.environ["DATABASE_URL"]))
        database = await databases.connect("audit")
        stack.push_async_callback(database.close)
        figures = await _adding(sizes, database)
        figures |= await _coming(sizes, databases, database)
        return figures | await _looking(sizes, database, databases.urls["audit"])


async def _adding(sizes: Sizes, database: Database) -> Figures:
    say(f"{sizes.added} records are added")
    tenants = [cabinets_chain(uuid4()) for _ in range(100)]
    events = [recorded(tenants[n % len(tenants)], n) for n in range(sizes.added)]
    began = time.perf_counter()
    for start in range(0, len(events), MAX_EVENTS):
        async with database.transaction() as connection:
            await store.append(connection, events[start : start + MAX_EVENTS])
    rate = sizes.added / (time.perf_counter() - began)
    return {f"records added, {MAX_EVENTS} a transaction": entry(rate, None, "records/s", digits=None)}


async def _coming(sizes: Sizes, databases: Databases, database: Database) -> Figures:
    say(f"{sizes.sent} records come from the broker")

    async def ends() -> int:
        return int((await rows(database, "SELECT coalesce(sum(seq), 0) AS records FROM chains"))[0]["records"])

    before = await ends()

    async def added() -> int:
        return await ends() - before

    tenants = [cabinets_chain(uuid4()) for _ in range(100)]
    broker = make_broker(os.environ["RABBITMQ_URL"], "bench")
    async with connected(broker):
        publish = event_publisher(broker)
        events: Iterator[Event[AuditRecordedV1]] = (recorded(tenants[n % 100], n) for n in range(sizes.sent))
        while portion := list(itertools.islice(events, AT_ONCE)):
            await asyncio.gather(*(publish(row_of(event)) for event in portion))
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DATABASE_URL": databases.urls["audit"],
            "HEAD_SIGNING_KEY": base64.b64encode(bytes(KEY)).decode(),
            "HEADS_PATH": str(Path(folder) / "heads"),
        }
        async with running_service("audit", settings) as process:
            first, began, used = await eventually(added, seconds=120), time.perf_counter(), cpu_seconds(process)

            async def is_over() -> bool:
                return await added() == sizes.sent

            await eventually(is_over, seconds=300)
            rest = sizes.sent - first
            rate = rest / (time.perf_counter() - began)
            each = (cpu_seconds(process) - used) / rest * 1e6
    return {
        "records from the broker, one process": entry(rate, None, "records/s", digits=None),
        "… processor time of the process, each": entry(each, None, "µs", digits=None),
    }


async def _looking(sizes: Sizes, database: Database, url: str) -> Figures:
    await execute(database, "TRUNCATE records, personal, chains")
    await execute(database, "DROP INDEX personal_telegram_ids")  # nobody is looked for
    await _make(sizes, database)
    await _vacuum(url)
    say(f"{sizes.records} records are looked through")
    [row] = await rows(database, "SELECT pg_backend_pid() AS pid")
    began, used = time.perf_counter(), server_cpu_seconds(row["pid"])
    found = await verify(database, key=None, at_once=sizes.at_once)
    seconds, after = time.perf_counter() - began, server_cpu_seconds(row["pid"])
    each = None if used is None or after is None else (after - used) / sizes.records * 1e6
    if found.findings or found.records != sizes.records:
        raise RuntimeError(f"{found.records} records, {found.findings[:3]}")
    began = time.perf_counter()
    await execute(database, "SELECT sum(octet_length(body)), max(previous), max(hash) FROM records")
    bare = time.perf_counter() - began
    return {
        f"{sizes.records:,} records of {sizes.tenants:,} chains verified": entry(seconds, bare, "s"),
        "… a second": entry(sizes.records / seconds, None, "records/s", digits=None),
        "… processor time of the database, each": entry(each, None, "µs"),
    }


async def _vacuum(url: str) -> None:
    """As autovacuum does behind those who add; else the first who reads a record writes its page once more."""
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        await connection.execute("VACUUM (ANALYZE) records, personal, chains", timeout=MAKING_SECONDS)
    finally:
        await connection.close()


async def _make(sizes: Sizes, database: Database) -> None:
    """Chains as `store` makes them, in turn; their bodies are a thousand of the gateway's form."""
    samples = [(body_of(event), personal_of(event)) for event in (recorded(uuid4(), n) for n in range(1_000))]
    tenants = [cabinets_chain(uuid4()) for _ in range(sizes.tenants)]
    ends = {tenant: genesis(tenant) for tenant in tenants}
    made = _rows(sizes, tenants, ends, samples)
    done = 0
    while portion := list(itertools.islice(made, COPIED)):
        async with database.transaction() as connection:
            await connection.execute(text("SET LOCAL synchronous_commit = off"))
            session = await driver(connection)
            await session.copy_records_to_table(
                "records",
                records=[row for row, _ in portion],
                columns=["tenant", "seq", "at", "personal_commitment", "previous", "hash", "body"],
                timeout=MAKING_SECONDS,
            )
            await session.copy_records_to_table(
                "personal",
                records=[known for _, known in portion],
                columns=["tenant", "seq", "salt", "data", "telegram_ids"],
                timeout=MAKING_SECONDS,
            )
        done += len(portion)
        say(f"{done} of {sizes.records} made")
    last = sizes.records // sizes.tenants
    async with database.transaction() as connection:
        session = await driver(connection)
        await session.copy_records_to_table(
            "chains", records=[(tenant, last, ends[tenant]) for tenant in tenants], columns=["tenant", "seq", "hash"]
        )


def _rows(
    sizes: Sizes, tenants: list[UUID], ends: dict[UUID, bytes], samples: list[tuple[bytes, Personal | None]]
) -> Iterator[tuple[tuple[Any, ...], tuple[Any, ...]]]:
    at = recorded(tenants[0]).time
    for seq in range(1, sizes.records // sizes.tenants + 1):
        for tenant in tenants:
            body, personal = samples[seq % len(samples)]
            if personal is None:
                raise RuntimeError("a sample has nothing personal")
            record = Record(tenant, seq, at, body, personal, ends[tenant])
            commitment, digest = record.commitment, record.hash
            yield (
                (tenant, seq, at, commitment, record.previous, digest, body),
                (tenant, seq, personal.salt, personal.data, list(personal.telegram_ids)),
            )
            ends[tenant] = digest


if __name__ == "__main__":
    run(measure, Sizes())
