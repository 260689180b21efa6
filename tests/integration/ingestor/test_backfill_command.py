"""The command line has a stretch of time read again, and says what came of it."""

import asyncio
import os
import sys
from functools import partial

from contracts.audit import IngestorAuditRecordedV1
from support.databases import Databases
from support.ingesting import PRIVATE_KEY, Ingestor
from support.outbox_rows import commands_recorded
from support.ranges import a_shop
from support.rows import count, execute
from wbsim.running import Wbsim


async def backfill(database_url: str, *arguments: str) -> tuple[int | None, str, str]:
    """Run it: exit code, stdout and stderr."""
    unused = {"REDIS_URL": "redis://unused", "RABBITMQ_URL": "amqp://unused", "SEAL_PRIVATE_KEYS": PRIVATE_KEY}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ingestor", "backfill", *arguments),
        env=os.environ | unused | {"DATABASE_URL": database_url, "ALLOW_WEAK_SECRETS": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_what_is_missing_is_read_and_what_makes_no_sense_is_refused(
    databases: Databases, ingestor: Ingestor, wb: Wbsim
) -> None:
    call = partial(backfill, databases.urls["ingestor"])
    await a_shop(ingestor, wb, orders=30)
    await ingestor.sync("orders")
    known = await count(ingestor.database, "orders")
    await execute(ingestor.database, "DELETE FROM orders")
    await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity'")
    async with ingestor.running():
        code, out, err = await call("orders", "--since", "2024-01-01")
    assert code == 0, err
    assert out.startswith("done: ")
    assert f"{known} were missing, 0 were different" in out
    assert await count(ingestor.database, "orders") == known
    assert await commands_recorded(ingestor.database, IngestorAuditRecordedV1) == [("ingestor backfill", "done")]
    for arguments, why in (
        (("stocks", "--since", "2024-01-01"), "no ranges"),
        (("orders", "--since", "yesterday"), "a date or a time"),
    ):
        code, out, err = await call(*arguments)
        assert (code, out) == (2, "")
        assert why in err
