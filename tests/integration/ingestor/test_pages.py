"""Pages in any order, repeated, cut off at every boundary: the same tables, each change published once."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingestor.resources import orders, statistics
from ingestor.resources.resource import Start
from ingestor.sync.log import Counts
from ingestor.sync.page import Run, take_in
from servicekit.db import Database
from sqlalchemy import text
from support.ingesting import Ingestor, claim, connect_cabinet, connected, take
from support.outbox_rows import published
from support.rows import rows
from wbsim.running import Wbsim

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SRIDS = ("a", "b", "c")
# A state of an order: which order, when it changed, its price and whether it is cancelled.
State = tuple[str, int, int, bool]


def states() -> st.SearchStrategy[list[State]]:
    state = st.tuples(st.sampled_from(SRIDS), st.integers(0, 8), st.integers(0, 2), st.booleans())
    # One state per order and second: of two, WB would answer with the later one only.
    return st.lists(state, min_size=1, max_size=12, unique_by=lambda s: (s[0], s[1]))


def wb_row(state: State) -> dict[str, Any]:
    srid, second, price, is_cancel = state
    return {
        "srid": srid,
        "nmId": 1,
        "date": "2026-11-20T10:00:00",
        "lastChangeDate": f"2026-11-21T10:00:{second:02d}",
        "totalPrice": price,
        "isCancel": is_cancel,
    }


@st.composite
def shuffled_pages(draw: st.DrawFn) -> tuple[list[State], list[list[State]]]:
    every = draw(states())
    pages = draw(st.lists(st.lists(st.sampled_from(every), max_size=6), max_size=5))
    missing = [state for state in every if not any(state in page for page in pages)]
    pages.insert(draw(st.integers(0, len(pages))), draw(st.permutations(missing)))
    return every, pages


async def new_lease(database: Database) -> Any:
    async with database.transaction() as connection:
        await connection.execute(text("TRUNCATE cabinets, sync_state, orders, outbox, sync_logs"))
        cabinet_id = uuid4()
        await connection.execute(
            text(
                "INSERT INTO cabinets (cabinet_id, status, seller_id, kind, sealed_token, connected_at, token_at)"
                " VALUES (:id, 'verified', :id, 'personal', '', now(), now())"
            ),
            {"id": cabinet_id},
        )
        await connection.execute(
            text("INSERT INTO sync_state (cabinet_id, resource) VALUES (:id, 'orders')"), {"id": cabinet_id}
        )
    [lease] = await claim(database)
    return lease


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(shuffled_pages())
async def test_any_order_and_repetition_of_pages_gives_the_same_table(
    ingestor_db: Database, drawn: tuple[list[State], list[list[State]]]
) -> None:
    every, pages = drawn
    lease = await new_lease(ingestor_db)
    run = Run(lease, orders.RESOURCE, NOW, Counts())
    position = statistics.begin(None, Start(NOW, sweep=False, page_rows=10))
    for states_of_page in pages:
        body = json.dumps([wb_row(state) for state in states_of_page]).encode()
        await take_in(ingestor_db, run, position, body, NOW)

    newest = {srid: max((s for s in every if s[0] == srid), key=lambda s: s[1]) for srid in {s[0] for s in every}}
    stored = await rows(ingestor_db, "SELECT * FROM orders")
    assert {row["srid"]: (row["last_change_at"], int(row["total_price"] or 0), row["is_cancel"]) for row in stored} == {
        srid: (datetime(2026, 11, 21, 7, 0, second, tzinfo=UTC), price, is_cancel)
        for srid, (_, second, price, is_cancel) in newest.items()
    }
    told: dict[str, list[Any]] = {}
    for event in await published(ingestor_db, "orders.updated.v1"):
        for order in event.data.orders:
            told.setdefault(order.srid, []).append(order)
    for row in stored:
        history = told[row["srid"]]
        assert [order.revision for order in history] == list(range(1, row["revision"] + 1)), "each change once"
        contents = [(order.total_price, order.is_cancel) for order in history]
        assert all(before != after for before, after in pairwise(contents))
        assert contents[-1] == (row["total_price"], row["is_cancel"])


class Killed(BaseException):
    """Stands for the end of the process: nothing of ours handles it."""


class Crash:
    """Ends the process at the nth visit of a point, before or after what happens there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left = 0
        self._monkeypatch = monkeypatch

    def at(self, target: str, *, after: bool) -> None:
        module, _, name = target.rpartition(".")
        original = getattr(__import__(module, fromlist=[name]), name)

        async def crashing(*arguments: Any, **named: Any) -> Any:
            self.left -= 1
            if self.left == 0 and not after:
                raise Killed
            result = await original(*arguments, **named)
            if self.left == 0:
                raise Killed
            return result

        self._monkeypatch.setattr(target, crashing)


