"""One run: what it asks, how often, what it does when there is nothing to ask about, and what it says of itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from ingestor.resources import RESOURCES, orders, stocks
from ingestor.resources.resource import Page, Position, Resource, Seen, Step
from ingestor.wb.methods import METHODS
from servicekit.db import Database
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from support.ingesting import Ingestor, connect_cabinet, sync_requested, take
from support.outbox_rows import published
from support.resources import changed
from support.rows import rows
from wbsim.running import Wbsim

pytestmark = pytest.mark.usefixtures("few_resources")

ORDERS = METHODS["orders"].path


async def logged(database: Database) -> list[dict[str, Any]]:
    return await rows(database, "SELECT * FROM sync_logs ORDER BY id")


async def cursor(database: Database) -> Any:
    [row] = await rows(database, "SELECT cursor FROM sync_state WHERE resource = 'orders'")
    return row["cursor"]


@pytest.fixture
def instead(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Lets orders be read otherwise."""

    def put(resource: Resource = orders.RESOURCE, **changes: Any) -> None:
        monkeypatch.setitem(RESOURCES, "orders", changed(resource, **changes))

    return put


class TestRequests:
    @pytest.mark.parametrize(
        ("fault", "requests"),
        [
            (("status", {"status": 500}), 1),
            (("status", {"status": 401}), 1),
            (("status", {"status": 402}), 1),
            (("status", {"status": 403}), 1),
            (("status", {"status": 429, "seconds": 9}), 1),
            (("html", {}), 1),
            (("cut", {}), 1),
            (("wrong_type", {}), 1),
        ],
    )
    async def test_each_is_counted_once_however_it_is_answered(
        self, ingestor: Ingestor, wb: Wbsim, fault: tuple[str, dict[str, Any]], requests: int
    ) -> None:
        await wb.place_orders(count=1)
        await connect_cabinet(ingestor, wb)
        before = len([r for r in await wb.requests() if r["path"] == ORDERS])
        await wb.fault(ORDERS, fault[0], times=1, **fault[1])
        await ingestor.sync("orders")
        [line] = await logged(ingestor.database)
        assert line["requests"] == requests
        assert len([r for r in await wb.requests() if r["path"] == ORDERS]) - before == requests

    async def test_none_is_counted_where_none_was_sent(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "status", status=429, seconds=60, times=1)
        await ingestor.sync("orders")
        await ingestor.sync("orders")
        assert [(line["requests"], line["outcome"]) for line in await logged(ingestor.database)] == [
            (1, "paused"),
            (0, "paused"),
        ]

    async def test_method_and_path_are_those_that_the_resource_asks_for(
        self, ingestor: Ingestor, wb: Wbsim, instead: Any
    ) -> None:
        seller_info = replace(METHODS["orders"], path="/api/v1/{section}/{id}")
        asked = {"method": seller_info, "path": {"section": "supplier", "id": "or/ders"}, "params": {"a": "b"}}
        instead(ask=lambda position: asked)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        *_, request = await wb.requests()
        assert request["path"].endswith(("/api/v1/supplier/or/ders", "/api/v1/supplier/or%2Fders"))

    async def test_an_ask_of_another_method_goes_by_its_budget(
        self, ingestor: Ingestor, wb: Wbsim, instead: Any
    ) -> None:
        other = METHODS["wb-stocks"]
        instead(
            stocks.RESOURCE,
            name="orders",
            method=METHODS["orders"],
            ask=lambda position: {"method": other, **stocks.ask(position)},
        )
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        *_, request = await wb.requests()
        assert request["path"].endswith(other.path)
        [line] = await logged(ingestor.database)
        assert (line["outcome"], line["requests"]) == ("completed", 1)


