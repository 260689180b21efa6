"""Webhooks of services of WB's catalogue: who may have them, and what is sent until it is taken."""

import asyncio
import hashlib
import hmac
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from support.eventually import eventually
from wbsim.running import Wbsim

CARDS = [{"scope": "content", "event": "card_changed"}]
OPINIONS = [{"scope": "questionsandfeedback", "event": "feedback_updated"}]
HOOK: dict[str, Any] = {"enabled": True, "url": "http://127.0.0.1:1/", "name": "cards", "subscriptions": CARDS}


@dataclass
class Receiver:
    """Answers each request with the next of `statuses`, and keeps it; the last of them for ever."""

    url: str = ""
    statuses: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 200 OK"])
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
        headers = dict(line.lower().split(": ", 1) for line in head)
        self.requests.append((headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write((self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]) + b"\r\n\r\n")
        writer.close()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [event for _, body in self.requests for event in json.loads(body)["events"]]


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    receiver = Receiver()
    async with await asyncio.start_server(receiver.answer, "127.0.0.1", 0) as server:
        receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks"
        yield receiver


@dataclass
class Service:
    """Calls webhooks-api with a token."""

    http: httpx.AsyncClient

    async def make(self, **what: Any) -> httpx.Response:
        return await self.http.post("/webhooks-api/api/v1/webhooks", json={**HOOK, **what})


@asynccontextmanager
async def service_of(wb: Wbsim, no_tls: ssl.SSLContext, **token: Any) -> AsyncIterator[Service]:
    headers = {"Authorization": await wb.token(**{"kind": "service", **token})}
    async with httpx.AsyncClient(base_url=wb.url, headers=headers, verify=no_tls) as http:
        yield Service(http)


async def change_card(wb: Wbsim, title: str) -> int:
    nm_id = next(iter(wb.world.shop().products))
    await wb.control("POST", f"/products/{nm_id}", {"title": title})
    return nm_id


@pytest.mark.parametrize(
    ("what", "status"),
    [
        ({"subscriptions": []}, 400),
        ({"subscriptions": [{"scope": "content", "event": "feedback_updated"}]}, 400),
        ({"subscriptions": [{"scope": "content", "event": "order_created"}]}, 400),
        ({"url": "ftp://127.0.0.1/"}, 400),
        ({"url": 1}, 400),
        ({"secret": "mine"}, 400),
        ({"subscriptions": OPINIONS}, 403),
    ],
)
async def test_what_wb_would_not_make_is_refused(
    wb: Wbsim, no_tls: ssl.SSLContext, what: dict[str, Any], status: int
) -> None:
    async with service_of(wb, no_tls, categories=["content"]) as service:
        assert (await service.make(**what)).status_code == status
        assert (await service.http.post("/webhooks-api/api/v1/webhooks", content=b"{")).status_code == 400
    async with service_of(wb, no_tls, kind="personal") as person:
        assert (await person.make()).status_code == 403
    assert await wb.webhooks() == []


async def test_changes_are_sent_until_they_are_taken(wb: Wbsim, no_tls: ssl.SSLContext) -> None:
    async with service_of(wb, no_tls) as service, receiving() as receiver:
        receiver.statuses = [b"HTTP/1.1 503 Busy", b"nonsense", b"HTTP/1.1 200 OK"]
        made = (await service.make(url=receiver.url, subscriptions=CARDS + OPINIONS)).json()
        nm_id = await change_card(wb, "Другой")
        await wb.step(section="feedbacks")

        async def settled() -> bool:
            [webhook] = await wb.webhooks()
            statuses = [attempt["status"] for attempt in webhook["attempts"]]
            return statuses[:2] == [503, None] and webhook["waiting"] == 0 and 200 in statuses

        await eventually(settled)
        kinds = {(event["event"], event.get("nmID")) for event in receiver.events}
        assert kinds == {("card_changed", nm_id), ("feedback_updated", None)}
        headers, body = receiver.requests[-1]
        assert headers["authorization"] == made["secret"]
        assert json.loads(body)["sellerId"] == wb.world.shop().sid
        assert len({event["idempotencyKey"] for event in receiver.events}) == 2

        gone = f"/webhooks-api/api/v1/webhooks/{made['id']}"
        assert [(await service.http.delete(gone)).status_code for _ in range(2)] == [204, 404]
        assert await wb.webhooks() == []


async def test_signed_repeated_and_a_hundred_at_most(wb: Wbsim, no_tls: ssl.SSLContext) -> None:
    await wb.settings(webhook_proof="signature", webhook_repeated_share=1)
    async with service_of(wb, no_tls) as service, receiving() as receiver:
        made = (await service.make(url=receiver.url, subscriptions=OPINIONS)).json()
        await service.make(enabled=False, url=receiver.url)
        await wb.step(section="questions", count=400)
        await change_card(wb, "Никому")

        async def settled() -> bool:
            return (await wb.webhooks())[0]["waiting"] == 0 and bool(receiver.requests)

        await eventually(settled)
        sizes = [len(json.loads(body)["events"]) for _, body in receiver.requests]
        assert max(sizes) == 100
        assert receiver.requests[0][1] == receiver.requests[1][1]
        headers, body = receiver.requests[0]
        signed = hmac.new(made["secret"].encode(), body, hashlib.sha256).hexdigest()
        assert headers["x-hub-signature"] == f"sha256={signed}"
        assert "authorization" not in headers
        assert {event["event"] for event in receiver.events} == {"feedback_updated"}


async def test_where_nobody_is_there(wb: Wbsim, no_tls: ssl.SSLContext) -> None:
    async with service_of(wb, no_tls) as service:
        await service.make()
        await change_card(wb, "Впустую")

        async def tried() -> bool:
            [webhook] = await wb.webhooks()
            return [attempt["status"] for attempt in webhook["attempts"]][:2] == [None, None]

        await eventually(tried)
        assert (await wb.webhooks())[0]["waiting"] == 1
