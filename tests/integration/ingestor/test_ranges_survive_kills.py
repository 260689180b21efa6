"""A range is read to its end whenever its process is killed: no row is missing, and none is told twice."""

import asyncio
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

from ingestor.wb.times import moscow_day
from local.servers import Servers
from servicekit.db import Database
from support.databases import Databases
from support.eventually import eventually
from support.ingesting import PRIVATE_KEY, Ingestor
from support.outbox_rows import published
from support.ranges import a_shop, ask, read_all, stored_range
from support.rows import execute, rows
from wbsim.running import Wbsim

KILLS = 4


@asynccontextmanager
async def process(env: dict[str, str]) -> AsyncIterator[None]:
    """An ingestor within the block, at whose end it is killed."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingestor", "serve", env=os.environ | env, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def test_a_killed_process_costs_no_row_and_no_repeat(
    databases: Databases, ingestor: Ingestor, servers: Servers, rabbitmq_url: str, redis_prefix: str, wb: Wbsim
) -> None:
    database = ingestor.database
    env = {
        "DATABASE_URL": databases.urls["ingestor"],
        "REDIS_URL": servers.redis_url,
        "REDIS_KEY_PREFIX": redis_prefix,
        "RABBITMQ_URL": rabbitmq_url,
        "SEAL_PRIVATE_KEYS": PRIVATE_KEY,
        "WB_RATE_LIMIT": "1000",
        "WB_API_BASE_URL": wb.url,
        "SYNC_BATCH_SIZE": "2",
        "PORT": "0",
    }
    cabinet_id = await a_shop(ingestor, wb, orders=400, days=60)
    await ingestor.sync("fbs_orders")
    await read_all(ingestor)
    known = await _tasks(database)
    missing = await _tasks(database, "created_at < now() - interval '12 days'")
    assert 100 < len(missing) < len(known)
    await execute(database, "DELETE FROM fbs_orders WHERE fbs_order_id = ANY (:ids)", ids=list(missing))
    # Nothing else is read meanwhile.
    await execute(database, "UPDATE sync_state SET next_run_at = 'infinity'")
    told = len(await published(database, "fbs_orders.updated.v1"))
    today = moscow_day(datetime.now(UTC))
    asked = await ask(database, cabinet_id, "fbs_orders", today - timedelta(days=70), today - timedelta(days=10))
    chance = random.Random(5)
    for kill in range(KILLS):
        async with process(env):
            await eventually(partial(_has_read, database, asked, 10 * kill + 1))
            await asyncio.sleep(chance.uniform(0, 0.05))
    assert (await stored_range(database, asked))["state"] == "reading", "it was killed while it read"

    async with process(env):
        await eventually(partial(_is_done, database, asked))

    assert await _tasks(database) == known
    events = (await published(database, "fbs_orders.updated.v1"))[told:]
    again = Counter(order.fbs_order_id for event in events for order in event.data.fbs_orders)
    assert again == Counter(missing)


async def _tasks(database: Database, which: str = "true") -> set[int]:
    return {row["id"] for row in await rows(database, f"SELECT fbs_order_id AS id FROM fbs_orders WHERE {which}")}


async def _has_read(database: Database, asked: UUID, pages: int) -> bool:
    progress = (await stored_range(database, asked))["progress"]
    return progress is not None and progress["pages"] >= pages


async def _is_done(database: Database, asked: UUID) -> bool:
    return bool((await stored_range(database, asked))["state"] == "done")