class TestSubjects:
    """A resource whose calls are about ids of our own: here two at a time, of orders that are asked for by no id."""

    @pytest.fixture
    def asked(self, instead: Any) -> list[Any]:
        asked: list[Any] = []

        async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> list[int]:
            after = position.get("after", 0)
            found = await connection.execute(
                text("SELECT n FROM generate_series(1, 5) AS n WHERE n > :a"), {"a": after}
            )
            return list(found.scalars())[:2]

        def ask(position: Position) -> dict[str, Any]:
            asked.append(position["ids"])
            return {"params": {"dateFrom": "2026-01-01", "flag": "0"}}

        def advance(position: Position, seen: Seen) -> Step:
            return Step({"after": position["ids"][-1]}, done=False)

        instead(begin=lambda cursor, start: dict(cursor or {}), subjects=subjects, ask=ask, advance=advance)
        return asked

    async def test_every_one_is_asked_about_and_then_it_begins_again(
        self, ingestor: Ingestor, wb: Wbsim, asked: list[Any]
    ) -> None:
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        assert asked == [[1, 2], [3, 4], [5]]
        [line] = await logged(ingestor.database)
        assert (line["outcome"], line["pages"], line["requests"]) == ("completed", 3, 3)
        assert await cursor(ingestor.database) == {}
        assert [e.data.pages for e in await published(ingestor.database, "sync.completed.v1")] == [3]
        await ingestor.sync("orders")
        assert asked[3:] == asked[:3]

    async def test_without_any_nothing_is_asked_and_it_is_looked_again_soon(
        self, ingestor: Ingestor, wb: Wbsim, instead: Any
    ) -> None:
        async def nobody(*_: Any) -> list[Any]:
            return []

        instead(subjects=nobody, refresh=timedelta(days=1000))
        await connect_cabinet(ingestor, wb)
        [next_in] = await ingestor.sync("orders")
        [line] = await logged(ingestor.database)
        assert (line["outcome"], line["requests"]) == ("completed", 0)
        assert await cursor(ingestor.database) == {}
        assert next_in is not None
        assert next_in < 60
        [row] = await rows(ingestor.database, "SELECT first_load_done FROM sync_state WHERE resource = 'orders'")
        assert row["first_load_done"]

    async def test_one_that_was_interrupted_goes_on_after_the_last_id(
        self, ingestor: Ingestor, wb: Wbsim, asked: list[Any]
    ) -> None:
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "status", status=500)
        await ingestor.sync("orders")
        await wb.clear_faults()
        async with ingestor.database.transaction() as connection:
            await connection.execute(text("UPDATE sync_state SET cursor = '{\"after\": 2}' WHERE resource = 'orders'"))
        asked.clear()
        await ingestor.sync("orders")
        # The first is not sent: whether the cursor leads to a call at all is tried out.
        assert asked[1:] == [[3, 4], [5]]


class TestWaiting:
    async def test_where_wb_is_not_ready_the_run_goes_on_later_from_where_it_stood(
        self, ingestor: Ingestor, wb: Wbsim, instead: Any
    ) -> None:
        begun: list[Any] = []

        def begin(cursor: Position | None, start: Any) -> Position:
            begun.append(cursor)
            return dict(cursor or {"task": 5})

        def advance(position: Position, seen: Seen) -> Step:
            if "asked" in position:
                return Step({}, done=True)
            return Step({**position, "asked": 1}, done=False, wait_seconds=7000)

        instead(begin=begin, advance=advance, ask=lambda position: {"params": {"dateFrom": "2026-01-01", "flag": "0"}})
        cabinet_id = await connect_cabinet(ingestor, wb)
        request = sync_requested(cabinet_id, "orders")
        await take(ingestor.database, request)
        [next_in] = await ingestor.sync("orders")
        # The settings of the tests multiply WB's limits by 1000.
        assert next_in == pytest.approx(7, abs=0.5)
        [line] = await logged(ingestor.database)
        assert (line["outcome"], line["error"], line["pages"]) == ("paused", None, 1)
        [state] = await rows(ingestor.database, "SELECT * FROM sync_state WHERE resource = 'orders'")
        assert (state["failures"], state["first_load_done"], state["cursor"]) == (0, False, {"task": 5, "asked": 1})
        assert await published(ingestor.database, "sync.completed.v1") == []
        await ingestor.sync("orders")
        assert begun[-1] == {"task": 5, "asked": 1}
        completed = await published(ingestor.database, "sync.completed.v1")
        assert {(e.data.sync_id, e.data.pages) for e in completed} == {(request.data.sync_id, 2), (None, 2)}


