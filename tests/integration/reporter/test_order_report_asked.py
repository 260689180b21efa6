"""The report of an order over HTTP, from its cache, and whatever is asked instead."""

import itertools
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import httpx
import pytest
from contracts.order_report import OrderReport
from contracts.orders import order_id
from reporter.internal import report_route
from servicekit.cache import Cache, connect_redis
from servicekit.db import Database
from servicekit.telemetry import configure_telemetry
from starlette.applications import Starlette
from support.driver_log import sent
from support.every_section import everything
from support.item_figures import keep_figures
from support.reporting import (
    NOON,
    a_sale,
    an_order,
    cabinet_disconnected,
    orders_updated,
    sales_updated,
)

from contracts import cache_keys

Fold = Callable[..., Awaitable[set[str]]]
pytestmark = pytest.mark.usefixtures("ingestor_db")

HOSTILE = (
    "0",
    "-1",
    "%00",
    "%FF%FE",
    "..%2F..%2Fetc",
    "%7Bcabinet_id%7D",
    "'%20OR%201=1--",
    "00000000-0000-0000-0000-00000000000g",
    "00000000000000000000000000000000" * 300,
    "%F0%9F%A7%BE",
)
"""What is no id."""


class TestAsked:
    @pytest.fixture
    async def client(self, reporter_db: Database, cache: Cache) -> AsyncIterator[httpx.AsyncClient]:
        configure_telemetry("reporter", None)
        app = Starlette(routes=[report_route(reporter_db, cache, lambda: NOON)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporter") as client:
            yield client

    @staticmethod
    def path(cabinet_id: UUID, srid: str = "a") -> str:
        return f"/internal/cabinets/{cabinet_id}/orders/{order_id(cabinet_id, srid)}/report"

    async def test_the_report_in_the_trace_of_who_asks(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        answer = await client.get(self.path(cabinet_id), headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        assert answer.headers["content-type"] == "application/json"
        assert OrderReport.model_validate_json(answer.content).trace_id == trace

    async def test_what_is_not_there_is_not_found(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        assert (await client.get(self.path(cabinet_id, "b"))).status_code == 404
        other = self.path(cabinet_id).replace(str(cabinet_id), str(uuid4()))
        assert (await client.get(other)).status_code == 404
        assert (await client.get("/internal/cabinets/1/orders/2/report")).status_code == 404

    @pytest.mark.parametrize("cabinet", HOSTILE)
    async def test_whatever_is_asked_is_answered_without_a_question_to_the_database(
        self, reporter_db: Database, client: httpx.AsyncClient, cabinet: str
    ) -> None:
        paths = (
            f"/internal/cabinets/{cabinet}/orders/{uuid4()}/report",
            f"/internal/cabinets/{uuid4()}/orders/{cabinet}/report?{'a=b&' * 1000}",
            f"/internal/{cabinet}",
            f"/{cabinet}",
        )
        async with sent(reporter_db) as log:
            for method, path in itertools.product(("GET", "POST", "DELETE", "HEAD"), paths):
                answer = await client.request(method, path, content=b"x" * 100_000)
                assert (answer.status_code, len(answer.content) < 100) == (404, True)
        assert log == []

    @pytest.mark.parametrize("trace", ["", "00", "\xff", "00-" + "f" * 10_000, "00-0-0-0", "ff-" + "0" * 32 + "-1-01"])
    async def test_an_odd_trace_is_none(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient, trace: str
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        headers = {b"traceparent": trace.encode("latin-1")}
        assert (await client.get(self.path(cabinet_id), headers=headers)).status_code == 200

    async def test_nothing_is_changed_by_who_may_only_ask(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert (await client.request(method, self.path(cabinet_id))).status_code == 405

    async def test_without_redis_it_is_answered(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        nobody_there = connect_redis("redis://127.0.0.1:1/0")
        app = Starlette(routes=[report_route(reporter_db, Cache(nobody_there), lambda: NOON)])
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://reporter") as client:
            for price in (100, 90):
                report = OrderReport.model_validate_json((await client.get(self.path(cabinet_id))).content)
                assert report.money.estimate.price == price
                await fold(orders_updated(cabinet_id, an_order(cabinet_id, price="90", revision=2, change="changed")))
        await nobody_there.aclose()

    async def test_it_is_cached_until_something_in_it_changes(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, client: httpx.AsyncClient, cache: Cache
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        first = (await client.get(self.path(cabinet_id))).content
        await keep_figures(reporter_db, cabinet_id, everything())
        assert (await client.get(self.path(cabinet_id))).content == first
        for tag in cache_keys.order_report_tags(cabinet_id, order_id(cabinet_id, "a"), 1):
            await cache.invalidate([tag])
            async with sent(reporter_db) as log:
                await client.get(self.path(cabinet_id))
            assert len(log) > 1, tag
        assert json.loads((await client.get(self.path(cabinet_id))).content)["buyout_periods"]

    async def test_an_order_of_the_cabinet_makes_it_stale(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient, cache: Cache
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await client.get(self.path(cabinet_id))
        await cache.invalidate(sorted(await fold(orders_updated(cabinet_id, an_order(cabinet_id, "b", nm_id=2)))))
        report = OrderReport.model_validate_json((await client.get(self.path(cabinet_id))).content)
        assert report.today_vs_yesterday.shop.today.orders == 2

    async def test_a_sale_of_the_order_makes_it_stale(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient, cache: Cache
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await client.get(self.path(cabinet_id))
        await cache.invalidate(sorted(await fold(sales_updated(cabinet_id, a_sale()))))
        report = OrderReport.model_validate_json((await client.get(self.path(cabinet_id))).content)
        assert report.order.state == "bought"

    async def test_a_disconnected_cabinet_has_none_from_its_cache_either(
        self, fold: Fold, cabinet_id: UUID, client: httpx.AsyncClient
    ) -> None:
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        assert (await client.get(self.path(cabinet_id))).status_code == 200
        await fold(cabinet_disconnected(cabinet_id))
        assert (await client.get(self.path(cabinet_id))).status_code == 404
