"""Ranges take their turns after the news, in any number of processes, and are tried again until there is no hope."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from ingestor.jobs.purge import purge
from ingestor.resources import RESOURCES
from ingestor.sync import range_turns, run
from ingestor.wb import client
from ingestor.wb.times import moscow_day
from servicekit.db import Database
from support.ingesting import Ingestor, connect_cabinet, disconnected, open_ingestor, take
from support.outbox_rows import published
from support.ranges import a_shop, ask, read_all, stored_range, take_turn
from support.rows import count, execute, rows
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

WITHOUT_STATISTICS = ["content", "analytics", "prices", "marketplace"]


@pytest.fixture
def page_rows() -> int:
    return 7


class TestTurns:
    async def test_news_have_theirs_before(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=0)
        today = moscow_day(datetime.now(UTC))
        await ask(ingestor.database, cabinet_id, "orders", today, today)

        async def claimed() -> list[str]:
            leases = await range_turns.claim(ingestor.database, limit=5, lease_seconds=60)
            await execute(ingestor.database, "UPDATE sync_ranges SET lease_token = NULL, lease_until = NULL")
            return [lease.resource for lease in leases]

        assert await claimed() == [], "the first load is due"
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = now() + interval '1 minute'")
        assert await claimed() == [], "the first load is not done"
        await execute(ingestor.database, "UPDATE sync_state SET first_load_done = true")
        assert await claimed() == ["orders"]
        await execute(ingestor.database, "UPDATE sync_state SET suspended_reason = 'token_revoked'")
        assert await claimed() == [], "WB refuses the news as well"
        await execute(ingestor.database, "UPDATE sync_state SET suspended_reason = NULL, next_run_at = now()")
        assert await claimed() == [], "news are due"

    async def test_one_is_read_by_one_process_at_a_time(
        self,
        ingestor: Ingestor,
        ingestor_db: Database,
        redis_client: "redis.asyncio.Redis",
        redis_prefix: str,
        wb: Wbsim,
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb)
        await ingestor.sync("finance")
        today = moscow_day(datetime.now(UTC))
        await ask(ingestor.database, cabinet_id, "finance", today - timedelta(days=30), today)
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity'")
        async with open_ingestor(ingestor_db, redis_client, redis_prefix, wb.url) as other:
            engines = [ingestor.parts.engine, other.parts.engine]
            found = await asyncio.gather(*(engine.claim(5) for engine in engines))
        assert sorted(len(leases) for leases in found) == [0, 1]

    async def test_only_who_reads_it_too_shares_its_calls(self, ingestor: Ingestor, wb: Wbsim) -> None:
        mine, other, base = [
            await connect_cabinet(ingestor, wb, **{"kind": kind}) for kind in ("personal", "service", "base")
        ]
        await execute(
            ingestor.database, "UPDATE sync_state SET first_load_done = true, next_run_at = now() + interval '1 hour'"
        )
        today = moscow_day(datetime.now(UTC))

        async def shared() -> dict[UUID, int]:
            found = {}
            for cabinet_id in (mine, base):
                await ask(ingestor.database, cabinet_id, "orders", today, today)
            for lease in await range_turns.claim(ingestor.database, limit=5, lease_seconds=60):
                found[lease.cabinet_id] = lease.sharing
            await execute(ingestor.database, "UPDATE sync_ranges SET lease_token = NULL, lease_until = NULL")
            return found

        assert await shared() == {mine: 2, base: 1}
        await execute(
            ingestor.database,
            "UPDATE sync_state SET suspended_reason = 'scope_refused' WHERE cabinet_id = :other",
            other=other,
        )
        assert await shared() == {mine: 1, base: 1}

    async def test_most_workers_are_left_to_news(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=0)
        await execute(
            ingestor.database, "UPDATE sync_state SET first_load_done = true, next_run_at = now() + interval '1 hour'"
        )
        today = moscow_day(datetime.now(UTC))
        for name, resource in RESOURCES.items():
            if resource.reading.within is not None:
                await ask(ingestor.database, cabinet_id, name, today, today)
        engine = ingestor.parts.engine
        claimed = await engine.claim(8)
        assert len(claimed) == 2
        assert await asyncio.gather(*(engine.run(lease) for lease in claimed)) == [None, None]
        assert len(await engine.claim(8)) == 2, "they are free again"

    async def test_a_seller_who_disconnects_ends_it(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await a_shop(ingestor, wb)
        await ingestor.sync("orders")
        today = moscow_day(datetime.now(UTC))
        asked = await ask(ingestor.database, cabinet_id, "orders", today - timedelta(days=3), today)
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity'")
        [lease] = await ingestor.parts.engine.claim(5)
        await take(ingestor.database, disconnected(cabinet_id))
        assert await ingestor.parts.engine.run(lease) is None
        assert (await stored_range(ingestor.database, asked))["progress"] is None, "no page was taken in"
        await purge(ingestor.database)
        assert await count(ingestor.database, "sync_ranges") == 0


class TestNews:
    async def test_what_comes_about_while_it_is_read_is_news(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=30)
        await ingestor.sync("orders")
        await read_all(ingestor)
        [old] = await rows(
            ingestor.database,
            "DELETE FROM orders WHERE srid = (SELECT min(srid) FROM orders) RETURNING srid, ordered_at",
        )
        since = moscow_day(old["ordered_at"])
        await ask(ingestor.database, cabinet_id, "orders", since, moscow_day(datetime.now(UTC)))
        [new] = await wb.place_orders(count=1, sid=next(reversed(wb.world.shops)))
        told = len(await published(ingestor.database, "orders.updated.v1"))
        await read_all(ingestor)
        events = (await published(ingestor.database, "orders.updated.v1"))[told:]
        origins = {order.srid: event.origin for event in events for order in event.data.orders}
        assert origins == {old["srid"]: "backfill", new["srid"]: "live"}


class TestFailures:
    async def one(self, ingestor: Ingestor, wb: Wbsim) -> UUID:
        cabinet_id = await a_shop(ingestor, wb, orders=20)
        await ingestor.sync("orders")
        await read_all(ingestor)
        today = moscow_day(datetime.now(UTC))
        return await ask(ingestor.database, cabinet_id, "orders", today - timedelta(days=1), today)

    async def test_it_is_tried_again_after_an_outage_until_that_lasts_a_day(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        asked = await self.one(ingestor, wb)
        await wb.fault("/api/v1/supplier/orders", "status", status=503)
        for failures in range(1, 5):
            assert await take_turn(ingestor) == 1
            row = await stored_range(ingestor.database, asked)
            assert (row["state"], row["failures"]) == ("reading", failures)
        # A rate of 1000 makes a day of 86 s.
        await execute(ingestor.database, "UPDATE sync_ranges SET failing_since = now() - interval '90 s'")
        await take_turn(ingestor)
        row = await stored_range(ingestor.database, asked)
        assert row["state"] == "failed"
        assert row["error"]
        assert row["ended_at"]
        assert await take_turn(ingestor) == 0
        assert (await rows(ingestor.database, "SELECT DISTINCT outcome FROM sync_logs WHERE trigger = 'backfill'")) == [
            {"outcome": "failed"}
        ]

    async def test_an_answer_ends_the_count_of_failures(self, ingestor: Ingestor, wb: Wbsim) -> None:
        asked = await self.one(ingestor, wb)
        await wb.fault("/api/v1/supplier/orders", "status", status=503, times=2)
        await read_all(ingestor)
        row = await stored_range(ingestor.database, asked)
        assert (row["state"], row["failures"], row["failing_since"], row["error"]) == ("done", 0, None, None)

    async def test_what_wb_does_not_understand_is_given_up(self, ingestor: Ingestor, wb: Wbsim) -> None:
        asked = await self.one(ingestor, wb)
        await wb.fault("/api/v1/supplier/orders", "status", status=400)
        turns = 0
        while await take_turn(ingestor):
            turns += 1
        assert (turns, (await stored_range(ingestor.database, asked))["state"]) == (3, "failed")
        cursor = await rows(ingestor.database, "SELECT cursor FROM sync_state WHERE resource = 'orders'")
        assert "day" not in cursor[0]["cursor"]

    async def test_what_has_waited_long_for_a_call_has_the_next(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # WB's own speed: a thousandth of an hour would be the longest wait here.
        monkeypatch.setattr(client, "MAX_SECONDS", 3600.0 * 1000)
        asked = await self.one(ingestor, wb)
        await wb.fault("/api/v1/supplier/orders", "status", status=429, seconds=30, times=1)
        due = "SELECT next_run_at - now() AS wait FROM sync_state WHERE resource = 'orders'"

        async def turn() -> None:
            await execute(
                ingestor.database,
                "UPDATE sync_state SET next_run_at = CASE WHEN resource = 'orders' THEN now() + interval '1 second' "
                "ELSE 'infinity' END",
            )
            await execute(ingestor.database, "UPDATE sync_ranges SET next_run_at = now()")
            [lease] = await ingestor.parts.engine.claim(5)
            await ingestor.parts.engine.run(lease)

        await turn()
        [row] = await rows(ingestor.database, due)
        assert row["wait"] < timedelta(seconds=1), "news do not step back for one that just began to wait"
        await execute(ingestor.database, "UPDATE sync_ranges SET started_at = now() - interval '1 hour'")
        await turn()
        [row] = await rows(ingestor.database, due)
        assert row["wait"] > timedelta(seconds=20)
        assert (await stored_range(ingestor.database, asked))["state"] == "reading"

    async def test_a_turn_that_another_process_has_taken_over_ends_nothing(self, ingestor: Ingestor, wb: Wbsim) -> None:
        asked = await self.one(ingestor, wb)
        await execute(ingestor.database, "UPDATE sync_state SET next_run_at = 'infinity'")
        await wb.fault("/api/v1/supplier/orders", "status", status=429, seconds=30, times=1)
        [lease] = await ingestor.parts.engine.claim(5)
        await execute(ingestor.database, "UPDATE sync_ranges SET lease_token = gen_random_uuid(), failures = 7")
        await ingestor.parts.engine.run(lease)
        found = await stored_range(ingestor.database, asked)
        assert (found["state"], found["failures"]) == ("reading", 7)

    async def test_one_whose_process_died_after_its_last_page_is_done_without_a_call(
        self, ingestor: Ingestor, wb: Wbsim, asks: Any
    ) -> None:
        asked = await self.one(ingestor, wb)
        await read_all(ingestor)
        calls = asks("orders")
        await execute(
            ingestor.database, "UPDATE sync_ranges SET state = 'reading', ended_at = NULL, next_run_at = now()"
        )
        await read_all(ingestor)
        assert (await stored_range(ingestor.database, asked))["state"] == "done"
        assert calls == []

    async def test_a_window_left_for_a_day_begins_anew(
        self, paging: Ingestor, wb: Wbsim, asks: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cabinet_id = await a_shop(paging, wb, categories=WITHOUT_STATISTICS)
        await paging.sync("order_feed")
        await read_all(paging)
        asked = asks("order_feed")
        monkeypatch.setattr(run, "TURN_SECONDS", 0)
        now = datetime.now(UTC)
        range_id = await ask(paging.database, cabinet_id, "order_feed", now - timedelta(days=30), now)
        for _ in range(3):
            await take_turn(paging)
        await execute(paging.database, "UPDATE sync_ranges SET read_at = now() - interval '2 days'")
        await read_all(paging)
        assert (await stored_range(paging.database, range_id))["state"] == "done"
        assert [each["json"]["pagination"]["offset"] for each in asked[:5]] == [0, 7, 14, 0, 7]
