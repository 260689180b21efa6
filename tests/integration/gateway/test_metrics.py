"""What an operator sees of the gateway, and nobody who calls its interface."""

import asyncio

import httpx
import pytest
from servicekit.broker import connected
from servicekit.listening import serve_beside
from support.eventually import eventually
from support.gateway import Gateway, User
from support.metrics import see_what_every_service_shows


async def test_outbox_queues_dead_letters_and_pool(gateway: Gateway, rabbitmq_url: str) -> None:
    async with connected(gateway.broker):
        await see_what_every_service_shows(gateway.app.state.metrics, "gateway", gateway.database, rabbitmq_url)


async def test_the_interface_has_no_metrics_even_for_who_has_a_key(gateway: Gateway, alice: User) -> None:
    for path in ("/metrics", "/api/v1/metrics", "/metrics/"):
        answer = await gateway.client.get(path, headers={"Authorization": f"Bearer {alice.key}"})
        assert answer.status_code == 404
        assert "pulse_" not in answer.text
    assert "metrics" not in (await gateway.client.get("/openapi.json")).text


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
