"""One order made at Wildberries, followed to the seller's Telegram through every service."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import aio_pika
import asyncpg
import pytest
from contracts.envelope import SERVICES, Origin
from contracts.orders import order_id
from contracts.registry import EVENTS
from contracts.topics import EVENTS_EXCHANGE, QUEUES, routing_key
from demo.installation import TELEGRAM_ID, Installation, installation, wait_until
from local import rabbitmq, servers
from local.backup import recovery
from servicekit.traces.store import spans_of, traces_of
from support.eventually import eventually
from support.rabbitmqctl import control_of
from support.refused import is_refused, publishing, reading
from support.trace_steps import steps_to


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the services write their spans."""
    return tmp_path_factory.mktemp("traces")


@pytest.fixture(scope="module")
def pulse(store: Path) -> Iterator[Installation]:
    env = {"TRACE_STORE": str(store), "OTEL_BSP_SCHEDULE_DELAY": "200"}
    with installation("e2e", history_orders=50, progress=lambda _: None, env=env) as running:
        yield running


@pytest.fixture(scope="module")
def cabinet_id(pulse: Installation) -> str:
    return pulse.connect_cabinet(lambda _: None)


async def rows(pulse: Installation, query: str, *arguments: Any) -> list[dict[str, Any]]:
    connection = await asyncpg.connect(pulse.admin_database_url)
    try:
        return [dict(row) for row in await connection.fetch(query, *arguments)]
    finally:
        await connection.close()


def trace_id(traceparent: str) -> str:
    return traceparent.split("-")[1]


async def test_one_order_is_one_message_one_row_one_change_of_figures_and_one_trace(
    pulse: Installation, cabinet_id: str, store: Path
) -> None:
    figures = """SELECT orders + previous_orders AS orders FROM reporter.analytics_cache
        WHERE nm_id = 0 AND period_days = 90"""

    async def counted() -> list[dict[str, Any]]:
        """The figures, once they tell of every order: periods are counted beside what is loaded, and soon after it."""
        known = await rows(pulse, "SELECT count(*) AS orders FROM ingestor.orders")
        return known if await rows(pulse, figures) == known else []

    [before] = await eventually(counted)
    assert pulse.telegram.messages() == []

    placed = pulse.wildberries.control.post("/_sim/orders", json={}).raise_for_status().json()["orders"][0]
    wait_until("the message arrives", lambda: bool(pulse.telegram.messages()))
    pulse.sync_now(cabinet_id)

    messages = [each for each in pulse.telegram.raw_messages() if placed["srid"] in each["text"]]
    assert len(messages) == 1
    assert messages[0]["chat_id"] == TELEGRAM_ID
    assert "Новый заказ" in messages[0]["text"]
    assert placed["srid"] in messages[0]["text"]
    assert messages[0]["photo"]

    async def known_to_both() -> bool:
        held = await rows(pulse, "SELECT * FROM ingestor.orders WHERE srid = $1", placed["srid"])
        return [(row["revision"], row["brand"] is None, row["status"]) for row in held] == [(2, False, "created")]

    await eventually(known_to_both)
    assert await eventually(counted) == [{"orders": before["orders"] + 1}]

    path = f"/api/v1/orders/{order_id(UUID(cabinet_id), placed['srid'])}"
    order = pulse.api.get(path).raise_for_status().json()["data"]
    assert order["srid"] == placed["srid"]
    report = pulse.api.get(f"{path}/report").raise_for_status().json()["data"]
    assert report["order"]["srid"] == placed["srid"]
    assert placed["srid"] in report["text"]
    assert "orders" in {source["source"] for source in report["freshness"] if source["as_of"]}

    requests = pulse.wildberries.control.get("/_sim/requests").raise_for_status().json()["requests"]
    sources = ("/supplier/orders", "/order-feed")
    asked = {trace_id(request["traceparent"]) for request in requests if request["path"].endswith(sources)}
    first = [*messages[0]["earlier_versions"], messages[0]][0]
    told = trace_id(first["traceparent"])
    assert told in asked

    def of_order() -> dict[str, Any]:
        [message] = [each for each in pulse.telegram.raw_messages() if placed["srid"] in each["text"]]
        return message

    await eventually(lambda: "покупатель платит" in of_order()["text"])
    message = of_order()
    events = await rows(
        pulse,
        """SELECT type, traceparent FROM (TABLE ingestor.outbox UNION ALL TABLE reporter.outbox) AS either
           WHERE position(convert_to($1, 'UTF8') IN body) > 0""",
        placed["srid"],
    )
    of_it = [event["type"] for event in events if trace_id(event["traceparent"]) == told]
    assert sorted(of_it) == ["orders.reported.v1", "orders.updated.v1"]
    assert "Новый заказ" in message["text"]
    # Where the order feed was the first to know, the other source completes the message: by an edit, if it was sent.
    of_feed = [each for each in message["earlier_versions"] if "покупатель платит" not in each["text"]]
    types = sorted(event["type"] for event in events)
    reported = types.count("orders.reported.v1")
    assert types == ["orders.reported.v1"] * reported + ["orders.updated.v1"] * 2
    assert len(message["earlier_versions"]) == len(of_feed) < reported <= 2

    async def stored() -> list[str]:
        return steps_to(spans_of(store, told), "telegram sendPhoto") if told in traces_of(store, srid, limit=9) else []

    srid = placed["srid"]
    steps = await eventually(stored)
    assert steps[0].split()[0:2] == ["ingestor", "sync"]
    resource = steps[0].split()[2]
    assert steps[1:] == [
        f"ingestor page {resource}",
        "ingestor send orders.updated.v1",
        "reporter process reporter.orders",
        "reporter send orders.reported.v1",
        "notifier process notifier.orders",
        "notifier telegram deliver",
        "notifier telegram sendPhoto",
    ]
    spans = spans_of(store, told)
    [call] = [span for span in spans if span.name.startswith("wb ")]
    assert call.attributes["wb.host"] in {"statistics", "analytics"}
    assert call.attributes["wb.waited_seconds"] >= 0
    [request] = [span for span in spans if span.parent_id == call.span_id]
    assert (request.kind, request.attributes["http.response.status_code"]) == ("client", 200)
    [delivered] = [span for span in spans if span.name == "telegram deliver"]
    for wanted in (order_id(UUID(cabinet_id), srid), delivered.attributes["delivery.id"][0], told):
        assert told in traces_of(store, str(wanted), limit=9)


