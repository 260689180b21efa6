"""What an operator sees of the ingestor: its syncs, its quarantine, and what Wildberries answered."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from ingestor.app import build
from ingestor.metrics import count_wb_request
from ingestor.readings import readings
from ingestor.resources import RESOURCES, orders
from ingestor.sync import quarantine
from ingestor.sync.quarantine import Broken
from ingestor.wb.hosts import Host
from ingestor.wb.methods import METHODS, SwitchOff
from ingestor.wb.switch_offs import days_until
from ingestor.wb.times import moscow_day
from local.servers import Servers
from pydantic import SecretStr
from servicekit import clock, db, metrics
from servicekit.broker import connected, make_broker
from servicekit.db import Database
from servicekit.serving import Platform
from servicekit.telemetry import configure_telemetry
from sqlalchemy import text
from starlette.applications import Starlette
from support.ingesting import Ingestor, connect_cabinet, make_settings, sync_until_it_counts
from support.metrics import Scraped, read_whole, scrape, see_what_every_service_shows, statements
from support.ranges import ask
from support.sync_states import keep
from wbsim.running import Wbsim

ORDERS = METHODS["orders"]


@pytest.fixture
async def app(
    ingestor_db: Database, servers: Servers, rabbitmq_url: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Starlette]:
    """The service, connected to its broker; nothing of it runs. Whoever looks is told what is, not what was."""
    monkeypatch.setattr(metrics, "CACHE_SECONDS", 0)
    settings = make_settings(
        "http://127.0.0.1:1",
        database_url=SecretStr(ingestor_db.dsn),
        redis_url=SecretStr(servers.redis_url),
        rabbitmq_url=SecretStr(rabbitmq_url),
    )
    provider = configure_telemetry("ingestor", None)
    platform = Platform("ingestor", settings, db.connect(settings), make_broker(rabbitmq_url, "ingestor"), provider)
    made = build(platform)
    async with connected(platform.broker):
        yield made


def gained(now: Scraped, before: Scraped, name: str, **labels: str) -> float:
    """How much a counter has grown: it counts from the start of the process, which runs other tests."""
    return (now.value(name, **labels) or 0) - (before.value(name, **labels) or 0)


async def test_outbox_queues_dead_letters_and_pool(app: Starlette, ingestor_db: Database, rabbitmq_url: str) -> None:
    await see_what_every_service_shows(app, "ingestor", ingestor_db, rabbitmq_url)


async def test_syncs_by_what_came_of_them_and_the_rows_they_read(app: Starlette, ingestor: Ingestor, wb: Wbsim) -> None:
    await wb.place_orders(count=3)
    before = await scrape(app)
    await connect_cabinet(ingestor, wb)
    assert (await scrape(app)).value("pulse_sync_oldest_success_seconds", resource="orders") is None
    await ingestor.sync("orders")
    await wb.fault(METHODS["cards"].path, "status", status=500)
    await ingestor.sync("products")
    now = await scrape(app)
    # Orders may be due once more meanwhile.
    assert gained(now, before, "pulse_sync_runs_total", resource="orders", outcome="completed") >= 1
    assert gained(now, before, "pulse_sync_rows_total", resource="orders", kind="new") == 3
    assert gained(now, before, "pulse_sync_runs_total", resource="products", outcome="failed") == 1
    assert now.value("pulse_sync_failing", resource="products") == 1
    assert now.value("pulse_sync_failing", resource="orders") == 0
    assert gained(now, before, "pulse_wb_requests_total", method="ping", status="200") == 1
    assert gained(now, before, "pulse_wb_requests_total", method="cards", status="500") == 1
    assert gained(now, before, "pulse_wb_wait_seconds_count", host="content") >= 1
    assert now.value("pulse_cabinets_read") == 1


async def test_ranges_that_are_open(app: Starlette, ingestor: Ingestor, wb: Wbsim) -> None:
    cabinet_id = await connect_cabinet(ingestor, wb)
    assert (await scrape(app)).value("pulse_ranges_open", resource="orders") == 0
    await ask(ingestor.database, cabinet_id, "orders", datetime.now(UTC) - timedelta(days=9), datetime.now(UTC))
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_ranges SET asked_at = now() - interval '1 hour'"))
    seen = await scrape(app)
    assert seen.value("pulse_ranges_open", resource="orders") == 1
    assert (seen.value("pulse_ranges_oldest_seconds", resource="orders") or 0) >= 3600


async def test_what_wildberries_refuses(app: Starlette, ingestor: Ingestor, wb: Wbsim) -> None:
    await connect_cabinet(ingestor, wb)
    await wb.fault(METHODS["wb-stocks"].path, "status", status=403)
    await sync_until_it_counts(ingestor, "stocks")
    now = await scrape(app)
    assert now.value("pulse_sync_suspended", resource="stocks") == 1
    assert now.value("pulse_sync_suspended", resource="orders") == 0


class TestRequests:
    async def test_a_429_and_silence_are_counted_by_method(self, app: Starlette, ingestor: Ingestor, wb: Wbsim) -> None:
        await connect_cabinet(ingestor, wb)
        before = await scrape(app)
        await wb.fault(ORDERS.path, "status", status=429, seconds=0.01, times=1)
        await ingestor.sync("orders")
        await wb.fault(ORDERS.path, "cut", times=1)
        await ingestor.sync("orders")
        now = await scrape(app)
        assert gained(now, before, "pulse_wb_requests_total", method="orders", status="429") == 1
        assert gained(now, before, "pulse_wb_requests_total", method="orders", status="none") == 1

    async def test_labels_are_methods_and_statuses_of_http_whatever_is_answered(
        self, app: Starlette, ingestor: Ingestor, wb: Wbsim
    ) -> None:
        await wb.place_orders(count=1)
        await connect_cabinet(ingestor, wb)
        for name in RESOURCES:
            await ingestor.sync(name)
        for status in (999, 0, -1):
            count_wb_request("orders", status)
        now = await scrape(app)
        assert now.label_values("pulse_wb_requests_total", "method") <= METHODS.keys()
        for label in now.label_values("pulse_wb_requests_total", "status"):
            assert label in {"none", "other"} or 100 <= int(label) <= 599
        assert now.label_values("pulse_wb_wait_seconds_count", "host") <= set(Host)
        for name in ("pulse_sync_runs_total", "pulse_sync_rows_total", "pulse_sync_failing", "pulse_quarantine_rows"):
            assert now.label_values(name, "resource") <= RESOURCES.keys()


async def test_rows_in_quarantine_by_resource(app: Starlette, ingestor_db: Database) -> None:
    async with ingestor_db.transaction() as connection:
        await quarantine.put(connection, uuid4(), "orders", [Broken(b"1", "odd"), Broken(b"2", "odd")], {})
        await quarantine.put(connection, uuid4(), "orders", [Broken(b"1", "odd")], {})
    now = await scrape(app)
    assert now.value("pulse_quarantine_rows", resource="orders") == 3
    assert now.value("pulse_quarantine_rows", resource="stocks") == 0


async def test_what_the_sources_of_orders_tell_otherwise(app: Starlette, ingestor_db: Database) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=2)
    for _ in range(2):
        read: dict[str, Any] = {"first_load_done": True, "last_success_at": datetime.now(UTC)}
        cabinet_id = uuid4()
        await keep(ingestor_db, cabinet_id, "orders", **read)
        await keep(ingestor_db, cabinet_id, "order_feed", **read)
        order = {"cabinet_id": cabinet_id, "srid": "a", "nm_id": 1, "ordered_at": long_ago, "feed_hash": 1}
        async with ingestor_db.transaction() as connection:
            await connection.execute(orders.TABLE.insert().values(order))
    shown = await scrape(app)
    assert shown.value("pulse_orders_disagreeing", resource="orders", field="srid") == 2
    for resource, field in (("order_feed", "srid"), ("orders", "is_cancel"), ("orders", "price")):
        assert shown.value("pulse_orders_disagreeing", resource=resource, field=field) == 0


async def test_what_has_changed_at_wildberries(app: Starlette, ingestor_db: Database) -> None:
    shown = await scrape(app)
    assert shown.label_values("pulse_wb_drift", "method") == set()
    assert shown.value("pulse_wb_switch_off_days", method="orders") == float("inf")
    assert shown.label_values("pulse_wb_switch_off_days", "method") == {"orders", "sales"}
    async with ingestor_db.transaction() as connection:
        await connection.execute(
            text("""INSERT INTO wb_methods (method, stopped_at, failing_since)
                VALUES ('orders', now(), :since), ('sales', NULL, :since)"""),
            {"since": datetime.now(UTC) - timedelta(hours=1)},
        )
        await connection.execute(
            text("""INSERT INTO wb_shapes (method, kind, name, drifted, times)
                SELECT 'cards', 'field', n, n <> 'c', 1 FROM unnest(ARRAY['a', 'b', 'c']) AS n""")
        )
    shown = await scrape(app)
    assert 3600 <= (shown.value("pulse_wb_stopped_seconds", method="orders") or 0) < 3700
    assert shown.value("pulse_wb_stopped_seconds", method="sales") == 0
    assert shown.value("pulse_wb_drift", method="cards", kind="field") == 2


def test_days_until_a_method_ends() -> None:
    today = moscow_day(clock.now())
    assert days_until(SwitchOff(today, on=today + timedelta(days=9))) in {8, 9}
    assert days_until(SwitchOff(today, on=today - timedelta(days=2))) < 0


class TestFreshness:
    async def test_is_of_what_is_read(self, app: Starlette, ingestor_db: Database) -> None:
        now = datetime.now(UTC)
        long_ago, due = now - timedelta(days=9), now - timedelta(seconds=1)
        stale, fresh, suspended = uuid4(), uuid4(), uuid4()
        await keep(ingestor_db, stale, "orders", last_success_at=now - timedelta(hours=1), next_run_at=due)
        await keep(
            ingestor_db, fresh, "orders", last_success_at=now - timedelta(minutes=1), next_run_at=due, failures=2
        )
        await keep(ingestor_db, fresh, "order_feed", last_success_at=long_ago, next_run_at=text("'infinity'"))
        await keep(ingestor_db, fresh, "stocks", last_success_at=long_ago, next_run_at=due, suspended_reason="scope")
        await keep(ingestor_db, fresh, "products", next_run_at=due)
        await keep(ingestor_db, suspended, "orders", last_success_at=long_ago, next_run_at=due, failures=3)
        async with ingestor_db.transaction() as connection:
            gone = text("UPDATE cabinets SET status = 'suspended' WHERE cabinet_id = :id")
            await connection.execute(gone, {"id": suspended})
        shown = await scrape(app)
        assert 3600 <= (shown.value("pulse_sync_oldest_success_seconds", resource="orders") or 0) < 3700
        assert 60 <= (shown.value("pulse_sync_newest_success_seconds", resource="orders") or 0) < 160
        for resource in ("order_feed", "stocks", "products"):
            assert shown.value("pulse_sync_oldest_success_seconds", resource=resource) is None
        assert shown.value("pulse_sync_failing", resource="orders") == 1
        assert shown.value("pulse_sync_suspended", resource="stocks") == 1
        assert shown.value("pulse_cabinets_read") == 2

    async def test_what_is_late_is_counted_and_neither_what_is_refused_nor_what_stands_in(
        self, app: Starlette, ingestor_db: Database
    ) -> None:
        now = datetime.now(UTC)
        past, due = now - timedelta(minutes=1), now - timedelta(seconds=1)
        for late_at in (past, past, now + timedelta(hours=1), None):
            await keep(ingestor_db, uuid4(), "orders", late_at=late_at, next_run_at=due)
        cabinet_id = uuid4()
        await keep(ingestor_db, cabinet_id, "order_feed", late_at=past, next_run_at=text("'infinity'"))
        await keep(ingestor_db, cabinet_id, "stocks", late_at=past, next_run_at=due, suspended_reason="scope")
        shown = await scrape(app)
        assert shown.value("pulse_sync_late", resource="orders") == 2
        assert shown.value("pulse_sync_late", resource="order_feed") == 0
        assert shown.value("pulse_sync_late", resource="stocks") == 0


MANY_CABINETS = text("""
INSERT INTO cabinets (cabinet_id, status, token_at, sealed_token)
SELECT gen_random_uuid(), CASE WHEN n % 50 = 0 THEN 'suspended' ELSE 'verified' END, now(), repeat('x', 600)
FROM generate_series(1, CAST(:count AS integer)) AS n
""")
# One failing sync for each resource: with some hundred, reading all cabinets would be as cheap as looking them up.
MANY_STATES = text("""
INSERT INTO sync_state (cabinet_id, resource, last_success_at, next_run_at, failures)
SELECT cabinet_id, resource, now() - random() * interval '1 hour', now(),
    CAST(row_number() OVER (PARTITION BY resource) = 7 AS integer)