class TestAnswers:
    """What is no answer of the method leaves everything as it is, and the next run makes up for it."""

    @pytest.mark.parametrize(
        ("fault", "what", "said"),
        [
            ("cut", {}, "RemoteProtocolError"),
            ("html", {}, "200 with an HTML page"),
            ("text", {}, "400: Request body can not be decoded"),
            ("wrong_type", {}, "not the answer of this method"),
            ("huge", {"size": 101 * 1024 * 1024}, "BodyTooLarge"),
            ("timeout", {"seconds": 5}, "Timeout"),
            ("status", {"status": 500, "shape": "empty"}, "500: an empty answer"),
            ("status", {"status": 400, "shape": "statistics_list"}, "400: dateFrom: field required"),
        ],
    )
    async def test_a_bad_answer_loses_nothing_and_is_told(
        self, ingestor: Ingestor, wb: Wbsim, fault: str, what: dict[str, Any], said: str
    ) -> None:
        placed = await wb.place_orders(count=3)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        before = await rows(ingestor.database, "SELECT *, CAST(xmin AS text) AS x FROM orders ORDER BY srid")
        stood = await cursor(ingestor.database)
        await wb.fault(ORDERS, fault, times=1, **what)
        await wb.change_order(placed[0]["srid"], "cancel")
        [next_in] = await ingestor.sync("orders")
        assert next_in is not None
        assert next_in <= 1
        line = (await logged(ingestor.database))[-1]
        assert (line["outcome"], line["pages"], line["requests"]) == ("failed", 0, 1)
        assert said in line["error"]
        assert await rows(ingestor.database, "SELECT *, CAST(xmin AS text) AS x FROM orders ORDER BY srid") == before
        assert await cursor(ingestor.database) == stood
        assert await rows(ingestor.database, "SELECT 1 FROM quarantine") == []
        await ingestor.sync("orders")
        assert [row["is_cancel"] for row in await rows(ingestor.database, "SELECT * FROM orders WHERE is_cancel")] == [
            True
        ]
        told = [
            (o.srid, o.revision) for e in await published(ingestor.database, "orders.updated.v1") for o in e.data.orders
        ]
        assert sorted(told) == sorted([(o["srid"], 1) for o in placed] + [(placed[0]["srid"], 2)])

    async def test_a_slow_one_is_waited_for(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await wb.place_orders(count=1)
        await connect_cabinet(ingestor, wb)
        await wb.fault(ORDERS, "slow", seconds=0.5, times=1)
        await ingestor.sync("orders")
        assert (await logged(ingestor.database))[-1]["outcome"] == "completed"
        assert len(await rows(ingestor.database, "SELECT 1 FROM orders")) == 1

    async def test_an_answer_that_only_looks_like_one_fails_before_anything_is_written(
        self, ingestor: Ingestor, wb: Wbsim, instead: Any
    ) -> None:
        def read(body: bytes) -> Page:
            raise msgspec.ValidationError("Expected `object`, got `array`")

        instead(read=read)
        await connect_cabinet(ingestor, wb)
        await ingestor.sync("orders")
        [line] = await logged(ingestor.database)
        assert (line["outcome"], line["requests"], line["pages"]) == ("failed", 1, 0)
        assert "not the answer of this method" in line["error"]


async def test_a_full_re_read_that_was_interrupted_is_gone_on_with_and_finds_what_is_gone(
    ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stocks, "MAX_PAGE_ROWS", 2)
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("stocks")
    every = await rows(ingestor.database, "SELECT * FROM stocks ORDER BY nm_id, chrt_id")
    [cabinet] = await rows(ingestor.database, "SELECT seller_id FROM cabinets")
    wb.world.shops[str(cabinet["seller_id"])].stocks.pop(every[-1]["chrt_id"])
    monkeypatch.setattr("ingestor.sync.run.TURN_SECONDS", 0)
    runs = 0
    while not await rows(ingestor.database, "SELECT 1 FROM stocks WHERE gone"):
        await ingestor.sync("stocks")
        runs += 1
        assert runs < 50
    assert runs > 2
    gone = await rows(ingestor.database, "SELECT chrt_id FROM stocks WHERE gone")
    assert [row["chrt_id"] for row in gone] == [every[-1]["chrt_id"]]
    assert await rows(ingestor.database, "SELECT 1 FROM sync_seen") == []


async def test_what_a_run_says_of_itself(ingestor: Ingestor, wb: Wbsim) -> None:
    placed = await wb.place_orders(count=4)
    await connect_cabinet(ingestor, wb)
    await ingestor.sync("orders")
    await wb.change_order(placed[0]["srid"], "cancel")
    await wb.place_orders(count=1)
    await ingestor.sync("orders")
    first, second = await logged(ingestor.database)
    assert (first["trigger"], first["asked"], first["rows_new"]) == ("first_load", None, 4)
    assert (second["trigger"], second["outcome"], second["error"]) == ("schedule", "completed", None)
    assert (second["rows_new"], second["rows_changed"], second["rows_quarantined"]) == (1, 1, 0)
    [state] = await rows(ingestor.database, "SELECT cursor FROM sync_state WHERE resource = 'orders'")
    assert second["asked"]["watermark"] <= state["cursor"]["watermark"]
    assert second["started_at"] > first["started_at"]
    assert second["duration_seconds"] > 0
