"""Orders are read on although nobody asks, whenever the ingestor is killed and however late WB shows them."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from local.servers import Servers
from servicekit.db import Database
from support.databases import Databases
from support.eventually import eventually
from support.ingesting import PRIVATE_KEY, connected, take
from support.rows import rows
from wbsim.running import Wbsim, running_wbsim

RATE = 120
"""So many times faster than WB: its half hour is 15 s."""

LATE_SECONDS = 5
KILLS = 3


@asynccontextmanager
async def process(env: dict[str, str]) -> AsyncIterator[None]:
    """An ingestor within the block, at whose end it is killed."""
    running = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ingestor", "serve", env=os.environ | env, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        yield
        assert running.returncode is None, "it ended by itself"
    finally:
        if running.returncode is None:
            running.kill()
        await running.wait()


async def test_orders_are_read_on_though_nobody_asks_after_any_kill(
    databases: Databases,
    ingestor_db: Database,
    servers: Servers,
    rabbitmq_url: str,
    redis_prefix: str,
) -> None:
    env = {
        "DATABASE_URL": databases.urls["ingestor"],
        "REDIS_URL": servers.redis_url,
        "REDIS_KEY_PREFIX": redis_prefix,
        "RABBITMQ_URL": rabbitmq_url,
        "SEAL_PRIVATE_KEYS": PRIVATE_KEY,
        "WB_RATE_LIMIT": str(RATE),
        "SYNC_INTERVAL": str(1 / RATE),
        "PORT": "0",
    }
    chance = random.Random(11)
    async with running_wbsim(seed=3, products=5, history_orders=20, limits_factor=RATE) as wb:
        env["WB_API_BASE_URL"] = wb.url
        await take(ingestor_db, connected(await wb.token()))
        for is_last in [*[False] * KILLS, True]:
            async with process(env):
                await _is_read(ingestor_db, wb)
                await wb.settings(late_share=0.3, late_seconds=LATE_SECONDS)
                await wb.life(changes_per_second=20, cancel_share=0.2, min_age_seconds=1)
                await asyncio.sleep(1)
                await wb.life(changes_per_second=0)
                await asyncio.sleep(2.5 if is_last else chance.uniform(0, 2.5))
                if is_last:
                    # The watermark goes past rows that are still to be shown.
                    await _is_read(ingestor_db, wb)
                    await eventually(lambda: _has_all(ingestor_db, wb))
        assert await rows(ingestor_db, "SELECT 1 FROM sync_logs WHERE trigger = 'manual'") == []


async def _is_read(database: Database, wb: Wbsim) -> None:
    """Wait until an order that is made now is stored."""
    await wb.settings(late_share=0)
    [order] = await wb.place_orders(count=1)

    async def is_stored() -> bool:
        return bool(await rows(database, "SELECT 1 FROM orders WHERE srid = :srid", srid=order["srid"]))

    await eventually(is_stored)


async def _has_all(database: Database, wb: Wbsim) -> bool:
    truth = {order["srid"]: order["row"]["isCancel"] for order in (await wb.truth())["orders"]}
    return truth == {
        row["srid"]: row["is_cancel"] for row in await rows(database, "SELECT srid, is_cancel FROM orders")
    }
