"""A first load reads the newest days, then news begin; what is older follows, and it is told how far it is."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ingestor.backfill import Seen, backfill, day_or_moment
from ingestor.sync import range_turns
from ingestor.sync.ranges import NoRange
from servicekit.db import Database
from support.ingesting import Ingestor, open_ingestor
from support.outbox_rows import published
from support.ranges import a_shop, ask, read_all, stored_range, take_turn
from support.rows import execute, rows
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio


@pytest.fixture
async def newest_first(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, wb: Wbsim
) -> AsyncIterator[Ingestor]:
    """An ingestor whose first loads read two days before news are."""
    async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url, sync_first_days=2) as made:
        yield made


async def ages(database: Database, table: str, dated: str) -> list[timedelta]:
    return [row["age"] for row in await rows(database, f"SELECT now() - {dated} AS age FROM {table} ORDER BY 1")]


@pytest.mark.parametrize(
    ("resource", "dated", "newest"),
    [("orders", "last_change_at", 2), ("sales", "last_change_at", 2), ("fbs_orders", "created_at", 29)],
)
async def test_the_newest_days_are_there_after_the_first_load_and_the_others_follow(
    newest_first: Ingestor, wb: Wbsim, resource: str, dated: str, newest: int
) -> None:
    database = newest_first.database
    await a_shop(newest_first, wb, orders=400, days=60)
    await newest_first.sync(resource)
    seen = await ages(database, resource, dated)
    assert seen
    assert max(seen) <= timedelta(days=newest, minutes=1)
    [state] = await rows(database, "SELECT * FROM sync_state WHERE resource = :resource", resource=resource)
    assert state["first_load_done"]
    [asked] = await rows(database, "SELECT * FROM sync_ranges")
    assert (asked["resource"], asked["why"], asked["state"]) == (resource, "first_load", "waiting")

    await read_all(newest_first)
    truth = await wb.rows(resource, next(reversed(wb.world.shops)))
    assert len(await ages(database, resource, dated)) == len(truth) > len(seen)
    [after] = await rows(database, "SELECT * FROM sync_state WHERE resource = :resource", resource=resource)
    assert after["cursor"] == state["cursor"]
    events = await published(database, f"{resource}.updated.v1")
    assert {event.origin for event in events} == {"backfill"}
    assert sum(len(getattr(event.data, resource)) for event in events) == len(truth), "each is told once"


async def test_where_calls_are_few_all_is_read_at_once(newest_first: Ingestor, wb: Wbsim) -> None:
    await a_shop(newest_first, wb, orders=60, days=60, kind="base")
    await newest_first.sync("orders")
    assert max(await ages(newest_first.database, "orders", "last_change_at")) > timedelta(days=20)
    assert await rows(newest_first.database, "SELECT 1 FROM sync_ranges") == []


async def test_how_far_it_is_grows_to_the_end_and_is_told(
    newest_first: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = newest_first.database
    monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
    monkeypatch.setattr(range_turns, "TOLD_EVERY", timedelta(0))
    await a_shop(newest_first, wb, orders=200, days=60)
    await newest_first.sync("orders")
    while not (await rows(database, "SELECT 1 FROM sync_state WHERE resource = 'orders' AND first_load_done")):
        await newest_first.sync("orders")
    await read_all(newest_first)
    told = [event.data for event in await published(database, "sync.progress.v1")]
    percents = [each.percent for each in told]
    assert percents == sorted(percents)
    assert len(set(percents)) >= 3
    assert [each.state for each in told] == ["reading"] * (len(told) - 1) + ["done"]
    assert {each.why for each in told} == {"first_load"}
    assert (told[-1].percent, told[-1].seconds_left) == (100, 0)
    assert told[-1].rows_new > 0
    assert told[-1].rows >= told[-1].rows_new


async def test_it_is_not_told_at_every_turn(newest_first: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(range_turns, "TOLD_EVERY", timedelta(days=1000))
    monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
    cabinet_id = await a_shop(newest_first, wb, orders=30)
    await newest_first.sync("orders")
    await execute(newest_first.database, "DELETE FROM sync_ranges")
    now = datetime.now(UTC)
    await ask(newest_first.database, cabinet_id, "orders", now - timedelta(days=4), now)
    await read_all(newest_first)
    assert [event.data.state for event in await published(newest_first.database, "sync.progress.v1")] == [
        "reading",
        "done",
    ]


class TestCommand:
    async def test_it_asks_and_watches_to_the_end(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("ingestor.backfill.LOOK_SECONDS", 0.05)
        await a_shop(ingestor, wb, orders=60)
        await ingestor.sync("orders")
        known = await rows(ingestor.database, "DELETE FROM orders RETURNING srid")
        seen: list[Seen] = []
        now = datetime.now(UTC)
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity'")
        async with ingestor.running():
            end = await backfill(
                ingestor.database,
                "orders",
                cabinet_id=None,
                since=now - timedelta(days=60),
                until=now,
                watch=seen.append,
            )
        assert (end.state, end.percent, end.rows_new) == ("done", 100, len(known))
        assert str(end).startswith(f"done: {end.rows} rows read, {len(known)} were missing, 0 were different")
        assert seen[-1] == end

    async def test_what_nobody_can_read_is_said(self, ingestor: Ingestor, wb: Wbsim) -> None:
        now = datetime.now(UTC)

        async def wanted(**what: Any) -> None:
            how = {"cabinet_id": None, "since": now - timedelta(days=2), "until": now, "watch": lambda _: None}
            await backfill(ingestor.database, **{"resource": "orders", **how, **what})

        with pytest.raises(NoRange, match="which cabinet"):
            await wanted()
        await a_shop(ingestor, wb, orders=0)
        with pytest.raises(NoRange, match="no ranges"):
            await wanted(resource="stocks")
        with pytest.raises(NoRange, match="a date or a time"):
            day_or_moment("yesterday")

    async def test_one_that_failed_says_why(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=10)
        await ingestor.sync("orders")
        now = datetime.now(UTC)
        asked = await ask(ingestor.database, cabinet_id, "orders", now - timedelta(days=2), now)
        await wb.fault("/api/v1/supplier/orders", "status", status=400)
        while await take_turn(ingestor):
            pass
        row = await stored_range(ingestor.database, asked)
        assert row["error"]
        [told] = await published(ingestor.database, "sync.progress.v1")
        assert (told.data.state, told.data.reason) == ("failed", row["error"])
