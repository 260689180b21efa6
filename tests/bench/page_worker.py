"""One way of storing pages, in a process of its own so that its memory can be told; prints a line of JSON.

`python -m bench.page_worker ours|bare DATABASE_URL PAGE CHANGED_PAGE`: seconds for a page that is new, for the same
page again, and for one of which every row changed; the most memory the process ever held meanwhile, in MB; and the
WAL that the server wrote meanwhile, in MB.
"""

import asyncio
import gc
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import msgspec
from ingestor.resources import orders
from ingestor.resources.resource import Start
from ingestor.sync import claims
from ingestor.sync.log import Counts
from ingestor.sync.page import Run, take_in
from pydantic import SecretStr
from servicekit import db
from servicekit.db import Database
from servicekit.settings import ServiceSettings
from servicekit.sql_types import sql_types
from servicekit.starting import tune_memory
from sqlalchemy import text

RESOURCE = orders.RESOURCE


async def ours(url: str, pages: dict[str, Path]) -> dict[str, Any]:
    """From the bytes of WB's answer to rows, history, outbox and cursor, in one committed transaction."""
    database = _connect(url)
    cabinet_id = uuid4()
    async with database.transaction() as connection:
        await connection.execute(
            text("""
                INSERT INTO cabinets (cabinet_id, status, seller_id, kind, sealed_token, connected_at, token_at)
                VALUES (:id, 'verified', :id, 'personal', '', now(), now())
            """),
            {"id": cabinet_id},
        )
        # A lease ends with its process: what an earlier round left would be claimed instead.
        await connection.execute(text("DELETE FROM sync_state"))
        await connection.execute(
            text("INSERT INTO sync_state (cabinet_id, resource) VALUES (:id, 'orders')"), {"id": cabinet_id}
        )
    [lease] = await claims.claim(database, limit=1, lease_seconds=600)
    answer: dict[str, Any] = {}
    for name, path in pages.items():
        run = Run(lease, RESOURCE, datetime.now(UTC), Counts())
        position = RESOURCE.reading.begin(None, Start(datetime.now(UTC), False, 100_000))

        async def store(body: bytes, run: Run = run, position: dict[str, Any] = position) -> None:
            await take_in(database, run, position, body, datetime.now(UTC))

        answer[name] = await _timed(store, path, url)
        counts = {"new": run.counts.rows_new, "changed": run.counts.rows_changed, "same": run.counts.rows_same}
        if not counts[name] or counts[name] != sum(counts.values()):
            raise ValueError(f"the page is not {name}: {counts}")
        await _forget_events(database)
    await database.close()
    return answer


def _connect(url: str) -> Database:
    unused = SecretStr("unused://")
    return db.connect(ServiceSettings(database_url=SecretStr(url), redis_url=unused, rabbitmq_url=unused))


async def _forget_events(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(text("TRUNCATE outbox"))


async def bare(url: str, pages: dict[str, Path]) -> dict[str, Any]:
    """Ready-made rows by one statement into a table of the same columns; parsing them is not counted."""
    connection = await asyncpg.connect(url)
    names, types, cabinet_id = RESOURCE.storage.names, sql_types(RESOURCE.storage.table), uuid4()
    await connection.execute("DROP TABLE IF EXISTS bare_orders")
    columns = ", ".join(f"{name} {types[name]}" for name in names)
    await connection.execute(f"CREATE TABLE bare_orders (cabinet_id uuid, {columns}, PRIMARY KEY (cabinet_id, srid))")
    arrays = ", ".join(f"CAST(${n} AS {types[name]}[])" for n, name in enumerate(names, start=2))
    statement = f"""
        INSERT INTO bare_orders AS current (cabinet_id, {", ".join(names)})
        SELECT CAST($1 AS uuid), * FROM unnest({arrays})
        ON CONFLICT (cabinet_id, srid) DO UPDATE SET {", ".join(f"{n} = excluded.{n}" for n in names if n != "srid")}
        WHERE ({", ".join(f"current.{n}" for n in names)})
            IS DISTINCT FROM ({", ".join(f"excluded.{n}" for n in names)})
    """
    answer: dict[str, Any] = {}
    for name, path in pages.items():
        rows = [RESOURCE.storage.parse(raw, datetime.now(UTC)) for raw in RESOURCE.reading.read(path.read_bytes()).rows]

        async def store(_: bytes, rows: list[Any] = rows, cabinet_id: UUID = cabinet_id) -> None:
            await connection.execute(statement, cabinet_id, *zip(*rows, strict=True))

        answer[name] = await _timed(store, path, url)
        del rows
    await connection.close()
    return answer


async def _timed(store: Callable[[bytes], Awaitable[None]], path: Path, url: str) -> dict[str, Any]:
    body = await asyncio.to_thread(path.read_bytes)
    watching = await asyncpg.connect(url)
    written = await watching.fetchval("SELECT CAST(pg_current_wal_insert_lsn() AS text)")
    gc.collect()
    _forget_peak()
    began = time.perf_counter()
    await store(body)
    timed = {"seconds": time.perf_counter() - began, "peak_mb": _peak_mb()}
    wal = await watching.fetchval("SELECT pg_current_wal_insert_lsn() - CAST(CAST($1 AS text) AS pg_lsn)", written)
    await watching.close()
    return timed | {"wal_mb": float(wal) / 1e6}


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def _peak_mb() -> float:
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def main() -> None:
    """Run as said above."""
    way, url, page, changed = sys.argv[1:]
    tune_memory()
    pages = {"new": Path(page), "same": Path(page), "changed": Path(changed)}
    answer = asyncio.run({"ours": ours, "bare": bare}[way](url, pages))
    sys.stdout.write(msgspec.json.encode(answer).decode() + "\n")


if __name__ == "__main__":
    main()