FROM cabinets, unnest(CAST(:resources AS text[])) AS resource
""")
MANY_RANGES = text("""
    INSERT INTO sync_ranges (cabinet_id, resource, since, until, why, state)
    SELECT cabinet_id, 'orders', now(), now() + make_interval(secs => n), 'backfill',
        CASE WHEN n = 1 THEN 'reading' ELSE 'done' END
    FROM cabinets, generate_series(1, 20) AS n
""")
MANY_BROKEN = text("""
INSERT INTO quarantine (cabinet_id, resource, body_hash, body, reason)
SELECT gen_random_uuid(), 'orders', uuid_send(gen_random_uuid()), CAST(repeat('x', 500) AS bytea), 'odd'
FROM generate_series(1, 20000)
""")
MANY_ORDERS = text("""
INSERT INTO orders (cabinet_id, srid, nm_id, ordered_at, content_hash, feed_hash, is_cancel, status)
SELECT cabinet_id, n, 1, now() - interval '2 days', 1, 1, n = 7, 'created' FROM cabinets, generate_series(1, 20) AS n
""")
MANY_COMMANDS = text("""
INSERT INTO wb_commands (cabinet_id, command_id, kind, subject, words, resource, holds_back, asked_by, asked_at, cause,
    state, due_at, ended_at)
