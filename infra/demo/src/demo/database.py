"""Looking into Pulse's database from outside, as its administrator."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import asyncpg
from local.environments import SERVICES

T = TypeVar("T")

_PATH = """
SELECT (SELECT extract(epoch FROM max(created_at)) FROM ingestor.outbox
        WHERE type = 'orders.updated.v1' AND created_at > now() - interval '30 seconds'
            AND position(convert_to($1, 'UTF8') IN body) > 0),
       (SELECT extract(epoch FROM max(created_at)) FROM reporter.outbox
        WHERE type = 'orders.reported.v1' AND created_at > now() - interval '30 seconds'
            AND position(convert_to($1, 'UTF8') IN body) > 0)
"""
_ORDERS = "SELECT srid, is_cancel, finished_price, price_with_disc FROM ingestor.orders"
_FACTS = "SELECT srid, is_cancel, finished_price, price_with_disc FROM reporter.order_facts"


@dataclass(frozen=True)
class Stored:
    """What the services hold: order rows of ingestor and reporter by srid, and how many events were published."""

    orders: dict[str, dict[str, Any]]
    facts: dict[str, dict[str, Any]]
    events_published: int


def look(url: str, query: Callable[["asyncpg.Connection"], Awaitable[T]]) -> T:
    """What `query` finds over a connection of its own, for callers that run no event loop."""

    async def connected() -> T:
        connection = await asyncpg.connect(url)
        try:
            return await query(connection)
        finally:
            await connection.close()

    # A loop that does not become the thread's current one: another may be waiting there for its turn.
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        return runner.run(connected())


def path_of(url: str, srid: str) -> tuple[float | None, float | None]:
    """When the newest version of an order was stored, and when it was counted; Unix seconds."""

    async def query(connection: "asyncpg.Connection") -> tuple[float | None, float | None]:
        stored_at, counted_at = await connection.fetchrow(_PATH, srid)
        return stored_at and float(stored_at), counted_at and float(counted_at)

    return look(url, query)


def stored(url: str) -> Stored:
    """Everything there is to compare with the truth."""

    async def query(connection: "asyncpg.Connection") -> Stored:
        published = 0
        for schema in SERVICES:
            published += await connection.fetchval(f"SELECT count(*) FROM {schema}.outbox WHERE sent_at IS NOT NULL")
        return Stored(
            {row["srid"]: dict(row) for row in await connection.fetch(_ORDERS)},
            {row["srid"]: dict(row) for row in await connection.fetch(_FACTS)},
            published,
        )

    return look(url, query)


def differences(truth: dict[str, Any], rows: dict[str, dict[str, Any]]) -> list[str]:
    """Orders of wbsim's truth that the rows lack, or hold otherwise than WB's row says."""
    wrong = []
    for order in truth["orders"]:
        wb, row = order["row"], rows.get(order["srid"])
        if row is None:
            wrong.append(f"{order['srid']}: missing")
        elif row["is_cancel"] != wb["isCancel"] or any(
            float(row[ours] or 0) != float(wb[theirs])
            for ours, theirs in (("finished_price", "finishedPrice"), ("price_with_disc", "priceWithDisc"))
        ):
            wrong.append(f"{order['srid']}: {row} instead of {wb}")
    return wrong
