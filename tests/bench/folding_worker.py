"""One way of folding order changes, in a process of its own; prints a line of JSON.

`python -m bench.folding_worker ours|bare DATABASE_URL REDIS_URL SIZE`: order changes a second, of a shop's quarter that
comes in events of SIZE, all new at first and then all changed; and the most memory that the process ever held, in MB.
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

import asyncpg
from contracts.envelope import Origin
from contracts.orders import OrdersUpdatedV1
from contracts.registry import parse_event
from pydantic import SecretStr
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.due import Waits
from reporter.figures.pacing import Pace
from reporter.handlers.orders_updated import orders_updated
from reporter.jobs.count_cells import count_cells
from reporter.settings import Settings
from reporter.tables import order_facts
from servicekit import db
from servicekit.cache import Cache, connect_redis
from servicekit.consume import handle_once
from servicekit.events import new_event
from servicekit.sql_types import sql_types
from servicekit.starting import tune_memory
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts import topics

ORDERS = 50_000
ITEMS = 100
DAYS = 90
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
CASES = {"new": 1, "changed": 2}
"""What happens to every order → its revision."""
AT_ONCE = 2
"""Events in hand, as the queue of what is not live has it."""

_TEXTS = {
    "g_number": "98765432109876543210", "supplier_article": "HD-22/grafit", "barcode": "2039000118842",
    "tech_size": "M", "brand": "Veter", "subject": "Hudi", "category": "Odezhda", "warehouse_name": "Koledino",
    "warehouse_type": "WB", "country_name": "Russia", "oblast_okrug_name": "Privolzhsky", "region_name": "Tatarstan",
}  # fmt: skip


def orders(cabinet_id: UUID, revision: int) -> Iterator[dict[str, Any]]:
    """A quarter of a shop, oldest first, as the ingestor tells of it."""
    chance = random.Random(11)
    for n in range(ORDERS):
        ordered_at = (NOW - (ORDERS - n) * timedelta(days=DAYS) / ORDERS).isoformat()
        order_id = str(uuid5(cabinet_id, str(n)))
        yield {
            "order_id": order_id, "revision": revision, "srid": order_id, **_TEXTS,
            "ordered_at": ordered_at, "last_change_at": ordered_at, "nm_id": chance.randint(1, ITEMS),
            "total_price": "2490", "discount_percent": 40, "spp": "24",
            "price_with_disc": f"{1494 + n % 100}", "finished_price": "1135", "is_cancel": revision > 1 and n % 3 == 0,
            "cancelled_at": ordered_at if revision > 1 and n % 3 == 0 else None,
            "change": "new" if revision == 1 else "changed", "previous": {},
        }  # fmt: skip


def batches(cabinet_id: UUID, revision: int, size: int) -> Iterator[list[dict[str, Any]]]:
    rows = list(orders(cabinet_id, revision))
    for first in range(0, len(rows), size):
        yield rows[first : first + size]


def body(cabinet_id: UUID, rows: list[dict[str, Any]]) -> bytes:
    """The message that the relay of the ingestor publishes."""
    event = new_event(OrdersUpdatedV1.model_construct(orders=()), cabinet_id=cabinet_id, origin=Origin.BACKFILL)
    head = event.model_dump_json(exclude={"data"}).encode()
    return b'%b,"data":{"orders":%b}}' % (head[:-1], json.dumps(rows, separators=(",", ":")).encode())


async def ours(url: str, redis_url: str, size: int) -> dict[str, Any]:
    """From the bodies of messages to facts, totals and periods, committed."""
    unused = SecretStr("unused://")
    database = db.connect(Settings(database_url=SecretStr(url), redis_url=unused, rabbitmq_url=unused))
    redis = connect_redis(redis_url)
    cache, locks, cabinet_id = Cache(redis), CabinetLocks(), uuid4()

    async def handle(connection: AsyncConnection, event: Any) -> None:
        await orders_updated(connection, event, NOW)

    async def consume(bodies: Iterator[bytes]) -> None:
        for each in bodies:
            await handle_once(
                database, topics.REPORTER_ORDERS_BACKFILL, {OrdersUpdatedV1: handle}, parse_event(each),
                lock=lambda event: locks.of(event.cabinetid),
            )  # fmt: skip

    answer: dict[str, Any] = {}
    for case, revision in CASES.items():
        bodies = iter([body(cabinet_id, rows) for rows in batches(cabinet_id, revision, size)])
        began = time.perf_counter()
        await asyncio.gather(*(consume(bodies) for _ in range(AT_ONCE)))
        folded = time.perf_counter()
        await count_cells(database, cache, locks, Pace(), lambda: TODAY, Waits(0, 0, 0))
        done = time.perf_counter()
        answer[case] = {"rate": ORDERS / (done - began), "stored": folded - began, "counted": done - folded}
    await redis.aclose()
    await database.close()
    return answer


async def bare(url: str, _: str, size: int) -> dict[str, Any]:
    """Ready-made rows by one statement into a table of the same columns; making them is not counted."""
    connection, cabinet_id = await asyncpg.connect(url), uuid4()
    types = sql_types(order_facts)
    names = [name for name in next(orders(cabinet_id, 1)) if name in types]
    await connection.execute("DROP TABLE IF EXISTS bare_orders")
    columns = ", ".join(f"{name} {types[name]}" for name in types)
    await connection.execute(f"CREATE TABLE bare_orders ({columns}, PRIMARY KEY (cabinet_id, order_id))")
    arrays = ", ".join(f"CAST(${n} AS {types[name].split('(')[0]}[])" for n, name in enumerate(names, start=2))
    statement = f"""
        INSERT INTO bare_orders AS known (cabinet_id, {", ".join(names)})
        SELECT CAST($1 AS uuid), * FROM unnest({arrays})
        ON CONFLICT (cabinet_id, order_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in names[1:])}
        WHERE known.revision < excluded.revision
    """
    answer: dict[str, Any] = {}
    for case, revision in CASES.items():
        made = []
        for rows in batches(cabinet_id, revision, size):
            values = [[_value(types[name], row[name]) for row in rows] for name in names]
            made.append(values)
        began = time.perf_counter()
        for values in made:
            await connection.execute(statement, cabinet_id, *values)
        answer[case] = {"rate": ORDERS / (time.perf_counter() - began)}
    await connection.close()
    return answer


def _value(kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind.startswith("TIMESTAMP"):
        return datetime.fromisoformat(value)
    if kind.startswith("NUMERIC"):
        return Decimal(value)
    return UUID(value) if kind == "UUID" else value


def main() -> None:
    """Run as said above."""
    way, url, redis_url, size = sys.argv[1:]
    tune_memory()
    answer = asyncio.run({"ours": ours, "bare": bare}[way](url, redis_url, int(size)))
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    answer["peak_mb"] = int(status["VmHWM"].split()[0]) / 1024
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