async def test_what_a_request_at_the_gateway_leads_to_is_in_its_trace(
    pulse: Installation, cabinet_id: str, store: Path
) -> None:
    path = "/api/v1/sync/start"
    started = pulse.api.post(path, json={"cabinet_id": cabinet_id}).raise_for_status().json()

    async def stored() -> list[str]:
        found = traces_of(store, started["sync_id"], limit=9)
        return steps_to(spans_of(store, found[-1]), "sync products") if found else []

    assert await eventually(stored, seconds=60) == [
        f"gateway POST {path}",
        "gateway send sync.requested.v1",
        "ingestor process ingestor.syncs",
        "ingestor sync products",
    ]


async def test_a_cancelled_order_is_one_more_message(pulse: Installation, cabinet_id: str) -> None:
    srid = pulse.wildberries.order()[0]

    def kinds() -> list[str]:
        # The other source may complete either by an edit, which is a version more of the same kind.
        versions = [message.kind for message in pulse.telegram.messages() if message.srid == srid]
        return [kind for kind, _ in groupby(versions)]

    wait_until("the order is told", lambda: kinds() == ["new"])
    pulse.wildberries.cancel(srid)
    wait_until("the cancel is told", lambda: kinds() == ["new", "cancel"])
    [row] = await rows(pulse, "SELECT is_cancel FROM reporter.order_facts WHERE srid = $1", srid)
    assert row == {"is_cancel": True}


async def test_a_refused_token_names_what_is_wrong_and_stores_nothing(pulse: Installation, cabinet_id: str) -> None:
    before = await rows(pulse, "SELECT count(*) FROM gateway.wb_cabinets")
    expired = pulse.wildberries.control.post("/_sim/tokens", json={"expires_in_s": -60}).json()["token"]
    narrow = pulse.wildberries.control.post("/_sim/tokens", json={"categories": ["content"]}).json()["token"]
    for token, code in ((expired, "token_expired"), (narrow, "token_lacks_categories"), ("x", "token_malformed")):
        answer = pulse.api.post("/api/v1/cabinets", json={"token": token})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == code
    assert await rows(pulse, "SELECT count(*) FROM gateway.wb_cabinets") == before


async def test_a_broken_row_is_kept_aside_and_the_rest_of_its_page_is_told(
    pulse: Installation, cabinet_id: str
) -> None:
    fault = {"path": "/api/v1/supplier/orders", "kind": "broken_row", "times": 1}
    pulse.wildberries.control.post("/_sim/faults", json=fault).raise_for_status()
    srids = pulse.wildberries.order(5)

    def told() -> set[str]:
        return {message.srid for message in pulse.telegram.messages()}

    wait_until("all but the broken row are told", lambda: len(told() & set(srids)) >= 4)
    pulse.sync_now(cabinet_id)
    wait_until("the mended row is told too", lambda: set(srids) <= told())
    damaged = pulse.wildberries.truth()["damaged"]
    kept = await rows(pulse, "SELECT reason, body FROM ingestor.quarantine")
    assert len(damaged) == 1
    assert len(kept) == 1
    assert kept[0]["reason"]


