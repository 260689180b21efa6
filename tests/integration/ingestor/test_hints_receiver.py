"""The receiver of WB's webhooks: who is let in, what is stored before it answers, and what it bears."""

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import httpx
import pytest
from ingestor.hints.receiver import MOST_BYTES, receiver
from ingestor.metrics import HINTS, WEBHOOKS
from prometheus_client import Counter
from pydantic import SecretStr
from servicekit import db
from servicekit.background import running
from servicekit.db import Database
from servicekit.listening import serve_beside
from support.eventually import eventually
from support.hinting import SECRET, Receiver, receiving, signed, webhook
from support.ingesting import Ingestor, connect_cabinet, make_settings, open_ingestor
from support.rows import count, rows
from wbsim.running import Wbsim

if TYPE_CHECKING:
    import redis.asyncio

pytestmark = pytest.mark.usefixtures("few_resources")


@pytest.fixture
async def cabinet_id(ingestor: Ingestor, wb: Wbsim) -> UUID:
    return await connect_cabinet(ingestor, wb)


@pytest.fixture
async def sender(
    ingestor_db: Database, redis_client: "redis.asyncio.Redis", redis_prefix: str, unused_tcp_port: int
) -> AsyncIterator[Receiver]:
    """What sends to a receiver that takes two secrets; no hint is followed."""
    secrets = SecretStr(f"an older one,{SECRET}")
    async with (
        open_ingestor(
            ingestor_db,
            redis_client,
            redis_prefix,
            "http://127.0.0.1:1",
            wb_webhook_secrets=secrets,
            wb_webhook_port=unused_tcp_port,
        ) as made,
        receiving(made, unused_tcp_port) as at,
    ):
        yield at


def counted(metric: Counter, *labels: str) -> float:
    value: float = metric.labels(*labels)._value.get()
    return value


async def test_it_is_off_unless_it_has_a_secret(ingestor: Ingestor) -> None:
    assert not {"webhooks", "hints"} & ingestor.parts.works.keys()


async def test_stored_before_it_is_answered(sender: Receiver, ingestor_db: Database, cabinet_id: UUID) -> None:
    stored, taken = counted(WEBHOOKS, "200"), counted(HINTS, "card_changed", "taken")
    ignored, other = counted(HINTS, "card_changed", "ignored"), counted(HINTS, "other", "ignored")
    body = webhook("card_changed", "card_changed", "order_created")
    assert await sender.send(cabinet_id, body) == 200
    assert await count(ingestor_db, "wb_hints") == 2
    for headers in (signed(body), signed(body, "an older one"), {"Authorization": f"Bearer {SECRET}"}):
        assert await sender.send(cabinet_id, body, headers) == 200  # a replay has no effect
    assert await count(ingestor_db, "wb_hints") == 2
    assert [row["resource"] for row in await rows(ingestor_db, "SELECT resource FROM hinted_reads")] == ["products"]
    assert counted(WEBHOOKS, "200") - stored == 4
    assert counted(HINTS, "card_changed", "taken") - taken == 2
    assert counted(HINTS, "card_changed", "ignored") - ignored == 6
    assert counted(HINTS, "other", "ignored") - other == 4


async def test_the_answer_does_not_tell_which_cabinets_there_are(sender: Receiver, cabinet_id: UUID) -> None:
    answers = [
        await sender.http.post(sender.url(each), content=webhook("card_changed"), headers={"Authorization": SECRET})
        for each in (cabinet_id, uuid4())
    ]
    [known, unknown] = [(answer.status_code, answer.content, sorted(answer.headers)) for answer in answers]
    assert known == unknown


async def test_the_forged_and_the_unreadable(sender: Receiver, ingestor_db: Database, cabinet_id: UUID) -> None:
    body = webhook("card_changed")
    forged: list[dict[str, str | bytes]] = [
        {},
        {"Authorization": ""},
        {"Authorization": SECRET + "x"},
        {"Authorization": "an older one," + SECRET},
        {"Authorization": "Пароль".encode()},
        {"X-Hub-Signature": "sha256="},
        {**signed(body, "guessed")},
        {**signed(webhook("card_changed"))},
        {"X-Hub-Signature": SECRET},
    ]
    assert [await sender.send(cabinet_id, body, headers) for headers in forged] == [401] * len(forged)
    assert await sender.send(cabinet_id, b"{") == 400
    assert await sender.send(cabinet_id, b'{"events": 1}') == 400
    assert await sender.send(cabinet_id, b"x" * (MOST_BYTES + 1)) == 413
    assert (await sender.http.get(sender.url(cabinet_id))).status_code == 405
    assert (await sender.http.post(sender.url(cabinet_id) + "0", content=body)).status_code == 404
    assert await count(ingestor_db, "wb_hints") == 0
    assert await sender.send(cabinet_id, body) == 200


async def begin(port: int, cabinet_id: UUID, headers: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request whose body is announced, and begun."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /wb/webhooks/{cabinet_id} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n{headers}\r\n\r\n"
    writer.write(head.encode() + b"{")
    return reader, writer


async def test_whoever_is_not_known_is_answered_before_the_body_is_there(sender: Receiver, cabinet_id: UUID) -> None:
    reader, writer = await begin(sender.port, cabinet_id, "Authorization: guessed")
    assert b" 401 " in await reader.readline()
    writer.close()


@pytest.fixture
async def impatient(ingestor_db: Database, unused_tcp_port: int) -> AsyncIterator[int]:
    """The port of a receiver that waits for a body no longer than a moment."""
    app = receiver(ingestor_db, [SECRET.encode()], lambda: None, body_seconds=0.05)
    async with running({"webhooks": lambda: serve_beside(app, "127.0.0.1", unused_tcp_port)}):

        async def is_there() -> bool:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
            except OSError:
                return False
            writer.close()
            return True

        await eventually(is_there)
        yield unused_tcp_port


async def test_the_slow_and_those_who_leave(impatient: int, cabinet_id: UUID) -> None:
    slow, gone = counted(WEBHOOKS, "408"), counted(WEBHOOKS, "400")
    reader, writer = await begin(impatient, cabinet_id, f"Authorization: {SECRET}")
    answer = await reader.read()  # to the end: the connection is closed
    assert answer.startswith(b"HTTP/1.1 408 ")
    writer.close()
    assert counted(WEBHOOKS, "408") - slow == 1
    _, writer = await begin(impatient, cabinet_id, f"Authorization: {SECRET}")
    writer.transport.abort()
    await eventually(lambda: counted(WEBHOOKS, "400") + counted(WEBHOOKS, "408") - gone - slow == 2)


async def test_what_could_not_be_stored_is_not_taken() -> None:
    nowhere = db.connect(make_settings("http://127.0.0.1:1", database_url=SecretStr("postgresql://x:x@127.0.0.1:1/x")))
    failed = counted(WEBHOOKS, "500")
    app = receiver(nowhere, [SECRET.encode()], lambda: None)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        answer = await http.post(
            f"/wb/webhooks/{uuid4()}", content=webhook("card_changed"), headers={"Authorization": SECRET}
        )
    assert answer.status_code == 500
    assert counted(WEBHOOKS, "500") - failed == 1
    await nowhere.close()