SELECT gen_random_uuid(), gen_random_uuid(), 'review_answer', 'x', 'x', 'feedbacks', '{}', 1, now(), '{}', 'confirmed',
    CASE WHEN n <= 3 THEN now() END, CASE WHEN n > 3 THEN now() END
FROM generate_series(1, 20000) AS n
""")


async def test_indexes_serve_it_and_as_many_statements_however_many_cabinets(
    app: Starlette, ingestor_db: Database
) -> None:
    await keep(ingestor_db, uuid4(), "orders")
    with statements() as few:
        await scrape(app)
    async with ingestor_db.transaction() as connection:
        await connection.execute(text("DELETE FROM sync_state"))
        await connection.execute(MANY_CABINETS, {"count": 2000})
        await connection.execute(MANY_STATES, {"resources": list(RESOURCES)})
        await connection.execute(MANY_RANGES)
        await connection.execute(MANY_BROKEN)
        await connection.execute(MANY_COMMANDS)
        await connection.execute(MANY_ORDERS)
    gauges = readings(RESOURCES, dormant_after=timedelta(days=3))
    small = {"wb_methods", "wb_shapes"}  # they do not grow with cabinets
    assert await read_whole(ingestor_db, gauges) <= small
    with statements() as many:
        shown = await scrape(app)
    assert many == few
    assert len(many) == 1 + len(gauges)
    assert shown.label_values("pulse_sync_failing", "resource") == set(RESOURCES)
    assert shown.value("pulse_wb_commands_open") == 3
    assert shown.value("pulse_cabinets_dormant") == 0
    assert shown.value("pulse_quarantine_rows", resource="orders") == 20_000


async def test_dormant_cabinets_are_counted(app: Starlette, ingestor: Ingestor, wb: Wbsim) -> None:
    for days in (1, 4, 40):
        cabinet_id = await connect_cabinet(ingestor, wb)
        async with ingestor.database.transaction() as connection:
            await connection.execute(
                text("UPDATE cabinets SET active_at = now() - make_interval(days => :days) WHERE cabinet_id = :id"),
                {"days": days, "id": cabinet_id},
            )
    assert (await scrape(app)).value("pulse_cabinets_dormant") == 2