async def test_a_sync_of_everything_that_ended_well_has_read_what_was_ordered_before_it(
    pulse: Installation, cabinet_id: str
) -> None:
    def at_wb() -> list[tuple[int, str, int]]:
        told = pulse.wildberries.control.get("/_sim/truth/funnel").raise_for_status().json()["rows"]
        return sorted((row["nmId"], row["date"], row["orderCount"]) for row in told)

    pulse.wildberries.order(5)
    before = at_wb()
    pulse.sync_now(cabinet_id, everything=True)
    stored = await rows(pulse, "SELECT nm_id, CAST(day AS text) AS day, order_count FROM ingestor.funnel")
    here = {(row["nm_id"], row["day"]): row["order_count"] for row in stored}
    assert [(nm_id, day, here.get((nm_id, day))) for nm_id, day, _ in before] == before


async def test_nothing_is_forgotten_while_wb_fails(pulse: Installation, cabinet_id: str) -> None:
    for kind, more in (("status", {"status": 500}), ("html", {}), ("cut", {})):
        for path in ("/api/v1/supplier/orders", "/api/analytics/v1/order-feed"):
            fault = {"path": path, "kind": kind, "times": 1, **more}
            pulse.wildberries.control.post("/_sim/faults", json=fault).raise_for_status()
    srids = set(pulse.wildberries.order(3))
    wait_until("orders made meanwhile are told", lambda: srids <= {m.srid for m in pulse.telegram.messages()}, 60)
    assert pulse.api.get(f"/api/v1/cabinets/{cabinet_id}").json()["data"]["status"] == "verified"


async def test_a_token_that_wb_refuses_is_told_once_and_once_more_when_it_is_accepted(
    pulse: Installation, cabinet_id: str
) -> None:
    def told() -> list[str]:
        texts = [message["html"] for message in pulse.telegram.raw_messages()]
        return [word for text in texts for word in ("не принимает токен", "снова на связи") if word in text]

    fault = {"path": "/", "kind": "status", "status": 401}
    pulse.wildberries.control.post("/_sim/faults", json=fault).raise_for_status()
    wait_until("the seller is told that the token is refused", lambda: told() == ["не принимает токен"], 60)
    pulse.wildberries.control.delete("/_sim/faults").raise_for_status()
    pulse.api.post("/api/v1/sync/start", json={"cabinet_id": cabinet_id}).raise_for_status()
    wait_until("the seller is told that it is over", lambda: told() == ["не принимает токен", "снова на связи"], 60)
    srids = set(pulse.wildberries.order(2))
    wait_until("orders are told again", lambda: srids <= {m.srid for m in pulse.telegram.messages()}, 60)


async def test_each_service_is_at_the_broker_as_itself_and_is_refused_what_is_anothers(
    pulse: Installation, cabinet_id: str
) -> None:
    urls = {service: pulse.platform.environments[service]["RABBITMQ_URL"] for service in SERVICES}
    names = {service: str(urlsplit(url).username) for service, url in urls.items()}
    assert len(set(names.values())) == len(SERVICES)
    listed = await control_of(pulse.platform.instance, "list_connections", "user", "--formatter", "json")
    assert {row["user"] for row in json.loads(listed)} == set(names.values())
    for service, url in urls.items():
        async with await aio_pika.connect(url) as connection:
            for queue in QUEUES:
                if queue.service != service:
                    assert await is_refused(connection, reading(queue.name)), (service, queue.name)
            for event_type, event in EVENTS.items():
                if service != event.PUBLISHER:
                    publish = publishing(EVENTS_EXCHANGE, routing_key(event_type, Origin.LIVE))
                    assert await is_refused(connection, publish), (service, event_type)
            assert await is_refused(connection, lambda channel: channel.declare_queue("other", durable=True))


def are_told(pulse: Installation, srids: list[str]) -> bool:
    return set(srids) <= {message.srid for message in pulse.telegram.messages()}


async def test_users_outlive_a_restart_of_the_broker_and_one_that_lost_all_gets_them_again(
    pulse: Installation, cabinet_id: str
) -> None:
    instance = pulse.platform.instance
    pids = {service: pulse.platform.pid(service) for service in SERVICES}
    for is_lost in (False, True):
        await asyncio.to_thread(rabbitmq.stop, instance)
        if is_lost:
            shutil.rmtree(instance.folder / "rabbitmq" / "mnesia")
        running = await asyncio.to_thread(servers.start, instance.name, ephemeral=True)
        if is_lost:
            database = urlsplit(pulse.admin_database_url).path[1:]
            await asyncio.to_thread(recovery.declare, running, lambda _: None, database=database)
        srids = pulse.wildberries.order(2)
        wait_until("orders are told again", partial(are_told, pulse, srids), 90)
    assert {service: pulse.platform.pid(service) for service in SERVICES} == pids