@pytest.mark.parametrize(
    ("point", "after"),
    [
        ("ingestor.sync.schedule.hold", True),
        ("ingestor.sync.page.store", True),
        ("ingestor.sync.quarantine.put", False),
        ("ingestor.sync.schedule.save_page", False),
        ("ingestor.sync.schedule.save_page", True),
        ("ingestor.sync.page.take_in", False),
        ("ingestor.sync.page.take_in", True),
        ("ingestor.sync.schedule.finish", False),
        ("ingestor.sync.schedule.finish", True),
        ("ingestor.sync.log.write", True),
    ],
)
async def test_a_process_that_dies_at_any_page_boundary_loses_and_repeats_nothing(
    ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch, point: str, after: bool
) -> None:
    await wb.settings(page_rows=4)
    sid = await wb.seller(name="history", history_orders=13, history_days=30)
    await take(ingestor.database, connected(await wb.token(sid=sid)))
    await ingestor.check()
    crash = Crash(monkeypatch)
    crash.at(point, after=after)
    deaths = 0
    for visit in range(1, 30):
        crash.left = visit
        try:
            await ingestor.sync("orders")
        except Killed:
            deaths += 1
            async with ingestor.database.transaction() as connection:
                await connection.execute(text("UPDATE sync_state SET lease_until = now() - interval '1 second'"))
            continue
        break
    assert deaths > 0
    crash.left = 0
    await ingestor.sync("orders")
    truth = {order["srid"] for order in (await wb.truth(sid))["orders"]}
    assert {row["srid"] for row in await rows(ingestor.database, "SELECT srid FROM orders")} == truth
    told = [o.srid for e in await published(ingestor.database, "orders.updated.v1") for o in e.data.orders]
    assert sorted(told) == sorted(truth), "each order published exactly once"
    completed = await published(ingestor.database, "sync.completed.v1")
    assert [e.data.rows_new for e in completed] == [13]


