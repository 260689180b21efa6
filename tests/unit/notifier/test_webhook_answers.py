"""What a webhook's answer means."""

import asyncio
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest
from gateway.webhook_secrets import new_secret
from notifier.channels import webhook
from notifier.channels.webhook import webhook_channel
from notifier.deliveries.model import Delivery, Outcome, Result, WebhookTarget
from pydantic import SecretStr
from servicekit.addresses import Target
from servicekit.crypto import generate_keys
from servicekit.http import Answer
from support.notifying import delivery
from support.subscriptions import seal_secret

_, PRIVATE_KEY = generate_keys()
KEYS = SecretStr(PRIVATE_KEY)


def to_webhook(url: str = "http://hooks.example/") -> Delivery:
    sealed = seal_secret(new_secret(), KEYS, webhook_id="w")
    return delivery(channel="webhook", recipient="w", webhook=WebhookTarget(url, (sealed,), False))


async def answered(status: int, headers: dict[str, str] | None = None) -> Result:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, headers=headers, stream=httpx.ByteStream(b"")))
    async with httpx.AsyncClient(transport=transport) as client:
        return await webhook_channel(client, KEYS, allow_private=True)(to_webhook())


@pytest.mark.parametrize("status", [200, 202, 204, 299])
async def test_2xx_is_success(status: int) -> None:
    assert (await answered(status)).outcome is Outcome.DELIVERED


@pytest.mark.parametrize(("value", "seconds"), [("120", 120.0), ("", None), ("soon", None), ("-5", None)])
async def test_retry_after_in_seconds(value: str, seconds: float | None) -> None:
    assert (await answered(429, {"Retry-After": value})).retry_after_seconds == seconds


async def test_retry_after_as_a_date() -> None:
    at = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    seconds = (await answered(503, {"Retry-After": at})).retry_after_seconds
    assert seconds is not None
    assert 290 < seconds <= 300


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (httpx.ConnectError("https://secret.example/token"), Outcome.UNAVAILABLE),
        (httpx.ReadTimeout("https://secret.example/token"), Outcome.UNANSWERED),
    ],
)
async def test_a_lost_connection_is_told_apart_by_what_may_have_arrived(error: Exception, outcome: Outcome) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    async with httpx.AsyncClient(transport=httpx.MockTransport(fail)) as client:
        result = await webhook_channel(client, KEYS, allow_private=True)(to_webhook())
    assert result == Result(outcome, type(error).__name__)


async def test_looking_a_name_up_is_part_of_the_time_that_an_attempt_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()

    def hangs(*_: Any, **__: Any) -> list[Any]:
        let_go.wait(60)
        raise socket.gaierror("at last")

    monkeypatch.setattr(socket, "getaddrinfo", hangs)
    monkeypatch.setattr(webhook, "ANSWER_TIMEOUT_SECONDS", 0.05)
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        try:
            async with asyncio.timeout(60):
                result = await webhook_channel(client, KEYS, allow_private=False)(to_webhook("https://hooks.example/"))
        finally:
            let_go.set()
    assert result == Result(Outcome.UNAVAILABLE, "its name was not resolved within 0.05 s")


async def test_what_looking_it_up_took_is_not_left_for_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    limits = []

    async def resolved(*_: Any, **__: Any) -> Target:
        await asyncio.sleep(0.05)
        return Target(httpx.URL("https://93.184.216.34/"))

    async def exchanged(*_: Any, timeout_seconds: float, **__: Any) -> Answer:
        limits.append(timeout_seconds)
        return Answer(200, httpx.Headers(), b"")

    monkeypatch.setattr(webhook, "checked_target", resolved)
    monkeypatch.setattr(webhook, "exchange", exchanged)
    async with httpx.AsyncClient() as client:
        await webhook_channel(client, KEYS, allow_private=False)(to_webhook("https://hooks.example/"))
    assert limits[0] <= webhook.ANSWER_TIMEOUT_SECONDS - 0.05
