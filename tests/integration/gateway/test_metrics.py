"""What an operator sees of the gateway, and nobody who calls its interface."""

import asyncio
import re
from uuid import uuid4

import httpx
import pytest
from contracts.topics import QUEUES
from local.servers import Servers
from servicekit.broker import connected
from servicekit.db import Database
from servicekit.listening import serve_beside
from support.eventually import eventually
from support.gateway import Gateway, User, built_gateway
from support.metrics import Scraped, scrape, see_what_every_service_shows


async def test_outbox_queues_dead_letters_and_pool(gateway: Gateway, rabbitmq_url: str) -> None:
    async with connected(gateway.broker):
        await see_what_every_service_shows(gateway.app.state.metrics, "gateway", gateway.database, rabbitmq_url)


async def test_the_interface_has_no_metrics_even_for_who_has_a_key(gateway: Gateway, alice: User) -> None:
    for path in ("/metrics", "/api/v1/metrics", "/metrics/"):
        answer = await gateway.client.get(path, headers={"Authorization": f"Bearer {alice.key}"})
        assert answer.status_code == 404
        assert "pulse_" not in answer.text
    assert "metrics" not in (await gateway.client.get("/openapi.json")).text


async def test_requests_are_timed_by_operation_whoever_answers_and_what_strangers_make_up_is_one(
    gateway: Gateway, alice: User
) -> None:
    def counted(shown: Scraped, route: str, status: str) -> float:
        return shown.value("pulse_http_request_seconds_count", method="GET", route=route, status=status) or 0

    path = "/api/v1/orders/{order_id}"
    before = await scrape(gateway.app.state.metrics)
    for _ in range(2):
        assert (await alice.get("/orders")).status_code == 200
    assert (await alice.get(f"/orders/{uuid4()}")).status_code == 404
    for name in ("one", "two"):
        assert (await gateway.client.get(f"/{name}")).status_code == 404
    assert (await gateway.client.get("/health/live")).status_code == 200
    now = await scrape(gateway.app.state.metrics)
    assert counted(now, "/api/v1/orders", "2xx") - counted(before, "/api/v1/orders", "2xx") == 2
    assert counted(now, path, "4xx") - counted(before, path, "4xx") == 1
    others = {"method": "other", "route": "other", "status": "4xx"}
    strangers = [shown.value("pulse_http_request_seconds_count", **others) or 0 for shown in (before, now)]
    assert strangers[1] - strangers[0] == 2
    routes = now.label_values("pulse_http_request_seconds_count", "route")
    assert routes <= {"other", *(path for _, path in gateway.app.operations)}


class TestStatus:
    async def test_without_prometheus_it_shows_what_the_gateway_reads_by_itself(self, gateway: Gateway) -> None:
        async with connected(gateway.broker):
            answer = await status(gateway)
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert '<td>postgres</td><td class="good">yes</td>' in answer.text
        assert '<td>redis</td><td class="good">yes</td>' in answer.text
        # Nothing consumes here.
        for queue in QUEUES:
            assert re.search(rf'<td>{re.escape(queue.name)}</td><td>\d+</td><td class="bad">0</td>', answer.text)
        assert "PROMETHEUS_URL is not set" in answer.text

    async def test_a_prometheus_that_does_not_answer_and_a_broker_that_is_away_are_said(
        self, gateway_db: Database, servers: Servers, redis_prefix: str, rabbitmq_url: str, unused_tcp_port: int
    ) -> None:
        async with built_gateway(
            gateway_db,
            redis_url=servers.redis_url,
            redis_prefix=redis_prefix,
            rabbitmq_url=rabbitmq_url,
            prometheus_url=f"http://127.0.0.1:{unused_tcp_port}",
        ) as gateway:
            answer = await status(gateway)
        assert "Prometheus does not answer" in answer.text
        assert "Something is wrong: rabbitmq does not answer" in answer.text
        assert "Not known: the broker does not answer" in answer.text

    async def test_the_interface_has_no_such_page(self, gateway: Gateway, alice: User) -> None:
        for path in ("/status", "/api/v1/status"):
            answer = await gateway.client.get(path, headers={"Authorization": f"Bearer {alice.key}"})
            assert answer.status_code == 404


async def status(gateway: Gateway) -> httpx.Response:
    transport = httpx.ASGITransport(gateway.app.state.metrics)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        return (await client.get("/status")).raise_for_status()


async def test_they_are_served_on_a_port_of_their_own_until_the_service_stops(
    gateway: Gateway, unused_tcp_port: int
) -> None:
    serving = asyncio.create_task(serve_beside(gateway.app.state.metrics, "127.0.0.1", unused_tcp_port))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as client:

        async def answers() -> bool:
            try:
                return "pulse_outbox_unsent" in (await client.get("/metrics")).text
            except httpx.TransportError:
                return False

        await eventually(answers)
        assert (await client.get("/api/v1/orders")).status_code == 404
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
        with pytest.raises(httpx.TransportError):
            await client.get("/metrics")


async def test_a_port_that_is_taken_is_said(gateway: Gateway, unused_tcp_port: int) -> None:
    async with await asyncio.start_server(lambda *_: None, "127.0.0.1", unused_tcp_port):
        with pytest.raises(OSError, match="in use"):
            await serve_beside(gateway.app.state.metrics, "127.0.0.1", unused_tcp_port)