class TestStocks:
    async def test_rows_that_wb_stops_listing_are_gone_and_may_come_back(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("stocks")
        stocks = await rows(ingestor.database, "SELECT * FROM stocks ORDER BY chrt_id")
        first = {e.origin for e in await published(ingestor.database, "stocks.updated.v1")}
        assert first == {"backfill"}
        shop = wb.world.shops[str((await rows(ingestor.database, "SELECT seller_id FROM cabinets"))[0]["seller_id"])]
        hidden = shop.stocks.pop(stocks[0]["chrt_id"])
        await ingestor.sync("stocks")
        *_, event = await published(ingestor.database, "stocks.updated.v1")
        [gone] = event.data.stocks
        assert (gone.change, gone.quantity, gone.chrt_id) == ("gone", 0, stocks[0]["chrt_id"])
        assert gone.previous["quantity"] == stocks[0]["quantity"]
        assert event.origin == "live"
        events = len(await published(ingestor.database))
        await ingestor.sync("stocks")
        assert len(await published(ingestor.database)) == events, "gone is told once"
        shop.stocks[stocks[0]["chrt_id"]] = hidden
        await ingestor.sync("stocks")
        *_, event = await published(ingestor.database, "stocks.updated.v1")
        [back] = event.data.stocks
        assert (back.change, back.quantity, back.revision) == ("changed", stocks[0]["quantity"], 3)

    async def test_a_re_read_of_many_pages_finds_what_is_gone(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from ingestor.resources import stocks as stocks_module

        monkeypatch.setattr(stocks_module, "MAX_PAGE_ROWS", 2)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("stocks")
        all_rows = await rows(ingestor.database, "SELECT * FROM stocks ORDER BY nm_id, chrt_id")
        assert len(all_rows) > 4
        shop = wb.world.shops[str((await rows(ingestor.database, "SELECT seller_id FROM cabinets"))[0]["seller_id"])]
        shop.stocks.pop(all_rows[-1]["chrt_id"])
        await ingestor.sync("stocks")
        gone = await rows(ingestor.database, "SELECT chrt_id FROM stocks WHERE gone")
        assert [row["chrt_id"] for row in gone] == [all_rows[-1]["chrt_id"]]
        assert await rows(ingestor.database, "SELECT 1 FROM sync_seen") == []

    async def test_a_row_that_cannot_be_read_is_not_taken_for_gone(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("stocks")
        await wb.fault("/api/analytics/v1/stocks-report/wb-warehouses", "broken_row", times=1)
        await ingestor.sync("stocks")
        assert len(await rows(ingestor.database, "SELECT 1 FROM quarantine")) == 1
        assert await rows(ingestor.database, "SELECT 1 FROM stocks WHERE gone") == []


class TestProducts:
    async def test_an_edited_card_is_told_with_what_it_was(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("products")
        [card, *_] = await rows(ingestor.database, "SELECT * FROM products ORDER BY nm_id")
        await wb.control("POST", f"/products/{card['nm_id']}", {"title": "Новое имя"})
        await ingestor.sync("products")
        *_, event = await published(ingestor.database, "products.updated.v1")
        [changed] = event.data.products
        assert (changed.title, changed.change, changed.revision) == ("Новое имя", "changed", 2)
        assert changed.previous == {
            "title": card["title"],
            "updated_at": card["updated_at"].isoformat().replace("+00:00", "Z"),
        }
        assert event.origin == "live"

    async def test_more_cards_than_a_page_are_all_read(self, ingestor: Ingestor, wb: Wbsim) -> None:
        sid = await wb.seller(name="wide", products=230)
        await connect_cabinet(ingestor, wb, sid=sid)
        await ingestor.sync("products")
        [line] = await rows(ingestor.database, "SELECT * FROM sync_logs")
        assert (line["rows_new"], line["pages"]) == (230, 3)


async def test_one_trace_leads_from_the_request_to_the_event(ingestor: Ingestor, wb: Wbsim) -> None:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from servicekit.telemetry import traced

    if not isinstance(trace.get_tracer_provider(), TracerProvider):
        trace.set_tracer_provider(TracerProvider())
    traced(ingestor.parts.http)
    await wb.place_orders(count=1)
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("orders")
    [event] = await published(ingestor.database, "orders.updated.v1")
    asked = [r for r in await wb.requests() if r["path"].endswith("/supplier/orders")]
    [line] = await rows(ingestor.database, "SELECT * FROM sync_logs")
    traces = {r["traceparent"].split("-")[1] for r in asked} | {line["traceparent"].split("-")[1]}
    assert event.traceparent is not None
    assert traces == {event.traceparent.split("-")[1]}


async def test_migrations_and_tables_agree(databases: Any, ingestor_db: Database) -> None:
    import asyncio

    from alembic import command
    from servicekit.migrations import alembic_config
    from support.databases import migrations_of

    config = alembic_config(migrations_of("ingestor"), databases.urls["ingestor"])
    await asyncio.to_thread(command.check, config)
