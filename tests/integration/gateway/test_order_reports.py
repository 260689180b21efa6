"""Reports of orders, asked of the reporter for those who may see them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import UUID, uuid4

import httpx
import pytest
from contracts.order_report import OrderReport
from gateway import order_reports
from gateway.order_reports import OrderReports
from reporter.internal import report_route
from servicekit.cache import Cache
from servicekit.db import Database
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp
from support.gateway import Gateway, User
from support.stored_orders import NOON, snapshot, store

REPORTER = "http://reporter"


def answered_by(gateway: Gateway, transport: httpx.AsyncBaseTransport) -> None:
    """Let the gateway find its reporter there."""
    client = httpx.AsyncClient(transport=transport)
    gateway.app.state.parts = replace(gateway.app.state.parts, reports=OrderReports(client, REPORTER))


def app_of(answer: Callable[[Request], Awaitable[Response]]) -> ASGIApp:
    return Starlette(routes=[Route("/internal/cabinets/{cabinet_id}/orders/{order_id}/report", answer)])


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    return await alice.connect()


@pytest.fixture
def reporter(gateway: Gateway, reporter_db: Database, redis_client: "Cache", redis_prefix: str) -> None:
    """The real one, without a network in between."""
    cache = Cache(redis_client, prefix=redis_prefix)  # type: ignore[arg-type]
    answered_by(gateway, httpx.ASGITransport(Starlette(routes=[report_route(reporter_db, cache, lambda: NOON)])))


@pytest.mark.usefixtures("reporter")
class TestWhoMaySee:
    async def test_the_report_of_an_order_of_one_s_own(self, alice: User, cabinet: UUID, reporter_db: Database) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        answer = await alice.get(f"/orders/{order.order_id}/report")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        report = OrderReport.model_validate(answer.json()["data"])
        assert (report.order.srid, report.order.cabinet_id) == (order.srid, cabinet)
        assert "Заказ от 20.11 12:00" in report.text

    async def test_another_user_s_order_is_not_found(
        self, alice: User, bob: User, cabinet: UUID, reporter_db: Database
    ) -> None:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        await bob.connect()
        assert (await alice.get(f"/orders/{order.order_id}/report")).status_code == 200
        answers = [await user.get(f"/orders/{order_id}/report") for user, order_id in
                   ((bob, order.order_id), (alice, uuid4()))]  # fmt: skip
        assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(404, "order_not_found")] * 2

    async def test_a_key_is_asked_for(self, gateway: Gateway) -> None:
        assert (await gateway.client.get(f"/api/v1/orders/{uuid4()}/report")).status_code == 401


class TestReporterAway:
    @pytest.fixture
    async def order_id(self, alice: User, cabinet: UUID, reporter_db: Database) -> UUID:
        order = snapshot(cabinet)
        await store(reporter_db, cabinet, [order])
        return order.order_id

    async def check(self, alice: User, order_id: UUID) -> None:
        answer = await alice.get(f"/orders/{order_id}/report")
        assert (answer.status_code, answer.json()["code"]) == (503, "report_unavailable")
        assert answer.headers["retry-after"] == "5"
        assert (await alice.get(f"/orders/{order_id}")).status_code == 200

    async def test_nobody_listens(self, alice: User, order_id: UUID) -> None:
        await self.check(alice, order_id)

    @pytest.mark.parametrize("status", [307, 400, 500, 503])
    async def test_it_fails(self, gateway: Gateway, alice: User, order_id: UUID, status: int) -> None:
        async def fail(_: Request) -> Response:
            return Response(status_code=status)

        answered_by(gateway, httpx.ASGITransport(app_of(fail)))
        await self.check(alice, order_id)

    async def test_it_takes_too_long(
        self, gateway: Gateway, alice: User, order_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def wait(_: Request) -> Response:
            await asyncio.sleep(60)
            return Response()

        monkeypatch.setattr(order_reports, "TIMEOUT_SECONDS", 0.05)
        answered_by(gateway, httpx.ASGITransport(app_of(wait)))
        await self.check(alice, order_id)

    async def test_it_says_too_much(
        self, gateway: Gateway, alice: User, order_id: UUID, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def talk(_: Request) -> Response:
            return Response(b"x" * 100)

        monkeypatch.setattr(order_reports, "MAX_BYTES", 99)
        answered_by(gateway, httpx.ASGITransport(app_of(talk)))
        await self.check(alice, order_id)

    async def test_an_order_that_it_does_not_have_is_not_found(
        self, gateway: Gateway, alice: User, order_id: UUID
    ) -> None:
        async def unknown(_: Request) -> Response:
            return Response(status_code=404)

        answered_by(gateway, httpx.ASGITransport(app_of(unknown)))
        assert (await alice.get(f"/orders/{order_id}/report")).status_code == 404
