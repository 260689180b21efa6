"""Stretches of time are read apart from the news: to their end, once, and without a word about what is known."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ingestor.resources import RESOURCES, campaign_stats, finance, statistics
from ingestor.resources.stretches import windows_of
from ingestor.sync import ranges
from ingestor.sync.ranges import NoRange
from ingestor.wb.times import moscow_day
from servicekit.db import Database
from support.ingesting import Ingestor, connect_cabinet
from support.outbox_rows import published
from support.ranges import a_shop, ask, read_all, stored_range, take_turn
from support.resources import changed
from support.rows import count, execute, rows
from wbsim.running import Wbsim

if TYPE_CHECKING:
    pass

WITHOUT_STATISTICS = ["content", "analytics", "prices", "marketplace"]


@dataclass(frozen=True)
class Ranged:
    """A resource that ranges are read of: when its rows came about, its event, and what it needs read before."""

    name: str
    dated: str
    event: str
    rows: str
    needs: tuple[str, ...] = ()
    token: tuple[tuple[str, Any], ...] = ()
    ago: tuple[int, int] = (19, 9)

    @property
    def table(self) -> str:
        return RESOURCES[self.name].storage.table.name

    def __str__(self) -> str:
        return self.name


RANGED = [
    Ranged("orders", "ordered_at", "orders.updated.v1", "orders"),
    Ranged("sales", "sold_at", "sales.updated.v1", "sales"),
    Ranged("order_feed", "status_at", "orders.updated.v1", "orders", token=(("categories", WITHOUT_STATISTICS),)),
    Ranged("fbs_orders", "created_at", "fbs_orders.updated.v1", "fbs_orders"),
    Ranged("feedbacks", "created_at", "feedbacks.updated.v1", "feedbacks"),
    Ranged("questions", "created_at", "questions.updated.v1", "questions"),
    Ranged("funnel", "day", "funnel.updated.v1", "days", needs=("products",), ago=(5, 3)),
    Ranged("finance", "report_to", "finance.updated.v1", "rows"),
    Ranged("campaign_spend", "written_off_at", "campaign_spend.updated.v1", "spend"),
    Ranged("campaign_stats", "day", "campaign_stats.updated.v1", "stats", needs=("campaigns",)),
]


@pytest.fixture
def page_rows() -> int:
    return 7


async def contents(database: Database, table: str) -> list[dict[str, Any]]:
    """Every row of a table, but for when and how often it was changed."""
    found = await rows(database, f"SELECT * FROM {table} AS t ORDER BY CAST(t AS text)")
    return [{k: v for k, v in row.items() if k not in {"revision", "first_seen_at", "changed_at"}} for row in found]


def key_of(row: dict[str, Any], resource: str) -> tuple[Any, ...]:
    return tuple(row[name] for name in RESOURCES[resource].storage.keys)


async def load(ingestor: Ingestor, resource: str, needs: tuple[str, ...] = ()) -> None:
    """The first load of a resource, and of what it needs."""
    for each in (*needs, resource):
        await ingestor.sync(each)


class TestEveryResource:
    @pytest.mark.parametrize("of", RANGED, ids=str)
    async def test_what_is_missing_of_a_stretch_is_found_and_nothing_else_is_told(
        self, paging: Ingestor, wb: Wbsim, of: Ranged
    ) -> None:
        database = paging.database
        cabinet_id = await a_shop(paging, wb, **dict(of.token))
        await load(paging, of.name, of.needs)
        await paging.sync(of.name)
        await read_all(paging)
        today = moscow_day(datetime.now(UTC))
        since, until = (today - timedelta(days=days) for days in of.ago)
        known = await contents(database, of.table)
        missing = [row for row in known if since <= _day(row[of.dated]) <= until]
        assert 0 < len(missing) < len(known)
        before = await _news_state(database, of.name)
        for row in missing:
            where = " AND ".join(f"{name} = :{name}" for name in RESOURCES[of.name].storage.keys)
            await execute(database, f"DELETE FROM {of.table} WHERE {where}", **row)
        told = len(await published(database, of.event))

        asked = await ask(database, cabinet_id, of.name, since, until)
        await read_all(paging)

        found = await contents(database, of.table)
        assert [row for row in found if row not in known] == []
        assert len(found) == len(known)
        assert await _news_state(database, of.name) == before, "the news stand where they stood"
        events = (await published(database, of.event))[told:]
        assert {event.origin for event in events} == {"backfill"}
        again = [key_of(vars(row), of.name) for event in events for row in getattr(event.data, of.rows)]
        assert len(again) == len(missing)
        assert set(again) == {key_of(row, of.name) for row in missing}
        row = await stored_range(database, asked)
        assert (row["state"], row["error"], row["progress"]["rows_new"]) == ("done", None, len(missing))
        assert row["ended_at"] >= row["started_at"] >= row["asked_at"]

        told = len(await published(database, of.event))
        again_asked = await ask(database, cabinet_id, of.name, since, until)
        await read_all(paging)
        assert again_asked != asked
        assert (await stored_range(database, again_asked))["state"] == "done"
        assert len(await published(database, of.event)) == told, "what is known is not told"

    def test_there_is_no_other(self) -> None:
        assert {of.name for of in RANGED} == {name for name, each in RESOURCES.items() if each.reading.within}


def _day(at: date | datetime) -> date:
    return moscow_day(at) if isinstance(at, datetime) else at


async def _news_state(database: Database, resource: str) -> dict[str, Any]:
    columns = "cursor, progress, first_load_done, failures, last_success_at, sweep_at, rows, requests"
    [row] = await rows(database, f"SELECT {columns} FROM sync_state WHERE resource = :r", r=resource)
    return row


class TestCalls:
    async def test_few_days_of_orders_are_a_call_each_the_newest_first(
        self, ingestor: Ingestor, wb: Wbsim, asks: Any
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb)
        await ingestor.sync("orders")
        asked = asks("orders")
        today = moscow_day(datetime.now(UTC))
        await ask(ingestor.database, cabinet_id, "orders", today - timedelta(days=6), today - timedelta(days=4))
        await read_all(ingestor)
        days = [(today - timedelta(days=n)).isoformat() for n in (4, 5, 6)]
        assert asked == [{"params": {"dateFrom": day, "flag": "1"}} for day in days]

    async def test_a_longer_stretch_of_them_is_read_up_to_now(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb)
        await ingestor.sync("orders")
        monkeypatch.setattr(statistics, "FEW_DAYS", 2)
        old = "FROM orders WHERE ordered_at < now() - interval '25 days' ORDER BY srid LIMIT 1"
        [before] = await rows(ingestor.database, f"SELECT srid, last_change_at {old}")
        await wb.change_order(before["srid"], "price")
        today = moscow_day(datetime.now(UTC))
        await ask(ingestor.database, cabinet_id, "orders", today - timedelta(days=39), today - timedelta(days=20))
        await read_all(ingestor)
        [after] = await rows(ingestor.database, f"SELECT srid, last_change_at {old}")
        assert after["last_change_at"] > before["last_change_at"] + timedelta(days=20)

    async def test_windows_are_read_the_newest_first(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch, asks: Any
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb)
        await ingestor.sync("finance")
        within = changed(finance.RESOURCE).reading.within
        assert within is not None
        monkeypatch.setitem(
            RESOURCES,
            "finance",
            changed(
                finance.RESOURCE,
                within=type(within)(
                    cut=windows_of(timedelta(days=7)), position=within.position, earliest=within.earliest
                ),
            ),
        )
        asked = asks("finance")
        today = moscow_day(datetime.now(UTC))
        await ask(ingestor.database, cabinet_id, "finance", today - timedelta(days=20), today)
        await read_all(ingestor)
        begins = [each["json"]["dateFrom"] for each in asked]
        assert begins == sorted(begins, reverse=True)
        assert len(set(begins)) == 3

    async def test_where_there_is_nothing_to_ask_about_it_is_done(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await connect_cabinet(ingestor, wb, sid=await wb.seller(name="none", products=1))
        await load(ingestor, "campaign_stats", ("campaigns",))
        await execute(ingestor.database, "DELETE FROM campaigns")
        days = campaign_stats.MAX_DAYS * 2
        today = moscow_day(datetime.now(UTC))
        asked = await ask(ingestor.database, cabinet_id, "campaign_stats", today - timedelta(days=days), today)
        await read_all(ingestor)
        assert (await stored_range(ingestor.database, asked))["state"] == "done"

    async def test_days_of_the_funnel_are_read_that_its_history_has_no_more(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=400)
        await load(ingestor, "funnel", ("products",))
        today = moscow_day(datetime.now(UTC))
        since, until = today - timedelta(days=20), today - timedelta(days=15)
        assert await rows(ingestor.database, "SELECT 1 FROM funnel WHERE day <= :until", until=until) == []
        await ask(ingestor.database, cabinet_id, "funnel", since, until)
        await read_all(ingestor)
        [read] = await rows(
            ingestor.database,
            "SELECT count(*) AS rows, count(DISTINCT nm_id) AS cards, count(DISTINCT day) AS days, min(day) AS first, "
            "sum(order_count) AS orders, sum(open_count) AS opens FROM funnel WHERE day <= :until",
            until=until,
        )
        assert (read["rows"], read["days"], read["first"]) == (6 * read["cards"], 6, since)
        assert read["opens"] > read["orders"] > 0


class TestAsking:
    @pytest.mark.parametrize(
        ("resource", "days", "why"),
        [
            ("stocks", (9, 5), "no ranges"),
            ("nothing", (9, 5), "no resource"),
            ("orders", (5, 9), "ends before"),
            ("orders", (120, 100), "WB has orders since"),
            ("orders", (-3, -5), "yet to come"),
            ("campaign_spend", (9, 5), "does not read"),
        ],
    )
    async def test_what_cannot_be_read_is_refused_with_a_reason(
        self, ingestor: Ingestor, wb: Wbsim, resource: str, days: tuple[int, int], why: str
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=0, categories=["statistics", "analytics"])
        since, until = (moscow_day(datetime.now(UTC)) - timedelta(days=n) for n in days)
        with pytest.raises(NoRange, match=why):
            await ask(ingestor.database, cabinet_id, resource, since, until)
        assert await count(ingestor.database, "sync_ranges") == 0

    async def test_the_same_is_one_while_it_waits_and_begins_where_wb_has_rows(
        self, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=0)
        since, until = datetime.now(UTC) - timedelta(days=20), datetime.now(UTC)
        asked = [await ask(ingestor.database, cabinet_id, "orders", since, until) for _ in range(2)]
        other = await ask(ingestor.database, cabinet_id, "orders", since, until, why=ranges.RECONCILIATION)
        assert asked[0] == asked[1] != other
        old = await ask(ingestor.database, cabinet_id, "sales", since - timedelta(days=700), until)
        row = await stored_range(ingestor.database, old)
        assert timedelta(days=89) < row["asked_at"] - row["since"] < timedelta(days=91)

    async def test_what_is_asked_for_first_is_read_first_and_alone(self, ingestor: Ingestor, wb: Wbsim) -> None:
        cabinet_id = await a_shop(ingestor, wb, orders=0)
        await ingestor.sync("orders")
        today = moscow_day(datetime.now(UTC))
        asked = [
            await ask(ingestor.database, cabinet_id, "orders", today - timedelta(days=n), today - timedelta(days=n))
            for n in (3, 1, 2)
        ]
        done = []
        while await take_turn(ingestor):
            done.append(
                {row["id"] for row in await rows(ingestor.database, "SELECT id FROM sync_ranges WHERE state = 'done'")}
            )
        assert done == [set(asked[: n + 1]) for n in range(3)]
