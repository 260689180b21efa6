"""Updates that are delivered to a webhook: here the simulator's own receiver of webhooks."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from support.eventually import eventually
from support.served import served
from tgsim.running import RunningTgsim, running_tgsim


@pytest.fixture
async def tgsim() -> AsyncIterator[RunningTgsim]:
    async with running_tgsim(limits=None) as running:
        yield running


@pytest.fixture
async def api(tgsim: RunningTgsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{tgsim.url}/bot{tgsim.token}") as client:
        yield client


def texts(tgsim: RunningTgsim) -> list[str]:
    return [json.loads(delivery["body"])["message"]["text"] for delivery in tgsim.webhooks()]


async def test_updates_come_with_the_secret_once_each(tgsim: RunningTgsim, api: httpx.AsyncClient) -> None:
    tgsim.say(7, "before")
    body = {"url": tgsim.webhook_url("bot"), "secret_token": "s-_1", "allowed_updates": ["message"]}
    assert (await api.post("setWebhook", json=body)).json() == {
        "ok": True,
        "result": True,
        "description": "Webhook was set",
    }
    assert (await api.post("setWebhook", json=body)).json()["description"] == "Webhook is already set"
    tgsim.say(7, "after")
    await eventually(lambda: texts(tgsim) == ["before", "after"])
    assert {d["headers"]["x-telegram-bot-api-secret-token"] for d in tgsim.webhooks()} == {"s-_1"}
    info = (await api.get("getWebhookInfo")).json()["result"]
    assert info == {
        "url": tgsim.webhook_url("bot"),
        "has_custom_certificate": False,
        "pending_update_count": 0,
        "max_connections": 40,
        "allowed_updates": ["message"],
    }
    assert (await api.post("deleteWebhook")).json()["description"] == "Webhook was deleted"
    assert (await api.post("deleteWebhook")).json()["description"] == "Webhook is already deleted"
    tgsim.say(7, "polled")
    assert len((await api.get("getUpdates")).json()["result"]) == 1
    assert texts(tgsim) == ["before", "after"]


async def test_a_chat_waits_for_its_update_that_fails_and_others_do_not(
    tgsim: RunningTgsim, api: httpx.AsyncClient
) -> None:
    tgsim.answer_webhooks("bot", 500, times=2)
    for text in ("1", "2", "3"):
        tgsim.say(7, text)
    await api.post("setWebhook", json={"url": tgsim.webhook_url("bot")})
    await eventually(lambda: [d["status"] for d in tgsim.webhooks()].count(204) == 3)
    assert texts(tgsim) == ["1", "1", "1", "2", "3"]
    info = (await api.get("getWebhookInfo")).json()["result"]
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    tgsim.answer_webhooks("bot", 500)
    tgsim.say(7, "4")
    await eventually(lambda: texts(tgsim)[-1] == "4")
    assert (await api.post("getWebhookInfo")).json()["result"]["pending_update_count"] == 1
    tgsim.answer_webhooks("bot", 204)
    tgsim.say(8, "5")
    await eventually(lambda: "5" in texts(tgsim))


async def test_updates_of_one_chat_are_delivered_one_after_the_other(
    tgsim: RunningTgsim, api: httpx.AsyncClient
) -> None:
    under_way: dict[int, int] = {}
    most: list[int] = []
    met: list[int] = []

    async def hook(request: Request) -> Response:
        chat_id = (await request.json())["message"]["chat"]["id"]
        under_way[chat_id] = under_way.get(chat_id, 0) + 1
        most.append(under_way[chat_id])
        met.append(sum(under_way.values()))
        await asyncio.sleep(0.02)
        under_way[chat_id] -= 1
        return Response()

    for text in range(4):
        for chat_id in (7, 8, 9):
            tgsim.say(chat_id, str(text))
    async with served(Starlette(routes=[Route("/", hook, methods=["POST"])])) as url:
        await api.post("setWebhook", json={"url": f"{url}/", "max_connections": 2})
        await eventually(lambda: len(most) == 12 and not any(under_way.values()))
        await api.post("deleteWebhook")
    assert max(most) == 1
    assert max(met) == 2


@pytest.mark.parametrize("is_json", [True, False])
async def test_a_method_in_the_answer_is_executed(tgsim: RunningTgsim, api: httpx.AsyncClient, is_json: bool) -> None:
    def answered(text: str) -> httpx.Request:
        answer: dict[str, Any] = {"method": "sendMessage", "chat_id": 7, "text": text}
        form: dict[str, Any] = {"json": answer} if is_json else {"data": answer}
        return httpx.Request("POST", "http://a.example", **form)

    async def hook(request: Request) -> Response:
        made = answered((await request.json())["message"]["text"].upper().strip("!"))
        return Response(made.content, media_type=made.headers["content-type"])

    async with served(Starlette(routes=[Route("/", hook, methods=["POST"])])) as url:
        await api.post("setWebhook", json={"url": f"{url}/"})
        tgsim.say(7, "!")
        await eventually(lambda: tgsim.stats()["refused"] == {"400": 1})
        assert (await tgsim.wait_for_reply(tgsim.say(7, "да")))["text"] == "ДА"
        await api.post("deleteWebhook")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"url": "http://a.example/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "ftp://127.0.0.1/"}, "bad webhook: An HTTPS URL must be provided for webhook"),
        ({"url": "https://[/"}, "bad webhook: Failed to parse URL"),
        ({"secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"secret_token": "a" * 257}, "secret token is too long"),
    ],
)
async def test_a_webhook_that_telegram_would_not_take_is_refused(
    api: httpx.AsyncClient, fields: dict[str, str], reason: str
) -> None:
    response = await api.post("setWebhook", json={"url": "http://127.0.0.1:1/", **fields})
    assert response.json()["description"] == f"Bad Request: {reason}"
    assert (await api.post("getWebhookInfo")).json()["result"]["url"] == ""


async def test_what_waits_can_be_dropped(tgsim: RunningTgsim, api: httpx.AsyncClient) -> None:
    tgsim.say(7, "x")
    await api.post("deleteWebhook", json={"drop_pending_updates": True})
    assert (await api.post("getUpdates")).json()["result"] == []
    tgsim.say(7, "y")
    await api.post("setWebhook", json={"url": tgsim.webhook_url("bot"), "drop_pending_updates": True})
    tgsim.say(7, "z")
    await eventually(lambda: texts(tgsim) == ["z"])
    assert (await api.post("setWebhook", json={"url": ""})).json()["description"] == "Webhook was deleted"
